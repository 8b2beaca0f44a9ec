"""Overlay planes (groups 6000 to 601E): where their bits lie in a file, and reading them.

Source: PS3.3 C.9.2 and C.9.3, PS3.5 8.1.2; for planes in unused bits of the pixels (retired)
PS3.3-2004 C.9.2. An overlay that lies about itself is left out; the image shows without it.
"""

import sys
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from viewer.core.image_graphics import OverlayKind, OverlayPlane
from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.pixel_format import PixelBlock, PixelFormat, SampleKind

MAX_OVERLAY_PIXELS = 1 << 27
"""Larger matrices than any detector has are a lie; a byte is needed for each pixel meanwhile."""

_ESSENTIALS = (tags.OVERLAY_ROWS, tags.OVERLAY_COLUMNS, tags.OVERLAY_DATA)
"""A group with one of them claims to be an overlay plane."""

Mask = NDArray[np.bool_]


class OverlayError(Exception):
    """An overlay plane cannot be used; the text says why, in a few words."""


@dataclass(frozen=True, slots=True)
class OverlaySource:
    """Where an overlay plane lies.

    Attributes
    ----------
    plane : OverlayPlane
        What it is.
    origin_yx : tuple of int
        Row and column of the image, from 0, on which its first pixel lies; may be negative.
    first_frame : int or None
        Frame of the image, from 0, that its first frame belongs to. None: its one frame belongs
        to all of them.
    frames : int
        How many frames it has.
    offset : int
        Where its bits start; in a deflated file counted like those of the pixels.
    swapped : bool
        Written as big endian words: each pair of bytes is swapped.
    bit : int or None
        Bit of the pixel samples that holds it (retired); then `offset` means nothing.
    """

    plane: OverlayPlane
    origin_yx: tuple[int, int]
    first_frame: int | None
    frames: int
    offset: int
    swapped: bool = False
    bit: int | None = None

    def frame_for(self, image_frame: int) -> int | None:
        """Return which of its frames belongs to a frame of the image, both from 0, or None."""
        if self.first_frame is None:
            return 0
        own = image_frame - self.first_frame
        return own if 0 <= own < self.frames else None


def read_overlays(
    values: Values, block: PixelBlock
) -> tuple[tuple[OverlaySource, ...], tuple[str, ...]]:
    """Find the overlay planes of a file.

    Parameters
    ----------
    values : Values
        Its top level.
    block : PixelBlock
        Its pixel data.

    Returns
    -------
    overlays : tuple of OverlaySource
        Those that can be read, by group.
    dropped : tuple of str
        "overlay plane 6002: ..." for each of the others.
    """
    found, dropped = [], []
    for group in tags.OVERLAY_GROUPS:
        if not any(values.has(_of_group(tag, group)) for tag in _ESSENTIALS):
            continue
        try:
            found.append(_overlay(values, group, block))
        except OverlayError as error:
            dropped.append(f"overlay plane {group:04X} {error}")
    return tuple(found), tuple(dropped)


def _of_group(tag: int, group: int) -> int:
    return tag & 0xFFFF | group << 16


def _overlay(values: Values, group: int, block: PixelBlock) -> OverlaySource:
    def tag(first: int) -> int:
        return _of_group(first, group)

    rows = values.unsigned(tag(tags.OVERLAY_ROWS))
    columns = values.unsigned(tag(tags.OVERLAY_COLUMNS))
    if not rows or not columns:
        raise OverlayError("has no valid number of rows and columns")
    if rows * columns > MAX_OVERLAY_PIXELS:
        raise OverlayError(f"claims {rows} x {columns} pixels")
    is_roi = values.code(tag(tags.OVERLAY_TYPE)).upper() == OverlayKind.ROI
    label = values.text(tag(tags.OVERLAY_LABEL)) or values.text(tag(tags.OVERLAY_DESCRIPTION))
    plane = OverlayPlane(
        group, label, OverlayKind.ROI if is_roi else OverlayKind.GRAPHICS, rows, columns
    )
    allocated = values.unsigned(tag(tags.OVERLAY_BITS_ALLOCATED))
    data = values.data_set.elements.get(tag(tags.OVERLAY_DATA))
    if data is None or not data.length:
        bit = values.unsigned(tag(tags.OVERLAY_BIT_POSITION))
        return _embedded(plane, allocated, bit, block)
    if allocated not in (None, 1):
        raise OverlayError(f"stores {allocated} bits for each pixel")
    stated = values.number(tag(tags.NUMBER_OF_FRAMES_IN_OVERLAY))
    frames = max(int(stated), 1) if stated is not None else 1
    if rows * columns * frames > data.length * 8:
        raise OverlayError(
            f"claims {rows} x {columns} pixels x {frames} frames, but has {data.length} bytes"
        )
    origin = _origin(values, tag(tags.OVERLAY_ORIGIN))
    if not _reaches(plane, origin, block.format):
        raise OverlayError("lies outside the image")
    first = values.unsigned(tag(tags.IMAGE_FRAME_ORIGIN))
    belongs_to_all = stated is None and first is None
    return OverlaySource(
        plane=plane,
        origin_yx=origin,
        first_frame=None if belongs_to_all else max(first or 1, 1) - 1,
        frames=frames,
        offset=data.start,
        swapped=data.vr == b"OW" and not values.data_set.syntax.little,
    )


def _embedded(
    plane: OverlayPlane, allocated: int | None, bit: int | None, block: PixelBlock
) -> OverlaySource:
    """Describe a plane that shares its samples with the pixels."""
    fmt = block.format
    if allocated in (None, 1) or bit is None:
        raise OverlayError("has no data")
    if block.encapsulated:
        raise OverlayError("would lie in compressed pixels")
    is_integer = fmt.kind is SampleKind.INTEGER and fmt.samples == 1
    if not is_integer or allocated != fmt.bits_allocated or fmt.bits_allocated not in (8, 16, 32):
        raise OverlayError("does not fit the samples that should hold it")
    if (plane.rows, plane.columns) != (fmt.rows, fmt.columns):
        raise OverlayError("has another size than the image that should hold it")
    if bit >= allocated or fmt.high_bit - fmt.bits_stored < bit <= fmt.high_bit:
        raise OverlayError(f"claims bit {bit} of the pixels, which is not free")
    return OverlaySource(plane, (0, 0), 0, block.frames, block.offset, bit=bit)


def _origin(values: Values, tag: int) -> tuple[int, int]:
    """Read Overlay Origin (row and column of the image, from 1) as an offset from 0."""
    numbers = values.shorts(tag)
    if len(numbers) < 2:
        return 0, 0
    row, column = (n - 65_536 if n > 32_767 else n for n in numbers[:2])
    return row - 1, column - 1


def _reaches(plane: OverlayPlane, origin_yx: tuple[int, int], fmt: PixelFormat) -> bool:
    own, image = (plane.rows, plane.columns), (fmt.rows, fmt.columns)
    return all(
        start < end and start + count > 0
        for start, count, end in zip(origin_yx, own, image, strict=True)
    )


def read_mask(file: BinaryIO, overlay: OverlaySource, frame: int, block: PixelBlock) -> Mask:
    """Read one frame of an overlay plane, placed in the matrix of its image.

    Parameters
    ----------
    file : BinaryIO
        The file of `block`, opened.
    overlay : OverlaySource
        Which plane.
    frame : int
        Which of its frames, from 0.
    block : PixelBlock
        The pixel data of the file.

    Returns
    -------
    ndarray of bool, shape (y, x)
        Of the image; what the overlay has beyond it is cut off.

    Raises
    ------
    OverlayError
        The file is shorter than it was.
    """
    if overlay.bit is not None:
        return _read_embedded(file, overlay.bit, frame, block)
    mask = np.zeros((block.format.rows, block.format.columns), np.bool_)
    rows, columns = overlay.plane.rows, overlay.plane.columns
    (y, x), (height, width) = overlay.origin_yx, mask.shape
    top, bottom = max(-y, 0), min(rows, height - y)
    left, right = max(-x, 0), min(columns, width - x)
    first_bit = (frame * rows + top) * columns
    bits = _read_bits(file, overlay, first_bit, (bottom - top) * columns)
    part = bits.reshape(bottom - top, columns)[:, left:right]
    mask[y + top : y + bottom, x + left : x + right] = part
    return mask


def _read_bits(file: BinaryIO, overlay: OverlaySource, first: int, count: int) -> Mask:
    start, end = first // 8, (first + count + 7) // 8
    if overlay.swapped:
        start, end = start & ~1, (end + 1) & ~1
    raw = _read_fully(file, overlay.offset + start, end - start)
    if overlay.swapped:
        raw = raw.view(np.uint16).byteswap().view(np.uint8)
    bits = np.unpackbits(raw, bitorder="little")
    skipped = first - start * 8
    return bits[skipped : skipped + count].view(np.bool_)


def _read_embedded(file: BinaryIO, bit: int, frame: int, block: PixelBlock) -> Mask:
    fmt = block.format
    raw = _read_fully(file, block.offset + frame * fmt.frame_bytes, fmt.frame_bytes)
    samples = raw.view(f"u{fmt.bits_allocated // 8}")
    if block.little != (sys.byteorder == "little"):
        samples = samples.byteswap()
    mask = (samples >> bit) & 1
    return np.asarray(mask.reshape(fmt.rows, fmt.columns), np.bool_)


def _read_fully(file: BinaryIO, offset: int, count: int) -> NDArray[np.uint8]:
    file.seek(offset)
    raw = bytearray()
    while len(raw) < count and (part := file.read(count - len(raw))):
        raw += part
    if len(raw) < count:
        raise OverlayError("is cut off: the file is shorter than its header says")
    return np.frombuffer(raw, np.uint8)
