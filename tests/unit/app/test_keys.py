"""Keys as text: one way to write each of them."""

import pytest

from viewer.app.actions import ACTIONS
from viewer.app.keys import canonical_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("l", "L"), ("ctrl+shift+l", "Ctrl+Shift+L"), ("Shift+Alt+Ctrl+f3", "Ctrl+Alt+Shift+F3"),
        ("+", "+"), ("Ctrl++", "Ctrl++"), ("Ctrl+-", "Ctrl+-"), (" Ctrl + K ", "Ctrl+K"),
        ("pageup", "PgUp"), ("ESCAPE", "Esc"), ("~", "~"), ("meta+a", "Meta+A"),
    ],
)  # fmt: skip
def test_keys_are_written_in_one_way(text, key):
    assert canonical_key(text) == key


@pytest.mark.parametrize(
    "text", ["", " ", "Ctrl", "Ctrl+", "Ctrl+Shift", "foo", "Ctrl+foo", "++", "a+b", "\n", "F25"]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match="is no key"):
        canonical_key(text)


def test_the_table_writes_its_keys_so():
    for spec in ACTIONS:
        assert tuple(canonical_key(key) for key in spec.shortcuts) == spec.shortcuts
