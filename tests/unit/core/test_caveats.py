"""Short words, numbers and notes among the caveats."""

import pytest

from viewer.core.caveats import Caveat, CaveatCode, doubts, ranges_text, ratio_text


@pytest.mark.parametrize("code", list(CaveatCode))
def test_every_code_has_short_words(code):
    short = Caveat(code, "a long text").short
    assert 0 < len(short) <= 32
    assert code.value not in short or "-" not in code.value


def test_short_words_with_figures_replace_those_of_the_code():
    assert Caveat(CaveatCode.LOSSY, "text", "lossy 12:1").short == "lossy 12:1"


def test_one_image_is_a_note_and_no_doubt():
    note, doubt = Caveat(CaveatCode.SINGLE_SLICE, "x"), Caveat(CaveatCode.DERIVED, "y")
    assert doubts((note, doubt)) == (doubt,)


@pytest.mark.parametrize(
    ("ratio", "text"), [(2.3456, "2.35"), (12.0, "12"), (2100.4, "2100"), (3.21e6, "3210000")]
)
def test_ratios_have_no_powers_of_ten(ratio, text):
    assert ratio_text(ratio) == text


def test_ranges():
    assert ranges_text([24, 44]) == "24, 44"
    assert ranges_text([1, 2, 3, 7]) == "1-3, 7"
    assert ranges_text([1, 3, 5], 2) == "1, 3, ..."
    assert ranges_text([]) == ""
