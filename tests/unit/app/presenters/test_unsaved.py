"""What cannot be saved is tried again, with waits that grow, and asked for before it is lost."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.inline_runner import InlineRunner
from viewer.app import annotations
from viewer.app.annotations import AnnotationKeeper
from viewer.app.pairs import PairKeeper
from viewer.app.presenters.unsaved import Answer, Unsaved
from viewer.core.commands import PutShape, SetPair
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.links import Rigid, StackLinks
from viewer.core.shapes import LengthShape
from viewer.core.study import StackKey
from viewer.core.undo import UndoStack
from viewer.jobs.runner import JobRunner
from viewer.store.annotations import AnnotationStore
from viewer.store.pairs import PairStore

UID = "9.8.7"


def length(uid: str, x: float = 1.0) -> LengthShape:
    return LengthShape(
        frame_of_reference_uid="1.2.3",
        stack=StackKey(UID, 0),
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=(0.0, 0.0, 0.0),
        end_lps=(x, 2.0, 3.0),
        uid=uid,
    )


class Desk:
    """Two keepers on one disk that can be full, and a clock that is turned by hand."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(annotations, "DEBOUNCE_S", 0.0)
        self.full = False
        self.folder, self.told = folder, list[str]()
        self.waits: list[tuple[int, Any]] = []
        self.shown: list[str] = []
        self.undo, self.links = UndoStack(AnnotationDocument("")), StackLinks()
        runner = cast(JobRunner, InlineRunner())
        self.keeper = AnnotationKeeper(
            AnnotationStore(folder / "annotations"), runner, self.undo, self._tell, "4 {}".format
        )
        self.pairs = PairKeeper(PairStore(folder), self.links, self.undo, runner, self._tell)
        self.unsaved = Unsaved(
            (self.keeper, self.pairs),
            lambda text, why: self.shown.append(text),
            lambda ms, run: self.waits.append((ms, run)),
        )
        self.document = self.keeper.open_document(UID)
        real = os.fsync

        def fsync(descriptor: int) -> None:
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device")
            real(descriptor)

        monkeypatch.setattr("viewer.files.os.fsync", fsync)

    def _tell(self, error: ViewerError) -> None:
        self.told.append(error.one_line())

    def draw(self, *shapes: LengthShape) -> None:
        for shape in shapes:
            self.undo.run_on(PutShape(shape), self.document)

    def wait(self) -> int:
        ((ms, run),) = self.waits
        self.waits.clear()
        run()
        return ms

    def on_disk(self, folder: Path | None = None) -> list[str]:
        store = AnnotationStore(folder or self.folder / "annotations")
        return [shape.uid for shape in store.load(UID).shapes]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    return Desk(tmp_path, monkeypatch)


def test_it_tries_again_by_itself_until_there_is_room(desk):
    desk.draw(length("a"))
    desk.full = True
    desk.draw(length("b"))
    assert desk.on_disk() == ["a"]
    assert [desk.wait() for _ in range(5)] == [1000, 2000, 4000, 8000, 8000]
    desk.full = False
    desk.wait()
    assert (desk.on_disk(), desk.shown[-1], desk.waits) == (["a", "b"], "", [])
    desk.full = True
    desk.draw(length("c"))
    assert desk.waits[0][0] == 1000


def test_it_is_told_once_in_words_and_shown_as_long_as_it_lasts(desk):
    desk.full = True
    desk.draw(length("a"), length("b"))
    desk.wait()
    assert len(desk.told) == 1
    assert desk.told[0].startswith(f"The marks of 4 {UID} are not saved: the disk is full.")
    assert ".json" not in desk.told[0]
    assert "2 marks" in desk.shown[-1]
    desk.draw(length("b", 5.0), length("c"))
    assert "3 marks" in desk.shown[-1]


def test_a_folder_that_was_deleted_is_made_again(desk):
    desk.draw(length("a"))
    shutil.rmtree(desk.folder)
    desk.draw(length("b"))
    assert (desk.on_disk(), desk.told) == (["a", "b"], [])


def test_offsets_are_kept_alike(desk):
    desk.full = True
    desk.undo.run_on(SetPair("1", "2", Rigid((1.0, 2.0, 3.0))), desk.links)
    assert "1 offset" in desk.shown[-1]
    assert PairStore(desk.folder).load()[0] == {}
    desk.full = False
    desk.wait()
    assert list(PairStore(desk.folder).load()[0]) == [("1", "2")]
    assert desk.shown[-1] == ""


def test_closing_with_everything_saved_asks_nothing(desk):
    desk.draw(length("a"))
    assert desk.unsaved.may_close(pytest.fail, pytest.fail)


def test_closing_asks_and_each_answer_counts(desk, tmp_path):
    desk.full = True
    desk.draw(length("a"), length("b"))
    asked: list[tuple[str, str]] = []

    def answer(*answers):
        left = list(answers)

        def ask(what, why):
            asked.append((what, why))
            given = left.pop(0)
            if given is Answer.AGAIN and not left:
                desk.full = False
            return given

        return ask

    assert not desk.unsaved.may_close(answer(Answer.STAY), pytest.fail)
    assert asked == [("2 marks", "the disk is full")]
    assert desk.unsaved.may_close(answer(Answer.LOSE), pytest.fail)
    assert not desk.unsaved.may_close(answer(Answer.COPY, Answer.STAY), lambda: None)
    refused = answer(Answer.COPY, Answer.STAY)
    assert not desk.unsaved.may_close(refused, lambda: tmp_path / "stick")
    assert "disk is full" in asked[-1][1]
    assert desk.unsaved.may_close(answer(Answer.AGAIN), pytest.fail)
    assert desk.on_disk() == ["a", "b"]


def test_a_copy_elsewhere_can_be_read_again(desk, tmp_path, monkeypatch):
    desk.draw(length("a"))
    blocker = desk.folder / "annotations"
    shutil.rmtree(blocker)
    blocker.write_bytes(b"")
    desk.draw(length("b"))
    stick = tmp_path / "stick"
    assert desk.unsaved.may_close(lambda *_: Answer.COPY, lambda: stick)
    assert desk.on_disk(stick) == ["a", "b"]


def test_after_closing_nothing_is_tried_any_more(desk):
    desk.full = True
    desk.draw(length("a"))
    desk.unsaved.close()
    desk.full = False
    desk.wait()
    assert desk.on_disk() == []
