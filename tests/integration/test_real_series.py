"""Real CT against SimpleITK (geometry, HU) and pydicom (pixels), voxel by voxel."""

import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK

from viewer.core.progress import SilentContext
from viewer.core.study import StudyIndex
from viewer.dicom.loader import load
from viewer.dicom.scan import scan

SERIES = {
    "LIDC-IDRI-0001-part.zip": (16, 2.5),
    "LIDC-IDRI-0002-part.zip": (12, 1.25),
}


@pytest.fixture(scope="module", params=SERIES)
def series(request, shared_data, tmp_path_factory) -> tuple[Path, Path]:
    """The archive and the folder it was unpacked to."""
    archive = shared_data / "dicom" / request.param
    folder = tmp_path_factory.mktemp("series")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return archive, folder


def open_only(path: Path):
    index: StudyIndex = scan(SilentContext(), [path])
    assert index.problems == ()
    (stack,) = index.stacks()
    return load(SilentContext(), stack)


def test_geometry_and_hu_are_those_of_simpleitk(series):
    archive, folder = series
    volume = open_only(folder)
    reader = SimpleITK.ImageSeriesReader()
    names: list[str] = []
    for parent in {path.parent for path in folder.rglob("*.dcm")}:
        names.extend(reader.GetGDCMSeriesFileNames(str(parent)))
    reader.SetFileNames(names)
    image = reader.Execute()
    np.testing.assert_array_equal(volume.data, SimpleITK.GetArrayFromImage(image))
    geometry = volume.geometry
    slices, step = SERIES[archive.name]
    assert geometry.shape_zyx == (slices, 512, 512)
    assert geometry.spacing_zyx_mm == pytest.approx((step, *image.GetSpacing()[1::-1]))
    np.testing.assert_allclose(geometry.origin_lps_mm, image.GetOrigin(), atol=1e-4)
    direction = np.array(image.GetDirection()).reshape(3, 3).T[::-1]
    np.testing.assert_allclose(geometry.direction_lps, direction, atol=1e-6)
    point = image.TransformContinuousIndexToPhysicalPoint((101.0, 202.0, 7.0))
    np.testing.assert_allclose(geometry.index_to_lps((7, 202, 101)), point, atol=1e-3)
    assert volume.stack.unit == "HU"
    assert volume.data.dtype == np.int16


def test_pixels_are_those_of_pydicom(series):
    _, folder = series
    volume = open_only(folder)
    by_uid = {d.SOPInstanceUID: d for d in map(pydicom.dcmread, folder.rglob("*.dcm"))}
    for z, uid in enumerate(volume.stack.sop_uids):
        one = by_uid[uid]
        expected = one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept)
        np.testing.assert_array_equal(volume.data[z], expected)


def test_the_archive_opens_as_the_folder_does(series):
    archive, folder = series
    packed, plain = open_only(archive), open_only(folder)
    np.testing.assert_array_equal(packed.data, plain.data)
    assert packed.stack.sop_uids == plain.stack.sop_uids
    np.testing.assert_array_equal(packed.geometry.affine, plain.geometry.affine)


def test_outside_the_round_field_nothing_is_measured(series):
    _, folder = series
    volume = open_only(folder)
    mask = volume.invalid_mask()
    assert mask is not None
    assert mask[:, 0, 0].all()
    assert not mask[:, 256, 256].any()
    assert volume.data[~mask].min() == -1024
