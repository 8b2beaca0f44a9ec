"""Arrays that two processes see: shared memory, or a private file where that is too small.

The parent makes and removes them; the worker only looks. So they vanish also when the worker is
killed, and when the parent is killed the operating system's tracker removes the memory.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viewer.core.errors import ViewerError
from viewer.paths import temp_dir

if TYPE_CHECKING:  # the worker sets its number of threads before numpy is loaded
    from numpy.typing import NDArray

SHARED_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - where Linux mounts shared memory
SPARE_BYTES = 16 * 1024 * 1024
"""Left free for others in a small shared-memory mount (a container's is often 64 MB)."""


@dataclass(frozen=True, slots=True)
class ArrayHandle:
    """Where an array lies and how to read it.

    Attributes
    ----------
    place : str
        Name of the shared memory, or path of the file.
    in_file : bool
        Which of the two.
    shape : tuple of int
    dtype : str
        numpy's type string, with byte order.
    """

    place: str
    in_file: bool
    shape: tuple[int, ...]
    dtype: str


@contextmanager
def share_arrays(
    arrays: Mapping[str, "NDArray[Any]"], check: Callable[[], None]
) -> Iterator[dict[str, ArrayHandle]]:
    """Copy arrays to where a worker can see them; they vanish when the context ends.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        Numbers of any shape.
    check : callable
        Called between pieces of the copy; what it raises ends the copy.

    Raises
    ------
    ViewerError
        Neither memory nor disk has the room.
    """
    with ExitStack() as stack:
        yield {name: stack.enter_context(_shared(array, check)) for name, array in arrays.items()}


@contextmanager
def _shared(array: "NDArray[Any]", check: Callable[[], None]) -> Iterator[ArrayHandle]:
    if array.dtype.hasobject:
        raise TypeError("only arrays of numbers can be shared")
    memory = _allocate(max(array.nbytes, 1))
    if memory is None:
        with _in_file(array, check) as handle:
            yield handle
        return
    try:
        _copy(array, memory, check)
        yield ArrayHandle(memory.name, False, array.shape, array.dtype.str)
    finally:
        memory.close()
        memory.unlink()


def _allocate(size: int) -> SharedMemory | None:
    """Return shared memory of which every page is there, or None."""
    # A mount that is too small shows only when a page is touched, by a fatal signal: so look at
    # the room first, and reserve it where the system can.
    folder = SHARED_MEMORY_FOLDER
    if folder.is_dir() and shutil.disk_usage(folder).free < size + SPARE_BYTES:
        return None
    try:
        memory = SharedMemory(create=True, size=size)
    except OSError:
        return None
    try:
        _reserve(SHARED_MEMORY_FOLDER / memory.name, size)
    except OSError:
        memory.close()
        memory.unlink()
        return None
    return memory


def _reserve(path: Path, size: int) -> None:
    if hasattr(os, "posix_fallocate") and path.exists():
        descriptor = os.open(path, os.O_RDWR)
        try:
            os.posix_fallocate(descriptor, 0, size)
        finally:
            os.close(descriptor)


def _copy(array: "NDArray[Any]", memory: SharedMemory, check: Callable[[], None]) -> None:
    import numpy as np

    target: NDArray[Any] = np.ndarray(array.shape or (1,), array.dtype, memory.buf)
    try:
        for index, piece in enumerate(array.reshape(array.shape or (1,))):
            check()
            target[index] = piece
    finally:
        del target  # memory that is looked at cannot be closed


@contextmanager
def _in_file(array: "NDArray[Any]", check: Callable[[], None]) -> Iterator[ArrayHandle]:
    descriptor, name = tempfile.mkstemp(prefix="array-", dir=temp_dir())
    try:
        _write(descriptor, array, check)
        yield ArrayHandle(name, True, array.shape, array.dtype.str)
    finally:
        Path(name).unlink(missing_ok=True)


def _write(descriptor: int, array: "NDArray[Any]", check: Callable[[], None]) -> None:
    import numpy as np

    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in array.reshape(array.shape or (1,)):
                check()
                file.write(np.ascontiguousarray(piece, array.dtype).tobytes())
    except OSError as error:
        raise ViewerError(
            "The images cannot be handed to the background process",
            "neither shared memory nor the temporary folder has enough room",
            "Free some space and try again",
        ) from error


@contextmanager
def attach_arrays(handles: Mapping[str, ArrayHandle]) -> Iterator[dict[str, "NDArray[Any]"]]:
    """Look at shared arrays, read-only, in the worker.

    The arrays must not be used after the context has ended; what a result needs is copied.
    """
    with ExitStack() as stack:
        arrays = {name: stack.enter_context(_attached(h)) for name, h in handles.items()}
        try:
            yield arrays
        finally:
            arrays.clear()  # memory that is looked at cannot be closed


@contextmanager
def _attached(handle: ArrayHandle) -> Iterator["NDArray[Any]"]:
    import numpy as np

    if handle.in_file:
        yield _mapped_file(handle)
        return
    memory = SharedMemory(handle.place)
    try:
        array: NDArray[Any] = np.ndarray(handle.shape, np.dtype(handle.dtype), memory.buf)
        array.flags.writeable = False
        try:
            yield array
        finally:
            del array
    finally:
        _close(memory)


def _mapped_file(handle: ArrayHandle) -> "NDArray[Any]":
    import numpy as np

    size = Path(handle.place).stat().st_size
    if size == 0:  # nothing to map
        return np.zeros(handle.shape, np.dtype(handle.dtype))
    return np.memmap(handle.place, np.dtype(handle.dtype), "r", 0, handle.shape)


def _close(memory: SharedMemory) -> None:
    try:
        memory.close()
    except BufferError:
        # Something still looks at it (a cache, a traceback). The parent removes the name; the
        # pages go with this process. Disarmed, so that its finaliser does not complain.
        memory.close = lambda: None  # type: ignore[method-assign]
