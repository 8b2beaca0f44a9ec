"""Earlier marks: of open series, of series that were open, of the store; with what is known."""

from datetime import date
from typing import Any, cast

import pytest

from tests.support.inline_runner import InlineRunner
from tests.support.volumes import make_geometry, make_volume
from viewer.app.prior_marks import SessionPriors, unopened_values
from viewer.app.roi_cache import RoiCache
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.geometry import Calibration
from viewer.core.session import Session
from viewer.core.shapes import CircleShape, LengthShape, PriorMark, ProbeShape
from viewer.core.study import Patient, Series, StackKey, Study, StudyIndex
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow

VOLUME = make_volume()
KEY = StackKey("then", 0)
PLACE: dict[str, Any] = {"frame_of_reference_uid": "1.2.3", "normal_lps": (0.0, 0.0, 1.0)}
LINE = LengthShape(start_lps=(0.0, 0, 0), end_lps=(3.0, 4, 0), uid="line", stack=KEY, **PLACE)
DISC = CircleShape(
    center=(0.0, 0.0, 0.0),
    half_axis_u=(2.0, 0.0, 0.0),
    half_axis_v=(0.0, 2.0, 0.0),
    uid="disc",
    stack=KEY,
    **PLACE,
)


class Shelf:
    def __init__(self, saved=(), kept=None, failure=None):
        self.session = Session()
        self.session.set_volume(
            VOLUME, AnnotationDocument("9.8.7"), DisplayState(HuWindow(400, 40))
        )
        self.saved, self.failure, self.read = tuple(saved), failure, 0
        self.asked: list[str] = []
        self.priors = SessionPriors(
            self.session,
            cast(Any, InlineRunner()),
            RoiCache(),
            lambda uid: kept,
            self.load,
            self.on_read,
        )

    def load(self, series_uid):
        self.asked.append(series_uid)
        if self.failure is not None:
            raise self.failure
        return self.saved

    def on_read(self):
        self.read += 1


def test_marks_that_are_nowhere_else_are_read_once_in_a_job():
    shelf = Shelf([LINE])
    for _ in range(3):
        shelf.priors.find(PriorMark("then", "line"))
    assert shelf.priors.find(PriorMark("then", "line")) == LINE
    assert shelf.priors.find(PriorMark("then", "other")) is None
    assert (shelf.asked, shelf.read) == (["then"], 1)
    assert not shelf.priors.is_reading("then")


def test_a_mark_of_another_patient_is_no_prior():
    shelf = Shelf(kept=AnnotationDocument("then", (LINE,)))
    other = make_volume(key=KEY, patient=Patient("Roe^Rick", "P-8"))
    series = Series("then", "CT", "3", "", (other.stack,))
    study = Study("1", other.stack.patient, "", "", (series,))
    shelf.session.set_index(StudyIndex(1, (study,)))
    assert shelf.priors.find(PriorMark("then", "line")) is None


def test_a_document_of_this_window_knows_better_than_the_store():
    document = AnnotationDocument("then", (LINE,))
    shelf = Shelf(kept=document)
    assert shelf.priors.find(PriorMark("then", "line")) == LINE
    assert shelf.asked == []
    document.remove("line")
    assert shelf.priors.find(PriorMark("then", "line")) is None


def test_marks_that_cannot_be_read_are_not_there():
    shelf = Shelf(failure=ViewerError("The saved marks of this series cannot be shown"))
    assert shelf.priors.find(PriorMark("then", "line")) is None
    assert shelf.read == 1


def test_without_its_files_a_mark_has_its_millimetres_and_no_values():
    shelf = Shelf([LINE])
    assert shelf.priors.values("then", LINE).lengths == pytest.approx((5.0,))
    region = shelf.priors.values("then", DISC).roi
    assert region is not None
    assert region.area_mm2 == pytest.approx(12.566, abs=1e-3)
    assert (region.mean, region.n_pixels) == (None, 0)
    probe = ProbeShape(point_lps=(0.0, 0.0, 0.0), stack=KEY, **PLACE)
    assert unopened_values(probe, None).short == ""


def test_without_a_frame_of_reference_nothing_is_told():
    no_frame: dict[str, Any] = {**PLACE, "frame_of_reference_uid": ""}
    line = LengthShape(start_lps=(0.0, 0, 0), end_lps=(3.0, 4, 0), stack=KEY, **no_frame)
    assert unopened_values(line, None).lengths == ()


def test_a_listed_series_tells_its_calibration_and_its_date():
    grid = make_geometry(calibration=Calibration.NONE)
    stack = make_volume(grid, key=KEY).stack
    series = Series("then", "CT", "3", "Thin", (stack,))
    study = Study("s", Patient(), "Chest", "20210301", (series,))
    shelf = Shelf([LINE])
    shelf.session.set_index(StudyIndex(1, (study,)))
    assert shelf.priors.values("then", LINE).length_unit == "px"
    assert shelf.priors.day("then") == date(2021, 3, 1)
    assert shelf.priors.day("9.8.7") == date(2026, 1, 2)  # the open one's own label
    assert shelf.priors.day("nowhere") is None


def test_an_open_prior_has_the_values_of_its_voxels():
    shelf = Shelf()
    shelf.session.add_loaded(frozenset(range(7)))
    middle = tuple(float(v) for v in VOLUME.geometry.index_to_lps((3, 4, 5)))
    own = CircleShape(
        center=cast(Any, middle),
        half_axis_u=(0.3, 0.0, 0.0),
        half_axis_v=(0.0, 0.3, 0.0),
        stack=VOLUME.stack.key,
        **PLACE,
    )
    found = shelf.priors.values("9.8.7", own).roi
    assert found is not None
    assert (found.mean, found.n_pixels) == (VOLUME.data[3, 4, 5], 1)
