"""Registration recovers a known movement of an analytic body without any symmetry."""

import numpy as np
import pytest

from viewer.core.geometry import VolumeGeometry
from viewer.core.links import Rigid
from viewer.core.progress import SilentContext
from viewer.core.view_state import Rotation
from viewer.imaging.registration import RegistrationError, RegistrationRequest, register

DIRECTION = np.eye(3)[::-1]


def body(points: np.ndarray) -> np.ndarray:
    """HU of an asymmetric chest at points (..., 3) in LPS mm."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    hu = np.full(points.shape[:-1], -1000.0)
    trunk = (x / 150) ** 2 + (y / (95 + 0.06 * z)) ** 2 < 1
    hu[trunk & (np.abs(z) < 220)] = 40
    for cx, cy, cz, rx, ry, rz in ((70, 0, 25, 52, 65, 110), (-75, -8, 40, 45, 60, 90)):
        inside = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2 < 1
        hu[inside] = -820
    spine = (x - 4) ** 2 + (y - 70) ** 2 < 18**2
    hu[spine & (np.abs(z) < 220)] = 300
    nodule = (x - 60) ** 2 + (y + 20) ** 2 + (z - 50) ** 2 < 14**2
    hu[nodule] = 60
    heart = ((x - 30) / 45) ** 2 + ((y + 25) / 38) ** 2 + ((z + 30) / 45) ** 2 < 1
    hu[heart] = 90
    return hu


def geometry_of(shape, spacing, center) -> VolumeGeometry:
    middle = (np.array(shape) - 1) / 2 * np.array(spacing)
    origin = np.array(center) - middle[::-1]
    return VolumeGeometry(shape, spacing, origin, DIRECTION)


def sampled(geometry: VolumeGeometry, back: Rigid) -> np.ndarray:
    """The body as a scanner sees it after the patient moved: voxels look back to where it was."""
    index = np.stack(list(np.indices(geometry.shape_zyx)), axis=-1)
    points = geometry.index_to_lps(index)
    places = points @ back.matrix.T + np.asarray(back.shift_mm)
    noise = np.random.default_rng(4).normal(0, 12, geometry.shape_zyx)
    return (body(places) + noise).astype(np.int16)


def rotation(degrees: float) -> Rotation:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return ((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0))


FIXED = geometry_of((84, 84, 110), (5.0, 4.0, 3.2), (0.0, 0.0, 0.0))
MOVING = geometry_of((70, 96, 100), (5.5, 3.6, 3.6), (8.0, -6.0, 55.0))


@pytest.fixture(scope="module")
def fixed() -> np.ndarray:
    return sampled(FIXED, Rigid())


@pytest.mark.parametrize(
    "movement",
    [Rigid((12.0, -9.0, 47.0)), Rigid((-6.0, 5.0, -31.0), rotation(4.0)), Rigid((3.0, 2.0, 88.0))],
)
def test_a_known_movement_is_found(fixed, movement):
    moving = sampled(MOVING, movement.inverse())
    found = register(
        SilentContext(), RegistrationRequest(FIXED, MOVING), fixed=fixed, moving=moving
    )
    for point in ((60.0, -20.0, 50.0), (-75.0, -8.0, 40.0), (4.0, 70.0, 0.0)):
        error = np.linalg.norm(np.subtract(found.rigid.apply(point), movement.apply(point)))
        assert error < 2.0
    assert found.correlation_after > 0.97
    assert found.correlation_after > found.correlation_before


def test_the_shift_alone_is_within_a_slice_along_the_body(fixed):
    movement = Rigid((0.0, 0.0, 63.0))
    moving = sampled(MOVING, movement.inverse())
    found = register(
        SilentContext(), RegistrationRequest(FIXED, MOVING, False), fixed=fixed, moving=moving
    )
    assert found.rigid.shift_mm[2] == pytest.approx(63.0, abs=5.0)
    assert found.rigid.rotation == Rigid().rotation


def test_series_that_share_nothing_are_refused():
    thin = geometry_of((3, 84, 110), (5.0, 4.0, 3.2), (0.0, 0.0, 0.0))
    with pytest.raises(RegistrationError, match="too little"):
        register(
            SilentContext(),
            RegistrationRequest(thin, thin),
            fixed=sampled(thin, Rigid()),
            moving=sampled(thin, Rigid()),
        )
