"""Offsets of pairs on disk: exact, private, robust against damage, merged with other windows."""

import json
import os
import stat

import numpy as np
import pytest

from viewer.core.links import Rigid
from viewer.store import pairs as pairs_module
from viewer.store.pairs import FILE_NAME, PairStore

TURN = Rigid((1.5, -2.25, 12.5), ((0.6, -0.8, 0.0), (0.8, 0.6, 0.0), (0.0, 0.0, 1.0)))


def test_pairs_come_back_as_they_were(tmp_path):
    store = PairStore(tmp_path / "data")
    assert store.load()[0] == {}
    store.save({("1.2", "3.4"): TURN, ("5.6", "7.8"): Rigid((0.0, 0.0, 1 / 3))})
    assert PairStore(tmp_path / "data").load()[0] == {
        ("1.2", "3.4"): TURN,
        ("5.6", "7.8"): Rigid((0.0, 0.0, 1 / 3)),
    }
    if os.name != "nt":
        mode = (tmp_path / "data" / FILE_NAME).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_a_pair_is_replaced_from_both_sides_and_forgotten(tmp_path):
    store, other = PairStore(tmp_path), PairStore(tmp_path)
    store.save({("a", "b"): Rigid((0.0, 0.0, 1.0))})
    other.save({("c", "d"): Rigid((0.0, 0.0, 2.0))})
    store.save({("b", "a"): Rigid((0.0, 0.0, 3.0))})
    assert store.load()[0] == {
        ("c", "d"): Rigid((0.0, 0.0, 2.0)),
        ("b", "a"): Rigid((0.0, 0.0, 3.0)),
    }
    store.save({("a", "b"): None})
    assert list(store.load()[0]) == [("c", "d")]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'{"version": 1}'])
def test_a_damaged_file_is_kept_aside(tmp_path, content, caplog):
    (tmp_path / FILE_NAME).write_bytes(content)
    with caplog.at_level("CRITICAL", logger="viewer"):
        assert PairStore(tmp_path).load()[0] == {}
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [content]
    assert not (tmp_path / FILE_NAME).exists()


def test_entries_that_are_no_rigid_motion_are_left_out(tmp_path):
    store = PairStore(tmp_path)
    store.save({("a", "b"): TURN})
    path = tmp_path / FILE_NAME
    content = json.loads(path.read_bytes())
    good = content["pairs"][0]
    mirrored = np.diag([1.0, 1.0, -1.0]).tolist()
    stretched = (np.eye(3) * 2).tolist()
    content["pairs"] += [
        {**good, "source_uid": name, "rotation": rotation}
        for name, rotation in (("m", mirrored), ("s", stretched))
    ]
    content["pairs"].append({**good, "source_uid": ""})
    path.write_text(json.dumps(content))
    assert store.load()[0] == {("a", "b"): TURN}


def test_the_oldest_give_way(tmp_path, monkeypatch):
    monkeypatch.setattr(pairs_module, "MAX_PAIRS", 3)
    store = PairStore(tmp_path)
    for number in range(5):
        store.save({("a", str(number)): TURN})
    assert [target for _, target in store.load()[0]] == ["2", "3", "4"]
