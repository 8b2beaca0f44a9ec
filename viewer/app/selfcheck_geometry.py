"""Self-check of places: lengths, angles, letters, patient positions and volumes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from viewer.app.mark_values import length_text
from viewer.app.overlays_frame import edge_letters
from viewer.app.selfcheck_findings import Findings
from viewer.app.selfcheck_lab import Lab, bead_in_volume, bead_on_slice, open_series, slice_at
from viewer.app.selfcheck_values import different
from viewer.core.drawable import TextItem
from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.plane import Orientation, PlaneGeometry
from viewer.core.shapes import LengthShape
from viewer.core.volume import MaskArray, Volume
from viewer.core.window import HuWindow
from viewer.imaging.lut import to_grey
from viewer.imaging.mesh import Mesh
from viewer.imaging.phantom_quality import (
    BACK,
    CORNER,
    HEAD,
    INSERTS,
    LEFT,
    SIDE,
    SPHERE,
    Ball,
    feet_first_prone,
    on_the_side,
)
from viewer.imaging.surface_request import AIR, surface_request

LENGTH_TOLERANCE_MM = 0.15
ANGLE_TOLERANCE_DEG = 0.3
BALL_TOLERANCE, ROD_TOLERANCE = 0.01, 0.03
"""Parts of a volume: whole voxels make no round edge, and the rod has few across."""
LETTERS = {
    Orientation.AXIAL: "R L A P",
    Orientation.CORONAL: "R L S I",
    Orientation.SAGITTAL: "A P S I",
}
"""At the left, right, top and bottom of the standard planes."""
_WIDE = HuWindow(3000, 500)
_VIEW_PX = (800.0, 800.0)
_CLEAR_MM = 1.6
"""What is measured by itself is cut out of the phantom with this much water around it."""

PAIRS = (
    ("in-plane", "In plane, along rows (axial)", Orientation.AXIAL, CORNER, LEFT),
    ("axial", "In plane, oblique (axial)", Orientation.AXIAL, CORNER, BACK),
    ("coronal", "Oblique across slices (coronal)", Orientation.CORONAL, CORNER, SIDE),
    ("sagittal", "Oblique across slices (sagittal)", Orientation.SAGITTAL, CORNER, HEAD),
    ("through", "Straight across slices (coronal)", Orientation.CORONAL, LEFT, SIDE),
)
"""Lengths that are measured on a slice of a plane, between two beads."""


def check_lengths(lab: Lab, out: Findings) -> None:
    """Measure between beads as found on the slices of each plane, and once in space."""
    for key, name, orientation, start, end in PAIRS:
        shape = measured_length(lab.volume, orientation, start, end)
        out.near(key, name, shape.length_mm, distance(start, end), LENGTH_TOLERANCE_MM, "mm")
        if key == "axial":
            text = f"{distance(start, end):.1f} mm"
            shape = replace(shape, start_lps=_point(start), end_lps=_point(end))
            out.same("text", "The same, as worded on the image", _length_text(lab, shape), text)
    ends = [bead_in_volume(lab.volume, bead) for bead in (BACK, HEAD)]
    length = float(np.linalg.norm(ends[1] - ends[0]))
    name = "Oblique in space"
    out.near("oblique", name, length, distance(BACK, HEAD), LENGTH_TOLERANCE_MM, "mm")


def check_angles(lab: Lab, out: Findings) -> None:
    """Measure angles at a bead between the lines to two others."""
    for key, name, orientation, ends in (
        ("axial", "On an axial slice", Orientation.AXIAL, (LEFT, BACK)),
        ("coronal", "On a coronal slice", Orientation.CORONAL, (SIDE, LEFT)),
    ):
        cut = slice_at(lab.volume, orientation, CORNER.centre_lps)
        corner, *others = (bead_on_slice(cut, bead) for bead in (CORNER, *ends))
        expected = _angle_deg(*(b.centre_lps - CORNER.centre_lps for b in ends))
        angle = _angle_deg(*(other - corner for other in others))
        out.near(key, name, angle, expected, ANGLE_TOLERANCE_DEG, "degrees")
    corner, *others = (bead_in_volume(lab.volume, bead) for bead in (CORNER, BACK, HEAD))
    expected = _angle_deg(*(b.centre_lps - CORNER.centre_lps for b in (BACK, HEAD)))
    angle = _angle_deg(*(other - corner for other in others))
    out.near("space", "In space", angle, expected, ANGLE_TOLERANCE_DEG, "degrees")


def check_letters(lab: Lab, out: Findings) -> None:
    """Compare the letters with the planes', and with where the beads are drawn."""
    for orientation, expected in LETTERS.items():
        cut = slice_at(lab.volume, orientation, CORNER.centre_lps)
        shown = letters_text(lab.volume, cut.plane)
        out.same(orientation.value, f"Letters, {orientation.value}", shown, expected)
    for key, name, orientation, start, end, expected in (
        ("left", "The bead at the patient's left", Orientation.AXIAL, CORNER, LEFT, "L"),
        ("posterior", "The bead at the back", Orientation.SAGITTAL, CORNER, HEAD, "P"),
        ("superior", "The bead towards the head", Orientation.CORONAL, LEFT, SIDE, "S"),
    ):
        letter = _drawn_towards(lab.volume, orientation, start, end, expected)
        out.same(key, f"{name} is drawn towards", letter, expected)


def check_positions(lab: Lab, out: Findings) -> None:
    """Open the patient in other positions: the standard planes must show the same pictures."""
    positions: tuple[tuple[str, str, Callable[[], VolumeGeometry]], ...] = (
        ("feet-first-prone", "feet first, prone", feet_first_prone),
        ("on-the-side", "head first, on the side", on_the_side),
    )
    for key, name, geometry in positions:
        volume = open_series(lab.ctx, lab.write(key, geometry()))
        cuts = [slice_at(volume, o, CORNER.centre_lps) for o in LETTERS]
        shown = " / ".join(letters_text(volume, cut.plane) for cut in cuts)
        out.same(f"{key}-letters", f"Letters, {name}", shown, " / ".join(LETTERS.values()))
        wrong: int | None = 0
        for orientation, cut in zip(LETTERS, cuts, strict=True):
            usual = slice_at(lab.volume, orientation, CORNER.centre_lps)
            count = different(to_grey(cut.image, _WIDE), to_grey(usual.image, _WIDE))
            wrong = None if wrong is None or count is None else wrong + count
        out.near(f"{key}-pictures", f"Wrong pixels, {name}", wrong, 0.0, 0.0, "pixels")


def check_volumes(lab: Lab, out: Findings) -> None:
    """Measure a ball and a rod by their voxels, and the ball by its surface."""
    volume = lab.volume
    near_sphere = _within(volume, SPHERE.centre_lps, SPHERE.radius_mm + _CLEAR_MM)
    exact = SPHERE.volume_mm3
    counted = _above(volume, SPHERE.hu / 2, near_sphere)
    allowed = BALL_TOLERANCE * exact
    out.near("sphere", "Ball, by its voxels", counted, exact, allowed, "mm³")
    bone = INSERTS[-1]
    near_rod = _beside(volume, bone.centre_lps, bone.radius_mm + _CLEAR_MM, bone.length_mm / 2 + 2)
    counted = _above(volume, bone.hu / 2, near_rod)
    exact_rod = bone.volume_mm3
    allowed_rod = ROD_TOLERANCE * exact_rod
    out.near("cylinder", "Rod, by its voxels", counted, exact_rod, allowed_rod, "mm³")
    mesh = _sphere_mesh(lab, near_sphere)
    note = f"{mesh.n_faces} triangles, {'closed' if mesh.is_closed else 'not closed'}"
    out.near("surface", "Ball, by its surface", mesh.volume_mm3, exact, allowed, "mm³", note)
    off_mm = float(np.linalg.norm(mesh.center_lps_mm - SPHERE.centre_lps))
    out.near("place", "Middle of the surface, off by", off_mm, 0.0, 0.3, "mm")


def measured_length(
    volume: Volume, orientation: Orientation, start: Ball, end: Ball
) -> LengthShape:
    """Return the length between two beads as they are found on a slice through the first."""
    cut = slice_at(volume, orientation, start.centre_lps)
    points = [cut.plane.uv_to_lps(bead_on_slice(cut, bead)) for bead in (start, end)]
    nx, ny, nz = (float(v) for v in cut.plane.normal_lps)
    (ax, ay, az), (bx, by, bz) = ((float(v) for v in point) for point in points)
    return LengthShape(
        frame_of_reference_uid=volume.geometry.frame_of_reference_uid,
        stack=volume.stack.key,
        normal_lps=(nx, ny, nz),
        start_lps=(ax, ay, az),
        end_lps=(bx, by, bz),
    )


def distance(start: Ball, end: Ball) -> float:
    """Return the true distance of two beads in millimetres."""
    return float(np.linalg.norm(end.centre_lps - start.centre_lps))


def letters_text(volume: Volume, plane: PlaneGeometry) -> str:
    """Return the letters that are drawn at the left, right, top and bottom of a slice."""
    items = edge_letters(volume, plane, _VIEW_PX)
    drawn = {item.point: item.text for item in items if isinstance(item, TextItem)}
    places = ((0.0, 0.5), (1.0, 0.5), (0.5, 0.0), (0.5, 1.0))
    return " ".join(drawn.get(place, "-") for place in places)


def _drawn_towards(
    volume: Volume, orientation: Orientation, start: Ball, end: Ball, letter: str
) -> str:
    """Return the letter of the edge that the second bead lies nearer to than the first."""
    cut = slice_at(volume, orientation, start.centre_lps)
    step = bead_on_slice(cut, end) - bead_on_slice(cut, start)
    left, right, top, bottom = letters_text(volume, cut.plane).split()
    sideways = letter in (left, right)
    before, after = (left, right) if sideways else (top, bottom)
    return after if step[0 if sideways else 1] > 0 else before


def _length_text(lab: Lab, shape: LengthShape) -> str:
    return length_text(shape, lab.volume.geometry)


def _point(bead: Ball) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in bead.centre_lps)
    return x, y, z


def _angle_deg(first: FloatArray, second: FloatArray) -> float:
    cosine = first @ second / (np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _places(volume: Volume) -> FloatArray:
    index = np.moveaxis(np.indices(volume.data.shape), 0, -1)
    return volume.geometry.index_to_lps(index)


def _within(volume: Volume, centre_lps: FloatArray, radius_mm: float) -> MaskArray:
    squared = ((_places(volume) - centre_lps) ** 2).sum(axis=-1)
    return np.asarray(squared <= radius_mm**2, np.bool_)


def _beside(
    volume: Volume, centre_lps: FloatArray, radius_mm: float, half_length_mm: float
) -> MaskArray:
    delta = _places(volume) - centre_lps
    across = (delta[..., :2] ** 2).sum(axis=-1) <= radius_mm**2
    return np.asarray(across & (np.abs(delta[..., 2]) <= half_length_mm), np.bool_)


def _above(volume: Volume, threshold: float, where: MaskArray) -> float:
    count = int(((volume.data > threshold) & where).sum())
    return count * volume.geometry.voxel_volume_mm3


def _sphere_mesh(lab: Lab, near_sphere: MaskArray) -> Mesh:
    alone = np.where(near_sphere, lab.volume.data, np.int16(AIR))
    volume = replace(lab.volume, data=alone)
    request = surface_request(volume, SPHERE.hu / 2, max_samples=None)
    return lab.cut_surface(lab.ctx, volume, request)
