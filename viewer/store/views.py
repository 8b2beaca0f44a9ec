"""How studies were last looked at: one private JSON file of UIDs and numbers, no names."""

import contextlib
import logging
import math
from pathlib import Path
from typing import Annotated

import msgspec

from viewer.files import free_name, make_folder, write_atomic

logger = logging.getLogger(__name__)

VERSION = 1
FILE_NAME = "views.json"
"""In the application's data folder."""
MAX_STUDIES = 50
"""The oldest give way to new ones."""
MAX_BYTES = 4 << 20
"""A larger file was not written by this program."""

_Point = tuple[float, float, float]
_Positive = Annotated[float, msgspec.Meta(gt=0)]


class KeptWindow(msgspec.Struct, frozen=True):
    """A grey ramp in the unit of its series."""

    width: _Positive
    center: float
    function: str


class KeptView(msgspec.Struct, frozen=True, kw_only=True):
    """One viewport, by the names of `viewer.core.view_state.ViewportState`."""

    series_uid: str
    stack: Annotated[int, msgspec.Meta(ge=0)]
    orientation: str
    index: Annotated[int, msgspec.Meta(ge=0)]
    zoom: _Positive = 1.0
    pan_uv_mm: tuple[float, float] = (0.0, 0.0)
    turns: Annotated[int, msgspec.Meta(ge=0, le=3)] = 0
    mirrored: bool = False
    slab_mode: str = "none"
    slab_mm: _Positive = 10.0
    rotation: tuple[_Point, _Point, _Point] | None = None
    alone: bool = False
    preset: str = ""
    window: KeptWindow | None = None
    inverted: bool = False
    colour_map: str = "grey"


class KeptStudy(msgspec.Struct, frozen=True, kw_only=True):
    """All viewports of a study.

    Attributes
    ----------
    layout : str
        Id of the layout that they belong to.
    active, maximised : str
        Ids of viewports.
    crosshair : tuple or None
        Series UID, number of the stack and the point in LPS mm.
    """

    study_uid: str
    layout: str
    active: str
    views: dict[str, KeptView]
    maximised: str = ""
    crosshair: tuple[str, int, _Point] | None = None


class _File(msgspec.Struct):
    version: int
    studies: tuple[msgspec.Raw, ...]


class ViewStore:
    """What is known of the last looks at studies; read when first asked.

    Parameters
    ----------
    folder : Path
        In the application's own data; made when the first study is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME

    def find(self, study_uid: str) -> KeptStudy | None:
        """Return how a study was last looked at, or None."""
        return self._load().get(study_uid) if study_uid else None

    def keep(self, study: KeptStudy) -> None:
        """Write a study in front of the others.

        Raises
        ------
        SaveError
            The folder is read-only or the disk is full; the former file is untouched.
        """
        others = [known for uid, known in self._load().items() if uid != study.study_uid]
        make_folder(self._folder, private=True)
        kept = (study, *others)[:MAX_STUDIES]
        content = msgspec.json.encode({"version": VERSION, "studies": kept})
        write_atomic(self._path, content, private=True)

    def _load(self) -> dict[str, KeptStudy]:
        try:
            if self._path.stat().st_size > MAX_BYTES:
                raise ValueError("too large")
            file = msgspec.json.decode(self._path.read_bytes(), type=_File)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, msgspec.DecodeError, RecursionError):
            logger.warning("the file of last views is damaged and kept aside")
            with contextlib.suppress(OSError):
                self._path.replace(free_name(self._path.with_suffix(".damaged.json")))
            return {}
        studies = (_study(raw) for raw in file.studies)
        return {study.study_uid: study for study in studies if study is not None}


def _study(raw: msgspec.Raw) -> KeptStudy | None:
    """Return an entry if it can be what this program wrote: files may be edited."""
    try:
        study = msgspec.json.decode(raw, type=KeptStudy)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    numbers = [
        number
        for view in study.views.values()
        for number in (view.zoom, view.slab_mm, *view.pan_uv_mm)
    ]
    return study if study.study_uid and all(map(math.isfinite, numbers)) else None
