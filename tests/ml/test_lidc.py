"""Folders of nodule tiles: what is read, what is deliberately not, and how bad ones are refused."""

import csv
from pathlib import Path

import numpy as np
import pytest

from ml.lidc import TILE_PX as EDGE
from ml.lidc import NoduleFolderError, TilePlace, TileReader, read_nodules
from tests.support.nodule_tiles import TileFolder


def write_folder(folder: Path, **columns: object) -> Path:
    tiles = TileFolder(folder)
    images = [np.full((EDGE, EDGE), value, np.uint8) for value in (10, 20, 30)]
    marks = [np.full((EDGE, EDGE), value, np.uint8) for value in (1, 2, 3)]
    tiles.add({"key": "A", "spacing": 0.5, **columns}, images, marks)
    tiles.add({"key": "B", "spacing": 0.8, **columns}, [np.full((EDGE, EDGE), 40, np.uint8)])
    return tiles.write()


def test_only_key_and_spacing_are_needed(tmp_path: Path) -> None:
    first, second = read_nodules(write_folder(tmp_path))
    assert (first.key, first.spacing_mm, len(first.tiles)) == ("A", 0.5, 3)
    assert (second.key, second.label, second.folds) == ("B", -1, (-1, -1, -1))
    assert np.isnan(second.diameter_mm)


def test_tiles_come_in_slice_order_with_their_reader_marks(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    with (folder / "slices.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    with (folder / "slices.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(reversed(rows))
    nodule = read_nodules(folder)[0]
    reader = TileReader(folder)
    assert [int(reader.image(place)[0, 0]) for place in nodule.tiles] == [10, 20, 30]
    assert [int(reader.readers(place)[5, 9]) for place in nodule.tiles] == [1, 2, 3]


def test_what_training_may_know_is_read(tmp_path: Path) -> None:
    columns = {
        "patient": "P",
        "label": 1,
        "mal_mean": 4.5,
        "rep1_fold": 3.0,
        "margin": 2,
        "n_ann": 4,
    }
    nodule = read_nodules(write_folder(tmp_path, **columns))[0]
    assert (nodule.patient, nodule.label, nodule.malignancy_mean) == ("P", 1, 4.5)
    assert (nodule.folds, nodule.readers, nodule.ratings[3]) == ((-1, 3, -1), 4, 2.0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"spacing": ""}, "spacing"),
        ({"spacing": "0"}, "spacing"),
        ({"spacing": "inf"}, "not a number"),
        ({"spacing": "wide"}, "not a number"),
        ({"label": "x"}, "not a number"),
    ],
)
def test_bad_numbers_are_refused(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    with pytest.raises(NoduleFolderError, match=reason):
        read_nodules(write_folder(tmp_path, **change))


def test_missing_parts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoduleFolderError, match=r"slices\.csv"):
        read_nodules(tmp_path)
    folder = write_folder(tmp_path)
    (folder / "slices.csv").write_text("key,slice,mosaic,tile_row,tile_col\nA,0,0,0,0\n")
    with pytest.raises(NoduleFolderError, match="B has no slice"):
        read_nodules(folder)
    (folder / "slices.csv").write_text("key,slice\nA,0\n")
    with pytest.raises(NoduleFolderError, match="no column mosaic"):
        read_nodules(folder)


def test_bad_mosaics_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    with pytest.raises(NoduleFolderError, match="outside"):
        TileReader(folder).image(TilePlace(0, 8, 0))
    with pytest.raises(NoduleFolderError, match="images_07"):
        TileReader(folder).image(TilePlace(7, 0, 0))
    (folder / "images_00.png").write_bytes(b"no picture")
    with pytest.raises(NoduleFolderError, match="images_00"):
        TileReader(folder).image(TilePlace(0, 0, 0))
