"""Tests of the export dialog with its presenter, as a reader uses it."""

from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
)

from tests.support.inline_runner import InlineRunner
from tests.support.volumes import make_volume
from viewer.app.presenters.export import ExportPresenter
from viewer.core.document import AnnotationDocument
from viewer.core.session import Session
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.render.snapshot import render_snapshot
from viewer.ui.dialogs.export import ExportDialog
from viewer.ui.widgets.picture import Picture

pytestmark = pytest.mark.gui
VOLUME = make_volume()


class Stage:
    def __init__(self, qtbot, folder) -> None:
        self.session = Session()
        self.dialog = ExportDialog()
        qtbot.addWidget(self.dialog)
        self.shown: list[Any] = []
        self.presenter = ExportPresenter(
            self.session,
            self.dialog,
            cast(Any, InlineRunner()),
            render_snapshot,
            folder=folder,
            show_folder=self.shown.append,
        )
        display = DisplayState(HuWindow(400, 40))
        self.session.set_volume(VOLUME, AnnotationDocument("9.8.7"), display)
        self.session.finish_volume(VOLUME)
        self.session.viewports["axial"].index = 3
        self.presenter.start()
        self.dialog.show()
        qtbot.waitExposed(self.dialog)

    def find(self, kind, text):
        return next(w for w in self.dialog.findChildren(kind) if w.text() == text)

    def named(self, kind, name):
        return next(w for w in self.dialog.findChildren(kind) if w.accessibleName() == name)

    @property
    def words(self) -> str:
        labels = self.dialog.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())


@pytest.fixture
def stage(qtbot, tmp_path):
    stage = Stage(qtbot, tmp_path)
    yield stage
    stage.presenter.close()


def test_the_slice_in_view_is_exported_by_one_press(stage, qtbot, tmp_path):
    assert not stage.dialog.isModal()
    assert "1 picture: axial 4" in stage.words
    qtbot.mouseClick(stage.find(QPushButton, "Export"), Qt.MouseButton.LeftButton)
    assert [path.name for path in tmp_path.glob("*.png")] == ["axial-0004.png"]
    qtbot.mouseClick(stage.find(QPushButton, "Show in folder"), Qt.MouseButton.LeftButton)
    assert stage.shown == [tmp_path]


def test_a_range_of_bare_jpegs(stage, qtbot, tmp_path):
    click(qtbot, stage.find(QRadioButton, "Range"))
    first, last = stage.named(QSpinBox, "First slice"), stage.named(QSpinBox, "Last slice")
    assert first.isEnabled()
    last.setValue(2)
    click(qtbot, next(b for b in stage.dialog.findChildren(QCheckBox) if "Bare" in b.text()))
    assert not stage.find(QCheckBox, "Ruler").isEnabled()
    formats = stage.named(QComboBox, "Format")
    formats.setCurrentIndex(formats.findData("jpeg"))
    assert stage.named(QSpinBox, "JPEG quality").isEnabled()
    qtbot.mouseClick(stage.find(QPushButton, "Export"), Qt.MouseButton.LeftButton)
    written = sorted(tmp_path.glob("*.jpg"))
    assert [path.name for path in written] == ["axial-0001.jpg", "axial-0002.jpg"]
    assert pixels(written[0]).shape == (10, 12)


def test_identity_is_off_until_asked_for(stage, qtbot):
    box = stage.find(QCheckBox, "Show the patient's identity in the texts")
    assert not box.isChecked()
    with qtbot.waitSignal(stage.dialog.choices_edited) as asked:
        click(qtbot, box)
    assert asked.args[0].identity is True
    click(qtbot, stage.find(QCheckBox, "Corner texts"))
    assert not box.isEnabled()


def test_another_plane_has_its_own_slices(stage):
    plane = stage.named(QComboBox, "Plane")
    plane.setCurrentIndex(plane.findData("sagittal"))
    assert stage.named(QSpinBox, "Last slice").maximum() == 12
    assert "sagittal" in stage.words


def test_slices_with_marks_need_marks(stage, qtbot):
    click(qtbot, stage.find(QRadioButton, "Every slice with marks"))
    assert "No mark lies on a slice" in stage.words
    assert not stage.find(QPushButton, "Export").isEnabled()


def test_the_folder_can_be_chosen_or_typed(stage, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(tmp_path / "a"))
    qtbot.mouseClick(stage.find(QPushButton, "Choose…"), Qt.MouseButton.LeftButton)
    field = stage.named(QLineEdit, "Folder")
    assert field.text() == str(tmp_path / "a")
    field.selectAll()
    qtbot.keyClicks(field, str(tmp_path / "b"))
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.mouseClick(stage.find(QPushButton, "Export"), Qt.MouseButton.LeftButton)
    assert (tmp_path / "b" / "axial-0004.png").exists()


def test_the_preview_is_the_picture_that_will_be_saved(stage, qtbot, tmp_path):
    preview = stage.dialog.findChild(Picture).image_size
    qtbot.mouseClick(stage.find(QPushButton, "Export"), Qt.MouseButton.LeftButton)
    picture = pixels(tmp_path / "axial-0004.png")
    assert preview == (picture.shape[1], picture.shape[0])


def pixels(path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def click(qtbot, box) -> None:
    qtbot.keyClick(box, Qt.Key.Key_Space)


def test_a_pasted_folder_counts_when_export_is_pressed(stage, tmp_path):
    field = stage.named(QLineEdit, "Folder")
    field.setText(str(tmp_path / "pasted"))  # nobody leaves the field
    stage.find(QPushButton, "Export").click()
    assert (tmp_path / "pasted" / "axial-0004.png").exists()


def test_identity_cannot_be_asked_for_while_teaching(stage, qtbot):
    box = stage.find(QCheckBox, "Show the patient's identity in the texts")
    click(qtbot, box)
    stage.session.interaction.teaching = True
    assert not box.isEnabled()
    assert not box.isChecked()
    assert "teaching mode" in box.toolTip()
    stage.session.interaction.teaching = False
    assert box.isEnabled()
    assert box.isChecked()
