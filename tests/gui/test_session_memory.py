"""What the session remembers: comparisons over studies, priors beside them, tabs, closing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.gui.conftest import loaded, window
from tests.support.dicom_writer import write_series
from viewer.core.study import StackKey
from viewer.core.window import HuWindow

pytestmark = pytest.mark.gui
NOW, THEN, SECOND, FAR = "1.2.71", "1.2.72", "1.2.73", "1.2.74"
"""Series: of the present study, of the prior, another of the present, and of another patient."""


def of(date, study, patient="P-1"):
    def change(one, z):
        one.StudyInstanceUID, one.StudyDate, one.PatientID = study, date, patient
        one.FrameOfReferenceUID = study
        one.PatientName = f"Name^{patient}"

    return change


@pytest.fixture
def folders(tmp_path):
    present = of("20240601", "1.5.1")
    write_series(tmp_path / "now", series_uid=NOW, change=present)
    write_series(tmp_path / "now", series_uid=SECOND, change=present, prefix="b")
    write_series(tmp_path / "then", series_uid=THEN, change=of("20240302", "1.5.2"))
    write_series(tmp_path / "far", series_uid=FAR, change=of("20240401", "1.5.3", "P-2"))
    return tmp_path


def shown(bench):
    views = bench.session.viewports.by_id.items()
    return {name: view.stack.series_uid if view.stack else "" for name, view in views}


def open_in(bench, qtbot, *folders):
    before = bench.session.index
    bench.deeds.open_paths([str(folder) for folder in folders])
    qtbot.waitUntil(lambda: bench.session.index is not before and loaded(bench), timeout=20_000)
    qtbot.wait(60)


def side_by_side(bench):
    bench.window.actions_["layout.1x2"].trigger()


def test_the_prior_hangs_beside_and_no_other_patient(qtbot, folders):
    with window(qtbot) as bench:
        told: list[str] = []
        bench.session.told.connect(told.append)
        side_by_side(bench)
        open_in(bench, qtbot, folders)
        bench.session.interaction.active = "1"
        bench.window.actions_["file.close_all"].trigger()
        assert not bench.session.stacks
        open_in(bench, qtbot, folders / "then", folders / "far")
        bench.window.actions_["file.close_all"].trigger()
        open_in(bench, qtbot, folders / "far")
        assert shown(bench) == {"1": FAR, "2": ""}
        told.clear()
        open_in(bench, qtbot, folders / "then")
        bench.session.interaction.active = "1"
        open_in(bench, qtbot, folders / "now")
        qtbot.waitUntil(lambda: shown(bench)["2"] == THEN and loaded(bench), timeout=20_000)
        assert shown(bench)["1"] in (NOW, SECOND)
        assert told == ["Prior of 2024-03-02 beside it"]


def test_hanging_can_be_switched_off(qtbot, folders):
    with window(qtbot) as bench:
        bench.settings.save(bench.settings.settings.changed(hang_prior=False))
        side_by_side(bench)
        open_in(bench, qtbot, folders / "then")
        open_in(bench, qtbot, folders / "now")
        qtbot.wait(200)
        assert shown(bench)["2"] != THEN


def test_a_comparison_of_two_folders_is_there_again(qtbot, folders):
    with window(qtbot) as bench:
        side_by_side(bench)
        open_in(bench, qtbot, folders / "then")
        open_in(bench, qtbot, folders / "now")
        bench.reading.arranger.put(StackKey(NOW, 1), "1")
        bench.reading.arranger.put(StackKey(THEN, 1), "2")
        qtbot.waitUntil(lambda: len(bench.session.stacks) == 2 and loaded(bench), timeout=20_000)
        views = bench.session.viewports
        for name, number in (("1", 1), ("2", 4)):
            bench.session.interaction.active = name
            bench.navigator.show_slice(number, name)
        bench.session.interaction.link_zoom = bench.session.interaction.link_window = False
        views["2"].zoom = 2.5
        views["2"].display.window, views["2"].display.preset = HuWindow(222, 22), ""
        bench.window.close()
    with window(qtbot) as again:
        again.deeds.open_last()
        qtbot.waitUntil(lambda: len(again.session.stacks) == 2 and loaded(again), timeout=20_000)
        qtbot.wait(60)
        views = again.session.viewports
        assert shown(again) == {"1": NOW, "2": THEN}
        assert [view.index for view in views.by_id.values()] == [1, 4]
        assert views["2"].zoom == 2.5
        assert views["2"].display.window == HuWindow(222, 22)
        assert views["1"].display.window != HuWindow(222, 22)
        assert again.session.interaction.active == "2"


def test_series_that_are_not_shown_come_back_after_a_restart_too(qtbot, folders):
    with window(qtbot) as bench:
        bench.window.actions_["layout.1x1"].trigger()
        open_in(bench, qtbot, folders / "now")
        bench.reading.arranger.put(StackKey(SECOND, 1), "1")
        qtbot.waitUntil(lambda: shown(bench) == {"1": SECOND} and loaded(bench))
        bench.navigator.show_slice(1)
        bench.session.viewports["1"].zoom = 3.0
        bench.reading.arranger.put(StackKey(NOW, 1), "1")
        qtbot.waitUntil(lambda: shown(bench) == {"1": NOW} and loaded(bench))
        bench.window.close()
    with window(qtbot) as again:
        again.deeds.open_last()
        qtbot.waitUntil(lambda: shown(again) == {"1": NOW} and loaded(again), timeout=20_000)
        again.reading.arranger.put(StackKey(SECOND, 1), "1")
        qtbot.waitUntil(lambda: shown(again) == {"1": SECOND} and loaded(again))
        assert again.session.viewports["1"].index == 1
        assert again.session.viewports["1"].zoom == 3.0


def test_the_window_goes_together_for_one_unit_and_only_there(qtbot, folders):
    with window(qtbot) as bench:
        side_by_side(bench)
        open_in(bench, qtbot, folders / "now")
        bench.reading.arranger.put(StackKey(NOW, 1), "1")
        bench.reading.arranger.put(StackKey(SECOND, 1), "2")
        qtbot.waitUntil(lambda: len(bench.session.stacks) == 2 and loaded(bench), timeout=20_000)
        lung = bench.window.actions_["window.lung"]
        qtbot.waitUntil(lung.isEnabled)
        lung.trigger()
        windows = {view.display.window for view in bench.session.viewports.by_id.values()}
        assert windows == {HuWindow(1500, -600)}


def test_tab_and_widths_of_the_docks_come_back(qtbot):
    with window(qtbot) as bench:
        bench.window.tabs.setCurrentIndex(2)
        bench.window.resizeDocks(
            [bench.window.studies_dock, bench.window.panels_dock],
            [330, 460],
            Qt.Orientation.Horizontal,
        )
        qtbot.wait(60)
        widths = bench.window.studies_dock.width(), bench.window.panels_dock.width()
        bench.window.close()
    with window(qtbot) as again:
        qtbot.wait(60)
        assert again.window.tabs.currentIndex() == 2
        found = again.window.studies_dock.width(), again.window.panels_dock.width()
        assert found == widths


def test_one_study_is_closed_and_the_other_stays(qtbot, folders):
    with window(qtbot) as bench:
        side_by_side(bench)
        open_in(bench, qtbot, folders / "now", folders / "then")
        bench.reading.arranger.put(StackKey(NOW, 1), "1")
        bench.reading.arranger.put(StackKey(THEN, 1), "2")
        qtbot.waitUntil(lambda: set(shown(bench).values()) == {NOW, THEN} and loaded(bench))
        bench.window.actions_["file.close_study"].trigger()
        assert shown(bench) == {"1": NOW, "2": ""}
        assert len(bench.session.index.studies) == 1
        bench.window.actions_["file.close_all"].trigger()
        assert bench.session.index is None
        assert bench.window.start_page.isVisible()
        bench.window.close()
    with window(qtbot) as again:
        again.deeds.open_last()
        qtbot.wait(200)
        assert not again.session.stacks


def test_recent_folders_say_what_they_hold(qtbot, folders, monkeypatch):
    monkeypatch.setattr("viewer.app.open_study.REMEMBER_FROM_S", 0.0)
    monkeypatch.setattr("viewer.store.index_cache.SETTLED_S", -60.0)
    with window(qtbot) as bench:
        open_in(bench, qtbot, folders / "now")
        qtbot.wait(300)
        bench.window.actions_["file.close_all"].trigger()
        label = "CT  2024-06-01  Analytic"

        def button():
            return [
                b for b in bench.window.start_page.findChildren(QPushButton) if b.text() == label
            ]

        qtbot.waitUntil(lambda: len(button()) == 1, timeout=5000)
        assert button()[0].toolTip() == str(folders / "now")
