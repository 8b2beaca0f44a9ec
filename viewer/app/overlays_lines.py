"""Lines that tie the views together: crosshair, rings around findings, slices that are absent."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

import numpy as np

from viewer.app.resolve import ResolvedView
from viewer.core.analysis import Finding
from viewer.core.drawable import Align, Drawable, EllipseItem, PolylineItem, Space, Style, TextItem
from viewer.core.geometry import VolumeGeometry
from viewer.core.plane import Orientation, PlaneGeometry
from viewer.core.screen import ScreenTransform
from viewer.core.shapes import PointLps
from viewer.core.volume import Volume
from viewer.i18n import tr

PLANE_STYLES: dict[Orientation, Style] = {
    Orientation.AXIAL: Style("#ff6a6f", 1.0, (9.0, 5.0), halo_px=1.0),
    Orientation.CORONAL: Style("#46d477", 1.0, (9.0, 4.0, 2.0, 4.0), halo_px=1.0),
    Orientation.SAGITTAL: Style("#f5d90a", 1.0, (3.0, 4.0), halo_px=1.0),
}
"""Colour and dash of the line that each plane leaves in the others (told apart without colour)."""

RETICLE = Style("#ffe08a", 1.6, halo_px=2.0)
FINDING = Style("#c9b8ff", 1.6, text_px=12, bold=True)
FINDING_ASIDE = Style("#aea4d2", 1.2, (6.0, 4.0))
"""Of findings that do not count: there, but not in the foreground."""
ABSENT = Style("#5b6470", 1.0)
NOTICE = Style("#aab4c0", 1.0, text_px=13)

_GAP_PX = 14.0
_RETICLE_PX = (5.0, 14.0)
_ROUNDING = 1e-3
_RING_FACTOR = 1.3
_RING_MIN_PX = 9.0
_HATCH_STEP_MM = 12.0

_LEAST_SINE = 0.1
"""Of the angle between planes: the line of more parallel ones would be far from what it means."""

OtherPlane = tuple[Orientation, PlaneGeometry]
"""What another viewport shows: which standard plane, and where."""
Line = tuple[float, float, float]
"""Unit (a, b) and c of the line a u + b v = c."""
Point = tuple[float, float]
Rect = tuple[float, float, float, float]


def crosshair_lines(
    plane: PlaneGeometry,
    others: Iterable[OtherPlane],
    transform: ScreenTransform,
) -> list[Drawable]:
    """Draw where the slices of the other viewports cut this one, open around their crossing.

    Parameters
    ----------
    plane : PlaneGeometry
        The slice that is drawn on.
    others : iterable of (Orientation, PlaneGeometry)
        The slices shown elsewhere, in the patient space of `plane`; each leaves a line as far as
        its picture reaches. Nearly parallel ones leave none, the same line is drawn once.
    transform : ScreenTransform
        For the opening, whose size is in pixels.
    """
    cuts: list[tuple[Orientation, PlaneGeometry, Line]] = []
    for orientation, other in others:
        cut = _cut(plane, other)
        if cut is not None and not any(_same(cut, known, transform) for _, _, known in cuts):
            cuts.append((orientation, other, cut))
    crossing = _crossing([cut for _, _, cut in cuts])
    items: list[Drawable] = []
    for orientation, other, cut in cuts:
        for segment in _segments(cut, (plane, other), crossing, _GAP_PX * transform.mm_per_px):
            items.append(PolylineItem(segment, PLANE_STYLES[orientation]))
    return items


def crosshair_point(
    plane: PlaneGeometry, point_lps: PointLps, transform: ScreenTransform, depth_mm: float
) -> list[Drawable]:
    """Draw the crosshair's point as an open cross: where planes are parallel there are no lines.

    A slice that does not hold the point has none: a mark in a wrong place is worse than no mark.

    Parameters
    ----------
    depth_mm : float
        Half the distance of the slices.
    """
    u, v, w = (float(x) for x in plane.lps_to_uvw(point_lps))
    if abs(w) > depth_mm * (1 + _ROUNDING):
        return []
    near, far = (px * transform.mm_per_px for px in _RETICLE_PX)
    return [
        PolylineItem(((u + du * near, v + dv * near), (u + du * far, v + dv * far)), RETICLE)
        for du, dv in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]


def finding_rings(
    plane: PlaneGeometry, findings: Iterable[Finding], transform: ScreenTransform
) -> list[Drawable]:
    """Draw a ring and its number where a slice passes through a finding.

    The ring is the section of a sphere somewhat wider than the finding, never smaller than can be
    seen; its colour says nothing about its nature. A finding that does not count for the scan has
    a thin dashed ring without a number.
    """
    items: list[Drawable] = []
    for number, finding in enumerate(findings, start=1):
        u, v, w = (float(x) for x in plane.lps_to_uvw(finding.position_lps_mm))
        reach = finding.diameter_mm / 2 * _RING_FACTOR
        if abs(w) > reach:
            continue
        radius = max(float(np.sqrt(reach**2 - w**2)), _RING_MIN_PX * transform.mm_per_px)
        style = FINDING if finding.counts else FINDING_ASIDE
        items.append(EllipseItem((u, v), (radius, 0.0), (0.0, radius), style))
        if not finding.counts:
            continue
        corner = (u + radius * 0.75, v - radius * 0.75)
        items.append(TextItem(corner, str(number), Align.BOTTOM_LEFT, FINDING, (2.0, -1.0)))
    return items


def absent_slices(
    volume: Volume, view: ResolvedView, loaded: AbstractSet[int]
) -> Iterator[Drawable]:
    """Say where there is no image: slices still to come, and positions without a slice."""
    missing = frozenset(volume.placeholders)
    if view.mapping is None:
        return
    if view.along_slices:
        if view.index in missing and view.is_acquired:
            yield from _hatch(_image_rect(view.plane))
            yield _notice(tr("No image at this position"))
        elif view.index not in loaded:
            yield _notice(tr("Loading this slice…"))
        return
    for z in sorted(missing):
        yield from _hatch(_band(volume.geometry, view.plane, z))


def _cut(plane: PlaneGeometry, other: PlaneGeometry) -> Line | None:
    """Return unit (a, b) and c of the line a u + b v = c in which `other` cuts `plane`."""
    normal = other.normal_lps
    a, b = float(normal @ plane.u_lps), float(normal @ plane.v_lps)
    length = float(np.hypot(a, b))
    if length < _LEAST_SINE:
        return None
    c = float(normal @ (other.origin_lps_mm - plane.origin_lps_mm))
    return a / length, b / length, c / length


def _same(one: Line, other: Line, transform: ScreenTransform) -> bool:
    """Tell whether two lines are one on the screen."""
    sign = 1.0 if one[0] * other[0] + one[1] * other[1] > 0 else -1.0
    turned = abs(one[0] * other[1] - one[1] * other[0])
    return turned < 1e-4 and abs(one[2] - sign * other[2]) < transform.mm_per_px


def _crossing(cuts: list[Line]) -> Point | None:
    if len(cuts) != 2:
        return None
    matrix = np.array([cut[:2] for cut in cuts])
    if abs(float(np.linalg.det(matrix))) < 1e-6:
        return None
    u, v = np.linalg.solve(matrix, [cut[2] for cut in cuts])
    return float(u), float(v)


def _segments(
    cut: Line, planes: tuple[PlaneGeometry, PlaneGeometry], crossing: Point | None, gap_mm: float
) -> list[tuple[Point, Point]]:
    """Clip a line to both pictures and leave an opening at the crossing."""
    a, b, c = cut
    foot, along = np.array([a * c, b * c]), np.array([-b, a])
    plane = planes[0]
    ends_lps = plane.uv_to_lps(np.stack([foot, foot + along]))
    low, high = -np.inf, np.inf
    for picture in planes:
        (start_u, start_v, _), (end_u, end_v, _) = picture.lps_to_uvw(ends_lps)
        left, top, right, bottom = _image_rect(picture)
        for start, step, least, most in (
            (start_u, end_u - start_u, left, right),
            (start_v, end_v - start_v, top, bottom),
        ):
            if abs(step) < 1e-9:
                if not least <= start <= most:
                    return []
                continue
            ends = sorted(((least - start) / step, (most - start) / step))
            low, high = max(low, ends[0]), min(high, ends[1])
    if low >= high:
        return []
    spans = [(low, high)]
    if crossing is not None:
        middle = float((np.asarray(crossing) - foot) @ along)
        spans = [(low, min(high, middle - gap_mm)), (max(low, middle + gap_mm), high)]
    return [(_at(foot, along, s), _at(foot, along, e)) for s, e in spans if e > s]


def _at(foot: np.ndarray, along: np.ndarray, t: float) -> Point:
    u, v = foot + t * along
    return float(u), float(v)


def _image_rect(plane: PlaneGeometry) -> Rect:
    """Return left, top, right, bottom of the image over the pixels' outer edges."""
    dv, du = plane.spacing_vu_mm
    width, height = plane.size_uv_mm
    return -du / 2, -dv / 2, width - du / 2, height - dv / 2


def _band(geometry: VolumeGeometry, plane: PlaneGeometry, z: int) -> Rect:
    """Return the strip that slice z takes in a plane along the voxels across it."""
    left, top, right, bottom = _image_rect(plane)
    u, v, _ = (float(x) for x in plane.lps_to_uvw(geometry.index_to_lps((z, 0, 0))))
    half = geometry.spacing_zyx_mm[0] / 2
    if abs(float(geometry.direction_lps[0] @ plane.v_lps)) > 0.5:
        return left, v - half, right, v + half
    return u - half, top, u + half, bottom


def _hatch(rect: Rect) -> Iterator[Drawable]:
    left, top, right, bottom = rect
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    yield PolylineItem(corners, ABSENT, closed=True)
    height = bottom - top
    for start in np.arange(left - height + _HATCH_STEP_MM, right, _HATCH_STEP_MM):
        # The line from (start, bottom) up to (start + height, top), clipped to left..right.
        first, last = max(float(start), left), min(float(start) + height, right)
        if last > first:
            yield PolylineItem(
                ((first, bottom - (first - start)), (last, bottom - (last - start))), ABSENT
            )


def _notice(text: str) -> TextItem:
    return TextItem((0.5, 0.5), text, Align.CENTER, NOTICE, space=Space.VIEW)
