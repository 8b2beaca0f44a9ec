"""One session: what is open, what is marked, what is shown, what was analysed.

Several stacks may be open at a time, each in one viewport or more; the active viewport says which
of them "the volume" is, for panels and actions. Only the UI thread (or the one thread of the
command line) changes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from viewer.core.analysis import RiskReport
from viewer.core.commands import series_pairs
from viewer.core.document import AnnotationDocument
from viewer.core.events import Signal
from viewer.core.layer import Layer
from viewer.core.layout import MAIN, MPR, SECOND, Layout, window_of
from viewer.core.links import StackLinks
from viewer.core.shapes import PointLps
from viewer.core.study import StackKey, StudyIndex
from viewer.core.undo import Step, UndoStack
from viewer.core.view_state import DisplayState, InteractionState, Viewports, ViewportState
from viewer.core.view_step import SetLooks
from viewer.core.volume import Volume
from viewer.core.window import HuWindow, VoiTransform

_NO_DOCUMENT = ""


@dataclass(slots=True, eq=False)
class OpenStack:
    """A stack in memory.

    Attributes
    ----------
    volume : Volume
        Its voxels; replaced by its finished self when loading ends.
    document : AnnotationDocument
        Marks of its series.
    loaded : frozenset of int
        Slices z whose voxels are there.
    analysis : RiskReport or None
        Of the assistant.
    opening : VoiTransform or None
        The window to begin with that was measured, where the files state none that shows anything.
    """

    volume: Volume
    document: AnnotationDocument
    loaded: frozenset[int] = frozenset()
    analysis: RiskReport | None = None
    opening: VoiTransform | None = None


class Session:
    """The state that presenters observe.

    Signals
    -------
    index_changed
        Another study index.
    layout_changed
        Other viewports; those that are new show nothing yet.
    shown_changed(str)
        The viewport with this id shows another stack, or none.
    volume_changed
        "The volume" is another one (or None): another viewport became active, or another stack
        is in it. Document and display are another's, too.
    stack_grew(StackKey, object)
        Slices of an open stack arrived while loading; carries a frozenset of z.
    voxels_changed(object)
        The same, for the volume only.
    analysis_changed
        `analysis` is another report, or None.
    told(str)
        Something the reader should know in passing: why a locked mark does not move.
    """

    index_changed = Signal()
    layout_changed = Signal()
    shown_changed = Signal(str)
    volume_changed = Signal()
    stack_grew = Signal(object, object)
    voxels_changed = Signal(object)
    analysis_changed = Signal()
    told = Signal(str)

    def __init__(self) -> None:
        self.index: StudyIndex | None = None
        self.stacks: dict[StackKey, OpenStack] = {}
        self.links = StackLinks()
        self.layouts: tuple[Layout, ...] = (MPR,)
        self.viewports = Viewports.of((MPR,), DisplayState(HuWindow(400, 40)))
        self.interaction = InteractionState()
        self._nothing = AnnotationDocument(_NO_DOCUMENT)
        self.undo = UndoStack(self._nothing, self._shows)
        self._told: StackKey | None = None
        self.interaction.events.active.connect(self._on_active)

    # --- the active viewport's -----------------------------------------------------------------

    @property
    def active(self) -> ViewportState:
        """The viewport that keys and panels act on."""
        return self.viewports[self.interaction.active]

    @property
    def layout(self) -> Layout:
        """Layout of the window with the active viewport."""
        return self.layout_with(self.interaction.active)

    def layout_with(self, viewport_id: str) -> Layout:
        """Return the layout of the window that a viewport is in."""
        return self.layouts[window_of(viewport_id)]

    @property
    def open_stack(self) -> OpenStack | None:
        """What the active viewport shows, or None."""
        return self.shown_in(self.interaction.active)

    @property
    def volume(self) -> Volume | None:
        """The volume of the active viewport, or None."""
        stack = self.open_stack
        return None if stack is None else stack.volume

    @property
    def document(self) -> AnnotationDocument:
        """Marks of the active viewport's series."""
        stack = self.open_stack
        return self._nothing if stack is None else stack.document

    @property
    def display(self) -> DisplayState:
        """Window and inversion of the active viewport."""
        return self.active.display

    @property
    def loaded_slices(self) -> frozenset[int]:
        """Slices of the volume whose voxels are there."""
        stack = self.open_stack
        return frozenset() if stack is None else stack.loaded

    @property
    def analysis(self) -> RiskReport | None:
        """The assistant's report on the volume, or None."""
        stack = self.open_stack
        return None if stack is None else stack.analysis

    def shown_in(self, viewport_id: str) -> OpenStack | None:
        """Return what a viewport shows, or None."""
        key = self.viewports[viewport_id].stack
        return None if key is None else self.stacks.get(key)

    def is_open(self, stack: OpenStack | None) -> bool:
        """Tell whether a stack is (still) open."""
        return stack is not None and self.stacks.get(stack.volume.stack.key) is stack

    def viewports_of(self, key: StackKey) -> tuple[str, ...]:
        """Return the ids of the viewports that show a stack."""
        return tuple(name for name, view in self.viewports.by_id.items() if view.stack == key)

    # --- what is open ------------------------------------------------------------------------

    def set_index(self, index: StudyIndex | None) -> None:
        """Show another study index."""
        self.index = index
        self.index_changed.emit()

    def set_volume(
        self,
        volume: Volume | None,
        document: AnnotationDocument,
        display: DisplayState,
        window: int = MAIN,
    ) -> None:
        """Show a volume in every viewport of a window, all alike; None closes everything.

        The other window keeps what it shows.
        """
        layouts = self.layouts if volume is None else (self.layouts[window],)
        changed = [name for layout in layouts for name in layout.viewport_ids]
        fresh = Viewports.of(layouts, display)
        self.viewports = Viewports({**self.viewports.by_id, **fresh.by_id})
        if volume is not None:
            key = volume.stack.key
            known = self.stacks.get(key)
            same = known is not None and (known.volume, known.document) == (volume, document)
            if not same:
                self.stacks[key] = OpenStack(volume, document)
            for viewport in fresh.by_id.values():
                viewport.stack = key
        handed = None if volume is None else self._crosshair_for(volume.stack.key)
        self._release()
        if len(self.stacks) <= 1:
            self.interaction.crosshair_stack = None
            self.interaction.crosshair_lps = None
        self._forget_gesture(handed)
        self._tell(changed)

    def show(self, viewport_id: str, stack: OpenStack, state: ViewportState) -> None:
        """Show a stack in one viewport; what no viewport shows any more is closed."""
        key = stack.volume.stack.key
        state.stack = key
        self.stacks[key] = stack
        self.viewports.by_id[viewport_id] = state
        handed = self._crosshair_for(key)
        self._release()
        self._forget_gesture(handed)
        self._tell((viewport_id,))

    def set_layer(
        self, viewport_id: str, layer: Layer | None, stack: OpenStack | None = None
    ) -> None:
        """Lay a stack over a viewport's own, change how it lies there, or (None) take it away.

        The planes of an MPR layout have one layer. A stack that no viewport shows and that is no
        layer any more is closed.
        """
        if stack is not None:
            self.stacks[stack.volume.stack.key] = stack
        layout = self.layout_with(viewport_id)
        for name in layout.viewport_ids if layout.is_mpr else (viewport_id,):
            self.viewports[name].layer = layer
        self._release()

    def set_layout(self, layout: Layout, states: dict[str, ViewportState], active: str) -> None:
        """Show other viewports in a window; the first layout of the second window opens it.

        Parameters
        ----------
        layout : Layout
            Tells by the ids of its cells which window it is for.
        states : dict
            States of (some of) the layout's viewports; the others show nothing.
        active : str
            Id of the viewport that shall be active.
        """
        before, after = self.layouts[: layout.window], self.layouts[layout.window + 1 :]
        others = self._states_but(layout.window)
        self._lay_out((*before, layout, *after), {**others, **states}, active)
        self._tell(layout.viewport_ids)

    def close_second(self) -> None:
        """Take the second window's viewports away; what only they showed is closed."""
        active = self.interaction.active
        if window_of(active) != MAIN:
            active = self.layouts[MAIN].viewport_ids[0]
        self._lay_out(self.layouts[:1], self._states_but(SECOND), active)
        self._tell(())

    def note_shares(self, layout: Layout) -> None:
        """Note how the cells of a window share their place now: nobody else needs to know."""
        self.layouts = tuple(
            layout if n == layout.window else o for n, o in enumerate(self.layouts)
        )

    def add_loaded(self, slices: frozenset[int], key: StackKey | None = None) -> None:
        """Note that these slices of a stack (default: the volume) now hold their voxels."""
        key = key or self.active.stack
        stack = None if key is None else self.stacks.get(key)
        if key is None or stack is None:
            return
        stack.loaded |= slices
        self.stack_grew.emit(key, slices)
        if key == self.active.stack:
            self.voxels_changed.emit(slices)

    def finish_volume(self, volume: Volume) -> None:
        """Replace a growing volume by its finished self (same data, final caveats)."""
        stack = self.stacks.get(volume.stack.key)
        if stack is not None:
            stack.volume = volume
            every = frozenset(range(volume.geometry.shape_zyx[0]))
            self.add_loaded(every, volume.stack.key)

    def set_analysis(self, report: RiskReport | None, key: StackKey | None = None) -> None:
        """Note another analysis of a stack (default: the volume)."""
        key = key or self.active.stack
        stack = None if key is None else self.stacks.get(key)
        if stack is not None:
            stack.analysis = report
            if key == self.active.stack:
                self.analysis_changed.emit()

    # --- places ------------------------------------------------------------------------------

    def point_in(
        self, point_lps: PointLps, source: StackKey | None, target: StackKey
    ) -> PointLps | None:
        """Map a point of one open stack into another; None where nothing joins the two."""
        here = self.stacks.get(source) if source is not None else None
        there = self.stacks.get(target)
        if here is None or there is None:
            return None
        rigid = self.links.between(here.volume.stack, there.volume.stack)
        return None if rigid is None else rigid.apply(point_lps)

    def crosshair_in(self, key: StackKey) -> PointLps | None:
        """Return the crosshair in LPS mm of an open stack; None where it is not joined to it."""
        interaction = self.interaction
        if interaction.crosshair_lps is None:
            return None
        if interaction.crosshair_stack in (None, key):
            return interaction.crosshair_lps
        return self.point_in(interaction.crosshair_lps, interaction.crosshair_stack, key)

    # --- details -----------------------------------------------------------------------------

    def _shows(self, step: Step) -> bool:
        """Tell whether the reader could see what undoing or redoing a step does."""
        if isinstance(step.target, AnnotationDocument):
            return any(stack.document is step.target for stack in self.stacks.values())
        if isinstance(step.change.command, SetLooks):
            return step.change.command.is_seen(self.viewports.by_id)
        shown = {key.series_uid for key in self.stacks}
        return any(pair <= shown for pair in series_pairs(step.change.command))

    def _states_but(self, window: int) -> dict[str, ViewportState]:
        views = self.viewports.by_id.items()
        return {name: state for name, state in views if window_of(name) != window}

    def _lay_out(
        self, layouts: tuple[Layout, ...], states: dict[str, ViewportState], active: str
    ) -> None:
        self.layouts = layouts
        self.viewports = Viewports.of(layouts, DisplayState(HuWindow(400, 40)), states)
        with self.interaction.events.active.blocked():
            self.interaction.active = active  # first: whoever hears of the rest asks for it
        self._release()
        self.interaction.maximised = ""
        self.layout_changed.emit()
        self._forget_gesture()

    def _on_active(self) -> None:
        if self.active.stack != self._told:
            self._tell(())

    def _tell(self, viewport_ids: Iterable[str]) -> None:
        """Tell of other contents: of viewports, and of what "the volume" is."""
        self._told = self.active.stack
        self.undo.document = self.document
        for viewport_id in tuple(viewport_ids):
            self.shown_changed.emit(viewport_id)
        self.volume_changed.emit()
        self.analysis_changed.emit()

    def _release(self) -> None:
        views = self.viewports.by_id.values()
        shown = {view.stack for view in views} | {view.layer.stack for view in views if view.layer}
        self.stacks = {key: stack for key, stack in self.stacks.items() if key in shown}

    def _crosshair_for(self, key: StackKey) -> tuple[StackKey, PointLps] | None:
        """Return the crosshair of another stack of the same space, to be handed on to one."""
        at, point = self.interaction.crosshair_stack, self.interaction.crosshair_lps
        mapped = None if point is None or at == key else self.point_in(point, at, key)
        return None if mapped is None else (key, mapped)

    def _forget_gesture(self, handed: tuple[StackKey, PointLps] | None = None) -> None:
        interaction = self.interaction
        interaction.draft = None
        interaction.selected = ""
        interaction.hovered = ""
        if interaction.crosshair_stack not in self.stacks:
            interaction.crosshair_lps = None
            interaction.crosshair_stack = None
            if handed is not None:
                with interaction.events.crosshair_lps.blocked():  # who is shown it, asks for it
                    interaction.crosshair_stack, interaction.crosshair_lps = handed
