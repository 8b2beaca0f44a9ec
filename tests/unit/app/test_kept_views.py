"""What is kept of viewports, and what a file that was edited can do to them."""

from dataclasses import replace

import pytest

from tests.support.volumes import make_volume
from viewer.app.kept_views import kept_studies, key_of, restore
from viewer.core.document import AnnotationDocument
from viewer.core.plane import Orientation
from viewer.core.screen import MAX_ZOOM
from viewer.core.session import Session
from viewer.core.slab import Slab, SlabMode
from viewer.core.study import NamedWindow, Patient, Series, Study, StudyIndex
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow, VoiFunction
from viewer.store.views import KeptWindow

TURN = ((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0))


def session_with(stack_changes=None):
    volume = make_volume()
    volume = replace(volume, stack=replace(volume.stack, **(stack_changes or {})))
    session = Session()
    series = Series(volume.stack.key.series_uid, "CT", "3", "Thin", (volume.stack,))
    study = Study("1.1", Patient("Secret^Name", "SECRET"), "Chest", "", (series,))
    session.set_index(StudyIndex(1, (study,)))
    display = DisplayState(HuWindow(123.0, -45.0), "")
    session.set_volume(volume, AnnotationDocument("9.8.7"), display)
    return session, volume.stack


def test_a_look_is_kept_and_comes_back():
    session, stack = session_with()
    view = session.viewports["coronal"]
    view.zoom, view.pan_uv_mm, view.turns, view.mirrored = 3.0, (4.0, -5.0), 3, True
    view.slab, view.rotation, view.alone = Slab(SlabMode.MINIP, 8.0), TURN, True
    view.display.inverted = True
    (kept,) = kept_studies(session)
    assert "Secret" not in repr(kept)
    assert key_of(kept.views["coronal"]) == stack.key
    fresh = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(1.0, 1.0)), stack.key)
    restore(fresh, kept.views["coronal"], stack)
    names = ("orientation", "zoom", "pan_uv_mm", "turns", "mirrored", "slab", "rotation", "alone")
    for name in names:
        assert getattr(fresh, name) == getattr(view, name), name
    assert fresh.display.window == HuWindow(123.0, -45.0)
    assert (fresh.display.preset, fresh.display.inverted) == ("", True)


def test_nothing_is_kept_without_a_study():
    assert kept_studies(Session()) == ()


def test_the_usual_window_is_measured_anew_and_the_files_own_is_theirs():
    offered = (NamedWindow("A", HuWindow(9.0, 1.0)), NamedWindow("B", HuWindow(8.0, 2.0)))
    session, stack = session_with({"windows": offered})
    (kept,) = kept_studies(session)
    view = kept.views["axial"]
    changes = {"default": HuWindow(1.0, 1.0), "file-2": HuWindow(8.0, 2.0)}
    for preset, expected in changes.items():
        fresh = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(1.0, 1.0)), stack.key)
        restore(fresh, _changed(view, preset=preset), stack)
        assert fresh.display.window == expected


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"orientation": "inside out"}, "orientation", Orientation.AXIAL),
        ({"rotation": ((1.0, 0.0, 0.0),) * 3}, "rotation", None),
        ({"rotation": ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))}, "rotation", None),
        ({"slab_mode": "soup"}, "slab", Slab(SlabMode.NONE, 10.0)),
        ({"zoom": 1e9}, "zoom", MAX_ZOOM),
    ],
)
def test_what_cannot_be_is_not_restored(changes, name, expected):
    session, stack = session_with()
    (kept,) = kept_studies(session)
    fresh = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(1.0, 1.0)), stack.key)
    restore(fresh, _changed(kept.views["axial"], **changes), stack)
    assert getattr(fresh, name) == expected


def test_an_unknown_function_of_a_window_is_the_plain_one():
    session, stack = session_with()
    (kept,) = kept_studies(session)
    odd = _changed(kept.views["axial"], window=KeptWindow(50.0, 5.0, "CURVY"), colour_map="mud")
    fresh = ViewportState(Orientation.AXIAL, DisplayState(HuWindow(1.0, 1.0)), stack.key)
    restore(fresh, odd, stack)
    assert fresh.display.window == HuWindow(50.0, 5.0, VoiFunction.LINEAR_EXACT)
    assert fresh.display.colour_map == "grey"


def _changed(view, **changes):
    import msgspec

    return msgspec.structs.replace(view, **changes)
