"""What a place hands on to the series after it and beside it, in millimetres of the patient."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from tests.support.dicom_writer import analytic_hu, write_series
from tests.support.inline_runner import InlineRunner
from viewer.app.level import middle_of_plane
from viewer.app.load_stack import StackLoader
from viewer.app.looks import Looks
from viewer.app.presenters.arrange import Arranger
from viewer.app.presenters.hanging import newest_prior
from viewer.app.presenters.linking import Linker
from viewer.app.presenters.navigation import Navigator
from viewer.app.resolve import resolve
from viewer.app.stepping import step_series
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.layout import MPR, grid_layout
from viewer.core.plane import Orientation
from viewer.core.progress import SilentContext
from viewer.core.screen import place
from viewer.core.session import Session
from viewer.core.slab import Slab, SlabMode
from viewer.core.study import StackKey, StudyIndex
from viewer.core.window import HuWindow
from viewer.dicom.scan import scan
from viewer.jobs.runner import JobRunner
from viewer.tools.navigate import jump_to

FIRST, COARSE, PET, PRIOR = "1.2.1", "1.2.2", "1.2.3", "1.2.4"
"""A phase, the next one with half as many slices, PET of the same body, an earlier CT."""
SIZES = {"1": (600.0, 400.0), "2": (380.0, 410.0), "3": (200.0, 300.0)} | dict.fromkeys(
    ("axial", "coronal", "sagittal"), (500.0, 300.0)
)
DEEP = (12, 24, 30)


def study_of(study, date, number, frame, change=None):
    def apply(one, z):
        one.StudyInstanceUID, one.StudyDate, one.PatientID = study, date, "P-1"
        one.SeriesNumber, one.FrameOfReferenceUID = number, frame
        if change is not None:
            change(one)

    return apply


def as_pet(one):
    one.Modality, one.RescaleType = "PT", "US"
    one.Units = "BQML"


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> StudyIndex:
    folder = tmp_path_factory.mktemp("studies")
    now = ("1.5.1", "20240601")
    for uid, hu, change, positions in (
        (FIRST, analytic_hu(DEEP), study_of(*now, 1, "1.9.1"), None),
        (COARSE, analytic_hu((6, *DEEP[1:])), study_of(*now, 2, "1.9.1"), FIVE_MM),
        (PET, analytic_hu(DEEP), study_of(*now, 3, "1.9.1", as_pet), None),
        (PRIOR, analytic_hu((9, 26, 28)), study_of("1.5.2", "20240102", 1, "1.9.2"), None),
    ):
        write_series(
            folder, hu, series_uid=uid, change=change, prefix=uid[-1], positions_mm=positions
        )
    return scan(SilentContext(), [folder])


FIVE_MM = tuple(5.0 * z for z in range(6))


def fail(error: ViewerError) -> None:
    pytest.fail(error.one_line())


@pytest.fixture
def room(index):
    session, runner = Session(), cast(JobRunner, InlineRunner())
    navigator, looks = Navigator(session, runner), Looks(session)
    linker = Linker(session, SIZES.__getitem__)
    loader = StackLoader(session, runner, AnnotationDocument, fail, looks, SIZES.__getitem__)
    session.set_index(index)
    made = SimpleNamespace(
        session=session,
        navigator=navigator,
        loader=loader,
        arranger=Arranger(session, loader, lambda: made.hangs_prior),
        stacks={stack.key.series_uid: stack for stack in index.stacks()},
        hangs_prior=True,
    )
    yield made
    linker.close()
    looks.close()
    navigator.close()


def open_in_grid(room, columns):
    room.session.set_layout(grid_layout(1, columns), {}, "1")
    room.loader.open(room.stacks[FIRST], "1")
    return room.session.viewports["1"]


def shown(room):
    return [view.stack.series_uid if view.stack else "" for view in views(room)]


def views(room):
    return list(room.session.viewports.by_id.values())


def middle(room, name):
    """Place in the middle of what a viewport shows, LPS mm."""
    return np.array(
        middle_of_plane(room.session.viewports[name], room.session.shown_in(name).volume)
    )


def px_per_mm(room, name):
    view = room.session.viewports[name]
    plane = resolve(view, room.session.shown_in(name).volume).plane
    return place(plane, SIZES[name], view.zoom, view.pan_uv_mm).px_per_mm


def test_the_next_phase_keeps_level_window_plane_and_scale(room):
    view = open_in_grid(room, 1)
    room.navigator.set_active("coronal")
    room.navigator.show_slice(17)
    view.zoom, view.pan_uv_mm, view.slab = 2.5, (3.0, -4.0), Slab(SlabMode.MIP, 5.0)
    view.display.show(HuWindow(321, 12), "")
    level, scale = middle(room, "1"), px_per_mm(room, "1")
    step_series(room.session, room.loader, 1)
    assert shown(room) == [COARSE]
    after = room.session.viewports["1"]
    assert after.orientation is Orientation.CORONAL
    np.testing.assert_allclose(middle(room, "1")[1], level[1])
    assert px_per_mm(room, "1") == pytest.approx(scale)
    assert after.slab == Slab(SlabMode.MIP, 5.0)
    assert (after.display.window, after.display.preset) == (HuWindow(321, 12), "")


@pytest.mark.parametrize("z", [1, 10])
def test_the_level_is_the_patients_whatever_the_numbers_of_the_slices(room, z):
    open_in_grid(room, 1)
    room.navigator.show_slice(z)
    level = middle(room, "1")[2]
    step_series(room.session, room.loader, 1)
    geometry = room.session.volume.geometry
    assert abs(middle(room, "1")[2] - level) <= geometry.spacing_zyx_mm[0] / 2 + 1e-6
    assert room.session.active.index != room.session.volume.stack.opening_slice
    room.navigator.show_slice(2)
    level = middle(room, "1")[2]
    step_series(room.session, room.loader, -1)
    assert abs(middle(room, "1")[2] - level) <= 2.5


def test_the_next_phase_in_three_planes(room):
    room.loader.open(room.stacks[FIRST])
    session = room.session
    session.interaction.active = "coronal"
    session.interaction.maximised = "coronal"
    point = session.volume.geometry.index_to_lps((9, 5, 21))
    jump_to(session, session.volume, point)
    session.viewports["coronal"].zoom = 3.0
    session.display.show(HuWindow(321, 12), "")
    scale = px_per_mm(room, "coronal")
    step_series(session, room.loader, 1)
    assert set(shown(room)) == {COARSE}
    np.testing.assert_allclose(session.crosshair_in(StackKey(COARSE, 1)), point)
    geometry = session.volume.geometry
    expected = np.rint(geometry.lps_to_index(point)).astype(int)
    found = [session.viewports[name].index for name in ("axial", "coronal", "sagittal")]
    assert found == expected.tolist()
    assert (session.interaction.active, session.interaction.maximised) == ("coronal", "coronal")
    assert px_per_mm(room, "coronal") == pytest.approx(scale)
    assert {id(view.display) for view in views(room)} == {id(session.display)}
    assert session.display.window == HuWindow(321, 12)


def test_a_preset_of_the_file_stays_each_series_own(room):
    open_in_grid(room, 1)
    own = room.session.display.window
    room.session.display.show(HuWindow(5, 5), "full")
    step_series(room.session, room.loader, 1)
    assert (room.session.display.window, room.session.display.preset) == (own, "default")


def test_another_body_begins_in_its_own_middle(room):
    open_in_grid(room, 1)
    room.navigator.show_slice(1)
    room.session.display.show(HuWindow(1500, -600), "lung")
    room.loader.open(room.stacks[PRIOR])
    assert room.session.active.index == room.stacks[PRIOR].opening_slice
    assert room.session.display.preset == "default"


def coronal_lung(room):
    view = open_in_grid(room, 3)
    room.navigator.set_active("coronal")
    room.navigator.set_preset("lung")
    view.zoom = 2.0
    return view


def test_a_prior_that_is_dropped_beside_looks_alike(room):
    coronal_lung(room)
    room.arranger.put(StackKey(PRIOR, 1), "2")
    prior = room.session.viewports["2"]
    assert prior.orientation is Orientation.CORONAL
    assert (prior.display.window, prior.display.preset) == (HuWindow(1500, -600), "lung")
    assert px_per_mm(room, "2") == pytest.approx(px_per_mm(room, "1"))
    assert room.session.interaction.active == "2"


def test_a_known_prior_looks_alike_too_and_without_links_as_it_was(room):
    view = coronal_lung(room)
    room.arranger.put(StackKey(PRIOR, 1), "2")
    prior = room.session.viewports["2"]
    room.session.interaction.link_window = room.session.interaction.link_zoom = False
    prior.display.show(HuWindow(9, 1), "")
    prior.zoom = 3.25
    room.session.interaction.active = "1"
    room.arranger.put(StackKey(PRIOR, 1), "3")
    assert room.session.viewports["3"].display.window == HuWindow(9, 1)
    assert room.session.viewports["3"].zoom == 3.25
    room.session.interaction.link_window = room.session.interaction.link_zoom = True
    room.session.interaction.active = "1"
    room.arranger.put(StackKey(PRIOR, 1), "2")
    assert room.session.viewports["2"].display.window == view.display.window
    assert px_per_mm(room, "2") == pytest.approx(px_per_mm(room, "1"))


def test_a_pet_beside_keeps_its_window_and_takes_level_and_scale(room):
    coronal_lung(room)
    room.navigator.show_slice(19)
    room.arranger.put(StackKey(PET, 1), "2")
    pet = room.session.viewports["2"]
    assert pet.orientation is Orientation.CORONAL
    np.testing.assert_allclose(middle(room, "2")[1], middle(room, "1")[1])
    assert px_per_mm(room, "2") == pytest.approx(px_per_mm(room, "1"))
    assert (pet.display.preset, pet.display.window) != ("lung", HuWindow(1500, -600))


def test_two_places_show_the_prior_before_another_series_of_the_study(room):
    room.session.set_layout(MPR, {}, "axial")
    room.loader.open(room.stacks[FIRST])
    prior = newest_prior(room.session.index, room.stacks[FIRST])
    assert prior is not None
    assert prior.key.series_uid == PRIOR
    room.arranger.set_layout("1x2")
    assert shown(room) == [FIRST, PRIOR]
    room.arranger.set_layout("mpr")
    room.arranger.set_layout("1x3")
    assert shown(room) == [FIRST, PRIOR, COARSE]


def test_without_the_preference_the_study_goes_on(room):
    room.hangs_prior = False
    room.session.set_layout(MPR, {}, "axial")
    room.loader.open(room.stacks[FIRST])
    room.arranger.set_layout("1x2")
    assert shown(room) == [FIRST, COARSE]
