"""What comes and goes around the images must not move them: messages, jobs, the key sheet."""

import time

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from viewer.app.actions import ACTIONS
from viewer.app.bindings import MOUSE_BINDINGS
from viewer.app.control_sheet import sheet_rows
from viewer.core.errors import ViewerError
from viewer.core.window import HuWindow
from viewer.ui import notifications
from viewer.ui.cheat_sheet import CheatSheet

pytestmark = pytest.mark.gui


def on_window(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def test_messages_cover_no_image_and_move_nothing(opened, qtbot):
    window, notices = opened.window, opened.window.notifications
    places = {name: frame.geometry() for name, frame in opened.grid.viewports.items()}
    notices.show_message("Saved a.png")
    notices.show_error(ViewerError("It failed", "no disk " * 40, "Find one " * 60))
    qtbot.wait(30)
    assert {n: frame.geometry() for n, frame in opened.grid.viewports.items()} == places
    for size in (1500, 950), (1100, 800):
        window.resize(*size)
        qtbot.wait(30)
        place = on_window(notices.messages()[-1])
        assert on_window(window.statusBar()).contains(place)
        assert not place.intersects(on_window(opened.grid))
        assert window.size() == QSize(*size)


def test_all_that_a_message_says_is_unfolded_and_folded(opened, qtbot):
    notices = opened.window.notifications
    notices.show_error(ViewerError("It failed", "<b>no disk</b> " * 40, "Find one " * 60))
    (notice,) = notices.messages()
    details = next(b for b in notice.findChildren(QPushButton) if b.text() == "Details")
    details.click()
    sheet = opened.window.findChild(QFrame, "notificationDetails")
    assert "Find one" in sheet.findChild(QLabel).text()
    assert opened.window.rect().contains(sheet.geometry())
    assert not on_window(sheet).intersects(on_window(notice))
    details.click()
    assert not sheet.isVisible()


def test_messages_are_closed_by_escape_one_after_the_other(opened, qtbot):
    notices = opened.window.notifications
    notices.show_message("Saved a.png")
    notices.show_message("It is damaged", "warning", action=("Show list", lambda: None))
    older, newer = notices.messages()
    assert (older.isVisible(), newer.isVisible()) == (False, True)
    button = next(b for b in newer.findChildren(QPushButton) if b.text() == "Show list")
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    qtbot.keyClick(button, Qt.Key.Key_Escape)
    assert notices.messages() == [older]
    assert older.isVisible()
    notices.drop(older)
    assert not notices.isVisible()


def test_the_same_message_is_shown_once_and_goes_with_its_topic(bench):
    notices = bench.window.notifications
    for _ in range(2):
        notices.show_message("3 of 9 files skipped", "warning", topic="opening")
    notices.show_message("Saved a.png")
    assert notices.texts() == ["warning: 3 of 9 files skipped", "info: Saved a.png"]
    notices.drop_topic("opening")
    assert notices.texts() == ["info: Saved a.png"]


def test_the_first_job_moves_nothing(opened, qtbot):
    bar = opened.window.statusBar()
    before = bar.height(), opened.grid.geometry()
    stop: list[bool] = []

    def work(ctx):
        while not stop:
            ctx.check()
            time.sleep(0.005)

    opened.runner.submit("t", work, title="Test work")
    row = opened.window.job_bar._rows[0]
    qtbot.waitUntil(row.isVisible)
    qtbot.wait(20)
    assert (bar.height(), opened.grid.geometry()) == before
    assert row.height() <= bar.height()
    stop.append(True)
    qtbot.waitUntil(lambda: not row.isVisible())


def test_no_line_of_the_key_sheet_is_cut_off(qtbot):
    sheet = CheatSheet()
    sheet.set_rows(sheet_rows(ACTIONS, MOUSE_BINDINGS), "Hounsfield")
    qtbot.addWidget(sheet)
    sheet.show()
    qtbot.waitExposed(sheet)
    for column in range(3):
        assert sheet.table.sizeHintForColumn(column) <= sheet.table.columnWidth(column)


def test_a_passing_word_goes_in_its_time_though_others_come(bench, qtbot, monkeypatch):
    notices = bench.window.notifications
    monkeypatch.setattr(notifications, "_INFO_MS", 300)
    notices.show_message("first")
    notices.show_message("stays", "warning")
    qtbot.wait(200)
    notices.show_message("second")
    qtbot.waitUntil(lambda: "info: first" not in notices.texts())
    assert notices.texts() == ["warning: stays", "info: second"]
    qtbot.waitUntil(lambda: notices.texts() == ["warning: stays"])


def test_a_reset_by_escape_is_told_and_taken_back(opened, qtbot):
    """Escape once more than was meant: nothing that the reader set is lost."""
    view, notices = opened.session.viewports["coronal"], opened.window.notifications
    view.zoom, view.turns = 2.5, 1
    opened.session.display.show(HuWindow(321, 12), "")
    escape = opened.window.actions_["edit.cancel"]
    for _ in range(2):
        escape.trigger()
        qtbot.wait(20)
        assert (view.zoom, view.turns) == (1.0, 0)
        assert notices.texts() == ["info: The views are reset"]
    (notice,) = notices.messages()
    next(b for b in notice.findChildren(QPushButton) if b.text() == "Undo").click()
    assert (view.zoom, view.turns) == (2.5, 1)
    assert opened.session.display.window == HuWindow(321, 12)
    escape.trigger()
    undo = opened.window.actions_["edit.undo"]
    qtbot.waitUntil(undo.isEnabled)
    assert "view reset" in undo.text()
    undo.trigger()
    assert (view.zoom, view.turns) == (2.5, 1)
