"""Each rule of the gate: what passes, what gets a caveat, what is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ml.gate import check_headers, is_refused, is_sharp
from ml.gate_image import check_histogram, check_lungs, vessel_contrast_ml
from viewer.core.analysis import AnalysisRequest, GateCheck, GateLevel
from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.geometry import Calibration, VolumeGeometry
from viewer.imaging.lungs import LungMeasures, LungSegmentation

PASS, CAVEAT, REFUSE = GateLevel.PASS, GateLevel.CAVEAT, GateLevel.REFUSE


def geometry(**changes: Any) -> VolumeGeometry:
    base = VolumeGeometry(
        (150, 64, 64), (2.0, 0.7, 0.7), np.array([-10.0, -20.0, -300.0]), np.eye(3)[::-1].copy()
    )
    return replace(base, **changes)


def request(**changes: Any) -> AnalysisRequest:
    base = AnalysisRequest(
        series_uid="1.2.3",
        sop_uids=(),
        modality="CT",
        unit="HU",
        samples=1,
        image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
        slice_thickness_mm=2.0,
        kernel="STANDARD",
        contrast="",
        lossy_ratio=None,
        geometry=geometry(),
        padding=None,
        placeholders=(),
        caveats=(),
        model_folder="",
    )
    return replace(base, **changes)


def tilted(degrees: float) -> np.ndarray:
    turn = np.radians(degrees)
    return np.array([[0, np.sin(turn), np.cos(turn)], [0, np.cos(turn), -np.sin(turn)], [1, 0, 0]])


def with_code(code: CaveatCode) -> tuple[Caveat, ...]:
    return (Caveat(code, "text"),)


def level_of(checks: tuple[GateCheck, ...], id_: str) -> GateLevel:
    return next(check.level for check in checks if check.id == id_)


def test_a_good_header_passes_everything() -> None:
    checks = check_headers(request())
    assert {check.level for check in checks} == {PASS}
    assert len({check.id for check in checks}) == len(checks)
    assert all(check.value and check.limit and check.text for check in checks)


@pytest.mark.parametrize(
    ("id_", "changes", "level"),
    [
        ("modality", {"modality": "MR"}, REFUSE),
        ("modality", {"samples": 3}, REFUSE),
        ("image-type", {"image_type": ("ORIGINAL", "PRIMARY", "LOCALIZER")}, REFUSE),
        ("image-type", {"image_type": ("DERIVED", "SECONDARY", "MPR")}, REFUSE),
        ("image-type", {"image_type": ("ORIGINAL", "PRIMARY", "AXIAL", "MIP")}, REFUSE),
        ("image-type", {"image_type": ("DERIVED", "PRIMARY", "AXIAL", "AI_RESULT")}, REFUSE),
        ("image-type", {"image_type": ("DERIVED", "PRIMARY", "AXIAL")}, CAVEAT),
        ("image-type", {"image_type": ("ORIGINAL", "SECONDARY", "AXIAL")}, CAVEAT),
        ("image-type", {"image_type": ()}, CAVEAT),
        ("image-type", {"image_type": ("ORIGINAL", "PRIMARY", "AXIAL", "HELIX")}, PASS),
        ("orientation", {"geometry": geometry(direction_lps=np.eye(3))}, REFUSE),
        ("orientation", {"geometry": geometry(direction_lps=tilted(12))}, CAVEAT),
        ("orientation", {"geometry": geometry(direction_lps=tilted(3))}, PASS),
        ("orientation", {"geometry": geometry(orientation_known=False)}, REFUSE),
        ("pixel-size", {"geometry": geometry(calibration=Calibration.NONE)}, REFUSE),
        ("pixel-size", {"geometry": geometry(spacing_zyx_mm=(2.0, 1.4, 1.4))}, CAVEAT),
        ("positions", {"geometry": geometry(z_known=False)}, REFUSE),
        ("positions", {"caveats": with_code(CaveatCode.ORDER_UNVERIFIED)}, REFUSE),
        ("positions", {"caveats": with_code(CaveatCode.RESAMPLED)}, CAVEAT),
        ("positions", {"caveats": with_code(CaveatCode.SPARSE)}, CAVEAT),
        ("positions", {"placeholders": (4,)}, CAVEAT),
        ("slices", {"geometry": geometry(shape_zyx=(5, 64, 64))}, REFUSE),
        ("z-cover", {"geometry": geometry(shape_zyx=(9, 64, 64),
                                          spacing_zyx_mm=(0.6, 0.7, 0.7))}, REFUSE),
        ("z-cover", {"geometry": geometry(shape_zyx=(40, 64, 64))}, CAVEAT),
        ("thickness", {"slice_thickness_mm": 7.0}, REFUSE),
        ("thickness", {"slice_thickness_mm": 5.0}, CAVEAT),
        ("thickness", {"slice_thickness_mm": 2.5}, PASS),
        ("thickness", {"slice_thickness_mm": None}, CAVEAT),
        ("thickness", {"slice_thickness_mm": 1.0,
                       "geometry": geometry(spacing_zyx_mm=(6.0, 0.7, 0.7))}, REFUSE),
        ("rescale", {"unit": None}, REFUSE),
        ("rescale", {"caveats": with_code(CaveatCode.NO_RESCALE)}, REFUSE),
        ("compression", {"lossy_ratio": 8.0}, CAVEAT),
        ("kernel", {"kernel": ""}, CAVEAT),
        ("kernel", {"kernel": "LUNG"}, CAVEAT),
        ("padding", {"caveats": with_code(CaveatCode.PADDING_ASSUMED)}, CAVEAT),
        ("contrast-agent", {"contrast": "Omnipaque"}, CAVEAT),
    ],
)  # fmt: skip
def test_header_rule(id_: str, changes: dict[str, Any], level: GateLevel) -> None:
    checks = check_headers(request(**changes))
    assert level_of(checks, id_) is level
    assert is_refused(checks) is (level is REFUSE)


@pytest.mark.parametrize(
    "name", ["LUNG", "BONE", "B70f", "Br64", "I70f", "FC51", "L", "YC", "EDGE"]
)
def test_sharp_kernels(name: str) -> None:
    assert is_sharp(name)


@pytest.mark.parametrize("name", ["STANDARD", "SOFT", "B30f", "Br40", "I31f", "FC08", "B", "CHEST"])
def test_other_kernels(name: str) -> None:
    assert not is_sharp(name)


def test_histogram_of_a_chest_and_of_others() -> None:
    random = np.random.default_rng(2)
    parts = [(-1000, 30_000), (-850, 20_000), (30, 50_000)]
    values = np.concatenate([random.normal(mean, 20, n) for mean, n in parts])
    chest = random.permutation(values).astype(np.int16).reshape(10, 100, 100)
    assert check_histogram(chest, None).level is PASS
    assert check_histogram((chest + 1024).astype(np.int16), None).level is REFUSE
    head = np.where(chest < -500, -1000, chest).astype(np.int16)
    assert check_histogram(head, None).level is REFUSE
    padded = chest.copy()
    padded[:, :50] = -2000
    assert check_histogram(padded, padded == -2000).level is PASS


def lungs(
    right_ml: float = 2500, left_ml: float = 2100, first_mm2: float = 0, last_mm2: float = 0,
    mask: np.ndarray | None = None,
) -> LungSegmentation:  # fmt: skip
    if mask is None:
        mask = np.zeros((150, 64, 64), np.uint8)
        mask[20:130, 10:50, 5:25] = 1
        mask[20:130, 10:50, 40:60] = 2
    sides = [LungMeasures(ml, -850.0, 3.0) for ml in (right_ml, left_ml)]
    return LungSegmentation(mask, sides[0], sides[1], first_mm2, last_mm2, True)


WATER = np.full((150, 64, 64), 40, np.int16)


@pytest.mark.parametrize(
    ("segmentation", "id_", "level"),
    [
        (lungs(), "lungs", PASS),
        (lungs(0, 0), "lungs", REFUSE),
        (lungs(30, 20), "lungs", REFUSE),
        (lungs(3000, 20), "lungs", REFUSE),
        (lungs(3000, 500), "lungs", CAVEAT),
        (lungs(), "lung-volume", PASS),
        (lungs(300, 290), "lung-volume", REFUSE),
        (lungs(300, 290, last_mm2=9000), "lung-volume", CAVEAT),
        (lungs(600, 590), "lung-volume", CAVEAT),
        (lungs(5000, 4500), "lung-volume", CAVEAT),
        (lungs(), "lungs-whole", PASS),
        (lungs(first_mm2=800), "lungs-whole", CAVEAT),
    ],
)
def test_lung_rule(segmentation: LungSegmentation, id_: str, level: GateLevel) -> None:
    checks = check_lungs(request(), WATER, segmentation)
    assert level_of(checks, id_) is level


def test_a_gap_counts_within_the_lungs_only() -> None:
    assert level_of(check_lungs(request(placeholders=(60,)), WATER, lungs()), "gaps") is REFUSE
    assert level_of(check_lungs(request(placeholders=(3,)), WATER, lungs()), "gaps") is PASS


def test_contrast_is_measured_between_the_lungs() -> None:
    data = WATER.copy()
    voxel_mm3 = geometry().voxel_volume_mm3
    segmentation = lungs()
    assert vessel_contrast_ml(data, segmentation, voxel_mm3) == 0
    data[:, 50:60, 28:38] = 700  # bone behind
    data[70, 20:40, 30] = 900  # a thin calcification
    assert vessel_contrast_ml(data, segmentation, voxel_mm3) == 0
    data[:, 18:36, 24:40] = 350  # 16 x 18 pixels of vessel
    vessel_ml = 16 * 18 * 56 * voxel_mm3 / 1000  # every second pixel: a coarse measure
    assert 0.4 * vessel_ml < vessel_contrast_ml(data, segmentation, voxel_mm3) < 1.1 * vessel_ml
    checks = check_lungs(request(), data, segmentation)
    assert level_of(checks, "vessels") is CAVEAT
