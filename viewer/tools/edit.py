"""Changing a mark with the pointer: drag a grip, its line or its text, click to select it."""

from dataclasses import dataclass, replace

import numpy as np

from viewer.core.commands import PutShape
from viewer.core.label_box import EDGE_PX, LabelBox, way_to
from viewer.core.mark import PointLps, as_point
from viewer.core.shapes import AnyShape
from viewer.tools.extent import is_too_small
from viewer.tools.hit import EDITING, Hit, Reach, hit_test, marks_in
from viewer.tools.pointer import PointerEvent
from viewer.tools.tool import ToolContext

SMALLEST_AXIS_PX = 2.0
"""An ellipse is not dragged flatter than this."""
TOO_SMALL_TEXT = "Too small to be a mark: it stays as it was"
LOCKED_TEXT = "This mark is locked: unlock it to change or delete it"


@dataclass(frozen=True, slots=True)
class _Start:
    hit: Hit
    press: PointerEvent
    viewport_id: str
    selected: str


class EditTool:
    """Takes a press that falls on a mark; a drag is one undo step, Esc puts the mark back."""

    id = "edit"

    def __init__(self) -> None:
        self._start: _Start | None = None
        self._told = False

    @property
    def cursor(self) -> str:
        """Shape of the pointer over what it holds."""
        return "move" if self._start is None else cursor_over(self._start.hit)

    def find(self, event: PointerEvent, context: ToolContext, reach: Reach = EDITING) -> Hit | None:
        """Return the mark under the pointer; with less reach only one that can be changed."""
        volume, plane = context.volume, context.plane
        shapes = [
            shape
            for shape in marks_in(context.document, volume, plane)
            if not (shape.hidden or (shape.locked and reach != EDITING))
        ]
        selected, place = context.session.interaction.selected, event.point_uv_mm
        return hit_test(shapes, plane, place, event.mm_per_px, selected, reach, event.label)

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Select the mark under the pointer and take hold of it."""
        hit = self.find(event, context)
        if hit is not None:
            self.take(hit, event, context)

    def take(self, hit: Hit, event: PointerEvent, context: ToolContext) -> None:
        """Select a mark and take hold of it."""
        interaction = context.session.interaction
        self._told = False
        self._start = _Start(hit, event, context.viewport_id, interaction.selected)
        interaction.selected = hit.shape.uid

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Let the draft of the changed mark follow."""
        start, interaction = self._start, context.session.interaction
        if start is None or start.viewport_id != context.viewport_id:
            return
        shape, grip = start.hit.shape, start.hit.handle
        if shape.locked:
            if not self._told:
                self._told = True
                context.session.told.emit(LOCKED_TEXT)
            return
        # The way within the plane: a mark a little off the slice keeps its depth.
        way_lps = np.subtract(event.point_lps, start.press.point_lps)
        normal = context.plane.normal_lps
        way_lps = way_lps - (way_lps @ normal) * normal
        if start.hit.label is not None:
            way = _label_way(shape, start.hit.label, start.press, event, context)
            interaction.draft = replace(shape, label_way_lps=way)
        elif grip is None:
            interaction.draft = shape.moved(way_lps)
        else:
            interaction.draft = shape.dragged(grip, way_lps, SMALLEST_AXIS_PX * event.mm_per_px)

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """Put the changed mark into the document as one step."""
        start, interaction = self._start, context.session.interaction
        shape, interaction.draft, self._start = interaction.draft, None, None
        if start is None or shape is None or shape == start.hit.shape:
            return False
        if start.hit.label is not None:
            context.run(PutShape(shape, "moving a label"))
        elif start.hit.handle is None:
            context.run(PutShape(shape, "moving a mark"))
        elif is_too_small(shape, SMALLEST_AXIS_PX * event.mm_per_px):
            context.session.told.emit(TOO_SMALL_TEXT)
        else:
            context.run(PutShape(shape, "changing a mark"))
        return False

    def cancel(self, context: ToolContext) -> None:
        """Put the mark back."""
        if self._start is not None:
            context.session.interaction.selected = self._start.selected
            context.session.interaction.draft = None
            self._start = None


def cursor_over(hit: Hit) -> str:
    """Return the shape of the pointer over a mark: a hand over a text that can be moved."""
    return "hand" if hit.label is not None and not hit.shape.locked else "move"


def _label_way(
    shape: AnyShape,
    label: LabelBox,
    press: PointerEvent,
    event: PointerEvent,
    context: ToolContext,
) -> PointLps:
    """Return the way from a mark to its text, which goes with the pointer and stays in view."""
    half_px, plane = label.half, context.plane
    u_mm, v_mm, _ = plane.lps_to_uvw(shape.label_anchor_lps)
    center_px = []
    for axis, anchor_mm in enumerate((u_mm, v_mm)):
        wanted = label.center[axis] + event.px[axis] - press.px[axis]
        least = half_px[axis] + EDGE_PX
        most = max(event.view_size_px[axis] - least, least)
        anchor_px = event.px[axis] + (anchor_mm - event.point_uv_mm[axis]) / event.mm_per_px
        center_px.append(min(max(wanted, least), most) - anchor_px)
    u_px, v_px = way_to((center_px[0], center_px[1]), half_px)
    return as_point((u_px * plane.u_lps + v_px * plane.v_lps) * event.mm_per_px)
