"""The self-check passes where all is well, and each check fails when its thing is broken."""

from dataclasses import replace

import pytest

from viewer.app import selfcheck, selfcheck_lab, selfcheck_values
from viewer.app.selfcheck import SECTIONS, run_selfcheck
from viewer.app.selfcheck_lab import Lab
from viewer.app.selfcheck_machine import DisplayFacts
from viewer.app.selfcheck_pictures import report_pictures
from viewer.core.drawable import PolylineItem
from viewer.core.errors import CancelledError, ViewerError
from viewer.core.progress import SilentContext
from viewer.paths import temp_dir

SCREEN = DisplayFacts((1920, 1200), 1.0, 24)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One undisturbed run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOUNSFIELD_HOME", str(tmp_path_factory.mktemp("home")))
        yield run_selfcheck(SilentContext(), display=SCREEN)


def test_everything_passes(whole):
    assert [check for check in whole.report.checks if not check.passed] == []
    assert whole.report.passed


def test_it_ends_soon(whole):
    assert whole.report.seconds < 30  # 3 to 5 on two cores that others use, too


def test_ids_are_unique_and_every_section_is_there(whole):
    ids = [check.id for check in whole.report.checks]
    assert len(ids) == len(set(ids))
    prefixes = {section.prefix for section in SECTIONS} | {"display"}
    assert {id.partition(".")[0] for id in ids} == prefixes


def test_nothing_is_left_behind():
    run_selfcheck(SilentContext())
    assert list(temp_dir().iterdir()) == []


def test_pictures_show_what_was_measured(whole):
    assert len(whole.pictures) == 4
    assert all(picture.snapshot.drawables for picture in whole.pictures)


def test_a_flipped_phantom_is_pictured_without_lengths(tmp_path):
    volume = Lab(SilentContext(), tmp_path).volume
    pictures = report_pictures(replace(volume, data=volume.data[:, ::-1]))
    assert len(pictures) == 4
    lines = [any(isinstance(d, PolylineItem) for d in p.snapshot.drawables) for p in pictures]
    assert not any(lines)


def test_an_untouched_lab_fails_nowhere(failed_checks):
    assert failed_checks("hu", "length", "letters", "gap") == set()


def test_a_phantom_that_does_not_open_is_told_and_stops_nothing(monkeypatch):
    def refuse(ctx, stack):
        raise ViewerError("The series cannot be shown", "the compressed image is damaged")

    monkeypatch.setattr(selfcheck_lab, "load", refuse)
    result = run_selfcheck(SilentContext())
    assert not result.report.passed
    assert result.pictures == ()
    broken = [check for check in result.report.checks if check.id == "hu.completed"]
    assert broken[0].note == "The series cannot be shown: the compressed image is damaged"
    assert any(check.id == "memory.free" and check.passed for check in result.report.checks)


def test_a_bug_in_a_part_is_a_finding(failed_checks, monkeypatch):
    monkeypatch.setattr(selfcheck_values, "insert_roi", lambda *arguments: 1 / 0)
    assert failed_checks("hu") == {"hu.completed"}


def test_no_place_for_the_files_is_told(monkeypatch):
    def refuse():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(selfcheck, "temp_dir", refuse)
    with pytest.raises(ViewerError, match="no space left on device"):
        run_selfcheck(SilentContext())


def test_a_disk_that_fills_up_is_a_finding(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(selfcheck_lab, "write_ct_series", full)
    section = next(section for section in SECTIONS if section.prefix == "hu")
    (check,) = selfcheck._checked(Lab(SilentContext(), tmp_path), section)
    assert check.note == "it stopped with OSError: No space left on device"


def test_a_cancel_leaves_nothing():
    class Cancelling(SilentContext):
        steps = 0

        def check(self):
            self.steps += 1
            if self.steps > 30:
                raise CancelledError

    with pytest.raises(CancelledError):
        run_selfcheck(Cancelling())
    assert list(temp_dir().iterdir()) == []
