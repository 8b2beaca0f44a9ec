"""The studies that were open lately: on the start page and in the File menu."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from viewer.app.action_spec import Menu
from viewer.app.presenters.connections import Connections
from viewer.app.recent import label_or_path, recent_labels
from viewer.app.settings import Settings
from viewer.i18n import tr
from viewer.store.index_cache import IndexCache

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench

LABELS_KEY = "recent.labels"


class Recents:
    """Lists recent paths by what they held; in teaching mode nothing of them is shown.

    Parameters
    ----------
    bench : Workbench
        Whose window lists them.
    memory : callable
        Returns where folders are remembered, None where they shall not be.
    """

    def __init__(self, bench: "Workbench", memory: Callable[[], IndexCache | None]) -> None:
        self._bench, self._memory = bench, memory
        self._labels: dict[str, str] = {}
        self._closed = False
        self._menu = QMenu(tr("Open recent"), bench.window)
        sample = bench.window.actions_["file.open_sample"]
        bench.window.menu(Menu.FILE).insertMenu(sample, self._menu)
        self._connections = Connections()
        for signal, slot in (
            (bench.settings.changed, self._on_settings),
            (bench.session.interaction.events.teaching, self._show),
            (bench.session.index_changed, self._on_index),
            (bench.window.start_page.path_requested, self._open),
            (self._menu.aboutToShow, self._on_menu),
        ):
            self._connections.add(signal, slot)
        self._show()
        self._ask()

    def close(self) -> None:
        """Let go of session and window."""
        self._closed = True
        self._connections.close()

    @property
    def _paths(self) -> tuple[str, ...]:
        hidden = self._bench.session.interaction.teaching
        return () if hidden else self._bench.settings.settings.recent_paths

    def _ask(self) -> None:
        """Look up in the background what is not known yet."""
        memory = self._memory()
        missing = [path for path in self._paths if path not in self._labels]
        if memory is not None and missing and not self._closed:
            self._bench.runner.submit(
                LABELS_KEY, recent_labels, missing, memory, on_done=self._take
            )

    def _take(self, labels: dict[str, str]) -> None:
        self._labels |= labels
        if labels:
            self._show()

    def _on_settings(self, before: Settings) -> None:
        now = self._bench.settings.settings
        if not now.remember_folders:
            self._labels = {}
        if (now.recent_paths, now.remember_folders) != (
            before.recent_paths,
            before.remember_folders,
        ):
            self._show()

    def _on_index(self) -> None:
        if self._bench.session.index is None:  # the start page is about to be there
            self._ask()

    def _on_menu(self) -> None:
        self._fill()
        self._ask()

    def _show(self) -> None:
        self._bench.window.start_page.set_recent(self._paths, self._labels)
        self._fill()

    def _open(self, path: str) -> None:
        self._bench.deeds.open_paths([path])

    def _fill(self) -> None:
        self._menu.clear()
        self._menu.setToolTipsVisible(True)
        for path in self._paths:
            action = self._menu.addAction(label_or_path(path, self._labels).replace("&", "&&"))
            action.setToolTip(path)
            action.triggered.connect(partial(self._open, path))
        if self._menu.isEmpty():
            hidden = self._bench.session.interaction.teaching
            self._menu.addAction(
                tr("Hidden in teaching mode") if hidden else tr("Nothing yet")
            ).setEnabled(False)
