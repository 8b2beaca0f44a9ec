"""The import contracts of pyproject.toml hold, and each of them catches a planted import."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source_tree import PROJECT_ROOT, copy_tree, plant, pyproject

LINT_IMPORTS = "from importlinter.cli import lint_imports_command as c; c()"
CONTRACTS = {c["id"]: c for c in pyproject()["tool"]["importlinter"]["contracts"]}
WITH_QT = {"ui", "render", "cli"}
OPEN_TO_LEARNING = {"core", "imaging", "dicom", "i18n", "paths", "logs"}

# contract, file that breaks it, the import it contains
VIOLATIONS = [
    ("layers", "viewer/core/planted_up.py", "viewer.dicom"),
    ("layers", "viewer/dicom/planted_sibling.py", "viewer.imaging"),
    ("layers", "viewer/jobs/planted_sibling.py", "viewer.dicom"),
    ("layers", "viewer/store/planted_sibling.py", "viewer.export"),
    ("layers", "viewer/tools/planted_up.py", "viewer.app"),
    ("layers", "viewer/app/planted_sibling.py", "viewer.render"),
    ("layers", "viewer/render/planted_up.py", "viewer.ui"),
    ("layers", "viewer/cli/planted_sibling.py", "viewer.ui"),
    ("viewer-without-learning", "viewer/app/planted_ml.py", "ml"),
    ("viewer-without-learning", "viewer/jobs/planted_tensorflow.py", "tensorflow"),
    ("viewer-without-learning", "viewer/imaging/planted_keras.py", "keras"),
    ("viewer-without-learning", "viewer/cli/planted_lightgbm.py", "lightgbm"),
    ("learning-without-window", "ml/planted_jobs.py", "viewer.jobs"),
    ("learning-without-window", "ml/planted_app.py", "viewer.app"),
    ("learning-without-window", "ml/planted_render.py", "viewer.render"),
    ("learning-without-window", "ml/planted_qt.py", "PySide6"),
    ("no-qt-below-render", "viewer/app/planted_qt.py", "PySide6"),
    ("no-qt-below-render", "viewer/imaging/planted_graph.py", "pyqtgraph"),
    ("no-qt-below-render", "viewer/core/planted_gl.py", "OpenGL"),
]


def lint_imports(root: Path) -> tuple[int, str]:
    """Exit status and report of import-linter on a tree."""
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache", "--no-logo"],
        cwd=root, capture_output=True, text=True, check=False, timeout=50,
        env={"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def section(report: str, contract_name: str) -> str:
    """The part of a report that lists the broken imports of one contract."""
    details = report.partition("Broken contracts")[2]
    after = details.partition(f"{contract_name}\n---")[2]
    return after.partition("\n---")[0]


def uncovered(named: set[str], rooms: set[str], exempt: set[str]) -> set[str]:
    """Rooms that a contract neither names nor exempts."""
    return {room for room in rooms - exempt if f"viewer.{room}" not in named}


def rooms() -> set[str]:
    """The subpackages and modules of viewer."""
    children = (PROJECT_ROOT / "viewer").iterdir()
    return {c.stem for c in children if c.suffix == ".py" or (c / "__init__.py").exists()} - {
        "__init__"
    }


@pytest.fixture(scope="module")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Report on a copy of the tree with every violation planted."""
    root = copy_tree(tmp_path_factory.mktemp("planted"), "viewer", "ml", "pyproject.toml")
    for _, file, module in VIOLATIONS:
        # Inside a function: an import that runs late is an import all the same.
        plant(root, file, f"def late() -> None:\n    import {module}\n")
    plant(root, "viewer/undeclared/__init__.py", "")
    code, report = lint_imports(root)
    assert code == 1, report
    return report


def test_the_tree_keeps_its_contracts() -> None:
    code, report = lint_imports(PROJECT_ROOT)
    assert code == 0, report
    assert f"{len(CONTRACTS)} kept, 0 broken" in report


@pytest.mark.parametrize(("contract", "file", "module"), VIOLATIONS)
def test_a_planted_import_is_caught(
    broken_report: str, contract: str, file: str, module: str
) -> None:
    importer = file.removesuffix(".py").replace("/", ".")
    assert f"{importer} -> {module}" in section(broken_report, CONTRACTS[contract]["name"])


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(CONTRACTS)


def test_a_room_that_no_layer_names_is_caught(broken_report: str) -> None:
    assert "viewer.undeclared" in section(broken_report, CONTRACTS["layers"]["name"])


def test_every_room_without_qt_is_under_contract() -> None:
    named = set(CONTRACTS["no-qt-below-render"]["source_modules"])
    assert uncovered(named, rooms(), WITH_QT) == set()
    assert uncovered(named, rooms() | {"unheard_of"}, WITH_QT) == {"unheard_of"}


def test_every_room_closed_to_learning_is_under_contract() -> None:
    named = set(CONTRACTS["learning-without-window"]["forbidden_modules"])
    assert uncovered(named, rooms(), OPEN_TO_LEARNING) == set()
    assert uncovered(named, rooms() | {"unheard_of"}, OPEN_TO_LEARNING) == {"unheard_of"}
