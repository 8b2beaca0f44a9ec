"""The look of the window: a dark and a light palette, one style sheet, at AA contrast or better.

Colours of widgets stand here and nowhere else. `COLOURS` always holds those in force: whoever
paints asks it at that moment, whoever is coloured by a style sheet or an icon follows by itself.
What lies on an image keeps its colours in both themes, for images stand on black.
"""

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import partial
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from viewer.paths import resources_dir
from viewer.render.text_box import FONT_FAMILIES


class Theme(StrEnum):
    """What a reader may choose."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


Ink = Literal[
    "text", "dim", "disabled", "accent", "accent_text", "fine", "caution", "failure", "image_dim"
]
"""Names of the colours that letters and icons have."""


@dataclass(slots=True)
class Colours:
    """Colours by what they are for; texts have a contrast of 4.5 or more on every surface."""

    window: str = "#15181d"
    panel: str = "#1b1f25"
    stripe: str = "#1f242b"
    raised: str = "#252a32"
    hover: str = "#2f3641"
    border: str = "#323944"
    field: str = "#101317"
    text: str = "#e3e8ee"
    dim: str = "#a3adb9"
    disabled: str = "#66707c"
    accent: str = "#5aa9f0"
    accent_fill: str = "#245e94"
    accent_hover: str = "#2c70af"
    accent_text: str = "#ffffff"
    fine: str = "#5fc98a"
    caution: str = "#f2b84b"
    failure: str = "#f58087"
    shadow: str = "#000000"
    image_ground: str = "#000000"
    image_dim: str = "#a3adb9"
    image_track: str = "#252a32"
    image_bar: str = "#c81b1f25"
    image_filled: str = "#3f4a58"
    image_thumb: str = "#5aa9f0"
    image_tick: str = "#9fd3ff"
    image_box: str = "#ffd54a"
    image_box_rim: str = "#96000000"
    chevron: str = "light"


DARK = Colours()
LIGHT = Colours(
    window="#e6e9ed",
    panel="#f3f5f7",
    stripe="#eaedf1",
    raised="#ffffff",
    hover="#dbe3ec",
    border="#b9c2cc",
    field="#ffffff",
    text="#1a1f26",
    dim="#4a5561",
    disabled="#8b95a1",
    accent="#0f5793",
    accent_fill="#1f66a8",
    accent_hover="#185488",
    accent_text="#ffffff",
    fine="#136237",
    caution="#7a4a00",
    failure="#a3202b",
    shadow="#7c8793",
    chevron="dark",
)

COLOURS = Colours()
"""The colours in force; only `apply_theme` changes them."""

FONT_POINTS = 9.5
_SIZES = re.compile(r"(\d+(?:\.\d+)?)(pt|em)\b")
"""Sizes that follow the letters; "em" is a pixel where letters have their usual size."""


def apply_theme(app: QApplication, theme: str = Theme.DARK, font_percent: int = 100) -> None:
    """Give the application its style, palette, font and style sheet.

    Parameters
    ----------
    theme : str
        One of `Theme`.
    font_percent : int
        Size of letters in relation to the usual one.
    """
    chosen = LIGHT if is_light(theme) else DARK
    for field in fields(Colours):
        setattr(COLOURS, field.name, getattr(chosen, field.name))
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(palette())
    font = QFont()
    font.setFamilies(list(FONT_FAMILIES))
    font.setPointSizeF(FONT_POINTS * font_percent / 100)
    app.setFont(font)
    app.setStyleSheet(style_sheet(font_percent))


def scaled(width_px: int) -> int:
    """Return a width for letters of the present size from that for the usual ones."""
    return round(width_px * QApplication.font().pointSizeF() / FONT_POINTS)


def is_light(theme: str) -> bool:
    """Tell whether a choice means the light palette now."""
    if theme == Theme.SYSTEM:
        return QApplication.styleHints().colorScheme() is Qt.ColorScheme.Light
    return theme == Theme.LIGHT


def palette() -> QPalette:
    """Return the palette for whatever the style sheet does not name."""
    c, role, group = COLOURS, QPalette.ColorRole, QPalette.ColorGroup
    result = QPalette()
    for key, colour in {
        role.Window: c.panel,
        role.WindowText: c.text,
        role.Base: c.field,
        role.AlternateBase: c.panel,
        role.Text: c.text,
        role.Button: c.raised,
        role.ButtonText: c.text,
        role.BrightText: c.accent_text,
        role.ToolTipBase: c.raised,
        role.ToolTipText: c.text,
        role.PlaceholderText: c.dim,
        role.Highlight: c.accent_fill,
        role.HighlightedText: c.accent_text,
        role.Link: c.accent,
        role.LinkVisited: c.accent,
        role.Accent: c.accent,
        role.Light: c.hover,
        role.Midlight: c.raised,
        role.Mid: c.border,
        role.Dark: c.window,
        role.Shadow: c.shadow,
    }.items():
        result.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(group.Disabled, key, QColor(c.disabled))
    result.setColor(group.Disabled, role.Highlight, QColor(c.border))
    return result


def style_sheet(font_percent: int = 100) -> str:
    """Return the style sheet in the colours in force.

    Widgets ask for a role with a dynamic property: ``role="heading" | "dim" | "value" | "fine" |
    "caution" | "failure" | "badge"`` on labels, ``role="primary" | "quiet"`` on buttons.
    """
    icons = (resources_dir() / "icons").as_posix()
    text = _SHEET.replace("@icons", icons)
    for name in Colours.__dataclass_fields__:
        text = text.replace(f"@{name};", f"{getattr(COLOURS, name)};")
    text = text.replace("@chevron.", f"{COLOURS.chevron}.")
    return _SIZES.sub(partial(_scaled, font_percent / 100), text)


def _scaled(factor: float, size: re.Match[str]) -> str:
    value = float(size[1]) * factor
    return f"{value:g}pt" if size[2] == "pt" else f"{round(value)}px"


# "@name;" stands for the colour of that name.
_SHEET = """
QMainWindow, QDialog { background: @window; }
QMainWindow::separator { background: @window; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: @accent_fill; }
QWidget { color: @text; placeholder-text-color: @dim; }
QWidget:disabled { color: @disabled; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px 6px; }

QMenuBar { background: @window; padding: 1px 4px; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: 4px; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @raised; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @accent_fill; color: @accent_text; }
QMenu::item:disabled { color: @disabled; background: transparent; }
QMenu::separator { height: 1px; background: @border; margin: 4px 6px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 14px; height: 14px; padding-left: 6px; }
QMenu::indicator:checked { image: url(@icons/check.svg); }

QToolBar { background: @window; border: none; border-bottom: 1px solid @border; spacing: 2px;
           padding: 3px 6px; qproperty-iconSize: 20em 20em; }
QToolBar::separator { background: @border; width: 1px; margin: 5px 6px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 5px;
              padding: 4px; }
QToolButton, QPushButton, QTabBar { icon-size: 16em; }
QToolButton:hover { background: @hover; }
QToolButton:pressed { background: @raised; }
QToolButton:checked { background: @accent_fill; border-color: @accent; color: @accent_text; }
QToolButton:focus { border-color: @accent; }
QToolButton::menu-indicator { image: none; }
#command-palette { background: @window; border: 1px solid @accent; border-radius: 5px; }
#layerBar { background: @image_bar; border-radius: 5px; }
#view-bar QToolButton, #layerBar QToolButton { color: #dfe5ec; }
#layerBar QToolButton { padding: 1px 5px; }
#view-bar QToolButton:hover, #layerBar QToolButton:hover { background: #2a323d; }

QPushButton { background: @raised; border: 1px solid @border; border-radius: 5px;
              padding: 5px 12px; min-height: 16em; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @field; }
QPushButton:focus { border-color: @accent; }
QPushButton:checked { background: @accent_fill; border-color: @accent; color: @accent_text; }
QPushButton:disabled { background: @panel; color: @disabled; }
QPushButton[role="primary"] { background: @accent_fill; border-color: @accent;
                              color: @accent_text; font-weight: 600; }
QPushButton[role="primary"]:hover { background: @accent_hover; }
QPushButton[role="primary"]:disabled { background: @panel; border-color: @border;
                                       color: @disabled; }
QPushButton[role="quiet"] { background: transparent; border-color: transparent; color: @accent; }
QPushButton[role="quiet"]:hover { background: @hover; }

QLabel[role="heading"] { font-weight: 600; font-size: 11pt; }
QLabel[role="dim"] { color: @dim; }
QLabel[role="value"] { font-size: 20pt; font-weight: 600; }
QLabel[role="fine"] { color: @fine; }
QLabel[role="caution"] { color: @caution; }
QLabel[role="failure"] { color: @failure; }
QLabel[role="badge"] { background: @accent_fill; color: @accent_text; border-radius: 4px;
                       margin: 3px 4px; padding: 1px 9px; font-weight: 600; }

QDockWidget { background: @panel; }
QDockWidget > QWidget { background: @panel; }
#dockTitle { background: @panel; padding: 7px 10px 5px 10px; }

QTabWidget::pane { border: none; border-top: 1px solid @border; background: @panel; }
QTabBar { qproperty-drawBase: 0; background: @panel; }
QTabBar::tab { background: transparent; color: @dim; padding: 7px 12px; border: none;
               border-bottom: 2px solid transparent; }
PanelTabs QTabBar::tab { padding: 7px 6px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:focus { color: @accent; }

QStatusBar { background: @window; border-top: 1px solid @border; color: @dim;
             min-height: 28em; max-height: 28em; }
QStatusBar::item { border: none; }
QProgressBar { background: @field; border: none; border-radius: 3px; max-height: 6px;
               min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }

QTreeView, QTableView, QListView, QTextBrowser, QPlainTextEdit, QTextEdit {
    background: @panel; alternate-background-color: @stripe; border: 1px solid @border;
    border-radius: 4px; selection-background-color: @accent_fill;
    selection-color: @accent_text; outline: none; }
QTreeView:focus, QTableView:focus, QListView:focus, QTextBrowser:focus, QPlainTextEdit:focus,
QTextEdit:focus { border-color: @accent; }
QRadioButton::indicator:focus { border-color: @accent; }
QTreeView::item, QListView::item { padding: 3px 2px; }
QTableView { gridline-color: @border; }
QTableView::item { padding: 2px 6px; }
MarksTable::item { padding: 2px 4px; border-bottom: 1px solid @border; }
QTreeView::item:hover, QListView::item:hover { background: @hover; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {
    background: @accent_fill; color: @accent_text; }
QHeaderView { background: @panel; border: none; }
QHeaderView::section { background: @panel; color: @dim; padding: 5px 6px; border: none;
                       border-bottom: 1px solid @border; font-weight: 600; }
QTableCornerButton::section { background: @panel; border: none; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {
    background: @field; border: 1px solid @border; border-radius: 5px; padding: 3px 7px;
    min-height: 18em; selection-background-color: @accent_fill; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: @accent; }
QComboBox { padding-right: 20px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(@icons/chevron-down-@chevron.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @border; padding: 3px; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button,
QDoubleSpinBox::down-button { background: transparent; border: none; width: 16px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {
    image: url(@icons/chevron-up-@chevron.svg); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {
    image: url(@icons/chevron-down-@chevron.svg); width: 10px; height: 10px; }
QCheckBox, QRadioButton { spacing: 7px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @disabled;
                       border-radius: 3px; background: @field; }
QCheckBox::indicator:hover { border-color: @accent; }
QCheckBox::indicator:focus { border-color: @accent; }
QCheckBox::indicator:checked { background: @accent_fill; border-color: @accent;
                               image: url(@icons/check.svg); }
QRadioButton::indicator { width: 13px; height: 13px; border: 1px solid @disabled;
                          border-radius: 7px; background: @field; }
QRadioButton::indicator:checked { background: @accent; border-color: @accent; }
QSlider::groove:horizontal { height: 4px; background: @field; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent_fill; border-radius: 2px; }
QSlider::handle:horizontal { background: @accent; width: 13px; margin: -5px 0;
                             border-radius: 6px; }
QSlider::handle:horizontal:focus { background: @accent_text; }
QSlider::handle:horizontal:disabled { background: @disabled; }

QGroupBox { border: 1px solid @border; border-radius: 6px; margin-top: 9px; padding-top: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 10px; padding: 0 4px; color: @dim; }

QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: @border; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 26px; }
QScrollBar::handle:horizontal { min-width: 26px; }
QScrollBar::handle:hover { background: @disabled; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { border: none; background: transparent; }

#viewportHeader { background: @panel; min-height: 24em; max-height: 24em; }
#viewportFrame { background: @image_ground; border: 1px solid @border; }
#viewportFrame[active="true"] { border-color: @accent; }
#viewportFrame[drop="true"] { border: 2px solid @accent; }
#placeHint { color: @image_dim; font-size: 10.5pt; }
#viewportHeader QToolButton { padding: 1px 5px; border-radius: 4px; font-size: 8.5pt; }
#viewportHeader QLabel { font-size: 8.5pt; }
#fidelity[state="fine"] { color: @fine; }
#fidelity[state="caution"] { color: @caution; }
#notification { background: @raised; border: 1px solid @border; border-left: 3px solid @accent; }
#notification QPushButton, #notification QToolButton { padding: 1px 8px; }
#notificationDetails { background: @raised; border: 1px solid @border; }
#notification[kind="warning"] { border-left-color: @caution; }
#notification[kind="error"] { border-left-color: @failure; }
#fidelityPopover { background: @raised; border: 1px solid @border; }
#startPage { background: @window; }
#dropZone { border: 2px dashed @border; border-radius: 14px; background: @panel; }
#dropZone[hot="true"] { border-color: @accent; background: @raised; }
"""
