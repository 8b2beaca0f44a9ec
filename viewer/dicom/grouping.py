"""Which images belong together: series first, then the stacks within a series.

The rule (dicom-rules, "series and stacks"): by Series Instance UID, then by matrix, pixel spacing,
orientation, Image Type value 3, acquisition, time point, echo, b value and kernel where they
differ. Two patients never share a series.
"""

from collections.abc import Callable, Hashable, Sequence
from itertools import product
from operator import attrgetter

from viewer.core.geometry import ORIENTATION_TOLERANCE
from viewer.dicom.headers import FrameHeader
from viewer.dicom.projection import RADIOGRAPHS

SPACING_DIGITS = 4
"""Pixel spacings equal to this many decimals are the same."""

PLACE = "place"
"""In `differences`: one image says where it lies, the other does not."""
_CELL = 4 * ORIENTATION_TOLERANCE
_REACH = 1.01 * ORIENTATION_TOLERANCE
"""A little more than the tolerance: cells are told by rounded numbers."""

SeriesKey = tuple[str, ...]


def series_key(header: FrameHeader) -> SeriesKey:
    """Identify the series of an image; without a UID, by what else tells series apart."""
    facts = header.facts
    key = (facts.study_uid, facts.series_uid, facts.patient.patient_id, facts.patient.name)
    if facts.series_uid:
        return key
    return (*key, facts.modality, facts.labels.series_number, facts.labels.series_description)


def group_series(headers: Sequence[FrameHeader]) -> dict[SeriesKey, list[FrameHeader]]:
    """Group images by series, in the order in which the series first appear."""
    groups: dict[SeriesKey, list[FrameHeader]] = {}
    for header in headers:
        groups.setdefault(series_key(header), []).append(header)
    return groups


def split_stacks(headers: Sequence[FrameHeader]) -> list[list[FrameHeader]]:
    """Split the images of a series into groups that can be one volume each."""
    groups: dict[Hashable, list[FrameHeader]] = {}
    orientations = _Orientations()
    for header in headers:
        key = tuple(facet(header) for _, facet in _FACETS)
        groups.setdefault((key, orientations.number(header.orientation)), []).append(header)
    return list(groups.values())


def differences(one: FrameHeader, other: FrameHeader) -> list[str]:
    """Name what keeps two images of one series from being one volume, their directions aside."""
    return list(dict.fromkeys(word for word, facet in _FACETS if facet(one) != facet(other)))


def split_acquisitions(headers: Sequence[FrameHeader]) -> list[list[FrameHeader]]:
    """Split by Acquisition Number."""
    groups: dict[str, list[FrameHeader]] = {}
    for header in headers:
        groups.setdefault(header.split.acquisition, []).append(header)
    return list(groups.values())


def is_localizer(header: FrameHeader) -> bool:
    """Tell a scout image from the scan it plans."""
    return "LOCALIZER" in header.facts.image_type or header.split.image_type == "LOCALIZER"


def _spacing(header: FrameHeader) -> Hashable:
    spacing = header.spacing_yx_mm or header.detector_spacing_yx_mm
    return None if spacing is None else tuple(round(s, SPACING_DIGITS) for s in spacing)


def _own_view(header: FrameHeader) -> Hashable:
    """Tell images apart that lie nowhere in space: each radiograph is a view of its own."""
    labels = header.facts.labels
    if header.position_lps_mm is not None:
        return ()
    uid = header.sop_uid if header.facts.modality in RADIOGRAPHS else ""
    return uid, labels.row_letters, labels.column_letters


_FACETS: tuple[tuple[str, Callable[[FrameHeader], Hashable]], ...] = (
    ("matrix", attrgetter("block.format.rows", "block.format.columns")),
    ("colour model", attrgetter("block.format.is_colour")),
    ("colour model", lambda header: header.block.format.photometric == "MONOCHROME1"),
    ("pixel size", _spacing),
    (
        PLACE,
        lambda header: header.position_lps_mm is not None and header.orientation is not None,
    ),
    ("rescale", attrgetter("rescale.unit")),
    ("ultrasound regions", attrgetter("graphics.regions")),
    (PLACE, _own_view),
    ("modality", attrgetter("facts.modality")),
    ("frame of reference", attrgetter("facts.frame_of_reference_uid")),
    ("image type", attrgetter("split.image_type")),
    ("time point", attrgetter("split.time_point")),
    ("echo", attrgetter("split.echo")),
    ("b value", attrgetter("split.b_value")),
    ("kernel", attrgetter("split.kernel")),
    ("stack", attrgetter("split.stack_id")),
    ("file", attrgetter("split.file")),
)
"""What the images of one volume share, by its name."""


class _Orientations:
    """Numbers orientations; those within the tolerance of a known one share its number.

    Known ones are kept by the cell of a grid that their cosines lie in. A cell is a few
    tolerances wide: it holds few of them, and only cells at whose border an orientation lies
    need a look.
    """

    def __init__(self) -> None:
        self._cells: dict[tuple[int, ...], list[tuple[int, tuple[float, ...]]]] = {}
        self._count = 0

    def number(self, own: tuple[float, ...] | None) -> int:
        """Return the number of an orientation, from 0; -1 where there is none."""
        if own is None:
            return -1
        near = product(*({_cell(c - _REACH), _cell(c + _REACH)} for c in own))
        same = [
            number
            for cell in near
            for number, known in self._cells.get(cell, ())
            if max(abs(a - b) for a, b in zip(own, known, strict=True)) <= ORIENTATION_TOLERANCE
        ]
        if same:
            return min(same)
        self._cells.setdefault(tuple(map(_cell, own)), []).append((self._count, own))
        self._count += 1
        return self._count - 1


def _cell(cosine: float) -> int:
    return round(cosine / _CELL)
