"""The badge of a key image: a star with the reader's comment, at the top of the image."""

from viewer.app.overlays_frame import is_compact
from viewer.core.drawable import Align, Drawable, Space, Style, TextItem
from viewer.core.key_image import KeyImage
from viewer.i18n import tr

COLOUR = "#9fd3ff"
"""No warning and no mark: as the ticks on the slice bar."""
_TEXT = Style(COLOUR, text_px=12, bold=True)
_TOP_PX = 28.0
_COMPACT_TOP_PX = 58.0  # below the corner texts and the letter
_LETTER_PX = 7.0
_SHARE, _COMPACT_SHARE = 0.5, 0.85  # corner texts stand beside the upper place only


def key_image_items(image: KeyImage | None, size_px: tuple[float, float]) -> list[Drawable]:
    """Return the badge; nothing where the slice is no key image.

    Parameters
    ----------
    size_px : tuple of float
        Of the viewport; a long comment ends with dots, the list has all of it.
    """
    if image is None:
        return []
    words = tr("Key image")
    if image.comment:
        words = tr("Key image: {comment}", comment=image.comment)
    compact = is_compact(size_px)
    room_px = size_px[0] * (_COMPACT_SHARE if compact else _SHARE)
    letters = max(int(room_px / _LETTER_PX), 12)
    text = words if len(words) <= letters else words[: letters - 1].rstrip() + "…"
    top_px = _COMPACT_TOP_PX if compact else _TOP_PX
    return [
        TextItem((0.5, 0.0), "★ " + text, Align.TOP, _TEXT, (0.0, top_px), Space.VIEW),
    ]
