"""Self-check of decoders: a stored frame of every compressed transfer syntax, opened as a file."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.app.selfcheck_findings import Findings
from viewer.app.selfcheck_lab import Lab, open_series
from viewer.app.selfcheck_values import largest_difference
from viewer.core.errors import ViewerError
from viewer.dicom import transfer
from viewer.dicom.codecs import missing_codec
from viewer.dicom.write import made_uid
from viewer.imaging.phantom_quality import reference_tile
from viewer.paths import resources_dir

FOLDER_NAME = "selfcheck"
"""In the resources."""
DECODER_PACKAGE = "imagecodecs"
"""All decoders come from it, see `viewer.dicom.codecs`."""


@dataclass(frozen=True, slots=True)
class ReferenceFrame:
    """One stored frame.

    Attributes
    ----------
    file : str
        Name in the resources.
    transfer_syntax : str
        UID.
    tolerance : int
        Largest deviation of a stored value; above 0 where the encoding loses something.
    bits : int
        8: the tile's upper eight bits; 12: the tile.
    """

    file: str
    transfer_syntax: str
    tolerance: int = 0
    bits: int = 12


FRAMES = (
    ReferenceFrame("rle.rle", transfer.RLE),
    ReferenceFrame("jpeg-baseline.jpg", transfer.JPEG_BASELINE, 2, bits=8),
    ReferenceFrame("jpeg-extended.jpg", transfer.JPEG_EXTENDED, 3),
    ReferenceFrame("jpeg-lossless.jpg", transfer.JPEG_LOSSLESS),
    ReferenceFrame("jpeg-lossless-first-order.jpg", transfer.JPEG_LOSSLESS_SV1),
    ReferenceFrame("jpeg-ls.jls", transfer.JPEG_LS),
    ReferenceFrame("jpeg-ls-near.jls", transfer.JPEG_LS_NEAR, 2),
    ReferenceFrame("jpeg-2000-lossless.j2k", transfer.JPEG_2000_LOSSLESS),
    ReferenceFrame("jpeg-2000.j2k", transfer.JPEG_2000, 5),
    ReferenceFrame("htj2k-lossless.j2c", transfer.HTJ2K_LOSSLESS),
    ReferenceFrame("htj2k-lossless-rpcl.j2c", transfer.HTJ2K_RPCL),
    ReferenceFrame("htj2k.j2c", transfer.HTJ2K, 5),
)
"""See the README beside them: other decoders have read the same values from them."""


def check_decoders(lab: Lab, out: Findings) -> None:
    """Decode each stored frame by the road of any other file, and compare it with the tile."""
    decoder = f"{DECODER_PACKAGE} {package_version(DECODER_PACKAGE)}"
    for frame in FRAMES:
        lab.ctx.check()
        name = transfer.TransferSyntax(frame.transfer_syntax).name
        largest, note = None, decoder
        if reason := missing_codec(frame.transfer_syntax):
            note = f"not available: {reason}"
        else:
            try:
                largest = largest_difference(_opened(lab, frame), frame_truth(frame))
            except (ViewerError, OSError) as error:
                note = f"{decoder}: {error}"
        key = Path(frame.file).stem
        out.near(key, name, largest, 0.0, frame.tolerance, "levels", note)


def frame_truth(frame: ReferenceFrame) -> NDArray[np.uint16]:
    """Return the stored values that a frame was made from, shape (y, x)."""
    return np.right_shift(reference_tile(), 12 - frame.bits, dtype=np.uint16)


def package_version(package: str) -> str:
    """Return the version of an installed package, "" where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _opened(lab: Lab, frame: ReferenceFrame) -> NDArray[np.generic]:
    folder = lab.folder / Path(frame.file).stem
    folder.mkdir()
    data = (resources_dir() / FOLDER_NAME / frame.file).read_bytes()
    _write(folder / "frame.dcm", data, frame)
    values: NDArray[np.generic] = open_series(lab.ctx, folder).data[0]
    return values


def _write(path: Path, data: bytes, frame: ReferenceFrame) -> None:
    """Write a frame as a single CT image whose values are the stored ones."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.encaps import encapsulate
    from pydicom.uid import UID, CTImageStorage

    one = Dataset()
    one.SOPClassUID = CTImageStorage
    one.SOPInstanceUID = made_uid("self-check", frame.file)
    one.StudyInstanceUID = made_uid("self-check", "frames")
    one.SeriesInstanceUID = made_uid("self-check", "series", frame.file)
    one.Modality = "CT"
    one.InstanceNumber = 1
    one.Rows, one.Columns = reference_tile().shape
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated = 8 if frame.bits == 8 else 16
    one.BitsStored, one.HighBit, one.PixelRepresentation = frame.bits, frame.bits - 1, 0
    one.RescaleSlope, one.RescaleIntercept = "1", "0"
    one.PixelData = encapsulate([data])
    one["PixelData"].VR = "OB"
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = UID(frame.transfer_syntax)
    one.file_meta.MediaStorageSOPClassUID = CTImageStorage
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    one.save_as(path, enforce_file_format=True)
