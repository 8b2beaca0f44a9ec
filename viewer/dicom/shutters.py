"""Display shutters: what a file asks to be hidden around its image.

Source: PS3.3 C.7.6.11 (shapes) and C.7.6.15 (bitmap). Where several shapes are given, what any
of them hides is hidden. A shutter changes what is shown, never a value.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.dicom import tags
from viewer.dicom.elements import Values

MAX_VERTICES = 1024
MAX_PLACE = 1e6
"""Rows and columns beyond it are no places of any image."""
_P_VALUE_WHITE = 0xFFFF
_KEPT = 4

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DisplayShutter:
    """The shapes of a shutter; pixels count from 0.

    Attributes
    ----------
    rectangle : tuple of int, or None
        First row, last row, first column and last column that are shown.
    circle : tuple of float, or None
        Row and column of the centre, and the radius in pixels along a row.
    polygon : tuple of (float, float)
        Corners as row and column; empty without one.
    overlay_group : int or None
        The overlay plane whose pixels hide the image.
    grey : int
        0..255: what is shown instead, 0 for black.
    """

    rectangle: tuple[int, int, int, int] | None = None
    circle: tuple[float, float, float] | None = None
    polygon: tuple[tuple[float, float], ...] = ()
    overlay_group: int | None = None
    grey: int = 0

    @property
    def words(self) -> str:
        """Its shapes in words: "rectangular and circular"."""
        shapes = {
            "rectangular": self.rectangle,
            "circular": self.circle,
            "polygonal": self.polygon,
            "bitmap": self.overlay_group,
        }
        return " and ".join(word for word, shape in shapes.items() if shape)


def read_shutter(
    values: Values, overlay_groups: AbstractSet[int], notes: list[str]
) -> DisplayShutter | None:
    """Read the shutter of a data set or functional group.

    Parameters
    ----------
    values : Values
        Where its attributes stand.
    overlay_groups : set of int
        The overlay planes that there are.
    notes : list of str
        Gets a line where a shape cannot be used.

    Returns
    -------
    DisplayShutter or None
        None where there is none, or no shape of it can be used.
    """
    if not values.has(tags.SHUTTER_SHAPE):
        return None
    wanted = {shape.upper() for shape in values.codes(tags.SHUTTER_SHAPE)}
    shutter = DisplayShutter(
        rectangle=_rectangle(values) if "RECTANGULAR" in wanted else None,
        circle=_circle(values) if "CIRCULAR" in wanted else None,
        polygon=_polygon(values) if "POLYGONAL" in wanted else (),
        overlay_group=_overlay_group(values, overlay_groups) if "BITMAP" in wanted else None,
        grey=_grey(values),
    )
    used = len(shutter.words.split(" and ")) if shutter.words else 0
    if used < len(wanted):
        notes.append("a display shutter is incomplete and was not applied")
    return shutter if used else None


def _rectangle(values: Values) -> tuple[int, int, int, int] | None:
    edges = [
        _place(values.number(tag))
        for tag in (
            tags.SHUTTER_UPPER_EDGE,
            tags.SHUTTER_LOWER_EDGE,
            tags.SHUTTER_LEFT_EDGE,
            tags.SHUTTER_RIGHT_EDGE,
        )
    ]
    top, bottom, left, right = edges
    if top is None or bottom is None or left is None or right is None:
        return None
    if top > bottom or left > right:
        return None
    return int(top), int(bottom), int(left), int(right)


def _place(number: float | None) -> float | None:
    """Return a row or column counted from 0; None where there is none."""
    return None if number is None or abs(number) > MAX_PLACE else number - 1


def _circle(values: Values) -> tuple[float, float, float] | None:
    center = [_place(number) for number in values.numbers(tags.CENTER_OF_CIRCULAR_SHUTTER)[:2]]
    radius = values.number(tags.RADIUS_OF_CIRCULAR_SHUTTER)
    if len(center) < 2 or radius is None or not 0 < radius <= MAX_PLACE:
        return None
    row, column = center
    return None if row is None or column is None else (row, column, radius)


def _polygon(values: Values) -> tuple[tuple[float, float], ...]:
    numbers = values.numbers(tags.VERTICES_OF_POLYGONAL_SHUTTER)
    places = [place for number in numbers if (place := _place(number)) is not None]
    if len(places) != len(numbers) or not 6 <= len(places) <= 2 * MAX_VERTICES:
        return ()
    return tuple(zip(places[::2], places[1::2], strict=False))


def _overlay_group(values: Values, groups: AbstractSet[int]) -> int | None:
    group = values.unsigned(tags.SHUTTER_OVERLAY_GROUP)
    return group if group in groups else None


def _grey(values: Values) -> int:
    p_value = values.unsigned(tags.SHUTTER_PRESENTATION_VALUE) or 0
    return round(255 * min(p_value, _P_VALUE_WHITE) / _P_VALUE_WHITE)


@lru_cache(maxsize=_KEPT)
def hidden_by_outline(shutter: DisplayShutter, shape_yx: tuple[int, int], aspect: float) -> Mask:
    """Return the pixels whose centre lies outside any of a shutter's outlines.

    Parameters
    ----------
    shutter : DisplayShutter
        Its overlay plane, if it has one, plays no part here.
    shape_yx : tuple of int
        Rows and columns of the image.
    aspect : float
        Height of a pixel divided by its width: a circle is round to the eye.

    Returns
    -------
    ndarray of bool, shape (y, x)
        Read-only; centres on an outline are shown.
    """
    shown = np.ones(shape_yx, np.bool_)
    rows, columns = np.ogrid[: shape_yx[0], : shape_yx[1]]
    if shutter.rectangle is not None:
        top, bottom, left, right = shutter.rectangle
        shown &= (rows >= top) & (rows <= bottom) & (columns >= left) & (columns <= right)
    if shutter.circle is not None:
        row, column, radius = shutter.circle
        with np.errstate(over="ignore"):  # pixels of an absurd shape: beyond the circle
            squared = radius**2 - ((rows - row) * aspect) ** 2
        half_chord = np.where(squared >= 0, np.sqrt(np.maximum(squared, 0)), -1)
        shown &= np.abs(columns - column) <= half_chord
    if shutter.polygon:
        shown &= _inside(shutter.polygon, shape_yx)
    hidden = ~shown
    hidden.flags.writeable = False
    return hidden


def _inside(polygon: tuple[tuple[float, float], ...], shape_yx: tuple[int, int]) -> Mask:
    """Return the pixels inside a polygon or on its edges, by counting the edges left of each."""
    rows, columns = shape_yx
    crossings = np.zeros((rows, columns + 1), np.uint8)  # only odd or even counts
    on_edge = np.zeros(shape_yx, np.bool_)
    for (y0, x0), (y1, x1) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        _mark_edge(on_edge, y0, x0, y1, x1)
        if y0 == y1:
            continue
        # The lower end is left out, so that a corner counts once.
        low, high = min(y0, y1), max(y0, y1)
        y = np.arange(max(int(np.ceil(low)), 0), min(int(np.ceil(high)), rows))
        x = np.ceil(x0 + (y - y0) * (x1 - x0) / (y1 - y0))
        np.add.at(crossings, (y, np.clip(x, 0, columns).astype(np.int64)), 1)
    inside = np.cumsum(crossings[:, :columns], axis=1, dtype=np.uint8) % 2 == 1
    return np.asarray(inside | on_edge, np.bool_)


def _mark_edge(on_edge: Mask, y0: float, x0: float, y1: float, x1: float) -> None:
    """Set the pixels whose centres lie exactly on an edge: counting leaves some of them out."""
    rows, columns = on_edge.shape
    low, high = sorted((y0, y1))
    y = np.arange(max(int(np.ceil(low)), 0), min(int(np.floor(high)), rows - 1) + 1)
    if y0 == y1:
        left, right = sorted((x0, x1))
        on_edge[y, max(int(np.ceil(left)), 0) : max(int(np.floor(right)) + 1, 0)] = True
        return
    x = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
    exact = (x == np.rint(x)) & (x >= 0) & (x < columns)
    on_edge[y[exact], x[exact].astype(np.int64)] = True
