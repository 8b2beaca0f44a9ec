"""How long the words of marks and key images are: typed, and shown where a file has longer ones."""

LONGEST = 1000
"""Letters; more is no label, and would take seconds to be drawn."""


def kept_words(typed: str, before: str) -> str:
    """Return what to keep of what was typed: on one line, and not without end.

    Where the reader left shown words as they were, those before stay, however long they are.
    """
    words = " ".join(typed.split())
    return before if words == shown_words(before) else words[:LONGEST]


def shown_words(words: str) -> str:
    """Return words as they are shown: the end of very long ones is left out."""
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"
