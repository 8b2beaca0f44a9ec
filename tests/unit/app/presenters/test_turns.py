"""One view in each turn of the event loop."""

from functools import partial

import pytest

from viewer.app.presenters.turns import Turns


class Loop:
    """An event loop that is turned by hand."""

    def __init__(self) -> None:
        self.due: list = []

    def later(self, delay_ms, run):
        assert delay_ms == 0
        self.due.append(run)

    def turn(self):
        due, self.due = self.due, []
        for run in due:
            run()


@pytest.fixture
def loop():
    return Loop()


def test_the_first_runs_at_once_and_each_other_in_a_turn_of_its_own(loop):
    turns = Turns(loop.later)
    ran: list[str] = []
    for name in ("axial", "coronal", "sagittal"):
        turns.take(partial(ran.append, name))
    seen = [len(ran)]
    while loop.due:
        loop.turn()
        seen.append(len(ran))
    assert ran == ["axial", "coronal", "sagittal"]
    assert seen == [1, 2, 3, 3]  # the last turn finds nobody, and the loop is at rest
    turns.take(partial(ran.append, "again"))
    assert ran[-1] == "again"


def test_who_waits_already_waits_once_and_may_come_back(loop):
    turns = Turns(loop.later)
    ran: list[str] = []

    def other():
        ran.append("other")
        if ran.count("other") == 1:
            turns.take(other)  # what it did makes it stale again: in a later turn

    turns.take(partial(ran.append, "first"))
    turns.take(other)
    turns.take(other)
    loop.turn()
    assert ran == ["first", "other"]
    for _ in range(4):
        loop.turn()
    assert ran == ["first", "other", "other"]
    assert not loop.due


def test_who_leaves_is_not_kept(loop):
    turns = Turns(loop.later)
    ran: list[str] = []
    left, stays = partial(ran.append, "left"), partial(ran.append, "stays")
    turns.take(partial(ran.append, "first"))
    turns.take(left)
    turns.take(stays)
    turns.leave((left,))
    while loop.due:
        loop.turn()
    assert ran == ["first", "stays"]
