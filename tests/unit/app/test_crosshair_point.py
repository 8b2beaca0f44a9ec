"""The crosshair's point: seen wherever its slice is, also where no plane cuts another."""

from math import cos, sin

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.joined import shared_point
from viewer.app.overlays import OverlayScene, Part, compose
from viewer.app.overlays_lines import RETICLE
from viewer.app.resolve import resolve
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import PolylineItem
from viewer.core.layout import grid_layout
from viewer.core.links import Rigid
from viewer.core.plane import Orientation
from viewer.core.screen import place
from viewer.core.session import OpenStack, Session
from viewer.core.study import StackKey
from viewer.core.view_state import ViewportState

SIZE = (600.0, 400.0)
EARLIER = StackKey("1.1", 0)


def middle_of(session, name):
    """Where a place draws the point, in LPS millimetres; None where it does not."""
    stack = session.shown_in(name)
    view = resolve(session.viewports[name], stack.volume)
    scene = OverlayScene(
        stack.volume, view, place(view.plane, SIZE), SIZE, frozenset({Part.CROSSHAIR}),
        crosshair_lps=shared_point(session, name), loaded=frozenset(range(20)),
    )  # fmt: skip
    lines = [item for item in compose(scene) if isinstance(item, PolylineItem)]
    ends = [p for line in lines if line.style == RETICLE for p in line.points]
    return None if not ends else view.plane.uv_to_lps(np.mean(ends, axis=0))


def paired_session():
    """Two examinations side by side, the second turned and shifted against the first."""
    rigid = Rigid(
        (5.0, -3.0, 20.0), ((cos(0.1), -sin(0.1), 0.0), (sin(0.1), cos(0.1), 0.0), (0.0, 0.0, 1.0))
    )
    session = Session()
    session.set_layout(grid_layout(1, 2), {}, "1")
    now = make_volume(make_geometry((20, 30, 40)))
    before = make_volume(make_geometry((20, 30, 40), frame_of_reference_uid="9.9"), key=EARLIER)
    for name, volume in (("1", now), ("2", before)):
        document = AnnotationDocument(volume.stack.key.series_uid)
        state = ViewportState(Orientation.AXIAL, stack=volume.stack.key)
        session.show(name, OpenStack(volume, document), state)
    session.links.set_pair(now.stack.key.series_uid, EARLIER.series_uid, rigid)
    return session, rigid


def test_the_point_stands_in_both_places_of_a_registered_pair():
    session, rigid = paired_session()
    point = session.stacks[session.viewports["1"].stack].volume.geometry.index_to_lps((9, 14, 21))
    session.interaction.crosshair_stack = session.viewports["1"].stack
    session.interaction.crosshair_lps = tuple(float(x) for x in point)
    geometry = session.shown_in("2").volume.geometry
    matrix = np.array(rigid.rotation)
    there = matrix @ point + np.array(rigid.shift_mm)
    session.viewports["1"].index = 9
    session.viewports["2"].index = round(float(geometry.lps_to_index(there)[0]))
    np.testing.assert_allclose(middle_of(session, "1"), point, atol=1e-6)
    np.testing.assert_allclose(middle_of(session, "2")[:2], there[:2], atol=1e-6)
    session.viewports["2"].index += 1
    assert middle_of(session, "2") is None
    assert middle_of(session, "1") is not None


def test_a_point_that_only_one_place_knows_is_not_drawn():
    session, _ = paired_session()
    session.interaction.crosshair_stack = session.viewports["1"].stack
    session.interaction.crosshair_lps = (0.0, 20.0, -80.0)
    session.links.set_pair("9.8.7", EARLIER.series_uid, None)
    assert shared_point(session, "1") is None


@pytest.mark.parametrize("off", [0.0, 0.49, -0.49])
def test_half_a_slice_belongs_to_the_slice(off):
    session, _ = paired_session()
    key = session.viewports["1"].stack
    x, y, z = session.shown_in("1").volume.geometry.index_to_lps((9 + off, 14, 21))
    session.interaction.crosshair_stack = key
    session.interaction.crosshair_lps = (float(x), float(y), float(z))
    session.viewports["1"].index = 9
    assert middle_of(session, "1") is not None
