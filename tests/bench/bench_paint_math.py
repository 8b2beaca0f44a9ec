"""What a slice step or a window drag costs before anything is painted: cutting and windowing."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from tests.support.voxel_grids import geometry, volume
from viewer.core.plane import Orientation, map_axes
from viewer.core.window import HuWindow
from viewer.imaging.histogram import automatic_window, full_range
from viewer.imaging.lut import to_grey
from viewer.imaging.reslice import axis_slice

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

SHAPE = (800, 512, 512)


@pytest.fixture(scope="module")
def data() -> np.ndarray:
    rng = np.random.default_rng(1)
    one = rng.integers(-1000, 1500, SHAPE[1:]).astype(np.int16)
    return np.stack([np.roll(one, z, axis=1) for z in range(SHAPE[0])])


def median_ms(action: Callable[[int], object], repeats: int = 60) -> float:
    """Time an action on a different slice or window each time, as a reader's hand does."""
    times = []
    for number in range(repeats):
        start = time.perf_counter()
        action(number)
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1000


@pytest.mark.parametrize("orientation", Orientation)
def test_a_step_through_each_plane(data, orientation):
    mapping = map_axes(geometry(SHAPE), orientation)
    window = HuWindow(1500, -600)
    cut = median_ms(lambda n: axis_slice(data, mapping, 7 * n))
    step = median_ms(lambda n: to_grey(axis_slice(data, mapping, 7 * n), window))
    print(f"\n{orientation}: cut {cut:.3f} ms, cut and window {step:.2f} ms")
    assert step < 8, "half of a frame of 16 ms"


def test_a_window_drag(data):
    image = data[400]
    drag = median_ms(lambda n: to_grey(image, HuWindow(1500 + n, -600)))
    same = median_ms(lambda n: to_grey(image, HuWindow(1500, -600)))
    plain = median_ms(
        lambda n: np.rint(
            255 * np.clip((image.astype(float) - (-600 - 750.0)) / (1500 + n), 0, 1)
        ).astype("u1")
    )
    print(f"\nwindow: drag {drag:.2f} ms, kept {same:.2f} ms, numpy formula {plain:.2f} ms")
    assert drag < plain


def test_automatic_window(data):
    series = volume(data)
    sampled = median_ms(lambda _: automatic_window(series), 3)
    whole = median_ms(lambda _: full_range(series), 3)
    plain = median_ms(lambda _: np.percentile(data, (0.1, 99.9)), 1)
    print(f"\nautomatic {sampled:.0f} ms, full range {whole:.0f} ms, np.percentile {plain:.0f} ms")
    assert sampled < plain
