"""One presenter for each 2D cell of the layout, made and let go with it."""

from collections.abc import Callable

from viewer.app.presenters.connections import Connections
from viewer.app.presenters.viewport import ViewportPresenter
from viewer.core.session import Session
from viewer.ui.viewport_frame import ViewportFrame
from viewer.ui.viewport_grid import ViewportGrid

MakePresenter = Callable[[str, ViewportFrame], ViewportPresenter]


class ShownViewports:
    """Keeps cells and presenters equal to the session's layout.

    Attributes
    ----------
    by_id : dict
        The presenters by viewport id.
    """

    def __init__(self, session: Session, grid: ViewportGrid, make: MakePresenter) -> None:
        self._session, self._grid, self._make = session, grid, make
        self.by_id: dict[str, ViewportPresenter] = {}
        self._connections = Connections()
        self._connections.add(session.layout_changed, self._on_layout)
        self._on_layout()

    def __getitem__(self, viewport_id: str) -> ViewportPresenter:
        return self.by_id[viewport_id]

    def cancel_gesture(self) -> bool:
        """Abandon what the pointer is doing; tells whether there was anything."""
        return any(presenter.cancel_gesture() for presenter in self.by_id.values())

    def close(self) -> None:
        """Let go of session and cells."""
        self._connections.close()
        self._drop()

    def _on_layout(self) -> None:
        self._drop()
        self._grid.set_layout(self._session.layout)
        self.by_id = {name: self._make(name, frame) for name, frame in self._grid.viewports.items()}
        self._grid.set_active(self._session.interaction.active)

    def _drop(self) -> None:
        for presenter in self.by_id.values():
            presenter.close()
        self.by_id = {}
