"""The catalogues are complete and current, and no text of the window escapes them."""

import ast
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from docs.make_translations import (
    LOCALE,
    NOT_SHOWN,
    ROOT,
    STANDARD,
    as_mo,
    as_po,
    told_texts,
    updated,
)
from viewer.i18n import DOMAIN, LANGUAGES, MADE

TRANSLATED = [language for language in LANGUAGES if language != "en"]
PLACE = re.compile(r"\{[^}]*\}")

TRANSLATED_WHERE_SHOWN = frozenset(
    (
        *("Slab", "Turn and flip", "Cine", "Link", "Layout"),  # titles of submenus, as the table
        *("Length", "Bidirectional", "Angle", "Cobb angle", "Polyline", "Ellipse", "Circle"),
        *("Rectangle", "Polygon", "Freehand", "Probe", "Arrow", "Text"),  # kinds, keys of icons
        *("Axial", "Coronal", "Sagittal"),  # keys of short names
        *("all marks", "No surface yet", "The sample study could not be made"),  # told
        "Nothing to remember: first scroll one place alone until both show the same level in the "
        "same plane",
        "The active series has no remembered offset",
    )
)


def folder(language):
    return LOCALE / language / "LC_MESSAGES"


def catalogue(language):
    with (folder(language) / f"{DOMAIN}.po").open("rb") as stream:
        return [m for m in read_po(stream, locale=language, domain=DOMAIN) if m.id]


def several(text):
    return list(text) if isinstance(text, list | tuple) else [text]


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_has_the_texts_of_the_program(language):
    kept = (folder(language) / f"{DOMAIN}.po").read_bytes()
    assert as_po(updated(language)) == kept, "run `make translations`, then translate what is new"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_has_a_translation(language):
    missing = [m.id for m in catalogue(language) if not (m.string and all(several(m.string)))]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_values_of_its_text(language):
    wrong = []
    for message in catalogue(language):
        wanted = set(PLACE.findall("".join(several(message.id))))
        for text in several(message.string):
            places = set(PLACE.findall(text))
            # What a lower room puts into a template may be a word of English grammar.
            fits = places <= wanted if message.context == MADE else places == wanted
            if not fits:
                wrong.append((message.id, text))
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_ends_and_line_breaks_are_kept(language):
    wrong = []
    for message in catalogue(language):
        for english, text in zip(several(message.id), several(message.string), strict=False):
            ends = english.endswith("…") != text.endswith("…")
            if ends or english.count("\n") != text.count("\n"):
                wrong.append((english, text))
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_text(language):
    po = (folder(language) / f"{DOMAIN}.po").read_bytes()
    assert (folder(language) / f"{DOMAIN}.mo").read_bytes() == as_mo(po, language)


def unwrapped(source):
    """Return the wordings in a module that nothing translates."""
    texts = set(told_texts(ast.parse(source)))
    return sorted(texts - TRANSLATED_WHERE_SHOWN - NOT_SHOWN)


def shown_modules():
    for room in ("ui", "render"):
        for path in sorted((ROOT / "viewer" / room).rglob("*.py")):
            if not path.relative_to(ROOT).as_posix().startswith(STANDARD):
                yield path


def test_no_text_of_the_window_stands_in_english_only():
    found = {path.name: texts for path in shown_modules() if (texts := unwrapped(read(path)))}
    assert found == {}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "line",
    [
        "label.setText('Open a study first')",
        "button = QPushButton('Close')",
        "self.show_message(f'{count} files were read')",
        "TITLE = 'Keys of the window'",
        "menu.addAction('Copy as text')",
    ],
)
def test_a_planted_text_is_found(line):
    assert unwrapped(f"def make():\n    {line}\n") != []


@pytest.mark.parametrize(
    "line",
    [
        "label.setText(tr('Open a study first'))",
        "label.setText(tr('{n} files', n=3))",
        "TITLE = mark('Keys of the window')",
        "logger.info('a line for the log only')",
        "raise ValueError('a mistake of ours')",
        "widget.setObjectName('Panel of keys')",
    ],
)
def test_what_is_wrapped_or_never_shown_passes(line):
    assert unwrapped(f"def make():\n    {line}\n") == []


def test_a_text_without_translation_would_be_told():
    head = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    po = head + b'msgid "New"\nmsgstr ""\n'
    messages = [m for m in read_po(BytesIO(po)) if m.id]
    assert [m.id for m in messages if not m.string] == ["New"]
