"""Every row of dicom-rules as files on disk, each with what must come out of them.

A variant writes a folder; what is expected is stated beside it and never taken from the viewer:
the phantom's formula at the voxel centres, letters and caveats by hand, numbers by numpy.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.support.variants_phantom import GRID, Grid

Array = NDArray[np.generic]
Letters = tuple[str, str, str, str]
AXIAL_LETTERS: Letters = ("R", "L", "A", "P")
"""Left, right, top and bottom edge of an axial image of a patient on the back."""


@dataclass(frozen=True)
class Expected:
    """What one stack must be.

    Attributes
    ----------
    grid : Grid or None
        Where its voxels lie; None: `array` alone is compared.
    array : callable or None
        Makes the exact values; default: the phantom's formula on the grid.
    value : callable
        HU of the formula to the numbers that the files can hold.
    tolerance : float
        Largest difference.
    letters : tuple or None
        Edge letters by hand.
    caveats : set of str
        Exactly these codes, loaded.
    texts : tuple of str
        Each is a part of some caveat's text.
    placeholders : tuple of int
        Slices without an image.
    padded : callable or None
        Makes the mask of the voxels that must be padding (default: none is).
    padding_value : float or None
        What the files store in the corners outside the field of view, in the unit.
    interpolated : bool
        Values were interpolated: compared where the phantom is smooth, bounded elsewhere.
    facts : mapping
        Parts of `describe_stack` of the loaded volume.
    """

    grid: Grid | None = GRID
    array: Callable[[], Array] | None = None
    value: Callable[[NDArray[np.float64]], NDArray[np.float64]] = np.rint
    tolerance: float = 0.0
    letters: Letters | None = AXIAL_LETTERS
    caveats: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    placeholders: tuple[int, ...] = ()
    padded: Callable[[], NDArray[np.bool_]] | None = None
    padding_value: float | None = None
    interpolated: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """Files in one of the ways that the rules speak of.

    Attributes
    ----------
    name : str
        Row of the table and the clause, "spacing: thickness lies".
    write : callable
        Writes into a folder; what it returns (default: the folder) is opened.
    stacks : tuple of Expected
        All stacks, in the order of the list.
    problems : tuple of str
        Each is a part of the reason of one problem, in order.
    skipped : int
        Files that are no DICOM.
    patient_name : str or None
        The decoded name.
    """

    name: str
    write: Callable[[Path], object]
    stacks: tuple[Expected, ...] = (Expected(),)
    problems: tuple[str, ...] = ()
    skipped: int = 0
    files: int | None = None
    patient_name: str | None = None
