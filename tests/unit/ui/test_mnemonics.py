"""Each menu of a bar has its own letter."""

import pytest

from viewer.app.action_spec import Menu
from viewer.i18n import LANGUAGES, tr, use_language
from viewer.ui.mnemonics import with_mnemonics


def letter(text):
    return text[text.index("&") + 1].casefold()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_one_letter_for_each_menu(language):
    english = [menu.value for menu in Menu]
    use_language(language)
    try:
        letters = [letter(text) for text in with_mnemonics([tr(m) for m in english], english)]
    finally:
        use_language("en")
    assert len(set(letters)) == len(english)
    assert all(a.isascii() for a in letters)


def test_a_taken_letter_gives_way_to_the_next_of_the_word():
    assert with_mnemonics(["Ansicht", "Analyse"], ["View", "Analysis"]) == ["&Ansicht", "A&nalyse"]


def test_letters_of_other_scripts_get_the_english_one_behind():
    assert with_mnemonics(["文件"], ["File"]) == ["文件(&F)"]
