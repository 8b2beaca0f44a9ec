"""Two by two: axial, coronal, sagittal and 3D; any of them can take the whole place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from viewer.app.overlays_lines import PLANE_STYLES
from viewer.core.plane import Orientation
from viewer.core.view_state import VIEWPORT_IDS
from viewer.ui.theme import COLOURS
from viewer.ui.viewport_frame import CellFrame, ViewportFrame

SURFACE_ID = "3d"
"""Id of the fourth cell in `InteractionState.maximised`."""

_PLACES = {"axial": (0, 0), "coronal": (0, 1), "sagittal": (1, 0), SURFACE_ID: (1, 1)}


class ViewportGrid(QWidget):
    """Holds the four cells.

    Signals
    -------
    maximise_requested(str)
        The header button of this cell was pressed.
    """

    maximise_requested = Signal(str)

    def __init__(self, surface: QWidget) -> None:
        super().__init__()
        self.viewports = {
            name: ViewportFrame(name, name.capitalize(), PLANE_STYLES[Orientation(name)].colour)
            for name in VIEWPORT_IDS
        }
        self.cells: dict[str, CellFrame] = {
            **self.viewports,
            SURFACE_ID: CellFrame("3D", COLOURS.accent, surface),
        }
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(3)
        for name, (row, column) in _PLACES.items():
            grid.addWidget(self.cells[name], row, column)
            self.cells[name].maximise_requested.connect(
                lambda cell=name: self.maximise_requested.emit(cell)
            )
        self._grid = grid
        self._single = ""
        self.set_maximised("")

    def set_single(self, viewport_id: str) -> None:
        """Show one viewport only, whatever is maximised, or "" for all that there are.

        What it shows has no place in the patient that could be named, hence "Image".
        """
        self._single = viewport_id
        for name, viewport in self.viewports.items():
            viewport.set_title("Image" if name == viewport_id else name.capitalize())
            viewport.set_can_maximise(name != viewport_id)
        self.set_maximised(viewport_id)

    def set_maximised(self, cell_id: str) -> None:
        """Give one cell the whole place, or "" for all four theirs."""
        cell_id = self._single or cell_id
        for name, cell in self.cells.items():
            cell.setVisible(cell_id in ("", name))
            cell.set_maximised(cell_id == name)
        rows, columns = zip(*(_PLACES[name] for name in self._shown(cell_id)), strict=True)
        for line in (0, 1):
            # An empty line would keep its share of the place.
            self._grid.setRowStretch(line, int(line in rows))
            self._grid.setColumnStretch(line, int(line in columns))

    def _shown(self, cell_id: str) -> tuple[str, ...]:
        return (cell_id,) if cell_id else tuple(_PLACES)

    def set_active(self, viewport_id: str) -> None:
        """Show which 2D viewport keys act on."""
        for name, viewport in self.viewports.items():
            viewport.set_active(name == viewport_id)
