"""`hounsfield curved`: a picture along given points or the saved line; mistakes in one line."""

import numpy as np
import pytest
from PIL import Image

from tests.support.dicom_writer import SERIES_UID, write_series
from viewer.app.open_study import scan_or_fail
from viewer.cli.program import run
from viewer.core.progress import SilentContext
from viewer.core.shapes import PolylineShape, ProbeShape, as_point
from viewer.dicom.loader import load
from viewer.paths import data_dir
from viewer.store.annotations import FOLDER_NAME, AnnotationStore

PATH = ((0.0, 1.0, 1.0), (1.0, 3.0, 4.0), (2.0, 4.0, 6.0))  # z, y, x


@pytest.fixture
def folder(tmp_path):
    write_series(tmp_path / "series")
    return tmp_path / "series"


def line_of(folder):
    """The stack of a folder and places of a line in it, in LPS."""
    volume = load(SilentContext(), next(iter(scan_or_fail(SilentContext(), [folder]).stacks())))
    return volume.stack, tuple(as_point(volume.geometry.index_to_lps(index)) for index in PATH)


def as_text(points):
    return " ".join(",".join(f"{value:.6f}" for value in point) for point in points)


def picture(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_given_points_and_the_saved_line_give_the_same_picture(folder, tmp_path, capsys):
    stack, points = line_of(folder)
    given, saved, probed = (tmp_path / f"{name}.png" for name in ("given", "saved", "probed"))
    assert run(["curved", str(folder), "--out", str(given), "--points", as_text(points)]) == 0
    out, err = capsys.readouterr()
    length = float(out.partition(": ")[2].partition(" mm")[0])
    chords = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    assert chords - 0.05 <= length < 1.1 * chords
    assert "along the line and across it only" in out
    assert err == ""
    store = AnnotationStore(data_dir() / FOLDER_NAME)
    facts = {"frame_of_reference_uid": "1.2", "stack": stack.key, "normal_lps": (0.0, 0.0, 1.0)}
    store.save(str(SERIES_UID), [PolylineShape(vertices=points, **facts)])
    assert run(["curved", str(folder), "--out", str(saved)]) == 0
    np.testing.assert_allclose(picture(saved).astype(int), picture(given), atol=2)
    store.save(str(SERIES_UID), [ProbeShape(point_lps=point, **facts) for point in points])
    assert run(["curved", str(folder), "--out", str(probed)]) == 0
    assert (picture(probed) == picture(saved)).all()


def test_an_existing_file_stays(folder, tmp_path, capsys):
    _, points = line_of(folder)
    out = tmp_path / "one.png"
    for _ in range(2):
        assert run(["curved", str(folder), "--out", str(out), "--points", as_text(points)]) == 0
    assert len(list(tmp_path.glob("one*.png"))) == 2
    capsys.readouterr()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "No line was saved"),
        (("--points", "1,2,3 1,2"), "--points is no line"),
        (("--points", "1,2,3 1,2,3"), "--points is no line"),
        (("--points", "1,2,nan 1,2,3"), "--points is no line"),
        (("--width", "5"), "--width 5 is out of range"),
        (("--width", "nan"), "out of range"),
        (("--turn", "inf"), "--turn is no angle"),
    ],
)
def test_mistakes_are_told_in_one_line(folder, tmp_path, capsys, options, words):
    assert run(["curved", str(folder), "--out", str(tmp_path / "x.png"), *options]) == 2
    out, err = capsys.readouterr()
    assert words in err
    assert err.count("\n") == 1
    assert not out
    assert not (tmp_path / "x.png").exists()
