"""Moving around: pan, zoom, scroll, crosshair and jumps, as functions and as drag tools."""

import math
from collections.abc import Sequence

import numpy as np

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.screen import zoom_at
from viewer.core.session import Session
from viewer.core.shapes import PointLps
from viewer.core.view_place import up_step, view_count, view_index_at
from viewer.core.view_state import ViewportState
from viewer.core.volume import Volume
from viewer.tools.pointer import PointerEvent
from viewer.tools.tool import ToolContext

ZOOM_DRAG_PX = 150.0
"""A drag of this length zooms by the factor e."""
ZOOM_STEP = 1.15
"""Factor of one wheel notch or key."""
SCROLL_PX_RANGE = (2.0, 16.0)
"""Pixels of drag for one slice, least and most; between them a drag over the whole height covers
all slices."""


def step(viewport: ViewportState, geometry: VolumeGeometry, slices: int) -> None:
    """Show the slice so many further on, held within the volume."""
    count = view_count(viewport, geometry)
    present = min(max(viewport.index, 0), count - 1)
    viewport.index = min(max(present + slices, 0), count - 1)


def zoom_by(event: PointerEvent, context: ToolContext, factor: float) -> None:
    """Zoom; what is under the pointer stays there."""
    viewport = context.viewport
    zoom, pan = zoom_at(
        context.plane, event.view_size_px, viewport.zoom, viewport.pan_uv_mm, factor, event.px
    )
    viewport.zoom = zoom
    viewport.pan_uv_mm = pan


def jump_to(session: Session, volume: Volume, point_lps: Sequence[float] | FloatArray) -> None:
    """Show a place in every viewport that is joined to an open volume, and put the crosshair there.

    Viewports that scroll alone stay. A place outside the volume becomes the nearest voxel centre
    inside.
    """
    key = volume.stack.key
    point = _inside(volume.geometry, point_lps)
    for viewport in session.viewports.by_id.values():
        shown = None if viewport.stack is None else session.stacks.get(viewport.stack)
        if shown is None or viewport.stack is None or viewport.alone:
            continue
        place = session.point_in(point, key, viewport.stack)
        if place is not None:
            viewport.index = view_index_at(viewport, shown.volume.geometry, place)
    session.interaction.crosshair_stack = key
    session.interaction.crosshair_lps = point


def _inside(geometry: VolumeGeometry, point_lps: Sequence[float] | FloatArray) -> PointLps:
    index = geometry.lps_to_index(point_lps)
    if geometry.contains_index(index):
        x, y, z = point_lps
    else:
        x, y, z = geometry.index_to_lps(np.clip(index, 0, np.asarray(geometry.shape_zyx) - 1))
    return float(x), float(y), float(z)


class PanTool:
    """Drags the image."""

    id = "pan"
    cursor = "hand"

    def __init__(self) -> None:
        self._start: tuple[tuple[float, float], tuple[float, float]] | None = None

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Remember where the image was."""
        self._start = (event.px, context.viewport.pan_uv_mm)

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Shift the image by the way since the press."""
        if self._start is None:
            return
        (x, y), (u, v) = self._start
        scale = event.mm_per_px
        context.viewport.pan_uv_mm = (u + (event.px[0] - x) * scale, v + (event.px[1] - y) * scale)

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """End."""
        del event, context
        self._start = None
        return False

    def cancel(self, context: ToolContext) -> None:
        """Put the image back."""
        if self._start is not None:
            context.viewport.pan_uv_mm = self._start[1]
            self._start = None


class ZoomTool:
    """Drags the zoom: up is closer; the place of the press stays where it is."""

    id = "zoom"
    cursor = "vertical"

    def __init__(self) -> None:
        self._start: tuple[tuple[float, float], float, tuple[float, float]] | None = None

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Remember zoom and place."""
        self._start = (event.px, context.viewport.zoom, context.viewport.pan_uv_mm)

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Zoom by the way since the press."""
        if self._start is None:
            return
        px, zoom, pan = self._start
        factor = math.exp((px[1] - event.px[1]) / ZOOM_DRAG_PX)
        viewport = context.viewport
        viewport.zoom, viewport.pan_uv_mm = zoom_at(
            context.plane, event.view_size_px, zoom, pan, factor, px
        )

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """End."""
        del event, context
        self._start = None
        return False

    def cancel(self, context: ToolContext) -> None:
        """Restore the zoom."""
        if self._start is not None:
            _, context.viewport.zoom, context.viewport.pan_uv_mm = self._start
            self._start = None


class ScrollTool:
    """Drags through the slices: up goes where the wheel and the keys go up."""

    id = "scroll"
    cursor = "vertical"

    def __init__(self) -> None:
        self._start: tuple[float, int] | None = None

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Remember the slice."""
        self._start = (event.px[1], context.viewport.index)

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Show the slice that belongs to the way since the press."""
        if self._start is None:
            return
        y, index = self._start
        count = view_count(context.viewport, context.volume.geometry)
        low, high = SCROLL_PX_RANGE
        px_per_slice = min(max(event.view_size_px[1] / count, low), high)
        up = up_step(context.viewport, context.volume.geometry, context.session.interaction.up_goes)
        wanted = index + up * round((y - event.px[1]) / px_per_slice)
        context.viewport.index = min(max(wanted, 0), count - 1)

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """End."""
        del event, context
        self._start = None
        return False

    def cancel(self, context: ToolContext) -> None:
        """Go back to the slice of the press."""
        if self._start is not None:
            context.viewport.index = self._start[1]
            self._start = None


class CrosshairTool:
    """Points at a place: the other planes follow."""

    id = "crosshair"
    cursor = "cross"

    def __init__(self) -> None:
        self._held = False

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Go there."""
        self._held = True
        self.move(event, context)

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Follow the pointer."""
        if self._held:
            jump_to(context.session, context.volume, event.point_lps)

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """End."""
        del event, context
        self._held = False
        return False

    def cancel(self, context: ToolContext) -> None:
        """Stay where it is: pointing changes nothing that could be lost."""
        del context
        self._held = False
