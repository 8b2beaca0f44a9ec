"""Networks from verified weights: built from the description, then filled, never unpickled."""

from __future__ import annotations

import io
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from ml.backbone import BackboneSpec, build_backbone
from viewer.core.errors import ViewerError

if TYPE_CHECKING:
    import h5py
    import keras

_SLACK = 64
"""Numbers that Keras keeps beside the weights (seed states of dropout, metrics)."""
_MAX_DATASETS = 2_000


class WeightsError(ViewerError):
    """Weights that do not fit the network, or a file that claims more than it has."""

    def __init__(self, why: str) -> None:
        super().__init__("The weights are refused", why, "Get the model again from its source")


def check_weights(data: bytes, spec: BackboneSpec) -> None:
    """Check a Keras weights file without loading it: plain datasets, as many numbers as expected.

    Raises
    ------
    WeightsError
        It is no HDF5 file, has links or compressed data, or another count of numbers.
    """
    import h5py

    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            numbers = _count_numbers(file)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise WeightsError("the file is damaged") from error
    expected = spec.parameters()
    if not expected <= numbers <= expected + _SLACK:
        raise WeightsError(f"it has {numbers} numbers, the network {expected}")


def _count_numbers(file: h5py.File) -> int:
    import h5py

    total, datasets = 0, 0
    waiting: list[h5py.Group] = [file]
    while waiting:
        group = waiting.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise WeightsError("it refers to other files or places")
            item = group[name]
            if isinstance(item, h5py.Group):
                waiting.append(item)
            elif isinstance(item, h5py.Dataset):
                if item.compression or item.external or item.is_virtual:
                    raise WeightsError("its data are not plain")
                total += int(item.size or 0)
            datasets += 1
            if datasets > _MAX_DATASETS:
                raise WeightsError("it has too many parts")
    return total


def load_member(data: bytes, spec: BackboneSpec) -> keras.Model:
    """Build the network and fill it with verified weights.

    Parameters
    ----------
    data : bytes
        A Keras weights file whose hash held.
    spec : BackboneSpec

    Raises
    ------
    WeightsError
        The weights do not fit the network.
    """
    check_weights(data, spec)
    model = build_backbone(spec)
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        path = Path(folder) / "member.weights.h5"
        path.write_bytes(data)
        try:
            # Keras only warns where a file has other layers, and leaves start values in place.
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)
                model.load_weights(path)
        except (OSError, ValueError, KeyError, TypeError, UserWarning) as error:
            raise WeightsError("they do not fit the network") from error
    if model.count_params() != spec.parameters():
        raise WeightsError("they do not fit the network")
    return model
