"""The language of the window: gettext catalogues below `resources/locale`.

English texts are the keys. `tr` translates where a text is shown. The rooms that read, compute and
save speak English only, so that logs, files and the command line stay the same everywhere; what
they say is translated where the window shows it: `told` finds a text with values in it by the
template that it was made from. `mark` only marks a text for the catalogue, in a table that is made
before the language is known.
"""

import gettext
import logging
import re
import struct
from functools import lru_cache
from pathlib import Path
from typing import Final

from viewer.paths import resources_dir

logger = logging.getLogger(__name__)

DOMAIN = "hounsfield"
LANGUAGES: dict[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "zh": "中文",
}
"""Languages with a catalogue, each named in itself."""
SYSTEM = "system"
"""Choice of the language of the machine."""
MADE: Final = "made"
"""Context of the templates of texts that the lower rooms make."""

_JOINTS = ("; ", ". ", "\n")
"""What stands between texts that were put one behind the other."""
_DAMAGED = (OSError, ValueError, UnicodeDecodeError, struct.error)

_Template = tuple[re.Pattern[str], str]

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_templates: tuple[_Template, ...] = ()
_language = "en"


def use_language(choice: str) -> str:
    """Speak a language from now on; what is shown already stays as it is.

    Parameters
    ----------
    choice : str
        A key of `LANGUAGES`; others are taken for English.

    Returns
    -------
    str
        The language that is spoken: English where there is no catalogue.
    """
    global _catalogue, _templates, _language
    language = choice if choice in LANGUAGES else "en"
    _catalogue, _templates = gettext.NullTranslations(), ()
    if language != "en":
        try:
            path = catalogue_path(language)
            _catalogue = gettext.translation(DOMAIN, resources_dir() / "locale", [language])
            _templates = tuple(_template(text) for text in _made_texts(path.read_bytes()))
        except _DAMAGED:
            logger.warning("the catalogue of a language is missing or damaged: %s", language)
            _catalogue, language = gettext.NullTranslations(), "en"
    _language = language
    told.cache_clear()
    return language


def spoken() -> str:
    """Return the language that is spoken, a key of `LANGUAGES`."""
    return _language


def catalogue_path(language: str) -> Path:
    """Return where the compiled catalogue of a language lies."""
    return resources_dir() / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.mo"


def tr(text: str, /, **values: object) -> str:
    """Translate a text, then put values into its {places}."""
    translated = _catalogue.gettext(text) if text else ""
    return translated.format(**values) if values else translated


def tr_n(one: str, many: str, count: int, /, **values: object) -> str:
    """Translate a text that depends on a number, which stands in it as {n}."""
    return _catalogue.ngettext(one, many, count).format(n=count, **values)


@lru_cache(maxsize=1024)
def told(text: str) -> str:
    """Translate what a lower room says in English: an error, a caveat, a step of a job.

    Parameters
    ----------
    text : str
        The finished text, with its values in it. Texts that stand one behind the other and texts
        within texts are translated one by one; what no catalogue knows stays as it is.
    """
    if not text or _language == "en":
        return text
    translated = _catalogue.gettext(text)
    if translated != text:
        return translated
    for pattern, template in _templates:
        if found := pattern.fullmatch(text):
            values = {name: told(value) for name, value in found.groupdict().items()}
            return _catalogue.pgettext(MADE, template).format(**values)
    for joint in _JOINTS:
        if joint in text:
            return joint.join(told(part) for part in text.split(joint))
    return text


def mark_n(one: str, many: str) -> tuple[str, str]:
    """Return both texts of a number as they are; the extractor puts them into the catalogue."""
    return one, many


def mark(text: str) -> str:
    """Return a text as it is; the extractor puts it into the catalogue."""
    return text


def _template(text: str) -> _Template:
    """Return the pattern that finds what was made from a template, and the template."""
    pieces = re.split(r"\{(\w+)\}", text)
    pattern, seen = "", set[str]()
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            pattern += re.escape(piece)
        else:
            pattern += f"(?P={piece})" if piece in seen else f"(?P<{piece}>.*?)"
            seen.add(piece)
    return re.compile(pattern, re.DOTALL), text


def _made_texts(data: bytes) -> list[str]:
    """Return the templates in a compiled catalogue, those with the most fixed letters first."""
    count, table = struct.unpack_from("<8xII", data)
    start = f"{MADE}\x04".encode()
    keys = []
    for entry in range(count):
        length, place = struct.unpack_from("<II", data, table + 8 * entry)
        keys.append(data[place : place + length])
    texts = [key[len(start) :].decode() for key in keys if key.startswith(start)]
    return sorted(texts, key=lambda text: -len(re.sub(r"\{\w+\}", "", text)))
