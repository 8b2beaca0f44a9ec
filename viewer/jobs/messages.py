"""What parent and worker say to each other.

The values travel pickled through a pipe between two of our own processes, made by `multiprocessing`
for exactly these two; nothing is ever unpickled from a file, a network or another program.
"""

from dataclasses import dataclass, field
from typing import Any

from viewer.jobs.shared_array import ArrayHandle


@dataclass(frozen=True, slots=True)
class Call:
    """Run `function` ("package.module:name") as `function(ctx, *args, **arrays)`."""

    number: int
    function: str
    args: tuple[Any, ...]
    arrays: dict[str, ArrayHandle] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepare:
    """Import the module of a function before it is needed; there is no answer."""

    function: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop this call at its next check."""

    number: int


@dataclass(frozen=True, slots=True)
class Started:
    """The call has arrived: from now on the end of the worker is a failure."""

    number: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A report of the running call."""

    number: int
    fraction: float
    text: str


@dataclass(frozen=True, slots=True)
class Partial:
    """An intermediate result of the running call."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class Done:
    """The call's result."""

    number: int
    result: object


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The call stopped because it was asked to."""

    number: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The call failed.

    Attributes
    ----------
    kind : str
        "viewer", "refused", "missing" (a package is not installed; `what` is its name),
        "memory" or "bug".
    what, why, what_to_do : str
        As in `ViewerError`; for "bug" `what` is type and place.
    """

    number: int
    kind: str
    what: str = ""
    why: str = ""
    what_to_do: str = ""


Request = Call | Prepare | Cancel
Reply = Started | Progress | Partial | Done | Cancelled | Failed
