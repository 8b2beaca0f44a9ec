"""Changing a mark with the pointer: drag a grip, drag its line to move it, click to select it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from viewer.core.commands import PutShape
from viewer.core.geometry import FloatArray
from viewer.core.shapes import AnyShape, ArrowShape, EllipseShape, LengthShape, PointLps
from viewer.tools.hit import Hit, belongs_to, hit_test, lies_in
from viewer.tools.pointer import PointerEvent
from viewer.tools.tool import ToolContext

SMALLEST_AXIS_PX = 2.0
"""An ellipse is not dragged flatter than this."""


@dataclass(frozen=True, slots=True)
class _Start:
    hit: Hit
    press: PointerEvent
    viewport_id: str
    selected: str


class EditTool:
    """Takes a press that falls on a mark; a drag is one undo step, Esc puts the mark back."""

    id = "edit"
    cursor = "move"

    def __init__(self) -> None:
        self._start: _Start | None = None

    def find(self, event: PointerEvent, context: ToolContext) -> Hit | None:
        """Return the mark under the pointer."""
        volume, plane = context.volume, context.plane
        shapes = [
            shape
            for shape in context.document
            if belongs_to(shape, volume) and lies_in(shape, volume, plane)
        ]
        selected = context.session.interaction.selected
        return hit_test(shapes, plane, event.point_uv_mm, event.mm_per_px, selected)

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Select the mark under the pointer and take hold of it."""
        hit = self.find(event, context)
        if hit is None:
            return
        interaction = context.session.interaction
        self._start = _Start(hit, event, context.viewport_id, interaction.selected)
        interaction.selected = hit.shape.uid

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Let the draft of the changed mark follow."""
        start, interaction = self._start, context.session.interaction
        if start is None or start.viewport_id != context.viewport_id:
            return
        # The way within the plane: a mark a little off the slice keeps its depth.
        way_lps = np.subtract(event.point_lps, start.press.point_lps)
        normal = context.plane.normal_lps
        way_lps = way_lps - (way_lps @ normal) * normal
        interaction.draft = changed(start.hit, way_lps, SMALLEST_AXIS_PX * event.mm_per_px)

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """Put the changed mark into the document as one step."""
        del event
        start, interaction = self._start, context.session.interaction
        shape, interaction.draft, self._start = interaction.draft, None, None
        if start is not None and shape is not None and shape != start.hit.shape:
            text = "moving a mark" if start.hit.handle is None else "changing a mark"
            context.run(PutShape(shape, text))
        return False

    def cancel(self, context: ToolContext) -> None:
        """Put the mark back."""
        if self._start is not None:
            context.session.interaction.selected = self._start.selected
            context.session.interaction.draft = None
            self._start = None


def changed(hit: Hit, way_lps: Sequence[float] | FloatArray, smallest_axis_mm: float) -> AnyShape:
    """Return the mark after its grip, or all of it, was dragged by a way in LPS millimetres."""
    shape, way = hit.shape, np.asarray(way_lps, np.float64)
    if isinstance(shape, EllipseShape):
        if hit.handle is None:
            return replace(shape, center=_moved(shape.center, way))
        return _stretched(shape, hit.handle, way, smallest_axis_mm)
    points = [
        _moved(point, way) if hit.handle in (None, number) else point
        for number, point in enumerate(shape.points_lps)
    ]
    if isinstance(shape, LengthShape):
        return replace(shape, start_lps=points[0], end_lps=points[1])
    return _arrow(shape, points)


def _arrow(shape: ArrowShape, points: list[PointLps]) -> ArrowShape:
    return replace(shape, tip_lps=points[0], tail_lps=points[1])


def _stretched(
    shape: EllipseShape, handle: int, way: FloatArray, smallest_axis_mm: float
) -> EllipseShape:
    """Drag one end of an axis along the axis; its other end stays."""
    ends = [np.asarray(point) for point in shape.points_lps]
    fixed = ends[(handle + 2) % 4]
    full = ends[handle] - fixed
    length_mm = float(np.linalg.norm(full))
    axis = full / length_mm
    new_length_mm = max(length_mm + float(way @ axis), 2 * smallest_axis_mm)
    center = _tuple(fixed + axis * new_length_mm / 2)
    sign = 1.0 if handle < 2 else -1.0
    half = _tuple(sign * axis * new_length_mm / 2)
    if handle % 2 == 0:
        return replace(shape, center=center, half_axis_u=half)
    return replace(shape, center=center, half_axis_v=half)


def _moved(point: PointLps, way: FloatArray) -> PointLps:
    return _tuple(np.asarray(point) + way)


def _tuple(vector: FloatArray) -> PointLps:
    return float(vector[0]), float(vector[1]), float(vector[2])
