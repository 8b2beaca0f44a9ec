"""The badge of a key image: short enough to stay clear of the texts in the corners."""

import pytest

from viewer.app.overlays_key_images import key_image_items
from viewer.core.drawable import Align, Space, TextItem
from viewer.core.key_image import KeyImage
from viewer.core.study import StackKey

COMMENT = "consolidation of the right upper lobe, compare with the prior study of May, " * 2


def image(comment=COMMENT):
    stack = StackKey("9.8.7", 0)
    return KeyImage(stack=stack, sop_uid="1.2.3.4", frame=0, slice_z=3, comment=comment)


def corner(text, align=Align.TOP_RIGHT):
    return TextItem((1.0, 0.0), text, align, space=Space.VIEW)


def badge(shown, others) -> TextItem:
    (item,) = key_image_items(shown, (900.0, 900.0), others)
    assert isinstance(item, TextItem)
    return item


@pytest.mark.parametrize("letters", [3, 12, 20])
def test_a_long_comment_ends_before_the_corner_texts(letters):
    others = (corner("x" * letters), corner("Name", Align.TOP_LEFT))
    item = badge(image(), others)
    width_px = len(item.text) * 7.2
    assert item.text.endswith("…")
    assert 450 + width_px / 2 <= 900 - letters * 7.6


def test_where_there_is_no_room_between_them_it_stands_below():
    low, high = badge(image(), (corner("x" * 50),)), badge(image(), ())
    assert low.offset_px[1] > high.offset_px[1]
    short = badge(image(""), (corner("x" * 40),))
    assert short.text == "★ Key image"
    assert short.offset_px == high.offset_px
