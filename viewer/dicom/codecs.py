"""Decoders of compressed frames: one named package for each transfer syntax, called on purpose.

pydicom would try every installed decoder in turn; some abort the process on damaged frames.
Each frame is therefore checked by `viewer.dicom.codestream` first.
"""

import logging
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.dicom import transfer
from viewer.dicom.codestream import (
    CodestreamError,
    bare_jpeg_2000,
    check_codestream,
    is_jpeg_2000,
)
from viewer.dicom.pixel_format import PixelFormat

StoredArray = NDArray[Any]

_PLUGINS: dict[str, tuple[str, str]] = {
    transfer.RLE: ("pydicom", "pydicom"),
    transfer.JPEG_BASELINE: ("pillow", "PIL"),
    transfer.JPEG_EXTENDED: ("pillow", "PIL"),
    transfer.JPEG_LOSSLESS: ("gdcm", "gdcm"),
    transfer.JPEG_LOSSLESS_SV1: ("gdcm", "gdcm"),
    transfer.JPEG_LS: ("pyjpegls", "jpeg_ls"),
    transfer.JPEG_LS_NEAR: ("pyjpegls", "jpeg_ls"),
    transfer.JPEG_2000_LOSSLESS: ("pylibjpeg", "openjpeg"),
    transfer.JPEG_2000: ("pylibjpeg", "openjpeg"),
    transfer.HTJ2K_LOSSLESS: ("pylibjpeg", "openjpeg"),
    transfer.HTJ2K_RPCL: ("pylibjpeg", "openjpeg"),
    transfer.HTJ2K: ("pylibjpeg", "openjpeg"),
}
"""Transfer syntax UID: pydicom's name of the decoder, and the module it needs."""

CODEC_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What foreign decoders raise on damaged frames; their texts are not for users."""

_QUIET_MODULES = r"(pydicom|pylibjpeg|openjpeg|jpeg_ls|gdcm|PIL|numpy)(\..*)?"


class MissingCodecError(Exception):
    """No decoder for this transfer syntax is installed; one plain line."""


class _Quiet:
    """Silences warnings of foreign decoders; counted, so that threads may overlap."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._depth = 0
        self._catcher: warnings.catch_warnings[None] | None = None

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                logging.getLogger("pydicom").setLevel(logging.CRITICAL)
                self._catcher = warnings.catch_warnings()
                self._catcher.__enter__()
                warnings.filterwarnings("ignore", module=_QUIET_MODULES)
        try:
            yield
        finally:
            with self._lock:
                self._depth -= 1
                if self._depth == 0 and self._catcher is not None:
                    self._catcher.__exit__(None, None, None)
                    self._catcher = None


quietly = _Quiet()


def missing_codec(transfer_syntax: str) -> str:
    """Say why frames of a transfer syntax cannot be decoded here; empty where they can."""
    name = transfer.TransferSyntax(transfer_syntax).name
    if transfer_syntax == transfer.ENCAPSULATED_UNCOMPRESSED:
        return ""
    plugin = _PLUGINS.get(transfer_syntax)
    if plugin is None:
        return f"{name} is not supported"
    if find_spec(plugin[1]) is None:
        return f"{name} needs the package that provides {plugin[1]!r}, which is not installed"
    return ""


def decode_frame(data: bytes, transfer_syntax: str, fmt: PixelFormat) -> StoredArray:
    """Decode one compressed frame to stored values (grey) or RGB.

    Parameters
    ----------
    data : bytes
        The frame, its fragments joined.
    transfer_syntax : str
        UID.
    fmt : PixelFormat
        What the header says.

    Returns
    -------
    ndarray, shape (rows, columns) or (rows, columns, 3)

    Raises
    ------
    MissingCodecError
        Nothing is installed for this transfer syntax.
    CodestreamError
        The frame is damaged; no decoder saw it, or the decoder gave up.
    """
    if reason := missing_codec(transfer_syntax):
        raise MissingCodecError(reason)
    if transfer_syntax != transfer.RLE:
        check_codestream(data, fmt)
        if is_jpeg_2000(data):
            data = bare_jpeg_2000(data)
    with quietly():
        try:
            if transfer_syntax == transfer.JPEG_EXTENDED and fmt.bits_stored > 8:
                return _decode_12_bit(data, fmt)
            return _decode(data, transfer_syntax, fmt)
        except CODEC_ERRORS as error:
            raise CodestreamError("the compressed image is damaged") from error


def _decode(data: bytes, transfer_syntax: str, fmt: PixelFormat) -> StoredArray:
    from pydicom.encaps import encapsulate
    from pydicom.pixels.decoders.base import get_decoder

    options: dict[str, Any] = {
        "rows": fmt.rows,
        "columns": fmt.columns,
        "samples_per_pixel": fmt.samples,
        "photometric_interpretation": fmt.photometric,
        "bits_allocated": fmt.bits_allocated,
        "bits_stored": fmt.bits_stored,
        "pixel_representation": int(fmt.signed),
        "planar_configuration": int(fmt.planar),
        "number_of_frames": 1,
        "pixel_keyword": "PixelData",
    }
    array, _ = get_decoder(transfer_syntax).as_array(
        encapsulate([data]),
        index=0,
        decoding_plugin=_PLUGINS[transfer_syntax][0],
        **options,
    )
    return array


def _decode_12_bit(data: bytes, fmt: PixelFormat) -> StoredArray:
    """Decode 12-bit JPEG with GDCM, which does so only from a file of its own.

    The file holds pixels and their format, nothing of the patient, and is deleted at once.
    """
    import gdcm

    gdcm.Trace.WarningOff()
    gdcm.Trace.ErrorOff()
    with tempfile.TemporaryDirectory(prefix="hounsfield-") as folder:
        path = Path(folder) / "frame"
        _write_bare_frame(path, data, fmt)
        reader = gdcm.ImageReader()
        reader.SetFileName(str(path))
        if not reader.Read():
            raise ValueError("not decoded")
        buffer = reader.GetImage().GetBuffer().encode("utf-8", "surrogateescape")
    kind = np.dtype(np.int16 if fmt.signed else np.uint16)
    return np.frombuffer(buffer, kind, fmt.rows * fmt.columns).reshape(fmt.rows, fmt.columns).copy()


def _write_bare_frame(path: Path, data: bytes, fmt: PixelFormat) -> None:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.encaps import encapsulate
    from pydicom.uid import JPEGExtended12Bit, SecondaryCaptureImageStorage, generate_uid

    meta = FileMetaDataset()
    meta.TransferSyntaxUID = JPEGExtended12Bit
    file = Dataset()
    file.file_meta = meta
    file.SOPClassUID = SecondaryCaptureImageStorage
    file.SOPInstanceUID = generate_uid()
    file.SamplesPerPixel = 1
    file.PhotometricInterpretation = "MONOCHROME2"
    file.Rows, file.Columns = fmt.rows, fmt.columns
    file.BitsAllocated, file.BitsStored, file.HighBit = 16, 12, 11
    file.PixelRepresentation = int(fmt.signed)
    file.PixelData = encapsulate([data])
    file["PixelData"].VR = "OB"
    file.save_as(path, enforce_file_format=True)
