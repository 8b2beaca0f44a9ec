"""Scores a folder of nodule tiles (the format of `ml.lidc`) with a bundle, into a CSV file."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.lidc import TILE_CENTRE, Nodule, TileReader
from ml.predict import NoduleScore, NoduleScorer
from ml.preprocess import PatchSpec, plane_to_patch, with_neighbours

CHUNK = 64
"""Nodules that are read and scored together."""


def tile_inputs(nodule: Nodule, tiles: TileReader, spec: PatchSpec) -> NDArray[np.float32]:
    """Return the network inputs of a nodule from its tiles, shape (n, size, size, NEIGHBOURS)."""
    spacing = (nodule.spacing_mm, nodule.spacing_mm)
    patches = [
        plane_to_patch(tiles.image(place), spacing, TILE_CENTRE, spec) for place in nodule.tiles
    ]
    return with_neighbours(np.stack(patches))


def score_folder(
    folder: Path,
    nodules: tuple[Nodule, ...],
    scorer: NoduleScorer,
    tell: Callable[[str], None],
) -> tuple[tuple[Nodule, NoduleScore], ...]:
    """Score nodules of a folder; only key, spacing and tiles are used.

    Parameters
    ----------
    folder : Path
    nodules : tuple of Nodule
        From `ml.lidc.read_nodules`.
    scorer : NoduleScorer
    tell : callable
        Is told lines of progress.

    Raises
    ------
    NoduleFolderError
        A mosaic cannot be read.
    """
    tiles = TileReader(folder)
    scored: list[tuple[Nodule, NoduleScore]] = []
    for start in range(0, len(nodules), CHUNK):
        chunk = nodules[start : start + CHUNK]
        inputs = [tile_inputs(nodule, tiles, scorer.bundle.patch) for nodule in chunk]
        scored += zip(chunk, scorer.score_inputs(inputs), strict=True)
        tell(f"{len(scored)} of {len(nodules)} nodules")
    return tuple(scored)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table beside its place and then put it there."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    beside.replace(path)
