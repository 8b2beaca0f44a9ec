"""The window as a whole: opening, dropping, notices, jobs, crash report, closing."""

import sys
import time
import zipfile
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox

from tests.support.volumes import make_geometry, make_volume
from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.geometry import Calibration
from viewer.core.progress import SilentContext
from viewer.core.study import Patient, StackLabels
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.dicom.write import SeriesText, write_ct_series
from viewer.ui.application import FirstView
from viewer.ui.crash import CrashGuard, crash_report
from viewer.ui.fidelity_popover import FidelityPopover

pytestmark = pytest.mark.gui


def write_series(folder, slices=9, seed="one", number=1):
    geometry = make_geometry((slices, 40, 50), origin_lps_mm=np.array([-20.0, 5.0, -80.0]))
    z, y, x = np.indices(geometry.shape_zyx)
    hu = (30 * z + 3 * y + x - 300).astype(np.int16)
    text = SeriesText(
        seed=seed,
        patient=Patient("Secret^Person", "SECRET-1"),
        labels=StackLabels(series_description=f"Series {number}"),
        series_number=number,
    )
    write_ct_series(SilentContext(), folder, hu, geometry, text)
    return hu


def wait_loaded(bench, qtbot, slices):
    def loaded():
        volume = bench.session.volume
        return volume is not None and len(bench.session.loaded_slices) == slices

    qtbot.waitUntil(loaded, timeout=15000)
    qtbot.wait(30)


def test_a_folder_is_opened_shown_and_remembered(bench, qtbot, tmp_path):
    hu = write_series(tmp_path / "ct")
    bench.deeds.open_paths([str(tmp_path / "ct")])
    wait_loaded(bench, qtbot, 9)
    np.testing.assert_array_equal(bench.session.volume.data, hu)
    assert bench.grid.isVisible()
    assert not bench.window.start_page.isVisible()
    assert bench.settings.settings.recent_paths == (str(tmp_path / "ct"),)
    assert "Secret" not in bench.window.windowTitle()
    # Without a window in the files: soft tissue.
    assert bench.session.display.window == HuWindow(400, 40)
    assert bench.session.display.preset == "default"


def test_a_zip_is_dropped_on_the_window(bench, qtbot, tmp_path):
    write_series(tmp_path / "ct")
    archive = tmp_path / "ünï código.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in (tmp_path / "ct").iterdir():
            file.write(path, path.name)
        file.writestr("readme.txt", "not an image")
        file.writestr("notes.txt", "not an image")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(archive))])
    facts = (
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(QPoint(300, 300), *facts)
    QApplication.sendEvent(bench.window, enter)
    assert enter.isAccepted()
    assert bench.window.start_page._zone.property("hot") == "true"
    QApplication.sendEvent(bench.window, QDropEvent(QPointF(300, 300), *facts))
    wait_loaded(bench, qtbot, 9)
    assert bench.window.notifications.texts() == []  # what is no image is told under the tree
    assert bench.panels.studies._summary.text() == "11 files, 2 skipped"


def test_the_command_lines_preset_and_slice_are_applied_once(bench, qtbot, tmp_path):
    write_series(tmp_path)
    first = FirstView(bench, "lung", 7)
    bench.session.volume_changed.connect(first.apply)
    bench.deeds.open_paths([str(tmp_path)])
    wait_loaded(bench, qtbot, 9)
    assert bench.session.viewports["axial"].index == 6
    assert bench.session.display.window == HuWindow(1500, -600)


def test_left_and_right_go_through_the_series(bench, qtbot, tmp_path):
    write_series(tmp_path / "a", 9, "a", 1)
    write_series(tmp_path / "b", 5, "b", 2)
    bench.deeds.open_paths([str(tmp_path)])
    wait_loaded(bench, qtbot, 9)
    bench.window.actions_["go.next_series"].trigger()
    wait_loaded(bench, qtbot, 5)
    bench.window.actions_["go.next_series"].trigger()
    bench.window.actions_["go.previous_series"].trigger()
    wait_loaded(bench, qtbot, 9)


def test_ctrl_left_and_right_go_through_the_studies_of_the_patient(bench, qtbot, tmp_path):
    told = list[str]()
    bench.session.told.connect(told.append)
    for name, slices in (("one", 9), ("two", 5)):
        write_series(tmp_path / name, slices, name, 1)
        for path in (tmp_path / name).rglob("*.dcm"):
            found = pydicom.dcmread(path)
            found.StudyInstanceUID, found.StudyDate = f"1.2.{slices}", f"2020010{slices}"
            found.save_as(path)
    bench.deeds.open_paths([str(tmp_path)])
    qtbot.waitUntil(lambda: bench.session.volume is not None, timeout=20_000)
    dates = [study.date for study in bench.session.index.studies]
    assert len(dates) == 2

    def shown():
        return bench.session.index.find_study(bench.session.volume.stack.key).date

    key, control = QTest.keyClick, Qt.KeyboardModifier.ControlModifier
    bench.window.activateWindow()
    canvas = bench.viewports.frame(bench.session.interaction.active).canvas
    steps = {0: (Qt.Key.Key_Right, Qt.Key.Key_Left), 1: (Qt.Key.Key_Left, Qt.Key.Key_Right)}
    there, back = steps[dates.index(shown())]
    for arrow in (there, back):
        before = shown()
        qtbot.wait(100)
        key(canvas, arrow, control)
        qtbot.waitUntil(lambda before=before: shown() != before, timeout=20_000)
    qtbot.wait(100)
    key(canvas, back, control)
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    assert "no study of this patient" in told[-1]


def test_what_cannot_be_opened_is_told_without_a_dialog(bench, qtbot, tmp_path):
    (tmp_path / "note.txt").write_text("hello")
    bench.deeds.open_paths([str(tmp_path / "note.txt")])
    qtbot.waitUntil(lambda: bool(bench.window.notifications.texts()))
    assert QApplication.activeModalWidget() is None
    assert "There is nothing to show" in bench.window.notifications.texts()[0]
    assert bench.window.start_page.isVisible()


def test_a_single_image_takes_the_whole_place(bench, qtbot):
    volume = make_volume(make_geometry((1, 60, 80)))
    bench.session.set_volume(volume, AnnotationDocument("x"), DisplayState(HuWindow(400, 40)))
    qtbot.wait(20)
    assert bench.session.interaction.maximised == "axial"
    assert not bench.grid.viewports["coronal"].isVisible()


@pytest.mark.parametrize(
    "unknown",
    [{"orientation_known": False}, {"z_known": False}, {"calibration": Calibration.NONE}],
    ids=lambda facts: next(iter(facts)),
)
def test_images_without_space_between_them_show_no_cuts_through_them(bench, qtbot, unknown):
    clip = make_volume(make_geometry((9, 60, 80), **unknown))
    bench.session.set_volume(clip, AnnotationDocument("x"), DisplayState(HuWindow(400, 40)))
    bench.session.add_loaded(frozenset(range(9)))
    qtbot.wait(20)
    grid, interaction = bench.grid, bench.session.interaction
    frame = grid.viewports["axial"]

    def only_the_image():
        shown = [name for name, cell in grid.cells.items() if cell.isVisible()]
        return shown == ["axial"] and interaction.active == "axial"

    assert only_the_image()
    assert "Image" in [label.text() for label in frame.findChildren(QLabel)]
    assert "4 / 9" not in [label.text() for label in frame.findChildren(QLabel)]
    bench.navigator.step(-1)
    qtbot.wait(20)
    assert "4 / 9" in [label.text() for label in frame.findChildren(QLabel)]
    QTest.mouseDClick(frame.canvas.viewport(), Qt.MouseButton.LeftButton)
    bench.window.actions_["view.maximise"].trigger()
    bench.window.actions_["go.active_coronal"].trigger()
    interaction.maximised = ""
    qtbot.wait(20)
    assert only_the_image()
    presenter = bench.viewports["axial"]
    assert presenter.scene(presenter.resolved(), presenter.stack).other_planes == ()
    # The next one has its planes again, and its names.
    whole = make_volume(make_geometry((9, 60, 80)))
    bench.session.set_volume(whole, AnnotationDocument("y"), DisplayState(HuWindow(400, 40)))
    qtbot.wait(20)
    assert all(cell.isVisible() for cell in grid.cells.values())
    assert "Axial" in [label.text() for label in frame.findChildren(QLabel)]
    assert len(presenter.scene(presenter.resolved(), presenter.stack).other_planes) == 2


@pytest.mark.parametrize("caveats", [(), (Caveat(CaveatCode.GAP, "gap at <b>z</b> 3"),)])
def test_the_fidelity_badge_opens_the_list_and_copies_it(bench, qtbot, caveats):
    volume = make_volume(make_geometry((5, 60, 80)), caveats=caveats)
    bench.session.set_volume(volume, AnnotationDocument("x"), DisplayState(HuWindow(400, 40)))
    qtbot.wait(20)
    badge = bench.grid.viewports["axial"].fidelity
    assert badge.text() == ("1 data caveat" if caveats else "Data checks passed")
    assert badge.property("state") == ("caution" if caveats else "fine")
    badge.click()
    popover = bench.window.findChild(FidelityPopover)
    assert popover.isVisible()
    texts = [label.text() for label in popover.findChildren(QLabel)]
    assert not caveats or "• gap at <b>z</b> 3" in texts
    popover.copy()
    expected = "gap: gap at <b>z</b> 3" if caveats else "Data checks passed"
    assert QGuiApplication.clipboard().text() == expected


def test_jobs_are_shown_and_can_be_cancelled(bench, qtbot):
    ended = []

    def work(ctx):
        while True:
            ctx.progress(0.4, "half way")
            ctx.check()
            time.sleep(0.005)

    bench.runner.submit("t", work, title="Test work", on_cancelled=lambda: ended.append(True))
    row = bench.window.job_bar._rows[0]
    qtbot.waitUntil(lambda: row.isVisible() and row._bar.fraction == 0.4)
    assert row._text.text() == "Test work: half way"
    row._cancel.click()
    qtbot.waitUntil(lambda: ended == [True])
    qtbot.waitUntil(lambda: not row.isVisible())


def test_errors_show_what_why_and_what_to_do(bench):
    bench.window.notifications.show_error(ViewerError("It failed", "<i>no</i> disk", "Find one"))
    (notice,) = bench.window.notifications.messages()
    assert notice.accessibleName() == "error: It failed: <i>no</i> disk"
    assert "&lt;i&gt;no&lt;/i&gt;" in notice.toolTip()
    assert "Find one" in notice.toolTip()
    notice.closed.emit(notice)
    assert not bench.window.notifications.isVisible()


def test_notices_of_the_former_opening_go_with_it(bench, qtbot, tmp_path):
    write_series(tmp_path / "ct")
    (tmp_path / "note.txt").write_text("hello")
    (tmp_path / "ct" / "LICENSE").write_text("words")
    bench.deeds.open_paths([str(tmp_path / "note.txt")])
    qtbot.waitUntil(lambda: bool(bench.window.notifications.texts()))
    bench.deeds.open_paths([str(tmp_path / "ct")])
    wait_loaded(bench, qtbot, 9)
    assert bench.window.notifications.texts() == []


def test_a_failed_opening_leaves_images_and_tree(bench, qtbot, tmp_path):
    write_series(tmp_path / "ct")
    (tmp_path / "note.txt").write_text("hello")
    bench.deeds.open_paths([str(tmp_path / "ct")])
    wait_loaded(bench, qtbot, 9)
    index, volume = bench.session.index, bench.session.volume
    bench.deeds.open_paths([str(tmp_path / "note.txt")])
    qtbot.waitUntil(lambda: bool(bench.window.notifications.texts()))
    assert (bench.session.index, bench.session.volume) == (index, volume)


def test_the_way_back_to_the_first_study_stays(bench, qtbot, tmp_path):
    for name, slices in (("a", 9), ("b", 5)):
        write_series(tmp_path / name, slices, name)
        bench.deeds.open_paths([str(tmp_path / name)])
        wait_loaded(bench, qtbot, slices)
    first, second = bench.session.index.studies
    bench.loader.open_key(first.stacks[0].key)
    wait_loaded(bench, qtbot, 9)
    bench.loader.close_study(first.key)
    wait_loaded(bench, qtbot, 5)
    bench.loader.close_study(second.key)
    qtbot.waitUntil(bench.window.start_page.isVisible)


def test_analyze_has_one_availability_for_key_and_button(opened, qtbot):
    action, panel = opened.window.actions_["analysis.run"], opened.panels.analysis
    assert (action.isEnabled(), panel._button.isEnabled()) == (True, True)
    volume = make_volume(make_geometry((5, 60, 80)))
    mr = replace(volume, stack=replace(volume.stack, modality="MR", unit=None))
    opened.session.set_volume(mr, AnnotationDocument("x"), DisplayState(HuWindow(400, 40)))
    qtbot.wait(30)
    assert (action.isEnabled(), panel._button.isEnabled()) == (False, False)
    assert panel._button.toolTip() in action.toolTip()
    assert "Hounsfield units" in panel._button.toolTip()


def test_only_the_last_messages_are_kept(bench):
    for number in range(5):
        bench.window.notifications.show_message(f"message {number}")
    assert [t[-1] for t in bench.window.notifications.texts()] == ["2", "3", "4"]


def test_a_crash_report_names_places_and_no_data():
    try:
        raise ValueError("Secret^Person 1950")
    except ValueError as error:
        report = crash_report(error)
    assert "Secret" not in report
    assert report.startswith("ValueError\n  test_window.py:")


def test_our_bugs_are_logged_and_told_once(bench, qtbot, caplog):
    guard = CrashGuard(bench.window)
    before = sys.excepthook
    guard.install()
    try:
        for _ in range(2):
            try:
                raise KeyError("Secret^Person")
            except KeyError as error:
                sys.excepthook(KeyError, error, error.__traceback__)
        boxes = bench.window.findChildren(QMessageBox)
        assert len(boxes) == 1
        assert not boxes[0].isModal()
        assert "Secret" not in caplog.text + boxes[0].detailedText() + boxes[0].text()
        assert "unexpected error" in caplog.text
        boxes[0].close()
    finally:
        guard.remove()
    assert sys.excepthook is before


def test_closing_is_quick_while_work_is_going_on(bench, qtbot):
    def work(ctx):
        while True:
            ctx.check()
            time.sleep(0.01)

    for number in range(4):
        bench.runner.submit(f"t{number}", work, title="Work")
    qtbot.wait(50)
    start = time.perf_counter()
    bench.window.close()
    assert time.perf_counter() - start < 1.5
    assert bench.settings.settings.window_state


def test_marks_come_back_when_the_series_is_opened_again(bench, qtbot, tmp_path):
    from viewer.core.commands import PutShape
    from viewer.core.shapes import LengthShape

    write_series(tmp_path / "a", 9, "a", 1)
    write_series(tmp_path / "b", 5, "b", 2)
    bench.deeds.open_paths([str(tmp_path)])
    wait_loaded(bench, qtbot, 9)
    volume = bench.session.volume
    mark = LengthShape(
        frame_of_reference_uid=volume.geometry.frame_of_reference_uid,
        stack=volume.stack.key,
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=(0.0, 10.0, -70.0),
        end_lps=(5.0, 10.0, -70.0),
    )
    bench.session.undo.run(PutShape(mark, "distance"))
    bench.window.actions_["go.next_series"].trigger()
    wait_loaded(bench, qtbot, 5)
    assert len(bench.session.document) == 0
    bench.window.actions_["go.previous_series"].trigger()
    wait_loaded(bench, qtbot, 9)
    assert tuple(bench.session.document) == (mark,)
