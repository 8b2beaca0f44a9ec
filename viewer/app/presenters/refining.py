"""Coarse now, exact later: one picture that takes long, made by a job when the hand is still."""

from collections.abc import Callable
from functools import partial
from typing import Generic, Protocol, TypeVar

from viewer.core.progress import JobContext
from viewer.jobs.job import Job
from viewer.jobs.runner import JobRunner

SETTLE_MS = 100
"""The exact picture is begun when nothing has moved for so long."""
MOST_COARSE = 7
"""Pixels of a moving picture are at most so many times as large."""

PictureT = TypeVar("PictureT")
MadeT_co = TypeVar("MadeT_co", covariant=True)
Key = tuple[object, ...]
Later = Callable[[int, Callable[[], None]], None]
"""Runs a function on the UI thread after some milliseconds."""


class Make(Protocol[MadeT_co]):
    """Makes a picture."""

    def __call__(self, *, coarse: int = 1, check: Callable[[], None] = ...) -> MadeT_co:
        """Return it with pixels `coarse` times as large; `check` may raise to end the work."""


class Refiner(Generic[PictureT]):
    """Keeps the last exact picture; a costly one comes coarse until a job has made it.

    Parameters
    ----------
    job_key : str
        A newer job with this key supersedes an older one.
    runner : JobRunner or None
        Where costly pictures are made; None makes all of them at once.
    later : callable
        See `Later`.
    arrived : callable
        Told when the exact picture is there: ask again.
    """

    def __init__(
        self,
        job_key: str,
        runner: JobRunner | None,
        later: Later,
        arrived: Callable[[], None],
    ) -> None:
        self._job_key, self._runner = job_key, runner
        self._later, self._arrived = later, arrived
        self._key: Key = ()
        self._exact: PictureT | None = None
        self._generation = 0
        self._job: Job | None = None

    @property
    def exact(self) -> PictureT | None:
        """The last exact picture; None while a coarse one stands for it."""
        return self._exact

    def picture(self, key: Key, coarse: int, make: Make[PictureT]) -> PictureT:
        """Return the picture with a key: the exact one, or a coarse one until that is there.

        Parameters
        ----------
        key : tuple
            All that it depends on.
        coarse : int
            How much larger its pixels must be to be made at once; 1 for a cheap one.
        make : callable
            See `Make`.
        """
        if self._exact is not None and self._key == key:
            return self._exact
        self.forget()
        self._key = key
        if self._runner is None or coarse <= 1:
            made = make()
            self._exact = made
            return made
        self._later(SETTLE_MS, partial(self._begin, self._generation, make))
        return make(coarse=min(coarse, MOST_COARSE))

    def forget(self) -> None:
        """Drop the picture, and what is being made: the voxels are others now."""
        self._generation += 1
        self._key, self._exact = (), None
        if self._job is not None:
            self._job.cancel()  # it would only hold up what is made next
            self._job = None

    def _begin(self, generation: int, make: Make[PictureT]) -> None:
        if generation == self._generation and self._runner is not None:
            done = partial(self._on_made, generation)
            self._job = self._runner.submit(self._job_key, _make_exactly, make, on_done=done)

    def _on_made(self, generation: int, made: PictureT) -> None:
        if generation == self._generation:
            self._exact, self._job = made, None
            self._arrived()


def _make_exactly(ctx: JobContext, make: Make[PictureT]) -> PictureT:
    return make(check=ctx.check)
