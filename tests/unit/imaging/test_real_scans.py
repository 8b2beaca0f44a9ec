"""Lungs and proposals on the real CT parts, where they are at hand."""

from pathlib import Path

import numpy as np
import pytest

from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan
from viewer.imaging.candidates import find_candidates
from viewer.imaging.lungs import segment_lungs

LESIONS = {
    # Row and column of the nodule's middle by the readers' contours (nodules.csv: cx, cy).
    "LIDC-IDRI-0001-part.zip": (366.8, 316.0),
    "LIDC-IDRI-0002-part.zip": (361.2, 345.2),
}


@pytest.mark.parametrize("name", sorted(LESIONS))
def test_the_readers_nodule_is_among_the_first_three(shared_data: Path, name: str) -> None:
    index = scan(SilentContext(), [shared_data / "dicom" / name])
    volume = load(SilentContext(), index.stacks()[0])
    lungs = segment_lungs(volume.data, volume.geometry, volume.invalid_mask())
    assert lungs.airways_found
    assert 0.6 < lungs.right.volume_ml / lungs.left.volume_ml < 1.6
    assert lungs.first_slice_mm2 > 10_000
    found = find_candidates(SilentContext(), volume.data, volume.geometry, lungs)
    spacing = volume.geometry.spacing_zyx_mm[1:]
    away = [
        float(np.linalg.norm(np.subtract(item.index_zyx[1:], LESIONS[name]) * spacing))
        for item in found[:3]
    ]
    assert min(away) < 8
