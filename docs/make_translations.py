"""Brings the catalogues of the languages up to date: `make translations`.

Texts come from the source, never from a list: what stands in `tr`, `tr_n` and `mark`, and every
wording in the rooms whose English is translated where the window shows it (`viewer.i18n.told`).
A new text stands in the .po files without a translation afterwards; tests/architecture fails until
it has one. `--check` only says whether the files are up to date.
"""

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from viewer.app.actions import ACTIONS
from viewer.app.bindings import Gesture
from viewer.core.layout import LAYOUTS
from viewer.core.plane import Orientation
from viewer.core.shapes import MarkColour
from viewer.core.window import CT_PRESETS
from viewer.i18n import DOMAIN, LANGUAGES, MADE
from viewer.tools.kinds import MARK_KINDS

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "resources" / "locale"

TOLD: tuple[str, ...] = (
    "ml/gate.py",
    "ml/gate_image.py",
    "ml/findings.py",
    "ml/score.py",
    "ml/analyze.py",
    "ml/reading.py",
    "ml/worker.py",
    "viewer/files.py",
    "viewer/core",
    "viewer/dicom",
    "viewer/imaging",
    "viewer/jobs",
    "viewer/store",
    "viewer/export",
    "viewer/tools",
    "viewer/app",
    "viewer/ui",
    "viewer/render",
)
"""Rooms that speak English; the window translates what they say."""
STANDARD: tuple[str, ...] = (
    "viewer/dicom/data_dictionary.py",
    "viewer/dicom/sop_classes.py",
    "viewer/dicom/text.py",
    "viewer/dicom/transfer.py",
    "viewer/dicom/write.py",
    "viewer/dicom/codestream.py",
    "viewer/dicom/element_walk.py",
    "viewer/dicom/element_values.py",
    "viewer/dicom/encapsulation.py",
    "viewer/dicom/parser.py",
    "viewer/app/masking.py",
    "viewer/app/tag_masking.py",
    "viewer/app/keys.py",
    "viewer/ui/walk",
    "viewer/ui/theme.py",
    "viewer/render/text_box.py",
    "viewer/render/report_pdf.py",
    "ml/head_text.py",
    "viewer/imaging/phantom",
    "viewer/store/value_codec.py",
    "viewer/store/index_cache.py",
    "viewer/app/describe.py",
    "viewer/app/selfcheck",
    "viewer/app/measurement_table.py",
    "viewer/core/selfcheck.py",
)
"""Names of the DICOM standard, of keys and files, the self-check's report, and what exactly is
damaged inside of a file: the same everywhere, for they are looked up, compared and handed on."""

_SILENT = frozenset(
    (
        *("ValueError", "TypeError", "KeyError", "RuntimeError", "IndexError", "AssertionError"),
        *("NotImplementedError", "EOFError", "OSError", "ParseError", "TypeVar", "cast", "getattr"),
        *("hasattr", "compile", "match", "search", "sub", "Struct", "Signal", "NewType"),
        *("import_module", "setObjectName", "setProperty", "findChild"),
    )
)
"""Calls whose texts nobody sees in the window."""


@dataclass(slots=True)
class Text:
    """A text of the program.

    Attributes
    ----------
    many : str
        Its plural, or "".
    made : bool
        Whether it is a template of a text that a lower room makes.
    places : list of str
        Files in which it stands.
    """

    many: str = ""
    made: bool = False
    places: list[str] = field(default_factory=list)


def is_wording(text: str) -> bool:
    """Tell whether a literal is meant for people: words, not a name, a pattern or a format."""
    words = re.sub(r"\{\w*\}", " ", text)
    if "(*." in text or re.match(r"[\w.-]*[.-]\{\w+\}\S*$|\{\w+\}[.-]\S+$", text):
        return False  # a name made of parts
    if re.search(r"[<>_=@\\]|^[a-z]*\.[a-z{]|^[a-z]+-\{|https?:", words) or not text.strip():
        return False
    if re.search(r"[A-Za-z…,;:]{2,}\s+\S*[A-Za-z]|[A-Za-z]\s+[A-Za-z]{2,}", words.strip()):
        return bool(re.search(r"[a-z]{2}", words))
    return bool(re.fullmatch(r"[A-Z][a-z]{2,}\S?", text.strip())) or (
        "{" in text and bool(re.search(r"(?<![A-Za-z])[a-z]{4,}", words))
    )


def template(node: ast.JoinedStr) -> str:
    """Return an f-string as a template with named places, without the formats of its values."""
    text, seen = "", dict[str, str]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            source = ast.unparse(part.value)
            text += "{" + seen.setdefault(source, _place_name(part.value, seen)) + "}"
    return text


def _place_name(node: ast.expr, seen: dict[str, str]) -> str:
    names = [n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(node)
             if isinstance(n, ast.Name | ast.Attribute)]  # fmt: skip
    name = next((n.strip("_") for n in names if n not in _HELPERS), "value") or "value"
    number = 2
    unique = name.lower()
    while unique in seen.values():
        unique, number = f"{name.lower()}_{number}", number + 1
    return unique


_HELPERS = frozenset(("len", "float", "int", "abs", "max", "min", "round", "self", "ranges_text"))


def told_texts(tree: ast.Module) -> Iterator[str]:
    """Yield every wording of a module that is not a docstring, a log line or a type."""
    yield from _worded(tree)


def _worded(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and is_wording(node.value):
            yield node.value
        return
    if isinstance(node, ast.JoinedStr):
        text = template(node)
        if is_wording(text):
            yield text
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _worded(part.value)
        return
    if isinstance(node, ast.Call) and _is_silent(node.func):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "slice", "format_spec"):
            continue
        if isinstance(node, ast.Compare) or (isinstance(node, ast.Assign) and _is_all(node)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _worded(child)


def _is_silent(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        owner = function.value
        return (isinstance(owner, ast.Name) and owner.id == "logger") or function.attr in _SILENT
    return isinstance(function, ast.Name) and function.id in {
        *_SILENT,
        "tr",
        "tr_n",
        "mark",
        "mark_n",
        "ActionSpec",
        "partial",
    }


def _is_all(node: ast.Assign) -> bool:
    return any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)


def marked_texts(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (text, plural or "") of every `tr`, `tr_n` and `mark` of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            words = [a.value for a in node.args if isinstance(a, ast.Constant)]
            texts = [word for word in words if isinstance(word, str) and word]
            if node.func.id in ("tr", "mark") and texts:
                yield texts[0], ""
            elif node.func.id in ("tr_n", "mark_n") and len(texts) == 2:
                yield texts[0], texts[1]


@cache
def collect() -> dict[tuple[str, bool], Text]:
    """Return every text of the program, by the text and whether it is a made template."""
    found: dict[tuple[str, bool], Text] = {}
    for path in sorted((*(ROOT / "viewer").rglob("*.py"), *(ROOT / "ml").glob("*.py"))):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("viewer/cli"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for text, many in marked_texts(tree):
            entry = found.setdefault((text, False), Text())
            entry.many = entry.many or many
            entry.places.append(name)
        if name.startswith(TOLD) and not name.startswith(STANDARD):
            for text in told_texts(tree):
                if text in NOT_SHOWN:
                    continue
                made = "{" in text
                found.setdefault((text, made), Text(made=made)).places.append(name)
    for text in table_texts():
        if not re.search("[a-z]{2}|[A-Z]{3}", text) or re.match(r"\d", text):
            continue
        found.setdefault((text, False), Text()).places.append("viewer/app/actions.py")
    return found


def table_texts() -> Iterator[str]:
    """Yield the texts of tables that put words together when they are made."""
    for spec in ACTIONS:
        yield from (spec.text, spec.tooltip, spec.submenu, spec.need.value, spec.menu.value)
    for gesture in Gesture:
        yield gesture.value
    for orientation in Orientation:
        yield from (orientation.value, orientation.value.capitalize())
    for colour in MarkColour:
        yield (colour.value or "standard").capitalize()
    yield from (preset.name for preset in CT_PRESETS)
    yield from (layout.name for layout in LAYOUTS)
    yield from (kind.text for kind in MARK_KINDS)
    yield from _PREDEFINED
    for path in sorted((ROOT / "resources" / "profiles").glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))["about"]


_PREDEFINED = ("mm at detector", "info", "warning", "error")
"""Words that stand alone in tables."""
NOT_SHOWN: frozenset[str] = frozenset(
    (
        "Hounsfield",
        "  {name}:{lineno} in {name_2}",
        "padding: 5px 2px; text-align: left;",
        "QTableView::item { padding: 2px 4px; }",
        "color: #b0b0b6; background: transparent;",
    )
)
"""Wordings of these rooms that are no texts of the window."""


def updated(language: str) -> Catalog:
    """Return the catalogue of a language with exactly the texts of the program."""
    path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    old = Catalog()
    if path.exists():
        with path.open("rb") as stream:
            old = read_po(stream, locale=language, domain=DOMAIN)
    new = Catalog(locale=language, domain=DOMAIN, project="Hounsfield", fuzzy=False)
    new.header_comment = f"# {LANGUAGES[language]}: made by docs/make_translations.py"
    for (text, _), entry in sorted(collect().items()):
        context = MADE if entry.made else None
        message = (text, entry.many) if entry.many else text
        known = old.get(text, context)
        string = known.string if known is not None else None
        if entry.many and not isinstance(string, tuple | list):
            string = tuple(string or "" for _ in range(new.num_plurals))
        new.add(
            message,
            string or "",
            locations=[(place, 0) for place in sorted(set(entry.places))],
            context=context,
        )
    return new


def as_po(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text that is kept, without dates and line numbers."""
    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=False, include_lineno=False)
    lines = out.getvalue().decode().splitlines()
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator')
    return ("\n".join(line for line in lines if not line.startswith(dated)) + "\n").encode()


def as_mo(po: bytes, language: str) -> bytes:
    """Return the compiled catalogue of a text."""
    catalogue = read_po(BytesIO(po), locale=language, domain=DOMAIN)
    # The same texts make the same file, whenever it is made.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> int:
    """Write the catalogues, or check them; the exit code is 1 where something is missing."""
    parser = argparse.ArgumentParser(description="bring the catalogues of the languages up to date")
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    wrong = 0
    for language in (name for name in LANGUAGES if name != "en"):
        catalogue = updated(language)
        po = as_po(catalogue)
        folder = LOCALE / language / "LC_MESSAGES"
        files = {folder / f"{DOMAIN}.po": po, folder / f"{DOMAIN}.mo": as_mo(po, language)}
        for path, data in files.items():
            if check:
                wrong += not path.exists() or path.read_bytes() != data
            else:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        missing = [m.id for m in catalogue if m.id and not (m.string and all(m.string))]
        wrong += len(missing)
        sys.stdout.write(
            f"{language}: {len(catalogue)} texts, {len(missing)} without a translation\n"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
