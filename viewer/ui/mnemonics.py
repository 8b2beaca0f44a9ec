"""Letters that open menus with Alt: each menu of a bar has one of its own, in every language."""

from collections.abc import Sequence


def with_mnemonics(texts: Sequence[str], english: Sequence[str]) -> list[str]:
    """Mark a letter of each text with "&": the first one that no other has.

    Parameters
    ----------
    texts : sequence of str
        As they are shown.
    english : sequence of str
        The same in English; the letters of a text without Latin ones stand behind it.
    """
    taken: set[str] = set()
    marked = []
    for text, plain in zip(texts, english, strict=True):
        places = [n for n, c in enumerate(text) if c.isascii() and c.isalpha()]
        place = next((n for n in places if text[n].casefold() not in taken), None)
        if place is not None:
            letter = text[place]
            marked.append(f"{text[:place]}&{text[place:]}")
        else:
            letter = next((c for c in plain if c.isalpha() and c.casefold() not in taken), "")
            marked.append(f"{text}(&{letter.upper()})" if letter else text)
        taken.add(letter.casefold())
    return marked
