"""The preferences: made from the settings' schema, searchable, never in the way."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer.app.preferences import PREFERENCES, Preference
from viewer.app.settings import SettingValue
from viewer.i18n import tr
from viewer.ui.widgets.labels import plain_label
from viewer.ui.widgets.preference_row import PreferenceRow

_LETTERS_WIDE, _LINES_HIGH = 84, 40


class PreferencesDialog(QDialog):
    """Shows one row for each preference, under the headings of their groups.

    Signals
    -------
    edited(str, object)
        Name and value of a preference.
    reset_requested(str)
        Name of a preference to be as it was at first.
    reset_all_requested
        All of them.
    """

    edited = Signal(str, object)
    reset_requested = Signal(str)
    reset_all_requested = Signal()

    def __init__(
        self, parent: QWidget | None = None, preferences: tuple[Preference, ...] = PREFERENCES
    ) -> None:
        super().__init__(parent)
        self.setObjectName("preferences-dialog")
        self.setWindowTitle(tr("Preferences"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search preferences"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.rows = {p.name: PreferenceRow(p) for p in preferences}
        self._groups: list[tuple[QWidget, list[PreferenceRow]]] = []
        self._none = plain_label(tr("No preference has these words"), "dim")
        self._none.hide()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._content())
        reset = QPushButton(tr("Reset all"))
        reset.setToolTip(tr("All preferences as they were at first"))
        reset.clicked.connect(self.reset_all_requested)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        for button in (reset, close):
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(reset)
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(area, 1)
        column.addLayout(buttons)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * _LETTERS_WIDE, metrics.lineSpacing() * _LINES_HIGH)

    def set_values(self, values: Mapping[str, SettingValue]) -> None:
        """Show the values in force."""
        for name, value in values.items():
            self.rows[name].set_value(value)

    def _content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(4, 4, 12, 4)
        column.setSpacing(2)
        column.addWidget(self._none)
        for row in self.rows.values():
            if not self._groups or self._groups[-1][1][0].preference.group != row.preference.group:
                heading = plain_label(tr(row.preference.group), "heading")
                heading.setContentsMargins(0, 12 if self._groups else 0, 0, 2)
                column.addWidget(heading)
                self._groups.append((heading, []))
            self._groups[-1][1].append(row)
            column.addWidget(row)
            row.edited.connect(self.edited)
            row.reset_requested.connect(self.reset_requested)
        column.addStretch()
        return content

    def _on_search(self, text: str) -> None:
        found = 0
        for heading, rows in self._groups:
            for row in rows:
                row.setVisible(row.preference.matches(text))
            shown = [row for row in rows if row.preference.matches(text)]
            heading.setVisible(bool(shown))
            found += len(shown)
        self._none.setVisible(not found)
