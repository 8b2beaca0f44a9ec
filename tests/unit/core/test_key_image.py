"""Key images: the image counts, not the number it once had."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.support.volumes import make_volume
from viewer.core.commands import PutKeyImage, RemoveKeyImage
from viewer.core.document import AnnotationDocument
from viewer.core.key_image import key_image_at
from viewer.core.study import FrameRef, StackKey
from viewer.core.undo import UndoStack


def stack_of(sops: list[tuple[str, int]], of_slice: list[int | None] | None = None):
    stack = make_volume().stack
    frames = tuple(FrameRef("f", "", frame, sop, None, None) for sop, frame in sops)
    places = tuple(range(len(sops)) if of_slice is None else of_slice)
    return replace(stack, frames=frames, frame_of_slice=places)


def test_it_names_the_file_and_frame():
    stack = stack_of([("1.a", 0), ("1.b", 0), ("1.b", 1)])
    image = key_image_at(stack, 2)
    assert image is not None
    assert (image.sop_uid, image.frame, image.slice_z, image.stack) == ("1.b", 1, 2, stack.key)


def test_it_is_found_where_files_came_and_went():
    image = key_image_at(stack_of([("1.a", 0), ("1.b", 0), ("1.b", 1)]), 2)
    assert image is not None
    assert image.slice_in(stack_of([("1.b", 1), ("1.b", 0)])) == 0
    assert image.slice_in(stack_of([("1.a", 0), ("1.b", 0)])) is None
    with_gap = stack_of([("1.a", 0), ("1.b", 1)], [0, None, None, 1])
    assert image.slice_in(with_gap) == 3
    assert key_image_at(with_gap, 1) is None
    elsewhere = replace(stack_of([("1.b", 1)]), key=StackKey("5.5", 1))
    assert image.slice_in(elsewhere) is None
    other_stack = stack_of([("1.b", 1)])
    moved = replace(other_stack, key=StackKey(other_stack.key.series_uid, 7))
    assert image.slice_in(moved) == 0  # grouped otherwise by a later version


def test_without_a_uid_the_number_must_do():
    stack = stack_of([("", 0), ("", 0), ("", 0)])
    image = key_image_at(stack, 1)
    assert image is not None
    assert image.slice_in(stack) == 1
    assert image.slice_in(stack_of([("", 0)])) is None
    assert image.slice_in(replace(stack, key=StackKey(stack.key.series_uid, 7))) is None


@given(st.lists(st.integers(0, 3), unique=True, min_size=1))
def test_removed_ones_come_back_where_they_stood(numbers):
    stack = stack_of([("1.a", n) for n in range(4)])
    made = tuple(key_image_at(stack, z) for z in range(4))
    images = tuple(image for image in made if image is not None)
    document = AnnotationDocument("9.8.7", (), images)
    undo = UndoStack(document)
    heard: list[str] = []
    document.changed.connect(heard.append)
    for number in numbers:
        undo.run(RemoveKeyImage(images[number].uid))
    assert heard == [images[number].uid for number in numbers]
    undo.run(PutKeyImage(replace(images[numbers[0]], comment="x")))
    for _ in range(len(numbers) + 1):
        undo.undo()
    assert document.key_images == images
    assert len(document) == 0
