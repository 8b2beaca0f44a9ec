"""The content of `info --json`: its structure, its numbers, and nothing that JSON cannot hold."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.support.dicom_writer import analytic_hu, save, slice_set, write_series
from viewer.app.describe import describe_index, finite, plain_path
from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan


def described(folder, *, stats: bool):
    index = scan(SilentContext(), [folder])
    load_volume = partial(load, SilentContext()) if stats else None
    return json.loads(json.dumps(describe_index(index, load_volume), allow_nan=False))


def test_structure_and_numbers(tmp_path):
    hu = write_series(tmp_path, change=lambda one, z: one.add_new(0x00280120, "US", 24))
    (tmp_path / "note.txt").write_text("x")
    content = described(tmp_path, stats=True)
    assert content["files"] == 6
    assert content["skipped"] == [{"path": str(tmp_path / "note.txt"), "reason": "is not DICOM"}]
    assert content["problems"] == []
    (series,) = content["studies"][0]["series"]
    assert (series["modality"], series["description"]) == ("CT", "Analytic")
    (stack,) = series["stacks"]
    assert stack["stack"] == 1
    assert stack["shape_zyx"] == [6, 36, 40]
    assert stack["spacing_zyx_mm"] == pytest.approx([2.5, 0.7, 0.8])
    assert stack["origin_lps_mm"] == pytest.approx([-41.0, 17.5, -120.25])
    assert stack["direction_lps"] == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    assert (stack["unit"], stack["dtype"], stack["length_unit"]) == ("HU", "int16", "mm")
    assert len(stack["sop_uids"]) == 6
    assert stack["edge_letters"] == {"left": "R", "right": "L", "top": "A", "bottom": "P"}
    assert stack["can"] == {"mpr": True, "surface": True}
    measured = hu[hu != -1000].astype(np.float64)
    assert stack["stats"] == {
        "min": measured.min(),
        "max": measured.max(),
        "mean": pytest.approx(measured.mean(), abs=1e-9),
        "first": -1000,
        "last": int(hu[-1, -1, -1]),
        "padding_count": int((hu == -1000).sum()),
    }


def test_without_stats_nothing_is_loaded(tmp_path):
    write_series(tmp_path)
    stack = described(tmp_path, stats=False)["studies"][0]["series"][0]["stacks"][0]
    assert "stats" not in stack


def test_what_is_unknown_is_null(tmp_path):
    one = slice_set(analytic_hu()[0], 0)
    del one.PixelSpacing, one.ImageOrientationPatient
    save(one, tmp_path / "x")
    stack = described(tmp_path, stats=False)["studies"][0]["series"][0]["stacks"][0]
    assert stack["spacing_zyx_mm"] == [None, None, None]
    assert stack["edge_letters"] is None
    assert stack["positions_mm"] is None
    assert stack["length_unit"] == "px"
    assert stack["can"] == {"mpr": False, "surface": False}


def test_a_stack_that_cannot_be_loaded_is_a_problem_and_no_more(tmp_path):
    write_series(tmp_path / "good")
    write_series(tmp_path / "bad", series_uid="1.2.3", transfer_syntax="1.2.840.10008.1.2.5")
    for path in Path(tmp_path / "bad").iterdir():
        data = path.read_bytes()
        at = data.index(b"\xe0\x7f\x10\x00O") + 20
        path.write_bytes(data[:at] + b"\xff" * (len(data) - at))
    content = described(tmp_path, stats=True)
    stats = [s["stacks"][0]["stats"] for s in content["studies"][0]["series"]]
    assert sum(stat is None for stat in stats) == 1
    assert len(content["problems"]) == 1


def test_numbers_and_paths_are_always_printable():
    assert [finite(v) for v in (np.nan, np.inf, None, 3.0, 0.5)] == [None, None, None, 3, 0.5]
    assert plain_path("a\udcffb") == "a\ufffdb"
