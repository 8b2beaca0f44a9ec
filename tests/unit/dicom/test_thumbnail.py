"""Thumbnails: true proportions, the files' window, the inversion of MONOCHROME1."""

import numpy as np

from tests.support.dicom_writer import analytic_hu, save, slice_set, write_series
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan
from viewer.dicom.thumbnail import thumbnail


def first_stack(folder):
    return scan(SilentContext(), [folder]).stacks()[0]


def test_grey_and_proportions(tmp_path):
    hu = write_series(tmp_path)
    picture = thumbnail(first_stack(tmp_path), 96)
    assert picture.shape == (96, 96)
    assert picture.dtype == np.uint8
    height = round(96 * (36 * 0.7) / (40 * 0.8))
    top = (96 - height) // 2
    assert not picture[: top - 1].any()
    expected = np.rint(255 * np.clip((hu[3] - (40 - 200)) / 400, 0, 1))
    corners = picture[top, 0], picture[top + height - 1, 95]
    assert corners == (expected[0, 0], expected[-1, -1])


def test_monochrome1_is_inverted(tmp_path):
    write_series(tmp_path / "2")
    write_series(
        tmp_path / "1",
        change=lambda one, z: setattr(one, "PhotometricInterpretation", "MONOCHROME1"),
    )
    normal, inverted = (thumbnail(first_stack(tmp_path / n), 40) for n in "21")
    rows = slice(6, 34)
    assert np.abs(normal[rows].astype(int) + inverted[rows] - 255).max() <= 1


def test_colour(tmp_path):
    one = slice_set(analytic_hu()[0, :4, :6], 0)
    one.SamplesPerPixel, one.PhotometricInterpretation, one.PlanarConfiguration = 3, "RGB", 0
    one.BitsAllocated, one.BitsStored, one.HighBit = 8, 8, 7
    one.PixelData = bytes([200, 10, 30] * 24)
    save(one, tmp_path / "x")
    picture = thumbnail(first_stack(tmp_path), 24)
    assert picture.shape == (24, 24, 3)
    assert picture[12, 12].tolist() == [200, 10, 30]
