"""The cells of a layout: planes of one volume with its 3D view, or a grid of series."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from viewer.app.overlays_lines import PLANE_STYLES
from viewer.core.layout import MPR, MPR_IDS, SURFACE_ID, Layout
from viewer.core.plane import Orientation
from viewer.ui.theme import COLOURS
from viewer.ui.viewport_frame import CellFrame, ViewportFrame


class ViewportGrid(QWidget):
    """Holds the cells; those that a layout has no place for are kept for the next one.

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
    """

    maximise_requested = Signal(str)
    created = Signal(str)

    def __init__(self, surface: QWidget) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(3)
        self._cells: dict[str, CellFrame] = {}
        self._add(SURFACE_ID, CellFrame("3D", COLOURS.accent, surface))
        self._layout = MPR
        self._single = ""
        self.viewports: dict[str, ViewportFrame] = {}
        self.set_layout(MPR)

    @property
    def cells(self) -> dict[str, CellFrame]:
        """The cells of the present layout by id."""
        return {cell.id: self._cells[cell.id] for cell in self._layout.cells}

    def set_layout(self, layout: Layout) -> None:
        """Show the cells of a layout."""
        self._layout = layout
        self._single = ""
        for frame in self._cells.values():
            self._grid.removeWidget(frame)
            frame.hide()
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
            viewport.set_title("Image" if name == viewport_id else _title(name))
            viewport.set_can_maximise(name != viewport_id)
        self.set_maximised(viewport_id)

    def set_maximised(self, cell_id: str) -> None:
        """Give one cell the whole place, or "" for all theirs."""
        cell_id = self._single or cell_id
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
            self._grid.setRowStretch(line, int(line in rows))
        for line in range(max(self._grid.columnCount(), 1)):
            self._grid.setColumnStretch(line, int(line in columns))

    def set_active(self, viewport_id: str) -> None:
        """Show which 2D viewport keys act on."""
        for name, viewport in self.viewports.items():
            viewport.set_active(name == viewport_id)

    def viewport(self, name: str) -> ViewportFrame:
        """Return a 2D cell, made at its first use."""
        frame = self._cells.get(name)
        if isinstance(frame, ViewportFrame):
            return frame
        colour = PLANE_STYLES[Orientation(name)].colour if name in MPR_IDS else COLOURS.dim
        made = ViewportFrame(name, _title(name), colour)
        self._add(name, made)
        self.created.emit(name)
        return made

    def _add(self, name: str, frame: CellFrame) -> None:
        self._cells[name] = frame
        frame.setParent(self)
        frame.maximise_requested.connect(lambda: self.maximise_requested.emit(name))


def _title(viewport_id: str) -> str:
    return viewport_id.capitalize() if viewport_id in MPR_IDS else f"Series {viewport_id}"
