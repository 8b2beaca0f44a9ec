"""Which networks are trained on which patients, so that no score comes from a patient seen.

Head and networks are both trained, so two folds must be kept from a network: the test fold, and
the fold whose features the head learns from. In each repeat there is one network for each pair of
the five folds (ten), trained on the other three. For test fold T the head learns from fold J's
features by network (T, J), for the four J; T's own features come from those same four networks.

The shipped networks are five, each trained without one fold of the first repeat; the head that is
shipped learns from the features of the fold that each has not seen.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ml.lidc import REPEATS, Nodule
from viewer.core.errors import ViewerError

FOLDS = 5


class FoldError(ViewerError):
    """Folds that would let a patient be on both sides."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One network to train.

    Attributes
    ----------
    name : str
    repeat : int
    held_out : tuple of int
        Folds whose patients it must not see.
    shipped : bool
        Whether its weights are kept for the bundle.
    seed : int
    """

    name: str
    repeat: int
    held_out: tuple[int, ...]
    shipped: bool
    seed: int


def pair_fit(repeat: int, first: int, second: int) -> Fit:
    """Return the fit that has seen neither of two folds."""
    low, high = sorted((first, second))
    return Fit(
        f"r{repeat}_without_{low}{high}",
        repeat,
        (low, high),
        False,
        1000 * repeat + 10 * low + high,
    )


def shipped_fit(fold: int) -> Fit:
    """Return the shipped fit that has not seen one fold of the first repeat."""
    return Fit(f"ship_without_{fold}", 0, (fold,), True, 9000 + fold)


def all_fits() -> tuple[Fit, ...]:
    """Return every fit of a training: the first repeat, the shipped ones, the other repeats."""
    pairs = [
        [pair_fit(repeat, first, second) for first, second in combinations(range(FOLDS), 2)]
        for repeat in range(REPEATS)
    ]
    shipped = [shipped_fit(fold) for fold in range(FOLDS)]
    return (*pairs[0], *shipped, *(fit for repeat in pairs[1:] for fit in repeat))


def check_folds(nodules: tuple[Nodule, ...]) -> None:
    """Refuse folds that split a patient, miss a labelled nodule or name another fold.

    Raises
    ------
    FoldError
    """
    for repeat in range(REPEATS):
        fold_of: dict[str, int] = {}
        for nodule in nodules:
            fold = nodule.folds[repeat]
            if nodule.label >= 0 and not 0 <= fold < FOLDS:
                raise FoldError("The folds are refused", f"{nodule.key} is in no fold")
            if fold >= 0 and fold_of.setdefault(nodule.patient, fold) != fold:
                raise FoldError("The folds are refused", f"{nodule.patient} is in two folds")


def held_out_rows(nodules: tuple[Nodule, ...], fit: Fit) -> NDArray[np.int64]:
    """Return every nodule, labelled or not, of the patients whom a fit must not see."""
    patients = {nodule.patient for nodule in nodules if nodule.folds[fit.repeat] in fit.held_out}
    return np.array(
        [row for row, nodule in enumerate(nodules) if nodule.patient in patients], dtype=np.int64
    )


def training_rows(nodules: tuple[Nodule, ...], fit: Fit) -> NDArray[np.int64]:
    """Return the nodules that a fit may see: those of all other patients with a rating."""
    held = set(held_out_rows(nodules, fit).tolist())
    rows = [
        row
        for row, nodule in enumerate(nodules)
        if row not in held and np.isfinite(nodule.malignancy_mean)
    ]
    return np.array(rows, dtype=np.int64)
