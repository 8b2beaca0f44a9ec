"""The places for images with all that joins them: layouts, links, offsets, cine, drops."""

import time
from collections.abc import Callable
from functools import partial

from viewer.app.load_stack import StackLoader
from viewer.app.pairs import PairKeeper
from viewer.app.presenters.arrange import Arranger
from viewer.app.presenters.cine import Cine
from viewer.app.presenters.linking import Linker
from viewer.app.settings import SettingsStore
from viewer.core.errors import ViewerError
from viewer.core.session import Session
from viewer.core.study import StackKey
from viewer.jobs.runner import JobRunner
from viewer.paths import data_dir
from viewer.store.pairs import PairStore
from viewer.ui.dispatch import Dispatcher
from viewer.ui.viewport_grid import ViewportGrid
from viewer.ui.viewports import MakePresenter, ShownViewports


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
    ) -> None:
        self._grid = grid
        self.viewports = ShownViewports(session, grid, make_presenter)
        self.arranger = Arranger(session, loader)
        self.linker = Linker(session, self._size_px)
        self.cine = Cine(session, dispatcher.later, time.monotonic)
        self._pairs = PairKeeper(PairStore(data_dir()), session.links, runner, trouble)
        for name in grid.viewports:
            self._wire(name)
        grid.created.connect(self._wire)

    def restore(self, settings: SettingsStore, session: Session) -> None:
        """Begin with the layout and the links of the last time."""
        kept, interaction = settings.settings, session.interaction
        interaction.link_scroll = kept.link_scroll
        interaction.link_zoom = kept.link_zoom
        interaction.link_window = kept.link_window
        self.arranger.set_layout(kept.layout)

    def close(self) -> None:
        """Stop; save what is left."""
        self._grid.created.disconnect(self._wire)
        self.cine.close()
        self.linker.close()
        self._pairs.close()
        self.viewports.close()

    def _wire(self, name: str) -> None:
        self._grid.viewport(name).stack_dropped.connect(partial(self._on_dropped, name))

    def _on_dropped(self, viewport_id: str, key: StackKey) -> None:
        self.arranger.put(key, viewport_id)

    def _size_px(self, viewport_id: str) -> tuple[float, float]:
        return self._grid.viewport(viewport_id).size_px()
