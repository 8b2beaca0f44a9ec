"""What a series is called, and what tells it from others of its study that are called the same."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePath

from viewer.app.describe import plain_path
from viewer.app.overlays_frame import time_text
from viewer.core.study import Series, Stack
from viewer.i18n import tr


def series_title(series: Series) -> str:
    """Return number and description: "4 mese_product"."""
    parts = (series.number, series.description or series.modality or tr("Series"))
    return " ".join(part for part in parts if part)


def told_apart(many: Iterable[Series]) -> dict[str, str]:
    """Return what tells series of the same title apart, by their UIDs.

    The first of these that is another one for each of them: time, image type, folder, file. Where
    none of them is, all that differ at all are named. Series with a title of their own are left
    out, and so are those that nothing tells apart.
    """
    groups = defaultdict[str, list[Series]](list)
    for series in many:
        groups[series_title(series)].append(series)
    apart: dict[str, str] = {}
    for group in groups.values():
        if len(group) > 1:
            texts = _differences([_traits(series.stacks[0]) for series in group])
            apart |= {s.series_uid: text for s, text in zip(group, texts, strict=True) if text}
    return apart


def _differences(traits: list[tuple[str, ...]]) -> list[str]:
    """Return for each of some equally named series what is its own."""
    columns = list(zip(*traits, strict=True))
    for column in columns:
        if len(set(column)) == len(column):
            return list(column)
    differing = [column for column in columns if len(set(column)) > 1]
    if not differing:
        return [""] * len(traits)
    return [", ".join(filter(None, texts)) for texts in zip(*differing, strict=True)]


def _traits(stack: Stack) -> tuple[str, ...]:
    """Return time, image type, folder and file of a stack, in words; empty where unknown."""
    frame = stack.frames[0]
    place = PurePath(plain_path(frame.member or frame.path))
    folder = place.parent.name
    return (
        time_text(stack.labels.time),
        " ".join(stack.image_type[2:]),
        tr("folder {folder}", folder=folder) if folder else "",
        tr("file {name}", name=place.name),
    )
