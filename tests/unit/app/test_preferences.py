"""The list of preferences follows from the schema, whatever fields it has."""

from typing import Annotated

import msgspec
import pytest

from viewer.app.preferences import PREFERENCES, find_preference, preferences
from viewer.app.settings import LOOK, READING, Settings, preference
from viewer.core.errors import ViewerError


class Other(msgspec.Struct, frozen=True, kw_only=True):
    kept_quietly: str = "x"
    second: Annotated[bool, preference(READING, "Second", "Two.")] = True
    first: Annotated[int, preference(LOOK, "First", "One.", low=1, high=9, unit="mm")] = 3
    third: Annotated[str, preference(READING, "Third", "3.", choices={"a": "A", "b": "B"})] = "b"


def test_a_new_field_is_a_preference_with_all_that_is_said_of_it():
    found = preferences(Other)
    assert [p.name for p in found] == ["second", "third", "first"]
    first = found[2]
    assert (first.group, first.label, first.help) == (LOOK, "First", "One.")
    assert (first.kind, first.default, first.low, first.high, first.unit) == (int, 3, 1, 9, "mm")
    assert found[1].choices == {"a": "A", "b": "B"}


def test_every_preference_says_what_it_is():
    assert len(PREFERENCES) >= 10
    for one in PREFERENCES:
        assert one.group
        assert one.label
        assert one.help.endswith(".")
        assert one.kind is type(one.default)
        assert (one.low is None) == (one.high is None)
        if one.kind is int:
            assert one.low is not None
        if one.choices:
            assert one.default in one.choices


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("font_percent", "120", 120),
        ("link_zoom", "off", False),
        ("link_zoom", "TRUE", True),
        ("theme", "light", "light"),
    ],
)
def test_texts_become_values(name, text, value):
    assert find_preference(name).parsed(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("font_percent", "201"),
        ("font_percent", "79"),
        ("font_percent", "big"),
        ("link_zoom", "maybe"),
        ("theme", "pink"),
    ],
)
def test_what_is_not_allowed_is_said(name, text):
    with pytest.raises(ViewerError) as caught:
        find_preference(name).parsed(text)
    assert text in caught.value.one_line()


def test_there_are_no_others():
    with pytest.raises(ViewerError):
        find_preference("recent_paths")


def test_a_search_looks_at_all_words():
    theme = find_preference("theme")
    assert theme.matches("")
    assert theme.matches("LIGHT menus")
    assert not theme.matches("light cine")


def test_values_are_read_from_settings():
    assert find_preference("font_percent").value_in(Settings(font_percent=150)) == 150
