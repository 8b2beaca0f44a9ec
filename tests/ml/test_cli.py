"""`python -m ml`: from a folder of tiles to a bundle and scores, on tiny data."""

import csv
from pathlib import Path

import numpy as np
import pytest

from ml.bundle import read_bundle
from ml.cli import main
from ml.lidc import read_nodules
from ml.training.augment import AugmentSpec, draw_batch
from ml.training.fits import FitStore, TrainingSpec
from ml.training.folds import all_fits
from ml.training.network import NetworkSpec
from ml.training.patches import make_patches
from ml.training.train import train
from tests.support.nodule_tiles import (
    TINY_BACKBONE,
    TINY_HEAD,
    TINY_PATCH,
    TileFolder,
    training_folder,
)

TINY_TRAINING = TrainingSpec(
    patch=TINY_PATCH, backbone=TINY_BACKBONE, network=NetworkSpec(epochs=1, batch=8)
)


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_score_writes_every_nodule_and_ignores_what_readers_said(
    tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = training_folder(tmp_path / "tiles")
    rows = []
    for name in ("with", "without"):
        if name == "without":
            bare = [
                {k: row[k] for k in ("key", "spacing")}
                for row in read_table(folder / "nodules.csv")
            ]
            with (folder / "nodules.csv").open("w", newline="", encoding="utf-8") as stream:
                writer = csv.DictWriter(stream, ["key", "spacing"])
                writer.writeheader()
                writer.writerows(bare)
        out = tmp_path / f"{name}.csv"
        arguments = [
            "score",
            "--nodules",
            str(folder),
            "--model",
            str(tiny_bundle),
            "--out",
            str(out),
        ]
        assert main(arguments) == 0
        rows.append(read_table(out))
    assert rows[0] == rows[1]
    assert list(rows[0][0]) == ["key", "score", "low", "high"]
    assert len(rows[0]) == 20
    assert all(float(row["low"]) <= float(row["score"]) <= float(row["high"]) for row in rows[0])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["score", "--nodules", "nowhere", "--model", "{bundle}", "--out", "a.csv"],
        ["score", "--nodules", "nowhere", "--model", "nowhere", "--out", "a.csv"],
        ["evaluate", "--nodules", "{tiles}", "--work", "{work}", "--out", "a.csv"],
        ["sizes", "--nodules", "{tiles}", "--work", "{work}"],
        ["train", "--nodules", "nowhere", "--work", "{work}", "--out", "b"],
    ],
)
def test_a_users_error_is_one_line_and_exit_2(
    arguments: list[str],
    tiny_bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {
        "bundle": tiny_bundle,
        "tiles": training_folder(tmp_path / "tiles"),
        "work": tmp_path / "work",
    }
    assert main([argument.format(**places) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("ml: ")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("part", ["2", "2/2", "-1/2", "a/b"])
def test_a_part_that_is_none_is_refused(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["train", "--nodules", "a", "--work", "b", "--out", "c", "--part", part])
    assert caught.value.code == 2
    assert "I/N" in capsys.readouterr().err


@pytest.mark.timeout(240)
def test_a_training_is_resumed_and_ends_in_a_bundle(tmp_path: Path) -> None:
    folder = training_folder(tmp_path / "tiles")
    work, out = tmp_path / "work", tmp_path / "bundle"
    store = FitStore(work, TINY_TRAINING)
    nodules = read_nodules(folder)
    fake_fits(store, nodules, skip=1)
    lines: list[str] = []
    train(
        folder, work, out, threads=1, part=None, comparison=None, tell=lines.append,
        spec=TINY_TRAINING, head=TINY_HEAD, draws=20,
    )  # fmt: skip
    assert sum(": epoch" in line for line in lines) == 1  # only the missing network was trained
    bundle = read_bundle(out)
    assert "| all sizes |" in bundle.card
    assert "CC BY 3.0" in bundle.card
    assert bundle.metrics["compared"]["all sizes"]["constant"]["auc"] == 0.5
    scores = read_table(work / "out_of_fold.csv")
    labelled = [nodule for nodule in nodules if nodule.label >= 0]
    assert len(scores) == 3 * len(labelled)


def fake_fits(store: FitStore, nodules: tuple, skip: int) -> None:
    """Fill a store with weights and readings that know something, but for the last `skip`."""
    from ml.backbone import build_backbone
    from ml.features import SLICE_READINGS
    from ml.training.folds import held_out_rows

    model = build_backbone(TINY_BACKBONE)
    rng = np.random.default_rng(0)
    for fit in all_fits()[:-skip]:
        rows = held_out_rows(nodules, fit)
        read = []
        for row in rows:
            table = rng.normal(size=(len(nodules[row].tiles), len(SLICE_READINGS)))
            table[:, 0] += 4 * nodules[row].label
            read.append(table)
        if fit.shipped:
            model.save_weights(store.weights(fit))
        store.save(fit, rows, read, 1.0)


def test_random_views_follow_their_seed_and_keep_size(tmp_path: Path) -> None:
    folder = training_folder(tmp_path / "tiles")
    nodules = read_nodules(folder)
    patches = make_patches(folder, nodules, TINY_PATCH)
    rows = np.array([1, 3, 5, 7] * 20)
    batch = draw_batch(patches, rows, AugmentSpec(), np.random.default_rng(1))
    again = draw_batch(patches, rows, AugmentSpec(), np.random.default_rng(1))
    np.testing.assert_array_equal(batch.inputs, again.inputs)
    assert np.abs(batch.inputs[0] - batch.inputs[4]).max() > 0.1
    # The marked area grows with the square of the scale that the batch reports.
    area = batch.marks.sum(axis=(1, 2, 3))
    large, small = batch.log_scale > 0.05, batch.log_scale < -0.05
    assert area[large].mean() / area[small].mean() == pytest.approx(np.exp(0.3), rel=0.25)


def test_the_shipped_bundle_is_sound_and_says_what_it_is() -> None:
    from viewer.paths import resources_dir

    bundle = read_bundle(resources_dir() / "models" / "lung-nodule-1")
    assert bundle.manifest["meaning"] == "reader-rated malignancy, learnt from LIDC-IDRI"
    assert "not a probability of cancer" in bundle.card
    assert "Armato" in bundle.card
    assert bundle.metrics["groups"]["all sizes"]["nodules"] == 1433
    assert bundle.metrics["groups"]["all sizes"]["auc"] > 0.9


def test_an_unused_calibration_column_changes_nothing(tmp_path: Path) -> None:
    plain = TileFolder(tmp_path / "a")
    image = np.arange(128 * 128, dtype=np.uint8).reshape(128, 128)
    plain.add({"key": "A", "spacing": 0.7}, [image])
    (before,) = read_nodules(plain.write())
    table = (tmp_path / "a" / "slices.csv").read_text().splitlines()
    table = [table[0] + ",hu_slope,hu_intercept", *(line + ",9.5,-1024" for line in table[1:])]
    (tmp_path / "a" / "slices.csv").write_text("\n".join(table) + "\n")
    (after,) = read_nodules(tmp_path / "a")
    assert repr(before) == repr(after)
