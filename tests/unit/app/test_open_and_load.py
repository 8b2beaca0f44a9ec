"""Opening: scan, choose the main stack, tell what was left out; load while the session grows."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from tests.support.cli import small_series
from tests.support.dicom_writer import analytic_hu, save, slice_set
from tests.support.inline_runner import InlineRunner
from viewer.app import open_study
from viewer.app.load_stack import StackLoader
from viewer.app.open_study import StudyOpener, left_out_text, main_stack, nothing_opened
from viewer.core.document import AnnotationDocument
from viewer.core.errors import Problem, ViewerError
from viewer.core.progress import SilentContext
from viewer.core.session import Session
from viewer.core.study import DicomObject, Stack, StackKey, StudyIndex, StudyKey
from viewer.core.window import HuWindow, VoiFunction
from viewer.dicom.scan import scan
from viewer.jobs.runner import JobRunner
from viewer.store import index_cache
from viewer.store.index_cache import IndexCache

KEY = StudyKey("1.1", "P-7", "Doe^Jane")


class Desk:
    def __init__(self, memory=lambda: None):
        self.session = Session()
        self.runner = cast(JobRunner, InlineRunner())
        self.opened: list[Stack] = []
        self.told: list[str] = []
        self.troubles: list[ViewerError] = []
        self.documents: list[str] = []
        self.opener = StudyOpener(
            self.session,
            self.runner,
            self.opened.append,
            self.told.append,
            self.troubles.append,
            self.told.clear,
            memory,
        )
        self.loader = StackLoader(self.session, self.runner, self._document, self.troubles.append)

    def _document(self, uid):
        self.documents.append(uid)
        return AnnotationDocument(uid)


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    hu, geometry = small_series(folder)
    (folder / "notes.txt").write_text("no")
    return folder, hu, geometry


def test_marks_are_read_by_the_job_that_loads(series):
    desk, told = Desk(), []
    desk.opener.open([series[0]])

    def open_document(uid):
        told.append(("open", uid))
        return AnnotationDocument(uid)

    loader = StackLoader(
        desk.session,
        desk.runner,
        open_document,
        desk.troubles.append,
        read_ahead=lambda uid: told.append(("read", uid)),
    )
    loader.open(desk.opened[0])
    uid = desk.opened[0].key.series_uid
    assert told == [("read", uid), ("open", uid)]


def test_open_puts_the_index_and_shows_the_main_stack(series):
    desk = Desk()
    desk.opener.open([series[0]])
    assert desk.session.index is not None
    assert desk.opened == [main_stack(desk.session.index)]
    assert desk.told == []  # notes among images are told under the tree
    (series[0] / "damaged.dcm").write_bytes(bytes(128) + b"DICM" + bytes(40))
    desk.opener.open([series[0]])
    assert desk.told == ["2 of 11 files skipped: 1 could not be used, 1 not DICOM images"]
    (series[0] / "damaged.dcm").unlink()
    desk.opener.open([series[0]])
    assert desk.told == []
    assert desk.troubles == []


def test_nothing_found_is_told_in_one_line(tmp_path):
    desk = Desk()
    (tmp_path / "a.txt").write_text("x")
    desk.opener.open([tmp_path])
    assert desk.opened == []
    assert desk.troubles[0].one_line().startswith("There is nothing to show: ")
    desk.opener.open([tmp_path / "missing"])
    assert isinstance(desk.troubles[1], ViewerError)


def test_what_cannot_be_opened_leaves_everything_as_it_was(series, tmp_path):
    desk = Desk()
    desk.opener.open([series[0]])
    before = desk.session.index
    (tmp_path / "README.md").write_text("x")
    desk.opener.open([tmp_path / "README.md"])
    assert desk.session.index is before
    assert len(desk.opened) == 1
    assert desk.troubles[0].one_line() == "There is nothing to show: README.md is not DICOM"


def test_a_second_study_joins_the_first_and_can_be_closed(series, tmp_path):
    desk = Desk()
    desk.opener.open([series[0]])
    small_series(tmp_path, seed="other")
    desk.opener.open([tmp_path])
    assert desk.session.index is not None
    first, second = desk.session.index.studies
    assert first.key != second.key
    assert desk.opened == [first.stacks[0], second.stacks[0]]
    desk.loader.open(second.stacks[0])
    desk.loader.close_study(second.key)
    left, volume = desk.session.index, desk.session.volume
    assert left is not None
    assert left.studies == (first,)
    assert volume is not None
    assert volume.stack.key == first.stacks[0].key
    desk.loader.close_study(second.key)
    desk.loader.close_study(first.key)
    assert desk.session.index is None
    assert desk.session.volume is None


def test_loading_grows_the_session(series):
    folder, hu, _ = series
    desk = Desk()
    stack = main_stack(scan(SilentContext(), [folder]))
    assert stack is not None
    seen: list[Any] = []
    desk.session.volume_changed.connect(lambda: seen.append("volume"))
    desk.session.voxels_changed.connect(lambda slices: seen.append(len(slices)))
    desk.loader.open(stack)
    assert seen[0] == "volume"
    assert sum(n for n in seen[1:] if isinstance(n, int)) >= 9
    volume = desk.session.volume
    assert volume is not None
    np.testing.assert_array_equal(volume.data, hu)
    assert not volume.data.flags.writeable
    assert desk.session.loaded_slices == frozenset(range(9))
    assert desk.session.display.window == HuWindow(1200, -300, VoiFunction.LINEAR)
    assert desk.documents == [stack.key.series_uid]
    assert desk.session.document.series_uid == stack.key.series_uid


def test_loading_begins_in_the_middle_and_follows_the_reader(series):
    desk = Desk()
    stack = main_stack(scan(SilentContext(), [series[0]]))
    assert stack is not None
    assert desk.loader._slice_in_view(stack) == 4
    desk.loader.open(stack)
    desk.session.viewports["axial"].index = 7
    assert desk.loader._slice_in_view(stack) == 7


def test_a_stack_is_found_by_its_key(series):
    desk = Desk()
    desk.loader.open_key(StackKey("none", 1))
    desk.session.set_index(scan(SilentContext(), [series[0]]))
    desk.loader.open_key(StackKey("none", 1))
    assert desk.session.volume is None
    assert desk.session.index is not None
    desk.loader.open_key(desk.session.index.stacks()[0].key)
    assert desk.session.volume is not None


def test_files_that_vanish_are_told(tmp_path):
    small_series(tmp_path)
    stack = main_stack(scan(SilentContext(), [tmp_path]))
    assert stack is not None
    for file in Path(tmp_path).glob("*.dcm"):
        file.unlink()
    desk = Desk()
    desk.loader.open(stack)
    assert len(desk.troubles) == 1


def test_words_about_what_was_left_out():
    bad = Problem("a", "it is cut off")
    assert left_out_text(StudyIndex(3, ())) == ""
    assert left_out_text(StudyIndex(809, (), (bad, bad, bad))).startswith("3 of 812 files skipped")
    assert "2 could not be used" in left_out_text(StudyIndex(5, (), (bad,), (bad, bad)))
    assert left_out_text(StudyIndex(64, (), (), (bad, bad))) == "2 of 64 files could not be used"
    assert nothing_opened(StudyIndex(1, (), (), (bad,))).why == "a: it is cut off"
    cut = Problem("x/p.zip!rt/cut.dcm", "has no pixel data: the file may be truncated")
    assert nothing_opened(StudyIndex(1, (), (), (cut,))).one_line() == (
        "There is nothing to show: cut.dcm has no pixel data: the file may be truncated"
    )
    assert "none of 2" in nothing_opened(StudyIndex(2, (), (), (bad, bad))).one_line()
    assert "no files" in nothing_opened(StudyIndex(0, ())).one_line()


def other_object(path="x/p.zip!rt/rtplan.dcm", what="a radiotherapy plan", key=KEY):
    return DicomObject(path, "1.2.840.10008.5.1.4.1.1.481.5", what, key)


def test_a_folder_of_other_objects_says_what_they_are():
    plan, report = other_object(), other_object("r", "a structured report (chest CAD)")
    note = Problem("note.txt", "is not DICOM")
    assert nothing_opened(StudyIndex(1, (), (note,), (), (plan,))).one_line() == (
        "There is nothing to show: rtplan.dcm is a radiotherapy plan"
    )
    assert nothing_opened(StudyIndex(3, (), (), (), (report, plan, report))).one_line() == (
        "There is nothing to show: none of 3 DICOM files holds an image: there is "
        "a structured report (chest CAD) (2 times), a radiotherapy plan"
    )
    kinds = tuple(other_object(str(n), f"a thing of kind {n}") for n in range(7))
    assert nothing_opened(StudyIndex(7, (), (), (), kinds)).why.endswith(
        "a thing of kind 3 and 3 other kinds"
    )


def test_other_objects_join_the_tree_without_images_and_can_be_closed(series, tmp_path):
    desk = Desk()
    desk.opener.open([series[0]])
    report = slice_set(analytic_hu()[0], 0)
    report.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    report.PatientName = "Somebody^Else"
    save(report, tmp_path / "report")
    desk.opener.open([tmp_path])
    assert len(desk.opened) == 1
    assert desk.troubles[0].one_line() == (
        "There is nothing to show: report is a structured report (basic text)"
    )
    assert desk.session.index is not None
    assert len(desk.session.index.studies) == 1
    (found,) = desk.session.index.objects
    desk.opener.open([series[0]])
    assert list(desk.session.index.objects) == [found]
    desk.loader.close_study(found.study)
    assert list(desk.session.index.objects) == []
    assert len(desk.session.index.studies) == 1


def test_a_folder_is_read_once_and_then_remembered(series, tmp_path, monkeypatch):
    memory = IndexCache(tmp_path / "memory")
    scans: list[Any] = []
    monkeypatch.setattr(open_study, "REMEMBER_FROM_S", 0.0)
    monkeypatch.setattr(index_cache, "SETTLED_S", -60.0)

    def count(ctx, paths):
        scans.append(paths)
        return scan(ctx, paths)

    monkeypatch.setattr(open_study, "scan", count)
    for _ in range(2):
        desk = Desk(memory=lambda: memory)
        desk.opener.open([series[0]])
        assert len(desk.opened[0].frames) == 9
    assert len(scans) == 1
    desk = Desk(memory=lambda: None)
    desk.opener.open([series[0]])
    assert len(scans) == 2


def test_what_is_read_at_once_is_not_kept(series, tmp_path, monkeypatch):
    monkeypatch.setattr(open_study, "REMEMBER_FROM_S", 60.0)
    monkeypatch.setattr(index_cache, "SETTLED_S", -60.0)
    memory = IndexCache(tmp_path / "memory")
    Desk(memory=lambda: memory).opener.open([series[0]])
    assert not (tmp_path / "memory").exists()
