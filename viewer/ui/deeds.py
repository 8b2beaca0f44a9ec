"""What only the window as a whole can do: dialogs, panels, opening, jobs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from viewer.app.layers import shown_view
from viewer.app.load_stack import StackLoader
from viewer.app.open_study import KEEP_KEY, StudyOpener
from viewer.app.presenters.analysis import AnalysisPresenter
from viewer.app.presenters.export import ExportPresenter
from viewer.app.presenters.surface import SurfacePresenter
from viewer.app.sample import sample_in_process
from viewer.app.settings import SettingsStore
from viewer.app.standing_text import view_caveats
from viewer.app.stepping import step_series, step_study
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.session import Session
from viewer.core.study import StudyKey
from viewer.i18n import mark, tr
from viewer.jobs.process import WorkerProcess
from viewer.jobs.runner import JobRunner
from viewer.paths import data_dir
from viewer.store.index_cache import IndexCache
from viewer.tools.hands import Hands
from viewer.ui.about import AboutDialog
from viewer.ui.crash import show_log_folder
from viewer.ui.fidelity_popover import FidelityPopover
from viewer.ui.main_window import MainWindow
from viewer.ui.metadata_browser import MetadataBrowser
from viewer.ui.panels.measurements import MeasurementsPanel
from viewer.ui.picture import copy_picture
from viewer.ui.second_window import ImageWindow
from viewer.ui.viewport_grid import ViewportGrid
from viewer.ui.viewports import ShownViewports

SAMPLE_KEY = "open.sample"
FORGET_KEY = "open.forget"
MAX_OPEN_PATHS = 50
_FILES = mark("DICOM files, DICOMDIR, ZIP (*)")
_STL = mark("STL (*.stl)")


@dataclass(slots=True, eq=False)
class Parts:
    """What the deeds are done with; filled by the composition."""

    session: Session
    runner: JobRunner
    compute_worker: WorkerProcess
    settings: SettingsStore
    opener: StudyOpener
    loader: StackLoader
    grid: ViewportGrid
    window: MainWindow
    viewports: ShownViewports
    analysis: AnalysisPresenter
    surface: SurfacePresenter
    export: ExportPresenter
    export_dialog: QDialog
    problems_dialog: QDialog
    memory: IndexCache
    metadata: MetadataBrowser
    marks_panel: MeasurementsPanel
    hands: Hands
    make_faces: Callable[[], QDialog]
    make_selfcheck: Callable[[], QDialog]


class Deeds:
    """The window's part of the actions; see `viewer.ui.handlers.WindowDeeds`."""

    def __init__(self) -> None:
        self._dialogs: dict[str, QDialog] = {}
        self._parts: Parts | None = None

    def attach(self, parts: Parts) -> None:
        """Take the parts: the window needs its actions before all of them exist."""
        self._parts = parts

    def close(self) -> None:
        """Close the dialogs."""
        for dialog in self._dialogs.values():
            dialog.close()

    @property
    def parts(self) -> Parts:
        """What it works with."""
        if self._parts is None:
            raise RuntimeError("the window is not complete yet")
        return self._parts

    # --- opening -----------------------------------------------------------------------------

    def open_paths(self, paths: list[str]) -> None:
        """Open files or folders and remember them."""
        if not paths:
            return
        settings = self.parts.settings
        first = Path(paths[0])
        folder = first if first.is_dir() else first.parent
        changed = settings.settings.with_recent(paths[0] if len(paths) == 1 else str(folder))
        former = settings.settings.open_paths if self.parts.session.index is not None else ()
        others = tuple(path for path in former if path not in paths)
        listed = (*others, *paths)[-MAX_OPEN_PATHS:]
        settings.save(changed.changed(last_folder=str(folder), open_paths=listed))
        self.parts.opener.open([Path(path) for path in paths])

    def open_files(self) -> None:
        """Ask for files and open them."""
        paths, _ = QFileDialog.getOpenFileNames(
            self.parts.window, tr("Open DICOM files"), self._last_folder(), _FILES
        )
        self.open_paths(paths)

    def open_folder(self) -> None:
        """Ask for a folder and open it."""
        path = QFileDialog.getExistingDirectory(
            self.parts.window, tr("Open folder"), self._last_folder()
        )
        self.open_paths([path] if path else [])

    def open_sample(self) -> None:
        """Make the sample study if need be, then open it."""
        self.parts.runner.submit(
            SAMPLE_KEY,
            partial(sample_in_process, self.parts.compute_worker),
            data_dir(),
            title=tr("Sample study"),
            on_done=self._open_made,
            on_failed=self._tell_failure,
        )

    def toggle_remember(self) -> None:
        """Remember opened folders, or forget them all."""
        self._toggle_setting("remember_folders")

    def forget_folders(self) -> None:
        """Forget the folders that were opened."""
        runner = self.parts.runner
        runner.cancel(KEEP_KEY)
        runner.submit(FORGET_KEY, self._forget)
        self.parts.window.notifications.show_message(tr("Opened folders are forgotten"))

    def toggle_reopen(self) -> None:
        """Open the last study at the next start, or not."""
        self._toggle_setting("reopen_last")

    def open_last(self) -> None:
        """Open what was open last where the settings ask for it and it is still there."""
        settings = self.parts.settings.settings
        paths = [Path(path) for path in settings.open_paths if Path(path).exists()]
        if settings.reopen_last and paths:
            self.parts.opener.open(paths)

    def close_study(self) -> None:
        """Take the study of the active viewport out of the list."""
        session = self.parts.session
        key = session.active.stack
        study = None if key is None or session.index is None else session.index.find_study(key)
        if study is not None:
            self.close_study_of(study.key)

    def close_study_of(self, key: StudyKey) -> None:
        """Take a study out of the list."""
        self.parts.loader.close_study(key)
        self._keep_open_paths()

    def close_all(self) -> None:
        """Take all studies out of the list; the start page is there again."""
        index = self.parts.session.index
        for key in [study.key for study in index.studies] if index else ():
            self.parts.loader.close_study(key)
        self.parts.session.set_index(None)
        self._keep_open_paths()

    def _keep_open_paths(self) -> None:
        """Note which paths still have something in the list."""
        index, settings = self.parts.session.index, self.parts.settings
        files = [stack.frames[0].path for stack in index.stacks()] if index else []
        left = tuple(
            path
            for path in settings.settings.open_paths
            if any(Path(file).is_relative_to(path) for file in files)
        )
        settings.save(settings.settings.changed(open_paths=left))

    def step_series(self, delta: int) -> None:
        """Open a neighbouring stack of the same patient."""
        step_series(self.parts.session, self.parts.loader, delta)

    def step_study(self, delta: int) -> None:
        """Open a neighbouring study of the same patient."""
        step_study(self.parts.session, self.parts.loader, delta)

    # --- dialogs -----------------------------------------------------------------------------

    def export_images(self) -> None:
        """Open the export dialog on the active view."""
        self.parts.export.start()
        _bring(self.parts.export_dialog)

    def export_stl(self) -> None:
        """Ask for a file name and save the surface."""
        name = str(Path(self.parts.settings.settings.last_export_folder) / "surface.stl")
        path, _ = QFileDialog.getSaveFileName(
            self.parts.window, tr("Save surface as STL"), name, _STL
        )
        if path:
            self.parts.surface.save_stl(Path(path))

    def show_problems(self) -> None:
        """Show the files that were left out."""
        _bring(self.parts.problems_dialog)

    def show_tags(self) -> None:
        """Show the DICOM tags of the image on the screen."""
        self.parts.metadata.open()

    def show_faces(self) -> None:
        """Open the Faces window."""
        self._show("faces", self.parts.make_faces)

    def show_selfcheck(self) -> None:
        """Open the self-check; the first time it runs at once."""
        self._show("selfcheck", self.parts.make_selfcheck)

    def show_about(self) -> None:
        """Show what this is."""
        self._show("about", lambda: AboutDialog(self.parts.window))

    def show_logs(self) -> None:
        """Open the log folder."""
        show_log_folder()

    def show_fidelity(self) -> None:
        """Show the caveats under the badge of the active view."""
        session = self.parts.session
        if session.volume is not None:
            shown, active = session.interaction.maximised, session.interaction.active
            self.show_fidelity_at(shown if shown in session.viewports.by_id else active)

    def show_fidelity_at(self, viewport_id: str) -> None:
        """Show the caveats under the badge of a view."""
        stack = self.parts.session.shown_in(viewport_id)
        if stack is not None:
            badge = self.parts.viewports.frame(viewport_id).fidelity
            view = shown_view(self.parts.session, viewport_id)
            of_view = () if view is None else view_caveats(view)
            FidelityPopover(stack.volume.caveats, self.parts.window, of_view).open_under(badge)

    def saved(self, path: Path) -> None:
        """Say that a file was written, and where."""
        self.parts.window.notifications.show_message(
            tr("Saved {name}", name=path.name),
            action=(tr("Show in folder"), lambda: show_folder(path.parent)),
        )

    # --- window ------------------------------------------------------------------------------

    def quit(self) -> None:
        """Close the window."""
        self.parts.window.close()

    def toggle_studies(self) -> None:
        """Show or hide the study panel."""
        dock = self.parts.window.studies_dock
        dock.setVisible(not dock.isVisible())

    def toggle_window_drag(self) -> None:
        """Reverse the directions of the window tool, and keep that."""
        self._toggle_setting("invert_window_drag")

    def toggle_overlay_planes(self) -> None:
        """Show or hide the files' overlay planes, and keep that."""
        self._toggle_setting("overlay_planes_visible")

    def toggle_shutter(self) -> None:
        """Apply or lift the files' display shutter, and keep that."""
        self._toggle_setting("shutter_visible")

    def toggle_panels(self) -> None:
        """Show or hide the panels at the right."""
        dock = self.parts.window.panels_dock
        dock.setVisible(not dock.isVisible())

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or not."""
        active = QApplication.activeWindow()
        window = active if isinstance(active, ImageWindow) else self.parts.window
        window.set_full_screen(not window.isFullScreen())

    def focus_view(self) -> None:
        """Give the keyboard to the active viewport."""
        active = self.parts.session.interaction.active
        self.parts.viewports.frame(active).canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def copy_picture(self) -> None:
        """Copy the active viewport."""
        session = self.parts.session
        if copy_picture(session, self.parts.viewports[session.interaction.active]):
            self.parts.window.notifications.show_message(tr("Picture copied"))

    def cancel_gesture(self) -> bool:
        """Abandon the gesture; tells whether there was one."""
        return self.parts.viewports.cancel_gesture()

    def complete_gesture(self) -> bool:
        """End a mark that is drawn point by point; tells whether there was one."""
        return self.parts.hands.complete()

    def take_back_point(self) -> bool:
        """Remove the last point of a mark that is drawn; tells whether there was one."""
        return self.parts.hands.take_back()

    def selected_marks(self) -> tuple[str, ...]:
        """Return the rows of the list while it has the focus, else the selected mark."""
        rows = self.parts.marks_panel.focused_uids()
        return rows or (self.parts.session.interaction.selected,)

    def rename_mark(self) -> None:
        """Ask for the words of the selected mark, in the list where that has the focus."""
        session, panel = self.parts.session, self.parts.marks_panel
        if panel.focused_uids():
            panel.edit_label(panel.focused_uids()[0])
            return
        shape = session.document.get(session.interaction.selected)
        if shape is not None:
            self.parts.viewports[session.interaction.active].ask_words(shape)

    def copy_mark_to_slices(self) -> None:
        """Ask for a range of slices and copy the selected mark there."""
        self.parts.marks_panel.ask_slices(self.selected_marks())

    def select_all_marks(self) -> None:
        """Show the measurements and select every row."""
        self.parts.window.show_tab(tr("Measurements"))
        self.parts.marks_panel.select_all()

    def analyze(self) -> None:
        """Show the Analyze panel and start."""
        self.parts.window.show_tab(tr("Analyze"))
        self.parts.analysis.start()

    def compute_surface(self) -> None:
        """Show the Surface panel and start."""
        self.parts.window.show_tab(tr("Surface"))
        self.parts.surface.compute()

    def cancel_jobs(self) -> None:
        """Stop all jobs."""
        self.parts.runner.cancel_all()

    # --- details -----------------------------------------------------------------------------

    def _show(self, name: str, make: Callable[[], QDialog]) -> None:
        if name not in self._dialogs:
            self._dialogs[name] = make()
        _bring(self._dialogs[name])

    def _toggle_setting(self, name: str) -> None:
        """Switch a preference; whoever obeys it hears of it."""
        store = self.parts.settings
        store.save(store.settings.changed(**{name: not getattr(store.settings, name)}))

    def _forget(self, ctx: JobContext) -> None:
        del ctx
        self.parts.memory.clear()

    def _open_made(self, folder: Path) -> None:
        self.parts.opener.open([folder])

    def _tell_failure(self, error: Exception) -> None:
        if not isinstance(error, ViewerError):
            error = ViewerError("The sample study could not be made", type(error).__name__)
        self.parts.window.notifications.show_error(error)

    def _last_folder(self) -> str:
        return self.parts.settings.settings.last_folder or str(Path.home())


def show_folder(folder: Path) -> None:
    """Open a folder in the desktop's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _bring(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
