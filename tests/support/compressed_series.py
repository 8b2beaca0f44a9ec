"""Series of noisy CT-like slices in compressed transfer syntaxes, for measuring.

The frames are encoded by imagecodecs and pydicom; a few different ones are repeated, because
encoding takes longer than what is measured.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import UID, RLELossless

from tests.support.dicom_writer import INTERCEPT, SPACING_ZYX_MM, enhanced_set, slice_set
from viewer.dicom import transfer

NAMES = {
    "JPEG-LS": transfer.JPEG_LS,
    "JPEG 2000": transfer.JPEG_2000_LOSSLESS,
    "HTJ2K": transfer.HTJ2K_LOSSLESS,
    "JPEG lossless": transfer.JPEG_LOSSLESS_SV1,
    "RLE": transfer.RLE,
}
DIFFERENT = 8


def noisy_slices(count: int, side: int = 512) -> NDArray[np.int16]:
    """A body with organs, air around it and the noise of CT, -1000..1100 HU, shape (z, y, x)."""
    rng = np.random.default_rng(7)
    y, x = np.indices((side, side)) / side - 0.5
    slices = np.empty((count, side, side), np.int16)
    for z in range(count):
        body = np.hypot(y / 0.32, x / 0.44) < 1
        lung = np.hypot((y + 0.02) / 0.2, (np.abs(x + 0.01 * z) - 0.2) / 0.14) < 1
        hu = np.where(body, 40 + 60 * np.sin(9 * x + z) * np.cos(7 * y), -1000.0)
        hu[lung] = -850
        hu[np.hypot(y - 0.2, x - 0.01) < 0.04] = 700
        noise = rng.normal(0, 18, hu.shape)
        slices[z] = np.clip(hu + np.where(body, noise, noise / 3), -1024, 1100)
    return slices


def encode(stored: NDArray[np.uint16], transfer_syntax: str) -> bytes:
    """Encode one 12-bit image, shape (y, x), without loss."""
    import imagecodecs

    if transfer_syntax == transfer.RLE:
        return get_encoder(RLELossless).encode(
            stored.tobytes(),
            rows=stored.shape[0],
            columns=stored.shape[1],
            samples_per_pixel=1,
            bits_allocated=16,
            bits_stored=12,
            pixel_representation=0,
            photometric_interpretation="MONOCHROME2",
            number_of_frames=1,
        )
    if transfer_syntax == transfer.JPEG_LS:
        frame = imagecodecs.jpegls_encode(stored)
    elif transfer_syntax == transfer.JPEG_LOSSLESS_SV1:
        frame = imagecodecs.jpeg8_encode(stored, lossless=True, predictor=1, bitspersample=12)
    elif transfer_syntax == transfer.HTJ2K_LOSSLESS:
        frame = imagecodecs.htj2k_encode(stored, reversible=True)
    else:
        frame = imagecodecs.jpeg2k_encode(
            stored, reversible=True, codecformat="j2k", bitspersample=12
        )
    return bytes(frame)


def decode_by_pydicom(
    frame: bytes, transfer_syntax: str, plugin: str, shape_yx: tuple[int, int]
) -> NDArray[np.uint16]:
    """Decode what `encode` made with one of pydicom's decoders ("gdcm", "pylibjpeg" ...)."""
    options: dict[str, Any] = {
        "rows": shape_yx[0],
        "columns": shape_yx[1],
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "bits_allocated": 16,
        "bits_stored": 12,
        "pixel_representation": 0,
        "number_of_frames": 1,
        "pixel_keyword": "PixelData",
    }
    array, _ = get_decoder(transfer_syntax).as_array(
        encapsulate([frame]), index=0, decoding_plugin=plugin, **options
    )
    return array


def write_compressed_series(folder: Path, transfer_syntax: str, count: int) -> NDArray[np.int16]:
    """Write one file for each slice; return the HU, shape (z, y, x)."""
    hu = noisy_slices(min(count, DIFFERENT))
    frames = [encode((one - INTERCEPT).astype(np.uint16), transfer_syntax) for one in hu]
    for z in range(count):
        one = slice_set(hu[z % len(hu)], z)
        one.ImagePositionPatient = [0.0, 0.0, z * SPACING_ZYX_MM[0]]
        _save(one, [frames[z % len(hu)]], transfer_syntax, folder / f"{z:04d}.dcm")
    return hu[np.arange(count) % len(hu)]


def write_compressed_enhanced(path: Path, transfer_syntax: str, count: int) -> NDArray[np.int16]:
    """Write an Enhanced CT object of `count` frames; return the HU, shape (z, y, x)."""
    different = noisy_slices(min(count, DIFFERENT))
    frames = [encode((one - INTERCEPT).astype(np.uint16), transfer_syntax) for one in different]
    turns = np.arange(count) % len(frames)
    one = enhanced_set(different[turns])
    _save(one, [frames[turn] for turn in turns], transfer_syntax, path)
    intercepts = [
        group.PixelValueTransformationSequence[0].RescaleIntercept
        for group in one.PerFrameFunctionalGroupsSequence
    ]
    offsets = np.asarray(intercepts, np.int16) - INTERCEPT
    return different[turns] + offsets[:, np.newaxis, np.newaxis].astype(np.int16)


def _save(one, frames: list[bytes], transfer_syntax: str, path: Path) -> None:
    one.file_meta = FileMetaDataset()
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    one.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    one.PixelData = encapsulate(frames)
    one["PixelData"].VR = "OB"
    one["PixelData"].is_undefined_length = True
    path.parent.mkdir(parents=True, exist_ok=True)
    one.save_as(path, enforce_file_format=True)
