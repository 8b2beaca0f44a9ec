"""What each action does: one function by id, made from the parts of the window."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from viewer.app.action_spec import ActionHandlers
from viewer.app.actions import ACTIONS
from viewer.app.presenters.navigation import Navigator
from viewer.core.commands import RemoveShape, Together
from viewer.core.session import Session
from viewer.core.view_state import SlabMode
from viewer.tools.navigate import ZOOM_STEP
from viewer.tools.standing import flip, set_slab, straighten, toggle_nodule_view, turn


class WindowDeeds(Protocol):
    """What only the window as a whole can do."""

    def open_files(self) -> None:
        """Ask for files and open them."""

    def open_folder(self) -> None:
        """Ask for a folder and open it."""

    def open_sample(self) -> None:
        """Open the sample study."""

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

    def toggle_studies(self) -> None:
        """Show or hide the study panel."""

    def toggle_window_drag(self) -> None:
        """Reverse the directions of the window tool, and keep that."""

    def set_layout(self, layout_id: str) -> None:
        """Show another layout."""

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

    def analyze(self) -> None:
        """Start Analyze."""

    def compute_surface(self) -> None:
        """Compute the surface."""

    def cancel_jobs(self) -> None:
        """Stop all jobs."""

    def show_sheet(self) -> None:
        """Show keys and mouse."""

    def show_fidelity(self) -> None:
        """Show the caveats."""

    def show_selfcheck(self) -> None:
        """Open the self-check and run it."""

    def show_logs(self) -> None:
        """Open the log folder."""

    def show_about(self) -> None:
        """Show what this is."""


def make_handlers(session: Session, navigator: Navigator, window: WindowDeeds) -> ActionHandlers:
    """Return the handlers of all actions."""
    handlers: ActionHandlers = {
        "file.open": window.open_files,
        "file.open_folder": window.open_folder,
        "file.open_sample": window.open_sample,
        "file.export_images": window.export_images,
        "file.export_stl": window.export_stl,
        "file.problems": window.show_problems,
        "file.remember": window.toggle_remember,
        "file.faces": window.show_faces,
        "file.quit": window.quit,
        "edit.undo": lambda: session.undo.undo(),
        "edit.redo": lambda: session.undo.redo(),
        "edit.delete": lambda: delete_selected(session),
        "edit.delete_all": lambda: delete_all(session),
        "edit.copy_picture": window.copy_picture,
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
        "go.previous": lambda: navigator.step(-1),
        "go.next": lambda: navigator.step(1),
        "go.back_ten": lambda: navigator.step(-10),
        "go.on_ten": lambda: navigator.step(10),
        "go.first": navigator.first,
        "go.last": navigator.last,
        "go.previous_series": lambda: window.step_series(-1),
        "go.next_series": lambda: window.step_series(1),
        "go.active_axial": _activate(navigator, window, "axial"),
        "go.active_coronal": _activate(navigator, window, "coronal"),
        "go.active_sagittal": _activate(navigator, window, "sagittal"),
        "analysis.run": window.analyze,
        "analysis.surface": window.compute_surface,
        "analysis.cancel": window.cancel_jobs,
        "help.sheet": window.show_sheet,
        "help.fidelity": window.show_fidelity,
        "help.selfcheck": window.show_selfcheck,
        "help.logs": window.show_logs,
        "help.about": window.show_about,
    }
    for spec in ACTIONS:
        if spec.tool:
            handlers[spec.id] = _choose_tool(navigator, window, spec.tool)
        elif spec.preset:
            handlers[spec.id] = _choose_preset(navigator, spec.preset)
        elif spec.layout:
            handlers[spec.id] = partial(window.set_layout, spec.layout)
    for mode in SlabMode:
        handlers[f"slab.{mode.value}"] = partial(_choose_slab, session, mode)
    return handlers


def delete_selected(session: Session) -> None:
    """Delete the selected mark as one step."""
    uid = session.interaction.selected
    if session.document.get(uid) is not None:
        session.interaction.selected = ""
        session.undo.run(RemoveShape(uid))


def delete_all(session: Session) -> None:
    """Delete every mark as one step."""
    commands = tuple(RemoveShape(shape.uid) for shape in session.document)
    if commands:
        session.interaction.selected = ""
        session.undo.run(Together(commands, "all marks"))


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


def _choose_preset(navigator: Navigator, preset: str) -> Callable[[], None]:
    return lambda: navigator.set_preset(preset)
