"""Joins marks to those of a prior: the list of candidates, and the suggestion for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from viewer.app import follow_up
from viewer.app.follow_up import NEAR_MM, Pairing
from viewer.app.mark_values import kind_name, mark_values
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.roi_cache import RoiCache
from viewer.app.words import shown_words
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import AnyShape
from viewer.i18n import tr, tr_n


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair in words.

    Attributes
    ----------
    later, earlier : str
        The two marks: kind, value, words; the earlier one with its date.
    distance_mm : float
        Between them.
    is_made : bool
        Whether the two are paired already.
    """

    later: str
    earlier: str
    distance_mm: float
    is_made: bool = False


class PairingView(Protocol):
    """The suggestion."""

    @property
    def distance_changed(self) -> Connectable:
        """How far apart two marks may be, in millimetres."""

    @property
    def confirmed(self) -> Connectable:
        """Tuple of the numbers of the rows that shall be paired."""

    def set_suggestions(self, rows: tuple[PairRow, ...], note: str) -> None:
        """Show other rows, and why there are none."""


class PairingPresenter:
    """Offers marks of a prior and makes the pairs.

    Parameters
    ----------
    tell : callable
        Told what was done.
    """

    def __init__(
        self, session: Session, view: PairingView, rois: RoiCache, tell: Callable[[str], None]
    ) -> None:
        self._session, self._view, self._rois, self._tell = session, view, rois, tell
        self._within_mm, self._is_open = NEAR_MM, False
        self._suggested: tuple[Pairing, ...] = ()
        self._connections = Connections()
        for signal, slot in (
            (session.shown_changed, self._refresh),
            (session.undo.changed, self._refresh),
            (session.links.changed, self._refresh),
            (view.distance_changed, self._on_distance),
            (view.confirmed, self._on_confirmed),
        ):
            self._connections.add(signal, slot)

    def close(self) -> None:
        """Let go of session and view."""
        self._connections.close()

    def candidates(self) -> tuple[tuple[Pairing, PairRow], ...]:
        """Return what the selected mark may be paired with, nearest first."""
        found = follow_up.candidates(self._session, self._session.interaction.selected)
        return tuple((pairing, self._row(pairing)) for pairing in found)

    def why_none(self) -> str:
        """Say why there is no candidate."""
        if not follow_up.other_series(self._session):
            return tr("Show the prior beside this series and join the two: View > Link")
        return tr("No mark of this kind in the series beside")

    def pair(self, pairing: Pairing) -> None:
        """Pair two marks."""
        if follow_up.pair(self._session, (pairing,)):
            self._tell(tr("Paired with the prior mark"))

    def part(self) -> None:
        """Part the selected mark from its prior."""
        follow_up.part(self._session, (self._session.interaction.selected,))

    def suggest(self) -> None:
        """Begin to suggest pairs for all marks."""
        self._is_open = True
        self._refresh()

    def end(self) -> None:
        """Suggest no more."""
        self._is_open = False

    def _refresh(self, *_: object) -> None:
        if not self._is_open:
            return
        self._suggested = follow_up.suggestions(self._session, self._within_mm)
        note = ""
        if not self._suggested:
            note = tr("No further pair within {mm:.0f} mm", mm=self._within_mm)
            if not follow_up.other_series(self._session):
                note = self.why_none()
        self._view.set_suggestions(tuple(self._row(pair) for pair in self._suggested), note)

    def _on_distance(self, within_mm: float) -> None:
        self._within_mm = within_mm
        self._refresh()

    def _on_confirmed(self, numbers: tuple[int, ...]) -> None:
        chosen = tuple(self._suggested[number] for number in numbers)
        made = follow_up.pair(self._session, chosen)
        if made:
            self._tell(tr_n("{n} mark paired with its prior", "{n} marks paired", made))

    def _row(self, pairing: Pairing) -> PairRow:
        before = self._stack(pairing.prior.series_uid)
        day = None
        if before is not None and not self._session.interaction.teaching:
            day = follow_up.study_date(self._session.index, before.volume.stack)
        earlier = self._words(pairing.earlier, before)
        return PairRow(
            self._words(pairing.later, self._stack(pairing.series_uid)),
            earlier if day is None else f"{earlier} ({day.isoformat()})",
            pairing.distance_mm,
            pairing.is_made,
        )

    def _words(self, shape: AnyShape, stack: OpenStack | None) -> str:
        """Return kind, value and the reader's words of a mark on one line."""
        value = ""
        if stack is not None:
            loaded = len(stack.loaded) >= stack.volume.geometry.shape_zyx[0]
            value = mark_values(shape, stack.volume, self._rois, loaded).short
        return " ".join(
            part for part in (tr(kind_name(shape)), value, shown_words(shape.words)) if part
        )

    def _stack(self, series_uid: str) -> OpenStack | None:
        stacks = self._session.stacks.items()
        return next((stack for key, stack in stacks if key.series_uid == series_uid), None)
