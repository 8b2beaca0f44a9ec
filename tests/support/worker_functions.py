"""Functions that the tests of worker processes name; they run in the spawned process."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.core.errors import RefusedError, ViewerError
from viewer.core.progress import JobContext


def total(ctx: JobContext, factor: int, volume: NDArray[Any]) -> float:
    ctx.progress(0.5, "half")
    ctx.partial("first")
    return float(volume.sum()) * factor


def is_writeable(ctx: JobContext, volume: NDArray[Any]) -> bool:
    return bool(volume.flags.writeable)


def describe(ctx: JobContext) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "nice": os.nice(0) if hasattr(os, "nice") else None,
        "omp": os.environ["OMP_NUM_THREADS"],
        "modules": sorted(sys.modules),
    }


def nothing_imported_early(ctx: JobContext) -> bool:
    return True


def print_things(ctx: JobContext) -> int:
    print("to stdout")
    print("to stderr", file=sys.stderr)
    os.write(1, b"to descriptor 1\n")
    return 1


def until_cancelled(ctx: JobContext) -> None:
    while True:
        ctx.progress(0.1, "waiting")
        ctx.check()
        time.sleep(0.005)


def deaf(ctx: JobContext, marker: str, volume: NDArray[Any] | None = None) -> None:
    Path(marker).touch()
    time.sleep(60)


def die(ctx: JobContext, volume: NDArray[Any] | None = None) -> None:
    os.write(2, b"last words\n")
    os.kill(os.getpid(), signal.SIGKILL)


def leave(ctx: JobContext) -> None:
    os._exit(3)


def fail_as_viewer(ctx: JobContext) -> None:
    raise ViewerError("It cannot be done", "a reason", "Do this")


def refuse(ctx: JobContext) -> None:
    raise RefusedError("Refused", "for a reason")


def fail_as_bug(ctx: JobContext) -> None:
    raise ValueError("Doe^Jane")


def need_a_package(ctx: JobContext) -> None:
    import a_package_that_nobody_has.part  # type: ignore[import-not-found]

    a_package_that_nobody_has.part.go()


def run_out_of_memory(ctx: JobContext) -> None:
    raise MemoryError


def unsendable(ctx: JobContext) -> object:
    return lambda: None


def keep_array(ctx: JobContext, volume: NDArray[Any]) -> float:
    """Break the rule: keep a view of the shared array."""
    _kept.append(volume[1:])
    return float(volume[0, 0])


_kept: list[NDArray[Any]] = []


def big_result(ctx: JobContext, count: int) -> NDArray[np.float32]:
    return np.arange(count, dtype=np.float32)
