"""Use case: bring two series of one patient together, in the compute process."""

from typing import Protocol

from viewer.core.abilities import mpr_ability
from viewer.core.errors import ViewerError
from viewer.core.patient import why_apart
from viewer.core.progress import JobContext
from viewer.core.volume import Volume, VoxelArray
from viewer.imaging.registration import Registration, RegistrationRequest

FUNCTION = "viewer.imaging.registration:register"


class Worker(Protocol):
    """What is needed of `viewer.jobs.process.WorkerProcess`."""

    def call(
        self,
        ctx: JobContext,
        function: str,
        *args: RegistrationRequest,
        arrays: dict[str, VoxelArray] | None = None,
    ) -> object:
        """Run a named function in the process."""


def why_not_aligned(fixed: Volume | None, moving: Volume | None) -> str:
    """Say why two volumes cannot be aligned automatically; empty where they can."""
    if fixed is None or moving is None or fixed.stack.key == moving.stack.key:
        return "Show two different series side by side first"
    if reason := why_apart(fixed.stack.patient, moving.stack.patient):
        return reason
    for volume in (fixed, moving):
        if volume.stack.unit != "HU":
            return "Only for CT: the values must be Hounsfield units"
        ability = mpr_ability(volume.stack)
        if not ability.possible:
            return ability.reason
    return ""


def align(
    worker: Worker, ctx: JobContext, fixed: Volume, moving: Volume, *, refine: bool = True
) -> Registration:
    """Align two CT volumes; blocks the calling thread.

    Raises
    ------
    ViewerError
        They cannot be aligned; the text says why.
    CancelledError, WorkerDiedError
        As `WorkerProcess.call`.
    """
    if reason := why_not_aligned(fixed, moving):
        raise ViewerError("The series cannot be aligned", reason)
    request = RegistrationRequest(fixed.geometry, moving.geometry, refine)
    result = worker.call(
        ctx, FUNCTION, request, arrays={"fixed": fixed.data, "moving": moving.data}
    )
    if not isinstance(result, Registration):
        raise TypeError(f"{FUNCTION} returned {type(result).__name__}")
    return result
