"""Loading: outwards from the view, partial results, padding, colour, broken frames, limits."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.dicom_writer import analytic_hu, mask_of, save, slice_set, write_series
from viewer.core.caveats import CaveatCode
from viewer.core.errors import CancelledError
from viewer.core.progress import SilentContext
from viewer.dicom import memory
from viewer.dicom.loader import (
    SlicesLoaded,
    UnreadableSeriesError,
    VolumeStarted,
    load,
    outwards,
    read_frame,
)
from viewer.dicom.memory import NotEnoughMemoryError
from viewer.dicom.scan import scan


class Recorder(SilentContext):
    """Keeps partial results in order."""

    def __init__(self) -> None:
        self.parts: list[object] = []

    def partial(self, value: object) -> None:
        self.parts.append(value)


def only_stack(folder: Path):
    index = scan(SilentContext(), [folder])
    assert index.problems == ()
    (stack,) = index.stacks()
    return stack


def test_the_volume_starts_empty_and_fills_outwards(tmp_path):
    hu = write_series(tmp_path, analytic_hu((12, 36, 40)))
    recorder = Recorder()
    volume = load(recorder, only_stack(tmp_path), lambda: 3)
    started, first, *rest = recorder.parts
    assert isinstance(started, VolumeStarted)
    assert started.volume.data is volume.data
    assert first == SlicesLoaded(frozenset({3}))
    loaded = [z for p in (first, *rest) if isinstance(p, SlicesLoaded) for z in p.slices]
    assert sorted(loaded) == list(range(12))
    np.testing.assert_array_equal(volume.data, hu)
    assert not volume.data.flags.writeable


@given(st.integers(1, 60), st.lists(st.integers(-5, 70), min_size=1))
def test_every_slice_comes_once_the_nearest_first(count, centres):
    waiting, calls = set(range(count)), iter(centres)
    asked = [centres[0]]

    def centre():
        asked.append(next(calls, asked[-1]))
        return asked[-1]

    for z, in_view in outwards(count, centre):
        here = min(max(asked[-1], 0), count - 1)
        assert abs(z - here) == min(abs(other - here) for other in waiting)
        assert in_view == (z == here)
        waiting.remove(z)
    assert waiting == set()


def test_a_load_can_be_cancelled(tmp_path):
    write_series(tmp_path)

    class Cancelled(SilentContext):
        def check(self):
            raise CancelledError

    with pytest.raises(CancelledError):
        load(Cancelled(), only_stack(tmp_path))


def test_read_frame_is_the_slice_of_the_volume(tmp_path):
    hu = write_series(tmp_path)
    np.testing.assert_array_equal(read_frame(only_stack(tmp_path), 4), hu[4])


def tag_padding(value, limit=None):
    def change(one, z):
        one.add_new(0x00280120, "US", value)
        if limit is not None:
            one.add_new(0x00280121, "US", limit)

    return change


@pytest.mark.parametrize("ends", [(60, 70), (70, 60)])
def test_tagged_padding_ranges_in_either_order(tmp_path, ends):
    hu = write_series(tmp_path, change=tag_padding(*ends))
    volume = load(SilentContext(), only_stack(tmp_path))
    np.testing.assert_array_equal(mask_of(volume), (hu >= 60 - 1024) & (hu <= 70 - 1024))
    np.testing.assert_array_equal(volume.data, hu)


def test_padding_is_sign_aware(tmp_path):
    hu = analytic_hu()
    hu[:, :4] = -3024

    def change(one, z):
        one.PixelRepresentation, one.BitsStored, one.HighBit = 1, 16, 15
        one.PixelData = (hu[z].astype(np.int32) + 1024).astype("<i2").tobytes()
        one.add_new(0x00280120, "US", 63536)  # -2000, as some scanners write it

    write_series(tmp_path, hu.clip(-1024), change=change)
    volume = load(SilentContext(), only_stack(tmp_path))
    np.testing.assert_array_equal(mask_of(volume), hu == -3024)
    assert volume.caveats == ()


def round_field(value):
    hu = analytic_hu()
    y, x = np.indices(hu.shape[1:])
    outside = np.hypot((y - 17.5) / 18, (x - 19.5) / 20) > 1.0
    hu[:, outside] = value
    return hu, outside


def write_signed(folder, hu, change=None):
    def signed(one, z):
        one.PixelRepresentation, one.BitsStored, one.HighBit = 1, 16, 15
        one.PixelData = (hu[z].astype(np.int32) + 1024).astype("<i2").tobytes()
        if change is not None:
            change(one, z)

    write_series(folder, np.maximum(hu, -1024), change=signed)


def test_an_untagged_round_field_is_padding_with_a_caveat(tmp_path):
    hu = analytic_hu((6, 64, 64))
    y, x = np.indices((64, 64))
    outside = np.hypot(y - 31.5, x - 31.5) > 33
    hu[:, outside] = -2000
    write_signed(tmp_path, hu)
    stack = only_stack(tmp_path)
    assert {c.code for c in stack.caveats} == {CaveatCode.PADDING_ASSUMED}
    volume = load(SilentContext(), stack)
    np.testing.assert_array_equal(mask_of(volume), np.broadcast_to(outside, volume.data.shape))
    assert {c.code for c in volume.caveats} == {CaveatCode.PADDING_ASSUMED}


@pytest.mark.parametrize("value", [-1024, -1000])
def test_air_at_the_border_is_a_measurement(tmp_path, value):
    hu, _ = round_field(value)
    write_signed(tmp_path, hu)
    volume = load(SilentContext(), only_stack(tmp_path))
    assert volume.padding is None
    assert volume.caveats == ()


def test_a_stated_padding_value_that_is_not_the_one_used(tmp_path):
    hu = analytic_hu((6, 64, 64))
    hu[:, :, :12] = -2048
    change = lambda one, z: one.add_new(0x00280120, "US", 63536)  # noqa: E731
    write_signed(tmp_path, hu, change)
    volume = load(SilentContext(), only_stack(tmp_path))
    np.testing.assert_array_equal(mask_of(volume), hu == -2048)
    assert {c.code for c in volume.caveats} == {CaveatCode.PADDING_ASSUMED}


def test_monochrome1_keeps_its_values(tmp_path):
    hu = write_series(
        tmp_path, change=lambda one, z: setattr(one, "PhotometricInterpretation", "MONOCHROME1")
    )
    volume = load(SilentContext(), only_stack(tmp_path))
    assert volume.stack.inverted
    np.testing.assert_array_equal(volume.data, hu)


def colour_set(photometric: str, planar: int):
    one = slice_set(analytic_hu()[0, :4, :6], 0)
    rgb = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3) * 3
    one.SamplesPerPixel, one.PhotometricInterpretation = 3, photometric
    one.PlanarConfiguration = planar
    one.BitsAllocated, one.BitsStored, one.HighBit = 8, 8, 7
    one.PixelData = (rgb.transpose(2, 0, 1) if planar else rgb).tobytes()
    return one, rgb


@pytest.mark.parametrize("planar", [0, 1])
def test_rgb_by_pixel_and_by_plane(tmp_path, planar):
    one, rgb = colour_set("RGB", planar)
    save(one, tmp_path / "x")
    volume = load(SilentContext(), only_stack(tmp_path))
    assert volume.data.dtype == np.uint8
    np.testing.assert_array_equal(volume.data[0], rgb)
    assert volume.stack.samples == 3


def test_ybr_becomes_rgb_by_the_formula_of_the_standard(tmp_path):
    one, ybr = colour_set("YBR_FULL", 0)
    save(one, tmp_path / "x")
    y, cb, cr = (ybr[..., i].astype(float) for i in range(3))
    expected = np.stack(
        [
            y + 1.402 * (cr - 128),
            y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
            y + 1.772 * (cb - 128),
        ],
        axis=-1,
    ).clip(0, 255)
    volume = load(SilentContext(), only_stack(tmp_path))
    assert np.abs(volume.data[0] - expected).max() <= 0.51


def test_palette_colours(tmp_path):
    one = slice_set(analytic_hu()[0, :4, :6], 0)
    indices = np.arange(24, dtype=np.uint8).reshape(4, 6)
    one.PhotometricInterpretation = "PALETTE COLOR"
    one.BitsAllocated, one.BitsStored, one.HighBit = 8, 8, 7
    one.PixelData = indices.tobytes()
    tables = []
    for channel, colour in enumerate(("Red", "Green", "Blue")):
        table = ((np.arange(16) * 13 + channel * 40) % 256).astype("<u2") * 256
        setattr(one, f"{colour}PaletteColorLookupTableDescriptor", [16, 2, 16])
        setattr(one, f"{colour}PaletteColorLookupTableData", table.tobytes())
        tables.append(table // 256)
    save(one, tmp_path / "x")
    volume = load(SilentContext(), only_stack(tmp_path))
    looked_up = np.stack([t[np.clip(indices.astype(int) - 2, 0, 15)] for t in tables], -1)
    np.testing.assert_array_equal(volume.data[0], looked_up)


def test_a_broken_frame_is_a_placeholder_with_a_caveat(tmp_path):
    hu = write_series(tmp_path, transfer_syntax="1.2.840.10008.1.2.4.80")
    stack = only_stack(tmp_path)
    path = Path(stack.frames[2].path)
    data = bytearray(path.read_bytes())
    at = data.rindex(b"\xff\xd9")
    data[at : at + 2] = b"\0\0"
    path.write_bytes(bytes(data))
    Path(stack.frames[4].path).unlink()
    volume = load(SilentContext(), stack)
    assert volume.placeholders == (2, 4)
    np.testing.assert_array_equal(volume.data[[0, 1, 3, 5]], hu[[0, 1, 3, 5]])
    caveat = next(c for c in volume.caveats if c.code is CaveatCode.PARTIAL)
    assert caveat.text.startswith("2 of 6 slices could not be read (3, 5)")
    assert "cut off" in caveat.text


def test_a_file_that_shrank_is_told(tmp_path):
    write_series(tmp_path)
    stack = only_stack(tmp_path)
    path = Path(stack.frames[1].path)
    path.write_bytes(path.read_bytes()[:-100])
    volume = load(SilentContext(), stack)
    assert volume.placeholders == (1,)


def test_nothing_readable_is_an_error_in_words(tmp_path):
    write_series(tmp_path)
    stack = only_stack(tmp_path)
    for frame in stack.frames:
        Path(frame.path).unlink()
    with pytest.raises(UnreadableSeriesError, match="not there any more"):
        load(SilentContext(), stack)
    with pytest.raises(UnreadableSeriesError, match="not there any more"):
        read_frame(stack, 0)


def test_a_volume_that_does_not_fit_is_refused_before_it_is_made(tmp_path, monkeypatch):
    write_series(tmp_path)
    stack = only_stack(tmp_path)
    monkeypatch.setattr(memory, "available_bytes", lambda: memory.RESERVE_BYTES + 1000)
    recorder = Recorder()
    with pytest.raises(NotEnoughMemoryError, match="GB of memory"):
        load(recorder, stack)
    assert recorder.parts == []


def test_the_free_memory_is_a_sensible_number():
    free = memory.available_bytes()
    assert free is None or 1 << 20 < free < 1 << 50


def test_loading_leaves_room_for_another_thread(tmp_path):
    """While a thread loads, this one is never kept waiting for long."""
    hu = np.tile(analytic_hu((1, 36, 40)), (1, 10, 10))[:, :256, :256]
    write_series(tmp_path, np.repeat(hu, 40, axis=0))
    stack = only_stack(tmp_path)
    thread = threading.Thread(target=lambda: [load(SilentContext(), stack) for _ in range(3)])
    gaps, last = [], time.perf_counter()
    thread.start()
    while thread.is_alive():
        time.sleep(0.001)
        now = time.perf_counter()
        gaps.append(now - last)
        last = now
    thread.join()
    assert np.median(gaps) < 0.05
