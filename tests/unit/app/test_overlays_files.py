"""What files put over their images is drawn on the images themselves, and can be switched off."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.export import ImageExport, bare_pixels, session_export
from viewer.app.overlays import (
    EXPORT_PARTS,
    FROM_FILES,
    LEVELS,
    OverlayScene,
    Part,
    compose,
    parts_of_level,
    switched_off,
)
from viewer.app.overlays_frame import corner_texts
from viewer.app.resolve import resolve
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import BitmapItem, TextItem
from viewer.core.geometry import Calibration
from viewer.core.image_graphics import (
    BitMask,
    OverlayBitmap,
    OverlayKind,
    OverlayPlane,
    ShutterMask,
    SliceGraphics,
)
from viewer.core.plane import Orientation
from viewer.core.screen import place
from viewer.core.session import Session
from viewer.core.view_state import DisplayState, InteractionState, ViewportState
from viewer.core.window import HuWindow

SIZE = (800.0, 600.0)
WINDOW = HuWindow(400, 40)


def drawing() -> np.ndarray:
    mask = np.zeros((10, 12), bool)
    mask[2, 3:9] = mask[3:7, 3] = True
    return mask


def graphics(kind=OverlayKind.GRAPHICS, grey=0) -> SliceGraphics:
    overlay = OverlayBitmap(OverlayPlane(0x6000, "x", kind, 10, 12), BitMask.of(drawing()))
    return SliceGraphics((overlay,), ShutterMask(BitMask.of(~drawing()), grey))


def covered(direction_lps=None, **changes):
    volume = make_volume(make_geometry(direction_lps=direction_lps))
    return replace(volume, graphics={3: graphics(**changes)})


def bitmaps(volume, parts=FROM_FILES, orientation=Orientation.AXIAL, index=3):
    view = resolve(ViewportState(orientation, DisplayState(WINDOW), index=index), volume)
    scene = OverlayScene(volume, view, place(view.plane, SIZE), SIZE, parts)
    return [item for item in compose(scene) if isinstance(item, BitmapItem)]


def test_shutter_first_then_overlays():
    shutter, overlay = bitmaps(covered())
    np.testing.assert_array_equal(shutter.mask, ~drawing())
    np.testing.assert_array_equal(overlay.mask, drawing())
    assert (shutter.colour, shutter.opacity, shutter.is_drawing) == ("#000000", 1.0, False)
    assert (overlay.opacity, overlay.is_drawing) == (1.0, True)
    assert overlay.spacing_vu_mm == (0.8, 0.7)


def test_a_region_lets_the_image_through():
    _, region = bitmaps(covered(kind=OverlayKind.ROI))
    assert region.opacity < 0.5
    assert not region.is_drawing


def test_the_presentation_value_of_a_shutter():
    assert bitmaps(covered(grey=200))[0].colour == "#c8c8c8"


def test_turned_and_flipped_as_the_image_is():
    # Rows to the right of the patient, columns to the front: the axial view flips both.
    direction = np.array([[0.0, 0, 1], [0, -1, 0], [-1, 0, 0]])
    overlay = bitmaps(covered(direction), frozenset({Part.OVERLAY_PLANES}))[0]
    np.testing.assert_array_equal(overlay.mask, drawing()[::-1, ::-1])
    # Rows to the back, columns to the left: rows and columns change places.
    direction = np.array([[0.0, 0, -1], [1, 0, 0], [0, 1, 0]])
    overlay = bitmaps(covered(direction), frozenset({Part.OVERLAY_PLANES}))[0]
    np.testing.assert_array_equal(overlay.mask, drawing().T)


@pytest.mark.parametrize(
    ("orientation", "index"),
    [(Orientation.CORONAL, 3), (Orientation.SAGITTAL, 3), (Orientation.AXIAL, 2)],
)
def test_nothing_on_other_slices_and_planes(orientation, index):
    assert bitmaps(covered(), FROM_FILES, orientation, index) == []


def test_the_same_item_again_while_nothing_changes():
    volume = covered()
    assert [id(item) for item in bitmaps(volume)] == [id(item) for item in bitmaps(volume)]


def test_texts_away_leaves_them_switches_do_not():
    assert all(parts_of_level(level) >= FROM_FILES for level in LEVELS)
    interaction = InteractionState()
    assert switched_off(interaction) == frozenset()
    interaction.overlay_planes_visible = False
    assert switched_off(interaction) == {Part.OVERLAY_PLANES}
    interaction.shutter_visible = False
    assert switched_off(interaction) == FROM_FILES
    volume = covered()
    assert len(bitmaps(volume, frozenset({Part.SHUTTER}))) == 1


def test_an_export_shows_what_the_views_show():
    session = Session()
    session.set_volume(covered(), AnnotationDocument(""), DisplayState(WINDOW))
    assert session_export(session, Orientation.AXIAL, [3]).parts == EXPORT_PARTS
    session.interaction.shutter_visible = False
    assert session_export(session, Orientation.AXIAL, [3]).parts == EXPORT_PARTS - {Part.SHUTTER}
    chosen = frozenset({Part.SHUTTER})
    assert session_export(session, Orientation.AXIAL, [3], chosen).parts == chosen


def test_bare_pixels_and_statistics_are_those_of_the_voxels():
    volume = covered()
    request = ImageExport(volume, Orientation.AXIAL, (3,), WINDOW, parts=frozenset())
    plain = replace(request, volume=replace(volume, graphics={}))
    np.testing.assert_array_equal(bare_pixels(request, 3), bare_pixels(plain, 3))
    assert volume.invalid_mask((3,)) is None


def test_the_place_under_the_cursor_is_in_pixels_where_millimetres_are_not_known():
    volume = make_volume(make_geometry(calibration=Calibration.NONE))
    view = resolve(ViewportState(Orientation.AXIAL, DisplayState(WINDOW), index=3), volume)
    x, y, z = (float(v) for v in volume.geometry.index_to_lps((3, 4, 7)))
    texts = [
        item.text
        for item in corner_texts(volume, view, place(view.plane, SIZE), SIZE, ((x, y, z), None))
        if isinstance(item, TextItem)
    ]
    assert any("column 8  row 5" in text for text in texts)
    assert not any("mm\n" in text for text in texts)
