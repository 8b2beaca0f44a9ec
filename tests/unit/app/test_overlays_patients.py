"""Series of different patients side by side are told on each image."""

from dataclasses import replace

import pytest

from tests.support.volumes import make_volume
from viewer.app.overlays_patients import patients_badge
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import TextItem
from viewer.core.layout import grid_layout
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack, Session
from viewer.core.study import Patient, StackKey
from viewer.core.view_state import ViewportState


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


JANE, OTHER = Patient("Doe^Jane", "P-7"), Patient("Doe^Jane", "P-8")


@pytest.mark.parametrize(("patients", "told"), [
    ((JANE, JANE), [False, False]),
    ((JANE, OTHER), [True, True]),
    ((JANE, Patient("Roe", "P-7")), [True, True]),
    ((JANE, Patient(" Doe^Jane", "P-7 ")), [False, False]),
    ((JANE, Patient("", "")), [False, False]),  # nobody knows who that is
    ((JANE, OTHER, Patient("", "")), [True, True, False]),
])  # fmt: skip
def test_different_patients_are_told_on_every_image_of_theirs(patients, told):
    session = beside(*patients)
    badges = [patients_badge(session, name) for name in session.viewports.by_id]
    assert [bool(badge) for badge in badges] == told
    for badge in badges:
        for item in badge:
            assert isinstance(item, TextItem)
            assert item.text == "Different patients"


def test_an_empty_place_tells_nothing():
    session = beside(JANE, OTHER)
    session.set_layout(grid_layout(1, 3), dict(session.viewports.by_id), "1")
    assert patients_badge(session, "3") == []
