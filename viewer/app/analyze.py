"""Use case: Analyze a volume in the learning process, with a model that is installed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from viewer.core.analysis import AnalysisRequest, RiskReport
from viewer.core.errors import ViewerError
from viewer.core.model_catalog import NoModelError, find_model
from viewer.core.progress import JobContext
from viewer.core.volume import Volume, VoxelArray
from viewer.jobs.process import MissingPackageError
from viewer.paths import data_dir, resources_dir

ANALYZE_FUNCTION = "ml.worker:analyze"
"""A name for the worker process; the viewer itself never imports it."""
MODELS = "models"


class Worker(Protocol):
    """What is needed of `viewer.jobs.process.WorkerProcess`."""

    def call(
        self,
        ctx: JobContext,
        function: str,
        *args: AnalysisRequest,
        arrays: dict[str, VoxelArray] | None = None,
    ) -> object:
        """Run a named function in the process."""


class NotInstalledError(ViewerError):
    """The packages that Analyze needs are not there; everything else works."""


def model_folders() -> tuple[Path, ...]:
    """Return where models lie: the user's own first, then those that ship."""
    shipped = resources_dir() / MODELS
    return data_dir() / MODELS, shipped


def why_no_model(folders: Sequence[Path]) -> str:
    """Say how to add a model where none is installed, else ""."""
    try:
        find_model(folders)
    except NoModelError as error:
        return error.what_to_do
    return ""


def analyze(
    worker: Worker,
    ctx: JobContext,
    volume: Volume,
    folders: Sequence[Path],
    model_name: str = "",
    function: str = ANALYZE_FUNCTION,
) -> RiskReport:
    """Analyze a volume; blocks the calling thread.

    Parameters
    ----------
    worker : Worker
        The learning process.
    ctx : JobContext
        Progress by stage; findings as partial results.
    volume : Volume
        Completely loaded.
    folders : sequence of Path
        Where models lie, see `model_folders`.
    model_name : str
        Which model; "" for the first.
    function : str
        What runs in the process.

    Returns
    -------
    RiskReport
        Also where the gate refused: then with reasons and without a number.

    Raises
    ------
    NoModelError
        No such model is installed.
    NotInstalledError
        The learning packages are missing.
    CancelledError, WorkerDiedError, ViewerError
        As `WorkerProcess.call`.
    """
    model = find_model(folders, model_name)
    request = AnalysisRequest.of(volume, str(model.folder))
    try:
        report = worker.call(ctx, function, request, arrays={"volume": volume.data})
    except MissingPackageError as error:
        raise NotInstalledError(
            "Analyze is not installed here",
            f"the package {error.package} is missing; everything else works without it",
            "To add it: uv sync (or pip install tensorflow keras lightgbm)",
        ) from error
    if not isinstance(report, RiskReport):
        raise TypeError(f"{function} returned {type(report).__name__}")
    return report
