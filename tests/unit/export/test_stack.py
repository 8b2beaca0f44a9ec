"""Volumes as numbers: voxels and affine, against nibabel and SimpleITK."""

from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK

from tests.support.volumes import make_geometry, make_volume
from viewer.core.errors import ViewerError
from viewer.core.geometry import Calibration
from viewer.export.stack import nifti_affine, write_nifti, write_npy


def oblique():
    angle = np.deg2rad(20)
    y = np.array([0, np.cos(angle), np.sin(angle)])
    x = np.array([1.0, 0, 0])
    return np.stack([np.cross(x, y), y, x])


@pytest.fixture(params=["axial", "oblique", "reversed"])
def volume(request):
    directions = {
        "axial": None,
        "oblique": oblique(),
        "reversed": np.array([[0, -1.0, 0], [0, 0, -1], [1, 0, 0]]),
    }
    return make_volume(make_geometry(direction_lps=directions[request.param]))


def test_npy_is_the_volume(tmp_path, volume):
    write_npy(tmp_path / "v.npy", volume)
    loaded = np.load(tmp_path / "v.npy", allow_pickle=False)
    assert loaded.dtype == np.int16
    np.testing.assert_array_equal(loaded, volume.data)
    write_npy(tmp_path / "part.npy", volume, slice(2, 5))
    np.testing.assert_array_equal(np.load(tmp_path / "part.npy"), volume.data[2:5])


@pytest.mark.parametrize("name", ["v.nii", "v.nii.gz"])
@pytest.mark.parametrize("first", [0, 3])
def test_every_voxel_keeps_its_place_in_the_patient(tmp_path, volume, name, first):
    path = tmp_path / name
    write_nifti(path, volume, slice(first, None))
    read = SimpleITK.ReadImage(str(path))
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(read), volume.data[first:])
    for z, y, x in [(0, 0, 0), (2, 9, 0), (3, 4, 11), (1, 0, 7)]:
        np.testing.assert_allclose(
            read.TransformIndexToPhysicalPoint((x, y, z)),
            volume.geometry.index_to_lps((z + first, y, x)),
            atol=1e-4,
        )


def test_affine_units_and_codes(tmp_path, volume):
    write_nifti(tmp_path / "v.nii", volume)
    image: Any = nibabel.load(tmp_path / "v.nii")
    ras = volume.geometry.index_to_lps((2, 3, 4)) * [-1, -1, 1]
    np.testing.assert_allclose(image.affine @ [4, 3, 2, 1], [*ras, 1], atol=1e-4)
    np.testing.assert_allclose(image.get_qform(), image.get_sform(), atol=1e-4)
    assert image.header["qform_code"] == image.header["sform_code"] == 1
    assert image.header.get_xyzt_units()[0] == "mm"
    assert image.get_data_dtype() == np.int16
    np.testing.assert_allclose(nifti_affine(volume.geometry), image.affine, atol=1e-4)


def test_no_millimetres_are_claimed_without_calibration(tmp_path):
    volume = make_volume(make_geometry(calibration=Calibration.NONE))
    write_nifti(tmp_path / "v.nii", volume)
    image: Any = nibabel.load(tmp_path / "v.nii")
    assert image.header.get_xyzt_units()[0] == "unknown"


def test_float_volume_and_colour(tmp_path):
    data = np.linspace(-1, 1, 7 * 10 * 12, dtype=np.float32).reshape(7, 10, 12)
    write_nifti(tmp_path / "v.nii", make_volume(data=data))
    np.testing.assert_array_equal(
        SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(tmp_path / "v.nii"))), data
    )
    with pytest.raises(ViewerError, match="colour"):
        write_nifti(tmp_path / "c.nii", make_volume(data=np.zeros((7, 10, 12, 3), np.uint8)))
    assert not (tmp_path / "c.nii").exists()


def test_what_nifti_cannot_hold_is_told(tmp_path):
    tiny = make_geometry(spacing_zyx_mm=(1.0, 1e-300, 1e-300))
    with pytest.raises(ViewerError, match="cannot be saved as NIfTI"):
        write_nifti(tmp_path / "v.nii.gz", make_volume(tiny))
    assert list(tmp_path.iterdir()) == []
