"""A tiny bundle for the tests of this folder, made once; the one warning that Keras gives."""

import shutil
from pathlib import Path

import pytest

from tests.support.nodule_tiles import write_tiny_bundle

# Keras 3 copies TensorFlow variables by numpy.array(), whose copy keyword TensorFlow's
# EagerTensor does not take yet (NumPy 2 migration guide); nothing of ours.
KERAS_WARNING = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this folder, and only these, pass over the warning of Keras."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(KERAS_WARNING))


@pytest.fixture(scope="session")
def _tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture
def tiny_bundle(_tiny_bundle: Path, tmp_path: Path) -> Path:
    """Folder of a sound bundle that the test may damage."""
    return Path(shutil.copytree(_tiny_bundle, tmp_path / "bundle"))
