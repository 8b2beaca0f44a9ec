"""Joins the histogram panel to what is shown: bins in the background, window handles both ways."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.standing_text import slab_text
from viewer.app.windows import shown_numbers
from viewer.core.progress import JobContext
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import RegionShape
from viewer.core.view_place import view_plane
from viewer.core.volume import Volume
from viewer.core.window import SIGMOID_REACH, HuWindow, VoiFunction, VoiTransform
from viewer.i18n import mark, tr
from viewer.imaging.distribution import (
    Distribution,
    region_distribution,
    slice_distribution,
    volume_distribution,
)
from viewer.imaging.histogram import region_window
from viewer.jobs.runner import JobRunner
from viewer.tools.standing import seen_slab

HISTOGRAM_KEY = "histogram"
REGION_WINDOW_KEY = "histogram.region-window"

Later = Callable[[int, Callable[[], None]], None]
Measure = Callable[[Callable[[], None]], Distribution | None]


class Source(StrEnum):
    """Whose values are counted; the value is the text of the choice."""

    SERIES = mark("Series")
    SLICE = mark("Slice")
    REGION = mark("Region")


class HistogramView(Protocol):
    """The panel."""

    @property
    def shown_changed(self) -> Connectable:
        """Whether the panel can be seen: nothing is counted while it cannot."""

    @property
    def source_chosen(self) -> Connectable:
        """A `Source`."""

    @property
    def window_requested(self) -> Connectable:
        """Low and high of the window, in the volume's unit."""

    @property
    def region_window_requested(self) -> Connectable:
        """Take the window from the selected region."""

    def set_source(self, source: Source) -> None:
        """Show whose values are counted."""

    def set_distribution(self, distribution: Distribution | None) -> None:
        """Show bins and statistics, or none."""

    def set_window(self, low: float, high: float, numbers: tuple[str, str]) -> None:
        """Place the handles; width and level are written as on the image."""

    def set_note(self, text: str) -> None:
        """Say why there is no histogram, or of which slab it is; else empty."""

    def set_region(self, there: bool) -> None:
        """Say whether a region is selected."""


class HistogramPresenter:
    """Keeps the panel equal to the active viewport.

    Parameters
    ----------
    later : callable
        Runs a function after the present events: many changes make one new histogram.
    tell : callable
        Told why a window cannot be taken from a region.
    """

    def __init__(
        self,
        session: Session,
        view: HistogramView,
        runner: JobRunner,
        later: Later,
        tell: Callable[[str], None],
    ) -> None:
        self._session, self._view, self._runner = session, view, runner
        self._later, self._tell = later, tell
        self._source = Source.SERIES
        self._visible = self._pending = self._closed = False
        self._shown: tuple[object, ...] | None = None
        self._connections = Connections()
        for signal, slot in (
            (session.volume_changed, self._watch),
            (session.voxels_changed, self._touch),
            (session.interaction.events.active, self._watch),
            (session.interaction.events.selected, self._touch),
            (view.shown_changed, self._on_shown),
            (view.source_chosen, self.choose),
            (view.window_requested, self._on_window_requested),
            (view.region_window_requested, self.window_from_region),
        ):
            self._connections.add(signal, slot)
        self._watched = Connections()
        self._watch()

    def close(self) -> None:
        """Let go of session and view."""
        self._closed = True
        self._runner.cancel(HISTOGRAM_KEY)
        self._watched.close()
        self._connections.close()

    def choose(self, source: Source) -> None:
        """Count other values."""
        self._source = source
        self._view.set_source(source)
        self._touch()

    def choose_for_selection(self) -> None:
        """Count the selected region where there is one, else the series."""
        self.choose(Source.SERIES if self._region() is None else Source.REGION)

    def window_from_region(self) -> None:
        """Set the window from the 2 to the 98 percentile of the selected region."""
        stack, shape = self._session.open_stack, self._region()
        if stack is None or shape is None:
            self._tell(tr("Select a region first (ellipse, circle, rectangle, polygon)"))
            return
        display = self._session.display

        def show(window: HuWindow | None) -> None:
            if window is None:
                self._tell(tr("Nothing in this region was measured"))
            else:
                display.window, display.preset = window, ""

        self._runner.submit(REGION_WINDOW_KEY, _region_window, stack.volume, shape, on_done=show)

    # --- following ---------------------------------------------------------------------------

    def _watch(self, *_: object) -> None:
        session, active = self._session, self._session.active
        self._watched.close()
        self._watched.add(session.document.changed, self._touch)
        self._watched.add(session.display.events.window, self._push_window)
        events = active.events
        for signal in (events.index, events.orientation, events.rotation, events.slab):
            self._watched.add(signal, self._touch)
        self._push_window()
        self._touch()

    def _on_shown(self, visible: bool) -> None:
        self._visible = visible
        self._touch()

    def _touch(self, *_: object) -> None:
        if not (self._pending or self._closed):
            self._pending = True
            self._later(0, self._refresh)

    def _push_window(self, *_: object) -> None:
        display, stack = self._session.display, self._session.open_stack
        unit, window = None if stack is None else stack.volume.stack.unit, display.window
        numbers = shown_numbers(display.preset, window, unit)
        self._view.set_window(window.low, window.high, numbers)

    def _on_window_requested(self, low: float, high: float) -> None:
        display = self._session.display
        display.preset = ""
        display.window = window_between(low, high, display.window)

    def _region(self) -> RegionShape | None:
        shape = self._session.document.get(self._session.interaction.selected)
        return shape if isinstance(shape, RegionShape) else None

    # --- counting ----------------------------------------------------------------------------

    def _refresh(self) -> None:
        self._pending = False
        if self._closed:
            return
        self._view.set_region(self._region() is not None)
        if not self._visible:
            return
        stack = self._session.open_stack
        why = self._why_not(stack)
        if stack is None or why:
            self._show_nothing(why)
            return
        wanted, measure = self._measure(stack.volume)
        if wanted == self._shown:
            return
        self._shown = wanted
        self._view.set_note("")
        self._runner.submit(HISTOGRAM_KEY, _count, measure, on_done=self._on_counted)

    def _why_not(self, stack: OpenStack | None) -> str:
        if stack is None:
            return tr("Open a study to see how its values are distributed")
        if stack.volume.is_colour:
            return tr("Images in colour have no histogram")
        if len(stack.loaded) < stack.volume.geometry.shape_zyx[0]:
            return tr("The series is being loaded")
        if self._source is Source.REGION and self._region() is None:
            return tr("Select a region: an ellipse, circle, rectangle, polygon or freehand region")
        return ""

    def _show_nothing(self, why: str) -> None:
        self._runner.cancel(HISTOGRAM_KEY)
        self._shown = None
        self._view.set_distribution(None)
        self._view.set_note(why)

    def _measure(self, volume: Volume) -> tuple[tuple[object, ...], Measure]:
        """Return what identifies the wanted histogram, and the function that counts it."""
        shape, active = self._region(), self._session.active
        if self._source is Source.REGION and shape is not None:
            return (volume, shape), lambda check: region_distribution(volume, shape, check)
        if self._source is Source.SLICE:
            plane = view_plane(active, volume.geometry, active.index)
            slab = seen_slab(active.slab, volume)
            place = (volume, active.orientation, active.rotation, active.index, slab)
            return place, lambda check: slice_distribution(volume, plane, check, slab)
        return (volume,), lambda check: volume_distribution(volume, check)

    def _on_counted(self, distribution: Distribution | None) -> None:
        if self._shown is not None:
            self._view.set_distribution(distribution)
            self._view.set_note(self._origin() if distribution else tr("Nothing here was measured"))

    def _origin(self) -> str:
        """Say of which slab the values are, where they are not those of thin voxels."""
        shape, stack = self._region(), self._session.open_stack
        if stack is None or self._source is Source.SERIES:
            return ""
        of_region = self._source is Source.REGION and shape is not None
        slab = shape.slab if of_region and shape is not None else self._session.active.slab
        text = slab_text(seen_slab(slab, stack.volume))
        return tr("{slab}: values of the slab's picture", slab=text) if text else ""


def window_between(low: float, high: float, former: VoiTransform) -> HuWindow:
    """Return the window between two values; a sigmoid stays one, others become exact."""
    width, center = max(high - low, 1e-6), (low + high) / 2
    if isinstance(former, HuWindow) and former.function is VoiFunction.SIGMOID:
        return HuWindow(width / (2 * SIGMOID_REACH), center, VoiFunction.SIGMOID)
    return HuWindow(width, center)


def _count(ctx: JobContext, measure: Measure) -> Distribution | None:
    return measure(ctx.check)


def _region_window(ctx: JobContext, volume: Volume, shape: RegionShape) -> HuWindow | None:
    ctx.check()
    return region_window(volume, shape)
