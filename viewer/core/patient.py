"""Whether two series are of one person: the one place that decides it."""

import unicodedata
from typing import TYPE_CHECKING

from viewer.i18n import tr

if TYPE_CHECKING:
    from viewer.core.study import Patient

_PARTS = str.maketrans("^=", "  ")


def same_patient(one: "Patient", other: "Patient") -> bool | None:
    """Tell whether two identities are of one person; None where the files do not tell.

    The Patient ID decides; where both have an issuer, too, that must be the same. Without an ID on
    both sides the names decide, unless the dates of birth differ. Case, blanks and carets are no
    difference: one person is often written in two ways.
    """
    ids = folded(one.patient_id), folded(other.patient_id)
    if all(ids):
        issuers = folded(one.issuer), folded(other.issuer)
        return ids[0] == ids[1] and (not all(issuers) or issuers[0] == issuers[1])
    names = folded(one.name), folded(other.name)
    if not all(names):
        return None
    births = one.birth_date.strip(), other.birth_date.strip()
    return names[0] == names[1] and (not all(births) or births[0] == births[1])


def is_unnamed(patient: "Patient") -> bool:
    """Tell whether nothing is known of who it is."""
    return not folded(patient.patient_id) and not folded(patient.name)


def why_apart(one: "Patient", other: "Patient") -> str:
    """Say why two series may not be joined, and what helps; empty where they may.

    Two that both name nobody may: their files were made nameless, and what joins them (a frame of
    reference, a reader's own pair) is all there is. One that names somebody and one that does not
    may not: nothing speaks for one person.
    """
    same = same_patient(one, other)
    if same or (same is None and is_unnamed(one) and is_unnamed(other)):
        return ""
    if same is None:
        return tr(
            "the files do not tell whether the two series are of one patient; open both with "
            "their Patient ID"
        )
    return tr("the two series are of different patients; show two series of one patient")


def folded(text: str) -> str:
    """Return a name or an ID without case, carets and needless blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_PARTS).split()).casefold()
