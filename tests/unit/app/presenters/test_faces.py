"""Tests of viewer.app.presenters.faces."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from viewer.app.presenters import faces as faces_module
from viewer.app.presenters.faces import FacesPresenter, FacesView
from viewer.core.errors import ViewerError
from viewer.core.view_state import InteractionState
from viewer.imaging.faces import FaceBox, FaceParameters

PHOTO = np.arange(40 * 60 * 3, dtype=np.uint32).astype(np.uint8).reshape(40, 60, 3)
BOX = FaceBox(5, 6, 20, 20)


class Stage:
    def __init__(self, monkeypatch, hold=False) -> None:
        self.view = recording_view(FacesView)
        self.runner = cast(Any, InlineRunner(hold))
        self.searches: list[Any] = []
        self.written: list[Any] = []
        self.saved: list[Any] = []
        monkeypatch.setattr(faces_module, "read_photo", self.read)
        monkeypatch.setattr(faces_module, "find_faces", self.find)
        self.interaction = InteractionState()
        self.presenter = FacesPresenter(
            self.view, self.runner, self.interaction, self.save, on_saved=self.saved.append
        )

    def read(self, path: Path):
        if path.suffix == ".txt":
            raise ViewerError("The picture cannot be opened", "it is no picture")
        return PHOTO

    def find(self, rgb, parameters):
        self.searches.append(parameters)
        return (BOX,) if parameters.min_neighbours < 10 else ()

    def save(self, ctx, path, rgb):
        self.written.append(rgb)


@pytest.fixture
def stage(monkeypatch):
    return Stage(monkeypatch)


def test_it_starts_without_a_photo_and_cannot_save(stage):
    assert stage.view.last["set_photo"] == (None, "")
    assert stage.view.last["set_can_save"] == (False,)
    stage.presenter.save(Path("x.png"))
    assert stage.written == []


def test_a_photo_is_searched_at_once_and_counted(stage):
    stage.view.photo_requested.emit(Path("group.jpg"))
    assert stage.view.last["set_photo"][1] == "group.jpg"
    assert stage.view.last["set_faces"] == ((BOX,),)
    assert stage.view.last["set_status"] == ("1 face",)
    assert stage.view.last["set_can_save"] == (True,)


def test_sliders_search_again_with_their_values(stage):
    stage.view.photo_requested.emit(Path("group.jpg"))
    wanted = FaceParameters(1.3, 12, 60)
    stage.view.parameters_edited.emit(wanted)
    stage.view.parameters_edited.emit(wanted)
    assert stage.searches == [FaceParameters(), wanted]
    assert stage.view.last["set_status"] == ("No faces",)


def test_of_many_slider_movements_only_the_newest_is_searched(monkeypatch):
    stage = Stage(monkeypatch, hold=True)
    stage.presenter.open(Path("a.png"))
    stage.runner.run_held()
    stage.searches.clear()
    for neighbours in (3, 4, 7):
        stage.view.parameters_edited.emit(FaceParameters(1.1, neighbours, 30))
    stage.runner.run_held()
    assert [p.min_neighbours for p in stage.searches] == [7]


def test_blurred_faces_are_shown_without_frames_and_saved_as_shown(stage):
    stage.presenter.open(Path("a.png"))
    stage.view.blur_toggled.emit(True)
    (picture,) = stage.view.last["set_picture"]
    assert stage.view.last["set_faces"] == ((),)
    assert not np.array_equal(picture, PHOTO)
    np.testing.assert_array_equal(picture[35:], PHOTO[35:])
    stage.view.save_requested.emit(Path("out.png"))
    np.testing.assert_array_equal(stage.written[0], picture)
    assert stage.saved == [Path("out.png")]


def test_framed_faces_are_saved_with_their_frames_and_the_photo_stays(stage):
    stage.presenter.open(Path("a.png"))
    stage.view.save_requested.emit(Path("out.png"))
    (written,) = stage.written
    assert not np.array_equal(written[6, 5:25], PHOTO[6, 5:25])
    np.testing.assert_array_equal(written[12:20, 12:18], PHOTO[12:20, 12:18])
    np.testing.assert_array_equal(stage.view.last["set_picture"][0], PHOTO)


def test_what_cannot_be_opened_is_told_and_the_old_photo_stays(stage):
    stage.presenter.open(Path("a.png"))
    stage.presenter.open(Path("notes.txt"))
    assert "no picture" in stage.view.last["set_error"][0]
    assert stage.view.last["set_photo"][1] == "a.png"
    assert stage.view.last["set_status"] == ("1 face",)


def test_closed_it_hears_nothing_more(stage):
    stage.presenter.close()
    assert not stage.view.is_connected


def shown(stage):
    return str([stage.view.last[name] for name in ("set_photo", "set_status", "set_error")])


def test_while_teaching_no_file_is_named(stage):
    def work():
        stage.presenter.open(Path("Qxz.png"))
        stage.view.save_requested.emit(Path("Qxz.png"))
        before = shown(stage)
        stage.presenter._on_failed(ViewerError("Qxz.png cannot be saved", "it is full"))
        return before + shown(stage)

    assert work().count("Qxz") == 5  # photo and status; photo, status and error
    stage.interaction.teaching = True  # what is told goes away at once
    assert "Qxz" not in str([stage.view.last[name] for name in ("set_status", "set_error")])
    assert "Qxz" not in work()
