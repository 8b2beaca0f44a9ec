"""Stored values to values in the unit, written straight into the volume (PS3.3 C.11.1).

The volume is int16 where slope and intercept are whole numbers and the results fit, else float32;
everything in between is exact: modulo-65536 integers where the true result fits, float64 otherwise.
"""

import math
import sys
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from viewer.core.volume import VoxelArray
from viewer.dicom.headers import FrameHeader, Rescale
from viewer.dicom.pixel_format import LookupTable, PixelBlock, PixelFormat, SampleKind, StoredArray
from viewer.dicom.pixels import FrameReader, mask_stored

INT16_MIN, INT16_MAX = -32_768, 32_767
FLOAT32_MAX = float(np.finfo(np.float32).max)
FLOAT32_WHOLE = 1 << 24
"""float32 holds every whole number up to this one."""
ROWS_AT_ONCE = 32


class OutOfRangeError(Exception):
    """A slice holds values that int16 cannot: the volume must be float32."""


@dataclass(frozen=True, slots=True, eq=False)
class FramePixels:
    """What is needed to make one slice of values, kept from the scan.

    Attributes
    ----------
    block : PixelBlock
        Pixel data of the file.
    frame : int
        0-based frame in it.
    rescale : Rescale
        How stored values become values.
    padding : tuple of float or None
        Stored values that mean "nothing measured".
    """

    block: PixelBlock
    frame: int
    rescale: Rescale
    padding: tuple[float, float] | None

    @classmethod
    def of(cls, header: FrameHeader) -> "FramePixels":
        """Keep what loading needs of a header."""
        return cls(header.block, header.frame, header.rescale, header.padding)


def whole_number_rescale(rescale: Rescale) -> bool:
    """Tell whether integers stay integers."""
    return rescale.lut is None and rescale.slope.is_integer() and rescale.intercept.is_integer()


def rescaled_range(fmt: PixelFormat, rescale: Rescale) -> tuple[float, float]:
    """Return the values between which everything lies that the stored bits can hold."""
    if rescale.lut is not None:
        return float(rescale.lut.values.min()), float(rescale.lut.values.max())
    ends = [stored * rescale.slope + rescale.intercept for stored in fmt.stored_range]
    return min(ends), max(ends)


def fits_int16(fmt: PixelFormat, rescale: Rescale) -> bool:
    """Tell whether int16 holds every value that could be stored."""
    low, high = rescaled_range(fmt, rescale)
    return low >= INT16_MIN and high <= INT16_MAX


def may_be_int16(fmt: PixelFormat, rescale: Rescale) -> bool:
    """Tell whether int16 is exact as long as the values that occur fit."""
    if fmt.kind is SampleKind.FLOAT:
        return False
    return fits_int16(fmt, rescale) if rescale.lut is not None else whole_number_rescale(rescale)


def may_be_rounded(fmt: PixelFormat, rescale: Rescale) -> bool:
    """Tell whether whole numbers may occur that float32 cannot hold."""
    if fmt.kind is SampleKind.FLOAT:
        return fmt.bits_allocated > 32 and whole_number_rescale(rescale)
    low, high = rescaled_range(fmt, rescale)
    return whole_number_rescale(rescale) and max(-low, high) > FLOAT32_WHOLE


def may_overflow(fmt: PixelFormat, rescale: Rescale) -> bool:
    """Tell whether values may occur that are infinite in float32."""
    if fmt.kind is SampleKind.FLOAT:
        return True
    return max(map(abs, rescaled_range(fmt, rescale))) > FLOAT32_MAX


def rescaled_padding(pixels: FramePixels) -> tuple[float, float] | None:
    """Return the padding range in the unit, lower first; infinite beyond float32, as values are."""
    if pixels.padding is None:
        return None
    if pixels.rescale.lut is not None:
        return _mapped_padding(pixels.padding, pixels.rescale.lut)
    ends = [s * pixels.rescale.slope + pixels.rescale.intercept for s in pixels.padding]
    ends = [end if abs(end) <= FLOAT32_MAX else math.copysign(math.inf, end) for end in ends]
    return min(ends), max(ends)


def _mapped_padding(padding: tuple[float, float], lut: LookupTable) -> tuple[float, float]:
    """Return the range of what padding becomes in a look-up table."""
    last = len(lut.values) - 1
    first, end = (min(max(int(stored) - lut.first, 0), last) for stored in padding)
    mapped = lut.values[first : end + 1]
    return float(mapped.min()), float(mapped.max())


def begin_slice(reader: FrameReader, key: Hashable, pixels: FramePixels, out: VoxelArray) -> None:
    """Have a compressed slice decoded and written into `out`, as `read_slice` does.

    `FrameReader.finish` waits for it by its key, and may then raise `OutOfRangeError`.
    """
    fmt, rescale = pixels.block.format, pixels.rescale
    reader.begin(key, pixels.block, pixels.frame, lambda values: _fill(values, fmt, rescale, out))


def read_slice(reader: FrameReader, pixels: FramePixels, out: VoxelArray) -> None:
    """Fill one slice.

    Parameters
    ----------
    reader : FrameReader
        Where stored values come from.
    pixels : FramePixels
        Which ones.
    out : ndarray, shape (y, x) or (y, x, 3), C-contiguous
        int16, float32 or uint8 (colour); written in place.

    Raises
    ------
    FrameError
        The frame cannot be read or decoded.
    OutOfRangeError
        `out` is int16 and the values do not fit.
    """
    block, fmt = pixels.block, pixels.block.format
    if (
        out.ndim == 2
        and out.dtype == np.int16
        and fmt.bits_allocated == 16
        and not block.encapsulated
        and pixels.rescale.lut is None
    ):
        _read_in_place(reader, pixels, out)
    else:
        _fill(reader.stored(block, pixels.frame), fmt, pixels.rescale, out)


def _read_in_place(reader: FrameReader, pixels: FramePixels, out: VoxelArray) -> None:
    """Read 16-bit samples into the slice itself and rescale them there: no copy at all."""
    block, fmt = pixels.block, pixels.block.format
    reader.read_into(block, pixels.frame, out.data)
    stored: StoredArray = out if fmt.signed else out.view(np.uint16)
    if block.little != (sys.byteorder == "little"):
        stored.byteswap(inplace=True)
    mask_stored(stored, fmt)
    _require_int16(stored, fmt, pixels.rescale)
    _rescale_modulo(out, pixels.rescale)


def _fill(stored: StoredArray, fmt: PixelFormat, rescale: Rescale, out: VoxelArray) -> None:
    if out.ndim == 3:
        out[...] = stored
    elif rescale.lut is not None:
        table = rescale.lut.values
        index = np.clip(stored.astype(np.int64) - rescale.lut.first, 0, len(table) - 1)
        np.copyto(out, table[index], casting="unsafe")
    elif out.dtype == np.int16:
        _require_int16(stored, fmt, rescale)
        np.copyto(out, stored, casting="unsafe")
        _rescale_modulo(out, rescale)
    else:
        with np.errstate(over="ignore"):  # beyond float32: infinite, and in no statistic
            _rescale_to_float(stored, rescale, out)


def _rescale_to_float(stored: StoredArray, rescale: Rescale, out: VoxelArray) -> None:
    """Compute in float64 and round once; a few rows at a time, which the cache can hold."""
    if rescale.slope == 1 and rescale.intercept == 0:
        np.copyto(out, stored, casting="unsafe")
        return
    for first in range(0, len(out), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        values = stored[rows].astype(np.float64)
        values *= rescale.slope
        values += rescale.intercept
        np.copyto(out[rows], values, casting="unsafe")


def _require_int16(stored: StoredArray, fmt: PixelFormat, rescale: Rescale) -> None:
    if fits_int16(fmt, rescale):
        return
    ends = [int(end) * rescale.slope + rescale.intercept for end in (stored.min(), stored.max())]
    if min(ends) < INT16_MIN or max(ends) > INT16_MAX:
        raise OutOfRangeError


def _rescale_modulo(out: VoxelArray, rescale: Rescale) -> None:
    """Multiply and add in 16-bit arithmetic, exact because the true results fit (checked)."""
    slope, intercept = (_as_int16(int(v)) for v in (rescale.slope, rescale.intercept))
    if slope != 1:
        out *= slope
    if intercept != 0:
        out += intercept


def _as_int16(value: int) -> np.int16:
    return np.int16((value + 32_768) % 65_536 - 32_768)
