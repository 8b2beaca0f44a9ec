"""Use case: take the present arrangement down as rules, and find what the rules mean elsewhere."""

from viewer.core.arrangement import (
    Arrangement,
    PlaceRule,
    SavedPlace,
    SavedWindow,
    rule_for,
    studies_of,
)
from viewer.core.layout import layout_from
from viewer.core.session import Session
from viewer.core.study import Stack, Study
from viewer.i18n import tr


def patient_studies(session: Session) -> tuple[Study, ...]:
    """Return the studies of the patient who is read, the newest first.

    That is the patient of the active series, else of the first study there is.
    """
    index = session.index
    if index is None:
        return ()
    if session.open_stack is not None:
        return studies_of(session.open_stack.volume.stack, index.studies)
    stacks = index.stacks()
    return studies_of(stacks[0], index.studies) if stacks else ()


def take_down(session: Session, name: str) -> Arrangement:
    """Return the present arrangement under a name.

    Raises
    ------
    ValueError
        The name is empty or too long.
    """
    studies = patient_studies(session)
    windows = tuple(
        SavedWindow(
            layout.text,
            tuple(_place(session, viewport_id, studies) for viewport_id in layout.viewport_ids),
        )
        for layout in session.layouts
    )
    return Arrangement(name.strip(), windows)


def content_text(layout: Arrangement) -> str:
    """Say in a line how an arrangement is laid out, and which series its places take."""
    return "  +  ".join(_window_text(window) for window in layout.windows)


def _window_text(window: SavedWindow) -> str:
    layout = layout_from(window.layout)
    rows, columns = layout.size
    grid = tr("{rows} x {columns}", rows=rows, columns=columns)
    rules = dict.fromkeys(_rule_text(place.rule) for place in window.places)
    return f"{tr('Planes') if layout.is_mpr else grid}: {'; '.join(rules)}"


def _rule_text(rule: PlaceRule | None) -> str:
    if rule is None:
        return tr("empty")
    what = " ".join((rule.modality, *rule.words))
    return f"{what}, {tr('prior study {n}', n=rule.study)}" if rule.study else what


def _place(session: Session, viewport_id: str, studies: tuple[Study, ...]) -> SavedPlace:
    view, shown = session.viewports[viewport_id], session.shown_in(viewport_id)
    rule = None if shown is None else rule_for(shown.volume.stack, studies)
    return SavedPlace(rule, view.orientation, view.slab)


def found_for(rule: PlaceRule | None, studies: tuple[Study, ...]) -> tuple[Stack | None, str]:
    """Return the series that a rule means, or in words why its place stays empty."""
    if rule is None:
        return None, ""
    stack = rule.find(studies)
    return stack, "" if stack is not None else missing_text(rule, studies)


def missing_text(rule: PlaceRule, studies: tuple[Study, ...]) -> str:
    """Say what a place looked for and did not find."""
    what = " ".join((rule.modality, *rule.words))
    if rule.study >= len(studies):
        return tr("No prior study is open for: {what}", what=what)
    when = tr("newest study") if rule.study == 0 else tr("prior study {n}", n=rule.study)
    return tr("Nothing in the {when} fits: {what}", when=when, what=what)
