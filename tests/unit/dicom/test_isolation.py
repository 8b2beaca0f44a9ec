"""The decoders' processes: same pixels, and a dead or slow one costs one frame only."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import wait
from multiprocessing import active_children
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.encaps import generate_frames

from tests.support.dicom_writer import analytic_hu, save, slice_set
from viewer.dicom import decoder_child, decoder_process, isolation
from viewer.dicom.codecs import MissingCodecError
from viewer.dicom.codestream import CodestreamError
from viewer.dicom.decoder_process import DecoderProcess, DecoderStartError, TooSlowError
from viewer.dicom.decoding_budget import DecodingBudget
from viewer.dicom.isolation import DecoderPool
from viewer.dicom.pixel_format import PixelFormat
from viewer.dicom.transfer import JPEG_LS, RLE

FORMAT = PixelFormat(36, 40, 1, "MONOCHROME2", 16, 12, 11, False, False)
STORED = analytic_hu() + 1024


def dies(connection):
    connection.send_bytes(b"")
    connection.recv()
    os.abort()


def sleeps(connection):
    connection.send_bytes(b"")
    connection.recv()
    time.sleep(60)


def lies(connection):
    connection.send_bytes(b"")
    connection.recv()
    connection.send_bytes(b"x" * 100_000)


def eats(connection):
    """Have the system limit this process as it limits the real one, and ask for 4 GB."""
    connection.send_bytes(b"")
    request = connection.recv()
    decoder_child._limit(request, decoder_child._address_space())
    try:
        np.ones(1 << 32, np.uint8)
    except MemoryError:
        connection.send_bytes(decoder_child.COST.pack(0) + b"refused")
    else:
        connection.send_bytes(decoder_child.COST.pack(0) + b"granted")


def decoded(decoder: DecoderProcess, frame: bytes, uid: str, fmt: PixelFormat) -> np.ndarray:
    kept: list[np.ndarray] = []
    decoder.decode(frame, uid, fmt, lambda pixels: kept.append(pixels.copy()))
    return kept[0]


def ends(connection):
    raise SystemExit(3)


def ignore(pixels: np.ndarray) -> None:
    pass


def frame_of(tmp_path, z: int, uid: str = JPEG_LS) -> bytes:
    one = slice_set(analytic_hu()[z], z)
    save(one, tmp_path / f"{z}", uid)
    return next(generate_frames(one.PixelData, number_of_frames=1))


@pytest.fixture
def decoder():
    process = DecoderProcess(limit_s=10.0)
    yield process
    process.close()


@pytest.fixture
def pool():
    pool = DecoderPool(2, limit_s=10.0)
    yield pool
    pool.close()


def test_a_dead_decoder_is_replaced(tmp_path, decoder, monkeypatch):
    frame = frame_of(tmp_path, 0)
    with monkeypatch.context() as patch:
        patch.setattr(decoder_child, "serve", dies)
        with pytest.raises(CodestreamError, match="damaged"):
            decoded(decoder, frame, JPEG_LS, FORMAT)
    np.testing.assert_array_equal(decoded(decoder, frame, JPEG_LS, FORMAT), STORED[0])
    with pytest.raises(CodestreamError, match="cut off"):
        decoded(decoder, frame[:-4], JPEG_LS, FORMAT)
    np.testing.assert_array_equal(decoded(decoder, frame, JPEG_LS, FORMAT), STORED[0])


def test_a_slow_decoder_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(decoder_child, "serve", sleeps)
    slow = DecoderProcess(limit_s=0.2)
    with pytest.raises(TooSlowError, match="takes too long"):
        decoded(slow, frame_of(tmp_path, 0), JPEG_LS, FORMAT)
    slow.close()


def test_a_budget_is_told_what_frames_take(tmp_path, monkeypatch, decoder):
    told = []

    class Budget(DecodingBudget):
        def spend(self, cost_s, data_bytes, samples):
            told.append((cost_s, data_bytes, samples))

    frame, budget = frame_of(tmp_path, 0), Budget()
    decoder.decode(frame, JPEG_LS, FORMAT, ignore, budget)
    with pytest.raises(CodestreamError):
        decoder.decode(frame[:-4], JPEG_LS, FORMAT, ignore, budget)
    monkeypatch.setattr(decoder_child, "serve", sleeps)
    slow = DecoderProcess(limit_s=0.2)
    with pytest.raises(TooSlowError):
        slow.decode(frame, JPEG_LS, FORMAT, ignore, budget)
    slow.close()
    assert [one[1:] for one in told] == [
        (n, 1440) for n in (len(frame), len(frame) - 4, len(frame))
    ]
    assert 0 <= told[0][0] < 0.1
    assert 0 <= told[1][0] < 0.1
    assert 0.2 <= told[2][0] < 2


def test_an_answer_that_is_too_long_is_not_read(tmp_path, decoder, monkeypatch):
    monkeypatch.setattr(decoder_child, "serve", lies)
    with pytest.raises(CodestreamError, match="damaged"):
        decoded(decoder, frame_of(tmp_path, 0), JPEG_LS, FORMAT)


def test_a_decoder_gets_no_more_memory_than_its_frame_may_take(tmp_path, decoder, monkeypatch):
    if decoder_child._address_space() is None:
        pytest.skip("only Linux limits the address space of a process")
    monkeypatch.setattr(decoder_child, "serve", eats)
    with pytest.raises(CodestreamError, match="refused"):
        decoded(decoder, frame_of(tmp_path, 0), JPEG_LS, FORMAT)


def test_a_frame_of_another_size_is_refused(tmp_path, decoder):
    frame = frame_of(tmp_path, 0)
    other = PixelFormat(40, 36, 1, "MONOCHROME2", 16, 12, 11, False, False)
    with pytest.raises(CodestreamError, match="36 x 40 pixels, the header says 40 x 36"):
        decoded(decoder, frame, JPEG_LS, other)


def test_without_shared_memory_the_pipe_is_taken(tmp_path, decoder, monkeypatch):
    monkeypatch.setattr(decoder_process, "_allocate", lambda size: None)
    for z in range(3):
        pixels = decoded(decoder, frame_of(tmp_path, z), JPEG_LS, FORMAT)
        np.testing.assert_array_equal(pixels, STORED[z])


def test_memory_grows_with_the_frames_and_leaves_no_name_behind(tmp_path, decoder):
    from multiprocessing.shared_memory import SharedMemory

    names = []
    for side in (64, 1024):
        stored = np.arange(side * side, dtype=np.int64).reshape(side, side) % 4000
        one = slice_set((stored - 1024).astype(np.int16), 0)
        save(one, tmp_path / f"{side}", RLE)
        frame = next(generate_frames(one.PixelData, number_of_frames=1))
        fmt = PixelFormat(side, side, 1, "MONOCHROME2", 16, 12, 11, False, False)
        np.testing.assert_array_equal(decoded(decoder, frame, RLE, fmt), stored)
        names.append(decoder._memory.name)
    assert names[0] != names[1]
    for name in names:
        with pytest.raises(FileNotFoundError):
            SharedMemory(name)


def test_an_idle_process_is_replaced_before_it_ends_by_itself(tmp_path, decoder, monkeypatch):
    frame = frame_of(tmp_path, 0)
    decoded(decoder, frame, JPEG_LS, FORMAT)
    before = decoder._process
    decoded(decoder, frame, JPEG_LS, FORMAT)
    assert decoder._process is before
    decoder._last_used -= decoder_child.IDLE_END_S
    decoded(decoder, frame, JPEG_LS, FORMAT)
    assert decoder._process is not before


def test_two_threads_get_their_own_frames(tmp_path, pool):
    frames = [frame_of(tmp_path, z) for z in range(6)]
    wrong = []

    def many(first: int) -> None:
        for n in range(20):
            z = (first + n) % 6

            def compare(pixels: np.ndarray, z: int = z) -> None:
                if not np.array_equal(pixels, STORED[z]):
                    wrong.append(z)

            pool.submit(frames[z], JPEG_LS, FORMAT, compare).result()

    threads = [threading.Thread(target=many, args=(first,)) for first in (0, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_broken_frame_costs_no_other(tmp_path, pool):
    frames = [frame_of(tmp_path, z) for z in range(6)]
    frames[2] = frames[2][: len(frames[2]) // 2] + b"\xff\xd9"
    futures = [pool.submit(frame, JPEG_LS, FORMAT, ignore) for frame in frames]
    wait(futures)
    assert [f.exception() is None for f in futures] == [True, True, False, True, True, True]
    assert isinstance(futures[2].exception(), CodestreamError)


def test_what_is_done_with_the_pixels_may_fail(tmp_path, pool):
    def refuse(pixels):
        raise ValueError("not this one")

    frame = frame_of(tmp_path, 0)
    with pytest.raises(ValueError, match="not this one"):
        pool.submit(frame, JPEG_LS, FORMAT, refuse).result()
    process = pool.submit(frame, JPEG_LS, FORMAT, ignore)
    assert process.result() is None


def test_no_more_processes_than_frames_in_the_making(tmp_path, pool):
    frame = frame_of(tmp_path, 0)
    for _ in range(3):
        pool.submit(frame, JPEG_LS, FORMAT, ignore).result()
        time.sleep(0.01)  # its thread notes the end after the result is out
    assert len(pool._threads) == 1
    wait([pool.submit(frame, JPEG_LS, FORMAT, ignore) for _ in range(8)])
    assert len(pool._threads) == 2


def test_what_has_not_begun_can_be_cancelled(tmp_path, monkeypatch):
    monkeypatch.setattr(decoder_child, "serve", sleeps)
    pool = DecoderPool(1, limit_s=0.5)
    futures = [pool.submit(frame_of(tmp_path, z), JPEG_LS, FORMAT, ignore) for z in range(3)]
    assert [future.cancel() for future in futures[1:]] == [True, True]
    with pytest.raises(TooSlowError):
        futures[0].result()
    pool.close()


def test_a_warm_pool_has_one_process(pool):
    pool.warm()
    pool.warm()
    assert len(pool._threads) == 1


def test_a_pool_ends_at_once_though_a_process_starts_or_a_frame_hangs(tmp_path, monkeypatch):
    pool = DecoderPool(2, limit_s=60.0)
    pool.warm()
    start = time.monotonic()
    pool.close()
    assert time.monotonic() - start < 2
    monkeypatch.setattr(decoder_child, "serve", sleeps)
    pool = DecoderPool(2, limit_s=60.0)
    futures = [pool.submit(frame_of(tmp_path, z), JPEG_LS, FORMAT, ignore) for z in range(5)]
    time.sleep(0.5)
    pool.close()
    late = pool.submit(b"", JPEG_LS, FORMAT, ignore)
    for future in (*futures, late):
        assert "ended with the program" in str(future.exception(timeout=0))
    assert time.monotonic() - start < 5


def test_closed_decoders_start_again_with_the_next_frame(tmp_path):
    kept: list[np.ndarray] = []
    for z in range(2):
        use = lambda pixels: kept.append(pixels.copy())  # noqa: E731
        isolation.decode_soon(frame_of(tmp_path, z), JPEG_LS, FORMAT, use).result()
        isolation.close_decoders()
        assert "decoder" not in {child.name for child in active_children()}
    np.testing.assert_array_equal(kept, STORED[:2])
    isolation.close_decoders()


def test_a_program_that_ends_while_a_decoder_starts_says_nothing():
    code = (
        "import sys, time; from viewer.dicom.isolation import warm_decoders;"
        "warm_decoders(); time.sleep(float(sys.argv[1]))"
    )
    for turn in range(4):
        programs = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(0.002 * (5 * turn + number))],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            for number in range(5)
        ]
        assert [program.communicate()[0] for program in programs] == [b""] * 5
        assert {program.returncode for program in programs} == {0}


BUSY = """
import sys, time
import multiprocessing
from pathlib import Path
from viewer.dicom.isolation import decode_soon
from viewer.dicom.pixel_format import PixelFormat
from viewer.dicom.transfer import JPEG_2000_LOSSLESS

def work(path, pause_s):
    fmt = PixelFormat(1000, 1000, 1, "MONOCHROME2", 16, 16, 15, False, False)
    frame = Path(path).read_bytes()
    for _ in range(20):
        decode_soon(frame, JPEG_2000_LOSSLESS, fmt, lambda pixels: None)
    time.sleep(pause_s)

if __name__ == "__main__":
    path, pause_s, own = sys.argv[1], float(sys.argv[2]), sys.argv[3]
    if own == "child":
        child = multiprocessing.get_context("spawn").Process(target=work, args=(path, pause_s))
        child.start()
        child.join()
        sys.exit(child.exitcode)
    work(path, pause_s)
"""


@pytest.mark.parametrize("where", ["program", "child"])
def test_a_program_that_ends_while_frames_are_decoded_says_nothing(tmp_path, where):
    noise = np.random.default_rng(5).integers(0, 65536, (1000, 1000)).astype(np.uint16)
    frame = tmp_path / "frame"
    frame.write_bytes(imagecodecs.jpeg2k_encode(noise, level=0, reversible=True))
    script = tmp_path / "busy.py"
    script.write_text(BUSY)
    root = Path(isolation.__file__).parents[2]
    programs = [
        subprocess.Popen(
            [sys.executable, script, frame, str(0.15 * number), where],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        for number in range(6)
    ]
    assert [program.communicate()[0] for program in programs] == [b""] * 6
    assert {program.returncode for program in programs} == {0}


def test_a_process_that_cannot_start_says_why(tmp_path, decoder, monkeypatch):
    monkeypatch.setattr(decoder_child, "serve", ends)
    with pytest.raises(DecoderStartError, match="cannot be started: it ended with code 3"):
        decoded(decoder, frame_of(tmp_path, 0), JPEG_LS, FORMAT)

    def no_process(*args, **kwargs):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.util.spawnv_passfds", no_process)
    with pytest.raises(DecoderStartError, match="cannot be started: Resource temporarily"):
        decoded(decoder, frame_of(tmp_path, 0), JPEG_LS, FORMAT)


def test_a_process_that_died_between_two_frames_costs_none(tmp_path, decoder):
    frame = frame_of(tmp_path, 0)
    decoded(decoder, frame, JPEG_LS, FORMAT)
    decoder._process.kill()
    decoder._process.join()
    np.testing.assert_array_equal(decoded(decoder, frame, JPEG_LS, FORMAT), STORED[0])


def test_a_missing_package_names_itself(monkeypatch):
    monkeypatch.setattr("viewer.dicom.codecs._is_installed", lambda package: False)
    with pytest.raises(MissingCodecError, match="JPEG-LS needs the package imagecodecs, which is"):
        isolation.decode_soon(b"", JPEG_LS, FORMAT, ignore)


def test_the_memory_of_frames_in_the_making_is_bounded():
    assert isolation.frames_at_once(FORMAT) == 2 * isolation._pool().size + 1
    huge = PixelFormat(20_000, 20_000, 1, "MONOCHROME2", 16, 12, 11, False, False)
    assert isolation.frames_at_once(huge) == 1
    large = PixelFormat(4000, 4000, 1, "MONOCHROME2", 16, 12, 11, False, False)
    assert isolation.frames_at_once(large, 3 * isolation.decoding_bytes(large)) <= 3
    assert isolation.frames_at_once(large, -1) == 1
