"""Row "series and stacks": what is one volume, and what keeps images apart."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from tests.support.variants import Expected, Variant
from tests.support.variants_phantom import GRID, THIN, Change, Grid, write_ct

FIVE = replace(THIN, shape=(5, 40, 56), shift=(0.0, 0.0, 2.5))
MORE, LESS = Expected(grid=FIVE), Expected(grid=THIN)


def _set(**values: object) -> Change:
    def change(one: Dataset, z: int) -> None:
        for keyword, value in values.items():
            setattr(one, keyword, value)

    return change


def _parted(first: Change, second: Change, grid: Grid = THIN) -> Callable[[Path], None]:
    """Four images of one kind in front of five of the other, in one series and place."""

    def write(folder: Path) -> None:
        write_ct(folder, grid, change=first, name=lambda z: f"a{z}")
        write_ct(folder, FIVE, change=second, name=lambda z: f"b{z}")

    return write


def _by(keyword: str, first: object, second: object) -> Variant:
    return Variant(
        f"series and stacks: split by {keyword}",
        _parted(_set(**{keyword: first}), _set(**{keyword: second})),
        (MORE, LESS),
    )


def _cosines(angle: float) -> tuple[float, ...]:
    """An axial orientation turned within its plane by an angle in radians."""
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return (c, s, 0.0, -s, c, 0.0)


def _within_orientation(folder: Path) -> None:
    def change(one: Dataset, z: int) -> None:
        one.ImageOrientationPatient = [1, 0, 0.00004 * (z % 2), 0, 1, -0.00004 * (z % 2)]

    write_ct(folder, THIN, change=change)


def _by_orientation(folder: Path) -> None:
    write_ct(folder, TURNED, name=lambda z: f"a{z}")
    write_ct(folder, FIVE, name=lambda z: f"b{z}")


TURNED = replace(THIN, orientation=_cosines(0.0002))
LARGER = replace(THIN, shape=(4, 42, 56))
FINER = replace(THIN, spacing=(5.0, 0.8, 0.602))


def _localizers(folder: Path) -> None:
    """More scouts than scans: still listed behind them."""

    def scout(one: Dataset, z: int) -> None:
        one.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]

    write_ct(folder, GRID, change=scout, name=lambda z: f"a{z}")
    write_ct(folder, THIN, name=lambda z: f"b{z}")


def _two_series(folder: Path) -> None:
    write_ct(folder, THIN, series="first", name=lambda z: f"{z}a")
    write_ct(
        folder,
        FIVE,
        series="second",
        change=_set(SeriesNumber=9),
        name=lambda z: f"{z}b",
    )


def _rotations(folder: Path) -> None:
    """A scanner that counts each rotation: still one volume."""

    def change(one: Dataset, z: int) -> None:
        one.AcquisitionNumber = 1 + z // 3

    write_ct(folder, GRID, change=change)


def _without(z: int) -> np.ndarray:
    values = GRID.hu()
    values[z] = -1024
    return values


def _two_patients(folder: Path) -> None:
    write_ct(folder, THIN, name=lambda z: f"{z}a")
    write_ct(folder, FIVE, change=_other_patient, name=lambda z: f"{z}b")


def _other_patient(one: Dataset, z: int) -> None:
    one.PatientID, one.SOPInstanceUID = "V-2", f"{one.SOPInstanceUID}.2"


def _missing_one(folder: Path) -> None:
    """Rotations of four slices, one slice lost at their border."""

    def change(one: Dataset, z: int) -> None:
        one.AcquisitionNumber = 1 + int(one.InstanceNumber > 4) + int(one.InstanceNumber > 7)

    write_ct(folder, depths=np.delete(GRID.depths, 4), change=change)


def _pairs(one: Dataset, z: int) -> None:
    """Step and shoot: an acquisition for every two slices."""
    one.AcquisitionNumber = 1 + (int(one.InstanceNumber) - 1) // 2


def _pairs_and_a_copy(folder: Path) -> None:
    paths = write_ct(folder, change=_pairs)
    (folder / "copy").write_bytes(paths[4].read_bytes())


def _pairs_twice(folder: Path) -> None:
    write_ct(folder / "a", change=_pairs)
    write_ct(folder / "b", change=_pairs)


def _again(acquisition: int, first: int) -> Change:
    """The same places 25 HU brighter, counted on as another acquisition."""

    def change(one: Dataset, z: int) -> None:
        stored = np.frombuffer(one.PixelData, "<u2") + np.uint16(25)
        one.PixelData = stored.tobytes()
        one.AcquisitionNumber = acquisition + z // 2
        one.InstanceNumber = first + z
        one.SOPInstanceUID += ".25"

    return change


def _pairs_and_one_again(acquisition: int) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        write_ct(folder, change=_pairs)
        change = _again(acquisition, 100)
        write_ct(folder, depths=GRID.depths[4:5], change=change, name=lambda z: "again")

    return write


def _pairs_at_two_times(folder: Path) -> None:
    write_ct(folder, change=_pairs, name=_interleaved(0))
    write_ct(folder, change=_again(7, 100), name=_interleaved(1))


def _shots_and_a_copy(folder: Path) -> None:
    """Each image an acquisition of its own, and one of them twice."""
    paths = write_ct(folder, change=lambda one, z: setattr(one, "AcquisitionNumber", 31744 + z))
    (folder / "copy").write_bytes(paths[4].read_bytes())


def _touching(folder: Path) -> None:
    """Two acquisitions; the last image of the one lies where the other begins."""
    write_ct(folder, THIN, change=_set(AcquisitionNumber=1), name=lambda z: f"a{z}")
    write_ct(folder, NEXT, change=_again(2, 100), name=lambda z: f"b{z}")


NEXT = replace(THIN, shift=(0.0, 0.0, 15.0))
TOUCHING = replace(THIN, shape=(7, 40, 56), shift=(0.0, 0.0, 7.5))
SET_ASIDE = replace(GRID, shape=(1, 40, 56), shift=(0.0, 0.0, -3.75))


def _brighter(hu: np.ndarray) -> np.ndarray:
    return np.rint(hu) + 25


def _copied(count: str) -> Expected:
    return Expected(caveats=frozenset({"duplicates-dropped"}), texts=(f"{count} identical",))


def _one_set_aside(first: str, second: str) -> tuple[Expected, ...]:
    return (
        Expected(facts={"part": first}),
        Expected(
            grid=SET_ASIDE,
            value=_brighter,
            caveats=frozenset({"single-slice"}),
            facts={"part": second},
        ),
    )


def _single_shots(folder: Path) -> None:
    """Each image an acquisition of its own, with steps of no one size."""

    def change(one: Dataset, z: int) -> None:
        one.AcquisitionNumber = 31744 + z

    write_ct(folder, THIN, depths=(0.0, 5.0, 10.2, 15.0), change=change)


def _two_stations(folder: Path) -> None:
    """Two regions far from each other in one series."""
    write_ct(folder, THIN, change=_set(AcquisitionNumber=1), name=lambda z: f"a{z}")
    write_ct(folder, FAR, change=_set(AcquisitionNumber=2), name=lambda z: f"b{z}")


FAR = replace(FIVE, shift=(0.0, 0.0, 300.0))


def _interleaved(number: int) -> Callable[[int], str]:
    return lambda z: f"{z}{number}"


def _phases(keyword: str, *values: float) -> Callable[[Path], None]:
    """Images at the same places, one by one through the cycle."""

    def write(folder: Path) -> None:
        for n, value in enumerate(values):
            write_ct(folder, THIN, change=_phase(keyword, value, n), name=_interleaved(n))

    return write


def _phase(keyword: str, value: float, number: int) -> Change:
    def change(one: Dataset, z: int) -> None:
        setattr(one, keyword, value)
        one.InstanceNumber = 1 + 2 * z + number
        one.SOPInstanceUID += f".{number}"
        stored = np.frombuffer(one.PixelData, "<u2") + np.uint16(20 * number)
        one.PixelData = stored.tobytes()

    return change


def _masked_times(folder: Path) -> None:
    """A dynamic series without time points; its outer slices are zero everywhere."""
    for n, time in enumerate(("101500.5", "101530.5")):

        def change(one: Dataset, z: int, n: int = n, time: str = time) -> None:
            _phase("AcquisitionTime", 0, n)(one, z)
            one.AcquisitionTime = time
            if z == 0:
                one.PixelData = bytes(len(one.PixelData))

        write_ct(folder, THIN, change=change, name=_interleaved(n))


def _plus(hu: int, first_zero: bool = False) -> Callable[[], np.ndarray]:
    def make() -> np.ndarray:
        values = THIN.hu() + hu
        if first_zero:
            values[0] = -1024
        return values

    return make


def _two_parts(first: str, second: str, first_zero: bool = False) -> tuple[Expected, ...]:
    return (
        Expected(grid=THIN, array=_plus(0, first_zero), facts={"part": first}),
        Expected(grid=THIN, array=_plus(20, first_zero), facts={"part": second}),
    )


STACKS = (
    _by("AcquisitionNumber", 1, 2),
    _by("TemporalPositionIdentifier", 1, 2),
    _by("EchoTime", 4.6, 2.3),
    _by("DiffusionBValue", 800.0, 0.0),
    _by("ConvolutionKernel", "B60f", "B30f"),
    _by("ImageType", ["ORIGINAL", "PRIMARY", "OTHER"], ["ORIGINAL", "PRIMARY", "AXIAL"]),
    Variant(
        "series and stacks: split by Rows",
        _parted(_set(), _set(), LARGER),
        (MORE, Expected(grid=LARGER)),
    ),
    Variant(
        "series and stacks: split by PixelSpacing",
        _parted(_set(), _set(), FINER),
        (MORE, Expected(grid=FINER)),
    ),
    Variant(
        "series and stacks: split by orientation",
        _by_orientation,
        (MORE, Expected(grid=TURNED)),
    ),
    Variant(
        "series and stacks: orientation within 1e-4",
        _within_orientation,
        (Expected(grid=THIN, tolerance=1),),
    ),
    Variant(
        "series and stacks: localisers last",
        _localizers,
        (LESS, Expected()),
    ),
    Variant("series and stacks: by series", _two_series, (LESS, MORE)),
    Variant("series and stacks: rotations are one volume", _rotations, (Expected(),)),
    Variant("duplicates: step and shoot, one copy", _pairs_and_a_copy, (_copied("1"),)),
    Variant("duplicates: step and shoot, all twice", _pairs_twice, (_copied("12"),)),
    Variant("duplicates: single shots, one copy", _shots_and_a_copy, (_copied("1"),)),
    Variant(
        "series and stacks: step and shoot, one image with other pixels",
        _pairs_and_one_again(3),
        _one_set_aside("acquisitions 1 to 6", "acquisition 3"),
    ),
    Variant(
        "series and stacks: step and shoot, one image acquired again",
        _pairs_and_one_again(7),
        _one_set_aside("acquisitions 1 to 6", "acquisition 7"),
    ),
    Variant(
        "series and stacks: step and shoot at two times",
        _pairs_at_two_times,
        (
            Expected(facts={"part": "acquisitions 1 to 6"}),
            Expected(value=_brighter, facts={"part": "acquisitions 7 to 12"}),
        ),
    ),
    Variant(
        "series and stacks: acquisitions that touch",
        _touching,
        (
            Expected(
                grid=TOUCHING,
                array=lambda: np.concatenate([THIN.hu(), _brighter(NEXT.hu()[1:])]),
            ),
            Expected(
                grid=replace(THIN, shape=(1, 40, 56), shift=(0.0, 0.0, 7.5)),
                value=_brighter,
                caveats=frozenset({"single-slice"}),
            ),
        ),
    ),
    Variant(
        "series and stacks: rotations with a gap",
        _missing_one,
        (Expected(array=lambda: _without(4), placeholders=(4,), caveats=frozenset({"gap"})),),
    ),
    Variant(
        "series and stacks: single shots are one volume",
        _single_shots,
        (
            Expected(grid=THIN, caveats=frozenset({"resampled"}), interpolated=True),
            Expected(
                grid=None,
                array=lambda: np.rint(np.stack([THIN.image(d) for d in (0.0, 5.0, 10.2, 15.0)])),
                caveats=frozenset({"spacing-unknown"}),
                facts={"part": "as acquired"},
            ),
        ),
    ),
    Variant(
        "series and stacks: two regions",
        _two_stations,
        (
            Expected(grid=FAR, facts={"part": "acquisition 2"}),
            Expected(grid=THIN, facts={"part": "acquisition 1"}),
        ),
    ),
    Variant(
        "series and stacks: cardiac phases",
        _phases("NominalPercentageOfCardiacPhase", 40, 75),
        _two_parts("40 % of the cardiac cycle", "75 % of the cardiac cycle"),
    ),
    Variant(
        "series and stacks: trigger times",
        _phases("TriggerTime", 20.5, 320),
        _two_parts("20.5 ms after the trigger", "320 ms after the trigger"),
    ),
    Variant(
        "series and stacks: repeats without a name",
        _phases("SeriesNumber", 3, 3),
        _two_parts("1 of 2", "2 of 2"),
    ),
    Variant(
        "series and stacks: dynamic series with empty slices",
        _masked_times,
        _two_parts("10:15:00", "10:15:30", first_zero=True),
    ),
    Variant(
        "series and stacks: two patients, one series",
        _two_patients,
        tuple(replace(one, caveats=frozenset({"same-uid"})) for one in (LESS, MORE)),
    ),
)
