"""Use case: a volume along a drawn line, made straight; what is computed, and what is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from viewer.app.overlays_frame import LETTER, edge_letters
from viewer.app.save import save_photo
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import Align, Drawable, PolylineItem, RulerItem, Space, Style, TextItem
from viewer.core.geometry import Calibration, FloatArray, direction_letters
from viewer.core.plane import PlaneGeometry
from viewer.core.progress import JobContext
from viewer.core.shapes import PointLps, PolylineShape, ProbeShape
from viewer.core.volume import Volume
from viewer.export.snapshot import ExportSnapshot, PixelArray, frame_for
from viewer.i18n import mark, tr
from viewer.imaging.curved import CentreLine, centre_line, straightened
from viewer.imaging.reslice import PlaneSlice

WIDTH_MM = (10.0, 200.0)
"""Least and greatest width of a curved picture."""
CURVED_CAVEAT = mark("Curved: distances hold along the line and across it only")

_TEXT = Style("#dfe5ec", text_px=12)
_CAVEAT = Style("#ffc46b", text_px=12, bold=True)
_HERE = Style("#46c8f5", 1.2)
_LINE = Style("#46c8f5", 1.0, (2.0, 6.0))
_SMALL_PX = (0.0, 0.0)  # letters where they leave room for the text above
_LETTER_PX = 26.0  # right of the upright ruler
_BELOW_TEXT_PX, _ABOVE_RULER_PX = 26.0, 22.0


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """What a reader drew: points in order, and the normal of the plane they were drawn in."""

    points_lps: tuple[PointLps, ...]
    normal_lps: PointLps


@dataclass(frozen=True, slots=True)
class CurvedWish:
    """What a curved picture depends on beside the voxels: line, width, turn about the line."""

    drawn: DrawnLine
    width_mm: float
    turn_rad: float


@dataclass(frozen=True, slots=True, eq=False)
class CurvedCut:
    """A finished curved picture, and the line that it follows."""

    wish: CurvedWish
    line: CentreLine
    cut: PlaneSlice


def drawn_line(document: AnnotationDocument, uid: str) -> DrawnLine | None:
    """Return the line that a mark stands for; None for other marks.

    A polyline is its own points. A probe stands for all probes of the series, in the order in
    which they were set: points on several slices.
    """
    shape = document.get(uid)
    if isinstance(shape, PolylineShape):
        points = shape.vertices
    elif isinstance(shape, ProbeShape):
        points = tuple(
            probe.points_lps[0]
            for probe in document
            if isinstance(probe, ProbeShape)
            and probe.frame_of_reference_uid == shape.frame_of_reference_uid
        )
    else:
        return None
    return DrawnLine(points, shape.normal_lps) if len(set(points)) > 1 else None


def cut_curved(ctx: JobContext, volume: Volume, wish: CurvedWish) -> CurvedCut:
    """Compute a curved picture at the volume's finest spacing."""
    drawn = wish.drawn
    line = centre_line(drawn.points_lps, drawn.normal_lps, min(volume.geometry.spacing_zyx_mm))
    ctx.check()
    return CurvedCut(
        wish, line, straightened(volume, line, wish.width_mm, wish.turn_rad, ctx.check)
    )


def curved_items(
    volume: Volume, made: CurvedCut, along_mm: float | None, across_mm: float = 0.0
) -> tuple[Drawable, ...]:
    """Return what is drawn over a curved picture: rulers, texts, the line, the place looked at."""
    plane = made.cut.plane
    middle = -float(plane.origin_lps_mm[1])
    end = made.line.length_mm
    items: list[Drawable] = [
        PolylineItem(((0.0, middle), (end, middle)), _LINE),
        *_rulers(volume),
        TextItem((0.0, 0.0), tr(CURVED_CAVEAT), Align.TOP_LEFT, _CAVEAT, (8.0, 6.0), Space.VIEW),
        TextItem((1.0, 0.0), _facts(made), Align.TOP_RIGHT, _TEXT, (-8.0, 6.0), Space.VIEW),
        *_side_letters(volume, made, along_mm),
    ]
    if along_mm is not None:
        bottom = plane.size_uv_mm[1] - plane.spacing_vu_mm[0] / 2
        here = middle + across_mm
        gap = 3 * plane.spacing_vu_mm[0]
        top = -plane.spacing_vu_mm[0] / 2
        for start, stop in ((top, here - gap), (here + gap, bottom)):
            if stop > start:
                items.append(PolylineItem(((along_mm, start), (along_mm, stop)), _HERE))
    return tuple(items)


def cross_items(
    volume: Volume, plane: PlaneGeometry, along_mm: float, across_lps: FloatArray
) -> tuple[Drawable, ...]:
    """Return what is drawn over a cross-section: rulers, where it lies, the long picture's plane.

    Parameters
    ----------
    across_lps : ndarray, shape (3,)
        Unit vector within the section: downwards in the long picture.
    """
    rows, columns = plane.shape_vu
    dv, du = plane.spacing_vu_mm
    u, v, reach = (columns - 1) / 2 * du, (rows - 1) / 2 * dv, 4 * du
    way_u, way_v = float(across_lps @ plane.u_lps), float(across_lps @ plane.v_lps)
    near, far = (
        [(u + k * reach * way_u, v + k * reach * way_v) for k in (sign, 2 * sign)]
        for sign in (-1, 1)
    )
    text = tr("Across, at {place:.1f} mm", place=along_mm)
    return (
        PolylineItem(tuple(near), _HERE),
        PolylineItem(tuple(far), _HERE),
        *_rulers(volume),
        *edge_letters(volume, plane, _SMALL_PX),
        TextItem((0.0, 0.0), text, Align.TOP_LEFT, _TEXT, (8.0, 6.0), Space.VIEW),
    )


def save_curved(
    ctx: JobContext,
    path: Path,
    volume: Volume,
    made: CurvedCut,
    pixels: PixelArray,
    paint: Callable[[ExportSnapshot], PixelArray],
) -> None:
    """Write a curved picture with its rulers and its caveat, in the format of the suffix.

    Raises
    ------
    ViewerError
        There is no writer for the suffix.
    SaveError
        It cannot be written.
    """
    plane = made.cut.plane
    drawables = curved_items(volume, made, None)
    save_photo(ctx, path, paint(ExportSnapshot(pixels, plane, frame_for(plane), drawables)))


def _facts(made: CurvedCut) -> str:
    """Tell the length of the path as it was drawn, which is what the mark says, too."""
    return tr(
        "Path {length:.1f} mm, width {width:.0f} mm, turned {turn:.0f}°",
        length=float(np.linalg.norm(np.diff(made.wish.drawn.points_lps, axis=0), axis=1).sum()),
        width=made.wish.width_mm,
        turn=round(made.wish.turn_rad * 57.29577951308232),
    )


def _side_letters(volume: Volume, made: CurvedCut, along_mm: float | None) -> tuple[Drawable, ...]:
    """Say where the line comes from and leaves to, and what lies above and below it.

    The latter may change along a bent line: it is told for the place looked at, else the middle.
    """
    if not volume.geometry.orientation_known:
        return ()
    line = made.line
    place = line.length_mm / 2 if along_mm is None else along_mm
    _, down = line.frame_at(place, made.wish.turn_rad)
    ends = (
        ((0.0, 0.5), -line.tangents[0], Align.LEFT, (_LETTER_PX, 0.0)),
        ((1.0, 0.5), line.tangents[-1], Align.RIGHT, (-8.0, 0.0)),
        ((0.5, 0.0), -down, Align.TOP, (0.0, _BELOW_TEXT_PX)),
        ((0.5, 1.0), down, Align.BOTTOM, (0.0, -_ABOVE_RULER_PX)),
    )
    return tuple(
        TextItem(point, direction_letters(way), align, LETTER, offset, Space.VIEW)
        for point, way, align, offset in ends
    )


def _rulers(volume: Volume) -> tuple[Drawable, ...]:
    geometry = volume.geometry
    if geometry.calibration is not Calibration.PATIENT or not geometry.z_known:
        return ()
    return RulerItem(True, "mm"), RulerItem(False, "mm")
