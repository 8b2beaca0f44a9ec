"""A load has time in proportion to its pixels, and a little more."""

import pytest

from viewer.dicom.decoding_budget import DecodingBudget


def test_honest_series_of_any_length_stay_within():
    budget = DecodingBudget()
    for _ in range(5000):  # 27 ms for a JPEG 2000 slice were measured; a slow machine takes double
        budget.spend(0.054, 150_000, 512 * 512)
        assert not budget.is_spent
    for _ in range(100_000):  # frames of a few pixels
        budget.spend(0.0002, 60, 64)
    assert not budget.is_spent


@pytest.mark.parametrize(("cost_s", "frames"), [(4.9, 3), (1.0, 29), (20.0, 1)])
def test_slow_frames_use_it_up(cost_s, frames):
    budget = DecodingBudget(10.0)
    for _ in range(frames):
        assert not budget.is_spent
        budget.spend(cost_s, 36_000, 2500 * 2500)
    assert budget.is_spent
