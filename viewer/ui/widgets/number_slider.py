"""A number with a slider and a field that follow each other."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from viewer.i18n import tr

_STEPS_MAX = 10_000


class NumberSlider(QWidget):
    """A slider for the coarse and a field for the fine.

    Signals
    -------
    value_edited(float)
        At every change by the user.
    value_settled(float)
        Once the user has paused; for work that takes a moment.
    """

    value_edited = Signal(float)
    value_settled = Signal(float)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        step: float,
        *,
        suffix: str = "",
        settle_ms: int = 250,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._step = step
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName(tr("{name} slider", name=name))
        self._slider.setMinimumWidth(70)
        self._field = QDoubleSpinBox()
        self._field.setAccessibleName(name)
        self._field.setKeyboardTracking(False)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._field.setFixedWidth(112)
        self._settle = QTimer(self, singleShot=True, interval=settle_ms)
        self._settle.timeout.connect(self._on_settled)
        self._slider.valueChanged.connect(self._on_slider)
        self._field.valueChanged.connect(self._on_field)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._field)
        self.setFocusProxy(self._field)
        self.set_range(low, high, step, suffix)

    def set_range(self, low: float, high: float, step: float, suffix: str) -> None:
        """Set the limits and the step; the value is moved inside silently."""
        self._step = max(step, (high - low) / _STEPS_MAX)
        decimals = 0 if self._step >= 1 else 1 if self._step >= 0.1 else 2
        value = self.value
        for widget in (self._slider, self._field):
            widget.blockSignals(True)
        self._field.setDecimals(decimals)
        self._field.setRange(low, high)
        self._field.setSingleStep(self._step)
        self._field.setSuffix(suffix)
        self._slider.setRange(0, round((high - low) / self._step))
        self._slider.setPageStep(max(1, self._slider.maximum() // 20))
        for widget in (self._slider, self._field):
            widget.blockSignals(False)
        self.set_value(value)

    @property
    def value(self) -> float:
        """The present number."""
        return self._field.value()

    def set_value(self, value: float) -> None:
        """Show another number; nothing is emitted."""
        self._settle.stop()
        self._field.blockSignals(True)
        self._field.setValue(value)
        self._field.blockSignals(False)
        self._move_slider()

    def _move_slider(self) -> None:
        self._slider.blockSignals(True)
        self._slider.setValue(round((self._field.value() - self._field.minimum()) / self._step))
        self._slider.blockSignals(False)

    def _on_slider(self, position: int) -> None:
        self._field.blockSignals(True)
        self._field.setValue(self._field.minimum() + position * self._step)
        self._field.blockSignals(False)
        self._changed()

    def _on_field(self) -> None:
        self._move_slider()
        self._changed()

    def _changed(self) -> None:
        self.value_edited.emit(self.value)
        self._settle.start()

    def _on_settled(self) -> None:
        self.value_settled.emit(self.value)
