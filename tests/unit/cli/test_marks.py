"""`hounsfield marks`: saved marks with values, follow-up from the files and from the store."""

import csv
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.dicom_writer import SERIES_UID as WRITTEN_UID
from tests.support.dicom_writer import write_series
from viewer.app.open_study import scan_or_fail
from viewer.cli.program import run
from viewer.core.progress import SilentContext
from viewer.core.shapes import CircleShape, LengthShape, PriorMark, as_point
from viewer.core.study import StackKey
from viewer.dicom.loader import load
from viewer.imaging.roi import region_values
from viewer.paths import data_dir
from viewer.store.annotations import FOLDER_NAME, AnnotationStore

SERIES_UID = str(WRITTEN_UID)
PRIOR_UID = "1.2.826.77.1"


def dated(date, study):
    def change(one, z):
        one.StudyDate, one.StudyInstanceUID = date, study

    return change


@pytest.fixture
def folder(tmp_path):
    """A series and its prior 92 days before."""
    write_series(tmp_path / "now", change=dated("20210601", "1.2.9.1"))
    write_series(tmp_path / "then", series_uid=PRIOR_UID, change=dated("20210301", "1.2.9.2"))
    return tmp_path


def marks_of(folder, series_uid):
    stack = next(
        stack
        for stack in scan_or_fail(SilentContext(), [folder]).stacks()
        if stack.key.series_uid == series_uid
    )
    grid = stack.geometry
    place: dict[str, Any] = {
        "frame_of_reference_uid": grid.frame_of_reference_uid,
        "stack": StackKey(series_uid, stack.key.stack),
        "normal_lps": as_point(grid.direction_lps[0]),
    }
    start, end = (as_point(grid.index_to_lps((1, 2, x))) for x in (1, 5))
    center = as_point(grid.index_to_lps((2, 4, 4)))
    u, v = (as_point(2 * grid.direction_lps[axis]) for axis in (2, 1))
    return (
        LengthShape(start_lps=start, end_lps=end, uid=f"l{series_uid[-1]}", label="node", **place),
        CircleShape(center=center, half_axis_u=u, half_axis_v=v, uid=f"c{series_uid[-1]}", **place),
        LengthShape(start_lps=start, end_lps=end, uid="quick", tracked=False, **place),
    )


def save_marks(folder):
    store = AnnotationStore(data_dir() / FOLDER_NAME)
    now, then = marks_of(folder, SERIES_UID), marks_of(folder, PRIOR_UID)
    shorter = replace(
        then[0], end_lps=as_point(np.mean([then[0].start_lps, then[0].end_lps], axis=0))
    )
    store.save(PRIOR_UID, (shorter, then[1]))
    links = (PriorMark(PRIOR_UID, shorter.uid), PriorMark(PRIOR_UID, then[1].uid))
    follows = [replace(m, follows=link) for m, link in zip(now[:2], links, strict=True)]
    store.save(SERIES_UID, (*follows, now[2]))
    return now


def test_marks_are_listed_with_their_change(folder, capsys):
    shapes = save_marks(folder)
    assert run(["marks", str(folder), "--series", SERIES_UID]) == 0
    out, err = capsys.readouterr()
    lines = [line.strip() for line in out.splitlines()]
    length = shapes[0].length_mm
    assert lines[0].startswith("Series 3  CT  Analytic")
    assert lines[1] == f"Length  {length:.1f} mm  Axial 2  node"
    assert lines[2] == f"Length: +{length / 2:.1f} mm (+100.0 %)"
    assert lines[3:5] == ["92 days", f"2021-03-01: {length / 2:.1f} mm"]
    assert any(line.startswith("Mean: +0.0 HU") for line in lines)
    assert lines[-1].endswith("(+100.0 %), 92 days")
    assert "untracked" not in out
    assert err == ""
    assert run(["marks", str(folder), "--series", SERIES_UID, "--all"]) == 0
    assert "untracked" in capsys.readouterr().out


def test_the_table_has_the_values_of_the_voxels(folder, tmp_path, capsys):
    shapes = save_marks(folder)
    table = tmp_path / "marks.csv"
    assert run(["marks", str(folder), "--series", SERIES_UID, "--csv", str(table)]) == 0
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [row["Type"] for row in rows] == ["Length", "Circle"]
    stack = next(
        stack
        for stack in scan_or_fail(SilentContext(), [folder]).stacks()
        if stack.key.series_uid == SERIES_UID
    )
    inside = region_values(load(SilentContext(), stack), shapes[1])
    assert float(rows[1]["Mean"]) == pytest.approx(inside.mean())
    assert float(rows[1]["Mean before"]) == pytest.approx(inside.mean())
    assert (rows[1]["Days"], rows[1]["Prior date"]) == ("92", "2021-03-01")
    assert run(["marks", str(folder), "--series", SERIES_UID, "--csv", str(table)]) == 2
    assert "exists" in capsys.readouterr().err


def test_a_prior_whose_files_are_elsewhere_is_told_in_millimetres(folder, capsys):
    save_marks(folder)
    assert run(["marks", str(folder / "now")]) == 0
    out = capsys.readouterr().out
    assert "(+100.0 %)" in out  # the length: its points are saved
    assert "Area: " in out
    assert "Mean: " not in out  # nobody has its voxels
    assert "days" not in out


def test_nothing_saved_and_several_series_are_told(folder, tmp_path, capsys):
    assert run(["marks", str(folder)]) == 2
    assert "No marks were saved" in capsys.readouterr().err
    save_marks(folder)
    assert run(["marks", str(folder), "--csv", str(tmp_path / "x.csv")]) == 2
    assert "--series" in capsys.readouterr().err
    assert run(["marks", str(folder), "--series", "9.9"]) == 2
    assert "There is no series" in capsys.readouterr().err


@pytest.mark.parametrize(("person", "is_compared"), [("P-1", True), ("P-2", False)])
def test_a_mark_of_another_patient_is_no_prior(tmp_path, capsys, person, is_compared):
    """An old pair may be wrong: a folder was taken for another one."""

    def of(patient_id, date, study):
        def change(one, z):
            one.PatientID, one.StudyDate, one.StudyInstanceUID = patient_id, date, study

        return change

    write_series(tmp_path / "now", change=of("P-1", "20210601", "1.2.9.1"))
    write_series(tmp_path / "then", series_uid=PRIOR_UID, change=of(person, "20210301", "1.2.9.2"))
    save_marks(tmp_path)
    assert run(["marks", str(tmp_path), "--series", SERIES_UID]) == 0
    out, _ = capsys.readouterr()
    assert ("92 days" in out) is is_compared
    assert "node" in out
