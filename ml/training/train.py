"""The whole training: fits, out-of-fold scores and figures, shipped head, bundle with its card."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ml.bundle import BundleParts, read_bundle, write_bundle
from ml.calibration import fit_calibrator, sigmoid
from ml.head import HeadSpec
from ml.lidc import REPEATS, Nodule, read_nodules
from ml.native import import_tensorflow
from ml.score import write_csv
from ml.training.card import write_card
from ml.training.crossfit import OutOfFold, out_of_fold, shipped_heads
from ml.training.fits import FitStore, TrainingSpec, run_fits
from ml.training.folds import FOLDS, Fit, all_fits, check_folds, shipped_fit
from ml.training.metrics import BOOTSTRAP, Cases, all_figures
from ml.training.patches import make_patches
from ml.training.rivals import read_rivals
from ml.training.sizes import measure_sizes, size_figures, table
from viewer.core.errors import ViewerError

Tell = Callable[[str], None]

NAME, VERSION = "lung-nodule", "1"
CALIBRATION_LINES = 200
CALIBRATION_SEED = 7
COMMAND = "python -m ml train --nodules DIR --work DIR --out BUNDLE"
ATTRIBUTION = (
    "LIDC-IDRI: Armato SG 3rd et al., The Lung Image Database Consortium (LIDC) and Image Database "
    "Resource Initiative (IDRI): a completed reference database of lung nodules on CT scans. "
    "Medical Physics 38:915-931, 2011. The Cancer Imaging Archive. CC BY 3.0."
)


class TrainingError(ViewerError):
    """A training that cannot go on."""


def train(
    folder: Path,
    work: Path,
    out: Path,
    *,
    threads: int,
    part: tuple[int, int] | None,
    comparison: Path | None,
    tell: Tell,
    spec: TrainingSpec | None = None,
    head: HeadSpec | None = None,
    draws: int = BOOTSTRAP,
) -> None:
    """Train what the work folder does not have yet, and write the bundle.

    Parameters
    ----------
    folder, work, out : Path
        Nodule tiles, work folder, bundle.
    threads : int
        Of TensorFlow and OpenCV.
    part : tuple of int, optional
        (i, n): only the fits i, i + n, ...; no bundle.
    comparison : Path, optional
        Text for the card.
    tell : callable
        Is told lines of progress.
    spec, head : TrainingSpec, HeadSpec, optional
        Other settings than the shipped ones (tests).
    draws : int
        Resamplings of patients for the intervals of the figures.
    """
    spec, head = spec or TrainingSpec(), head or HeadSpec()
    nodules = read_nodules(folder)
    check_folds(nodules)
    _limit_threads(threads)
    store = FitStore(work, spec)
    fits = all_fits() if part is None else all_fits()[part[0] :: part[1]]
    if not all(store.has(fit) for fit in fits):
        patches = make_patches(folder, nodules, spec.patch)
        run_fits(fits, nodules, patches, spec, store, tell)
    if part is not None:
        return
    scores = out_of_fold(nodules, store, head, tell)
    _write_scores(work / "out_of_fold.csv", nodules, scores)
    cases = Cases.of(nodules, scores)
    mean_raw = scores.raw.mean(axis=(0, 2))
    calibrator = fit_calibrator(
        mean_raw, cases.label, cases.patient, CALIBRATION_LINES, CALIBRATION_SEED
    )
    keys = [nodules[row].key for row in scores.rows]
    figures = all_figures(cases, scores, read_rivals(folder, keys), calibrator, draws)
    figures["sizes"] = size_figures(measure_sizes(folder, nodules, store, spec, head, tell))
    figures["comparison"] = comparison.read_text(encoding="utf-8") if comparison else ""
    figures["seconds_of_fits"] = {fit.name: store.seconds(fit) for fit in all_fits()}
    about = _about(nodules, spec, head)
    heads = shipped_heads(nodules, store, head)
    parts = BundleParts(
        name=NAME,
        version=VERSION,
        patch=spec.patch,
        backbone=spec.backbone,
        member_weights=tuple(store.weights(shipped_fit(i)).read_bytes() for i in range(FOLDS)),
        head_texts=tuple(item.text for item in heads),
        head_start=heads[0].start,
        calibrator=calibrator,
        card=write_card(about, figures),
        metrics=figures,
        about=about,
    )
    read_bundle(write_bundle(out, parts))
    tell(f"bundle written: {out}")


def evaluate(folder: Path, work: Path, out: Path, tell: Tell) -> None:
    """Write the out-of-fold scores of a finished training as key, rep, score.

    Raises
    ------
    TrainingError
        A fit is missing.
    """
    spec = TrainingSpec()
    nodules = read_nodules(folder)
    check_folds(nodules)
    store = FitStore(work, spec)
    _check_trained(store, tuple(fit for fit in all_fits() if not fit.shipped))
    _write_scores(out, nodules, out_of_fold(nodules, store, HeadSpec(), tell))


def measure_large(folder: Path, work: Path, tell: Tell) -> str:
    """Return the Markdown table of how large nodules score in a finished training.

    Raises
    ------
    TrainingError
        A fit is missing.
    """
    spec = TrainingSpec()
    nodules = read_nodules(folder)
    check_folds(nodules)
    store = FitStore(work, spec)
    _check_trained(store, all_fits())
    import_tensorflow()
    return table(size_figures(measure_sizes(folder, nodules, store, spec, HeadSpec(), tell)))


def _check_trained(store: FitStore, fits: tuple[Fit, ...]) -> None:
    missing = [fit.name for fit in fits if not store.has(fit)]
    if missing:
        raise TrainingError(
            "The training cannot be evaluated",
            f"{len(missing)} networks are not trained yet, the first is {missing[0]}",
            "Run the train command first",
        )


def _write_scores(path: Path, nodules: tuple[Nodule, ...], scores: OutOfFold) -> None:
    chances = sigmoid(scores.raw.mean(axis=2))
    write_csv(
        path,
        ("key", "rep", "score"),
        (
            (nodules[row].key, repeat, f"{chances[repeat, place]:.8f}")
            for repeat in range(REPEATS)
            for place, row in enumerate(scores.rows)
        ),
    )


def _limit_threads(threads: int) -> None:
    import cv2

    import_tensorflow()
    import tensorflow as tf

    cv2.setNumThreads(threads)
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        return  # TensorFlow runs already in this process, with the threads it has


def _about(nodules: tuple[Nodule, ...], spec: TrainingSpec, head: HeadSpec) -> dict[str, Any]:
    labelled = [nodule for nodule in nodules if nodule.label >= 0]
    diameters = np.array([nodule.diameter_mm for nodule in labelled])
    settings = spec.to_json()
    return {
        "version": VERSION,
        "preprocessing": settings["patch"],
        "parameters": spec.backbone.parameters(),
        "calibration_lines": CALIBRATION_LINES,
        "meaning": "reader-rated malignancy, learnt from LIDC-IDRI",
        "not_meaning": "not a probability of cancer, not a diagnosis",
        "cohort": {
            "source": ATTRIBUTION,
            "nodules": len(nodules),
            "patients": len({nodule.patient for nodule in nodules}),
            "labelled_nodules": len(labelled),
            "labelled_patients": len({nodule.patient for nodule in labelled}),
            "rated_malignant": sum(nodule.label for nodule in labelled),
            "rated_benign": sum(1 - nodule.label for nodule in labelled),
            "diameter_mm_quartiles": np.round(
                np.percentile(diameters, (0, 25, 50, 75, 100)), 1
            ).tolist(),
        },
        "licences": {"data": ATTRIBUTION, "model": "MIT, with the attribution above"},
        "training": {
            "command": COMMAND,
            "network": settings["network"],
            "augment": settings["augment"],
            "head": head.to_json(),
            "settings": spec.digest(),
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in ("keras", "tensorflow", "lightgbm", "numpy")},
            },
        },
    }
