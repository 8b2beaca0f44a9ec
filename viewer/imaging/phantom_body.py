"""Walls of the chest phantom: skin, fat, muscle, spine, ribs, sternum, shoulders and table.

All figures are patient LPS millimetres; z = 0 is the notch above the sternum. The phantom is
asymmetric along every axis, so that no flip can pass unseen.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.phantom_paint import FloatArray, Slab, Tube, tube_path

SKIN_HU, FAT_HU, MUSCLE_HU, CARTILAGE_HU = 15.0, -102.0, 54.0, 96.0
CORTEX_HU, RIB_MARROW_HU, VERTEBRA_HU, DISC_HU, CORD_HU = 780.0, 190.0, 175.0, 88.0, 34.0

_SHAPE_POWER = 2.4
"""Exponent of the cross-sections: between an ellipse and a box."""
_PROFILE_Z = (-240.0, -180.0, -100.0, -40.0, 0.0, 20.0, 45.0)
_BODY_A = (149.0, 154.0, 161.0, 165.0, 158.0, 142.0, 106.0)
_BODY_B = (104.0, 107.0, 110.0, 107.0, 98.0, 87.0, 72.0)
_BODY_Y = (1.0, 0.0, -3.0, 0.0, 6.0, 10.0, 14.0)
_CAVITY_Z = (-240.0, -200.0, -150.0, -100.0, -60.0, -40.0, -20.0, 0.0, 10.0, 17.0, 21.0, 23.0)
_CAVITY_A = (127.0, 131.0, 132.0, 128.0, 119.0, 111.0, 97.0, 76.0, 60.0, 46.0, 34.0, 22.0)
_CAVITY_B = (84.0, 87.0, 88.0, 85.0, 77.0, 70.0, 60.0, 46.0, 36.0, 27.0, 19.0, 11.0)
_CAVITY_Y = (-2.0, -2.0, -2.0, 0.0, 6.0, 9.0, 14.0, 22.0, 26.0, 28.0, 29.0, 30.0)
_SPINE_Z = (-240.0, -150.0, -80.0, -30.0, 0.0, 45.0)
_SPINE_Y = (50.0, 57.0, 56.0, 50.0, 45.0, 35.0)
_SPINE_X = (-3.0, 2.0, 3.0, 1.0, 0.0, -1.0)
_LEVEL_MM = 22.5
"""Height of a vertebra and its disc."""
_FIRST_RIB_Z = 14.0


@lru_cache(maxsize=32)
def _smooth_table(
    knots: tuple[float, ...], values: tuple[float, ...], width_mm: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tabulate a profile each millimetre, with its corners rounded over `width_mm`."""
    fine = np.arange(-360.0, 161.0)
    hat = np.hanning(width_mm + 2)[1:-1]
    padded = np.pad(np.interp(fine, knots, values), width_mm // 2, mode="edge")
    return fine, np.convolve(padded, hat / hat.sum(), mode="valid")[: fine.size]


def _profile(
    z: FloatArray, knots: tuple[float, ...], values: tuple[float, ...], width_mm: int = 45
) -> FloatArray:
    """Interpolate a rounded profile at z, with the shape of z."""
    fine, smooth = _smooth_table(knots, values, width_mm)
    return np.interp(z.ravel(), fine, smooth).reshape(z.shape).astype(np.float32)


def _superellipse(
    x: FloatArray, y: FloatArray, a: FloatArray, b: FloatArray, centre_y: FloatArray
) -> FloatArray:
    """Return the signed distance (about) to a rounded box with semi-axes a and b, mm."""
    part_x = np.abs(x / a) ** np.float32(_SHAPE_POWER)
    part_y = np.abs((y - centre_y) / b) ** np.float32(_SHAPE_POWER)
    scaled = (part_x + part_y) ** np.float32(1 / _SHAPE_POWER)
    return np.asarray((scaled - 1) * np.sqrt(a * b), np.float32)


def body_distance(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Return the signed distance to the skin, mm."""
    return _superellipse(
        x, y, _profile(z, _PROFILE_Z, _BODY_A), _profile(z, _PROFILE_Z, _BODY_B),
        _profile(z, _PROFILE_Z, _BODY_Y),
    )  # fmt: skip


def cavity_distance(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Return the signed distance to the inside of the rib cage, mm (closed above z = 23)."""
    inside = _superellipse(
        x, y, _profile(z, _CAVITY_Z, _CAVITY_A, 7), _profile(z, _CAVITY_Z, _CAVITY_B, 7),
        _profile(z, _CAVITY_Z, _CAVITY_Y, 7),
    )  # fmt: skip
    return np.asarray(np.maximum(inside, z - np.float32(22)), np.float32)


def spine_position(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return x and y of the middle of the vertebral body at z."""
    return _profile(z, _SPINE_Z, _SPINE_X), _profile(z, _SPINE_Z, _SPINE_Y)


def paint_wall(slab: Slab) -> FloatArray:
    """Paint skin, fat and muscle; return the distance to the inside of the rib cage."""
    x, y, z = slab.x, slab.y, slab.z
    body = body_distance(x, y, z)
    cavity = cavity_distance(x, y, z) + np.float32(0.8) * slab.field(26, 1)
    slab.blend(body, SKIN_HU)
    slab.blend(body + 2, FAT_HU)
    height = (y - _profile(z, _PROFILE_Z, _BODY_Y)) / _profile(z, _PROFILE_Z, _BODY_B)
    coarse = slab.field(21, 2)
    fat_mm = 9 + 3 * np.abs(x / 150) + 6 * np.maximum(height, 0) ** 2 + 3 * (x / 300)
    muscle = body + fat_mm + np.float32(1.3) * coarse
    slab.blend(muscle, MUSCLE_HU)
    # Fat between the muscles of the wall, in the armpits and the neck, and in streaks.
    sheet = np.abs(muscle + 10 + 2 * coarse) - np.float32(0.9)
    slab.blend(np.maximum(sheet, 7 - cavity), FAT_HU, strength=0.85)
    deep = np.maximum(17 - cavity + 3 * coarse, muscle + 15)
    slab.blend(np.maximum(deep, 4 * (slab.field(16, 3, 1.6) - np.float32(1.1))), FAT_HU + 4)
    streaks = 2.4 * (np.float32(1.75) - slab.field(5, 4, 2.5))
    slab.blend(np.maximum(np.maximum(streaks, 6 - cavity), muscle + 3), FAT_HU, strength=0.7)
    return cavity


def paint_bones(slab: Slab) -> None:
    """Paint spine, ribs, sternum, clavicles and shoulder blades."""
    _paint_ribs(slab)
    _paint_spine(slab)
    _paint_sternum(slab)
    for side in (-1.0, 1.0):
        # One shoulder stands higher than the other.
        lift = 3.0 * side
        _paint_bone(
            slab,
            tube_path(
                [
                    (side * 15, -60, -4 + lift / 3, 7.5),
                    (side * 38, -60, 6 + lift / 2, 5),
                    (side * 68, -52, 16 + lift, 4.6),
                    (side * 98, -28, 24 + lift, 5.4),
                ]
            ),
            2.0,
        )
        _paint_shoulder_blade(slab, side, lift)


def _paint_bone(slab: Slab, tubes: list[Tube], cortex_mm: float, flatten_z: float = 1.0) -> None:
    """Paint a shell of cortex and marrow within."""
    for tube in tubes:
        slab.tube(tube, CORTEX_HU, flatten_z)
    for tube in tubes:
        slab.tube(tube.grown(-cortex_mm), RIB_MARROW_HU, flatten_z)


def rib_path(level: int, side: float) -> list[tuple[float, ...]]:
    """Return points (x, y, z, radius) along a rib, from the spine to the front."""
    top_z = _FIRST_RIB_Z - _LEVEL_MM * level + 2.5 * side
    drop_mm = 36.0 + 8.0 * min(level, 5)
    last_deg = (118, 138, 146, 150, 152, 152, 150, 138, 122, 104, 78)[level]
    points = []
    for angle in np.radians(np.linspace(14, last_deg, 15)):
        z = top_z - drop_mm * (angle / np.pi) ** 1.15 + 4.0
        at = np.array([z], np.float32)
        a = float(_profile(at, _CAVITY_Z, _CAVITY_A, 7)[0]) + 5
        b = float(_profile(at, _CAVITY_Z, _CAVITY_B, 7)[0]) + 5
        sine, cosine = np.sin(angle), np.cos(angle)
        power = 2 / _SHAPE_POWER
        x = a * abs(sine) ** power
        y = (
            float(_profile(at, _CAVITY_Z, _CAVITY_Y, 7)[0])
            + b * np.sign(cosine) * abs(cosine) ** power
        )
        points.append((side * x, y, z, 3.4))
    spine_x, spine_y = spine_position(np.array([top_z], np.float32))
    head = (float(spine_x[0]) + side * 17, float(spine_y[0]) + 6, top_z + 5, 3.2)
    return [head, *points]


def _paint_ribs(slab: Slab) -> None:
    """Paint eleven pairs of ribs; the upper seven go on as cartilage to the sternum."""
    for level in range(11):
        for side in (-1.0, 1.0):
            points = rib_path(level, side)
            if level < 7:
                front = points[-1]
                joint_z = min(max(front[2] + 12 + 4 * level, -134.0 + 2 * level), -8.0)
                joint_y = sternum_y(joint_z)
                cartilage = [front, (front[0] * 0.55, (front[1] + joint_y) / 2 - 3,
                                     0.7 * front[2] + 0.3 * joint_z, 4.0),
                             (side * 17, joint_y, joint_z, 4.0)]  # fmt: skip
                for tube in tube_path(cartilage):
                    slab.tube(tube, CARTILAGE_HU, 0.7)
            _paint_bone(slab, tube_path(points, 4), 1.3, 0.58)


def sternum_y(z_mm: float) -> float:
    """Return y of the middle of the sternum at z."""
    return float(np.interp(z_mm, (-140, -60, -4), (-96, -83, -64)))


def _paint_sternum(slab: Slab) -> None:
    """Paint the sternum: a flat bone, wide above."""
    window = slab.window(((-30, 30), (-108, -54), (-146, 0)))
    if window is None:
        return
    x, y, z = slab.coordinates(window)
    middle = _profile(z, (-140, -60, -4), (-96, -83, -64))
    half = _profile(z, (-145, -130, -60, -45, -10, -2), (6, 16, 17, 22, 27, 22), 11)
    scaled = np.sqrt((np.abs((x - 1) / half) ** 4 + ((y - middle) / 6.0) ** 4) ** 0.5)
    distance = np.maximum((scaled - 1) * 6, np.abs(z + 72) - 70)
    slab.blend(distance.astype(np.float32), CORTEX_HU * 0.7, window)
    slab.blend(distance + 1.8, RIB_MARROW_HU * 0.7, window)


def _paint_shoulder_blade(slab: Slab, side: float, lift: float) -> None:
    """Paint a shoulder blade: two borders, a ridge and a thin plate."""
    top = np.array((side * 62, 83, 2 + lift))
    tip = np.array((side * 80, 84, -92 + lift))
    joint = np.array((side * 116, 48, 4 + lift))
    _paint_bone(slab, [Tube(top, tip, 2.6, 3.4), Tube(joint, tip, 4.2, 3.4)], 1.3)
    ridge = (side * 122, 52, 18 + lift, 5)
    path = [(*top - (0, 0, 6), 2.6), (side * 92, 80, 4 + lift, 3.6), ridge]
    _paint_bone(slab, tube_path(path), 1.4)
    _paint_bone(slab, [Tube(joint, np.array(ridge[:3]), 7.0, 5.0)], 1.6)
    for share in np.linspace(0.05, 0.95, 46):
        slab.tube(Tube(top + share * (tip - top), joint + share * (tip - joint), 1.3, 1.7), 520.0)


def _paint_spine(slab: Slab) -> None:
    """Paint vertebral bodies, discs, the canal with the cord, arches and processes."""
    window = slab.window(((-36, 36), (8, 100), (-1e4, 1e4)))
    if window is None:
        return
    x, y, z = slab.coordinates(window)
    middle_x, middle_y = spine_position(z)
    phase = np.mod(z - np.float32(_FIRST_RIB_Z) + np.float32(_LEVEL_MM / 2), np.float32(_LEVEL_MM))
    end_mm = np.float32(_LEVEL_MM / 2 - 2.6) - np.abs(phase - np.float32(_LEVEL_MM / 2))
    size = 15 - z / 60
    waist = 1 - 0.07 * np.clip(end_mm / 8, 0, 1)
    radius = np.sqrt(((x - middle_x) / (size * waist)) ** 2
                     + ((y - middle_y) / (size * waist * np.float32(0.8))) ** 2)  # fmt: skip
    round_mm = (radius - 1) * size * np.float32(0.85)
    slab.blend(round_mm, DISC_HU, window)
    body = np.maximum(round_mm, -end_mm)
    slab.blend(body, CORTEX_HU * 0.62, window)
    slab.blend(body + 1.3, VERTEBRA_HU, window)
    canal_y = middle_y + size * np.float32(0.8) + 8
    canal = np.sqrt((x - middle_x) ** 2 + ((y - canal_y) * 1.1) ** 2)
    arch = np.maximum(np.abs(canal - 12) - 2.6, np.abs(phase - 9) - 7)
    slab.blend(np.maximum(arch, canal_y - y - 10), CORTEX_HU * 0.6, window)
    slab.blend((canal - 9.5).astype(np.float32), FAT_HU * 0.2, window)
    slab.blend((canal - 4.6).astype(np.float32), CORD_HU, window)
    _paint_processes(slab)


def _paint_processes(slab: Slab) -> None:
    """Paint the spinous and transverse processes of each vertebra."""
    for level in range(-2, 12):
        z_mm = _FIRST_RIB_Z - _LEVEL_MM * level - 2
        at = np.array([z_mm], np.float32)
        x_mm, y_mm = (float(value[0]) for value in spine_position(at))
        back = y_mm + 32 - z_mm / 60
        slope = 14 if level > 1 else 6
        tip = np.array((x_mm + 0.8, min(back + 20, 94.0), z_mm - slope))
        tubes = [Tube(np.array((x_mm, back - 2, z_mm)), tip, 3.4, 3.0)]
        for side in (-1, 1):
            root = np.array((x_mm + side * 13, back - 10, z_mm + 3))
            end = np.array((x_mm + side * 30, back - 3, z_mm + 5))
            tubes.append(Tube(root, end, 3.6, 3.2))
        _paint_bone(slab, tubes, 1.5, 0.7)


def paint_table(slab: Slab) -> None:
    """Paint the table: a curved carbon shell around foam, below the patient."""
    bow = (slab.x / np.float32(38)) ** 2
    top = np.float32(112.5) - bow
    inside = np.maximum(np.maximum(top - slab.y, slab.y - (top + 26)), np.abs(slab.x) - 172)
    shell = np.abs(inside + 1.2) - 1.2
    slab.blend(inside, -940.0)
    slab.blend(shell, -210.0, strength=0.9)
