"""Teaching mode: known words of identity are nowhere in the window, its copies and its exports."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)

from tests.support.dicom_writer import write_series
from viewer.app.export import compose_snapshot, session_export, slice_pixels
from viewer.app.export_choices import ExportChoices, request_for
from viewer.app.overlays import compose
from viewer.core.drawable import TextItem
from viewer.core.errors import ViewerError
from viewer.core.plane import Orientation
from viewer.render.canvas2d import Canvas2D
from viewer.ui.dialogs.export import ExportDialog
from viewer.ui.dialogs.metadata import MetadataWindow
from viewer.ui.widgets.command_palette import CommandPalette
from viewer.ui.widgets.tag_table import TagTable

pytestmark = pytest.mark.gui
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
SECRETS = (
    "Qxzname",
    "Qxzgiven",
    "QXZ-ID-7",
    "19471123",
    "1947-11-23",
    "QXZACC",
    "Qxzhospital",
    "Qxzdoctor",
    "20010304",
    "2001-03-04",
    "Qxzfile",
    "Qxzprivate",
)
_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.StatusTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
_TEXTS = (
    "text",
    "toolTip",
    "statusTip",
    "whatsThis",
    "windowTitle",
    "accessibleName",
    "accessibleDescription",
    "placeholderText",
    "toPlainText",
    "currentText",
    "title",
)


def identify(one, z):
    one.PatientName = "Qxzname^Qxzgiven"
    one.PatientID = "QXZ-ID-7"
    one.PatientBirthDate = "19471123"
    one.AccessionNumber = "QXZACC"
    one.InstitutionName = "Qxzhospital"
    one.ReferringPhysicianName = "Qxzdoctor"
    one.StudyDate = "20010304"
    one.StudyDescription = "Chest"
    one.add_new(0x00091010, "LO", "Qxzprivate")


def shown_words(root_widgets) -> list[str]:
    """All that anybody can read in windows, also by a screen reader or a tooltip."""
    words = []
    for root in root_widgets:
        for widget in (root, *root.findChildren(QWidget), *root.findChildren(QAction)):
            for name in _TEXTS:
                read = getattr(widget, name, None)
                if callable(read):
                    try:
                        words.append(str(read()))
                    except TypeError:
                        continue
            if isinstance(widget, QAbstractItemView) and widget.model() is not None:
                words += model_words(widget.model())
            if isinstance(widget, Canvas2D):
                words += [i.text for i in widget._overlay._drawables if isinstance(i, TextItem)]
    return words


def model_words(model, parent=None) -> list[str]:
    """All texts of an item model, at any depth and in every role."""
    from PySide6.QtCore import QModelIndex

    parent = QModelIndex() if parent is None else parent
    words = []
    for row in range(model.rowCount(parent)):
        for column in range(model.columnCount(parent)):
            index = model.index(row, column, parent)
            words += [str(model.data(index, role) or "") for role in _ROLES]
            words += [
                str(model.data(index, Qt.ItemDataRole.UserRole + n) or "")
                for n in (1,)  # second lines of the study tree
            ]
        words += model_words(model, model.index(row, 0, parent))
    return words


def leaks(words) -> set[str]:
    return {secret for secret in SECRETS for word in words if secret in word}


def everything(bench) -> list[str]:
    """The main window and all that it has opened."""
    bench.window.actions_.file_windows.aboutToShow.emit()
    for menu in bench.window.findChildren(type(bench.window.actions_.file_windows)):
        menu.aboutToShow.emit()
    return shown_words(w for w in QApplication.topLevelWidgets() if w.isVisible())


@pytest.fixture
def study(bench, qtbot, tmp_path):
    """A study full of identity, opened; its tags and what was skipped are shown."""
    folder = tmp_path / "Qxzfile"
    write_series(folder / "a", change=identify)
    write_series(folder / "b", series_uid="1.2.77", prefix="b", change=identify)
    (folder / "Qxzfile.txt").write_text("no DICOM")
    bench.deeds.open_paths([str(folder)])
    qtbot.waitUntil(lambda: len(bench.session.loaded_slices) == 6, timeout=20_000)
    for show in (bench.deeds.show_tags, bench.deeds.show_problems, bench.deeds.export_images):
        show()
    tags = bench.window.findChild(MetadataWindow)
    view = tags.findChild(TagTable)
    qtbot.waitUntil(lambda: view.model().rowCount() > 20)
    qtbot.wait(60)
    return bench


def switch_on(bench, qtbot):
    bench.window.activateWindow()
    bench.deeds.focus_view()
    qtbot.waitUntil(bench.window.isActiveWindow)
    qtbot.keyClick(bench.window.focusWidget(), Qt.Key.Key_T, CTRL_SHIFT)
    view = bench.window.findChild(MetadataWindow).findChild(TagTable)
    qtbot.waitUntil(lambda: view.model().rowCount() > 20)
    qtbot.wait(60)


def test_identity_is_all_over_the_window_and_then_nowhere(study, qtbot):
    bench = study
    before = leaks(everything(bench))
    assert before >= {
        "Qxzname", "QXZ-ID-7", "19471123", "QXZACC", "Qxzhospital", "Qxzdoctor", "Qxzfile",
        "Qxzprivate", "2001-03-04", "20010304",
    }  # fmt: skip
    switch_on(bench, qtbot)
    assert bench.session.interaction.teaching
    assert leaks(everything(bench)) == set()
    bench.window.actions_["view.teaching"].trigger()
    qtbot.wait(300)
    assert leaks(everything(bench)) >= {"Qxzname", "QXZ-ID-7", "Qxzfile"}


def all_words(bench) -> list[str]:
    """The same with all that is hidden just now: menus, closed windows, cells out of the layout."""
    own = (bench.window, *(w for w in QApplication.topLevelWidgets() if w is not bench.window))
    return shown_words(
        w
        for w in own
        if w is bench.window
        or bench.window.isAncestorOf(w)
        or type(w).__module__.startswith("viewer.")
    )


def test_nothing_hidden_remembers(study, qtbot, tmp_path):
    bench, actions = study, study.window.actions_
    for menu in bench.window.findChildren(QMenu):
        menu.aboutToShow.emit()
    canvas = bench.grid.viewports["axial"].canvas
    canvas.setFocus()
    dialog = bench.window.findChild(ExportDialog)
    dialog._folder.setText(str(tmp_path / "Qxzfile out"))
    dialog._on_edited()
    bench.side.export.export()
    qtbot.waitUntil(lambda: (tmp_path / "Qxzfile out").exists(), timeout=10_000)
    bench.deeds.saved(tmp_path / "Qxzfile" / "Qxzfile one.png")
    actions["layout.1x2"].trigger()
    qtbot.wait(60)
    actions["layout.mpr"].trigger()
    actions["view.second_window"].trigger()
    qtbot.wait(100)
    actions["help.palette"].trigger()
    qtbot.wait(60)
    palette = bench.window.findChild(CommandPalette)
    qtbot.keyClicks(palette.findChild(QLineEdit), "Qxz")
    palette.hide()
    assert "Qxzfile" in leaks(all_words(bench))
    bench.session.interaction.teaching = True
    qtbot.wait(300)
    assert leaks(all_words(bench)) == set()
    bench.deeds.open_paths([str(tmp_path / "Qxzfile nowhere")])
    qtbot.wait(300)
    bench.side.export.export()
    qtbot.wait(300)
    assert leaks(all_words(bench)) == set()


def test_a_badge_says_that_it_is_on(study, qtbot):
    def badges():
        return [w for w in study.window.findChildren(QLabel) if w.property("role") == "badge"]

    assert not any(badge.isVisible() for badge in badges())
    switch_on(study, qtbot)
    assert [b.text() for b in badges() if b.isVisible()] == ["Teaching mode: names are hidden"]
    assert study.window.actions_["view.teaching"].isChecked()


@pytest.mark.parametrize("place", ["tooltip", "accessible name", "item", "menu"])
def test_a_planted_leak_is_caught(study, qtbot, place):
    switch_on(study, qtbot)
    frame = study.grid.viewports["axial"]
    if place == "tooltip":
        frame.setToolTip("Qxzname")
    elif place == "accessible name":
        frame.canvas.setAccessibleName("QXZ-ID-7")
    elif place == "item":
        tree = study.window.findChild(QAbstractItemView)
        model = tree.model()
        model.setData(model.index(0, 0), "Qxzhospital", Qt.ItemDataRole.ToolTipRole)
    else:
        study.window.menuBar().actions()[0].menu().addAction("Qxzfile")
    assert len(leaks(everything(study))) == 1


def test_copies_and_exports_name_nobody_even_when_asked_to(study, qtbot, tmp_path):
    bench = study
    named = ExportChoices(tmp_path / "out", identity=True)

    def burned_in(request):
        pixels = slice_pixels(request, request.indices[0])
        items = compose_snapshot(request, request.indices[0], pixels).drawables
        return [item.text for item in items if isinstance(item, TextItem)]

    assert "Qxzname" in leaks(burned_in(request_for(bench.session, named)))
    switch_on(bench, qtbot)
    assert leaks(burned_in(request_for(bench.session, named))) == set()
    assert leaks(burned_in(session_export(bench.session, Orientation.AXIAL, [2]))) == set()
    presenter = bench.viewports[bench.session.interaction.active]
    scene = presenter.scene(presenter.resolved(), presenter.stack)
    assert leaks(i.text for i in compose(scene) if isinstance(i, TextItem)) == set()
    window = bench.window.findChild(MetadataWindow)
    window.text_copied.emit()
    assert "Modality" in QGuiApplication.clipboard().text()
    assert leaks([QGuiApplication.clipboard().text()]) == set()
    bench.side.export.export()
    bench.window.actions_["edit.copy_picture"].trigger()
    assert not QGuiApplication.clipboard().image().isNull()


def test_letters_in_the_pixels_are_told(study, qtbot):
    switch_on(study, qtbot)
    stack = study.session.open_stack
    labels = replace(stack.volume.stack.labels, burned_in="YES")
    stack.volume = replace(stack.volume, stack=replace(stack.volume.stack, labels=labels))
    study.session.add_loaded(frozenset(range(6)))
    qtbot.wait(150)
    canvas = study.grid.viewports["axial"].canvas
    words = " ".join(i.text for i in canvas._overlay._drawables if isinstance(i, TextItem))
    assert "letters in the pixels may name the patient" in words
    assert np.isfinite(stack.volume.data).all()


def test_the_start_page_and_recent_files_name_no_folder(bench, qtbot):
    bench.settings.save(bench.settings.settings.with_recent("somewhere/Qxzfile"))
    bench.window.start_page.set_recent(bench.settings.settings.recent_paths)
    qtbot.wait(20)
    assert leaks(everything(bench)) == {"Qxzfile"}
    bench.session.interaction.teaching = True
    qtbot.wait(20)
    assert leaks(everything(bench)) == set()


def test_messages_name_no_file(study, qtbot):
    notices = study.window.notifications
    error = ViewerError("Qxz file cannot be saved", "it is full", "See /Qxz/x", ("Qxz file",))
    notices.show_error(error)
    notices.show_message("Saved Qxz.png")
    assert "Qxz file" in notices.texts()[-2]
    switch_on(study, qtbot)
    assert not any("Qxz" in text for text in notices.texts())
    notices.show_error(error)
    shown = notices.messages()[-1]
    assert shown.whole_text == "a file cannot be saved: it is full"
    assert "Qxz" not in shown.toolTip()
