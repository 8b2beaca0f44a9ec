"""Frame by frame: functional groups of enhanced objects, and what older multi-frame files say.

Source: PS3.3 C.7.6.16 (multi-frame functional groups), C.8.8.3 (RT dose).
"""

from dataclasses import dataclass

import numpy as np

from viewer.dicom import tags
from viewer.dicom.elements import Values

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class FrameGroup:
    """What is particular to a frame; for a single-frame file, its top level.

    Attributes
    ----------
    rescale_values, window_values : Values
        The data set or item in which rescale and VOI windows stand.
    """

    position: Point | None
    orientation: tuple[float, ...] | None
    spacing: tuple[float, ...] | None
    rescale_values: Values
    window_values: Values
    frame_type: tuple[str, ...] = ()
    acquisition: str = ""
    time_point: str = ""
    echo: str = ""
    b_value: str = ""
    kernel: str = ""
    stack_id: str = ""


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
        return [
            _enhanced(_Groups(values, shared, per_frame[i], first) if i < len(per_frame) else first)
            for i in range(frames)
        ]
    single = _single(values)
    if frames == 1:
        return [single]
    positions = _offset_positions(values, single, frames)
    uid = values.code(tags.SOP_INSTANCE_UID)
    return [
        FrameGroup(
            position=positions[i] if positions else None,
            orientation=single.orientation,
            spacing=single.spacing,
            rescale_values=values,
            window_values=values,
            acquisition=single.acquisition,
            stack_id="" if positions else f"frames of {uid}",
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
    )


def _offset_positions(values: Values, single: FrameGroup, frames: int) -> list[Point] | None:
    """Place the frames of a dose grid along the normal by its offset vector."""
    offsets = values.numbers(tags.GRID_FRAME_OFFSET_VECTOR)
    position, orientation = single.position, single.orientation
    if len(offsets) != frames or None in offsets or position is None or orientation is None:
        return None
    normal = np.cross(orientation[:3], orientation[3:])
    steps = [float(o) - float(offsets[0] or 0) for o in offsets if o is not None]
    points = (np.asarray(position) + step * normal for step in steps)
    return [(float(p[0]), float(p[1]), float(p[2])) for p in points]


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
    position = groups.get(tags.PLANE_POSITION_SEQUENCE) or file
    orientation = groups.get(tags.PLANE_ORIENTATION_SEQUENCE) or file
    measures = groups.get(tags.PIXEL_MEASURES_SEQUENCE) or file
    echo = groups.get(tags.MR_ECHO_SEQUENCE)
    diffusion = groups.get(tags.MR_DIFFUSION_SEQUENCE)
    reconstruction = groups.get(tags.CT_RECONSTRUCTION_SEQUENCE)
    has_place = groups.get(tags.PLANE_POSITION_SEQUENCE) is not None
    return FrameGroup(
        position=as_point(position.finite(tags.IMAGE_POSITION_PATIENT, 3)),
        orientation=orientation.finite(tags.IMAGE_ORIENTATION_PATIENT, 6),
        spacing=measures.finite(tags.PIXEL_SPACING, 2),
        rescale_values=groups.get(tags.PIXEL_VALUE_TRANSFORMATION_SEQUENCE) or file,
        window_values=groups.get(tags.FRAME_VOI_LUT_SEQUENCE) or file,
        frame_type=frame_type,
        acquisition=_text(content.unsigned(tags.FRAME_ACQUISITION_NUMBER)) if content else "",
        time_point=_text(content.unsigned(tags.TEMPORAL_POSITION_INDEX)) if content else "",
        echo=_text(echo.double(tags.EFFECTIVE_ECHO_TIME)) if echo else "",
        b_value=_text(diffusion.double(tags.DIFFUSION_B_VALUE)) if diffusion else "",
        kernel="/".join(reconstruction.codes(tags.CONVOLUTION_KERNEL)) if reconstruction else "",
        stack_id=(content.text(tags.STACK_ID) if content else "")
        if has_place
        else f"frames of {file.code(tags.SOP_INSTANCE_UID)}",
    )


def as_point(numbers: tuple[float, ...] | None) -> Point | None:
    """Return three coordinates, or None where they are missing or absurd (beyond 100 m)."""
    if numbers is None or len(numbers) < 3 or any(abs(n) > 1e5 for n in numbers[:3]):
        return None
    return numbers[0], numbers[1], numbers[2]


def _text(value: float | int | None) -> str:
    return "" if value is None else f"{value:g}"
