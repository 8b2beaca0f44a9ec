"""What is drawn over an image: one list of values for the screen and for exports.

Coordinates are either plane millimetres (`Space.PLANE`: move and zoom with the image) or
fractions of the viewport (`Space.VIEW`: corner texts, letters). Sizes of lines and letters are in
device-independent pixels, so that they look the same at every zoom.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Space(StrEnum):
    """Coordinate system of a drawable's points."""

    PLANE = "plane"
    VIEW = "view"


class Align(StrEnum):
    """Which point of a text box stands at the given position."""

    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"
    CENTER = "center"
    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Style:
    """Colour ("#rrggbb"), width and dash of a line, size of a text (pixels).

    `halo_px` is how much wider the dark line under a line is.
    """

    colour: str = "#ffd54a"
    width_px: float = 1.6
    dash: tuple[float, ...] = ()
    text_px: int = 13
    bold: bool = False
    halo_px: float = 3.0


@dataclass(frozen=True, slots=True)
class PolylineItem:
    """Connected points."""

    points: tuple[tuple[float, float], ...]
    style: Style = Style()
    closed: bool = False
    space: Space = Space.PLANE


@dataclass(frozen=True, slots=True)
class EllipseItem:
    """An ellipse by centre and half axes (vectors in the same space)."""

    center: tuple[float, float]
    half_u: tuple[float, float]
    half_v: tuple[float, float]
    style: Style = Style()
    space: Space = Space.PLANE


@dataclass(frozen=True, slots=True)
class HandleItem:
    """A grip at a point; its size is in pixels."""

    point: tuple[float, float]
    style: Style = Style()
    space: Space = Space.PLANE


@dataclass(frozen=True, slots=True)
class TextItem:
    """Plain text (never markup), with a dark halo so that it reads on any grey.

    `offset_px` moves it from its point; lines are separated by a newline. Of a text that belongs
    to a mark, `mark_uid` names it, `outlines` are its lines: no text of a mark is written over one,
    and `way_mm`, if not None, leads from the point to where the reader put the text (see
    `viewer.core.label_box`), in place of `align` and `offset_px`.
    """

    point: tuple[float, float]
    text: str
    align: Align = Align.TOP_LEFT
    style: Style = Style()
    offset_px: tuple[float, float] = (0.0, 0.0)
    space: Space = Space.PLANE
    outlines: tuple[tuple[tuple[float, float], ...], ...] = ()
    mark_uid: str = ""
    way_mm: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ArrowItem:
    """A line with a head at `tip`; the head's size is in pixels."""

    tip: tuple[float, float]
    tail: tuple[float, float]
    style: Style = Style()
    space: Space = Space.PLANE


@dataclass(frozen=True, slots=True)
class RulerItem:
    """A scale bar: the painter chooses a round length that fits the zoom.

    `vertical` puts it at the left edge, otherwise at the bottom; `unit` is "mm" (or "mm at
    detector"); there is no ruler without calibration.
    """

    vertical: bool
    unit: str
    style: Style = Style(colour="#e8e8e8")


@dataclass(frozen=True, slots=True, eq=False)
class BitmapItem:
    """Single pixels of the image in one colour; they lie exactly on the image's own.

    Attributes
    ----------
    mask : ndarray of bool, shape (v, u)
        One for each pixel of the plane.
    spacing_vu_mm : tuple of float
        Of the plane.
    colour : str
        "#rrggbb".
    opacity : float
        0..1.
    is_drawing : bool
        Lines and letters: they get a dark rim, so that they show on any grey, and stay to be
        seen where the image is drawn smaller than it is.
    """

    mask: NDArray[np.bool_]
    spacing_vu_mm: tuple[float, float]
    colour: str
    opacity: float = 1.0
    is_drawing: bool = False


@dataclass(frozen=True, slots=True)
class ColourBarItem:
    """A strip of colours, as a legend of the picture's colour map.

    Attributes
    ----------
    point : tuple of float
        Of the viewport, in parts of it.
    offset_px, size_px : tuple of float
        The upper left corner from there, and the size.
    colours : bytes
        RGB triples from top to bottom.
    """

    point: tuple[float, float]
    offset_px: tuple[float, float]
    size_px: tuple[float, float]
    colours: bytes


@dataclass(frozen=True, slots=True, eq=False)
class LoupeItem:
    """A round piece of the picture, enlarged about its centre.

    Attributes
    ----------
    center : tuple of float
        In plane millimetres; it stays where it is.
    power : float
        How many times as large as the view.
    image : ndarray of uint8, shape (v, u) or (v, u, 3)
        The pixels of the plane.
    spacing_vu_mm : tuple of float
        Of those pixels.
    drawables : tuple of Drawable
        What lies on the image.
    """

    center: tuple[float, float]
    power: float
    image: NDArray[np.uint8]
    spacing_vu_mm: tuple[float, float]
    drawables: "tuple[Drawable, ...]" = ()


Drawable = (
    PolylineItem
    | EllipseItem
    | HandleItem
    | TextItem
    | ArrowItem
    | RulerItem
    | BitmapItem
    | ColourBarItem
    | LoupeItem
)
