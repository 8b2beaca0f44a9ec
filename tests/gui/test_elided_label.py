"""A label at the width it asks for shows its whole text; it asks again when letters grow."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QWidget

from viewer.ui.widgets.elided_label import ElidedLabel

pytestmark = pytest.mark.gui
TEXTS = ("2006-09-20 4 CT", "4 CT", "Place 12", "iiillljjj", "WWW 119 / 236")


def shown(label, width):
    return label.fontMetrics().elidedText(label.text(), Qt.TextElideMode.ElideMiddle, width)


@pytest.mark.parametrize("points", [7.5, 9.0, 9.4, 11.7, 16.0])
def test_its_own_width_is_enough(qtbot, points):
    for text in TEXTS:
        label = ElidedLabel(text)
        qtbot.addWidget(label)
        font = QFont()
        font.setPointSizeF(points)
        font.setBold(True)
        label.setFont(font)
        hint = label.sizeHint()
        assert shown(label, hint.width()) == text
        assert shown(label, hint.width() - 6) != text  # and is not much more than that


def test_other_words_and_larger_letters_get_their_room(qtbot):
    row = QWidget()
    qtbot.addWidget(row)
    line = QHBoxLayout(row)
    label = ElidedLabel("4 CT")
    line.addWidget(label)
    line.addStretch(1)
    row.resize(600, 40)
    row.show()
    label.setText("2006-09-20 4 CT")
    qtbot.waitUntil(lambda: shown(label, label.width()) == "2006-09-20 4 CT", timeout=2000)
    before = label.width()
    font = QFont(label.font())
    font.setPointSizeF(font.pointSizeF() * 2)
    label.setFont(font)
    qtbot.waitUntil(lambda: label.width() > before * 1.5, timeout=2000)
    assert shown(label, label.width()) == "2006-09-20 4 CT"
