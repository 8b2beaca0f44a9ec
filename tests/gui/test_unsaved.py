"""A disk that is full while somebody reads: it is seen, tried again, and asked for at the end."""

import errno
import json
import os

import pytest
from PySide6.QtWidgets import QLabel

from tests.support.cli import small_series
from viewer.app.presenters import unsaved
from viewer.app.presenters.unsaved import Answer
from viewer.core.commands import PutShape
from viewer.core.shapes import LengthShape
from viewer.paths import data_dir
from viewer.ui import saving_room


@pytest.fixture
def disk(monkeypatch):
    """A disk that can be full; tries follow quickly."""
    real, full = os.fsync, [False]

    def fsync(descriptor):
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor)

    monkeypatch.setattr("viewer.files.os.fsync", fsync)
    monkeypatch.setattr(unsaved, "FIRST_WAIT_MS", 100)
    monkeypatch.setattr(unsaved, "LONGEST_WAIT_MS", 200)
    return full


@pytest.fixture
def drawn(bench, qtbot, tmp_path):
    """A series that is open, and a function that draws a mark on it."""
    small_series(tmp_path / "s", "first")
    bench.deeds.open_paths([str(tmp_path / "s")])
    qtbot.waitUntil(lambda: bench.session.volume is not None, timeout=20_000)
    volume = bench.session.volume

    def draw(uid):
        shape = LengthShape(
            frame_of_reference_uid=volume.geometry.frame_of_reference_uid,
            stack=volume.stack.key,
            normal_lps=(0.0, 0.0, 1.0),
            start_lps=(0.0, 0.0, 0.0),
            end_lps=(5.0, 2.0, 0.0),
            uid=uid,
        )
        bench.session.undo.run(PutShape(shape))

    return draw


def on_disk():
    files = [p for p in (data_dir() / "annotations").glob("*.json") if "damaged" not in p.name]
    return [mark["uid"] for path in files for mark in json.loads(path.read_bytes())["marks"]]


def test_the_status_is_seen_until_a_later_try_has_worked(bench, qtbot, disk, drawn):
    label = bench.window.findChild(QLabel, "unsaved")
    assert not label.isVisible()
    disk[0] = True
    drawn("a")
    qtbot.waitUntil(label.isVisible, timeout=5000)
    assert "1 mark" in label.text()
    assert "disk is full" in label.toolTip()
    (told,) = bench.window.notifications.texts()
    assert "The marks of" in told
    assert ".json" not in told
    disk[0] = False
    qtbot.waitUntil(lambda: not label.isVisible(), timeout=5000)
    assert on_disk() == ["a"]
    assert bench.window.notifications.texts() == []


def test_closing_asks_before_marks_are_lost(bench, qtbot, disk, drawn, monkeypatch):
    disk[0] = True
    drawn("a")
    asked = []

    def stay(window, what, why):
        asked.append((what, why))
        return Answer.STAY

    monkeypatch.setattr(saving_room, "ask_before_losing", stay)
    assert not bench.window.close()
    assert bench.window.isVisible()
    assert asked == [("1 mark", "the disk is full")]
    drawn("b")
    disk[0] = False
    assert bench.window.close()
    assert on_disk() == ["a", "b"]


def test_the_question_says_what_each_button_does(bench):
    box, answers = saving_room.losing_box(bench.window, "3 marks", "the disk is full")
    texts = [text.replace("&", "") for text in answers]
    assert texts == [
        "Save again",
        "Save a copy elsewhere…",
        "Close and lose 3 marks",
        "Do not close",
    ]
    assert set(answers.values()) == set(Answer)
    assert box.escapeButton().text() in answers
    assert answers[box.escapeButton().text()] is Answer.STAY
    assert answers[box.defaultButton().text()] is Answer.AGAIN
    box.deleteLater()
