"""Places in the lungs that could be nodules, with their size, the likeliest first.

This is the classical proposer: it is meant to miss little, and so it proposes vessels and scars,
too. Its strength orders the proposals; it says nothing about malignancy.
"""

from dataclasses import dataclass

import numpy as np

from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.progress import JobContext
from viewer.core.shapes import PointLps
from viewer.core.volume import VoxelArray
from viewer.imaging.candidates_blobs import Blob, find_blobs
from viewer.imaging.candidates_distinct import Region, distinct
from viewer.imaging.candidates_region import WorkGrid, work_grid
from viewer.imaging.candidates_segment import Body, segment_body
from viewer.imaging.lungs import LungSegmentation

SIZES_MM = (3.5, 60.0)
"""Smaller bodies are noise and vessels, larger ones no nodules or masses."""
LEAST_CONTRAST_HU = 130.0
"""The core of a nodule stands at least this far above lung."""
LARGEST_OVER_SPOT = 2.2
"""A body this many times the size of its spot (ten times the volume) is tubular or a plate.

The spot was then a knob of something longer: a fork of vessels, the heart, a wall. A nodule of that
size has a spot of its own size.
"""
MOST_BLOBS = 260
MOST_CANDIDATES = 30
ROOM_MM = 7.0
"""Lung around a spot that its segmentation sees."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that could be a nodule.

    Attributes
    ----------
    position_lps_mm : tuple of float
        Centre of mass in LPS millimetres.
    index_zyx : tuple of float
        The same as index of the volume.
    diameter_mm : float
        Diameter of the ball of the same volume.
    volume_mm3 : float
        Volume of the segmented body.
    mean_hu : float
        Mean over it.
    density : str
        "solid", "part-solid" or "ground-glass": a suggestion from the HU.
    slices : tuple of int
        First and last slice (0-based) that it lies in.
    strength : float
        How much it looks like a nodule and not like a vessel or a wall; only orders proposals.
    """

    position_lps_mm: PointLps
    index_zyx: tuple[float, float, float]
    diameter_mm: float
    volume_mm3: float
    mean_hu: float
    density: str
    slices: tuple[int, int]
    strength: float


def find_candidates(
    ctx: JobContext,
    data: VoxelArray,
    geometry: VolumeGeometry,
    lungs: LungSegmentation,
    most: int = MOST_CANDIDATES,
) -> tuple[Candidate, ...]:
    """Propose nodules.

    Parameters
    ----------
    ctx : JobContext
        For progress and cancelling.
    data : ndarray, shape (z, y, x)
        HU.
    geometry : VolumeGeometry
        Of `data`.
    lungs : LungSegmentation
        Of `data`.
    most : int
        How many to return at most.

    Returns
    -------
    tuple of Candidate
        Sorted from the strongest; empty where there are no lungs. Of those whose bodies touch only
        one stays, by the rule of `viewer.imaging.candidates_distinct.distinct`.
    """
    if not lungs.mask.any():
        return ()
    ctx.progress(0.0, "Looking for nodules")
    grid = work_grid(data, geometry, lungs)
    ctx.check()
    blobs = find_blobs(ctx, grid, MOST_BLOBS)
    found: list[tuple[Candidate, Region]] = []
    for number, blob in enumerate(blobs):
        ctx.check()
        ctx.progress(0.4 + 0.6 * number / len(blobs), "Looking for nodules")
        body, start = _body_of(blob, data, grid)
        if body is not None and _plausible(blob, body, start, np.asarray(geometry.spacing_zyx_mm)):
            found.append((_candidate(blob, body, start, geometry), _region(body, start)))
    ctx.check()
    return distinct(found, most)


def _body_of(blob: Blob, data: VoxelArray, grid: WorkGrid) -> tuple[Body | None, FloatArray]:
    """Segment a blob in the full volume; return the body and the start of its surroundings."""
    spacing = np.asarray(grid.geometry.spacing_zyx_mm)
    reach = np.ceil((0.8 * blob.diameter_mm + ROOM_MM) / spacing).astype(int)
    middle = np.round(blob.index_zyx).astype(int)
    low = np.maximum(middle - reach, 0)
    high = np.minimum(middle + reach + 1, data.shape)
    part = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    steps = np.asarray(grid.step_zyx)
    index = [
        np.clip(np.arange(a, b) - start, 0, None) // step
        for a, b, start, step in zip(low, high, grid.start_zyx, steps, strict=True)
    ]
    inside = [np.minimum(line, n - 1) for line, n in zip(index, grid.region.shape, strict=True)]
    region = grid.region[np.ix_(*inside)]
    start = low.astype(np.float64)
    body = segment_body(
        data[part], spacing, region, blob.index_zyx - start, blob.diameter_mm, grid.lung_hu
    )
    return body, start


def _plausible(blob: Blob, body: Body, start_zyx: FloatArray, spacing_zyx_mm: FloatArray) -> bool:
    """Tell whether a body has a nodule's size and its blob's, stands out and lies there."""
    away_mm = np.linalg.norm((body.index_zyx + start_zyx - blob.index_zyx) * spacing_zyx_mm)
    return bool(
        SIZES_MM[0] <= body.diameter_mm <= SIZES_MM[1]
        and body.diameter_mm <= LARGEST_OVER_SPOT * blob.diameter_mm
        and body.contrast_hu >= LEAST_CONTRAST_HU
        and away_mm <= max(0.75 * max(body.diameter_mm, blob.diameter_mm), 4.0)
    )


def _candidate(
    blob: Blob, body: Body, start_zyx: FloatArray, geometry: VolumeGeometry
) -> Candidate:
    """Make the value from what was measured."""
    index = body.index_zyx + start_zyx
    x, y, z = (float(value) for value in geometry.index_to_lps(index))
    first, last = (int(start_zyx[0]) + value for value in body.slices)
    return Candidate(
        (x, y, z),
        (float(index[0]), float(index[1]), float(index[2])),
        body.diameter_mm,
        body.volume_mm3,
        body.mean_hu,
        body.density,
        (first, last),
        strength(blob, body),
    )


def _region(body: Body, start_zyx: FloatArray) -> Region:
    """Cut out the voxels of a body: its surroundings are many times as large."""
    places = [np.flatnonzero(body.mask.any(axis=other)) for other in ((1, 2), (0, 2), (0, 1))]
    z, y, x = (int(line[0] + first) for line, first in zip(places, start_zyx, strict=True))
    part = tuple(slice(int(line[0]), int(line[-1]) + 1) for line in places)
    return Region((z, y, x), body.mask[part].copy())


def strength(blob: Blob, body: Body) -> float:
    """Weigh a proposal: bright and round dots of some size, free of wall and vessel, come first."""
    bright = np.sqrt(blob.dot_hu)
    size = np.clip(np.log2(body.diameter_mm / 3.0), 0.2, 2.0)
    round_ = np.clip((body.roundness - 0.45) / 0.45, 0.05, 1.0)
    long = np.exp(-1.2 * max(body.elongation - 1.25, 0)) * np.exp(
        -0.6 * max(body.flatness - 1.7, 0)
    )
    wall = np.exp(-2.5 * max(body.wall_share - 0.25, 0))
    cut = 1 - 0.5 * body.cut_share
    return float(bright * size * round_ * long * wall * cut)
