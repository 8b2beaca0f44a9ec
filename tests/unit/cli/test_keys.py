"""`hounsfield keys`, and own presets on the command line."""

import json

import pytest

from tests.support.volumes import make_volume
from viewer.app.profile_store import PresetStore, ProfileStore
from viewer.app.profiles import Profile
from viewer.app.user_presets import UserPreset
from viewer.cli import program
from viewer.cli.selection import choose_window, preset_argument
from viewer.cli.terminal import UsageError
from viewer.core.window import HuWindow
from viewer.paths import config_dir

NARROW = UserPreset("Narrow lung", 250, -620, "CT", "F9")


def out(capsys, *arguments):
    assert program.run(["keys", *arguments]) == 0
    return capsys.readouterr().out


def test_the_table_of_a_profile(capsys):
    text = out(capsys)
    assert text.splitlines()[0] == "Hounsfield (hounsfield)"
    assert any(line.split() == ["D", "Distance", "Tools"] for line in text.splitlines())
    horos = out(capsys, "--profile", "Horos")
    assert any(line.split() == ["L", "Distance", "Tools"] for line in horos.splitlines())
    told = json.loads(out(capsys, "--profile", "horos", "--json"))
    assert {"control": "Ctrl + left drag", "does": "Pan", "menu": "Mouse"} in told["controls"]
    assert told["sources"]


def test_own_profiles_and_presets_take_part(capsys):
    ProfileStore(config_dir()).save(Profile("own-x", "Mine", "", {"view.fit": ("F12",)}, own=True))
    PresetStore(config_dir()).save((NARROW,))
    listed = json.loads(out(capsys, "--profiles", "--json"))
    assert {"id": "own-x", "name": "Mine", "own": True, "chosen": False} in listed
    assert "* hounsfield" in out(capsys, "--profiles")
    assert "Narrow lung  250 / -620 HU" in out(capsys)


def test_an_unknown_profile_is_told(capsys):
    assert program.run(["keys", "--profile", "nope"]) == 2
    assert capsys.readouterr().err.startswith("hounsfield: There is no profile nope: there are ")


def test_an_own_preset_is_a_window(capsys):
    PresetStore(config_dir()).save((NARROW, UserPreset("T2", 900, 450, "MR")))
    assert preset_argument("lung") == "lung"
    assert preset_argument("NARROW lung") == "user:Narrow lung"
    chosen = choose_window(make_volume(), "user:Narrow lung", None)
    assert chosen == (HuWindow(250, -620), "user:Narrow lung")
    with pytest.raises(UsageError, match="T2 does not suit this series: Only for MR: this is CT"):
        choose_window(make_volume(), "user:T2", None)
    assert program.run(["export", "x", "--format", "png", "--out", "y", "--preset", "nope"]) == 2
    assert "airways, Narrow lung, T2" in capsys.readouterr().err
