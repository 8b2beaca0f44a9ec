"""Photos of every kind come out upright and as RGB; others are declined in plain words."""

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from viewer.core.errors import ViewerError
from viewer.imaging import photo
from viewer.imaging.photo import PHOTO_FORMATS, encode_photo, read_photo

RGB = np.zeros((40, 60, 3), np.uint8)
RGB[:20, :30] = (200, 10, 10)  # red, above left: no turn and no flip passes
RGB[:20, 30:] = (10, 200, 10)
RGB[20:, :30] = (10, 10, 200)
RGB[20:, 30:] = (250, 250, 250)


@pytest.mark.parametrize("suffix", [*PHOTO_FORMATS, ".PNG"])
def test_what_is_written_is_read(tmp_path, suffix):
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(encode_photo(RGB, suffix))
    again = read_photo(path)
    assert again.shape == RGB.shape
    assert again.dtype == np.uint8
    assert again.flags.writeable
    assert np.abs(again.astype(int) - RGB)[5:15, 5:25].max() <= 8
    if suffix.lower() in (".png", ".bmp", ".tif", ".tiff"):
        np.testing.assert_array_equal(again, RGB)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path, orientation):
    # What a camera stores so that the tag turns it back (EXIF 2.3, tag 0x0112).
    stored = {
        1: RGB,
        2: RGB[:, ::-1],
        3: RGB[::-1, ::-1],
        4: RGB[::-1],
        5: RGB.transpose(1, 0, 2),
        6: np.rot90(RGB, 1),
        7: RGB[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(RGB, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "p.png", exif=exif)
    np.testing.assert_array_equal(read_photo(tmp_path / "p.png"), RGB)


def test_palette_grey_alpha_and_cmyk_become_rgb(tmp_path):
    flat = Image.fromarray(RGB)
    alpha = flat.convert("RGBA")
    alpha.putalpha(
        Image.fromarray(np.repeat([[0, 255]], 40, axis=0).repeat(30, axis=1).astype("u1"))
    )
    flat.convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "palette.png")
    flat.convert("L").save(tmp_path / "grey.png")
    flat.convert("1").save(tmp_path / "black.png")
    flat.convert("CMYK").save(tmp_path / "cmyk.jpg", quality=95)
    alpha.save(tmp_path / "alpha.png")
    np.testing.assert_array_equal(read_photo(tmp_path / "palette.png"), RGB)
    assert np.abs(read_photo(tmp_path / "cmyk.jpg").astype(int) - RGB)[5:15, 5:25].max() < 12
    grey = read_photo(tmp_path / "grey.png")
    assert np.ptp(grey, axis=2).max() == 0
    assert set(np.unique(read_photo(tmp_path / "black.png"))) <= {0, 255}
    laid_on_white = read_photo(tmp_path / "alpha.png")
    assert laid_on_white[:, :30].min() == 255
    np.testing.assert_array_equal(laid_on_white[:, 30:], RGB[:, 30:])


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_are_scaled(tmp_path, suffix):
    values = np.array([[0, 257, 32767, 65535]], np.uint16)
    Image.fromarray(values).save(tmp_path / f"deep{suffix}")
    shown = read_photo(tmp_path / f"deep{suffix}")
    assert shown[0, :, 0].tolist() == [0, 1, 127, 255]
    assert np.ptp(shown, axis=2).max() == 0


def test_floating_point_grey_is_stretched(tmp_path):
    Image.fromarray(np.array([[-2, 0, 2]], np.float32)).save(tmp_path / "float.tif")
    assert read_photo(tmp_path / "float.tif")[0, :, 1].tolist() == [0, 128, 255]
    Image.fromarray(np.full((2, 2), 7, np.float32)).save(tmp_path / "flat.tif")
    assert read_photo(tmp_path / "flat.tif").max() == 0


def test_the_name_does_not_matter(tmp_path):
    (tmp_path / "picture.txt").write_bytes(encode_photo(RGB, ".png"))
    np.testing.assert_array_equal(read_photo(tmp_path / "picture.txt"), RGB)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(40)])
def test_what_is_no_photo(tmp_path, content):
    (tmp_path / "odd.png").write_bytes(content)
    with pytest.raises(ViewerError, match=r"The picture odd.png cannot be opened: it is not a"):
        read_photo(tmp_path / "odd.png")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(ViewerError, match="no such file"):
        read_photo(tmp_path / "none.png")
    with pytest.raises(ViewerError, match="cannot be opened"):
        read_photo(tmp_path)


@pytest.mark.parametrize("suffix", sorted({".png", ".jpg", ".tif", ".webp", ".bmp"}))
def test_a_picture_cut_off_anywhere_is_told_or_complete(tmp_path, suffix):
    noise = np.random.default_rng(1).integers(0, 255, (50, 70, 3)).astype(np.uint8)
    whole = encode_photo(noise, suffix)
    path = tmp_path / f"cut{suffix}"
    for part in (0.02, 0.3, 0.6, 0.9):
        path.write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(ViewerError, match="cannot be opened"):
            read_photo(path)


def test_damage_never_ends_in_another_error(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "damaged"
    for suffix in (".png", ".jpg", ".tif", ".webp", ".bmp"):
        whole = bytearray(encode_photo(RGB, suffix))
        for _ in range(60):
            broken = whole.copy()
            for place in rng.integers(0, len(whole), 6):
                broken[place] = rng.integers(0, 256)
            path.write_bytes(broken)
            with contextlib.suppress(ViewerError):
                assert read_photo(path).ndim == 3


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(10_001, 10_000), (100_000, 100_000)])
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path, size):
    (tmp_path / "bomb.png").write_bytes(_png_that_claims(*size))
    with pytest.raises(ViewerError, match="pixels"):
        read_photo(tmp_path / "bomb.png")


def test_the_limit_is_in_pixels(tmp_path, monkeypatch):
    (tmp_path / "p.png").write_bytes(encode_photo(RGB, ".png"))
    monkeypatch.setattr(photo, "MAX_PIXELS", 2400)
    assert read_photo(tmp_path / "p.png").shape == RGB.shape
    monkeypatch.setattr(photo, "MAX_PIXELS", 2399)
    with pytest.raises(ViewerError, match="60 x 40 pixels"):
        read_photo(tmp_path / "p.png")


def test_saving_says_what_it_can_do():
    with pytest.raises(ViewerError, match=r"'.gif'.*\.png"):
        encode_photo(RGB, ".gif")
    with pytest.raises(ViewerError, match="JPEG cannot hold it"):
        encode_photo(np.zeros((1, 70_000, 3), np.uint8), ".jpg")


def test_no_metadata_is_written():
    for suffix in (".png", ".jpg", ".tif", ".webp"):
        with Image.open(io.BytesIO(encode_photo(RGB, suffix))) as picture:
            assert not {k for k in picture.getexif() if k in (0x010E, 0x010F, 0x0132, 0x8825)}
            assert "exif" not in picture.info
