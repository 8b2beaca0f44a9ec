"""Commands that are stopped from outside: a closed pipe, Ctrl+C, a terminated process group."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.support.cheap_series import write_large_series
from tests.support.cli import small_series
from tests.support.source_tree import PROJECT_ROOT


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    hu, geometry = small_series(folder)
    return folder, hu, geometry


def test_a_closed_pipe_is_no_error(series):
    program = [sys.executable, "main.py", "info", str(series[0]), "--json"]
    process = subprocess.Popen(
        program, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, error = process.communicate(timeout=30)
    assert b"Traceback" not in error


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_stops_the_work(tmp_path, hounsfield_home):
    """The sample takes seconds to make: time enough to change one's mind."""
    process = subprocess.Popen(
        [sys.executable, "main.py", "demo", "--out", str(tmp_path / "out")],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(2.5)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=30)
    assert process.returncode == 130, error
    assert error.decode() == "hounsfield: cancelled\n"
    assert out == b""
    assert not list((hounsfield_home / "data").glob("sample*"))
    assert not list((hounsfield_home / "data").glob(".*part"))


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize(
    ("number", "to_group"),
    [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGTERM, True)],
    ids=["ctrl-c", "terminated", "group terminated"],
)
def test_a_long_surface_can_be_stopped(tmp_path, hounsfield_home, number, to_group):
    """Cutting noise takes far longer than the test, in one call that looks at nothing."""
    study = tmp_path / "in"
    study.mkdir()
    write_large_series(study, 60)
    out = tmp_path / "x.stl"
    process = subprocess.Popen(
        [sys.executable, "main.py", "surface", str(study), "--hu", "-1000", "--reduce", "0.9",
         "--out", str(out)],
        cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not [*hounsfield_home.rglob("compute-*.txt")] and time.monotonic() < deadline:
        time.sleep(0.05)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1.5)
    started = time.monotonic()
    (os.killpg if to_group else os.kill)(process.pid, number)
    _, error = process.communicate(timeout=30)
    assert time.monotonic() - started < 6
    assert process.returncode == 130, error
    assert error.decode() == "hounsfield: cancelled\n"
    assert not out.exists()
