"""A suggestion to confirm: which marks of two series are the same findings."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.follow_up import NEAR_MM
from viewer.app.presenters.pairing import PairRow
from viewer.i18n import tr
from viewer.ui.widgets.labels import plain_label, plain_tooltip

_FARTHEST_MM = 200.0


class PairMarksDialog(QDialog):
    """Passive view of `viewer.app.presenters.pairing.PairingPresenter`; stays beside the images.

    Signals
    -------
    distance_changed(float)
        How far apart two marks may be, in millimetres.
    confirmed(tuple of int)
        Numbers of the rows that shall be paired.
    ended
        It was closed.
    """

    distance_changed = Signal(float)
    confirmed = Signal(object)
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pair-marks-dialog")
        self.setWindowTitle(tr("Pair all with the prior"))
        self._table = QTableWidget(0, 3)
        self._distance = QDoubleSpinBox()
        self._note = plain_label(role="dim", wrap=True)
        self._pair = QPushButton(tr("Pair"))
        self._build()
        self._distance.valueChanged.connect(self.distance_changed)
        self._table.itemChanged.connect(self._show_button)
        self._pair.clicked.connect(self._on_pair)
        self.finished.connect(self._on_finished)

    def set_suggestions(self, rows: tuple[PairRow, ...], note: str) -> None:
        """Show other rows, and why there are none."""
        self._table.blockSignals(True)
        self._table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            texts = (row.later, row.earlier, tr("{mm:.1f} mm", mm=row.distance_mm))
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tooltip(text))
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                if column == 0:
                    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                    item.setCheckState(Qt.CheckState.Checked)
                self._table.setItem(line, column, item)
        self._table.blockSignals(False)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._show_button()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.ended.emit()

    def _build(self) -> None:
        self._table.setAccessibleName(tr("Suggested pairs"))
        self._table.setHorizontalHeaderLabels([tr("Now"), tr("Prior"), tr("Distance")])
        self._table.verticalHeader().hide()
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setTabKeyNavigation(False)  # arrows walk in it, Tab leaves it
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self._distance.setRange(0.5, _FARTHEST_MM)
        self._distance.setValue(NEAR_MM)
        self._distance.setDecimals(1)
        self._distance.setSuffix(" mm")
        self._distance.setAccessibleName(tr("Largest distance of two marks"))
        reach = QHBoxLayout()
        reach.addWidget(plain_label(tr("Marks not farther apart than")))
        reach.addWidget(self._distance)
        reach.addStretch()
        buttons = QDialogButtonBox()
        buttons.addButton(self._pair, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        self._pair.setProperty("role", "primary")
        self._pair.setDefault(True)
        layout = QVBoxLayout(self)
        layout.addLayout(reach)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._note)
        layout.addWidget(buttons)
        self.resize(820, 320)

    def _chosen(self) -> tuple[int, ...]:
        items = ((line, self._table.item(line, 0)) for line in range(self._table.rowCount()))
        checked = Qt.CheckState.Checked
        return tuple(line for line, item in items if item and item.checkState() == checked)

    def _show_button(self) -> None:
        self._pair.setEnabled(bool(self._chosen()))

    def _on_pair(self) -> None:
        self.confirmed.emit(self._chosen())

    def _on_finished(self) -> None:
        self.ended.emit()
