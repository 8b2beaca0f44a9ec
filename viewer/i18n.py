"""The language of the window: gettext catalogues below `resources/locale`.

English texts are the keys. `tr` translates where a text is shown; `mark` only marks a text for the
catalogue where it stands in a table that is made before the language is known.
"""

import gettext
import locale
import logging

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
SYSTEM = ""
"""Choice of the language of the machine."""

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(choice: str = SYSTEM) -> str:
    """Speak a language from now on; what is shown already stays as it is.

    Parameters
    ----------
    choice : str
        A key of `LANGUAGES`, or `SYSTEM`.

    Returns
    -------
    str
        The language that is spoken: English where there is no catalogue.
    """
    global _catalogue
    language = choice or _system_language()
    if language not in LANGUAGES:
        language = "en"
    _catalogue = gettext.NullTranslations()
    if language != "en":
        try:
            _catalogue = gettext.translation(DOMAIN, resources_dir() / "locale", [language])
        except (OSError, ValueError, UnicodeDecodeError):
            logger.warning("the catalogue of a language is missing or damaged: %s", language)
            language = "en"
    return language


def tr(text: str, **values: object) -> str:
    """Translate a text, then put values into its {places}."""
    translated = _catalogue.gettext(text) if text else ""
    return translated.format(**values) if values else translated


def tr_n(one: str, many: str, count: int, **values: object) -> str:
    """Translate a text that depends on a number, which stands in it as {n}."""
    return _catalogue.ngettext(one, many, count).format(n=count, **values)


def mark(text: str) -> str:
    """Return a text as it is; the extractor puts it into the catalogue."""
    return text


def _system_language() -> str:
    name, _ = locale.getlocale()
    return (name or "").split("_")[0].lower()
