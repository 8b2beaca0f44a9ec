"""Own layouts on disk: validated one by one; what cannot be used loses nothing else."""

import msgspec
import pytest

from viewer.core.arrangement import Arrangement, PlaceRule, SavedPlace, SavedWindow
from viewer.core.plane import Orientation
from viewer.core.slab import Slab, SlabMode
from viewer.store.arrangements import FILE_NAME, ArrangementStore

CHEST = Arrangement(
    "Chest",
    (
        SavedWindow(
            "1x2;;0.7000,0.3000",
            (
                SavedPlace(
                    PlaceRule("CT", ("lung", "1"), 1, 2),
                    Orientation.CORONAL,
                    Slab(SlabMode.MIP, 12.5),
                ),
                SavedPlace(),
            ),
        ),
        SavedWindow("mpr", (SavedPlace(PlaceRule("MR")),)),
    ),
)
OTHER = Arrangement("Other", (SavedWindow("1x1", (SavedPlace(),)),))


def test_they_come_back_in_their_order(tmp_path):
    store = ArrangementStore(tmp_path / "new")
    assert store.load() == ()
    store.save((OTHER, CHEST))
    assert ArrangementStore(tmp_path / "new").load() == (OTHER, CHEST)


@pytest.mark.expects_log_warnings
@pytest.mark.parametrize("damage", [
    {"name": "", "windows": []},
    {"name": "Bad", "windows": [{"layout": "9x9", "places": []}]},
    {"name": "Bad", "windows": [{"layout": "1x1", "places": [{"orientation": "up"}]}]},
    {"name": "Bad", "windows": [
        {"layout": "1x1", "places": [{"slab": {"mode": "mip", "thickness_mm": -1}}]}]},
    {"name": 5}, [], "text", None,
])  # fmt: skip
def test_one_that_cannot_be_used_is_left_alone(tmp_path, damage):
    store = ArrangementStore(tmp_path)
    store.save((CHEST, OTHER))
    path = tmp_path / FILE_NAME
    file = msgspec.json.decode(path.read_bytes())
    file["layouts"].insert(1, damage)
    path.write_bytes(msgspec.json.encode(file))
    again = ArrangementStore(tmp_path)
    assert again.load() == (CHEST, OTHER)
    again.save((OTHER,))
    kept = msgspec.json.decode(path.read_bytes())["layouts"]
    assert kept[0]["name"] == "Other"
    assert kept[1:] == [damage]  # a newer program may understand it


@pytest.mark.expects_log_warnings
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"version": 1}', b"[" * 9000])
def test_a_damaged_file_is_kept_aside(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    assert ArrangementStore(tmp_path).load() == ()
    (aside,) = tmp_path.iterdir()
    assert aside.read_bytes() == content
