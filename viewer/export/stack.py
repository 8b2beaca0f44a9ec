"""The volume as numbers: numpy's .npy and NIfTI with the right affine."""

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from viewer.core.errors import ViewerError
from viewer.core.geometry import Calibration, FloatArray, VolumeGeometry
from viewer.core.volume import Volume
from viewer.files import replacing

if TYPE_CHECKING:
    from nibabel.nifti1 import Nifti1Image

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""NIfTI's patient axes point to Right, Anterior, Superior; DICOM's to Left, Posterior, Superior."""
_SCANNER = 1  # NIFTI_XFORM_SCANNER_ANAT
_GZIP_LEVEL = 1  # a quarter of the time of the default, a few per cent larger


def write_npy(path: Path, volume: Volume, slices: slice = slice(None)) -> None:
    """Write the voxels, shape (z, y, x), in volume order and in the volume's unit.

    Parameters
    ----------
    path : Path
        Where to.
    volume : Volume
        int16 or float32; RGB, shape (z, y, x, 3), as uint8.
    slices : slice
        Part of the stack.

    Raises
    ------
    SaveError
        It cannot be written.
    """
    with replacing(path) as file:
        np.save(file, np.ascontiguousarray(volume.data[slices]), allow_pickle=False)


def write_nifti(path: Path, volume: Volume, slices: slice = slice(None)) -> None:
    """Write the voxels as NIfTI-1 with axes (x, y, z); compressed where the name ends in .gz.

    Raises
    ------
    SaveError
        It cannot be written.
    ViewerError
        The volume is in colour, or NIfTI cannot hold its size or its geometry.
    """
    from nibabel.spatialimages import HeaderDataError

    if volume.is_colour:
        raise ViewerError("This cannot be saved as NIfTI", "it is a colour image", "Use npy or png")
    try:
        with np.errstate(divide="raise", invalid="raise"):
            image = _nifti(volume, slices)
    except (HeaderDataError, ArithmeticError, ValueError, np.linalg.LinAlgError) as error:
        what = "its size or its spacing is beyond the format"
        raise ViewerError("This cannot be saved as NIfTI", what, "Use npy") from error
    with replacing(path) as file:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as packed:
                image.to_stream(packed)
        else:
            file.write(image.to_bytes())


def _nifti(volume: Volume, slices: slice) -> "Nifti1Image":
    import nibabel

    first = slices.indices(volume.geometry.shape_zyx[0])[0]
    affine = nifti_affine(volume.geometry, first)
    voxels = volume.data[slices].transpose(2, 1, 0)
    image = nibabel.Nifti1Image(voxels, affine)  # type: ignore[no-untyped-call]
    known = volume.geometry.calibration is not Calibration.NONE and volume.geometry.z_known
    image.header.set_xyzt_units("mm" if known else "unknown")  # type: ignore[no-untyped-call]
    image.set_qform(affine, _SCANNER)  # type: ignore[no-untyped-call]
    image.set_sform(affine, _SCANNER)  # type: ignore[no-untyped-call]
    return image


def nifti_affine(geometry: VolumeGeometry, first_slice: int = 0) -> FloatArray:
    """Return the matrix from (x, y, z) indices to RAS millimetres, shape (4, 4).

    Parameters
    ----------
    geometry : VolumeGeometry
        Of the volume.
    first_slice : int
        The z that becomes 0.
    """
    lps = np.eye(4)
    lps[:3, :3] = geometry.steps_lps_mm[::-1].T
    lps[:3, 3] = geometry.index_to_lps((first_slice, 0, 0))
    affine: FloatArray = LPS_TO_RAS @ lps
    return affine
