"""One presenter for each 2D cell of the windows' layouts, made and let go with them."""

from collections.abc import Callable

from viewer.app.presenters.connections import Connections
from viewer.app.presenters.viewport import ViewportPresenter
from viewer.core.layout import MAIN, window_of
from viewer.core.session import Session
from viewer.ui.viewport_frame import ViewportFrame
from viewer.ui.viewport_grid import ViewportGrid

MakePresenter = Callable[[str, ViewportFrame], ViewportPresenter]


class ShownViewports:
    """Keeps cells and presenters equal to the session's layouts.

    Parameters
    ----------
    session : Session
        Has a layout for each window.
    grid : ViewportGrid
        Of the main window; that of the second comes and goes.

    Attributes
    ----------
    by_id : dict
        The presenters by viewport id.
    """

    def __init__(self, session: Session, grid: ViewportGrid, make: MakePresenter) -> None:
        self._session, self._make = session, make
        self._grids = {MAIN: grid}
        self.by_id: dict[str, ViewportPresenter] = {}
        self._connections = Connections()
        self._connections.add(session.layout_changed, self._on_layout)
        self._on_layout()

    def __getitem__(self, viewport_id: str) -> ViewportPresenter:
        return self.by_id[viewport_id]

    def frame(self, viewport_id: str) -> ViewportFrame:
        """Return the cell of a viewport."""
        return self._grids[window_of(viewport_id)].viewport(viewport_id)

    def grid(self, window: int) -> ViewportGrid:
        """Return the cells of a window."""
        return self._grids[window]

    def add_grid(self, window: int, grid: ViewportGrid) -> None:
        """Fill another window's cells from now on."""
        self._grids[window] = grid

    def remove_grid(self, window: int) -> None:
        """Let go of another window's cells; the session has its viewports no more."""
        del self._grids[window]

    def cancel_gesture(self) -> bool:
        """Abandon what the pointer is doing; tells whether there was anything."""
        return any(presenter.cancel_gesture() for presenter in self.by_id.values())

    def close(self) -> None:
        """Let go of session and cells."""
        self._connections.close()
        self._drop(tuple(self.by_id))

    def _on_layout(self) -> None:
        """Follow the layouts; a window whose layout is the same keeps its presenters."""
        former = {name: self.frame(name) for name in self.by_id if window_of(name) in self._grids}
        wanted: dict[str, ViewportFrame] = {}
        for layout in self._session.layouts:
            grid = self._grids[layout.window]
            if grid.shown_layout != layout:
                self._drop(tuple(grid.viewports))
                grid.set_layout(layout)
            grid.set_maximised(self._session.interaction.maximised)
            grid.set_active(self._session.interaction.active)
            wanted |= grid.viewports
        self._drop(tuple(self.by_id.keys() - wanted.keys()))
        for name in former.keys() - wanted.keys():
            former[name].clear()  # no hidden cell keeps the image, or the texts, of a patient
        for name, frame in wanted.items():
            if name not in self.by_id:
                self.by_id[name] = self._make(name, frame)

    def _drop(self, names: tuple[str, ...]) -> None:
        for name in names:
            if name in self.by_id:
                self.by_id.pop(name).close()
