"""How a view stands and how thick it is: turned, flipped, oblique, a slab."""

import math
from dataclasses import replace

from viewer.core.oblique import straight_rotation, turn_about
from viewer.core.session import Session
from viewer.core.slab import THIN, Slab, SlabMode
from viewer.core.view_place import view_index_at
from viewer.core.view_state import ViewportState
from viewer.core.volume import Volume
from viewer.core.window import CT_PRESETS
from viewer.tools.pointer import PointerEvent
from viewer.tools.tool import ToolContext

NODULE_SLAB = Slab(SlabMode.MIP, 10.0)
"""Thick enough to tell a vessel from a nodule."""
SLAB_STEP_MM = 1.0
MAX_SLAB_MM = 100.0
_NODULE_PRESET = "lung"


def seen_slab(slab: Slab, volume: Volume) -> Slab:
    """Return the slab that a volume's picture shows: thin ones are alike, and colour has none."""
    return slab if slab.is_thick and not volume.is_colour else THIN


def turn(viewport: ViewportState, quarter_turns: int) -> None:
    """Turn a view clockwise as it is seen (negative: anticlockwise)."""
    viewport.turns = (viewport.turns + quarter_turns) % 4
    viewport.pan_uv_mm = (0.0, 0.0)


def flip(viewport: ViewportState, *, vertically: bool = False) -> None:
    """Exchange left and right (or up and down) of a view as it is seen."""
    turns = (2 if vertically else 0) - viewport.turns
    viewport.mirrored, viewport.turns = not viewport.mirrored, turns % 4
    viewport.pan_uv_mm = (0.0, 0.0)


def set_slab(viewport: ViewportState, mode: SlabMode) -> None:
    """Choose how values across the slab become one picture; the thickness stays."""
    if not viewport.slab.is_thick:
        viewport.thin_below_mm = 0.0
    viewport.slab = replace(viewport.slab, mode=mode)


def thicken(viewport: ViewportState, steps: int) -> None:
    """Make the slab of a view thicker or thinner; a thin slice begins as a MIP.

    As many steps back as forth lead back: a slab that began here ends where it began.
    """
    slab = viewport.slab
    if not slab.is_thick:
        if steps <= 0:
            return
        viewport.thin_below_mm = slab.thickness_mm
        slab, steps = replace(slab, mode=SlabMode.MIP), steps - 1
    thickness_mm = slab.thickness_mm + steps * SLAB_STEP_MM
    if thickness_mm < max(viewport.thin_below_mm, SLAB_STEP_MM):
        viewport.slab = replace(THIN, thickness_mm=viewport.thin_below_mm or THIN.thickness_mm)
    else:
        viewport.slab = replace(slab, thickness_mm=min(thickness_mm, MAX_SLAB_MM))


def toggle_nodule_view(viewport: ViewportState) -> None:
    """Show a 10 mm MIP slab in the lung window, or go back to slab and window from before."""
    display = viewport.display
    if viewport.slab == NODULE_SLAB and viewport.slab_before is not None:
        viewport.slab, viewport.slab_before = viewport.slab_before, None
        if display.set_aside is not None:
            display.show(*display.set_aside)
            display.set_aside = None
        return
    if viewport.slab == NODULE_SLAB and display.preset == _NODULE_PRESET:
        viewport.slab = THIN  # it was there when the study was opened: nothing is known from before
        return
    viewport.slab_before, viewport.slab = viewport.slab, NODULE_SLAB
    if display.preset == _NODULE_PRESET:
        return  # as it is, or as another view of the stack already set it
    window = next(preset.window for preset in CT_PRESETS if preset.id == _NODULE_PRESET)
    if window is not None:
        display.set_aside = display.window, display.preset
        display.show(window, _NODULE_PRESET)


def straighten(session: Session) -> None:
    """Cut along the voxels again, through the crosshair, in all views of the active volume."""
    stack = session.open_stack
    if stack is None:
        return
    key = stack.volume.stack.key
    point = session.crosshair_in(key)
    for name in session.viewports_of(key):
        viewport = session.viewports[name]
        if viewport.rotation is not None:
            viewport.rotation = None
            if point is not None:
                viewport.index = view_index_at(viewport, stack.volume.geometry, point)


class ObliqueTool:
    """Drags the other planes of a volume around the crosshair, at right angles to each other."""

    id = "oblique"
    cursor = "cross"

    def __init__(self) -> None:
        self._start: tuple[float, dict[str, ViewportState]] | None = None

    def press(self, event: PointerEvent, context: ToolContext) -> None:
        """Remember how the planes stand."""
        others = {
            name: replace(context.session.viewports[name])
            for name in context.session.viewports_of(context.volume.stack.key)
            if name != context.viewport_id
            and context.session.viewports[name].orientation is not context.viewport.orientation
        }
        self._start = _angle(event, context), others

    def move(self, event: PointerEvent, context: ToolContext) -> None:
        """Turn the other planes by the angle since the press."""
        if self._start is None:
            return
        angle, before = self._start
        by = _angle(event, context) - angle
        geometry, session = context.volume.geometry, context.session
        point = session.crosshair_in(context.volume.stack.key)
        for name, state in before.items():
            viewport = session.viewports[name]
            rotation = state.rotation or straight_rotation(geometry)
            viewport.rotation = turn_about(rotation, context.plane.normal_lps, by)
            if point is not None:
                viewport.index = view_index_at(viewport, geometry, point)

    def release(self, event: PointerEvent, context: ToolContext) -> bool:
        """End."""
        del event, context
        self._start = None
        return False

    def cancel(self, context: ToolContext) -> None:
        """Put the planes back."""
        if self._start is None:
            return
        for name, state in self._start[1].items():
            viewport = context.session.viewports[name]
            viewport.rotation, viewport.index = state.rotation, state.index
        self._start = None


def _angle(event: PointerEvent, context: ToolContext) -> float:
    """Return the direction from the crosshair to the pointer, from u towards v, in radians."""
    point = context.session.crosshair_in(context.volume.stack.key) or event.point_lps
    u, v, _ = (float(x) for x in context.plane.lps_to_uvw(point))
    return math.atan2(event.point_uv_mm[1] - v, event.point_uv_mm[0] - u)
