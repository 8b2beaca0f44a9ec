"""The walk through the real window, on a virtual screen that the program starts itself."""

import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from tests.support.cli import hounsfield, small_series

STEPS = (
    "open", "scroll", "window-lung", "window-drag", "crosshair", "surface-bone", "surface-lungs",
    "analyze", "annotate", "export",
)  # fmt: skip


@pytest.mark.gui
@pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("Xvfb") is None, reason="needs Xvfb"
)
def test_every_step_leaves_its_picture(tmp_path, hounsfield_home):
    small_series(tmp_path / "series")
    out = tmp_path / "out"
    no_screen = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    outcome = hounsfield("demo", "--out", out, "--path", tmp_path / "series", environment=no_screen)
    assert outcome.code == 0, outcome.err
    pictures = sorted(out.glob("*.png"))
    assert [p.stem.partition("-")[2] for p in pictures] == list(STEPS)
    for path in pictures:
        with Image.open(path) as picture:
            assert min(picture.size) > 400
            assert np.unique(np.asarray(picture.convert("L"))).size > 8
        assert path.name in outcome.out
    exports = {p.name for p in (out / "exports").iterdir()}
    assert "surface.stl" in exports
    assert any(name.startswith("axial-") for name in exports)
    # The walk's marks do not end up among the user's own.
    assert not (hounsfield_home / "data" / "annotations").exists()
    assert outcome.err == ""
