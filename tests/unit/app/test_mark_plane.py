"""Tests of viewer.app.mark_plane: a mark made in an oblique plane is drawn again after a jump."""

from typing import Any

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.mark_plane import turn_to
from viewer.core.document import AnnotationDocument
from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.plane import Orientation
from viewer.core.session import Session
from viewer.core.shapes import LengthShape, as_point
from viewer.core.view_place import view_index_at, view_plane
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.tools.hit import lies_in
from viewer.tools.navigate import jump_to
from viewer.tools.standing import straighten

VOLUME = make_volume(make_geometry((20, 24, 28)))
GEOMETRY = VOLUME.geometry


def reading() -> Session:
    session = Session()
    display = DisplayState(HuWindow(100, 0))
    session.set_volume(VOLUME, AnnotationDocument(VOLUME.stack.key.series_uid), display)
    return session


def mark_in(session: Session, name: str, angle_deg: float) -> LengthShape:
    """A distance across a coronal plane that was turned about the patient's long and wide axis."""
    view = session.viewports[name]
    turned = turn_about(
        straight_rotation(GEOMETRY), np.array([1.0, 0.3, 0.9]), np.radians(angle_deg)
    )
    view.rotation = turned
    view.index = view_index_at(view, GEOMETRY, GEOMETRY.center_lps_mm)
    plane = view_plane(view, GEOMETRY, view.index)
    u, v, _ = plane.lps_to_uvw(GEOMETRY.center_lps_mm)
    ends = plane.uv_to_lps([(u - 5, v - 4), (u + 3, v + 6)])
    place: dict[str, Any] = {
        "frame_of_reference_uid": GEOMETRY.frame_of_reference_uid,
        "stack": VOLUME.stack.key,
        "normal_lps": tuple(float(x) for x in plane.normal_lps),
    }
    start, end = (as_point(end) for end in ends)
    return LengthShape(start_lps=start, end_lps=end, **place)


def drawn_in(session: Session, shape: LengthShape) -> set[str]:
    planes = {
        name: view_plane(session.viewports[name], GEOMETRY, session.viewports[name].index)
        for name in ("axial", "coronal", "sagittal")
    }
    return {name for name, plane in planes.items() if lies_in(shape, VOLUME, plane)}


@pytest.mark.parametrize(("name", "angle_deg"), [("coronal", 25), ("axial", -17), ("sagittal", 31)])
def test_the_view_nearest_to_an_oblique_mark_turns_to_its_plane(name, angle_deg):
    session = reading()
    told: list[str] = []
    session.told.connect(told.append)
    shape = mark_in(session, name, angle_deg)
    straighten(session)
    jump_to(session, VOLUME, shape.center_lps)
    assert drawn_in(session, shape) == set()
    turn_to(session, shape)
    assert drawn_in(session, shape) == {name}
    others = {"axial", "coronal", "sagittal"} - {name}
    assert all(session.viewports[other].rotation is None for other in others)
    assert ["Shift+U" in text for text in told] == [True]
    straighten(session)
    assert drawn_in(session, shape) == set()


def test_a_mark_that_is_drawn_turns_nothing():
    session = reading()
    shape = mark_in(session, "coronal", 25)
    before = session.viewports["coronal"].rotation
    turn_to(session, shape)
    assert session.viewports["coronal"].rotation == before
    assert session.viewports["axial"].rotation is None


def test_a_straight_mark_straightens_the_view_that_was_turned():
    session = reading()
    view = session.viewports["coronal"]
    shape = mark_in(session, "coronal", 0)
    view.rotation = turn_about(straight_rotation(GEOMETRY), np.array([0.0, 0.0, 1.0]), 0.4)
    jump_to(session, VOLUME, shape.center_lps)
    assert drawn_in(session, shape) == set()
    turn_to(session, shape)
    assert view.orientation is Orientation.CORONAL
    assert session.viewports["coronal"].rotation is None
    assert drawn_in(session, shape) == {"coronal"}


def test_a_mark_across_slices_that_no_plane_holds_leaves_the_views():
    session = reading()
    flat = mark_in(session, "coronal", 25)
    straighten(session)
    bent = LengthShape(
        start_lps=flat.start_lps,
        end_lps=tuple(np.add(flat.end_lps, np.multiply(flat.normal_lps, 6.0)).tolist()),
        frame_of_reference_uid=flat.frame_of_reference_uid,
        stack=flat.stack,
        normal_lps=flat.normal_lps,
    )
    jump_to(session, VOLUME, bent.center_lps)
    turn_to(session, bent)
    assert all(view.rotation is None for view in session.viewports.by_id.values())
