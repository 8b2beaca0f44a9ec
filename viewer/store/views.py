"""How studies were last looked at: one private JSON file of UIDs and numbers, no names."""

import math
from pathlib import Path
from typing import Annotated

import msgspec

from viewer.files import locked, make_folder
from viewer.store.own_file import OwnFile

VERSION = 1
FILE_NAME = "views.json"
"""In the application's data folder."""
MAX_STUDIES = 50
"""The oldest give way to new ones."""
MAX_LOOKS = 100
"""Series of one study whose looks are kept beside those that are shown."""
MAX_BYTES = 8 << 20
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
    """All viewports while a study was shown; some may have shown other studies.

    Attributes
    ----------
    layout : str
        Id of the layout that they belong to.
    active, maximised : str
        Ids of viewports.
    crosshair : tuple or None
        Series UID, number of the stack and the point in LPS mm.
    looks : tuple of KeptView
        Last looks at other series of the study.
    """

    study_uid: str
    layout: str
    active: str
    views: dict[str, KeptView]
    maximised: str = ""
    crosshair: tuple[str, int, _Point] | None = None
    looks: tuple[KeptView, ...] = ()


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
        self._file = OwnFile(folder / FILE_NAME, VERSION, MAX_BYTES, "last views")

    def find(self, study_uid: str) -> KeptStudy | None:
        """Return how a study was last looked at, or None."""
        return self._load().get(study_uid) if study_uid else None

    def keep(self, *studies: KeptStudy) -> None:
        """Write studies in front of the others, whoever else wrote some meanwhile.

        Raises
        ------
        SaveError
            The folder is read-only, the disk is full, or (said once) a newer program wrote the
            file: it is untouched.
        """
        make_folder(self._folder, private=True)
        with locked(self._folder):
            known = {study.study_uid: study for study in studies}
            kept = (known | {u: s for u, s in self._load().items() if u not in known}).values()
            content = {"version": VERSION, "studies": tuple(kept)[:MAX_STUDIES]}
            self._file.write(msgspec.json.encode(content))

    def _load(self) -> dict[str, KeptStudy]:
        file = self._file.read(_File)
        if file is None:
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
        for view in (*study.views.values(), *study.looks)
        for number in (view.zoom, view.slab_mm, *view.pan_uv_mm)
    ]
    return study if study.study_uid and all(map(math.isfinite, numbers)) else None
