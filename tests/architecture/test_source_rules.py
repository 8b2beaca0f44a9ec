"""Rules of the source text that no linter knows; each function is shown a violation."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.source_tree import (
    CODE_FOLDERS,
    PROJECT_ROOT,
    ImportedModule,
    imports_of,
    is_standard,
    plant,
    project_texts,
    python_files,
)

MAX_LINES = 400
CORE_MAY_IMPORT = {"numpy", "psygnal", "msgspec", "viewer"}
CORE_EVENTS = "viewer/core/events.py"
# Half a second or more each, or the interpreter's lock held while importing.
HEAVY = {"tensorflow", "keras", "lightgbm", "sklearn", "cv2", "skimage", "SimpleITK", "vtk"}
RUNS_CODE_WHEN_READ = {"pickle", "cPickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}
# Folders of one machine or one person; assembled, so that this file does not contain them.
MACHINE_PATH = re.compile("(?<![\\w.~$}])/" + "(work|home|root|Users)" + "/\\w")


def too_long(root: Path) -> list[str]:
    """Files with more lines than a file should have."""
    files = [*python_files(root, *CODE_FOLDERS, "tests"), root / "main.py"]
    lengths = {f: len(f.read_text(encoding="utf-8").splitlines()) for f in files if f.exists()}
    return [f"{f.relative_to(root)}: {n} lines" for f, n in lengths.items() if n > MAX_LINES]


def machine_paths(root: Path) -> list[str]:
    """Absolute paths of one machine in the project's texts."""
    return [
        f"{file}: {match.group()}"
        for file, text in project_texts(root)
        for match in MACHINE_PATH.finditer(text)
    ]


def imports(root: Path, *folders: str) -> Iterable[ImportedModule]:
    """All imports in the Python files of some folders."""
    return (module for file in python_files(root, *folders) for module in imports_of(file))


def unsafe_readers(root: Path) -> list[str]:
    """Imports of formats that run code when they are read, and arrays read that way."""
    found = [str(m) for m in imports(root, *CODE_FOLDERS) if m.top in RUNS_CODE_WHEN_READ]
    for file in python_files(root, *CODE_FOLDERS):
        if re.search(r"allow_pickle\s*=\s*True", file.read_text(encoding="utf-8")):
            found.append(f"{file}: allow_pickle=True")
    return found


def early_heavy_imports(root: Path) -> list[str]:
    """Heavy packages imported when a module of the viewer or of learning is imported."""
    return [str(m) for m in imports(root, *CODE_FOLDERS) if m.top in HEAVY and m.at_module_level]


def foreign_imports_of_core(root: Path) -> list[str]:
    """What core imports beyond values: numpy, and psygnal in its one place."""
    found = []
    for module in imports(root, "viewer/core"):
        psygnal_elsewhere = module.top == "psygnal" and not str(module.file).endswith(CORE_EVENTS)
        if not is_standard(module) and (module.top not in CORE_MAY_IMPORT or psygnal_elsewhere):
            found.append(str(module))
    return found


def early_imports_of_main(root: Path) -> list[str]:
    """What importing main.py imports: spawned children do so, and must not meet Qt there."""
    return [
        str(m) for m in imports_of(root / "main.py") if m.at_module_level and not is_standard(m)
    ]


RULES = {
    too_long: ("viewer/app/planted.py", "x = 1\n" * (MAX_LINES + 1)),
    machine_paths: ("docs/planted.md", "see /" + "work/data and /" + "home/me/x"),
    unsafe_readers: ("ml/planted.py", "def read() -> None:\n    from joblib import load\n"),
    early_heavy_imports: ("viewer/imaging/planted.py", "from skimage import measure\n"),
    foreign_imports_of_core: ("viewer/core/planted.py", "def f() -> None:\n    import scipy\n"),
    early_imports_of_main: ("main.py", "from viewer.ui import application\n"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_follows_the_rule(rule):
    assert rule(PROJECT_ROOT) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_planted_violation_is_caught(rule, tmp_path):
    file, source = RULES[rule]
    plant(tmp_path, file, source)
    assert len(rule(tmp_path)) >= 1


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("viewer/store/planted.py", "import pickle\n"),
        ("viewer/store/planted.py", "import numpy as np\na = np.load('x', allow_pickle=True)\n"),
    ],
)
def test_other_unsafe_readers_are_caught(tmp_path, file, source):
    plant(tmp_path, file, source)
    assert len(unsafe_readers(tmp_path)) == 1


def test_psygnal_stays_in_the_events_of_core(tmp_path):
    plant(tmp_path, CORE_EVENTS, "from psygnal import Signal\n")
    assert foreign_imports_of_core(tmp_path) == []
    plant(tmp_path, "viewer/core/planted.py", "from psygnal import Signal\n")
    assert foreign_imports_of_core(tmp_path) != []


def test_heavy_imports_inside_functions_are_allowed(tmp_path):
    plant(tmp_path, "viewer/imaging/planted.py", "def f() -> None:\n    import cv2\n")
    assert early_heavy_imports(tmp_path) == []


def modules_loaded_by(statement: str) -> set[str]:
    """Top-level packages in a fresh interpreter after a statement."""
    code = f"{statement}\nimport sys\nprint(*sorted({{m.partition('.')[0] for m in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_main_loads_nothing_heavy():
    heavy = HEAVY | {"PySide6", "pyqtgraph", "numpy", "pydicom", "scipy"}
    assert modules_loaded_by("import main, viewer") & heavy == set()
    assert "numpy" in modules_loaded_by("import numpy") & heavy
