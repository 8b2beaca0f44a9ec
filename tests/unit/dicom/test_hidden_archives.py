"""ZIP archives are told by content: one without ".zip" in a folder opens, documents stay files."""

import zipfile

from tests.support.cli import small_series
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan


def pack(folder, target, extra=()):
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"deep/{path.name}")
        for name in extra:
            archive.writestr(name, "text")


def test_an_archive_of_another_name_opens_in_a_folder(tmp_path):
    small_series(tmp_path / "series")
    (tmp_path / "opened").mkdir()
    pack(tmp_path / "series", tmp_path / "opened" / "IM0001", ["notes.txt"])
    index = scan(SilentContext(), [tmp_path / "opened"])
    (stack,) = index.stacks()
    assert stack.geometry.shape_zyx == (9, 40, 56)
    assert [problem.path.rsplit("!")[-1] for problem in index.skipped] == ["notes.txt"]


def test_a_document_that_is_an_archive_is_one_skipped_file(tmp_path):
    small_series(tmp_path)
    with zipfile.ZipFile(tmp_path / "report.docx", "w") as archive:
        archive.writestr("word/document.xml", "<xml/>")
        archive.writestr("empty", "")
    index = scan(SilentContext(), [tmp_path])
    assert len(index.stacks()) == 1
    assert [(p.path.rsplit("/")[-1], p.reason) for p in index.skipped] == [
        ("report.docx", "is not DICOM")
    ]
    assert index.problems == ()
