"""One lesion, one proposal: what touches a larger one is its rim; walls hide no nodule."""

import numpy as np
import pytest

from viewer.imaging.candidates import Candidate
from viewer.imaging.candidates_distinct import BALL_MARGIN_MM, Region, distinct, touching

Item = tuple[Candidate, Region]


def proposal(
    strength: float,
    start_zyx: tuple[int, int, int],
    shape_zyx: tuple[int, int, int] = (4, 5, 6),
    diameter_mm: float = 4.0,
) -> Item:
    """A box in a volume of 10 mm voxels: touching tells, balls of few millimetres do not."""
    z, y, x = (start + length / 2 for start, length in zip(start_zyx, shape_zyx, strict=True))
    candidate = Candidate(
        (10 * x, 10 * y, 10 * z), (z, y, x), diameter_mm, diameter_mm**3, 0.0, "solid",
        (start_zyx[0], start_zyx[0] + shape_zyx[0] - 1), strength,
    )  # fmt: skip
    return candidate, Region(start_zyx, np.ones(shape_zyx, bool))


def strengths(*items: Item, most: int = 9) -> list[float]:
    return [candidate.strength for candidate in distinct(items, most)]


def test_a_rim_goes_and_a_neighbour_stays() -> None:
    mass = proposal(9, (10, 10, 10), diameter_mm=40)
    above, beside = proposal(7, (14, 10, 10)), proposal(8, (10, 10, 16))
    overlapping = proposal(6, (12, 13, 8))
    apart = proposal(5, (10, 10, 17))
    corner = proposal(4, (14, 15, 16))
    assert strengths(apart, above, corner, mass, overlapping) == [9, 5, 4]
    assert strengths(beside, mass) == [9]


def test_of_one_size_the_stronger_stays() -> None:
    smaller, larger = (
        proposal(strength, (10, 10, 10), diameter_mm=mm) for strength, mm in ((9, 20), (8, 25))
    )
    assert strengths(larger, smaller) == [9]


@pytest.mark.parametrize(("strength", "expected"), [(4.6, 4.6), (4.4, 9.0)])
def test_a_larger_one_takes_the_place_unless_it_is_weak(strength: float, expected: float) -> None:
    core = proposal(9, (10, 10, 10), diameter_mm=10)
    whole = proposal(strength, (9, 9, 9), (6, 7, 8), diameter_mm=20)
    assert strengths(core, whole) == [expected]


@pytest.mark.parametrize(("outside_mm", "count"), [(-0.5, 1), (0.5, 2)])
def test_a_middle_within_the_ball_and_its_margin_belongs_to_it(
    outside_mm: float, count: int
) -> None:
    mass = proposal(9, (0, 0, 0), (1, 1, 1), diameter_mm=60)
    away = (30 + BALL_MARGIN_MM + outside_mm) / 10
    small, region = proposal(8, (0, 0, 9), (1, 1, 1))
    x, y, z = mass[0].position_lps_mm
    near = Candidate((x, y + 10 * away, z), *_rest(small))
    assert len(distinct((mass, (near, region)), 9)) == count


def _rest(item: Candidate) -> tuple:
    return (
        item.index_zyx, item.diameter_mm, item.volume_mm3, item.mean_hu, item.density,
        item.slices, item.strength,
    )  # fmt: skip


def test_what_went_takes_no_other_with_it() -> None:
    mass = proposal(9, (10, 10, 10), diameter_mm=40)
    rim = proposal(8, (10, 10, 16), diameter_mm=20)
    beyond = proposal(7, (10, 10, 22))
    assert strengths(mass, rim, beyond) == [9, 7]


def test_the_strongest_are_returned_in_order() -> None:
    items = [proposal(strength, (0, 0, 9 * n)) for n, strength in enumerate((3.0, 9.0, 5.0))]
    assert strengths(*items) == [9, 5, 3]
    assert strengths(*items, most=2) == [9, 5]
    assert distinct((), 5) == ()


def test_touching_agrees_with_distances_of_voxels() -> None:
    random = np.random.default_rng(3)
    seen = set()
    for _ in range(200):
        first, second = (
            Region(
                tuple(random.integers(0, 5, 3).tolist()),
                random.random(random.integers(1, 4, 3)) < 0.5,
            )
            for _ in range(2)
        )
        places = [np.argwhere(item.mask) + item.start_zyx for item in (first, second)]
        steps = np.abs(places[0][:, None] - places[1][None]).sum(axis=-1)
        expected = bool((steps <= 1).any())
        assert touching(first, second) == touching(second, first) == expected
        seen.add(expected)
    assert seen == {True, False}
