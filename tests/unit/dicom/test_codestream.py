"""What a compressed frame says about itself is compared with the header before decoding."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydicom.encaps import generate_frames

from tests.support.dicom_writer import analytic_hu, save, slice_set
from viewer.dicom.codecs import MissingCodecError, decode_frame, missing_codec
from viewer.dicom.codestream import CodestreamError, check_codestream, jpeg_2000_size, jpeg_size
from viewer.dicom.pixel_format import PixelFormat
from viewer.dicom.transfer import (
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_EXTENDED,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    RLE,
)

FORMAT = PixelFormat(36, 40, 1, "MONOCHROME2", 16, 12, 11, False, False)


def compressed(tmp_path, uid: str) -> bytes:
    one = slice_set(analytic_hu()[0], 0)
    save(one, tmp_path / "x", uid)
    return next(generate_frames(one.PixelData, number_of_frames=1))


@pytest.mark.parametrize("uid", [JPEG_2000_LOSSLESS, JPEG_LS])
def test_size_is_read_and_checked(tmp_path, uid):
    data = compressed(tmp_path, uid)
    size = jpeg_2000_size(data) if uid == JPEG_2000_LOSSLESS else jpeg_size(data)
    assert (size.rows, size.columns, size.samples) == (36, 40, 1)
    check_codestream(data, FORMAT, uid)
    for other in (
        replace(FORMAT, rows=37),
        replace(FORMAT, columns=41),
        replace(FORMAT, samples=3),
    ):
        with pytest.raises(CodestreamError, match="the header says"):
            decode_frame(data, uid, other)
    with pytest.raises(CodestreamError, match="bits"):
        check_codestream(data, replace(FORMAT, bits_allocated=8), uid)


@pytest.mark.parametrize("uid", [JPEG_2000_LOSSLESS, JPEG_LS, RLE])
def test_a_frame_cut_anywhere_is_refused(tmp_path, uid):
    data = compressed(tmp_path, uid)
    for end in range(0, len(data) - 3, max(len(data) // 23, 1)):
        with pytest.raises(CodestreamError):
            decode_frame(data[:end], uid, FORMAT)


def test_a_photograph_is_read():
    out = io.BytesIO()
    Image.fromarray(np.zeros((5, 9, 3), np.uint8)).save(out, "JPEG")
    assert jpeg_size(out.getvalue())[:3] == (5, 9, 3)


def photograph(progressive: bool = False) -> tuple[bytes, PixelFormat]:
    out = io.BytesIO()
    grey = np.add.outer(np.arange(40), np.arange(56) * 3).astype(np.uint8)
    Image.fromarray(grey).save(out, "JPEG", progressive=progressive)
    return out.getvalue(), PixelFormat(40, 56, 1, "MONOCHROME2", 8, 8, 7, False, False)


@pytest.mark.parametrize("uid", [JPEG_LOSSLESS_SV1, JPEG_LS, JPEG_2000_LOSSLESS])
def test_a_process_that_the_transfer_syntax_does_not_allow_is_refused(tmp_path, uid):
    data, fmt = photograph()
    for allowed in (JPEG_BASELINE, JPEG_EXTENDED):
        assert decode_frame(data, allowed, fmt).shape == (40, 56)
    with pytest.raises(CodestreamError, match=r"is not the JPEG.* that the header says"):
        decode_frame(data, uid, fmt)
    own = compressed(tmp_path, JPEG_LS)
    with pytest.raises(CodestreamError, match="is not the JPEG baseline that the header says"):
        decode_frame(own, JPEG_BASELINE, FORMAT)


@pytest.mark.parametrize("uid", [JPEG_BASELINE, JPEG_EXTENDED])
def test_progressive_jpeg_is_refused(uid):
    data, fmt = photograph(progressive=True)
    assert data.count(b"\xff\xda") > 1
    with pytest.raises(CodestreamError, match="that the header says"):
        decode_frame(data, uid, fmt)


def test_scans_are_counted(tmp_path):
    data, fmt = photograph()
    comment = b"\xff\xfe\x00\x06" + b"\xff\xda\xff\xd9"
    table = data.index(b"\xff\xc4")
    assert jpeg_size(data).scans == 1
    with_comment = data[:table] + comment + data[table:]
    assert jpeg_size(with_comment).scans == 1  # what a comment holds is none, and no end
    scan = data[data.index(b"\xff\xda") : -2]
    with pytest.raises(CodestreamError, match="3 scans for 1 samples"):
        decode_frame(with_comment[:-2] + scan * 2 + data[-2:], JPEG_BASELINE, fmt)
    assert jpeg_size(data + scan).scans == 1  # behind the end


@given(st.binary(max_size=200))
def test_garbage_is_a_codestream_error(data):
    for head in (b"", b"\xff\xd8", b"\xff\x4f\xff\x51"):
        with pytest.raises(CodestreamError):
            check_codestream(head + data, FORMAT, JPEG_LS)


def test_a_huge_tile_grid_is_refused():
    size = (0, 40, 36, 0, 0, 1, 0, 0, 0)
    body = b"\xff\x4f\xff\x51" + (41).to_bytes(2, "big") + b"\0\0"
    body += b"".join(v.to_bytes(4, "big") for v in (40, 36, 0, 0, 0, 1, 0, 0))
    with pytest.raises(CodestreamError, match="tiles"):
        jpeg_2000_size(body + (1).to_bytes(2, "big") + b"\x0b" + bytes(size))


def test_boxes_of_no_length_around_jpeg_2000_do_not_go_round_in_circles(tmp_path):
    data = compressed(tmp_path, JPEG_2000_LOSSLESS)
    signature = b"\0\0\0\x0cjP  \r\n\x87\n"
    wrapped = signature + b"\0\0\0\0ftyp" + b"\0\0\0\0jp2h" + b"\0\0\0\0jp2c" + data
    np.testing.assert_array_equal(
        decode_frame(wrapped, JPEG_2000_LOSSLESS, FORMAT),
        decode_frame(data, JPEG_2000_LOSSLESS, FORMAT),
    )


def test_an_unknown_transfer_syntax_names_itself():
    with pytest.raises(MissingCodecError, match=r"1\.2\.3\.4 is not supported"):
        decode_frame(b"", "1.2.3.4", FORMAT)
    assert "not installed" not in missing_codec(JPEG_LS)
