"""How the viewports share the window: grids of cells, each with its place."""

from dataclasses import dataclass

SURFACE_ID = "3d"
"""Id of the cell that shows the surface."""
MPR_IDS: tuple[str, ...] = ("axial", "coronal", "sagittal")
"""Ids of the three linked planes of one volume; each is also the name of its orientation."""
MAX_ROWS = MAX_COLUMNS = 3


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
    """

    id: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def viewport_ids(self) -> tuple[str, ...]:
        """Ids of the 2D cells, in reading order."""
        return tuple(cell.id for cell in self.cells if cell.id != SURFACE_ID)

    @property
    def is_mpr(self) -> bool:
        """Whether the cells are planes of one volume rather than places for series."""
        return self.cells[0].id in MPR_IDS

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return (
            max(cell.row + cell.rows for cell in self.cells),
            max(cell.column + cell.columns for cell in self.cells),
        )


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
