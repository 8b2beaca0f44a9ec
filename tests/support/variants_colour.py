"""Rows "colour" and "calibration": three samples a pixel, and what a millimetre refers to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    JPEGBaseline8Bit,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from tests.support.dicom_writer import save
from tests.support.variants import Expected, Variant
from tests.support.variants_phantom import THIN, Change, Grid, ct_slice, write_ct
from tests.support.variants_syntaxes import encode_with
from tests.support.variants_values import hu_of

Colours = NDArray[np.uint8]

_LUMA = np.array((0.299, 0.587, 0.114))
"""ITU-R BT.601 (PS3.3 C.7.6.3.1.2)."""


def colours(hu: NDArray[np.float64]) -> Colours:
    """Red by value, green by column, blue by row: no two channels alike, shape (y, x, 3)."""
    y, x = np.indices(hu.shape)
    red = np.clip((hu + 1000) / 9, 0, 255)
    return np.stack([red, 40 + 3 * x, 250 - 5 * y], axis=-1).astype(np.uint8)


def _paired(rgb: Colours) -> Colours:
    """Neighbouring columns alike: halving the chroma loses nothing."""
    return np.repeat(rgb[:, ::2], 2, axis=1)


def to_ybr(rgb: Colours) -> Colours:
    values = rgb.astype(np.float64)
    luma = values @ _LUMA
    blue = (values[..., 2] - luma) / 1.772 + 128
    red = (values[..., 0] - luma) / 1.402 + 128
    return np.clip(np.rint(np.stack([luma, blue, red], axis=-1)), 0, 255).astype(np.uint8)


def _as_colour(one: Dataset, photometric: str, planar: int = 0) -> Colours:
    rgb = colours(hu_of(one))
    one.SamplesPerPixel, one.PhotometricInterpretation = 3, photometric
    one.PlanarConfiguration = planar
    one.BitsAllocated, one.BitsStored, one.HighBit = 8, 8, 7
    del one.RescaleSlope, one.RescaleIntercept, one.RescaleType
    one.Modality = "OT"
    return rgb


def _rgb(one: Dataset, z: int) -> None:
    one.PixelData = _as_colour(one, "RGB").tobytes()


def _rgb_words(one: Dataset, z: int) -> None:
    """Bytes in pairs, as 16-bit words of the other order hold them."""
    _rgb(one, z)
    one.PixelData = np.frombuffer(one.PixelData, "<u2").byteswap().tobytes()


def _planar(one: Dataset, z: int) -> None:
    one.PixelData = _as_colour(one, "RGB", 1).transpose(2, 0, 1).tobytes()


def _ybr(one: Dataset, z: int) -> None:
    one.PixelData = to_ybr(_as_colour(one, "YBR_FULL")).tobytes()


def _ybr_planar(one: Dataset, z: int) -> None:
    one.PixelData = to_ybr(_as_colour(one, "YBR_FULL", 1)).transpose(2, 0, 1).tobytes()


def _ybr_422(one: Dataset, z: int) -> None:
    """Y1 Y2 Cb Cr for each pair of pixels."""
    ybr = to_ybr(_paired(_as_colour(one, "YBR_FULL_422")))
    pairs = np.stack([ybr[:, ::2, 0], ybr[:, 1::2, 0], ybr[:, ::2, 1], ybr[:, ::2, 2]], axis=-1)
    one.PixelData = pairs.tobytes()


def _palette(bits: int, first: int) -> Change:
    """16 steps of value, looked up in three tables of other entries each."""

    def change(one: Dataset, z: int) -> None:
        steps = _steps(hu_of(one)) + first
        one.PhotometricInterpretation = "PALETTE COLOR"
        one.BitsAllocated, one.BitsStored, one.HighBit = 8, 8, 7
        one.PixelData = steps.astype(np.uint8).tobytes()
        del one.RescaleSlope, one.RescaleIntercept, one.RescaleType
        one.Modality = "OT"
        names = ("Red", "Green", "Blue")
        for name, table in zip(names, _tables().T.astype(np.uint16), strict=True):
            setattr(one, f"{name}PaletteColorLookupTableDescriptor", [16, first, bits])
            wide = (table << 8 | table) if bits == 16 else table
            data = wide.astype("<u2").tobytes() if bits == 16 else table.astype("u1").tobytes()
            setattr(one, f"{name}PaletteColorLookupTableData", data)

    return change


def _steps(hu: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.clip((hu + 1000) // 140, 0, 15).astype(np.int64)


def _tables() -> NDArray[np.int64]:
    n = np.arange(16)
    return np.stack([16 * n, 255 - 11 * n, (n * 53) % 256], axis=1)


def _all(make: Callable[[NDArray[np.float64]], NDArray[np.generic]]) -> Callable[[], NDArray]:
    return lambda: np.stack([make(image) for image in THIN.hu()])


def _coloured(
    name: str,
    change: Change,
    make: Callable[[NDArray[np.float64]], NDArray[np.generic]] = colours,
    *,
    tolerance: float = 0,
    syntax: str = "1.2.840.10008.1.2.1",
) -> Variant:
    return Variant(
        f"colour: {name}",
        lambda folder: write_ct(folder, THIN, change=change, syntax=syntax),
        (
            Expected(
                grid=THIN,
                array=_all(make),
                tolerance=tolerance,
                facts={"samples": 3, "unit": None, "dtype": "uint8"},
            ),
        ),
    )


def _jpeg(image: NDArray[np.generic]) -> bytes:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=100, subsampling=0)
    return file.getvalue()


def _jpeg_colour(one: Dataset, z: int) -> None:
    _rgb(one, z)
    one.PhotometricInterpretation = "YBR_FULL_422"
    one.LossyImageCompression, one.LossyImageCompressionRatio = "01", 3


COLOUR = (
    _coloured("RGB", _rgb),
    _coloured("RGB, plane by plane", _planar),
    _coloured("RGB, RLE", _rgb, syntax=RLELossless),
    _coloured("RGB, big endian", _rgb_words, syntax="1.2.840.10008.1.2.2"),
    _coloured("YBR_FULL", _ybr, tolerance=2),
    _coloured("YBR_FULL, plane by plane", _ybr_planar, tolerance=2),
    _coloured("YBR_FULL_422", _ybr_422, lambda hu: _paired(colours(hu)), tolerance=2),
    _coloured("palette of 8 bits", _palette(8, 0), lambda hu: _tables()[_steps(hu)]),
    _coloured("palette of 16 bits", _palette(16, 0), lambda hu: _tables()[_steps(hu)]),
    _coloured("palette that starts at 7", _palette(16, 7), lambda hu: _tables()[_steps(hu)]),
    Variant(
        "colour: JPEG",
        encode_with(_jpeg, JPEGBaseline8Bit, _jpeg_colour),
        (
            Expected(
                grid=THIN,
                array=_all(colours),
                tolerance=12,
                caveats=frozenset({"lossy"}),
                texts=("3:1",),
                facts={"samples": 3},
            ),
        ),
    ),
)

ONE = replace(THIN, shape=(1, 40, 56))
_FLAT = frozenset({"single-slice", "orientation-unknown"})


def _radiograph(sop_class: str, modality: str, **values: object) -> Callable[[Path], Path]:
    """One projection image, with whatever it says about millimetres."""

    def write(folder: Path) -> Path:
        one = ct_slice(ONE, ONE.image(0.0), ONE.origin, 0)
        for keyword in (
            "PixelSpacing",
            "SliceThickness",
            "ImageOrientationPatient",
            "ImagePositionPatient",
            "FrameOfReferenceUID",
            "RescaleType",
        ):
            delattr(one, keyword)
        one.SOPClassUID, one.Modality = sop_class, modality
        for keyword, value in values.items():
            setattr(one, keyword, value)
        return save(one, folder / "image.dcm")

    return write


def _calibrated(
    name: str,
    write: Callable[[Path], object],
    unit: str,
    spacing: Sequence[float | None],
    *codes: str,
) -> Variant:
    expected = Expected(
        grid=None,
        array=ONE.hu,
        letters=None,
        caveats=_FLAT | set(codes),
        facts={"length_unit": unit, "spacing_zyx_mm": [None, *spacing]},
    )
    return Variant(f"calibration: {name}", write, (expected,))


_DX, _SC = DigitalXRayImageStorageForPresentation, SecondaryCaptureImageStorage
_PATIENT, _DETECTOR = [0.8, 0.6], [0.9, 0.7]
MICRO = Grid(shape=(5, 40, 56), spacing=(0.02, 0.011, 0.013))

CALIBRATION = (
    _calibrated(
        "PixelSpacing",
        _radiograph(_DX, "DX", PixelSpacing=_PATIENT, ImagerPixelSpacing=_DETECTOR),
        "mm",
        _PATIENT,
    ),
    _calibrated(
        "ImagerPixelSpacing alone",
        _radiograph(_DX, "DX", ImagerPixelSpacing=_DETECTOR),
        "mm_detector",
        _DETECTOR,
        "detector-calibration",
    ),
    _calibrated(
        "both the same",
        _radiograph(_DX, "DX", PixelSpacing=_DETECTOR, ImagerPixelSpacing=_DETECTOR),
        "mm_detector",
        _DETECTOR,
        "detector-calibration",
    ),
    _calibrated(
        "computed radiography",
        _radiograph(ComputedRadiographyImageStorage, "CR", ImagerPixelSpacing=_DETECTOR),
        "mm_detector",
        _DETECTOR,
        "detector-calibration",
    ),
    _calibrated(
        "NominalScannedPixelSpacing is film, not patient",
        _radiograph(_SC, "OT", NominalScannedPixelSpacing=_PATIENT),
        "px",
        [None, None],
        "uncalibrated",
    ),
    _calibrated("none", _radiograph(_SC, "OT"), "px", [None, None], "uncalibrated"),
    _calibrated(
        "PixelAspectRatio alone",
        _radiograph(_SC, "OT", PixelAspectRatio=[4, 3]),
        "px",
        [None, None],
        "uncalibrated",
    ),
    _calibrated(
        "PixelSpacing 0",
        _radiograph(_SC, "OT", PixelSpacing=[0, 0]),
        "px",
        [None, None],
        "uncalibrated",
    ),
    Variant(
        "calibration: micro-CT",
        lambda folder: write_ct(folder, MICRO),
        (Expected(grid=MICRO, facts={"length_unit": "mm"}),),
    ),
)
