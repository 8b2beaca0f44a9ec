"""A large CT series written in a second: one pattern, patched for each slice."""

from pathlib import Path

import numpy as np

from tests.support.volumes import make_geometry
from viewer.core.progress import SilentContext
from viewer.dicom.write import write_ct_series


def write_large_series(folder: Path, slices: int, side: int = 512) -> None:
    """Write `slices` files of side x side voxels: a body with two lungs and a spine, and noise.

    Two slices are written properly; the others are the first one's bytes with another position,
    instance number and SOP Instance UID, and a bright square that moves from slice to slice.
    """
    geometry = make_geometry(
        (2, side, side),
        spacing_zyx_mm=(1.0, 0.7, 0.7),
        origin_lps_mm=np.array([-180.0, -180.0, 1000.0]),
    )
    template = folder / "template"
    write_ct_series(SilentContext(), template, _body(side), geometry)
    first = sorted(template.iterdir())[0]
    content = first.read_bytes()
    facts = _facts(first)
    for path in template.iterdir():
        path.unlink()
    template.rmdir()
    for z in range(slices):
        patched = bytearray(content)
        for old, new in facts(z):
            assert len(old) == len(new)
            patched = patched.replace(old, new)
        (folder / f"{z:04d}.dcm").write_bytes(patched)


def _facts(path: Path):
    """Return what differs from slice to slice, as equally long bytes."""
    import pydicom

    header = pydicom.dcmread(path, stop_before_pixels=True)
    uid = str(header.SOPInstanceUID)
    position = "\\".join(str(value) for value in header.ImagePositionPatient)
    thousands = position.rpartition("\\")[2]

    def of(z: int) -> list[tuple[bytes, bytes]]:
        number = f"{1000 + z:d}" + thousands[4:]
        return [
            (uid.encode(), (uid[:-4] + f"{z:04d}").encode()),
            (position.encode(), (position[: -len(thousands)] + number).encode()),
        ]

    return of


def _body(side: int) -> np.ndarray:
    y, x = np.mgrid[0:side, 0:side] / side
    hu = np.where(((x - 0.5) / 0.42) ** 2 + ((y - 0.52) / 0.3) ** 2 < 1, 40, -1000)
    for center in (0.32, 0.68):
        hu = np.where(((x - center) / 0.13) ** 2 + ((y - 0.5) / 0.19) ** 2 < 1, -850, hu)
    hu = np.where(((x - 0.5) / 0.05) ** 2 + ((y - 0.72) / 0.05) ** 2 < 1, 600, hu)
    noise = np.random.default_rng(1).normal(0, 15, (side, side))
    return np.stack([hu + noise, hu + noise]).astype(np.int16)
