"""From the slices' readings to the features of a nodule that the tree head sees.

A feature is a named answer of the network (`ml.backbone.READINGS`, and the diameter and peak of its
map), as the mean over the slices of the nodule; of malignancy also the largest value and that of
the middle slice. Names mean the same for every network, so that one head serves several networks.
The number of slices is no feature, and there is no sum or deviation that would tell it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.backbone import MALIGNANCY, MAP_STRIDE, READINGS
from ml.preprocess import PatchSpec

FloatArray = NDArray[np.float64]

LOG_DIAMETER_MEAN, LOG_DIAMETER_SCALE = 2.2, 0.5
"""The diameter reading is (log(mm) - mean) / scale; near the moments over LIDC-IDRI."""
MAP_DIAMETER = "map_diameter_mm"
MAP_PEAK = "map_peak"
SLICE_READINGS = (*READINGS, MAP_DIAMETER, MAP_PEAK)
"""Columns of what one network says about one slice."""
MALIGNANCY_MEAN = 0
"""Column of `FEATURES` with the networks' own malignancy logit, from which the head starts."""
FEATURES = (
    *(f"{reading}:mean" for reading in SLICE_READINGS),
    f"{MALIGNANCY}:high",
    f"{MALIGNANCY}:middle",
)
"""Columns of what one network says about one nodule."""


def slice_readings(readings: NDArray[Any], map_logits: NDArray[Any], spec: PatchSpec) -> FloatArray:
    """Join the network's two outputs into one row for each slice.

    Parameters
    ----------
    readings : ndarray, shape (n, len(READINGS))
    map_logits : ndarray, shape (n, y, x, 1)
    spec : PatchSpec
        Gives the millimetres of a map pixel.

    Returns
    -------
    ndarray, shape (n, len(SLICE_READINGS))
        The map diameter is that of the disc with the area of the map's probabilities, in mm.
    """
    chance = 1.0 / (1.0 + np.exp(-np.asarray(map_logits, dtype=np.float64)[..., 0]))
    area_mm2 = chance.sum(axis=(1, 2)) * (spec.spacing_mm * MAP_STRIDE) ** 2
    diameter_mm = 2.0 * np.sqrt(area_mm2 / np.pi)
    peak = chance.max(axis=(1, 2))
    rows = np.asarray(readings, dtype=np.float64)
    return np.concatenate([rows, diameter_mm[:, None], peak[:, None]], axis=1)


def nodule_features(rows: FloatArray) -> FloatArray:
    """Summarise the slices of one nodule.

    Parameters
    ----------
    rows : ndarray, shape (slices, len(SLICE_READINGS))

    Returns
    -------
    ndarray, shape (len(FEATURES),)
    """
    malignancy = rows[:, SLICE_READINGS.index(MALIGNANCY)]
    return np.concatenate([rows.mean(axis=0), [malignancy.max(), malignancy[len(rows) // 2]]])


def leave_one_out(rows: FloatArray) -> FloatArray:
    """Return the features without each slice in turn, shape (slices, len(FEATURES)).

    With one slice there is nothing to leave out: the features themselves are returned.
    """
    if len(rows) == 1:
        return nodule_features(rows)[None]
    return np.stack([nodule_features(np.delete(rows, i, axis=0)) for i in range(len(rows))])
