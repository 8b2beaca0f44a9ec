"""Viewports as what is kept of them, and back."""

from enum import Enum
from typing import TypeVar

import numpy as np

from viewer.app.windows import DEFAULT, file_window
from viewer.core.plane import Orientation
from viewer.core.screen import MAX_ZOOM, MIN_ZOOM
from viewer.core.session import Session
from viewer.core.study import Stack, StackKey
from viewer.core.view_state import DisplayState, Slab, SlabMode, ViewportState
from viewer.core.window import HuWindow, VoiFunction
from viewer.imaging.colour_maps import COLOUR_MAPS
from viewer.store.views import KeptStudy, KeptView, KeptWindow

_ROUNDING = 1e-6
_Member = TypeVar("_Member", bound=Enum)


def kept_study(session: Session) -> KeptStudy | None:
    """Return how the study of the active viewport is looked at; None where that has no UID."""
    key, index = session.active.stack, session.index
    study = None if key is None or index is None else index.find_study(key)
    if study is None or not study.study_uid:
        return None
    own = {stack.key for stack in study.stacks}
    views = {
        name: _kept(view, view.stack)
        for name, view in session.viewports.by_id.items()
        if view.stack is not None and view.stack in own
    }
    interaction = session.interaction
    crosshair = None
    if interaction.crosshair_lps is not None and interaction.crosshair_stack in own:
        at = interaction.crosshair_stack
        crosshair = (at.series_uid, at.stack, interaction.crosshair_lps)
    return KeptStudy(
        study_uid=study.study_uid,
        layout=session.layout.id,
        active=interaction.active,
        maximised=interaction.maximised,
        views=views,
        crosshair=crosshair,
    )


def restore(view: ViewportState, kept: KeptView, stack: Stack) -> None:
    """Let a viewport look as it did, but for its slice."""
    view.orientation = _member(Orientation, kept.orientation, view.orientation)
    view.rotation = kept.rotation if _is_rotation(kept) else None
    view.turns, view.mirrored = kept.turns, kept.mirrored
    view.slab = Slab(_member(SlabMode, kept.slab_mode, SlabMode.NONE), kept.slab_mm)
    view.zoom = min(max(kept.zoom, MIN_ZOOM), MAX_ZOOM)
    view.pan_uv_mm = kept.pan_uv_mm
    view.alone = kept.alone
    _restore_window(view.display, kept, stack)


def key_of(kept: KeptView) -> StackKey:
    """Return the stack that a viewport showed."""
    return StackKey(kept.series_uid, kept.stack)


def _kept(view: ViewportState, key: StackKey) -> KeptView:
    window = view.display.window
    ramp = None
    if isinstance(window, HuWindow):
        ramp = KeptWindow(window.width, window.center, window.function.value)
    return KeptView(
        series_uid=key.series_uid,
        stack=key.stack,
        orientation=view.orientation.value,
        index=view.index,
        zoom=view.zoom,
        pan_uv_mm=view.pan_uv_mm,
        turns=view.turns,
        mirrored=view.mirrored,
        slab_mode=view.slab.mode.value,
        slab_mm=view.slab.thickness_mm,
        rotation=view.rotation,
        alone=view.alone,
        preset=view.display.preset,
        window=ramp,
        inverted=view.display.inverted,
        colour_map=view.display.colour_map,
    )


def _restore_window(display: DisplayState, kept: KeptView, stack: Stack) -> None:
    display.inverted = kept.inverted
    if any(known.id == kept.colour_map for known in COLOUR_MAPS):
        display.colour_map = kept.colour_map
    if kept.preset == DEFAULT or stack.samples != 1:
        return  # what it opens with, measured anew where nothing is stated
    offered = file_window(stack, kept.preset)
    if offered is not None:
        display.window, display.preset = offered.window, kept.preset
    elif kept.window is not None:
        function = _member(VoiFunction, kept.window.function, VoiFunction.LINEAR_EXACT)
        width = max(kept.window.width, 1.0) if function is VoiFunction.LINEAR else kept.window.width
        display.window = HuWindow(width, kept.window.center, function)
        display.preset = kept.preset


def _member(kind: type[_Member], value: str, other: _Member) -> _Member:
    """Return a member by its value, or another one where there is none."""
    return next((member for member in kind if member.value == value), other)


def _is_rotation(kept: KeptView) -> bool:
    matrix = np.asarray(kept.rotation if kept.rotation is not None else np.zeros((3, 3)))
    return bool(
        np.isfinite(matrix).all()
        and np.allclose(matrix @ matrix.T, np.eye(3), atol=_ROUNDING)
        and np.linalg.det(matrix) > 0
    )
