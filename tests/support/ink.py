"""Pictures of drawables on a plain ground, and where their ink is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from viewer.core.drawable import Drawable
from viewer.core.screen import ScreenTransform
from viewer.render.painter import paint_drawables
from viewer.render.snapshot import to_rgb

GROUND = 110
_INK = 24
"""Grey levels away from the ground."""


@dataclass(frozen=True)
class Place:
    """Where ink is expected, in viewport pixels; a side without a number may be anywhere.

    `window` is left, top, right and bottom of the piece of the picture that is looked at.
    """

    window: tuple[float, float, float, float]
    left: float | None = None
    top: float | None = None
    right: float | None = None
    bottom: float | None = None
    middle_x: float | None = None
    middle_y: float | None = None
    within: float = 3.0


def painted(
    items: Sequence[Drawable],
    transform: ScreenTransform,
    size: tuple[int, int],
    scale: float = 1.0,
    ground: int = GROUND,
) -> np.ndarray:
    """Paint drawables on a grey ground: uint8, shape (height, width, 3)."""
    large = round(size[0] * scale), round(size[1] * scale)
    image = QImage(*large, QImage.Format.Format_RGB32)
    image.fill(QColor(ground, ground, ground))
    painter = QPainter(image)
    size_px = (float(large[0]), float(large[1]))
    paint_drawables(painter, items, transform.scaled(scale), size_px, scale)
    painter.end()
    return to_rgb(image)


def ink(picture: np.ndarray, ground: int = GROUND) -> np.ndarray:
    """Return which pixels differ from the ground, bool of shape (height, width)."""
    return np.asarray(np.abs(picture.astype(int) - ground).max(axis=2) > _INK)


def misplaced(inked: np.ndarray, places: Sequence[Place], scale: float = 1.0) -> list[str]:
    """Tell what is wrong: places without ink or with ink elsewhere, and ink beside all places."""
    found, rest = [], inked.copy()
    for number, place in enumerate(places):
        left, top, right, bottom = (max(round(side * scale), 0) for side in place.window)
        rows, columns = np.nonzero(inked[top:bottom, left:right])
        rest[top:bottom, left:right] = False
        if not len(rows):
            found.append(f"{number}: no ink")
            continue
        box = {
            "left": (columns.min() + left) / scale,
            "top": (rows.min() + top) / scale,
            "right": (columns.max() + 1 + left) / scale,
            "bottom": (rows.max() + 1 + top) / scale,
        }
        box["middle_x"] = (box["left"] + box["right"]) / 2
        box["middle_y"] = (box["top"] + box["bottom"]) / 2
        for side, value in box.items():
            wanted = getattr(place, side)
            if wanted is not None and abs(value - wanted) > place.within:
                found.append(f"{number}: {side} is {value:.1f}, not {wanted:.1f}")
    if rest.any():
        rows, columns = np.nonzero(rest)
        found.append(f"ink beside: {columns.min()}..{columns.max()}, {rows.min()}..{rows.max()}")
    return found
