"""Files that attack or break viewers, by name, each with what must be told about it."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian

from tests.support.dicom_writer import analytic_hu, slice_set
from tests.support.mutated_media import bomb
from tests.support.mutations import nested_sequences, replace_value, with_syntax

RLE = "1.2.840.10008.1.2.5"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
FRAGMENTS = "1.2.840.10008.1.2.1.98"
DEFLATED = "1.2.840.10008.1.2.1.99"
ROWS, COLUMNS, FRAMES = 0x00280010, 0x00280011, 0x00280008
SLOPE, INTERCEPT, SPACING = 0x00281053, 0x00281052, 0x00280030
POSITION, ORIENTATION, SERIES_UID = 0x00200032, 0x00200037, 0x0020000E

OPENS = "opens"
"""The image is there, with its values."""
TOLD = "told"
"""A Problem, or a load that says why not; the reason matches."""
SKIPPED = "skipped"
"""Not DICOM; the reason matches."""
ANYHOW = "anyhow"
"""Whatever becomes of it, it becomes so in bounded time and memory."""


@dataclass(frozen=True)
class HostileFile:
    """One case: bytes, what becomes of them, and the words that must be in the reason."""

    name: str
    make: Callable[[], bytes]
    ending: str
    reason: str = ""
    caveat: str = ""


def one_slice(**changes: object) -> Dataset:
    """A slice of a series of its own, 36 x 40, with a position."""
    one = slice_set(analytic_hu()[1], 1, "1.2.826.0.1.3680043.10.1")
    one.StudyInstanceUID = "1.2.826.0.1.3680043.10.2"
    one.ImagePositionPatient = [-41.0, 17.5, -120.25]
    for keyword, value in changes.items():
        setattr(one, keyword, value)
    return one


def as_bytes(one: Dataset, transfer_syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The file of a data set whose pixel data already are in the transfer syntax."""
    one.file_meta = FileMetaDataset()
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    one.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    if "PixelData" in one:
        packed = transfer_syntax.startswith(("1.2.840.10008.1.2.4", RLE, FRAGMENTS))
        one["PixelData"].VR = "OB" if packed else "OW"
        one["PixelData"].is_undefined_length = packed
    memory = BytesIO()
    one.save_as(memory, enforce_file_format=True)
    return memory.getvalue()


@lru_cache(maxsize=1)
def good() -> bytes:
    """A file with nothing wrong."""
    return as_bytes(one_slice())


def with_value(tag: int, value: bytes) -> Callable[[], bytes]:
    """The good file with one other value."""
    return lambda: replace_value(good(), tag, value)


def with_block(block: bytes, before: int = 0x00080060) -> bytes:
    """The good file with raw elements put in front of an element."""
    from tests.support.element_places import places

    data = good()
    at = next(place.start for place in places(data) if place.tag == before)
    return data[:at] + block + data[at:]


def compressed(frame: bytes, syntax: str, **changes: object) -> Callable[[], bytes]:
    """A slice whose compressed frame is whatever is given."""
    return lambda: as_bytes(one_slice(**changes, PixelData=encapsulate([frame])), syntax)


def jpeg_ls(rows: int, columns: int) -> bytes:
    """A JPEG-LS frame of about 200 bytes whose header claims a size."""
    frame_header = struct.pack(">HHBHHBBBB", 0xFFF7, 11, 16, rows, columns, 1, 1, 0x11, 0)
    scan = struct.pack(">HHBBBBBB", 0xFFDA, 8, 1, 1, 0, 0, 0, 0)
    return b"\xff\xd8" + frame_header + scan + bytes(range(160)) + b"\xff\xd9"


def jpeg_2000(rows: int, columns: int, body_bytes: int = 240) -> bytes:
    """A JPEG 2000 codestream of about 100 bytes and a body; its SIZ claims a size, in one tile."""
    siz = struct.pack(
        ">HHHIIIIIIIIHBBB", 0xFF51, 41, 0, columns, rows, 0, 0, columns, rows, 0, 0, 1, 15, 1, 1
    )
    cod = struct.pack(">HHBBHBBBBBB", 0xFF52, 12, 0, 0, 1, 0, 5, 4, 4, 0, 1)
    qcd = struct.pack(">HHB16B", 0xFF5C, 19, 0x40, *range(64, 80))
    body = bytes(body_bytes)
    sot = struct.pack(">HHHIBB", 0xFF90, 10, 0, len(body) + 14, 0, 1)
    return b"\xff\x4f" + siz + cod + qcd + sot + b"\xff\x93" + body + b"\xff\xd9"


def rle(*offsets: int, body: bytes = b"\xfe\x01" * 40) -> bytes:
    """An RLE frame whose header names these segments."""
    return struct.pack("<16L", len(offsets), *offsets, *([0] * (15 - len(offsets)))) + body


def deflated(data_set: bytes) -> bytes:
    """The good file's meta information in front of a deflated data set."""
    head = with_syntax(good()[: 144 + int.from_bytes(good()[140:144], "little")], DEFLATED)
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return head + packer.compress(data_set) + packer.flush()


def deflate_bomb() -> bytes:
    """A deflated image in whose shadow 300 MB of zeros follow."""
    start = 144 + int.from_bytes(good()[140:144], "little")
    trailing = struct.pack("<HH2sHL", 0xFFFC, 0xFFFC, b"OB", 0, 300 << 20)
    return deflated(good()[start:] + trailing + bytes(300 << 20))


def undefined_everywhere() -> bytes:
    """Every element with a 32-bit length claims to be of undefined length."""
    from tests.support.element_places import places

    changed = bytearray(good())
    for place in places(good()):
        if place.length_bytes == 4:
            changed[place.length_at : place.length_at + 4] = b"\xff\xff\xff\xff"
    return bytes(changed)


def palette(descriptor: list[int], entries: bytes) -> bytes:
    """A palette image whose tables have this descriptor and these bytes."""
    tables: dict[str, object] = {}
    for colour in ("Red", "Green", "Blue"):
        tables[f"{colour}PaletteColorLookupTableDescriptor"] = descriptor
        tables[f"{colour}PaletteColorLookupTableData"] = entries
    one = one_slice(PhotometricInterpretation="PALETTE COLOR", **tables)
    del one.RescaleSlope, one.RescaleIntercept, one.RescaleType
    return as_bytes(one)


def modality_lut(descriptor: list[int], entries: bytes) -> bytes:
    item = Dataset()
    item.LUTDescriptor, item.ModalityLUTType = descriptor, "HU"
    item.add_new(0x00283006, "OW", entries)
    one = one_slice(ModalityLUTSequence=[item])
    del one.RescaleSlope, one.RescaleIntercept, one.RescaleType
    return as_bytes(one)


def overlay(rows: int, columns: int, data: bytes) -> bytes:
    one = one_slice()
    one.add_new(0x60000010, "US", rows)
    one.add_new(0x60000011, "US", columns)
    one.add_new(0x60000040, "CS", "G")
    one.add_new(0x60000050, "SS", [1, 1])
    one.add_new(0x60000100, "US", 1)
    one.add_new(0x60000102, "US", 0)
    one.add_new(0x60003000, "OW", data)
    return as_bytes(one)


def icon() -> bytes:
    """An image whose icon claims to be huge."""
    item = Dataset()
    item.Rows, item.Columns, item.BitsAllocated, item.SamplesPerPixel = 65_535, 65_535, 16, 3
    item.add_new(0x7FE00010, "OB", b"\1\2")
    return as_bytes(one_slice(IconImageSequence=[item]))


def picture(format_name: str) -> bytes:
    memory = BytesIO()
    Image.fromarray(np.arange(900, dtype=np.uint8).reshape(30, 30)).save(memory, format_name)
    return memory.getvalue()


def many_frames() -> bytes:
    """10,000 frames of one pixel each, in as many bytes; a large table for all of them."""
    item = Dataset()
    item.LUTDescriptor, item.ModalityLUTType = [0, 0, 16], "US"
    item.add_new(0x00283006, "OW", np.arange(65_536, dtype="<u2").tobytes())
    sizes = {"Rows": 1, "Columns": 1, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    frames = 10_000
    one = one_slice(NumberOfFrames=frames, PixelData=bytes(frames), **sizes)
    one.ModalityLUTSequence = [item]
    return as_bytes(one)


def many_items(group: int, element: int, before: int) -> bytes:
    """A sequence of 150,000 empty items."""
    items = struct.pack("<HHL", 0xFFFE, 0xE000, 0) * 150_000
    head = struct.pack("<HH2sHL", group, element, b"SQ", 0, len(items))
    return with_block(head + items, before)


def many_elements(count: int) -> bytes:
    one = struct.pack("<HH2sH2s", 0x0009, 0x1001, b"LO", 2, b"ab")
    return with_block(one * count)


def _claim(vr: bytes, size: int) -> bytes:
    return struct.pack("<HH", 0x0009, 0x1001) + vr + bytes(2) + struct.pack("<L", size)


UNKNOWN_SET = struct.pack("<HH2sH", 0x0008, 0x0005, b"CS", 10) + b"ISO_IR 999"

SIZES = (
    HostileFile("rows-x-columns", with_value(ROWS, b"\xff\xff"), TOLD, "but only 2880 are there"),
    HostileFile(
        "frames-uncompressed",
        lambda: as_bytes(one_slice(NumberOfFrames=2_147_483_647)),
        TOLD,
        "claims 2147483647 frames",
    ),
    HostileFile("no-rows", with_value(ROWS, b"\0\0"), TOLD, "no valid number of rows"),
    HostileFile(
        "frames-compressed",
        compressed(rle(64), RLE, NumberOfFrames=2_147_483_647),
        TOLD,
        "claims 2147483647 frames",
    ),
    HostileFile(
        "jpeg-ls-other-size",
        compressed(jpeg_ls(1, 65_535), JPEG_LS),
        TOLD,
        "1 x 65535 pixels, the header says 36 x 40",
    ),
    HostileFile(
        "jpeg-ls-196-bytes",
        compressed(jpeg_ls(36, 40), JPEG_LS),
        TOLD,
        "compressed image",
    ),
    HostileFile(
        "jpeg-2000-other-size",
        compressed(jpeg_2000(60_000, 60_000), JPEG_2000),
        TOLD,
        "60000 x 60000 pixels, the header says 36 x 40",
    ),
    HostileFile(
        "jpeg-2000-huge-in-341-bytes",
        compressed(jpeg_2000(60_000, 60_000), JPEG_2000, Rows=60_000, Columns=60_000),
        TOLD,
        "60000 x 60000 pixels cannot come from the [34]",
    ),
    HostileFile(
        "jpeg-2000-huge-in-12-mb",
        compressed(jpeg_2000(60_000, 60_000, 12 << 20), JPEG_2000, Rows=60_000, Columns=60_000),
        TOLD,
        "60000 x 60000 pixels cannot come from",
    ),
    HostileFile(
        "jpeg-2000-large-in-1-mb",
        compressed(jpeg_2000(20_000, 20_000, 1 << 20), JPEG_2000, Rows=20_000, Columns=20_000),
        TOLD,
        "20000 x 20000 pixels cannot come from",
    ),
    HostileFile(
        "jpeg-2000-large-by-its-header",
        compressed(jpeg_2000(36, 40, 4 << 20), JPEG_2000, Rows=20_000, Columns=20_000),
        TOLD,
        "36 x 40 pixels, the header says 20000 x 20000",
    ),
    HostileFile(
        "jpeg-2000-cut-off",
        compressed(jpeg_2000(36, 40)[:-40], JPEG_2000),
        TOLD,
        "end marker is missing",
    ),
    HostileFile("rle-too-many", compressed(rle(*[64] * 15), RLE), TOLD, "compressed image"),
    HostileFile("rle-beyond", compressed(rle(64, 1 << 31), RLE), TOLD, "compressed image"),
    HostileFile("rle-backwards", compressed(rle(100, 64), RLE), TOLD, "compressed image"),
    HostileFile("rle-short", compressed(rle(64, 66, body=b"\0\1\2\3"), RLE), TOLD, "compressed"),
    HostileFile(
        "unknown-syntax",
        lambda: with_syntax(compressed(rle(64), RLE)(), "1.2.3.4"),
        TOLD,
        "1.2.3.4 is not supported",
    ),
)
PACKED = (
    HostileFile("deflate-bomb", deflate_bomb, TOLD, "larger than it may be"),
    HostileFile("deflate-damaged", lambda: deflated(good())[:900], TOLD, "damaged|truncated|only"),
    HostileFile("bomb.zip", lambda: bomb(good(), 300 << 20), TOLD, "far more than images"),
)
ELEMENTS = (
    HostileFile("claims-2-gb", lambda: with_block(_claim(b"OB", 0x7FFFFFF0)), TOLD, "only"),
    HostileFile("claims-4-gb", lambda: with_block(_claim(b"UN", 0xFFFFFFFE)), TOLD, "only"),
    HostileFile(
        "undefined-private", lambda: with_block(_claim(b"UN", 0xFFFFFFFF)), TOLD, "damaged"
    ),
    HostileFile("undefined-everywhere", undefined_everywhere, TOLD, "does not state"),
    HostileFile(
        "nested-500-undefined",
        lambda: with_block(nested_sequences(500, defined=False)),
        TOLD,
        "nested deeper than 64 levels",
    ),
    HostileFile(
        "nested-500-defined", lambda: with_block(nested_sequences(500, defined=True)), OPENS
    ),
    HostileFile("palette-short", lambda: palette([256, 0, 16], b"\1\2"), TOLD, "palette"),
    HostileFile("palette-huge", lambda: palette([0, 0, 16], b"\1\2" * 200), TOLD, "palette"),
    HostileFile("lut-short", lambda: modality_lut([4096, 0, 16], b"\1\2"), TOLD, "look-up table"),
    HostileFile("overlay-huge", lambda: overlay(65_535, 65_535, b"\1\2"), OPENS),
    HostileFile("overlay-empty", lambda: overlay(0, 0, b""), OPENS),
    HostileFile("icon-huge", icon, OPENS),
    HostileFile("preamble-windows", lambda: b"MZ" + good()[2:], OPENS, caveat="preamble"),
    HostileFile("preamble-linux", lambda: b"\x7fELF" + good()[4:], OPENS, caveat="preamble"),
)
FLOODS = (
    HostileFile("many-frames", many_frames, ANYHOW),
    HostileFile("many-tables", lambda: many_items(0x0028, 0x3000, ROWS), ANYHOW),
    HostileFile("many-groups", lambda: many_items(0x5200, 0x9230, 0x7FE00010), ANYHOW),
    HostileFile("many-elements", lambda: many_elements(190_000), ANYHOW),
    HostileFile("too-many-elements", lambda: many_elements(250_000), TOLD, "more than 200000"),
)
NUMBERS = (
    HostileFile("slope-nan", with_value(SLOPE, b"NaN "), TOLD, "slope is not a number"),
    HostileFile("slope-infinite", with_value(SLOPE, b"1e400 "), TOLD, "slope is not a number"),
    HostileFile("slope-underscore", with_value(SLOPE, b"1_0 "), TOLD, "slope is not a number"),
    HostileFile("slope-zero", with_value(SLOPE, b"0 "), TOLD, "slope is zero"),
    HostileFile("intercept-text", with_value(INTERCEPT, b"none"), TOLD, "intercept is not"),
    HostileFile("spacing-nan", with_value(SPACING, b"NaN\\0.8 "), OPENS, caveat="uncalibrated"),
    HostileFile("spacing-negative", with_value(SPACING, b"-1\\-1 "), OPENS, caveat="uncalibrated"),
    HostileFile("position-infinite", with_value(POSITION, b"0\\inf\\1e999"), OPENS),
    HostileFile(
        "orientation-bent",
        with_value(ORIENTATION, b"1\\0\\0\\0.5\\0.5\\0.1"),
        OPENS,
        caveat="orientation-unknown",
    ),
    HostileFile(
        "orientation-nan",
        with_value(ORIENTATION, b"NaN\\0\\0\\0\\1\\0 "),
        OPENS,
        caveat="orientation-unknown",
    ),
    HostileFile("window-nan", with_value(0x00281050, b"NaN\\inf "), OPENS),
    HostileFile("window-zero", with_value(0x00281051, b"0\\-5"), OPENS),
)
TEXTS = (
    HostileFile("uid-path", with_value(SERIES_UID, b"../../../../tmp/x"), OPENS),
    HostileFile("uid-absolute", with_value(SERIES_UID, b"/etc/passwd "), OPENS),
    HostileFile("uid-drive", with_value(SERIES_UID, b"C:\\Windows\\x.1"), OPENS),
    HostileFile("uid-nul", with_value(SERIES_UID, b"1.2\0.3\n.4"), OPENS),
    HostileFile("uid-long", with_value(SERIES_UID, b"1." * 2000 + b"1 "), OPENS),
    HostileFile("name-bidi", with_value(0x00100010, "A\u202eB^C\u2066".encode()), OPENS),
    HostileFile("name-control", with_value(0x00100010, b"A\x1b[31mB\r\n\x07^C"), OPENS),
    HostileFile("name-html", with_value(0x00100010, b"<img src=x onerror=1>"), OPENS),
    HostileFile("name-long", with_value(0x00100010, b"A" * 60_000), OPENS),
    HostileFile("name-bad-bytes", with_value(0x00100010, b"\xff\xfe\xfd\xc3("), OPENS),
    HostileFile("name-bad-escape", with_value(0x00100010, b"\x1b$B\x1b$(D\x1b"), OPENS),
    HostileFile("charset-unknown", lambda: with_block(UNKNOWN_SET, 0x00080008), OPENS),
)
NOT_DICOM = (
    HostileFile("empty", lambda: b"", SKIPPED, "is empty"),
    HostileFile("text.dcm", lambda: b"This is no image.\n" * 50, SKIPPED, "is not DICOM"),
    HostileFile("picture.png", lambda: picture("PNG"), SKIPPED, "is not DICOM"),
    HostileFile("picture.dcm", lambda: picture("JPEG"), SKIPPED, "is not DICOM"),
    HostileFile("zeros.dcm", lambda: bytes(5000), SKIPPED, "is not DICOM"),
    HostileFile("ones.dcm", lambda: b"\xff" * 5000, SKIPPED, "is not DICOM"),
    HostileFile("only-a-preamble", lambda: bytes(128) + b"DICM", TOLD, "damaged"),
    HostileFile("cut-in-the-header", lambda: good()[:700], TOLD, "pixel data are missing"),
    HostileFile("cut-in-the-pixels", lambda: good()[:-7], TOLD, "only 2873 are|are left"),
)
CASES = (*SIZES, *PACKED, *ELEMENTS, *FLOODS, *NUMBERS, *TEXTS, *NOT_DICOM)
