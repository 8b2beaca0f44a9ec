"""Makes small folders in the format of the nodule tiles, and a tiny bundle, without real data."""

import csv
import math
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.backbone import BackboneSpec, build_backbone
from ml.bundle import BundleParts, write_bundle
from ml.calibration import Calibrator, Line
from ml.features import FEATURES
from ml.head import HeadCases, HeadSpec, HeadStart, train_head
from ml.lidc import RATINGS, TILE_PX
from ml.preprocess import PatchSpec

TILES_A_ROW = 8
TINY_PATCH = PatchSpec(size_px=16, spacing_mm=2.0)
TINY_BACKBONE = BackboneSpec(size_px=16, channels=(4, 8), blocks=(1, 1), dense=8)
TINY_START = HeadStart(-0.25, (1.0, 0.5))
TINY_HEAD = HeadSpec(max_rounds=6, early_stopping=3, min_data_in_leaf=2, seeds=1)

SOFT_TISSUE_HU, LUNG_HU, NODULE_HU = 20.0, -860.0, -40.0


def chest_plane_hu(
    shape_yx: tuple[int, int],
    spacing_yx_mm: tuple[float, float],
    centre_yx: tuple[float, float],
    semi_axes_mm: tuple[float, float],
) -> NDArray[np.float32]:
    """Draw an ellipse of soft tissue in lung, with a chest wall 25 mm left of its centre.

    The wall and the ellipse's unequal axes tell rows from columns and left from right.
    """
    rows = (np.arange(shape_yx[0]) - centre_yx[0])[:, None] * spacing_yx_mm[0]
    columns = (np.arange(shape_yx[1]) - centre_yx[1])[None, :] * spacing_yx_mm[1]
    distance = np.hypot(rows / semi_axes_mm[0], columns / semi_axes_mm[1])
    # A soft edge a millimetre or two wide, so that resampling has something smooth to resample.
    inside = 1 / (1 + np.exp(8 * (distance - 1)))
    wall = 1 / (1 + np.exp((columns + 25.0) / 0.7)) * np.ones_like(rows)
    plane = LUNG_HU + inside * (NODULE_HU - LUNG_HU)
    return np.asarray(plane + wall * (SOFT_TISSUE_HU - plane), dtype=np.float32)


def stretched(plane: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Stretch a plane min-max to 8 bit, as the tiles were."""
    low, high = float(plane.min()), float(plane.max())
    return np.round((plane - low) / (high - low) * 255).astype(np.uint8)


class TileFolder:
    """Collects nodules and writes them as a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._nodules: list[dict[str, object]] = []
        self._slices: list[dict[str, object]] = []
        self._images: list[NDArray[np.uint8]] = []
        self._marks: list[NDArray[np.uint8]] = []

    def add(
        self,
        row: Mapping[str, object],
        images: list[NDArray[np.uint8]],
        marks: list[NDArray[np.uint8]] | None = None,
    ) -> None:
        """Add a nodule with its tiles in slice order."""
        self._nodules.append(dict(row))
        for number, image in enumerate(images):
            place = len(self._images)
            self._slices.append(
                {
                    "row": place,
                    "key": row["key"],
                    "slice": number,
                    "n_slices": len(images),
                    "mosaic": place // TILES_A_ROW**2,
                    "tile_row": place % TILES_A_ROW**2 // TILES_A_ROW,
                    "tile_col": place % TILES_A_ROW,
                }
            )
            self._images.append(image)
            self._marks.append(marks[number] if marks else np.zeros_like(image))

    def write(self) -> Path:
        """Write CSV files and mosaics."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_csv(self.folder / "nodules.csv", self._nodules)
        _write_csv(self.folder / "slices.csv", self._slices)
        for kind, tiles in (("images", self._images), ("readers", self._marks)):
            for number in range(math.ceil(len(tiles) / TILES_A_ROW**2)):
                part = tiles[number * TILES_A_ROW**2 : (number + 1) * TILES_A_ROW**2]
                edge = TILES_A_ROW * TILE_PX
                mosaic = np.zeros((edge, edge), np.uint8)
                for place, tile in enumerate(part):
                    top, left = place // TILES_A_ROW * TILE_PX, place % TILES_A_ROW * TILE_PX
                    mosaic[top : top + TILE_PX, left : left + TILE_PX] = tile
                Image.fromarray(mosaic).save(self.folder / f"{kind}_{number:02d}.png")
        return self.folder


def training_folder(folder: Path, patients: int = 20) -> Path:
    """Write a folder of round nodules whose size decides the label, with folds."""
    tiles = TileFolder(folder)
    rng = np.random.default_rng(3)
    for number in range(patients):
        large = number % 2
        radius = 3.0 + 4.0 * large + rng.uniform(-1, 1)
        images, marks = [], []
        for part in (0.6, 1.0, 0.7)[: 1 + number % 3]:
            plane = chest_plane_hu((128, 128), (0.7, 0.7), (64.5, 64.5), (radius * part,) * 2)
            plane += rng.normal(0, 20, plane.shape).astype(np.float32)
            images.append(stretched(plane))
            rows, columns = np.ogrid[:128, :128]
            disc = np.hypot(rows - 64.5, columns - 64.5) * 0.7 <= radius * part
            marks.append((disc * 3).astype(np.uint8))
        label = -1 if number % 7 == 6 else large
        row: dict[str, object] = {
            "key": f"N{number:02d}",
            "patient": f"P{number // 2 if number < 4 else number}",
            "label": label,
            "mal_mean": {1: 4.2, 0: 1.8, -1: 3.0}[label],
            "n_ann": 3,
            "diam_mm": 2 * radius,
            "spacing": 0.7,
            "thickness": 1.0 if number % 2 else 2.5,
            "contrast": (number % 3 == 0 and 1) or 0,
        }
        row |= dict.fromkeys(RATINGS, 3.0)
        for repeat in range(3):
            fold = (number // 4 + repeat) % 5
            row[f"rep{repeat}_fold"] = "" if label < 0 else float(fold)
        tiles.add(row, images, marks)
    return tiles.write()


def tiny_parts(seed: int = 5, members: int = 2) -> BundleParts:
    """Return a bundle's parts: networks with random weights and a head of a few trees."""
    import keras

    weights = []
    for number in range(members):
        keras.utils.set_random_seed(seed + number)
        model = build_backbone(TINY_BACKBONE)
        weights.append(_weights_bytes(model))
    return BundleParts(
        name="tiny",
        version="0",
        patch=TINY_PATCH,
        backbone=TINY_BACKBONE,
        member_weights=tuple(weights),
        head_texts=(tiny_head_text(seed),),
        head_start=TINY_START,
        calibrator=Calibrator(Line(1.5, -0.25), (Line(1.4, -0.3), Line(1.6, -0.2))),
        card="# Tiny\n",
        metrics={"groups": {}},
        about={"meaning": "a test"},
    )


def tiny_head_text(seed: int = 5) -> str:
    """Return the text of a head trained on random features."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(80, len(FEATURES)))
    labels = (features[:, 0] + 2 * np.sign(features[:, 3]) > 0).astype(int)
    patients = np.array([f"P{row // 2}" for row in range(80)])
    return train_head(HeadCases(features, labels, patients), TINY_START, TINY_HEAD, seed)


def hostile_head_text(text: str, name: str, value: str) -> str:
    """Put other values into the first tree of a LightGBM text, with tree_sizes made to fit."""
    old = re.search(rf"^{name}=(.*)$", text, re.MULTILINE)
    sizes = re.search(r"^tree_sizes=(\d+)", text, re.MULTILINE)
    assert old
    assert sizes
    grown = int(sizes.group(1)) + len(value) - len(old.group(1))
    changed = text.replace(f"{name}={old.group(1)}\n", f"{name}={value}\n", 1)
    return changed.replace(f"tree_sizes={sizes.group(1)}", f"tree_sizes={grown}", 1)


def write_tiny_bundle(folder: Path) -> Path:
    """Write the tiny bundle."""
    return write_bundle(folder, tiny_parts())


def _weights_bytes(model: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.weights.h5"
        model.save_weights(path)
        return path.read_bytes()


def _write_csv(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
