"""Which images belong together: series first, then the stacks within a series.

The rule (dicom-rules, "series and stacks"): by Series Instance UID, then by matrix, pixel spacing,
orientation, Image Type value 3, acquisition, time point, echo, b value and kernel where they
differ. Two patients never share a series.
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace

from viewer.core.geometry import ORIENTATION_TOLERANCE
from viewer.dicom.headers import FrameHeader
from viewer.dicom.projection import RADIOGRAPHS

SPACING_DIGITS = 4
"""Pixel spacings equal to this many decimals are the same."""

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
    orientations: list[tuple[float, ...]] = []
    for header in headers:
        number = _orientation_number(header, orientations)
        groups.setdefault((_fixed_key(header), number), []).append(header)
    return list(groups.values())


def split_acquisitions(headers: Sequence[FrameHeader]) -> list[list[FrameHeader]]:
    """Split by Acquisition Number."""
    groups: dict[str, list[FrameHeader]] = {}
    for header in headers:
        groups.setdefault(header.split.acquisition, []).append(header)
    return list(groups.values())


def is_localizer(header: FrameHeader) -> bool:
    """Tell a scout image from the scan it plans."""
    return "LOCALIZER" in header.facts.image_type or header.split.image_type == "LOCALIZER"


def _fixed_key(header: FrameHeader) -> Hashable:
    fmt = header.block.format
    spacing = header.spacing_yx_mm or header.detector_spacing_yx_mm
    return (
        fmt.rows,
        fmt.columns,
        fmt.is_colour,
        fmt.photometric == "MONOCHROME1",
        None if spacing is None else tuple(round(s, SPACING_DIGITS) for s in spacing),
        header.position_lps_mm is not None and header.orientation is not None,
        header.rescale.unit,
        header.graphics.regions,
        _own_view(header),
        header.facts.modality,
        header.facts.frame_of_reference_uid,
        replace(header.split, acquisition=""),
    )


def _own_view(header: FrameHeader) -> Hashable:
    """Tell images apart that lie nowhere in space: each radiograph is a view of its own."""
    labels = header.facts.labels
    if header.position_lps_mm is not None:
        return ()
    uid = header.sop_uid if header.facts.modality in RADIOGRAPHS else ""
    return uid, labels.row_letters, labels.column_letters


def _orientation_number(header: FrameHeader, known: list[tuple[float, ...]]) -> int:
    """Number the orientation of an image among those met so far; -1 where it has none."""
    own = header.orientation
    if own is None:
        return -1
    for number, other in enumerate(known):
        if max(abs(a - b) for a, b in zip(own, other, strict=True)) <= ORIENTATION_TOLERANCE:
            return number
    known.append(own)
    return len(known) - 1
