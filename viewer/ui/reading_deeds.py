"""What a reader does to places as a whole: layouts, links and cine."""

from collections.abc import Callable

from viewer.app.action_spec import ActionHandlers
from viewer.app.presenters.aligning import Aligner
from viewer.app.presenters.arrange import Arranger
from viewer.app.presenters.cine import Cine
from viewer.app.presenters.linking import Linker
from viewer.app.settings import SettingsStore
from viewer.core.layout import MAIN
from viewer.core.session import Session
from viewer.i18n import tr
from viewer.ui.second_window import SecondWindow

NO_PAIR = (
    "Nothing to remember: first scroll one place alone until both show the same "
    "level in the same plane"
)
NO_OFFSET = "The active series has no remembered offset"


class ReadingDeeds:
    """Carries out the actions of `viewer.app.actions_links` and of the layouts.

    Parameters
    ----------
    session : Session
        What is shown.
    settings : SettingsStore
        Keeps which links are on, and the layout.
    arranger, linker, cine, aligner, second
        Who carries them out.
    tell : callable
        Shows a message.
    """

    def __init__(
        self,
        session: Session,
        settings: SettingsStore,
        arranger: Arranger,
        linker: Linker,
        cine: Cine,
        aligner: Aligner,
        second: SecondWindow,
        tell: Callable[[str], None],
    ) -> None:
        self._session, self._settings, self._tell = session, settings, tell
        self._arranger, self._linker, self._cine = arranger, linker, cine
        self._aligner, self._second = aligner, second

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        return {
            "link.scroll": self.toggle_scroll,
            "link.zoom": self.toggle_zoom,
            "link.window": self.toggle_window,
            "link.alone": self._linker.toggle_alone,
            "link.remember": self.remember_offset,
            "link.forget": self.forget_offset,
            "link.align": self._aligner.start,
            "view.second_window": self._second.toggle,
            "cine.play": self._cine.toggle,
            "cine.faster": lambda: self._cine.faster(1),
            "cine.slower": lambda: self._cine.faster(-1),
            "cine.bounce": self._cine.toggle_bounce,
        }

    def set_layout(self, layout_id: str) -> None:
        """Show another layout in the active window, and keep that."""
        self._arranger.set_layout(layout_id)
        self._keep(layout=self._session.layouts[MAIN].text)

    def toggle_scroll(self) -> None:
        """Let joined places scroll together, or not, and keep that."""
        interaction = self._session.interaction
        interaction.link_scroll = not interaction.link_scroll
        self._keep(link_scroll=interaction.link_scroll)

    def toggle_zoom(self) -> None:
        """Let places zoom and pan together, or not, and keep that."""
        interaction = self._session.interaction
        interaction.link_zoom = not interaction.link_zoom
        self._keep(link_zoom=interaction.link_zoom)

    def toggle_window(self) -> None:
        """Let places share their window, or not, and keep that."""
        interaction = self._session.interaction
        interaction.link_window = not interaction.link_window
        self._keep(link_window=interaction.link_window)

    def remember_offset(self) -> None:
        """Join the active place to the others as they stand now."""
        done = self._linker.remember_offset()
        if not done and (reason := self._linker.why_no_pair()):
            self._tell(tr("No offset is remembered: {reason}", reason=reason))
            return
        self._tell(tr("Offset remembered for these series") if done else tr(NO_PAIR))

    def forget_offset(self) -> None:
        """Part the active series from the others."""
        done = self._linker.forget_offset()
        self._tell(tr("Offset forgotten") if done else tr(NO_OFFSET))

    def _keep(self, **values: str | bool) -> None:
        self._settings.save(self._settings.settings.changed(**values))
