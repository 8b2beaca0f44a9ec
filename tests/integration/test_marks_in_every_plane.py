"""The proof of places: what is drawn in one view lies on the same voxels in every other.

The oracle is the picture itself. Three volumes hold the voxels' own numbers along z, y and x, so
that each pixel of a picture tells, by its value, which voxel it shows; interpolation keeps that
exact. Screen pixels are turned into picture pixels by the rule of the screen alone (centred, as
large as fits); no geometry of the program takes part.
"""

import math
from functools import cache

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from tests.support.pointer import Reader
from tests.support.volumes import make_geometry, make_volume
from viewer.app.resolve import ResolvedView, resolve, view_image
from viewer.core.geometry import VolumeGeometry
from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.plane import Orientation
from viewer.core.screen import place
from viewer.core.shapes import CircleShape, EllipseShape, RectangleShape, RegionShape
from viewer.core.view_place import view_count, view_index_at
from viewer.core.view_state import ViewportState
from viewer.core.volume import Volume
from viewer.imaging.roi import region_values
from viewer.tools.kinds import MARK_KINDS
from viewer.tools.pointer import Button
from viewer.tools.standing import flip, turn

SHAPE = (13, 30, 38)
SPACING = (2.1, 0.9, 0.7)
SIZE_PX = (600.0, 400.0)
WAY = [(243, 151), (338, 257), (229, 262), (205, 190)]
KINDS = [kind.id for kind in MARK_KINDS]
DIRECT = {"length", "angle", "cobb", "polyline", "polygon", "probe", "arrow", "text"}
VIEWS = ("coronal", "sagittal", "axial", "oblique coronal", "double oblique")


def rotated(degrees: tuple[float, float, float]) -> np.ndarray:
    turned = np.eye(3)
    for axis, angle in enumerate(np.radians(degrees)):
        one, other = ((1, 2), (2, 0), (0, 1))[axis]
        step = np.eye(3)
        step[one, one] = step[other, other] = np.cos(angle)
        step[one, other], step[other, one] = -np.sin(angle), np.sin(angle)
        turned = step @ turned
    return turned


GEOMETRIES = {
    "upright": make_geometry(SHAPE, spacing_zyx_mm=SPACING),
    "turned": make_geometry(
        SHAPE, np.eye(3)[::-1] @ rotated((9, -14, 21)).T, spacing_zyx_mm=SPACING
    ),
    "feet up": make_geometry(
        SHAPE, np.array([[0, 0, -1.0], [0, -1, 0], [1, 0, 0]]), spacing_zyx_mm=SPACING
    ),
}


@cache
def ramps(placing: str) -> tuple[Volume, ...]:
    """Volumes whose voxels hold their own number along z, y and x."""
    geometry = GEOMETRIES[placing]
    return tuple(make_volume(geometry, data=i.astype(np.float32)) for i in np.indices(SHAPE))


_PICTURES: dict[tuple[object, ...], np.ndarray] = {}


def picture(volume: Volume, view: ResolvedView) -> np.ndarray:
    """A view's picture, cut once."""
    key = (id(volume), *view.cut_key)
    if key not in _PICTURES:
        _PICTURES[key] = np.asarray(view_image(volume, view).image, np.float64)
    return _PICTURES[key]


def index_of(geometry: VolumeGeometry, points_lps) -> np.ndarray:
    """Voxel numbers (n, 3) of points: the definition, written out."""
    steps = geometry.direction_lps * np.asarray(geometry.spacing_zyx_mm)[:, None]
    return (np.asarray(points_lps) - geometry.origin_lps_mm) @ np.linalg.inv(steps)


def seen_at(volumes: tuple[Volume, ...], state: ViewportState, pxs) -> np.ndarray:
    """Voxel numbers (n, 3) that a view shows at screen pixels, by the values of its pictures."""
    found = []
    for volume in volumes:
        view = resolve(state, volume)
        image = picture(volume, view)
        dv, du = view.plane.spacing_vu_mm
        rows, columns = image.shape
        scale = min(SIZE_PX[0] / (columns * du), SIZE_PX[1] / (rows * dv))
        x, y = np.asarray(pxs, np.float64).T
        at = np.stack(
            [
                (y - SIZE_PX[1] / 2) / scale / dv + (rows - 1) / 2,
                (x - SIZE_PX[0] / 2) / scale / du + (columns - 1) / 2,
            ]
        )
        found.append(map_coordinates(image, at, order=1, mode="constant", cval=np.nan))
    return np.stack(found, axis=1)


def drawn_at(reader: Reader, points_lps) -> np.ndarray:
    """Screen pixels (n, 2) where a view draws points."""
    uvw = reader.plane.lps_to_uvw(np.asarray(points_lps))
    transform = place(reader.plane, SIZE_PX)
    return np.asarray([transform.to_px((float(u), float(v))) for u, v, _ in uvw])


def stand(state: ViewportState, name: str, geometry: VolumeGeometry) -> None:
    """Let a view stand as its name says, through the middle of the volume."""
    state.orientation = Orientation(name.split()[-1]) if "double" not in name else state.orientation
    if "oblique" in name:
        rotation = straight_rotation(geometry)
        rotation = turn_about(rotation, np.array([0.0, 0.0, 1.0]), 0.31)
        if "double" in name:
            rotation = turn_about(rotation, np.array([1.0, 0.2, 0.0]), -0.42)
            state.orientation = Orientation.SAGITTAL
        state.rotation = rotation
    state.index = view_count(state, geometry) // 2


def draw(reader: Reader, kind: str) -> None:
    if kind == "freehand":
        reader.press(WAY[0])
        for px in [*WAY[1:], (225, 171)]:
            reader.move(px)
        reader.release((225, 171))
        return
    points = next(k.points for k in MARK_KINDS if k.id == kind)
    for px in WAY[: points or 4]:
        reader.click(px)
        reader.move(px, Button.NONE)
    reader.hands.complete()


@pytest.mark.parametrize("placing", GEOMETRIES)
@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mark_lies_on_the_same_voxels_in_axial(kind, name, placing):
    geometry = GEOMETRIES[placing]
    volumes = ramps(placing)
    for turns in range(4):
        for mirrored in (False, True):
            reader = Reader(volume=volumes[0], tool=kind, size_px=SIZE_PX)
            state = reader.session.viewports["axial"]
            stand(state, name, geometry)
            state.turns, state.mirrored = turns, mirrored
            draw(reader, kind)
            (shape,) = reader.shapes()
            if kind in DIRECT:
                np.testing.assert_allclose(
                    index_of(geometry, shape.points_lps),
                    seen_at(volumes, state, WAY[: len(shape.points_lps)]),
                    atol=2e-4,
                )
            points = np.concatenate([*shape.outlines_lps, np.asarray(shape.points_lps)])
            pxs = drawn_at(reader, points)
            wanted = seen_at(volumes, state, pxs)
            index = index_of(geometry, points)
            # At the rim a pixel has neighbours that show nothing.
            known = ((index > 0.7) & (index < np.array(SHAPE) - 1.7)).all(axis=1)
            assert known.any()
            np.testing.assert_allclose(index[known], wanted[known], atol=2e-4)
            _check_outline(kind, shape, pxs)
            _check_in_axial(reader, volumes, points[known], index[known])


def _check_outline(kind: str, shape, pxs: np.ndarray) -> None:
    """The forms that are not simply their clicks: where the hand set them on the screen."""
    if kind in ("ellipse", "rectangle"):
        np.testing.assert_allclose(pxs.min(axis=0), np.min(WAY[:2], axis=0), atol=1e-6)
        np.testing.assert_allclose(pxs.max(axis=0), np.max(WAY[:2], axis=0), atol=1e-6)
    elif kind == "circle":
        radii = np.linalg.norm(pxs - np.asarray(WAY[0]), axis=1)
        np.testing.assert_allclose(radii, math.dist(*WAY[:2]), atol=1e-6)
    elif kind == "bidirectional":
        np.testing.assert_allclose(pxs[-4:-2], WAY[:2], atol=1e-6)
    elif kind == "freehand":
        np.testing.assert_allclose(pxs.min(axis=0), np.min(WAY, axis=0), atol=1)


def _check_in_axial(reader: Reader, volumes: tuple[Volume, ...], points, index) -> None:
    """The axial slice nearest to each point shows its voxel under the point."""
    geometry = volumes[0].geometry
    axial = ViewportState(Orientation.AXIAL)
    some = slice(None, None, max(len(points) // 4, 1))
    for point, (z, y, x) in zip(points[some], index[some], strict=True):
        axial.index = view_index_at(axial, geometry, point)
        plane = resolve(axial, volumes[0]).plane
        u, v, depth = (float(value) for value in plane.lps_to_uvw(point))
        seen = seen_at(volumes, axial, [place(plane, SIZE_PX).to_px((u, v))])[0]
        along = volume_axis(geometry)
        rest = [axis for axis in range(3) if axis != along]
        wanted = np.array([z, y, x])
        np.testing.assert_allclose(seen[rest], wanted[rest], atol=2e-4)
        assert abs(seen[along] - wanted[along]) <= 0.5 + 1e-6
        off = (wanted[along] - seen[along]) * geometry.spacing_zyx_mm[along]
        assert abs(depth) == pytest.approx(abs(off), abs=1e-4)


def volume_axis(geometry: VolumeGeometry) -> int:
    """Index axis nearest to the patient's length."""
    return int(np.argmax(np.abs(geometry.direction_lps[:, 2])))


REGIONS = ("ellipse", "circle", "rectangle", "polygon", "freehand")


@pytest.mark.parametrize("placing", GEOMETRIES)
@pytest.mark.parametrize("orientation", list(Orientation))
@pytest.mark.parametrize("kind", REGIONS)
def test_a_region_holds_the_voxels_whose_pixels_it_encloses(kind, orientation, placing):
    geometry = GEOMETRIES[placing]
    numbers = np.arange(np.prod(SHAPE), dtype=np.int32).reshape(SHAPE)
    volume = make_volume(geometry, data=numbers)
    for turns in range(4):
        for mirrored in (False, True):
            reader = Reader(volume=volume, tool=kind, size_px=SIZE_PX)
            state = reader.session.viewports["axial"]
            stand(state, orientation.value, geometry)
            state.turns, state.mirrored = turns, mirrored
            draw(reader, kind)
            (shape,) = reader.shapes()
            assert isinstance(shape, RegionShape)
            view = resolve(state, volume)
            image = view_image(volume, view).image
            dv, du = view.plane.spacing_vu_mm
            rows, columns = image.shape
            scale = min(SIZE_PX[0] / (columns * du), SIZE_PX[1] / (rows * dv))
            row, column = np.indices(image.shape)
            y = (row - (rows - 1) / 2) * dv * scale + SIZE_PX[1] / 2
            x = (column - (columns - 1) / 2) * du * scale + SIZE_PX[0] / 2
            inside = enclosed(shape, drawn_at(reader, shape.points_lps), reader, x, y)
            assert inside.sum() > 4
            found = set(region_values(volume, shape).astype(int))
            assert found == set(image[inside].astype(int).tolist())


def enclosed(shape: RegionShape, pxs: np.ndarray, reader: Reader, x, y) -> np.ndarray:
    """Which screen points lie in a region as it was drawn on the screen: school geometry."""
    if isinstance(shape, CircleShape):
        radius = math.dist(*WAY[:2])
        return np.hypot(x - WAY[0][0], y - WAY[0][1]) <= radius
    low, high = np.min(WAY[:2], axis=0), np.max(WAY[:2], axis=0)
    if isinstance(shape, EllipseShape):
        middle, half = (low + high) / 2, (high - low) / 2
        return ((x - middle[0]) / half[0]) ** 2 + ((y - middle[1]) / half[1]) ** 2 <= 1
    if isinstance(shape, RectangleShape):
        return (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
    corners = drawn_at(reader, shape.outlines_lps[0])[:-1]
    crossings = np.zeros(x.shape, int)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ay == by:
            continue
        between = (ay > y) != (by > y)
        crossings += between & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return crossings % 2 == 1


LETTERS = ("LR", "PA", "SI")
"""Where each patient coordinate grows to, and where it comes from."""


@pytest.mark.parametrize("placing", GEOMETRIES)
@pytest.mark.parametrize("upside_down", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("orientation", list(Orientation))
def test_letters_tell_where_the_patient_is(orientation, turns, mirrored, upside_down, placing):
    """The oracle: volumes whose values are the patient's x, y, z, and how their pictures grow."""
    geometry = GEOMETRIES[placing]
    points = geometry.origin_lps_mm + np.moveaxis(np.indices(SHAPE), 0, -1) @ (
        geometry.direction_lps * np.asarray(geometry.spacing_zyx_mm)[:, None]
    )
    state = ViewportState(orientation)
    state.index = view_count(state, geometry) // 2
    turn(state, turns)
    if mirrored:
        flip(state)
    if upside_down:
        flip(state, vertically=True)
    growth = []
    for axis in range(3):
        volume = make_volume(geometry, data=points[..., axis].astype(np.float32))
        image = np.asarray(view_image(volume, resolve(state, volume)).image, np.float64)
        dv, du = resolve(state, volume).plane.spacing_vu_mm
        growth.append(((image[0, 1] - image[0, 0]) / du, (image[1, 0] - image[0, 0]) / dv))
    letters = resolve(state, make_volume(geometry)).plane.edge_letters()
    for side, way, sign in (("right", 0, 1), ("left", 0, -1), ("bottom", 1, 1), ("top", 1, -1)):
        slopes = np.array([sign * grown[way] for grown in growth])
        main = int(np.argmax(np.abs(slopes)))
        assert letters[side][0] == LETTERS[main][0 if slopes[main] > 0 else 1], side
        shown = set(letters[side])
        for axis in np.flatnonzero(np.abs(slopes) < 0.05).tolist():
            assert not shown & set(LETTERS[axis])


def test_the_table_of_letters_by_hand():
    """Left, right, top, bottom as a radiologist expects them; the rest follows by turning."""
    rows = {
        (Orientation.AXIAL, 0, False): "RLAP",
        (Orientation.AXIAL, 1, False): "PARL",
        (Orientation.AXIAL, 0, True): "LRAP",
        (Orientation.CORONAL, 0, False): "RLSI",
        (Orientation.CORONAL, 2, False): "LRIS",
        (Orientation.SAGITTAL, 0, False): "APSI",
        (Orientation.SAGITTAL, 3, False): "SIPA",
        (Orientation.SAGITTAL, 0, True): "PASI",
    }
    for (orientation, turns, mirrored), wanted in rows.items():
        state = ViewportState(orientation, turns=turns, mirrored=mirrored)
        letters = resolve(state, make_volume(GEOMETRIES["upright"])).plane.edge_letters()
        assert "".join(letters[side] for side in ("left", "right", "top", "bottom")) == wanted
