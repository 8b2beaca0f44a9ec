"""The project's own files, read by the tests that guard its structure."""

import ast
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT_ROOT = Path(__file__).parents[2]
CODE_FOLDERS = ("viewer", "ml")
TEXT_SUFFIXES = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".cfg", ".txt", ".csv", ""}


@dataclass(frozen=True, slots=True)
class ImportedModule:
    """One import statement: the module it names, where, and whether it runs on import."""

    name: str
    file: Path
    line: int
    at_module_level: bool

    @property
    def top(self) -> str:
        """The package that the module belongs to."""
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


def pyproject(root: Path = PROJECT_ROOT) -> dict[str, Any]:
    """The parsed pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def python_files(root: Path, *folders: str) -> list[Path]:
    """All Python files below the given folders of a tree."""
    return sorted(file for folder in folders for file in (root / folder).rglob("*.py"))


def project_texts(root: Path) -> Iterator[tuple[Path, str]]:
    """Every text file that belongs to the project, with its content."""
    own = ("viewer", "ml", "tests", "docs", "resources", ".ci")
    candidates = [file for folder in own for file in (root / folder).rglob("*")]
    for file in sorted(candidates + list(root.glob("*"))):
        if not file.is_file() or "__pycache__" in file.parts or file.name == "uv.lock":
            continue
        if file.suffix in TEXT_SUFFIXES:
            yield file.relative_to(root), file.read_text(encoding="utf-8", errors="replace")


def imports_of(file: Path) -> list[ImportedModule]:
    """The modules that a file names in its import statements, wherever they stand."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    deferred = {
        id(node)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        or (isinstance(outer, ast.If) and "TYPE_CHECKING" in ast.unparse(outer.test))
        for node in ast.walk(outer)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        found += [ImportedModule(n, file, node.lineno, id(node) not in deferred) for n in names]
    return found


def is_standard(module: ImportedModule) -> bool:
    """Whether the module comes with Python."""
    return module.top in sys.stdlib_module_names


def copy_tree(target: Path, *parts: str) -> Path:
    """Copy files and folders of the project into a folder where violations can be planted."""
    for part in parts:
        source = PROJECT_ROOT / part
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target / part, ignore=ignored, dirs_exist_ok=True)
        else:
            shutil.copy(source, target / part)
    return target


def plant(root: Path, file: str, source: str) -> Path:
    """Write a file into a copied tree, with the packages above it."""
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.relative_to(root).parents:
        if folder.parts and folder.parts[0] in CODE_FOLDERS:
            (root / folder / "__init__.py").touch()
    path.write_text(source, encoding="utf-8")
    return path
