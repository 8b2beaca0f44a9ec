"""The marks of a series as rows of text, for the table, the clipboard and CSV files."""

import csv
from dataclasses import dataclass
from io import StringIO

from viewer.app.overlays_marks import RoiCache, length_text, mean_text, roi_text
from viewer.core.document import AnnotationDocument
from viewer.core.plane import map_axes, slice_index_at
from viewer.core.shapes import AnyShape, EllipseShape, LengthShape
from viewer.core.study import shown_unit
from viewer.core.volume import Volume
from viewer.imaging.reslice import normal_orientation
from viewer.imaging.roi import RoiStatistics
from viewer.tools.hit import belongs_to

COLUMNS: tuple[str, ...] = ("Type", "Value", "Slice", "Label")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One mark.

    Attributes
    ----------
    value : str
        The number one looks for, short enough for a narrow table.
    details : str
        The same numbers as beside the mark, on one line; copied and saved.
    place : str
        Plane and slice, counted from 1 as on the image.
    label : str
        The reader's words; an arrow's text.
    """

    uid: str
    kind: str
    value: str
    details: str
    place: str
    label: str

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The texts of `COLUMNS` in the table."""
        return self.kind, self.value, self.place, self.label

    @property
    def saved_cells(self) -> tuple[str, str, str, str]:
        """The texts of `COLUMNS` with all values."""
        return self.kind, self.details, self.place, self.label


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
    lines = (COLUMNS, *(row.saved_cells for row in rows))
    return "\n".join("\t".join(_cell(cell) for cell in line) for line in lines)


def as_csv(rows: tuple[MeasurementRow, ...]) -> str:
    """Return rows as CSV (RFC 4180), with cells that a spreadsheet cannot take for formulas."""
    text = StringIO()
    writer = csv.writer(text)
    for line in (COLUMNS, *(row.saved_cells for row in rows)):
        writer.writerow([_cell(cell) for cell in line])
    return text.getvalue()


def _row(shape: AnyShape, volume: Volume, rois: RoiCache, loaded: bool) -> MeasurementRow:
    place = _place(shape, volume)
    if isinstance(shape, LengthShape):
        value = length_text(shape, volume.geometry, volume.stack.regions)
        return MeasurementRow(shape.uid, "Length", value, value, place, shape.label)
    if isinstance(shape, EllipseShape):
        if not loaded:
            return MeasurementRow(shape.uid, "Ellipse", "loading…", "", place, shape.label)
        roi = rois.statistics(volume, shape)
        text = roi_text(roi).replace("\n", "  ")
        details = ", ".join(part for part in text.split("  ") if part)
        return MeasurementRow(shape.uid, "Ellipse", _short(roi), details, place, shape.label)
    return MeasurementRow(shape.uid, "Arrow", "", "", place, shape.text or shape.label)


def _short(roi: RoiStatistics) -> str:
    if roi.mean is None or roi.sd is None:
        return "no values"
    unit = f" {shown}" if (shown := shown_unit(roi.unit)) else ""
    return f"{mean_text(roi.mean, roi)} ± {mean_text(roi.sd, roi)}{unit}"


def _place(shape: AnyShape, volume: Volume) -> str:
    geometry = volume.geometry
    orientation = normal_orientation(geometry, shape.normal_lps)
    axis = map_axes(geometry, orientation).axis
    position = float(geometry.lps_to_index(shape.center_lps)[axis])
    if not -0.5 <= position <= geometry.shape_zyx[axis] - 0.5:
        return f"{orientation.value.capitalize()}, outside"
    number = slice_index_at(geometry, orientation, shape.center_lps) + 1
    return f"{orientation.value.capitalize()} {number}"


def _cell(text: str) -> str:
    """Return a cell on one line; one that starts like a formula gets an apostrophe."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(_FORMULA_STARTS) else line
