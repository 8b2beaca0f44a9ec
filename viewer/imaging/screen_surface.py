"""A surface for the screen: the whole mesh for measures and files, and a lighter one to draw."""

from dataclasses import dataclass

from viewer.core.progress import JobContext
from viewer.core.volume import VoxelArray
from viewer.imaging.mesh import Mesh, decimate
from viewer.imaging.surface import SurfaceRequest, extract_surface

SCREEN_FACES = 300_000
"""What software OpenGL still draws in a few hundredths of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class ScreenSurface:
    """The surface that was asked for, and what is drawn of it.

    Attributes
    ----------
    mesh : Mesh
        As requested; saved as STL.
    drawn : Mesh
        The same, or a decimated one with about `SCREEN_FACES` triangles.
    """

    mesh: Mesh
    drawn: Mesh


def extract_for_screen(
    ctx: JobContext, request: SurfaceRequest, *, data: VoxelArray
) -> ScreenSurface:
    """Cut a surface and make it light enough to draw; for the compute process.

    Parameters and errors as `viewer.imaging.surface.extract_surface`.
    """
    mesh = extract_surface(ctx, request, data=data)
    if mesh.n_faces <= SCREEN_FACES:
        return ScreenSurface(mesh, mesh)
    ctx.check()
    ctx.progress(0.95, "Making it light enough for the screen")
    return ScreenSurface(mesh, decimate(mesh, 1 - SCREEN_FACES / mesh.n_faces))
