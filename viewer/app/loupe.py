"""The magnifier: a round piece of the picture at the cursor, enlarged from the voxels."""

from collections.abc import Sequence

from viewer.app.resolve import ResolvedView
from viewer.core.drawable import BitmapItem, Drawable, LoupeItem, Space, TextItem
from viewer.core.shapes import PointLps
from viewer.imaging.blend import Picture

POWERS = (2.0, 3.0, 4.0, 6.0, 8.0)
FIRST_POWER = 3.0


def next_power(power: float, steps: int) -> float:
    """Return the magnification so many steps on, held within `POWERS`."""
    place = min(range(len(POWERS)), key=lambda n: abs(POWERS[n] - power))
    return POWERS[min(max(place + steps, 0), len(POWERS) - 1)]


def loupe_items(
    view: ResolvedView,
    picture: Picture,
    cursor_lps: PointLps | None,
    power: float,
    drawables: Sequence[Drawable],
) -> list[Drawable]:
    """Return the loupe over a view; nothing while it is off or the cursor is elsewhere.

    Parameters
    ----------
    picture : ndarray of uint8, shape (v, u) or (v, u, 3)
        The view's pixels, one for each of its plane.
    cursor_lps : tuple of float or None
        Place under the mouse.
    power : float
        Magnification on top of the view's own zoom; 0 is off.
    drawables : sequence of Drawable
        What lies over the image; marks and the files' overlays are enlarged, too.
    """
    if not power or cursor_lps is None:
        return []
    u, v, _ = (float(x) for x in view.plane.lps_to_uvw(cursor_lps))
    inside = tuple(item for item in drawables if _goes_along(item))
    return [LoupeItem((u, v), power, picture, view.plane.spacing_vu_mm, inside)]


def _goes_along(item: Drawable) -> bool:
    if isinstance(item, BitmapItem):
        return True
    space = getattr(item, "space", Space.VIEW)
    return space is Space.PLANE and not isinstance(item, TextItem)
