"""Key images in views: which acquired image K means in each plane, order, comments, undo."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from tests.support.voxel_grids import rotation
from viewer.app import key_images
from viewer.app.export_choices import ExportChoices, Scope, chosen_indices
from viewer.app.resolve import resolve
from viewer.core.document import AnnotationDocument
from viewer.core.key_image import KeyImage
from viewer.core.plane import Orientation
from viewer.core.session import Session
from viewer.core.shapes import as_point
from viewer.core.slab import Slab, SlabMode
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.tools.navigate import jump_to

SLICES = 20


@pytest.fixture
def session():
    volume = make_volume(make_geometry((SLICES, 30, 40)))
    made = Session()
    document = AnnotationDocument(volume.stack.key.series_uid)
    made.set_volume(volume, document, DisplayState(HuWindow(400, 40)))
    made.interaction.active = "axial"
    made.active.index = 4
    return made


@pytest.fixture
def told(session):
    notes: list[str] = []
    session.told.connect(notes.append)
    return notes


def numbers(session) -> list[int]:
    return [image.slice_z for image in session.document.key_images]


def test_k_marks_the_slice_in_view_and_unmarks_it(session, told):
    made = key_images.toggle(session)
    assert made is not None
    assert made.sop_uid == session.volume.stack.frames[4].sop_uid
    assert numbers(session) == [4]
    assert key_images.toggle(session) is None
    assert numbers(session) == []
    session.undo.undo()
    assert numbers(session) == [4]
    assert told == []


def test_of_a_slab_the_middle_slice_is_meant_and_that_is_told(session, told):
    session.active.slab = Slab(SlabMode.MIP, 10.0)
    key_images.toggle(session)
    assert numbers(session) == [4]
    assert ["5" in note and "slab" in note for note in told] == [True]


@pytest.mark.parametrize("plane", ["coronal", "sagittal"])
def test_in_another_plane_the_slice_at_the_crosshair_is_meant(session, told, plane):
    geometry = session.volume.geometry
    jump_to(session, session.volume, geometry.index_to_lps((7, 11, 13)))
    session.interaction.active = plane
    key_images.toggle(session)
    assert numbers(session) == [7]
    assert ["8" in note and "crosshair" in note for note in told] == [True]


def test_without_a_crosshair_it_is_the_middle_of_the_plane(session):
    session.interaction.active = "coronal"
    key_images.toggle(session)
    (number,) = numbers(session)
    assert abs(number - (SLICES - 1) / 2) <= 0.5


def test_a_crosshair_off_an_oblique_plane_does_not_count(session):
    volume = session.volume
    session.interaction.active = "coronal"
    turned = np.asarray(rotation((15, 0, 0)))
    session.active.rotation = tuple(as_point(row) for row in turned)
    session.interaction.crosshair_lps = as_point(volume.geometry.index_to_lps((2, 2, 2)))
    view = resolve(session.active, volume)
    assert abs(view.plane.lps_to_uvw(session.interaction.crosshair_lps)[2]) > 1
    z, is_seen = key_images.acquired_slice(session, session.open_stack)
    assert (abs(z - (SLICES - 1) / 2) <= 3, is_seen) == (True, False)


def test_a_slice_that_was_not_acquired_is_refused(session, told):
    stack = session.volume.stack
    places = tuple(None if z == 4 else z for z in range(SLICES))
    holed = replace(session.volume, stack=replace(stack, frame_of_slice=places))
    session.stacks[stack.key].volume = holed
    assert key_images.toggle(session) is None
    assert numbers(session) == []
    assert "not acquired" in told[0]


def test_comments_are_steps_and_removal_with_one_is_told(session, told):
    made = key_images.toggle(session)
    assert made is not None
    key_images.write(session, session.document, made.uid, "  left\n hilum ")
    commented = key_images.in_view(session)
    assert commented is not None
    assert commented.comment == "left hilum"
    key_images.write(session, session.document, made.uid, "left hilum")  # no step
    key_images.write(session, session.document, "gone", "x")
    key_images.toggle(session)
    assert "no longer" in told[-1]
    session.undo.undo()
    session.undo.undo()
    assert key_images.in_view(session) == made


def test_lists_and_steps_go_by_slice_and_round_about(session):
    for index in (9, 2, 15):
        session.active.index = index
        key_images.toggle(session)
    stack, images = session.volume.stack, session.document.key_images
    lost = KeyImage(stack=stack.key, sop_uid="5.5.5", frame=0, slice_z=3)
    listed = key_images.rows(stack, (lost, *images))
    assert [row.slice_z for row in listed] == [2, 9, 15, None]
    assert [row.place for row in listed][:3] == ["3", "10", "16"]
    assert key_images.key_slices(stack, (lost, *images)) == (2, 9, 15)
    session.active.index = 9
    assert (key_images.beside(session, 1), key_images.beside(session, -1)) == (15, 2)
    session.active.index = 15
    assert key_images.beside(session, 1) == 2
    session.active.index = 0
    assert key_images.beside(session, -1) == 15
    key_images.remove(session, tuple(image.uid for image in images[:2]))
    assert numbers(session) == [15]
    session.undo.undo()
    assert session.document.key_images == images


def test_a_jump_stays_beside_the_crosshair(session):
    geometry = session.volume.geometry
    session.interaction.crosshair_lps = as_point(geometry.index_to_lps((7, 11, 13)))
    point = key_images.place_of(session, 3)
    np.testing.assert_allclose(geometry.lps_to_index(point), (3, 11, 13), atol=1e-9)


def test_an_export_of_key_images_only(session, tmp_path):
    for index in (9, 2):
        session.active.index = index
        key_images.toggle(session)
    choices = ExportChoices(tmp_path, Scope.KEY_IMAGES, Orientation.AXIAL)
    assert chosen_indices(session, choices) == (2, 9)
    other_plane = replace(choices, orientation=Orientation.CORONAL)
    assert chosen_indices(session, other_plane) == ()


def test_nothing_is_open():
    empty = Session()
    assert key_images.toggle(empty) is None
    assert key_images.in_view(empty) is None
    assert key_images.beside(empty, 1) is None
    assert key_images.place_of(empty, 1) is None
