"""A real nodule, as published tiles and as its DICOM slices: the network must see the same."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest

from ml.lidc import TILE_CENTRE, TileReader, read_nodules
from ml.preprocess import PatchSpec, plane_to_patch, with_neighbours
from ml.score import tile_inputs

KEY = "LIDC-IDRI-0001_20603192_N01"
ROW, COLUMN = 302, 252
"""Upper left pixel of the nodule's tiles in its slices, found by correlation."""
SLICES = (3, 5, 7, 9, 11)
"""The tiles' slices, counted from the lowest of the part that is at hand."""


@pytest.fixture(scope="module")
def volume_hu(shared_data: Path) -> np.ndarray:
    with zipfile.ZipFile(shared_data / "dicom" / "LIDC-IDRI-0001-part.zip") as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".dcm")]
        files = [pydicom.dcmread(io.BytesIO(archive.read(name))) for name in names]
    files.sort(key=lambda file: float(file.ImagePositionPatient[2]))
    return np.stack(
        [
            file.pixel_array * float(file.RescaleSlope) + float(file.RescaleIntercept)
            for file in files
        ]
    )


def test_tiles_and_dicom_of_a_nodule_give_the_same_inputs(
    shared_data: Path, volume_hu: np.ndarray
) -> None:
    folder = shared_data / "lidc"
    nodule = next(item for item in read_nodules(folder) if item.key == KEY)
    tiles = TileReader(folder)
    for place, z in zip(nodule.tiles, SLICES, strict=True):
        cut = volume_hu[z, ROW : ROW + 128, COLUMN : COLUMN + 128]
        assert np.corrcoef(tiles.image(place).ravel(), cut.ravel())[0, 1] > 0.9999
    spec = PatchSpec()
    spacing = (nodule.spacing_mm, nodule.spacing_mm)
    centre = (ROW + TILE_CENTRE[0], COLUMN + TILE_CENTRE[1])
    from_dicom = with_neighbours(
        np.stack([plane_to_patch(volume_hu[z], spacing, centre, spec) for z in SLICES])
    )
    from_tiles = tile_inputs(nodule, tiles, spec)
    np.testing.assert_allclose(from_tiles, from_dicom, atol=0.03)
    assert from_dicom.std() > 0.2
