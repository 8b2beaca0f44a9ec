"""Own folders, and temporary files that do not outlive their process."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from viewer import paths


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (paths.data_dir, "data"),
        (paths.cache_dir, "cache"),
        (paths.config_dir, "config"),
        (paths.log_dir, "logs"),
    ],
)
def test_the_variable_moves_every_folder(hounsfield_home, folder, name):
    assert folder() == hounsfield_home / name
    assert folder().is_dir()


def test_without_the_variable_folders_carry_the_program_name(monkeypatch, tmp_path):
    monkeypatch.delenv(paths.HOME_VARIABLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    for kind in ("DATA", "CACHE", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    folders = {paths.data_dir(), paths.cache_dir(), paths.config_dir(), paths.log_dir()}
    assert len(folders) == 4
    assert all(paths.APP_NAME in str(folder) for folder in folders)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_folders_are_private():
    assert stat.S_IMODE(paths.data_dir().stat().st_mode) == 0o700
    assert stat.S_IMODE(paths.temp_dir().stat().st_mode) == 0o700


def test_resources_lie_beside_the_package():
    assert paths.resources_dir().name == "resources"
    assert paths.resources_dir().is_dir()


def test_missing_resources_are_told(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "viewer" / "paths.py"))
    with pytest.raises(FileNotFoundError, match="resources"):
        paths.resources_dir()


def test_one_temporary_folder_for_a_process():
    assert paths.temp_dir() == paths.temp_dir()


CHILD = "from viewer.paths import temp_dir; d = temp_dir(); (d / 'f').touch(); print(d, flush=True)"


def start_child(then: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + then],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )


def first_line(child: subprocess.Popen[str]) -> Path:
    assert child.stdout is not None
    return Path(child.stdout.readline().strip())


def test_a_process_takes_its_temporary_folder_away():
    with start_child() as child:
        folder = first_line(child)
    assert child.returncode == 0
    assert folder.parent == paths.cache_dir() / "tmp"
    assert not folder.exists()


def test_a_crashed_run_is_swept_and_a_living_one_is_not():
    with start_child("; input()") as living, start_child("; input()") as crashed:
        folder_of_living, folder_of_crashed = first_line(living), first_line(crashed)
        crashed.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        crashed.wait()
        assert folder_of_crashed.exists()

        own = paths.temp_dir()

        assert not folder_of_crashed.exists()
        assert (folder_of_living / "f").exists()
        assert own.exists()
        living.communicate("\n")
