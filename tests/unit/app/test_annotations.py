"""Autosave: soon after a change, at once on closing, never backwards."""

import time
from queue import Empty, SimpleQueue
from typing import Any, cast

import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.volumes import make_volume
from viewer.app import annotations
from viewer.app.annotations import AnnotationKeeper
from viewer.core.commands import PutShape, RemoveShape
from viewer.core.errors import ViewerError
from viewer.core.session import Session
from viewer.core.shapes import LengthShape
from viewer.core.study import StackKey
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.jobs.runner import JobRunner
from viewer.store.annotations import Annotations, AnnotationStore

UID = "9.8.7"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(annotations, "DEBOUNCE_S", 0.0)


def length(uid: str = "a") -> LengthShape:
    return LengthShape(
        frame_of_reference_uid="1.2.3",
        stack=StackKey(UID, 0),
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=(0.0, 0.0, 0.0),
        end_lps=(1.0, 2.0, 3.0),
        uid=uid,
    )


class Desk:
    def __init__(self, folder, runner: Any = None):
        self.session = Session()
        self.store = AnnotationStore(folder / "annotations")
        self.runner = runner or InlineRunner()
        self.troubles: list[ViewerError] = []
        self.keeper = AnnotationKeeper(
            self.store, cast(JobRunner, self.runner), self.session.undo, self.troubles.append
        )

    def open(self, uid=UID):
        document = self.keeper.open_document(uid)
        self.session.set_volume(make_volume(), document, DisplayState(HuWindow(400, 40)))
        return document


def test_saved_after_a_change_and_restored(tmp_path):
    desk = Desk(tmp_path)
    desk.open()
    desk.session.undo.run(PutShape(length()))
    assert desk.store.load(UID).shapes == (length(),)
    again = Desk(tmp_path)
    assert list(again.open()) == [length()]
    again.session.undo.run(RemoveShape("a"))
    assert again.store.load(UID).shapes == ()
    again.session.undo.undo()
    assert again.store.load(UID).shapes == (length(),)


def test_marks_that_cannot_be_kept_are_told_once(tmp_path):
    desk = Desk(tmp_path)
    desk.open("")
    desk.session.undo.run(PutShape(length("a")))
    desk.session.undo.run(PutShape(length("b")))
    assert ["will not be saved" in error.one_line() for error in desk.troubles] == [True]
    desk.keeper.close()
    assert list(tmp_path.rglob("*.json")) == []


def test_a_series_with_a_made_up_name_is_kept(tmp_path):
    name = "unnamed-0123"
    desk = Desk(tmp_path)
    desk.open(name)
    desk.session.undo.run(PutShape(length()))
    assert [shape.uid for shape in Desk(tmp_path).open(name)] == ["a"]
    (file,) = tmp_path.rglob("*.json")
    assert name not in file.name


def test_opening_saves_nothing(tmp_path):
    desk = Desk(tmp_path)
    desk.open()
    desk.keeper.close()
    assert desk.runner.submitted == []


def test_close_writes_what_is_waiting(tmp_path):
    desk = Desk(tmp_path, InlineRunner(hold=True))
    desk.open()
    desk.session.undo.run(PutShape(length()))
    assert desk.store.load(UID).shapes == ()
    desk.keeper.close()
    assert desk.store.load(UID).shapes == (length(),)
    desk.session.undo.run(PutShape(length("b")))
    assert desk.store.load(UID).shapes == (length(),)


def test_several_series_are_kept_apart(tmp_path):
    desk = Desk(tmp_path, InlineRunner(hold=True))
    desk.open()
    desk.session.undo.run(PutShape(length()))
    desk.open("5.5.5")
    assert len(desk.session.document) == 0
    desk.session.undo.run(PutShape(length("b")))
    desk.keeper.flush()
    assert desk.store.load(UID).shapes == (length(),)
    assert desk.store.load("5.5.5").shapes[0].uid == "b"


def test_reopening_the_same_series_keeps_the_last_change(tmp_path):
    desk = Desk(tmp_path, InlineRunner(hold=True))
    desk.open()
    desk.session.undo.run(PutShape(length()))
    assert list(desk.open()) == [length()]


def test_an_older_write_that_comes_late_is_dropped(tmp_path):
    writer = annotations._Writer(AnnotationStore(tmp_path))
    first, second = writer.next_number(UID), writer.next_number(UID)
    writer.write(second, UID, Annotations((length("a"), length("b"))))
    writer.write(first, UID, Annotations((length("a"),)))
    assert len(AnnotationStore(tmp_path).load(UID).shapes) == 2


def test_what_was_read_ahead_is_not_read_again(tmp_path, monkeypatch):
    desk = Desk(tmp_path)
    desk.open()
    desk.session.undo.run(PutShape(length()))
    again = Desk(tmp_path)
    again.keeper.read_ahead(UID)
    again.keeper.read_ahead("1.2.7")  # nothing was ever saved of it
    monkeypatch.setattr(again.store, "load", pytest.fail)
    assert list(again.open()) == [length()]
    again.keeper.read_ahead(UID)  # it is open: what the reader did since is not lost
    assert list(again.open("1.2.7")) == []
    assert list(again.open()) == [length()]


@pytest.mark.expects_log_warnings
@pytest.mark.parametrize("ahead", [False, True])
def test_damaged_marks_are_told_and_work_goes_on(tmp_path, ahead):
    desk = Desk(tmp_path)
    path = desk.store.path_of(UID)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{")
    if ahead:
        desk.keeper.read_ahead(UID)
    desk.open()
    assert "damaged" in desk.troubles[0].one_line()
    desk.session.undo.run(PutShape(length()))
    assert desk.store.load(UID).shapes == (length(),)


@pytest.mark.parametrize("ahead", [False, True])
def test_a_newer_file_is_never_overwritten(tmp_path, ahead):
    desk = Desk(tmp_path)
    path = desk.store.path_of(UID)
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"version": 9}')
    if ahead:
        desk.keeper.read_ahead(UID)
    desk.open()
    desk.session.undo.run(PutShape(length()))
    desk.keeper.close()
    assert path.read_bytes() == b'{"version": 9}'
    assert "newer" in desk.troubles[0].one_line()


def test_a_failure_is_told_and_tried_again(tmp_path):
    desk = Desk(tmp_path)
    desk.open()
    blocker = tmp_path / "annotations"
    blocker.write_bytes(b"")
    desk.session.undo.run(PutShape(length()))
    assert len(desk.troubles) == 1
    blocker.unlink()
    desk.keeper.close()
    assert desk.store.load(UID).shapes == (length(),)


def test_with_real_threads_the_file_is_there_within_two_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr(annotations, "DEBOUNCE_S", 0.3)
    posted: SimpleQueue[Any] = SimpleQueue()
    runner = JobRunner(posted.put, threads=2)
    desk = Desk(tmp_path, runner)
    desk.open()
    started = time.monotonic()
    for n in range(20):
        desk.session.undo.run(PutShape(length(str(n))))
    while len(desk.store.load(UID).shapes) < 20:
        assert time.monotonic() - started < 2
        try:
            posted.get(timeout=0.01)()
        except Empty:
            continue
    runner.close()


def test_a_reader_who_never_pauses_is_saved_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(annotations, "DEBOUNCE_S", 0.3)
    posted: SimpleQueue[Any] = SimpleQueue()
    runner = JobRunner(posted.put, threads=2)
    desk = Desk(tmp_path, runner)
    desk.open()
    made: list[float] = []
    late: list[float] = []
    while not made or time.monotonic() - made[0] < 3.5:
        made.append(time.monotonic())
        desk.session.undo.run(PutShape(length(str(len(made)))))
        saved = len(AnnotationStore(tmp_path / "annotations").load(UID).shapes)
        if saved < len(made):
            late.append(time.monotonic() - made[saved])
        time.sleep(0.05)
    assert max(late) < 2
    runner.close()
