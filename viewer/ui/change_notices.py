"""Passing notices of what was undone, redone or deleted, with the way to see it."""

from functools import partial
from typing import Protocol

from viewer.app.change_told import ChangeTold, told_change
from viewer.app.presenters.connections import Connections
from viewer.core.session import Session
from viewer.core.shapes import PointLps
from viewer.core.undo import Way, Went
from viewer.i18n import tr
from viewer.ui.notifications import Action, NotificationArea

TOLD = "told"
"""Topic of what is told in passing: the last such word replaces the one before."""
CHANGED = "changed"
"""Topic of the last change: over with the next one."""


class Places(Protocol):
    """What brings a place into view."""

    def jump_to(self, point_lps: PointLps) -> None:
        """Show a point of the active series in every view."""

    def show_in_series(self, series_uid: str, point_lps: PointLps) -> None:
        """Show a point in the places of one series."""


class ChangeNotices:
    """Tells of changes that the reader might not see; moves no view unasked.

    Parameters
    ----------
    session : Session
        Whose changes are told.
    notices : NotificationArea
        Where.
    places : Places
        Shows where a change was, when the reader asks for it.
    """

    def __init__(self, session: Session, notices: NotificationArea, places: Places) -> None:
        self._session, self._notices, self._places = session, notices, places
        self._connections = Connections()
        for signal, slot in (
            (session.told, self._on_told),
            (session.undo.went, self._on_went),
            (session.volume_changed, self._forget),
            (session.interaction.events.tool, self._forget),
            (session.interaction.events.selected, self._forget_told),
            (session.interaction.events.crosshair_lps, self._forget_told),
            (session.interaction.events.active, self._forget_told),
        ):
            self._connections.add(signal, slot)

    def close(self) -> None:
        """Let go of the session."""
        self._connections.close()

    def _on_told(self, text: str) -> None:
        self._forget()
        self._notices.show_message(text, topic=TOLD)

    def _on_went(self, went: Went) -> None:
        self._forget_told()
        self._notices.drop_topic(CHANGED)  # its Undo would take back another change now
        change = told_change(self._session, went)
        if change is None:
            return
        self._forget()
        action: Action | None = None
        if went.way is Way.DONE:
            action = (tr("Undo"), self._session.undo.undo)
        elif change.point_lps is not None:
            action = (tr("Show"), partial(self._show, change))
        self._notices.show_message(change.text, action=action, topic=CHANGED)

    def _show(self, change: ChangeTold) -> None:
        if change.point_lps is None:
            return
        stack = self._session.open_stack
        if stack is not None and stack.volume.stack.key.series_uid == change.series_uid:
            self._places.jump_to(change.point_lps)
        else:
            self._places.show_in_series(change.series_uid, change.point_lps)

    def _forget_told(self, *_: object) -> None:
        """A word in passing goes with the next thing that the reader does."""
        self._notices.drop_topic(TOLD)

    def _forget(self, *_: object) -> None:
        for topic in (TOLD, CHANGED):
            self._notices.drop_topic(topic)
