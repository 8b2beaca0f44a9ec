"""What a viewport's presenter asks of the widget that it fills: a passive view."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.app.presenters.connections import Connectable
from viewer.core.drawable import Drawable
from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform


class ViewportView(Protocol):
    """What the presenter needs of a viewport."""

    @property
    def pointer(self) -> Connectable:
        """Pointer events."""

    @property
    def left(self) -> Connectable:
        """The mouse went away."""

    @property
    def resized(self) -> Connectable:
        """Another size."""

    @property
    def index_requested(self) -> Connectable:
        """The slice bar asks for a slice."""

    @property
    def text_entered(self) -> Connectable:
        """The text that was asked for."""

    @property
    def place_chosen(self) -> Connectable:
        """The empty place was pressed: what is opened next shall go there."""

    @property
    def link_requested(self) -> Connectable:
        """Scroll alone, or with the others again."""

    @property
    def cine_requested(self) -> Connectable:
        """Play, or stop."""

    def size_px(self) -> tuple[float, float]:
        """Return the size in device-independent pixels."""

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Show pixels, shape (v, u) or (v, u, 3)."""

    def set_frame(
        self, plane: PlaneGeometry, transform: ScreenTransform, text_scale: float
    ) -> None:
        """Place the slice; letters and lines over it are enlarged by a factor."""

    def set_drawables(self, drawables: Sequence[Drawable]) -> None:
        """Show overlays."""

    def describe_anew(self) -> None:
        """Forget what a screen reader was told of the overlays before."""

    def set_cursor(self, name: str) -> None:
        """Show a mouse cursor."""

    def set_slice(self, index: int, count: int, up: int) -> None:
        """Show the position in the stack; a step up changes the number by `up`, 1 or -1."""

    def set_key_slices(self, indices: Sequence[int]) -> None:
        """Point out the 0-based slices that are key images."""

    def set_loaded(self, runs: Sequence[tuple[float, float]]) -> None:
        """Show the parts (0..1) whose slices are there."""

    def set_fidelity(self, text: str, fine: bool, tooltip: str) -> None:
        """Show the fidelity badge."""

    def set_title(self, title: str) -> None:
        """Name the view."""

    def set_link(self, text: str) -> None:
        """Show how the view is linked, where that is worth a word."""

    def set_cine(self, offered: bool, playing: bool) -> None:
        """Offer to play the images, or to stop."""

    def show_menu(self, px: tuple[float, float]) -> None:
        """Open the context menu."""

    def ask_text(self, px: tuple[float, float], text: str, prompt: str) -> None:
        """Ask for a text at a viewport pixel; the answer comes by `text_entered`."""

    def finish_text(self) -> None:
        """Take what was typed so far as the answer, if a text is asked for."""

    def set_hint(self, text: str) -> None:
        """Say why there is nothing, or (empty) how something gets here."""

    def clear(self) -> None:
        """Show nothing."""
