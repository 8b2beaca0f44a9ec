"""From ordered images to a regular grid: spacing, gaps, irregular steps, gantry tilt.

Every doubt becomes a caveat, and whatever is corrected stays reachable as it was acquired, as a
second layout. Tolerances are the ones of docs/decisions and dicom-rules.
"""

import math
from dataclasses import dataclass

import numpy as np

from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.geometry import Calibration, FloatArray, VolumeGeometry
from viewer.dicom.headers import FrameHeader
from viewer.dicom.ordering import OrderedFrames
from viewer.dicom.sampling import (
    gap_caveats,
    is_thicker_where_wider,
    sparse_caveats,
    unimaged_caveats,
    unimaged_steps,
)
from viewer.dicom.slice_plan import Plans, interpolated, moved, one_to_one, with_gaps

STEP_TOLERANCE_RELATIVE = 0.01
STEP_TOLERANCE_MM = 0.05
"""Steps may differ from the median step by the larger of 1 % of it and 0.05 mm..."""
STEP_TOLERANCE_SHARE = 0.25
"""... but never by more than a quarter of the step (micro-CT)."""
TILT_TOLERANCE_DEG = 0.2
"""Larger angles between the normal and the direction of positions are a gantry tilt."""
SHIFT_TOLERANCE_PX = 0.5
"""Slices shifted against each other by more than this are put in place."""
MAX_FILL = 4
"""More placeholders or interpolated slices than this many times the images are not made."""
AS_ACQUIRED = "as acquired"


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A grid, and how each of its slices is made (None: a placeholder for a missing slice).

    Attributes
    ----------
    as_acquired : bool
        Whether this is the uncorrected companion of a corrected layout.
    part : str
        What tells it from its companion; empty where it has none.
    """

    geometry: VolumeGeometry
    plan: Plans
    caveats: tuple[Caveat, ...] = ()
    as_acquired: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Plane:
    """What all images of a stack share."""

    rows: int
    columns: int
    spacing_yx: tuple[float, float]
    calibration: Calibration
    frame_of_reference_uid: str


def plan_layouts(ordered: OrderedFrames) -> list[Layout]:
    """Return the layouts of a stack, the one to open first first."""
    plane, caveats = _plane(ordered.frames[0])
    if ordered.positions_mm is None:
        return [_without_positions(ordered, plane, caveats)]
    if len(ordered.frames) == 1:
        return [_single(ordered, plane, caveats)]
    return _with_positions(ordered, plane, caveats)


def is_regular(positions_mm: FloatArray) -> bool:
    """Tell whether ascending positions have one step, within the tolerance."""
    if len(positions_mm) < 3:
        return True
    steps = np.diff(positions_mm)
    median = float(np.median(steps))
    return bool(np.all(np.abs(steps - median) <= step_tolerance(median)))


def step_tolerance(step_mm: float) -> float:
    """Return by how much a step may differ from the median step."""
    tolerance = max(STEP_TOLERANCE_RELATIVE * step_mm, STEP_TOLERANCE_MM)
    return min(tolerance, STEP_TOLERANCE_SHARE * step_mm)


def _plane(header: FrameHeader) -> tuple[_Plane, list[Caveat]]:
    fmt = header.block.format
    caveats: list[Caveat] = []
    if header.spacing_yx_mm is not None:
        spacing, calibration = header.spacing_yx_mm, Calibration.PATIENT
    elif header.detector_spacing_yx_mm is not None:
        spacing, calibration = header.detector_spacing_yx_mm, Calibration.DETECTOR
        text = "millimetres are measured at the detector, not in the patient (magnified)"
        caveats.append(Caveat(CaveatCode.DETECTOR_CALIBRATION, text))
    else:
        aspect = header.aspect_yx or (1.0, 1.0)
        spacing, calibration = (aspect[0] / aspect[1], 1.0), Calibration.NONE
        text = "the pixel size is not known: lengths are in pixels"
        caveats.append(Caveat(CaveatCode.UNCALIBRATED, text))
    uid = header.facts.frame_of_reference_uid
    return _Plane(fmt.rows, fmt.columns, spacing, calibration, uid), caveats


def _without_positions(ordered: OrderedFrames, plane: _Plane, caveats: list[Caveat]) -> Layout:
    header, count = ordered.frames[0], len(ordered.frames)
    files = {frame.block.source for frame in ordered.frames}
    if count == 1:
        caveats.append(Caveat(CaveatCode.SINGLE_SLICE, "one image: there are no other planes"))
        if header.orientation is not None and header.block.frames == 1:
            text = "the image has no valid position: nothing says where it lies among others"
            caveats.append(Caveat(CaveatCode.ORDER_UNVERIFIED, text, "no position"))
    else:
        if len(files) > 1:
            text = "the images have no positions: they are ordered by Instance Number"
            caveats.append(Caveat(CaveatCode.ORDER_UNVERIFIED, text))
        text = "the distance between the images is not known"
        caveats.append(Caveat(CaveatCode.SPACING_UNKNOWN, text))
    if header.orientation is None and not header.facts.labels.row_letters:
        text = "the orientation in the patient is not known"
        caveats.append(Caveat(CaveatCode.ORIENTATION_UNKNOWN, text))
    geometry = _geometry(header, plane, count, 1.0, z_known=False)
    return Layout(geometry, one_to_one(count), tuple(caveats))


def _single(ordered: OrderedFrames, plane: _Plane, caveats: list[Caveat]) -> Layout:
    caveats.append(Caveat(CaveatCode.SINGLE_SLICE, "one image: there are no other planes"))
    geometry = _geometry(ordered.frames[0], plane, 1, 1.0, z_known=False)
    return Layout(geometry, one_to_one(1), tuple(caveats))


def _geometry(
    header: FrameHeader,
    plane: _Plane,
    slices: int,
    step_mm: float,
    *,
    z_known: bool = True,
    origin: FloatArray | None = None,
    z_direction: FloatArray | None = None,
    matrix: tuple[int, int] | None = None,
) -> VolumeGeometry:
    cosines = header.orientation or (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    row, column = np.asarray(cosines[:3]), np.asarray(cosines[3:])
    normal = np.cross(row, column) if z_direction is None else z_direction
    start = np.asarray(header.position_lps_mm or (0.0, 0.0, 0.0)) if origin is None else origin
    rows, columns = matrix or (plane.rows, plane.columns)
    return VolumeGeometry(
        shape_zyx=(slices, rows, columns),
        spacing_zyx_mm=(step_mm, *plane.spacing_yx),
        origin_lps_mm=np.asarray(start, np.float64),
        direction_lps=np.stack([normal, column, row]).astype(np.float64),
        frame_of_reference_uid=plane.frame_of_reference_uid,
        calibration=plane.calibration,
        z_known=z_known,
        orientation_known=header.orientation is not None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Placement:
    """Where the images of a stack lie against the first one.

    Attributes
    ----------
    positions_mm : ndarray, shape (n,)
        Projections on the normal, ascending.
    shift_yx_mm : ndarray, shape (n, 2)
        Across it, along column and row.
    """

    positions_mm: FloatArray
    shift_yx_mm: FloatArray

    @property
    def depth_mm(self) -> FloatArray:
        """Along the normal, ascending from 0; shape (n,)."""
        depth: FloatArray = self.positions_mm - self.positions_mm[0]
        return depth

    @property
    def tilt_deg(self) -> float:
        """Angle between the normal and the line from the first to the last image."""
        across = float(np.linalg.norm(self.shift_yx_mm[-1]))
        return math.degrees(math.atan2(across, float(self.depth_mm[-1])))

    def is_sheared(self, spacing_yx: tuple[float, float]) -> bool:
        """Tell whether the images must be shifted to stand straight above each other."""
        if self.tilt_deg > TILT_TOLERANCE_DEG:
            return True
        line = np.outer(self.depth_mm / self.depth_mm[-1], self.shift_yx_mm[-1])
        uneven = np.abs(self.shift_yx_mm - line) / np.asarray(spacing_yx)
        return bool(uneven.max() > SHIFT_TOLERANCE_PX)


def _placement(ordered: OrderedFrames) -> _Placement:
    first = ordered.frames[0]
    if ordered.positions_mm is None or first.orientation is None:
        raise ValueError("the images have no geometry")
    points = np.array([frame.position_lps_mm for frame in ordered.frames], np.float64)
    offsets = points - points[0]
    row, column = np.asarray(first.orientation[:3]), np.asarray(first.orientation[3:])
    shift = np.stack([offsets @ column, offsets @ row], axis=1)
    return _Placement(ordered.positions_mm, shift)


def _with_positions(ordered: OrderedFrames, plane: _Plane, caveats: list[Caveat]) -> list[Layout]:
    placement = _placement(ordered)
    slots, step = grid_slots(placement.depth_mm)
    has_gaps = slots is not None and slots[-1] >= len(slots)
    if has_gaps and is_thicker_where_wider(ordered.frames, placement.positions_mm, step):
        slots = None
    caveats.extend(sparse_caveats(ordered.frames, step))
    sheared = placement.is_sheared(plane.spacing_yx)
    first = ordered.frames[0]
    count = _grid_count(placement.depth_mm, step) if slots is None else slots[-1] + 1
    unimaged = unimaged_steps(ordered.frames, placement.positions_mm)
    is_mostly_unimaged = slots is None and 2 * sum(unimaged) > len(unimaged)
    if is_mostly_unimaged or count > MAX_FILL * (len(ordered.frames) + 1):
        return [_scattered(ordered, plane, caveats)]
    if slots is None:
        depths = np.linspace(0.0, placement.depth_mm[-1], count)
        plan = interpolated(placement.depth_mm, depths, unimaged)
        step = float(depths[1])
    else:
        plan = with_gaps(slots)
    told = (*caveats, *gap_caveats(placement.positions_mm, slots, step))
    if slots is None:
        told += unimaged_caveats(placement.positions_mm, unimaged)
    if sheared:
        layout = _sheared(first, plane, plan, placement, step, told)
    else:
        geometry = _geometry(first, plane, len(plan), step)
        layout = Layout(geometry, plan, told, part="" if slots is not None else "resampled")
    if not layout.part:
        return [layout]
    return [layout, _as_acquired(ordered, plane, placement, slots, step, caveats)]


def grid_slots(depth_mm: FloatArray) -> tuple[list[int] | None, float]:
    """Number images by steps of one size, so that gaps are whole steps.

    Parameters
    ----------
    depth_mm : ndarray, shape (n,)
        Along the normal, strictly ascending from 0; two or more.

    Returns
    -------
    slots : list of int, or None
        The slice of the grid that each image is; None where they fit no regular grid.
    step_mm : float
        Of the grid; the median step where there is none.
    """
    steps = np.diff(depth_mm)
    median = float(np.median(steps))
    # Of few images, one missing moves the median between two steps: the lower one decides.
    for step in (median, float(np.sort(steps)[(len(steps) - 1) // 2])):
        counts = np.maximum(np.round(steps / step), 1)
        if np.all(np.abs(steps / counts - step) <= step_tolerance(step)):
            slots = [0, *np.cumsum(counts).astype(int).tolist()]
            return slots, float(depth_mm[-1] / slots[-1])
    return None, median


def _grid_count(depth_mm: FloatArray, step_mm: float) -> int:
    """Return how many regular slices cover the irregular ones, first and last exactly."""
    return max(round(float(depth_mm[-1]) / step_mm), 1) + 1


def _sheared(
    first: FrameHeader,
    plane: _Plane,
    plan: Plans,
    placement: _Placement,
    step: float,
    caveats: tuple[Caveat, ...],
) -> Layout:
    """Shift each slice in its plane so that they stand straight; the matrix grows to hold all."""
    shift_px = placement.shift_yx_mm / np.asarray(plane.spacing_yx)
    low = np.floor(shift_px.min(axis=0) + 1e-9)
    high = np.ceil(shift_px.max(axis=0) - 1e-9)
    matrix = (plane.rows + int(high[0] - low[0]), plane.columns + int(high[1] - low[1]))
    cosines = np.asarray(first.orientation)
    start = np.asarray(first.position_lps_mm, np.float64)
    start = start + low[0] * plane.spacing_yx[0] * cosines[3:]
    start = start + low[1] * plane.spacing_yx[1] * cosines[:3]
    shifted = tuple(None if one is None else moved(one, shift_px - low) for one in plan)
    angle = placement.tilt_deg
    if angle > TILT_TOLERANCE_DEG:
        part, text = "tilt corrected", f"gantry tilt of {angle:.1f} degrees corrected by shearing"
        short = f"tilt {angle:.1f}° corrected"
    else:
        part, text = "put in place", "slices shifted against each other were put in place"
        short = "shifted slices put in place"
    geometry = _geometry(first, plane, len(plan), step, origin=start, matrix=matrix)
    all_caveats = (*caveats, Caveat(CaveatCode.GANTRY_TILT, text, short))
    return Layout(geometry, shifted, all_caveats, part=part)


def _as_acquired(
    ordered: OrderedFrames,
    plane: _Plane,
    placement: _Placement,
    slots: list[int] | None,
    step: float,
    caveats: list[Caveat],
) -> Layout:
    """Lay out the images without touching them: oblique steps, or steps of no one size."""
    first, count = ordered.frames[0], len(ordered.frames)
    if slots is None:
        steps = np.diff(placement.depth_mm)
        text = (
            f"as acquired: the images are {steps.min():.4g} to {steps.max():.4g} mm apart, "
            "so that only their own plane is true"
        )
        caveat = Caveat(CaveatCode.SPACING_UNKNOWN, text)
        geometry = _geometry(first, plane, count, 1.0, z_known=False)
        found = (*caveats, caveat)
        return Layout(geometry, one_to_one(count), found, as_acquired=True, part=AS_ACQUIRED)
    text = f"as acquired, with a gantry tilt of {placement.tilt_deg:.1f} degrees: use its own plane"
    last = np.asarray(ordered.frames[-1].position_lps_mm, np.float64)
    oblique = last - np.asarray(first.position_lps_mm, np.float64)
    length = float(np.linalg.norm(oblique))
    plan = with_gaps(slots)
    geometry = _geometry(first, plane, len(plan), length / slots[-1], z_direction=oblique / length)
    found = (*caveats, *gap_caveats(placement.positions_mm, slots, step))
    found += (Caveat(CaveatCode.GANTRY_TILT, text, f"tilt {placement.tilt_deg:.1f}°"),)
    return Layout(geometry, plan, found, as_acquired=True, part=AS_ACQUIRED)


def _scattered(ordered: OrderedFrames, plane: _Plane, caveats: list[Caveat]) -> Layout:
    """Lay out images that are too far apart to fill the space between."""
    count = len(ordered.frames)
    text = "the images are scattered with large gaps: they are no volume"
    geometry = _geometry(ordered.frames[0], plane, count, 1.0, z_known=False)
    found = (*caveats, Caveat(CaveatCode.SPACING_UNKNOWN, text, "scattered images"))
    return Layout(geometry, one_to_one(count), found)
