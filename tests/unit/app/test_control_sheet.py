"""Keys and gestures as lines: whatever the table says stands in them."""

from dataclasses import replace

from viewer.app.action_spec import ActionSpec, Menu
from viewer.app.bindings import Gesture, MouseBinding
from viewer.app.control_sheet import keys_text, plain_name, sheet_rows
from viewer.app.user_presets import UserPreset, preset_actions

OPEN = ActionSpec("x.open", "Open it…", Menu.FILE, ("F7", "Ctrl+J", "Ctrl+Alt+J"))


def test_lines_are_made_of_the_table():
    mute = replace(OPEN, id="x.mute", shortcuts=())
    own = preset_actions((UserPreset("Mine", 250, -20, "CT", "F9"),))
    rows = sheet_rows((OPEN, mute, *own), (MouseBinding(Gesture.ALT_LEFT_DRAG, "pan"),))
    assert rows == [
        ("Alt + left drag", "Pan", "Mouse"),
        ("F7 or Ctrl+J, Ctrl+Alt+J", "Open it", "File"),
        ("F9", "Mine  250 / -20 HU", "Window / level"),
    ]


def test_keys_are_written_for_the_eye():
    assert keys_text(OPEN, str.lower) == "f7 or ctrl+j, ctrl+alt+j"
    assert keys_text(replace(OPEN, shortcuts=())) == ""
    assert plain_name(OPEN) == "Open it"
