"""Analyze as a use case: the model, the request, the calm answers."""

import json

import pytest

from tests.support.reports import REPORT
from tests.support.volumes import make_volume
from viewer.app.analyze import NotInstalledError, analyze, model_folders, why_no_model
from viewer.core.model_catalog import NoModelError
from viewer.core.progress import SilentContext
from viewer.jobs.process import MissingPackageError


class Worker:
    """Stands for the learning process."""

    def __init__(self, answer):
        self.answer = answer
        self.calls = []

    def call(self, ctx, function, *args, arrays=None):
        self.calls.append((function, args, arrays))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def models(tmp_path):
    folder = tmp_path / "models" / "one"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"name": "one", "version": "1"}))
    return (tmp_path / "models",)


def test_the_worker_gets_request_and_voxels(models):
    report, volume = REPORT, make_volume()
    worker = Worker(report)
    assert analyze(worker, SilentContext(), volume, models) is report
    ((function, (request,), arrays),) = worker.calls
    assert function == "ml.worker:analyze"
    assert request.model_folder == str(models[0] / "one")
    assert request.series_uid == volume.stack.key.series_uid
    assert arrays["volume"] is volume.data


def test_no_model_is_calm_and_starts_nothing(tmp_path):
    worker = Worker(REPORT)
    with pytest.raises(NoModelError):
        analyze(worker, SilentContext(), make_volume(), (tmp_path,))
    assert worker.calls == []
    assert why_no_model((tmp_path,)) != ""


def test_a_model_by_name(models):
    assert why_no_model(models) == ""
    with pytest.raises(NoModelError, match="one"):
        analyze(Worker(REPORT), SilentContext(), make_volume(), models, "other")


def test_a_missing_learning_stack_says_how_to_add_it(models):
    missing = MissingPackageError("x")
    missing.package = "tensorflow"
    expected = r"tensorflow.*everything else works.*uv sync.*lightgbm\)"
    with pytest.raises(NotInstalledError, match=expected):
        analyze(Worker(missing), SilentContext(), make_volume(), models)


def test_a_wrong_answer_is_our_bug(models):
    with pytest.raises(TypeError):
        analyze(Worker("nonsense"), SilentContext(), make_volume(), models)


def test_the_users_own_models_come_first(hounsfield_home):
    own, shipped = model_folders()
    assert hounsfield_home in own.parents
    assert shipped.parts[-2:] == ("resources", "models")
