"""Which lines are seen: opened, searched, private, differing."""

import pytest

from tests.support.elements import element, sequence
from viewer.app.tag_compare import compare_rows
from viewer.app.tag_outline import TagOutline
from viewer.app.tag_rows import tag_rows

BEAMS, POINTS, BEAM_NAME, GANTRY = 0x300A00B0, 0x300A0111, 0x300A00C2, 0x300A011E
PLAN = (
    element(0x00100020, "ID-77"),
    element(0x00110010, "ACME", vr="LO"),
    element(0x00111001, "secret", vr="LO", creator="ACME"),
    sequence(
        BEAMS,
        (element(BEAM_NAME, "Left"), sequence(POINTS, (element(GANTRY, "30"),))),
        (element(BEAM_NAME, "Right"), sequence(POINTS, (element(GANTRY, "210"),))),
    ),
)


@pytest.fixture
def outline() -> TagOutline:
    made = TagOutline()
    made.rows = tag_rows(PLAN)
    return made


def paths(outline: TagOutline) -> list[str]:
    return [row.path for row in outline.visible()]


def test_rows_are_laid_out_with_paths_depths_and_ends(outline):
    assert [(row.path, row.depth) for row in outline.rows] == [
        ("PatientID", 0),
        ("(0011,0010)", 0),
        ("(0011,1001)", 0),
        ("BeamSequence", 0),
        ("BeamSequence[0]", 1),
        ("BeamSequence[0].BeamName", 2),
        ("BeamSequence[0].ControlPointSequence", 2),
        ("BeamSequence[0].ControlPointSequence[0]", 3),
        ("BeamSequence[0].ControlPointSequence[0].GantryAngle", 4),
        ("BeamSequence[1]", 1),
        ("BeamSequence[1].BeamName", 2),
        ("BeamSequence[1].ControlPointSequence", 2),
        ("BeamSequence[1].ControlPointSequence[0]", 3),
        ("BeamSequence[1].ControlPointSequence[0].GantryAngle", 4),
    ]
    assert [row.end for row in outline.rows] == [1, 2, 3, 14, 9, 6, 9, 9, 9, 14, 11, 14, 14, 14]
    assert [row.parent for row in outline.rows[:7]] == [-1, -1, -1, -1, 3, 4, 4]


def test_lines_open_and_close_and_stay_so_in_the_next_file(outline):
    assert len(outline.visible()) == 4
    outline.toggle(outline.rows[3])
    assert paths(outline)[-2:] == ["BeamSequence[0]", "BeamSequence[1]"]
    outline.rows = tag_rows(PLAN)
    assert len(outline.visible()) == 6
    outline.open_all()
    assert len(outline.visible()) == 14
    outline.close_all()
    assert len(outline.visible()) == 4


@pytest.mark.parametrize(
    "text",
    ["300a,011e", "(300A,011E)", "300A011E", "gantryangle", "Gantry Angle", " gantry  angle "],
)
def test_a_search_keeps_what_leads_to_a_hit(outline, text):
    outline.search(text)
    assert paths(outline) == [
        "BeamSequence",
        "BeamSequence[0]",
        "BeamSequence[0].ControlPointSequence",
        "BeamSequence[0].ControlPointSequence[0]",
        "BeamSequence[0].ControlPointSequence[0].GantryAngle",
        "BeamSequence[1]",
        "BeamSequence[1].ControlPointSequence",
        "BeamSequence[1].ControlPointSequence[0]",
        "BeamSequence[1].ControlPointSequence[0].GantryAngle",
    ]
    assert outline.hits == 2


def test_a_search_finds_values_and_closes_again(outline):
    outline.search("RIGHT")
    assert paths(outline) == ["BeamSequence", "BeamSequence[1]", "BeamSequence[1].BeamName"]
    outline.toggle(outline.rows[3])
    assert paths(outline) == ["BeamSequence"]
    outline.search("no such thing")
    assert (paths(outline), outline.hits) == ([], 0)
    outline.search("  ")
    assert len(outline.visible()) == 4


def test_a_sequence_that_is_found_can_be_looked_into(outline):
    outline.search("beam sequence")
    assert paths(outline) == ["BeamSequence"]
    outline.toggle(outline.rows[3])
    assert paths(outline) == ["BeamSequence", "BeamSequence[0]", "BeamSequence[1]"]


def test_private_elements_can_be_left_out(outline):
    outline.show_private = False
    assert paths(outline) == ["PatientID", "BeamSequence"]
    outline.search("secret")
    assert (paths(outline), outline.hits) == ([], 0)


def test_only_what_differs(outline):
    other = (*PLAN[:3], sequence(BEAMS, *(PLAN[3].items or ())[:1], (element(BEAM_NAME, "Back"),)))
    outline.rows, count = compare_rows(PLAN, other)
    outline.only_differences = True
    assert [(row.path, str(row.difference)) for row in outline.visible()] == [
        ("BeamSequence", "differs inside"),
        ("BeamSequence[1]", "differs inside"),
        ("BeamSequence[1].BeamName", "differs"),
        ("BeamSequence[1].ControlPointSequence", "only here"),
        ("BeamSequence[1].ControlPointSequence[0]", "only here"),
        ("BeamSequence[1].ControlPointSequence[0].GantryAngle", "only here"),
    ]
    assert count == 2
    outline.search("back")
    assert paths(outline)[-1] == "BeamSequence[1].BeamName"
