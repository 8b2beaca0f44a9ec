"""Last looks at studies: kept in order, bounded, without names; damage is told once."""

import json
import multiprocessing

import pytest

from viewer.store.views import FILE_NAME, MAX_STUDIES, KeptStudy, KeptView, KeptWindow, ViewStore

VIEW = KeptView(
    series_uid="1.2.3",
    stack=1,
    orientation="coronal",
    index=17,
    zoom=2.5,
    pan_uv_mm=(3.0, -4.0),
    turns=3,
    mirrored=True,
    slab_mode="mip",
    slab_mm=12.0,
    rotation=((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)),
    alone=True,
    preset="lung",
    window=KeptWindow(1500.0, -600.0, "LINEAR_EXACT"),
    inverted=True,
)


def study(uid):
    return KeptStudy(
        study_uid=uid,
        layout="1x2",
        active="1",
        views={"1": VIEW},
        crosshair=("1.2.3", 1, (1, 2, 3)),
    )


def test_what_was_kept_is_found(tmp_path):
    ViewStore(tmp_path / "new").keep(study("1.1"))
    assert ViewStore(tmp_path / "new").find("1.1") == study("1.1")
    assert ViewStore(tmp_path / "new").find("1.2") is None
    assert ViewStore(tmp_path / "new").find("") is None


def test_the_file_is_for_its_owner_only(tmp_path):
    ViewStore(tmp_path).keep(study("1.1"))
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_the_oldest_give_way(tmp_path):
    store = ViewStore(tmp_path)
    for n in range(MAX_STUDIES + 3):
        store.keep(study(f"1.{n}"))
    store.keep(study("1.5"))
    kept = json.loads((tmp_path / FILE_NAME).read_bytes())["studies"]
    assert len(kept) == MAX_STUDIES
    assert [kept[0]["study_uid"], kept[1]["study_uid"]] == ["1.5", f"1.{MAX_STUDIES + 2}"]


@pytest.mark.parametrize(
    "changes",
    [
        {"zoom": 0},
        {"zoom": -1},
        {"index": -3},
        {"turns": 4},
        {"slab_mm": 0},
        {"pan_uv_mm": [1]},
        {"stack": "x"},
        {"rotation": [[1]]},
        {"window": {"width": 0, "center": 1, "function": "LINEAR"}},
    ],
)
def test_an_entry_that_cannot_be_is_left_out_and_no_other(tmp_path, changes):
    store = ViewStore(tmp_path)
    store.keep(study("1.1"))
    store.keep(study("1.2"))
    content = json.loads((tmp_path / FILE_NAME).read_bytes())
    content["studies"][0]["views"]["1"].update(changes)
    (tmp_path / FILE_NAME).write_text(json.dumps(content))
    assert store.find("1.2") is None
    assert store.find("1.1") == study("1.1")


@pytest.mark.expects_log_warnings
@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_kept_aside(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    assert ViewStore(tmp_path).find("1.1") is None
    assert (tmp_path / "views.damaged.json").read_bytes() == content


def keep_many(folder, name):
    store = ViewStore(folder)
    for n in range(10):
        store.keep(study(f"{name}.{n}"), study("9.9"))


def test_two_programs_on_one_folder_lose_nothing(tmp_path):
    """Each in its own process, as two windows of the program are."""
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=keep_many, args=(tmp_path, name)) for name in ("1", "2")]
    for process in both:
        process.start()
    seen = 0
    while any(process.is_alive() for process in both):
        content = tmp_path / FILE_NAME
        if content.exists():  # never half a file
            seen = max(seen, len(json.loads(content.read_bytes())["studies"]))
    for process in both:
        process.join()
        assert process.exitcode == 0
    store = ViewStore(tmp_path)
    assert all(store.find(f"{name}.{n}") for name in "12" for n in range(10))
    assert len(json.loads((tmp_path / FILE_NAME).read_bytes())["studies"]) == 21
    assert not list(tmp_path.glob("*.damaged*"))
    assert not list(tmp_path.glob("*.part"))
