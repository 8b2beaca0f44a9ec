"""A volume on another one's plane: against the formula at the pixels, and against SimpleITK."""

from typing import Any

import numpy as np
import pytest
import SimpleITK

from tests.support.voxel_grids import AXIAL, geometry, padding_value, rotation, volume
from viewer.core.links import Rigid
from viewer.core.oblique import oblique_index_at, oblique_plane, straight_rotation, turn_about
from viewer.core.plane import Orientation, slice_plane, turned
from viewer.core.slab import THIN, Slab, SlabMode
from viewer.imaging.resample_to_plane import moved_plane, resample_to_plane

BASE = geometry((30, 44, 52), (2.5, 0.7, 0.8), (-20.0, -16.0, 30.0))
SLOPE = np.array([3.0, -5.0, 7.0])
LEVEL = 11.0


def linear(points_lps):
    """A value that grows along no axis alike: trilinear interpolation is exact on it."""
    return points_lps @ SLOPE + LEVEL


def linear_volume(grid):
    zyx = np.indices(grid.shape_zyx).reshape(3, -1).T
    values = linear(grid.index_to_lps(zyx)).reshape(grid.shape_zyx)
    return volume(values.astype(np.float32), grid)


def tilted(shape=(40, 36, 30)):
    """A grid with other spacing, another origin and all axes turned."""
    turn = rotation((11.0, -7.0, 5.0))
    return geometry(shape, (1.9, 1.3, 1.6), (-34.0, -24.0, 25.0), AXIAL @ turn.T)


def points_of(plane):
    v, u = np.indices(plane.shape_vu)
    dv, du = plane.spacing_vu_mm
    return plane.uv_to_lps(np.stack([u * du, v * dv], axis=-1))


def _middle(orientation, turn):
    return oblique_index_at(BASE, orientation, turn, BASE.center_lps_mm)


def planes():
    for orientation in Orientation:
        straight = slice_plane(BASE, orientation, 12)
        yield pytest.param(straight, id=str(orientation))
        yield pytest.param(turned(straight, 1, True), id=f"{orientation} turned, mirrored")
    turn = turn_about(straight_rotation(BASE), np.array([1.0, 2.0, 3.0]), 0.4)
    for orientation in Orientation:
        oblique = oblique_plane(BASE, orientation, turn, _middle(orientation, turn))
        yield pytest.param(oblique, id=f"oblique {orientation}")


ROWS: Any = tuple(map(tuple, rotation((4.0, 9.0, -6.0))))
PAIR = Rigid((6.5, -3.25, 4.0), ROWS)


@pytest.mark.parametrize("plane", list(planes()))
@pytest.mark.parametrize(
    "rigid", [Rigid(), Rigid((3.5, -2.0, 1.25)), PAIR], ids=["same", "shift", "pair"]
)
def test_every_pixel_has_the_value_at_its_place(plane, rigid):
    other = linear_volume(tilted())
    cut: Any = resample_to_plane(other, plane, rigid, THIN)
    there = points_of(plane) @ rigid.matrix.T + np.asarray(rigid.shift_mm)
    index = other.geometry.lps_to_index(there)
    last = np.array(other.geometry.shape_zyx) - 1
    inside = ((index >= 0) & (index <= last)).all(axis=-1)
    outside = ((index < -0.51) | (index > last + 0.51)).any(axis=-1)
    assert inside.any()
    assert cut.image.shape == plane.shape_vu
    np.testing.assert_allclose(cut.image[inside], linear(there)[inside], atol=0.02)
    assert not cut.invalid[inside].any()
    assert cut.invalid[outside].all()


def test_a_slab_takes_the_largest_value_across_the_plane():
    other = linear_volume(tilted())
    plane = slice_plane(BASE, Orientation.AXIAL, 12)
    thin: Any = resample_to_plane(other, plane, Rigid(), THIN)
    thick: Any = resample_to_plane(other, plane, Rigid(), Slab(SlabMode.MIP, 8.0))
    both = ~thin.invalid & ~thick.invalid
    # Linear along z with 7 per mm: the largest lies on the last sampled plane, up to 4 mm away.
    more = (thick.image - thin.image)[both]
    middle = np.median(more)
    assert 7.0 * 2.5 <= middle <= 7.0 * 4.0
    np.testing.assert_allclose(np.percentile(more, [20, 80]), middle, atol=0.05)


def test_simpleitk_says_the_same_of_a_registered_pair():
    grid = tilted()
    rng = np.random.default_rng(7)
    other = volume(rng.normal(0, 300, grid.shape_zyx).astype(np.float32), grid)
    plane = slice_plane(BASE, Orientation.CORONAL, 20)
    image = SimpleITK.GetImageFromArray(other.data)
    image.SetSpacing([float(s) for s in grid.spacing_zyx_mm[::-1]])
    image.SetOrigin([float(o) for o in grid.origin_lps_mm])
    image.SetDirection(grid.direction_lps[::-1].T.ravel().tolist())
    rows, columns = plane.shape_vu
    target = SimpleITK.Image(columns, rows, 1, SimpleITK.sitkFloat32)
    target.SetSpacing([plane.spacing_vu_mm[1], plane.spacing_vu_mm[0], 1.0])
    target.SetOrigin([float(o) for o in plane.origin_lps_mm])
    axes = np.stack([plane.u_lps, plane.v_lps, plane.normal_lps], axis=1)
    target.SetDirection(axes.ravel().tolist())
    move = SimpleITK.AffineTransform(PAIR.matrix.ravel().tolist(), list(PAIR.shift_mm))
    expected = SimpleITK.GetArrayFromImage(
        SimpleITK.Resample(image, target, move, SimpleITK.sitkLinear, -9e9)
    )[0]
    cut: Any = resample_to_plane(other, plane, PAIR, THIN)
    there = points_of(plane) @ PAIR.matrix.T + np.asarray(PAIR.shift_mm)
    index = grid.lps_to_index(there)
    inside = ((index > 0.01) & (index < np.array(grid.shape_zyx) - 1.01)).all(axis=-1)
    assert inside.sum() > 300
    np.testing.assert_allclose(cut.image[inside], expected[inside], atol=0.5)


def test_padding_is_no_value():
    data = np.full((20, 30, 30), 100, np.int16)
    data[:, :, :12] = -2000
    grid = geometry(data.shape, (3.0, 1.5, 1.5), (-20.0, -16.0, 30.0))
    other = volume(data, grid, padding=padding_value(-2000, 20))
    plane = slice_plane(BASE, Orientation.AXIAL, 5)
    cut: Any = resample_to_plane(other, plane, Rigid(), THIN)
    x_mm = points_of(plane)[..., 0]
    assert cut.invalid[x_mm < -20 + 11.4 * 1.5].all()
    deep = (x_mm > -20 + 12.1 * 1.5) & (x_mm < -20 + 29 * 1.5)
    assert not cut.invalid[deep].any()
    assert (cut.image[deep] == 100).all()


def test_left_stays_left_in_every_plane():
    """A bright corner at the patient's left, back and head is found where the letters say."""
    grid = tilted((50, 56, 50))
    base = geometry((30, 40, 40), (2.0, 1.2, 1.2), (-24.0, -20.0, 28.0))
    corner = base.index_to_lps((24.0, 33.0, 34.0))
    zyx = np.indices(grid.shape_zyx).reshape(3, -1).T
    distance = np.linalg.norm(grid.index_to_lps(zyx) - corner, axis=1)
    other = volume(np.exp(-((distance / 6) ** 2)).reshape(grid.shape_zyx).astype(np.float32), grid)
    for orientation, index, (right, down) in (
        (Orientation.AXIAL, 24, ("L", "P")),
        (Orientation.CORONAL, 33, ("L", "I")),
        (Orientation.SAGITTAL, 34, ("P", "I")),
    ):
        for turns, mirrored in ((0, False), (1, False), (2, True), (3, True)):
            plane = turned(slice_plane(base, orientation, index), turns, mirrored)
            cut: Any = resample_to_plane(other, plane, Rigid(), THIN)
            v, u = np.unravel_index(np.argmax(cut.image), cut.image.shape)
            rows, columns = plane.shape_vu
            letters = plane.edge_letters()
            seen = {letters["right" if u > columns / 2 else "left"]}
            seen.add(letters["bottom" if v > rows / 2 else "top"])
            assert seen == {right, "S" if down == "I" else down}


def test_no_move_gives_the_plane_itself():
    plane = slice_plane(BASE, Orientation.AXIAL, 3)
    assert moved_plane(plane, Rigid()) is plane
