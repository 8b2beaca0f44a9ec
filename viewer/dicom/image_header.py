"""From parsed elements to the images of a file, each with its place, its values and its format."""

from dataclasses import replace

from viewer.core.study import Patient, StackLabels
from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.frame_graphics import with_graphics
from viewer.dicom.headers import FrameHeader, RawHeader, SeriesFacts, SplitKey, UnusableError
from viewer.dicom.multiframe import FrameGroup, frame_groups
from viewer.dicom.parser import DamagedError
from viewer.dicom.pet import read_pet
from viewer.dicom.pixel_format import PixelBlock
from viewer.dicom.pixel_header import pixel_block
from viewer.dicom.projection import read_directions, read_view
from viewer.dicom.text import is_guess, person_name
from viewer.dicom.transfer import LOSSY
from viewer.dicom.value_header import (
    patient_spacing,
    pixel_spacing,
    positive_pair,
    read_fps,
    read_orientation,
    read_padding,
    read_rescale,
)
from viewer.dicom.values import rescaled_range
from viewer.dicom.voi import read_voi

_MODALITY_OF_CLASS = {
    "1.2.840.10008.5.1.4.1.1.2": "CT",
    "1.2.840.10008.5.1.4.1.1.2.1": "CT",
    "1.2.840.10008.5.1.4.1.1.4": "MR",
    "1.2.840.10008.5.1.4.1.1.128": "PT",
}
"""Stands in for a missing Modality."""


def frames_of(raw: RawHeader) -> tuple[FrameHeader, ...]:
    """Return the images of a file.

    Raises
    ------
    UnusableError
        The file holds no image, or one that cannot be shown; the text says why.
    """
    values = raw.values
    sop_class = values.code(tags.SOP_CLASS_UID)
    modality = values.code(tags.MODALITY)
    pixels = values.data_set.pixels
    if pixels is None and not sop_class:
        raise UnusableError("holds no image, and does not say what it is")
    if pixels is None and not values.has(tags.ROWS):
        raise UnusableError("holds no image: the pixel data are missing")
    if pixels is None:
        raise UnusableError("has no pixel data: the file may be truncated")
    if video := raw.transfer.video_name:
        raise UnusableError(f"holds {video}, which this version does not play")
    notes = list(raw.notes)
    block = pixel_block(raw, pixels, notes)
    try:
        groups = frame_groups(values, block.frames, notes)
        facts = _facts(raw, modality or _MODALITY_OF_CLASS.get(sop_class, ""), groups[0])
        frames = _frames(values, facts, block, groups, notes)
        return with_graphics(raw, frames, groups)
    except DamagedError as error:
        raise UnusableError(f"the header is damaged: {error}") from error


def _frames(
    values: Values,
    facts: SeriesFacts,
    block: PixelBlock,
    groups: list[FrameGroup],
    notes: list[str],
) -> tuple[FrameHeader, ...]:
    """Make the headers; frames of one and the same group differ in their number only."""
    frames: list[FrameHeader] = []
    for index, group in enumerate(groups):
        if index and group is groups[index - 1]:
            frames.append(replace(frames[-1], frame=index))
        else:
            frames.append(_frame(values, facts, block, index, group, notes))
    return tuple(frames)


def _facts(raw: RawHeader, modality: str, group: FrameGroup) -> SeriesFacts:
    values = raw.values
    name = values.raw(tags.PATIENT_NAME)
    ratio = values.numbers(tags.LOSSY_IMAGE_COMPRESSION_RATIO)
    lossy = values.code(tags.LOSSY_IMAGE_COMPRESSION) == "01" or raw.transfer.uid in LOSSY
    return SeriesFacts(
        study_uid=values.code(tags.STUDY_INSTANCE_UID),
        series_uid=values.code(tags.SERIES_INSTANCE_UID),
        modality=modality,
        sop_class=values.code(tags.SOP_CLASS_UID),
        patient=Patient(
            name=person_name(name, values.charset),
            patient_id=values.text(tags.PATIENT_ID),
            birth_date=values.code(tags.PATIENT_BIRTH_DATE),
            age=values.code(tags.PATIENT_AGE),
            sex=values.code(tags.PATIENT_SEX),
            issuer=values.text(tags.ISSUER_OF_PATIENT_ID),
        ),
        labels=_labels(values, group),
        image_type=values.codes(tags.IMAGE_TYPE),
        frame_of_reference_uid=values.code(tags.FRAME_OF_REFERENCE_UID),
        lossy=lossy,
        lossy_ratio=ratio[-1] if lossy and ratio else None,
        charset_guessed=is_guess(values.charset, name),
        slice_distance_mm=_distance(group.slice_distance_mm),
        fps=read_fps(values),
    )


def _labels(values: Values, group: FrameGroup) -> StackLabels:
    date = next(
        (
            d
            for tag in (tags.ACQUISITION_DATE, tags.CONTENT_DATE, tags.SERIES_DATE, tags.STUDY_DATE)
            if (d := values.code(tag))
        ),
        "",
    )
    thickness = group.thickness_mm
    rows, columns = read_directions(values)
    return StackLabels(
        institution=values.text(tags.INSTITUTION_NAME),
        study_description=values.text(tags.STUDY_DESCRIPTION),
        accession=values.text(tags.ACCESSION_NUMBER),
        date=values.code(tags.STUDY_DATE) or date,
        time=values.code(tags.STUDY_TIME),
        series_number=_integer_text(values.number(tags.SERIES_NUMBER)),
        series_description=values.text(tags.SERIES_DESCRIPTION),
        slice_thickness_mm=thickness if thickness is not None and thickness > 0 else None,
        kvp=_number_text(values.number(tags.KVP)),
        kernel=", ".join(filter(None, values.codes(tags.CONVOLUTION_KERNEL))),
        contrast=values.text(tags.CONTRAST_BOLUS_AGENT),
        manufacturer=values.text(tags.MANUFACTURER),
        view=read_view(values),
        row_letters=rows,
        column_letters=columns,
        burned_in=values.code(tags.BURNED_IN_ANNOTATION),
    )


def _distance(value: float | None) -> float | None:
    """Return a distance, which some systems write with the sign of the table's direction."""
    return abs(value) if value else None


def _number_text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _integer_text(value: float | None) -> str:
    return "" if value is None else str(int(value))


def _frame(
    values: Values,
    facts: SeriesFacts,
    block: PixelBlock,
    index: int,
    group: FrameGroup,
    notes: list[str],
) -> FrameHeader:
    own_notes = [*notes, group.note] if group.note else list(notes)
    orientation = read_orientation(group.orientation, own_notes)
    number = values.number(tags.INSTANCE_NUMBER)
    largest = values.signed_or_not(tags.LARGEST_IMAGE_PIXEL_VALUE, block.format.signed)
    frame_type = group.frame_type or facts.image_type
    rescale = read_rescale(group, values, facts.modality, frame_type, block.format.signed)
    return FrameHeader(
        facts=facts,
        block=block,
        frame=index,
        sop_uid=values.code(tags.SOP_INSTANCE_UID),
        instance_number=None if number is None else int(number),
        position_lps_mm=group.position,
        orientation=orientation,
        spacing_yx_mm=patient_spacing(group.spacing, facts.modality, values, own_notes),
        detector_spacing_yx_mm=pixel_spacing(
            values.finite(tags.IMAGER_PIXEL_SPACING, 2), own_notes
        ),
        aspect_yx=positive_pair(values.finite(tags.PIXEL_ASPECT_RATIO, 2)),
        rescale=rescale,
        padding=read_padding(values, block.format),
        windows=read_voi(group.window_values, values, rescaled_range(block.format, rescale)[0] < 0),
        split=SplitKey(
            image_type=frame_type[2] if len(frame_type) > 2 else "",
            acquisition=group.acquisition,
            time_point=group.time_point,
            echo=group.echo,
            b_value=group.b_value,
            kernel=group.kernel,
            stack_id=group.stack_id,
            file=group.file,
        ),
        time=group.time,
        largest_stored=largest,
        notes=tuple(own_notes),
        rank=group.rank,
        phase=group.phase,
        pet=read_pet(values) if facts.modality == "PT" else None,
    )
