"""The export dialog: which slices, how, where to, and what the first picture looks like."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from viewer.app.export_choices import ExportChoices, Scope
from viewer.app.overlays import Part
from viewer.core.plane import Orientation
from viewer.export.image import IMAGE_FORMATS
from viewer.export.snapshot import PixelArray
from viewer.i18n import mark, tr
from viewer.ui.widgets.labels import plain_label
from viewer.ui.widgets.picture import Picture
from viewer.ui.widgets.progress_row import ProgressRow

_PARTS: tuple[tuple[Part, str], ...] = (
    (Part.OVERLAY_PLANES, mark("Overlay planes")),
    (Part.SHUTTER, mark("Display shutter")),
    (Part.MARKS, mark("Marks and values")),
    (Part.FINDINGS, mark("Findings")),
    (Part.KEY_IMAGE, mark("Key image")),
    (Part.TEXTS, mark("Corner texts")),
    (Part.LETTERS, mark("Orientation letters")),
    (Part.RULER, mark("Ruler")),
    (Part.BADGES, mark("Caveats")),
    (Part.STAMP, mark("Research stamp")),
)
_IDENTITY_TIP = mark(
    "Name, ID, birth date, accession number, institution and dates. Letters that are part of the "
    "pixels stay in any case."
)


class ExportDialog(QDialog):
    """Passive view of `viewer.app.presenters.export.ExportPresenter`."""

    choices_edited = Signal(object)
    refresh_requested = Signal()
    export_requested = Signal()
    cancel_requested = Signal()
    show_folder_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export-dialog")
        self.setWindowTitle(tr("Export images"))
        self.setModal(False)
        self.resize(860, 560)
        self._choices = ExportChoices(Path())
        self._hidden = ""
        self._scope = QButtonGroup(self)
        self._scopes = {
            Scope.IN_VIEW: QRadioButton(tr("Slice in view")),
            Scope.ANNOTATED: QRadioButton(tr("Every slice with marks")),
            Scope.KEY_IMAGES: QRadioButton(tr("Key images only")),
            Scope.RANGE: QRadioButton(tr("Range")),
        }
        self._plane = QComboBox()
        self._first, self._last = QSpinBox(), QSpinBox()
        self._format, self._quality = QComboBox(), QSpinBox()
        self._parts = {part: QCheckBox(tr(text)) for part, text in _PARTS}
        self._bare = QCheckBox(tr("Bare pixels: one for each voxel, nothing burned in"))
        self._identity = QCheckBox(tr("Show the patient's identity in the texts"))
        self._folder = QLineEdit()
        self._choose = QPushButton(tr("Choose…"))
        self._preview = Picture(tr("Preview of the first picture"))
        self._summary = plain_label(wrap=True)
        self._progress = ProgressRow(tr("export"))
        self._result = plain_label(wrap=True)
        self._error = plain_label(role="failure", wrap=True)
        self._show_folder = QPushButton(tr("Show in folder"))
        self._export = QPushButton(tr("Export"))
        self._build()
        self._connect()
        self.set_result("")
        self.set_error("")

    def set_choices(self, choices: ExportChoices, count: int) -> None:
        """Show choices for a plane of so many slices; emits nothing."""
        self._choices = choices
        widgets = (self._plane, self._first, self._last, self._format, self._quality, self._folder)
        checks = (*self._scopes.values(), *self._parts.values(), self._bare, self._identity)
        for widget in (*widgets, *checks):
            widget.blockSignals(True)
        self._scopes[choices.scope].setChecked(True)
        self._plane.setCurrentIndex(self._plane.findData(choices.orientation.value))
        for field, value in ((self._first, choices.first), (self._last, choices.last)):
            field.setRange(1, count)
            field.setValue(value)
            field.setEnabled(choices.scope is Scope.RANGE)
        self._format.setCurrentIndex(self._format.findData(choices.format_id))
        self._quality.setValue(choices.quality)
        self._quality.setEnabled(choices.format_id == "jpeg")
        self._bare.setChecked(not choices.parts)
        for part, box in self._parts.items():
            box.setEnabled(bool(choices.parts))
            if choices.parts:
                box.setChecked(part in choices.parts)
        self._show_identity()
        self._show_place()
        for widget in (*widgets, *checks):
            widget.blockSignals(False)

    def set_identity_hidden(self, reason: str) -> None:
        """Say why nobody's identity can be shown; empty where it can."""
        self._hidden = reason
        self._show_identity()
        self._show_place()

    def set_summary(self, text: str, *, can_export: bool) -> None:
        """Say what would be written."""
        self._summary.setText(text)
        self._export.setEnabled(can_export)

    def set_preview(self, image: PixelArray | None, text: str) -> None:
        """Show the first picture, or why there is none."""
        self._preview.set_empty_text(text)
        self._preview.set_image(image)

    def set_progress(self, fraction: float, text: str) -> None:
        """Show that files are being written."""
        self._export.setEnabled(False)
        self._progress.set_progress(fraction, text)

    def set_idle(self) -> None:
        """Show that none is."""
        self._progress.finish()
        self._export.setEnabled(True)

    def set_result(self, text: str) -> None:
        """Say what was written."""
        self._result.setText(text)
        for widget in (self._result, self._show_folder):
            widget.setVisible(bool(text))

    def set_error(self, text: str) -> None:
        """Tell what went wrong."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh_requested.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.refresh_requested.emit()

    def _build(self) -> None:
        for scope, radio in self._scopes.items():
            self._scope.addButton(radio)
            radio.setProperty("scope", scope.value)
        for orientation in Orientation:
            self._plane.addItem(tr(orientation.value.capitalize()), orientation.value)
        for image_format in IMAGE_FORMATS:
            self._format.addItem(tr(image_format.name), image_format.id)
        self._quality.setRange(1, 100)
        self._quality.setPrefix(tr("Quality "))
        self._first.setPrefix(tr("from "))
        self._last.setPrefix(tr("to "))
        self._export.setProperty("role", "primary")
        for button in (self._choose, self._show_folder, self._export):
            button.setAutoDefault(False)  # Return in a field ends its edit, nothing more
        for widget, name in (
            (self._plane, tr("Plane")),
            (self._first, tr("First slice")),
            (self._last, tr("Last slice")),
            (self._format, tr("Format")),
            (self._quality, tr("JPEG quality")),
            (self._folder, tr("Folder")),
            (self._choose, tr("Choose the folder")),
        ):
            widget.setAccessibleName(name)
        left = QVBoxLayout()
        left.addWidget(self._slices_group())
        left.addWidget(self._parts_group())
        left.addWidget(self._files_group())
        left.addStretch()
        right = QVBoxLayout()
        right.addWidget(self._preview, 1)
        for line in (self._summary, self._progress, self._result, self._error):
            right.addWidget(line)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self._show_folder)
        buttons.addWidget(self._export)
        right.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.addLayout(left)
        layout.addLayout(right, 1)

    def _slices_group(self) -> QGroupBox:
        group = QGroupBox(tr("Slices"))
        box = QVBoxLayout(group)
        plane, span = QHBoxLayout(), QHBoxLayout()
        plane.addWidget(plain_label(tr("Plane")))
        plane.addWidget(self._plane, 1)
        box.addLayout(plane)
        box.addWidget(self._scopes[Scope.IN_VIEW])
        box.addWidget(self._scopes[Scope.ANNOTATED])
        box.addWidget(self._scopes[Scope.KEY_IMAGES])
        for widget in (self._scopes[Scope.RANGE], self._first, self._last):
            span.addWidget(widget)
        box.addLayout(span)
        return group

    def _parts_group(self) -> QGroupBox:
        group = QGroupBox(tr("Burned in"))
        grid = QGridLayout(group)
        for place, box in enumerate(self._parts.values()):
            grid.addWidget(box, place // 2, place % 2)
        below = grid.rowCount()
        grid.addWidget(self._identity, below, 0, 1, 2)
        grid.addWidget(self._bare, below + 1, 0, 1, 2)
        return group

    def _files_group(self) -> QGroupBox:
        group = QGroupBox(tr("Files"))
        form = QFormLayout(group)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        kind, folder = QHBoxLayout(), QHBoxLayout()
        kind.addWidget(self._format, 1)
        kind.addWidget(self._quality)
        folder.addWidget(self._folder, 1)
        folder.addWidget(self._choose)
        form.addRow(plain_label(tr("Format")), kind)
        form.addRow(plain_label(tr("Folder")), folder)
        return group

    def _connect(self) -> None:
        for radio in self._scopes.values():
            radio.toggled.connect(self._on_scope)
        for box in (*self._parts.values(), self._bare, self._identity):
            box.toggled.connect(self._on_edited)
        for field in (self._first, self._last, self._quality):
            field.valueChanged.connect(self._on_edited)
        self._plane.currentIndexChanged.connect(self._on_edited)
        self._format.currentIndexChanged.connect(self._on_edited)
        self._folder.editingFinished.connect(self._on_edited)
        self._choose.clicked.connect(self._on_choose)
        self._export.clicked.connect(self._on_export)
        self._progress.cancel_requested.connect(self.cancel_requested)
        self._show_folder.clicked.connect(self.show_folder_requested)

    def _show_identity(self) -> None:
        box = self._identity
        box.blockSignals(True)
        box.setChecked(self._choices.identity and not self._hidden)
        box.setEnabled(Part.TEXTS in self._choices.parts and not self._hidden)
        box.setToolTip(self._hidden or tr(_IDENTITY_TIP))
        box.blockSignals(False)

    def _show_place(self) -> None:
        """Show the folder; it may be called by the patient: then its field is for another one."""
        shown = "" if self._hidden else str(self._choices.folder)
        if self._folder.text() != shown:
            self._folder.setText(shown)
        self._folder.setPlaceholderText(self._hidden)

    def _on_scope(self, checked: bool) -> None:
        if checked:  # the one that was left also toggles
            self._on_edited()

    def _on_edited(self) -> None:
        scope = next(scope for scope, radio in self._scopes.items() if radio.isChecked())
        parts = frozenset(part for part, box in self._parts.items() if box.isChecked())
        folder = self._folder.text().strip()
        edited = replace(
            self._choices,
            scope=scope,
            orientation=Orientation(self._plane.currentData()),
            first=self._first.value(),
            last=self._last.value(),
            format_id=self._format.currentData(),
            quality=self._quality.value(),
            parts=frozenset() if self._bare.isChecked() else parts,
            identity=self._choices.identity if self._hidden else self._identity.isChecked(),
            folder=Path(folder) if folder else self._choices.folder,
        )
        if edited != self._choices:
            self._choices = edited
            self.choices_edited.emit(edited)

    def _on_export(self) -> None:
        self._on_edited()  # a path may have been pasted without leaving its field
        self.export_requested.emit()

    def _on_choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, tr("Folder for the pictures"), str(self._choices.folder)
        )
        if folder:
            self._folder.setText(folder)
            self._on_edited()
