"""Analyze from end to end on the phantom with a scorer that stands in for the networks."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from ml.analyze import NOTHING_FOUND, invalid_voxels, notes, report_key, run_analysis
from ml.bundle import Bundle, BundleError
from ml.findings import Scorer
from ml.provenance import pipeline_sha256, pixels_sha256
from tests.ml.test_findings import FixedScorer, Recorder
from tests.support.chest import coarse_chest
from viewer.core.analysis import AnalysisRequest, GateLevel, RiskReport
from viewer.core.errors import CancelledError
from viewer.core.model_catalog import NoModelError
from viewer.core.progress import SilentContext
from viewer.core.volume import Padding
from viewer.imaging.lungs import LungMeasures, LungSegmentation
from viewer.imaging.phantom import NODULES


def make_request(model: Path | str, **changes: Any) -> AnalysisRequest:
    phantom = coarse_chest()
    request = AnalysisRequest(
        series_uid="1.2.3",
        sop_uids=tuple(f"1.2.3.{z}" for z in range(phantom.hu.shape[0])),
        modality="CT",
        unit="HU",
        samples=1,
        image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
        slice_thickness_mm=3.0,
        kernel="STANDARD",
        contrast="",
        lossy_ratio=None,
        geometry=phantom.geometry,
        padding=None,
        placeholders=(),
        caveats=(),
        model_folder=str(model),
    )
    return replace(request, **changes)


def fixed(bundle: Bundle) -> Scorer:
    return FixedScorer()


def never(bundle: Bundle) -> Scorer:
    raise AssertionError("a refused input needs no scorer")


@pytest.fixture
def report(tiny_bundle: Path) -> RiskReport:
    return run_analysis(SilentContext(), make_request(tiny_bundle), coarse_chest().hu, fixed)


def test_the_phantom_is_analyzed(report: RiskReport) -> None:
    assert not report.refused
    assert report.score is not None
    assert report.score.meaning == "reader-rated malignancy, learnt from LIDC-IDRI"
    assert report.score.not_meaning == "not a probability of cancer"
    counting = [finding for finding in report.findings if finding.counts]
    assert report.score.value == max(finding.score or 0.0 for finding in counting)
    for nodule in NODULES:
        away = [
            np.linalg.norm(np.subtract(finding.position_lps_mm, nodule.centre_lps_mm))
            for finding in counting
        ]
        assert min(away) < 2
    levels = {check.id: check.level for check in report.gate}
    assert levels["lungs"] is GateLevel.PASS
    assert levels["thickness"] is GateLevel.CAVEAT


def test_provenance_tells_input_and_pipeline(report: RiskReport) -> None:
    origin = report.provenance
    assert origin.series_uid == "1.2.3"
    assert len(origin.sop_uids) == coarse_chest().hu.shape[0]
    assert origin.pixels_sha256 == pixels_sha256(SilentContext(), coarse_chest().hu)
    assert origin.pipeline_sha256 == pipeline_sha256()
    assert origin.device == "test"
    assert {"python", "numpy", "tensorflow", "lightgbm"} <= {name for name, _ in origin.versions}
    assert origin.seconds > 0
    assert len(report.model.sha256) == 64


def test_a_repeat_gives_the_same(report: RiskReport, tiny_bundle: Path) -> None:
    again = run_analysis(SilentContext(), make_request(tiny_bundle), coarse_chest().hu, fixed)
    assert report_key(again) == report_key(report)


def test_the_report_is_json_without_nan(report: RiskReport) -> None:
    json.dumps(asdict(report), allow_nan=False)


def test_a_wrong_header_is_refused_before_any_voxel_is_read(tiny_bundle: Path) -> None:
    class Untouchable:
        pass

    request = make_request(tiny_bundle, modality="MR")
    found = run_analysis(SilentContext(), request, Untouchable(), never)  # type: ignore[arg-type]
    assert found.refused
    assert found.score is None
    assert found.findings == ()
    refusals = [check for check in found.gate if check.level is GateLevel.REFUSE]
    assert [check.id for check in refusals] == ["modality"]
    assert found.provenance.pixels_sha256 == ""


@pytest.mark.parametrize("value", [40, -1000], ids=["water", "air"])
def test_an_image_without_lungs_is_refused(tiny_bundle: Path, value: int) -> None:
    data = np.full(coarse_chest().hu.shape, value, np.int16)
    found = run_analysis(SilentContext(), make_request(tiny_bundle), data, fixed)
    assert found.refused
    assert found.score is None
    assert found.provenance.pixels_sha256 != ""


def test_lungs_without_anything_have_no_score(
    tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml.analyze.find_candidates", lambda *_: ())
    found = run_analysis(SilentContext(), make_request(tiny_bundle), coarse_chest().hu, fixed)
    assert not found.refused
    assert found.score is None
    assert NOTHING_FOUND in found.notes


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_no_model_is_a_calm_error(tmp_path: Path, folder: str) -> None:
    request = make_request(str(tmp_path / folder) if folder else "")
    with pytest.raises(NoModelError) as caught:
        run_analysis(SilentContext(), request, coarse_chest().hu, never)
    assert caught.value.what_to_do


def test_a_changed_model_is_refused(tiny_bundle: Path) -> None:
    card = tiny_bundle / "card.md"
    card.write_bytes(card.read_bytes() + b" ")
    with pytest.raises(BundleError):
        run_analysis(SilentContext(), make_request(tiny_bundle), coarse_chest().hu, never)


def test_progress_rises_to_the_end_and_findings_come(tiny_bundle: Path) -> None:
    class Listener(Recorder):
        def __init__(self) -> None:
            super().__init__()
            self.fractions: list[float] = []

        def progress(self, fraction: float, text: str = "") -> None:
            self.fractions.append(fraction)

    context = Listener()
    run_analysis(context, make_request(tiny_bundle), coarse_chest().hu, fixed)
    assert context.fractions == sorted(context.fractions)
    assert context.fractions[-1] == 1.0
    assert context.partials


@pytest.mark.parametrize("after", [0, 100, 200, 300])
def test_cancel_is_seen_in_every_stage(tiny_bundle: Path, after: int) -> None:
    with pytest.raises(CancelledError):
        run_analysis(Recorder(after), make_request(tiny_bundle), coarse_chest().hu, fixed)


def test_cancel_does_not_wait_for_the_model(tiny_bundle: Path) -> None:
    loaded = Event()

    def slow(bundle: Bundle) -> Scorer:
        loaded.wait(20)
        return FixedScorer()

    class Impatient(SilentContext):
        def __init__(self) -> None:
            self.loading = False

        def progress(self, fraction: float, text: str = "") -> None:
            self.loading = text == "Loading the model"

        def check(self) -> None:
            if self.loading:
                raise CancelledError

    with pytest.raises(CancelledError):
        run_analysis(Impatient(), make_request(tiny_bundle), coarse_chest().hu, slow)
    assert not loaded.is_set()
    loaded.set()


def test_a_scorer_that_cannot_be_made_is_told(tiny_bundle: Path) -> None:
    def broken(bundle: Bundle) -> Scorer:
        raise ModuleNotFoundError("no keras", name="keras")

    with pytest.raises(ModuleNotFoundError):
        run_analysis(SilentContext(), make_request(tiny_bundle), coarse_chest().hu, broken)


def test_padding_and_missing_slices_are_not_looked_at() -> None:
    data = np.zeros((4, 5, 6), np.int16)
    data[0, :2] = -2000
    data[1, :, 3] = 63
    low = np.array([-2000, 60, np.nan, np.nan], np.float32)
    high = np.array([-2000, 63, np.nan, np.nan], np.float32)
    request = make_request("", padding=Padding(low, high), placeholders=(3,))
    mask = invalid_voxels(request, data)
    assert mask is not None
    expected = np.zeros(data.shape, bool)
    expected[0, :2] = True
    expected[1, :, 3] = True
    expected[3] = True
    np.testing.assert_array_equal(mask, expected)
    assert invalid_voxels(make_request(""), data) is None


@pytest.mark.parametrize(
    ("kernel", "thickness_mm", "given", "reason"),
    [
        ("STANDARD", 3.0, True, ""),
        ("STANDARD", 1.25, True, "noise of slices thinner than 2.5 mm inflates it"),
        ("LUNG", 3.0, False, "noise of this sharp kernel (LUNG) inflates it"),
        ("B70f", 1.0, False, "noise of this sharp kernel (B70f) inflates it"),
        ("", 3.0, False, "noise of this kernel, not named, inflates it"),
    ],
)
def test_noise_is_not_told_as_emphysema(
    kernel: str, thickness_mm: float, given: bool, reason: str
) -> None:
    side = LungMeasures(2000.0, -850.0, 17.5)
    lungs = LungSegmentation(np.ones((1, 1, 1), np.uint8), side, side, 0.0, 0.0, True)
    told = notes(make_request("", kernel=kernel, slice_thickness_mm=thickness_mm), lungs, ())
    shares = [line for line in told if "17.5 % below -950 HU" in line]
    assert len(shares) == (2 if given else 0)
    assert sum("2000 mL, mean -850 HU" in line for line in told) == 2
    concerned = [line for line in told if "-950 HU" in line]
    for line in concerned:
        assert (reason in line) if reason else ("noise" not in line)
        assert ("not a measure of emphysema" in line) == bool(reason)
    assert len(concerned) == (2 if given else 1)
