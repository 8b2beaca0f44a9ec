"""What comes and goes around the images must not move them: messages, jobs, the key sheet."""

import time

import pytest

from viewer.core.errors import ViewerError
from viewer.ui.cheat_sheet import CheatSheet

pytestmark = pytest.mark.gui


def test_messages_lie_over_the_images_and_move_nothing(opened, qtbot):
    notices = opened.window.notifications
    places = {name: frame.geometry() for name, frame in opened.grid.viewports.items()}
    notices.show_error(ViewerError("It failed", "no disk " * 40, "Find one " * 60))
    qtbot.wait(20)
    (notice,) = notices.messages()
    small = notices.height()
    notice._toggle_details()
    qtbot.waitUntil(lambda: notices.height() > small)
    inside = notices.parentWidget().rect().contains(notices.geometry())
    assert inside
    assert {n: frame.geometry() for n, frame in opened.grid.viewports.items()} == places
    opened.window.resize(1200, 800)
    qtbot.waitUntil(lambda: notices.parentWidget().rect().contains(notices.geometry()))


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
    qtbot.addWidget(sheet)
    sheet.show()
    qtbot.waitExposed(sheet)
    for column in range(3):
        assert sheet.table.sizeHintForColumn(column) <= sheet.table.columnWidth(column)
