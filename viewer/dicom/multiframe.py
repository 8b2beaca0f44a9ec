"""Frame by frame: functional groups of enhanced objects, and what older multi-frame files say.

Source: PS3.3 C.7.6.16 (multi-frame functional groups).
"""

from dataclasses import dataclass, replace

from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.frame_places import frame_places

Point = tuple[float, float, float]


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


def frame_groups(values: Values, frames: int) -> list[FrameGroup]:
    """Return the group of each frame.

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
        return own if len(own) == frames else own + [_enhanced(first)] * (frames - len(own))
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
    if numbers is None or len(numbers) < 3 or any(abs(n) > 1e5 for n in numbers[:3]):
        return None
    return numbers[0], numbers[1], numbers[2]


def _text(value: float | int | None) -> str:
    return "" if value is None else f"{value:g}"
