"""The dialog of the reader's own windows."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.user_presets import MAX_NAME, MODALITIES, UserPreset
from viewer.i18n import tr
from viewer.ui.actions import native_key
from viewer.ui.widgets.key_field import KeyField
from viewer.ui.widgets.labels import plain_label

_FILES = "JSON (*.json)"
_MOST = 1e6


class PresetDialog(QDialog):
    """Passive view of `viewer.app.presenters.user_presets.PresetPresenter`.

    Signals
    -------
    edited(int, str, float, float, str, str), selected(int), removed(int), moved(int, int)
        See `PresetView`; places count from 0.
    added, key_taken(int, str), imported(str), exported(str), examples_requested
        See `PresetView`.
    """

    edited = Signal(int, str, float, float, str, str)
    selected = Signal(int)
    added = Signal()
    removed = Signal(int)
    moved = Signal(int, int)
    key_taken = Signal(int, str)
    imported = Signal(str)
    exported = Signal(str)
    examples_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preset-dialog")
        self.setWindowTitle(tr("Own presets"))
        self._filling = False
        self._asked_key = ""
        self.list = _make_list()
        self.list.currentItemChanged.connect(self._on_current)
        self._make_fields()
        self._trouble = plain_label(role="caution", wrap=True)
        self.take = QPushButton(tr("Take the key"))
        self.take.clicked.connect(self._on_take)
        self.take.hide()
        trouble = QHBoxLayout()
        trouble.addWidget(self._trouble, 1)
        trouble.addWidget(self.take)
        right = QVBoxLayout()
        right.addLayout(self._form())
        right.addWidget(self.preview)
        right.addStretch()
        middle = QHBoxLayout()
        middle.addWidget(self.list, 3)
        middle.addLayout(right, 2)
        column = QVBoxLayout(self)
        column.addLayout(middle, 1)
        column.addLayout(trouble)
        column.addLayout(self._buttons())
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self.set_presets((), -1)
        self.resize(860, 460)

    @property
    def previews(self) -> bool:
        """Whether the active view follows."""
        return self.preview.isChecked()

    def set_presets(self, presets: Sequence[UserPreset], current: int) -> None:
        """Show the list, one of it marked (-1 for none)."""
        self._filling = True
        self.list.clear()
        for preset in presets:
            item = QTreeWidgetItem(
                [
                    preset.name,
                    preset.numbers,
                    preset.modality or tr("all"),
                    native_key(preset.key) if preset.key else "",
                ]
            )
            self.list.addTopLevelItem(item)
            if self.list.topLevelItemCount() == current + 1:
                self.list.setCurrentItem(item)
        shown = presets[current] if 0 <= current < len(presets) else None
        self._presets = tuple(presets)
        self._fill(shown)
        self._filling = False

    def ask_for_key(self, key: str, holder: str) -> None:
        """Ask whether a key may be taken from an action."""
        self._asked_key = key
        self.tell(
            tr("{key} is “{holder}” now, which would lose it", key=native_key(key), holder=holder)
        )
        self.take.show()

    def tell(self, line: str) -> None:
        """Say what went wrong, or ""."""
        self._trouble.setText(line)
        self.take.hide()

    # --- parts -------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_NAME)
        self.width_, self.level = _Number(0.001), _Number(-_MOST)
        self.modality = QComboBox()
        self.modality.addItem(tr("all"), "")
        for code in MODALITIES:
            self.modality.addItem(code, code)
        self.key = KeyField()
        self.preview = QCheckBox(tr("Show it in the active view"))
        self.preview.setChecked(True)
        self.name.editingFinished.connect(self._on_edited)
        self.width_.valueChanged.connect(self._on_edited)
        self.level.valueChanged.connect(self._on_edited)
        self.modality.activated.connect(self._on_edited)
        self.key.pressed.connect(self._on_edited)
        self.preview.toggled.connect(self._on_preview)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        for text, field in (
            (tr("Name"), self.name),
            (tr("Width"), self.width_),
            (tr("Level"), self.level),
            (tr("Modality"), self.modality),
            (tr("Key"), self.key),
        ):
            field.setAccessibleName(text)
            form.addRow(text, field)
        return form

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.new = self._button(row, tr("New"), self.added.emit)
        self.new.setToolTip(tr("A preset from the window of the active view"))
        self.delete = self._button(row, tr("Delete"), self._on_delete)
        self.up = self._button(row, tr("Up"), self._on_up)
        self.down = self._button(row, tr("Down"), self._on_down)
        row.addStretch()
        examples = self._button(row, tr("Add examples"), self.examples_requested.emit)
        examples.setToolTip(tr("Stroke, subdural, temporal bone and PET, to be changed at will"))
        self._button(row, tr("Import…"), self._ask_import)
        self._button(row, tr("Export…"), self._ask_export)
        self._button(row, tr("Close"), self.close)
        return row

    def _button(self, row: QHBoxLayout, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(slot)
        row.addWidget(button)
        return button

    # --- following ---------------------------------------------------------------------------

    def _place(self) -> int:
        item = self.list.currentItem()
        return -1 if item is None else self.list.indexOfTopLevelItem(item)

    def _fill(self, preset: UserPreset | None) -> None:
        fields = (self.name, self.width_, self.level, self.modality, self.key)
        for field in (*fields, self.delete, self.up, self.down):
            field.setEnabled(preset is not None)
        for number in (self.width_, self.level):
            number.set_blank(preset is None)
        if preset is None:
            self.name.clear()
            self.key.set_key("")
            return
        if self.modality.findData(preset.modality) < 0:
            self.modality.addItem(preset.modality, preset.modality)
        self.name.setText(preset.name)
        self.width_.setValue(preset.width)
        self.level.setValue(preset.level)
        self.modality.setCurrentIndex(self.modality.findData(preset.modality))
        self.key.set_key(preset.key)
        self.up.setEnabled(self._place() > 0)
        self.down.setEnabled(self._place() < len(self._presets) - 1)

    def _on_current(self) -> None:
        place = self._place()
        if self._filling or place < 0:
            return
        self._filling = True
        self._fill(self._presets[place])
        self._filling = False
        self.tell("")
        self.selected.emit(place)

    def _on_edited(self) -> None:
        if not self._filling and self._place() >= 0:
            self.edited.emit(
                self._place(),
                self.name.text(),
                self.width_.value(),
                self.level.value(),
                self.modality.currentData(),
                self.key.key,
            )

    def _on_take(self) -> None:
        self.key_taken.emit(self._place(), self._asked_key)

    def _on_preview(self) -> None:
        self.selected.emit(self._place())

    def _on_delete(self) -> None:
        self.removed.emit(self._place())

    def _on_up(self) -> None:
        self.moved.emit(self._place(), -1)

    def _on_down(self) -> None:
        self.moved.emit(self._place(), 1)

    def _ask_import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Import presets"), "", _FILES)
        if path:
            self.imported.emit(path)

    def _ask_export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Export presets"), "presets.json", _FILES)
        if path:
            self.exported.emit(path)


class _Number(QDoubleSpinBox):
    """A number without trailing zeros, written with a full stop everywhere."""

    def __init__(self, least: float) -> None:
        super().__init__()
        self._blank = False
        self.setLocale(QLocale.c())
        self.setDecimals(3)
        self.setRange(least, _MOST)
        self.setKeyboardTracking(False)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)

    def set_blank(self, blank: bool) -> None:
        """Show no number: there is nothing that it would be of."""
        self._blank = blank
        with QSignalBlocker(self.lineEdit()):  # nobody has edited it
            self.lineEdit().setText(self.textFromValue(self.value()))

    def textFromValue(self, value: float) -> str:
        return "" if self._blank else f"{value:.10g}"


def _make_list() -> QTreeWidget:
    made = QTreeWidget()
    made.setHeaderLabels([tr("Name"), tr("Width / level"), tr("Modality"), tr("Key")])
    made.setRootIsDecorated(False)
    made.setAlternatingRowColors(True)
    made.setAccessibleName(tr("Own presets"))
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = made.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in (1, 2, 3):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    return made
