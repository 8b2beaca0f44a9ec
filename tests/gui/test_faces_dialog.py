"""Tests of the faces dialog with its presenter, a real search and real events."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QPushButton,
)

from tests.support.inline_runner import InlineRunner
from viewer.app.presenters.faces import FacesPresenter
from viewer.core.view_state import InteractionState
from viewer.imaging.photo import encode_photo, read_photo
from viewer.ui.dialogs.faces import FacesDialog

pytestmark = pytest.mark.gui


def save(ctx, path: Path, rgb: np.ndarray) -> None:
    path.write_bytes(encode_photo(rgb, path.suffix))


@pytest.fixture
def photo(tmp_path) -> Path:
    """A picture without a face: the dialog must not find one in a ramp."""
    ramp = np.linspace(0, 255, 200 * 160).reshape(160, 200).astype(np.uint8)
    path = tmp_path / "ramp.png"
    Image.fromarray(ramp).convert("RGB").save(path)
    return path


@pytest.fixture
def dialog(qtbot):
    dialog = FacesDialog()
    qtbot.addWidget(dialog)
    saved: list[Path] = []
    presenter = FacesPresenter(
        dialog,
        cast(Any, InlineRunner()),
        InteractionState(),
        save,
        on_saved=saved.append,
    )
    dialog.show()
    qtbot.waitExposed(dialog)
    yield dialog
    presenter.close()


def button(dialog, text) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if b.text() == text)


def words(dialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def open_photo(dialog, qtbot, monkeypatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(path), ""))
    qtbot.mouseClick(button(dialog, "Open photo…"), Qt.MouseButton.LeftButton)


def test_it_works_without_a_study_and_does_not_block(dialog):
    assert not dialog.isModal()
    assert "Open a photo" in words(dialog)
    assert not button(dialog, "Save result…").isEnabled()


def test_a_photo_is_opened_searched_and_saved(dialog, qtbot, monkeypatch, photo, tmp_path):
    open_photo(dialog, qtbot, monkeypatch, photo)
    assert "No faces" in words(dialog)
    target = tmp_path / "result"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(target), ""))
    qtbot.mouseClick(button(dialog, "Save result…"), Qt.MouseButton.LeftButton)
    assert (tmp_path / "result.png").read_bytes() == encode_photo(read_photo(photo), ".png")
    assert "Saved as result.png" in words(dialog)


def test_dropping_a_photo_opens_it(dialog, qtbot, photo):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    held = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, *held)
    QApplication.sendEvent(dialog, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, *held)
    QApplication.sendEvent(dialog, drop)
    assert "No faces" in words(dialog)


def test_sliders_and_blur_are_intentions(dialog, qtbot):
    field = next(
        f for f in dialog.findChildren(QDoubleSpinBox) if f.accessibleName() == "Neighbours"
    )
    with qtbot.waitSignal(dialog.parameters_edited) as asked:
        qtbot.keyClick(field, Qt.Key.Key_Up)
    assert asked.args[0].min_neighbours == 6
    blur = dialog.findChild(QCheckBox)
    with qtbot.waitSignal(dialog.blur_toggled) as asked:
        qtbot.keyClick(blur, Qt.Key.Key_Space)
    assert asked.args == [True]


def test_what_is_no_photo_is_told(dialog, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "notes.png"
    path.write_text("no picture")
    open_photo(dialog, qtbot, monkeypatch, path)
    assert "cannot be opened" in words(dialog)
    assert not button(dialog, "Save result…").isEnabled()
