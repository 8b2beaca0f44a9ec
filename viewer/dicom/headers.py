"""What one file says about itself: `read_header` turns bytes into an `ImageHeader` or a reason."""

from dataclasses import dataclass, replace

from viewer.core.caveats import Caveat
from viewer.core.study import NamedWindow, Patient, StackLabels
from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.file_graphics import NO_GRAPHICS, FileGraphics
from viewer.dicom.parser import (
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    VRS,
    DamagedError,
    DataSet,
    NeedMoreError,
    Syntax,
    parse,
    parse_meta,
)
from viewer.dicom.pet import PetFacts
from viewer.dicom.pixel_format import LookupTable, PixelBlock
from viewer.dicom.preamble import preamble_caveats
from viewer.dicom.sop_classes import is_object_class
from viewer.dicom.sources import (
    HEAD_BYTES,
    HEAD_GROWTH,
    MAX_HEAD_BYTES,
    FileSource,
    SourceError,
    SourceReader,
    inflate_head,
)
from viewer.dicom.transfer import DEFLATED, EXPLICIT_BIG, IMPLICIT_VR, TransferSyntax

Point = tuple[float, float, float]

DICOMDIR_CLASS = "1.2.840.10008.1.3.10"
"""Media Storage Directory: the index file of a medium."""
LAST_OF_OBJECT = 0x0020FFFF
"""Patient, study and series stand before this; no more is wanted of what is no image."""
_STORAGE_ROOT = b"1.2.840.10008.5.1.4."
"""Every standard image class begins with it, in the first elements of its file."""


class NotDicomError(Exception):
    """The file is not DICOM."""


class UnusableError(Exception):
    """The file is DICOM but cannot be shown; the text is one plain line."""


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """What the files of one series share (grouping splits where they do not).

    Attributes
    ----------
    slice_distance_mm : float or None
        Spacing Between Slices: what the scanner meant, never what the grid is made from.
    fps : float or None
        Frames a second.
    """

    study_uid: str
    series_uid: str
    modality: str
    sop_class: str
    patient: Patient
    labels: StackLabels
    image_type: tuple[str, ...]
    frame_of_reference_uid: str
    lossy: bool
    lossy_ratio: float | None
    charset_guessed: bool
    slice_distance_mm: float | None = None
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class Rescale:
    """Stored value to value in the unit: slope and intercept, or a Modality LUT.

    Attributes
    ----------
    slope, intercept : float
        PS3.3 C.11.1; 1 and 0 where the file has none.
    unit : str or None
        Unit of the result.
    stated : bool
        Whether the file has a rescale or a Modality LUT at all.
    lut : LookupTable or None
        Modality LUT.
    """

    slope: float = 1.0
    intercept: float = 0.0
    unit: str | None = None
    stated: bool = False
    lut: LookupTable | None = None


@dataclass(frozen=True, slots=True)
class SplitKey:
    """Differences within a series that make separate stacks.

    Attributes
    ----------
    image_type : str
        Value 3 of Image Type (or Frame Type).
    acquisition : str
        Acquisition Number.
    time_point : str
        Temporal position.
    echo, b_value, kernel : str
        As in the file.
    stack_id : str
        Stack ID of a multi-frame object.
    file : str
        SOP Instance UID of a multi-frame object that does not place its frames: they are not
        mixed with those of other files.
    """

    image_type: str = ""
    acquisition: str = ""
    time_point: str = ""
    echo: str = ""
    b_value: str = ""
    kernel: str = ""
    stack_id: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FrameHeader:
    """One image: a single-frame file, or a frame of a multi-frame one.

    Attributes
    ----------
    frame : int
        0-based frame in the file.
    position_lps_mm, orientation, spacing_yx_mm : tuple or None
        Image Position, Image Orientation (row cosines, column cosines), Pixel Spacing.
    detector_spacing_yx_mm : tuple or None
        Imager Pixel Spacing.
    padding : tuple of float or None
        Stored values, lower and upper, that mean "nothing measured".
    windows : tuple of NamedWindow
        What the file offers for it, in the rescaled unit.
    pet : PetFacts or None
        Of PET: dose, decay and times.
    split : SplitKey
        What else tells stacks apart.
    time : str
        Acquisition time, to break ties.
    rank : tuple of int
        Dimension Index Values or In-Stack Position, to break ties within a file.
    phase : str
        Cardiac phase in words ("75 % of the cardiac cycle"); empty where there is none.
    notes : tuple of str
        What is wrong with the header but does not hinder.
    graphics : FileGraphics
        What lies on it: overlays, shutter, ultrasound regions.
    caveats : tuple of Caveat
        Doubts that the file alone raises.
    """

    facts: SeriesFacts
    block: PixelBlock
    frame: int
    sop_uid: str
    instance_number: int | None
    position_lps_mm: Point | None
    orientation: tuple[float, ...] | None
    spacing_yx_mm: tuple[float, float] | None
    detector_spacing_yx_mm: tuple[float, float] | None
    aspect_yx: tuple[float, float] | None
    rescale: Rescale
    padding: tuple[float, float] | None
    windows: tuple[NamedWindow, ...]
    split: SplitKey
    time: str
    largest_stored: int | None
    notes: tuple[str, ...] = ()
    pet: PetFacts | None = None
    rank: tuple[int, ...] = ()
    phase: str = ""
    graphics: FileGraphics = NO_GRAPHICS
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RawHeader:
    """Parsed elements of a file, before anything is made of them."""

    source: FileSource
    values: Values
    transfer: TransferSyntax
    data_bytes: int
    inflate_from: int | None
    notes: tuple[str, ...]
    media_class: str = ""
    caveats: tuple[Caveat, ...] = ()


def read_raw_header(reader: SourceReader, source: FileSource) -> RawHeader:
    """Read a file's elements up to the pixel data, taking more bytes only where needed.

    Raises
    ------
    NotDicomError
        The file is something else.
    UnusableError
        The header is damaged.
    SourceError
        The file cannot be read.
    """
    size, head = HEAD_BYTES, b""
    while True:
        if size > HEAD_BYTES and not _promises_an_image(head):
            raise NotDicomError
        if min(size, source.size) > MAX_HEAD_BYTES:
            raise UnusableError(f"no image within the first {MAX_HEAD_BYTES >> 20} MB of the file")
        head = reader.read_head(source, min(size, source.size))
        if len(head) < min(size, source.size):
            raise SourceError("the file changed while it was read")
        try:
            raw = _parse_head(head, source)
            caveats = preamble_caveats(head)
            return replace(raw, caveats=caveats) if caveats else raw
        except NeedMoreError as more:
            if size >= source.size:
                raise UnusableError("the header is damaged: it points beyond the file") from more
            size = max(min(size * HEAD_GROWTH, MAX_HEAD_BYTES), more.size)
        except DamagedError as error:
            raise UnusableError(f"the header is damaged: {error}") from error


def _promises_an_image(head: bytes) -> bool:
    """Tell from the first bytes whether more may be read: a DICOM marker, or a SOP class.

    Bytes that only look like the start of a data set would otherwise be inflated whole.
    """
    return head[128:132] == b"DICM" or head[:4] == b"DICM" or _STORAGE_ROOT in head


def _parse_head(head: bytes, source: FileSource) -> RawHeader:
    meta, start, has_preamble = _read_start(head, source.size)
    stated = Values(meta).code(tags.TRANSFER_SYNTAX_UID)
    transfer = TransferSyntax(stated)
    media_class = Values(meta).code(tags.MEDIA_STORAGE_SOP_CLASS_UID)
    if media_class == DICOMDIR_CLASS:  # an index of other files: nothing of it is needed here
        return RawHeader(source, Values(meta), transfer, source.size, None, (), media_class)
    if transfer.uid == DEFLATED:
        return _parse_deflated(head, start, source, transfer)
    syntax, note = guess_syntax(head, start, transfer, source.size)
    notes = (note,) if note else ()
    data_set = _parse_as_class(head, start, source, syntax, media_class)
    if not has_preamble and not _is_convincing(data_set):
        raise NotDicomError
    if not stated or note:
        transfer = TransferSyntax(
            transfer.uid if transfer.encapsulated else _uncompressed_uid(syntax)
        )
    return RawHeader(source, _values(data_set), transfer, source.size, None, notes, media_class)


def _parse_as_class(
    head: bytes, start: int, source: FileSource, syntax: Syntax, media_class: str
) -> DataSet:
    """Parse the elements that the class of the file makes worth reading.

    Of what is no image only the start counts: a report, a document or the frame table of a
    segmentation may go on for hundreds of megabytes.
    """
    if is_object_class(media_class):
        data_set = parse(head, start, source.size, syntax, tags.WANTED, LAST_OF_OBJECT)
        if Values(data_set).code(tags.SOP_CLASS_UID) in ("", media_class):
            return data_set
    return parse(head, start, source.size, syntax, tags.WANTED)


def _parse_deflated(
    head: bytes, start: int, source: FileSource, transfer: TransferSyntax
) -> RawHeader:
    """Parse the inflated start of a deflated data set; offsets keep counting from the file's."""
    if len(head) < source.size:
        raise NeedMoreError(source.size)
    size = HEAD_BYTES
    while True:
        inflated, total = inflate_head(head[start:], size)
        buffer = bytes(start) + inflated
        try:
            data_set = parse(buffer, start, start + total, EXPLICIT_LITTLE, tags.WANTED)
        except NeedMoreError as more:
            size = max(size * HEAD_GROWTH, more.size)
            continue
        return RawHeader(source, _values(data_set), transfer, start + total, start, ())


def _values(data_set: DataSet) -> Values:
    charset = Values(data_set).codes(tags.SPECIFIC_CHARACTER_SET)
    return Values(data_set, charset)


def _read_start(head: bytes, file_size: int) -> tuple[DataSet, int, bool]:
    """Find the meta information and the data set, with or without a preamble."""
    if head[128:132] == b"DICM":
        meta, start = parse_meta(head, 132, file_size)
        return meta, start, True
    if head[:4] == b"DICM":
        meta, start = parse_meta(head, 4, file_size)
        return meta, start, True
    if not looks_like_data_set(head, file_size):
        raise NotDicomError
    try:
        meta, start = parse_meta(head, 0, file_size)
    except DamagedError as error:
        raise NotDicomError from error
    return meta, start, False


def looks_like_data_set(head: bytes, file_size: int) -> bool:
    """Tell whether bytes without a preamble may be a data set (PS3.10 7.1 is often ignored)."""
    if len(head) < 16:
        return False
    for order in ("little", "big"):
        group = int.from_bytes(head[:2], order)
        number = int.from_bytes(head[2:4], order)
        if group in (0x0002, 0x0008) and number <= 0x0070:
            if head[4:6] in VRS:
                return True
            if int.from_bytes(head[4:8], order) <= min(file_size, 1024):
                return True
    return False


def _is_convincing(data_set: DataSet) -> bool:
    found = data_set.elements
    return tags.SOP_CLASS_UID in found or tags.SOP_INSTANCE_UID in found or tags.ROWS in found


def guess_syntax(
    head: bytes, start: int, transfer: TransferSyntax, file_size: int
) -> tuple[Syntax, str]:
    """Return the encoding: as stated, unless the first element plainly contradicts it."""
    if start + 8 > len(head):
        if start + 8 > file_size:
            raise DamagedError("the file ends after its first bytes")
        raise NeedMoreError(start + 16)
    looks_explicit = head[start + 4 : start + 6] in VRS
    big = head[start] == 0 and head[start + 1] in (0x04, 0x08, 0x10, 0x20, 0x28)
    if not transfer.uid:
        return Syntax(implicit=not looks_explicit, little=not big), ""
    stated = transfer.data_set_syntax
    actual = Syntax(implicit=not looks_explicit, little=not big)
    if actual == stated:
        return stated, ""
    if looks_explicit or int.from_bytes(head[start + 4 : start + 8], "little") <= file_size:
        return actual, "the file is encoded otherwise than its header says"
    return stated, ""


def _uncompressed_uid(syntax: Syntax) -> str:
    if syntax == IMPLICIT_LITTLE:
        return IMPLICIT_VR
    return TransferSyntax.EXPLICIT_LITTLE_UID if syntax.little else EXPLICIT_BIG
