"""The texts around the image, one by one."""

import numpy as np

from tests.support.volumes import make_volume
from viewer.app.overlays_frame import (
    date_text,
    fidelity_text,
    fidelity_tooltip,
    name_text,
    position_text,
    time_text,
    value_text,
)
from viewer.core.caveats import Caveat, CaveatCode


def at(volume, z, y, x):
    return tuple(float(v) for v in volume.geometry.index_to_lps((z, y, x)))


def test_the_badge_speaks_of_the_data():
    one = (Caveat(CaveatCode.GAP, "a gap"),)
    assert [fidelity_text(one * n) for n in range(3)] == [
        "Data checks passed", "1 data caveat", "2 data caveats",
    ]  # fmt: skip
    assert fidelity_tooltip(one).startswith("• a gap\n")
    for caveats in ((), one):
        assert fidelity_tooltip(caveats).endswith("about the data, not about the patient.")


def test_values_under_the_cursor():
    volume = make_volume()
    assert value_text(volume, at(volume, 6, 9, 11)) == "201 HU"
    assert value_text(volume, at(volume, 6, 9, 13)) == ""
    assert value_text(make_volume(unit=None), at(volume, 0, 0, 1)) == "-499"
    assert value_text(make_volume(placeholders=(0,)), at(volume, 0, 0, 1)) == "no value (padding)"
    colour = np.zeros((7, 10, 12, 3), np.uint8)
    colour[1, 2, 3] = (9, 8, 7)
    assert value_text(make_volume(data=colour), at(volume, 1, 2, 3)) == "RGB 9 8 7"


def test_small_texts():
    assert position_text((-1.0, 2.04, 3.0)) == "R 1.0  P 2.0  S 3.0 mm"
    assert position_text((-1.0, 2.0, 3.0), orientation_known=False) == "-1.0  2.0  3.0 mm"
    assert (date_text("20260102"), date_text("2026")) == ("2026-01-02", "2026")
    assert (time_text("101530.123"), time_text("1015"), time_text("")) == ("10:15:30", "10:15", "")
    assert (name_text("Doe^Jane^M^^"), name_text("Doe")) == ("Doe, Jane M", "Doe")
