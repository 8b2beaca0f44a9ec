"""A look at a few slices during the scan, for what headers cannot tell.

Whether 16-bit numbers fit the volume's type, and whether a constant value outside the field of
view stands for "nothing measured" without the tag that says so.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.volume import Volume, VoxelArray
from viewer.dicom.pixels import FrameError, FrameReader
from viewer.dicom.stacks import ImageStack
from viewer.dicom.values import FLOAT32_WHOLE, OutOfRangeError, read_slice, rescaled_padding

PADDING_BELOW_HU = -1024
"""Nothing that CT measures lies below this, apart from noise."""
MIN_RUN = 8
"""A corner whose value repeats for this many pixels along an edge is filled in, not noise."""


def probe(stack: ImageStack, reader: FrameReader) -> ImageStack:
    """Return the stack with the type and the caveats that a look at its pixels adds.

    Only uncompressed slices are looked at: the first, the middle and the last at most.
    """
    count = len(stack.pixels)
    is_hu = stack.unit == "HU"
    if not (stack.must_check_range or is_hu) or stack.pixels[0].block.encapsulated:
        return stack
    middle = count // 2
    looked = sorted({0, middle, count - 1}) if stack.must_check_range else [middle]
    for index in looked:
        fmt = stack.pixels[index].block.format
        out = np.zeros((fmt.rows, fmt.columns), stack.dtype)
        try:
            read_slice(reader, stack.pixels[index], out)
        except OutOfRangeError:
            return replace(stack, dtype="float32")
        except FrameError:
            continue
        if index == middle:
            _, value = find_padding(out, rescaled_padding(stack.pixels[index]), stack.unit)
            if value is not None:
                stack = replace(stack, caveats=(*stack.caveats, padding_caveat(value)))
    return stack


def find_padding(
    image: VoxelArray, tagged: tuple[float, float] | None, unit: str | None
) -> tuple[tuple[float, float] | None, float | None]:
    """Return the padding range of a slice, and the value in it that no tag names.

    Scanners are known to state one padding value and to fill the corners with another; both
    are then left out, as long as everything between them lies below what CT measures.

    Parameters
    ----------
    image : ndarray, shape (y, x)
        The slice in its unit.
    tagged : tuple of float or None
        What Pixel Padding Value says, in the unit.
    unit : str or None
        Only HU has a value below which nothing is measured.
    """
    value = untagged_padding(image) if unit == "HU" else None
    if value is None:
        return tagged, None
    if tagged is None:
        return (value, value), value
    if tagged[0] <= value <= tagged[1] or tagged[1] >= PADDING_BELOW_HU:
        return tagged, None
    return (min(value, tagged[0]), max(value, tagged[1])), value


def untagged_padding(image: VoxelArray) -> float | None:
    """Find the constant value below -1024 HU that fills a slice from its corners, or None.

    Parameters
    ----------
    image : ndarray, shape (y, x), in HU
    """
    rows, columns = image.shape
    if min(rows, columns) < 2 * MIN_RUN:
        return None
    for row, edge in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        value = image[row, edge]
        if value < PADDING_BELOW_HU:
            run = image[row, :MIN_RUN] if edge == 0 else image[row, -MIN_RUN:]
            if _constant(run, value):
                return float(value)
    return None


def _constant(run: VoxelArray, value: np.generic) -> bool:
    same: NDArray[np.bool_] = run == value
    return bool(same.all())


def padding_caveat(value: float) -> Caveat:
    """Say that an untagged padding value was assumed."""
    text = f"the constant {value:g} HU at the border is taken as outside the field of view"
    return Caveat(CaveatCode.PADDING_ASSUMED, text)


def range_caveats(stack: ImageStack, volume: Volume) -> tuple[Caveat, ...]:
    """Say of a loaded volume what its type cannot hold, where there is such a value.

    Parameters
    ----------
    stack : ImageStack
        What headers tell; only of few could a value be too large.
    volume : Volume
        Its voxels.
    """
    found = []
    if stack.may_be_rounded and _occurs(volume, _is_rounded):
        text = f"values above {FLOAT32_WHOLE:,} are rounded to seven figures"
        found.append(Caveat(CaveatCode.ROUNDED, text))
    if stack.may_overflow and _occurs(volume, np.isinf):
        text = "some values are too large to be shown: they count as not measured"
        found.append(Caveat(CaveatCode.TOO_LARGE, text))
    return tuple(found)


def _occurs(volume: Volume, test: Callable[[VoxelArray], NDArray[np.bool_]]) -> bool:
    """Tell whether any measured voxel passes a test; slice by slice, to spare memory."""
    for z, values in enumerate(volume.data):
        invalid = volume.invalid_mask(z)
        if test(values if invalid is None else values[~invalid]).any():
            return True
    return False


def _is_rounded(values: VoxelArray) -> NDArray[np.bool_]:
    """Tell what may have been rounded: the first that is has become the limit itself."""
    return np.isfinite(values) & (np.abs(values) >= FLOAT32_WHOLE)
