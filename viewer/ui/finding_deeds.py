"""What a reader does to findings as a whole: tracking, follow-up, histogram."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from viewer.app import mark_edits
from viewer.app.action_spec import ActionHandlers
from viewer.app.follow_up import Pairing
from viewer.app.presenters.pairing import PairingPresenter
from viewer.core.session import Session
from viewer.i18n import tr
from viewer.ui.dialogs.pair_marks import PairMarksDialog

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench


class FindingDeeds:
    """Carries out the actions of `viewer.app.actions_findings`, and the jump to a mark.

    Parameters
    ----------
    session : Session
        Whose marks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bench: Workbench | None = None
        self._dialog: PairMarksDialog | None = None
        self._pairing: PairingPresenter | None = None
        self._menu: QMenu | None = None

    def attach(self, bench: "Workbench") -> None:
        """Take the parts: the window needs its actions before all of them exist."""
        self._bench = bench
        self._dialog = PairMarksDialog(bench.window)
        tell = bench.window.notifications.show_message
        self._pairing = PairingPresenter(self._session, self._dialog, bench.rois, tell)
        self._dialog.ended.connect(self._pairing.end)
        self._menu = bench.window.actions_.pair_menu
        self._menu.aboutToShow.connect(self._fill_menu)
        bench.panels.measurements.pair_menu = self._menu

    def close(self) -> None:
        """Let go of the session."""
        if self._pairing is not None and self._dialog is not None:
            self._pairing.close()
            self._dialog.close()

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        return {
            "mark.track": self._track,
            "mark.jump": self._jump,
            "follow.pair": self._show_menu,
            "follow.pair_all": self._suggest,
            "follow.part": lambda: self._all[1].part(),
            "view.histogram": self._show_histogram,
            "view.window_region": lambda: self._all[0].side.histogram.window_from_region(),
        }

    @property
    def _all(self) -> "tuple[Workbench, PairingPresenter, PairMarksDialog, QMenu]":
        if not (self._bench and self._pairing and self._dialog and self._menu):
            raise RuntimeError("the window is not complete yet")
        return self._bench, self._pairing, self._dialog, self._menu

    def _track(self) -> None:
        mark_edits.toggle_tracked(self._session, (self._session.interaction.selected,))

    def _jump(self) -> None:
        self._all[0].side.measurements.go_to(self._session.interaction.selected)

    def _show_histogram(self) -> None:
        bench = self._all[0]
        bench.window.show_tab(tr("Histogram"))
        bench.side.histogram.choose_for_selection()

    def _suggest(self) -> None:
        _, pairing, dialog, _ = self._all
        pairing.suggest()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _show_menu(self) -> None:
        """Open the list of candidates over the active view; its first entry is chosen."""
        bench, _, _, menu = self._all
        canvas = bench.grid.viewports[self._session.interaction.active].canvas
        menu.popup(canvas.mapToGlobal(canvas.rect().center()))
        if menu.actions():
            menu.setActiveAction(menu.actions()[0])

    def _fill_menu(self) -> None:
        _, pairing, _, menu = self._all
        menu.clear()
        found = pairing.candidates()
        for made, row in found:
            other = row.earlier if made.series_uid == self._own_series else row.later
            text = tr("{mm:.1f} mm: {mark}", mm=row.distance_mm, mark=other)
            action = menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(row.is_made)
            action.triggered.connect(partial(self._on_chosen, made))
        if not found:
            menu.addAction(pairing.why_none()).setEnabled(False)

    @property
    def _own_series(self) -> str:
        stack = self._session.open_stack
        return "" if stack is None else stack.volume.stack.key.series_uid

    def _on_chosen(self, pairing: Pairing, _checked: bool = False) -> None:
        presenter = self._all[1]
        if pairing.is_made:
            presenter.part()
        else:
            presenter.pair(pairing)
