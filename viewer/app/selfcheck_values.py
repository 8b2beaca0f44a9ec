"""Self-check of numbers: HU, regions, rescale, padding, MONOCHROME1, uncompressed encodings."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viewer.app.describe import describe_values
from viewer.app.export import ImageExport, slice_pixels
from viewer.app.selfcheck_findings import Findings
from viewer.app.selfcheck_lab import TEXT, Lab, open_series
from viewer.core.geometry import FloatArray
from viewer.core.plane import Orientation, acquisition_orientation
from viewer.core.shapes import EllipseShape, PointLps
from viewer.core.study import StackKey
from viewer.core.volume import Volume
from viewer.dicom.transfer import DEFLATED, EXPLICIT_BIG, IMPLICIT_VR
from viewer.dicom.write import INTERCEPT_HU
from viewer.imaging.phantom_quality import AIR_HU, INSERTS, SPHERE, quality_geometry
from viewer.imaging.roi import RoiStatistics, region_statistics

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

ROI_HALF_MM = 3.4
"""Of the circle in an insert: no voxel that touches the insert's edge is in it."""
ELLIPSE_HALF_MM = (8.0, 5.0)
PADDING_HU = -2000
FIELD_OF_VIEW = 0.48
"""Radius of the round field of view as a part of the matrix; beyond it lies padding."""
CORNER_SLICE, CORNER_HALF_MM = 40, 18.8
"""A circle about a corner that reaches over the edge of the field, but not to the body."""
FEW_SLICES = 5
"""Enough to see how pixels are encoded."""
SLOPE, SLOPE_INTERCEPT = 0.375, -512.25


def check_hu(lab: Lab, out: Findings) -> None:
    """Measure every insert: what was written must come out, to half a HU."""
    for insert in INSERTS:
        roi = region_statistics(lab.volume, insert_roi(lab.volume, insert.centre_lps))
        note = "" if roi.sd is None else f"SD {roi.sd:.2f}, {roi.n_pixels} pixels"
        key = insert.name.replace(" ", "-")
        out.near(key, f"Mean of {insert.name}", roi.mean, insert.hu, 0.5, "HU", note)
        if insert.texture_hu:
            name = f"SD of {insert.name} (chessboard)"
            out.near(f"{key}-sd", name, roi.sd, insert.texture_hu, 0.1, "HU")
    uniform = [
        region_statistics(lab.volume, insert_roi(lab.volume, i.centre_lps)).sd
        for i in INSERTS
        if not i.texture_hu
    ]
    largest = None if None in uniform else max(sd for sd in uniform if sd is not None)
    out.near("uniform-sd", "Largest SD of an even insert", largest, 0.0, 0.01, "HU")
    out.same("unit", "Unit of the values", str(lab.volume.stack.unit), "HU")


def check_regions(lab: Lab, out: Findings) -> None:
    """Measure an ellipse in the sphere, across and along the slices."""
    half_u, half_v = ELLIPSE_HALF_MM
    area = float(np.pi * half_u * half_v)
    for orientation in Orientation:
        roi = _ellipse_in_sphere(lab.volume, orientation)
        key, name = orientation.value, f"{orientation.value} ellipse"
        out.near(f"{key}-area", f"Area, {name}", roi.area_mm2, area, 0.01, "mm²")
        out.near(f"{key}-mean", f"Mean, {name}", roi.mean, SPHERE.hu, 0.5, "HU")
        pixels = roi.n_pixels * _pixel_mm2(lab.volume, orientation)
        out.near(f"{key}-pixels", f"Area of its pixels, {name}", pixels, area, 0.05 * area, "mm²")


def check_rescale(lab: Lab, out: Findings) -> None:
    """Open stored values with a fractional slope and intercept."""
    volume = open_series(lab.ctx, lab.rewritten("rescale", _fractional, slices=FEW_SLICES))
    stored = lab.truth[:FEW_SLICES].astype(np.float64) - INTERCEPT_HU
    expected = stored * SLOPE + SLOPE_INTERCEPT
    largest = largest_difference(volume.data, expected)
    note = f"slope {SLOPE:g}, intercept {SLOPE_INTERCEPT:g}"
    out.near("fractional", "Largest error, fractional slope", largest, 0.0, 1e-3, "HU", note)


def check_padding(lab: Lab, out: Findings) -> None:
    """Open a round field of view: nothing outside it may count."""
    hu = lab.truth.copy()
    outside = outside_field(hu.shape[1:])
    hu[:, outside] = PADDING_HU
    source = lab.write("round", quality_geometry(), hu)
    volume = open_series(lab.ctx, lab.rewritten("padding", _padded, source=source))
    values = describe_values(volume)
    count, lowest = values["padding_count"], values["min"]
    expected = int(outside.sum()) * len(hu)
    out.near("count", "Voxels told as padding", _number(count), expected, 0.0, "voxels")
    out.near("minimum", "Smallest value that counts", _number(lowest), AIR_HU, 0.0, "HU")
    corner = volume.geometry.index_to_lps((CORNER_SLICE, 0, 0))
    roi = region_statistics(volume, _circle(corner, CORNER_HALF_MM))
    out.near("region", "Mean of a region across the edge", roi.mean, AIR_HU, 0.0, "HU")
    cut = _request(volume, inverted=True)
    grey = float(slice_pixels(cut, FEW_SLICES)[outside].max())
    out.near("black", "Brightest padding, inverted display", grey, 0.0, 0.0, "grey level")


def check_monochrome1(lab: Lab, out: Findings) -> None:
    """Open the phantom as MONOCHROME1: the display is inverted, the values are not."""
    folder = lab.rewritten("monochrome1", _monochrome1, slices=FEW_SLICES)
    volume = open_series(lab.ctx, folder)
    largest = largest_difference(volume.data, lab.truth[:FEW_SLICES])
    out.near("values", "Largest change of a value", largest, 0.0, 0.0, "HU")
    usual = slice_pixels(_request(lab.volume), FEW_SLICES - 1)
    shown = slice_pixels(_request(volume), FEW_SLICES - 1)
    wrong = different(shown, 255 - usual)
    out.near("display", "Pixels that are not inverted", wrong, 0.0, 0.0, "pixels")


def check_encodings(lab: Lab, out: Findings) -> None:
    """Open the phantom in every uncompressed transfer syntax."""
    expected = lab.truth[:FEW_SLICES]
    for key, name, uid, change in (
        ("implicit", "Implicit VR little endian", IMPLICIT_VR, _unchanged),
        ("big-endian", "Explicit VR big endian", EXPLICIT_BIG, _big_endian),
        ("deflated", "Deflated", DEFLATED, _unchanged),
    ):
        folder = lab.rewritten(key, change, slices=FEW_SLICES, transfer_syntax=uid)
        largest = largest_difference(open_series(lab.ctx, folder).data, expected)
        out.near(key, name, largest, 0.0, 0.0, "HU")
    largest = largest_difference(lab.volume.data, lab.truth)
    out.near("explicit", "Explicit VR little endian", largest, 0.0, 0.0, "HU")


def insert_roi(volume: Volume, centre_lps: FloatArray) -> EllipseShape:
    """Return the circle that measures an insert, as a reader would draw it on an axial slice."""
    return _circle(centre_lps, ROI_HALF_MM, volume)


def largest_difference(values: NDArray[np.generic], expected: NDArray[np.generic]) -> float | None:
    """Return the largest difference of two arrays; None where they differ in shape."""
    if values.shape != expected.shape:
        return None
    return float(np.abs(values.astype(np.float64) - expected.astype(np.float64)).max())


def different(image: NDArray[np.uint8], expected: NDArray[np.uint8]) -> int | None:
    """Count the pixels that differ; None where the pictures differ in size."""
    return int((image != expected).sum()) if image.shape == expected.shape else None


def outside_field(shape_yx: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which pixels lie outside the round field of view, shape (y, x)."""
    y, x = np.indices(shape_yx)
    middle = (np.asarray(shape_yx) - 1) / 2
    squared = ((y - middle[0]) / shape_yx[0]) ** 2 + ((x - middle[1]) / shape_yx[1]) ** 2
    return np.asarray(squared > FIELD_OF_VIEW**2, np.bool_)


def _circle(centre_lps: FloatArray, half_mm: float, volume: Volume | None = None) -> EllipseShape:
    return _ellipse(centre_lps, (half_mm, 0, 0), (0, half_mm, 0), (0, 0, 1), volume)


def _ellipse_in_sphere(volume: Volume, orientation: Orientation) -> RoiStatistics:
    half_u, half_v = ELLIPSE_HALF_MM
    axes: dict[Orientation, tuple[PointLps, PointLps, PointLps]] = {
        Orientation.AXIAL: ((half_u, 0, 0), (0, half_v, 0), (0, 0, 1)),
        Orientation.CORONAL: ((half_u, 0, 0), (0, 0, half_v), (0, 1, 0)),
        Orientation.SAGITTAL: ((0, half_u, 0), (0, 0, half_v), (1, 0, 0)),
    }
    shape = _ellipse(SPHERE.centre_lps, *axes[orientation], volume)
    return region_statistics(volume, shape)


def _ellipse(
    centre_lps: FloatArray,
    half_u: PointLps,
    half_v: PointLps,
    normal: PointLps,
    volume: Volume | None,
) -> EllipseShape:
    x, y, z = (float(v) for v in centre_lps)
    return EllipseShape(
        frame_of_reference_uid=volume.geometry.frame_of_reference_uid if volume else "",
        stack=volume.stack.key if volume else StackKey("", 1),
        normal_lps=normal,
        center=(x, y, z),
        half_axis_u=half_u,
        half_axis_v=half_v,
    )


def _pixel_mm2(volume: Volume, orientation: Orientation) -> float:
    z, y, x = volume.geometry.spacing_zyx_mm
    sides = {
        Orientation.AXIAL: y * x,
        Orientation.CORONAL: z * x,
        Orientation.SAGITTAL: z * y,
    }
    return sides[orientation]


def _request(volume: Volume, *, inverted: bool = False) -> ImageExport:
    orientation = acquisition_orientation(volume.geometry)
    return ImageExport(volume, orientation, (), TEXT.windows[0].window, inverted=inverted)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _unchanged(one: "Dataset") -> None:
    """Leave a slice as it is."""


def _fractional(one: "Dataset") -> None:
    one.RescaleSlope, one.RescaleIntercept = str(SLOPE), str(SLOPE_INTERCEPT)


def _padded(one: "Dataset") -> None:
    from pydicom.dataelem import DataElement
    from pydicom.tag import Tag

    one.add(DataElement(Tag("PixelPaddingValue"), "SS", PADDING_HU - INTERCEPT_HU))


def _monochrome1(one: "Dataset") -> None:
    one.PhotometricInterpretation = "MONOCHROME1"


def _big_endian(one: "Dataset") -> None:
    one.PixelData = np.frombuffer(one.PixelData, "<i2").astype(">i2").tobytes()
