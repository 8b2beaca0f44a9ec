"""Pairs of series: as commands that can be undone, and restored without being told as new."""

import pytest

from tests.support.volumes import make_volume
from viewer.core.commands import SetPair, Together
from viewer.core.document import AnnotationDocument
from viewer.core.links import Rigid, StackLinks
from viewer.core.study import Patient, StackKey
from viewer.core.undo import UndoStack


def shift(z: float) -> Rigid:
    return Rigid((0.0, 0.0, z))


def test_pairing_is_undone_and_redone_step_by_step():
    links, undo = StackLinks(), UndoStack(AnnotationDocument(""))
    undo.run_on(SetPair("a", "b", shift(4.0)), links)
    undo.run_on(SetPair("b", "a", shift(-7.0)), links)
    assert links.pair("a", "b") == shift(7.0)
    undo.undo()
    assert links.pair("a", "b") == shift(4.0)
    undo.undo()
    assert links.pair("a", "b") is None
    undo.redo()
    undo.redo()
    assert links.pair("b", "a") == shift(-7.0)
    undo.run_on(SetPair("a", "b", None), links)
    assert links.pair("a", "b") is None
    undo.undo()
    back = links.pair("b", "a")
    assert back is not None
    assert back.shift_mm == pytest.approx((0.0, 0.0, -7.0))


def test_several_pairs_are_one_step():
    links, undo = StackLinks(), UndoStack(AnnotationDocument(""))
    pairs = (SetPair("a", "b", shift(1.0)), SetPair("a", "c", shift(2.0)))
    undo.run_on(Together(pairs, "offset of series"), links)
    assert undo.undo_text == "offset of series"
    undo.undo()
    assert list(links) == []


def test_what_is_known_wins_over_what_was_kept():
    links, told = StackLinks(), []
    links.set_pair("b", "a", shift(1.0))
    links.changed.connect(lambda *pair: told.append(pair))
    links.restore({("a", "b"): shift(9.0), ("c", "d"): shift(3.0)})
    assert links.pair("b", "a") == shift(1.0)
    assert links.pair("c", "d") == shift(3.0)
    assert told == [("", "")]
    assert shift(1.0).is_shift


JANE = Patient("Doe^Jane", "P-7")


@pytest.mark.parametrize(("patient", "joined"), [
    (Patient("DOE^JANE^", "p-7"), True),
    (Patient("Doe^Jane", "P-8"), False),
    (Patient(), False),
])  # fmt: skip
@pytest.mark.parametrize("paired", [True, False])
def test_neither_a_pair_nor_a_frame_joins_two_patients(caplog, patient, joined, paired):
    caplog.set_level("INFO")
    links = StackLinks()
    one = make_volume(patient=JANE, key=StackKey("a", 1)).stack
    other = make_volume(patient=patient, key=StackKey("b", 1)).stack
    if paired:
        links.restore({("a", "b"): shift(4.0)})
    for source, target in ((one, other), (other, one), (one, other)):
        assert (links.between(source, target) is not None) is joined
    assert len(caplog.records) == (0 if joined else 1)
    assert "Doe" not in caplog.text


def test_two_series_that_both_name_nobody_may_be_joined():
    one, other = (make_volume(patient=Patient(), key=StackKey(uid, 1)).stack for uid in "ab")
    assert StackLinks().between(one, other) == Rigid()
