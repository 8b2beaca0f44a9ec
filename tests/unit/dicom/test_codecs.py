"""Each transfer syntax against another implementation; signs, unused bits, colours, padding."""

import struct
import sys

import imagecodecs
import numpy as np
import pytest

from tests.support.compressed_series import NAMES, decode_by_pydicom, encode, noisy_slices
from viewer.dicom import transfer
from viewer.dicom.codecs import (
    DECODERS,
    MissingCodecError,
    decode_frame,
    missing_codec,
    stored_dtype,
)
from viewer.dicom.codestream import CodestreamError, jpeg_size, rle_segments
from viewer.dicom.pixel_format import PixelFormat

GREY = PixelFormat(48, 64, 1, "MONOCHROME2", 16, 12, 11, False, False)
SIGNED = PixelFormat(48, 64, 1, "MONOCHROME2", 16, 12, 11, True, False)
COLOUR = PixelFormat(48, 64, 3, "RGB", 8, 8, 7, False, False)
OTHERS = {
    "JPEG-LS": "pyjpegls",
    "JPEG 2000": "pylibjpeg",
    "HTJ2K": "pylibjpeg",
    "JPEG lossless": "gdcm",
    "RLE": "pydicom",
}


def stored_slice() -> np.ndarray:
    return (noisy_slices(1, 64)[0, :48] + 1024).astype(np.uint16)


def colours() -> np.ndarray:
    y, x = np.indices((48, 64))
    return np.stack([3 * x, 5 * y, 2 * x + y], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("name", NAMES)
def test_another_implementation_gives_the_same(name):
    uid, stored = NAMES[name], stored_slice()
    frame = encode(stored, uid)
    other = decode_by_pydicom(frame, uid, OTHERS[name], (48, 64))
    decoded = decode_frame(frame, uid, GREY)
    np.testing.assert_array_equal(decoded, other)
    np.testing.assert_array_equal(decoded, stored)
    assert decoded.dtype == stored_dtype(GREY) == np.uint16


@pytest.mark.parametrize("predictor", range(1, 8))
def test_every_predictor_of_lossless_jpeg(predictor):
    stored = stored_slice()
    frame = bytes(
        imagecodecs.jpeg8_encode(stored, lossless=True, predictor=predictor, bitspersample=12)
    )
    np.testing.assert_array_equal(decode_frame(frame, transfer.JPEG_LOSSLESS, GREY), stored)


@pytest.mark.parametrize("uid", [transfer.JPEG_LS, transfer.JPEG_2000_LOSSLESS, transfer.RLE])
def test_negative_values_in_twelve_bits_get_their_sign_back(uid):
    values = stored_slice().astype(np.int16) - 2048
    frame = encode((values & 0xFFF).astype(np.uint16), uid)
    decoded = decode_frame(frame, uid, SIGNED)
    assert decoded.dtype == np.int16
    np.testing.assert_array_equal(decoded, values)


def test_bits_above_bits_stored_do_not_count():
    stored = stored_slice()
    frame = encode(stored | np.uint16(0xA000), transfer.RLE)
    np.testing.assert_array_equal(decode_frame(frame, transfer.RLE, GREY), stored)


def test_an_overshoot_of_a_lossy_codestream_does_not_wrap_around():
    values = stored_slice().astype(np.uint16)
    values[10:20, 10:20] = 4300  # a codestream of 16 bits, a header of 12
    frame = imagecodecs.jpeg2k_encode(values, reversible=True, codecformat="j2k", bitspersample=16)
    decoded = decode_frame(bytes(frame), transfer.JPEG_2000, GREY)
    np.testing.assert_array_equal(decoded, np.minimum(values, 4095))


def test_padded_segments_of_rle():
    stored = stored_slice()
    high, low = (
        imagecodecs.packbits_encode((stored >> shift).astype(np.uint8).tobytes())
        for shift in (8, 0)
    )
    high += b"\xfb\x09"  # six bytes more than the plane has
    header = struct.pack("<16L", 2, 64, 64 + len(high), *[0] * 13)
    padded = header + high + low + b"\0"
    assert rle_segments(padded, GREY)[1] == (64 + len(high), len(padded))
    np.testing.assert_array_equal(decode_frame(padded, transfer.RLE, GREY), stored)


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ((1, 64), "has 1 segments, the header asks for 2"),
        ((3, 64, 65, 66), "has 3 segments"),
        ((2, 0, 900), "damaged or cut off"),
        ((2, 900, 64), "damaged or cut off"),
        ((2, 64, 4_000_000_000), "damaged or cut off"),
        ((2, 64, 70), "damaged or cut off"),
    ],
)
def test_segments_that_cannot_be_are_refused(numbers, reason):
    frame = struct.pack("<16L", *numbers, *[0] * (16 - len(numbers))) + bytes(2000)
    with pytest.raises(CodestreamError, match=reason):
        decode_frame(frame, transfer.RLE, GREY)


def test_an_rle_frame_of_three_colours():
    rgb = colours()
    planes = [imagecodecs.packbits_encode(rgb[..., channel].tobytes()) for channel in range(3)]
    starts = 64 + np.cumsum([0, *map(len, planes[:2])])
    frame = struct.pack("<16L", 3, *starts, *[0] * 12) + b"".join(planes)
    np.testing.assert_array_equal(decode_frame(frame, transfer.RLE, COLOUR), rgb)


@pytest.mark.parametrize(
    ("space", "said"), [("RGB", "YBR_FULL_422"), ("YCBCR", "RGB"), ("YCBCR", "YBR_FULL")]
)
def test_the_codestream_knows_its_colours_better_than_the_header(space, said):
    """What libjpeg makes of the file's own markers is the oracle, up to its rounding."""
    frame = bytes(
        imagecodecs.jpeg8_encode(
            colours(), 95, colorspace="RGB", outcolorspace=space, subsampling="444"
        )
    )
    fmt = PixelFormat(48, 64, 3, said, 8, 8, 7, False, False)
    assert jpeg_size(frame).ybr == (space == "YCBCR")
    decoded = decode_frame(frame, transfer.JPEG_BASELINE, fmt).astype(int)
    assert np.abs(decoded - imagecodecs.jpeg8_decode(frame)).max() <= 2
    assert np.abs(decoded - colours()).max() <= 12


def test_a_package_that_does_not_load_is_not_a_damaged_image(monkeypatch):
    frame = encode(stored_slice(), transfer.JPEG_LS)
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(MissingCodecError, match="needs the package imagecodecs, which cannot be"):
        decode_frame(frame, transfer.JPEG_LS, GREY)


def test_every_transfer_syntax_has_its_decoder():
    for uid, name in DECODERS.items():
        assert callable(getattr(imagecodecs, name))
        assert missing_codec(uid) == ""
    assert missing_codec("1.2.840.10008.1.2.4.95") != ""


@pytest.mark.parametrize("bits", [1, 64])
def test_odd_widths_are_refused(bits):
    fmt = PixelFormat(48, 64, 1, "MONOCHROME2", bits, bits, bits - 1, False, False)
    with pytest.raises(CodestreamError, match=f"of {bits} bits are not supported"):
        decode_frame(b"", transfer.RLE, fmt)
