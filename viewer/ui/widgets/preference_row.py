"""One preference in its dialog: label, the editor that its type asks for, help, and a way back."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from viewer.app.preferences import Preference
from viewer.app.settings import SettingValue
from viewer.i18n import tr
from viewer.ui.icons import icon
from viewer.ui.widgets.labels import plain_label

_STEP = 10
_INDENT = 22


class PreferenceRow(QWidget):
    """Edits one preference.

    Signals
    -------
    edited(str, object)
        Its name and the value that the reader chose.
    reset_requested(str)
        Its name.
    """

    edited = Signal(str, object)
    reset_requested = Signal(str)

    def __init__(self, preference: Preference) -> None:
        super().__init__()
        self.preference = preference
        self._editor, self._show = _editor(preference, partial(self.edited.emit, preference.name))
        self._editor.setAccessibleName(tr(preference.label))
        self._editor.setAccessibleDescription(tr(preference.help))
        self._reset = QToolButton()
        self._reset.setIcon(icon("view.reset", "dim"))
        self._reset.setToolTip(tr("As it was at first: {value}", value=_words(preference)))
        self._reset.setAccessibleName(tr("Reset: {label}", label=tr(preference.label)))
        self._reset.clicked.connect(self._on_reset)
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        text = plain_label(tr(preference.help), "dim", wrap=True)
        if isinstance(self._editor, QCheckBox):
            text.setContentsMargins(_INDENT, 0, 0, 0)
            grid.addWidget(self._editor, 0, 0, 1, 2)
        else:
            grid.addWidget(plain_label(tr(preference.label)), 0, 0)
            grid.addWidget(self._editor, 0, 1)
        grid.addWidget(self._reset, 0, 2)
        grid.addWidget(text, 1, 0, 1, 2)

    def set_value(self, value: SettingValue) -> None:
        """Show the value in force; emits nothing."""
        self._editor.blockSignals(True)
        self._show(value)
        self._editor.blockSignals(False)
        self._reset.setVisible(value != self.preference.default)

    def _on_reset(self) -> None:
        self.reset_requested.emit(self.preference.name)


Editor = tuple[QWidget, Callable[[SettingValue], None]]


def _editor(preference: Preference, edited: Callable[[SettingValue], None]) -> Editor:
    """Return the widget for a type and what shows a value in it."""
    if preference.kind is bool:
        return _check_box(preference, edited)
    if preference.choices:
        return _combo_box(preference, edited)
    if preference.kind is int:
        return _number(preference, edited)
    field = QLineEdit()
    field.editingFinished.connect(lambda: edited(field.text()))
    return field, lambda value: field.setText(str(value))


def _check_box(preference: Preference, edited: Callable[[SettingValue], None]) -> Editor:
    box = QCheckBox(tr(preference.label))
    box.toggled.connect(edited)
    return box, lambda value: box.setChecked(value is True)


def _combo_box(preference: Preference, edited: Callable[[SettingValue], None]) -> Editor:
    box = QComboBox()
    for value, label in preference.choices.items():
        box.addItem(tr(label), value)
    box.currentIndexChanged.connect(lambda place: edited(box.itemData(place)))
    return box, lambda value: box.setCurrentIndex(box.findData(value))


def _number(preference: Preference, edited: Callable[[SettingValue], None]) -> Editor:
    box = QSpinBox()
    low, high = preference.low, preference.high
    box.setRange(-(1 << 30) if low is None else low, 1 << 30 if high is None else high)
    box.setSingleStep(_STEP if preference.unit == "%" else 1)
    if preference.unit:
        box.setSuffix(f" {preference.unit}")
    box.setKeyboardTracking(False)  # "150" is typed by way of "1" and "15"
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.valueChanged.connect(edited)
    return box, lambda value: box.setValue(int(value) if isinstance(value, int) else 0)


def _words(preference: Preference) -> str:
    default = preference.default
    if isinstance(default, bool):
        return tr("on") if default else tr("off")
    if preference.choices:
        return tr(preference.choices[str(default)])
    return f"{default} {preference.unit}".rstrip()
