"""Tests of viewer.app.presenters.surface."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from tests.support.volumes import make_geometry, make_volume
from viewer.app.presenters.surface import SurfacePanelView, SurfacePresenter, SurfaceScene
from viewer.app.surface_settings import SurfaceSettings
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.session import Session
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.imaging.mesh import Mesh
from viewer.imaging.ray import Ray
from viewer.imaging.screen_surface import ScreenSurface
from viewer.imaging.surface import SURFACE_PRESETS

TETRAHEDRON = Mesh.from_triangles(
    np.array([[0, 0, 0], [30, 0, 0], [0, 20, 0], [0, 0, 10]], np.float32),
    np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32),
)


class Stage:
    """A presenter with everything about it, and what it asked for."""

    def __init__(self, hold: bool = False) -> None:
        self.session = Session()
        self.panel = recording_view(SurfacePanelView)
        self.scene = recording_view(SurfaceScene)
        self.runner = cast(Any, InlineRunner(hold))
        self.requests: list[Any] = []
        self.saved: list[Any] = []
        self.errors: list[Any] = []
        self.mesh_changes: list[Any] = []
        self.failure: Exception | None = None
        self.presenter = SurfacePresenter(
            self.session,
            self.panel,
            self.scene,
            self.runner,
            self.compute,
            self.save_stl,
            on_saved=self.saved.append,
            on_error=self.errors.append,
            on_mesh_changed=lambda: self.mesh_changes.append(self.presenter.mesh),
        )

    def compute(self, ctx, volume, request):
        self.requests.append(request)
        ctx.progress(0.5, "Marching cubes")
        if self.failure is not None:
            raise self.failure
        return ScreenSurface(TETRAHEDRON, TETRAHEDRON)

    def save_stl(self, ctx, path, mesh):
        if self.failure is not None:
            raise self.failure
        path.write_bytes(b"stl")

    def open(self, volume=None, loaded=True):
        volume = volume or make_volume()
        display = DisplayState(HuWindow(400, 40))
        self.session.set_volume(volume, AnnotationDocument("9.8.7"), display)
        if loaded:
            self.session.finish_volume(volume)


@pytest.fixture
def stage():
    return Stage()


def test_without_a_volume_nothing_can_be_made_and_the_reason_is_told(stage):
    assert "Open a study" in stage.panel.last["set_ready"][0]
    stage.presenter.compute()
    assert stage.requests == []


def test_while_slices_are_missing_it_waits_and_says_so(stage):
    stage.open(loaded=False)
    assert "loaded" in stage.panel.last["set_ready"][0]
    assert stage.scene.last["set_presets"] == ((),)
    stage.session.finish_volume(stage.session.volume)
    assert stage.panel.last["set_ready"] == ("",)
    assert [p[0] for p in stage.scene.last["set_presets"][0]] == ["bone", "skin", "lungs"]


@pytest.mark.parametrize("preset", SURFACE_PRESETS, ids=lambda preset: preset.id)
def test_a_preset_is_computed_with_its_own_numbers(stage, preset):
    stage.open()
    stage.scene.preset_requested.emit(preset.id)
    (request,) = stage.requests
    assert (request.threshold, request.kind) == (preset.threshold_hu, preset.kind)
    assert (request.smooth_mm, request.reduce) == (preset.smooth_mm, preset.reduce)
    assert stage.panel.last["set_settings"][0].preset == preset.id
    assert stage.scene.last["set_look"] == (preset.colour, 1.0)
    assert preset.name in stage.scene.last["set_status"][0]


def test_the_result_is_described_and_shown(stage):
    stage.open()
    stage.panel.preset_requested.emit("bone")
    text, has_mesh = stage.panel.last["set_result"]
    assert has_mesh
    assert "4 triangles" in text
    assert "30 x 20 x 10 mm" in text
    assert stage.scene.last["set_mesh"] == (TETRAHEDRON,)
    assert stage.mesh_changes[-1] is TETRAHEDRON


def test_edited_settings_start_a_new_surface_but_a_new_look_does_not(stage):
    stage.open()
    stage.panel.settings_edited.emit(SurfaceSettings(threshold=-120, smooth_mm=2, reduce=0.2))
    assert stage.requests[0].threshold == -120
    stage.panel.look_edited.emit(
        SurfaceSettings(threshold=-120, smooth_mm=2, reduce=0.2, opacity=0.4)
    )
    assert len(stage.requests) == 1
    assert stage.scene.last["set_look"][1] == 0.4


def test_equal_settings_do_not_compute_again(stage):
    stage.open()
    stage.panel.settings_edited.emit(SurfaceSettings())
    assert stage.requests == []


def test_full_resolution_lifts_the_limit_on_samples(stage):
    stage.open()
    stage.panel.settings_edited.emit(SurfaceSettings(full_resolution=True))
    assert stage.requests[0].max_samples is None


def test_another_volume_takes_the_surface_away(stage):
    stage.open()
    stage.panel.compute_requested.emit()
    stage.open(make_volume(make_geometry((5, 8, 9))))
    assert stage.presenter.mesh is None
    assert stage.scene.calls[-1][0] != "set_mesh"
    assert stage.panel.last["set_result"] == ("", False)
    assert stage.mesh_changes[-1] is None


def test_a_failure_is_told_in_the_users_words_and_the_old_surface_stays(stage):
    stage.open()
    stage.panel.compute_requested.emit()
    stage.failure = ViewerError("The surface cannot be made", "nothing lies above 3000 HU")
    stage.panel.settings_edited.emit(SurfaceSettings(threshold=3000))
    assert "nothing lies above" in stage.panel.last["set_error"][0]
    assert stage.presenter.mesh is TETRAHEDRON


def test_our_own_bug_is_not_shown_as_a_python_error(stage):
    stage.open()
    stage.failure = ZeroDivisionError("division by zero")
    stage.panel.compute_requested.emit()
    assert "division" not in stage.panel.last["set_error"][0]
    assert stage.panel.last["set_error"][0]


def test_cancelling_frees_the_panel_and_keeps_what_there_is():
    stage = Stage(hold=True)
    stage.open()
    stage.panel.compute_requested.emit()
    assert stage.panel.last["set_progress"][0] == 0.0
    stage.panel.cancel_requested.emit()
    assert stage.panel.calls[-1][0] in ("set_idle", "set_ready")
    assert stage.presenter.mesh is None
    assert stage.requests == []


def test_numbers_without_hu_have_no_presets_and_their_own_range(stage):
    stage.open(make_volume(unit=None))
    assert stage.panel.last["set_presets"] == ((),)
    low, high, unit = stage.panel.last["set_threshold_range"]
    data = stage.session.volume.data
    assert data.min() <= low < high <= data.max()
    assert unit == ""
    assert low < stage.panel.last["set_settings"][0].threshold < high


def test_one_slice_has_no_surface(stage):
    stage.open(make_volume(make_geometry((1, 8, 9))))
    assert "One slice" in stage.panel.last["set_ready"][0]


def test_saving_writes_the_whole_mesh_and_tells_where(stage, tmp_path):
    stage.open()
    stage.panel.compute_requested.emit()
    stage.panel.stl_requested.emit(tmp_path / "bone.stl")
    assert stage.saved == [tmp_path / "bone.stl"]


def test_a_failed_save_is_an_error_for_the_window(stage):
    stage.open()
    stage.panel.compute_requested.emit()
    stage.failure = OSError("disk full")
    stage.panel.stl_requested.emit(Path("bone.stl"))
    assert isinstance(stage.errors[0], ViewerError)


def test_the_crosshair_point_goes_to_the_scene(stage):
    stage.open()
    stage.session.interaction.crosshair_lps = (1.0, 2.0, 3.0)
    assert stage.scene.last["set_crosshair"] == ((1.0, 2.0, 3.0),)


def test_closed_it_hears_nothing_more(stage):
    stage.presenter.close()
    assert not stage.panel.is_connected
    assert not stage.scene.is_connected
    count = len(stage.panel.calls)
    stage.open()
    assert len(stage.panel.calls) == count


def test_a_click_on_the_surface_jumps_every_view_there(stage):
    spacing, origin = (1.0, 1.0, 1.0), np.array([-1.0, -1.0, -1.0])
    geometry = make_geometry((12, 24, 34), spacing_zyx_mm=spacing, origin_lps_mm=origin)
    stage.open(make_volume(geometry))
    stage.presenter.use_preset("bone")
    stage.scene.picked.emit(Ray((5.0, 4.0, -90.0), (0.0, 0.0, 1.0)))
    assert stage.session.interaction.crosshair_lps == pytest.approx((5.0, 4.0, 0.0))
    assert stage.scene.last["set_crosshair"][0] == pytest.approx((5.0, 4.0, 0.0))
    stage.scene.picked.emit(Ray((29.0, 19.0, -90.0), (0.0, 0.0, 1.0)))  # beside it
    assert stage.session.interaction.crosshair_lps == pytest.approx((5.0, 4.0, 0.0))
