"""Runs the program as a user does: another process, its exit code and what it wrote."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.support.source_tree import PROJECT_ROOT
from viewer.core.geometry import VolumeGeometry
from viewer.core.progress import SilentContext
from viewer.core.study import NamedWindow, Patient, StackLabels
from viewer.core.window import HuWindow
from viewer.dicom.write import SeriesText, write_ct_series


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out, parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def hounsfield(
    *arguments: object,
    block: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
) -> Outcome:
    """Run `main.py`; packages named in `block` cannot be imported, as if not installed."""
    start = [sys.executable, "main.py"] if not block else [sys.executable, "-c", _blocking(block)]
    done = subprocess.run(
        [*start, *map(str, arguments)],
        cwd=PROJECT_ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def _blocking(packages: tuple[str, ...]) -> str:
    return f"""
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {packages!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
sys.path.insert(0, ".")
from main import main
sys.exit(main())
"""


def small_series(folder: Path, seed: str = "small") -> tuple[np.ndarray, VolumeGeometry]:
    """Write 9 slices of 40 x 56 with a bright off-centre ball in air; return HU and geometry."""
    geometry = VolumeGeometry(
        (9, 40, 56),
        (2.5, 0.8, 0.7),
        np.array([-20.0, -31.5, 7.25]),
        np.eye(3)[::-1].copy(),
        "1.2.3",
    )
    z, y, x = np.indices(geometry.shape_zyx)
    distance_mm = np.sqrt(((z - 3) * 2.5) ** 2 + ((y - 15) * 0.8) ** 2 + ((x - 35) * 0.7) ** 2)
    hu = np.where(distance_mm < 8, 400, -900).astype(np.int16)
    hu += (3 * z + 2 * (y % 5) + x % 7).astype(np.int16)
    text = SeriesText(
        seed,
        Patient("Secret^Name", "ID-77", "19500101", "070Y", "F"),
        StackLabels(study_description="Test", series_description="Bäll", series_number="4"),
        (NamedWindow("", HuWindow(1200, -300)),),
        4,
    )
    write_ct_series(SilentContext(), folder, hu, geometry, text)
    return hu, geometry
