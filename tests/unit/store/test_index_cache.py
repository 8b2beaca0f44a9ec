"""Tests of viewer.store.index_cache: what is remembered equals a fresh scan, or is not used."""

import dataclasses
import os
import shutil
import stat
import time
import zipfile
from enum import Enum
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.support.dicom_writer import analytic_hu, save, slice_set, write_dicomdir, write_series
from viewer.core.errors import CancelledError
from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan
from viewer.store import index_cache
from viewer.store.index_cache import IndexCache, take_listing

CTX = SilentContext()
PYDICOM_FILES = Path(pydicom.__file__).parent / "data" / "test_files"


@pytest.fixture
def memory(tmp_path):
    return IndexCache(tmp_path / "memory")


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    write_series(folder / "a")
    write_series(folder / "deep" / "b", series_uid="1.2.3")
    (folder / "note.txt").write_text("no DICOM")
    report = slice_set(analytic_hu()[0], 0)
    report.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    save(report, folder / "report")
    age(folder)
    return folder


def age(folder, seconds=60.0):
    """Let files look as if they were written some time ago."""
    then = time.time() - seconds
    for path in [folder, *folder.rglob("*")] if folder.is_dir() else [folder]:
        os.utime(path, (then, then))


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """Inode changes cannot be dated back: only the contents' times count here."""
    plain = index_cache.take_listing

    def listing(ctx, paths):
        taken = plain(ctx, paths)
        return taken and dataclasses.replace(taken, newest_s=taken.newest_s - 3600)

    monkeypatch.setattr(index_cache, "take_listing", listing)


def keep(memory, paths, index=None):
    before = take_listing(CTX, paths)
    return memory.keep(CTX, paths, before, index or scan(CTX, paths))


def difference(a, b, path="index") -> str:
    """Return where two values differ, field by field, in type or content; "" nowhere."""
    if type(a) is not type(b):
        return f"{path}: {type(a).__name__} is not {type(b).__name__}"
    if isinstance(a, np.ndarray):
        same = a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)
        return "" if same else f"{path}: arrays differ"
    if dataclasses.is_dataclass(a) and not isinstance(a, Enum):
        names = [field.name for field in dataclasses.fields(a)]
        return next(
            filter(None, (difference(getattr(a, n), getattr(b, n), f"{path}.{n}") for n in names)),
            "",
        )
    if isinstance(a, tuple):
        if len(a) != len(b):
            return f"{path}: {len(a)} and {len(b)} parts"
        parts = (
            difference(x, y, f"{path}[{n}]") for n, (x, y) in enumerate(zip(a, b, strict=True))
        )
        return next(filter(None, parts), "")
    return "" if a == b or repr(a) == repr(b) else f"{path}: {a!r} and {b!r}"


def test_what_is_remembered_equals_a_fresh_scan_field_by_field(memory, study):
    assert memory.find(CTX, [study]) is None
    assert keep(memory, [study])
    found = memory.find(CTX, [study])
    assert difference(found, scan(CTX, [study])) == ""
    assert (len(found.stacks()), len(found.objects), len(found.skipped)) == (2, 1, 1)
    np.testing.assert_array_equal(load(CTX, found.stacks()[0]).data, analytic_hu())


def test_every_kind_of_pydicoms_files_comes_back(memory):
    index = scan(CTX, [PYDICOM_FILES])
    assert keep(memory, [PYDICOM_FILES], index)
    assert difference(memory.find(CTX, [PYDICOM_FILES]), index) == ""


def rewrite(folder):
    path = folder / "a" / "001"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def touch(folder):
    os.utime(folder / "a" / "001")


def add(folder):
    (folder / "deep" / "more.txt").write_text("new")


def remove(folder):
    (folder / "note.txt").unlink()


def rename(folder):
    (folder / "note.txt").rename(folder / "notes.txt")


def replace_by_a_copy_of_the_same_age(folder):
    path = folder / "a" / "001"
    shutil.copy2(path, folder.parent / "copy")
    shutil.move(folder.parent / "copy", path)


def link(folder):
    (folder / "link").symlink_to(folder.parent)


@pytest.mark.parametrize(
    "change", [rewrite, touch, add, remove, rename, replace_by_a_copy_of_the_same_age, link]
)
def test_any_change_below_the_folder_makes_it_unknown(memory, study, change):
    keep(memory, [study])
    change(study)
    assert memory.find(CTX, [study]) is None


def test_files_that_changed_while_they_were_read_are_not_remembered(memory, study):
    before = take_listing(CTX, [study])
    index = scan(CTX, [study])
    touch(study)
    assert not memory.keep(CTX, [study], before, index)
    assert memory.find(CTX, [study]) is None


def test_files_of_this_moment_are_not_remembered(memory, study, monkeypatch):
    monkeypatch.setattr(index_cache, "take_listing", take_listing)
    rewrite(study)
    assert not keep(memory, [study])


def test_an_archive_is_known_by_its_own_file(memory, study, tmp_path):
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted((study / "a").iterdir()):
            archive.write(file, file.name)
    age(path)
    assert keep(memory, [path])
    assert difference(memory.find(CTX, [path]), scan(CTX, [path])) == ""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more", b"x")
    assert memory.find(CTX, [path]) is None


def test_a_dicomdir_is_known_with_the_medium_around_it(memory, tmp_path):
    write_series(tmp_path / "medium" / "A")
    names = sorted(file.name for file in (tmp_path / "medium" / "A").iterdir())
    path = write_dicomdir(tmp_path / "medium", [("A", name) for name in names])
    assert keep(memory, [path])
    assert difference(memory.find(CTX, [path]), scan(CTX, [path])) == ""
    os.utime(tmp_path / "medium" / "A" / "001")
    assert memory.find(CTX, [path]) is None


def test_paths_are_told_apart_as_they_were_given(memory, study, monkeypatch):
    keep(memory, [study])
    monkeypatch.chdir(study.parent)
    assert memory.find(CTX, [Path("study")]) is None
    keep(memory, [Path("study")])
    assert memory.find(CTX, [Path("study")]).stacks()[0].frames[0].path.startswith("study/")
    assert memory.find(CTX, [study / "a"]) is None
    assert memory.find(CTX, [study, study]) is None
    assert memory.find(CTX, [study]) is not None


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-5], lambda c: c[:40] + b"?" + c[41:], lambda c: b""]
)
def test_a_damaged_entry_is_thrown_away(memory, study, damage):
    keep(memory, [study])
    (entry,) = (study.parent / "memory").iterdir()
    entry.write_bytes(damage(entry.read_bytes()))
    assert memory.find(CTX, [study]) is None
    assert not entry.exists()
    assert keep(memory, [study])
    assert memory.find(CTX, [study]) is not None


def test_another_program_does_not_believe_it(memory, study, monkeypatch):
    keep(memory, [study])
    monkeypatch.setattr(index_cache, "_version", lambda: "99")
    assert memory.find(CTX, [study]) is None


def test_only_this_user_may_read_it_and_no_name_tells_anything(memory, study):
    keep(memory, [study])
    folder = study.parent / "memory"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (entry,) = folder.iterdir()
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert set(entry.stem) <= set("0123456789abcdef")


def test_the_oldest_go_when_there_are_too_many(memory, study, monkeypatch):
    monkeypatch.setattr(index_cache, "MAX_ENTRIES", 2)
    paths = [study, study / "a", study / "deep"]
    for number, path in enumerate(paths[:2]):
        keep(memory, [path])
        newest = max((study.parent / "memory").iterdir(), key=lambda p: p.stat().st_mtime)
        os.utime(newest, (number, number))
    assert memory.find(CTX, [study]) is not None  # now the one used last
    keep(memory, [paths[2]])
    known = [memory.find(CTX, [path]) is not None for path in paths]
    assert known == [True, False, True]


def test_the_size_is_bounded(memory, study, monkeypatch):
    keep(memory, [study / "a"])
    monkeypatch.setattr(index_cache, "MAX_BYTES", 100)
    assert not keep(memory, [study])
    assert list((study.parent / "memory").iterdir()) != []


def test_clear_forgets_everything(memory, study):
    memory.clear()
    keep(memory, [study])
    memory.clear()
    assert memory.find(CTX, [study]) is None
    assert list((study.parent / "memory").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_no_failure(study, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert not keep(IndexCache(tmp_path / "file"), [study])
    assert IndexCache(tmp_path / "file").find(CTX, [study]) is None


def test_looking_can_be_cancelled(memory, study):
    class Cancelled(SilentContext):
        def check(self):
            raise CancelledError

    keep(memory, [study])
    with pytest.raises(CancelledError):
        memory.find(Cancelled(), [study])


def test_a_path_that_is_gone_is_unknown(memory, study):
    keep(memory, [study])
    shutil.rmtree(study)
    assert memory.find(CTX, [study]) is None
    assert take_listing(CTX, [study]) is None
