"""The curved view with its presenter, made when it is first wanted."""

from typing import TYPE_CHECKING

from viewer.app.action_spec import ActionHandlers
from viewer.app.presenters.curved import CurvedPresenter
from viewer.core.errors import ViewerError
from viewer.i18n import tr
from viewer.render.snapshot import render_snapshot
from viewer.ui.dialogs.curved import CurvedWindow

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench


class CurvedRoom:
    """One window for whatever line is asked for.

    Attributes
    ----------
    window : CurvedWindow or None
    presenter : CurvedPresenter or None
        There once they were wanted.
    """

    def __init__(self, bench: "Workbench") -> None:
        self._bench = bench
        self.window: CurvedWindow | None = None
        self.presenter: CurvedPresenter | None = None

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        return {"mark.curved": self.show}

    def show(self) -> None:
        """Show the active series along the selected mark."""
        bench = self._bench
        window, presenter = self._parts()
        reason = presenter.show(bench.session.interaction.selected)
        if reason:
            trouble = ViewerError(tr("There is no curved view"), reason)
            bench.window.notifications.show_error(trouble)
        else:
            window.bring()

    def close(self) -> None:
        """Close the window; let go of the session."""
        if self.presenter is not None:
            self.presenter.close()
        if self.window is not None:
            self.window.close()

    def _parts(self) -> tuple[CurvedWindow, CurvedPresenter]:
        bench = self._bench
        if self.window is None or self.presenter is None:
            self.window = CurvedWindow(bench.window)
            self.presenter = CurvedPresenter(
                bench.session,
                self.window,
                bench.runner,
                bench.dispatcher.later,
                render_snapshot,
                bench.deeds.saved,
                self._on_trouble,
            )
        return self.window, self.presenter

    def _on_trouble(self, error: Exception) -> None:
        if not isinstance(error, ViewerError):
            error = ViewerError(tr("There is no curved view"), tr("the log tells more"))
        self._bench.window.notifications.show_error(error)
