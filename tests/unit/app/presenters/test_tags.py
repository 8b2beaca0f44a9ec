"""The presenter of the metadata browser: what is read when, what is shown, what is copied."""

from collections.abc import Callable

import pytest

from tests.support.elements import element, sequence
from tests.support.inline_runner import InlineRunner
from tests.support.recording_view import recording_view
from tests.support.volumes import make_volume
from viewer.app.presenters.tags import TagsPresenter, TagsView
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.session import Session
from viewer.core.study import FrameRef
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.dicom.element_tree import ElementTree
from viewer.dicom.transfer import TransferSyntax


class Desk:
    """A session of three single-frame files, the presenter, and what it does."""

    def __init__(self, hold: bool = False) -> None:
        self.session, self.view = Session(), recording_view(TagsView)
        self.runner = InlineRunner(hold)
        self.read: list[str] = []
        self.waiting: list[Callable[[], None]] = []
        self.copied = ""
        frames = tuple(FrameRef(f"{n}.dcm", "", 0, f"1.{n}", n, None) for n in range(3))
        volume = make_volume(frames=frames, frame_of_slice=(0, 1, None, 2, *[2] * 3))
        self.session.set_volume(
            volume, AnnotationDocument("9.8.7"), DisplayState(HuWindow(400, 40))
        )
        self.presenter = TagsPresenter(
            self.session,
            self.view,
            self.runner,  # type: ignore[arg-type]
            self._read,
            later=lambda ms, run: self.waiting.append(run),
            copy_text=self._copy,
        )

    def _read(self, path: str, member: str, check: Callable[[], None]) -> ElementTree:
        self.read.append(path)
        if path == "bad":
            raise ViewerError("bad is not a DICOM file")
        number = int(path[0])
        elements = (
            element(0x00080060, "CT"),
            element(0x00111001, "x", vr="LO", creator="ACME"),
            element(0x00200013, str(number)),
            *((element(0x00280008, "40"),) if path == "1.multi" else ()),
            sequence(0x00081140, (element(0x00081155, f"1.{number}"),)),
        )
        damage = "byte 9: cut off" if number == 2 else ""
        return ElementTree(path, member, 77, TransferSyntax(""), elements, "", damage)

    def _copy(self, text: str) -> None:
        self.copied = text

    def wait(self) -> None:
        waiting, self.waiting = self.waiting, []
        for run in waiting:
            run()

    @property
    def paths(self) -> list[str]:
        return [row.path for row in self.view.last["set_rows"][0]]


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.presenter.start()
    return made


def test_nothing_is_read_before_the_window_is_wanted():
    desk = Desk()
    desk.session.viewports["axial"].index = 1
    desk.wait()
    assert desk.read == []


def test_it_shows_the_file_of_the_slice_and_follows_it(desk):
    assert desk.read == ["0.dcm"]
    assert desk.view.last["set_heading"] == ("Slice 1 of 7", "0.dcm, not stated, 77 bytes")
    assert desk.paths == ["Modality", "(0011,1001)", "InstanceNumber", "ReferencedImageSequence"]
    assert desk.view.last["set_count"] == ("5 elements",)
    for index in (1, 0, 3):
        desk.session.viewports["axial"].index = index
    assert len(desk.waiting) == 1
    desk.wait()
    assert desk.read == ["0.dcm", "2.dcm"]
    assert desk.view.last["set_damage"] == ("Reading 2.dcm ended early, at byte 9: cut off",)
    desk.session.viewports["axial"].zoom = 3.0
    desk.wait()
    assert desk.read == ["0.dcm", "2.dcm"]


def test_without_following_it_stays_where_it_is(desk):
    desk.view.follow_toggled.emit(False)
    desk.session.viewports["axial"].index = 1
    desk.wait()
    assert desk.read == ["0.dcm"]
    desk.view.follow_toggled.emit(True)
    assert desk.read == ["0.dcm", "1.dcm"]


def test_a_missing_slice_says_so(desk):
    desk.session.viewports["axial"].index = 2
    desk.wait()
    assert desk.read == ["0.dcm"]
    assert "missing" in desk.view.last["set_heading"][1]
    assert desk.paths == []


def test_any_file_can_be_shown(desk):
    desk.presenter.show_tags("1.zip", "report")
    assert desk.view.last["set_follow"] == (False,)
    assert desk.view.last["set_heading"][0] == "report"
    assert desk.view.last["set_choices"][0] == ("nothing",)
    desk.presenter.show_tags("1.multi")
    assert desk.view.last["set_heading"][1] == "1.multi, not stated, 77 bytes"
    desk.presenter.show_tags("bad")
    assert desk.view.last["set_damage"] == ("bad is not a DICOM file",)
    assert desk.paths == []


def test_a_search_keeps_only_hits_and_counts_them(desk):
    desk.view.find_edited.emit("1155")
    assert desk.paths == [
        "ReferencedImageSequence",
        "ReferencedImageSequence[0]",
        "ReferencedImageSequence[0].ReferencedSOPInstanceUID",
    ]
    assert desk.view.last["set_count"] == ("1 hit",)
    desk.view.find_edited.emit("")
    desk.view.private_toggled.emit(False)
    assert "(0011,1001)" not in desk.paths


def test_sequences_open_and_stay_open_in_the_next_slice(desk):
    desk.view.row_toggled.emit(desk.view.last["set_rows"][0][-1])
    assert desk.paths[-1] == "ReferencedImageSequence[0]"
    desk.session.viewports["axial"].index = 1
    desk.wait()
    assert desk.paths[-1] == "ReferencedImageSequence[0]"
    desk.view.all_toggled.emit(True)
    assert desk.paths[-1].endswith("UID")
    desk.view.all_toggled.emit(False)
    assert desk.paths[-1] == "ReferencedImageSequence"


def test_two_slices_are_compared(desk):
    assert desk.view.last["set_choices"][0][:3] == (
        "nothing",
        "the previous slice",
        "the next slice",
    )
    desk.view.comparison_chosen.emit(2, 1)
    assert desk.read == ["0.dcm", "0.dcm", "1.dcm"]
    assert desk.view.last["set_columns"] == (("Slice 1 of 7", "Slice 2 of 7"),)
    assert desk.view.last["set_count"] == ("2 elements differ",)
    desk.view.differences_toggled.emit(True)
    assert [path.rpartition(".")[2] for path in desk.paths] == [
        "ReferencedImageSequence",
        "ReferencedImageSequence[0]",
        "ReferencedSOPInstanceUID",
        "InstanceNumber",
    ]
    desk.view.comparison_chosen.emit(0, 1)
    assert desk.view.last["set_columns"] == ((),)
    assert "Modality" in desk.paths


def test_a_slice_number_is_asked_for_and_starts_at_the_present_one(desk):
    desk.session.viewports["axial"].index = 1
    desk.wait()
    desk.view.comparison_chosen.emit(3, 1)
    assert desk.view.last["set_numbered"] == (True, 2)
    desk.view.comparison_chosen.emit(3, 1)
    assert desk.read[-2:] == ["1.dcm", "0.dcm"]


def test_rows_values_and_everything_can_be_copied(desk):
    rows = desk.view.last["set_rows"][0]
    desk.view.rows_copied.emit(rows[:2])
    assert desk.copied.splitlines() == [
        "(0008,0060)\tModality\tCS\tCT",
        "(0011,1001)\tPrivate element [ACME]\tLO\tx",
    ]
    desk.view.value_copied.emit(rows[2])
    assert desk.copied == "0"
    desk.view.text_copied.emit()
    assert desk.copied.splitlines()[0] == "Slice 1 of 7"
    assert desk.copied.splitlines()[2].startswith("(0008,0060) CS Modality ")


def test_a_closed_window_reads_nothing_more_and_lets_go(desk):
    desk.view.closed.emit()
    desk.session.viewports["axial"].index = 1
    desk.wait()
    assert desk.read == ["0.dcm"]
    desk.presenter.close()
    assert not desk.view.is_connected


def test_only_the_last_of_two_requests_is_shown():
    desk = Desk(hold=True)
    desk.presenter.start()
    desk.presenter.show_tags("1.dcm")
    desk.runner.run_held()
    assert desk.read == ["1.dcm"]


def test_the_frame_of_a_multi_frame_file_is_told():
    desk = Desk()
    frames = (FrameRef("1.multi", "", 6, "1.1", 1, None),)
    volume = make_volume(frames=frames, frame_of_slice=(0,) * 7)
    desk.session.set_volume(volume, AnnotationDocument("1"), DisplayState(HuWindow(400, 40)))
    desk.presenter.start()
    assert desk.view.last["set_heading"][1] == "1.multi, frame 7 of 40, not stated, 77 bytes"
