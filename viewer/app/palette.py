"""The command palette without a window: what can be found, and what a few letters find."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from viewer.app.action_spec import ActionSpec
from viewer.app.control_sheet import keys_text, plain_name
from viewer.app.series_names import series_title
from viewer.core.study import StudyIndex
from viewer.i18n import tr

SERIES_PREFIX, RECENT_PREFIX = "series:", "recent:"
_START, _WORD, _INSIDE, _SCATTERED = 100.0, 80.0, 50.0, 20.0
_PER_LETTER = 0.2
"""A short name is more likely meant than a long one."""
_PLACE_SHARE = 0.3
"""What a word counts that stands in the place or help of an entry, not in its name."""


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One thing that can be found.

    Attributes
    ----------
    id : str
        Id of an action, or "series:..." and "recent:...".
    text : str
        What it is called.
    place : str
        Menu, or kind.
    keys : str
        Keys that call it.
    help : str
        One line about it.
    reason : str
        Why it cannot be done now, or "".
    """

    id: str
    text: str
    place: str
    keys: str = ""
    help: str = ""
    reason: str = ""


def action_entries(
    actions: Iterable[ActionSpec],
    reason: Callable[[str], str],
    key_text: Callable[[str], str] = str,
    text: Callable[[ActionSpec], str] = plain_name,
) -> list[PaletteEntry]:
    """Return an entry for each action.

    Parameters
    ----------
    reason : callable
        Why an action cannot be done now, by its id.
    key_text, text : callable
        How a key is written for the eye, and what an action is called now ("Undo length").
    """
    return [
        PaletteEntry(
            spec.id,
            text(spec),
            ": ".join(tr(part) for part in (spec.menu.value, spec.submenu) if part),
            keys_text(spec, key_text),
            tr(spec.tooltip),
            reason(spec.id),
        )
        for spec in actions
    ]


def series_entries(index: StudyIndex | None) -> list[PaletteEntry]:
    """Return an entry for each stack of what is open; no patient's name stands in it."""
    if index is None:
        return []
    return [
        PaletteEntry(
            f"{SERIES_PREFIX}{stack.key.series_uid}:{stack.key.stack}",
            series_title(series),
            tr("Series"),
            help=tr("{count} images, {modality}", count=len(stack.frames), modality=stack.modality),
        )
        for study in index.studies
        for series in study.series
        for stack in series.stacks
    ]


def recent_entries(paths: Sequence[str]) -> list[PaletteEntry]:
    """Return an entry for each study that was open lately."""
    return [
        PaletteEntry(RECENT_PREFIX + path, PurePath(path).name, tr("Recent study"), help=path)
        for path in paths
    ]


def found(entries: Sequence[PaletteEntry], query: str, limit: int = 60) -> list[PaletteEntry]:
    """Return the entries that hold all words of a query, the likeliest first.

    A word may stand in the name, begin one of its words, or be made of beginnings of its words in
    their order ("wl" and "wilev" find "Window / level"). What can be done now comes first among
    equals.
    """
    words = query.casefold().split()
    scored = [
        (score, bool(entry.reason), number)
        for number, entry in enumerate(entries)
        if (score := _score(entry, words)) is not None
    ]
    scored.sort(key=lambda row: (-row[0], row[1], row[2]))
    return [entries[number] for _, _, number in scored[:limit]]


def _score(entry: PaletteEntry, words: Sequence[str]) -> float | None:
    name = entry.text.casefold()
    about = f"{entry.place} {entry.help} {entry.keys}".casefold()
    total = 0.0
    for word in words:
        in_name, in_about = _match(word, name), _match(word, about, scattered=False)
        best = max(in_name, in_about * _PLACE_SHARE)
        if not best:
            return None
        total += best
    return total - _PER_LETTER * len(name) if words else 0.0


def _match(word: str, text: str, *, scattered: bool = True) -> float:
    place = text.find(word)
    if place == 0:
        return _START
    while place > 0:
        if not text[place - 1].isalnum():
            return _WORD
        following = text.find(word, place + 1)
        if following < 0:
            return _INSIDE
        place = following
    return _SCATTERED if scattered and _is_of_beginnings(word, text) else 0.0


def _is_of_beginnings(letters: str, text: str) -> bool:
    """Tell whether letters are beginnings of a text's words, put together in their order."""
    if not letters:
        return True
    for place, letter in enumerate(text):
        if letter == letters[0] and (place == 0 or not text[place - 1].isalnum()):
            length = 0
            while letters[length : length + 1] and text[place + length :][:1] == letters[length]:
                length += 1
                if _is_of_beginnings(letters[length:], text[place + length :]):
                    return True
    return False
