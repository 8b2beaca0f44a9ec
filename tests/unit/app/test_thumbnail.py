"""Thumbnails: true proportions, the files' window, the inversion of MONOCHROME1."""

import numpy as np

from tests.support.dicom_writer import analytic_hu, save, slice_set, write_series
from viewer.app.thumbnail import thumbnail
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan


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


def test_a_file_without_a_window_as_it_opens_and_padding_black(tmp_path):
    one = slice_set(analytic_hu()[0, :12, :20], 0)
    one.Modality, one.PhotometricInterpretation = "MR", "MONOCHROME1"
    for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
        delattr(one, keyword)
    del one.RescaleType
    stored = np.arange(240).reshape(12, 20)
    stored[:3] = 4000
    one.PixelSpacing = [1, 1]
    one.add_new(0x00280120, "US", 4000)
    one.PixelData = stored.astype("<u2").tobytes()
    save(one, tmp_path / "x")
    picture = thumbnail(first_stack(tmp_path), 20)
    assert not picture[4:7].any()
    low, high = np.percentile(stored[3:], (1, 99), method="inverted_cdf")
    expected = 255 - np.rint(255 * np.clip((stored[3:] - low) / (high - low), 0, 1))
    np.testing.assert_array_equal(picture[7:16], expected)


def test_the_look_up_table_of_the_file(tmp_path):
    from pydicom.dataset import Dataset

    one = slice_set(analytic_hu()[0, :12, :20], 0)
    item = Dataset()
    item.add_new(0x00283002, "SS", [3, -1000, 8])
    item.add_new(0x00283006, "OW", np.array([9, 100, 200], "<u2").tobytes())
    one.VOILUTSequence = [item]
    one.PixelSpacing = [1, 1]
    hu = -1000 + np.arange(240).reshape(12, 20) % 3
    one.PixelData = (hu + 1024).astype("<u2").tobytes()
    save(one, tmp_path / "x")
    picture = thumbnail(first_stack(tmp_path), 20)
    np.testing.assert_array_equal(picture[4:16], np.array([9, 100, 200])[hu + 1000])
