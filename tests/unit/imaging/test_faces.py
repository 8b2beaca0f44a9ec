"""The cascade on a photo of a face that scikit-image ships, and on photos without one."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import skimage
from PIL import Image

from viewer.core.errors import ViewerError
from viewer.imaging import faces
from viewer.imaging.faces import FaceBox, FaceParameters, blur_faces, draw_boxes, find_faces
from viewer.imaging.photo import read_photo
from viewer.paths import resources_dir

PICTURES = Path(skimage.__file__).parent / "data"
FACE_CENTER = (222, 115)  # Eileen Collins' nose, read off the picture


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return read_photo(PICTURES / "astronaut.png")


def holds(box: FaceBox, point: tuple[int, int]) -> bool:
    return box.x < point[0] < box.x + box.w and box.y < point[1] < box.y + box.h


def test_one_face_where_it_is(astronaut):
    (box,) = find_faces(astronaut)
    assert holds(box, FACE_CENTER)
    assert 70 < box.w == box.h < 130


def test_a_turned_camera(astronaut, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.ascontiguousarray(np.rot90(astronaut))).save(tmp_path / "t.png", exif=exif)
    assert find_faces(read_photo(tmp_path / "t.png")) == find_faces(astronaut)


@pytest.mark.parametrize("name", ["coffee.png", "chelsea.png", "page.png", "brick.png"])
def test_no_face_where_none_is(name):
    assert find_faces(read_photo(PICTURES / name)) == ()


def test_several_faces_come_from_left_to_right(astronaut):
    head = astronaut[20:220, 120:320]
    picture = np.full((420, 700, 3), 90, np.uint8)
    picture[200:400, 480:680] = head
    picture[10:210, 250:450] = head
    picture[190:390, 20:220] = head
    boxes = find_faces(picture)
    assert len(boxes) == 3
    assert [box.x for box in boxes] == sorted(box.x for box in boxes)
    assert boxes == find_faces(picture)


def test_small_faces_are_left_out(astronaut):
    assert find_faces(astronaut, FaceParameters(min_size_px=200)) == ()
    assert find_faces(astronaut, FaceParameters(min_size_px=10_000)) == ()


def test_fewer_neighbours_never_find_less(astronaut):
    counts = [len(find_faces(astronaut, FaceParameters(min_neighbours=n))) for n in (1, 5, 20)]
    assert counts == sorted(counts, reverse=True)
    assert counts[1] == 1


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 400, 3), (23, 23, 3)])
def test_pictures_smaller_than_a_face(shape):
    assert find_faces(np.zeros(shape, np.uint8)) == ()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"scale_factor": 1.0}, "1 is not a scale factor"),
        ({"scale_factor": 2.5}, "from 1.01 to 2"),
        ({"scale_factor": float("nan")}, "scale factor"),
        ({"min_neighbours": -1}, "from 0 to 50"),
        ({"min_size_px": 0}, "1 pixel or more"),
    ],
)
def test_parameters_out_of_range(parameters, words):
    with pytest.raises(ViewerError, match=words):
        FaceParameters(**parameters)


def test_boxes_are_drawn_on_a_copy(astronaut):
    before = astronaut.copy()
    box = FaceBox(100, 50, 80, 90)
    drawn = draw_boxes(astronaut, (box,), (255, 0, 255))
    np.testing.assert_array_equal(astronaut, before)
    changed = np.argwhere((drawn != astronaut).any(axis=2))
    assert changed.min(axis=0).tolist() == pytest.approx([50, 100], abs=2)
    assert changed.max(axis=0).tolist() == pytest.approx([139, 179], abs=2)
    assert drawn[50, 120].tolist() == [255, 0, 255]
    np.testing.assert_array_equal(drawn[60:130, 110:170], astronaut[60:130, 110:170])


def test_a_blurred_face_is_no_longer_found(astronaut):
    boxes = find_faces(astronaut)
    blurred = blur_faces(astronaut, boxes)
    assert find_faces(blurred) == ()
    box = boxes[0]
    inside = (slice(box.y, box.y + box.h), slice(box.x, box.x + box.w))
    detail = np.abs(np.diff(astronaut[inside].astype(int), axis=1)).mean()
    left = np.abs(np.diff(blurred[inside].astype(int), axis=1)).mean()
    assert left < detail / 3
    np.testing.assert_array_equal(blurred[300:], astronaut[300:])


def test_blurring_at_the_edge_and_beyond(astronaut):
    boxes = (FaceBox(-10, -10, 40, 40), FaceBox(500, 500, 60, 60), FaceBox(900, 900, 9, 9))
    assert blur_faces(astronaut, boxes).shape == astronaut.shape
    assert blur_faces(astronaut, (FaceBox(5, 5, 1, 1),)).shape == astronaut.shape


def test_a_missing_or_damaged_cascade_is_told(astronaut, tmp_path, monkeypatch):
    monkeypatch.setattr(faces, "resources_dir", lambda: tmp_path)
    faces._cascade_text.cache_clear()
    with pytest.raises(ViewerError, match="cannot be read"):
        find_faces(astronaut)
    (tmp_path / "cascades").mkdir()
    (tmp_path / faces.CASCADE).write_text(
        '<?xml version="1.0"?><opencv_storage><a/></opencv_storage>'
    )
    with pytest.raises(ViewerError, match="damaged"):
        find_faces(astronaut)
    faces._cascade_text.cache_clear()


def test_the_cascade_is_the_one_that_the_note_names():
    cascade = resources_dir() / faces.CASCADE
    note = (cascade.parent / "README.md").read_text("utf-8")
    assert hashlib.sha256(cascade.read_bytes()).hexdigest() in note
    assert "Intel License Agreement" in cascade.read_text("utf-8")[:2000]
