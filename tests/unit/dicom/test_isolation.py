"""The decoder's process: same pixels, and a dead or slow one costs one frame only."""

import os
import time

import numpy as np
import pytest
from pydicom.encaps import generate_frames

from tests.support.dicom_writer import analytic_hu, save, slice_set
from viewer.dicom import isolation
from viewer.dicom.codestream import CodestreamError
from viewer.dicom.pixel_format import PixelFormat
from viewer.dicom.transfer import JPEG_LS

FORMAT = PixelFormat(36, 40, 1, "MONOCHROME2", 16, 12, 11, False, False)


def dies(connection):
    connection.recv()
    os.abort()


def sleeps(connection):
    connection.recv()
    time.sleep(60)


@pytest.fixture
def frame(tmp_path) -> bytes:
    one = slice_set(analytic_hu()[0], 0)
    save(one, tmp_path / "x", JPEG_LS)
    return next(generate_frames(one.PixelData, number_of_frames=1))


@pytest.fixture
def decoder():
    process = isolation.DecoderProcess(limit_s=10.0)
    yield process
    process.close()


def test_a_dead_decoder_is_replaced(frame, decoder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(isolation, "serve", dies)
        with pytest.raises(CodestreamError, match="damaged"):
            decoder.decode(frame, JPEG_LS, FORMAT)
    stored = decoder.decode(frame, JPEG_LS, FORMAT)
    np.testing.assert_array_equal(stored.astype(int) - 1024, analytic_hu()[0])
    with pytest.raises(CodestreamError, match="cut off"):
        decoder.decode(frame[:-4], JPEG_LS, FORMAT)
    np.testing.assert_array_equal(decoder.decode(frame, JPEG_LS, FORMAT), stored)


def test_a_slow_decoder_is_stopped(frame, monkeypatch):
    monkeypatch.setattr(isolation, "serve", sleeps)
    slow = isolation.DecoderProcess(limit_s=0.2)
    with pytest.raises(CodestreamError, match="takes too long"):
        slow.decode(frame, JPEG_LS, FORMAT)
    slow.close()
