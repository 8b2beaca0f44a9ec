"""What stored numbers mean and where they lie: rescale, unit, padding, frame rate, spacing."""

import math
from struct import Struct

from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.headers import Rescale, UnusableError
from viewer.dicom.lookup_table import read_lut
from viewer.dicom.multiframe import FrameGroup
from viewer.dicom.pet import read_mapped_units
from viewer.dicom.pixel_format import PixelFormat, SampleKind
from viewer.dicom.values import FLOAT32_MAX

ORTHONORMAL_TOLERANCE = 1e-3
"""Direction cosines this far from orthonormal are put right silently (they are rounded text)."""
ORTHONORMAL_LIMIT = 2e-2
"""Beyond this they are no orientation at all."""
SPACING_MM = (1e-4, 1e4)
"""Pixels of every image in use, from microscopes to maps of the sky, are between these."""
MAX_FPS = 1000.0
"""No cine is faster: larger rates are mistakes of unit."""
SAME_SPACING_RELATIVE = 1e-4
"""Spacings closer than this are the same one, written twice in text."""
_PROJECTIONS = frozenset({"CR", "DX", "MG", "XA", "RF", "IO", "PX", "RG"})
_CALIBRATION_TYPES = frozenset({"GEOMETRY", "FIDUCIAL"})
_MODALITY_LUT_UNITS = frozenset({"HU", "HU_MOD", "OD", "US", "MGML", "PCT", "Z_EFF", "ED", "EDW"})


def read_rescale(
    group: FrameGroup, file: Values, modality: str, image_type: tuple[str, ...], signed: bool
) -> Rescale:
    """Read how stored values become values in a unit.

    Parameters
    ----------
    group : FrameGroup
        Knows where the frame's rescale stands (functional group, or the file itself).
    file : Values
        The file's top level.
    modality, image_type
        They decide what numbers without a stated type are.
    signed : bool
        Pixel Representation.

    Raises
    ------
    UnusableError
        The slope is zero or no number (PS3.3 C.11.1).
    """
    if (table := file.item(tags.MODALITY_LUT_SEQUENCE)) is not None:
        lut = read_lut(table, tags.LUT_DESCRIPTOR, tags.LUT_DATA, signed)
        if lut is None:
            raise UnusableError("its modality look-up table is damaged")
        kind = table.code(tags.MODALITY_LUT_TYPE)
        return Rescale(unit=kind if kind in _MODALITY_LUT_UNITS else None, stated=True, lut=lut)
    if modality == "RTDOSE":
        slope = file.number(tags.DOSE_GRID_SCALING)
        return Rescale(slope or 1.0, 0.0, file.code(tags.DOSE_UNITS) or None, slope is not None)
    own = group.rescale_values
    stated = own.has(tags.RESCALE_SLOPE) or own.has(tags.RESCALE_INTERCEPT)
    slope = _finite_or(own, tags.RESCALE_SLOPE, 1.0, "slope")
    intercept = _finite_or(own, tags.RESCALE_INTERCEPT, 0.0, "intercept")
    if slope == 0:
        raise UnusableError("its rescale slope is zero")
    if modality == "PT":
        mapped = read_mapped_units(group.value_mapping, slope, intercept)
        return Rescale(slope, intercept, file.code(tags.UNITS) or mapped or None, stated)
    unit = _unit(own.code(tags.RESCALE_TYPE), modality, image_type, stated)
    return Rescale(slope, intercept, unit, stated)


def _finite_or(values: Values, tag: int, default: float, name: str) -> float:
    if not values.has(tag) or not values.raw(tag).strip(b" \0"):
        return default
    number = values.number(tag)
    if number is None:
        raise UnusableError(f"its rescale {name} is not a number")
    if abs(number) > FLOAT32_MAX:
        raise UnusableError(f"its rescale {name} is too large")
    return number


def _unit(kind: str, modality: str, image_type: tuple[str, ...], stated: bool) -> str | None:
    """Name the unit of rescaled values, or None where nothing says it."""
    if not stated:
        return None
    if kind and kind != "UNSPECIFIED":
        return kind[:16]
    return "HU" if modality == "CT" and "LOCALIZER" not in image_type else None


def read_padding(values: Values, fmt: PixelFormat) -> tuple[float, float] | None:
    """Read the stored values that mean "no measurement", lower first (PS3.3 C.7.5.1.1.2)."""
    if fmt.kind is SampleKind.INTEGER:
        value: float | None = values.signed_or_not(tags.PIXEL_PADDING_VALUE, fmt.signed)
        limit: float | None = values.signed_or_not(tags.PIXEL_PADDING_RANGE_LIMIT, fmt.signed)
    elif fmt.bits_allocated == 32:
        value = _real(values, tags.FLOAT_PADDING_VALUE, "f")
        limit = _real(values, tags.FLOAT_PADDING_RANGE_LIMIT, "f")
    else:
        value = _real(values, tags.DOUBLE_PADDING_VALUE, "d")
        limit = _real(values, tags.DOUBLE_PADDING_RANGE_LIMIT, "d")
    if value is None:
        return None
    other = value if limit is None else limit
    return min(value, other), max(value, other)


def _real(values: Values, tag: int, kind: str) -> float | None:
    """Read the one value of an FL or FD element, whatever VR the file names."""
    number = Struct(("<" if values.data_set.syntax.little else ">") + kind)
    raw = values.raw(tag)
    if len(raw) != number.size:
        return None
    value = float(number.unpack(raw)[0])
    return value if math.isfinite(value) else None


def read_fps(values: Values) -> float | None:
    """Read how many frames a second a cine shows; None where nothing sensible is said.

    What the file recommends for showing goes before what was recorded (PS3.3 C.7.6.5).
    """
    for tag in (tags.RECOMMENDED_DISPLAY_FRAME_RATE, tags.CINE_RATE):
        rate = values.number(tag)
        if rate is not None and 0 < rate <= MAX_FPS:
            return rate
    steps = values.numbers(tags.FRAME_TIME) or values.numbers(tags.FRAME_TIME_VECTOR)[1:]
    known = sorted(step for step in steps if step is not None and step > 0)
    if not known:
        return None
    rate = 1000 / known[len(known) // 2]
    return rate if rate <= MAX_FPS else None


def positive_pair(pair: tuple[float, ...] | None) -> tuple[float, float] | None:
    """Return two positive numbers, or None."""
    if pair is None or len(pair) < 2 or not all(0 < value < 1e5 for value in pair[:2]):
        return None
    return pair[0], pair[1]


def pixel_spacing(pair: tuple[float, ...] | None, notes: list[str]) -> tuple[float, float] | None:
    """Return the millimetres between rows and columns, or None (with a note if out of reason)."""
    if pair is None or len(pair) < 2 or not all(value > 0 for value in pair[:2]):
        return None
    if not all(SPACING_MM[0] <= value <= SPACING_MM[1] for value in pair[:2]):
        notes.append(f"a pixel cannot be {pair[0]:.4g} x {pair[1]:.4g} mm large")
        return None
    return pair[0], pair[1]


def patient_spacing(
    spacing: tuple[float, ...] | None, modality: str, file: Values, notes: list[str]
) -> tuple[float, float] | None:
    """Return Pixel Spacing where it holds at the patient.

    In projection images it equals Imager Pixel Spacing where nobody calibrated it, and then
    holds at the detector only; a calibration type says that it was calibrated (PS3.3 10.7.1.3).
    """
    pair = pixel_spacing(spacing, notes)
    if pair is None or modality not in _PROJECTIONS:
        return pair
    if file.code(tags.PIXEL_SPACING_CALIBRATION_TYPE) in _CALIBRATION_TYPES:
        return pair
    detector = pixel_spacing(file.finite(tags.IMAGER_PIXEL_SPACING, 2), notes)
    if detector is None:
        return pair
    same = (
        math.isclose(a, b, rel_tol=SAME_SPACING_RELATIVE)
        for a, b in zip(pair, detector, strict=True)
    )
    return None if all(same) else pair


def read_orientation(
    cosines: tuple[float, ...] | None, notes: list[str]
) -> tuple[float, ...] | None:
    """Return orthonormal row and column cosines, or None (with a note) where they are not that."""
    if cosines is None or len(cosines) < 6:
        return None
    row, column = cosines[:3], cosines[3:6]
    row_length, column_length = math.hypot(*row), math.hypot(*column)
    dot = sum(a * b for a, b in zip(row, column, strict=True))
    error = max(abs(row_length - 1), abs(column_length - 1), abs(dot))
    if error > ORTHONORMAL_LIMIT:
        notes.append("the image orientation is not a pair of perpendicular unit vectors")
        return None
    if error > ORTHONORMAL_TOLERANCE:
        notes.append("the image orientation is not quite perpendicular and was put right")
    row = tuple(value / row_length for value in row)
    dot = sum(a * b for a, b in zip(row, column, strict=True))
    column = tuple(c - dot * r for c, r in zip(column, row, strict=True))
    column_length = math.hypot(*column)
    return (*row, *(value / column_length for value in column))
