"""The network that reads one slice of a nodule with its neighbours: a compact ResNet in Keras 3.

It answers with named readings (reader malignancy, the readers' other ratings, the logarithm of the
diameter) and a coarse map of where the nodule is. Residual blocks after He et al. 2016
(CVPR, arXiv:1512.03385). The network is always built from a `BackboneSpec`, never from a file.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ml.lidc import RATINGS
from ml.preprocess import NEIGHBOURS
from viewer.core.errors import ViewerError

if TYPE_CHECKING:
    import keras

MALIGNANCY = "malignancy"
LOG_DIAMETER = "log_diameter"
READINGS = (MALIGNANCY, *RATINGS, LOG_DIAMETER)
"""What the network answers for a slice, in this order. Malignancy is a logit."""

MAP_STRIDE = 2
"""The map has this many patch pixels to its pixel."""
MAX_PARAMETERS = 2_000_000
MAX_STAGES = 5
MAX_CHANNELS = 256
MAX_BLOCKS = 4
MAX_DENSE = 512
MAX_SIZE_PX = 128


class BackboneError(ViewerError):
    """A network description outside what this program builds."""


@dataclass(frozen=True, slots=True)
class BackboneSpec:
    """What the network is made of.

    Attributes
    ----------
    size_px : int
        Edge of the patch; a multiple of 2 ** stages.
    channels : tuple of int
        Channels of each stage; the first works at half, each further at half of the one before.
    blocks : tuple of int
        Residual blocks of each stage.
    dense : int
        Length of the feature vector before the readings.
    dropout : float
        In training, before the readings.
    """

    size_px: int = 48
    channels: tuple[int, ...] = (24, 48, 96)
    blocks: tuple[int, ...] = (1, 1, 1)
    dense: int = 64
    dropout: float = 0.2

    def to_json(self) -> dict[str, Any]:
        """Return the description as JSON values."""
        values = asdict(self)
        values["channels"], values["blocks"] = list(self.channels), list(self.blocks)
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> BackboneSpec:
        """Read a description and check every bound before anything is built.

        Raises
        ------
        BackboneError
            A value is missing, of another type or out of bounds.
        """
        try:
            spec = cls(
                size_px=_whole(values["size_px"]),
                channels=tuple(_whole(value) for value in values["channels"]),
                blocks=tuple(_whole(value) for value in values["blocks"]),
                dense=_whole(values["dense"]),
                dropout=float(values["dropout"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BackboneError(
                "The network cannot be built", f"bad description: {error}"
            ) from error
        spec.check()
        return spec

    def check(self) -> None:
        """Refuse descriptions out of bounds."""
        stages = len(self.channels)
        sound = (
            2 <= stages <= MAX_STAGES
            and len(self.blocks) == stages
            and all(1 <= value <= MAX_CHANNELS for value in self.channels)
            and all(1 <= value <= MAX_BLOCKS for value in self.blocks)
            and 1 <= self.dense <= MAX_DENSE
            and 0 <= self.dropout < 1
            and 0 < self.size_px <= MAX_SIZE_PX
            and self.size_px % 2**stages == 0
            and self.parameters() <= MAX_PARAMETERS
        )
        if not sound:
            raise BackboneError("The network cannot be built", "its description is out of bounds")

    def parameters(self) -> int:
        """Count the numbers of the network (trained and running ones) without building it."""
        first = self.channels[0]
        total = _convolution(NEIGHBOURS, first, 5)
        before = first
        for stage, (channels, blocks) in enumerate(zip(self.channels, self.blocks, strict=True)):
            for block in range(blocks):
                total += _convolution(before, channels, 3) + _convolution(channels, channels, 3)
                if before != channels or (stage > 0 and block == 0):
                    total += _convolution(before, channels, 1)
                before = channels
        total += (2 * before + 1) * self.dense + (self.dense + 1) * len(READINGS)
        total += (self.channels[1] + 1) * first + (first + 1) * first + 9 * first + 1
        return total


def _convolution(inputs: int, outputs: int, edge: int) -> int:
    return inputs * outputs * edge * edge + 4 * outputs  # without bias, with batch normalisation


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def build_backbone(spec: BackboneSpec) -> keras.Model:
    """Build the network.

    Returns
    -------
    keras.Model
        Input (n, size, size, NEIGHBOURS) float32 patches; outputs: readings (n, len(READINGS)) and
        the logits of the map (n, size / 2, size / 2, 1).
    """
    import keras
    from keras import layers

    spec.check()
    patch = keras.Input((spec.size_px, spec.size_px, NEIGHBOURS), name="patch")
    signal = _conv(patch, spec.channels[0], 5, 2)
    stages = []
    for stage, (channels, blocks) in enumerate(zip(spec.channels, spec.blocks, strict=True)):
        for block in range(blocks):
            signal = _residual(signal, channels, 2 if stage > 0 and block == 0 else 1)
        stages.append(signal)
    pooled = layers.Concatenate()(
        [layers.GlobalAveragePooling2D()(signal), layers.GlobalMaxPooling2D()(signal)]
    )
    features = layers.Dense(spec.dense, activation="relu", name="features")(pooled)
    readings = layers.Dense(len(READINGS), name="readings")(layers.Dropout(spec.dropout)(features))
    fine = layers.Conv2D(spec.channels[0], 1)(stages[0])
    coarse = layers.Conv2D(spec.channels[0], 1)(stages[1])
    joined = layers.Add()([layers.UpSampling2D(2, interpolation="bilinear")(coarse), fine])
    place = layers.Conv2D(1, 3, padding="same", name="map")(layers.ReLU()(joined))
    return keras.Model(patch, [readings, place], name="nodule_resnet")


def _conv(
    signal: keras.KerasTensor, channels: int, edge: int, stride: int, active: bool = True
) -> keras.KerasTensor:
    from keras import layers

    signal = layers.Conv2D(channels, edge, stride, padding="same", use_bias=False)(signal)
    signal = layers.BatchNormalization()(signal)
    return layers.ReLU()(signal) if active else signal


def _residual(signal: keras.KerasTensor, channels: int, stride: int) -> keras.KerasTensor:
    from keras import layers

    branch = _conv(_conv(signal, channels, 3, stride), channels, 3, 1, active=False)
    if stride != 1 or signal.shape[-1] != channels:
        signal = _conv(signal, channels, 1, stride, active=False)
    return layers.ReLU()(layers.Add()([signal, branch]))
