"""Contents of the chest phantom: lungs with their trees, heart, great vessels, upper abdomen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.phantom_body import (
    FAT_HU,
    MUSCLE_HU,
    cavity_distance,
    spine_position,
)
from viewer.imaging.phantom_paint import (
    FloatArray,
    Slab,
    Tube,
    ellipsoid_distance,
    smooth_max,
    tube_path,
)
from viewer.imaging.phantom_tree import Branch, TreeSpec, bronchi_beside, grow_tree

BLOOD_HU, RIGHT_BLOOD_HU, HEART_WALL_HU = 40.0, 46.0, 64.0
LIVER_HU, SPLEEN_HU, STOMACH_HU, THYROID_HU = 61.0, 52.0, 24.0, 108.0
AIRWAY_WALL_HU, AIRWAY_AIR_HU, VESSEL_HU, LUNG_HU = 5.0, -995.0, 38.0, -868.0

TRACHEA_PATH = [(3.0, 4.0, 46.0, 9.6), (2.0, 6.0, 0.0, 9.2), (-2.0, 11.0, -40.0, 8.8),
                (-3.0, 14.0, -60.0, 8.2)]  # fmt: skip
AORTA_PATH = [
    (4.0, -20.0, -100.0, 15.0), (-10.0, -27.0, -72.0, 15.6), (-7.0, -24.0, -47.0, 15.0),
    (6.0, -13.0, -29.0, 13.8), (20.0, 7.0, -26.0, 13.2), (28.0, 30.0, -42.0, 12.8),
    (29.0, 42.0, -74.0, 12.2), (27.0, 42.0, -145.0, 11.6), (17.0, 34.0, -200.0, 11.2),
    (12.0, 32.0, -246.0, 10.8),
]  # fmt: skip
_RIGHT_MAIN = [(-3.0, 14.0, -58.0, 8.2), (-20.0, 18.0, -72.0, 7.2), (-37.0, 17.0, -84.0, 6.0)]
_LEFT_MAIN = [(-3.0, 14.0, -58.0, 7.6), (16.0, 21.0, -76.0, 6.2), (44.0, 24.0, -90.0, 5.2)]
LUNG_BOTTOM_Z = -228.0
_HEART = ((23.0, -27.0, -122.0), (61.0, 44.0, 50.0), -33.0)
_MEDIASTINUM_Y = (-90.0, -62.0, -46.0, -20.0, 8.0, 26.0, 44.0, 90.0)
_RIGHT_HALF_MM = (2.0, 5.0, 12.0, 27.0, 25.0, 17.0, 14.0, 14.0)
_LEFT_HALF_MM = (4.0, 7.0, 14.0, 26.0, 27.0, 26.0, 24.0, 22.0)


@dataclass(frozen=True, slots=True)
class Dome:
    """A half of the diaphragm: a paraboloid that falls off from its top."""

    top_lps_mm: tuple[float, float, float]
    fall_x_mm: float
    fall_y_mm: float


RIGHT_DOME = Dome((-66.0, -8.0, -166.0), 63.0, 52.0)
LEFT_DOME = Dome((56.0, -6.0, -175.0), 56.0, 46.0)


def dome_distance(x: FloatArray, y: FloatArray, z: FloatArray, dome: Dome) -> FloatArray:
    """Return the signed distance (about) to what lies above a dome, mm."""
    top_x, top_y, top_z = dome.top_lps_mm
    surface = (
        top_z - dome.fall_x_mm * ((x - top_x) / 70) ** 2 - dome.fall_y_mm * ((y - top_y) / 80) ** 2
    )
    return np.asarray((surface - z) * np.float32(0.75), np.float32)


def lung_distances(
    x: FloatArray, y: FloatArray, z: FloatArray, cavity: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return the signed distances to the right and the left lung, mm.

    Parameters
    ----------
    x, y, z : ndarray
        LPS coordinates, broadcastable.
    cavity : ndarray, optional
        Distance to the inside of the rib cage where it is known already.
    """
    if cavity is None:
        cavity = cavity_distance(x, y, z)
    spine_x, spine_y = spine_position(z)
    scaled = np.sqrt(((x - spine_x) / 27) ** 2 + ((y - spine_y - 22) / 38) ** 2)
    # Heart and spine push into both lungs; where they meet the wall the edge is round.
    # Below its middle the heart goes on as fat, down to the diaphragm.
    above = np.maximum(z, np.float32(_HEART[0][2])) + np.float32(0.5) * np.minimum(
        z - np.float32(_HEART[0][2]), 0
    )
    heart = ellipsoid_distance(x, y, above, _HEART[0], _HEART[1], _HEART[2]) - 4
    common = smooth_max(cavity + 2, -(scaled - 1) * np.float32(31), 8)
    common = smooth_max(smooth_max(common, -heart, 9), np.float32(LUNG_BOTTOM_Z) - z, 5)
    line = y.ravel()
    right_half = np.interp(line, _MEDIASTINUM_Y, _RIGHT_HALF_MM).reshape(y.shape)
    left_half = np.interp(line, _MEDIASTINUM_Y, _LEFT_HALF_MM).reshape(y.shape)
    width = np.interp(z.ravel(), (-200, -150, -80, 22), (0.4, 0.7, 1, 0.9)).reshape(z.shape)
    half = (width + 0.05 * np.sin(z / 17)).astype(np.float32)
    right_mm = np.maximum(half * right_half, 2.5).astype(np.float32)
    left_mm = np.maximum(half * left_half, 2.5).astype(np.float32)
    right = smooth_max(common, x + right_mm, 10)
    left = smooth_max(common, left_mm - x, 10)
    return (
        smooth_max(right, dome_distance(x, y, z, RIGHT_DOME), 7),
        smooth_max(left, dome_distance(x, y, z, LEFT_DOME), 7),
    )


def paint_contents(slab: Slab, cavity: FloatArray) -> None:
    """Paint fat, the organs below the diaphragm and the empty lungs."""
    x, y, z = slab.x, slab.y, slab.z
    slab.blend(cavity, FAT_HU + 6)
    _paint_abdomen(slab, cavity)
    right, left = lung_distances(x, y, z, cavity)
    # The lower parts of a lying patient's lungs are denser; no two places are alike.
    texture = 7 * slab.field(11, 5) + 5 * slab.field(4.5, 6)
    parenchyma = (LUNG_HU + y * np.float32(0.36) + texture).astype(np.float32)
    both = np.minimum(right, left)
    slab.blend(both - np.float32(1.2), MUSCLE_HU)
    slab.blend(both, parenchyma)
    _paint_fissures(slab, right, left)


def _paint_fissures(slab: Slab, right: FloatArray, left: FloatArray) -> None:
    """Paint the fissures as thin sheets: one oblique on each side, one more on the right."""
    x, y, z = slab.x, slab.y, slab.z
    bow = 5 * np.sin(x / 31) + 3 * np.sin(z / 23)
    right_oblique = (y - 8 + bow) * np.float32(0.76) + (z + 108) * np.float32(-0.65)
    left_oblique = (y + 2 + bow) * np.float32(0.78) + (z + 104) * np.float32(-0.62)
    level = np.abs(z + 92 + bow * np.float32(0.6) + (x + 70) / 12) - np.float32(0.5)
    horizontal = np.maximum(level, right_oblique)
    for sheet, lung in (
        (np.abs(right_oblique) - 0.5, right),
        (horizontal, right),
        (np.abs(left_oblique) - 0.5, left),
    ):
        slab.blend(np.maximum(sheet, lung), -480.0, strength=0.42)


def _paint_abdomen(slab: Slab, cavity: FloatArray) -> None:
    """Paint what lies below the diaphragm; its half domes bound liver, stomach and spleen."""
    if float(slab.z.min()) > -150:
        return
    x, y, z = slab.x, slab.y, slab.z
    below_right = np.maximum(2.5 - dome_distance(x, y, z, RIGHT_DOME), cavity + 3)
    below_left = np.maximum(2.5 - dome_distance(x, y, z, LEFT_DOME), cavity + 3)
    liver = ellipsoid_distance(x, y, z, (-50.0, -6.0, -226.0), (92.0, 88.0, 66.0), 8.0)
    slab.blend(smooth_max(below_right, liver, 8), LIVER_HU)
    for start, end, radius in (
        ((-30, 10, -206), (-86, -18, -214), 4.5), ((-34, 8, -204), (-70, 38, -196), 4.0),
        ((-30, 4, -208), (-26, -44, -214), 3.6), ((-40, 6, -200), (-92, 22, -222), 3.0),
    ):  # fmt: skip
        slab.tube(Tube(np.array(start), np.array(end), radius, 1.5), BLOOD_HU - 2)
    stomach = ellipsoid_distance(x, y, z, (50.0, -18.0, -213.0), (42.0, 46.0, 34.0), 24.0)
    stomach = smooth_max(below_left, stomach, 8)
    slab.blend(stomach, MUSCLE_HU)
    slab.blend(stomach + 3.5, STOMACH_HU)
    slab.blend(np.maximum(stomach + 3.5, y + 24), AIRWAY_AIR_HU)
    spleen = ellipsoid_distance(x, y, z, (98.0, 40.0, -222.0), (24.0, 40.0, 33.0), 20.0)
    slab.blend(smooth_max(below_left, spleen, 6), SPLEEN_HU)
    _paint_tubes(slab, tube_path([(-22.0, 12.0, -146.0, 11.0), (-24.0, 14.0, -246.0, 11.5)]),
                 RIGHT_BLOOD_HU)  # fmt: skip


def _paint_tubes(slab: Slab, tubes: list[Tube], hu: float) -> None:
    for tube in tubes:
        slab.tube(tube, hu)


def paint_mediastinum(slab: Slab) -> None:
    """Paint heart, great vessels, gullet, thyroid, trachea and main bronchi."""
    _paint_heart(slab)
    right_artery = [(20.0, -18.0, -72.0, 11.0), (-2.0, 1.0, -77.0, 9.4), (-36.0, 5.0, -81.0, 7.6)]
    left_artery = [(21.0, -42.0, -102.0, 13.0), (21.0, -28.0, -76.0, 13.0),
                   (29.0, -8.0, -67.0, 11.0), (46.0, 10.0, -72.0, 7.8)]  # fmt: skip
    for path in (
        [(-20.0, -6.0, 28.0, 6.0), (-25.0, -10.0, -10.0, 7.6), (-25.0, -15.0, -96.0, 9.6)],
        [(44.0, -16.0, 18.0, 5.6), (8.0, -38.0, -14.0, 6.4), (-24.0, -14.0, -30.0, 7.2)],
        left_artery, right_artery,
    ):  # fmt: skip
        _paint_tubes(slab, tube_path(path), RIGHT_BLOOD_HU)
    for path in (
        [(3.0, -14.0, -30.0, 6.2), (-10.0, -10.0, -6.0, 5.6), (-22.0, 2.0, 40.0, 4.6)],
        [(12.0, -6.0, -26.0, 4.4), (14.0, 0.0, 0.0, 3.8), (22.0, 4.0, 44.0, 3.6)],
        [(22.0, 10.0, -26.0, 5.4), (26.0, 16.0, -2.0, 4.8), (40.0, 10.0, 22.0, 4.6)],
        AORTA_PATH,
        [(-12.0, 6.0, -100.0, 8.0), (-30.0, 4.0, -98.0, 6.6)],
        [(18.0, 8.0, -98.0, 7.4), (38.0, 10.0, -97.0, 6.4)],
    ):
        _paint_tubes(slab, tube_path(path), BLOOD_HU)
    gullet = [
        (6.0, 20.0, 46.0, 6.0), (8.0, 24.0, -10.0, 6.6), (9.0, 29.0, -60.0, 7.0),
        (9.0, 29.0, -110.0, 7.4), (14.0, 20.0, -160.0, 8.0), (36.0, 2.0, -200.0, 8.0),
    ]  # fmt: skip
    _paint_tubes(slab, tube_path(gullet), MUSCLE_HU - 16)
    slab.ellipsoid((8.0, 24.0, -18.0), (2.2, 1.8, 9.0), -700.0)
    slab.ellipsoid((19.0, 0.0, 22.0), (8.0, 10.0, 17.0), THYROID_HU, 12.0)
    slab.ellipsoid((-15.0, 0.0, 25.0), (8.6, 10.0, 19.0), THYROID_HU, -12.0)
    # Lymph nodes, and chalk in the wall of the aorta and in a coronary artery.
    slab.ellipsoid((-14.0, 2.0, -46.0), (5.0, 4.0, 6.5), MUSCLE_HU - 8, 30.0)
    slab.ellipsoid((14.0, 4.0, -52.0), (4.0, 6.0, 5.0), MUSCLE_HU - 8)
    slab.ellipsoid((29.0, 21.0, -24.0), (4.0, 1.4, 2.6), 620.0, 50.0)
    slab.ellipsoid((24.0, -56.0, -100.0), (3.4, 1.2, 2.4), 480.0, -40.0)
    airways = tube_path(TRACHEA_PATH) + tube_path(_RIGHT_MAIN) + tube_path(_LEFT_MAIN)
    for tube in airways:
        slab.tube(tube.grown(1.6), MUSCLE_HU - 20)
    _paint_tubes(slab, airways, AIRWAY_AIR_HU)


def _paint_heart(slab: Slab) -> None:
    """Paint the heart: fat around it, its wall, four chambers."""
    centre, semi, turn = _HEART
    grown = (semi[0] + 3.4, semi[1] + 3.4, semi[2] + 3.4)
    slab.ellipsoid(centre, grown, MUSCLE_HU - 30, turn)
    slab.ellipsoid(centre, (semi[0] + 2.2, semi[1] + 2.2, semi[2] + 2.2), FAT_HU, turn)
    slab.ellipsoid((25.0, -26.0, -123.0), (semi[0] - 5, semi[1] - 5, semi[2] - 4),
                   HEART_WALL_HU, turn)  # fmt: skip
    slab.ellipsoid((43.0, -32.0, -126.0), (29.0, 18.0, 25.0), BLOOD_HU, turn, 5.0)
    slab.ellipsoid((4.0, -48.0, -124.0), (27.0, 14.0, 30.0), RIGHT_BLOOD_HU, turn, 5.0)
    slab.ellipsoid((-17.0, -19.0, -113.0), (17.0, 19.0, 27.0), RIGHT_BLOOD_HU, 0.0, 5.0)
    slab.ellipsoid((8.0, 2.0, -104.0), (29.0, 15.0, 19.0), BLOOD_HU, 0.0, 3.0)
    # The groove with its fat, between the chambers.
    slab.ellipsoid((14.0, -14.0, -112.0), (9.0, 3.0, 16.0), FAT_HU + 20, -50.0, 4.0)


@dataclass(frozen=True, slots=True, eq=False)
class LungTrees:
    """Vessels and airways of both lungs."""

    vessels: tuple[Branch, ...]
    bronchi: tuple[Branch, ...]


Reserved = tuple[tuple[tuple[float, float, float], float], ...]
"""Balls (centre in LPS mm, radius in mm) into which no tree shall grow."""


def grow_lung_trees(reserved: Reserved, random: np.random.Generator) -> LungTrees:
    """Grow arteries with bronchi beside them, and veins, in both lungs."""
    vessels: list[Branch] = []
    bronchi: list[Branch] = []
    for side, box, hilum, vein, airway, counts in (
        (
            0, (-128.0, -10.0), (-36.0, 5.0, -81.0), (-30.0, 4.0, -98.0), (-37.0, 17.0, -84.0),
            (700, 400),
        ),
        (
            1, (12.0, 128.0), (46.0, 10.0, -72.0), (38.0, 10.0, -97.0), (44.0, 24.0, -90.0),
            (620, 350),
        ),
    ):  # fmt: skip
        clouds = [_points_in_lung(side, box, count, reserved, random) for count in counts]
        arteries = grow_tree(np.array(hilum), clouds[0], TreeSpec(), random)
        veins = grow_tree(np.array(vein), clouds[1], TreeSpec(radius_power=0.4), random)
        vessels += [*arteries, *veins]
        shift = np.array((0.1 if side else -0.1, 0.75, -0.65))
        tubes = bronchi_beside(arteries, 14, shift / np.linalg.norm(shift), 0.82)
        first = Tube(np.array(airway), tubes[0].tube.start_lps_mm, 5.0, 4.4)
        bronchi += [Branch(first, 999), *tubes]
    return LungTrees(tuple(vessels), tuple(bronchi))


def _points_in_lung(
    side: int, box_x: tuple[float, float], count: int, reserved: Reserved,
    random: np.random.Generator,
) -> NDArray[np.float64]:  # fmt: skip
    """Draw points within a lung, away from its surface and from the reserved balls."""
    found: list[NDArray[np.float64]] = []
    while sum(map(len, found)) < count:
        points = random.uniform((box_x[0], -88, -225), (box_x[1], 88, 24), (4 * count, 3))
        x, y, z = (points[:, axis].astype(np.float32) for axis in range(3))
        inside = lung_distances(x, y, z)[side] < -4
        for centre, radius in reserved:
            inside &= np.linalg.norm(points - centre, axis=1) > radius
        found.append(points[inside])
    return np.concatenate(found)[:count]


def paint_trees(slab: Slab, trees: LungTrees, check: Callable[[], None]) -> None:
    """Paint vessels and, over them, airways with their walls."""
    for number, branch in enumerate(trees.vessels):
        if number % 256 == 0:
            check()
        slab.tube(branch.tube, VESSEL_HU)
    for branch in trees.bronchi:
        slab.tube(branch.tube.grown(0.9), AIRWAY_WALL_HU - 60)
    for branch in trees.bronchi:
        slab.tube(branch.tube, AIRWAY_AIR_HU)
