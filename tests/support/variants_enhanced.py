"""Enhanced multi-frame objects of the phantom: functional groups, shared and per frame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedCTImageStorage

from tests.support.variants_phantom import INTERCEPT, Floats, Grid, ct_slice, item

_TOP_LEVEL_GONE = (
    "RescaleSlope",
    "RescaleIntercept",
    "RescaleType",
    "PixelSpacing",
    "SliceThickness",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "AcquisitionNumber",
)


@dataclass(frozen=True)
class Frame:
    """One frame: its image, its place, and what its functional groups say besides."""

    image: Floats
    start: Floats
    intercept: int = INTERCEPT
    groups: tuple[tuple[str, dict[str, object]], ...] = ()


def frames_of(grid: Grid, *groups: tuple[str, dict[str, object]], plus: int = 0) -> list[Frame]:
    """The grid's images in order, each with an intercept of its own."""
    return [
        Frame(
            grid.image(depth) + plus,
            grid.origin + depth * grid.normal,
            INTERCEPT - 10 * z,
            groups,
        )
        for z, depth in enumerate(grid.depths)
    ]


def enhanced(
    grid: Grid,
    frames: Sequence[Frame],
    sop_class: str = EnhancedCTImageStorage,
    *,
    shared: Callable[[Dataset], None] = lambda group: None,
    change: Callable[[Dataset], None] = lambda one: None,
) -> Dataset:
    """An enhanced object: spacing and orientation shared, place and rescale frame by frame."""
    one = ct_slice(grid, frames[0].image, frames[0].start, 0)
    for keyword in _TOP_LEVEL_GONE:
        delattr(one, keyword)
    one.SOPClassUID, one.NumberOfFrames = sop_class, len(frames)
    common = Dataset()
    common.PixelMeasuresSequence = [
        item(PixelSpacing=list(grid.spacing[1:]), SliceThickness=grid.spacing[0])
    ]
    common.PlaneOrientationSequence = [item(ImageOrientationPatient=list(grid.orientation))]
    shared(common)
    one.SharedFunctionalGroupsSequence = [common]
    one.PerFrameFunctionalGroupsSequence = [_group(frame) for frame in frames]
    stored = [np.rint(frame.image) - frame.intercept for frame in frames]
    one.PixelData = np.stack(stored).astype("<u2").tobytes()
    change(one)
    return one


def _group(frame: Frame) -> Dataset:
    group = Dataset()
    position = [round(float(v), 6) for v in frame.start]
    group.PlanePositionSequence = [item(ImagePositionPatient=position)]
    group.PixelValueTransformationSequence = [
        item(RescaleSlope=1, RescaleIntercept=frame.intercept, RescaleType="HU")
    ]
    for sequence, values in frame.groups:
        setattr(group, sequence, [item(**values)])
    return group
