"""The metadata browser: all elements of a file, in a window that stays beside the images."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from viewer.app.tag_rows import TagRow
from viewer.app.tag_text import escaped, raw_text
from viewer.dicom.data_element import DataElement
from viewer.i18n import tr
from viewer.ui.widgets.labels import plain_label, plain_tooltip
from viewer.ui.widgets.tag_table import TagTable

_DETAIL_CHARACTERS = 20_000
"""A longer value is cut in the field below the table; copying gives all of it."""

_LIST_ROOM_PX, _LIST_WIDEST_PX = 30, 900


class MetadataWindow(QDialog):
    """Passive view of `viewer.app.presenters.tags.TagsPresenter`."""

    find_edited = Signal(str)
    follow_toggled = Signal(bool)
    private_toggled = Signal(bool)
    differences_toggled = Signal(bool)
    comparison_chosen = Signal(int, int)
    row_toggled = Signal(object)
    all_toggled = Signal(bool)
    rows_copied = Signal(object)
    value_copied = Signal(object)
    text_copied = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("metadata-window")
        self.setWindowTitle(tr("DICOM tags"))
        self.setModal(False)
        self.resize(1100, 720)
        self._heading = plain_label(role="heading", wrap=True)
        self._detail = plain_label(role="dim", wrap=True)
        self._damage = plain_label(role="caution", wrap=True)
        self._count = plain_label(role="dim")
        self._find = QLineEdit()
        self._follow = QCheckBox(tr("Follow the image"))
        self._private = QCheckBox(tr("Private elements"))
        self._differences = QCheckBox(tr("Only differences"))
        self._choice = QComboBox()
        self._number = QSpinBox()
        self._table = TagTable()
        self._value = QPlainTextEdit()
        self._buttons: dict[str, QPushButton] = {}
        self._texts: tuple[str, ...] = ()
        self._build()
        self._connect()
        self.set_damage("")
        self.set_numbered(False, 1)

    # --- what the presenter says -------------------------------------------------------------

    def set_follow(self, follow: bool) -> None:
        """Show whether the window follows the image."""
        self._follow.blockSignals(True)
        self._follow.setChecked(follow)
        self._follow.blockSignals(False)

    def set_heading(self, heading: str, detail: str) -> None:
        """Say what is shown, and from which file."""
        self._heading.setText(heading)
        self._detail.setText(detail)

    def set_damage(self, text: str) -> None:
        """Say what is wrong with the file."""
        self._damage.setText(text)
        self._damage.setVisible(bool(text))

    def set_columns(self, titles: tuple[str, ...]) -> None:
        """Name the two values that are compared."""
        self._table.set_titles(titles)
        self._differences.setEnabled(bool(titles))

    def set_rows(self, rows: Sequence[TagRow], is_open: Callable[[TagRow], bool]) -> None:
        """Show other lines."""
        self._table.set_rows(rows, is_open)
        for name, button in self._buttons.items():
            button.setEnabled(bool(rows) and (name != "value" or self._table.current() is not None))

    def set_count(self, text: str) -> None:
        """Say how many lines match."""
        self._count.setText(text)

    def set_choices(self, texts: tuple[str, ...], chosen: int, slices: int) -> None:
        """Offer what to compare with."""
        for widget in (self._choice, self._number):
            widget.blockSignals(True)
        if texts != self._texts:
            self._texts = texts
            self._choice.clear()
            self._choice.addItems(texts)
            for place, text in enumerate(texts):
                self._choice.setItemData(place, plain_tooltip(text), Qt.ItemDataRole.ToolTipRole)
            view = self._choice.view()
            view.setMinimumWidth(min(view.sizeHintForColumn(0) + _LIST_ROOM_PX, _LIST_WIDEST_PX))
        self._choice.setCurrentIndex(chosen)
        self._choice.setEnabled(len(texts) > 1)
        self._number.setRange(1, max(slices, 1))
        for widget in (self._choice, self._number):
            widget.blockSignals(False)

    def set_numbered(self, numbered: bool, number: int) -> None:
        """Ask for a slice number, or do not."""
        self._number.setVisible(numbered)
        self._number.blockSignals(True)
        self._number.setValue(number)
        self._number.blockSignals(False)

    def bring(self) -> None:
        """Show the window, ready to type what to look for."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._find.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._find.selectAll()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():  # a window that is only made small goes on
            self.closed.emit()

    # --- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        self._find.setPlaceholderText(tr("Find in tags, names and values"))
        self._find.setAccessibleName(tr("Find in tags, names and values"))
        self._find.setClearButtonEnabled(True)
        self._follow.setToolTip(
            tr("Show the tags of the slice in the active view, while you scroll")
        )
        self._private.setChecked(True)
        self._choice.setAccessibleName(tr("Compare with"))
        self._choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._choice.setMinimumContentsLength(44)
        self._number.setAccessibleName(tr("Slice number to compare with"))
        self._number.setKeyboardTracking(False)
        self._differences.setEnabled(False)
        self._value.setReadOnly(True)
        self._value.setAccessibleName(tr("Whole value of the current line"))
        self._value.setPlaceholderText(tr("The whole value of the current line"))
        for name, text, tip in (
            ("open", tr("Expand all"), tr("Open every sequence")),
            ("close", tr("Collapse all"), tr("Close every sequence")),
            ("value", tr("Copy value"), tr("Copy the whole value of the current line")),
            (
                "rows",
                tr("Copy rows"),
                tr("Copy the selected lines, or all that are shown, as a table"),
            ),
            ("text", tr("Copy as text"), tr("Copy all lines that are shown as indented text")),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setAutoDefault(False)
            self._buttons[name] = button
        column = QVBoxLayout(self)
        column.addWidget(self._heading)
        column.addWidget(self._detail)
        column.addWidget(self._damage)
        column.addLayout(_row(self._find, self._count, stretch=self._find))
        compare = plain_label(tr("Compare with"))
        column.addLayout(
            _row(self._follow, self._private, None, compare, self._choice, self._number,
                 self._differences)
        )  # fmt: skip
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self._table)
        splitter.addWidget(self._value)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([600, 70])
        splitter.setChildrenCollapsible(True)
        column.addWidget(splitter, 1)
        b = self._buttons
        column.addLayout(_row(b["open"], b["close"], None, b["value"], b["rows"], b["text"]))

    def _connect(self) -> None:
        self._find.textChanged.connect(self.find_edited)
        self._find.returnPressed.connect(self._table.setFocus)
        self._follow.toggled.connect(self.follow_toggled)
        self._private.toggled.connect(self.private_toggled)
        self._differences.toggled.connect(self.differences_toggled)
        self._choice.activated.connect(self._on_comparison)
        self._number.valueChanged.connect(self._on_comparison)
        self._table.row_toggled.connect(self.row_toggled)
        self._table.row_entered.connect(self._on_row)
        self._table.copy_requested.connect(self._on_copy_rows)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._on_menu)
        self._buttons["open"].clicked.connect(self._on_open_all)
        self._buttons["close"].clicked.connect(self._on_close_all)
        self._buttons["value"].clicked.connect(self._on_copy_value)
        self._buttons["rows"].clicked.connect(self._on_copy_rows)
        self._buttons["text"].clicked.connect(self.text_copied)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.bring)

    # --- what the reader does ----------------------------------------------------------------

    def _on_row(self, row: TagRow | None) -> None:
        elements = [] if row is None else [row.element, row.other_element]
        texts = [_whole_value(element) for element in elements if element is not None]
        self._value.setPlainText("\n".join(texts))
        self._buttons["value"].setEnabled(bool(texts))

    def _on_comparison(self) -> None:
        self.comparison_chosen.emit(self._choice.currentIndex(), self._number.value())

    def _on_open_all(self) -> None:
        self.all_toggled.emit(True)

    def _on_close_all(self) -> None:
        self.all_toggled.emit(False)

    def _on_copy_rows(self) -> None:
        self.rows_copied.emit(self._table.selected() or list(self._table.rows))

    def _on_copy_value(self) -> None:
        row = self._table.current()
        if row is not None:
            self.value_copied.emit(row)

    def _on_copy_path(self) -> None:
        row = self._table.current()
        if row is not None:
            QGuiApplication.clipboard().setText(row.path)

    def _on_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        for text, slot in (
            (tr("Copy value"), self._on_copy_value),
            (tr("Copy rows"), self._on_copy_rows),
            (tr("Copy path"), self._on_copy_path),
            (tr("Expand all"), self._on_open_all),
            (tr("Collapse all"), self._on_close_all),
        ):
            menu.addAction(text).triggered.connect(slot)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._table.viewport().mapToGlobal(place))


def _whole_value(element: DataElement) -> str:
    """Return a value to be read below the table: line by line, nothing in it is obeyed."""
    text = "\n".join(escaped(line) for line in raw_text(element).splitlines())
    if len(text) <= _DETAIL_CHARACTERS:
        return text
    more = len(text) - _DETAIL_CHARACTERS
    return tr(
        "{text}… ({more} more characters: copy the value)",
        text=text[:_DETAIL_CHARACTERS],
        more=more,
    )


def _row(*widgets: QWidget | None, stretch: QWidget | None = None) -> QHBoxLayout:
    """Place widgets side by side; None takes what is left."""
    row = QHBoxLayout()
    for widget in widgets:
        if widget is None:
            row.addStretch()
        else:
            row.addWidget(widget, 1 if widget is stretch else 0)
    return row
