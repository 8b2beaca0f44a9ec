"""A slim bar over an image with a layer: how the two share the picture, opacity, remove."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from viewer.core.layer import Layer, LayerMode
from viewer.i18n import tr
from viewer.ui.icons import icon
from viewer.ui.widgets.elided_label import ElidedLabel

_HEIGHT = 26
_SLIDER_STEPS = 100
_ROOMY_PX, _NARROW_PX = 480, 380


class LayerBar(QWidget):
    """Shows a layer's state and emits what the reader wants of it; hidden without a layer.

    Signals
    -------
    mode_requested(object)
        A `LayerMode`.
    opacity_requested(float)
        0..1.
    rate_requested(float)
        Changes in a second, 0 for by key.
    remove_requested
        The layer shall go.
    """

    mode_requested = Signal(object)
    opacity_requested = Signal(float)
    rate_requested = Signal(float)
    remove_requested = Signal()

    def __init__(self, rates_hz: Sequence[float]) -> None:
        super().__init__()
        self.setObjectName("layerBar")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._title = ElidedLabel()
        self._title.setProperty("role", "dim")
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.modes = {
            mode: self._button(text, tooltip, partial(self._ask_mode, mode))
            for mode, text, tooltip in (
                (LayerMode.FUSION, tr("Fusion"), tr("Mix the two pictures")),
                (LayerMode.BLINK, tr("Blink"), tr("Show one of the two at a time")),
                (LayerMode.SWIPE, tr("Swipe"), tr("One on each side of a line to drag")),
            )
        }
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, _SLIDER_STEPS)
        self.opacity.setPageStep(10)
        self.opacity.setMinimumWidth(40)
        self.opacity.setMaximumWidth(160)
        self.opacity.setAccessibleName(tr("Opacity of the layer"))
        self.opacity.setToolTip(tr("Opacity of the layer  (Ctrl + Alt + wheel)"))
        self.opacity.valueChanged.connect(self._on_opacity)
        self.rate = QComboBox()
        self.rate.setAccessibleName(tr("Rate of the blink"))
        for rate in rates_hz:
            self.rate.addItem(tr("{rate:g} / s", rate=rate) if rate else tr("by key"), rate)
        self.rate.activated.connect(self._on_rate)
        self.window_menu = QMenu(self)
        self.window_button = QToolButton()
        self.window_button.setText(tr("Window"))
        self.window_button.setToolTip(tr("Window of the layer"))
        self.window_button.setAccessibleName(tr("Window of the layer"))
        self.window_button.setMenu(self.window_menu)
        self.window_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.remove = QToolButton()
        self.remove.setIcon(icon("close", "dim"))
        self.remove.setToolTip(tr("Remove the layer"))
        self.remove.setAccessibleName(tr("Remove the layer"))
        self.remove.clicked.connect(self._on_remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 4, 1)
        row.setSpacing(4)
        row.addWidget(self._title, 1)
        for widget in (*self.modes.values(), self.opacity, self.rate):
            row.addWidget(widget)
        row.addWidget(self.window_button)
        row.addWidget(self.remove)
        self.hide()

    def set_layer(self, layer: Layer | None, title: str) -> None:
        """Show a layer's state, or (None) nothing."""
        self.setVisible(layer is not None)
        if layer is None:
            return
        self._title.setText(title)
        for mode, button in self.modes.items():
            button.setChecked(mode is layer.mode)
        self.opacity.setVisible(layer.mode is LayerMode.FUSION)
        self.rate.setVisible(layer.mode is LayerMode.BLINK)
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(layer.opacity * _SLIDER_STEPS))
        self.opacity.blockSignals(False)
        self.rate.setCurrentIndex(self.rate.findData(layer.blink_hz))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out first what stands elsewhere, too: title and window."""
        super().resizeEvent(event)
        width = event.size().width()
        self._title.setVisible(width >= _ROOMY_PX)
        self.window_button.setVisible(width >= _NARROW_PX)

    def _button(self, text: str, tooltip: str, press: partial[None]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tooltip)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        button.clicked.connect(press)
        return button

    def _ask_mode(self, mode: LayerMode, *_: object) -> None:
        for known, button in self.modes.items():
            button.setChecked(known is mode)
        self.mode_requested.emit(mode)

    def _on_opacity(self, value: int) -> None:
        self.opacity_requested.emit(value / _SLIDER_STEPS)

    def _on_rate(self, _index: int) -> None:
        self.rate_requested.emit(float(self.rate.currentData()))

    def _on_remove(self) -> None:
        self.remove_requested.emit()
