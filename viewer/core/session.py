"""One session: what is open, what is marked, what is shown, what was analysed.

Only the UI thread (or the one thread of the command line) changes it.
"""

from viewer.core.analysis import RiskReport
from viewer.core.document import AnnotationDocument
from viewer.core.events import Signal
from viewer.core.study import StudyIndex
from viewer.core.undo import UndoStack
from viewer.core.view_state import DisplayState, InteractionState, Viewports
from viewer.core.volume import Volume
from viewer.core.window import HuWindow


class Session:
    """The state that presenters observe.

    Signals
    -------
    index_changed
        Another study index.
    volume_changed
        Another volume (or None) became the active one; document, undo and display are new too.
    voxels_changed(object)
        Slices of the active volume arrived while loading; carries a frozenset of z.
    analysis_changed
        `analysis` is another report, or None.
    """

    index_changed = Signal()
    volume_changed = Signal()
    voxels_changed = Signal(object)
    analysis_changed = Signal()

    def __init__(self) -> None:
        self.index: StudyIndex | None = None
        self.volume: Volume | None = None
        self.loaded_slices: frozenset[int] = frozenset()
        self.document = AnnotationDocument("")
        self.undo = UndoStack(self.document)
        self.display = DisplayState(HuWindow(400, 40))
        self.viewports = Viewports()
        self.interaction = InteractionState()
        self.analysis: RiskReport | None = None

    def set_index(self, index: StudyIndex | None) -> None:
        """Show another study index."""
        self.index = index
        self.index_changed.emit()

    def set_volume(
        self, volume: Volume | None, document: AnnotationDocument, display: DisplayState
    ) -> None:
        """Make a volume the active one, together with its marks and its window."""
        self.volume = volume
        self.loaded_slices = frozenset()
        self.document = document
        self.undo = UndoStack(document)
        self.display = display
        self.viewports = Viewports()
        self.interaction.draft = None
        self.interaction.selected = ""
        self.interaction.hovered = ""
        self.interaction.crosshair_lps = None
        self.analysis = None
        self.volume_changed.emit()
        self.analysis_changed.emit()

    def add_loaded(self, slices: frozenset[int]) -> None:
        """Note that these slices of the active volume now hold their voxels."""
        self.loaded_slices |= slices
        self.voxels_changed.emit(slices)

    def finish_volume(self, volume: Volume) -> None:
        """Replace the growing volume by its finished self (same data, final caveats)."""
        self.volume = volume
        self.add_loaded(frozenset(range(volume.geometry.shape_zyx[0])))

    def set_analysis(self, report: RiskReport | None) -> None:
        """Show another analysis."""
        self.analysis = report
        self.analysis_changed.emit()
