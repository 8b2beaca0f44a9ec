"""Sharp at 100, 150 and 200 %: compared with pictures computed at the screen's own resolution."""

import os
import subprocess
import sys

import numpy as np
import pytest

from tests.support.hidpi_pictures import BOX, ICON_PX, LARGER, LINE_PX, SIDE, noise
from tests.support.source_tree import PROJECT_ROOT

pytestmark = pytest.mark.gui
RATIOS = (1.0, 1.5, 2.0)
DRAWN, BLURRED = 0.04, 0.07
"""Shares of full contrast: what a drawn icon may differ from the finest one, what blur does."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """What a process of each pixel ratio draws."""
    folder = tmp_path_factory.mktemp("hidpi")
    made = {}
    for ratio in RATIOS:
        out = folder / f"{ratio}.npz"
        subprocess.run(
            [sys.executable, "-m", "tests.support.hidpi_pictures", str(out)],
            env={**os.environ, "QT_SCALE_FACTOR": str(ratio), "QT_QPA_PLATFORM": "offscreen"},
            cwd=PROJECT_ROOT,
            check=True,
            timeout=120,
        )
        with np.load(out) as arrays:
            made[ratio] = dict(arrays)
    return made


def enlarged(picture, side):
    """Return a picture as a screen would show it that enlarges what was drawn at 100 %."""
    places = (np.arange(side) + 0.5) * picture.shape[0] / side - 0.5
    low = np.clip(np.floor(places).astype(int), 0, picture.shape[0] - 2)
    share = np.clip(places - low, 0, 1)
    rows = picture[low] * (1 - share)[:, None] + picture[low + 1] * share[:, None]
    return rows[:, low] * (1 - share) + rows[:, low + 1] * share


def steepness(picture):
    """Mean of the squared steps between neighbours."""
    values = picture.astype(float)
    return float(np.mean(np.diff(values, axis=0) ** 2) + np.mean(np.diff(values, axis=1) ** 2))


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_process_has_the_ratio_that_was_asked_for(pictures, ratio):
    assert float(pictures[ratio]["ratio"]) == ratio
    assert pictures[ratio]["image"].shape == (round(SIDE * ratio), round(SIDE * ratio))


@pytest.mark.parametrize("ratio", RATIOS)
def test_voxels_of_the_size_of_device_pixels_are_shown_as_they_are(pictures, ratio):
    np.testing.assert_array_equal(pictures[ratio]["image"], noise(round(SIDE * ratio)))


@pytest.mark.parametrize("ratio", RATIOS)
def test_lines_cover_the_device_pixels_that_they_lie_on(pictures, ratio):
    found = pictures[ratio]["box"].astype(float) / 255
    left, top, right, bottom = BOX
    pixels = np.arange(found.shape[0])

    def covered(*centres):
        shares = np.zeros(len(pixels))
        for centre in centres:
            low, high = ((centre + side * LINE_PX / 2) * ratio for side in (-1, 1))
            shares += np.clip(np.minimum(pixels + 1, high) - np.maximum(pixels, low), 0, 1)
        return shares

    column, row = (round((a + b) / 2 * ratio) for a, b in ((left, right), (top, bottom)))
    np.testing.assert_allclose(found[:, column], covered(top, bottom), atol=0.02)
    np.testing.assert_allclose(found[row], covered(left, right), atol=0.02)


@pytest.mark.parametrize("ratio", RATIOS[1:])
def test_icons_are_drawn_at_the_screens_resolution(pictures, ratio):
    side = round(ICON_PX * ratio)
    block = ICON_PX * LARGER // side
    # The finest picture, averaged over each device pixel, in the brightness of the drawn one.
    fine = pictures[ratio]["large_icon"].astype(float) / 255
    exact = fine.reshape(side, block, side, block).mean((1, 3))
    drawn = pictures[ratio]["icon"].astype(float)
    drawn /= drawn.max()
    assert np.abs(drawn - exact).mean() < DRAWN
    usual = pictures[1.0]["icon"].astype(float)
    assert np.abs(enlarged(usual / usual.max(), side) - exact).mean() > BLURRED


@pytest.mark.parametrize("ratio", RATIOS[1:])
def test_letters_on_images_are_not_enlarged_pictures(pictures, ratio):
    drawn, usual = pictures[ratio]["text"], pictures[1.0]["text"]
    blurred = enlarged(usual.astype(float), drawn.shape[0])
    assert drawn.max() > 240
    assert steepness(drawn) > 1.5 * steepness(blurred)
