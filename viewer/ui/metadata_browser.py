"""The window of DICOM tags with its presenter, made when it is first wanted."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from viewer.app.presenters.tags import TagsPresenter
from viewer.app.presenters.viewport import Later
from viewer.core.session import Session
from viewer.dicom.element_tree import read_elements, split_member
from viewer.jobs.runner import JobRunner
from viewer.ui.dialogs.metadata import MetadataWindow


class MetadataBrowser:
    """One window for whatever file is asked for.

    Parameters
    ----------
    parent : QWidget
        The main window; the browser stays in front of it.
    """

    def __init__(self, session: Session, runner: JobRunner, later: Later, parent: QWidget) -> None:
        self._session, self._runner, self._later, self._parent = session, runner, later, parent
        self._made: tuple[MetadataWindow, TagsPresenter] | None = None

    def open(self) -> None:
        """Show the file of the image on the screen."""
        window, presenter = self._parts()
        presenter.start()
        window.bring()

    def open_file(self, path: str) -> None:
        """Show a file; "archive.zip!name" for a member of an archive."""
        window, presenter = self._parts()
        presenter.show_tags(*split_member(path))
        window.bring()

    def close(self) -> None:
        """Close the window; let go of the session."""
        if self._made is not None:
            window, presenter = self._made
            presenter.close()
            window.close()

    def _parts(self) -> tuple[MetadataWindow, TagsPresenter]:
        if self._made is None:
            window = MetadataWindow(self._parent)
            presenter = TagsPresenter(
                self._session,
                window,
                self._runner,
                read_elements,
                later=self._later,
                copy_text=QGuiApplication.clipboard().setText,
            )
            self._made = window, presenter
        return self._made
