"""The table in force: profile over default, own presets over both; kept across starts."""

import pytest

from viewer.app.bindings import MOUSE_BINDINGS, Gesture, binding_of
from viewer.app.controls import Controls
from viewer.app.profile_store import PresetStore, ProfileStore
from viewer.app.profiles import Profile, ProfileError
from viewer.app.settings import SettingsStore
from viewer.app.user_presets import UserPreset
from viewer.core.errors import ViewerError

MINE = Profile("own-mine", "Mine", keys={"view.fit": ("L",)}, mouse={Gesture.WHEEL: ""}, own=True)


@pytest.fixture
def controls(tmp_path):
    return start(tmp_path)


def start(folder):
    return Controls(SettingsStore(folder), ProfileStore(folder), PresetStore(folder))


def keys(controls):
    return {spec.id: spec.shortcuts for spec in controls.all_actions}


def test_without_files_it_is_the_default(controls):
    assert controls.profile.id == "hounsfield"
    assert controls.bindings == tuple(
        sorted(MOUSE_BINDINGS, key=lambda b: [*Gesture].index(b.gesture))
    )
    assert keys(controls)["view.fit"] == ("F",)
    assert (controls.presets, controls.problems) == ((), ())


def test_a_profile_acts_is_told_and_kept(controls, tmp_path):
    told = []
    controls.changed.connect(lambda: told.append(controls.profile.id))
    controls.save(MINE)
    assert told == ["own-mine"]
    assert (keys(controls)["view.fit"], keys(controls)["turn.left"]) == (("L",), ())
    assert binding_of(Gesture.WHEEL, controls.bindings) == ""
    again = start(tmp_path)
    assert again.profile == MINE
    again.remove(MINE)
    assert start(tmp_path).profile.id == "hounsfield"


def test_own_presets_keep_their_keys_under_any_profile(controls, tmp_path):
    controls.save(MINE)
    controls.set_presets((UserPreset("A", 100, 50, "CT", "L"), UserPreset("B", 9, 8)))
    assert keys(controls)["view.fit"] == ()
    assert keys(controls)["window.user:A"] == ("L",)
    assert start(tmp_path).presets == controls.presets
    assert controls.preset("user:B") == UserPreset("B", 9, 8)


def test_a_damaged_profile_is_told_and_the_default_takes_its_place(controls, tmp_path):
    controls.save(MINE)
    (tmp_path / "profiles" / "own-mine.json").write_bytes(b"\xff{")
    again = start(tmp_path)
    assert again.profile.id == "hounsfield"
    assert again.problems[0].startswith("own-mine: ")


@pytest.mark.expects_log_warnings
def test_damaged_presets_are_told_and_kept_aside(tmp_path):
    (tmp_path / "presets.json").write_bytes(b"[1, 2]")
    controls = start(tmp_path)
    assert controls.presets == ()
    assert controls.problems[0].startswith("presets.json: ")
    assert (tmp_path / "presets.damaged.json").read_bytes() == b"[1, 2]"


def test_profiles_are_found_by_name_and_no_path_leads_out(tmp_path):
    store = ProfileStore(tmp_path)
    assert store.find("OHIF").id == store.find("ohif").id == "ohif"
    with pytest.raises(ViewerError, match="There is no profile nope: there are hounsfield, "):
        store.find("nope")
    (tmp_path / "secret.json").write_text("{}")
    with pytest.raises(ProfileError, match="there is no profile"):
        store.load("../secret")
    assert store.free_id("Mine & Yours!") == "own-mine-yours"
    store.save(MINE)
    assert store.free_id("Mine") == "own-mine-2"
