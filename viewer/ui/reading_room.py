"""The places for images with all that joins them: layouts, links, offsets, cine, drops."""

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QDrag

from viewer.app.load_stack import StackLoader
from viewer.app.pairs import PairKeeper
from viewer.app.presenters.arrange import Arranger
from viewer.app.presenters.cine import Cine
from viewer.app.presenters.linking import Linker
from viewer.app.presenters.scale import ScaleKeeper
from viewer.app.settings import SettingsStore
from viewer.core.errors import ViewerError
from viewer.core.layout import layout_from
from viewer.core.session import Session
from viewer.core.study import StackKey
from viewer.jobs.runner import JobRunner
from viewer.paths import data_dir
from viewer.store.pairs import PairStore
from viewer.ui.dispatch import Dispatcher
from viewer.ui.stack_mime import stack_mime
from viewer.ui.viewport_grid import ViewportGrid
from viewer.ui.viewports import MakePresenter, ShownViewports

PREPARE_MS = 120
"""Between two places that are made ahead of their use: a frame takes some 15 ms."""


class ReadingRoom:
    """Makes the parts behind the viewports and lets go of them together.

    Attributes
    ----------
    viewports : ShownViewports
        The presenters of the present layout.
    arranger : Arranger
        Layouts, and series in their places.
    linker : Linker
        Zoom, window and offsets of pairs.
    cine : Cine
        Plays a viewport.
    pairs : PairKeeper
        Offsets between series, kept.
    """

    def __init__(
        self,
        session: Session,
        runner: JobRunner,
        dispatcher: Dispatcher,
        grid: ViewportGrid,
        loader: StackLoader,
        make_presenter: MakePresenter,
        trouble: Callable[[ViewerError], None],
        hangs_prior: Callable[[], bool],
    ) -> None:
        self._session = session
        self.viewports = ShownViewports(session, grid, make_presenter)
        self.arranger = Arranger(session, loader, hangs_prior)
        self.linker = Linker(session, self._size_px)
        self._scale = ScaleKeeper(session, self._size_px)
        self.cine = Cine(session, dispatcher.later, time.monotonic)
        self.pairs = PairKeeper(PairStore(data_dir()), session.links, session.undo, runner, trouble)
        self._watch(grid)
        self._grid, self._later, self._closed = grid, dispatcher.later, False
        self._later(PREPARE_MS, self._prepare)

    def restore(self, settings: SettingsStore, session: Session) -> None:
        """Begin with the layout of the last time."""
        self.arranger.lay_out(layout_from(settings.settings.layout))

    def close(self) -> None:
        """Stop; save what is left."""
        self._closed = True
        self.cine.close()
        self.linker.close()
        self._scale.close()
        self.pairs.close()
        self.viewports.close()

    def add_grid(self, window: int, grid: ViewportGrid) -> None:
        """Fill the cells of another window."""
        self.viewports.add_grid(window, grid)
        self._watch(grid)

    def remove_grid(self, window: int) -> None:
        """Let go of the cells of another window."""
        self.viewports.remove_grid(window)

    def _prepare(self) -> None:
        """Make places that a layout may want, one at a time, while nothing else is to be done."""
        if not self._closed and self._grid.prepare():
            self._later(PREPARE_MS, self._prepare)

    def _watch(self, grid: ViewportGrid) -> None:
        for name in grid.viewports:
            self._wire(name)
        grid.created.connect(self._wire)
        grid.shares_changed.connect(self._session.note_shares)

    def _wire(self, name: str) -> None:
        frame = self.viewports.frame(name)
        frame.stack_dropped.connect(partial(self._on_dropped, name))
        frame.carried.connect(partial(self._on_carried, name))

    def _on_carried(self, viewport_id: str) -> None:
        """Let the reader drag what a viewport shows to another place, of either window."""
        key = self._session.viewports[viewport_id].stack
        if key is not None:
            drag = QDrag(self.viewports.frame(viewport_id))
            drag.setMimeData(stack_mime(key))
            drag.exec(Qt.DropAction.CopyAction)

    def _on_dropped(self, viewport_id: str, key: StackKey) -> None:
        self.arranger.put(key, viewport_id)

    def _size_px(self, viewport_id: str) -> tuple[float, float]:
        return self.viewports.frame(viewport_id).size_px()
