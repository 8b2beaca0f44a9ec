"""Brings the active series and the one beside it together, in the background."""

import math
from collections.abc import Callable

import numpy as np

from viewer.app.align import why_not_aligned
from viewer.core.commands import SetPair
from viewer.core.errors import ViewerError
from viewer.core.links import Rigid
from viewer.core.progress import JobContext
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import PointLps, as_point
from viewer.core.volume import Volume
from viewer.i18n import tr
from viewer.imaging.registration import Registration
from viewer.jobs.runner import JobRunner

ALIGN_KEY = "link.align"
LEAST_CORRELATION = 0.6
"""Below it two chests are so unlike that the result is told with a warning."""

Align = Callable[[JobContext, Volume, Volume], Registration]


class Aligner:
    """Registers two series and pairs them, as one step that can be undone.

    Parameters
    ----------
    session : Session
        What is shown; its links get the pair.
    runner : JobRunner
        Runs the registration.
    align : callable
        Runs on a job thread; see `viewer.app.align.align`.
    tell, trouble : callable
        Told what came out, or what went wrong.
    """

    def __init__(
        self,
        session: Session,
        runner: JobRunner,
        align: Align,
        tell: Callable[[str], None],
        trouble: Callable[[ViewerError], None],
    ) -> None:
        self._session, self._runner, self._align = session, runner, align
        self._tell, self._trouble = tell, trouble

    def start(self) -> None:
        """Align the active series with the first other one that is shown."""
        here, there = self._session.open_stack, self._beside()
        reason = why_not_aligned(
            None if here is None else here.volume, None if there is None else there.volume
        )
        if here is None or there is None or reason:
            self._trouble(ViewerError("The series cannot be aligned", reason))
            return
        for stack in (here, there):
            if len(stack.loaded) < stack.volume.geometry.shape_zyx[0]:
                self._trouble(
                    ViewerError("The series cannot be aligned", "they are still being loaded")
                )
                return
        pair = here.volume.stack.key.series_uid, there.volume.stack.key.series_uid
        self._runner.submit(
            ALIGN_KEY,
            self._align,
            here.volume,
            there.volume,
            title=tr("Aligning series"),
            on_done=lambda found: self._on_done(pair, found),
            on_failed=self._on_failed,
        )

    def _beside(self) -> OpenStack | None:
        session, here = self._session, self._session.open_stack
        if here is None:
            return None
        own = here.volume.stack.key.series_uid
        for name in session.viewports.by_id:
            stack = session.shown_in(name)
            if stack is not None and stack.volume.stack.key.series_uid != own:
                return stack
        return None

    def _on_done(self, pair: tuple[str, str], found: Registration) -> None:
        session = self._session
        session.undo.run_on(SetPair(*pair, found.rigid, "alignment of series"), session.links)
        point = session.interaction.crosshair_lps
        session.interaction.crosshair_lps = None
        session.interaction.crosshair_lps = point  # the other places go there
        before, after = found.correlation_before, found.correlation_after
        shift_mm, turn_deg = _movement(found.rigid, self._middle_of(pair[0]))
        text = tr(
            "Series aligned: moved {shift:.1f} mm, turned {turn:.1f}°; correlation {before:.2f} "
            "before, {after:.2f} after",
            shift=shift_mm,
            turn=turn_deg,
            before=before,
            after=after,
        )
        if after < LEAST_CORRELATION:
            text += tr("; they are very unlike: check the result, undo takes it back")
        self._tell(text)

    def _middle_of(self, series_uid: str) -> PointLps:
        stacks = self._session.stacks.items()
        found = (s.volume.geometry for key, s in stacks if key.series_uid == series_uid)
        geometry = next(found, None)
        return (0.0, 0.0, 0.0) if geometry is None else as_point(geometry.center_lps_mm)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, ViewerError):
            error = ViewerError("The series could not be aligned", "the log tells more")
        self._trouble(error)


def _movement(rigid: Rigid, middle_lps: PointLps) -> tuple[float, float]:
    """Return how far the middle of the series moves in mm, and by how many degrees it turns."""
    cosine = (float(np.trace(rigid.matrix)) - 1) / 2
    turn_deg = math.degrees(math.acos(min(max(cosine, -1.0), 1.0)))
    return math.dist(rigid.apply(middle_lps), middle_lps), turn_deg
