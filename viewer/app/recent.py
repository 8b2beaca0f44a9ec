"""What lies in the folders that were opened lately, in words, as far as it is remembered."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from viewer.app.overlays_frame import date_text
from viewer.core.progress import JobContext
from viewer.core.study import Study, StudyIndex
from viewer.i18n import tr
from viewer.store.index_cache import IndexCache


def recent_labels(ctx: JobContext, paths: Sequence[str], memory: IndexCache) -> dict[str, str]:
    """Return modality, date and description of what paths held when they were opened last.

    Paths of which nothing is remembered are left out.

    Raises
    ------
    CancelledError
        The job was cancelled.
    """
    labels: dict[str, str] = {}
    for path in paths:
        ctx.check()
        index = memory.recall([Path(path)])
        if index is not None and index.studies:
            labels[path] = label_of(index)
    return labels


def label_of(index: StudyIndex) -> str:
    """Return the newest study of an index in a line, and how many others there are."""
    newest = max(index.studies, key=lambda study: study.date)
    others = len(index.studies) - 1
    text = _study_text(newest)
    return tr("{study}  and {n} more", study=text, n=others) if others else text


def label_or_path(path: str, labels: Mapping[str, str], most: int = 64) -> str:
    """Return the label of a path; without one its end."""
    text = labels.get(path, "")
    if not text:
        return path if len(path) <= most else f"…{path[1 - most :]}"
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _study_text(study: Study) -> str:
    modalities = sorted({series.modality for series in study.series if series.modality})
    described = [series.description for series in study.series if series.description]
    what = study.description or (described[0] if described else "")
    return "  ".join(part for part in ("/".join(modalities), date_text(study.date), what) if part)
