"""Overlay planes, shutters and ultrasound regions written into data sets, and files with them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pack_bits
from pydicom.uid import UltrasoundImageStorage, generate_uid

from tests.support.dicom_writer import slice_set
from viewer.core.progress import SilentContext
from viewer.core.study import Stack
from viewer.core.volume import Volume
from viewer.dicom.loader import load
from viewer.dicom.scan import scan

SHAPE_YX = (36, 40)
CM, SECONDS, CM_PER_SECOND = 3, 4, 7


def drawing(shape_yx: tuple[int, int] = SHAPE_YX) -> NDArray[np.bool_]:
    """A drawing that no flip, turn or shift leaves as it is."""
    mask = np.zeros(shape_yx, bool)
    mask[2, 3:-5] = True
    mask[2:-7, 3] = True
    mask[5:9, 6:13] = True
    mask[-1, -2] = True
    return mask


def image_set() -> Dataset:
    """One small CT image."""
    y, x = np.indices(SHAPE_YX)
    one = slice_set(np.asarray(-1000 + 13 * y + 5 * x, np.int16), 0)
    one.ImagePositionPatient = [1.0, 2.0, 3.0]
    return one


def put_overlay(
    one: Dataset,
    mask: NDArray[np.bool_],
    group: int = 0x6000,
    *,
    origin: Sequence[int] = (1, 1),
    kind: str = "G",
    label: str = "",
    vr: str = "OW",
) -> None:
    """Add an overlay plane, shape (y, x) or (frames, y, x); packed by pydicom."""
    rows, columns = mask.shape[-2:]
    one.add_new((group, 0x0010), "US", rows)
    one.add_new((group, 0x0011), "US", columns)
    if mask.ndim == 3:
        one.add_new((group, 0x0015), "IS", len(mask))
    one.add_new((group, 0x0040), "CS", kind)
    one.add_new((group, 0x0050), "SS", list(origin))
    one.add_new((group, 0x0100), "US", 1)
    one.add_new((group, 0x0102), "US", 0)
    if label:
        one.add_new((group, 0x1500), "LO", label)
    one.add_new((group, 0x3000), vr, pack_bits(mask.ravel().astype(np.uint8), pad=True))


def region(
    box: Sequence[int],
    delta: tuple[float, float] = (0.02, 0.02),
    units: tuple[int, int] = (CM, CM),
    *,
    spatial_format: int = 1,
    data_type: int = 1,
) -> Dataset:
    """An item of the Sequence of Ultrasound Regions; `box` is x0, y0, x1, y1."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = spatial_format, data_type, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = box[:2]
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = box[2:]
    item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaX, item.PhysicalDeltaY = delta
    return item


def ultrasound_set(*regions: Dataset) -> Dataset:
    """One small grey ultrasound image, 36 rows of 40."""
    one = Dataset()
    one.SOPClassUID, one.SOPInstanceUID = UltrasoundImageStorage, generate_uid()
    one.StudyInstanceUID, one.SeriesInstanceUID = generate_uid(), generate_uid()
    one.Modality, one.PatientName, one.PatientID = "US", "Test^Echo", "T-2"
    one.SeriesNumber = one.InstanceNumber = 1
    one.Rows, one.Columns = SHAPE_YX
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 8, 8, 7, 0
    y, x = np.indices(SHAPE_YX)
    one.PixelData = (3 * y + x).astype(np.uint8).tobytes()
    if regions:
        one.SequenceOfUltrasoundRegions = list(regions)
    return one


def stack_of(*paths: Path) -> Stack:
    """The one stack of some files."""
    (stack,) = scan(SilentContext(), list(paths)).stacks()
    return stack


def volume_of(*paths: Path) -> Volume:
    """The one stack of some files, loaded."""
    return load(SilentContext(), stack_of(*paths))
