"""What could not be saved: seen in the window, tried again, and asked for before it closes."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMessageBox

from viewer.app.presenters.unsaved import Answer, Unsaved
from viewer.i18n import tr

if TYPE_CHECKING:
    from viewer.ui.main_window import MainWindow
    from viewer.ui.workbench import Workbench


SAVING = "saving"
"""Topic of what is told about marks and offsets that could not be saved."""


class SavingRoom:
    """Joins the keepers of marks and offsets to the window's status bar and to its closing."""

    def __init__(self, bench: "Workbench") -> None:
        self._window = bench.window
        savers = (bench.keeper, bench.reading.pairs)
        self._unsaved = Unsaved(savers, self._show, bench.dispatcher.later)
        bench.window.may_close = self.may_close

    def close(self) -> None:
        """Let go."""
        self._unsaved.close()

    def may_close(self) -> bool:
        """Save what is left; where that is impossible the reader decides."""
        ask = partial(ask_before_losing, self._window)
        return self._unsaved.may_close(ask, partial(_choose_folder, self._window))

    def _show(self, text: str, why: str) -> None:
        self._window.set_unsaved(text, why)
        if not text:
            self._window.notifications.drop_topic(SAVING)


def ask_before_losing(window: "MainWindow", what: str, why: str) -> Answer:
    """Ask what shall become of what cannot be saved; the window is about to close."""
    box, answers = losing_box(window, what, why)
    box.exec()
    clicked = box.clickedButton()
    return Answer.STAY if clicked is None else answers[clicked.text()]


def losing_box(window: "MainWindow", what: str, why: str) -> tuple[QMessageBox, dict[str, Answer]]:
    """Return the question, with its answers by the texts of their buttons."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Not everything is saved"))
    box.setText(tr("Not saved: {what}", what=what))
    box.setInformativeText(why)
    answers: dict[str, Answer] = {}
    for text, answer, role in (
        (tr("Save again"), Answer.AGAIN, QMessageBox.ButtonRole.AcceptRole),
        (tr("Save a copy elsewhere…"), Answer.COPY, QMessageBox.ButtonRole.ActionRole),
        (
            tr("Close and lose {what}", what=what),
            Answer.LOSE,
            QMessageBox.ButtonRole.DestructiveRole,
        ),
        (tr("Do not close"), Answer.STAY, QMessageBox.ButtonRole.RejectRole),
    ):
        button = box.addButton(text, role)
        answers[button.text()] = answer
        if answer is Answer.AGAIN:
            box.setDefaultButton(button)
        elif answer is Answer.STAY:
            box.setEscapeButton(button)
    return box, answers


def _choose_folder(window: "MainWindow") -> Path | None:
    chosen = QFileDialog.getExistingDirectory(window, tr("Folder for a copy of the marks"))
    return Path(chosen) if chosen else None
