"""The worker's entry: what it needs, what it keeps warm, what it does not import."""

import subprocess
import sys
from pathlib import Path

import pytest

import ml.worker
from ml.bundle import read_bundle
from tests.ml.test_analyze import make_request
from tests.ml.test_findings import FixedScorer
from tests.support.chest import coarse_chest
from viewer.core.analysis import RiskReport
from viewer.core.progress import SilentContext


def test_importing_it_does_not_import_tensorflow() -> None:
    code = (
        "import sys, ml.worker;"
        "print([m for m in ('tensorflow', 'keras', 'lightgbm', 'PySide6') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tiny_bundle: Path) -> None:
    monkeypatch.setattr(ml.worker, "find_spec", lambda name: None if name == "keras" else object())
    with pytest.raises(ModuleNotFoundError) as caught:
        ml.worker.analyze(SilentContext(), make_request(tiny_bundle), volume=coarse_chest().hu)
    assert caught.value.name == "keras"


def test_a_scorer_stays_warm_for_its_bundle(
    monkeypatch: pytest.MonkeyPatch, tiny_bundle: Path
) -> None:
    made: list[str] = []

    def make(bundle: object) -> FixedScorer:
        made.append("scorer")
        return FixedScorer()

    monkeypatch.setattr(ml.worker, "NoduleScorer", make)
    warm = ml.worker.WarmScorer()
    first = warm.get(read_bundle(tiny_bundle))
    assert warm.get(read_bundle(tiny_bundle)) is first
    manifest = tiny_bundle / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert warm.get(read_bundle(tiny_bundle)) is not first
    assert len(made) == 2


def test_it_analyzes_with_the_networks(tiny_bundle: Path) -> None:
    report = ml.worker.analyze(SilentContext(), make_request(tiny_bundle), volume=coarse_chest().hu)
    assert isinstance(report, RiskReport)
    assert report.score is not None
    assert 0 <= report.score.interval.low <= report.score.value <= report.score.interval.high <= 1
    assert report.provenance.device
