"""Rows "spacing", "missing slices" and "gantry tilt": from positions to a grid, or to doubt."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.support.variants import Expected, Variant
from tests.support.variants_phantom import GRID, Grid, write_ct

SAME = (Expected(),)
COARSE = replace(GRID, shape=(6, 40, 56), spacing=(8.0, 0.8, 0.6))


def _thickness(thickness: float, between: float | None = None) -> Callable[[Path], object]:
    def change(one: Dataset, z: int) -> None:
        one.SliceThickness = thickness
        if between is not None:
            one.SpacingBetweenSlices = between

    return lambda folder: write_ct(folder, change=change)


def _nudged(grid: Grid, z: int, by_mm: float) -> NDArray[np.float64]:
    """Depths of a grid with one slice out of its place: two steps differ from the median."""
    depths = grid.depths.copy()
    depths[z] += by_mm
    return depths


def _at(grid: Grid, depths: Sequence[float] | NDArray[np.float64]) -> Callable[[Path], object]:
    return lambda folder: write_ct(folder, grid, depths=depths)


def _images_at(grid: Grid, depths: Sequence[float]) -> Callable[[], NDArray[np.float64]]:
    return lambda: np.rint(np.stack([grid.image(depth) for depth in depths]))


def _resampled_from(
    grid: Grid, depths: Sequence[float], count: int
) -> Callable[[], NDArray[np.float64]]:
    """Linear interpolation along z by numpy, pixel by pixel."""

    def make() -> NDArray[np.float64]:
        images = _images_at(grid, depths)().reshape(len(depths), -1)
        wanted = np.linspace(depths[0], depths[-1], count)
        columns = [np.interp(wanted, depths, values) for values in images.T]
        return np.rint(np.stack(columns, axis=1)).reshape(count, *grid.shape[1:])

    return make


def _slightly_off(grid: Grid, depths: NDArray[np.float64]) -> Expected:
    """Within the tolerance: the images as they are, on the regular grid."""
    return Expected(grid=grid, array=_images_at(grid, depths.tolist()))


def _irregular(name: str, grid: Grid, depths: Sequence[float], count: int, gap: str) -> Variant:
    step = (depths[-1] - depths[0]) / (count - 1)
    middle = (depths[0] + depths[-1]) / 2 - (grid.shape[0] - 1) / 2 * grid.spacing[0]
    covering = replace(
        grid,
        shape=(count, *grid.shape[1:]),
        spacing=(step, *grid.spacing[1:]),
        shift=(0.0, 0.0, middle),
    )
    return Variant(
        f"spacing: {name}",
        _at(grid, depths),
        (
            Expected(
                grid=covering,
                array=_resampled_from(grid, depths, count),
                tolerance=1,
                caveats=frozenset({"resampled"}),
                texts=(f"largest gap {gap} mm",),
            ),
            Expected(
                grid=None,
                array=_images_at(grid, depths),
                caveats=frozenset({"spacing-unknown"}),
                facts={"can": {"mpr": False, "surface": False}},
            ),
        ),
    )


_FINE = replace(GRID, spacing=(0.1, 0.8, 0.6))
_TWO_PROTOCOLS = (0.0, 2.5, 5.0, 7.5, 10.0, 12.5, 17.5, 22.5, 27.5)
_VARIABLE = (0.0, 2.5, 5.0, 6.5, 9.0, 11.5, 15.0, 17.5, 20.0, 22.0, 25.0, 27.5)


def _thick_below(folder: Path) -> None:
    """Thin slices, then slices twice as thick: none is missing."""

    def change(one: Dataset, z: int) -> None:
        one.SliceThickness = 2.5 if z < 6 else 5.0

    write_ct(folder, depths=_TWO_PROTOCOLS, change=change)


FAR_APART = replace(GRID, shape=(3, 40, 56), spacing=(37.1, 0.8, 0.6))


def _far_apart(folder: Path) -> None:
    def change(one: Dataset, z: int) -> None:
        one.SliceThickness = 7.0

    write_ct(folder, FAR_APART, change=change)


_BLOCKS = (0.0, 2.5, 5.0, 7.5, 28.7, 31.2, 33.7, 36.2)
"""Slices of 2.5 mm; the space between the blocks is no multiple of their step."""
_ACROSS = replace(
    GRID,
    shape=(15, 40, 56),
    spacing=(36.2 / 14, 0.8, 0.6),
    shift=(0.0, 0.0, 36.2 / 2 - 27.5 / 2),
)


def _across_blocks() -> NDArray[np.float64]:
    values = _resampled_from(GRID, _BLOCKS, 15)()
    images = _images_at(GRID, _BLOCKS)()
    values[3], values[11] = images[3], images[4]  # less than half a step away
    values[4:11] = -1024
    return values


SPACING = (
    Variant("spacing: thickness lies", _thickness(7.0), SAME),
    Variant("spacing: SpacingBetweenSlices lies", _thickness(2.5, 4.0), SAME),
    Variant("spacing: negative SpacingBetweenSlices", _thickness(2.5, -2.5), SAME),
    Variant(
        "spacing: sparse by thickness",
        _thickness(1.0),
        (
            Expected(
                caveats=frozenset({"sparse"}),
                texts=("slices of 1 mm every 2.5 mm",),
                facts={"can": {"mpr": True, "surface": True}},
            ),
        ),
    ),
    Variant(
        "spacing: nothing imaged between",
        _far_apart,
        (
            Expected(
                grid=FAR_APART,
                caveats=frozenset({"sparse"}),
                texts=("slices of 7 mm every 37.1 mm", "only their own plane is shown"),
                facts={"can": {"mpr": False, "surface": False}},
            ),
        ),
    ),
    Variant(
        "spacing: nothing imaged between two blocks",
        lambda folder: write_ct(folder, depths=_BLOCKS),
        (
            Expected(
                grid=_ACROSS,
                array=_across_blocks,
                tolerance=1,
                caveats=frozenset({"resampled", "gap"}),
                texts=("nothing was imaged from -46.25 to -25.05 mm",),
                placeholders=tuple(range(4, 11)),
            ),
            Expected(
                grid=None,
                array=_images_at(GRID, _BLOCKS),
                caveats=frozenset({"spacing-unknown"}),
            ),
        ),
    ),
    Variant(
        "spacing: sparse by the scanner's own spacing",
        _thickness(1.25, 1.25),
        (Expected(caveats=frozenset({"sparse"}), texts=("scanner's spacing is 1.25 mm",)),),
    ),
    Variant(
        "spacing: 0.049 mm off in 2.5",
        _at(GRID, _nudged(GRID, 5, 0.049)),
        (_slightly_off(GRID, _nudged(GRID, 5, 0.049)),),
    ),
    _irregular("0.055 mm off in 2.5", GRID, _nudged(GRID, 5, 0.055).tolist(), 12, "2.555"),
    Variant(
        "spacing: 0.9 % off in 8 mm",
        _at(COARSE, _nudged(COARSE, 3, 0.072)),
        (_slightly_off(COARSE, _nudged(COARSE, 3, 0.072)),),
    ),
    _irregular("1.1 % off in 8 mm", COARSE, _nudged(COARSE, 3, 0.088).tolist(), 6, "8.088"),
    _irregular("a third off in 0.1 mm", _FINE, _nudged(_FINE, 5, 0.034).tolist(), 12, "0.134"),
    _irregular("variable", GRID, _VARIABLE, 12, "3.5"),
    _irregular(
        "two halves, 2 and 3 mm",
        GRID,
        [*np.arange(7) * 2.0, *(12 + np.arange(1, 6) * 3.0)],
        15,  # the median step is 2 mm: 27 mm take 14 steps
        "3",
    ),
    Variant(
        "spacing: thicker slices where they are wider apart",
        _thick_below,
        (
            Expected(
                array=_resampled_from(GRID, _TWO_PROTOCOLS, 12),
                tolerance=1,
                caveats=frozenset({"resampled"}),
                texts=("largest gap 5 mm",),
            ),
            Expected(
                grid=None,
                array=_images_at(GRID, _TWO_PROTOCOLS),
                caveats=frozenset({"spacing-unknown"}),
            ),
        ),
    ),
)


def _missing(*gone: int) -> tuple[list[float], Callable[[], NDArray[np.float64]]]:
    kept = [z for z in range(12) if z not in gone]

    def make() -> NDArray[np.float64]:
        values = GRID.hu()
        values[list(gone)] = -1024
        return values

    return [float(GRID.depths[z]) for z in kept], make


def _gapped(name: str, gone: tuple[int, ...], *texts: str) -> Variant:
    depths, make = _missing(*gone)
    return Variant(
        f"missing slices: {name}",
        lambda folder: write_ct(folder, depths=depths),
        (Expected(array=make, placeholders=gone, caveats=frozenset({"gap"}), texts=texts),),
    )


def _part(first: int, last: int) -> tuple[list[float], Grid]:
    middle = ((first + last) / 2 - 5.5) * 2.5
    grid = replace(GRID, shape=(last - first + 1, 40, 56), shift=(0.0, 0.0, middle))
    return [float(depth) for depth in GRID.depths[first : last + 1]], grid


def _shorter(name: str, first: int, last: int) -> Variant:
    depths, grid = _part(first, last)
    return Variant(
        f"missing slices: {name}", lambda folder: write_ct(folder, depths=depths), (Expected(grid),)
    )


MISSING = (
    # The grid's first slice lies at -40 - 13.75 mm.
    _gapped("one", (4,), "1 slice is missing: 5", "(at -43.75 mm)"),
    _gapped("three in a row", (4, 5, 6), "3 slices are missing: 5-7", "(at -43.75 to -38.75 mm)"),
    _gapped("here and there", (2, 7, 8), "3, 8-9", "(at -48.75, -36.25 to -33.75 mm)"),
    _shorter("the first", 1, 11),
    _shorter("the last", 0, 10),
)


def _lean(degrees: float) -> Callable[[float], Sequence[float]]:
    """Positions run along a line that leans to the back by an angle: a tilted gantry."""
    slope = float(np.tan(np.radians(degrees)))
    return lambda depth: (0.0, slope * depth, 0.0)


def _tag(degrees: float) -> Callable[[Dataset, int], None]:
    def change(one: Dataset, z: int) -> None:
        one.GantryDetectorTilt = degrees

    return change


def _tilted(degrees: float, stated: float | None = None) -> Variant:
    """Sheared: upright, larger by the whole lean; and the tilted images as they are."""
    grid = GRID
    lean_mm = float(np.tan(np.radians(degrees))) * grid.depths[-1]
    low, high = min(lean_mm, 0.0), max(lean_mm, 0.0)
    before, behind = -int(np.floor(low / 0.8)), int(np.ceil(high / 0.8))
    rows = grid.shape[1] + before + behind
    upright = replace(
        grid,
        shape=(grid.shape[0], rows, grid.shape[2]),
        shift=(0.0, (behind - before) / 2 * 0.8, 0.0),
    )
    name = f"gantry tilt: {degrees:g} degrees"
    name += "" if stated is None else f", the tag says {stated:g}"
    caveats = frozenset({"gantry-tilt"})
    own = [np.rint(grid.image(depth, _lean(degrees)(float(depth)))) for depth in grid.depths]
    return Variant(
        name,
        lambda folder: write_ct(
            folder, grid, across=_lean(degrees), change=_tag(degrees if stated is None else stated)
        ),
        (
            Expected(
                grid=upright,
                interpolated=True,
                caveats=caveats,
                texts=(f"tilt of {abs(degrees):.1f} degrees",),
                facts={"can": {"mpr": True, "surface": True}, "part": "tilt corrected"},
            ),
            Expected(
                grid=None,
                array=lambda: np.stack(own),
                caveats=caveats,
                texts=("as acquired", f"{abs(degrees):.1f} degrees"),
                facts={"can": {"mpr": False, "surface": False}, "part": "as acquired"},
            ),
        ),
    )


def _tilted_coronal() -> Variant:
    """Coronal images that lean along their rows, with one of them missing."""
    grid = replace(GRID, orientation=(1.0, 0.0, 0.0, 0.0, 0.0, -1.0))
    slope = float(np.tan(np.radians(8.0)))
    columns = int(np.ceil(slope * grid.depths[-1] / 0.6))
    upright = replace(grid, shape=(12, 40, 56 + columns), shift=(columns / 2 * 0.6, 0.0, 0.0))
    depths = np.delete(grid.depths, 3)
    letters = ("R", "L", "S", "I")
    across = lambda depth: (slope * depth, 0.0, 0.0)  # noqa: E731 - a formula

    def as_acquired() -> NDArray[np.float64]:
        images = np.rint(np.stack([grid.image(d, across(float(d))) for d in grid.depths]))
        images[3] = -1024
        return images

    caveats = frozenset({"gantry-tilt", "gap"})
    return Variant(
        "gantry tilt: coronal, along the rows, with a gap",
        lambda folder: write_ct(folder, grid, depths=depths, across=across),
        (
            Expected(
                grid=upright,
                interpolated=True,
                letters=letters,
                caveats=caveats,
                placeholders=(3,),
                texts=("tilt of 8.0 degrees",),
            ),
            Expected(
                grid=None,
                array=as_acquired,
                letters=letters,
                caveats=caveats,
                placeholders=(3,),
            ),
        ),
    )


def _nearly_upright(folder: Path) -> None:
    write_ct(folder, across=_lean(0.1))


def _upright_but_said_tilted(folder: Path) -> None:
    write_ct(folder, change=_tag(20.0))


TILT = (
    Variant(
        "gantry tilt: 0.1 degrees",
        _nearly_upright,
        (
            Expected(
                array=lambda: np.rint(
                    np.stack([GRID.image(d, _lean(0.1)(float(d))) for d in GRID.depths])
                )
            ),
        ),
    ),
    _tilted(0.5),
    _tilted(5.0),
    _tilted(-12.0),
    _tilted(25.0),
    _tilted(12.0, stated=0.0),
    _tilted(5.0, stated=-5.0),
    _tilted_coronal(),
    Variant("gantry tilt: the tag alone", _upright_but_said_tilted, SAME),
)
