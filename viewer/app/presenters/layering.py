"""Lays a second series over a view and changes how the two share the picture; blinks."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from viewer.app.layers import first_layer, stacks_for_layer, why_no_layer
from viewer.app.load_stack import StackLoader
from viewer.app.loupe import FIRST_POWER
from viewer.core.errors import ViewerError
from viewer.core.layer import MAX_BLINK_HZ, Layer, LayerMode
from viewer.core.session import Session
from viewer.core.study import StackKey
from viewer.core.window import VoiTransform
from viewer.i18n import tr
from viewer.tools.layer import step_layer

FIRST_BLINK_HZ = 1.0
BLINK_RATES_HZ = (0.0, 0.5, 1.0, 2.0, MAX_BLINK_HZ)

Later = Callable[[int, Callable[[], None]], None]


class Layering:
    """What a reader does with layers; without a viewport's id always in the active view.

    Parameters
    ----------
    session : Session
        Whose views have layers.
    loader : StackLoader
        Opens what shall be a layer.
    later : callable
        Runs a function on the UI thread after some milliseconds.
    trouble : callable
        Told why a series cannot be a layer.
    """

    def __init__(
        self,
        session: Session,
        loader: StackLoader,
        later: Later,
        trouble: Callable[[ViewerError], None],
    ) -> None:
        self._session, self._loader = session, loader
        self._later, self._trouble = later, trouble
        self._blinking: set[str] = set()
        self._closed = False

    def close(self) -> None:
        """Stop blinking."""
        self._closed = True

    # --- which series ------------------------------------------------------------------------

    def choices(self) -> tuple[tuple[StackKey, str, str], ...]:
        """Return the series that can be laid over the active view: key, text, why not."""
        return stacks_for_layer(self._session)

    def show(self, key: StackKey, viewport_id: str = "", mode: LayerMode | None = None) -> None:
        """Show a stack over a view, or tell why it cannot be."""
        session = self._session
        viewport_id = viewport_id or session.interaction.active
        below, index = session.shown_in(viewport_id), session.index
        over = None if index is None else index.find_stack(key)
        if over is None:
            return
        reason = why_no_layer(None if below is None else below.volume.stack, over, session.links)
        if below is None or reason:
            self._trouble(ViewerError(tr("The series cannot be shown over this view"), reason))
            return
        session.interaction.active = viewport_id
        self._loader.open_layer(over, first_layer(below.volume.stack, over, mode), viewport_id)

    def remove(self, viewport_id: str = "") -> None:
        """Take the layer of a view away."""
        self._loader.close_layer(viewport_id or self._session.interaction.active)

    # --- how it lies there -------------------------------------------------------------------

    def set_mode(self, mode: LayerMode, viewport_id: str = "") -> None:
        """Mix, blink or swipe."""
        self._change(viewport_id, mode=mode, seen=True)
        self._start_blinking(viewport_id)

    def set_opacity(self, opacity: float, viewport_id: str = "") -> None:
        """Let more or less of the layer be seen in a fusion."""
        self._change(viewport_id, opacity=min(max(opacity, 0.0), 1.0))

    def step(self, steps: int, viewport_id: str = "") -> None:
        """Show more (negative: less) of the layer: its opacity, or the line of a swipe moves."""
        step_layer(self._session, viewport_id or self._session.interaction.active, steps)

    def turn_line(self, viewport_id: str = "") -> None:
        """Let the line of a swipe run across instead of down, or back."""
        layer = self._layer(viewport_id)
        if layer is not None:
            self._change(viewport_id, mode=LayerMode.SWIPE, upright=not layer.upright)

    def alternate(self, viewport_id: str = "") -> None:
        """Show the other one of the two; a fusion or swipe becomes a blink."""
        layer = self._layer(viewport_id)
        if layer is not None:
            seen = not layer.seen if layer.mode is LayerMode.BLINK else False
            self._change(viewport_id, mode=LayerMode.BLINK, seen=seen)

    def toggle_blinking(self, viewport_id: str = "") -> None:
        """Let the two alternate by themselves, or stop that."""
        layer = self._layer(viewport_id)
        if layer is not None:
            going = layer.mode is LayerMode.BLINK and layer.blink_hz > 0
            self.set_rate(0.0 if going else layer.blink_hz or FIRST_BLINK_HZ, viewport_id)

    def set_rate(self, hertz: float, viewport_id: str = "") -> None:
        """Alternate so many times in a second; 0: by key only."""
        self._change(viewport_id, mode=LayerMode.BLINK, blink_hz=min(hertz, MAX_BLINK_HZ))
        self._start_blinking(viewport_id)

    def set_window(self, window: VoiTransform | None, viewport_id: str = "") -> None:
        """Give the layer a window; None: as its view where the two are alike."""
        self._change(viewport_id, window=window)

    def set_layer_map(self, map_id: str, viewport_id: str = "") -> None:
        """Give the layer a colour map."""
        self._change(viewport_id, colour_map=map_id)

    def set_map(self, map_id: str) -> None:
        """Give the active view a colour map."""
        self._session.display.colour_map = map_id

    def toggle_magnifier(self) -> None:
        """Show the loupe at the cursor, or put it away."""
        interaction = self._session.interaction
        interaction.magnifier = 0.0 if interaction.magnifier else FIRST_POWER

    # --- details -----------------------------------------------------------------------------

    def _layer(self, viewport_id: str) -> Layer | None:
        return self._session.viewports[viewport_id or self._session.interaction.active].layer

    def _change(self, viewport_id: str, **changes: object) -> None:
        layer = self._layer(viewport_id)
        if layer is not None:
            place = viewport_id or self._session.interaction.active
            self._session.set_layer(place, replace(layer, **changes))  # type: ignore[arg-type]

    def _start_blinking(self, viewport_id: str) -> None:
        place = viewport_id or self._session.interaction.active
        layer = self._layer(place)
        if layer is not None and _blinks(layer) and place not in self._blinking:
            self._blinking.add(place)
            self._later(round(1000 / layer.blink_hz), partial(self._tick, place))

    def _tick(self, place: str) -> None:
        self._blinking.discard(place)
        if self._closed or place not in self._session.viewports.by_id:
            return
        layer = self._layer(place)
        if layer is not None and _blinks(layer):
            self._change(place, seen=not layer.seen)
            self._start_blinking(place)


def _blinks(layer: Layer) -> bool:
    return layer.mode is LayerMode.BLINK and layer.blink_hz > 0
