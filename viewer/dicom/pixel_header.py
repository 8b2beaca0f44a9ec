"""The pixel data of a file as its header describes them, checked against the bytes present."""

from dataclasses import replace

from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.headers import RawHeader, UnusableError
from viewer.dicom.lookup_table import read_lut
from viewer.dicom.parser import PIXEL_DATA, PixelPlace
from viewer.dicom.pixel_format import Palette, PixelBlock, PixelFormat, SampleKind

MAX_MATRIX = 65_535
MAX_FRAMES_OF_FILE = 100_000
"""The longest cine and functional series stay below; each frame costs time and memory."""
MIN_FRAGMENT_BYTES = 8
"""An encapsulated frame has at least its item header."""
BLANK_BYTES = 512 << 20
"""Blank frames shrink to almost nothing: so much is believed of any file ..."""
MAX_COMPRESSION = 1000
"""... and of one that holds more, no better packing than this."""
BLANK_FRAME_BYTES = 256 << 20
"""No detector makes a larger frame: one that claims to be must have the bytes for it, ..."""
MAX_FRAME_COMPRESSION = 200
"""... packed no better than this."""
_GREY = ("MONOCHROME1", "MONOCHROME2")
_PALETTE_TAGS = (
    (tags.RED_PALETTE_DESCRIPTOR, tags.RED_PALETTE_DATA, tags.SEGMENTED_RED_PALETTE_DATA),
    (tags.GREEN_PALETTE_DESCRIPTOR, tags.GREEN_PALETTE_DATA, tags.SEGMENTED_GREEN_PALETTE_DATA),
    (tags.BLUE_PALETTE_DESCRIPTOR, tags.BLUE_PALETTE_DATA, tags.SEGMENTED_BLUE_PALETTE_DATA),
)
_COLOURS = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "YBR_PARTIAL_422")
_RETIRED = ("ARGB", "CMYK", "HSV")


def pixel_block(raw: RawHeader, pixels: PixelPlace, notes: list[str]) -> PixelBlock:
    """Describe the pixel data and refuse what does not match the bytes that are there.

    Parameters
    ----------
    raw : RawHeader
        The file's elements.
    pixels : PixelPlace
        Where its pixel data start.
    notes : list of str
        Gets what is wrong but does not hinder.

    Raises
    ------
    UnusableError
        The image cannot be shown; the text says why.
    """
    values = raw.values
    fmt = _format(values, pixels, notes)
    stated_frames = values.number(tags.NUMBER_OF_FRAMES)
    frames = int(stated_frames) if stated_frames is not None else 1
    if frames < 1:
        if values.has(tags.NUMBER_OF_FRAMES) and frames < 0:
            raise UnusableError("the number of frames is not a positive number")
        frames = 1
    if frames > MAX_FRAMES_OF_FILE:
        stated = values.code(tags.NUMBER_OF_FRAMES)[:32] or str(frames)
        raise UnusableError(f"claims {stated} frames: more than {MAX_FRAMES_OF_FILE} are not read")
    available = raw.data_bytes - pixels.start
    if raw.transfer.encapsulated:
        if fmt.bits_allocated == 1:
            raise UnusableError("stores 1 bit per sample in fragments, which cannot be read")
        _check_packed_size(fmt, frames, available)
        if _listed_frames(raw, pixels) > frames:
            notes.append("the offset table lists more frames than the header says")
    elif pixels.length is None:
        raise UnusableError("the pixel data are compressed in a way that the file does not state")
    else:
        available = min(pixels.length, available)
        fmt = _as_subsampled(fmt, frames, available, notes)
        _check_native_size(fmt, frames, available, notes)
    return PixelBlock(
        source=raw.source,
        offset=pixels.start,
        length=pixels.length,
        frames=frames,
        transfer_syntax=raw.transfer.uid,
        little=raw.transfer.little_pixels,
        inflate_from=raw.inflate_from,
        format=fmt,
        palette=_palette(values, fmt) if fmt.is_palette else None,
        frame_offsets=_frame_offsets(values, frames),
        swapped_words=fmt.bits_allocated == 8
        and pixels.vr == b"OW"
        and not raw.transfer.little_pixels,
    )


def _as_subsampled(fmt: PixelFormat, frames: int, available: int, notes: list[str]) -> PixelFormat:
    """Believe the bytes where a file says 4:2:2 but holds three samples of every pixel."""
    whole = replace(fmt, photometric="YBR_FULL")
    if not fmt.photometric.endswith("_422") or available < frames * whole.frame_bytes:
        return fmt
    notes.append("the colours are not subsampled, as the header says they were")
    return whole


def _check_packed_size(fmt: PixelFormat, frames: int, available: int) -> None:
    if frames * MIN_FRAGMENT_BYTES > available:
        claim = f"{frames} frames" if frames > 1 else "1 frame"
        raise UnusableError(f"claims {claim}, but only {available} bytes are there")
    believed = max(BLANK_BYTES, MAX_COMPRESSION * available)
    believed_frame = max(BLANK_FRAME_BYTES, MAX_FRAME_COMPRESSION * available)
    if frames * fmt.frame_bytes > believed or fmt.frame_bytes > believed_frame:
        raise UnusableError(
            f"{_size_text(fmt, frames)} cannot come from the {available} bytes that are there"
        )


def _listed_frames(raw: RawHeader, pixels: PixelPlace) -> int:
    """Count the entries of the basic offset table, as far as the bytes read so far reach."""
    item = raw.values.data_set.buffer[pixels.start : pixels.start + 8]
    return int.from_bytes(item[4:8], "little") // 4 if item[:4] == b"\xfe\xff\0\xe0" else 0


def _size_text(fmt: PixelFormat, frames: int) -> str:
    return f"{fmt.rows} x {fmt.columns} pixels" + (f" x {frames} frames" if frames > 1 else "")


def _check_native_size(fmt: PixelFormat, frames: int, available: int, notes: list[str]) -> None:
    needed = (fmt.frame_bits * frames + 7) // 8
    if available < needed:
        raise UnusableError(
            f"{_size_text(fmt, frames)} need {needed} bytes, but only {available} are there"
        )
    if available > needed + 1:
        notes.append("there are more pixel bytes than the header says")


def _format(values: Values, pixels: PixelPlace, notes: list[str]) -> PixelFormat:
    rows, columns = values.unsigned(tags.ROWS), values.unsigned(tags.COLUMNS)
    if not rows or not columns or max(rows, columns) > MAX_MATRIX:
        raise UnusableError("has no valid number of rows and columns")
    kind = SampleKind.INTEGER if pixels.tag == PIXEL_DATA else SampleKind.FLOAT
    allocated = values.unsigned(tags.BITS_ALLOCATED)
    if allocated is None or allocated not in (
        (1, 8, 16, 32) if kind is SampleKind.INTEGER else (32, 64)
    ):
        what = f"{allocated} bits" if allocated else "an unknown number of bits"
        raise UnusableError(f"stores {what} per sample, which cannot be read")
    stored = values.unsigned(tags.BITS_STORED) or allocated
    if stored > allocated:
        notes.append("Bits Stored is larger than Bits Allocated")
        stored = allocated
    high = values.unsigned(tags.HIGH_BIT)
    if high is None or not stored - 1 <= high < allocated:
        high = stored - 1
    samples, photometric = _colour_model(values, notes)
    is_colour = samples > 1 or photometric == "PALETTE COLOR"
    if is_colour and (allocated == 1 or kind is SampleKind.FLOAT):
        what = "1 bit per sample" if allocated == 1 else "real numbers"
        raise UnusableError(f"stores colours as {what}, which cannot be read")
    return PixelFormat(
        rows=rows,
        columns=columns,
        samples=samples,
        photometric=photometric,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high,
        signed=samples == 1 and values.unsigned(tags.PIXEL_REPRESENTATION) == 1,
        planar=samples == 3 and values.unsigned(tags.PLANAR_CONFIGURATION) == 1,
        kind=kind,
    )


def _colour_model(values: Values, notes: list[str]) -> tuple[int, str]:
    samples = values.unsigned(tags.SAMPLES_PER_PIXEL) or 1
    photometric = values.code(tags.PHOTOMETRIC_INTERPRETATION).upper()
    if samples == 1 and (photometric in _GREY or photometric == "PALETTE COLOR"):
        return 1, photometric
    if samples == 3 and photometric in _COLOURS:
        return 3, photometric
    if photometric in _RETIRED:
        raise UnusableError(f"its colour model {photometric} is retired and cannot be shown")
    if samples not in (1, 3):
        raise UnusableError(f"stores {samples} samples per pixel, which cannot be shown")
    if photometric and photometric not in (*_GREY, *_COLOURS):
        raise UnusableError(f"its colour model {photometric[:32]!r} is not known")
    notes.append("the photometric interpretation does not match the samples per pixel")
    return samples, "MONOCHROME2" if samples == 1 else "RGB"


def _frame_offsets(values: Values, frames: int) -> tuple[int, ...]:
    """Read the extended offset table (OV, 8 bytes a frame), where it is complete."""
    raw = values.raw(tags.EXTENDED_OFFSET_TABLE)
    if len(raw) != 8 * frames:
        return ()
    return tuple(int.from_bytes(raw[i : i + 8], "little") for i in range(0, len(raw), 8))


def _palette(values: Values, fmt: PixelFormat) -> Palette:
    tables = []
    for descriptor, data, segments in _PALETTE_TAGS:
        table = read_lut(values, descriptor, data, fmt.signed, segments)
        if table is None:
            raise UnusableError("its colour palette is missing or damaged")
        tables.append(table)
    return Palette(*tables)
