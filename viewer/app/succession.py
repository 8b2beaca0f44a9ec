"""What a place hands on to the series that comes into it, or beside it: plane, window, scale."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viewer.app.resolve import resolve, true_orientations
from viewer.app.user_presets import is_fixed
from viewer.core.links import StackLinks
from viewer.core.plane import acquisition_orientation
from viewer.core.screen import MAX_ZOOM, MIN_ZOOM, center_uv_mm, fit_scale, pan_to_center
from viewer.core.session import OpenStack, Session
from viewer.core.study import Stack
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow

OWN_PRESETS = frozenset({"default", "full"})
"""Presets that mean another window in each series."""

SizeOf = Callable[[str], tuple[float, float]]
"""Width and height of a viewport on the screen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A place with what it shows.

    Attributes
    ----------
    view : ViewportState
        How it looks.
    stack : OpenStack
        What it shows.
    size_px : tuple of float
        Width and height on the screen.
    """

    view: ViewportState
    stack: OpenStack
    size_px: tuple[float, float]


def seen_in(session: Session, viewport_id: str, size_of: SizeOf) -> Seen | None:
    """Return a place with what it shows; None for an empty one, or one that is not there."""
    view = session.viewports.by_id.get(viewport_id)
    stack = None if view is None else session.shown_in(viewport_id)
    return None if view is None or stack is None else Seen(view, stack, size_of(viewport_id))


def succeeds(links: StackLinks, former: Stack, stack: Stack) -> bool:
    """Tell whether a stack shows the same body as the one whose place it takes."""
    placed = former.geometry.orientation_known and stack.geometry.orientation_known
    return placed and former.key != stack.key and links.between(former, stack) is not None


def alike(one: Stack, other: Stack) -> bool:
    """Tell whether numbers of two stacks mean the same."""
    return (one.modality, one.unit, one.samples) == (other.modality, other.unit, other.samples)


def succeed(links: StackLinks, former: Seen, now: Seen) -> None:
    """Let a series that is seen for the first time look as the one before it in its place."""
    take_plane(former, now)
    take_stance(former.view, now.view)
    here, there = former.stack.volume.stack, now.stack.volume.stack
    take_window(former.view.display, here, now.view.display, there)
    take_scale(links, former, now)


def compare(session: Session, beside: Seen | None, now: Seen) -> None:
    """Let a series look as the one that it is put beside, as far as links are on."""
    interaction = session.interaction
    if beside is None or beside.view.alone:
        return
    here, there = beside.stack.volume.stack, now.stack.volume.stack
    take_plane(beside, now)
    if interaction.link_window:
        take_window(beside.view.display, here, now.view.display, there)
    if interaction.link_zoom:
        take_scale(session.links, beside, now)


def take_plane(source: Seen, target: Seen) -> None:
    """Show a place's plane in another; a series in its own plane means the other in its own."""
    geometry = source.stack.volume.geometry
    if source.view.orientation is acquisition_orientation(geometry):
        return
    if source.view.orientation in true_orientations(target.stack.volume):
        target.view.orientation = source.view.orientation


def take_stance(source: ViewportState, target: ViewportState) -> None:
    """Stand in a place as the series before: turned, oblique, thick, alone."""
    target.turns, target.mirrored, target.slab = source.turns, source.mirrored, source.slab
    target.rotation, target.alone = source.rotation, source.alone


def take_window(display: DisplayState, here: Stack, theirs: DisplayState, there: Stack) -> None:
    """Take a window over where its numbers mean the same; the files' own stays each series' own."""
    fixed = isinstance(display.window, HuWindow) and display.preset not in OWN_PRESETS
    if fixed and alike(here, there):
        theirs.inverted = display.inverted
        theirs.show(display.window, display.preset if is_fixed(display.preset) else "")


def take_scale(links: StackLinks, source: Seen, target: Seen) -> None:
    """Show the same part of the body at the same size, where the planes are of one orientation.

    Where nothing joins the two patient spaces, the position is the same share of the picture.
    """
    here, there = source.view, target.view
    if here.orientation is not there.orientation:
        return
    own, other = resolve(here, source.stack.volume).plane, resolve(there, target.stack.volume).plane
    px_per_mm = fit_scale(own, source.size_px) * here.zoom
    zoom = px_per_mm / fit_scale(other, target.size_px)
    there.zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
    rigid = links.between(source.stack.volume.stack, target.stack.volume.stack)
    if rigid is None:
        sizes = zip(here.pan_uv_mm, other.size_uv_mm, own.size_uv_mm, strict=True)
        u, v = (pan * theirs / ours for pan, theirs, ours in sizes)
        there.pan_uv_mm = u, v
        return
    center = np.asarray(center_uv_mm(own)) - here.pan_uv_mm
    x, y, z = (float(c) for c in own.uv_to_lps(center))
    u, v, _ = (float(c) for c in other.lps_to_uvw(rigid.apply((x, y, z))))
    there.pan_uv_mm = pan_to_center(other, (u, v))
