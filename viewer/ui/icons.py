"""Icons by what they stand for; drawn from icon fonts, so that they are sharp at any scale.

They are drawn when they are painted, in the colours that are in force then: another theme needs
no new icons.
"""

import os
from collections.abc import Callable
from functools import cache, partial
from typing import Literal

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

from viewer.paths import resources_dir
from viewer.ui.theme import COLOURS, Ink

Draw = Callable[[QPainter, QRect, QIcon.Mode, QIcon.State], None]
"""Draws an icon into a rectangle."""

_GLYPHS: dict[str, str] = {
    "file.open": "ph.file-plus",
    "file.open_folder": "ph.folder-open",
    "file.open_sample": "ph.flask",
    "file.export": "ph.export",
    "file.export_stl": "mdi6.printer-3d",
    "file.problems": "ph.warning",
    "file.faces": "mdi6.face-recognition",
    "file.quit": "ph.sign-out",
    "edit.undo": "ph.arrow-u-up-left",
    "edit.redo": "ph.arrow-u-up-right",
    "edit.delete": "ph.trash",
    "edit.copy": "ph.copy",
    "edit.preferences": "ph.gear",
    "view.fit": "mdi6.fit-to-screen-outline",
    "view.reset": "ph.arrow-counter-clockwise",
    "view.zoom_in": "ph.magnifying-glass-plus",
    "view.zoom_out": "ph.magnifying-glass-minus",
    "view.invert": "mdi6.invert-colors",
    "view.crosshair": "mdi6.crosshairs-gps",
    "view.overlay": "ph.text-aa",
    "view.maximise": "ph.arrows-out-simple",
    "view.restore": "ph.arrows-in-simple",
    "view.full_screen": "mdi6.fullscreen",
    "view.second_window": "mdi6.monitor-multiple",
    "tool.window": "mdi6.contrast-circle",
    "tool.pan": "ph.hand",
    "tool.zoom": "ph.magnifying-glass-plus",
    "tool.scroll": "ph.stack",
    "tool.crosshair": "ph.crosshair",
    "tool.oblique": "ph.arrows-clockwise",
    "tool.length": "ph.ruler",
    "tool.ellipse": "mdi6.ellipse-outline",
    "tool.arrow": "ph.arrow-down-left",
    "tool.bidirectional": "ph.arrows-out-cardinal",
    "tool.angle": "mdi6.angle-acute",
    "tool.cobb": "mdi6.angle-obtuse",
    "tool.polyline": "ph.line-segments",
    "tool.circle": "ph.circle",
    "tool.rectangle": "ph.rectangle",
    "tool.polygon": "ph.polygon",
    "tool.freehand": "mdi6.lasso",
    "tool.probe": "ph.eyedropper",
    "tool.text": "ph.text-t",
    "tool.more": "ph.dots-three",
    "analysis.run": "mdi6.lungs",
    "analysis.surface": "ph.cube",
    "analysis.cancel": "ph.stop-circle",
    "help.sheet": "ph.keyboard",
    "help.about": "ph.info",
    "window.presets": "ph.sun-dim",
    "notice.info": "ph.info",
    "notice.warning": "ph.warning",
    "notice.error": "ph.warning-circle",
    "cine.play": "ph.play",
    "cine.stop": "ph.pause",
    "link": "ph.link-simple",
    "layout": "ph.squares-four",
    "panel.key_images": "ph.star",
    "panel.histogram": "ph.chart-bar",
    "close": "ph.x",
    "fine": "ph.check-circle",
    "caution": "ph.warning",
    "drop": "ph.download-simple",
}


def icon_names() -> frozenset[str]:
    """Return the names that `icon` knows."""
    return frozenset(_GLYPHS)


def application_icon() -> QIcon:
    """Return the program's own icon."""
    return QIcon(str(resources_dir() / "icons" / "hounsfield.svg"))


class DrawnIcon(QIconEngine):
    """An icon that is drawn anew each time, at the size and in the pixels that are wanted."""

    def __init__(self, draw: Draw) -> None:
        super().__init__()
        self._draw = draw

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        self._draw(painter, rect, mode, state)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


@cache
def icon(name: str, ink: Ink | Literal["tab"] = "text") -> QIcon:
    """Return an icon; disabled, checked and selected states have colours of their own.

    A checked button and a selected row have the accent behind them. Ink "tab" is for tabs, where
    the one in front has no ground of its own.

    Raises
    ------
    KeyError
        There is no icon of this name.
    """
    return QIcon(DrawnIcon(partial(_draw_glyph, _GLYPHS[name], ink)))


def _draw_glyph(
    glyph: str,
    ink: Ink | Literal["tab"],
    painter: QPainter,
    rect: QRect,
    mode: QIcon.Mode,
    state: QIcon.State,
) -> None:
    on = state is QIcon.State.On
    shown: Ink = ("text" if on else "dim") if ink == "tab" else ink
    if ink == "text" and (on or mode is QIcon.Mode.Selected):
        shown = "accent_text"
    if mode is QIcon.Mode.Disabled:
        shown = "disabled"
    _glyph(glyph, getattr(COLOURS, shown)).paint(painter, rect)


@cache
def _glyph(glyph: str, colour: str) -> QIcon:
    os.environ.setdefault("QT_API", "pyside6")  # qtawesome asks qtpy, which would guess
    import qtawesome

    return qtawesome.icon(glyph, color=colour)
