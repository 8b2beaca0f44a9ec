"""From parsed elements to the images of a file, each with its place, its values and its format."""

import math
from functools import lru_cache

from viewer.core.study import NamedWindow, Patient, StackLabels
from viewer.core.window import HuWindow
from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.headers import FrameHeader, RawHeader, Rescale, SeriesFacts, SplitKey, UnusableError
from viewer.dicom.multiframe import frame_groups
from viewer.dicom.parser import PIXEL_DATA, DamagedError, PixelPlace
from viewer.dicom.pixel_format import LookupTable, Palette, PixelBlock, PixelFormat, SampleKind
from viewer.dicom.sop_classes import describe_object, is_image
from viewer.dicom.text import is_guess, person_name
from viewer.dicom.transfer import LOSSY

MAX_MATRIX = 65_535
_GREY = ("MONOCHROME1", "MONOCHROME2")
_COLOURS = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "YBR_PARTIAL_420")
_PROJECTIONS = frozenset({"CR", "DX", "MG", "XA", "RF", "IO", "PX", "RG"})
MIN_FRAGMENT_BYTES = 8
"""An encapsulated frame has at least its item header."""
MAX_LUT_ENTRIES = 65_536


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
    if pixels is None and not values.has(tags.ROWS):
        raise UnusableError(f"holds no image: it is {describe_object(sop_class, modality)}")
    if not is_image(sop_class):
        raise UnusableError(f"is {describe_object(sop_class, modality)}, which is not shown")
    if pixels is None:
        raise UnusableError("has no pixel data: the file may be truncated")
    notes = list(raw.notes)
    block = _block(raw, pixels, notes)
    try:
        groups = frame_groups(values, block.frames)
        facts = _facts(raw, modality or ("CT" if "1.1.2" in sop_class[-6:] else ""))
        return tuple(
            _frame(values, facts, block, index, group, notes)
            for index, group in enumerate(groups)
        )
    except DamagedError as error:
        raise UnusableError(f"the header is damaged: {error}") from error


def _block(raw: RawHeader, pixels: PixelPlace, notes: list[str]) -> PixelBlock:
    """Describe the pixel data and refuse what does not match the bytes that are there."""
    values = raw.values
    fmt = _format(values, pixels, notes)
    stated_frames = values.number(tags.NUMBER_OF_FRAMES)
    frames = int(stated_frames) if stated_frames is not None else 1
    if frames < 1:
        if values.has(tags.NUMBER_OF_FRAMES) and frames < 0:
            raise UnusableError("the number of frames is not a positive number")
        frames = 1
    available = raw.data_bytes - pixels.start
    if raw.transfer.encapsulated:
        if frames * MIN_FRAGMENT_BYTES > available:
            raise UnusableError(f"claims {frames} frames, but only {available} bytes are there")
    elif pixels.length is None:
        raise UnusableError("the pixel data are compressed in a way that the file does not state")
    else:
        _check_native_size(fmt, frames, min(pixels.length, available), notes)
    return PixelBlock(
        source=raw.source,
        offset=pixels.start,
        length=pixels.length,
        frames=frames,
        transfer_syntax=raw.transfer.uid,
        little=raw.transfer.little_pixels,
        inflate_from=raw.inflate_from,
        format=fmt,
        palette=_palette(values, fmt) if fmt.is_palette else None,
        frame_offsets=_frame_offsets(values, frames),
    )


def _check_native_size(fmt: PixelFormat, frames: int, available: int, notes: list[str]) -> None:
    needed = (fmt.frame_bits * frames + 7) // 8
    if available < needed:
        raise UnusableError(
            f"{fmt.rows} x {fmt.columns} pixels x {frames} frames need {needed} bytes, "
            f"but only {available} are there"
        )
    if available > needed + 1:
        notes.append("there are more pixel bytes than the header says")


def _format(values: Values, pixels: PixelPlace, notes: list[str]) -> PixelFormat:
    rows, columns = values.unsigned(tags.ROWS), values.unsigned(tags.COLUMNS)
    if not rows or not columns or max(rows, columns) > MAX_MATRIX:
        raise UnusableError("has no valid number of rows and columns")
    kind = SampleKind.INTEGER if pixels.tag == PIXEL_DATA else SampleKind.FLOAT
    allocated = values.unsigned(tags.BITS_ALLOCATED)
    if allocated not in ((1, 8, 16, 32) if kind is SampleKind.INTEGER else (32, 64)):
        raise UnusableError(f"stores {allocated or 'an unknown number of'} bits per sample")
    stored = values.unsigned(tags.BITS_STORED) or allocated
    if stored > allocated:
        notes.append("Bits Stored is larger than Bits Allocated")
        stored = allocated
    high = values.unsigned(tags.HIGH_BIT)
    if high is None or not stored - 1 <= high < allocated:
        high = stored - 1
    samples, photometric = _colour_model(values, notes)
    return PixelFormat(
        rows=rows,
        columns=columns,
        samples=samples,
        photometric=photometric,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high,
        signed=values.unsigned(tags.PIXEL_REPRESENTATION) == 1,
        planar=samples == 3 and values.unsigned(tags.PLANAR_CONFIGURATION) == 1,
        kind=kind,
    )


def _colour_model(values: Values, notes: list[str]) -> tuple[int, str]:
    samples = values.unsigned(tags.SAMPLES_PER_PIXEL) or 1
    photometric = values.code(tags.PHOTOMETRIC_INTERPRETATION).upper()
    if samples == 1 and (photometric in _GREY or photometric == "PALETTE COLOR"):
        return 1, photometric
    if samples == 3 and photometric in _COLOURS:
        return 3, photometric
    if samples not in (1, 3):
        raise UnusableError(f"stores {samples} samples per pixel, which cannot be shown")
    if photometric and photometric not in (*_GREY, *_COLOURS):
        raise UnusableError(f"its colour model {photometric[:32]!r} is not known")
    notes.append("the photometric interpretation does not match the samples per pixel")
    return samples, "MONOCHROME2" if samples == 1 else "RGB"


def _frame_offsets(values: Values, frames: int) -> tuple[int, ...]:
    """Read the extended offset table (OV, 8 bytes a frame), where it is complete."""
    raw = values.raw(tags.EXTENDED_OFFSET_TABLE)
    if len(raw) != 8 * frames:
        return ()
    return tuple(int.from_bytes(raw[i : i + 8], "little") for i in range(0, len(raw), 8))


def _palette(values: Values, fmt: PixelFormat) -> Palette:
    if values.has(tags.SEGMENTED_RED_PALETTE_DATA):
        raise UnusableError("its segmented colour palette is not supported")
    tables = []
    for descriptor, data in (
        (tags.RED_PALETTE_DESCRIPTOR, tags.RED_PALETTE_DATA),
        (tags.GREEN_PALETTE_DESCRIPTOR, tags.GREEN_PALETTE_DATA),
        (tags.BLUE_PALETTE_DESCRIPTOR, tags.BLUE_PALETTE_DATA),
    ):
        table = read_lut(values, descriptor, data, fmt.signed)
        if table is None:
            raise UnusableError("its colour palette is missing or damaged")
        tables.append(table)
    return Palette(*tables)


def read_lut(values: Values, descriptor: int, data: int, signed: bool) -> LookupTable | None:
    """Read a look-up table (PS3.3 C.11.1.1, C.7.6.3.1.5); None where it does not fit its descriptor."""
    numbers = values.shorts(descriptor)
    if len(numbers) < 3:
        return None
    count = numbers[0] or MAX_LUT_ENTRIES
    first = numbers[1] - 65_536 if signed and numbers[1] > 32_767 else numbers[1]
    bits = 8 if numbers[2] <= 8 else 16
    raw = values.raw(data)
    if bits == 8 and len(raw) in (count, count + count % 2):
        entries = tuple(raw[:count])
    else:
        entries = values.shorts(data)[:count]
    if len(entries) < count:
        return None
    return LookupTable(first, entries, bits)


def _facts(raw: RawHeader, modality: str) -> SeriesFacts:
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
        ),
        labels=_labels(values),
        image_type=values.codes(tags.IMAGE_TYPE),
        frame_of_reference_uid=values.code(tags.FRAME_OF_REFERENCE_UID),
        lossy=lossy,
        lossy_ratio=ratio[-1] if lossy and ratio else None,
        charset_guessed=is_guess(values.charset, name),
    )


def _labels(values: Values) -> StackLabels:
    date = next(
        (d for tag in (tags.ACQUISITION_DATE, tags.CONTENT_DATE, tags.SERIES_DATE, tags.STUDY_DATE)
         if (d := values.code(tag))), ""
    )
    thickness = values.number(tags.SLICE_THICKNESS)
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
    )


def _frame(
    values: Values,
    facts: SeriesFacts,
    block: PixelBlock,
    index: int,
    group: "FrameGroup",
    notes: list[str],
) -> FrameHeader:
    own_notes = list(notes)
    orientation = _orientation(group.orientation, own_notes)
    number = values.number(tags.INSTANCE_NUMBER)
    largest = values.signed_or_not(tags.LARGEST_IMAGE_PIXEL_VALUE, block.format.signed)
    frame_type = group.frame_type or facts.image_type
    return FrameHeader(
        facts=facts,
        block=block,
        frame=index,
        sop_uid=values.code(tags.SOP_INSTANCE_UID),
        instance_number=None if number is None else int(number),
        position_lps_mm=group.position,
        orientation=orientation,
        spacing_yx_mm=_spacing(group.spacing, facts.modality, values),
        detector_spacing_yx_mm=_positive_pair(values.finite(tags.IMAGER_PIXEL_SPACING, 2)),
        aspect_yx=_positive_pair(values.finite(tags.PIXEL_ASPECT_RATIO, 2)),
        rescale=_rescale(group.rescale_values, values, facts, block.format.signed),
        padding=_padding(values, block.format.signed),
        windows=_windows(group.window_values),
        split=SplitKey(
            image_type=frame_type[2] if len(frame_type) > 2 else "",
            acquisition=group.acquisition,
            time_point=group.time_point,
            echo=group.echo,
            b_value=group.b_value,
            kernel=group.kernel,
            stack_id=group.stack_id,
        ),
        time=values.code(tags.ACQUISITION_TIME) or values.code(tags.CONTENT_TIME),
        largest_stored=largest,
        notes=tuple(own_notes),
    )
