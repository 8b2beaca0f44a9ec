"""PET slices as files, with every fact that SUV needs; tests take facts away."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import PositronEmissionTomographyImageStorage

from tests.support.dicom_writer import SPACING_ZYX_MM, save, slice_set
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan
from viewer.dicom.stacks import ImageStack

SLOPES = (2.5, 3.75, 1.25)
WEIGHT_KG, DOSE_BQ, HALF_LIFE_S = 71.5, 3.7e8, 6586.2

Change = Callable[[Dataset, int], None]


def pet_stored() -> NDArray[np.uint16]:
    """Stored values of three slices, shape (3, 8, 9); they differ everywhere."""
    return (np.arange(3 * 8 * 9).reshape(3, 8, 9) * 37 + 11).astype(np.uint16)


def write_pet(folder: Path, change: Change | None = None) -> ImageStack:
    """Write three slices, each with a slope of its own, and scan them."""
    for z, stored in enumerate(pet_stored()):
        one = slice_set(stored.astype(np.int16), z)
        del one.RescaleType, one.WindowCenterWidthExplanation
        one.SOPClassUID, one.Modality = PositronEmissionTomographyImageStorage, "PT"
        one.ImageType = ["ORIGINAL", "PRIMARY"]
        one.BitsStored, one.HighBit = 16, 15
        one.RescaleSlope, one.RescaleIntercept = SLOPES[z], 0
        one.WindowCenter, one.WindowWidth = 5000, 10000
        one.ImagePositionPatient = [0, 0, z * SPACING_ZYX_MM[0]]
        one.Units, one.DecayCorrection = "BQML", "START"
        one.CorrectedImage = ["DECY", "ATTN", "SCAT", "DTIM"]
        one.PatientWeight = WEIGHT_KG
        one.SeriesDate, one.SeriesTime = "20260310", "101500.500"
        one.AcquisitionDate, one.AcquisitionTime = "20260310", f"10{15 + 3 * z}00.500"
        one.FrameReferenceTime, one.ActualFrameDuration = 90_000, 180_000
        drug = Dataset()
        drug.RadiopharmaceuticalStartTime = "091000.25"
        drug.RadionuclideTotalDose, drug.RadionuclideHalfLife = DOSE_BQ, HALF_LIFE_S
        one.RadiopharmaceuticalInformationSequence = [drug]
        one.PixelData = stored.astype("<u2").tobytes()
        if change is not None:
            change(one, z)
        save(one, folder / f"{z}")
    (stack,) = scan(SilentContext(), [folder]).stacks()
    assert isinstance(stack, ImageStack)
    return stack
