"""The rules of ruff that this project relies on are switched on, where they should be."""

import json
import subprocess
import sys

import pytest

from tests.support.source_tree import PROJECT_ROOT

HEAD = '"""Planted."""\n\n'

# rule, file that the text pretends to be, text
CAUGHT = [
    ("T201", "viewer/app/planted.py", "print(1)\n"),
    ("T201", "ml/planted.py", "print(1)\n"),
    ("E722", "viewer/dicom/planted.py", "try:\n    x = 1\nexcept:\n    x = 2\n"),
    ("BLE001", "viewer/dicom/planted.py", "try:\n    x = 1\nexcept Exception:\n    x = 2\n"),
    ("PTH123", "viewer/store/planted.py", "x = open('f')\n"),
    ("PTH118", "viewer/store/planted.py", "import os.path\nx = os.path.join('a', 'b')\n"),
    ("S101", "viewer/core/planted.py", "assert True\n"),
    ("S301", "ml/planted.py", "import pickle\nx = pickle.loads(b'')\n"),
    ("TID251", "ml/planted.py", "from joblib import load\n"),
    ("TID251", "tests/unit/planted.py", "import pickle\n"),
    ("TID252", "viewer/core/planted.py", "from . import window\n"),
    ("B006", "viewer/app/planted.py", "def f(x: list[int] = []) -> None:\n    del x\n"),
    ("ANN401", "viewer/app/planted.py", "from typing import Any\ndef f(x: Any) -> None: ...\n"),
    ("ARG001", "viewer/app/planted.py", "def f(x: int) -> None:\n    return None\n"),
    ("D103", "viewer/app/planted.py", "def f() -> None:\n    return None\n"),
    ("FIX002", "viewer/app/planted.py", "# TODO: later\n"),
    ("G004", "viewer/app/planted.py", "import logging\nlogging.getLogger().info(f'{1}')\n"),
    ("N801", "viewer/core/planted.py", "class window: ...\n"),
    ("PLE2502", "viewer/core/planted.py", "x = '\u202e'\n"),
    ("PT011", "tests/unit/planted.py", "import pytest\nwith pytest.raises(ValueError):\n    f()\n"),
    ("C408", "viewer/core/planted.py", "x = dict()\n"),
    ("SIM102", "viewer/core/planted.py", "if a:\n    if b:\n        c = 1\n"),
    ("RUF012", "viewer/core/planted.py", "class A:\n    x = []\n"),
    ("UP006", "viewer/core/planted.py", "from typing import List\nx: List[int]\n"),
    ("I001", "viewer/core/planted.py", "import sys\nimport abc\n"),
    ("F401", "viewer/core/planted.py", "import abc\n"),
    ("E501", "viewer/core/planted.py", f"x = '{'a' * 100}'\n"),
]
ALLOWED = [
    ("T201", "viewer/cli/planted.py", "print(1)\n"),
    ("S101", "tests/unit/planted.py", "assert True\n"),
    ("D103", "tests/unit/planted.py", "def test_f() -> None:\n    return None\n"),
    ("N802", "viewer/ui/planted.py", "class A:\n    def paintEvent(self) -> None: ...\n"),
]


def ruff(*arguments: str, source: str) -> subprocess.CompletedProcess[str]:
    """Run ruff on a text, with the project's settings."""
    return subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "-"],
        input=source, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip


def broken_rules(file: str, source: str) -> set[str]:
    """Codes of the rules that a text breaks in a place of the tree."""
    done = ruff("check", "--output-format=json", f"--stdin-filename={file}", source=HEAD + source)
    assert done.returncode in (0, 1), done.stderr
    return {finding["code"] for finding in json.loads(done.stdout)}


@pytest.mark.parametrize(("rule", "file", "source"), CAUGHT)
def test_a_planted_violation_is_caught(rule: str, file: str, source: str) -> None:
    assert rule in broken_rules(file, source)


@pytest.mark.parametrize(("rule", "file", "source"), ALLOWED)
def test_an_exception_holds_where_it_is_meant(rule: str, file: str, source: str) -> None:
    assert rule not in broken_rules(file, source)


def test_other_formatting_is_caught() -> None:
    check = ("format", "--check", "--stdin-filename=viewer/planted.py")
    assert ruff(*check, source="x = {'a':1}\n").returncode == 1
    assert ruff(*check, source='x = {"a": 1}\n').returncode == 0
