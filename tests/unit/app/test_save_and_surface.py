"""Saving one thing; surfaces through a worker."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.volumes import make_geometry, make_volume
from viewer.app.save import save_photo, save_stl, save_text
from viewer.app.surface import surface_for_screen, surface_mesh
from viewer.core.errors import CancelledError, ViewerError
from viewer.core.progress import SilentContext
from viewer.files import SaveError
from viewer.imaging.mesh import Mesh
from viewer.imaging.photo import read_photo
from viewer.imaging.screen_surface import ScreenSurface
from viewer.imaging.surface_request import surface_request
from viewer.jobs.process import WorkerProcess

MESH = Mesh.from_triangles(
    np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32), np.array([[0, 1, 2]], np.int32)
)


def test_text_photo_and_stl(tmp_path):
    ctx = SilentContext()
    save_text(ctx, tmp_path / "t.csv", "ä;1\n")
    assert (tmp_path / "t.csv").read_bytes() == "ä;1\n".encode()
    rgb = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    save_photo(ctx, tmp_path / "p.png", rgb)
    np.testing.assert_array_equal(read_photo(tmp_path / "p.png"), rgb)
    save_stl(ctx, tmp_path / "m.stl", MESH)
    assert (tmp_path / "m.stl").stat().st_size == 84 + 50


def test_mistakes_are_told_and_leave_nothing(tmp_path):
    class Cancelled(SilentContext):
        def check(self):
            raise CancelledError

    with pytest.raises(SaveError):
        save_text(SilentContext(), tmp_path / "no" / "t.csv", "x")
    with pytest.raises(ViewerError, match="ending"):
        save_photo(SilentContext(), tmp_path / "p.gif", np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(CancelledError):
        save_text(Cancelled(), tmp_path / "t.csv", "x")
    assert list(tmp_path.iterdir()) == []


def test_no_surface_where_distances_are_not_known():
    volume = make_volume(replace(make_geometry(), z_known=False))
    for cut in (surface_mesh, surface_for_screen):
        with pytest.raises(ViewerError, match="distance between the images is not known"):
            cut(WorkerProcess("unused"), SilentContext(), volume, surface_request(volume, 0.0))


def test_surfaces_come_out_of_the_process():
    volume = make_volume()
    request = surface_request(volume, 0.0)
    worker = WorkerProcess("surfaces")
    try:
        mesh = surface_mesh(worker, SilentContext(), volume, request)
        screen = surface_for_screen(worker, SilentContext(), volume, request)
    finally:
        worker.close()
    assert mesh.is_closed
    assert isinstance(screen, ScreenSurface)
    np.testing.assert_array_equal(screen.mesh.faces, mesh.faces)
