"""What each action does: one function by id, made from the parts of the window."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from viewer.app import mark_edits
from viewer.app.action_spec import ActionHandlers
from viewer.app.actions import ACTIONS
from viewer.app.actions_marks import colour_id
from viewer.app.presenters.navigation import Navigator
from viewer.core.session import Session
from viewer.core.shapes import MarkColour
from viewer.core.slab import SlabMode
from viewer.tools.navigate import ZOOM_STEP
from viewer.tools.standing import flip, set_slab, straighten, toggle_nodule_view, turn
from viewer.ui.reading_deeds import ReadingDeeds


class WindowDeeds(Protocol):
    """What only the window as a whole can do."""

    def open_files(self) -> None:
        """Ask for files and open them."""

    def open_folder(self) -> None:
        """Ask for a folder and open it."""

    def open_sample(self) -> None:
        """Open the sample study."""

    def close_study(self) -> None:
        """Take the study of the active viewport out of the list."""

    def close_all(self) -> None:
        """Take all studies out of the list."""

    def export_images(self) -> None:
        """Open the export dialog."""

    def export_stl(self) -> None:
        """Ask for a file name and save the surface."""

    def show_tags(self) -> None:
        """Show the DICOM tags of the image."""

    def show_problems(self) -> None:
        """Show the files that were left out."""

    def toggle_remember(self) -> None:
        """Remember opened folders, or forget them all."""

    def toggle_reopen(self) -> None:
        """Open the last study at the next start, or not."""

    def show_faces(self) -> None:
        """Open the Faces window."""

    def quit(self) -> None:
        """Close the window."""

    def focus_view(self) -> None:
        """Give the keyboard to the active viewport."""

    def copy_picture(self) -> None:
        """Copy the active viewport."""

    def cancel_gesture(self) -> bool:
        """Abandon the gesture; tells whether there was one."""

    def complete_gesture(self) -> bool:
        """End a mark that is drawn point by point; tells whether there was one."""

    def take_back_point(self) -> bool:
        """Remove the last point of a mark that is drawn; tells whether there was one."""

    def selected_marks(self) -> tuple[str, ...]:
        """Return the uids that an action about marks is for."""

    def rename_mark(self) -> None:
        """Ask for the words of the selected mark."""

    def copy_mark_to_slices(self) -> None:
        """Ask for a range of slices and copy the selected mark there."""

    def select_all_marks(self) -> None:
        """Select every row of the measurements."""

    def toggle_studies(self) -> None:
        """Show or hide the study panel."""

    def toggle_window_drag(self) -> None:
        """Reverse the directions of the window tool, and keep that."""

    def toggle_overlay_planes(self) -> None:
        """Show or hide the files' overlay planes, and keep that."""

    def toggle_shutter(self) -> None:
        """Apply or lift the files' display shutter, and keep that."""

    def toggle_panels(self) -> None:
        """Show or hide the panels at the right."""

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or not."""

    def step_series(self, delta: int) -> None:
        """Open a neighbouring stack."""

    def step_study(self, delta: int) -> None:
        """Open a neighbouring study."""

    def analyze(self) -> None:
        """Start Analyze."""

    def compute_surface(self) -> None:
        """Compute the surface."""

    def cancel_jobs(self) -> None:
        """Stop all jobs."""

    def show_fidelity(self) -> None:
        """Show the caveats."""

    def show_selfcheck(self) -> None:
        """Open the self-check and run it."""

    def show_logs(self) -> None:
        """Open the log folder."""

    def show_about(self) -> None:
        """Show what this is."""


def make_handlers(
    session: Session, navigator: Navigator, window: WindowDeeds, reading: ReadingDeeds
) -> ActionHandlers:
    """Return the handlers of all actions."""
    handlers: ActionHandlers = {
        "file.open": window.open_files,
        "file.open_folder": window.open_folder,
        "file.open_sample": window.open_sample,
        "file.close_study": window.close_study,
        "file.close_all": window.close_all,
        "file.export_images": window.export_images,
        "file.export_stl": window.export_stl,
        "file.problems": window.show_problems,
        "file.remember": window.toggle_remember,
        "file.reopen": window.toggle_reopen,
        "file.faces": window.show_faces,
        "file.quit": window.quit,
        "edit.undo": lambda: session.undo.undo(),
        "edit.redo": lambda: session.undo.redo(),
        "edit.delete": lambda: mark_edits.delete(session, window.selected_marks()),
        "edit.delete_all": lambda: delete_all(session),
        "edit.copy_picture": window.copy_picture,
        "edit.finish": lambda: finish(session, navigator, window.complete_gesture),
        "edit.take_back": lambda: take_back(session, window.take_back_point),
        "edit.cancel": lambda: escape(session, navigator, window.cancel_gesture),
        "view.fit": navigator.fit,
        "view.reset": navigator.reset,
        "view.zoom_in": lambda: navigator.zoom(ZOOM_STEP),
        "view.zoom_out": lambda: navigator.zoom(1 / ZOOM_STEP),
        "view.invert": navigator.invert,
        "view.crosshair": navigator.toggle_crosshair,
        "view.overlay": navigator.cycle_overlay,
        "turn.right": lambda: turn(session.active, 1),
        "turn.left": lambda: turn(session.active, -1),
        "turn.mirror": lambda: flip(session.active),
        "turn.upside_down": lambda: flip(session.active, vertically=True),
        "turn.straight": lambda: straighten(session),
        "slab.nodule": lambda: toggle_nodule_view(session.active),
        "view.maximise": lambda: navigator.toggle_maximised(
            session.interaction.maximised or session.interaction.active
        ),
        "view.invert_drag": window.toggle_window_drag,
        "view.overlay_planes": window.toggle_overlay_planes,
        "view.shutter": window.toggle_shutter,
        "view.studies": window.toggle_studies,
        "view.tags": window.show_tags,
        "view.panels": window.toggle_panels,
        "view.full_screen": window.toggle_full_screen,
        "go.previous": lambda: navigator.step_up(1),
        "go.next": lambda: navigator.step_up(-1),
        "go.back_ten": lambda: navigator.step_up(10),
        "go.on_ten": lambda: navigator.step_up(-10),
        "go.first": navigator.to_top,
        "go.last": navigator.to_bottom,
        "go.previous_series": lambda: window.step_series(-1),
        "go.next_series": lambda: window.step_series(1),
        "go.previous_study": lambda: window.step_study(-1),
        "go.next_study": lambda: window.step_study(1),
        "go.active_axial": _activate(navigator, window, "axial"),
        "go.active_coronal": _activate(navigator, window, "coronal"),
        "go.active_sagittal": _activate(navigator, window, "sagittal"),
        "analysis.run": window.analyze,
        "analysis.surface": window.compute_surface,
        "analysis.cancel": window.cancel_jobs,
        "help.fidelity": window.show_fidelity,
        "help.selfcheck": window.show_selfcheck,
        "help.logs": window.show_logs,
        "help.about": window.show_about,
    }
    handlers |= reading.handlers()
    for spec in ACTIONS:
        if spec.tool:
            handlers[spec.id] = _choose_tool(navigator, window, spec.tool)
        elif spec.preset:
            handlers[spec.id] = _choose_preset(navigator, spec.preset)
        elif spec.layout:
            handlers[spec.id] = partial(reading.set_layout, spec.layout)
    handlers |= mark_handlers(session, window)
    for mode in SlabMode:
        handlers[f"slab.{mode.value}"] = partial(_choose_slab, session, mode)
    return handlers


def mark_handlers(session: Session, window: WindowDeeds) -> ActionHandlers:
    """Return what is done to the selected mark."""
    handlers: ActionHandlers = {
        "mark.rename": window.rename_mark,
        "mark.lock": lambda: mark_edits.toggle_locked(session, window.selected_marks()),
        "mark.hide": lambda: mark_edits.toggle_hidden(session, window.selected_marks()),
        "mark.label_back": lambda: mark_edits.put_labels_back(session, window.selected_marks()),
        "mark.show_all": lambda: mark_edits.show_all(session),
        "mark.copy_next": lambda: mark_edits.copy_by(session, window.selected_marks(), (1,)),
        "mark.copy_previous": lambda: mark_edits.copy_by(session, window.selected_marks(), (-1,)),
        "mark.copy_range": window.copy_mark_to_slices,
        "mark.select_all": window.select_all_marks,
    }
    for colour in MarkColour:
        handlers[colour_id(colour)] = partial(_set_colour, session, window, colour)
    return handlers


def delete_selected(session: Session) -> None:
    """Delete the selected mark as one step."""
    mark_edits.delete(session, (session.interaction.selected,))


def delete_all(session: Session) -> None:
    """Delete every mark that is not locked as one step."""
    mark_edits.delete(session, tuple(shape.uid for shape in session.document), "all marks")


def finish(session: Session, navigator: Navigator, complete: Callable[[], bool]) -> None:
    """End the mark that is drawn; without one maximise or restore the viewport."""
    if not complete():
        navigator.toggle_maximised(session.interaction.maximised or session.interaction.active)


def take_back(session: Session, take_back_point: Callable[[], bool]) -> None:
    """Remove the last point of the mark that is drawn; without one delete the selected mark."""
    if not take_back_point():
        delete_selected(session)


def escape(session: Session, navigator: Navigator, cancel_gesture: Callable[[], bool]) -> None:
    """Cancel the gesture; without one deselect; with nothing selected reset the views."""
    if cancel_gesture():
        return
    if session.interaction.selected:
        session.interaction.selected = ""
    elif session.volume is not None:
        navigator.reset_look()


def _activate(navigator: Navigator, window: WindowDeeds, viewport_id: str) -> Callable[[], None]:
    def activate() -> None:
        navigator.set_active(viewport_id)
        window.focus_view()

    return activate


def _choose_tool(navigator: Navigator, window: WindowDeeds, tool: str) -> Callable[[], None]:
    def choose() -> None:
        window.cancel_gesture()
        navigator.set_tool(tool)

    return choose


def _choose_slab(session: Session, mode: SlabMode) -> None:
    set_slab(session.active, mode)


def _set_colour(session: Session, window: WindowDeeds, colour: MarkColour) -> None:
    mark_edits.set_colour(session, window.selected_marks(), colour)


def _choose_preset(navigator: Navigator, preset: str) -> Callable[[], None]:
    return lambda: navigator.set_preset(preset)
