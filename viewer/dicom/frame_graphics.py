"""Adds to the images of a file what lies on them, and the scale that ultrasound regions give."""

from collections.abc import Sequence
from dataclasses import replace

from viewer.core.caveats import Caveat
from viewer.core.ultrasound import common_spacing
from viewer.dicom.file_graphics import NO_GRAPHICS, FileGraphics, read_file_graphics, with_shutter
from viewer.dicom.headers import FrameHeader, RawHeader
from viewer.dicom.multiframe import FrameGroup


def with_graphics(
    raw: RawHeader, frames: tuple[FrameHeader, ...], groups: Sequence[FrameGroup]
) -> tuple[FrameHeader, ...]:
    """Return the images of a file with their overlays, shutters, regions and doubts.

    Parameters
    ----------
    raw : RawHeader
        The file's elements.
    frames : tuple of FrameHeader
        Its images.
    groups : sequence of FrameGroup
        What is particular to each of them.

    Raises
    ------
    DamagedError
        A sequence cannot be followed.
    """
    notes: list[str] = []
    caveats = list(raw.caveats)
    graphics = read_file_graphics(raw.values, frames[0].block, notes, caveats)
    nothing = graphics is NO_GRAPHICS and not caveats
    if nothing and all(group.shutter_values is None for group in groups):
        return frames
    return tuple(
        _with_graphics(frame, graphics, group, list(notes), list(caveats))
        for frame, group in zip(frames, groups, strict=True)
    )


def _with_graphics(
    frame: FrameHeader,
    graphics: FileGraphics,
    group: FrameGroup,
    notes: list[str],
    caveats: list[Caveat],
) -> FrameHeader:
    if group.shutter_values is not None:
        graphics = with_shutter(graphics, group.shutter_values, notes, caveats)
    frame = replace(
        frame,
        graphics=graphics,
        caveats=tuple(caveats),
        notes=tuple(dict.fromkeys((*frame.notes, *notes))),
    )
    if not any(region.spacing_yx_mm for region in graphics.regions):
        return frame
    # The regions know the scale better than any spacing of the whole image; two scales are none.
    return replace(
        frame, spacing_yx_mm=common_spacing(graphics.regions), detector_spacing_yx_mm=None
    )
