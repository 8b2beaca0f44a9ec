"""Pairs of series: as commands that can be undone, and restored without being told as new."""

import pytest

from viewer.core.commands import SetPair, Together
from viewer.core.document import AnnotationDocument
from viewer.core.links import Rigid, StackLinks
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
