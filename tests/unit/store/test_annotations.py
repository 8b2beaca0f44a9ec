"""Marks on disk: the same marks come back; damage is kept aside; nothing is overwritten blindly."""

import json
import os
import time
from dataclasses import replace
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.core.commands import PutShape
from viewer.core.history import Change, History
from viewer.core.key_image import KeyImage
from viewer.core.shapes import (
    AngleShape,
    ArrowShape,
    BidirectionalShape,
    CircleShape,
    CobbShape,
    EllipseShape,
    FreehandShape,
    LengthShape,
    MarkColour,
    PolygonShape,
    PolylineShape,
    PriorMark,
    ProbeShape,
    RectangleShape,
    TextShape,
)
from viewer.core.study import StackKey
from viewer.files import SaveError, locked, write_atomic
from viewer.store import annotations
from viewer.store.annotations import (
    Annotations,
    AnnotationStore,
    DamagedAnnotationsError,
    ProtectedAnnotationsError,
)
from viewer.store.history_json import MAX_BYTES

UID = "1.2.840.99.7"
BASE: dict[str, Any] = {
    "frame_of_reference_uid": "1.9",
    "stack": StackKey(UID, 1),
    "normal_lps": (0.0, 0.6, 0.8),
}
SHAPES = (
    LengthShape(**BASE, start_lps=(1.0, 2.0, 3.0), end_lps=(-4.5, 0.1, 1e-7), label="größte ☃"),
    EllipseShape(
        **BASE, center=(1.0, 2.0, 3.0), half_axis_u=(4.0, 0.0, 0.0), half_axis_v=(0.0, 3.0, 0.0)
    ),
    ArrowShape(**BASE, tip_lps=(0.0, 0.0, 0.1), tail_lps=(9.0, 9.0, 9.0), text="<b>\n\u202e"),
)
FOUR = ((0.0, 0.0, 0.1), (9.0, 9.0, 9.0), (1.0, 2.0, 3.0), (-1.0, 5.5, 2.5))
BOX: dict[str, Any] = {
    "center": FOUR[0],
    "half_axis_u": (2.0, 0.0, 0.0),
    "half_axis_v": (0.0, 2.0, 0.0),
}
NEWER = (
    *(
        kind(**BASE, vertices=FOUR, label="x")
        for kind in (AngleShape, CobbShape, BidirectionalShape, PolylineShape)
    ),
    PolygonShape(**BASE, vertices=FOUR[:3], colour=MarkColour.PURPLE, locked=True),
    FreehandShape(**BASE, vertices=FOUR * 5, hidden=True, tracked=False),
    LengthShape(
        **BASE, start_lps=FOUR[0], end_lps=FOUR[1], follows=PriorMark("1.2.840.99.6", "a1")
    ),
    CircleShape(**BASE, **BOX),
    RectangleShape(**BASE, **BOX, colour=MarkColour.WHITE),
    ProbeShape(**BASE, point_lps=FOUR[1], locked=True, hidden=True),
    TextShape(**BASE, point_lps=FOUR[2], text="größte"),
    ProbeShape(**BASE, point_lps=FOUR[1], label_way_lps=(12.5, -3.0, 0.25)),
)
VERSION_1 = """{
  "version": 1,
  "series_uid": "1.2.840.99.7",
  "marks": [
    {"kind": "length", "uid": "a1", "label": "wide", "frame_of_reference_uid": "1.9", "stack": 1,
     "normal_lps": [0.0, 0.6, 0.8], "start_lps": [1.0, 2.0, 3.0], "end_lps": [-4.5, 0.1, 1e-7]},
    {"kind": "ellipse", "uid": "b2", "label": "", "frame_of_reference_uid": "1.9", "stack": 1,
     "normal_lps": [0.0, 0.6, 0.8], "center_lps": [1.0, 2.0, 3.0],
     "half_axis_u_mm": [4.0, 0.0, 0.0], "half_axis_v_mm": [0.0, 3.0, 0.0]},
    {"kind": "arrow", "uid": "c3", "frame_of_reference_uid": "", "stack": 0,
     "normal_lps": [0.0, 0.0, 1.0], "tip_lps": [0.0, 0.0, 0.1], "tail_lps": [9.0, 9.0, 9.0],
     "text": "here"}
  ]
}"""


@pytest.fixture
def store(tmp_path):
    return AnnotationStore(tmp_path / "annotations")


def test_round_trip_in_order(store):
    store.save(UID, SHAPES)
    assert store.load(UID).shapes == SHAPES
    store.save(UID, reversed(SHAPES))
    assert store.load(UID).shapes == tuple(reversed(SHAPES))


def test_a_label_that_nobody_moved_writes_nothing(store):
    moved = replace(SHAPES[0], uid="moved", label_way_lps=(1.0, 2.0, -3.0))
    store.save(UID, (SHAPES[0], moved))
    written = json.loads(store.path_of(UID).read_text(encoding="utf-8"))["marks"]
    assert "label_way_lps" not in written[0]  # so that what was written before stays the same
    assert written[1]["label_way_lps"] == [1.0, 2.0, -3.0]


@pytest.mark.parametrize(("way", "expected"), [(None, None), ([1.5, 0, -2], (1.5, 0.0, -2.0))])
def test_the_way_of_a_label_is_read_as_it_is_written(store, way, expected):
    written = json.loads(VERSION_1)
    written["marks"] = [{**written["marks"][0], "label_way_lps": way}]
    path = store.path_of(UID)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(written), encoding="utf-8")
    assert store.load(UID).shapes[0].label_way_lps == expected


def test_every_kind_and_every_attribute_comes_back(store):
    store.save(UID, NEWER)
    assert AnnotationStore(store.path_of(UID).parent).load(UID).shapes == NEWER
    assert json.loads(store.path_of(UID).read_text())["version"] == 3


def test_a_file_of_version_2_is_read(store):
    store.path_of(UID).parent.mkdir(parents=True)
    newer = VERSION_1.replace('"version": 1', '"version": 2')
    newer = newer.replace('"label": "wide"', '"label": "wide", "colour": "green", "locked": true')
    store.path_of(UID).write_text(newer)
    length = store.load(UID).shapes[0]
    assert (length.colour, length.locked, length.tracked) == (MarkColour.GREEN, True, True)
    assert length.follows is None


def test_a_file_of_version_1_is_read_and_written_anew(store):
    store.path_of(UID).parent.mkdir(parents=True)
    store.path_of(UID).write_text(VERSION_1)
    marks = store.load(UID).shapes
    length, ellipse, arrow = marks
    assert isinstance(length, LengthShape)
    assert (length.uid, length.label, length.end_lps) == ("a1", "wide", (-4.5, 0.1, 1e-7))
    assert length.stack == StackKey(UID, 1)
    assert type(ellipse) is EllipseShape
    assert (ellipse.center, ellipse.half_axis_v) == ((1.0, 2.0, 3.0), (0.0, 3.0, 0.0))
    assert isinstance(arrow, ArrowShape)
    assert (arrow.text, arrow.tip_lps) == ("here", (0.0, 0.0, 0.1))
    assert {(m.colour, m.locked, m.hidden) for m in marks} == {(MarkColour.STANDARD, False, False)}
    assert {(m.tracked, m.follows) for m in marks} == {(True, None)}
    store.save(UID, marks)
    assert store.load(UID).shapes == marks
    assert json.loads(store.path_of(UID).read_text())["version"] == 3


def test_a_colour_that_is_not_known_costs_no_mark(store):
    store.save(UID, NEWER)
    path = store.path_of(UID)
    path.write_text(path.read_text().replace('"purple"', '"plaid"'))
    assert len(store.load(UID).shapes) == len(NEWER)


@given(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 3))
def test_coordinates_come_back_exactly(tmp_path_factory, point):
    store = AnnotationStore(tmp_path_factory.mktemp("marks"))
    shape = LengthShape(**BASE, start_lps=point, end_lps=(0.0, 0.0, 0.0))
    store.save(UID, [shape])
    assert store.load(UID).shapes == (shape,)


def test_numpy_numbers_are_numbers(store):
    start: Any = tuple(np.arange(3.0))
    shape = LengthShape(**BASE, start_lps=start, end_lps=(0.0, 0.0, 0.0))
    store.save(UID, [shape])
    assert store.load(UID).shapes == (shape,)


def test_a_coordinate_that_is_no_number_is_never_written(store):
    store.save(UID, SHAPES)
    broken = LengthShape(**BASE, start_lps=(float("nan"), 0.0, 0.0), end_lps=(0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="finite"):
        store.save(UID, [broken])
    assert store.load(UID).shapes == SHAPES


def test_no_file_means_no_marks_and_no_marks_no_file(store, tmp_path):
    assert store.load(UID).shapes == ()
    store.save(UID, [])
    assert list(tmp_path.rglob("*.json")) == []
    store.save(UID, SHAPES)
    store.save(UID, [])
    assert list(tmp_path.rglob("*.json")) == []
    assert store.load(UID).shapes == ()


def test_series_do_not_meet_and_names_tell_nothing(store):
    store.save(UID, SHAPES[:1])
    store.save("1.2.3", SHAPES[1:2])
    assert store.load(UID).shapes == SHAPES[:1]
    assert UID not in str(store.path_of(UID))
    strange = "../../evil\0/…"
    assert store.path_of(strange).parent == store.path_of(UID).parent


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[1, 2]",
        b'{"version": 1}',
        b"[" * 100_000,
        json.dumps({"version": 1, "series_uid": "other", "marks": []}).encode(),
        json.dumps({"version": 1, "series_uid": UID, "marks": [{"kind": "spline"}]}).encode(),
    ],
    ids=["empty", "cut", "binary", "list", "fields", "nested", "foreign", "unknown"],
)
@pytest.mark.expects_log_warnings
def test_a_damaged_file_is_kept_aside_and_told(store, content):
    store.save(UID, SHAPES)
    path = store.path_of(UID)
    path.write_bytes(content)
    with pytest.raises(DamagedAnnotationsError, match="kept as"):
        store.load(UID)
    kept = [p for p in path.parent.iterdir() if "damaged" in p.name]
    assert [p.read_bytes() for p in kept] == [content]
    assert store.load(UID).shapes == ()
    store.save(UID, SHAPES)
    assert store.load(UID).shapes == SHAPES


@pytest.mark.expects_log_warnings
def test_a_number_that_is_too_big_is_damage(store):
    store.save(UID, SHAPES[:1])
    path = store.path_of(UID)
    path.write_text(path.read_text().replace("2.0", "1e999"))
    with pytest.raises(DamagedAnnotationsError):
        store.load(UID)


def test_a_newer_file_is_left_alone(store):
    store.save(UID, SHAPES)
    path = store.path_of(UID)
    path.write_text(json.dumps({"version": 99, "wonderful": True}))
    before = path.read_bytes()
    with pytest.raises(ProtectedAnnotationsError, match="newer"):
        store.load(UID)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "annotations").write_bytes(b"")
    store = AnnotationStore(tmp_path / "annotations")
    with pytest.raises(SaveError):
        store.save(UID, SHAPES)


@pytest.mark.skipif(os.name == "nt", reason="file modes")
def test_files_are_private(store):
    store.save(UID, SHAPES)
    assert store.path_of(UID).stat().st_mode & 0o077 == 0


def test_two_programs_keep_each_others_marks(store, tmp_path):
    """Each has its own window on the same series; what one adds, the other does not erase."""
    length, ellipse, arrow = SHAPES
    store.save(UID, [length])
    other = AnnotationStore(tmp_path / "annotations")
    assert other.load(UID).shapes == (length,)
    other.save(UID, [length, ellipse])
    store.save(UID, [length, arrow])
    assert set(AnnotationStore(tmp_path / "annotations").load(UID).shapes) == set(SHAPES)
    store.save(UID, [arrow])  # deleted here; the mark of the other stays, again and again
    store.save(UID, [arrow])
    assert store.load(UID).shapes == (arrow, ellipse)


def test_of_the_same_mark_ours_is_kept(store, tmp_path):
    length = SHAPES[0]
    store.save(UID, [length])
    other = AnnotationStore(tmp_path / "annotations")
    other.load(UID)
    other.save(UID, [replace(length, label="theirs")])
    store.save(UID, [replace(length, label="ours")])
    assert [shape.label for shape in store.load(UID).shapes] == ["ours"]


def test_deleting_our_last_mark_keeps_theirs(store, tmp_path):
    store.save(UID, SHAPES[:1])
    other = AnnotationStore(tmp_path / "annotations")
    other.save(UID, SHAPES[1:2])
    store.save(UID, [])
    assert store.load(UID).shapes == SHAPES[1:2]


def test_a_file_that_became_newer_is_not_saved_over(store):
    store.save(UID, SHAPES)
    store.path_of(UID).write_text('{"version": 99}')
    with pytest.raises(ProtectedAnnotationsError, match="newer"):
        store.save(UID, SHAPES[:1])
    assert store.path_of(UID).read_text() == '{"version": 99}'


@pytest.mark.expects_log_warnings
def test_a_file_damaged_meanwhile_is_kept_aside_on_saving(store):
    store.save(UID, SHAPES)
    store.path_of(UID).write_bytes(b"{")
    store.save(UID, SHAPES[:1])
    assert store.load(UID).shapes == SHAPES[:1]
    kept = [p for p in store.path_of(UID).parent.iterdir() if "damaged" in p.name]
    assert [p.read_bytes() for p in kept] == [b"{"]


def test_key_images_come_back_and_theirs_are_kept(store, tmp_path):
    image = KeyImage(stack=StackKey(UID, 1), sop_uid="1.5", frame=2, slice_z=7, comment="größte")
    theirs = KeyImage(stack=StackKey(UID, 1), sop_uid="1.6", frame=0, slice_z=8)

    def on_disk():
        return AnnotationStore(tmp_path / "annotations").load(UID)

    store.save(UID, (), (image,))
    assert on_disk() == Annotations((), (image,))
    AnnotationStore(tmp_path / "annotations").save(UID, SHAPES, (theirs,))
    assert on_disk() == Annotations(SHAPES, (theirs, image))
    store.save(UID, (), (replace(image, comment=""),))
    assert on_disk() == Annotations(SHAPES, (replace(image, comment=""), theirs))
    store.save(UID, ())
    assert on_disk() == Annotations(SHAPES, (theirs,))


def test_two_that_save_at_the_same_time_lose_nothing(tmp_path, monkeypatch):
    """Each looks what is there, then writes: unless one waits, the second loses the first's."""

    def slow(*arguments: Any, **named: Any) -> None:
        time.sleep(0.05)
        write_atomic(*arguments, **named)

    monkeypatch.setattr(annotations, "write_atomic", slow)
    marks = [replace(SHAPES[0], uid=f"m{n}") for n in range(6)]
    stores = [AnnotationStore(tmp_path / "annotations") for _ in marks]
    threads = [
        Thread(target=store.save, args=(UID, [shape]))
        for store, shape in zip(stores, marks, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = AnnotationStore(tmp_path / "annotations").load(UID).shapes
    assert {shape.uid for shape in found} == {shape.uid for shape in marks}


def test_a_lock_that_another_program_never_lets_go_of_delays_only(store, tmp_path):
    store.save(UID, SHAPES[:1])
    with locked(tmp_path / "annotations") as is_locked:
        assert is_locked
        started = time.monotonic()
        store.save(UID, SHAPES)
        assert 0.5 < time.monotonic() - started < 3
    assert store.load(UID).shapes == SHAPES


def test_what_a_killed_program_left_goes_away_once_it_is_old(store, tmp_path):
    store.save(UID, SHAPES)
    folder = tmp_path / "annotations"
    old, new = folder / ".0123456789abcdef.part", folder / ".fedcba9876543210.part"
    for path in (old, new):
        path.write_bytes(b"{")
    os.utime(old, (time.time() - 3600,) * 2)
    AnnotationStore(folder).save(UID, SHAPES)
    assert (old.exists(), new.exists()) == (False, True)


def test_a_long_history_of_large_marks_stays_small(store):
    outline = FreehandShape(**BASE, vertices=FOUR * 500, uid="f")
    changes = tuple(
        Change(PutShape(replace(outline, label=str(n)), "label"), 1_700_000_000_000_000_000 + n)
        for n in range(100)
    )
    store.save(UID, (outline,), (), History(changes, ()))
    assert store.path_of(UID).stat().st_size < 2 * MAX_BYTES
    kept = store.load(UID).history.undo
    assert 2 < len(kept) < 100
    assert kept == changes[-len(kept) :]
