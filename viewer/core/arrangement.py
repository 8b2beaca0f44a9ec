"""A reader's own layout: how the windows are laid out, and by which rule each place is filled.

It outlives the study that it was made on: a place does not remember a series but what kind of
series it was, as a hanging protocol does.
"""

import re
from dataclasses import dataclass

from viewer.core.layout import MAX_COLUMNS, MAX_ROWS, SECOND, layout_from
from viewer.core.patient import same_patient
from viewer.core.plane import Orientation
from viewer.core.slab import THIN, Slab
from viewer.core.study import Stack, Study

MAX_NAME = 60
MAX_WORDS = 12
MAX_STUDIES = 20
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """Which series a place takes.

    Attributes
    ----------
    modality : str
        As in the files: "CT".
    words : tuple of str
        Of the series description, in small letters; each must stand in that of the series.
    study : int
        0 for the newest study of the patient, 1 for the one before, and so on.
    number : int
        Which of the series that fit, in the order of the study, from 0.
    """

    modality: str
    words: tuple[str, ...] = ()
    study: int = 0
    number: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.study < MAX_STUDIES or self.number < 0 or len(self.words) > MAX_WORDS:
            raise ValueError("this rule fits no place")

    def find(self, studies: tuple[Study, ...]) -> Stack | None:
        """Return the series that fits.

        Parameters
        ----------
        studies : tuple of Study
            Of one patient, the newest first.
        """
        if self.study >= len(studies):
            return None
        fitting = [stack for stack in studies[self.study].stacks if self.fits(stack)]
        # A series with no further words is nearer to what was meant than one with some.
        fitting.sort(key=lambda stack: len(description_words(stack)))
        return fitting[self.number] if self.number < len(fitting) else None

    def fits(self, stack: Stack) -> bool:
        """Tell whether a series is of the kind that is meant."""
        return stack.modality == self.modality and set(self.words) <= set(description_words(stack))


@dataclass(frozen=True, slots=True)
class SavedPlace:
    """One viewport: what goes there (None: it stays empty), and how it stands."""

    rule: PlaceRule | None = None
    orientation: Orientation = Orientation.AXIAL
    slab: Slab = THIN


@dataclass(frozen=True, slots=True)
class SavedWindow:
    """Layout of a window as `Layout.text`, and its places in reading order."""

    layout: str
    places: tuple[SavedPlace, ...]

    def __post_init__(self) -> None:
        if layout_from(self.layout).id != self.layout.split(";")[0]:
            raise ValueError("there is no such layout")
        if len(self.places) > MAX_ROWS * MAX_COLUMNS:
            raise ValueError("more places than a layout has")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A layout of one's own, by its name."""

    name: str
    windows: tuple[SavedWindow, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= MAX_NAME:
            raise ValueError("a layout needs a name")
        if not 0 < len(self.windows) <= SECOND + 1:
            raise ValueError("a layout is for one window or two")


def description_words(stack: Stack) -> tuple[str, ...]:
    """Return the words of a series description in small letters, without repetition."""
    found = _WORD.findall(stack.labels.series_description.lower())
    return tuple(dict.fromkeys(found))[:MAX_WORDS]


def rule_for(stack: Stack, studies: tuple[Study, ...]) -> PlaceRule | None:
    """Return the rule that finds a series among the studies of its patient; None where none does.

    Parameters
    ----------
    studies : tuple of Study
        Of one patient, the newest first.
    """
    for age, study in enumerate(studies):
        keys = [other.key for other in study.stacks]
        if stack.key in keys:
            for number in range(len(keys)):
                rule = PlaceRule(stack.modality, description_words(stack), age, number)
                found = rule.find(studies)
                if found is not None and found.key == stack.key:
                    return rule
    return None


def studies_of(stack: Stack, studies: tuple[Study, ...]) -> tuple[Study, ...]:
    """Return the studies of the patient of a series, the newest first.

    Without any identity two studies cannot be told to be of one patient: then there is one only.
    """
    own = next((s for s in studies if any(other.key == stack.key for other in s.stacks)), None)
    if own is None:
        return ()
    same = [s for s in studies if s is own or same_patient(s.patient, own.patient)]
    return tuple(sorted(same, key=lambda study: study.date, reverse=True))
