"""Meshes as binary STL, in patient millimetres."""

from pathlib import Path

import numpy as np

from viewer.core.progress import JobContext, SilentContext
from viewer.files import replacing
from viewer.imaging.mesh import Mesh

HEADER = b"Hounsfield surface; SPACE=LPS; UNIT=mm".ljust(80)
"""Must not begin with "solid" (that means text); SPACE=LPS is how 3D Slicer knows the axes."""
_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_FACES_AT_ONCE = 200_000


def write_stl(path: Path, mesh: Mesh, ctx: JobContext | None = None) -> None:
    """Write a mesh.

    Parameters
    ----------
    path : Path
        Where to.
    mesh : Mesh
        In LPS millimetres; the corners go counter-clockwise seen from outside.
    ctx : JobContext, optional
        For progress and cancelling.

    Raises
    ------
    SaveError
        It cannot be written.
    """
    ctx = ctx or SilentContext()
    with replacing(path) as file:
        file.write(HEADER)
        file.write(np.uint32(mesh.n_faces).astype("<u4").tobytes())
        for start in range(0, mesh.n_faces, _FACES_AT_ONCE):
            ctx.check()
            ctx.progress(start / mesh.n_faces, "Writing the surface")
            file.write(_records(mesh, slice(start, start + _FACES_AT_ONCE)).tobytes())


def _records(mesh: Mesh, part: slice) -> "np.ndarray[tuple[int, ...], np.dtype[np.void]]":
    corners = mesh.vertices_lps_mm[mesh.faces[part]]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    records = np.zeros(len(corners), _RECORD)
    records["normal"] = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    records["corners"] = corners
    return records
