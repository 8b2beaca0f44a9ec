"""What the worker process runs: named by the window as "ml.worker:analyze", never imported by it.

TensorFlow is imported when the first model is loaded, on a thread of its own, and stays warm.
"""

import os
from importlib.util import find_spec
from threading import Lock

from ml.analyze import run_analysis
from ml.bundle import Bundle
from ml.findings import Scorer
from ml.predict import NoduleScorer
from viewer.core.analysis import AnalysisRequest, RiskReport
from viewer.core.progress import JobContext
from viewer.core.volume import VoxelArray

REQUIRED = ("tensorflow", "keras", "lightgbm")


def analyze(ctx: JobContext, request: AnalysisRequest, *, volume: VoxelArray) -> RiskReport:
    """Analyze a volume; see `ml.analyze.run_analysis`.

    Parameters
    ----------
    ctx : JobContext
        Progress by stage; findings as partial results.
    request : AnalysisRequest
        Facts of the headers, and the model's folder.
    volume : ndarray, shape (z, y, x)
        HU, read-only.

    Raises
    ------
    ModuleNotFoundError
        The learning stack is not installed; its `name` says what is missing.
    """
    for name in REQUIRED:
        if find_spec(name) is None:
            raise ModuleNotFoundError(f"{name} is not installed", name=name)
    return run_analysis(ctx, request, volume, _warm.get)


class WarmScorer:
    """Keeps the scorer of the last model: building it again takes seconds."""

    def __init__(self) -> None:
        self._sha256 = ""
        self._scorer: Scorer | None = None
        self._lock = Lock()

    def get(self, bundle: Bundle) -> Scorer:
        """Return the scorer of a bundle."""
        # A cancelled call may still be loading when the next one asks.
        with self._lock:
            if self._scorer is None or self._sha256 != bundle.sha256:
                os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
                self._scorer, self._sha256 = NoduleScorer(bundle), bundle.sha256
            return self._scorer


_warm = WarmScorer()
