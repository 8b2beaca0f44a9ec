"""Series of different patients side by side are told on each image."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF

from tests.support.volumes import make_volume
from viewer.app.overlays_frame import corner_texts, edge_letters
from viewer.app.overlays_key_images import key_image_items
from viewer.app.overlays_patients import patients_badge
from viewer.app.resolve import resolve
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import TextItem
from viewer.core.key_image import KeyImage
from viewer.core.layout import grid_layout
from viewer.core.plane import Orientation
from viewer.core.screen import place
from viewer.core.session import OpenStack, Session
from viewer.core.study import Patient, StackKey
from viewer.core.view_state import ViewportState


def box(item, size_px) -> QRectF:
    """Where a text of the view lies, from its letters' usual size."""
    lines = item.text.split("\n")
    width = max(map(len, lines)) * item.style.text_px * 0.65
    height = len(lines) * item.style.text_px * 1.25
    x = item.point[0] * size_px[0] + item.offset_px[0]
    y = item.point[1] * size_px[1] + item.offset_px[1]
    name = item.align.name
    left = 0.0 if "LEFT" in name else width if "RIGHT" in name else width / 2
    top = 0.0 if "TOP" in name else height if "BOTTOM" in name else height / 2
    return QRectF(x - left, y - top, width, height)


def beside(*patients: Patient) -> Session:
    session = Session()
    session.set_layout(grid_layout(1, len(patients)), {}, "1")
    for number, patient in enumerate(patients, 1):
        volume = make_volume(patient=patient)
        key = StackKey(f"1.{number}", 1)
        volume = replace(volume, stack=replace(volume.stack, key=key))
        session.show(
            str(number),
            OpenStack(volume, AnnotationDocument(key.series_uid)),
            ViewportState(Orientation.AXIAL),
        )
    return session


SIZE = (700.0, 800.0)
JANE, OTHER = Patient("Doe^Jane", "P-7"), Patient("Doe^Jane", "P-8")


@pytest.mark.parametrize(("patients", "told"), [
    ((JANE, JANE), [False, False]),
    ((JANE, OTHER), [True, True]),
    ((JANE, Patient("Roe", "P-7")), [False, False]),  # the ID decides
    ((JANE, Patient("DOE^JANE^", "p-7")), [False, False]),
    ((JANE, Patient("Roe", "")), [True, True]),
    ((JANE, Patient(" Doe^Jane", "P-7 ")), [False, False]),
    ((JANE, Patient("", "")), [False, False]),  # nobody knows who that is
    ((JANE, OTHER, Patient("", "")), [True, True, False]),
])  # fmt: skip
def test_different_patients_are_told_on_every_image_of_theirs(patients, told):
    session = beside(*patients)
    badges = [patients_badge(session, name, SIZE) for name in session.viewports.by_id]
    assert [bool(badge) for badge in badges] == told
    for badge in badges:
        for item in badge:
            assert isinstance(item, TextItem)
            assert item.text == "Different patients"


@pytest.mark.parametrize("size_px", [(700.0, 800.0), (420.0, 380.0)])
@pytest.mark.parametrize("is_key", [False, True])
def test_the_words_lie_on_nothing_else(size_px, is_key):
    session = beside(JANE, OTHER)
    shown = session.shown_in("1")
    assert shown is not None
    volume = shown.volume
    view = resolve(session.viewports["1"], volume)
    transform = place(view.plane, size_px)
    stack = volume.stack
    image = KeyImage(stack=stack.key, sop_uid="1", frame=0, slice_z=0, comment="as before")
    items = [
        *corner_texts(volume, view, transform, size_px, notes=("Link: alone",)),
        *edge_letters(volume, view.plane, size_px),
        *key_image_items(image if is_key else None, size_px),
    ]
    (words,) = patients_badge(session, "1", size_px)
    own = box(words, size_px)
    for item in items:
        assert isinstance(item, TextItem)
        assert not own.intersects(box(item, size_px)), item.text


def test_an_empty_place_tells_nothing():
    session = beside(JANE, OTHER)
    session.set_layout(grid_layout(1, 3), dict(session.viewports.by_id), "1")
    assert patients_badge(session, "3", SIZE) == []
