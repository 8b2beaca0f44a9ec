"""Reads a folder of nodule tiles: nodules.csv, slices.csv, images_NN.png and readers_NN.png.

The format is that of slices of LIDC-IDRI (Armato et al. 2011, Medical Physics 38:915): each stored
slice is a tile of native pixels centred on its nodule, stretched min-max to 8 bit on its own, so a
grey value is not a HU value. The calibration that some rows carry (hu_slope, hu_intercept) is not
read: it is known for 59 % of the malignant and 30 % of the benign nodules, and a model that could
tell the two kinds of row apart would have learnt the label from the file.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viewer.core.errors import ViewerError

GreyTile = NDArray[np.uint8]

TILE_PX = 128
"""Edge of a tile in native pixels."""
TILE_CENTRE = (64.5, 64.5)
"""Index of the nodule's centre in its tile: the reader marks lie around (64.4, 64.6) on average."""
MAX_ROWS = 1_000_000
"""Most rows that a CSV file may have."""
REPEATS = 3
"""Repeats of the five patient-disjoint folds."""
RATINGS = (
    "subtlety",
    "calcification",
    "sphericity",
    "margin",
    "lobulation",
    "spiculation",
    "texture",
)
"""Readers' ratings beside malignancy, each on a scale of 1 to 5 (calcification: 6)."""


class NoduleFolderError(ViewerError):
    """A folder of nodule tiles that cannot be read."""


@dataclass(frozen=True, slots=True)
class TilePlace:
    """Where a stored slice lies: mosaic number, tile row and tile column."""

    mosaic: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Nodule:
    """A nodule of the folder: what the reader of a scan would have, and what training may know.

    Attributes
    ----------
    key, patient : str
        Names in the folder.
    spacing_mm : float
        In-plane distance of pixels.
    tiles : tuple of TilePlace
        The stored slices in their order along the patient.
    label : int
        1: median reader malignancy above 3, 0: below 3, -1: indeterminate or not known.
    malignancy_mean : float
        Mean reader malignancy (1 to 5); NaN where not known. Training only.
    ratings : tuple of float
        Mean of the readers for each of `RATINGS`; NaN where not known. Training only.
    readers : int
        Number of readers who marked it. Training only.
    diameter_mm : float
        From reader contours; NaN where not known. Training targets and control only, never an
        input of the model.
    volume_mm3 : float
        From reader contours; NaN where not known. For results by subgroup only.
    thickness_mm : float
        Slice thickness; NaN where not known. For results by subgroup only.
    contrast : bool
        Whether contrast agent was given. For results by subgroup only.
    folds : tuple of int
        Test fold in each repeat; -1 where the nodule is in none.
    """

    key: str
    patient: str
    spacing_mm: float
    tiles: tuple[TilePlace, ...]
    label: int = -1
    malignancy_mean: float = math.nan
    ratings: tuple[float, ...] = (math.nan,) * len(RATINGS)
    readers: int = 0
    diameter_mm: float = math.nan
    volume_mm3: float = math.nan
    thickness_mm: float = math.nan
    contrast: bool = False
    folds: tuple[int, ...] = (-1,) * REPEATS

    @property
    def ball_mm(self) -> float:
        """Diameter of the ball of the same volume; NaN where not known."""
        return math.cbrt(6 * self.volume_mm3 / math.pi)


def read_nodules(folder: Path) -> tuple[Nodule, ...]:
    """Read the nodules of a folder with the places of their slices.

    Parameters
    ----------
    folder : Path
        Holds nodules.csv and slices.csv. Needed columns: key, spacing; and key, slice, mosaic,
        tile_row, tile_col. All others may be absent.

    Raises
    ------
    NoduleFolderError
        A file or column is missing, a number is none, or a nodule has no slice.
    """
    places: dict[str, list[tuple[int, TilePlace]]] = {}
    for row in _rows(folder / "slices.csv", ("key", "slice", "mosaic", "tile_row", "tile_col")):
        place = TilePlace(_int(row, "mosaic"), _int(row, "tile_row"), _int(row, "tile_col"))
        places.setdefault(row["key"], []).append((_int(row, "slice"), place))
    nodules = []
    for row in _rows(folder / "nodules.csv", ("key", "spacing")):
        stored = places.get(row["key"])
        if not stored:
            raise NoduleFolderError("The nodules cannot be read", f"{row['key']} has no slice")
        stored.sort(key=lambda item: item[0])
        nodules.append(_nodule(row, tuple(place for _, place in stored)))
    if not nodules:
        raise NoduleFolderError("The nodules cannot be read", "nodules.csv has no row")
    return tuple(nodules)


def _nodule(row: dict[str, str], tiles: tuple[TilePlace, ...]) -> Nodule:
    spacing_mm = _float(row, "spacing")
    if not 0.05 <= spacing_mm <= 5:
        raise NoduleFolderError(
            "The nodules cannot be read", f"{row['key']} has a spacing of {spacing_mm} mm"
        )
    return Nodule(
        key=row["key"],
        patient=row.get("patient") or row["key"],
        spacing_mm=spacing_mm,
        tiles=tiles,
        label=_int_or(row, "label", -1),
        malignancy_mean=_float(row, "mal_mean"),
        ratings=tuple(_float(row, name) for name in RATINGS),
        readers=_int_or(row, "n_ann", 0),
        diameter_mm=_float(row, "diam_mm"),
        volume_mm3=_float(row, "vol_mm3"),
        thickness_mm=_float(row, "thickness"),
        contrast=_int_or(row, "contrast", 0) == 1,
        folds=tuple(_int_or(row, f"rep{repeat}_fold", -1) for repeat in range(REPEATS)),
    )


class TileReader:
    """Reads tiles from the mosaics of a folder, keeping one mosaic of each kind in memory.

    Parameters
    ----------
    folder : Path
        Holds images_NN.png and, for training, readers_NN.png.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, tuple[int, GreyTile]] = {}

    def image(self, place: TilePlace) -> GreyTile:
        """Return the grey tile, shape (128, 128)."""
        return self._tile("images", place)

    def readers(self, place: TilePlace) -> GreyTile:
        """Return how many readers marked each pixel, shape (128, 128)."""
        return self._tile("readers", place)

    def _tile(self, kind: str, place: TilePlace) -> GreyTile:
        number, mosaic = self._open.get(kind, (-1, None))
        if mosaic is None or number != place.mosaic:
            mosaic = _read_mosaic(self._folder / f"{kind}_{place.mosaic:02d}.png")
            self._open[kind] = (place.mosaic, mosaic)
        top, left = place.row * TILE_PX, place.column * TILE_PX
        tile = mosaic[top : top + TILE_PX, left : left + TILE_PX]
        if place.row < 0 or place.column < 0 or tile.shape != (TILE_PX, TILE_PX):
            raise NoduleFolderError(
                "The tiles cannot be read",
                f"tile {place.row}, {place.column} lies outside mosaic {place.mosaic}",
            )
        return tile


def _read_mosaic(path: Path) -> GreyTile:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=["PNG"]) as image:
            if image.mode != "L":
                raise NoduleFolderError(
                    "The tiles cannot be read", f"{path.name} is not an 8-bit grey image"
                )
            return np.asarray(image, dtype=np.uint8)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise NoduleFolderError(
            "The tiles cannot be read",
            f"{path.name}: {getattr(error, 'strerror', None) or error}",
            "Check the folder",
        ) from error


def _rows(path: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            if missing:
                raise NoduleFolderError(
                    "The nodules cannot be read", f"{path.name} has no column {missing[0]}"
                )
            rows = []
            for row in reader:
                rows.append({k: v for k, v in row.items() if isinstance(v, str)})
                if len(rows) > MAX_ROWS:
                    raise NoduleFolderError(
                        "The nodules cannot be read", f"{path.name} has more than {MAX_ROWS} rows"
                    )
            return rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NoduleFolderError(
            "The nodules cannot be read",
            f"{path.name}: {getattr(error, 'strerror', None) or error}",
            "Give a folder with nodules.csv, slices.csv and the mosaics",
        ) from error


def _float(row: dict[str, str], name: str) -> float:
    text = row.get(name, "").strip()
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if math.isinf(value):
        raise NoduleFolderError(
            "The nodules cannot be read", f"{name} of {row.get('key', '?')} is not a number"
        )
    return value


def _int_or(row: dict[str, str], name: str, default: int) -> int:
    value = _float(row, name)
    return default if math.isnan(value) else int(value)


def _int(row: dict[str, str], name: str) -> int:
    value = _float(row, name)
    if math.isnan(value):
        raise NoduleFolderError(
            "The nodules cannot be read", f"{name} of {row.get('key', '?')} is missing"
        )
    return int(value)
