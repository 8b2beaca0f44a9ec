"""The marks of a series as rows of text, for the table, the clipboard and CSV files."""

import csv
import re
from dataclasses import dataclass
from io import StringIO

import numpy as np

from viewer.app.mark_edits import slice_number, slice_total
from viewer.app.mark_values import LOADING, MarkValues, RoiCache, kind_name, mark_values
from viewer.core.document import AnnotationDocument
from viewer.core.plane import map_axes, slice_index_at
from viewer.core.shapes import AnyShape, MarkColour
from viewer.core.volume import Volume
from viewer.imaging.reslice import normal_orientation
from viewer.tools.hit import ALONG_TOLERANCE, belongs_to

COLUMNS: tuple[str, ...] = ("Type", "Value", "Slice", "Label")
SAVED_COLUMNS: tuple[str, ...] = (
    *COLUMNS,
    "Length",
    "Short axis",
    "Length unit",
    "Angle (deg)",
    "Mean",
    "SD",
    "Min",
    "Max",
    "Median",
    "Value unit",
    "Area (mm²)",
    "Pixels",
    "Colour",
    "Locked",
    "Hidden",
    "Points L P S (mm)",
)
_NUMBERS = re.compile(r"[-+0-9.e; ]+")
"""Numbers and points alone: a minus sign makes no formula of them."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One mark.

    Attributes
    ----------
    value : str
        The number one looks for, short enough for a narrow table.
    details : str
        The same numbers as beside the mark, on one line.
    place : str
        Plane and slice, counted from 1 as on the image.
    label : str
        The reader's words; an arrow's text.
    colour, locked, hidden
        As the mark has them.
    numbers : tuple of str
        What is copied and saved after the columns of the table; see `SAVED_COLUMNS`.
    slice_number, slice_total : int
        Its slice across its own plane, counted from 1, and how many there are.
    """

    uid: str
    kind: str
    value: str
    details: str
    place: str
    label: str
    colour: MarkColour = MarkColour.STANDARD
    locked: bool = False
    hidden: bool = False
    numbers: tuple[str, ...] = ()
    slice_number: int = 1
    slice_total: int = 1

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The texts of `COLUMNS` in the table."""
        return self.kind, self.value, self.place, self.label

    @property
    def saved_cells(self) -> tuple[str, ...]:
        """The texts of `SAVED_COLUMNS`."""
        return self.kind, self.details, self.place, self.label, *self.numbers


def measurement_rows(
    document: AnnotationDocument, volume: Volume, rois: RoiCache, *, loaded: bool
) -> tuple[MeasurementRow, ...]:
    """Return the marks of a document that lie in the volume's patient frame, in order.

    Parameters
    ----------
    loaded : bool
        Whether all voxels are there; values of regions wait for them.
    """
    return tuple(
        _row(shape, volume, rois, loaded) for shape in document if belongs_to(shape, volume)
    )


def as_tab_separated(rows: tuple[MeasurementRow, ...]) -> str:
    """Return rows with a heading, ready to paste into a spreadsheet or a report."""
    lines = (SAVED_COLUMNS, *(row.saved_cells for row in rows))
    return "\n".join("\t".join(_cell(cell) for cell in line) for line in lines)


def as_csv(rows: tuple[MeasurementRow, ...]) -> str:
    """Return rows as CSV (RFC 4180), with cells that a spreadsheet cannot take for formulas."""
    text = StringIO()
    writer = csv.writer(text)
    for line in (SAVED_COLUMNS, *(row.saved_cells for row in rows)):
        writer.writerow([_cell(cell) for cell in line])
    return text.getvalue()


def _row(shape: AnyShape, volume: Volume, rois: RoiCache, loaded: bool) -> MeasurementRow:
    values = mark_values(shape, volume, rois, loaded)
    lines = "" if values.text == LOADING else values.text.replace("\n", "  ")
    return MeasurementRow(
        shape.uid,
        kind_name(shape),
        values.short,
        ", ".join(part for part in lines.split("  ") if part),
        _place(shape, volume),
        shape.words,
        shape.colour,
        shape.locked,
        shape.hidden,
        _numbers(shape, values),
        slice_number(shape, volume.geometry) + 1,
        slice_total(shape, volume.geometry),
    )


def _numbers(shape: AnyShape, values: MarkValues) -> tuple[str, ...]:
    """Return the cells of `SAVED_COLUMNS` after the first four."""
    length, short = (*values.lengths, None, None)[:2]
    roi = values.roi
    statistics: tuple[float | None, ...] = (None,) * 5
    if roi is not None:
        statistics = (roi.mean, roi.sd, roi.minimum, roi.maximum, roi.median)
    return (
        _number(length),
        _number(short),
        values.length_unit,
        _number(values.angle_deg),
        *(_number(value) for value in statistics),
        "" if roi is None else roi.unit or "",
        "" if roi is None else _number(roi.area_mm2),
        "" if roi is None else str(roi.n_pixels),
        shape.colour.value or "standard",
        "yes" if shape.locked else "no",
        "yes" if shape.hidden else "no",
        "; ".join(" ".join(f"{x:.3f}" for x in point) for point in shape.points_lps),
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _place(shape: AnyShape, volume: Volume) -> str:
    geometry = volume.geometry
    orientation = normal_orientation(geometry, shape.normal_lps)
    axis = map_axes(geometry, orientation).axis
    across = float(geometry.direction_lps[axis] @ np.asarray(shape.normal_lps))
    oblique = "" if abs(across) > 1 - ALONG_TOLERANCE else " oblique"
    position = float(geometry.lps_to_index(shape.center_lps)[axis])
    if not -0.5 <= position <= geometry.shape_zyx[axis] - 0.5:
        return f"{orientation.value.capitalize()}{oblique}, outside"
    number = slice_index_at(geometry, orientation, shape.center_lps) + 1
    return f"{orientation.value.capitalize()} {number}{oblique}"


def _cell(text: str) -> str:
    """Return a cell on one line; one that starts like a formula gets an apostrophe."""
    line = " ".join(text.split())
    if not line.startswith(_FORMULA_STARTS) or _NUMBERS.fullmatch(line):
        return line
    return f"'{line}"
