"""Looks at a compressed frame before any decoder does: its size must be the header's.

A decoder trusts the codestream. A few hundred bytes that claim a huge image make it allocate
gigabytes or abort the process, and some decode a truncated frame without a word. Sources: ITU-T
T.81 annex B (JPEG), T.87 (JPEG-LS), T.800 annex A (JPEG 2000), T.871 (JFIF); DICOM PS3.5 annex G
(RLE).
"""

import re
from itertools import pairwise
from struct import Struct
from typing import NamedTuple

from viewer.dicom import transfer
from viewer.dicom.pixel_format import PixelFormat

MAX_TILES = 65_535
MAX_BOX_BYTES = 4096
END_MARKER = b"\xff\xd9"
"""End of image (JPEG, JPEG-LS) and of codestream (JPEG 2000) alike."""
END_SEARCH_BYTES = 64
"""Padding after the end marker is tolerated up to this."""

_SOF = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL, _LOSSLESS, _JPEG_LS = frozenset({0xC0, 0xC1}), frozenset({0xC3}), frozenset({0xF7})
_PROCESSES = {
    transfer.JPEG_BASELINE: _SEQUENTIAL,
    transfer.JPEG_EXTENDED: _SEQUENTIAL,
    transfer.JPEG_LOSSLESS: _LOSSLESS,
    transfer.JPEG_LOSSLESS_SV1: _LOSSLESS,
    transfer.JPEG_LS: _JPEG_LS,
    transfer.JPEG_LS_NEAR: _JPEG_LS,
}
"""Frame headers that a transfer syntax allows; 8-bit baseline is also written as extended.

Progressive ones can hold any number of scans, each of which goes over the whole image.
"""
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
"""Any but restarts; within a scan nothing else looks like it (T.81 B.1.1.5, T.87 A.1)."""
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAME_HEADER = Struct(">BHHB")
_RGB_COMPONENTS = frozenset({b"RGB", b"rgb"})
_RLE_HEADER = Struct("<16L")
_RLE_EXPANSION = 64
"""Two bytes of RLE make at most 128."""
_SIZ = Struct(">HHIIIIIIIIHB")


class CodestreamError(Exception):
    """The compressed frame is damaged or is not what the header says; one plain line."""


class CodestreamSize(NamedTuple):
    """What a codestream says about itself.

    Attributes
    ----------
    precision : int
        Bits of a sample.
    signed : bool
        Only JPEG 2000 knows of signs.
    ybr : bool or None
        Whether colours are luminance and chroma; None where nothing in it tells.
    process : int
        JPEG and JPEG-LS: code of the frame header, else 0.
    scans : int
        JPEG and JPEG-LS: how often the image is gone over.
    """

    rows: int
    columns: int
    samples: int
    precision: int
    signed: bool = False
    ybr: bool | None = None
    process: int = 0
    scans: int = 0


def check_codestream(data: bytes, fmt: PixelFormat, transfer_syntax: str) -> CodestreamSize:
    """Refuse a frame that is not what the header says, or that has no end.

    Parameters
    ----------
    data : bytes
        The frame.
    fmt, transfer_syntax
        What the header says.

    Returns
    -------
    CodestreamSize
        What it says about itself.

    Raises
    ------
    CodestreamError
        With the reason.
    """
    size = jpeg_2000_size(bare_jpeg_2000(data)) if is_jpeg_2000(data) else jpeg_size(data)
    if (size.rows, size.columns) != (fmt.rows, fmt.columns):
        raise CodestreamError(
            f"the compressed image is {size.rows} x {size.columns} pixels, "
            f"the header says {fmt.rows} x {fmt.columns}"
        )
    if size.samples != fmt.samples:
        raise CodestreamError(
            f"the compressed image has {size.samples} samples per pixel, "
            f"the header says {fmt.samples}"
        )
    if size.precision > fmt.bits_allocated:
        raise CodestreamError(
            f"the compressed image has {size.precision} bits, "
            f"the header allows {fmt.bits_allocated}"
        )
    if size.process not in _PROCESSES.get(transfer_syntax, {0}):
        name = transfer.TransferSyntax(transfer_syntax).name
        raise CodestreamError(f"the compressed image is not the {name} that the header says")
    if size.scans > size.samples:
        raise CodestreamError(
            f"the compressed image is damaged: {size.scans} scans for {size.samples} samples"
        )
    if END_MARKER not in data[-END_SEARCH_BYTES:]:
        raise CodestreamError("the compressed image is cut off: its end marker is missing")
    return size


def rle_segments(data: bytes, fmt: PixelFormat) -> list[tuple[int, int]]:
    """Return where the segments of an RLE frame lie: for each sample, its bytes from the highest.

    Raises
    ------
    CodestreamError
        They are not those that the header asks for, or too short for its size.
    """
    if len(data) < _RLE_HEADER.size:
        raise CodestreamError("the compressed image is cut off at its start")
    count, *table = _RLE_HEADER.unpack_from(data)
    expected = fmt.samples * fmt.bits_allocated // 8
    if count != expected:
        raise CodestreamError(
            f"the compressed image has {count} segments, the header asks for {expected}"
        )
    segments = list(pairwise([*table[:count], len(data)]))
    pixels = fmt.rows * fmt.columns
    if table[0] < _RLE_HEADER.size or any(
        (end - start) * _RLE_EXPANSION < pixels for start, end in segments
    ):
        raise CodestreamError("the compressed image is damaged or cut off")
    return segments


def is_jpeg_2000(data: bytes) -> bool:
    """Tell a JPEG 2000 or HTJ2K codestream, bare or in a JP2 box, from the JPEG family."""
    return data[:4] == b"\xff\x4f\xff\x51" or data[4:8] == b"jP  "


def bare_jpeg_2000(data: bytes) -> bytes:
    """Return the codestream without the JP2 boxes that some files wrap it in (PS3.5 A.4.4).

    The boxes are not followed: their lengths are as foreign as everything else, and one of zero
    has been seen to keep a reader in a circle.
    """
    start = data.find(b"\xff\x4f\xff\x51", 0, MAX_BOX_BYTES)
    if start < 0:
        raise CodestreamError("the compressed image does not start as JPEG 2000 does")
    return data[start:] if start else data


def jpeg_2000_size(data: bytes) -> CodestreamSize:
    """Read the SIZ marker segment of a bare codestream."""
    if len(data) < 4 + _SIZ.size:
        raise CodestreamError("the compressed image is cut off at its start")
    _, _, x1, y1, x0, y0, tile_x, tile_y, _, _, samples, bits = _SIZ.unpack_from(data, 4)
    if tile_x == 0 or tile_y == 0:
        raise CodestreamError("the compressed image is damaged: tiles of no size")
    if -(-x1 // tile_x) * -(-y1 // tile_y) > MAX_TILES:
        raise CodestreamError("the compressed image is damaged: too many tiles")
    return CodestreamSize(y1 - y0, x1 - x0, samples, (bits & 0x7F) + 1, bool(bits & 0x80))


def jpeg_size(data: bytes) -> CodestreamSize:
    """Read the frame header of a JPEG or JPEG-LS codestream, and what is said of its colours."""
    if data[:2] != b"\xff\xd8":
        raise CodestreamError("the compressed image does not start as JPEG does")
    position = 2
    ybr: bool | None = None
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            raise CodestreamError("the compressed image is damaged")
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
        elif marker in _STANDALONE:
            position += 2
        elif marker in _SOF and position + 10 <= len(data):
            precision, rows, columns, samples = _FRAME_HEADER.unpack_from(data, position + 4)
            if data[position + 10 : position + 19 : 3] in _RGB_COMPONENTS:
                ybr = False
            scans = _scans(data, position)
            return CodestreamSize(
                rows, columns, samples, precision, ybr=ybr, process=marker, scans=scans
            )
        else:
            if ybr is None:
                ybr = _stated_colours(marker, data[position + 4 : position + 16])
            position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    raise CodestreamError("the compressed image is damaged: it has no frame header")


def _scans(data: bytes, position: int) -> int:
    """Count the scans of a frame whose header stands at a position."""
    scans = 0
    while (found := _MARKER.search(data, position)) is not None:
        marker = data[found.start() + 1]
        if marker == _END_OF_IMAGE:
            break
        scans += marker == _START_OF_SCAN
        length = int.from_bytes(data[found.end() : found.end() + 2], "big")
        position = found.end() + max(length, 2)
    return scans


def _stated_colours(marker: int, content: bytes) -> bool | None:
    """Read an application marker: JFIF is always YBR, Adobe's says which (T.872, 6.5.3)."""
    if marker == 0xE0 and content[:4] == b"JFIF":
        return True
    if marker == 0xEE and content[:5] == b"Adobe" and len(content) == 12 and content[11] < 2:
        return content[11] == 1
    return None
