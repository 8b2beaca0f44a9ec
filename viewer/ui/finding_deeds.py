"""What a reader does to findings as a whole: tracking, follow-up, histogram."""

from functools import partial
from typing import TYPE_CHECKING

from viewer.app import mark_edits
from viewer.app.action_spec import ActionHandlers
from viewer.app.follow_up import Pairing
from viewer.app.presenters.pairing import PairingPresenter
from viewer.i18n import tr
from viewer.ui.dialogs.pair_marks import PairMarksDialog

if TYPE_CHECKING:
    from viewer.ui.workbench import Workbench

IN_LIST = ("mark.track", "mark.jump", "mark.lock", "mark.hide", "mark.curved")
"""Actions about marks whose keys act in the list, too."""


class FindingDeeds:
    """Carries out the actions of `viewer.app.actions_findings`, and the jump to a mark."""

    def __init__(self, bench: "Workbench") -> None:
        self._bench, self._session = bench, bench.session
        self._dialog = PairMarksDialog(bench.window)
        tell = bench.window.notifications.show_message
        self._pairing = PairingPresenter(self._session, self._dialog, bench.rois, tell)
        self._dialog.ended.connect(self._pairing.end)
        self._menu = bench.window.actions_.pair_menu
        self._menu.aboutToShow.connect(self._fill_menu)
        bench.panels.measurements.pair_menu = self._menu
        for action_id in IN_LIST:
            bench.panels.measurements.add_row_action(bench.window.actions_[action_id])

    def close(self) -> None:
        """Let go of the session."""
        self._pairing.close()
        self._dialog.close()

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        return {
            "mark.track": self._track,
            "mark.jump": self._jump,
            "follow.pair": self._show_menu,
            "follow.pair_all": self._suggest,
            "follow.part": self._pairing.part,
            "view.histogram": self._show_histogram,
            "view.window_region": self._bench.side.histogram.window_from_region,
        }

    def _track(self) -> None:
        mark_edits.toggle_tracked(self._session, self._bench.deeds.selected_marks())

    def _jump(self) -> None:
        self._bench.side.measurements.go_to(self._bench.deeds.selected_marks()[0])

    def _show_histogram(self) -> None:
        self._bench.window.show_tab(tr("Histogram"))
        self._bench.side.histogram.choose_for_selection()

    def _suggest(self) -> None:
        self._pairing.suggest()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def _show_menu(self) -> None:
        """Open the list of candidates over the active view; its first entry is chosen."""
        menu = self._menu
        canvas = self._bench.grid.viewports[self._session.interaction.active].canvas
        menu.popup(canvas.mapToGlobal(canvas.rect().center()))
        if menu.actions():
            menu.setActiveAction(menu.actions()[0])

    def _fill_menu(self) -> None:
        menu = self._menu
        menu.clear()
        found = self._pairing.candidates()
        for made, row in found:
            other = row.earlier if made.series_uid == self._own_series else row.later
            text = tr("{mark} ({mm:.1f} mm away)", mark=other, mm=row.distance_mm)
            action = menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(row.is_made)
            action.triggered.connect(partial(self._on_chosen, made))
        if not found:
            menu.addAction(self._pairing.why_none()).setEnabled(False)

    @property
    def _own_series(self) -> str:
        stack = self._session.open_stack
        return "" if stack is None else stack.volume.stack.key.series_uid

    def _on_chosen(self, pairing: Pairing, _checked: bool = False) -> None:
        if pairing.is_made:
            self._pairing.part()
        else:
            self._pairing.pair(pairing)
