"""Rules for every test: own folders, no unexpected log records, nothing of Qt left behind."""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.qt_leaks import QtLeakCheck

if sys.platform == "linux":
    # The virtual screen speaks X11, also where the developer's own desktop is Wayland.
    os.environ["QT_QPA_PLATFORM"] = "xcb"

SHARED_DATA_VARIABLE = "HOUNSFIELD_SHARED"
WATCHED_LOGGERS = ("viewer", "ml")


def _shared_data_folder() -> Path:
    """Real CT lies outside the repository: named by the environment, or beside the checkout."""
    named = os.environ.get(SHARED_DATA_VARIABLE)
    return Path(named) if named else Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with real CT series (``dicom/``) and nodules (``lidc/``); skips where it is absent."""
    folder = _shared_data_folder()
    if not folder.is_dir():
        pytest.skip(f"real data not found at {folder}; name their folder in {SHARED_DATA_VARIABLE}")
    return folder


@pytest.fixture(autouse=True)
def hounsfield_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder that stands for all of the program's own folders, new for each test."""
    home = tmp_path / "hounsfield-home"
    monkeypatch.setenv("HOUNSFIELD_HOME", str(home))
    return home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse to mix learning and window in one process: it would crash in native code.

    TensorFlow and Mesa's software OpenGL each bring an LLVM of their own.
    """
    folders = {item.path.relative_to(Path(__file__).parent).parts[0] for item in items}
    if {"ml", "gui"} <= folders:
        raise pytest.UsageError("run `pytest` and `pytest tests/ml` one after the other")


class _WarningCollector(logging.Handler):
    """Keeps what the program logs at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_log_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test whose code logs a warning, unless the test asks for it.

    A test that is about such a record takes the fixture ``caplog`` or the marker
    ``expects_log_warnings``.
    """
    if "caplog" in request.fixturenames or request.node.get_closest_marker("expects_log_warnings"):
        yield
        return
    collector = _WarningCollector()
    for name in WATCHED_LOGGERS:
        logging.getLogger(name).addHandler(collector)
    yield
    for name in WATCHED_LOGGERS:
        logging.getLogger(name).removeHandler(collector)
    if collector.lines:
        pytest.fail("unexpected log records:\n" + "\n".join(collector.lines), pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_of_qt_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test of the window that leaves widgets, threads, timers or processes behind.

    It is set up before ``qtbot`` and so looks after ``qtbot`` has closed its widgets.
    """
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        yield
        return
    check = QtLeakCheck()
    yield
    if leaks := check.leaks():
        pytest.fail("left behind:\n" + "\n".join(leaks), pytrace=False)
