"""mypy is strict below the window, looser where Qt and tests are, and never blind to a package."""

from pathlib import Path

import pytest
from mypy import api

from tests.support.source_tree import copy_tree, plant

UNTYPED_GENERIC = "def f(x: list) -> None:\n    del x\n"
FOREIGN_CLASS = "import pyqtgraph\n\n\nclass A(pyqtgraph.GraphicsObject):\n    pass\n"
UNKNOWN_PACKAGE = "import a_package_without_types\n"

# file, text, error code
CAUGHT = [
    ("viewer/core/planted_def.py", "def f(x):\n    return x\n", "no-untyped-def"),
    ("viewer/dicom/planted_generic.py", UNTYPED_GENERIC, "type-arg"),
    ("viewer/imaging/planted_value.py", "x: int = 'a'\n", "assignment"),
    ("viewer/jobs/planted_none.py", "def f(x: str | None) -> str:\n    return x\n", "return-value"),
    ("viewer/app/planted_class.py", FOREIGN_CLASS, "misc"),
    ("viewer/app/planted_ignore.py", "x: int = 'a'  # type: ignore\n", "ignore-without-code"),
    ("viewer/app/planted_unused.py", "x = 1  # type: ignore[misc]\n", "unused-ignore"),
    ("viewer/store/planted_import.py", UNKNOWN_PACKAGE, "import-not-found"),
    ("viewer/render/planted_def.py", "def f(x):\n    return x\n", "no-untyped-def"),
    ("viewer/ui/planted_def.py", "def f(x):\n    return x\n", "no-untyped-def"),
    ("ml/planted_def.py", "def f(x):\n    return x\n", "no-untyped-def"),
    ("tests/planted_value.py", "x: int = 'a'\n", "assignment"),
]
ALLOWED = [
    ("viewer/render/planted_class.py", FOREIGN_CLASS),
    ("viewer/ui/planted_generic.py", UNTYPED_GENERIC),
    ("tests/planted_def.py", "def f(x):\n    return x\n"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy says, with the project's settings, about all planted files in one run."""
    root = copy_tree(tmp_path_factory.mktemp("typed"), "pyproject.toml")
    files = [plant(root, file, source) for file, source, *_ in (*CAUGHT, *ALLOWED)]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        names = [str(file.relative_to(root)) for file in files]
        out, err, code = api.run(["--config-file=pyproject.toml", f"--cache-dir={root}/c", *names])
    assert code == 1, out + err
    return out


def findings(report: str, file: str) -> list[str]:
    """Lines of a report about one file."""
    return [line for line in report.splitlines() if line.startswith(f"{Path(file)}:")]


@pytest.mark.parametrize(("file", "source", "error"), CAUGHT)
def test_a_planted_violation_is_caught(report: str, file: str, source: str, error: str) -> None:
    assert any(f"[{error}]" in line for line in findings(report, file)), report


@pytest.mark.parametrize(("file", "source"), ALLOWED)
def test_an_exception_holds_where_it_is_meant(report: str, file: str, source: str) -> None:
    assert findings(report, file) == []
