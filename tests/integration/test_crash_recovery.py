"""Killed in the middle of work (SIGKILL): every mark older than two seconds is there again.

The reader is another process with the real window, see `tests.support.reader_process`.
"""

import json
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import small_series
from tests.support.source_tree import PROJECT_ROOT

pytestmark = [
    pytest.mark.gui,
    pytest.mark.timeout(240),  # two windows, one after the other, perhaps on a busy machine
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]
KEPT_AFTER_S = 2.0
OLD_STATES = 6
"""So many states are older than that when it is killed: no mark, three marks, the lock, a mark."""


@pytest.fixture
def folder(tmp_path) -> Path:
    for seed in ("first", "second"):
        small_series(tmp_path / "series" / seed, seed)
    return tmp_path / "series"


class Reader:
    """The process, and what it told; as a context it leaves nothing running."""

    def __init__(self, mode: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.reader_process", mode, str(folder)],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.states: list[dict[str, Any]] = []
        self.stopped_at = 0.0

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(20)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def read(self) -> bool:
        """Take one line; False at the end."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line.endswith("}\n"):  # the last one may be torn
            told = json.loads(line)
            self.stopped_at = told.get("writing_at", 0.0)
            if not self.stopped_at:
                self.states.append(told)
        return bool(line)

    def read_until(self, seconds: float, *, in_write: bool = False) -> None:
        """Read until so long after the first mark, or until the first writing after that.

        A slow machine takes longer, until there is something to go back to.
        """
        while self.read():
            old = [state["at"] for state in self.states if state["at"] < time.time() - KEPT_AFTER_S]
            if len(old) >= OLD_STATES and time.time() - old[1] > seconds:
                break
        if in_write:
            assert self._process.stdin is not None
            self._process.stdin.close()  # this asks for it
            while not self.stopped_at and self.read():
                pass

    def kill(self) -> float:
        """End it as the system does when memory is short; returns when it did its last work."""
        self._process.send_signal(signal.SIGKILL)
        killed = self.stopped_at or time.time()
        while self.read():  # what was told before
            pass
        assert self._process.wait(20) == -signal.SIGKILL
        return killed

    def end(self) -> list[dict[str, Any]]:
        """Wait for its own end."""
        while self.read():
            pass
        assert self._process.wait(20) == 0
        return self.states


def without_repeats(states: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [states[0]] + [now for before, now in pairwise(states) if now != before]


def content(state: dict[str, Any]) -> tuple[Any, ...]:
    return state["marks"], state["locked"], state["key_images"]


@pytest.mark.parametrize(
    ("mode", "seconds"),
    [("work", 2.6), ("work", 3.9), ("slow", 3.2)],
    ids=["soon", "later", "write"],
)
def test_every_mark_older_than_two_seconds_is_there_again(folder, hounsfield_home, mode, seconds):
    with Reader(mode, folder) as reader:
        reader.read_until(seconds, in_write=mode == "slow")
        killed = reader.kill()
    if mode == "slow":
        # Another of its own files may have been on its way at the same moment.
        left = list((hounsfield_home / "data" / "annotations").glob(".*.part"))
        assert len(left) == 1, "it was not killed while it wrote marks"
    must = [state for state in reader.states if state["at"] < killed - KEPT_AFTER_S][-1]
    assert len(must["marks"]) >= 1

    with Reader("look", folder) as again:
        found, *undone, redone = again.end()
    assert must["marks"].keys() <= found["marks"].keys()
    assert set(must["locked"]) <= set(found["locked"])
    assert found["pair"] == must["pair"] or must["pair"] is None
    # What was found is a moment of the work to the last digit of each voxel index, and what can be
    # undone is that of this moment.
    told = [content(state) for state in reader.states]
    assert content(found) in told
    steps = [content(state) for state in (found, *undone)]
    moments, changed = without_repeats(told), without_repeats(steps)
    back = moments[: moments.index(content(found)) + 1][::-1]
    assert len(changed) >= 4
    assert changed == back[: len(changed)]
    assert content(redone) == content(found)


def test_marks_of_two_windows_on_one_series_survive(folder, hounsfield_home):
    with Reader("finish", folder) as one, Reader("finish", folder) as other:
        ends = [reader.end()[-1] for reader in (one, other)]
    with Reader("look", folder) as again:
        found, *_ = again.end()
    assert all(len(end["marks"]) >= 6 for end in ends)
    assert found["marks"].keys() == ends[0]["marks"].keys() | ends[1]["marks"].keys()
    assert len(found["key_images"]) >= 2


def test_the_places_survive_too(folder, hounsfield_home):
    with Reader("work", folder) as reader:
        reader.read_until(3.2)
        reader.kill()
    content = (hounsfield_home / "data" / "views.json").read_text()
    one, other = json.loads(content)["studies"]
    views = one["views"]
    assert views == other["views"], "a comparison comes back with each of its studies"
    shown = [views[name]["series_uid"] for name in "1234"]
    assert shown[0] == shown[1] == shown[2] != shown[3]
    assert [views[name]["orientation"] for name in "123"] == ["axial", "coronal", "coronal"]
    assert views["3"]["rotation"] is not None
    assert str(folder) not in content
