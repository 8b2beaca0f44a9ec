"""Ordinary photos: read them upright as RGB, and encode them again. Not for DICOM."""

import io
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from viewer.core.errors import ViewerError

RgbImage = NDArray[np.uint8]

MAX_PIXELS = 100_000_000
"""Larger pictures are refused before they are decoded (a bomb of a few KB can claim gigapixels)."""
PHOTO_FORMATS: dict[str, str] = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
    ".bmp": "BMP",
}
"""Suffixes that can be written, and Pillow's names of all that is read."""

_OPTIONS: dict[str, dict[str, int | str]] = {
    "JPEG": {"quality": 92, "subsampling": 0},
    "TIFF": {"compression": "tiff_deflate"},
    "WEBP": {"quality": 92},
}
_SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I;16N")


def read_photo(path: Path) -> RgbImage:
    """Read a picture the way it is meant to be looked at.

    The EXIF orientation is applied; palette, CMYK and grey become RGB; transparency is laid on
    white; 16-bit grey is scaled to 8 bit, and grey of
    32 bits (integers or floating-point) from its darkest to its lightest.
    Of several frames the first is read.

    Parameters
    ----------
    path : Path
        PNG, JPEG, TIFF, WebP or BMP, told by content, not by name.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3)
        RGB; writable and C-contiguous.

    Raises
    ------
    ViewerError
        The file cannot be read, is no such picture, is damaged, or is larger than `MAX_PIXELS`.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of bombs (the limit is checked here) and of odd EXIF tags (not needed).
            warnings.simplefilter("ignore")
            with Image.open(path, formats=sorted(set(PHOTO_FORMATS.values()))) as picture:
                _check_size(path, picture)
                return _rgb(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError:
        raise _cannot_open(path, "it is not a PNG, JPEG, TIFF, WebP or BMP picture") from None
    except Image.DecompressionBombError as error:
        raise _cannot_open(path, "it has too many pixels", "Make it smaller first.") from error
    except FileNotFoundError:
        raise _cannot_open(path, "there is no such file") from None
    except OSError as error:
        reason = error.strerror or "the picture is damaged or incomplete"
        raise _cannot_open(path, reason) from error
    except (SyntaxError, ValueError, EOFError, OverflowError) as error:  # what decoders raise
        raise _cannot_open(path, "the picture is damaged") from error


def encode_photo(rgb: RgbImage, suffix: str) -> bytes:
    """Encode a picture in the format of a file name's suffix, without metadata.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (rows, columns, 3)
    suffix : str
        One of `PHOTO_FORMATS`, in any case (".jpg", ".PNG").

    Returns
    -------
    bytes
        The whole file; the caller writes it (atomically).

    Raises
    ------
    ViewerError
        There is no writer for this suffix, or the format cannot hold so large a picture.
    """
    name = PHOTO_FORMATS.get(suffix.lower())
    if name is None:
        raise ViewerError(
            "The picture cannot be saved",
            f"there is no writer for the name ending '{suffix}'",
            f"Choose one of {', '.join(PHOTO_FORMATS)}.",
        )
    stream = io.BytesIO()
    options = _OPTIONS.get(name, {})
    try:
        Image.fromarray(np.ascontiguousarray(rgb, np.uint8)).save(stream, name, **options)
    except (OSError, ValueError) as error:
        raise ViewerError(
            "The picture cannot be saved", f"{name} cannot hold it", "Choose PNG."
        ) from error
    return stream.getvalue()


def _check_size(path: Path, picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise _cannot_open(
            path,
            f"{width} x {height} pixels are more than {MAX_PIXELS // 1_000_000} million",
            "Make it smaller first.",
        )


def _rgb(picture: Image.Image) -> RgbImage:
    if picture.mode in _SIXTEEN_BIT:
        return _as_rgb(np.rint(np.asarray(picture) * (255 / 65535)))
    if picture.mode in ("I", "F"):
        return _as_rgb(_stretched(np.asarray(picture, np.float64)))
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return np.array(picture.convert("RGB"), np.uint8)


def _stretched(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map numbers without a fixed white to 0..255, from the darkest to the lightest."""
    known = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(known.min()), float(known.max())
    if high == low:
        return np.zeros(known.shape)
    return np.asarray(np.rint((known - low) * (255 / (high - low))), np.float64)


def _as_rgb(grey: NDArray[np.float64]) -> RgbImage:
    return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)


def _cannot_open(path: Path, why: str, what_to_do: str = "") -> ViewerError:
    return ViewerError(f"The picture {path.name} cannot be opened", why, what_to_do, (path.name,))
