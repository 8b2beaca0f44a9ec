"""Builds the window from its parts, and takes it apart again."""

from dataclasses import replace
from functools import partial
from typing import Protocol

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from viewer.app.action_spec import ActionHandlers
from viewer.app.align import align
from viewer.app.annotations import AnnotationKeeper
from viewer.app.controls import Controls
from viewer.app.load_stack import StackLoader
from viewer.app.looks import Looks
from viewer.app.open_study import StudyOpener, object_text
from viewer.app.presenters.aligning import Aligner
from viewer.app.presenters.faces import FacesPresenter
from viewer.app.presenters.gestures import Gestures
from viewer.app.presenters.hanging import PriorHanger
from viewer.app.presenters.navigation import Navigator
from viewer.app.presenters.returning import Returner
from viewer.app.presenters.selfcheck import SelfCheckPresenter
from viewer.app.presenters.turns import Turns
from viewer.app.presenters.viewport import ViewportPresenter
from viewer.app.profile_store import PresetStore, ProfileStore
from viewer.app.roi_cache import RoiCache
from viewer.app.save import save_photo
from viewer.app.series_names import series_title
from viewer.app.settings import SettingsStore
from viewer.app.surface import surface_mesh
from viewer.core.key_image import KeyImage
from viewer.core.session import Session
from viewer.core.shapes import AnyShape, ArrowShape, TextShape
from viewer.core.study import DicomObject, Stack
from viewer.i18n import tr
from viewer.jobs.process import WorkerProcess
from viewer.jobs.runner import JobRunner
from viewer.paths import cache_dir, config_dir, data_dir
from viewer.render.report_pdf import write_selfcheck_pdf
from viewer.render.surface_view import SurfaceView
from viewer.store.annotations import AnnotationStore
from viewer.store.index_cache import FOLDER_NAME, IndexCache
from viewer.store.views import ViewStore
from viewer.tools.hands import Hands
from viewer.ui.availability import ActionStates
from viewer.ui.change_notices import ChangeNotices
from viewer.ui.controls_room import ControlsRoom
from viewer.ui.curved_room import CurvedRoom
from viewer.ui.deeds import Deeds, Parts
from viewer.ui.dialogs.faces import FacesDialog
from viewer.ui.dialogs.selfcheck import SelfCheckDialog
from viewer.ui.dispatch import Dispatcher
from viewer.ui.finding_deeds import FindingDeeds
from viewer.ui.handlers import make_handlers
from viewer.ui.key_image_deeds import KeyImageDeeds
from viewer.ui.layer_room import LayerRoom
from viewer.ui.main_window import MainWindow
from viewer.ui.metadata_browser import MetadataBrowser
from viewer.ui.own_layouts_room import OwnLayoutsRoom
from viewer.ui.preferences_room import PreferencesRoom
from viewer.ui.reading_deeds import ReadingDeeds
from viewer.ui.reading_room import ReadingRoom
from viewer.ui.recents import Recents
from viewer.ui.saving_room import SAVING, SavingRoom
from viewer.ui.second_window import SecondWindow
from viewer.ui.side_panels import Analysis, PanelWidgets, SidePanels
from viewer.ui.viewport_frame import ViewportFrame
from viewer.ui.viewport_grid import ViewportGrid
from viewer.ui.wiring import LOADING, WindowWiring

OPENING = "opening"
"""Topic of what is told about a scan."""


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
    side : SidePanels
        The panels beside the images.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.session = Session()
        self.dispatcher = Dispatcher()
        self.runner = JobRunner(self.dispatcher.post)
        # What a reader did is saved in time, however many loads and exports wait for a thread.
        self._savers = JobRunner(self.dispatcher.post, threads=2)
        self.settings = SettingsStore(config_dir())
        self.preferences = PreferencesRoom(self.settings, self.session)
        self.navigator = Navigator(self.session, self.runner)
        self.deeds = Deeds()
        self.analyzer = analysis
        self._folders = IndexCache(cache_dir() / FOLDER_NAME)
        self.compute_worker = WorkerProcess("compute")
        self.rois = RoiCache()
        self._turns = Turns(self.dispatcher.later)
        self._make_window()
        notices = self.window.notifications
        self.keeper = AnnotationKeeper(
            AnnotationStore(data_dir() / "annotations"),
            self._savers,
            self.session.undo,
            partial(notices.show_error, topic=SAVING),
            self._series_name,
        )
        self.looks = Looks(self.session)
        self.loader = StackLoader(
            self.session,
            self.runner,
            self.keeper.open_document,
            partial(notices.show_error, topic=LOADING),
            self.looks,
            lambda name: self.viewports.frame(name).size_px(),
            self.keeper.read_ahead,
        )
        self.controls = ControlsRoom(
            Controls(self.settings, ProfileStore(config_dir()), PresetStore(config_dir())), self
        )
        self._hands = Hands()
        self.reading = ReadingRoom(
            self.session,
            self._savers,
            self.dispatcher,
            self.grid,
            self.loader,
            self._present_viewport,
            partial(notices.show_error, topic=SAVING),
            lambda: self.settings.settings.hang_prior,
        )
        self.viewports = self.reading.viewports
        self.returning = self._returner()
        self.hanging = PriorHanger(
            self.session,
            self.loader,
            lambda: self.settings.settings.hang_prior,
            lambda: self.returning.awaited,
        )
        self.opener = StudyOpener(
            self.session,
            self.runner,
            self._begin_study,
            self._tell_left_out,
            partial(notices.show_error, topic=OPENING),
            partial(notices.drop_topic, OPENING),
            self._memory,
        )
        self.second = SecondWindow(self)
        self.side = SidePanels(self)
        self.deeds.attach(self._parts())
        self.preferences.attach(self.window, self.deeds.forget_folders)
        self.layers = LayerRoom(self)
        self.curved = CurvedRoom(self)
        self.own_layouts = OwnLayoutsRoom(self)
        self._findings = FindingDeeds(self)
        self._saving = SavingRoom(self)
        self._changes = ChangeNotices(self.session, notices, self.navigator)
        self.window.actions_.set_handlers(self._handlers())
        self.states = ActionStates(
            self.session,
            self.window.actions_,
            self.dispatcher,
            self._has_mesh,
            lambda: self.side.analysis.reason,
            self.own_layouts.reasons,
        )
        self.surface_view.set_drags(self.controls.drag_deed)
        self._wiring = WindowWiring(self)
        self._recents = Recents(self, self._memory)
        self.reading.restore(self.settings, self.session)
        self.second.restore()
        self._closed = False

    def close(self) -> None:
        """Stop all work, save what is left, let go of everything; takes a second or so."""
        if self._closed:
            return
        self._closed = True
        self.returning.keep()
        self.returning.close()
        self.hanging.close()
        self.looks.close()
        self._wiring.close()
        self._recents.close()
        self._saving.close()
        self.keeper.close()
        self.deeds.close()
        self.states.close()
        presenters: tuple[Closable, ...] = (
            self.own_layouts,
            self.second,
            self.preferences,
            self.controls,
            self.layers,
            self.curved,
            self._findings,
            self._changes,
            self.reading,
            self.side,
            self.metadata,
        )
        for presenter in presenters:
            presenter.close()
        if self._faces is not None:
            self._faces.close()
        if self._selfcheck is not None:
            self._selfcheck.close()
        self.navigator.close()
        self.compute_worker.close()
        self.analyzer.close()
        self.runner.close()
        self._savers.close()
        self.surface_view.close()

    # --- parts -------------------------------------------------------------------------------

    def _make_window(self) -> None:
        self.surface_view = SurfaceView()
        self.grid = ViewportGrid(self.surface_view)
        self.panels = PanelWidgets()
        self.window = MainWindow(self.grid, self.panels.studies, self.panels.right)
        self.metadata = MetadataBrowser(
            self.session, self.runner, self.dispatcher.later, self.window
        )
        self._faces: FacesPresenter | None = None
        self._selfcheck: SelfCheckPresenter | None = None

    def _handlers(self) -> ActionHandlers:
        notices = self.window.notifications
        reading = ReadingDeeds(
            self.session,
            self.settings,
            self.reading.arranger,
            self.reading.linker,
            self.reading.cine,
            self._aligner(),
            self.second,
            notices.show_message,
        )
        key_images = KeyImageDeeds(
            self.session,
            self.navigator,
            self._ask_comment,
            partial(self.window.show_tab, tr("Key images")),
        )
        handlers = make_handlers(self.session, self.navigator, self.deeds, reading)
        for room in (
            self.preferences,
            self.own_layouts,
            self.controls,
            key_images,
            self._findings,
            self.layers,
            self.curved,
        ):
            handlers |= room.handlers()
        return handlers

    def _present_viewport(self, name: str, frame: ViewportFrame) -> ViewportPresenter:
        return ViewportPresenter(
            self.session,
            name,
            frame,
            Gestures(
                self.session,
                name,
                self._hands,
                partial(self._on_created, name),
                self.controls.mouse_bindings,
            ),
            self.dispatcher.later,
            self.rois,
            self.runner,
            self._turns,
        )

    def _parts(self) -> Parts:
        return Parts(
            session=self.session,
            runner=self.runner,
            compute_worker=self.compute_worker,
            settings=self.settings,
            opener=self.opener,
            loader=self.loader,
            grid=self.grid,
            window=self.window,
            viewports=self.viewports,
            analysis=self.side.analysis,
            surface=self.side.surface,
            export=self.side.export,
            export_dialog=self.side.export_dialog,
            problems_dialog=self.side.problems_dialog,
            memory=self._folders,
            metadata=self.metadata,
            marks_panel=self.panels.measurements,
            hands=self._hands,
            make_faces=self._make_faces,
            make_selfcheck=self._make_selfcheck,
        )

    # --- answers -----------------------------------------------------------------------------

    def _make_faces(self) -> QDialog:
        dialog = FacesDialog(self.window)
        interaction, saved = self.session.interaction, self.deeds.saved
        self._faces = FacesPresenter(dialog, self.runner, interaction, save_photo, on_saved=saved)
        return dialog

    def _make_selfcheck(self) -> QDialog:
        dialog = SelfCheckDialog(self.window)
        self._selfcheck = SelfCheckPresenter(
            dialog,
            self.runner,
            self.session.interaction,
            partial(surface_mesh, self.compute_worker),
            display=dialog.display_facts,
            write_pdf=write_selfcheck_pdf,
            copy_text=QGuiApplication.clipboard().setText,
            on_saved=self.deeds.saved,
        )
        self._selfcheck.run()
        return dialog

    def _on_created(self, viewport_id: str, shape: AnyShape) -> None:
        if isinstance(shape, ArrowShape | TextShape):
            self.viewports[viewport_id].ask_words(shape, is_new=True)

    def _ask_comment(self, image: KeyImage) -> None:
        self.viewports[self.session.interaction.active].ask_comment(image)

    def touch_states(self) -> None:
        """Look again at which actions make sense."""
        if hasattr(self, "states"):
            self.states.touch()

    def _aligner(self) -> Aligner:
        notices, work = self.window.notifications, partial(align, self.compute_worker)
        tell, trouble = notices.show_message, notices.show_error
        return Aligner(self.session, self.runner, work, tell, trouble)

    def _has_mesh(self) -> bool:
        return self.side.surface.mesh is not None

    def _series_name(self, series_uid: str) -> str:
        index = self.session.index
        studies = () if index is None else index.studies
        many = (series for study in studies for series in study.series)
        found = next((one for one in many if one.series_uid == series_uid), None)
        return "" if found is None else series_title(found)

    def _memory(self) -> IndexCache | None:
        return self._folders if self.settings.settings.remember_folders else None

    def _returner(self) -> Returner:
        store = ViewStore(data_dir())
        return Returner(
            self.session,
            self.loader,
            self.navigator,
            self.looks,
            store,
            self._savers,
            lambda: self.settings.settings.restore_views,
            self.dispatcher.every,
        )

    def _begin_study(self, stack: Stack) -> None:
        self.returning.begin(stack)
        self.reading.arranger.begin(stack)
        self.hanging.begin(stack)

    def tell_object(self, found: DicomObject) -> None:
        """Say what an object is that cannot be opened as images."""
        hidden = self.session.interaction.teaching
        told = replace(found, path=tr("This file")) if hidden else found
        text = tr("{object}: this version lists it, but does not open it", object=object_text(told))
        show = partial(self.metadata.open_file, found.path)
        self.window.notifications.show_message(text, action=(tr("Show tags"), show), topic=OPENING)

    def _tell_left_out(self, text: str) -> None:
        self.window.notifications.show_message(
            text, "warning", action=(tr("Show list"), self.deeds.show_problems), topic=OPENING
        )
