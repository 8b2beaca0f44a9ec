"""Stacks as the rest of the program sees them, with what loading needs carried inside."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from viewer.core.caveats import Caveat, CaveatCode, ratio_text
from viewer.core.image_graphics import OverlayPlane
from viewer.core.study import FrameRef, NamedWindow, Stack, StackKey
from viewer.dicom.file_graphics import FileGraphics
from viewer.dicom.grouping import is_localizer
from viewer.dicom.headers import FrameHeader
from viewer.dicom.layout import Layout
from viewer.dicom.ordering import OrderedFrames
from viewer.dicom.slice_plan import SlicePlan
from viewer.dicom.suv import with_suv
from viewer.dicom.values import FramePixels, fits_int16, may_be_int16, may_be_rounded, may_overflow


@dataclass(frozen=True, slots=True, eq=False)
class ImageStack(Stack):
    """A stack that knows where its pixels lie; what `scan` returns and `load` takes.

    Attributes
    ----------
    pixels : tuple of FramePixels
        One for each of `frames`.
    plan : tuple of (SlicePlan or None)
        One for each slice of the volume.
    graphics : tuple of FileGraphics
        What lies on each of `frames`; empty where nothing lies on any.
    as_acquired : bool
        The uncorrected companion of a resampled or sheared stack.
    localizer : bool
        A scout, listed behind the scans.
    """

    pixels: tuple[FramePixels, ...] = ()
    plan: tuple[SlicePlan | None, ...] = ()
    graphics: tuple[FileGraphics, ...] = ()
    as_acquired: bool = False
    localizer: bool = False

    @property
    def must_check_range(self) -> bool:
        """Whether only the pixels can tell that int16 is enough."""
        return self.dtype == "int16" and not all(
            fits_int16(p.block.format, p.rescale) for p in self.pixels
        )

    @property
    def may_be_rounded(self) -> bool:
        """Whether whole numbers may occur that float32 cannot hold."""
        return self.dtype == "float32" and any(
            may_be_rounded(p.block.format, p.rescale) for p in self.pixels
        )

    @property
    def may_overflow(self) -> bool:
        """Whether values may occur that are infinite in float32."""
        return self.dtype == "float32" and any(
            may_overflow(p.block.format, p.rescale) for p in self.pixels
        )


def is_made(stack: Stack, z: int) -> bool:
    """Tell whether slice z is interpolated or shifted, not an image as it is stored."""
    plan = stack.plan[z] if isinstance(stack, ImageStack) else None
    return plan is not None and not plan.is_direct


def build_stack(
    key: StackKey,
    ordered: OrderedFrames,
    layout: Layout,
    extra: Sequence[Caveat] = (),
    *,
    part: str = "",
) -> ImageStack:
    """Describe one stack.

    Parameters
    ----------
    key : StackKey
        Its identity.
    ordered : OrderedFrames
        Its images.
    layout : Layout
        Its grid.
    extra : sequence of Caveat
        What else was found out about it.
    part : str
        What tells it from the other volumes of its series (`parts.part_names`).
    """
    ordered, suv_caveats = _in_suv(ordered)
    frames = ordered.frames
    middle = frames[len(frames) // 2]
    first, fmt = frames[0], frames[0].block.format
    facts = middle.facts
    part = ", ".join(filter(None, (part, layout.part)))
    caveats = (*layout.caveats, *_caveats(ordered), *suv_caveats, *extra)
    return ImageStack(
        key=key,
        modality=facts.modality,
        frames=tuple(_frame_ref(ordered, index) for index in range(len(frames))),
        frame_of_slice=tuple(None if one is None else one.nearest for one in layout.plan),
        geometry=layout.geometry,
        dtype=_dtype(frames),
        unit=None if fmt.is_colour else first.rescale.unit,
        patient=facts.patient,
        labels=replace(facts.labels, part=part),
        windows=_windows(frames, middle),
        image_type=first.facts.image_type,
        samples=3 if fmt.is_colour else 1,
        inverted=fmt.photometric == "MONOCHROME1",
        lossy_ratio=max(_lossy_ratios(frames), default=None),
        fps=facts.fps if len(layout.plan) > 1 else None,
        caveats=tuple({caveat.code: caveat for caveat in reversed(caveats)}.values())[::-1],
        pixels=tuple(FramePixels.of(frame) for frame in frames),
        plan=layout.plan,
        overlays=_overlays(frames),
        regions=first.graphics.regions,
        graphics=_graphics(frames),
        as_acquired=layout.as_acquired,
        localizer=is_localizer(first),
    )


def _in_suv(ordered: OrderedFrames) -> tuple[OrderedFrames, tuple[Caveat, ...]]:
    frames, caveats = with_suv(ordered.frames)
    return replace(ordered, frames=frames), caveats


def _frame_ref(ordered: OrderedFrames, index: int) -> FrameRef:
    frame = ordered.frames[index]
    positions = ordered.positions_mm
    return FrameRef(
        path=frame.block.source.path,
        member=frame.block.source.member,
        frame=frame.frame,
        sop_uid=frame.sop_uid,
        instance_number=frame.instance_number,
        position_mm=None if positions is None else float(positions[index]),
    )


def _graphics(frames: Sequence[FrameHeader]) -> tuple[FileGraphics, ...]:
    graphics = tuple(frame.graphics for frame in frames)
    return graphics if any(one.covers for one in graphics) else ()


def _overlays(frames: Sequence[FrameHeader]) -> tuple[OverlayPlane, ...]:
    """Return the overlay planes on any of the images, each once."""
    return tuple(
        dict.fromkeys(one.plane for frame in frames for one in frame.graphics.shown_overlays)
    )


def _dtype(frames: Sequence[FrameHeader]) -> str:
    if frames[0].block.format.is_colour:
        return "uint8"
    exact = all(may_be_int16(frame.block.format, frame.rescale) for frame in frames)
    return "int16" if exact else "float32"


def _windows(frames: Sequence[FrameHeader], middle: FrameHeader) -> tuple[NamedWindow, ...]:
    """Offer the files' windows once each; where slices differ, the middle one speaks."""
    return middle.windows or next((f.windows for f in frames if f.windows), ())


def _caveats(ordered: OrderedFrames) -> list[Caveat]:
    """Collect the doubts that the headers raise, beside those about geometry."""
    frames = ordered.frames
    facts = frames[0].facts
    found: list[Caveat] = []
    if ordered.duplicates:
        count = ordered.duplicates
        plural = "copy of an image was" if count == 1 else "copies of images were"
        text = f"{count} identical {plural} left out"
        short = f"{count} duplicate {'image' if count == 1 else 'images'} ignored"
        found.append(Caveat(CaveatCode.DUPLICATES_DROPPED, text, short))
    if any(frame.facts.lossy for frame in frames):
        found.append(_lossy_caveat(_lossy_ratios(frames)))
    if facts.image_type and facts.image_type[0] == "DERIVED":
        text = "the images are derived from others, not the scanner's originals"
        found.append(Caveat(CaveatCode.DERIVED, text))
    found.extend(dict.fromkeys(caveat for frame in frames for caveat in frame.caveats))
    found.extend(_value_caveats(frames))
    if any(frame.facts.charset_guessed for frame in frames):
        text = "the character set of the texts is not stated: names may be wrong"
        found.append(Caveat(CaveatCode.TEXT_ENCODING, text))
    notes = dict.fromkeys(note for frame in frames for note in frame.notes)
    if notes:
        found.append(Caveat(CaveatCode.NONSTANDARD_HEADER, "; ".join(notes)))
    return found


def _lossy_ratios(frames: Sequence[FrameHeader]) -> set[float]:
    """Return the ratios by which images are stated to be compressed with loss."""
    return {f.facts.lossy_ratio for f in frames if f.facts.lossy and f.facts.lossy_ratio}


def _lossy_caveat(ratios: set[float]) -> Caveat:
    """Say the worst ratio: one such slice is enough to miss what it lost."""
    what = "the images were compressed with loss"
    if not ratios:
        return Caveat(CaveatCode.LOSSY, f"{what}, by an unknown ratio", "lossy")
    amount = f"{'up to ' if len(ratios) > 1 else ''}{ratio_text(max(ratios))}:1"
    return Caveat(CaveatCode.LOSSY, f"{what}, {amount}", f"lossy {amount}")


def _value_caveats(frames: Sequence[FrameHeader]) -> list[Caveat]:
    first = frames[0]
    if first.block.format.is_colour:
        return []
    if first.facts.modality == "CT" and not first.rescale.stated:
        text = "the files have no rescale: the numbers are stored values, not HU"
        return [Caveat(CaveatCode.NO_RESCALE, text)]
    if first.facts.modality == "PT" and first.rescale.unit is None:
        text = "the files name no unit for their numbers"
        return [Caveat(CaveatCode.UNIT_UNKNOWN, text)]
    return []
