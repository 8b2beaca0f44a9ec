"""Runs the fits of a training, one after the other, each kept in the work folder: resumable."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.backbone import BackboneSpec
from ml.features import SLICE_READINGS
from ml.lidc import Nodule
from ml.preprocess import PatchSpec
from ml.reading import as_network, read_batch
from ml.training.augment import AugmentSpec
from ml.training.folds import Fit, held_out_rows, training_rows
from ml.training.network import NetworkSpec, make_targets, train_network
from ml.training.patches import PatchSet

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """Everything that decides what a fit becomes."""

    patch: PatchSpec = field(default_factory=PatchSpec)
    backbone: BackboneSpec = field(default_factory=BackboneSpec)
    network: NetworkSpec = field(default_factory=NetworkSpec)
    augment: AugmentSpec = field(default_factory=AugmentSpec)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return {
            "patch": self.patch.to_json(),
            "backbone": self.backbone.to_json(),
            "network": self.network.to_json(),
            "augment": self.augment.to_json(),
        }

    def digest(self) -> str:
        """Return a short name of the settings: a work folder keeps fits of each apart."""
        text = json.dumps(self.to_json(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class FitStore:
    """The finished fits of a work folder.

    Parameters
    ----------
    work : Path
        Made where it does not exist.
    spec : TrainingSpec
    """

    def __init__(self, work: Path, spec: TrainingSpec) -> None:
        self.folder = work / f"fits-{spec.digest()}"
        self.folder.mkdir(parents=True, exist_ok=True)

    def has(self, fit: Fit) -> bool:
        """Tell whether a fit is finished."""
        return (self.folder / f"{fit.name}.json").is_file()

    def weights(self, fit: Fit) -> Path:
        """Return where the weights of a shipped fit lie."""
        return self.folder / f"{fit.name}.weights.h5"

    def seconds(self, fit: Fit) -> float:
        """Return how long a fit took."""
        return float(json.loads((self.folder / f"{fit.name}.json").read_text())["seconds"])

    def readings(self, fit: Fit) -> dict[int, FloatArray]:
        """Return the readings of held-out nodules by row, each (slices, len(SLICE_READINGS))."""
        values = np.load(self.folder / f"{fit.name}.npy", allow_pickle=False)
        rows = values[:, 0].astype(int)
        return {int(row): values[rows == row, 1:] for row in np.unique(rows)}

    def save(
        self, fit: Fit, rows: NDArray[np.int64], read: list[FloatArray], seconds: float
    ) -> None:
        """Keep the readings; the JSON file comes last and says that the fit is finished."""
        column = np.repeat(rows, [len(part) for part in read]).astype(np.float64)
        table = np.concatenate([column[:, None], np.concatenate(read)], axis=1)
        if table.shape[1] != len(SLICE_READINGS) + 1:
            raise ValueError("readings of another network")
        beside = self.folder / f"{fit.name}.part.npy"
        np.save(beside, table, allow_pickle=False)
        beside.replace(self.folder / f"{fit.name}.npy")
        (self.folder / f"{fit.name}.json").write_text(json.dumps({"seconds": round(seconds, 1)}))


def run_fits(
    fits: tuple[Fit, ...],
    nodules: tuple[Nodule, ...],
    patches: PatchSet,
    spec: TrainingSpec,
    store: FitStore,
    tell: Callable[[str], None],
) -> None:
    """Train the fits that the store does not have yet."""
    targets = make_targets(nodules)
    for fit in fits:
        if store.has(fit):
            continue
        started = time.monotonic()
        rows = training_rows(nodules, fit)
        model = train_network(
            patches,
            targets,
            rows,
            spec.backbone,
            spec.network,
            spec.augment,
            fit.seed,
            lambda line, name=fit.name: tell(f"{name}: {line}"),  # type: ignore[misc]
        )
        held = held_out_rows(nodules, fit)
        read = read_batch(as_network(model), [patches.inputs(int(row)) for row in held], spec.patch)
        if fit.shipped:
            model.save_weights(store.weights(fit))
        seconds = time.monotonic() - started
        store.save(fit, held, read, seconds)
        tell(f"{fit.name}: {len(rows)} nodules, {seconds:.0f} s")
