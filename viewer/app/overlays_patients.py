"""What is told on the image where series of different patients stand side by side."""

from viewer.app.overlays_frame import BADGE
from viewer.core.drawable import Align, Drawable, Space, TextItem
from viewer.core.session import Session
from viewer.core.study import Patient
from viewer.i18n import tr

_BELOW_LETTER_PX = 44.0


def beside_another_patient(session: Session, viewport_id: str) -> bool:
    """Tell whether any other viewport shows somebody else; unknown identities are not compared."""
    here = session.shown_in(viewport_id)
    if here is None or not any(own := _who(here.volume.stack.patient)):
        return False
    others = (_who(stack.volume.stack.patient) for stack in session.stacks.values())
    return any(any(other) and other != own for other in others)


def patients_badge(session: Session, viewport_id: str) -> list[Drawable]:
    """Return the amber words for a viewport that stands beside another patient's."""
    if not beside_another_patient(session, viewport_id):
        return []
    text = tr("Different patients")
    return [TextItem((0.5, 0.0), text, Align.TOP, BADGE, (0.0, _BELOW_LETTER_PX), Space.VIEW)]


def _who(patient: Patient) -> tuple[str, str]:
    return patient.patient_id.strip(), patient.name.strip()
