"""Drawing a mark point by point: by dragging, by clicking, or in one stroke."""

import numpy as np

from viewer.core.commands import PutShape
from viewer.core.shapes import AnyShape, PointLps, as_point, new_uid
from viewer.tools.extent import is_too_small
from viewer.tools.hit import HANDLE_RADIUS_PX
from viewer.tools.kinds import ANY_NUMBER, SMALLEST_PX, Drawn, MarkKind
from viewer.tools.pointer import PointerEvent, is_click
from viewer.tools.standing import seen_slab
from viewer.tools.tool import ToolContext

SAME_SLICE_MM = 1e-3
"""Distance from the plane up to which a point counts as on it: rounding."""
STROKE_STEP_PX = 1.5
"""A stroke gets a point each time the pointer has gone this far."""


class DrawTool:
    """Places the points of a mark, with a live draft between.

    A drag sets two points, a click one. Marks with any number of points end with a double click,
    with a click on the first point where they are closed, or by `complete`.

    Parameters
    ----------
    kind : MarkKind
        What is drawn.
    """

    cursor = "cross"

    def __init__(self, kind: MarkKind) -> None:
        self.id = kind.id
        self._kind = kind
        self._placed: list[PointLps] = []
        self._press: PointerEvent | None = None
        self._holds = False
        self._ends = False
        self._viewport_id = ""
        self._uid = ""

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Set the first point, or the next one of a mark that goes on."""
        if not self._placed or self._viewport_id != context.viewport_id:
            self.cancel(context)
            self._viewport_id, self._uid = context.viewport_id, new_uid()
            context.session.interaction.selected = ""
        self._press, self._holds = event, False
        # Scrolled away meanwhile: no mark runs through several slices.
        if not self._is_on_slice(context):
            return
        if self._closes(event):
            self._ends = True
        elif not self._repeats(event):
            self._placed.append(event.point_lps)
            self._holds = True
        self._draft(self._placed, event, context)

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Let the draft follow."""
        if not self._placed or self._viewport_id != context.viewport_id or self._ends:
            return
        if self._kind.stroke:
            self._stroke(event)
            self._draft(self._placed, event, context)
        else:
            self._draft((*self._kept(), event.point_lps), event, context)

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """Finish the mark, or go on until the next point."""
        if not self._placed or self._press is None:
            return False
        if self._holds and not self._kind.stroke and not is_click(self._press, event):
            self._placed = [*self._kept(), event.point_lps]
        self._holds = False
        if self._lacks_width(event, context):
            self._placed.pop()  # the same point again elsewhere: the rest of the mark is meant
            return True
        if self._ends or self._kind.stroke or len(self._placed) == self._kind.points:
            self._finish(event, context)
            return False
        return True

    def complete(self, context: ToolContext) -> None:
        """End a mark with any number of points where it is; drop one that lacks points."""
        if self._press is not None and self._kind.points == ANY_NUMBER:
            self._finish(self._press, context)
        else:
            self.cancel(context)

    def take_back(self, context: ToolContext) -> bool:
        """Remove the last point; tells whether there are points left."""
        if len(self._placed) < 2 or self._press is None:
            self.cancel(context)
            return False
        self._placed.pop()
        self._draft(self._placed, self._press, context)
        return True

    def cancel(self, context: ToolContext) -> None:
        """Drop the draft."""
        self._placed = []
        self._press = None
        self._holds = self._ends = False
        context.session.interaction.draft = None

    # --- details -----------------------------------------------------------------------------

    def _kept(self) -> list[PointLps]:
        """Return the points that stay while the pointer is dragged on."""
        starts_leg = len(self._placed) % 2 == 1 and len(self._placed) < self._kind.points
        if self._kind.points == ANY_NUMBER:
            starts_leg = len(self._placed) == 1
        return self._placed if starts_leg or not self._holds else self._placed[:-1]

    def _stroke(self, event: PointerEvent) -> None:
        way_mm = np.linalg.norm(np.subtract(event.point_lps, self._placed[-1]))
        if way_mm >= STROKE_STEP_PX * event.mm_per_px:
            self._placed.append(event.point_lps)

    def _repeats(self, event: PointerEvent) -> bool:
        """Tell whether a click falls on the last point of a mark that needs more than two."""
        if not self._placed or 0 < self._kind.points <= 2:
            return False
        return self._is_near(event, self._placed[-1], SMALLEST_PX)

    def _closes(self, event: PointerEvent) -> bool:
        """Tell whether a click ends a mark with any number of points."""
        kind = self._kind
        if kind.points != ANY_NUMBER or len(self._placed) < kind.fewest:
            return False
        on_first = kind.closed and self._is_near(event, self._placed[0], HANDLE_RADIUS_PX)
        return on_first or self._repeats(event)

    def _lacks_width(self, event: PointerEvent, context: ToolContext) -> bool:
        """Tell whether the last of more than two points makes a mark without a second size."""
        if not 2 < self._kind.points == len(self._placed):
            return False
        shape = self._make(self._placed, event, context)
        return shape is not None and is_too_small(shape, SMALLEST_PX * event.mm_per_px)

    def _is_near(self, event: PointerEvent, point: PointLps, radius_px: float) -> bool:
        away_mm = np.linalg.norm(np.subtract(event.point_lps, point))
        return bool(away_mm <= radius_px * event.mm_per_px)

    def _is_on_slice(self, context: ToolContext) -> bool:
        if not self._placed:
            return True
        depth_mm = abs(float(context.plane.lps_to_uvw(self._placed[0])[2]))
        return depth_mm < SAME_SLICE_MM

    def _make(
        self, points: tuple[PointLps, ...] | list[PointLps], event: PointerEvent, ctx: ToolContext
    ) -> AnyShape | None:
        enough = len(points) >= min(2, self._kind.points or 2)
        if not enough or not self._is_on_slice(ctx):
            return None
        return self._kind.make(
            {
                "frame_of_reference_uid": ctx.volume.geometry.frame_of_reference_uid,
                "stack": ctx.volume.stack.key,
                "normal_lps": as_point(ctx.plane.normal_lps),
                "slab": seen_slab(ctx.viewport.slab, ctx.volume),
                "uid": self._uid,
            },
            Drawn(np.asarray(points), ctx.plane, event.mm_per_px),
        )

    def _draft(
        self, points: tuple[PointLps, ...] | list[PointLps], event: PointerEvent, ctx: ToolContext
    ) -> None:
        ctx.session.interaction.draft = self._make(points, event, ctx)

    def _finish(self, event: PointerEvent, context: ToolContext) -> None:
        fewest = self._kind.points or self._kind.fewest
        shape = None
        if len(self._placed) >= fewest:
            shape = self._make(self._placed, event, context)
        self.cancel(context)
        if shape is not None and not is_too_small(shape, SMALLEST_PX * event.mm_per_px):
            context.run(PutShape(shape, self._kind.text))
            context.session.interaction.selected = shape.uid
            context.created(shape)
