"""Joins the session to the metadata browser: the file of the image on the screen, or any other."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from viewer.app.masking import told_error
from viewer.app.presenters.connections import Connectable, Connections
from viewer.app.presenters.viewport import Later
from viewer.app.tag_listing import cell_line, text_lines
from viewer.app.tag_masking import masked_reading
from viewer.app.tag_outline import TagOutline
from viewer.app.tag_rows import TagRow
from viewer.app.tag_sheet import ReadElements, TagSheet, read_sheet
from viewer.app.tag_targets import (
    NOTHING,
    CompareChoice,
    TagTarget,
    compare_choices,
    compared_target,
    shown_slice,
    shown_target,
)
from viewer.app.tag_text import count_text, raw_text
from viewer.core.errors import ViewerError
from viewer.core.session import Session
from viewer.i18n import tr
from viewer.jobs.runner import JobRunner

TAGS_KEY = "tags"
FOLLOW_DELAY_MS = 120
"""While a reader scrolls, no file is read for each slice that flies by."""


class TagsView(Protocol):
    """The window."""

    @property
    def find_edited(self) -> Connectable:
        """The text that is looked for, at every key."""

    @property
    def follow_toggled(self) -> Connectable:
        """Whether the window follows the image on the screen."""

    @property
    def private_toggled(self) -> Connectable:
        """Whether private elements are shown."""

    @property
    def differences_toggled(self) -> Connectable:
        """Whether only what differs is shown."""

    @property
    def comparison_chosen(self) -> Connectable:
        """Place in the list of choices, and the slice number beside it."""

    @property
    def row_toggled(self) -> Connectable:
        """`TagRow` to open or close."""

    @property
    def all_toggled(self) -> Connectable:
        """Open (true) or close every line."""

    @property
    def rows_copied(self) -> Connectable:
        """`TagRow`s to copy, one on a line."""

    @property
    def value_copied(self) -> Connectable:
        """`TagRow` whose value to copy."""

    @property
    def text_copied(self) -> Connectable:
        """Copy all that is shown."""

    @property
    def closed(self) -> Connectable:
        """The window was closed."""

    def set_follow(self, follow: bool) -> None:
        """Show whether the window follows the image."""

    def set_heading(self, heading: str, detail: str) -> None:
        """Say what is shown, and from which file."""

    def set_damage(self, text: str) -> None:
        """Say what is wrong with the file; empty: nothing."""

    def set_columns(self, titles: tuple[str, ...]) -> None:
        """Name the two values that are compared; empty: one value."""

    def set_rows(self, rows: Sequence[TagRow], is_open: Callable[[TagRow], bool]) -> None:
        """Show other lines."""

    def set_count(self, text: str) -> None:
        """Say how many lines match."""

    def set_choices(self, texts: tuple[str, ...], chosen: int, slices: int) -> None:
        """Offer what to compare with, and how many slice numbers there are."""

    def set_numbered(self, numbered: bool, number: int) -> None:
        """Ask for a slice number, or do not."""


class TagsPresenter:
    """Reads files in the background, keeps the window at what the reader asked for.

    Parameters
    ----------
    read : callable
        Reads the elements of a file; runs on a job thread.
    later : callable
        Runs a function on the UI thread after some milliseconds.
    copy_text : callable
        Puts a text on the clipboard.
    """

    def __init__(
        self,
        session: Session,
        view: TagsView,
        runner: JobRunner,
        read: ReadElements,
        *,
        later: Later,
        copy_text: Callable[[str], None],
    ) -> None:
        self._session, self._view, self._runner, self._read = session, view, runner, read
        self._later, self._copy_text = later, copy_text
        self._outline = TagOutline()
        self._active = self._pending = self._closed = False
        self._follow, self._only_differences = True, False
        self._target, self._here = TagTarget(""), shown_slice(session)
        self._asked: tuple[TagTarget, TagTarget | None] | None = None
        self._choices: tuple[CompareChoice, ...] = (NOTHING,)
        self._choice, self._number = NOTHING, 1
        self._sheet = TagSheet([], "", "")
        self._connections, self._watched = Connections(), Connections()
        for signal, slot in (
            (session.volume_changed, self._on_volume),
            (session.index_changed, self._on_index),
            (session.interaction.events.active, self._touch),
            (session.interaction.events.teaching, self._on_teaching),
            (view.find_edited, self._on_find),
            (view.follow_toggled, self._on_follow),
            (view.private_toggled, self._on_private),
            (view.differences_toggled, self._on_differences),
            (view.comparison_chosen, self._on_comparison),
            (view.row_toggled, self._on_row),
            (view.all_toggled, self._on_all),
            (view.rows_copied, self._on_copy_rows),
            (view.value_copied, self._on_copy_value),
            (view.text_copied, self._on_copy_text),
            (view.closed, self._on_closed),
        ):
            self._connections.add(signal, slot)
        self._on_volume()

    def close(self) -> None:
        """Stop reading; let go of session and view."""
        self._closed = True
        self._runner.cancel(TAGS_KEY)
        self._connections.close()
        self._watched.close()

    def start(self) -> None:
        """Show the file of the image on the screen, and follow it."""
        self._active = True
        self._set_follow(True)
        self._show_choices()
        self._refresh()

    def show_tags(self, path: str, member: str = "") -> None:
        """Show a file, whatever is on the screen."""
        self._active = True
        self._set_follow(False)
        self._target, self._here = TagTarget(path, member, None, Path(member or path).name), None
        self._show_choices()
        self._refresh()

    # --- reading -----------------------------------------------------------------------------

    def _touch(self, *_: object) -> None:
        """Look again when the reader has come to rest."""
        if self._active and self._follow and not self._pending:
            self._pending = True
            self._later(FOLLOW_DELAY_MS, self._refresh_later)

    def _refresh_later(self) -> None:
        self._pending = False
        self._refresh()

    def _refresh(self) -> None:
        """Read what is wanted now, if it is not what is shown already."""
        if self._closed or not self._active:
            return
        if self._follow:
            self._target, self._here = shown_target(self._session), shown_slice(self._session)
        second = compared_target(self._session, self._choice, self._here, self._number)
        wanted = self._target, second
        if wanted == self._asked:
            return
        self._asked = wanted
        why_none = self._target.why_none or (second.why_none if second else "")
        if why_none:
            self._runner.cancel(TAGS_KEY)
            self._show(TagSheet([], self._target.title or tr("DICOM tags"), why_none))
            return
        self._runner.submit(
            TAGS_KEY,
            read_sheet,
            masked_reading(self._read) if self._session.interaction.teaching else self._read,
            self._target,
            second,
            on_done=self._show,
            on_failed=self._on_failed,
        )

    def _show(self, sheet: TagSheet) -> None:
        self._sheet = sheet
        self._outline.rows = sheet.rows
        self._view.set_heading(sheet.heading, sheet.detail)
        self._view.set_damage(sheet.damage)
        self._view.set_columns(sheet.columns)
        self._show_rows()

    def _on_failed(self, error: Exception) -> None:
        why = tr("That file cannot be read")
        if isinstance(error, ViewerError):
            why = told_error(error, self._session.interaction.teaching)
        self._show(TagSheet([], self._target.title, "", damage=why))

    def _show_rows(self) -> None:
        outline, sheet = self._outline, self._sheet
        outline.only_differences = self._only_differences and bool(sheet.columns)
        rows = outline.visible()
        self._view.set_rows(rows, outline.is_open)
        if outline.is_searched:
            text = count_text(outline.hits, "hit")
        elif sheet.columns:
            text = (
                tr("1 element differs")
                if sheet.differing == 1
                else tr("{differing} elements differ", differing=sheet.differing)
            )
        else:
            text = count_text(sum(1 for row in sheet.rows if row.tag), "element")
        self._view.set_count(text if sheet.rows else "")

    # --- following the session ---------------------------------------------------------------

    def _on_volume(self) -> None:
        self._watched.close()
        for viewport in self._session.viewports.by_id.values():
            self._watched.add(viewport.events.index, self._touch)
        self._choice = NOTHING
        self._show_choices()
        self._touch()

    def _on_index(self) -> None:
        self._show_choices()

    def _on_teaching(self) -> None:
        """Read again what is shown, with or without identity."""
        self._asked = None
        if self._active:
            self._show(TagSheet([], "", ""))
            self._show_choices()
            self._refresh()

    def _show_choices(self) -> None:
        if not self._active:
            return
        self._choices = compare_choices(self._session) if self._follow else (NOTHING,)
        if self._choice not in self._choices:
            self._choice = NOTHING
        volume = self._session.volume
        slices = 1 if volume is None else len(volume.stack.frame_of_slice)
        texts = tuple(choice.text for choice in self._choices)
        self._view.set_choices(texts, self._choices.index(self._choice), slices)
        self._view.set_numbered(self._choice.numbered, self._number)

    # --- following the view ------------------------------------------------------------------

    def _set_follow(self, follow: bool) -> None:
        self._follow, self._asked = follow, None
        self._view.set_follow(follow)

    def _on_follow(self, follow: bool) -> None:
        self._follow = follow
        if follow:
            self._show_choices()
            self._refresh()

    def _on_find(self, text: str) -> None:
        self._outline.search(text)
        self._show_rows()

    def _on_private(self, shown: bool) -> None:
        self._outline.show_private = shown
        self._show_rows()

    def _on_differences(self, only: bool) -> None:
        self._only_differences = only
        self._show_rows()

    def _on_comparison(self, place: int, number: int) -> None:
        chosen = self._choices[place]
        if chosen.numbered and not self._choice.numbered:
            number = (self._here or 0) + 1
        self._choice, self._number = chosen, number
        self._show_choices()
        self._refresh()

    def _on_row(self, row: TagRow) -> None:
        self._outline.toggle(row)
        self._show_rows()

    def _on_all(self, opened: bool) -> None:
        (self._outline.open_all if opened else self._outline.close_all)()
        self._show_rows()

    def _on_copy_rows(self, rows: Sequence[TagRow]) -> None:
        self._copy_text("\n".join(cell_line(row) for row in rows))

    def _on_copy_value(self, row: TagRow) -> None:
        element = row.element or row.other_element
        self._copy_text("" if element is None else raw_text(element))

    def _on_copy_text(self) -> None:
        sheet = self._sheet
        lines = [sheet.heading, sheet.detail, *text_lines(self._outline.visible(), full=True)]
        self._copy_text("\n".join([*lines, sheet.damage] if sheet.damage else lines))

    def _on_closed(self) -> None:
        self._active = False
        self._asked = None
        self._runner.cancel(TAGS_KEY)
