"""Compressed series: which decoder is the fastest, and whether all processors decode."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.bench.load_once import load_once
from tests.support.compressed_series import (
    NAMES,
    decode_by_pydicom,
    encode,
    noisy_slices,
    write_compressed_enhanced,
    write_compressed_series,
)
from viewer.core.processors import usable_processors
from viewer.core.progress import SilentContext
from viewer.dicom.codecs import decode_frame
from viewer.dicom.loader import load
from viewer.dicom.pixel_format import PixelFormat
from viewer.dicom.scan import scan

pytestmark = pytest.mark.bench
SLICES = 300
REPEATS = 5
FORMAT = PixelFormat(512, 512, 1, "MONOCHROME2", 16, 12, 11, False, False)
OTHERS = {
    "JPEG-LS": ("pyjpegls", "gdcm"),
    "JPEG 2000": ("pylibjpeg", "gdcm"),
    "HTJ2K": ("pylibjpeg",),
    "JPEG lossless": ("gdcm",),
    "RLE": ("pydicom",),
}
"""pydicom's names of the decoders that could be had instead."""


def cpu_ms(work: Callable[[bytes], object], frames: list[bytes]) -> float:
    """Shortest processor time for one frame, of some runs."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        for frame in frames:
            work(frame)
        times.append(time.process_time() - start)
    return min(times) / len(frames) * 1000


@pytest.mark.parametrize("name", NAMES)
def test_decoders_of_one_frame(name):
    uid = NAMES[name]
    stored = (noisy_slices(6) + 1024).astype(np.uint16)
    frames = [encode(one, uid) for one in stored]
    np.testing.assert_array_equal(decode_frame(frames[1], uid, FORMAT), stored[1])
    own = cpu_ms(lambda frame: decode_frame(frame, uid, FORMAT), frames)
    ratio = stored[0].nbytes * len(frames) / sum(map(len, frames))
    line = f"\n{name}: {own:.2f} ms a frame ({ratio:.1f}:1)"
    for plugin in OTHERS[name]:
        other = partial(decode_by_pydicom, transfer_syntax=uid, plugin=plugin, shape_yx=(512, 512))
        np.testing.assert_array_equal(other(frames[1]), stored[1])
        slower = cpu_ms(other, frames)
        line += f"; {plugin} {slower:.2f} ms ({slower / own:.1f} x)"
    print(line)


def one_processor_and_all(folder: Path) -> tuple[float, float, float]:
    """Best times with one processor and with all, by turns; and until the first slice."""
    one, all_, first = [], [], []
    for _ in range(3):
        one.extend(load_once(folder, "--cpus", "1", "--repeat", "2")["again_s"])
        result = load_once(folder, "--repeat", "2")
        all_.extend(result["again_s"])
        first.append(result["first_slice_s"])
    return min(one), min(all_), min(first)


@pytest.mark.parametrize("name", NAMES)
def test_all_processors_decode(name, tmp_path):
    hu = write_compressed_series(tmp_path, NAMES[name], SLICES)
    volume = load(SilentContext(), scan(SilentContext(), [tmp_path]).stacks()[0])
    np.testing.assert_array_equal(volume.data, hu)
    one, all_, first = one_processor_and_all(tmp_path)
    print(
        f"\n{name}, {SLICES} slices: one processor {one:.2f} s, "
        f"{usable_processors()} processors {all_:.2f} s "
        f"({one / all_:.2f} x); first slice {first:.3f} s"
    )


def test_a_multiframe_file_is_decoded_by_all_processors(tmp_path):
    hu = write_compressed_enhanced(tmp_path / "enhanced", NAMES["JPEG-LS"], 500)
    volume = load(SilentContext(), scan(SilentContext(), [tmp_path]).stacks()[0])
    np.testing.assert_array_equal(volume.data, hu)
    one, all_, first = one_processor_and_all(tmp_path)
    print(
        f"\nEnhanced CT, 500 frames, JPEG-LS: one processor {one:.2f} s, all {all_:.2f} s "
        f"({one / all_:.2f} x); first slice {first:.3f} s"
    )
