"""Pictures: the pixels come back, the metadata are silent."""

import numpy as np
import pytest
from PIL import Image

from viewer.core.errors import ViewerError
from viewer.export.image import IMAGE_FORMATS, image_format, write_image

GREY = np.arange(12 * 17, dtype=np.uint8).reshape(12, 17)
RGB = np.stack([GREY, GREY[::-1], 255 - GREY], axis=-1)


@pytest.mark.parametrize("format_id", ["png", "tiff"])
@pytest.mark.parametrize("pixels", [GREY, RGB, GREY[:, ::-1]], ids=["grey", "rgb", "strided"])
def test_lossless_formats_return_the_pixels(tmp_path, format_id, pixels):
    path = tmp_path / "x"
    write_image(path, pixels, image_format(format_id))
    with Image.open(path) as picture:
        assert picture.format == format_id.upper()
        np.testing.assert_array_equal(np.asarray(picture), pixels)


def test_jpeg_is_close_in_grey_and_colour(tmp_path):
    y, x = np.mgrid[0:64, 0:80]
    smooth = (y * 2 + x).astype(np.uint8)
    for pixels in (smooth, np.stack([smooth, smooth // 2, 255 - smooth], axis=-1)):
        path = tmp_path / "x.jpg"
        write_image(path, pixels, image_format("jpeg"))
        with Image.open(path) as picture:
            assert np.abs(np.asarray(picture).astype(int) - pixels).max() <= 6


@pytest.mark.parametrize("candidate", IMAGE_FORMATS, ids=lambda f: f.id)
def test_no_words_in_the_metadata(tmp_path, candidate):
    path = tmp_path / "x"
    write_image(path, RGB, candidate)
    with Image.open(path) as picture:
        assert not [v for v in picture.info.values() if isinstance(v, str) and v != "tiff_lzw"] or (
            candidate.id == "tiff"
        )
        assert len(picture.getexif()) == 0 or candidate.id == "tiff"
    assert b"Text" not in path.read_bytes()
    assert b"Pillow" not in path.read_bytes()


def test_unknown_format():
    with pytest.raises(ViewerError, match="png, jpeg, tiff"):
        image_format("gif")
