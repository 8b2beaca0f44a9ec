"""Trains one network on the nodules it is given, and lets it read nodules it has not seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml.backbone import BackboneSpec, build_backbone
from ml.features import LOG_DIAMETER_MEAN, LOG_DIAMETER_SCALE
from ml.lidc import RATINGS, Nodule
from ml.training.augment import AugmentSpec, Batch, draw_batch
from ml.training.patches import PatchSet

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

FloatArray = NDArray[np.float64]

RATING_MEANS = (3.65, 5.66, 3.75, 3.83, 1.60, 1.52, 4.27)
RATING_SCALES = (1.07, 0.88, 0.78, 1.10, 0.82, 0.83, 1.17)
"""Moments of `RATINGS` over LIDC-IDRI, rounded: targets of the same size as each other."""
MOST_READERS = 4


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """How a network is trained.

    Attributes
    ----------
    epochs, batch : int
        An epoch shows one random view of each nodule.
    rate, weight_decay : float
        AdamW with a warm start over the first twelfth and a cosine end.
    weight_malignancy, weight_ratings, weight_map : float
        Of the three losses: cross-entropy with the mean reader malignancy, squares of the other
        readings, cross-entropy of the map.
    """

    epochs: int = 60
    batch: int = 64
    rate: float = 2e-3
    weight_decay: float = 1e-3
    weight_malignancy: float = 4.0
    weight_ratings: float = 0.3
    weight_map: float = 3.0

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What readers said, for all nodules of a folder.

    Attributes
    ----------
    readings : ndarray, shape (n, 1 + len(RATINGS) + 1)
        Mean malignancy scaled to 0..1, standardised ratings, standardised log diameter.
    weight : ndarray, shape (n,)
        Square root of the number of readers (at most four), near 1.
    """

    readings: NDArray[np.float32]
    weight: NDArray[np.float32]


def make_targets(nodules: tuple[Nodule, ...]) -> Targets:
    """Gather the targets; an unknown rating or diameter takes the mean."""
    malignancy = np.array([(nodule.malignancy_mean - 1) / 4 for nodule in nodules])
    ratings = np.array([nodule.ratings for nodule in nodules]).reshape(-1, len(RATINGS))
    ratings = (ratings - RATING_MEANS) / RATING_SCALES
    diameter = np.log(np.array([nodule.diameter_mm for nodule in nodules]))
    size = (diameter - LOG_DIAMETER_MEAN) / LOG_DIAMETER_SCALE
    known = np.nan_to_num(np.column_stack([malignancy, ratings, size]))
    readers = np.array([min(max(nodule.readers, 1), MOST_READERS) for nodule in nodules])
    return Targets(known.astype(np.float32), (np.sqrt(readers) / 1.5).astype(np.float32))


def train_network(
    patches: PatchSet,
    targets: Targets,
    rows: NDArray[np.int64],
    backbone: BackboneSpec,
    spec: NetworkSpec,
    augment: AugmentSpec,
    seed: int,
    progress: Callable[[str], None],
) -> keras.Model:
    """Train a network on the nodules `rows`.

    Parameters
    ----------
    patches, targets : PatchSet, Targets
        Of the whole folder.
    rows : ndarray of int
        Nodules that may be seen.
    backbone, spec, augment : specs
    seed : int
        Of the start values and of every random view.
    progress : callable
        Is told a line after each epoch.
    """
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_backbone(backbone)
    steps = max(1, len(rows) // spec.batch)
    schedule = keras.optimizers.schedules.CosineDecay(
        spec.rate / 20,
        max(1, spec.epochs * steps * 11 // 12),
        alpha=0.01,
        warmup_target=spec.rate,
        warmup_steps=max(1, spec.epochs * steps // 12),
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=spec.weight_decay)
    optimizer.build(model.trainable_variables)
    step = tf.function(_step_of(model, optimizer, spec), reduce_retracing=True)
    for epoch in range(spec.epochs):
        order = rng.permutation(rows)
        losses = []
        for start in range(steps):
            chosen = order[start * spec.batch : (start + 1) * spec.batch]
            batch = draw_batch(patches, chosen, augment, rng)
            losses.append(float(step(*_tensors(batch, targets, chosen))))
        progress(f"epoch {epoch + 1} of {spec.epochs}: loss {np.mean(losses):.4f}")
        if not math.isfinite(losses[-1]):
            raise FloatingPointError("the loss is not finite")
    return model


def _tensors(batch: Batch, targets: Targets, chosen: NDArray[np.int64]) -> list[tf.Tensor]:
    import tensorflow as tf

    readings = targets.readings[chosen].copy()
    readings[:, -1] += batch.log_scale / LOG_DIAMETER_SCALE
    arrays = (batch.inputs, batch.marks, readings, targets.weight[chosen])
    return [tf.constant(array) for array in arrays]


def _step_of(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, spec: NetworkSpec
) -> Callable[..., Any]:
    import tensorflow as tf

    entropy = tf.nn.sigmoid_cross_entropy_with_logits

    def step(
        inputs: tf.Tensor, marks: tf.Tensor, readings: tf.Tensor, weight: tf.Tensor
    ) -> tf.Tensor:
        with tf.GradientTape() as tape:
            answer, place = model(inputs, training=True)
            malignancy = entropy(readings[:, 0], answer[:, 0])
            others = tf.reduce_mean((answer[:, 1:] - readings[:, 1:]) ** 2, axis=1)
            where = tf.reduce_mean(entropy(marks, place), axis=(1, 2, 3))
            loss = tf.reduce_mean(
                weight * (spec.weight_malignancy * malignancy + spec.weight_ratings * others)
                + spec.weight_map * where
            )
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    return step
