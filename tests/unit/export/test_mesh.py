"""Binary STL, read back by hand."""

import numpy as np
import pytest

from viewer.core.errors import CancelledError
from viewer.core.progress import SilentContext
from viewer.export import mesh as stl
from viewer.export.mesh import write_stl
from viewer.imaging.mesh import Mesh

VERTICES = np.array([[0, 0, 0], [3, 0, 0], [0, 2, 0], [0, 0, 5]], np.float32)
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)
TETRAHEDRON = Mesh.from_triangles(VERTICES, FACES)


def read(path):
    content = path.read_bytes()
    count = int(np.frombuffer(content, "<u4", 1, 80)[0])
    records = np.frombuffer(content[84:], "(3,)<f4,(3,3)<f4,<u2")
    assert len(content) == 84 + 50 * count
    return content[:80], records["f0"], records["f1"]


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_triangles_come_back(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(stl, "_FACES_AT_ONCE", at_once)
    write_stl(tmp_path / "t.stl", TETRAHEDRON)
    header, normals, corners = read(tmp_path / "t.stl")
    assert not header.startswith(b"solid")
    np.testing.assert_array_equal(corners, VERTICES[FACES])
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, rtol=1e-6)
    outward = np.einsum("ij,ij->i", normals, corners.mean(axis=1) - VERTICES.mean(axis=0))
    assert (outward > 0).all()
    assert TETRAHEDRON.volume_mm3 == pytest.approx(5.0)


def test_a_triangle_without_area_has_no_nan(tmp_path):
    flat = Mesh.from_triangles(VERTICES, np.array([[0, 0, 1]], np.int32))
    write_stl(tmp_path / "t.stl", flat)
    assert np.isfinite(read(tmp_path / "t.stl")[1]).all()


def test_cancel_leaves_nothing(tmp_path):
    class Cancelled(SilentContext):
        def check(self) -> None:
            raise CancelledError

    with pytest.raises(CancelledError):
        write_stl(tmp_path / "t.stl", TETRAHEDRON, Cancelled())
    assert list(tmp_path.iterdir()) == []
