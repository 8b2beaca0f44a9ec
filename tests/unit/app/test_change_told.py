"""What is told of a change: which, where, and only where the reader does not see it."""

from dataclasses import replace

import pytest

from tests.support.pointer import Reader
from viewer.app import key_images, mark_edits
from viewer.app.change_told import told_change
from viewer.core.commands import SetPair
from viewer.core.links import Rigid


@pytest.fixture
def reader():
    reader = Reader(tool="length")
    reader.session.active.index = 3
    reader.drag((250, 120), (350, 220))
    return reader


def heard(reader):
    said = []
    reader.session.undo.went.connect(lambda went: said.append(told_change(reader.session, went)))
    return said


def test_an_undo_in_view_is_told_without_a_place_to_show(reader):
    said = heard(reader)
    reader.session.undo.undo()
    reader.session.undo.redo()
    assert [change.text for change in said] == ["Undone: distance, Ax 4", "Redone: distance, Ax 4"]
    assert [change.point_lps for change in said] == [None, None]


def test_an_undo_elsewhere_tells_where(reader):
    (shape,) = reader.shapes()
    reader.session.viewports["axial"].index = 0
    said = heard(reader)
    mark_edits.rename(reader.session, shape.uid, "node")
    reader.session.undo.undo()
    assert said[0] is None
    assert said[1].text == "Undone: label, Ax 4"
    assert said[1].point_lps == shape.center_lps
    assert said[1].series_uid == "9.8.7"


def test_what_was_deleted_is_told_where_no_view_shows_it(reader):
    (shape,) = reader.shapes()
    said = heard(reader)
    mark_edits.delete(reader.session, (shape.uid,))
    assert said == [None]
    reader.session.undo.undo()
    reader.session.document.put(replace(shape.moved((0.0, 0.0, 1.0)), uid="other"))
    reader.session.viewports["axial"].index = 0
    mark_edits.delete(reader.session, (shape.uid,))
    assert said[-1].text == "Deleted: Length, Ax 4"
    reader.session.undo.undo()
    assert said[-1].text == "Undone: Length, Ax 4"
    mark_edits.delete(reader.session, (shape.uid, "other"))
    assert said[-1].text == "Deleted: 2 marks"


def test_key_images_and_pairs_of_series_are_told_too(reader):
    reader.session.active.index = 2
    key_images.toggle(reader.session)
    said = heard(reader)
    reader.session.viewports["axial"].index = 0
    reader.session.undo.undo()
    assert said[-1].text == "Undone: key image, image 3"
    assert said[-1].point_lps is not None
    pair = SetPair("1", "2", Rigid((1.0, 0.0, 0.0)))
    reader.session.undo.run_on(pair, reader.session.links)
    assert said[-1] is None
