"""The layouts as little pictures in a drop-down grid."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen
from PySide6.QtWidgets import QGridLayout, QMenu, QToolButton, QWidget, QWidgetAction

from viewer.core.layout import LAYOUTS, SURFACE_ID, Layout
from viewer.i18n import tr
from viewer.ui.icons import DrawnIcon
from viewer.ui.theme import COLOURS

_SIZE = QSize(40, 30)
_COLUMNS = 3


def layout_icon(layout: Layout) -> QIcon:
    """Return the cells of a layout as an icon."""
    return QIcon(DrawnIcon(partial(_draw_cells, layout)))


def _draw_cells(
    layout: Layout, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State
) -> None:
    del mode, state
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / _SIZE.width(), rect.height() / _SIZE.height())
    painter.setPen(QPen(QColor(COLOURS.dim), 1.2))
    rows, columns = layout.size
    width, height = (_SIZE.width() - 4) / columns, (_SIZE.height() - 4) / rows
    for cell in layout.cells:
        painter.setBrush(QColor(COLOURS.accent_fill if cell.id == SURFACE_ID else COLOURS.panel))
        painter.drawRoundedRect(
            QRectF(
                2 + cell.column * width + 1,
                2 + cell.row * height + 1,
                cell.columns * width - 2,
                cell.rows * height - 2,
            ),
            1.5,
            1.5,
        )
    painter.restore()


def layout_menu(parent: QWidget, action_of: Callable[[str], QAction]) -> QMenu:
    """Make the menu.

    Parameters
    ----------
    action_of : callable
        Returns the action of a layout's id; each button does what its action does.
    """
    menu = QMenu(parent)
    board = QWidget()
    grid = QGridLayout(board)
    grid.setContentsMargins(8, 8, 8, 8)
    grid.setSpacing(4)
    planes = [layout for layout in LAYOUTS if layout.is_mpr]
    for number, layout in enumerate(planes):
        grid.addWidget(_button(layout, action_of(layout.id), menu), 0, number)
    for number, layout in enumerate(layout for layout in LAYOUTS if not layout.is_mpr):
        button = _button(layout, action_of(layout.id), menu)
        grid.addWidget(button, 1 + number // _COLUMNS, number % _COLUMNS)
    holder = QWidgetAction(menu)
    holder.setDefaultWidget(board)
    menu.addAction(holder)
    return menu


def _button(layout: Layout, action: QAction, menu: QMenu) -> QToolButton:
    button = QToolButton()
    button.setIcon(layout_icon(layout))
    button.setIconSize(_SIZE)
    button.setCheckable(True)
    button.setChecked(action.isChecked())
    button.setToolTip(action.toolTip())
    button.setAccessibleName(tr("Layout {name}", name=tr(layout.name)))
    action.toggled.connect(button.setChecked)

    def choose() -> None:
        action.trigger()
        button.setChecked(action.isChecked())
        menu.close()

    button.clicked.connect(choose)
    return button
