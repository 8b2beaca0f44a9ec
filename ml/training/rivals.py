"""Published out-of-fold scores of other models on the same folds, where the folder has them."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.lidc import REPEATS

RIVALS = {"densenet121": "DenseNet-121", "vit_small": "ViT-S", "efficientnet_b0": "EfficientNet-B0"}
"""Columns repN_<name> of nodules.csv, and what to call them."""


def read_rivals(folder: Path, keys: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Read the scores of each rival that has one for every nodule.

    Parameters
    ----------
    folder : Path
        With nodules.csv.
    keys : sequence of str
        The nodules, in the order of the result.

    Returns
    -------
    dict of str to ndarray, shape (REPEATS, len(keys))
    """
    with (folder / "nodules.csv").open(newline="", encoding="utf-8") as stream:
        rows = {row["key"]: row for row in csv.DictReader(stream)}
    found = {}
    for name, title in RIVALS.items():
        columns = [f"rep{repeat}_{name}" for repeat in range(REPEATS)]
        values = np.array(
            [[float(rows[key].get(column) or math.nan) for key in keys] for column in columns]
        )
        if values.size and np.isfinite(values).all():
            found[title] = values
    return found
