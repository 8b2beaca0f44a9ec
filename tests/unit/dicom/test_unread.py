"""Damaged files of a series are told as such, not as missing ones."""

import pytest

from tests.support.dicom_writer import analytic_hu, write_series
from viewer.app.open_study import left_out_text
from viewer.core.progress import SilentContext
from viewer.dicom.scan import scan

POSITIONS_MM = [2.5 * z for z in range(12)]


def damaged(folder, cut=(), headless=(), gone=()):
    """Write twelve slices and spoil some (by place): without pixels, without header, deleted."""
    write_series(folder, analytic_hu((12, 36, 40)), positions_mm=POSITIONS_MM)
    whole = scan(SilentContext(), [folder]).stacks()[0]
    for z, frame in enumerate(whole.frames):
        path = folder / frame.path
        if z in cut:
            path.write_bytes(path.read_bytes()[:-400])
        elif z in headless:
            path.write_bytes(path.read_bytes()[:200])
        elif z in gone:
            path.unlink()
    index = scan(SilentContext(), [folder])
    (stack,) = index.stacks()
    return index, {caveat.code.value: caveat for caveat in stack.caveats}


def test_slices_that_could_not_be_read_are_named(tmp_path):
    index, caveats = damaged(tmp_path, cut=(3, 7, 8))
    assert caveats["partial"].text == "3 slices could not be read: 4, 8-9"
    assert caveats["partial"].short == "slices 4, 8-9 could not be read"
    assert "gap" not in caveats
    assert left_out_text(index) == "3 of 12 files could not be used"


def test_missing_and_damaged_slices_are_told_apart(tmp_path):
    _, caveats = damaged(tmp_path, cut=(3,), gone=(6,))
    assert caveats["partial"].text == "1 slice could not be read: 4"
    assert caveats["gap"].text == "1 slice is missing: 7 (at -105.25 mm)"
    assert caveats["gap"].short == "slice 7 missing"


def test_files_without_a_header_may_be_the_missing_ones(tmp_path):
    index, caveats = damaged(tmp_path, headless=(4, 6))
    assert caveats["gap"].text == (
        "2 slices are missing: 5, 7 (at -110.25, -105.25 mm)"
        " (2 files of the folder could not be read)"
    )
    assert left_out_text(index) == "2 of 12 files could not be used"


@pytest.mark.parametrize("z", [0, 11])
def test_a_damaged_slice_at_an_end_leaves_no_gap_but_is_told(tmp_path, z):
    _, caveats = damaged(tmp_path, cut=(z,))
    assert caveats["partial"].text == (
        "1 slice could not be read: 1 before the first or after the last"
    )


def test_whole_series_say_nothing(tmp_path):
    assert not {"gap", "partial"} & set(damaged(tmp_path)[1])
