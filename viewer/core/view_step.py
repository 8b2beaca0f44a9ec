"""Looks of views as values, and a change of them that can be taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from viewer.core.shapes import PointLps
from viewer.core.study import StackKey
from viewer.core.view_state import ViewportState
from viewer.i18n import mark

_OF_VIEW = (
    "orientation",
    "turns",
    "mirrored",
    "slab",
    "slab_before",
    "rotation",  # before the zoom: a turn keeps the scale, not the zoom
    "zoom",
    "pan_uv_mm",
    "index",
)
_OF_DISPLAY = ("preset", "window", "inverted", "set_aside")  # the name before its window


@dataclass(frozen=True, slots=True)
class ViewLook:
    """How one viewport looks.

    Attributes
    ----------
    of_view, of_display : tuple
        Values of its state, and of its window.
    """

    of_view: tuple[object, ...]
    of_display: tuple[object, ...]

    @classmethod
    def of(cls, view: ViewportState) -> "ViewLook":
        """Return how a viewport looks now."""
        return cls(
            tuple(getattr(view, name) for name in _OF_VIEW),
            tuple(getattr(view.display, name) for name in _OF_DISPLAY),
        )

    def put(self, view: ViewportState) -> None:
        """Let a viewport look so."""
        for name, value in zip(_OF_DISPLAY, self.of_display, strict=True):
            setattr(view.display, name, value)
        for name, value in zip(_OF_VIEW, self.of_view, strict=True):
            setattr(view, name, value)


@dataclass(frozen=True, slots=True)
class ViewLooks:
    """How all views look, and where the crosshair is.

    Attributes
    ----------
    by_state : tuple of (ViewportState, ViewLook)
        The states stand for themselves: another one under the same id is another view.
    crosshair : (StackKey or None, tuple of float or None)
        Stack and place of the crosshair, LPS mm.
    """

    by_state: tuple[tuple[ViewportState, ViewLook], ...]
    crosshair: tuple[StackKey | None, PointLps | None]


class Views(Protocol):
    """What lets views look as they did."""

    def put_looks(self, looks: ViewLooks) -> None:
        """Let the views that are still there look so."""


@dataclass(frozen=True, slots=True)
class SetLooks:
    """Let views look otherwise; the inverse brings back how they looked before."""

    before: ViewLooks
    after: ViewLooks
    text: str = mark("view reset")

    def apply(self, views: Views, /) -> "SetLooks":
        """Let them look so; the inverse brings back how they looked."""
        views.put_looks(self.after)
        return SetLooks(self.after, self.before, self.text)

    def is_seen(self, shown: Mapping[str, ViewportState]) -> bool:
        """Tell whether any of its views is still there."""
        return bool(_still_there(self.after, shown.values()))


def put_back(looks: ViewLooks, shown: Iterable[ViewportState]) -> None:
    """Let the views that are still there look so.

    Twice: while links are on, the first round carries the active view's look to the others.
    """
    there = _still_there(looks, shown)
    for _ in range(2):
        for view, look in there:
            look.put(view)


def _still_there(
    looks: ViewLooks, shown: Iterable[ViewportState]
) -> list[tuple[ViewportState, ViewLook]]:
    there = {id(view) for view in shown}
    return [(view, look) for view, look in looks.by_state if id(view) in there]
