"""What pytest itself must catch: planted bad tests fail, each for its own reason."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.source_tree import copy_tree, plant, pyproject

SETTINGS = pyproject()["tool"]["pytest"]["ini_options"]

# name of the planted test, its text, a part of the reason why it must fail
BAD_TESTS = {
    "warns": (
        "import warnings\ndef test_it():\n    warnings.warn('old', stacklevel=1)\n",
        "UserWarning: old",
    ),
    "leaves_a_file_open": (
        "import gc, pathlib\ndef test_it(tmp_path):\n"
        "    (tmp_path / 'f').open('w').write('x')\n    gc.collect()\n",
        "unclosed file",
    ),
    "logs_a_warning": (
        "import logging\ndef test_it():\n    logging.getLogger('viewer.app').warning('oh')\n",
        "unexpected log records",
    ),
    "qt_warns": (
        "from PySide6.QtCore import qWarning\ndef test_it(qapp):\n    qWarning('no such slot')\n",
        "no such slot",
    ),
    "leaves_a_widget": (
        "from PySide6.QtWidgets import QLabel\nkept = []\n"
        "def test_it(qapp):\n    kept.append(QLabel('x'))\n",
        "widget QLabel",
    ),
    "leaves_a_timer": (
        "from PySide6.QtCore import QTimer\nkept = QTimer()\n"
        "def test_it(qapp):\n    kept.start(5000)\n",
        "active timer of 5000 ms",
    ),
    "leaves_a_thread": (
        "import threading\ndef test_it(qapp):\n"
        "    threading.Thread(target=threading.Event().wait, daemon=True, name='lost').start()\n",
        "thread 'lost'",
    ),
    "passes_against_its_mark": (
        "import pytest\n@pytest.mark.xfail\ndef test_it():\n    pass\n",
        "XPASS(strict)",
    ),
    "marks_wrongly": ("import pytest\n@pytest.mark.guii\ndef test_it():\n    pass\n", "guii"),
}
GOOD_TEST = """
import logging
import pytest
from PySide6.QtWidgets import QLabel

def test_widget(qtbot):
    label = QLabel("x")
    qtbot.addWidget(label)
    label.show()

def test_expected_record(caplog):
    logging.getLogger("viewer").warning("expected")
    assert "expected" in caplog.text

@pytest.mark.expects_log_warnings
def test_marked():
    logging.getLogger("viewer").warning("expected")

def test_home(hounsfield_home):
    from viewer.paths import data_dir
    assert data_dir().is_relative_to(hounsfield_home)
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By planted file: the text of its failures and errors, empty where it passed."""
    root = copy_tree(
        tmp_path_factory.mktemp("planted"),
        "pyproject.toml", "tests/conftest.py", "tests/support", "viewer/__init__.py",
        "viewer/paths.py",
    )  # fmt: skip
    for name, (source, _) in BAD_TESTS.items():
        plant(root, f"tests/test_{name}.py", source)
    plant(root, "tests/test_good.py", GOOD_TEST)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=report.xml",
         "--continue-on-collection-errors", "tests"],
        cwd=root, capture_output=True, check=False, timeout=50,
    )  # fmt: skip
    return failures(root / "report.xml")


def failures(report: Path) -> dict[str, str]:
    """Failure texts of a JUnit report, by file name without ``test_``."""
    found: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        where = case.get("classname", "") or case.get("name", "")
        texts = [f"{x.get('message')} {x.text}" for x in case if x.tag in ("failure", "error")]
        name = where.rpartition("test_")[2]
        found[name] = found.get(name, "") + " ".join(texts)
    return found


@pytest.mark.parametrize("name", BAD_TESTS)
def test_a_planted_bad_test_fails(outcome: dict[str, str], name: str) -> None:
    assert BAD_TESTS[name][1] in outcome[name]


def test_good_tests_pass(outcome: dict[str, str]) -> None:
    assert outcome["good"] == ""


def test_no_test_runs_for_ever(tmp_path: Path) -> None:
    # Without a virtual screen: the time-out ends the process at once and would orphan it.
    assert SETTINGS["timeout"] == 60
    root = copy_tree(tmp_path, "pyproject.toml")
    plant(root, "tests/test_endless.py", "import time\ndef test_it():\n    time.sleep(60)\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--no-xvfb", "-o", "timeout=1",
         "tests"],
        cwd=root, capture_output=True, text=True, check=False, timeout=50,
    )  # fmt: skip
    assert done.returncode != 0
    assert "Timeout" in done.stdout + done.stderr


def test_learning_and_window_do_not_share_a_process(tmp_path: Path) -> None:
    root = copy_tree(
        tmp_path, "pyproject.toml", "tests/conftest.py", "tests/support", "viewer/__init__.py"
    )
    for folder in ("ml", "gui"):
        plant(root, f"tests/{folder}/test_{folder}.py", "def test_it():\n    pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--no-xvfb", "tests"],
        cwd=root, capture_output=True, text=True, check=False, timeout=50,
    )  # fmt: skip
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "one after the other" in done.stderr + done.stdout
