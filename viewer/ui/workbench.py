"""Builds the window from its parts, and takes it apart again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from viewer.app.align import align
from viewer.app.annotations import AnnotationKeeper
from viewer.app.load_stack import StackLoader
from viewer.app.mark_values import RoiCache
from viewer.app.open_study import StudyOpener, object_text
from viewer.app.presenters.aligning import Aligner
from viewer.app.presenters.analysis import AnalysisPresenter, Analyze
from viewer.app.presenters.export import ExportPresenter
from viewer.app.presenters.faces import FacesPresenter
from viewer.app.presenters.gestures import Gestures
from viewer.app.presenters.measurements import MeasurementsPresenter
from viewer.app.presenters.navigation import Navigator
from viewer.app.presenters.problems import ProblemsPresenter
from viewer.app.presenters.selfcheck import SelfCheckPresenter
from viewer.app.presenters.study_tree import StudyTreePresenter
from viewer.app.presenters.surface import SurfacePresenter
from viewer.app.presenters.viewport import ViewportPresenter
from viewer.app.save import save_photo, save_stl, save_text
from viewer.app.settings import SettingsStore
from viewer.app.surface import surface_for_screen, surface_mesh
from viewer.app.thumbnail import thumbnail
from viewer.core.analysis import ModelInfo
from viewer.core.session import Session
from viewer.core.shapes import AnyShape, ArrowShape, TextShape
from viewer.core.study import DicomObject
from viewer.jobs.process import WorkerProcess
from viewer.jobs.runner import JobRunner
from viewer.paths import cache_dir, config_dir, data_dir
from viewer.render.report_pdf import write_selfcheck_pdf
from viewer.render.snapshot import render_snapshot
from viewer.render.surface_view import SurfaceView
from viewer.store.annotations import AnnotationStore
from viewer.store.index_cache import FOLDER_NAME, IndexCache
from viewer.tools.hands import Hands
from viewer.ui.availability import ActionStates
from viewer.ui.deeds import Deeds, Parts, show_folder
from viewer.ui.dialogs.export import ExportDialog
from viewer.ui.dialogs.faces import FacesDialog
from viewer.ui.dialogs.model_card import ModelCardDialog
from viewer.ui.dialogs.problems import ProblemsDialog
from viewer.ui.dialogs.selfcheck import SelfCheckDialog
from viewer.ui.dispatch import Dispatcher
from viewer.ui.handlers import make_handlers
from viewer.ui.main_window import MainWindow
from viewer.ui.metadata_browser import MetadataBrowser
from viewer.ui.panels.analysis import AnalysisPanel
from viewer.ui.panels.measurements import MeasurementsPanel
from viewer.ui.panels.study_tree import StudyTreePanel
from viewer.ui.panels.surface import SurfacePanel
from viewer.ui.reading_deeds import ReadingDeeds
from viewer.ui.reading_room import ReadingRoom
from viewer.ui.viewport_frame import ViewportFrame
from viewer.ui.viewport_grid import ViewportGrid
from viewer.ui.wiring import LOADING, WindowWiring

OPENING = "opening"
"""Topic of what is told about a scan."""


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


class Closable(Protocol):
    """Whatever lets go of the session when told to."""

    def close(self) -> None:
        """Let go."""


class Workbench:
    """One window with all that works behind it.

    Attributes
    ----------
    session : Session
        What is open.
    window : MainWindow
        The window.
    deeds : Deeds
        What its actions do.
    navigator : Navigator
        Slices, crosshair, presets.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.session = Session()
        self.dispatcher = Dispatcher()
        self.runner = JobRunner(self.dispatcher.post)
        self.settings = SettingsStore(config_dir())
        self._apply_settings()
        self.navigator = Navigator(self.session, self.runner)
        self.deeds = Deeds()
        self._reading_deeds = ReadingDeeds(self.session, self.settings)
        self._analysis = analysis
        self._folders = IndexCache(cache_dir() / FOLDER_NAME)
        self._compute_worker = WorkerProcess("compute")
        self._rois = RoiCache()
        self._make_widgets()
        self._make_window()
        self.keeper = AnnotationKeeper(
            AnnotationStore(data_dir() / "annotations"),
            self.runner,
            self.window.notifications.show_error,
        )
        self.loader = StackLoader(
            self.session,
            self.runner,
            self.keeper.open_document,
            partial(self.window.notifications.show_error, topic=LOADING),
        )
        self._hands = Hands()
        self.reading = ReadingRoom(
            self.session,
            self.runner,
            self.dispatcher,
            self.grid,
            self.loader,
            self._present_viewport,
            self.window.notifications.show_error,
        )
        self.viewports = self.reading.viewports
        self.opener = StudyOpener(
            self.session,
            self.runner,
            self.reading.arranger.begin,
            self._tell_left_out,
            partial(self.window.notifications.show_error, topic=OPENING),
            partial(self.window.notifications.drop_topic, OPENING),
            self._memory,
        )
        self._present_panels()
        self.deeds.attach(self._parts())
        self._reading_deeds.attach(
            self.reading.arranger,
            self.reading.linker,
            self.reading.cine,
            self._aligner(),
            self.window.notifications,
        )
        self.states = ActionStates(
            self.session,
            self.window.actions_,
            self.dispatcher,
            self._has_mesh,
            lambda: self.analysis.reason,
        )
        self._wiring = WindowWiring(self)
        self.reading.restore(self.settings, self.session)
        self._closed = False

    def close(self) -> None:
        """Stop all work, save what is left, let go of everything; takes a second or so."""
        if self._closed:
            return
        self._closed = True
        self._wiring.close()
        self.keeper.close()
        self.deeds.close()
        self.states.close()
        presenters: tuple[Closable, ...] = (
            self.reading,
            self.studies,
            self.measurements,
            self.surface,
            self.analysis,
            self.export,
            self.problems,
            self.metadata,
        )
        for presenter in presenters:
            presenter.close()
        if self._faces is not None:
            self._faces.close()
        if self._selfcheck is not None:
            self._selfcheck.close()
        self.navigator.close()
        self._compute_worker.close()
        self._analysis.close()
        self.runner.close()
        self.surface_view.close()
        for dialog in (self._export_dialog, self._problems_dialog, self._card_dialog):
            dialog.close()

    def _apply_settings(self) -> None:
        kept, interaction = self.settings.settings, self.session.interaction
        interaction.invert_window_drag = kept.invert_window_drag
        interaction.overlay_planes_visible = kept.overlay_planes_visible
        interaction.shutter_visible = kept.shutter_visible

    # --- parts -------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.surface_view = SurfaceView()
        self.grid = ViewportGrid(self.surface_view)
        self._studies_panel = StudyTreePanel()
        self._analysis_panel = AnalysisPanel()
        self._measurements_panel = MeasurementsPanel()
        self._surface_panel = SurfacePanel()

    def _make_window(self) -> None:
        self.window = MainWindow(
            self.grid,
            self._studies_panel,
            (
                ("Analyze", self._analysis_panel),
                ("Measurements", self._measurements_panel),
                ("Surface", self._surface_panel),
            ),
            make_handlers(self.session, self.navigator, self.deeds, self._reading_deeds),
        )
        self._export_dialog = ExportDialog(self.window)
        self._problems_dialog = ProblemsDialog(self.window)
        self._card_dialog = ModelCardDialog(self.window)
        self.metadata = MetadataBrowser(
            self.session, self.runner, self.dispatcher.later, self.window
        )
        self._faces: FacesPresenter | None = None
        self._selfcheck: SelfCheckPresenter | None = None

    def _present_viewport(self, name: str, frame: ViewportFrame) -> ViewportPresenter:
        return ViewportPresenter(
            self.session,
            name,
            frame,
            Gestures(self.session, name, self._hands, partial(self._on_created, name)),
            self.dispatcher.later,
            self._rois,
        )

    def _present_panels(self) -> None:
        session, runner, notices = self.session, self.runner, self.window.notifications
        self.studies = StudyTreePresenter(
            session,
            self._studies_panel,
            runner,
            thumbnail,
            open_stack=self.loader.open_key,
            put_stack=self.reading.arranger.put,
            show_object=self._tell_object,
            close_study=self.loader.close_study,
            show_problems=self.deeds.show_problems,
        )
        self.problems = ProblemsPresenter(session, self._problems_dialog)
        self.measurements = MeasurementsPresenter(
            session,
            self._measurements_panel,
            runner,
            self._rois,
            jump=self.navigator.jump_to,
            copy_text=QGuiApplication.clipboard().setText,
            save_text=save_text,
            on_saved=self.deeds.saved,
            on_error=notices.show_error,
        )
        self.surface = SurfacePresenter(
            session,
            self._surface_panel,
            self.surface_view,
            runner,
            partial(surface_for_screen, self._compute_worker),
            save_stl,
            on_saved=self.deeds.saved,
            on_error=notices.show_error,
            on_mesh_changed=self._touch_states,
        )
        self.analysis = AnalysisPresenter(
            session,
            self._analysis_panel,
            runner,
            self._analysis.analyze,
            no_model=self._analysis.no_model,
            jump=self.navigator.jump_to,
            show_card=self._show_card,
            on_ready=self._touch_states,
        )
        self.export = ExportPresenter(
            session,
            self._export_dialog,
            runner,
            render_snapshot,
            folder=self._export_folder(),
            show_folder=show_folder,
            on_folder=self._remember_export_folder,
        )

    def _parts(self) -> Parts:
        return Parts(
            session=self.session,
            runner=self.runner,
            compute_worker=self._compute_worker,
            settings=self.settings,
            opener=self.opener,
            loader=self.loader,
            grid=self.grid,
            window=self.window,
            viewports=self.viewports,
            analysis=self.analysis,
            surface=self.surface,
            export=self.export,
            export_dialog=self._export_dialog,
            problems_dialog=self._problems_dialog,
            memory=self._folders,
            metadata=self.metadata,
            marks_panel=self._measurements_panel,
            hands=self._hands,
            make_faces=self._make_faces,
            make_selfcheck=self._make_selfcheck,
        )

    # --- answers -----------------------------------------------------------------------------

    def _make_faces(self) -> QDialog:
        dialog = FacesDialog(self.window)
        self._faces = FacesPresenter(dialog, self.runner, save_photo, on_saved=self.deeds.saved)
        return dialog

    def _make_selfcheck(self) -> QDialog:
        dialog = SelfCheckDialog(self.window)
        self._selfcheck = SelfCheckPresenter(
            dialog,
            self.runner,
            partial(surface_mesh, self._compute_worker),
            display=dialog.display_facts,
            write_pdf=write_selfcheck_pdf,
            copy_text=QGuiApplication.clipboard().setText,
            on_saved=self.deeds.saved,
        )
        self._selfcheck.run()
        return dialog

    def _on_created(self, viewport_id: str, shape: AnyShape) -> None:
        if isinstance(shape, ArrowShape | TextShape):
            self.viewports[viewport_id].ask_words(shape)

    def _touch_states(self) -> None:
        if hasattr(self, "states"):
            self.states.touch()

    def _aligner(self) -> Aligner:
        notices, work = self.window.notifications, partial(align, self._compute_worker)
        tell, trouble = notices.show_message, notices.show_error
        return Aligner(self.session, self.runner, work, tell, trouble)

    def _has_mesh(self) -> bool:
        return self.surface.mesh is not None

    def _show_card(self, model: ModelInfo) -> None:
        self._card_dialog.set_model(model)
        self._card_dialog.show()
        self._card_dialog.raise_()

    def _memory(self) -> IndexCache | None:
        return self._folders if self.settings.settings.remember_folders else None

    def _tell_object(self, found: DicomObject) -> None:
        text = f"{object_text(found)}: this version lists it, but does not open it"
        show = partial(self.metadata.open_file, found.path)
        self.window.notifications.show_message(text, action=("Show tags", show), topic=OPENING)

    def _tell_left_out(self, text: str) -> None:
        self.window.notifications.show_message(
            text, "warning", action=("Show list", self.deeds.show_problems), topic=OPENING
        )

    def _export_folder(self) -> Path:
        kept = self.settings.settings.last_export_folder
        return Path(kept) if kept else Path.home()

    def _remember_export_folder(self, folder: Path) -> None:
        self.settings.save(self.settings.settings.changed(last_export_folder=str(folder)))
