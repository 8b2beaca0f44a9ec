"""Installed models are listed from their manifests and found by name."""

import json
from pathlib import Path

import pytest

from viewer.core.model_catalog import NoModelError, find_model, list_models


def write_manifest(parent: Path, folder: str, **values: object) -> Path:
    path = parent / folder
    path.mkdir(parents=True)
    (path / "manifest.json").write_text(json.dumps(values), encoding="utf-8")
    return path


def test_models_of_several_folders_newest_first(tmp_path: Path) -> None:
    write_manifest(tmp_path / "own", "b", name="lung", version="9")
    write_manifest(tmp_path / "shipped", "a", name="lung", version="10", meaning="what it is")
    write_manifest(tmp_path / "shipped", "c", name="heart", version="1")
    found = list_models([tmp_path / "own", tmp_path / "shipped", tmp_path / "nowhere"])
    assert [(entry.name, entry.version) for entry in found] == [
        ("heart", "1"), ("lung", "10"), ("lung", "9"),
    ]  # fmt: skip
    assert found[1].meaning == "what it is"


def test_what_is_no_model_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("x", encoding="utf-8")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_bytes(b"{\xff")
    write_manifest(tmp_path, "nameless", version="1")
    write_manifest(tmp_path, "list", name=["x"])
    assert list_models([tmp_path]) == ()


def test_a_model_is_found_by_name_version_or_folder(tmp_path: Path) -> None:
    old = write_manifest(tmp_path, "first", name="lung", version="1")
    new = write_manifest(tmp_path, "second", name="lung", version="2")
    assert find_model([tmp_path]).folder == new
    assert find_model([tmp_path], "lung").folder == new
    assert find_model([tmp_path], "lung-1").folder == old
    assert find_model([tmp_path], "first").folder == old


def test_none_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoModelError) as caught:
        find_model([tmp_path])
    assert "manifest.json" in caught.value.what_to_do
    write_manifest(tmp_path, "first", name="lung", version="1")
    with pytest.raises(NoModelError, match=r"no model is called 'liver'.*lung"):
        find_model([tmp_path], "liver")
