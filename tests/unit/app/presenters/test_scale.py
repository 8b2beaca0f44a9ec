"""Millimetres per pixel stay while planes are turned, against the place of the picture itself."""

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.presenters.scale import ScaleKeeper
from viewer.app.resolve import resolve
from viewer.core.document import AnnotationDocument
from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.screen import place
from viewer.core.session import Session
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.tools.standing import straighten

SIZES = {"axial": (640.0, 380.0), "coronal": (311.0, 512.0), "sagittal": (420.0, 400.0)}


@pytest.fixture
def session():
    volume = make_volume(make_geometry((50, 30, 40), spacing_zyx_mm=(1.5, 0.8, 0.7)))
    made = Session()
    made.set_volume(volume, AnnotationDocument("9.8.7"), DisplayState(HuWindow(400, 40)))
    keeper = ScaleKeeper(made, SIZES.__getitem__)
    yield made
    keeper.close()


def px_per_mm(session, name):
    view = session.viewports[name]
    plane = resolve(view, session.volume).plane
    return place(plane, SIZES[name], view.zoom, view.pan_uv_mm).px_per_mm


@pytest.mark.parametrize("turns", [0, 1])
def test_the_scale_stays_through_a_double_oblique_turn_and_back(session, turns):
    views = session.viewports.by_id
    views["coronal"].zoom = 1.7
    for view in views.values():
        view.turns = turns
    before = {name: px_per_mm(session, name) for name in SIZES}
    rotation = straight_rotation(session.volume.geometry)
    for axis in ((0.0, 0.0, 1.0), (0.3, 1.0, 0.2)):
        for _ in range(11):
            rotation = turn_about(rotation, np.array(axis), np.radians(4.0))
            for name, view in views.items():
                view.rotation = rotation
                assert px_per_mm(session, name) == pytest.approx(before[name], rel=1e-9)
    assert views["axial"].zoom != pytest.approx(1.0, rel=0.01)  # "fit" is another size by now
    straighten(session)
    assert [view.rotation for view in views.values()] == [None] * 3
    assert views["axial"].zoom == pytest.approx(1.0)
    assert views["coronal"].zoom == pytest.approx(1.7)


def test_a_place_that_shows_something_else_is_followed_and_a_closed_one_let_go(session):
    other = make_volume(make_geometry((20, 60, 80)))
    session.set_volume(other, AnnotationDocument("5.5"), DisplayState(HuWindow(400, 40)))
    view = session.viewports["coronal"]
    before = px_per_mm(session, "coronal")
    view.rotation = turn_about(straight_rotation(other.geometry), np.array([1.0, 0.4, 0.2]), 0.5)
    assert px_per_mm(session, "coronal") == pytest.approx(before, rel=1e-9)
