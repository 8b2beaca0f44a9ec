"""The badge of a key image: a star with the reader's comment, at the top of the image."""

from collections.abc import Sequence

from viewer.app.overlays_frame import is_compact
from viewer.app.words import shown_words
from viewer.core.drawable import Align, Drawable, Space, Style, TextItem
from viewer.core.key_image import KeyImage
from viewer.i18n import tr

COLOUR = "#9fd3ff"
"""No warning and no mark: as the ticks on the slice bar."""
_TEXT = Style(COLOUR, text_px=12, bold=True)
_TOP_PX = 28.0
_LOW_TOP_PX = 58.0  # below the corner texts and the letter
_LETTER_PX, _CORNER_LETTER_PX = 7.2, 7.6
_GAP_PX = 12.0
_LOW_SHARE = 0.85
_CORNER_LINES = 4  # of a corner, that may stand beside the badge
_FEWEST_LETTERS = 24
"""With less room between the corner texts the badge stands below them."""


def key_image_items(
    image: KeyImage | None, size_px: tuple[float, float], others: Sequence[Drawable] = ()
) -> list[Drawable]:
    """Return the badge; nothing where the slice is no key image.

    Parameters
    ----------
    size_px : tuple of float
        Of the viewport; a long comment ends with dots, the list has all of it.
    others : sequence of Drawable
        What else is drawn: the badge stays clear of the texts in the upper corners.
    """
    if image is None:
        return []
    words = tr("Key image")
    if image.comment:
        words = tr("Key image: {comment}", comment=shown_words(image.comment))
    words = "★ " + words
    letters, top_px = int(_free_px(size_px[0], others) / _LETTER_PX), _TOP_PX
    if is_compact(size_px) or letters < min(_FEWEST_LETTERS, len(words)):
        letters, top_px = max(int(size_px[0] * _LOW_SHARE / _LETTER_PX), 12), _LOW_TOP_PX
    text = words if len(words) <= letters else words[: letters - 1].rstrip() + "…"
    return [TextItem((0.5, 0.0), text, Align.TOP, _TEXT, (0.0, top_px), Space.VIEW)]


def _free_px(width_px: float, others: Sequence[Drawable]) -> float:
    """Return how wide a text in the middle may be between those in the upper corners."""
    corners = (
        item.text.split("\n")[:_CORNER_LINES]
        for item in others
        if isinstance(item, TextItem)
        and item.space is Space.VIEW
        and item.align in (Align.TOP_LEFT, Align.TOP_RIGHT)
    )
    longest = max((len(line) for lines in corners for line in lines), default=0)
    return width_px - 2 * (longest * _CORNER_LETTER_PX + _GAP_PX)
