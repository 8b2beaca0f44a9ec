"""The sum of the tracked diameters: what counts, and the change of what has a prior."""

from dataclasses import replace

from tests.unit.app.test_measurement_table import followed, length
from viewer.app.diameter_sum import sum_text, sum_tip
from viewer.app.mark_values import MarkValues
from viewer.app.measurement_table import MeasurementRow


def test_the_sum_takes_tracked_diameters_only():
    rows = [length(20.0), length(10.0, short=(4.0,), kind="Bidirectional"), length(99.0)]
    rows[2] = replace(rows[2], tracked=False)
    assert sum_text(rows).splitlines() == [
        "Sum of tracked diameters (n = 2): 30.0 mm",
        "Sum of the short axes (n = 1), told apart: 4.0 mm",
    ]
    assert sum_text([]) == sum_tip([]) == ""
    angle = MeasurementRow("a", "Angle", "", "", "", "", values=MarkValues(angle_deg=3.0))
    assert sum_text([angle]) == ""


def test_the_change_is_that_of_the_diameters_with_a_prior():
    rows = [followed(length(20.0), 16.0, 92), followed(length(10.0), 9.0, 92)]
    assert sum_text(rows).splitlines()[1] == (
        "With a prior (n = 2): 30.0 mm, before 25.0 mm, change +5.0 mm (+20.0 %), 92 days"
    )
    assert "days" not in sum_text([rows[0], followed(length(10.0), 9.0, 30)])
    assert sum_text([rows[0], length(7.0)]).splitlines() == [
        "Sum of tracked diameters (n = 2): 27.0 mm",
        "With a prior (n = 1): 20.0 mm, before 16.0 mm, change +4.0 mm (+25.0 %), 92 days",
    ]


def test_the_tip_names_what_counts():
    rows = [followed(length(20.0), 16.0), replace(length(7.0), place="Coronal 4 oblique")]
    untracked = replace(length(99.0), tracked=False)
    lines = sum_tip([*rows, untracked]).splitlines()
    assert lines[1:] == ["20.0 mm, Ax 3, before 16.0 mm", "7.0 mm, Cor 4 obl"]
    assert len(sum_tip([length(float(n)) for n in range(1, 31)]).splitlines()) == 22
