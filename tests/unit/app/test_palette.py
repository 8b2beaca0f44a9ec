"""The palette without a window: what a few letters find, in which order."""

import pytest

from tests.support.volumes import make_volume
from viewer.app.actions import ACTIONS
from viewer.app.palette import (
    PaletteEntry,
    action_entries,
    found,
    recent_entries,
    series_entries,
)
from viewer.core.study import Patient, Series, Study, StudyIndex

ENTRIES = action_entries(ACTIONS, lambda name: "no" if name == "edit.redo" else "")


def names(query, limit=60):
    return [entry.text for entry in found(ENTRIES, query, limit)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("wl", "Window / level"), ("lung", "Lung"), ("bone", "Bone"), ("BONE", "Bone"),
        ("fit", "Fit to window"), ("redo", "Redo"), ("flip left", "Flip left and right"),
        ("bidir", "Bidirectional"), ("recist", "Bidirectional"), ("undo", "Undo"),
        ("cobb", "Cobb angle"), ("wilev", "Window / level"),
    ],
)  # fmt: skip
def test_the_likeliest_comes_first(query, first):
    if query == "recist":  # stands in no name: nothing is guessed
        assert names(query) == []
    else:
        assert names(query)[0] == first


def test_all_words_must_be_there():
    assert names("flip zebra") == []
    assert set(names("flip")) >= {"Flip left and right", "Flip up and down"}
    assert "Liver" in names("li")
    assert "Turn the swipe line" not in names("rnl")


def test_everything_is_there_without_a_query_in_the_order_of_the_table():
    able = [entry.text for entry in ENTRIES if not entry.reason]
    assert names("", limit=1000) == [*able, "Redo"]
    assert len(names("", limit=7)) == 7


def test_what_cannot_be_done_now_comes_after_its_equals():
    entries = [
        PaletteEntry("a", "Same", "X", reason="not now"),
        PaletteEntry("b", "Same", "X"),
    ]
    assert [entry.id for entry in found(entries, "same")] == ["b", "a"]


def test_keys_place_and_reason_are_told():
    fit = next(entry for entry in ENTRIES if entry.id == "view.fit")
    assert (fit.place, fit.keys, fit.reason) == ("View", "F", "")
    mip = next(entry for entry in ENTRIES if entry.id == "slab.mip")
    assert mip.place == "View: Slab"
    assert next(entry for entry in ENTRIES if entry.id == "edit.redo").reason == "no"


def test_series_and_recent_studies_name_no_patient():
    stack = make_volume().stack
    patient = Patient("Doe^Jane", "P-7", "", "", "")
    series = Series("9.8.7", "CT", "3", "Thin", (stack,))
    index = StudyIndex(7, (Study("1.1", patient, "Chest", "20260102", (series,)),))
    (entry,) = series_entries(index)
    assert (entry.id, entry.text, entry.help) == ("series:9.8.7:0", "3 Thin", "7 images, CT")
    assert "Doe" not in repr(entry)
    assert series_entries(None) == []
    assert recent_entries(("/a/b",))[0].id == "recent:/a/b"
