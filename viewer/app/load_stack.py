"""Use case: read a stack into the session, slice by slice, outwards from the one in view."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from viewer.app.first_window import UNKNOWN_WINDOW, first_display, measured_window
from viewer.app.kept_views import restore, restore_window
from viewer.app.level import level_beside
from viewer.app.looks import Looks
from viewer.app.open_study import main_stack
from viewer.app.succession import (
    Seen,
    SizeOf,
    compare,
    seen_in,
    succeed,
    succeeds,
    take_scale,
    take_stance,
    take_window,
)
from viewer.app.windows import DEFAULT
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.layer import Layer
from viewer.core.layout import cell_in, id_in, window_of
from viewer.core.plane import acquisition_orientation, map_axes
from viewer.core.progress import JobContext
from viewer.core.session import OpenStack, Session
from viewer.core.study import Stack, StackKey, StudyIndex, StudyKey
from viewer.core.view_place import view_count
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.volume import Volume
from viewer.core.window import HuWindow
from viewer.dicom.loader import SlicesLoaded, VolumeStarted, load
from viewer.i18n import tr
from viewer.imaging.histogram import leaves_no_contrast
from viewer.jobs.runner import JobRunner
from viewer.store.views import KeptView

LOAD_KEY = "open.load"
LAYER_KEY = "open.layer."


@dataclass(frozen=True, slots=True)
class WindowMeasured:
    """Partial result: the window that fits the slices that are told next."""

    window: HuWindow


class StackLoader:
    """Loads stacks into viewports: into all planes of an MPR layout, or into one place of a grid.

    A stack that is open already is shown at once. Opening another stack in the same place
    supersedes what is being loaded for it. `looks` remembers how series were last looked at.

    Parameters
    ----------
    session : Session
        Gets the volume while it grows.
    runner : JobRunner
        Does the reading.
    open_document : callable
        Returns the marks of a series.
    trouble : callable
        Told when the stack cannot be read.
    looks : Looks, optional
        How series were last looked at: they come back so.
    size_of : callable, optional
        Width and height of a viewport on the screen.
    read_ahead : callable, optional
        Gets the marks of a series ready for `open_document`, from the thread that loads.
    """

    def __init__(
        self,
        session: Session,
        runner: JobRunner,
        open_document: Callable[[str], AnnotationDocument],
        trouble: Callable[[ViewerError], None],
        looks: Looks | None = None,
        size_of: SizeOf = lambda _viewport_id: (1.0, 1.0),
        read_ahead: Callable[[str], None] = lambda _series_uid: None,
    ) -> None:
        self._session = session
        self.looks = looks or Looks(session)
        self._runner = runner
        self._open_document = open_document
        self._trouble = trouble
        self._size_of = size_of
        self._read_ahead = read_ahead
        self._beside: dict[str, str] = {}
        self._wanted: dict[str, StackKey] = {}

    def open_key(self, key: StackKey, viewport_id: str = "", beside: str = "") -> None:
        """Load a stack of the session's index; one that is not there any more is ignored."""
        index = self._session.index
        stack = index.find_stack(key) if index else None
        if stack is not None:
            self.open(stack, viewport_id, beside)

    def open(self, stack: Stack, viewport_id: str = "", beside: str = "") -> None:
        """Load a stack into a viewport (default: the active one; in an MPR layout into all).

        Parameters
        ----------
        beside : str
            Id of a place to compare it with: as far as links are on, it looks alike.
        """
        place = self._place(viewport_id)
        self._wanted[place], self._beside[place] = stack.key, beside
        shown = self._session.stacks.get(stack.key)
        if shown is not None and cell_in(place):
            self._show(place, shown)
            return
        if shown is not None and stack.key not in self._in_window(window_of(place)):
            self._show_planes(place, shown)
            return
        self._runner.submit(
            f"{LOAD_KEY}{place}",
            self._load,
            stack,
            title="Loading images",
            on_partial=partial(self._grow, place),
            on_done=self._finish,
            on_failed=self._fail,
        )

    def open_layer(self, stack: Stack, layer: Layer, viewport_id: str) -> None:
        """Load a stack over what a viewport shows; one that is open already is there at once."""
        job = f"{LAYER_KEY}{viewport_id}"
        self._runner.cancel(job)
        shown = self._session.stacks.get(stack.key)
        if shown is not None:
            self._session.set_layer(viewport_id, layer, shown)
            return
        self._runner.submit(
            job,
            self._load,
            stack,
            title=tr("Loading the layer"),
            on_partial=partial(self._grow_layer, layer, viewport_id),
            on_done=self._finish,
            on_failed=self._fail,
        )

    def close_layer(self, viewport_id: str) -> None:
        """Take a viewport's layer away; what nobody else shows is closed."""
        self._runner.cancel(f"{LAYER_KEY}{viewport_id}")
        self._session.set_layer(viewport_id, None)

    def _grow_layer(
        self, layer: Layer, viewport_id: str, part: VolumeStarted | WindowMeasured | SlicesLoaded
    ) -> None:
        viewport = self._session.viewports.by_id.get(viewport_id)
        if isinstance(part, VolumeStarted):
            if viewport is not None and viewport.stack is not None:
                document = self._open_document(layer.stack.series_uid)
                self._session.set_layer(viewport_id, layer, OpenStack(part.volume, document))
        elif isinstance(part, SlicesLoaded):
            self._session.add_loaded(part.slices, layer.stack)
        else:
            self._begin_with(layer.stack, part.window)
            if viewport is not None and viewport.layer == layer and layer.needs_window:
                self._session.set_layer(viewport_id, replace(layer, window=part.window))

    def close_study(self, key: StudyKey) -> None:
        """Take a study out of the index, and out of the places that show it.

        Where nothing else is shown then, the study beside it is.
        """
        index = self._session.index
        if index is None:
            return
        place = next((n for n, study in enumerate(index.studies) if study.key == key), None)
        if place is None:
            if any(found.study == key for found in index.objects):
                self._set_index(index.without(key))
            return
        closed = {stack.key for stack in index.studies[place].stacks}
        left = index.without(key)
        for name, wanted in tuple(self._wanted.items()):
            if wanted in closed:
                self._runner.cancel(f"{LOAD_KEY}{name}")
                del self._wanted[name]
        self._set_index(left)
        if not closed & set(self._session.stacks):
            return
        self._empty(closed)
        if left.studies and not self._session.stacks and not self._wanted:
            neighbour = left.studies[min(place, len(left.studies) - 1)]
            stack = main_stack(StudyIndex(0, (neighbour,)))
            if stack is not None:
                self.open(stack)

    def _empty(self, closed: set[StackKey]) -> None:
        """Take stacks out of every place; the other places stay as they are."""
        session = self._session
        for name, view in session.viewports.by_id.items():
            if view.layer is not None and view.layer.stack in closed:
                session.set_layer(name, None)
        if set(session.stacks) <= closed:
            session.set_volume(None, AnnotationDocument(""), DisplayState(UNKNOWN_WINDOW))
            return
        for layout in session.layouts:
            views = {name: session.viewports[name] for name in layout.viewport_ids}
            left = {name: view for name, view in views.items() if view.stack not in closed}
            if len(left) < len(views):
                session.set_layout(layout, left, session.interaction.active)

    def _set_index(self, left: StudyIndex) -> None:
        self._session.set_index(left if left.studies or left.objects else None)

    def _place(self, viewport_id: str) -> str:
        """Return the viewport that a stack goes to; no cell for all planes of an MPR layout."""
        viewport_id = viewport_id or self._session.interaction.active
        mpr = self._session.layout_with(viewport_id).is_mpr
        return id_in(window_of(viewport_id), "") if mpr else viewport_id

    def _in_window(self, window: int) -> set[StackKey | None]:
        views = self._session.viewports.by_id.items()
        return {view.stack for name, view in views if window_of(name) == window}

    def _load(self, ctx: JobContext, stack: Stack) -> Volume:
        """Read the marks, then the images; on the loading thread."""
        self._read_ahead(stack.key.series_uid)
        return load_measured(ctx, stack, partial(self._slice_in_view, stack))

    def _slice_in_view(self, stack: Stack) -> int:
        """Return the z that the reader looks at; called from the loading thread, reads only."""
        for viewport in tuple(self._session.viewports.by_id.values()):
            across = viewport.rotation is None and viewport.stack == stack.key
            if across and map_axes(stack.geometry, viewport.orientation).axis == 0:
                return viewport.index
        return stack.opening_slice

    def _grow(self, place: str, part: VolumeStarted | WindowMeasured | SlicesLoaded) -> None:
        key = self._wanted.get(place)
        if isinstance(part, VolumeStarted):
            stack = part.volume.stack
            document = self._open_document(stack.key.series_uid)
            opened = OpenStack(part.volume, document)
            if cell_in(place):
                self._show(place, opened)
            else:
                self._show_planes(place, opened)
        elif key is None:
            return
        elif isinstance(part, WindowMeasured):
            self._begin_with(key, part.window)
        else:
            self._session.add_loaded(part.slices, key)

    def _begin_with(self, key: StackKey, window: HuWindow) -> None:
        """Note the window that was measured for a stack, wherever it is and will be shown."""
        stack = self._session.stacks.get(key)
        if stack is not None:
            stack.opening = window
        for name in self._session.viewports_of(key):
            display = self._session.viewports[name].display
            if display.preset == DEFAULT:
                display.window = window

    def _show_planes(self, place: str, opened: OpenStack) -> None:
        session, window = self._session, window_of(place)
        if window >= len(session.layouts) or not session.layouts[window].is_mpr:
            return  # the layout changed meanwhile
        stack, display = opened.volume.stack, first_display(opened)
        names = session.layouts[window].viewport_ids
        looks = {name: self.looks.find(stack.key, name) for name in names}
        former = {name: self._former(name, stack) for name in names}
        for name, look in looks.items():
            before = former[name]
            if look is not None:
                restore_window(display, look, stack)
            elif before is not None:
                take_window(before.view.display, before.stack.volume.stack, display, stack)
        session.set_volume(opened.volume, opened.document, display, window)
        for name, look in looks.items():
            view, before = session.viewports[name], former[name]
            if look is not None:
                restore(view, look, stack)
            elif before is not None:
                take_stance(before.view, view)
                take_scale(session.links, before, Seen(view, opened, self._size_of(name)))
        for name, look in looks.items():
            if former[name] is None:
                self._go_back(name, look)

    def _show(self, viewport_id: str, opened: OpenStack) -> None:
        session = self._session
        if viewport_id not in session.viewports.by_id:
            return  # the layout changed meanwhile
        stack = opened.volume.stack
        orientation = acquisition_orientation(opened.volume.geometry)
        state = ViewportState(orientation, first_display(opened), stack.key)
        now = Seen(state, opened, self._size_of(viewport_id))
        former = self._former(viewport_id, stack)
        is_promised = self.looks.is_promised(stack.key, viewport_id)
        look = self.looks.find(stack.key, viewport_id)
        if look is not None:
            restore(state, look, stack)
        elif former is not None:
            succeed(session.links, former, now)
        beside = self._beside.pop(viewport_id, "")
        if beside and beside != viewport_id and not is_promised:
            compare(session, seen_in(session, beside, self._size_of), now)
        session.show(viewport_id, opened, state)
        if former is None or is_promised:
            self._go_back(viewport_id, look)

    def _former(self, viewport_id: str, stack: Stack) -> Seen | None:
        """Return what a place shows, where it is the same body as that of the stack that comes."""
        seen = seen_in(self._session, viewport_id, self._size_of)
        if seen is None or not succeeds(self._session.links, seen.stack.volume.stack, stack):
            return None
        return seen

    def _go_back(self, viewport_id: str, look: KeptView | None) -> None:
        """Go to the slice of a look, unless the place shows the level of those beside it."""
        session, stack = self._session, self._session.shown_in(viewport_id)
        if look is None or stack is None or level_beside(session, viewport_id) is not None:
            return
        viewport = session.viewports[viewport_id]
        viewport.index = min(look.index, view_count(viewport, stack.volume.geometry) - 1)

    def _finish(self, volume: Volume) -> None:
        self._session.finish_volume(volume)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, ViewerError):
            self._trouble(error)
        else:
            self._trouble(ViewerError("The series cannot be opened", type(error).__name__))


def load_measured(ctx: JobContext, stack: Stack, first_slice: Callable[[], int]) -> Volume:
    """Load a stack; a window that must be measured is told before the first slice.

    Partial results and errors are those of `viewer.dicom.loader.load`, and `WindowMeasured`.
    """
    return load(_MeasuringContext(ctx), stack, first_slice)


class _MeasuringContext:
    """Passes a load's partial results on, with a window in front of the first image."""

    def __init__(self, ctx: JobContext) -> None:
        self._ctx = ctx
        self._volume: Volume | None = None

    def progress(self, fraction: float, text: str = "") -> None:
        self._ctx.progress(fraction, text)

    def check(self) -> None:
        self._ctx.check()

    def partial(self, value: object) -> None:
        if isinstance(value, VolumeStarted):
            self._volume = None if value.volume.is_colour else value.volume
        elif isinstance(value, SlicesLoaded) and self._volume is not None:
            images = value.slices.difference(self._volume.placeholders)
            if images:
                self._measure(self._volume, images)
        self._ctx.partial(value)

    def _measure(self, volume: Volume, images: frozenset[int]) -> None:
        """Tell a window if need be; where the files state one, flat slices do not decide it."""
        window = measured_window(volume, images)
        if window is not None:
            self._ctx.partial(WindowMeasured(window))
        offered = volume.stack.windows
        if not offered or leaves_no_contrast(volume, offered[0].window, images) is not None:
            self._volume = None
