"""Profiles: what ships is whole, what is damaged is told, what is given is taken elsewhere."""

import json
from dataclasses import replace

import pytest

from viewer.app.action_spec import ActionSpec, Menu
from viewer.app.actions import ACTIONS
from viewer.app.bindings import Gesture, binding_of
from viewer.app.profile_store import ProfileStore
from viewer.app.profiles import (
    DEFAULT_ID,
    Profile,
    ProfileError,
    actions_with,
    bindings_with,
    holder_of,
    read_profile,
    write_profile,
)

SHIPPED = {"hounsfield", "ihe-bir", "ohif", "weasis", "horos", "radiant-like"}


def content(**changes):
    return json.dumps({"hounsfield_profile": 1, "name": "Mine", **changes}).encode()


def shipped(tmp_path):
    known, wrong = ProfileStore(tmp_path).profiles()
    assert wrong == ()
    return {profile.id: profile for profile in known}


def test_what_ships_is_whole(tmp_path):
    known = shipped(tmp_path)
    assert set(known) == SHIPPED
    for profile in known.values():
        assert profile.ignored == ()
        assert profile.id == DEFAULT_ID or profile.sources
        keys = [key for spec in actions_with(profile) for key in spec.shortcuts]
        assert len(keys) == len(set(keys)), profile.id


def test_the_default_profile_is_the_table(tmp_path):
    default = shipped(tmp_path)[DEFAULT_ID]
    assert actions_with(default) == ACTIONS
    assert (default.keys, default.mouse, default.tool) == ({}, {}, "window")


@pytest.mark.parametrize(
    ("profile", "action", "keys"),
    [
        ("ohif", "turn.mirror", ("H",)), ("ohif", "tool.crosshair", ()),
        ("ohif", "window.bone", ("4",)), ("ohif", "window.cta", ("7",)),
        ("ohif", "go.previous_series", ("PgUp",)), ("ohif", "go.previous", ("Up",)),
        ("weasis", "tool.pan", ("T",)), ("weasis", "view.overlay", ("Space", "I")),
        ("weasis", "view.invert", ()), ("weasis", "link.alone", ()),
        ("horos", "tool.length", ("L",)), ("horos", "turn.left", ()),
        ("horos", "go.next", ("Right", "PgDown")), ("horos", "go.next_series", ()),
    ],
)  # fmt: skip
def test_keys_of_the_peers(tmp_path, profile, action, keys):
    actions = {spec.id: spec for spec in actions_with(shipped(tmp_path)[profile])}
    assert actions[action].shortcuts == keys


def test_mouse_of_the_peers(tmp_path):
    known = shipped(tmp_path)
    horos, weasis = bindings_with(known["horos"]), bindings_with(known["weasis"])
    assert binding_of(Gesture.CTRL_LEFT_DRAG, horos) == "pan"
    assert binding_of(Gesture.RIGHT_DRAG, horos) == "zoom"
    assert binding_of(Gesture.RIGHT_DRAG, weasis) == ""
    assert binding_of(Gesture.RIGHT_CLICK, weasis) == "menu"
    assert known["ihe-bir"].tool == "scroll"


def test_a_key_that_is_given_is_taken_from_its_holder():
    profile = Profile("x", "X", keys={"view.fit": ("L", "Ctrl+Alt+F9")})
    actions = {spec.id: spec for spec in actions_with(profile)}
    assert actions["view.fit"].shortcuts == ("L", "Ctrl+Alt+F9")
    assert actions["turn.left"].shortcuts == ()
    holder = holder_of("L", tuple(actions.values()), but="turn.left")
    assert holder is not None
    assert holder.id == "view.fit"
    assert holder_of("L", tuple(actions.values()), but="view.fit") is None


def test_written_and_read_it_is_the_same():
    profile = Profile(
        "own-x",
        "Mine & “others”",
        "About",
        {"view.fit": ("Ctrl+F",), "view.reset": ()},
        {Gesture.RIGHT_DRAG: "", Gesture.CTRL_WHEEL: "slab"},
        "pan",
        ("here",),
        ("that",),
        own=True,
    )
    assert read_profile(write_profile(profile), "own-x", own=True) == profile


def test_rows_can_be_reset():
    profile = Profile("x", "X").with_keys("view.fit", ("L",)).with_mouse(Gesture.WHEEL, "slab")
    assert profile.without("view.fit").without("Wheel") == Profile("x", "X")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "truncated"), (b"{", "truncated"), (b"[]", "expected `object`"), (b"\xff\xfe", "utf"),
        (b'{"keys":' + b"[" * 5000, "expected"), (b" " * 300_000, "too large"),
        (json.dumps({"name": "x"}).encode(), "missing required field"),
        (content(hounsfield_profile=99), "newer version"),
        (content(name=" "), "name must have"), (content(name="x" * 99), "name must have"),
        (content(keys={"view.fit": "F"}), "expected `array`"),
        (content(keys={"view.fit": ["Hyper+F"]}), "view.fit: “hyper+f” is no key"),
        (content(keys={"view.fit": ["F"], "view.reset": ["f"]}), "f is given to view.fit and to"),
        (content(colour="red"), "unknown field"),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_in_a_line(data, why):
    with pytest.raises(ProfileError) as caught:
        read_profile(data, "x")
    line = caught.value.one_line().lower()
    assert "\n" not in line
    assert why in line or "malformed" in line or "invalid" in line


def test_what_this_version_lacks_is_left_out_and_named():
    profile = read_profile(
        content(
            keys={"view.later": ["F"], "view.fit": ["Ctrl+F"]},
            mouse={"Nose": "pan", "Wheel": "menu", "Right drag": "pan"},
            tool="laser",
        ),
        "x",
    )
    assert profile.keys == {"view.fit": ("Ctrl+F",)}
    assert profile.mouse == {Gesture.RIGHT_DRAG: "pan"}
    assert profile.ignored == ("view.later", "laser", "Nose", "Wheel: menu")
    assert profile.tool == "window"


def test_a_planted_action_takes_part():
    planted = replace(ActionSpec("x.y", "Planted", Menu.FILE), shortcuts=("Ctrl+Alt+F9",))
    profile = Profile("x", "X", keys={"view.fit": ("Ctrl+Alt+F9",)})
    assert actions_with(profile, (*ACTIONS, planted))[-1].shortcuts == ()
