"""How the viewports share a window: grids of cells, each with its place.

There are two windows for images. Cells of the second have its number in front of their id
("2/axial"), so that an id names one viewport over both windows.
"""

from dataclasses import dataclass, replace

SURFACE_ID = "3d"
"""Id of the cell that shows the surface."""
MPR_IDS: tuple[str, ...] = ("axial", "coronal", "sagittal")
"""Ids of the three linked planes of one volume; each is also the name of its orientation."""
MAX_ROWS = MAX_COLUMNS = 3
LEAST_SHARE = 0.05
"""No row or column becomes narrower than this part of the place."""
MAIN, SECOND = 0, 1
"""Numbers of the windows."""
_SECOND_PREFIX = "2/"


def id_in(window: int, cell_id: str) -> str:
    """Return the id of a cell in a window: "axial" is "2/axial" in the second."""
    return (_SECOND_PREFIX if window == SECOND else "") + cell_in(cell_id)


def cell_in(viewport_id: str) -> str:
    """Return a viewport's id within its window: "axial" for "2/axial"."""
    return viewport_id.removeprefix(_SECOND_PREFIX)


def window_of(viewport_id: str) -> int:
    """Return the number of the window that a viewport is in."""
    return SECOND if viewport_id.startswith(_SECOND_PREFIX) else MAIN


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a layout: its id and the rectangle of grid fields that it covers."""

    id: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """Cells that fill a grid.

    Attributes
    ----------
    id, name : str
        Stable id and the name shown in menus.
    cells : tuple of Cell
        In reading order.
    row_shares, column_shares : tuple of float
        How the rows and columns share the place, in parts of 1; empty where all have the same.
    """

    id: str
    name: str
    cells: tuple[Cell, ...]
    row_shares: tuple[float, ...] = ()
    column_shares: tuple[float, ...] = ()

    @property
    def viewport_ids(self) -> tuple[str, ...]:
        """Ids of the 2D cells, in reading order."""
        return tuple(cell.id for cell in self.cells if cell.id != SURFACE_ID)

    @property
    def is_mpr(self) -> bool:
        """Whether the cells are planes of one volume rather than places for series."""
        return cell_in(self.cells[0].id) in MPR_IDS

    @property
    def window(self) -> int:
        """Number of the window that it is for."""
        return window_of(self.cells[0].id)

    def in_window(self, window: int) -> "Layout":
        """Return the same layout for a window.

        The surface has its place in the main window only; in the second the plane beside it takes
        its cell.
        """
        cells = [replace(cell, id=id_in(window, cell.id)) for cell in self.cells]
        if window == SECOND and any(cell_in(cell.id) == SURFACE_ID for cell in cells):
            surface = next(cell for cell in cells if cell_in(cell.id) == SURFACE_ID)
            cells.remove(surface)
            cells = [_widened(cell, surface) for cell in cells]
        return replace(self, cells=tuple(cells))

    @property
    def text(self) -> str:
        """The layout as a word for the settings: its id, and the shares where they are uneven."""
        if not (self.row_shares or self.column_shares):
            return self.id
        shares = (",".join(f"{share:.4f}" for share in of) for of in self._both_shares)
        return ";".join((self.id, *shares))

    @property
    def _both_shares(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return self.row_shares, self.column_shares

    def shared(self, rows: tuple[float, ...], columns: tuple[float, ...]) -> "Layout":
        """Return the same layout with other shares of the place; those that do not fit are even."""
        count = self.size
        return replace(
            self, row_shares=_sound(rows, count[0]), column_shares=_sound(columns, count[1])
        )

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return (
            max(cell.row + cell.rows for cell in self.cells),
            max(cell.column + cell.columns for cell in self.cells),
        )


def _widened(cell: Cell, gone: Cell) -> Cell:
    """Give a cell the place of the one that stood at its right."""
    beside = cell.row == gone.row and cell.column + cell.columns == gone.column
    return replace(cell, columns=cell.columns + gone.columns) if beside else cell


def _sound(shares: tuple[float, ...], count: int) -> tuple[float, ...]:
    """Return shares that sum to 1; none where they are not `count` numbers of some size."""
    if len(shares) != count or not all(LEAST_SHARE <= share <= 1 for share in shares):
        return ()
    total = sum(shares)
    return tuple(share / total for share in shares)


def grid_layout(rows: int, columns: int) -> Layout:
    """Return rows x columns equal cells, numbered from "1" in reading order.

    Raises
    ------
    ValueError
        There are none, or more than three in a direction.
    """
    if not (1 <= rows <= MAX_ROWS and 1 <= columns <= MAX_COLUMNS):
        raise ValueError(f"a layout has 1 to 3 rows and columns, not {rows} x {columns}")
    cells = tuple(
        Cell(str(row * columns + column + 1), row, column)
        for row in range(rows)
        for column in range(columns)
    )
    return Layout(f"{rows}x{columns}", f"{rows} x {columns}", cells)


MPR = Layout(
    "mpr",
    "Three planes and 3D",
    (
        Cell("axial", 0, 0),
        Cell("coronal", 0, 1),
        Cell("sagittal", 1, 0),
        Cell(SURFACE_ID, 1, 1),
    ),
)
MPR_MAIN = Layout(
    "mpr-main",
    "Large axial, two planes beside it",
    (Cell("axial", 0, 0, 2, 2), Cell("coronal", 0, 2), Cell("sagittal", 1, 2)),
)
LAYOUTS: tuple[Layout, ...] = (
    MPR,
    MPR_MAIN,
    *(
        grid_layout(rows, columns)
        for rows in range(1, MAX_ROWS + 1)
        for columns in range(1, MAX_COLUMNS + 1)
    ),
)
"""Every layout that is offered, in menu order."""


def layout_of(layout_id: str) -> Layout:
    """Return a layout by its id; the default one where there is no such layout."""
    return next((layout for layout in LAYOUTS if layout.id == layout_id), MPR)


def layout_from(text: str) -> Layout:
    """Return the layout that `Layout.text` tells of; what cannot be read is left out."""
    layout_id, *shares = text.split(";")
    rows, columns = (_numbers(part) for part in (*shares, "", "")[:2])
    return layout_of(layout_id).shared(rows, columns)


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part)
    except ValueError:
        return ()
