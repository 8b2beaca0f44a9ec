"""Without TensorFlow, Keras, LightGBM and scikit-learn everything but Analyze works."""

import os
import subprocess
import sys
import time

import pytest

from tests.support.cli import hounsfield, small_series
from tests.support.source_tree import PROJECT_ROOT

LEARNING = ("tensorflow", "keras", "lightgbm", "sklearn")
HEAVY = (*LEARNING, "cv2", "skimage", "torch", "jax", "SimpleITK")
START_UP_S = 2.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("series")
    small_series(path)
    return path


def test_info_export_surface_work(folder, tmp_path):
    assert hounsfield("info", folder, "--stats", "--json", block=LEARNING).code == 0
    export = ("export", folder, "--out", tmp_path, "--format", "png", "--slices", "1")
    assert (
        hounsfield(*export, block=LEARNING, environment={"QT_QPA_PLATFORM": "offscreen"}).code == 0
    )
    stl = tmp_path / "x.stl"
    assert hounsfield("surface", folder, "--hu", "0", "--out", stl, block=LEARNING).code == 0


def test_analyze_says_calmly_what_is_missing(folder):
    # The worker is another interpreter: it is made blind by the environment, as this one is.
    outcome = hounsfield(
        "analyze", folder, environment={"PYTHONPATH": str(_broken_packages(folder.parent))}
    )
    assert outcome.code == 2, outcome.err
    assert "Analyze is not installed here" in outcome.err
    assert outcome.err.count("\n") == 1


def _broken_packages(place):
    """A sitecustomize that hides the learning stack from every interpreter started with it."""
    target = place / "hidden"
    target.mkdir(exist_ok=True)
    (target / "sitecustomize.py").write_text(
        "import sys\n"
        "from importlib.abc import MetaPathFinder\n"
        "class Missing(MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] in {LEARNING!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Missing())\n"
    )
    return target


WINDOW = f"""
import sys, time
from viewer.ui.application import make_application, make_workbench
app = make_application()
bench = make_workbench()
bench.window.show()
app.processEvents()
print(time.process_time())
print(*sorted({{name.partition(".")[0] for name in sys.modules}} & set({HEAVY!r})))
bench.window.close()
bench.close()
app.processEvents()
"""


def start_window(tmp_path) -> tuple[float, str]:
    environment = {**os.environ, "PYTHONPATH": str(_broken_packages(tmp_path))}
    done = subprocess.run(
        [sys.executable, "-c", WINDOW],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seconds, modules = done.stdout.splitlines()
    return float(seconds), modules


@pytest.mark.gui
def test_the_window_starts_without_them_and_loads_nothing_heavy(tmp_path):
    _, modules = start_window(tmp_path)
    assert modules == ""


@pytest.mark.gui
def test_start_up_to_a_usable_window_is_quick(tmp_path):
    """Seconds of the processor, interpreter included: those of the clock depend on who else works.

    On a machine that does nothing else the clock shows less, as a second thread helps.
    """
    best = float("inf")
    deadline = time.monotonic() + 30
    while best > START_UP_S and time.monotonic() < deadline:
        best = min(best, start_window(tmp_path)[0])
    assert best < START_UP_S
