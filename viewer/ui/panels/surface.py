"""The Surface panel: presets, threshold, smoothing, reduction, look, progress, STL."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.app.surface_settings import HU_RANGE, SurfaceSettings
from viewer.i18n import tr
from viewer.ui.widgets.labels import plain_label
from viewer.ui.widgets.number_slider import NumberSlider
from viewer.ui.widgets.progress_row import ProgressRow


class SurfacePanel(QWidget):
    """Passive view of `viewer.app.presenters.surface.SurfacePresenter`."""

    preset_requested = Signal(str)
    look_edited = Signal(object)
    settings_edited = Signal(object)
    compute_requested = Signal()
    cancel_requested = Signal()
    stl_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surface-panel")
        self._settings = SurfaceSettings()
        self._preset_buttons: dict[str, QPushButton] = {}
        self._presets = QHBoxLayout()
        self._threshold = NumberSlider(
            tr("Threshold"), *HU_RANGE, 10.0, suffix=" HU", settle_ms=350
        )
        self._smooth = NumberSlider(tr("Smoothing"), 0.0, 5.0, 0.1, suffix=" mm", settle_ms=350)
        self._reduce = NumberSlider(tr("Reduction"), 0.0, 95.0, 5.0, suffix=" %", settle_ms=350)
        self._full = QCheckBox(tr("Every voxel (slower)"))
        self._colour = QPushButton(tr("Colour…"))
        self._opacity = NumberSlider(tr("Opacity"), 5.0, 100.0, 5.0, suffix=" %")
        self._compute = QPushButton(tr("Make surface"))
        self._compute.setProperty("role", "primary")
        self._progress = ProgressRow(tr("surface"))
        self._note = plain_label(role="dim", wrap=True)
        self._error = plain_label(role="failure", wrap=True)
        self._result = plain_label(wrap=True)
        self._stl = QPushButton(tr("Save as STL…"))
        self._build()
        self._connect()
        self.set_settings(self._settings)
        self.set_result("", has_mesh=False)
        self.set_error("")

    def set_presets(self, presets: tuple[tuple[str, str], ...]) -> None:
        """Offer presets (id, name)."""
        if tuple(self._preset_buttons) == tuple(preset_id for preset_id, _ in presets):
            return
        for button in self._preset_buttons.values():
            button.hide()
            button.deleteLater()
        self._preset_buttons = {}
        for preset_id, name in presets:
            button = QPushButton(name)
            button.setCheckable(True)
            button.setProperty("preset", preset_id)
            button.setAccessibleName(tr("Surface preset {name}", name=name))
            button.clicked.connect(self._on_preset)
            self._presets.addWidget(button)
            self._preset_buttons[preset_id] = button

    def set_threshold_range(self, low: float, high: float, unit: str) -> None:
        """Set what the threshold slider spans."""
        step = 10.0 if unit == "HU" else (high - low) / 500
        self._threshold.set_range(low, high, step, f" {unit}" if unit else "")

    def set_settings(self, settings: SurfaceSettings) -> None:
        """Show settings; emits nothing."""
        self._settings = settings
        self._threshold.set_value(settings.threshold)
        self._smooth.set_value(settings.smooth_mm)
        self._reduce.set_value(100 * settings.reduce)
        self._opacity.set_value(100 * settings.opacity)
        self._full.blockSignals(True)
        self._full.setChecked(settings.full_resolution)
        self._full.blockSignals(False)
        self._show_look()

    def set_ready(self, reason: str) -> None:
        """Allow computing, or say why not."""
        self._note.setText(reason)
        self._note.setVisible(bool(reason))
        for widget in (
            *self._preset_buttons.values(),
            self._threshold,
            self._smooth,
            self._reduce,
            self._full,
            self._compute,
        ):
            widget.setEnabled(not reason)
            widget.setToolTip(reason)

    def set_progress(self, fraction: float, text: str) -> None:
        """Show that work is under way."""
        self._progress.set_progress(fraction, text)

    def set_idle(self) -> None:
        """Show that no work is under way."""
        self._progress.finish()

    def set_result(self, text: str, *, has_mesh: bool) -> None:
        """Describe the surface."""
        self._result.setText(text)
        self._result.setVisible(bool(text))
        self._stl.setEnabled(has_mesh)
        self._stl.setToolTip("" if has_mesh else tr("Make a surface first"))

    def set_error(self, text: str) -> None:
        """Tell why there is no surface."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def ask_stl_path(self) -> None:
        """Ask where to save the surface, then emit `stl_requested`."""
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save surface as STL"), "surface.stl", tr("STL mesh (*.stl)")
        )
        if name:
            path = Path(name)
            self.stl_requested.emit(path if path.suffix else path.with_suffix(".stl"))

    def _build(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field in (
            (tr("Threshold"), self._threshold),
            (tr("Smoothing"), self._smooth),
            (tr("Reduction"), self._reduce),
            (tr("Resolution"), self._full),
            (tr("Opacity"), self._opacity),
            (tr("Colour"), self._colour),
        ):
            label = plain_label(text)
            label.setBuddy(field)
            form.addRow(label, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addLayout(self._presets)
        layout.addLayout(form)
        for widget in (
            self._compute,
            self._progress,
            self._note,
            self._error,
            self._result,
            self._stl,
        ):
            layout.addWidget(widget)
        layout.addStretch()
        self._note.hide()

    def _connect(self) -> None:
        for slider in (self._threshold, self._smooth, self._reduce):
            slider.value_settled.connect(self._on_shape)
        self._full.toggled.connect(self._on_shape)
        self._opacity.value_edited.connect(self._on_look)
        self._colour.clicked.connect(self._on_colour)
        self._compute.clicked.connect(self._on_compute)
        self._progress.cancel_requested.connect(self.cancel_requested)
        self._stl.clicked.connect(self.ask_stl_path)

    def _on_preset(self) -> None:
        self._show_look()
        self.preset_requested.emit(str(self.sender().property("preset")))

    def _on_shape(self) -> None:
        self._take_shape()
        self.settings_edited.emit(self._settings)

    def _on_compute(self) -> None:
        # A slider that was moved just now has not settled yet: the button means what is shown.
        before = self._settings
        self._take_shape()
        if self._settings.same_shape(before):
            self.compute_requested.emit()
        else:
            self.settings_edited.emit(self._settings)

    def _take_shape(self) -> None:
        taken = replace(
            self._settings,
            threshold=self._threshold.value,
            smooth_mm=round(self._smooth.value, 3),
            reduce=round(self._reduce.value / 100, 3),
            full_resolution=self._full.isChecked(),
        )
        if not taken.same_shape(self._settings):
            self._settings = replace(taken, preset="")
        self._show_look()

    def _on_look(self) -> None:
        self._settings = replace(self._settings, opacity=self._opacity.value / 100)
        self.look_edited.emit(self._settings)

    def _on_colour(self) -> None:
        colour = QColorDialog.getColor(
            QColor(self._settings.colour), self, tr("Colour of the surface")
        )
        if colour.isValid():
            self._settings = replace(self._settings, colour=colour.name())
            self._show_look()
            self.look_edited.emit(self._settings)

    def _show_look(self) -> None:
        picture = QPixmap(16, 16)
        picture.fill(QColor(self._settings.colour))
        self._colour.setIcon(QIcon(picture))
        for preset_id, button in self._preset_buttons.items():
            button.setChecked(preset_id == self._settings.preset)
