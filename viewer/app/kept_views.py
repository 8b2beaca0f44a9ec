"""Viewports as what is kept of them, and back."""

from collections.abc import Sequence
from enum import Enum
from typing import TypeVar

import numpy as np

from viewer.app.windows import DEFAULT, file_window
from viewer.core.plane import Orientation
from viewer.core.screen import MAX_ZOOM, MIN_ZOOM
from viewer.core.session import Session
from viewer.core.slab import Slab, SlabMode
from viewer.core.study import Stack, StackKey, Study
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow, VoiFunction
from viewer.imaging.colour_maps import COLOUR_MAPS
from viewer.store.views import MAX_LOOKS, KeptStudy, KeptView, KeptWindow

_ROUNDING = 1e-6
_Member = TypeVar("_Member", bound=Enum)


def kept_studies(session: Session, others: Sequence[KeptView] = ()) -> tuple[KeptStudy, ...]:
    """Return how each study that is shown is looked at, the active one first.

    The places are the same in all of them, whichever study they show: a comparison comes back with
    any of its studies. Series and studies without a UID are left out.

    Parameters
    ----------
    session : Session
        Whose viewports are meant.
    others : sequence of KeptView
        Looks at series that no place shows now.
    """
    views = {
        name: kept_view(view, view.stack)
        for name, view in session.viewports.by_id.items()
        if view.stack is not None and view.stack.series_uid
    }
    shown = {key_of(view) for view in views.values()}
    kept: dict[str, KeptStudy] = {}
    for study in _studies_of(session, shown):
        own = {stack.key for stack in study.stacks}
        kept[study.study_uid] = KeptStudy(
            study_uid=study.study_uid,
            layout=session.layout.id,
            active=session.interaction.active,
            maximised=session.interaction.maximised,
            views=views,
            crosshair=_crosshair(session),
            looks=tuple(look for look in others if key_of(look) in own - shown)[-MAX_LOOKS:],
        )
    return tuple(kept.values())


def _studies_of(session: Session, shown: set[StackKey]) -> list[Study]:
    index, active = session.index, session.active.stack
    found = [
        study
        for study in (() if index is None else index.studies)
        if study.study_uid and any(stack.key in shown for stack in study.stacks)
    ]
    return sorted(found, key=lambda study: all(stack.key != active for stack in study.stacks))


def _crosshair(session: Session) -> tuple[str, int, tuple[float, float, float]] | None:
    at, point = session.interaction.crosshair_stack, session.interaction.crosshair_lps
    return None if at is None or point is None else (at.series_uid, at.stack, point)


def restore(view: ViewportState, kept: KeptView, stack: Stack) -> None:
    """Let a viewport look as it did, but for its slice."""
    restore_stance(view, kept)
    restore_window(view.display, kept, stack)


def restore_stance(view: ViewportState, kept: KeptView) -> None:
    """Let a viewport stand as it did, but for its slice; what it shares, its window, stays."""
    view.orientation = _member(Orientation, kept.orientation, view.orientation)
    view.rotation = kept.rotation if _is_rotation(kept) else None
    view.turns, view.mirrored = kept.turns, kept.mirrored
    view.slab = Slab(_member(SlabMode, kept.slab_mode, SlabMode.NONE), kept.slab_mm)
    view.zoom = min(max(kept.zoom, MIN_ZOOM), MAX_ZOOM)
    view.pan_uv_mm = kept.pan_uv_mm
    view.alone = kept.alone


def key_of(kept: KeptView) -> StackKey:
    """Return the stack that a viewport showed."""
    return StackKey(kept.series_uid, kept.stack)


def kept_view(view: ViewportState, key: StackKey) -> KeptView:
    """Return what is kept of a viewport that shows a stack."""
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


def restore_window(display: DisplayState, kept: KeptView, stack: Stack) -> None:
    """Let numbers become grey as they did."""
    display.inverted = kept.inverted
    if any(known.id == kept.colour_map for known in COLOUR_MAPS):
        display.colour_map = kept.colour_map
    if kept.preset == DEFAULT or stack.samples != 1:
        return  # what it opens with, measured anew where nothing is stated
    offered = file_window(stack, kept.preset)
    if offered is not None:
        display.show(offered.window, kept.preset)
    elif kept.window is not None:
        function = _member(VoiFunction, kept.window.function, VoiFunction.LINEAR_EXACT)
        width = max(kept.window.width, 1.0) if function is VoiFunction.LINEAR else kept.window.width
        display.show(HuWindow(width, kept.window.center, function), kept.preset)


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
