"""The wheel holds the whole program, and the program finds its resources inside it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.support.source_tree import PROJECT_ROOT, copy_tree

SHIPPED = ("viewer", "ml", "resources")


def build(root: Path, target: Path) -> Path:
    """Build the wheel of a tree."""
    (wheel,) = WheelBuilder(str(root)).build(directory=str(target), versions=["standard"])
    return Path(wheel)


def shipped_files(root: Path) -> set[str]:
    """Every file that a user needs, as the wheel names it."""
    files = {f for folder in SHIPPED for f in (root / folder).rglob("*") if f.is_file()}
    files = {f for f in files if "__pycache__" not in f.parts}
    return {f.relative_to(root).as_posix() for f in files} | {"main.py"}


def missing(wheel: Path, root: Path) -> set[str]:
    """What a wheel lacks."""
    with zipfile.ZipFile(wheel) as archive:
        return shipped_files(root) - set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own wheel."""
    return build(PROJECT_ROOT, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_is_complete(wheel: Path) -> None:
    assert missing(wheel, PROJECT_ROOT) == set()


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
        entry_points = next(n for n in archive.namelist() if n.endswith("entry_points.txt"))
        assert "hounsfield = main:main" in archive.read(entry_points).decode()
        assert any(n.endswith("licenses/LICENSE") for n in archive.namelist())
    assert {t for t in tops if not t.endswith(".dist-info")} == {*SHIPPED, "main.py"}


def test_a_wheel_without_resources_is_caught(tmp_path: Path) -> None:
    root = copy_tree(tmp_path / "tree", "pyproject.toml", "README.md", "LICENSE", "main.py")
    for name in ("viewer", "ml", "resources"):
        (root / name).mkdir()
        (root / name / "__init__.py").touch()
    (root / "resources" / "planted.xml").write_text("<x/>", encoding="utf-8")
    settings = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert missing(build(root, tmp_path / "whole"), root) == set()
    (root / "pyproject.toml").write_text(
        settings.replace('"ml", "resources", "main.py"]', '"ml", "main.py"]', 1), encoding="utf-8"
    )
    assert "resources/planted.xml" in missing(build(root, tmp_path / "part"), root)


def test_an_installed_program_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    done = subprocess.run(
        [sys.executable, "-c", "from viewer.paths import resources_dir; print(resources_dir())"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(done.stdout.strip()) == (tmp_path / "site" / "resources").resolve()
