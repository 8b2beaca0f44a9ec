"""Rows "order", "duplicates" and orientations: where images lie, whatever else they say."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from tests.support.variants import Array, Expected, Letters, Variant
from tests.support.variants_phantom import GRID, THIN, Change, Grid, write_ct

SAME = (Expected(),)


def _plain(change: Change, grid: Grid = GRID) -> Callable[[Path], object]:
    return lambda folder: write_ct(folder, grid, change=change)


def _lying_location(one: Dataset, z: int) -> None:
    one.SliceLocation = (z * 7) % 12


def _reversed_numbers(one: Dataset, z: int) -> None:
    one.InstanceNumber = 12 - z


def _same_number(one: Dataset, z: int) -> None:
    one.InstanceNumber = 1
    one.AcquisitionTime = f"1015{59 - z:02d}"


def _no_number(one: Dataset, z: int) -> None:
    one.InstanceNumber = None


def _shuffled(folder: Path) -> None:
    order = np.random.default_rng(7).permutation(12)
    write_ct(folder, GRID, name=lambda z: f"IM{order[z]:02d}")


def _downwards(folder: Path) -> None:
    write_ct(folder, GRID, depths=GRID.depths[::-1])


def _without_geometry(folder: Path) -> None:
    """No positions; file names and Slice Location run against the instance numbers."""

    def change(one: Dataset, z: int) -> None:
        del one.ImagePositionPatient, one.ImageOrientationPatient
        one.SliceLocation = -z

    write_ct(folder, THIN, change=change)


def _without_positions(folder: Path) -> None:
    def change(one: Dataset, z: int) -> None:
        del one.ImagePositionPatient
        one.InstanceNumber = 4 - z

    write_ct(folder, THIN, change=change)


def _brighter(hu: int) -> Change:
    def change(one: Dataset, z: int) -> None:
        stored = np.frombuffer(one.PixelData, "<u2") + np.uint16(hu)
        one.PixelData = stored.tobytes()

    return change


def _bent(one: Dataset, z: int) -> None:
    one.ImageOrientationPatient = [1, 0, 0, 0.6, 0.8, 0]


def _rounded(one: Dataset, z: int) -> None:
    """Cosines with three decimals, as text is often rounded."""
    one.ImageOrientationPatient = [round(float(v), 3) for v in one.ImageOrientationPatient]


def _lost_position(folder: Path) -> None:
    """The position of the fifth image is not a number: it lies nowhere, the others stay."""

    def change(one: Dataset, z: int) -> None:
        if z == 4:
            one.ImagePositionPatient = [11111111, 0, 0]

    for path in write_ct(folder, change=change):
        path.write_bytes(path.read_bytes().replace(b"11111111", b"NaN     "))


def _without(z: int) -> Array:
    values = GRID.hu()
    values[z] = -1024
    return values


def _at(time: str, first_number: int, hu: int) -> Change:
    def change(one: Dataset, z: int) -> None:
        _brighter(hu)(one, z)
        one.AcquisitionTime, one.InstanceNumber = time, first_number + z
        one.SOPInstanceUID += f".{hu}"

    return change


def _times(folder: Path) -> None:
    """The earlier images have the higher numbers and come later on disk."""
    write_ct(folder, THIN, change=_at("101500", 1, 40), name=lambda z: f"a{z}")
    write_ct(folder, THIN, change=_at("101400", 50, 10), name=lambda z: f"b{z}")


def _numbers(folder: Path) -> None:
    write_ct(folder, THIN, change=_at("101500", 50, 40), name=lambda z: f"a{z}")
    write_ct(folder, THIN, change=_at("101500", 1, 10), name=lambda z: f"b{z}")


def _copies(folder: Path) -> None:
    write_ct(folder / "a")
    write_ct(folder / "b")


def _copy_of_one(folder: Path) -> None:
    paths = write_ct(folder)
    (folder / "copy").write_bytes(paths[4].read_bytes())


def _copies_as_other_instances(folder: Path) -> None:
    def change(one: Dataset, z: int) -> None:
        one.SOPInstanceUID += ".9"

    write_ct(folder / "a")
    write_ct(folder / "b", change=change)


def _other_rescale(folder: Path) -> None:
    def change(one: Dataset, z: int) -> None:
        one.SOPInstanceUID += ".9"
        one.RescaleIntercept, one.InstanceNumber = -1000, 100 + z

    write_ct(folder, THIN, name=lambda z: f"a{z}")
    write_ct(folder, THIN, change=change, name=lambda z: f"b{z}")


def _one_other(folder: Path) -> None:
    """One image was sent again with other pixels: a volume of its own."""
    write_ct(folder, name=lambda z: f"a{z}")

    def change(one: Dataset, z: int) -> None:
        _at("", 100, 25)(one, z)

    write_ct(folder, depths=GRID.depths[4:5], change=change, name=lambda z: "again")


def _plus(hu: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda values: np.rint(values) + hu


def _images(grid: Grid, order: slice = slice(None)) -> Callable[[], Array]:
    return lambda: grid.hu()[order]


UNKNOWN_ORDER = Expected(
    grid=None,
    array=_images(THIN),
    letters=None,
    caveats=frozenset({"order-unverified", "spacing-unknown", "orientation-unknown"}),
    facts={"positions_mm": None, "can": {"mpr": False, "surface": False}},
)

_C10, _S10 = 0.984807753012208, 0.17364817766693033
TURNED = replace(THIN, orientation=(_C10, _S10, 0, -_S10, _C10, 0))
_R = float(np.hypot(0.985, 0.174))
_NEARLY = replace(TURNED, orientation=(0.985 / _R, 0.174 / _R, 0, -0.174 / _R, 0.985 / _R, 0))
_X, _Y, _Z = (TURNED.origin - _NEARLY.origin).tolist()
ROUNDED = Expected(grid=replace(_NEARLY, shift=(_X, _Y, _Z)), array=TURNED.hu)
"""The images as they were cut; their grid as the rounded cosines give it."""

ORDER = (
    Variant("order: by position", lambda f: write_ct(f), SAME),
    Variant("order: shuffled files", _shuffled, SAME),
    Variant("order: downwards", _downwards, SAME),
    Variant("order: SliceLocation lies", _plain(_lying_location), SAME),
    Variant("order: InstanceNumber reversed", _plain(_reversed_numbers), SAME),
    Variant("order: InstanceNumber the same, times reversed", _plain(_same_number), SAME),
    Variant("order: no InstanceNumber", _plain(_no_number), SAME),
    Variant("order: no geometry", _without_geometry, (UNKNOWN_ORDER,)),
    Variant(
        "order: no positions",
        _without_positions,
        (
            replace(
                UNKNOWN_ORDER,
                array=_images(THIN, slice(None, None, -1)),
                letters=("R", "L", "A", "P"),
                caveats=frozenset({"order-unverified", "spacing-unknown"}),
            ),
        ),
    ),
    Variant(
        "order: orientation that is none",
        _plain(_bent, THIN),
        (replace(UNKNOWN_ORDER, caveats=UNKNOWN_ORDER.caveats | {"nonstandard-header"}),),
    ),
    Variant("order: orientation rounded", _plain(_rounded, TURNED), (ROUNDED,)),
    Variant(
        "order: one position is no number",
        _lost_position,
        (
            Expected(
                array=lambda: _without(4),
                placeholders=(4,),
                caveats=frozenset({"gap"}),
            ),
            Expected(
                grid=None,
                array=lambda: GRID.hu()[4:5],
                caveats=frozenset({"single-slice", "order-unverified", "nonstandard-header"}),
            ),
        ),
    ),
    Variant(
        "order: ties by acquisition time",
        _times,
        (Expected(grid=THIN, value=_plus(10)), Expected(grid=THIN, value=_plus(40))),
    ),
    Variant(
        "order: ties by InstanceNumber",
        _numbers,
        (Expected(grid=THIN, value=_plus(10)), Expected(grid=THIN, value=_plus(40))),
    ),
)

DUPLICATES = (
    Variant(
        "duplicates: whole folder twice",
        _copies,
        (Expected(caveats=frozenset({"duplicates-dropped"}), texts=("12 identical copies",)),),
        files=24,
    ),
    Variant(
        "duplicates: one file twice",
        _copy_of_one,
        (Expected(caveats=frozenset({"duplicates-dropped"}), texts=("1 identical copy",)),),
    ),
    Variant(
        "duplicates: same pixels in other instances",
        _copies_as_other_instances,
        (Expected(caveats=frozenset({"duplicates-dropped"}), texts=("12 identical",)),),
    ),
    Variant(
        "duplicates: same pixels, other rescale",
        _other_rescale,
        (Expected(grid=THIN), Expected(grid=THIN, value=_plus(24))),
    ),
    Variant(
        "duplicates: one image with other pixels",
        _one_other,
        (
            Expected(),
            Expected(
                grid=replace(GRID, shape=(1, 40, 56), shift=(0.0, 0.0, -3.75)),
                value=_plus(25),
                caveats=frozenset({"single-slice"}),
            ),
        ),
    ),
)


def _turned(name: str, orientation: tuple[float, ...], letters: Letters) -> Variant:
    grid = replace(GRID, orientation=orientation)
    return Variant(
        f"orientation: {name}",
        lambda folder: write_ct(folder, grid),
        (Expected(grid=grid, letters=letters),),
    )


_C30, _S30 = 0.8660254037844387, 0.5

ORIENTATIONS = (
    _turned("sagittal", (0, 1, 0, 0, 0, -1), ("A", "P", "S", "I")),
    _turned("coronal", (1, 0, 0, 0, 0, -1), ("R", "L", "S", "I")),
    _turned("coronal seen from the back", (-1, 0, 0, 0, 0, -1), ("L", "R", "S", "I")),
    _turned("prone", (-1, 0, 0, 0, -1, 0), ("L", "R", "P", "A")),
    _turned("feet first, supine", (-1, 0, 0, 0, 1, 0), ("L", "R", "A", "P")),
    _turned("decubitus, left side down", (0, -1, 0, 1, 0, 0), ("P", "A", "R", "L")),
    _turned("decubitus, right side down", (0, 1, 0, -1, 0, 0), ("A", "P", "L", "R")),
    _turned("turned by 10 degrees", (_C10, _S10, 0, -_S10, _C10, 0), ("R", "L", "A", "P")),
    _turned("turned by 30 degrees", (_C30, _S30, 0, -_S30, _C30, 0), ("RA", "LP", "AL", "PR")),
    _turned(
        "oblique in two planes",
        (0.8, 0.6, 0.0, -0.36, 0.48, -0.8),
        ("RA", "LP", "SAL", "IPR"),
    ),
)
