"""Outlines of very many corners: measured well, in bounded time and memory."""

import math
import tracemalloc

import numpy as np
import pytest

from viewer.core.contour import MOST_CORNERS, area, bounded, holds


def circle(corners, radius=20.0):
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return radius * np.stack([np.cos(angles), 0.5 * np.sin(angles)], axis=1) + (3.0, -7.0)


def test_what_a_hand_draws_is_not_thinned():
    drawn = circle(MOST_CORNERS)
    assert bounded(drawn) is drawn


def test_a_hundred_thousand_corners_measure_like_the_ellipse():
    outline = circle(100_000)
    tracemalloc.start()
    measured = area(outline)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert measured == pytest.approx(math.pi * 20 * 10, rel=1e-4)
    assert peak < 300e6
    rng = np.random.default_rng(4)
    points = rng.uniform((-25, -25), (30, 15), (2000, 2))
    level = ((points[:, 0] - 3) / 20) ** 2 + ((points[:, 1] + 7) / 10) ** 2
    clear = np.abs(level - 1) > 0.01
    assert (holds(outline, points) == (level < 1))[clear].all()


def test_crossings_are_found_in_every_part_of_a_long_outline():
    """A zigzag up and back down crosses itself at the same places, wherever the parts begin."""
    teeth = 700
    x = np.repeat(np.arange(teeth, dtype=float), 1)
    there = np.stack([x, (np.arange(teeth) % 2) * 2.0], axis=1)
    back = np.stack([x[::-1], (np.arange(teeth)[::-1] % 2) * -2.0 + 2.0], axis=1)
    # Between two neighbouring teeth the two lines form an X: two triangles of 1 x 2 / 2 / 2 each.
    expected = (teeth - 1) * 2 * (0.5 * 2.0 * 0.5)
    assert area(np.concatenate([there, back])) == pytest.approx(expected)
