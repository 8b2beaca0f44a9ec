"""Tests of viewer.app.presenters.export, viewer.app.export_choices and viewer.app.masking."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from tests.support.volumes import make_volume
from viewer.app.export_choices import ExportChoices, Scope, chosen_indices, request_for, target_for
from viewer.app.masking import without_identity
from viewer.app.overlays import EXPORT_PARTS, Part
from viewer.app.presenters.export import ExportPresenter, ExportView
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import TextItem
from viewer.core.errors import ViewerError
from viewer.core.plane import Orientation
from viewer.core.session import Session
from viewer.core.shapes import ArrowShape
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow

VOLUME = make_volume()
IDENTITY = ("Doe", "P-7", "1950", "Hospital", "A1", "2026")


def arrow_at(z):
    tip, tail = VOLUME.geometry.index_to_lps([(z, 3, 3), (z, 6, 6)])
    return ArrowShape(
        tip_lps=tuple(tip),
        tail_lps=tuple(tail),
        text="here",
        frame_of_reference_uid="1.2.3",
        stack=VOLUME.stack.key,
        normal_lps=(0.0, 0.0, 1.0),
    )


class Stage:
    def __init__(self, folder, hold=False) -> None:
        self.session = Session()
        self.view = recording_view(ExportView)
        self.runner = cast(Any, InlineRunner(hold))
        self.painted: list[Any] = []
        self.shown: list[Any] = []
        self.remembered: list[Any] = []
        self.failure: Exception | None = None
        self.presenter = ExportPresenter(
            self.session,
            self.view,
            self.runner,
            self.paint,
            folder=folder,
            show_folder=self.shown.append,
            on_folder=self.remembered.append,
        )

    def paint(self, snapshot):
        self.painted.append(snapshot)
        if self.failure:
            raise self.failure
        width, height = snapshot.frame.size_px
        return np.full((height, width, 3), 9, np.uint8)

    def open(self, *shapes):
        display = DisplayState(HuWindow(400, 40))
        self.session.set_volume(VOLUME, AnnotationDocument("9.8.7", shapes), display)
        self.session.finish_volume(VOLUME)

    def edit(self, **changes):
        choices = self.view.last["set_choices"][0]
        self.view.choices_edited.emit(replace(choices, **changes))


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path)


def texts(snapshot):
    return "\n".join(item.text for item in snapshot.drawables if isinstance(item, TextItem))


def test_without_a_study_there_is_nothing_to_export(stage):
    stage.presenter.start()
    assert stage.view.last["set_summary"] == ("Open a study to export from it", False)
    stage.presenter.export()
    assert "Open a study" in stage.view.last["set_error"][0]


def test_it_opens_on_the_slice_in_view_of_the_active_plane(stage):
    stage.open()
    stage.session.interaction.active = "coronal"
    stage.session.viewports["coronal"].index = 6
    stage.presenter.start()
    choices, count = stage.view.last["set_choices"]
    assert (choices.orientation, count) == (Orientation.CORONAL, 10)
    assert stage.view.last["set_summary"] == ("1 picture: coronal 7", True)
    assert stage.view.last["set_preview"][0].ndim == 3


def test_coming_back_to_the_dialog_follows_the_reader(stage):
    stage.open()
    stage.presenter.start()
    stage.session.viewports["axial"].index = 2
    stage.view.refresh_requested.emit()
    assert stage.view.last["set_summary"] == ("1 picture: axial 3", True)


def test_slices_with_marks_are_counted(stage):
    stage.open(arrow_at(1), arrow_at(5), arrow_at(5))
    stage.presenter.start()
    stage.edit(scope=Scope.ANNOTATED)
    assert stage.view.last["set_summary"] == ("2 pictures: axial 2 to 6", True)
    stage.edit(orientation=Orientation.SAGITTAL)
    assert stage.view.last["set_summary"][1] is False


def test_a_range_counts_from_one_in_either_order_and_stays_inside(stage):
    stage.open()
    choices = ExportChoices(Path(), scope=Scope.RANGE, first=5, last=3)
    assert chosen_indices(stage.session, choices) == (2, 3, 4)
    assert chosen_indices(stage.session, replace(choices, last=99)) == (4, 5, 6)


def test_another_plane_gets_its_own_range(stage):
    stage.open()
    stage.presenter.start()
    stage.edit(orientation=Orientation.SAGITTAL, scope=Scope.RANGE)
    choices, count = stage.view.last["set_choices"]
    assert (choices.first, choices.last, count) == (1, 12, 12)


def test_files_are_written_and_their_folder_can_be_shown(stage, tmp_path):
    stage.open()
    stage.presenter.start()
    stage.edit(scope=Scope.RANGE, first=2, last=3, folder=tmp_path / "out")
    stage.view.export_requested.emit()
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["axial-0002.png", "axial-0003.png"]
    assert "2 pictures" in stage.view.last["set_result"][0]
    stage.view.show_folder_requested.emit()
    assert stage.shown == stage.remembered == [tmp_path / "out"]


def test_bare_pixels_are_the_slice_itself(stage, tmp_path):
    stage.open(arrow_at(4))
    stage.presenter.start()
    stage.edit(scope=Scope.RANGE, first=5, last=5, parts=frozenset())
    stage.view.export_requested.emit()
    (path,) = tmp_path.glob("*.png")
    hu = VOLUME.data[4].astype(float)
    expected = np.rint(255 * np.clip((hu - (40 - 200)) / 400, 0, 1))
    np.testing.assert_array_equal(np.asarray(Image.open(path)), expected)
    np.testing.assert_array_equal(stage.view.last["set_preview"][0], expected)


def test_the_patient_is_not_named_unless_asked_for(stage):
    stage.open()
    stage.presenter.start()
    words = texts(stage.painted[-1])
    assert not [name for name in IDENTITY if name in words]
    assert "Chest" in words
    stage.edit(identity=True)
    words = texts(stage.painted[-1])
    assert all(name in words for name in ("Doe", "P-7", "Hospital"))


def test_masking_keeps_voxels_and_place_and_leaves_the_volume_alone():
    masked = without_identity(VOLUME)
    assert masked.data is VOLUME.data
    assert masked.geometry is VOLUME.geometry
    assert masked.stack.key == VOLUME.stack.key
    assert masked.stack.patient.sex == "F"
    assert VOLUME.stack.patient.name == "Doe^Jane"
    values = (repr(masked.stack.patient), repr(masked.stack.labels))
    assert not [name for name in IDENTITY if name in "".join(values)]


def test_the_quality_is_for_jpeg_only(tmp_path):
    choices = ExportChoices(tmp_path, format_id="jpeg", quality=40)
    assert dict(target_for(choices).format.options)["quality"] == 40
    assert "quality" not in dict(target_for(replace(choices, format_id="png")).format.options)


def test_parts_are_those_that_were_chosen(stage):
    stage.open(arrow_at(3))
    stage.presenter.start()
    stage.edit(parts=EXPORT_PARTS - {Part.TEXTS, Part.STAMP})
    request = request_for(stage.session, stage.view.last["set_choices"][0])
    assert request.parts == EXPORT_PARTS - {Part.TEXTS, Part.STAMP}


def test_failures_are_told(stage):
    stage.open()
    stage.presenter.start()
    stage.failure = ViewerError("The picture cannot be saved", "the disk is full")
    stage.view.export_requested.emit()
    assert "disk is full" in stage.view.last["set_error"][0]
    stage.failure = ZeroDivisionError("x")
    stage.view.export_requested.emit()
    assert "log" in stage.view.last["set_error"][0]
    stage.view.refresh_requested.emit()
    assert stage.view.last["set_preview"] == (None, "No preview")


def test_cancelled_is_told_and_the_button_is_free_again(tmp_path):
    stage = Stage(tmp_path, hold=True)
    stage.open()
    stage.view.export_requested.emit()
    stage.view.cancel_requested.emit()
    assert "Stopped" in stage.view.last["set_summary"][0]
    assert ("set_idle", ()) in stage.view.calls


def test_another_volume_starts_over(stage):
    stage.open()
    stage.presenter.start()
    stage.edit(scope=Scope.RANGE, first=2, last=3)
    stage.open()
    choices, _ = stage.view.last["set_choices"]
    assert (choices.scope, choices.first, choices.last) == (Scope.IN_VIEW, 1, 7)


def test_closed_it_hears_nothing_more(stage):
    stage.presenter.close()
    assert not stage.view.is_connected
    count = len(stage.view.calls)
    stage.open()
    assert len(stage.view.calls) == count
