"""Both palettes: texts can be read on every surface; other files name no colours."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tests.support.source_tree import PROJECT_ROOT, plant
from viewer.ui import theme
from viewer.ui.theme import COLOURS, DARK, LIGHT, Colours, apply_theme, is_light, style_sheet

AA = 4.5
SURFACES = ("window", "panel", "stripe", "raised", "hover", "field")
INKS = ("text", "dim", "accent", "fine", "caution", "failure")
PAIRS = [
    *((ink, surface) for ink in INKS for surface in SURFACES),
    ("accent_text", "accent_fill"),
    ("accent_text", "accent_hover"),
    ("image_dim", "image_ground"),
]
LITERAL = re.compile(r"""["']#[0-9a-fA-F]{3,8}\b|QColor\(\s*\d|rgba?\(\s*\d""")


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_knows_the_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(("ink", "surface"), PAIRS)
def test_texts_stand_out(palette, ink, surface):
    assert contrast(getattr(palette, ink), getattr(palette, surface)) >= AA


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_edges_of_fields_can_be_seen(palette):
    assert contrast(palette.accent, palette.panel) >= 3.0
    assert contrast(palette.border, palette.panel) >= 1.3


def test_the_test_covers_every_colour_of_a_text():
    known = {ink for ink, _ in PAIRS} | {"disabled"}
    used = set(re.findall(r"[{;\s]color: @(\w+);", theme._SHEET))
    assert used <= known


@pytest.fixture
def dressed(qapp):
    yield qapp
    apply_theme(qapp)


@pytest.mark.parametrize(("name", "palette"), [("dark", DARK), ("light", LIGHT)])
def test_a_theme_is_in_force_everywhere(dressed, name, palette):
    apply_theme(dressed, name)
    assert palette == COLOURS
    assert dressed.palette().text().color().name() == palette.text
    sheet = dressed.styleSheet()
    assert palette.panel in sheet
    assert "@" not in sheet
    for path in re.findall(r"url\((.+?)\)", sheet):
        assert Path(path).is_file()


def test_what_lies_on_an_image_is_the_same_in_both(dressed):
    for field in fields(Colours):
        if field.name.startswith("image_"):
            assert getattr(DARK, field.name) == getattr(LIGHT, field.name)


def test_letters_grow_with_their_setting(dressed):
    apply_theme(dressed, "dark", 150)
    assert dressed.font().pointSizeF() == pytest.approx(9.5 * 1.5)
    assert "font-size: 16.5pt" in style_sheet(150)  # headings: 11 pt


def test_the_system_is_asked(dressed):
    hints = dressed.styleHints()
    assert is_light("system") == (hints.colorScheme().name == "Light")


def colour_literals(root: Path) -> list[str]:
    """Lines of the window's sources, but the theme, that name a colour by numbers."""
    return [
        f"{file.relative_to(root)}:{number}"
        for file in sorted((root / "viewer" / "ui").rglob("*.py"))
        if file.name != "theme.py"
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if LITERAL.search(line)
    ]


def test_colours_stand_in_the_theme_only():
    assert colour_literals(PROJECT_ROOT) == []


@pytest.mark.parametrize(
    "line", ['colour = "#a0b1c2"\n', "pen = QColor(255, 213, 74)\n", "x = 'rgb(1, 2, 3)'\n"]
)
def test_a_planted_colour_is_caught(tmp_path, line):
    plant(tmp_path, "viewer/ui/planted.py", line)
    assert colour_literals(tmp_path) == ["viewer/ui/planted.py:1"]


def test_hints_in_empty_fields_can_be_read(dressed):
    from PySide6.QtWidgets import QLineEdit

    for name, palette in (("dark", DARK), ("light", LIGHT)):
        apply_theme(dressed, name)
        field = QLineEdit()
        field.ensurePolished()
        hint = field.palette().placeholderText().color()
        assert (hint.name(), hint.alpha()) == (palette.dim, 255)
        field.deleteLater()


def test_widths_follow_the_letters(dressed):
    assert theme.scaled(100) == 100
    apply_theme(dressed, "dark", 150)
    assert theme.scaled(100) == 150
