"""Slices of a stack's volume, one by one: direct, shifted, or blended from two images."""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from viewer.core.caveats import Caveat
from viewer.core.image_graphics import SliceGraphics
from viewer.core.volume import VoxelArray
from viewer.dicom.correct import FILL, blend, shift_slice, write_rounded
from viewer.dicom.pixels import FrameError, FrameReader
from viewer.dicom.probe import find_padding
from viewer.dicom.slice_graphics import GraphicsReader
from viewer.dicom.slice_plan import SlicePlan
from viewer.dicom.sources import SourceReader
from viewer.dicom.stacks import ImageStack
from viewer.dicom.values import FramePixels, begin_slice, read_slice, rescaled_padding

CACHED_FRAMES = 6
"""Images kept while slices are blended outwards: two at each end and some to spare."""


class SliceSource:
    """Writes slices of one stack into a volume; used by one thread.

    Parameters
    ----------
    stack : ImageStack
        What to read.
    sources : SourceReader
        Opens its files.
    ahead : int
        Slices that are begun before they are written.

    Attributes
    ----------
    low, high : ndarray, shape (z,), float32
        Padding range of each slice written so far; NaN where it has none.
    failures : dict
        Slices that could not be made, with the reason.
    graphics : dict of int to SliceGraphics
        What the files put over the slices written so far.
    """

    def __init__(self, stack: ImageStack, sources: SourceReader, ahead: int = 1) -> None:
        self.ahead = ahead
        self._stack = stack
        self._reader = FrameReader(sources)
        self._frames: OrderedDict[int, NDArray[np.float32]] = OrderedDict()
        self._values: dict[int, VoxelArray] = {}
        slices = len(stack.plan)
        self.low = np.full(slices, np.nan, np.float32)
        self.high = np.full(slices, np.nan, np.float32)
        self.failures: dict[int, str] = {}
        self.assumed_padding: float | None = None
        self.graphics: dict[int, SliceGraphics] = {}
        self._graphics_reader = GraphicsReader(stack, sources)

    @property
    def graphics_caveats(self) -> tuple[Caveat, ...]:
        """Overlays that could not be read."""
        return self._graphics_reader.caveats

    def begin(self, z: int, out: VoxelArray) -> None:
        """Have the images of a slice decoded while others are written; a direct one into `out`."""
        plan = self._stack.plan[z]
        if plan is None:
            return
        if plan.is_direct:
            begin_slice(self._reader, ("slice", z), self._stack.pixels[plan.frames[0]], out)
            return
        for frame in plan.frames:
            pixels = self._stack.pixels[frame]
            known = frame in self._frames or frame in self._values
            if pixels.block.compressed and not known:
                values = self._values[frame] = _empty(pixels, out.dtype)
                begin_slice(self._reader, ("image", frame), pixels, values)

    def is_ready(self, z: int) -> bool:
        """Tell whether a slice that was begun can be written without waiting."""
        plan = self._stack.plan[z]
        if plan is None or plan.is_direct:
            return self._reader.is_ready(("slice", z))
        return all(self._reader.is_ready(("image", frame)) for frame in plan.frames)

    def wait(self, timeout_s: float) -> None:
        """Wait until one more image is decoded."""
        self._reader.wait(timeout_s)

    def give_up(self) -> None:
        """Forget the slices that were begun."""
        self._reader.give_up()

    def write(self, z: int, out: VoxelArray) -> None:
        """Fill `out` with slice z; a placeholder gets the stack's filling value.

        Raises
        ------
        OutOfRangeError
            `out` is int16 and the values do not fit.
        """
        plan = self._stack.plan[z]
        if plan is None:
            out[...] = placeholder_value(self._stack)
            return
        try:
            if plan.is_direct:
                self._direct(z, plan.frames[0], out)
            else:
                self._interpolated(z, plan, out)
        except FrameError as error:
            self.failures[z] = str(error)
            out[...] = placeholder_value(self._stack)
        if (graphics := self._graphics_reader.read(z)) is not None:
            self.graphics[z] = graphics

    def _direct(self, z: int, frame: int, out: VoxelArray) -> None:
        if not self._reader.finish(("slice", z)):
            read_slice(self._reader, self._stack.pixels[frame], out)
        if out.ndim == 2 and (padding := self._padding(out, frame)) is not None:
            self.low[z], self.high[z] = padding

    def _padding(self, image: VoxelArray, frame: int) -> tuple[float, float] | None:
        tagged = rescaled_padding(self._stack.pixels[frame])
        padding, assumed = find_padding(image, tagged, self._stack.unit)
        if assumed is not None:
            self.assumed_padding = assumed
        return padding

    def _interpolated(self, z: int, plan: SlicePlan, out: VoxelArray) -> None:
        images = [self._frame(frame, out.dtype) for frame in plan.frames]
        if plan.shifts_yx_px:
            shape = (out.shape[0], out.shape[1])
            images = [
                shift_slice(image, shift, shape)
                for image, shift in zip(images, plan.shifts_yx_px, strict=True)
            ]
        values = images[0] if len(images) == 1 else blend(images[0], images[1], plan.weight)
        padding = rescaled_padding(self._stack.pixels[plan.frames[0]])
        fill = padding[0] if padding is not None else float(FILL)
        write_rounded(values, fill, out)
        self.low[z], self.high[z] = padding if padding is not None else (fill, fill)

    def _frame(self, index: int, dtype: np.dtype[np.generic]) -> NDArray[np.float32]:
        """Return an image as float32 with NaN for padding, from the cache where it is there."""
        if index in self._frames:
            self._frames.move_to_end(index)
            return self._frames[index]
        pixels = self._stack.pixels[index]
        values = self._values.pop(index, None)
        if values is None or not self._reader.finish(("image", index)):
            values = _empty(pixels, dtype)
            read_slice(self._reader, pixels, values)
        image = values.astype(np.float32)
        padding = self._padding(values, index)
        if padding is not None:
            image[(image >= padding[0]) & (image <= padding[1])] = np.nan
        self._frames[index] = image
        if len(self._frames) > CACHED_FRAMES + self.ahead:
            self._frames.popitem(last=False)
        return image


def _empty(pixels: FramePixels, dtype: np.dtype[np.generic]) -> VoxelArray:
    return np.empty((pixels.block.format.rows, pixels.block.format.columns), dtype)


def placeholder_value(stack: ImageStack) -> int:
    """Return what fills a missing slice: air in HU, else zero (masked in both cases)."""
    return -1024 if stack.unit == "HU" else 0
