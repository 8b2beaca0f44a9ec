"""What is told on the image where series of different patients stand side by side."""

from viewer.app.overlays_frame import BADGE, is_compact
from viewer.core.drawable import Align, Drawable, Space, TextItem
from viewer.core.patient import same_patient
from viewer.core.session import Session
from viewer.i18n import tr

_TOP_PX, _COMPACT_TOP_PX = 46.0, 76.0
"""Below the letter at the upper edge and what may stand under it: a key image, a layer's name. In a
small viewport those begin below the corner texts.
"""


def beside_another_patient(session: Session, viewport_id: str) -> bool:
    """Tell whether any other viewport shows somebody else; unknown identities are not compared."""
    here = session.shown_in(viewport_id)
    if here is None:
        return False
    own = here.volume.stack.patient
    return any(
        same_patient(own, stack.volume.stack.patient) is False for stack in session.stacks.values()
    )


def patients_badge(
    session: Session, viewport_id: str, size_px: tuple[float, float]
) -> list[Drawable]:
    """Return the amber words for a viewport that stands beside another patient's."""
    if not beside_another_patient(session, viewport_id):
        return []
    text = tr("Different patients")
    top_px = _COMPACT_TOP_PX if is_compact(size_px) else _TOP_PX
    return [TextItem((0.5, 0.0), text, Align.TOP, BADGE, (0.0, top_px), Space.VIEW)]
