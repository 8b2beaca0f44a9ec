"""What tells series apart that are called the same."""

from dataclasses import replace

from tests.support.volumes import make_volume
from viewer.app.series_names import series_title, told_apart
from viewer.core.study import FrameRef, Series

STACK = make_volume().stack


def named(uid: str, path: str, description="mese", time="", image_type=()) -> Series:
    frame = FrameRef(path, "", 0, "1", 1, None)
    labels = replace(STACK.labels, time=time)
    stack = replace(STACK, frames=(frame,), labels=labels, image_type=image_type)
    return Series(uid, "MR", "4", description, (stack,))


def test_a_title_has_a_number_and_a_name():
    series = named("1", "a/x.dcm")
    assert series_title(series) == "4 mese"
    assert series_title(replace(series, description="")) == "4 MR"
    assert series_title(replace(series, number="", description="", modality="")) == "Series"


def test_time_goes_before_image_type_before_folder_before_file():
    other = named("9", "b/y.dcm", "t1")
    times = [named("1", "a/x", time="090000"), named("2", "b/x", time="091500.5"), other]
    assert told_apart(times) == {"1": "09:00:00", "2": "09:15:00"}
    kinds = [
        named("1", "a/x", image_type=("DERIVED", "PRIMARY", "W")),
        named("2", "b/x", image_type=("DERIVED", "PRIMARY", "F", "NORM")),
    ]
    assert told_apart(kinds) == {"1": "W", "2": "F NORM"}
    folders = [named("1", "s/b1/i"), named("2", "s/ff/i"), named("3", "s/t2/i")]
    assert told_apart(folders) == {"1": "folder b1", "2": "folder ff", "3": "folder t2"}
    assert told_apart([named("1", "i1.dcm"), named("2", "i2.dcm")]) == {
        "1": "file i1.dcm",
        "2": "file i2.dcm",
    }


def test_where_nothing_alone_is_enough_all_that_differs_is_named():
    series = [
        named("1", "a/x", time="090000"),
        named("2", "b/x", time="090000"),
        named("3", "b/x", time="100000"),
    ]
    assert told_apart(series) == {
        "1": "09:00:00, folder a",
        "2": "09:00:00, folder b",
        "3": "10:00:00, folder b",
    }


def test_what_nothing_tells_apart_stays_as_it_is():
    assert told_apart([named("1", "a/x"), named("2", "a/x")]) == {}
    assert told_apart([named("1", "a/x")]) == {}
