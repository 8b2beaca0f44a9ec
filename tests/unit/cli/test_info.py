"""What `info` says in lines about what lies on an image."""

import argparse
import json

import numpy as np
import pytest

from tests.support.dicom_writer import analytic_hu, save, slice_set
from tests.support.graphics_writer import drawing, put_overlay, region, ultrasound_set
from viewer.cli import info, program
from viewer.cli.terminal import TerminalContext


def test_overlays_and_regions_have_their_lines(tmp_path, capsys):
    one = ultrasound_set(
        region((4, 6, 35, 30), delta=(0.03, -0.02)),
        region((0, 0, 3, 35), (0.0, 1.5), (4, 7), spatial_format=3, data_type=3),
    )
    put_overlay(one, drawing((20, 30)), 0x6004, label="Notes")
    path = save(one, tmp_path / "a")
    parser = argparse.ArgumentParser()
    info.add_arguments(parser)
    assert info.run(parser.parse_args([str(path)]), TerminalContext()) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "overlay plane 6004: 20 x 30  Notes" in lines
    assert ("region 2D tissue: columns 5-36, rows 7-31, a pixel is 0.03 cm x -0.02 cm") in lines
    assert ("region spectral PW Doppler: columns 1-4, rows 1-36, a pixel is ? x 1.5 cm/s") in lines
    assert "! millimetres hold only inside the ultrasound image region" in lines


def test_what_only_the_pixels_tell_has_its_line(tmp_path, capsys):
    one = slice_set(analytic_hu()[0], 0)
    one.BitsAllocated, one.BitsStored, one.HighBit = 32, 32, 31
    one.PixelData = np.full((one.Rows, one.Columns), 207_471_861, "<u4").tobytes()
    path = save(one, tmp_path / "a")
    assert program.run(["info", str(path), "--stats"]) == 0
    assert "! values above 16,777,216 are rounded to seven figures" in capsys.readouterr().out


def damaged(path, series_uid):
    """One image whose compressed pixels are no codestream."""
    one = slice_set(analytic_hu()[0], 0, series_uid)
    save(one, path, "1.2.840.10008.1.2.5")
    data = path.read_bytes()
    at = data.index(b"\xe0\x7f\x10\x00O") + 20
    path.write_bytes(data[:at] + b"\xff" * (len(data) - at))


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_where_nothing_can_be_shown_the_exit_code_says_so(tmp_path, capsys, options):
    damaged(tmp_path / "a", "1.2.1")
    assert program.run(["info", str(tmp_path), "--stats", *options]) == 2
    alone = capsys.readouterr()
    damaged(tmp_path / "b", "1.2.2")
    assert program.run(["info", str(tmp_path), "--stats", *options]) == 2
    both = capsys.readouterr()
    assert alone.err.startswith("hounsfield: The series cannot be shown: ")
    assert both.err.startswith("hounsfield: None of the 2 stacks can be shown: ")
    assert alone.err.count("\n") == both.err.count("\n") == 1
    if options:
        assert len(json.loads(both.out)["problems"]) == 2
    else:
        assert "2 DICOM files" in both.out
    save(slice_set(analytic_hu()[0], 0), tmp_path / "c")
    assert program.run(["info", str(tmp_path), "--stats", *options]) == 0
