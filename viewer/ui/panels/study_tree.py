"""The tree of studies, series and stacks, with thumbnails."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.presenters.study_tree import StackRow, StudyRow
from viewer.core.study import StackKey
from viewer.ui.widgets.labels import plain_tooltip
from viewer.ui.widgets.picture import qimage

THUMBNAIL_PX = 56
_KEY_ROLE = Qt.ItemDataRole.UserRole
_DETAIL_ROLE = Qt.ItemDataRole.UserRole + 1
_ACTIVE_ROLE = Qt.ItemDataRole.UserRole + 2


class StudyTreePanel(QWidget):
    """Passive view of `viewer.app.presenters.study_tree.StudyTreePresenter`."""

    stack_requested = Signal(object)
    problems_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("study-tree-panel")
        self._items: dict[StackKey, QTreeWidgetItem] = {}
        self._tree = QTreeWidget()
        self._tree.setAccessibleName("Studies")
        self._tree.setHeaderHidden(True)
        self._tree.setIndentation(12)
        self._tree.setIconSize(QSize(THUMBNAIL_PX, THUMBNAIL_PX))
        self._tree.setItemDelegate(_TwoLines(self._tree))
        self._tree.setUniformRowHeights(False)
        self._tree.setExpandsOnDoubleClick(False)
        self._tree.itemActivated.connect(self._on_activated)
        self._summary = QPushButton()
        self._summary.setProperty("role", "quiet")
        self._summary.setToolTip("Show the files that were left out, and why")
        self._summary.clicked.connect(self.problems_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self._tree, 1)
        layout.addWidget(self._summary)
        self.set_summary("", has_problems=False)

    def set_studies(self, studies: tuple[StudyRow, ...]) -> None:
        """Show other studies."""
        self._tree.clear()
        self._items.clear()
        for study in studies:
            study_item = _item(self._tree, study.title, study.detail)
            study_item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            for series in study.series:
                parent = study_item
                if len(series.stacks) != 1:
                    stacks = f"{len(series.stacks)} stacks"
                    parent = _item(study_item, series.title, stacks)
                for stack in series.stacks:
                    self._add_stack(parent, stack)
        self._tree.expandAll()

    def set_thumbnail(self, key: StackKey, image: NDArray[np.uint8]) -> None:
        """Show a thumbnail, shape (size, size) or (size, size, 3)."""
        item = self._items.get(key)
        if item is not None:
            item.setIcon(0, QIcon(QPixmap.fromImage(qimage(image))))

    def set_active(self, key: StackKey | None) -> None:
        """Mark the stack that is open."""
        for item_key, item in self._items.items():
            item.setData(0, _ACTIVE_ROLE, item_key == key)
        if key in self._items:
            self._tree.setCurrentItem(self._items[key])

    def set_summary(self, text: str, *, has_problems: bool) -> None:
        """Say how many files there are; the line can be pressed where some were left out."""
        self._summary.setText(text)
        self._summary.setVisible(bool(text))
        self._summary.setEnabled(has_problems)

    def _add_stack(self, parent: QTreeWidgetItem, stack: StackRow) -> None:
        item = _item(parent, stack.title, stack.detail)
        item.setData(0, _KEY_ROLE, stack.key)
        item.setToolTip(0, plain_tooltip(stack.tooltip))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{stack.title}, {stack.detail}")
        blank = QPixmap(THUMBNAIL_PX, THUMBNAIL_PX)
        blank.fill(Qt.GlobalColor.black)
        item.setIcon(0, QIcon(blank))
        self._items[stack.key] = item

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        key = item.data(0, _KEY_ROLE)
        if isinstance(key, StackKey):
            self.stack_requested.emit(key)
        else:
            item.setExpanded(not item.isExpanded())


class _TwoLines(QStyledItemDelegate):
    """Draws icon, title and a dimmer second line; the open stack has a bar at its left."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        line = option.fontMetrics.height()
        has_icon = index.data(_KEY_ROLE) is not None
        height = max(THUMBNAIL_PX if has_icon else 0, 2 * line) + 8
        return QSize(120, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        option.icon = QIcon()
        option.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget
        )
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        box = option.rect.adjusted(6, 4, -4, -4)
        if index.data(_ACTIVE_ROLE):
            bar = QRect(option.rect.left(), option.rect.top() + 3, 3, option.rect.height() - 6)
            painter.fillRect(bar, palette.link())
        if index.data(_KEY_ROLE) is not None:
            picture = QRect(box.left(), box.top(), THUMBNAIL_PX, THUMBNAIL_PX)
            QIcon(index.data(Qt.ItemDataRole.DecorationRole)).paint(painter, picture)
            painter.setPen(QPen(palette.mid().color(), 1))
            painter.drawRect(picture)
            box.setLeft(picture.right() + 8)
        self._paint_lines(painter, option, index, box, selected)
        painter.restore()

    def _paint_lines(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        box: QRect,
        selected: bool,
    ) -> None:
        palette, metrics = option.palette, option.fontMetrics
        line = metrics.height()
        top = box.center().y() - line + 1
        font = option.font
        font.setBold(index.data(_KEY_ROLE) is None or bool(index.data(_ACTIVE_ROLE)))
        strong = palette.highlightedText() if selected else palette.windowText()
        weak = palette.highlightedText() if selected else palette.placeholderText()
        for n, (text, brush) in enumerate(
            ((index.data(Qt.ItemDataRole.DisplayRole), strong), (index.data(_DETAIL_ROLE), weak))
        ):
            font.setBold(font.bold() and n == 0)
            painter.setFont(font)
            painter.setPen(brush.color())
            place = QRect(box.left(), top + n * line, box.width(), line)
            shown = painter.fontMetrics().elidedText(
                str(text or ""), Qt.TextElideMode.ElideRight, box.width()
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)


def _item(parent: QTreeWidget | QTreeWidgetItem, title: str, detail: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem(parent)
    item.setText(0, " ".join(title.split()))
    item.setData(0, _DETAIL_ROLE, " ".join(detail.split()))
    item.setToolTip(0, plain_tooltip(f"{title}\n{detail}"))
    return item
