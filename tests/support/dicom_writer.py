"""Asymmetric analytic series as DICOM files, in every variant that a test needs.

No flip, swap or shift of an axis leaves the phantom as it is: its values rise at another pace
along each axis, and it has another length along each.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
    generate_uid,
)

from viewer.core.volume import Volume

SHAPE_ZYX = (6, 36, 40)
SPACING_ZYX_MM = (2.5, 0.7, 0.8)
ORIGIN_LPS_MM = (-41.0, 17.5, -120.25)
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
INTERCEPT = -1024
STUDY_UID = generate_uid(entropy_srcs=["study"])
SERIES_UID = generate_uid(entropy_srcs=["series"])
FRAME_UID = generate_uid(entropy_srcs=["frame"])

Change = Callable[[Dataset, int], None]


def analytic_hu(shape_zyx: tuple[int, int, int] = SHAPE_ZYX) -> NDArray[np.int16]:
    """HU that differ in every voxel's neighbourhood, -1000..1000."""
    z, y, x = np.indices(shape_zyx)
    return np.asarray(-1000 + 61 * z + 13 * y + 5 * x + 7 * ((x * y) % 3), np.int16)


def normal_of(orientation: Sequence[float]) -> NDArray[np.float64]:
    return np.cross(orientation[:3], orientation[3:])


def slice_set(hu: NDArray[np.int16], z: int, series_uid: str = SERIES_UID) -> Dataset:
    """One CT slice, without position; 12 bits stored unsigned, as most scanners write."""
    one = Dataset()
    one.SOPClassUID = CTImageStorage
    one.SOPInstanceUID = generate_uid(entropy_srcs=[series_uid, str(z)])
    one.StudyInstanceUID, one.SeriesInstanceUID = STUDY_UID, series_uid
    one.FrameOfReferenceUID = FRAME_UID
    one.Modality = "CT"
    one.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    one.PatientName, one.PatientID = "Test^Asymmetric", "T-1"
    one.SeriesNumber, one.InstanceNumber, one.AcquisitionNumber = 3, z + 1, 1
    one.SeriesDescription = "Analytic"
    one.PixelSpacing = list(SPACING_ZYX_MM[1:])
    one.ImageOrientationPatient = list(AXIAL)
    one.Rows, one.Columns = hu.shape
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 12, 11, 0
    one.RescaleSlope, one.RescaleIntercept, one.RescaleType = 1, INTERCEPT, "HU"
    one.WindowCenter, one.WindowWidth = [40, -600], [400, 1500]
    one.WindowCenterWidthExplanation = ["SOFT", "LUNG"]
    one.PixelData = (hu.astype(np.int32) - INTERCEPT).astype("<u2").tobytes()
    return one


def save(one: Dataset, path: Path, transfer_syntax: str = ExplicitVRLittleEndian) -> Path:
    """Write a data set in an uncompressed transfer syntax, or compress it."""
    one.file_meta = FileMetaDataset()
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    one.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    if transfer_syntax == ExplicitVRBigEndian and one.BitsAllocated > 8:
        samples = np.frombuffer(one.PixelData, f"<u{one.BitsAllocated // 8}")
        one.PixelData = samples.astype(samples.dtype.newbyteorder(">")).tobytes()
    if "PixelData" in one:
        one["PixelData"].VR = "OW"
    compressed = transfer_syntax.startswith(("1.2.840.10008.1.2.4", "1.2.840.10008.1.2.5"))
    if compressed:
        one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        one.compress(transfer_syntax, generate_instance_uid=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    one.save_as(path, enforce_file_format=True)
    return path


def write_series(
    folder: Path,
    hu: NDArray[np.int16] | None = None,
    *,
    orientation: Sequence[float] = AXIAL,
    positions_mm: Sequence[float] | NDArray[np.float64] | None = None,
    shifts_lps_mm: Sequence[Sequence[float]] | None = None,
    transfer_syntax: str = ExplicitVRLittleEndian,
    series_uid: str = SERIES_UID,
    change: Change | None = None,
    prefix: str = "",
) -> NDArray[np.int16]:
    """Write a series whose file names run against the volume order.

    Parameters
    ----------
    positions_mm : sequence of float
        Place of each slice along the normal (default: regular).
    shifts_lps_mm : sequence of points
        Added to each position (gantry tilt).
    change : callable
        Gets each data set and its z before it is written.

    Returns
    -------
    ndarray, shape (z, y, x)
        The HU that were written.
    """
    hu = analytic_hu() if hu is None else hu
    depths = np.arange(len(hu)) * SPACING_ZYX_MM[0] if positions_mm is None else positions_mm
    for z in range(len(hu)):
        one = slice_set(hu[z], z, series_uid)
        one.ImageOrientationPatient = [float(v) for v in orientation]
        position = np.asarray(ORIGIN_LPS_MM) + depths[z] * normal_of(orientation)
        if shifts_lps_mm is not None:
            position = position + np.asarray(shifts_lps_mm[z])
        one.ImagePositionPatient = [round(float(v), 6) for v in position]
        if change is not None:
            change(one, z)
        save(one, folder / f"{prefix}{len(hu) - z:03d}", transfer_syntax)
    return hu


def enhanced_set(hu: NDArray[np.int16], order: Sequence[int] | None = None) -> Dataset:
    """An Enhanced CT object; frames are stored in `order`, each with its own position and slope."""
    one = slice_set(hu[0], 0)
    one.SOPClassUID = EnhancedCTImageStorage
    for keyword in (
        "RescaleSlope",
        "RescaleIntercept",
        "RescaleType",
        "PixelSpacing",
        "ImageOrientationPatient",
        "WindowCenter",
        "WindowWidth",
        "WindowCenterWidthExplanation",
    ):
        delattr(one, keyword)
    frames = list(order if order is not None else range(len(hu)))
    one.NumberOfFrames = len(frames)
    shared = Dataset()
    shared.PixelMeasuresSequence = [_item(PixelSpacing=list(SPACING_ZYX_MM[1:]))]
    shared.PlaneOrientationSequence = [_item(ImageOrientationPatient=list(AXIAL))]
    one.SharedFunctionalGroupsSequence = [shared]
    groups, pixels = [], []
    for z in frames:
        intercept = INTERCEPT - 10 * z
        group = Dataset()
        position = [*ORIGIN_LPS_MM[:2], ORIGIN_LPS_MM[2] + z * SPACING_ZYX_MM[0]]
        group.PlanePositionSequence = [_item(ImagePositionPatient=position)]
        group.FrameContentSequence = [_item(StackID="1", InStackPositionNumber=z + 1)]
        group.PixelValueTransformationSequence = [
            _item(RescaleSlope=1, RescaleIntercept=intercept, RescaleType="HU")
        ]
        group.FrameVOILUTSequence = [_item(WindowCenter=40 + z, WindowWidth=400)]
        groups.append(group)
        pixels.append((hu[z].astype(np.int32) - intercept).astype("<u2").tobytes())
    one.PerFrameFunctionalGroupsSequence = groups
    one.PixelData = b"".join(pixels)
    return one


def _item(**values: object) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def write_dicomdir(medium: Path, file_ids: Sequence[Sequence[str]]) -> Path:
    """Write a DICOMDIR with one image record for each file ID."""
    directory = Dataset()
    directory.FileSetID = "TEST"
    directory.DirectoryRecordSequence = [
        _item(DirectoryRecordType="IMAGE", ReferencedFileID=list(parts)) for parts in file_ids
    ]
    directory.file_meta = FileMetaDataset()
    directory.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    directory.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    directory.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    path = medium / "DICOMDIR"
    path.parent.mkdir(parents=True, exist_ok=True)
    directory.save_as(path, enforce_file_format=True)
    return path


def mask_of(volume: Volume) -> NDArray[np.bool_]:
    """Voxels without a measurement, shape (z, y, x)."""
    mask = volume.invalid_mask()
    return np.zeros(volume.data.shape[:3], bool) if mask is None else mask


UNCOMPRESSED = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    "1.2.840.10008.1.2.1.99",
)
