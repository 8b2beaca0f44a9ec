"""What a newer program wrote stays as it is, and what is too large is not read: in every store."""

import json
import os
import time
from pathlib import Path

import pytest

from viewer.app.profile_store import PresetStore, ProfileStore
from viewer.app.profiles import ProfileError
from viewer.app.settings import Settings, SettingsStore
from viewer.app.user_presets import UserPreset
from viewer.core.arrangement import Arrangement, SavedPlace, SavedWindow
from viewer.core.links import Rigid
from viewer.files import SaveError
from viewer.store import arrangements, pairs, views
from viewer.store.arrangements import ArrangementStore
from viewer.store.own_file import NewerFileError
from viewer.store.pairs import PairStore
from viewer.store.views import KeptStudy, ViewStore

LAYOUT = Arrangement("Mine", (SavedWindow("1x1", (SavedPlace(),)),))
STUDY = KeptStudy(study_uid="1", layout="mpr", active="axial", views={})
IDENTITY = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

STORES = [
    (
        "pairs.json",
        {"pairs": [{"source_uid": "1", "target_uid": "2", "shift_mm": [0, 0, 1],
                    "rotation": IDENTITY, "bent": "new"}]},
        lambda folder: PairStore(folder),
        lambda store: store.load()[0] == {},
        lambda store: store.save({("8", "9"): Rigid()}),
    ),
    (
        "views.json",
        {"studies": []},
        lambda folder: ViewStore(folder),
        lambda store: store.find("1") is None,
        lambda store: store.keep(STUDY),
    ),
    (
        "layouts.json",
        {"layouts": []},
        lambda folder: ArrangementStore(folder),
        lambda store: store.load() == (),
        lambda store: store.save((LAYOUT,)),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "make", "is_empty", "save"), STORES)
def test_a_newer_file_is_left_alone_and_that_is_said_once(
    tmp_path, name, content, make, is_empty, save
):
    path = tmp_path / name
    written = json.dumps({"version": 2, "kept by": "a newer one", **content})
    path.write_text(written)
    store = make(tmp_path)
    assert is_empty(store)
    with pytest.raises(NewerFileError, match="a newer Hounsfield wrote it"):
        save(store)
    save(store)
    assert path.read_text() == written
    assert {file.name for file in tmp_path.iterdir()} <= {name, ".lock"}


@pytest.mark.expects_log_warnings
def test_newer_settings_tell_what_is_known_and_stay(tmp_path):
    path = tmp_path / "settings.json"
    written = json.dumps({"version": 2, "theme": "light", "new": 1})
    path.write_text(written)
    store = SettingsStore(tmp_path)
    told: list[SaveError] = []
    store.refused.connect(told.append)
    assert store.settings.theme == "light"
    store.save(store.settings.changed(panel="length"))
    store.save(store.settings.changed(panel="pan"))
    assert store.settings.panel == "pan"
    assert path.read_text() == written
    assert len(told) == 1


@pytest.mark.parametrize(("name", "content", "make", "is_empty", "save"), STORES)
def test_what_killed_programs_left_goes_away_once_it_is_old(
    tmp_path, name, content, make, is_empty, save
):
    old, new = tmp_path / ".0123456789abcdef.part", tmp_path / ".fedcba9876543210.part"
    for path in (old, new):
        path.write_bytes(b"{")
    os.utime(old, (time.time() - 3600,) * 2)
    save(make(tmp_path))
    # The young one is perhaps what another window is writing just now.
    assert {path.name for path in tmp_path.iterdir() if path.name != ".lock"} == {name, new.name}


@pytest.mark.expects_log_warnings
def test_newer_presets_and_profiles_stay(tmp_path):
    presets = tmp_path / "presets.json"
    written = json.dumps({"hounsfield_presets": 2, "presets": []})
    presets.write_text(written)
    store = PresetStore(tmp_path)
    found, wrong = store.load()
    assert found == ()
    assert "newer" in wrong[0]
    with pytest.raises(SaveError, match="newer"):
        store.save((UserPreset("Mine", 10.0, 5.0),))
    assert presets.read_text() == written
    own = tmp_path / "profiles" / "own-mine.json"
    own.parent.mkdir()
    own.write_text(json.dumps({"hounsfield_profile": 2, "name": "Mine"}))
    profiles = ProfileStore(tmp_path)
    with pytest.raises(ProfileError, match="newer"):
        profiles._read(own)
    assert profiles.free_id("Mine") == "own-mine-2"


@pytest.mark.expects_log_warnings
@pytest.mark.parametrize(
    ("name", "most", "read"),
    [
        ("pairs.json", pairs.MAX_BYTES, lambda folder: PairStore(folder).load()[0] == {}),
        ("views.json", views.MAX_BYTES, lambda folder: ViewStore(folder).find("1") is None),
        ("layouts.json", arrangements.MAX_BYTES,
         lambda folder: ArrangementStore(folder).load() == ()),
        ("settings.json", 1 << 20, lambda folder: SettingsStore(folder).settings == Settings()),
    ],
)  # fmt: skip
def test_a_huge_file_is_not_read_but_kept_aside(tmp_path, monkeypatch, name, most, read):
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(1 << 40)  # sparse: reading all of it would never end
    assert most < 1 << 24
    assert read(tmp_path)
    assert [found.name for found in tmp_path.iterdir()] == [f"{path.stem}.damaged.json"]


def test_a_series_is_no_pair_of_itself(tmp_path):
    entry = {"source_uid": "1", "target_uid": "1", "shift_mm": [0, 0, 9], "rotation": IDENTITY}
    good = {**entry, "target_uid": "2"}
    Path(tmp_path / "pairs.json").write_text(json.dumps({"version": 1, "pairs": [entry, good]}))
    assert list(PairStore(tmp_path).load()[0]) == [("1", "2")]
