"""Row "transfer syntaxes": the same images in every encoding, in fragments and with tables."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from struct import pack

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.support.dicom_writer import UNCOMPRESSED, save
from tests.support.variants import Expected, Variant
from tests.support.variants_enhanced import enhanced, frames_of
from tests.support.variants_phantom import THIN, Change, Floats, write_ct
from tests.support.variants_values import quantised, store

EXACT = Expected(grid=THIN, facts={"lossy": False})
ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"

Encode = Callable[[np.ndarray], bytes]


def _lossless(uid: str, name: str) -> Variant:
    """Through pydicom's own encoders."""
    return Variant(
        f"transfer syntaxes: {name}", lambda folder: write_ct(folder, THIN, syntax=uid), (EXACT,)
    )


def _by_gdcm(uid: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        import gdcm

        for path in write_ct(folder, THIN):
            reader = gdcm.ImageReader()
            reader.SetFileName(str(path))
            assert reader.Read()
            change = gdcm.ImageChangeTransferSyntax()
            kind = gdcm.TransferSyntax.GetTSType(uid)
            change.SetTransferSyntax(gdcm.TransferSyntax(kind))
            change.SetInput(reader.GetImage())
            assert change.Change()
            writer = gdcm.ImageWriter()
            writer.SetFileName(str(path))
            writer.SetFile(reader.GetFile())
            writer.SetImage(change.GetOutput())
            assert writer.Write()

    return write


def stored_image(one: Dataset) -> np.ndarray:
    dtype = np.uint8 if one.BitsAllocated == 8 else np.uint16
    shape = (one.Rows, one.Columns, 3)[: 2 if one.SamplesPerPixel == 1 else 3]
    return np.frombuffer(one.PixelData, dtype).reshape(shape)


def encode_with(
    encode: Encode, uid: str, change: Change = lambda one, z: None
) -> Callable[[Path], None]:
    """Write compressed files, each image by an encoder given here."""

    def write(folder: Path) -> None:
        for path in write_ct(folder, THIN, change=change):
            one = dcmread(path)
            one.PixelData = encapsulate([encode(stored_image(one))])
            _save_as(one, path, uid)

    return write


def _save_as(one: Dataset, path: Path, uid: str) -> Path:
    one["PixelData"].is_undefined_length = True
    one["PixelData"].VR = "OB"
    one.file_meta.TransferSyntaxUID = UID(uid)
    one.save_as(path, enforce_file_format=True)
    return path


def _twelve_bits(image: np.ndarray) -> bytes:
    import imagecodecs

    return bytes(imagecodecs.jpeg_encode(image, level=98, bitspersample=12))


def _htj2k(image: np.ndarray) -> bytes:
    import imagecodecs

    return bytes(imagecodecs.htj2k_encode(image))


def _near_lossless(image: np.ndarray) -> bytes:
    import imagecodecs

    return bytes(imagecodecs.jpegls_encode(image, level=3))


def _lossy_jpeg2000(image: np.ndarray) -> bytes:
    import imagecodecs

    return bytes(imagecodecs.jpeg2k_encode(image, level=90, codecformat="j2k", reversible=False))


def _baseline(image: np.ndarray) -> bytes:
    from PIL import Image

    file = BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=98)
    return file.getvalue()


def _eight_bits(one: Dataset, z: int) -> None:
    store(one, allocated=8, stored=8, slope=10, intercept=-1000)
    one.LossyImageCompression, one.LossyImageCompressionRatio = "01", [2.5, 11.5]


def _lossy(ratio: float) -> Change:
    def change(one: Dataset, z: int) -> None:
        one.LossyImageCompression, one.LossyImageCompressionRatio = "01", ratio

    return change


def _expected_lossy(tolerance: float, text: str, slope: float = 1) -> tuple[Expected, ...]:
    value = quantised(slope, -1000) if slope != 1 else np.rint
    return (
        Expected(
            grid=THIN,
            value=value,
            tolerance=tolerance,
            caveats=frozenset({"lossy"}),
            texts=(text,),
            facts={"lossy": True},
        ),
    )


def _frames(folder: Path, uid: str) -> tuple[Dataset, list[bytes]]:
    path = save(enhanced(THIN, frames_of(THIN)), folder / "object.dcm", uid)
    one = dcmread(path)
    return one, list(generate_frames(one.PixelData, number_of_frames=4))


def _in_fragments(fragments: int, table: bool, uid: str = JPEGLSLossless) -> Callable:
    def write(folder: Path) -> Path:
        one, frames = _frames(folder, uid)
        one.PixelData = encapsulate(frames, fragments_per_frame=fragments, has_bot=table)
        return _save_as(one, folder / "object.dcm", uid)

    return write


def _extended_table(folder: Path) -> Path:
    one, frames = _frames(folder, JPEGLSLossless)
    value, offsets, lengths = encapsulate_extended(frames)
    one.PixelData, one.ExtendedOffsetTable, one.ExtendedOffsetTableLengths = value, offsets, lengths
    return _save_as(one, folder / "object.dcm", JPEGLSLossless)


def _items(*parts: bytes) -> bytes:
    """An empty offset table, then items as they are, odd lengths included."""
    items = b"".join(b"\xfe\xff\x00\xe0" + pack("<L", len(part)) + part for part in (b"", *parts))
    return items


def _odd_fragments(folder: Path) -> None:
    """Each image in two fragments, the first of odd length (against PS3.5 A.4)."""
    for path in write_ct(folder, THIN, syntax=JPEGLSLossless):
        one = dcmread(path)
        (frame,) = generate_frames(one.PixelData, number_of_frames=1)
        one.PixelData = _items(frame[:33], frame[33:])
        _save_as(one, path, JPEGLSLossless)


def _wrapped(folder: Path) -> None:
    """Encapsulated uncompressed explicit VR little endian."""
    for path in write_ct(folder, THIN):
        one = dcmread(path)
        one.PixelData = encapsulate([one.PixelData])
        _save_as(one, path, ENCAPSULATED_UNCOMPRESSED)


def _cut_frame(name: str, z: int) -> Variant:
    """The codestream of a slice ends half way."""

    def write(folder: Path) -> None:
        for path in write_ct(folder, THIN, syntax=JPEG2000Lossless):
            one = dcmread(path)
            if one.InstanceNumber == z + 1:
                (frame,) = generate_frames(one.PixelData, number_of_frames=1)
                one.PixelData = encapsulate([frame[: len(frame) // 2]])
                _save_as(one, path, JPEG2000Lossless)

    def without() -> Floats:
        values = THIN.hu()
        values[z] = -1024
        return values

    expected = Expected(
        grid=THIN,
        array=without,
        placeholders=(z,),
        caveats=frozenset({"partial"}),
        texts=(f"1 of 4 slices could not be read ({z + 1})",),
    )
    return Variant(f"transfer syntaxes: {name} is cut off", write, (expected,))


_NAMES = ("explicit little endian", "implicit little endian", "explicit big endian", "deflated")

SYNTAXES = (
    *(_lossless(uid, name) for uid, name in zip(UNCOMPRESSED, _NAMES, strict=True)),
    _lossless(RLELossless, "RLE"),
    _lossless(JPEGLSLossless, "JPEG-LS"),
    _lossless(JPEG2000Lossless, "JPEG 2000"),
    Variant("transfer syntaxes: JPEG lossless", _by_gdcm(JPEGLossless), (EXACT,)),
    Variant("transfer syntaxes: JPEG lossless SV1", _by_gdcm(JPEGLosslessSV1), (EXACT,)),
    Variant(
        "transfer syntaxes: JPEG extended, 12 bits",
        encode_with(_twelve_bits, JPEGExtended12Bit, _lossy(4.5)),
        _expected_lossy(100, "4.5:1"),
    ),
    Variant(
        "transfer syntaxes: JPEG baseline",
        encode_with(_baseline, JPEGBaseline8Bit, _eight_bits),
        _expected_lossy(60, "11.5:1", slope=10),
    ),
    Variant(
        "transfer syntaxes: JPEG-LS near-lossless",
        encode_with(_near_lossless, JPEGLSNearLossless, _lossy(6)),
        _expected_lossy(3, "6:1"),
    ),
    Variant(
        "transfer syntaxes: JPEG 2000 with loss",
        encode_with(_lossy_jpeg2000, JPEG2000, _lossy(8)),
        _expected_lossy(40, "8:1"),
    ),
    Variant("transfer syntaxes: HTJ2K", encode_with(_htj2k, HTJ2KLossless), (EXACT,)),
    Variant(
        "transfer syntaxes: HTJ2K without loss in the general syntax",
        encode_with(_htj2k, HTJ2K),
        (EXACT,),
    ),
    Variant("transfer syntaxes: encapsulated uncompressed", _wrapped, (EXACT,)),
    Variant("transfer syntaxes: offset table", _in_fragments(1, table=True), (EXACT,)),
    Variant("transfer syntaxes: no offset table", _in_fragments(1, table=False), (EXACT,)),
    Variant("transfer syntaxes: fragments, table", _in_fragments(3, table=True), (EXACT,)),
    Variant("transfer syntaxes: fragments, no table", _in_fragments(3, table=False), (EXACT,)),
    Variant(
        "transfer syntaxes: RLE frames, no table",
        _in_fragments(1, table=False, uid=RLELossless),
        (EXACT,),
    ),
    Variant("transfer syntaxes: extended offset table", _extended_table, (EXACT,)),
    Variant("transfer syntaxes: odd fragments", _odd_fragments, (EXACT,)),
    _cut_frame("a frame", 2),
    _cut_frame("the first frame", 0),
    _cut_frame("the last frame", 3),
)
