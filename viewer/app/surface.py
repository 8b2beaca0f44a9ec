"""Use case: cut a surface in the compute process."""

from typing import Protocol

from viewer.core.abilities import surface_ability
from viewer.core.errors import ViewerError
from viewer.core.progress import JobContext
from viewer.core.study import Stack
from viewer.core.volume import Volume, VoxelArray
from viewer.imaging.mesh import Mesh
from viewer.imaging.screen_surface import ScreenSurface
from viewer.imaging.surface_request import SurfaceRequest

FOR_SCREEN = "viewer.imaging.screen_surface:extract_for_screen"
WHOLE = "viewer.imaging.surface:extract_surface"


class Worker(Protocol):
    """What is needed of `viewer.jobs.process.WorkerProcess`."""

    def call(
        self,
        ctx: JobContext,
        function: str,
        *args: SurfaceRequest,
        arrays: dict[str, VoxelArray] | None = None,
    ) -> object:
        """Run a named function in the process."""


def check_surface(stack: Stack) -> None:
    """Refuse a surface that would not be true.

    Raises
    ------
    ViewerError
        Distances or directions are not known, or there are too few images.
    """
    ability = surface_ability(stack)
    if not ability.possible:
        raise ViewerError("The surface cannot be made", ability.reason)


def surface_for_screen(
    worker: Worker, ctx: JobContext, volume: Volume, request: SurfaceRequest
) -> ScreenSurface:
    """Cut a surface and a light version of it to draw; blocks the calling thread.

    Raises
    ------
    CancelledError, WorkerDiedError, ViewerError
        As `WorkerProcess.call`, `check_surface` and `viewer.imaging.surface.extract_surface`.
    """
    check_surface(volume.stack)
    result = worker.call(ctx, FOR_SCREEN, request, arrays={"data": volume.data})
    if not isinstance(result, ScreenSurface):
        raise TypeError(f"{FOR_SCREEN} returned {type(result).__name__}")
    return result


def surface_mesh(worker: Worker, ctx: JobContext, volume: Volume, request: SurfaceRequest) -> Mesh:
    """Cut a surface for a file; as `surface_for_screen`."""
    check_surface(volume.stack)
    result = worker.call(ctx, WHOLE, request, arrays={"data": volume.data})
    if not isinstance(result, Mesh):
        raise TypeError(f"{WHOLE} returned {type(result).__name__}")
    return result
