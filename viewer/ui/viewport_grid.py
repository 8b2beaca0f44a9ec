"""The cells of a layout: planes of one volume with its 3D view, or a grid of series."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from viewer.app.overlays_lines import PLANE_STYLES
from viewer.core.layout import (
    MAIN,
    MAX_COLUMNS,
    MAX_ROWS,
    MPR,
    MPR_IDS,
    SURFACE_ID,
    Layout,
    cell_in,
    grid_layout,
)
from viewer.core.plane import Orientation
from viewer.i18n import tr
from viewer.ui.cell_shares import Line, line_at, shares_after
from viewer.ui.theme import COLOURS
from viewer.ui.viewport_frame import CellFrame, ViewportFrame

_GAP_PX = 4
_PAINT_AFTER_MS = 1
"""When the cells of another layout have their pictures. Each would else be painted as it gets its
place, its size and its picture: three times, in the time of one movement of the hand."""
_STRETCH = 10_000
"""Of a row or column that has all the place."""


class ViewportGrid(QWidget):
    """Holds the cells; those that a layout has no place for are kept for the next one.

    The lines between cells can be dragged; a double click on one makes all cells equal again.

    Parameters
    ----------
    surface : QWidget or None
        The 3D view, in the main window.
    window : int
        Number of the window that it is in.

    Attributes
    ----------
    viewports : dict
        The 2D cells of the present layout by id.

    Signals
    -------
    maximise_requested(str)
        The header button of this cell was pressed.
    created(str)
        A 2D cell was made for the first time.
    shares_changed(Layout)
        The reader dragged the cells to other sizes.
    """

    maximise_requested = Signal(str)
    created = Signal(str)
    shares_changed = Signal(object)

    def __init__(self, surface: QWidget | None = None, window: int = MAIN) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP_PX)
        self.setMouseTracking(True)  # for the cursor over the lines
        self._cells: dict[str, CellFrame] = {}
        if surface is not None:
            self._add(SURFACE_ID, CellFrame("3D", COLOURS.accent, surface))
        self._layout = MPR.in_window(window)
        self._single = ""
        self._held: tuple[QPoint, list[Line], list[Line]] | None = None
        self._paint = QTimer(self, singleShot=True, interval=_PAINT_AFTER_MS)
        self._paint.timeout.connect(partial(self.setUpdatesEnabled, True))
        self.viewports: dict[str, ViewportFrame] = {}
        self.set_layout(self._layout)

    @property
    def shown_layout(self) -> Layout:
        """The present layout, with the shares of its rows and columns."""
        return self._layout

    @property
    def cells(self) -> dict[str, CellFrame]:
        """The cells of the present layout by id."""
        return {cell.id: self._cells[cell.id] for cell in self._layout.cells}

    def set_layout(self, layout: Layout) -> None:
        """Show the cells of a layout."""
        self._layout = layout
        self._single = ""
        self.setUpdatesEnabled(False)
        self._paint.start()
        stay = {cell.id for cell in layout.cells}
        for name, frame in self._cells.items():
            self._grid.removeWidget(frame)
            if name not in stay:
                frame.hide()  # to hide and show again what stays would cost a layout of its own
        self.viewports = {name: self.viewport(name) for name in layout.viewport_ids}
        for cell in layout.cells:
            self._grid.addWidget(
                self._cells[cell.id], cell.row, cell.column, cell.rows, cell.columns
            )
        self.set_maximised("")

    def set_single(self, viewport_id: str) -> None:
        """Show one viewport only, whatever is maximised, or "" for all that there are.

        What it shows has no place in the patient that could be named, hence "Image".
        """
        self._single = viewport_id
        for name, viewport in self.viewports.items():
            viewport.set_title(tr("Image") if name == viewport_id else _title(name))
            viewport.set_can_maximise(name != viewport_id)
        self.set_maximised(viewport_id)

    def set_maximised(self, cell_id: str) -> None:
        """Give one cell the whole place, or "" for all theirs."""
        cell_id = self._single or cell_id
        if cell_id not in self.cells:
            cell_id = ""  # a cell of the other window
        shown = [cell for cell in self._layout.cells if cell_id in ("", cell.id)]
        for name, frame in self.cells.items():
            frame.setVisible(cell_id in ("", name))
            frame.set_maximised(cell_id == name)
        rows = {row for cell in shown for row in range(cell.row, cell.row + cell.rows)}
        columns = {
            column for cell in shown for column in range(cell.column, cell.column + cell.columns)
        }
        # An empty line would keep its share of the place.
        for line in range(max(self._grid.rowCount(), 1)):
            share = _stretch(self._layout.row_shares, line)
            self._grid.setRowStretch(line, share if line in rows else 0)
        for line in range(max(self._grid.columnCount(), 1)):
            share = _stretch(self._layout.column_shares, line)
            self._grid.setColumnStretch(line, share if line in columns else 0)

    def set_active(self, viewport_id: str) -> None:
        """Show which 2D viewport keys act on."""
        for name, viewport in self.viewports.items():
            viewport.set_active(name == viewport_id)

    def viewport(self, name: str) -> ViewportFrame:
        """Return a 2D cell, made at its first use."""
        frame = self._cells.get(name)
        if isinstance(frame, ViewportFrame):
            return frame
        cell = cell_in(name)
        colour = PLANE_STYLES[Orientation(cell)].colour if cell in MPR_IDS else COLOURS.dim
        made = ViewportFrame(name, _title(name), colour)
        self._add(name, made)
        self.created.emit(name)
        return made

    def prepare(self) -> bool:
        """Make one more of the places for series ahead of its first use; False if all are there.

        A reader who asks for nine places at once would else wait until nine are made.
        """
        names = grid_layout(MAX_ROWS, MAX_COLUMNS).viewport_ids
        missing = next((name for name in names if name not in self._cells), "")
        if missing:
            self.viewport(missing).hide()  # or it is shown with the grid
        return bool(missing)

    # --- lines between the cells -------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = (event.position().toPoint(), self._rows(), self._columns())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._held is None:
            self.setCursor(self._cursor_at(at))
            return
        start, rows, columns = self._held
        row, column = line_at(rows, start.y()), line_at(columns, start.x())
        way = at - start
        layout = self._layout.shared(
            self._layout.row_shares if row is None else shares_after(rows, row, way.y()),
            self._layout.column_shares
            if column is None
            else shares_after(columns, column, way.x()),
        )
        self._share(layout)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        del event
        self._share(self._layout.shared((), ()))

    def _share(self, layout: Layout) -> None:
        shown = [name for name, frame in self.cells.items() if not frame.isHidden()]
        if layout != self._layout and len(shown) == len(self.cells):
            self._layout = layout
            self.set_maximised("")
            self.shares_changed.emit(layout)

    def _cursor_at(self, at: QPoint) -> Qt.CursorShape:
        row, column = line_at(self._rows(), at.y()), line_at(self._columns(), at.x())
        if row is not None and column is not None:
            return Qt.CursorShape.SizeAllCursor
        if row is not None:
            return Qt.CursorShape.SplitVCursor
        return Qt.CursorShape.SplitHCursor if column is not None else Qt.CursorShape.ArrowCursor

    def _rows(self) -> list[Line]:
        boxes = [self._grid.cellRect(row, 0) for row in range(self._layout.size[0])]
        return [(box.top(), box.bottom()) for box in boxes]

    def _columns(self) -> list[Line]:
        boxes = [self._grid.cellRect(0, column) for column in range(self._layout.size[1])]
        return [(box.left(), box.right()) for box in boxes]

    def _add(self, name: str, frame: CellFrame) -> None:
        self._cells[name] = frame
        frame.setParent(self)
        frame.setCursor(Qt.CursorShape.ArrowCursor)  # not that of the lines beside it
        frame.maximise_requested.connect(partial(self.maximise_requested.emit, name))


def _stretch(shares: tuple[float, ...], line: int) -> int:
    """Return a stretch factor for Qt, which knows whole numbers only."""
    return round(_STRETCH * shares[line]) if line < len(shares) else _STRETCH


def _title(viewport_id: str) -> str:
    cell = cell_in(viewport_id)
    return tr(cell.capitalize()) if cell in MPR_IDS else tr("Place {number}", number=viewport_id)
