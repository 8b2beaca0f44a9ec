"""Tests of viewer.app.presenters.measurements and viewer.app.measurement_table."""

import csv
import io
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from tests.support.volumes import make_volume
from viewer.app.measurement_table import VALUE, MeasurementRow, Order
from viewer.app.measurement_text import SAVED_COLUMNS, as_csv, as_tab_separated
from viewer.app.presenters.measurements import MeasurementsPresenter, MeasurementsView
from viewer.app.roi_cache import RoiCache
from viewer.core.commands import PutShape
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.session import Session
from viewer.core.shapes import (
    AngleShape,
    ArrowShape,
    BidirectionalShape,
    EllipseShape,
    LengthShape,
    MarkColour,
    PriorMark,
)
from viewer.core.study import StackKey
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.imaging.roi import region_statistics

VOLUME = make_volume()
PLACE: dict[str, Any] = {
    "frame_of_reference_uid": "1.2.3",
    "stack": VOLUME.stack.key,
    "normal_lps": (0.0, 0.0, 1.0),
}


def at(z, y, x):
    return tuple(float(v) for v in VOLUME.geometry.index_to_lps((z, y, x)))


LENGTH = LengthShape(start_lps=at(2, 1, 1), end_lps=at(2, 1, 11), label="wide", **PLACE)
ARROW = ArrowShape(tip_lps=at(4, 3, 3), tail_lps=at(4, 6, 6), text="here", **PLACE)
ELLIPSE = EllipseShape(
    center=at(5, 4, 6), half_axis_u=(1.4, 0.0, 0.0), half_axis_v=(0.0, 0.8, 0.0), **PLACE
)


KINDS = ("Length", "Arrow")


class Stage:
    def __init__(self) -> None:
        self.session = Session()
        self.view = recording_view(MeasurementsView)
        self.jumps: list[Any] = []
        self.copied: list[Any] = []
        self.saved: list[Any] = []
        self.errors: list[Any] = []
        self.failure: Exception | None = None
        self.priors_shown: list[Any] = []
        self.saved_marks: dict[str, tuple[Any, ...]] = {}
        self.presenter = MeasurementsPresenter(
            self.session,
            self.view,
            cast(Any, InlineRunner()),
            RoiCache(),
            later=lambda delay_ms, run: run(),
            jump=self.jumps.append,
            show_prior=lambda uid, point: self.priors_shown.append((uid, point)),
            kept=lambda uid: None,
            load_marks=lambda uid: self.saved_marks.get(uid, ()),
            copy_text=self.copied.append,
            save_text=self.save,
            on_saved=self.saved.append,
            on_error=self.errors.append,
        )

    def save(self, ctx, path, text):
        if self.failure:
            raise self.failure
        path.write_text(text, encoding="utf-8", newline="")

    def open(self, *shapes, loaded=True):
        display = DisplayState(HuWindow(400, 40))
        self.session.set_volume(VOLUME, AnnotationDocument("9.8.7", shapes), display)
        if loaded:
            self.session.add_loaded(frozenset(range(7)))

    @property
    def rows(self):
        return self.view.last["set_rows"][0]


@pytest.fixture
def stage():
    return Stage()


def test_an_empty_table_says_why(stage):
    assert "Open a study" in stage.view.last["set_note"][0]
    stage.open()
    assert "No marks yet" in stage.view.last["set_note"][0]
    stage.open(LENGTH)
    assert stage.view.last["set_note"] == ("",)


def test_each_mark_has_its_value_and_its_slice_counted_from_one(stage):
    stage.open(LENGTH, ARROW, ELLIPSE)
    length, arrow, ellipse = stage.rows
    shown = [(row.kind, row.value, row.place, row.label) for row in (length, arrow)]
    assert shown[0] == ("Length", "7.0 mm", "Axial 3", "wide")  # 10 columns of 0.7 mm
    assert shown[1] == ("Arrow", "", "Axial 5", "here")
    values = VOLUME.data[5]
    # By hand: pixel centres with (dx/2)^2 + dy^2 <= 1 about (y 4, x 6).
    inside = [values[4, x] for x in range(4, 9)] + [values[3, 6], values[5, 6]]
    assert ellipse.value == f"{np.mean(inside):.1f} ± {np.std(inside):.1f} HU"
    assert "N 7" in ellipse.details


def test_regions_wait_for_their_voxels(stage):
    stage.open(ELLIPSE, loaded=False)
    assert stage.rows[0].value == "loading…"
    stage.session.add_loaded(frozenset(range(7)))
    assert "HU" in stage.rows[0].value


def test_a_mark_drawn_or_moved_or_undone_changes_the_table(stage):
    stage.open()
    stage.session.undo.run(PutShape(LENGTH))
    assert [row.uid for row in stage.rows] == [LENGTH.uid]
    stage.session.undo.undo()
    assert stage.rows == ()


def test_a_click_selects_the_mark_and_jumps_to_its_middle(stage):
    stage.open(LENGTH, ARROW)
    stage.view.mark_requested.emit(LENGTH.uid)
    assert stage.jumps == [pytest.approx(at(2, 1, 6))]
    assert stage.session.interaction.selected == LENGTH.uid
    assert stage.view.last["set_selected"] == (LENGTH.uid,)


def test_several_are_deleted_in_one_step_that_can_be_undone(stage):
    stage.open(LENGTH, ARROW, ELLIPSE)
    stage.session.interaction.selected = ARROW.uid
    stage.view.delete_requested.emit((LENGTH.uid, ARROW.uid))
    assert [row.uid for row in stage.rows] == [ELLIPSE.uid]
    assert stage.session.interaction.selected == ""
    stage.session.undo.undo()
    assert len(stage.rows) == 3


def test_a_label_is_a_command_and_an_arrows_label_is_its_text(stage):
    stage.open(LENGTH, ARROW)
    stage.view.label_edited.emit(LENGTH.uid, "  right\nlobe ")
    stage.view.label_edited.emit(ARROW.uid, "there")
    assert stage.session.document.get(LENGTH.uid).label == "right lobe"
    assert stage.session.document.get(ARROW.uid).text == "there"
    stage.session.undo.undo()
    assert stage.session.document.get(ARROW.uid).text == "here"


def test_an_unchanged_label_makes_no_step(stage):
    stage.open(LENGTH)
    stage.view.label_edited.emit(LENGTH.uid, "wide")
    assert stage.session.undo.undo_text is None


def test_copy_takes_the_chosen_rows_or_all_that_are_tracked(stage):
    stage.open(LENGTH, ARROW)
    stage.view.copy_requested.emit((ARROW.uid,))
    stage.view.copy_requested.emit(())
    cells = [line.split("\t") for line in stage.copied[0].splitlines()]
    assert cells[0] == list(SAVED_COLUMNS)
    assert [line[:4] for line in cells[1:]] == [["Arrow", "", "Axial 5", "here"]]
    assert len(stage.copied[1].splitlines()) == 3


def test_where_nothing_is_tracked_all_is_copied_and_saved(stage, tmp_path):
    stage.open(replace(LENGTH, tracked=False), replace(ARROW, tracked=False))
    stage.view.copy_requested.emit(())
    assert len(stage.copied[0].splitlines()) == 3
    stage.view.csv_requested.emit(tmp_path / "marks.csv", False)
    assert len((tmp_path / "marks.csv").read_text(encoding="utf-8").splitlines()) == 3


def test_a_mark_names_its_image_as_the_pacs_does(stage):
    coronal = replace(LENGTH, uid="c", normal_lps=(0.0, 1.0, 0.0))
    stage.open(LENGTH, coronal)
    number = VOLUME.stack.frame_of_slice[2]
    assert number is not None
    frame = VOLUME.stack.frames[number]
    rows = stage.rows
    assert [(r.instance_number, r.sop_uid) for r in rows] == [
        (frame.instance_number, frame.sop_uid),
        (None, ""),
    ]
    saved = list(csv.reader(io.StringIO(as_csv(rows))))
    columns = [saved[0].index(name) for name in ("Instance number", "SOP Instance UID")]
    assert [saved[1][c] for c in columns] == [str(frame.instance_number), frame.sop_uid]
    stage.session.interaction.teaching = True
    assert [r.sop_uid for r in stage.rows] == ["", ""]


def test_csv_is_written_and_told(stage, tmp_path):
    stage.open(LENGTH)
    path = tmp_path / "marks.csv"
    stage.view.csv_requested.emit(path, False)
    assert stage.saved == [path]
    lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert lines[1][:4] == ["Length", "7.0 mm", "Axial 3", "wide"]


def test_csv_has_every_number_with_its_unit_and_every_attribute(stage):
    angle = AngleShape(vertices=(at(1, 1, 1), at(1, 1, 5), at(1, 5, 5)), **PLACE)
    both = BidirectionalShape(
        vertices=(at(1, 1, 1), at(1, 1, 11), at(1, 0, 5), at(1, 2, 5)),
        colour=MarkColour.GREEN,
        locked=True,
        **PLACE,
    )
    stage.open(replace(ELLIPSE, hidden=True), angle, both)
    lines = list(csv.DictReader(io.StringIO(as_csv(stage.rows))))
    ellipse, angled, diameters = lines
    row = stage.rows[0].details
    roi = region_statistics(VOLUME, ELLIPSE)
    assert float(ellipse["Mean"]) == pytest.approx(roi.mean)
    assert float(ellipse["Median"]) == roi.median
    assert float(ellipse["Area (mm²)"]) == pytest.approx(np.pi * 1.4 * 0.8)
    assert (ellipse["Pixels"], ellipse["Value unit"], ellipse["Hidden"]) == ("7", "HU", "yes")
    assert "Area" in row
    assert float(angled["Angle (deg)"]) == pytest.approx(90)
    assert angled["Length"] == ""
    dy, dx = VOLUME.geometry.spacing_zyx_mm[1:]
    assert float(diameters["Length"]) == pytest.approx(10 * dx)
    assert float(diameters["Short axis"]) == pytest.approx(2 * dy)
    assert diameters["Length unit"] == "mm"
    assert (diameters["Colour"], diameters["Locked"]) == ("green", "yes")
    points = [[float(x) for x in p.split()] for p in diameters["Points L P S (mm)"].split(";")]
    np.testing.assert_allclose(points, both.points_lps, atol=5e-4)


def test_attributes_go_through_the_table(stage):
    stage.open(LENGTH, ARROW)
    uids = (LENGTH.uid, ARROW.uid)
    stage.view.colour_requested.emit(uids, MarkColour.YELLOW)
    stage.view.lock_requested.emit(uids)
    stage.view.hide_requested.emit(uids)
    assert all((row.colour, row.locked, row.hidden) == ("yellow", True, True) for row in stage.rows)
    stage.view.delete_requested.emit(uids)
    assert len(stage.rows) == 2
    for _ in range(3):
        stage.session.undo.undo()
    assert list(stage.session.document) == [LENGTH, ARROW]


def test_a_mark_is_copied_to_a_range_of_slices(stage):
    stage.open(LENGTH, ARROW)
    assert (stage.rows[0].slice_number, stage.rows[0].slice_total) == (3, 7)
    stage.view.slices_requested.emit((LENGTH.uid, ARROW.uid), 2, 5)
    places = {kind: [row.place[-1] for row in stage.rows if row.kind == kind] for kind in KINDS}
    assert places == {"Length": ["3", "2", "4", "5"], "Arrow": ["5", "2", "3", "4"]}
    stage.session.undo.undo()
    assert len(stage.rows) == 2


def test_untracked_marks_stay_out_of_files_unless_they_are_asked_for(stage, tmp_path):
    stage.open(LENGTH, ARROW)
    stage.view.track_requested.emit((ARROW.uid,))
    assert [row.tracked for row in stage.rows] == [True, False]
    stage.view.copy_requested.emit(())
    assert len(stage.copied[-1].splitlines()) == 2
    stage.view.copy_requested.emit((ARROW.uid,))
    assert stage.copied[-1].splitlines()[1].startswith("Arrow")
    for with_untracked, count in ((False, 1), (True, 2)):
        path = tmp_path / f"{with_untracked}.csv"
        stage.view.csv_requested.emit(path, with_untracked)
        lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        assert len(lines) == count
    assert [line["Tracked"] for line in lines] == ["yes", "no"]
    stage.view.tracked_only_requested.emit(True)
    assert [row.uid for row in stage.rows] == [LENGTH.uid]
    stage.session.undo.undo()
    assert len(stage.rows) == 2


def test_the_order_is_kept_when_marks_change(stage):
    short = replace(LENGTH, uid="short", end_lps=at(2, 1, 3))
    stage.open(LENGTH, short)
    stage.view.order_requested.emit(VALUE)
    assert [row.uid for row in stage.rows] == ["short", LENGTH.uid]
    assert stage.view.last["set_order"] == (Order(VALUE),)
    shortest = replace(LENGTH, uid="shortest", end_lps=at(2, 1, 2))
    stage.session.undo.run(PutShape(shortest))
    assert [row.uid for row in stage.rows] == ["shortest", "short", LENGTH.uid]
    stage.view.order_requested.emit(VALUE)
    assert [row.uid for row in stage.rows] == [LENGTH.uid, "short", "shortest"]
    stage.view.order_requested.emit(VALUE)
    assert [row.uid for row in stage.rows] == [LENGTH.uid, "short", "shortest"]
    assert stage.view.last["set_order"] == (Order(),)


def test_a_row_that_is_chosen_is_the_selected_mark_and_nothing_moves(stage):
    stage.open(LENGTH, ARROW)
    stage.view.mark_chosen.emit(ARROW.uid)
    assert stage.session.interaction.selected == ARROW.uid
    assert stage.jumps == []


def test_a_prior_that_is_not_open_is_read_from_the_store(stage):
    place = {**PLACE, "stack": StackKey("prior", 0), "frame_of_reference_uid": "7.7"}
    oldest = replace(LENGTH, uid="oldest", end_lps=at(2, 1, 2), **place)
    prior = replace(
        LENGTH, uid="was", end_lps=at(2, 1, 6), follows=PriorMark("oldest", "oldest"), **place
    )
    stage.saved_marks = {"prior": (prior,), "oldest": (oldest,)}
    stage.open(replace(LENGTH, follows=PriorMark("prior", "was")))
    (row,) = stage.rows
    assert row.follow_up.change_text == "+3.5 mm (+100.0 %)"  # 10 against 5 columns of 0.7 mm
    assert [earlier.values.short for earlier in row.follow_up.earlier] == ["3.5 mm", "0.7 mm"]
    assert stage.view.last["set_sum"][0].splitlines() == [
        "Sum of tracked diameters (n = 1): 7.0 mm",
        "With a prior (n = 1): 7.0 mm, before 3.5 mm, change +3.5 mm (+100.0 %)",
    ]
    stage.view.mark_requested.emit(LENGTH.uid)
    assert [uid for uid, _ in stage.priors_shown] == ["prior", "oldest"]


def test_a_prior_that_is_gone_is_told(stage):
    stage.open(replace(LENGTH, follows=PriorMark("prior", "was")))
    assert stage.rows[0].follow_up.note == "prior not found"


def test_a_failed_save_is_an_error_for_the_window(stage, tmp_path):
    stage.open(LENGTH)
    stage.failure = ViewerError("The table cannot be saved", "the disk is full")
    stage.view.csv_requested.emit(tmp_path / "marks.csv", False)
    assert stage.errors == [stage.failure]


def test_closed_it_hears_nothing_more(stage):
    stage.open(LENGTH)
    stage.presenter.close()
    count = len(stage.view.calls)
    stage.session.undo.run(PutShape(ARROW))
    stage.session.interaction.selected = ARROW.uid
    assert len(stage.view.calls) == count
    assert not stage.view.is_connected


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_cells_that_look_like_formulas_are_quoted(start):
    row = MeasurementRow("1", "Arrow", "", "", "Axial 1", f'{start}cmd|"/c calc"!A1,\n2')
    lines = list(csv.reader(io.StringIO(as_csv((row,)))))
    assert lines[1][3] == f'\'{start}cmd|"/c calc"!A1, 2'
    assert as_tab_separated((row,)).splitlines()[1].split("\t")[3].startswith("'")
