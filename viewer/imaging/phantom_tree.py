"""Branching trees that fill a lung: arteries, veins and the bronchi beside the arteries.

A tree grows towards a cloud of points by halving it: after Tawhai et al. 2000 (Annals of
Biomedical Engineering 28:793). Radii follow the number of ends that a branch feeds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.phantom_paint import Tube

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TreeSpec:
    """How a tree grows.

    Attributes
    ----------
    end_radius_mm : float
        Radius of a branch that feeds one point.
    radius_power : float
        Radius grows with (number of points fed) to this power.
    reach : float
        Share of the way to the centre of its points that a branch goes before it divides.
    bend : float
        Sideways wander of a branch, as a share of its length.
    largest_radius_mm : float
        Radii are cut to this one.
    """

    end_radius_mm: float = 0.55
    radius_power: float = 0.42
    reach: float = 0.45
    bend: float = 0.07
    largest_radius_mm: float = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One stretch of a tree and the number of ends that it feeds."""

    tube: Tube
    ends: int


def grow_tree(
    root_lps_mm: Points, targets_lps_mm: Points, spec: TreeSpec, random: np.random.Generator
) -> list[Branch]:
    """Grow a tree from a root into a cloud of points.

    Parameters
    ----------
    root_lps_mm : ndarray, shape (3,)
        Where the tree starts.
    targets_lps_mm : ndarray, shape (n, 3)
        Points that the ends shall reach.
    spec : TreeSpec
        Shape of the branches.
    random : numpy.random.Generator
        Source of the wander.

    Returns
    -------
    list of Branch
        From the root outwards.
    """
    branches: list[Branch] = []
    waiting = [(root_lps_mm, targets_lps_mm)]
    while waiting:
        start, cloud = waiting.pop()
        count = len(cloud)
        share = 0.85 if count == 1 else spec.reach
        end = start + share * (cloud.mean(axis=0) - start)
        branches += _bent_branch(start, end, count, spec, random)
        if count > 1:
            waiting += [(end, part) for part in _halves(cloud, random)]
    return branches


def _bent_branch(
    start: Points, end: Points, ends: int, spec: TreeSpec, random: np.random.Generator
) -> list[Branch]:
    """Return a branch as two stretches with a bend between them."""
    length = float(np.linalg.norm(end - start))
    middle = (start + end) / 2 + random.normal(0, spec.bend * length, 3)
    radius = min(spec.end_radius_mm * ends**spec.radius_power, spec.largest_radius_mm)
    thinner = radius * (0.75 if ends == 1 else 0.93)
    half = (radius + thinner) / 2
    return [
        Branch(Tube(start, middle, radius, half), ends),
        Branch(Tube(middle, end, half, thinner), ends),
    ]


def _halves(cloud: Points, random: np.random.Generator) -> tuple[Points, Points]:
    """Divide a cloud across its longest axis, not always in the middle."""
    centred = cloud - cloud.mean(axis=0)
    axis = np.linalg.eigh(centred.T @ centred)[1][:, -1]
    place = centred @ axis
    order = np.argsort(place * np.sign(axis[np.argmax(np.abs(axis))]))
    cut = min(max(round(len(cloud) * random.uniform(0.36, 0.64)), 1), len(cloud) - 1)
    return cloud[order[:cut]], cloud[order[cut:]]


def bronchi_beside(
    arteries: list[Branch], least_ends: int, shift_lps_mm: Points, size: float
) -> list[Branch]:
    """Return airways that run beside the larger arteries.

    Parameters
    ----------
    arteries : list of Branch
        The tree to follow.
    least_ends : int
        Arteries that feed fewer points have no visible airway.
    shift_lps_mm : ndarray, shape (3,)
        Unit vector from an artery to its airway.
    size : float
        Airway radius as a share of the artery's.
    """
    found = []
    for branch in arteries:
        if branch.ends < least_ends:
            continue
        tube = branch.tube
        start_radius, end_radius = tube.start_radius_mm * size, tube.end_radius_mm * size
        found.append(
            Branch(
                Tube(
                    tube.start_lps_mm + shift_lps_mm * (tube.start_radius_mm + start_radius + 0.4),
                    tube.end_lps_mm + shift_lps_mm * (tube.end_radius_mm + end_radius + 0.4),
                    start_radius,
                    end_radius,
                ),
                branch.ends,
            )
        )
    return found
