"""What `info` says in lines about what lies on an image."""

import argparse

from tests.support.dicom_writer import save
from tests.support.graphics_writer import drawing, put_overlay, region, ultrasound_set
from viewer.cli import info
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
