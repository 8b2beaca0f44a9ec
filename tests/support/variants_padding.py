"""Row "padding": a round field of view, whatever fills the corners and whatever says so."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.support.variants import Expected, Variant
from tests.support.variants_phantom import THIN, Change, Floats, write_ct
from tests.support.variants_values import hu_of, store

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
BIG = "1.2.840.10008.1.2.2"


def outside(rows: int = 40, columns: int = 56) -> NDArray[np.bool_]:
    """The corners around a field of view that is wider than it is high."""
    y, x = np.indices((rows, columns))
    return ((y - 19.0) / 20.5) ** 2 + ((x - 28.0) / 29.0) ** 2 > 1


def _all_outside() -> NDArray[np.bool_]:
    return np.broadcast_to(outside(), THIN.shape).copy()


def _fill(*stored_values: int, signed: bool, intercept: int = -1024) -> Change:
    """Fill the corners with stored values in turn."""

    def change(one: Dataset, z: int) -> None:
        store(one, signed=signed, intercept=intercept)
        values = np.frombuffer(one.PixelData, "<i2" if signed else "<u2").copy()
        values = values.reshape(one.Rows, one.Columns)
        y, x = np.indices(values.shape)
        filling = np.asarray(stored_values)[(y // 3 + x // 20) % len(stored_values)]
        values[outside()] = filling[outside()]
        one.PixelData = values.tobytes()

    return change


def _tagged(fill: Change, value: int, limit: int | None = None, vr: str = "SS") -> Change:
    def change(one: Dataset, z: int) -> None:
        fill(one, z)
        one.add_new(0x00280120, vr, value)
        if limit is not None:
            one.add_new(0x00280121, vr, limit)

    return change


def _with(change: Change, syntax: str = EXPLICIT) -> Callable[[Path], object]:
    return lambda folder: write_ct(folder, THIN, change=change, syntax=syntax)


def _masked(
    name: str,
    change: Change,
    hu: float,
    *,
    caveats: frozenset[str] = frozenset(),
    syntax: str = EXPLICIT,
) -> Variant:
    return Variant(
        f"padding: {name}",
        _with(change, syntax),
        (Expected(grid=THIN, padded=_all_outside, padding_value=hu, caveats=caveats),),
    )


def _none_padded() -> NDArray[np.bool_]:
    return np.zeros(THIN.shape, bool)


def _filled_with(hu: float) -> Callable[[], Floats]:
    return lambda: np.where(_all_outside(), hu, THIN.hu())


def _air_below(one: Dataset, z: int) -> None:
    """Noise below -1024 HU at a border: no constant, no padding."""
    values = hu_of(one)
    values = np.where(values == -1000, _noise_at(values.shape), values)
    one.PixelData = values.astype("<i2").tobytes()
    one.PixelRepresentation, one.BitsStored, one.HighBit = 1, 16, 15
    one.RescaleIntercept = 0


def _noise_at(shape: tuple[int, ...]) -> Floats:
    y, x = np.indices(shape)
    return -1030.0 - (7 * y + 13 * x) % 11


def _noise() -> Floats:
    values = THIN.hu()
    return np.where(values == -1000, _noise_at(values.shape[1:]), values)


ASSUMED = frozenset({"padding-assumed"})
_SIGNED = _fill(-2000, signed=True)
_UNSIGNED = _fill(0, signed=False)
_RANGE = _fill(-2000, -1995, -1990, signed=True)

PADDING = (
    _masked("unsigned", _tagged(_UNSIGNED, 0, vr="US"), -1024),
    _masked("unsigned, above 32767", _tagged(_fill(63536, signed=False), 63536, vr="US"), 62512),
    _masked("signed", _tagged(_SIGNED, -2000), -3024),
    _masked("signed data, unsigned tag", _tagged(_SIGNED, 63536, vr="US"), -3024),
    _masked("implicit VR", _tagged(_SIGNED, -2000), -3024, syntax=IMPLICIT),
    _masked("big endian", _tagged(_SIGNED, -2000), -3024, syntax=BIG),
    _masked("range", _tagged(_RANGE, -2000, -1990), -3024),
    _masked("range, other order", _tagged(_RANGE, -1990, -2000), -3024),
    _masked("range in unsigned tags", _tagged(_RANGE, 63536, 63546, vr="US"), -3024),
    Variant(
        "padding: tag without any such pixel",
        _with(_tagged(_fill(24, signed=False), 63536, vr="US")),
        (Expected(grid=THIN, padded=_none_padded, array=_filled_with(-1000)),),
    ),
    _masked("untagged, -2000 HU", _fill(-2000, signed=True, intercept=0), -2000, caveats=ASSUMED),
    _masked("untagged, -3024 HU", _fill(-2000, signed=True), -3024, caveats=ASSUMED),
    _masked(
        "untagged, -2048 HU of unsigned",
        _fill(0, signed=False, intercept=-2048),
        -2048,
        caveats=ASSUMED,
    ),
    Variant(
        "padding: noise below -1024 HU is none",
        _with(_air_below),
        (Expected(grid=THIN, array=_noise),),
    ),
    Variant(
        "padding: air at -1024 HU is none",
        _with(_fill(0, signed=False)),
        (Expected(grid=THIN, array=_filled_with(-1024)),),
    ),
)
