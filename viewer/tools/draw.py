"""Drawing a mark from two points: drag from one to the other, or click twice."""

from collections.abc import Callable

import numpy as np

from viewer.core.commands import PutShape
from viewer.core.plane import PlaneGeometry
from viewer.core.shapes import AnyShape, ArrowShape, EllipseShape, LengthShape, PointLps, new_uid
from viewer.tools.pointer import PointerEvent, is_click
from viewer.tools.tool import ToolContext

SMALLEST_PX = 3.0
"""A mark smaller than this on the screen was not meant."""

SAME_SLICE_MM = 1e-3
"""Distance from the plane up to which a point counts as on it: rounding."""

MakeShape = Callable[[ToolContext, PointerEvent, PointerEvent, str], AnyShape | None]


class DrawTool:
    """Makes a mark from a first and a last point, with a live draft between.

    Parameters
    ----------
    id : str
        Name of the tool.
    text : str
        What the mark is called in "Undo ...".
    make : callable
        `make(context, first, last, uid)` returns the mark, or None while it is too small.
    """

    cursor = "cross"

    def __init__(self, id: str, text: str, make: MakeShape) -> None:
        self.id = id
        self._text = text
        self._make = make
        self._first: PointerEvent | None = None
        self._viewport_id = ""
        self._uid = ""
        self._clicked = False

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Set the first point, or the last one of a mark begun by a click."""
        if self._clicked and self._viewport_id == context.viewport_id:
            self._draw(event, context)
            return
        self.cancel(context)
        self._first = event
        self._viewport_id = context.viewport_id
        self._uid = new_uid()
        context.session.interaction.selected = ""

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Let the draft follow."""
        if self._first is not None and self._viewport_id == context.viewport_id:
            self._draw(event, context)

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """Finish the mark; after a mere click go on until the next one."""
        if self._first is None:
            return False
        if not self._clicked and is_click(self._first, event):
            self._clicked = True
            return True
        self._finish(context)
        return False

    def cancel(self, context: ToolContext) -> None:
        """Drop the draft."""
        self._first = None
        self._clicked = False
        context.session.interaction.draft = None

    def _draw(self, event: PointerEvent, context: ToolContext) -> None:
        if self._first is None:
            return
        # Scrolled away meanwhile: no mark runs through several slices.
        depth_mm = abs(float(context.plane.lps_to_uvw(self._first.point_lps)[2]))
        context.session.interaction.draft = (
            self._make(context, self._first, event, self._uid) if depth_mm < SAME_SLICE_MM else None
        )

    def _finish(self, context: ToolContext) -> None:
        shape = context.session.interaction.draft
        self.cancel(context)
        if shape is not None:
            context.run(PutShape(shape, self._text))
            context.session.interaction.selected = shape.uid
            context.created(shape)


def make_length(
    context: ToolContext, first: PointerEvent, last: PointerEvent, uid: str
) -> AnyShape | None:
    """Make a distance between two points of a plane."""
    if _too_small(first, last):
        return None
    return LengthShape(
        frame_of_reference_uid=context.volume.geometry.frame_of_reference_uid,
        stack=context.volume.stack.key,
        normal_lps=_normal(context.plane),
        start_lps=first.point_lps,
        end_lps=last.point_lps,
        uid=uid,
    )


def make_arrow(
    context: ToolContext, first: PointerEvent, last: PointerEvent, uid: str
) -> AnyShape | None:
    """Make an arrow whose tip is the first point and whose text stands at the last."""
    if _too_small(first, last):
        return None
    return ArrowShape(
        frame_of_reference_uid=context.volume.geometry.frame_of_reference_uid,
        stack=context.volume.stack.key,
        normal_lps=_normal(context.plane),
        tip_lps=first.point_lps,
        tail_lps=last.point_lps,
        uid=uid,
    )


def make_ellipse(
    context: ToolContext, first: PointerEvent, last: PointerEvent, uid: str
) -> AnyShape | None:
    """Make the ellipse that fills the rectangle between two corners."""
    width, height = (abs(b - a) for a, b in zip(first.px, last.px, strict=True))
    if min(width, height) < SMALLEST_PX:
        return None
    plane = context.plane
    corners = np.asarray([first.point_uv_mm, last.point_uv_mm])
    half_u_mm, half_v_mm = np.abs(corners[1] - corners[0]) / 2
    return EllipseShape(
        frame_of_reference_uid=context.volume.geometry.frame_of_reference_uid,
        stack=context.volume.stack.key,
        normal_lps=_normal(plane),
        center=_point(plane.uv_to_lps(corners.mean(axis=0))),
        half_axis_u=_point(half_u_mm * plane.u_lps),
        half_axis_v=_point(half_v_mm * plane.v_lps),
        uid=uid,
    )


def _too_small(first: PointerEvent, last: PointerEvent) -> bool:
    size_mm = np.linalg.norm(np.subtract(first.point_lps, last.point_lps))
    return bool(size_mm < SMALLEST_PX * last.mm_per_px)


def _normal(plane: PlaneGeometry) -> PointLps:
    return _point(plane.normal_lps)


def _point(vector: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> PointLps:
    return float(vector[0]), float(vector[1]), float(vector[2])
