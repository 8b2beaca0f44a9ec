"""How the values are distributed, with the window on them: of the series, a slice or a region."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.app.presenters.histogram import Source
from viewer.core.study import shown_unit
from viewer.i18n import tr
from viewer.imaging.distribution import Distribution
from viewer.ui.widgets.histogram_plot import HistogramPlot, shown_number
from viewer.ui.widgets.labels import plain_label


class HistogramPanel(QWidget):
    """Passive view of `viewer.app.presenters.histogram.HistogramPresenter`."""

    shown_changed = Signal(bool)
    source_chosen = Signal(object)
    window_requested = Signal(float, float)
    region_window_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("histogram-panel")
        self.plot = HistogramPlot()
        self.source = QComboBox()
        self.logarithmic = QCheckBox(tr("Log scale"))
        self.window_text = plain_label()
        self._note = plain_label(role="dim", wrap=True)
        self.from_region = QPushButton(tr("Window from region"))
        self._unit = ""
        self._window, self._numbers = (0.0, 1.0), ("1", "0.5")
        self._values: dict[str, QLabel] = {}
        self._build()
        self.source.activated.connect(self._on_source)
        self.logarithmic.toggled.connect(self.plot.set_logarithmic)
        self.plot.window_requested.connect(self.window_requested)
        self.from_region.clicked.connect(self._on_from_region)
        self.set_distribution(None)

    def set_source(self, source: Source) -> None:
        """Show whose values are counted."""
        self.source.setCurrentIndex(self.source.findData(source))

    def set_distribution(self, distribution: Distribution | None) -> None:
        """Show bins and statistics, or none."""
        found = distribution
        self._unit = "" if found is None else shown_unit(found.unit)
        self.plot.set_distribution(found)
        unit = f" {self._unit}" if self._unit else ""
        texts = (
            ("-",) * 6
            if found is None
            else (
                f"{found.mean:.4g}{unit}" if abs(found.mean) < 100 else f"{found.mean:.1f}{unit}",
                f"{found.sd:.4g}{unit}" if found.sd < 100 else f"{found.sd:.1f}{unit}",
                f"{shown_number(found.minimum)}{unit}",
                f"{shown_number(found.maximum)}{unit}",
                f"{shown_number(found.median)}{unit}",
                f"{found.n:,}".replace(",", "\N{NARROW NO-BREAK SPACE}"),
            )
        )
        for label, text in zip(self._values.values(), texts, strict=True):
            label.setText(text)
        self.plot.setAccessibleDescription(
            ", ".join(f"{name} {label.text()}" for name, label in self._values.items())
        )
        self._show_window()

    def set_window(self, low: float, high: float, numbers: tuple[str, str]) -> None:
        """Place the handles; width and level are written as on the image."""
        self._window, self._numbers = (low, high), numbers
        self.plot.set_window(low, high)
        self._show_window()

    def set_note(self, text: str) -> None:
        """Say why there is no histogram."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def set_region(self, there: bool) -> None:
        """Say whether a region is selected."""
        self.from_region.setEnabled(there)
        what = tr("From the 2 to the 98 percentile of the selected region")
        self.from_region.setToolTip(what if there else tr("Not now: select a region first"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shown_changed.emit(False)

    def _build(self) -> None:
        self.plot.setAccessibleName(tr("Histogram"))
        self.source.setAccessibleName(tr("Values of"))
        for source in Source:
            self.source.addItem(tr(source.value), source)
        self.logarithmic.setChecked(True)
        self.logarithmic.setToolTip(tr("Rare values can be seen beside frequent ones"))
        head = QHBoxLayout()
        head.addWidget(plain_label(tr("Values of"), "dim"))
        head.addWidget(self.source, 1)
        head.addWidget(self.logarithmic)
        numbers = QGridLayout()
        numbers.setHorizontalSpacing(10)
        names = (tr("Mean"), tr("SD"), tr("Minimum"), tr("Maximum"), tr("Median"), tr("N"))
        for place, name in enumerate(names):
            value = plain_label()
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(name)
            self._values[name] = value
            row, pair = divmod(place, 2)
            numbers.addWidget(plain_label(name, "dim"), row, 2 * pair)
            numbers.addWidget(value, row, 2 * pair + 1)
        numbers.setColumnStretch(1, 1)
        numbers.setColumnStretch(3, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(head)
        layout.addWidget(self._note)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.window_text)
        layout.addLayout(numbers)
        layout.addWidget(self.from_region)
        layout.addStretch()
        self.plot.setMaximumHeight(320)
        self.set_region(False)

    def _show_window(self) -> None:
        low, high = self._window
        width, level = self._numbers
        text = tr("Window {width} / {level}", width=width, level=level)
        unit = f" {self._unit}" if self._unit else ""
        ends = tr("{low} to {high}", low=shown_number(low), high=shown_number(high))
        self.window_text.setText(f"{text}: {ends}{unit}")

    def _on_source(self) -> None:
        self.source_chosen.emit(Source(self.source.currentData()))

    def _on_from_region(self) -> None:
        self.region_window_requested.emit()
