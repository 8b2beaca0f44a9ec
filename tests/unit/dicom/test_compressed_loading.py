"""Compressed series: decoded ahead by several processes, in order, each broken frame by itself."""

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from pydicom.encaps import encapsulate, generate_frames

from tests.support.compressed_series import write_compressed_enhanced
from tests.support.dicom_writer import analytic_hu, save, slice_set, write_series
from viewer.core.caveats import CaveatCode
from viewer.core.errors import CancelledError
from viewer.core.progress import SilentContext
from viewer.dicom import decoder_child, encapsulation, isolation, loader, memory, pixels
from viewer.dicom.decoding_budget import DecodingBudget
from viewer.dicom.isolation import DecoderPool
from viewer.dicom.loader import SlicesLoaded, load, require_image_stack
from viewer.dicom.memory import NotEnoughMemoryError
from viewer.dicom.scan import scan
from viewer.dicom.slice_source import SliceSource
from viewer.dicom.stacks import ImageStack
from viewer.dicom.transfer import JPEG_2000_LOSSLESS, JPEG_LS, RLE

MARK = b"\xff\xfe\x00\x06HANG"
"""A comment of JPEG: the decoder takes it for nothing, the process below for an order."""


def obeys(connection):
    """The decoders' process, but frames with a mark make it sleep, or die."""
    from viewer.dicom import codecs

    honest = codecs.decode_frame

    def decode(data, *rest):
        if b"HANG" in data[:20]:
            time.sleep(60)
        if b"DIES" in data[:20]:
            os.abort()
        return honest(data, *rest)

    codecs.decode_frame = decode
    decoder_child.serve(connection)


@pytest.fixture
def pool(monkeypatch):
    """A pool of two that obeys marks and has little patience."""
    monkeypatch.setattr(decoder_child, "serve", obeys)
    pool = DecoderPool(2, limit_s=3.0)
    monkeypatch.setattr(isolation, "_pool", lambda: pool)
    yield pool
    pool.close()


class Recorder(SilentContext):
    def __init__(self) -> None:
        self.loaded: list[frozenset[int]] = []

    def partial(self, value: object) -> None:
        if isinstance(value, SlicesLoaded):
            self.loaded.append(value.slices)


def only_stack(folder: Path) -> ImageStack:
    index = scan(SilentContext(), [folder])
    assert index.problems == ()
    return require_image_stack(index.stacks()[0])


def write_marked(folder: Path, marks: dict[int, bytes], slices: int = 8) -> np.ndarray:
    """A JPEG-LS series in which some frames carry a mark."""
    hu = analytic_hu((slices, 36, 40))
    for z in range(slices):
        one = slice_set(hu[z], z)
        one.ImagePositionPatient = [0.0, 0.0, 2.5 * z]
        path = save(one, folder / f"{z}", JPEG_LS)
        frame = next(generate_frames(one.PixelData, number_of_frames=1))
        if z in marks:
            one.PixelData = encapsulate([frame[:2] + MARK.replace(b"HANG", marks[z]) + frame[2:]])
            one.save_as(path)
    return hu


def test_the_slice_in_view_is_decoded_first_and_all_come_once(tmp_path, monkeypatch):
    begun, written = [], []

    class Source(SliceSource):
        def begin(self, z, out):
            begun.append(z)
            super().begin(z, out)

        def write(self, z, out):
            written.append(z)
            super().write(z, out)

    monkeypatch.setattr(loader, "SliceSource", Source)
    hu = write_series(tmp_path, analytic_hu((30, 36, 40)), transfer_syntax=RLE)
    recorder, stack = Recorder(), only_stack(tmp_path)
    volume = load(recorder, stack, lambda: 21)
    np.testing.assert_array_equal(volume.data, hu)
    assert sorted(z for slices in recorder.loaded for z in slices) == list(range(30))
    assert begun == sorted(range(30), key=lambda z: abs(z - 21))
    # Told at once when it is there, with nothing behind it; a slow frame holds up no other.
    told = next(n for n, slices in enumerate(recorder.loaded) if 21 in slices)
    assert sum(len(slices) for slices in recorder.loaded[: told + 1]) == written.index(21) + 1


def test_a_frame_that_hangs_or_kills_its_decoder_costs_only_itself(tmp_path, pool):
    hu = write_marked(tmp_path, {4: b"HANG", 2: b"DIES"})
    recorder = Recorder()
    volume = load(recorder, only_stack(tmp_path), lambda: 4)
    assert volume.placeholders == (2, 4)
    others = [z for z in range(8) if z not in (2, 4)]
    np.testing.assert_array_equal(volume.data[others], hu[others])
    caveat = next(c for c in volume.caveats if c.code is CaveatCode.PARTIAL)
    assert "takes too long" in caveat.text
    assert "damaged" in caveat.text
    assert 4 not in recorder.loaded[0]  # the others did not wait for it


def test_after_one_slow_frame_the_rest_of_its_file_is_given_up(tmp_path, pool):
    write_compressed_enhanced(tmp_path / "x", JPEG_LS, 12)
    stack = only_stack(tmp_path)
    begun = []

    def marked(data, *rest):
        begun.append(len(data))
        return isolation.decode_soon(data[:2] + MARK + data[2:], *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pixels, "decode_soon", marked)
        start = time.monotonic()
        with pytest.raises(loader.UnreadableSeriesError, match="too long"):
            load(SilentContext(), stack)
    assert len(begun) <= isolation.frames_at_once(stack.pixels[0].block.format) + 1
    assert time.monotonic() - start < 25


def test_many_files_that_are_all_slow_are_given_up_together(tmp_path, pool, monkeypatch):
    monkeypatch.setattr(pixels, "DecodingBudget", lambda: DecodingBudget(4.0))
    hu = write_marked(tmp_path, {z: b"HANG" for z in range(24) if z not in (11, 12)}, slices=24)
    start = time.monotonic()
    volume = load(SilentContext(), only_stack(tmp_path))
    assert time.monotonic() - start < 20  # 11 pairs of 3 s are 33
    np.testing.assert_array_equal(volume.data[11:13], hu[11:13])
    caveat = next(c for c in volume.caveats if c.code is CaveatCode.PARTIAL)
    assert "takes too long" in caveat.text
    assert "before it took too long" in caveat.text


def test_a_load_that_waits_for_a_decoder_can_be_cancelled(tmp_path, pool):
    write_marked(tmp_path, dict.fromkeys(range(8), b"HANG"))
    stack = only_stack(tmp_path)
    cancelled = threading.Event()

    class Cancels(SilentContext):
        def check(self):
            if cancelled.is_set():
                raise CancelledError

    threading.Timer(0.3, cancelled.set).start()
    start = time.monotonic()
    with pytest.raises(CancelledError):
        load(Cancels(), stack)
    assert time.monotonic() - start < 0.9
    assert pool._works.qsize() <= 2 * pool.size + 1


def test_frames_of_one_file_are_located_once(tmp_path, monkeypatch):
    hu = write_compressed_enhanced(tmp_path / "x", RLE, 20)
    stack = only_stack(tmp_path)
    calls = []

    def counted(*args):
        calls.append(args)
        return encapsulation.frame_fragments(*args)

    monkeypatch.setattr(pixels, "frame_fragments", counted)
    np.testing.assert_array_equal(load(SilentContext(), stack).data, hu)
    assert len(calls) == 1


def test_tilted_and_resampled_stacks_are_decoded_ahead_too(tmp_path):
    shifts = [[0.0, 0.35 * z, 0.0] for z in range(12)]
    hu = analytic_hu((12, 36, 40))
    write_series(tmp_path / "raw", hu, shifts_lps_mm=shifts)
    write_series(tmp_path / "j2k", hu, shifts_lps_mm=shifts, transfer_syntax=JPEG_2000_LOSSLESS)
    plain = load(SilentContext(), only_stack(tmp_path / "raw"))
    packed = load(SilentContext(), only_stack(tmp_path / "j2k"))
    assert any(c.code is CaveatCode.GANTRY_TILT for c in packed.caveats)
    np.testing.assert_array_equal(packed.data, plain.data)


def test_two_threads_load_at_one_time(tmp_path):
    written = [
        write_series(tmp_path / str(n), analytic_hu((10, 36, 40)) + n, transfer_syntax=JPEG_LS)
        for n in range(2)
    ]
    stacks = [only_stack(tmp_path / str(n)) for n in range(2)]
    volumes: dict[int, np.ndarray] = {}

    def one(n: int) -> None:
        volumes[n] = load(SilentContext(), stacks[n]).data

    threads = [threading.Thread(target=one, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in range(2):
        np.testing.assert_array_equal(volumes[n], written[n])


def test_the_memory_of_decoding_is_counted(tmp_path, monkeypatch):
    hu = write_series(tmp_path, transfer_syntax=JPEG_LS)
    stack = only_stack(tmp_path)
    for module in (memory, loader):
        monkeypatch.setattr(module, "available_bytes", lambda: memory.RESERVE_BYTES + hu.nbytes)
    with pytest.raises(NotEnoughMemoryError, match="GB of memory"):
        load(SilentContext(), stack)
