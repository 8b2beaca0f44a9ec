"""The tree of studies, series and stacks, with thumbnails."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.app.presenters.study_tree import ObjectRow, StackRow, StudyRow
from viewer.core.study import StackKey
from viewer.i18n import tr
from viewer.ui.stack_mime import MIME_TYPE, stack_mime
from viewer.ui.widgets.labels import plain_tooltip
from viewer.ui.widgets.picture import qimage

THUMBNAIL_PX = 56
_LEAST_LETTERS = 11
_KEY_ROLE = Qt.ItemDataRole.UserRole
_DETAIL_ROLE = Qt.ItemDataRole.UserRole + 1
_ACTIVE_ROLE = Qt.ItemDataRole.UserRole + 2
_STUDY_ROLE = Qt.ItemDataRole.UserRole + 3
_OBJECT_ROLE = Qt.ItemDataRole.UserRole + 4
_QUIET_ROLE = Qt.ItemDataRole.UserRole + 5
_SHOWN_ROLE = Qt.ItemDataRole.UserRole + 6


class StudyTreePanel(QWidget):
    """Passive view of `viewer.app.presenters.study_tree.StudyTreePresenter`."""

    stack_requested = Signal(object)
    place_requested = Signal(object, str)
    layer_requested = Signal(object)
    object_requested = Signal(object)
    close_requested = Signal(object)
    problems_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("study-tree-panel")
        self._items: dict[StackKey, QTreeWidgetItem] = {}
        self._places: tuple[str, ...] = ()
        self._tree = _StudyTree()
        self._tree.setAccessibleName(tr("Studies"))
        self._tree.setHeaderHidden(True)
        self._tree.setIndentation(12)
        self._tree.setIconSize(QSize(THUMBNAIL_PX, THUMBNAIL_PX))
        self._tree.setItemDelegate(_Lines(self._tree))
        self._tree.setUniformRowHeights(False)
        self._tree.setExpandsOnDoubleClick(False)
        self._tree.delete_requested.connect(self._on_delete)
        self._tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._tree.customContextMenuRequested.connect(self._on_menu)
        self._tree.itemActivated.connect(self._on_activated)
        self._summary = QPushButton()
        self._summary.setProperty("role", "quiet")
        self._summary.setToolTip(tr("Show the files that were left out, and why"))
        self._summary.clicked.connect(self.problems_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self._tree, 1)
        layout.addWidget(self._summary)
        self.set_summary("", has_problems=False)

    def minimumSizeHint(self) -> QSize:
        """Keep room for a date beside a thumbnail, in letters of any size."""
        letters = self.fontMetrics().averageCharWidth() * _LEAST_LETTERS
        return QSize(THUMBNAIL_PX + letters, super().minimumSizeHint().height())

    def set_studies(self, studies: tuple[StudyRow, ...]) -> None:
        """Show other studies."""
        self._tree.clear()
        self._items.clear()
        for study in studies:
            study_item = _item(self._tree, study.title, study.detail)
            study_item.setData(0, _STUDY_ROLE, study.key)
            study_item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            for series in study.series:
                parent = study_item
                if len(series.stacks) != 1:
                    parent = _item(study_item, series.title, series.detail)
                for stack in series.stacks:
                    self._add_stack(parent, stack)
                parent.setExpanded(True)
            if study.objects:
                _add_objects(study_item, study.objects, folded=bool(study.series))
            study_item.setExpanded(True)

    def set_thumbnail(self, key: StackKey, image: NDArray[np.uint8]) -> None:
        """Show a thumbnail, shape (size, size) or (size, size, 3)."""
        item = self._items.get(key)
        if item is not None:
            item.setIcon(0, QIcon(QPixmap.fromImage(qimage(image))))

    def set_active(self, key: StackKey | None, shown: frozenset[StackKey] = frozenset()) -> None:
        """Mark the stack that panels act on, its study, and all that are shown."""
        for item_key, item in self._items.items():
            item.setData(0, _ACTIVE_ROLE, item_key == key)
            item.setData(0, _SHOWN_ROLE, item_key == key or item_key in shown)
            _study_of(item).setData(0, _ACTIVE_ROLE, False)
        if key in self._items:
            item = self._items[key]
            self._tree.setCurrentItem(item)
            _study_of(item).setData(0, _ACTIVE_ROLE, True)

    def set_places(self, places: tuple[str, ...]) -> None:
        """Offer other places for series in the context menu."""
        self._places = places

    def set_summary(self, text: str, *, has_problems: bool) -> None:
        """Say how many files there are; the line can be pressed where some were left out."""
        self._summary.setText(text)
        self._summary.setVisible(bool(text))
        self._summary.setEnabled(has_problems)

    def _add_stack(self, parent: QTreeWidgetItem, stack: StackRow) -> None:
        item = _item(parent, stack.title, stack.detail)
        item.setData(0, _KEY_ROLE, stack.key)
        item.setToolTip(0, plain_tooltip(stack.tooltip))
        said = ", ".join((stack.title, *stack.detail.split("\n")))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, said)
        blank = QPixmap(THUMBNAIL_PX, THUMBNAIL_PX)
        blank.fill(Qt.GlobalColor.black)
        item.setIcon(0, QIcon(blank))
        self._items[stack.key] = item

    def study_menu(self, item: QTreeWidgetItem) -> QMenu:
        """Return the menu of a right click on an item."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        key = item.data(0, _KEY_ROLE)
        if isinstance(key, StackKey):
            menu.addAction(tr("Open")).triggered.connect(partial(self._request, key))
            for place in self._places:
                action = menu.addAction(tr("Open in place {place}", place=place))
                action.triggered.connect(partial(self._request_in, key, place))
            over = menu.addAction(tr("Show over the active view"))
            over.triggered.connect(partial(self._request_over, key))
            menu.addSeparator()
        close = menu.addAction(tr("Close study"))
        close.setToolTip(tr("Take the study out of the list; its files and marks stay"))
        close.triggered.connect(lambda: self._close_study_of(item))
        return menu

    def _request(self, key: StackKey, *_: object) -> None:
        self.stack_requested.emit(key)

    def _request_in(self, key: StackKey, place: str, *_: object) -> None:
        self.place_requested.emit(key, place)

    def _request_over(self, key: StackKey, *_: object) -> None:
        self.layer_requested.emit(key)

    def _on_menu(self, place: QPoint) -> None:
        # The menu key asks at no place: then it is about the current item.
        item = self._tree.itemAt(place) or self._tree.currentItem()
        if item is not None:
            self.study_menu(item).popup(self._tree.viewport().mapToGlobal(place))

    def _on_delete(self) -> None:
        item = self._tree.currentItem()
        if item is not None and item.data(0, _STUDY_ROLE) is not None:
            self._close_study_of(item)

    def _close_study_of(self, item: QTreeWidgetItem) -> None:
        self.close_requested.emit(_study_of(item).data(0, _STUDY_ROLE))

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        key, found = item.data(0, _KEY_ROLE), item.data(0, _OBJECT_ROLE)
        if isinstance(key, StackKey):
            self.stack_requested.emit(key)
        elif found is not None:
            self.object_requested.emit(found)
        else:
            item.setExpanded(not item.isExpanded())


class _StudyTree(QTreeWidget):
    """A tree that claims the Delete key while it has the focus; the window has an action for it.

    Signals
    -------
    delete_requested
        The key was pressed.
    """

    delete_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)

    def mimeTypes(self) -> list[str]:
        return [MIME_TYPE]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        key = items[0].data(0, _KEY_ROLE) if items else None
        return stack_mime(key) if isinstance(key, StackKey) else QMimeData()

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def event(self, event: QEvent) -> bool:
        is_question = event.type() == QEvent.Type.ShortcutOverride
        if is_question and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)


class _Lines(QStyledItemDelegate):
    """Draws icon, title and dimmer lines below; what is open has a bar at its left."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        line = option.fontMetrics.height()
        has_icon = index.data(_KEY_ROLE) is not None
        height = max(THUMBNAIL_PX if has_icon else 0, len(_lines(index)) * line) + 8
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
        if index.data(_ACTIVE_ROLE) or index.data(_SHOWN_ROLE):
            bar = QRect(option.rect.left(), option.rect.top() + 3, 3, option.rect.height() - 6)
            painter.fillRect(bar, palette.link() if index.data(_ACTIVE_ROLE) else palette.mid())
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
        lines = _lines(index)
        top = box.center().y() - len(lines) * line // 2 + 1
        font, quiet = option.font, bool(index.data(_QUIET_ROLE))
        is_heading = index.data(_KEY_ROLE) is None and not quiet
        font.setBold(is_heading or bool(index.data(_ACTIVE_ROLE)))
        weak = palette.highlightedText() if selected else palette.placeholderText()
        strong = palette.highlightedText() if selected else palette.windowText()
        if quiet and index.data(_OBJECT_ROLE) is None:
            strong = weak
        for n, text in enumerate(lines):
            font.setBold(font.bold() and n == 0)
            painter.setFont(font)
            painter.setPen((weak if n else strong).color())
            place = QRect(box.left(), top + n * line, box.width(), line)
            # Names of series differ at their end as often as at their start.
            mode = Qt.TextElideMode.ElideRight if n else Qt.TextElideMode.ElideMiddle
            shown = painter.fontMetrics().elidedText(text, mode, box.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)


def _item(parent: QTreeWidget | QTreeWidgetItem, title: str, detail: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem(parent)
    item.setText(0, " ".join(title.split()))
    lines = [" ".join(line.split()) for line in detail.split("\n")]
    item.setData(0, _DETAIL_ROLE, "\n".join(lines))
    item.setToolTip(0, plain_tooltip(f"{title}\n{detail}"))
    return item


def _add_objects(study: QTreeWidgetItem, objects: tuple[ObjectRow, ...], *, folded: bool) -> None:
    """Add a quiet group for what is no image; it stays folded beside images."""
    group = _item(study, tr("Other objects ({count})", count=len(objects)), "")
    group.setToolTip(0, tr("Files of this study that hold no image: reports, plans, documents ..."))
    group.setData(0, _QUIET_ROLE, True)
    for row in objects:
        item = _item(group, row.title, row.detail)
        item.setData(0, _QUIET_ROLE, True)
        item.setData(0, _OBJECT_ROLE, row.found)
        item.setToolTip(0, plain_tooltip(row.tooltip))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{row.title}, {row.detail}")
    group.setExpanded(not folded)


def _lines(index: QModelIndex | QPersistentModelIndex) -> list[str]:
    """Return what an item shows: its title and the lines below."""
    title = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
    detail = str(index.data(_DETAIL_ROLE) or "")
    return [title, *detail.split("\n")] if detail else [title]


def _study_of(item: QTreeWidgetItem) -> QTreeWidgetItem:
    parent = item.parent()
    return item if parent is None else _study_of(parent)
