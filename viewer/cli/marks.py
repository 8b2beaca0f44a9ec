"""`hounsfield marks PATH`: the marks that were saved for the series in there, with their values."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from viewer.app.diameter_sum import sum_text
from viewer.app.follow_up import study_date
from viewer.app.measurement_table import MeasurementRow, RowMaker
from viewer.app.measurement_text import as_csv
from viewer.app.open_study import scan_or_fail
from viewer.app.prior_marks import SavedPriors
from viewer.app.roi_cache import RoiCache
from viewer.app.save import save_text
from viewer.cli.selection import add_path, path_argument
from viewer.cli.terminal import TerminalContext, UsageError, print_error, print_line
from viewer.core.document import AnnotationDocument
from viewer.core.errors import ViewerError
from viewer.core.shapes import AnyShape
from viewer.core.study import Series, Stack, StudyIndex
from viewer.core.volume import Volume
from viewer.dicom.loader import load
from viewer.paths import data_dir
from viewer.store.annotations import FOLDER_NAME, AnnotationStore

_Marked = Sequence[tuple[Series, tuple[AnyShape, ...]]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    add_path(parser)
    parser.add_argument("--series", metavar="UID", help="only the marks of this series")
    parser.add_argument("--all", action="store_true", help="untracked marks, too")
    parser.add_argument(
        "--csv", metavar="FILE", type=path_argument, help="write a table (of one series)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a file of that name")


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Scan, read the saved marks, measure and tell."""
    index = scan_or_fail(ctx, [arguments.path])
    marked = _marked_series(index, arguments.series)
    if arguments.csv is not None:
        _check_csv(arguments.csv, marked, overwrite=arguments.overwrite)
    lister = _Lister(ctx, index)
    for series, shapes in marked:
        rows = tuple(r for r in lister.rows(series, shapes) if r.tracked or arguments.all)
        ctx.end_line()
        if arguments.csv is not None:
            save_text(ctx, arguments.csv, as_csv(rows))
            print_line(str(arguments.csv))
        else:
            for line in _lines(series, rows):
                print_line(line)
    return 0


class _Lister:
    """Measures marks with the voxels that they lie on."""

    def __init__(self, ctx: TerminalContext, index: StudyIndex) -> None:
        self._ctx, self._index = ctx, index
        self._priors = SavedPriors(index, _saved, self._load)

    def rows(self, series: Series, shapes: Sequence[AnyShape]) -> list[MeasurementRow]:
        """Return the rows of a series, stack by stack; a stack that cannot be read is told."""
        rows: list[MeasurementRow] = []
        for stack in series.stacks:
            own = tuple(shape for shape in shapes if shape.stack == stack.key)
            if not own:
                continue
            try:
                volume = self._load(stack)
            except ViewerError as error:
                self._ctx.end_line()
                print_error(error.one_line())
                continue
            rows += RowMaker(RoiCache()).rows(
                AnnotationDocument(series.series_uid, own),
                volume,
                loaded=True,
                priors=self._priors.beside(stack),
                day=study_date(self._index, stack),
            )
        return rows

    def _load(self, stack: Stack) -> Volume:
        return load(self._ctx, stack)


def _marked_series(index: StudyIndex, series_uid: str | None) -> _Marked:
    """Return the series that have saved marks, in the order of the studies."""
    every = [series for study in index.studies for series in study.series]
    wanted = [series for series in every if series_uid in (None, series.series_uid)]
    if not wanted:
        found = ", ".join(series.series_uid for series in every)
        raise UsageError(f"There is no series {series_uid}", f"found {found}")
    marked = [(series, shapes) for series in wanted if (shapes := _saved(series.series_uid))]
    if not marked:
        raise ViewerError(
            "No marks were saved for these images", "", "Draw some in the window: they are kept"
        )
    return marked


def _check_csv(path: Path, marked: _Marked, *, overwrite: bool) -> None:
    if len(marked) > 1:
        found = ", ".join(series.series_uid for series, _ in marked)
        raise UsageError(
            "A table holds one series", f"marks were saved for {found}", "Name one with --series"
        )
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists", "", "Use another name or --overwrite")


def _saved(series_uid: str) -> tuple[AnyShape, ...]:
    return AnnotationStore(data_dir() / FOLDER_NAME).load(series_uid).shapes


def _lines(series: Series, rows: Sequence[MeasurementRow]) -> list[str]:
    lines = [f"Series {series.number}  {series.modality}  {series.description}".rstrip()]
    for row in rows:
        parts = (row.kind, row.details, row.place, row.label, "" if row.tracked else "untracked")
        lines.append("  " + "  ".join(part for part in parts if part))
        if row.follow_up is not None:
            lines += [f"    {line}" for line in row.follow_up.details.splitlines()]
    return lines + [f"  {line}" for line in sum_text(rows).splitlines()]
