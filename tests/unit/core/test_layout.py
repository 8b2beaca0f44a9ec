"""Layouts of two windows: ids that never meet, shares that are sound, words for the settings."""

import pytest

from viewer.core.layout import LAYOUTS, MPR, SECOND, grid_layout, layout_from, window_of


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.id)
def test_the_second_window_has_ids_of_its_own_and_fills_its_place(layout):
    second = layout.in_window(SECOND)
    assert not set(second.viewport_ids) & set(layout.viewport_ids)
    assert {window_of(name) for name in second.viewport_ids} == {SECOND} == {second.window}
    assert (second.is_mpr, second.id) == (layout.is_mpr, layout.id)
    fields = {
        (row, column)
        for cell in second.cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }
    assert len(fields) == layout.size[0] * layout.size[1]
    assert second.in_window(SECOND) == second


def test_the_surface_stays_in_the_main_window():
    assert MPR.in_window(SECOND).viewport_ids == ("2/axial", "2/coronal", "2/sagittal")
    assert len(MPR.in_window(SECOND).cells) == 3


@pytest.mark.parametrize(("rows", "columns", "kept"), [
    ((0.5, 0.5), (0.25, 0.75), ((0.5, 0.5), (0.25, 0.75))),
    ((1.0, 1.0), (), ((0.5, 0.5), ())),
    ((0.5,), (0.1, 0.2, 0.7), ((), ())),
    ((0.001, 0.999), (float("nan"), 0.5), ((), ())),
    ((-1.0, 0.5), (7.0, 0.5), ((), ())),
])  # fmt: skip
def test_shares_that_make_no_sense_are_even(rows, columns, kept):
    layout = grid_layout(2, 2).shared(rows, columns)
    assert (layout.row_shares, layout.column_shares) == kept


def test_a_layout_comes_back_from_its_words():
    for layout in (MPR, grid_layout(2, 3).shared((0.3, 0.7), (0.5, 0.3, 0.2))):
        again = layout_from(layout.text)
        assert again.id == layout.id
        assert again.row_shares == pytest.approx(layout.row_shares, abs=1e-4)
        assert again.column_shares == pytest.approx(layout.column_shares, abs=1e-4)
    for damaged in ("", "nothing", "1x2;a,b;c", "1x2;;;;;", "1x2;0.5,0.5;9"):
        assert layout_from(damaged).row_shares == ()
    assert layout_from("1x2;a,b;c").id == "1x2"
