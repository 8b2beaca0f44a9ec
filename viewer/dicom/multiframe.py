"""Frame by frame: functional groups of enhanced objects, and what older multi-frame files say.

Source: PS3.3 C.7.6.16 (multi-frame functional groups).
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace

from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.frame_places import frame_places

Point = tuple[float, float, float]

MAX_STACKS_OF_FILE = 2000
"""Frames in more planes, or of more echoes, are no volumes: each listed stack costs time."""
MAX_COORDINATE_MM = 1e5
"""Nothing is imaged further than 100 m from the origin."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameGroup:
    """What is particular to a frame; for a single-frame file, its top level.

    Attributes
    ----------
    rescale_values, window_values : Values
        The data set or item in which rescale and VOI windows stand.
    value_mapping : Values or None
        Real World Value Mapping.
    time : str
        When it was acquired, as text that sorts.
    rank : tuple of int
        Dimension Index Values, or the In-Stack Position Number.
    phase : str
        Cardiac phase in words.
    shutter_values : Values or None
        Functional group with a display shutter.
    file : str
        SOP Instance UID where the frames of the object have no places.
    note : str
        What is wrong with its position; empty for nothing.
    """

    position: Point | None
    orientation: tuple[float, ...] | None
    spacing: tuple[float, ...] | None
    rescale_values: Values
    window_values: Values
    value_mapping: Values | None = None
    shutter_values: Values | None = None
    frame_type: tuple[str, ...] = ()
    acquisition: str = ""
    time_point: str = ""
    echo: str = ""
    b_value: str = ""
    kernel: str = ""
    stack_id: str = ""
    file: str = ""
    time: str = ""
    rank: tuple[int, ...] = ()
    phase: str = ""
    thickness_mm: float | None = None
    slice_distance_mm: float | None = None
    note: str = ""


def frame_groups(values: Values, frames: int, notes: list[str]) -> list[FrameGroup]:
    """Return the group of each frame.

    Parameters
    ----------
    values : Values
        The file's top level.
    frames : int
        How many it holds.
    notes : list of str
        Gets what is wrong but does not hinder.

    Raises
    ------
    DamagedError
        A sequence cannot be followed.
    """
    per_frame = values.items(tags.PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
    shared = values.item(tags.SHARED_FUNCTIONAL_GROUPS_SEQUENCE)
    if per_frame or shared is not None:
        first = _Groups(values, shared, None)
        own = [_enhanced(_Groups(values, shared, item, first)) for item in per_frame[:frames]]
        if own and len(own) < frames:
            missing = frames - len(own)
            notes.append(f"{missing} of {frames} frames have no description of their own")
        return _bounded(own + [_enhanced(first)] * (frames - len(own)), values, notes)
    single = _single(values)
    if frames == 1:
        return [single]
    places = frame_places(values, frames)
    if places is None:
        return [replace(single, position=None, file=_uid(values))] * frames
    return [
        replace(
            single,
            position=as_point(places.positions[i]),
            orientation=places.orientation,
            time_point=places.time_points[i] if places.time_points else single.time_point,
        )
        for i in range(frames)
    ]


def _bounded(groups: list[FrameGroup], values: Values, notes: list[str]) -> list[FrameGroup]:
    """Take the places from frames that make no volumes: moments at one place, or nothing known."""
    if groups[0].position and len({(group.position, group.orientation) for group in groups}) == 1:
        moments = [replace(one, position=None, time_point="", file=_uid(values)) for one in groups]
        return moments if len({_kind(one) for one in moments}) < len(groups) else groups
    kinds = len({_kind(group) for group in groups})
    if kinds <= MAX_STACKS_OF_FILE:
        return groups
    notes.append(f"the frames lie in {kinds} planes or differ otherwise: they make no volumes")
    return [
        replace(
            group,
            position=None,
            orientation=None,
            frame_type=(),
            acquisition="",
            time_point="",
            echo="",
            b_value="",
            kernel="",
            stack_id="",
            file=_uid(values),
        )
        for group in groups
    ]


def _kind(group: FrameGroup) -> Hashable:
    """Return what makes a frame part of another volume than others of its file."""
    plane = group.orientation and tuple(round(cosine, 4) for cosine in group.orientation)
    own = (group.time_point, group.echo, group.b_value, group.kernel, group.stack_id)
    return (plane, group.frame_type[2:3], group.acquisition, *own)


def _single(values: Values) -> FrameGroup:
    return FrameGroup(
        position=as_point(values.finite(tags.IMAGE_POSITION_PATIENT, 3)),
        orientation=values.finite(tags.IMAGE_ORIENTATION_PATIENT, 6),
        spacing=values.finite(tags.PIXEL_SPACING, 2),
        rescale_values=values,
        window_values=values,
        acquisition=_text(values.number(tags.ACQUISITION_NUMBER)),
        time_point=_text(values.number(tags.TEMPORAL_POSITION_IDENTIFIER)),
        echo=_text(values.number(tags.ECHO_TIME)),
        b_value=_text(values.double(tags.DIFFUSION_B_VALUE)),
        kernel="/".join(values.codes(tags.CONVOLUTION_KERNEL)),
        time=_time(values),
        phase=_phase(
            values.single(tags.NOMINAL_PERCENTAGE_OF_CARDIAC_PHASE),
            values.number(tags.TRIGGER_TIME),
        ),
        thickness_mm=values.number(tags.SLICE_THICKNESS),
        slice_distance_mm=values.number(tags.SPACING_BETWEEN_SLICES),
        note=position_note(values),
    )


def _uid(values: Values) -> str:
    return values.code(tags.SOP_INSTANCE_UID) or "unnamed"


def _time(values: Values) -> str:
    return values.code(tags.ACQUISITION_TIME) or values.code(tags.CONTENT_TIME)


def _phase(percent: float | None, delay_ms: float | None) -> str:
    if percent is not None:
        return f"{percent:g} % of the cardiac cycle"
    return "" if delay_ms is None else f"{delay_ms:g} ms after the trigger"


class _Groups:
    """Looks a functional group up: the frame's own, else the shared one, parsed once each."""

    def __init__(
        self,
        file: Values,
        shared: Values | None,
        own: Values | None,
        common: "_Groups | None" = None,
    ) -> None:
        self.file = file
        self._own = own
        self._shared = shared
        self._common = common
        self._cache: dict[int, Values | None] = {}

    def get(self, sequence: int) -> Values | None:
        """Return the item of a functional group, or None."""
        if self._own is not None and (item := self._own.item(sequence)) is not None:
            return item
        if self._common is not None:
            return self._common.get(sequence)
        if sequence not in self._cache:
            self._cache[sequence] = self._shared.item(sequence) if self._shared else None
        return self._cache[sequence]


def _enhanced(groups: _Groups) -> FrameGroup:
    file = groups.file
    content = groups.get(tags.FRAME_CONTENT_SEQUENCE)
    frame_type: tuple[str, ...] = ()
    for sequence in (
        tags.CT_IMAGE_FRAME_TYPE_SEQUENCE,
        tags.MR_IMAGE_FRAME_TYPE_SEQUENCE,
        tags.PET_FRAME_TYPE_SEQUENCE,
    ):
        if (item := groups.get(sequence)) is not None:
            frame_type = item.codes(tags.FRAME_TYPE)
    position = groups.get(tags.PLANE_POSITION_SEQUENCE)
    orientation = groups.get(tags.PLANE_ORIENTATION_SEQUENCE) or file
    measures = groups.get(tags.PIXEL_MEASURES_SEQUENCE) or file
    echo = groups.get(tags.MR_ECHO_SEQUENCE)
    diffusion = groups.get(tags.MR_DIFFUSION_SEQUENCE)
    reconstruction = groups.get(tags.CT_RECONSTRUCTION_SEQUENCE)
    cardiac = groups.get(tags.CARDIAC_SYNCHRONIZATION_SEQUENCE)
    return FrameGroup(
        position=as_point((position or file).finite(tags.IMAGE_POSITION_PATIENT, 3)),
        orientation=orientation.finite(tags.IMAGE_ORIENTATION_PATIENT, 6),
        spacing=measures.finite(tags.PIXEL_SPACING, 2),
        rescale_values=groups.get(tags.PIXEL_VALUE_TRANSFORMATION_SEQUENCE) or file,
        window_values=groups.get(tags.FRAME_VOI_LUT_SEQUENCE) or file,
        value_mapping=groups.get(tags.REAL_WORLD_VALUE_MAPPING_SEQUENCE),
        shutter_values=groups.get(tags.FRAME_DISPLAY_SHUTTER_SEQUENCE),
        frame_type=frame_type,
        acquisition=_text(content.unsigned(tags.FRAME_ACQUISITION_NUMBER)) if content else "",
        time_point=_text(content.unsigned(tags.TEMPORAL_POSITION_INDEX)) if content else "",
        echo=_text(echo.double(tags.EFFECTIVE_ECHO_TIME)) if echo else "",
        b_value=_text(diffusion.double(tags.DIFFUSION_B_VALUE)) if diffusion else "",
        kernel="/".join(reconstruction.codes(tags.CONVOLUTION_KERNEL)) if reconstruction else "",
        stack_id=content.text(tags.STACK_ID) if content else "",
        file="" if position else _uid(file),
        time=(content.code(tags.FRAME_ACQUISITION_DATETIME) if content else "") or _time(file),
        rank=_rank(content) if content else (),
        phase=_cardiac_phase(cardiac) if cardiac else "",
        thickness_mm=measures.number(tags.SLICE_THICKNESS),
        slice_distance_mm=measures.number(tags.SPACING_BETWEEN_SLICES),
        note=position_note(position or file),
    )


def _rank(content: Values) -> tuple[int, ...]:
    """Return what orders frames that positions do not: their indices, else their number."""
    indices = content.longs(tags.DIMENSION_INDEX_VALUES)
    if indices:
        return indices
    number = content.unsigned(tags.IN_STACK_POSITION_NUMBER)
    return () if number is None else (number,)


def _cardiac_phase(cardiac: Values) -> str:
    return _phase(
        cardiac.single(tags.NOMINAL_PERCENTAGE_OF_CARDIAC_PHASE),
        cardiac.double(tags.NOMINAL_CARDIAC_TRIGGER_DELAY),
    )


def as_point(numbers: tuple[float, ...] | None) -> Point | None:
    """Return three coordinates, or None where they are missing or absurd (beyond 100 m)."""
    if numbers is None or len(numbers) < 3:
        return None
    if any(abs(number) > MAX_COORDINATE_MM for number in numbers[:3]):
        return None
    return numbers[0], numbers[1], numbers[2]


def position_note(values: Values) -> str:
    """Say what is wrong with an Image Position that stands in a data set; "" for nothing."""
    numbers = values.finite(tags.IMAGE_POSITION_PATIENT, 3)
    if not values.raw(tags.IMAGE_POSITION_PATIENT).strip(b" \0") or as_point(numbers):
        return ""
    if numbers is None:
        return "the image position is not a number"
    return "the image position lies more than 100 m away"


def _text(value: float | int | None) -> str:
    return "" if value is None else f"{value:g}"
