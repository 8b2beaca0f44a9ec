"""The table of actions: no key twice, every icon known, every preset and tool there."""

import pytest

from viewer.app.action_spec import ActionSpec, Menu, missing_handlers
from viewer.app.actions import ACTIONS, TOOLBAR_GROUPS
from viewer.core.window import CT_PRESETS


def duplicate_shortcuts(actions):
    """Keys that more than one action claims."""
    keys = [key for spec in actions for key in spec.shortcuts]
    return sorted({key for key in keys if keys.count(key) > 1})


def test_no_key_belongs_to_two_actions():
    assert duplicate_shortcuts(ACTIONS) == []


def test_a_planted_duplicate_key_is_seen():
    planted = ActionSpec("x.y", "Planted", Menu.FILE, ("W",))
    assert duplicate_shortcuts((*ACTIONS, planted)) == ["W"]


def test_ids_are_unique():
    ids = [spec.id for spec in ACTIONS]
    assert len(ids) == len(set(ids))


def test_every_toolbar_group_is_known_and_has_an_icon():
    for spec in ACTIONS:
        if spec.toolbar:
            assert spec.toolbar in TOOLBAR_GROUPS
            assert spec.icon


def test_every_preset_has_its_action_and_digit():
    by_preset = {spec.preset: spec for spec in ACTIONS if spec.preset}
    assert list(by_preset) == [preset.id for preset in CT_PRESETS]
    assert by_preset["lung"].shortcuts == ("2",)
    assert by_preset["lung"].tooltip == "1500 / -600 HU"


@pytest.mark.parametrize(
    ("key", "action_id"),
    [
        ("W", "tool.window"), ("P", "tool.pan"), ("Z", "tool.zoom"), ("S", "tool.scroll"),
        ("H", "tool.crosshair"), ("D", "tool.length"), ("E", "tool.ellipse"), ("B", "tool.arrow"),
        ("I", "view.invert"), ("F", "view.fit"), ("Space", "view.overlay"), ("F1", "help.sheet"),
        ("F11", "view.full_screen"), ("Up", "go.previous"), ("Shift+Down", "go.on_ten"),
        ("Home", "go.first"), ("End", "go.last"), ("Ctrl+Z", "edit.undo"), ("Esc", "edit.cancel"),
        ("Delete", "edit.delete"), ("Ctrl+C", "edit.copy_picture"),
        ("Left", "go.previous_series"), ("Ctrl+Left", "go.previous_study"),
        ("Ctrl+Right", "go.next_study"),
    ],
)  # fmt: skip
def test_keys_that_radiologists_know(key, action_id):
    assert [spec.id for spec in ACTIONS if key in spec.shortcuts] == [action_id]


def test_handlers_and_actions_must_agree():
    handlers = {spec.id: lambda: None for spec in ACTIONS}
    assert missing_handlers(ACTIONS, handlers) == []
    del handlers["view.fit"]
    handlers["view.fitt"] = lambda: None
    assert missing_handlers(ACTIONS, handlers) == ["view.fit", "view.fitt"]
