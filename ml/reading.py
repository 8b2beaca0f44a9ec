"""Lets networks read the slices of nodules, averaged over flips and quarter turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml.features import slice_readings
from ml.preprocess import NEIGHBOURS, PatchSpec

if TYPE_CHECKING:
    import keras

FloatArray = NDArray[np.float64]

VIEWS = 8
"""Views of a slice: four quarter turns, each as it is and with left-right and the order flipped."""
Network = Callable[[NDArray[np.float32]], tuple[NDArray[Any], NDArray[Any]]]
"""(n, size, size, NEIGHBOURS) to readings and map logits, see `ml.backbone.build_backbone`."""


def turned(inputs: NDArray[np.float32], view: int) -> NDArray[np.float32]:
    """Return one of the `VIEWS` of inputs of shape (n, y, x, NEIGHBOURS)."""
    rotated = np.rot90(inputs, view % 4, axes=(1, 2))
    return np.ascontiguousarray(rotated[:, :, ::-1, ::-1] if view >= VIEWS // 2 else rotated)


def as_network(model: keras.Model) -> Network:
    """Compile a Keras model once for every batch size."""
    import tensorflow as tf

    size = model.input_shape[1]
    call = tf.function(
        lambda inputs: model(inputs, training=False),
        input_signature=[tf.TensorSpec((None, size, size, NEIGHBOURS), tf.float32)],
    )

    def network(inputs: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[Any]]:
        readings, place = call(tf.constant(inputs))
        return readings.numpy(), place.numpy()

    return network


def read_batch(
    network: Network, nodules: Sequence[NDArray[np.float32]], spec: PatchSpec, batch: int = 256
) -> list[FloatArray]:
    """Read the slices of several nodules.

    Parameters
    ----------
    network : Network
    nodules : sequence of ndarray, each of shape (slices, size, size, NEIGHBOURS)
    spec : PatchSpec
    batch : int
        Most inputs in one call of the network.

    Returns
    -------
    list of ndarray, each of shape (slices, len(SLICE_READINGS))
        Means over the views.
    """
    inputs = np.concatenate(list(nodules))
    total: FloatArray | None = None
    for view in range(VIEWS):
        rows = []
        for start in range(0, len(inputs), batch):
            readings, place = network(turned(inputs[start : start + batch], view))
            rows.append(slice_readings(readings, place, spec))
        seen = np.concatenate(rows) / VIEWS
        total = seen if total is None else total + seen
    assert total is not None  # noqa: S101 - VIEWS is not zero
    ends = np.cumsum([len(nodule) for nodule in nodules])
    return np.split(total, ends[:-1])
