"""How values and windows are written: on the image, in menus, beside the histogram, all alike."""

import math

from viewer.core.study import shown_unit
from viewer.core.window import VoiTransform

_WIDE = 100.0
_TYPED_PLACES = 3


def typed_numbers(window: VoiTransform) -> tuple[str, str]:
    """Return width and level of a window that a reader typed: with the decimals that it has."""
    places = max(_TYPED_PLACES, decimals(window.width))
    return _fixed(window.width, places), _fixed(window.center, places)


def window_numbers(window: VoiTransform, unit: str | None = None) -> tuple[str, str]:
    """Return width and level of any other window, as they are written everywhere.

    HU are whole numbers, as are those of other units over wide windows; a narrow window (SUV,
    diffusion) has two figures behind the first of its width.
    """
    places = 0 if unit == "HU" else decimals(window.width)
    return _fixed(window.width, places), _fixed(window.center, places)


def decimals(span: float) -> int:
    """Return how many decimals numbers need that range over a span: none from 100 on."""
    return 0 if span >= _WIDE or span <= 0 else 2 - math.floor(math.log10(span))


def number_with_unit(value: float, unit: str | None) -> str:
    """Return a value as it stands on an image: HU whole, others with six figures at most."""
    number = _fixed(value, 0) if unit == "HU" else f"{value:.6g}"
    return f"{number} {shown_unit(unit)}".rstrip()


def _fixed(value: float, places: int) -> str:
    text = f"{value:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
