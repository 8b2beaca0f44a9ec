"""What the program writes, pydicom, SimpleITK and the program itself read back the same."""

import numpy as np
import pydicom
import pytest
import SimpleITK

from tests.support.dicom_writer import analytic_hu
from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import SilentContext
from viewer.dicom.loader import load
from viewer.dicom.scan import scan
from viewer.dicom.write import PHANTOM_TEXT, write_ct_series

GEOMETRY = VolumeGeometry(
    shape_zyx=(6, 36, 40),
    spacing_zyx_mm=(1.25, 0.7, 0.8),
    origin_lps_mm=np.array([-20.123456789, 11.5, -300.1]),
    direction_lps=np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
)


def test_round_trip(tmp_path):
    hu = analytic_hu()
    write_ct_series(SilentContext(), tmp_path / "ct", hu, GEOMETRY)
    index = scan(SilentContext(), [tmp_path / "ct"])
    (stack,) = index.stacks()
    assert (stack.caveats, stack.unit, stack.dtype) == ((), "HU", "int16")
    assert stack.patient == PHANTOM_TEXT.patient
    assert [w.name for w in stack.windows] == ["LUNG", "MEDIASTINUM"]
    volume = load(SilentContext(), stack)
    np.testing.assert_array_equal(volume.data, hu)
    np.testing.assert_allclose(volume.geometry.affine, GEOMETRY.affine, atol=1e-6)


def test_others_read_it(tmp_path):
    hu = analytic_hu()
    write_ct_series(SilentContext(), tmp_path, hu, GEOMETRY)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path)))
    image = reader.Execute()
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(image), hu)
    assert image.GetSpacing() == pytest.approx((0.8, 0.7, 1.25))
    assert image.GetOrigin() == pytest.approx(GEOMETRY.origin_lps_mm)
    one = pydicom.dcmread(tmp_path / "0001.dcm")
    assert one.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"


def test_the_same_twice_and_shapes_are_checked(tmp_path):
    hu = analytic_hu()
    for name in "ab":
        write_ct_series(SilentContext(), tmp_path / name, hu, GEOMETRY)
    assert (tmp_path / "a/0001.dcm").read_bytes() == (tmp_path / "b/0001.dcm").read_bytes()
    with pytest.raises(ValueError, match="differ"):
        write_ct_series(SilentContext(), tmp_path, hu[1:], GEOMETRY)
