"""Row "what a file is": by content; folders, archives, media and links."""

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from tests.support.dicom_writer import write_dicomdir
from tests.support.variants import Expected, Variant
from tests.support.variants_phantom import THIN, write_ct

SAME = (Expected(grid=THIN),)


def _bare(one: Dataset, *, implicit: bool, little: bool) -> bytes:
    """The elements of a data set alone, without preamble and meta information."""
    file = DicomBytesIO()
    file.is_implicit_VR, file.is_little_endian = implicit, little
    write_dataset(file, one)
    return file.getvalue()


def _rewrite(folder: Path, data_of) -> None:
    for path in write_ct(folder, THIN):
        path.write_bytes(data_of(path))


def _without_preamble(folder: Path) -> None:
    _rewrite(folder, lambda path: path.read_bytes()[132:])


def _without_zeros(folder: Path) -> None:
    _rewrite(folder, lambda path: path.read_bytes()[128:])


def _bare_implicit(folder: Path) -> None:
    _rewrite(folder, lambda path: _bare(dcmread(path), implicit=True, little=True))


def _bare_explicit(folder: Path) -> None:
    _rewrite(folder, lambda path: _bare(dcmread(path), implicit=False, little=True))


def _bare_big(folder: Path) -> None:
    for path in write_ct(folder, THIN, syntax="1.2.840.10008.1.2.2"):
        path.write_bytes(path.read_bytes()[132:])


def _filled_preamble(folder: Path) -> None:
    _rewrite(folder, lambda path: b"II*\0" + bytes(124) + path.read_bytes()[128:])


def _named(*names: str):
    return lambda folder: write_ct(folder, THIN, name=lambda z: names[z])


def _neighbours(folder: Path) -> None:
    write_ct(folder, THIN)
    (folder / "readme.txt").write_text("patient list, nothing else")
    (folder / "picture.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(500))
    (folder / "table.dcm").write_bytes(b"name;value\r\n" * 40)
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "zeros.dcm").write_bytes(bytes(4096))


def _zip(folder: Path, target: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{inside}{path.name}")
    return target


def _archive(folder: Path) -> Path:
    write_ct(folder / "x", THIN)
    return _zip(folder / "x", folder / "study.zip")


def _archive_without_suffix(folder: Path) -> Path:
    write_ct(folder / "x", THIN)
    return _zip(folder / "x", folder / "EXPORT01")


def _archive_in_folder(folder: Path) -> None:
    write_ct(folder / "x", THIN)
    _zip(folder / "x", folder / "study.zip", "deep/er/")
    shutil.rmtree(folder / "x")


def _dicom_called_zip(folder: Path) -> None:
    write_ct(folder, THIN, name=lambda z: f"{z}.zip")


def _medium(lower: bool = False, also: tuple[tuple[str, ...], ...] = ()):
    def write(folder: Path) -> Path:
        write_ct(folder / "DATA", THIN, name=lambda z: f"IM{z}")
        write_ct(folder / "OTHER", replace(THIN, shift=(50.0, 0.0, 0.0)), series="other")
        ids = [("DATA", f"IM{z}") for z in range(THIN.shape[0])]
        path = write_dicomdir(folder, [*ids, *also])
        if lower:
            for z in range(THIN.shape[0]):
                (folder / "DATA" / f"IM{z}").rename(folder / "DATA" / f"im{z}")
            (folder / "DATA").rename(folder / "data")
        return path

    return write


def _medium_as_folder(folder: Path) -> None:
    write_ct(folder / "DATA", THIN, name=lambda z: f"IM{z}")
    write_dicomdir(folder, [("DATA", "IM0")])


def _linked_file(folder: Path) -> None:
    first, *_ = write_ct(folder / "a", THIN)
    (folder / "b").symlink_to(first)
    (folder / "0").symlink_to(Path("a") / first.name)


def _linked_folder(folder: Path) -> None:
    write_ct(folder / "a", THIN)
    (folder / "b").symlink_to(folder / "a", target_is_directory=True)
    (folder / "loop").symlink_to(folder, target_is_directory=True)


def _outside(folder: Path) -> None:
    write_ct(folder, THIN)
    store = folder.parent / "store"
    other = write_ct(store, replace(THIN, shift=(50.0, 0.0, 0.0)), series="other")
    (folder / "link").symlink_to(other[0])
    (folder / "links").symlink_to(store, target_is_directory=True)
    (folder / "nowhere").symlink_to(folder / "gone")
    (folder / "self").symlink_to(folder / "self")


def _root_is_a_link(folder: Path) -> Path:
    write_ct(folder / "real" / "a", THIN)
    (folder / "real" / "again").symlink_to(folder / "real" / "a" / "IM099")
    (folder / "link").symlink_to(folder / "real", target_is_directory=True)
    return folder / "link"


PLACES = (
    Variant("what a file is: a folder", lambda f: write_ct(f, THIN), SAME, files=4),
    Variant("what a file is: no preamble", _without_preamble, SAME),
    Variant("what a file is: marker without zeros", _without_zeros, SAME),
    Variant("what a file is: implicit data set alone", _bare_implicit, SAME),
    Variant("what a file is: explicit data set alone", _bare_explicit, SAME),
    Variant("what a file is: big endian, meta alone", _bare_big, SAME),
    Variant("what a file is: no extension", _named("a", "b", "c", "d"), SAME),
    Variant("what a file is: any extension", _named("a.jpg", "b.txt", "c.bak", "d.DCM"), SAME),
    Variant("what a file is: other scripts", _named("骨.dcm", "ё", "a b (1)", "é#%20"), SAME),
    Variant("what a file is: DICOM called .zip", _dicom_called_zip, SAME),
    Variant("what a file is: others are skipped", _neighbours, SAME, skipped=5, files=4),
    Variant("what a file is: archive", _archive, SAME, files=4),
    Variant("what a file is: archive by content", _archive_without_suffix, SAME),
    Variant("what a file is: archive in a folder", _archive_in_folder, SAME),
    Variant("what a file is: DICOMDIR", _medium(), SAME, files=4),
    Variant("what a file is: DICOMDIR, small letters", _medium(lower=True), SAME),
    Variant(
        "what a file is: DICOMDIR that leaves its medium",
        _medium(also=(("..", "DATA", "IM0"), ("DATA", "GONE"), ("/ETC", "PASSWD"))),
        SAME,
        problems=("missing", "no file of this medium"),
    ),
    Variant("what a file is: medium opened as folder", _medium_as_folder, SAME, files=4),
    Variant("what a file is: linked file once", _linked_file, SAME, files=4),
    Variant("what a file is: linked folder once", _linked_folder, SAME, files=4),
    Variant("what a file is: links to elsewhere", _outside, SAME, skipped=4, files=4),
    Variant("what a file is: opened by a link", _root_is_a_link, SAME, files=4),
)
