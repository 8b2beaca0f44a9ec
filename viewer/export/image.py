"""Pictures as files: PNG, JPEG, TIFF, with no word about the patient in the file's metadata."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from viewer.core.errors import ViewerError
from viewer.export.snapshot import PixelArray
from viewer.files import replacing

JPEG_QUALITY = 95


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """A file format for pictures.

    Attributes
    ----------
    id : str
        Name on the command line.
    name : str
        Name in dialogs.
    suffix : str
        With the dot.
    codec : str
        Pillow's name.
    options : tuple of (str, value)
        How it is written.
    """

    id: str
    name: str
    suffix: str
    codec: str
    options: tuple[tuple[str, int | str | bool], ...]


IMAGE_FORMATS: tuple[ImageFormat, ...] = (
    ImageFormat("png", "PNG (lossless)", ".png", "PNG", (("optimize", False),)),
    ImageFormat(
        "jpeg",
        "JPEG (smaller, lossy)",
        ".jpg",
        "JPEG",
        # Full colour resolution: thin coloured lines on grey would bleed.
        (("quality", JPEG_QUALITY), ("subsampling", 0)),
    ),
    ImageFormat("tiff", "TIFF (lossless)", ".tif", "TIFF", (("compression", "tiff_lzw"),)),
)
"""Every format, the best first."""


def image_format(format_id: str) -> ImageFormat:
    """Return a format by its id.

    Raises
    ------
    ViewerError
        There is no such format.
    """
    for candidate in IMAGE_FORMATS:
        if candidate.id == format_id:
            return candidate
    known = ", ".join(candidate.id for candidate in IMAGE_FORMATS)
    raise ViewerError("The picture cannot be saved", f"unknown format {format_id}", f"Use {known}")


def write_image(path: Path, pixels: PixelArray, image_format: ImageFormat) -> None:
    """Write a picture atomically.

    Parameters
    ----------
    path : Path
        Where to; a file that is there is replaced.
    pixels : ndarray of uint8, shape (height, width) or (height, width, 3)
        Grey or RGB.
    image_format : ImageFormat
        How.

    Raises
    ------
    SaveError
        The folder is missing or read-only, or the disk is full.
    """
    picture = Image.fromarray(np.ascontiguousarray(pixels, np.uint8))
    with replacing(path) as file:
        picture.save(file, image_format.codec, **dict(image_format.options))
