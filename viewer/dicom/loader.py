"""Loads a stack into a volume, outwards from the slice in view, while the reader scrolls."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from viewer.core.caveats import Caveat, CaveatCode, ranges_text
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.study import Stack
from viewer.core.volume import Padding, Volume, VoxelArray
from viewer.dicom.isolation import decoding_bytes, frames_at_once
from viewer.dicom.memory import RESERVE_BYTES, available_bytes, require_memory
from viewer.dicom.pixel_format import PixelBlock
from viewer.dicom.pixels import FrameError, FrameReader
from viewer.dicom.probe import padding_caveat, range_caveats
from viewer.dicom.slice_source import SliceSource
from viewer.dicom.sources import SourceReader
from viewer.dicom.stacks import ImageStack
from viewer.dicom.values import OutOfRangeError

REPORT_INTERVAL_S = 0.03
"""Loaded slices are reported together at this pace; the slice in view at once."""
LOOK_FIRST_BYTES = 1 << 30
"""An image that takes more to decode is looked at before room is made for it."""
CHECK_INTERVAL_S = 0.05
"""How soon a cancel is noticed while all decoders are busy."""


@dataclass(frozen=True, slots=True, eq=False)
class VolumeStarted:
    """Partial result: the volume that now fills. A second one replaces the first."""

    volume: Volume


@dataclass(frozen=True, slots=True)
class SlicesLoaded:
    """Partial result: these slices (z) of the started volume hold their voxels."""

    slices: frozenset[int]


class UnreadableSeriesError(ViewerError):
    """Not one image of the stack could be read."""


def load(ctx: JobContext, stack: Stack, first_slice: Callable[[], int] | None = None) -> Volume:
    """Load all slices of a stack.

    Parameters
    ----------
    ctx : JobContext
        Gets `VolumeStarted` before anything is read (with a writable volume of zeros), then
        `SlicesLoaded`, and progress. In the rare case that 16-bit values turn out not to fit,
        a second `VolumeStarted` carries a float32 volume and loading starts again.
    stack : Stack
        From `viewer.dicom.scan.scan`.
    first_slice : callable
        Returns the z around which to load; asked again while loading, so that loading follows
        the reader. Default: the middle.

    Returns
    -------
    Volume
        Read-only, with the caveats found while loading.

    Raises
    ------
    NotEnoughMemoryError
        The volume does not fit.
    UnreadableSeriesError
        No slice could be read.
    CancelledError
        The job was cancelled.
    """
    images = require_image_stack(stack)
    middle = len(images.plan) // 2
    view = first_slice or (lambda: middle)
    try:
        return _Loading(ctx, images, view).run()
    except OutOfRangeError:
        return _Loading(ctx, replace(images, dtype="float32"), view).run()


def read_frame(stack: Stack, z: int) -> VoxelArray:
    """Read one slice of a stack's volume, shape (y, x) or (y, x, 3), in the stack's unit.

    Raises
    ------
    UnreadableSeriesError
        The slice cannot be read.
    """
    images = require_image_stack(stack)
    with SourceReader() as sources:
        source = SliceSource(images, sources)
        try:
            out = _one_slice(images)
            source.write(z, out)
        except OutOfRangeError:
            out = _one_slice(replace(images, dtype="float32"))
            source.write(z, out)
    if z in source.failures:
        raise UnreadableSeriesError("The image cannot be shown", source.failures[z])
    return out


def require_image_stack(stack: Stack) -> ImageStack:
    """Return the stack as one that knows where its pixels lie.

    Raises
    ------
    UnreadableSeriesError
        It does not come from a scan.
    """
    if not isinstance(stack, ImageStack):
        raise UnreadableSeriesError(
            "The series cannot be opened", "its files have not been scanned", "Open it again"
        )
    return stack


def _one_slice(stack: ImageStack) -> VoxelArray:
    one: VoxelArray = _new_array(stack, 1)[0]
    return one


def _new_array(stack: ImageStack, slices: int) -> VoxelArray:
    _, rows, columns = stack.geometry.shape_zyx
    shape = (slices, rows, columns) if stack.samples == 1 else (slices, rows, columns, 3)
    if stack.dtype == "uint8":
        return np.zeros(shape, np.uint8)
    if stack.dtype == "int16":
        return np.zeros(shape, np.int16)
    return np.zeros(shape, np.float32)


class _Loading:
    """One pass over the slices of a stack."""

    def __init__(self, ctx: JobContext, stack: ImageStack, first_slice: Callable[[], int]) -> None:
        self.ctx = ctx
        self.stack = stack
        self.first_slice = first_slice
        self.slices = len(stack.plan)
        self.placeholders = tuple(z for z, plan in enumerate(stack.plan) if plan is None)

    def run(self) -> Volume:
        stack = self.stack
        ahead = self._reserve()
        try:
            data = _new_array(stack, self.slices)
        except MemoryError as error:
            raise ViewerError(
                "The series cannot be opened", "there is not enough memory for it"
            ) from error
        with SourceReader() as sources:
            source = SliceSource(stack, sources, ahead)
            volume = Volume(
                stack=stack,
                data=data,
                geometry=stack.geometry,
                padding=Padding(source.low, source.high) if stack.samples == 1 else None,
                caveats=stack.caveats,
                placeholders=self.placeholders,
                graphics=source.graphics,
            )
            self.ctx.partial(VolumeStarted(volume))
            try:
                self._fill(source, data)
            finally:
                source.give_up()
        return self._finished(volume, source)

    def _reserve(self) -> int:
        """Refuse what does not fit; return how many slices to have decoded at one time."""
        rows, columns = self.stack.geometry.shape_zyx[1:]
        sample_bytes = np.dtype(self.stack.dtype).itemsize
        volume_bytes = self.slices * rows * columns * self.stack.samples * sample_bytes
        block = max((p.block for p in self.stack.pixels), key=lambda b: decoding_bytes(b.format))
        if not block.compressed:
            require_memory(volume_bytes)
            return 1
        free = available_bytes()
        spare = None if free is None else free - RESERVE_BYTES - volume_bytes
        ahead = frames_at_once(block.format, spare)
        if decoding_bytes(block.format) > LOOK_FIRST_BYTES:
            self._require_true_size(block)
        require_memory(volume_bytes + ahead * decoding_bytes(block.format))
        return ahead

    def _require_true_size(self, block: PixelBlock) -> None:
        """Tell what is wrong with a huge image instead of that there is too little memory for it.

        Only where it is the only one: of several, the others may be good.
        """
        if len(self.stack.pixels) > 1:
            return
        with SourceReader() as sources:
            try:
                FrameReader(sources).check_size(block, self.stack.pixels[0].frame)
            except FrameError as error:
                raise UnreadableSeriesError("The series cannot be shown", str(error)) from error

    def _fill(self, source: SliceSource, data: VoxelArray) -> None:
        pending: set[int] = set()
        reported = time.perf_counter()
        for count, (z, in_view) in enumerate(self._in_turn(source, data)):
            self.ctx.check()
            source.write(z, data[z])
            pending.add(z)
            now = time.perf_counter()
            if in_view or now - reported > REPORT_INTERVAL_S:
                self.ctx.partial(SlicesLoaded(frozenset(pending)))
                pending.clear()
                reported = now
            done = (count + 1) / self.slices
            self.ctx.progress(done, f"loading slice {count + 1} of {self.slices}")
        if pending:
            self.ctx.partial(SlicesLoaded(frozenset(pending)))

    def _in_turn(self, source: SliceSource, data: VoxelArray) -> Iterator[tuple[int, bool]]:
        """Yield each slice once it can be written; meanwhile the next ones are decoded.

        A frame that hangs its decoder so holds up nothing but itself.
        """
        order = outwards(self.slices, self.first_slice)
        begun: dict[int, bool] = {}
        while True:
            for z, in_view in islice(order, source.ahead - len(begun)):
                source.begin(z, data[z])
                begun[z] = in_view
            if not begun:
                return
            z = self._next_ready(source, begun)
            yield z, begun.pop(z)

    def _next_ready(self, source: SliceSource, begun: Iterable[int]) -> int:
        while True:
            self.ctx.check()
            ready = next((z for z in begun if source.is_ready(z)), None)
            if ready is not None:
                return ready
            source.wait(CHECK_INTERVAL_S)

    def _finished(self, volume: Volume, source: SliceSource) -> Volume:
        failures = source.failures
        readable = self.slices - len(self.placeholders)
        if failures and len(failures) >= readable:
            raise UnreadableSeriesError("The series cannot be shown", next(iter(failures.values())))
        caveats = list(self.stack.caveats)
        if failures:
            caveats.append(_partial_caveat(failures, readable))
        codes = {caveat.code for caveat in caveats}
        if source.assumed_padding is not None and CaveatCode.PADDING_ASSUMED not in codes:
            caveats.append(padding_caveat(source.assumed_padding))
        caveats.extend(c for c in source.graphics_caveats if c.code not in codes)
        padding = volume.padding
        if padding is not None and bool(np.isnan(padding.low).all()):
            padding = None
        volume.data.setflags(write=False)
        placeholders = tuple(sorted({*self.placeholders, *failures}))
        finished = replace(volume, padding=padding, placeholders=placeholders)
        caveats.extend(range_caveats(self.stack, finished))
        return replace(finished, caveats=tuple(caveats))


def _partial_caveat(failures: dict[int, str], readable: int) -> Caveat:
    numbers = [z + 1 for z in sorted(failures)]
    reasons = "; ".join(list(dict.fromkeys(failures.values()))[:3])
    count = f"{len(failures)} of {readable} slices"
    text = f"{count} could not be read ({ranges_text(numbers)}): {reasons}"
    noun = "slice" if len(numbers) == 1 else "slices"
    return Caveat(CaveatCode.PARTIAL, text, f"{noun} {ranges_text(numbers, 4)} could not be read")


def outwards(count: int, centre: Callable[[], int]) -> Iterator[tuple[int, bool]]:
    """Yield each of `count` slices once, always the one nearest to the present centre.

    Yields
    ------
    z : int
        Slice.
    in_view : bool
        Whether it is the centre itself.
    """
    waiting = set(range(count))
    ordered: Iterator[int] = iter(())
    around: int | None = None
    while waiting:
        now = min(max(centre(), 0), count - 1)
        if now != around:
            around = now
            ordered = iter(sorted(waiting, key=[abs(z - now) for z in range(count)].__getitem__))
        z = next(ordered)
        if z in waiting:
            waiting.remove(z)
            yield z, z == now
