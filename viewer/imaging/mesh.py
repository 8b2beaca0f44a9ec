"""Triangle meshes in patient millimetres: measures, normals, reduction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.core.errors import ViewerError
from viewer.core.geometry import FloatArray

VertexArray = NDArray[np.float32]
FaceArray = NDArray[np.int32]

_FEWEST_FACES = 4  # a tetrahedron: nothing closed has fewer


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A triangle mesh.

    Attributes
    ----------
    vertices_lps_mm : ndarray of float32, shape (n, 3)
        Points in LPS millimetres.
    faces : ndarray of int32, shape (m, 3)
        Vertex numbers, counter-clockwise seen from outside (right-handed, as STL wants).
    normals : ndarray of float32, shape (n, 3)
        Outward unit normals of the vertices (zero for a vertex without an area around it).
    """

    vertices_lps_mm: VertexArray
    faces: FaceArray
    normals: VertexArray

    @classmethod
    def from_triangles(
        cls, vertices_lps_mm: NDArray[np.floating], faces: NDArray[np.integer]
    ) -> "Mesh":
        """Make a mesh and compute its vertex normals (mean of the faces', weighted by area)."""
        vertices = np.ascontiguousarray(vertices_lps_mm, np.float32)
        triangles = np.ascontiguousarray(faces, np.int32)
        return cls(vertices, triangles, vertex_normals(vertices, triangles))

    @property
    def n_faces(self) -> int:
        """Number of triangles."""
        return int(self.faces.shape[0])

    @property
    def area_mm2(self) -> float:
        """Area of all triangles."""
        return float(
            np.linalg.norm(_face_vectors(self.vertices_lps_mm, self.faces), axis=1).sum() / 2
        )

    @property
    def volume_mm3(self) -> float:
        """Enclosed volume of a closed mesh; negative where the faces look inwards."""
        # Seen from the middle of the mesh, because float32 products of scanner coordinates cancel.
        points = np.asarray(self.vertices_lps_mm, np.float64)
        a, b, c = (points - self.center_lps_mm)[self.faces.T]
        return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)

    @property
    def center_lps_mm(self) -> FloatArray:
        """Middle of the bounding box."""
        low, high = self.bounds_lps_mm
        return (low + high) / 2

    @property
    def bounds_lps_mm(self) -> tuple[FloatArray, FloatArray]:
        """Smallest and largest coordinates, each of shape (3,)."""
        points = self.vertices_lps_mm
        return points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)

    @property
    def is_closed(self) -> bool:
        """Whether every edge is used once in each direction: watertight and oriented alike."""
        starts = self.faces.ravel().astype(np.int64)
        ends = np.roll(self.faces, -1, axis=1).ravel().astype(np.int64)
        count = len(self.vertices_lps_mm)
        there, back = np.sort(starts * count + ends), np.sort(ends * count + starts)
        return bool(np.array_equal(there, back))


def vertex_normals(vertices: VertexArray, faces: FaceArray) -> VertexArray:
    """Return the unit normals of the vertices: the faces' normals, weighted by area.

    Parameters
    ----------
    vertices : ndarray of float32, shape (n, 3)
    faces : ndarray of int32, shape (m, 3)

    Returns
    -------
    ndarray of float32, shape (n, 3)
    """
    vectors = _face_vectors(vertices, faces)
    corners = faces.ravel()
    sums = np.stack(
        [
            np.bincount(corners, np.repeat(vectors[:, axis], 3), minlength=len(vertices))
            for axis in range(3)
        ],
        axis=1,
    )
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    units = np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 0)
    return np.asarray(units, np.float32)


def decimate(mesh: Mesh, reduce: float) -> Mesh:
    """Leave out triangles where the surface is flat (quadric edge collapse).

    Parameters
    ----------
    mesh : Mesh
    reduce : float
        Part of the triangles to remove, 0 (none) up to, but not including, 1.

    Raises
    ------
    ViewerError
        `reduce` is not in that range.
    """
    check_reduction(reduce)
    if int(mesh.n_faces * (1 - reduce)) < _FEWEST_FACES or reduce == 0:
        return mesh
    import fast_simplification

    # Around the origin: the quadrics are sums of squares of the coordinates.
    center = mesh.center_lps_mm
    points, faces = fast_simplification.simplify(
        mesh.vertices_lps_mm - center, mesh.faces, target_reduction=reduce
    )
    return Mesh.from_triangles(points + center, faces)


def check_reduction(reduce: float) -> None:
    """Raise `ViewerError` unless `reduce` is a part that can be removed (0 <= reduce < 1)."""
    if not 0 <= reduce < 1:
        raise ViewerError(
            "The surface cannot be reduced",
            f"{reduce:g} is not a part of the triangles to remove",
            "Give a number from 0 (keep all) to below 1.",
        )


def _face_vectors(vertices: VertexArray, faces: FaceArray) -> FloatArray:
    """Return, for each face, the vector along its normal whose length is twice its area."""
    a, b, c = vertices.astype(np.float64)[faces.T]
    return np.cross(b - a, c - a)
