"""Decoders of compressed frames: one for each transfer syntax, called on purpose.

All of them come from imagecodecs (CharLS, OpenJPEG, OpenJPH, libjpeg-turbo and its own RLE), chosen
by measurement (docs/benchmarks.md). They trust what they decode: each frame is checked by
`viewer.dicom.codestream` first, and `viewer.dicom.isolation` runs them in processes of their own.
"""

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from viewer.dicom import transfer
from viewer.dicom.codestream import (
    CodestreamError,
    CodestreamSize,
    bare_jpeg_2000,
    check_codestream,
    is_jpeg_2000,
    rle_segments,
)
from viewer.dicom.colour import ybr_to_rgb
from viewer.dicom.pixel_format import PixelFormat, StoredArray

_PACKAGE = "imagecodecs"
DECODERS: dict[str, str] = {
    transfer.RLE: "packbits_decode",
    transfer.JPEG_BASELINE: "jpeg8_decode",
    transfer.JPEG_EXTENDED: "jpeg8_decode",
    transfer.JPEG_LOSSLESS: "jpeg8_decode",
    transfer.JPEG_LOSSLESS_SV1: "jpeg8_decode",
    transfer.JPEG_LS: "jpegls_decode",
    transfer.JPEG_LS_NEAR: "jpegls_decode",
    transfer.JPEG_2000_LOSSLESS: "jpeg2k_decode",
    transfer.JPEG_2000: "jpeg2k_decode",
    transfer.HTJ2K_LOSSLESS: "htj2k_decode",
    transfer.HTJ2K_RPCL: "htj2k_decode",
    transfer.HTJ2K: "htj2k_decode",
}
"""Transfer syntax UID: the function of the package that decodes it."""

_MAY_LOSE = transfer.LOSSY | {transfer.JPEG_2000, transfer.HTJ2K}
_TRANSFORMED = frozenset({"YBR_ICT", "YBR_RCT"})
"""Colour models that the JPEG 2000 decoder itself turns into RGB."""

CODEC_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What foreign decoders raise on damaged frames; their texts are not for users."""


class MissingCodecError(Exception):
    """No decoder for this transfer syntax is installed; one plain line."""


def missing_codec(transfer_syntax: str) -> str:
    """Say why frames of a transfer syntax cannot be decoded here; empty where they can."""
    name = transfer.TransferSyntax(transfer_syntax).name
    if transfer_syntax == transfer.ENCAPSULATED_UNCOMPRESSED:
        return ""
    if transfer_syntax not in DECODERS:
        return f"{name} is not supported"
    if not _is_installed(_PACKAGE):
        return f"{name} needs the package {_PACKAGE}, which is not installed"
    return ""


@cache
def _is_installed(package: str) -> bool:
    return find_spec(package) is not None


def stored_dtype(fmt: PixelFormat) -> np.dtype[Any]:
    """Return the type of decoded samples: Bits Allocated wide, colours unsigned.

    Raises
    ------
    CodestreamError
        No compressed frame has samples of that width.
    """
    if fmt.bits_allocated not in (8, 16, 32):
        raise CodestreamError(f"compressed images of {fmt.bits_allocated} bits are not supported")
    return np.dtype(f"{'i' if fmt.signed and fmt.samples == 1 else 'u'}{fmt.bits_allocated // 8}")


def decode_frame(data: bytes, transfer_syntax: str, fmt: PixelFormat) -> StoredArray:
    """Decode one compressed frame to stored values (grey) or RGB.

    Parameters
    ----------
    data : bytes
        The frame, its fragments joined.
    transfer_syntax : str
        UID.
    fmt : PixelFormat
        What the header says.

    Returns
    -------
    ndarray, shape (rows, columns) or (rows, columns, 3), type `stored_dtype`
        Grey values are masked to Bits Stored and sign-extended.

    Raises
    ------
    MissingCodecError
        Nothing is installed for this transfer syntax.
    CodestreamError
        The frame is damaged; no decoder saw it, or the decoder gave up.
    """
    if reason := missing_codec(transfer_syntax):
        raise MissingCodecError(reason)
    dtype = stored_dtype(fmt)
    try:
        if transfer_syntax == transfer.RLE:
            size = CodestreamSize(fmt.rows, fmt.columns, fmt.samples, fmt.bits_allocated)
            array = _decode_rle(data, fmt)
        else:
            size = check_codestream(data, fmt, transfer_syntax)
            array = _decode(data, transfer_syntax, fmt)
    except ImportError as error:  # its library does not load here
        name = transfer.TransferSyntax(transfer_syntax).name
        raise MissingCodecError(
            f"{name} needs the package {_PACKAGE}, which cannot be loaded here"
        ) from error
    except CODEC_ERRORS as error:
        raise CodestreamError("the compressed image is damaged") from error
    shape = (fmt.rows, fmt.columns) if fmt.samples == 1 else (fmt.rows, fmt.columns, fmt.samples)
    if array.shape != shape:
        raise CodestreamError("the compressed image is damaged: it decodes to another size")
    if fmt.samples == 1:
        return _conformed(array, size, fmt, dtype, transfer_syntax in _MAY_LOSE)
    colour: StoredArray = array.astype(dtype, copy=False)
    if not _is_ybr(size, fmt):
        return colour
    partial = fmt.photometric.startswith("YBR_PARTIAL")
    return ybr_to_rgb(colour, fmt.bits_stored, partial=partial)


def _decode(data: bytes, transfer_syntax: str, fmt: PixelFormat) -> StoredArray:
    import imagecodecs

    options = {}
    if DECODERS[transfer_syntax] == "jpeg8_decode" and fmt.samples == 3:
        # The same on both sides: the library changes no colours; that is done once, here.
        options = {"colorspace": "YCBCR", "outcolorspace": "YCBCR"}
    codestream = bare_jpeg_2000(data) if is_jpeg_2000(data) else data
    array: StoredArray = getattr(imagecodecs, DECODERS[transfer_syntax])(codestream, **options)
    return array


def _decode_rle(data: bytes, fmt: PixelFormat) -> StoredArray:
    """Decode RLE (PS3.5 annex G): planes of bytes, whatever Planar Configuration says.

    Segments that hold more than they should are padded; the rest of them does not count.
    """
    import imagecodecs

    plane, width = fmt.rows * fmt.columns, fmt.bits_allocated // 8
    samples = np.empty((fmt.samples, plane, width), np.uint8)
    for number, (start, end) in enumerate(rle_segments(data, fmt)):
        sample, byte = divmod(number, width)
        values = np.frombuffer(imagecodecs.packbits_decode(data[start:end]), np.uint8, plane)
        samples[sample, :, width - 1 - byte] = values
    values = samples.view(f"<u{width}").astype(f"=u{width}", copy=False)
    planes = values.reshape(fmt.samples, fmt.rows, fmt.columns)
    return planes[0] if fmt.samples == 1 else np.moveaxis(planes, 0, 2)


def _conformed(
    array: StoredArray, size: CodestreamSize, fmt: PixelFormat, dtype: np.dtype[Any], lossy: bool
) -> StoredArray:
    """Give grey values the width and sign of the header (PS3.5 8.1.1, 8.2).

    Most codestreams do not know of signs, and some hold bits above Bits Stored that do not count.
    What a lossy one holds beyond the range is an overshoot, not a wrapped value.
    """
    if fmt.signed == size.signed and lossy:
        if size.precision > fmt.bits_stored:
            array = np.clip(array, *fmt.stored_range)
        return array.astype(dtype, copy=False)
    values: StoredArray = array.astype(dtype, copy=False)
    unused = 8 * dtype.itemsize - min(size.precision, fmt.bits_stored)
    if unused and (fmt.signed or size.precision > fmt.bits_stored):
        values = values << unused
        values >>= unused
    return values


def _is_ybr(size: CodestreamSize, fmt: PixelFormat) -> bool:
    """Tell whether decoded colours are luminance and chroma: the codestream knows best."""
    if size.ybr is not None:
        return size.ybr
    return fmt.photometric.startswith("YBR") and fmt.photometric not in _TRANSFORMED
