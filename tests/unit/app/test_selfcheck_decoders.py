"""The stored frames hold the tile, by other decoders than the program's own."""

from dataclasses import replace

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels.decoders.base import get_decoder

from viewer.app import selfcheck_decoders
from viewer.app.selfcheck_decoders import FOLDER_NAME, FRAMES, _write, frame_truth
from viewer.app.selfcheck_findings import Findings
from viewer.app.selfcheck_lab import Lab, open_series
from viewer.core.errors import ViewerError
from viewer.core.progress import SilentContext
from viewer.dicom import transfer
from viewer.paths import resources_dir

OTHERS = {
    transfer.RLE: "pydicom",
    transfer.JPEG_BASELINE: "pillow",
    transfer.JPEG_EXTENDED: "gdcm",
    transfer.JPEG_LOSSLESS: "gdcm",
    transfer.JPEG_LOSSLESS_SV1: "gdcm",
    transfer.JPEG_LS: "pyjpegls",
    transfer.JPEG_LS_NEAR: "pyjpegls",
    transfer.JPEG_2000_LOSSLESS: "pylibjpeg",
    transfer.JPEG_2000: "pylibjpeg",
    transfer.HTJ2K_LOSSLESS: "pylibjpeg",
    transfer.HTJ2K_RPCL: "pylibjpeg",
    transfer.HTJ2K: "pylibjpeg",
}
"""pydicom's names of other implementations; see `resources/selfcheck/README.md`."""


def test_every_compressed_transfer_syntax_has_a_frame():
    assert [frame.transfer_syntax for frame in FRAMES] == list(OTHERS)
    files = {path.name for path in (resources_dir() / FOLDER_NAME).iterdir()}
    assert files == {frame.file for frame in FRAMES} | {"README.md"}


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.file)
def test_another_decoder_reads_the_tile(frame, tmp_path):
    path = tmp_path / "frame.dcm"
    _write(path, (resources_dir() / FOLDER_NAME / frame.file).read_bytes(), frame)
    values = _decoded(path, frame)
    difference = np.abs(values.astype(int) - frame_truth(frame).astype(int)).max()
    assert difference <= frame.tolerance
    assert (difference > 0) == (frame.tolerance > 0)


def _decoded(path, frame):
    if frame.transfer_syntax == transfer.JPEG_EXTENDED:  # pydicom's way to GDCM refuses 12 bits
        import SimpleITK

        return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))[0]
    decoder = get_decoder(frame.transfer_syntax)
    return decoder.as_array(dcmread(path), decoding_plugin=OTHERS[frame.transfer_syntax])[0]


def test_the_tile_has_no_symmetry():
    tile = frame_truth(FRAMES[0])
    assert tile.max() < 1 << 12
    for other in (tile[::-1], tile[:, ::-1], tile[::-1, ::-1]):
        assert (tile != other).mean() > 0.9


def test_a_decoder_that_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(selfcheck_decoders, "missing_codec", lambda uid: "no package")
    found = Findings("Decoders", "decoder")
    selfcheck_decoders.check_decoders(Lab(SilentContext(), tmp_path), found)
    assert len(found.checks) == len(selfcheck_decoders.FRAMES)
    for check in found.checks:
        assert not check.passed
        assert check.measured is None
        assert check.note == "not available: no package"


def test_decoders_that_decode_wrongly_or_not_at_all(failed_checks, monkeypatch):
    def wrong(ctx, folder):
        if "htj2k" in folder.name:
            raise ViewerError("The series cannot be shown", "the compressed image is damaged")
        volume = open_series(ctx, folder)
        return replace(volume, data=volume.data[:, ::-1])

    monkeypatch.setattr(selfcheck_decoders, "open_series", wrong)
    assert len(failed_checks("decoder")) == len(selfcheck_decoders.FRAMES)
