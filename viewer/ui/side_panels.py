"""The panels beside the images and the dialogs that belong to them, with their presenters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from viewer.app.presenters.analysis import AnalysisPresenter, Analyze
from viewer.app.presenters.export import ExportPresenter
from viewer.app.presenters.histogram import HistogramPresenter
from viewer.app.presenters.key_images import KeyImagesPresenter
from viewer.app.presenters.measurements import MeasurementsPresenter
from viewer.app.presenters.problems import ProblemsPresenter
from viewer.app.presenters.study_tree import StudyTreePresenter
from viewer.app.presenters.surface import SurfacePresenter
from viewer.app.save import save_stl, save_text
from viewer.app.surface import surface_for_screen
from viewer.app.thumbnail import thumbnail
from viewer.core.analysis import ModelInfo
from viewer.core.shapes import AnyShape
from viewer.i18n import tr
from viewer.paths import data_dir
from viewer.render.snapshot import render_snapshot
from viewer.store.annotations import FOLDER_NAME, AnnotationStore
from viewer.ui.deeds import show_folder
from viewer.ui.dialogs.export import ExportDialog
from viewer.ui.dialogs.model_card import ModelCardDialog
from viewer.ui.dialogs.problems import ProblemsDialog
from viewer.ui.panels.analysis import AnalysisPanel
from viewer.ui.panels.histogram import HistogramPanel
from viewer.ui.panels.key_images import KeyImagesPanel
from viewer.ui.panels.measurements import MeasurementsPanel
from viewer.ui.panels.study_tree import StudyTreePanel
from viewer.ui.panels.surface import SurfacePanel
from viewer.ui.widgets.panel_tabs import Panel

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Analysis:
    """How Analyze is done; the window itself knows nothing of the learning stack.

    Attributes
    ----------
    analyze : callable
        See `viewer.app.presenters.analysis.Analyze`.
    no_model : callable
        How to add a model where none is installed, else "".
    close : callable
        Ends its worker process.
    """

    analyze: Analyze
    no_model: Callable[[], str]
    close: Callable[[], None]


class PanelWidgets:
    """The widgets at both sides; the window is built around them.

    Attributes
    ----------
    studies : StudyTreePanel
        At the left.
    right : tuple of Panel
        At the right, in this order.
    """

    def __init__(self) -> None:
        self.studies = StudyTreePanel()
        self.analysis = AnalysisPanel()
        self.measurements = MeasurementsPanel()
        self.key_images = KeyImagesPanel()
        self.surface = SurfacePanel()
        self.histogram = HistogramPanel()

    @property
    def right(self) -> Sequence[Panel]:
        """The panels of the right side."""
        return (
            Panel(tr("Analyze"), "analysis.run", self.analysis),
            Panel(tr("Measurements"), "tool.length", self.measurements),
            Panel(tr("Key images"), "panel.key_images", self.key_images),
            Panel(tr("Surface"), "analysis.surface", self.surface),
            Panel(tr("Histogram"), "panel.histogram", self.histogram),
        )


class SidePanels:
    """Fills the panels from the session and lets go of them together.

    Attributes
    ----------
    studies, measurements, key_images, histogram, surface, analysis, export, problems
        Presenters.
    """

    def __init__(self, bench: "Workbench") -> None:
        widgets, window = bench.panels, bench.window
        session, runner, deeds = bench.session, bench.runner, bench.deeds
        self._settings = bench.settings
        self.export_dialog = ExportDialog(window)
        self.problems_dialog = ProblemsDialog(window)
        self._card_dialog = ModelCardDialog(window)
        self.studies = StudyTreePresenter(
            session,
            widgets.studies,
            runner,
            thumbnail,
            open_stack=bench.loader.open_key,
            put_stack=bench.reading.arranger.put,
            show_object=bench.tell_object,
            close_study=deeds.close_study_of,
            show_problems=deeds.show_problems,
        )
        self.problems = ProblemsPresenter(session, self.problems_dialog)
        self.measurements = MeasurementsPresenter(
            session,
            widgets.measurements,
            runner,
            bench.rois,
            later=bench.dispatcher.later,
            jump=bench.navigator.jump_to,
            show_prior=bench.navigator.show_in_series,
            kept=bench.keeper.kept,
            load_marks=_saved_marks,
            copy_text=QGuiApplication.clipboard().setText,
            save_text=save_text,
            on_saved=deeds.saved,
            on_error=window.notifications.show_error,
        )
        self.key_images = KeyImagesPresenter(session, widgets.key_images, bench.navigator)
        self.histogram = HistogramPresenter(
            session,
            widgets.histogram,
            runner,
            bench.dispatcher.later,
            window.notifications.show_message,
        )
        self.surface = SurfacePresenter(
            session,
            widgets.surface,
            bench.surface_view,
            runner,
            partial(surface_for_screen, bench.compute_worker),
            save_stl,
            on_saved=deeds.saved,
            on_error=window.notifications.show_error,
            on_mesh_changed=bench.touch_states,
        )
        self.analysis = AnalysisPresenter(
            session,
            widgets.analysis,
            runner,
            bench.analyzer.analyze,
            no_model=bench.analyzer.no_model,
            jump=bench.navigator.jump_to,
            show_card=self._show_card,
            on_ready=bench.touch_states,
        )
        self.export = ExportPresenter(
            session,
            self.export_dialog,
            runner,
            render_snapshot,
            folder=self._export_folder(),
            show_folder=show_folder,
            on_folder=self._remember_export_folder,
        )

    def close(self) -> None:
        """Let go of the session and the dialogs."""
        for presenter in (
            self.studies,
            self.measurements,
            self.key_images,
            self.histogram,
            self.surface,
            self.analysis,
            self.export,
            self.problems,
        ):
            presenter.close()
        for dialog in (self.export_dialog, self.problems_dialog, self._card_dialog):
            dialog.close()

    def _show_card(self, model: ModelInfo) -> None:
        self._card_dialog.set_model(model)
        self._card_dialog.show()
        self._card_dialog.raise_()

    def _export_folder(self) -> Path:
        kept = self._settings.settings.last_export_folder
        return Path(kept) if kept else Path.home()

    def _remember_export_folder(self, folder: Path) -> None:
        self._settings.save(self._settings.settings.changed(last_export_folder=str(folder)))


def _saved_marks(series_uid: str) -> tuple[AnyShape, ...]:
    """Read the marks of a series that is not open, without taking part in its saving."""
    return AnnotationStore(data_dir() / FOLDER_NAME).load(series_uid).shapes
