"""Writes a CT series as DICOM Part 10 files, for the sample study and for tests."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import JobContext
from viewer.core.study import NamedWindow, Patient, StackLabels
from viewer.core.window import HuWindow

if TYPE_CHECKING:  # pydicom takes long to import: only when something is written
    from pydicom.dataset import Dataset

UID_ROOT = "2.25."
"""UIDs made from a 128-bit number (PS3.5 annex B.2)."""
INTERCEPT_HU = -1024


@dataclass(frozen=True, slots=True)
class SeriesText:
    """What a written series says about itself.

    Attributes
    ----------
    seed : str
        All UIDs are made from it: the same seed gives the same UIDs.
    """

    seed: str
    patient: Patient = field(default_factory=Patient)
    labels: StackLabels = field(default_factory=StackLabels)
    windows: tuple[NamedWindow, ...] = ()
    series_number: int = 1


PHANTOM_TEXT = SeriesText(
    seed="hounsfield chest phantom",
    patient=Patient("Phantom^Chest", "PHANTOM-1", "19700101", "056Y", "O"),
    labels=StackLabels(
        institution="Hounsfield sample, computed, no patient",
        study_description="Chest CT phantom",
        accession="SAMPLE",
        date="20260101",
        time="120000",
        series_description="Chest 1.0 phantom",
        kvp="120",
        kernel="PHANTOM",
        manufacturer="Hounsfield",
    ),
    windows=(
        NamedWindow("LUNG", HuWindow(1500, -600)),
        NamedWindow("MEDIASTINUM", HuWindow(350, 50)),
    ),
)
"""What the sample study says about itself: nothing in it is a person."""


def made_uid(*parts: object) -> str:
    """Make a UID from any texts and numbers, the same for the same parts."""
    digest = hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=16).digest()
    return UID_ROOT + str(int.from_bytes(digest, "big"))


def write_ct_series(
    ctx: JobContext,
    folder: Path,
    hu: NDArray[np.int16],
    geometry: VolumeGeometry,
    text: SeriesText = PHANTOM_TEXT,
) -> None:
    """Write one file a slice, CT Image Storage, explicit VR little endian.

    Parameters
    ----------
    ctx : JobContext
        Gets progress; a cancel leaves what is written so far.
    folder : Path
        Made where it does not exist; the files are named by number.
    hu : ndarray, shape (z, y, x), int16
        HU, from -1024 to 31743.
    geometry : VolumeGeometry
        Of `hu`.
    text : SeriesText
        Patient, labels, windows, and the seed of the UIDs.

    Raises
    ------
    OSError
        A file cannot be written.
    ValueError
        Array and geometry differ in shape.
    """
    if hu.shape != geometry.shape_zyx:
        raise ValueError(f"array {hu.shape} and geometry {geometry.shape_zyx} differ")
    folder.mkdir(parents=True, exist_ok=True)
    common = _common(geometry, text)
    for z in range(hu.shape[0]):
        ctx.check()
        slice_set = _slice(common, hu[z], geometry, text, z)
        slice_set.save_as(folder / f"{z + 1:04d}.dcm", enforce_file_format=True)
        ctx.progress((z + 1) / hu.shape[0], f"writing slice {z + 1} of {hu.shape[0]}")


def _common(geometry: VolumeGeometry, text: SeriesText) -> "Dataset":
    from pydicom.dataset import Dataset
    from pydicom.uid import CTImageStorage

    labels, patient = text.labels, text.patient
    common = Dataset()
    common.SpecificCharacterSet = "ISO_IR 192"
    common.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    common.SOPClassUID = CTImageStorage
    common.StudyDate = common.SeriesDate = common.ContentDate = labels.date
    common.StudyTime = common.SeriesTime = common.ContentTime = labels.time
    common.AccessionNumber = labels.accession
    common.Modality = "CT"
    common.Manufacturer = labels.manufacturer
    common.InstitutionName = labels.institution
    common.ReferringPhysicianName = ""
    common.StudyDescription = labels.study_description
    common.SeriesDescription = labels.series_description
    common.PatientName = patient.name
    common.PatientID = patient.patient_id
    common.PatientBirthDate = patient.birth_date
    common.PatientSex = patient.sex
    common.PatientAge = patient.age
    common.SliceThickness = _decimal(labels.slice_thickness_mm or geometry.spacing_zyx_mm[0])
    common.KVP = labels.kvp
    common.ConvolutionKernel = labels.kernel
    if labels.contrast:
        common.ContrastBolusAgent = labels.contrast
    common.PatientPosition = "HFS"
    common.StudyInstanceUID = made_uid(text.seed, "study")
    common.SeriesInstanceUID = made_uid(text.seed, "series", text.series_number)
    common.StudyID = "1"
    common.SeriesNumber = text.series_number
    common.AcquisitionNumber = 1
    common.FrameOfReferenceUID = geometry.frame_of_reference_uid or made_uid(text.seed, "frame")
    common.PositionReferenceIndicator = ""
    _, column, row = geometry.direction_lps
    common.ImageOrientationPatient = [_decimal(v) for v in (*row, *column)]
    common.PixelSpacing = [_decimal(v) for v in geometry.spacing_zyx_mm[1:]]
    common.SamplesPerPixel = 1
    common.PhotometricInterpretation = "MONOCHROME2"
    common.Rows, common.Columns = geometry.shape_zyx[1:]
    common.BitsAllocated, common.BitsStored, common.HighBit = 16, 16, 15
    common.PixelRepresentation = 1
    common.RescaleIntercept, common.RescaleSlope = str(INTERCEPT_HU), "1"
    common.RescaleType = "HU"
    if text.windows:
        common.WindowCenter = [_decimal(w.window.center) for w in text.windows]
        common.WindowWidth = [_decimal(w.window.width) for w in text.windows]
        common.WindowCenterWidthExplanation = [w.name for w in text.windows]
    return common


def _slice(
    common: "Dataset", hu: NDArray[np.int16], geometry: VolumeGeometry, text: SeriesText, z: int
) -> "Dataset":
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

    one = Dataset()
    one.update(common)
    uid = made_uid(text.seed, "image", text.series_number, z)
    one.SOPInstanceUID = uid
    one.InstanceNumber = z + 1
    position = geometry.index_to_lps((z, 0, 0))
    one.ImagePositionPatient = [_decimal(v) for v in position]
    one.SliceLocation = _decimal(float(position @ geometry.direction_lps[0]))
    one.PixelData = (hu.astype(np.int32) - INTERCEPT_HU).astype("<i2").tobytes()
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one.file_meta.MediaStorageSOPClassUID = CTImageStorage
    one.file_meta.MediaStorageSOPInstanceUID = UID(uid)
    return one


def _decimal(value: float) -> str:
    """Write a number as DS: at most 16 characters (PS3.5 6.2)."""
    for digits in range(12, 0, -1):
        text = f"{float(value):.{digits}g}"
        if len(text) <= 16:
            return text
    return f"{float(value):.0e}"
