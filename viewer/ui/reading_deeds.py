"""What a reader does to places as a whole: layouts, links and cine."""

from viewer.app.action_spec import ActionHandlers
from viewer.app.presenters.aligning import Aligner
from viewer.app.presenters.arrange import Arranger
from viewer.app.presenters.cine import Cine
from viewer.app.presenters.linking import Linker
from viewer.app.settings import SettingsStore
from viewer.core.layout import MAIN
from viewer.core.session import Session
from viewer.i18n import tr
from viewer.ui.notifications import NotificationArea
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
    """

    def __init__(self, session: Session, settings: SettingsStore) -> None:
        self._session, self._settings = session, settings
        self._parts: tuple[Arranger, Linker, Cine, NotificationArea] | None = None
        self._aligner: Aligner | None = None
        self._second: SecondWindow | None = None

    def attach(
        self,
        arranger: Arranger,
        linker: Linker,
        cine: Cine,
        aligner: Aligner,
        notices: NotificationArea,
        second: SecondWindow,
    ) -> None:
        """Take the parts: the window needs its actions before all of them exist."""
        self._parts = (arranger, linker, cine, notices)
        self._aligner, self._second = aligner, second

    def handlers(self) -> ActionHandlers:
        """Return what each action does, by id."""
        return {
            "link.scroll": self.toggle_scroll,
            "link.zoom": self.toggle_zoom,
            "link.window": self.toggle_window,
            "link.alone": lambda: self._linker.toggle_alone(),
            "link.remember": self.remember_offset,
            "link.forget": self.forget_offset,
            "link.align": self.align,
            "view.second_window": self.toggle_second,
            "cine.play": lambda: self._cine.toggle(),
            "cine.faster": lambda: self._cine.faster(1),
            "cine.slower": lambda: self._cine.faster(-1),
            "cine.bounce": lambda: self._cine.toggle_bounce(),
        }

    def set_layout(self, layout_id: str) -> None:
        """Show another layout in the active window, and keep that."""
        self._all[0].set_layout(layout_id)
        self._keep(layout=self._session.layouts[MAIN].text)

    def toggle_second(self) -> None:
        """Open the second window, or close it."""
        if self._second is not None:
            self._second.toggle()

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
        self._all[3].show_message(tr("Offset remembered for these series") if done else NO_PAIR)

    def align(self) -> None:
        """Bring the active series and the one beside it together."""
        if self._aligner is not None:
            self._aligner.start()

    def forget_offset(self) -> None:
        """Part the active series from the others."""
        done = self._linker.forget_offset()
        self._all[3].show_message(tr("Offset forgotten") if done else NO_OFFSET)

    @property
    def _all(self) -> tuple[Arranger, Linker, Cine, NotificationArea]:
        if self._parts is None:
            raise RuntimeError("the window is not complete yet")
        return self._parts

    @property
    def _linker(self) -> Linker:
        return self._all[1]

    @property
    def _cine(self) -> Cine:
        return self._all[2]

    def _keep(self, **values: str | bool) -> None:
        self._settings.save(self._settings.settings.changed(**values))
