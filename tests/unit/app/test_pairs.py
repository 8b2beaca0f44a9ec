"""Offsets survive the program: saved when they change, restored before anything is shown."""

from typing import Any, cast

from tests.support.inline_runner import InlineRunner
from viewer.app.pairs import PairKeeper
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.history import NO_HISTORY
from viewer.core.links import Rigid, StackLinks
from viewer.core.undo import UndoStack
from viewer.files import SaveError
from viewer.jobs.runner import JobRunner
from viewer.store.pairs import PairStore

SHIFT = Rigid((0.0, 0.0, -12.5))


def keeper(store: Any, links: StackLinks, troubles: list[ViewerError], hold: bool = False):
    runner = InlineRunner(hold)
    made = PairKeeper(
        store, links, UndoStack(AnnotationDocument("")), cast(JobRunner, runner), troubles.append
    )
    return made, runner


def test_pairs_are_there_again_the_next_time(tmp_path):
    links, troubles = StackLinks(), list[ViewerError]()
    first, _ = keeper(PairStore(tmp_path), links, troubles)
    links.set_pair("a", "b", SHIFT)
    again = StackLinks()
    keeper(PairStore(tmp_path), again, troubles)
    assert again.pair("b", "a") == Rigid((0.0, 0.0, 12.5))
    links.set_pair("a", "b", None)
    assert PairStore(tmp_path).load()[0] == {}
    first.close()
    assert troubles == []


def test_what_was_done_while_loading_is_newer(tmp_path):
    PairStore(tmp_path).save({("a", "b"): SHIFT, ("c", "d"): SHIFT})
    links = StackLinks()
    made, runner = keeper(PairStore(tmp_path), links, [], hold=True)
    links.set_pair("b", "a", None)
    runner.run_held()
    assert links.pair("a", "b") is None
    assert links.pair("c", "d") == SHIFT
    made.close()


def test_closing_writes_what_is_left_and_series_without_a_uid_are_not_kept(tmp_path):
    links = StackLinks()
    made, _ = keeper(PairStore(tmp_path), links, [], hold=True)
    links.set_pair("", "b", SHIFT)
    links.set_pair("a", "b", SHIFT)
    assert PairStore(tmp_path).load()[0] == {}
    made.close()
    assert PairStore(tmp_path).load()[0] == {("a", "b"): SHIFT}


def test_trouble_is_told_and_the_pair_stays_to_be_written():
    class Full:
        def __init__(self):
            self.broken, self.saved = True, {}

        def load(self):
            return {}, NO_HISTORY

        def save(self, changes, history):
            if self.broken:
                raise SaveError("pairs.json cannot be saved", "the disk is full")
            self.saved.update(changes)

    links, troubles, store = StackLinks(), list[ViewerError](), Full()
    made, _ = keeper(store, links, troubles)
    links.set_pair("a", "b", SHIFT)
    assert len(troubles) == 1
    store.broken = False
    made.close()
    assert store.saved == {("a", "b"): SHIFT}
