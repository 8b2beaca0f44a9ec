"""Rows "stored values", "rescale" and MONOCHROME1: bits in the file to numbers in the unit."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from tests.support.variants import Expected, Variant
from tests.support.variants_phantom import THIN, Change, Floats, item, write_ct

GAP_AT_2 = Expected(
    grid=THIN,
    array=lambda: _without_slice_2(),
    placeholders=(2,),
    caveats=frozenset({"partial"}),
)


def _without_slice_2() -> Floats:
    values = THIN.hu()
    values[2] = -1024
    return values


def hu_of(one: Dataset) -> Floats:
    """HU of a data set as `write_ct` makes it."""
    stored = np.frombuffer(one.PixelData, "<u2").reshape(one.Rows, one.Columns)
    return stored.astype(np.float64) + float(one.RescaleIntercept)


def store(
    one: Dataset,
    *,
    allocated: int = 16,
    stored: int = 16,
    high: int | None = None,
    signed: bool = False,
    slope: float = 1,
    intercept: float = -1024,
) -> None:
    """Store the same HU in another way."""
    numbers = np.rint((hu_of(one) - intercept) / slope).astype(np.int64)
    one.BitsAllocated, one.BitsStored = allocated, stored
    one.HighBit = stored - 1 if high is None else high
    one.PixelRepresentation = int(signed)
    one.RescaleSlope, one.RescaleIntercept = slope, intercept
    bits = (numbers & ((1 << stored) - 1)) << (one.HighBit + 1 - stored)
    one.PixelData = bits.astype(f"<u{allocated // 8}").tobytes()


def quantised(slope: float, intercept: float) -> Callable[[Floats], Floats]:
    """What can come back of HU that were rounded and then stored."""
    return lambda hu: np.rint((np.rint(hu) - intercept) / slope) * slope + intercept


def _stored(name: str, then: Change | None = None, tolerance: float = 0.0, **how: Any) -> Variant:
    slope, intercept = how.get("slope", 1), how.get("intercept", -1024)

    def change(one: Dataset, z: int) -> None:
        store(one, **how)
        if then is not None:
            then(one, z)

    whole = float(slope).is_integer() and float(intercept).is_integer()
    return Variant(
        name,
        lambda folder: write_ct(folder, THIN, change=change),
        (
            Expected(
                grid=THIN,
                value=quantised(slope, intercept),
                tolerance=tolerance,
                facts={"dtype": "int16" if whole else "float32", "unit": "HU"},
            ),
        ),
    )


def _garbage(one: Dataset, z: int) -> None:
    """Bits above the stored ones, as old overlays left them there."""
    values = np.frombuffer(one.PixelData, "<u2").copy()
    values[::3] |= 0xF000
    one.PixelData = values.tobytes()


def _no_bits_stored(one: Dataset, z: int) -> None:
    del one.BitsStored, one.HighBit


def _floating(keyword: str, dtype: str) -> Callable[[Path], object]:
    def change(one: Dataset, z: int) -> None:
        values = (hu_of(one) + 0.25).astype(dtype)
        for gone in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
            delattr(one, gone)
        setattr(one, keyword, values.tobytes())
        one.BitsAllocated = 8 * values.itemsize
        one.RescaleIntercept = 0

    return lambda folder: write_ct(folder, THIN, change=change)


def _single_bits(folder: Path) -> None:
    def change(one: Dataset, z: int) -> None:
        body = (hu_of(one) > -500).ravel()
        one.BitsAllocated, one.BitsStored, one.HighBit = 1, 1, 0
        del one.RescaleSlope, one.RescaleIntercept, one.RescaleType
        one.Modality = "OT"
        one.PixelData = np.packbits(body, bitorder="little").tobytes()

    write_ct(folder, THIN, change=change)


def _body(hu: Floats) -> Floats:
    return (hu > -500).astype(np.float64)


STORED = (
    _stored("stored values: 8 of 16 bits", stored=8, slope=10, intercept=-1000),
    _stored("stored values: 10 bits", stored=10, slope=4, intercept=-1024),
    _stored("stored values: 12 bits, signed", stored=12, signed=True, intercept=0),
    _stored("stored values: 13 bits", stored=13),
    _stored("stored values: 13 bits, signed", stored=13, signed=True, intercept=-500),
    _stored("stored values: 14 bits", stored=14),
    _stored("stored values: 15 bits", stored=15),
    _stored("stored values: 15 bits, signed", stored=15, signed=True),
    _stored("stored values: 16 bits", stored=16),
    _stored("stored values: 16 bits, signed", stored=16, signed=True, intercept=0),
    _stored("stored values: 16 bits, most of them above 32767", stored=16, intercept=-60000),
    _stored("stored values: high bit 15 of 12", stored=12, high=15),
    _stored(
        "stored values: high bit 13 of 12, signed", stored=12, high=13, signed=True, intercept=0
    ),
    _stored("stored values: Bits Stored missing", _no_bits_stored),
    _stored("stored values: Bits Stored missing, signed", _no_bits_stored, signed=True),
    _stored("stored values: garbage above the high bit", _garbage, stored=12),
    _stored(
        "stored values: garbage above the high bit, signed",
        _garbage,
        stored=12,
        signed=True,
        intercept=0,
    ),
    _stored("stored values: 8 bits", allocated=8, stored=8, slope=10, intercept=-1000),
    _stored(
        "stored values: 8 bits, signed", allocated=8, stored=8, signed=True, slope=10, intercept=200
    ),
    _stored("stored values: 32 bits", allocated=32, stored=32),
    _stored("stored values: 32 bits, signed", allocated=32, stored=32, signed=True, intercept=0),
    _stored(
        "stored values: 32 bits, fine steps",
        allocated=32,
        stored=32,
        slope=0.0009765625,
        intercept=-1024,
        tolerance=1e-3,
    ),
    Variant(
        "stored values: float",
        _floating("FloatPixelData", "<f4"),
        (Expected(grid=THIN, value=lambda hu: np.rint(hu) + 0.25, facts={"dtype": "float32"}),),
    ),
    Variant(
        "stored values: double",
        _floating("DoubleFloatPixelData", "<f8"),
        (Expected(grid=THIN, value=lambda hu: np.rint(hu) + 0.25, facts={"dtype": "float32"}),),
    ),
    Variant(
        "stored values: single bits",
        _single_bits,
        (Expected(grid=THIN, value=_body, facts={"unit": None}),),
    ),
)


def _each_slice(one: Dataset, z: int) -> None:
    store(one, slope=1 + z, intercept=-1024 - 7 * z)


def _per_slice_value() -> Floats:
    return np.stack([quantised(1 + z, -1024 - 7 * z)(image) for z, image in enumerate(THIN.hu())])


def _no_rescale(one: Dataset, z: int) -> None:
    store(one, signed=True, intercept=0)
    del one.RescaleSlope, one.RescaleIntercept, one.RescaleType


def _no_type(one: Dataset, z: int) -> None:
    del one.RescaleType


def _far_intercept(one: Dataset, z: int) -> None:
    one.RescaleIntercept, one.RescaleType = 100_000, "US"


def _modality_lut(one: Dataset, z: int) -> None:
    """A table from stored value 24 on, with HU above 32767 in two's complement."""
    numbers = np.arange(24, 24 + 2400) - 1024
    table = item(ModalityLUTType="HU")
    table.add_new(0x00283002, "US", [2400, 24, 16])
    table.add_new(0x00283006, "OW", (numbers + 1024).astype("<u2").tobytes())
    del one.RescaleSlope, one.RescaleIntercept, one.RescaleType
    one.ModalityLUTSequence = [table]


def _bad_slope(text: bytes) -> Callable[[Path], object]:
    """The third slice's slope says something else, in the same eight bytes."""

    def write(folder: Path) -> None:
        def change(one: Dataset, z: int) -> None:
            if z == 2:
                one.RescaleSlope = "77777777"

        for path in write_ct(folder, THIN, change=change):
            path.write_bytes(path.read_bytes().replace(b"77777777", text.ljust(8)))

    return write


def _plain(change: Change) -> Callable[[Path], object]:
    return lambda folder: write_ct(folder, THIN, change=change)


def _windows(one: Dataset, z: int) -> None:
    one.WindowCenter, one.WindowWidth = [40, -600], [400, 1500]
    one.WindowCenterWidthExplanation = ["SOFT", "LUNG"]


def _as_monochrome1(one: Dataset, z: int) -> None:
    one.PhotometricInterpretation = "MONOCHROME1"


SAME = Expected(grid=THIN)
RESCALE = (
    Variant(
        "rescale: per slice",
        _plain(_each_slice),
        (Expected(grid=THIN, array=_per_slice_value, facts={"dtype": "int16"}),),
    ),
    _stored("rescale: fractional slope", slope=0.5, tolerance=1e-3),
    _stored("rescale: negative slope", slope=-1, intercept=3000),
    _stored("rescale: negative fractional slope", slope=-0.25, intercept=2000.5, tolerance=1e-3),
    Variant(
        "rescale: huge intercept",
        _plain(_far_intercept),
        (
            Expected(
                grid=THIN,
                value=lambda hu: np.rint(hu) + 101_024,
                facts={"dtype": "float32", "unit": "US"},
            ),
        ),
    ),
    Variant("rescale: slope 0", _bad_slope(b"0"), (GAP_AT_2,), ("rescale slope",)),
    Variant("rescale: slope NaN", _bad_slope(b"NaN"), (GAP_AT_2,), ("rescale slope",)),
    Variant("rescale: slope infinite", _bad_slope(b"1e999"), (GAP_AT_2,), ("rescale slope",)),
    Variant("rescale: slope is text", _bad_slope(b"none"), (GAP_AT_2,), ("rescale slope",)),
    Variant("rescale: type not stated", _plain(_no_type), (replace(SAME, facts={"unit": "HU"}),)),
    Variant(
        "rescale: none",
        _plain(_no_rescale),
        (replace(SAME, caveats=frozenset({"no-rescale"}), facts={"unit": None}),),
    ),
    Variant(
        "Modality LUT: table",
        _plain(_modality_lut),
        (Expected(grid=THIN, value=lambda hu: np.rint(hu) + 1024, facts={"unit": "HU"}),),
    ),
    Variant(
        "VOI: windows by name",
        _plain(_windows),
        (
            replace(
                SAME,
                facts={
                    "windows": [
                        {"name": "SOFT", "center": 40, "width": 400},
                        {"name": "LUNG", "center": -600, "width": 1500},
                    ]
                },
            ),
        ),
    ),
    Variant(
        "MONOCHROME1: values stay",
        _plain(_as_monochrome1),
        (replace(SAME, facts={"inverted": True}),),
    ),
    Variant(
        "MONOCHROME2", _plain(lambda one, z: None), (replace(SAME, facts={"inverted": False}),)
    ),
)
