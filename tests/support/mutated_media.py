"""ZIP archives and DICOMDIR media with what attackers and careless programs put into them."""

import warnings
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from hypothesis import strategies as st

from tests.support.dicom_writer import write_dicomdir
from tests.support.mutations import BYTE_MUTATIONS, Damage, Draw

MEMBER_NAMES = (
    "a.dcm",
    "a.dcm",
    "../../outside.dcm",
    "/etc/absolute.dcm",
    "C:\\drive.dcm",
    "\\\\server\\share.dcm",
    "deep/" * 300 + "a.dcm",
    "nul\0byte.dcm",
    "\u202egnp.exe",
    "line\nbreak.dcm",
    "\u5c71\u7530.dcm",
    "",
)
FILE_IDS = (
    ["IMAGES", "A"],
    ["..", "..", "etc", "passwd"],
    ["IMAGES", "..", "..", "secret"],
    ["C:", "x"],
    ["/etc/passwd"],
    ["A\\B"],
    ["."],
    [""],
    ["IMAGES"],
    ["MISSING"],
    ["NUL\0BYTE"],
    ["X" * 300],
)
_CENTRAL = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_FIELDS = {"flags": (8, 2), "method": (10, 2), "packed": (20, 4), "size": (24, 4), "at": (42, 4)}


@st.composite
def archives(draw: Draw, originals: dict[str, bytes]):
    """A ZIP archive with odd members, whose directory may lie and whose bytes may change."""
    memory = BytesIO()
    with zipfile.ZipFile(memory, "w") as archive, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Duplicate name")
        for _ in range(draw(st.integers(1, 4))):
            name = draw(st.sampled_from(MEMBER_NAMES))
            data = originals[draw(st.sampled_from(sorted(originals)))]
            how = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
            info = zipfile.ZipInfo(name or "x")
            info.compress_type = how
            archive.writestr(info, data[: draw(st.sampled_from([0, 10, 2000, len(data)]))])
    data = memory.getvalue()
    for _ in range(draw(st.integers(0, 2))):
        data = _lie(draw, data)
    if draw(st.integers(0, 3)) == 0:
        data = draw(st.sampled_from(BYTE_MUTATIONS))(draw, data)
    return Damage("archive", data, "media.zip")


def _lie(draw: Draw, data: bytes) -> bytes:
    """Change a field of a member's entry in the central directory."""
    entries = [i for i in range(len(data) - 46) if data[i : i + 4] == _CENTRAL]
    if not entries:
        return data
    entry = draw(st.sampled_from(entries))
    offset, size = _FIELDS[draw(st.sampled_from(sorted(_FIELDS)))]
    value = draw(st.sampled_from([0, 1, 8, 9, 12, 14, 99, 1 << 20, 0x7FFFFFFF, 0xFFFFFFFF]))
    field = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")
    return data[: entry + offset] + field + data[entry + offset + size :]


@st.composite
def directories(draw: Draw, folder: Path):
    """A DICOMDIR whose records point anywhere, perhaps damaged."""
    chosen = draw(st.lists(st.sampled_from(FILE_IDS), min_size=1, max_size=5))
    data = hostile_dicomdir(folder, chosen).read_bytes()
    if draw(st.booleans()):
        data = draw(st.sampled_from(BYTE_MUTATIONS))(draw, data)
    return Damage("medium", data, "DICOMDIR")


def hostile_dicomdir(folder: Path, file_ids: Sequence[Sequence[str]]) -> Path:
    """Write a DICOMDIR with file IDs that no honest program writes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Invalid value|The value length")
        return write_dicomdir(folder, [list(parts) for parts in file_ids])


def bomb(image: bytes, size: int) -> bytes:
    """An archive with one member: an image, behind which zeros follow."""
    memory = BytesIO()
    with (
        zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        archive.open("bomb.dcm", "w", force_zip64=True) as member,
    ):
        member.write(image)
        for _ in range(size >> 20):
            member.write(bytes(1 << 20))
    return memory.getvalue()
