"""The asymmetric phantom: HU by formula at any point of the patient, and CT slices cut out of it.

Air around a box of water that lies off the centre of every axis; in it a sphere, a bar and a wedge
whose values rise at another pace along each axis. No flip, swap or shift leaves it as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from tests.support.dicom_writer import save

Floats = NDArray[np.float64]
Change = Callable[[Dataset, int], None]
Point = tuple[float, float, float]

CENTRE_LPS_MM: Point = (-7.0, 12.0, -40.0)
AIR, WATER, SPHERE, BAR = -1000.0, 0.0, 60.0, 1200.0
WEDGE_HU_PER_MM = np.array((11.3137, -6.7082, 9.1104))
WEDGE_HU = 0.00037
"""No voxel centre of any variant lies on an edge, and no value halfway between two integers."""
INTERCEPT = -1024
STUDY_UID = generate_uid(entropy_srcs=["variant study"])
FRAME_UID = generate_uid(entropy_srcs=["variant frame of reference"])

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def phantom_hu(points_lps_mm: Floats) -> Floats:
    """HU at points of the patient, shape (..., 3) to (...)."""
    local = np.asarray(points_lps_mm) - CENTRE_LPS_MM
    x, y, z = np.moveaxis(local, -1, 0)
    body = (x > -13.31371) & (x < 14.13579) & (y > -12.71713) & (y < 11.17191)
    body &= (z > -11.33317) & (z < 12.17123)
    hu = np.where(body, WATER, AIR)
    hu = np.where(body & (y > 4.03137), local @ WEDGE_HU_PER_MM + WEDGE_HU, hu)
    bar = (x > -12.03173) & (x < -2.05711) & (y > -9.93331) & (y < -5.17117)
    bar &= (z > -8.11717) & (z < -1.37131)
    hu = np.where(bar, BAR, hu)
    distance = np.linalg.norm(local - (5.2137, -4.1371, 3.3719), axis=-1)
    return np.asarray(np.where(distance < 5.37193, SPHERE, hu), np.float64)


@dataclass(frozen=True)
class Grid:
    """A regular grid of voxel centres around the phantom, `CENTRE_LPS_MM` in its middle.

    Attributes
    ----------
    shape : tuple
        Slices, rows, columns.
    spacing : tuple
        Between slices, rows, columns, in mm.
    orientation : tuple
        Row and column cosines (PS3.3 C.7.6.2.1.1).
    shift : tuple
        Moves the grid in LPS mm.
    """

    shape: tuple[int, int, int] = (12, 40, 56)
    spacing: Point = (2.5, 0.8, 0.6)
    orientation: tuple[float, ...] = AXIAL
    shift: Point = (0.0, 0.0, 0.0)

    @property
    def row(self) -> Floats:
        return np.asarray(self.orientation[:3], np.float64)

    @property
    def column(self) -> Floats:
        return np.asarray(self.orientation[3:], np.float64)

    @property
    def normal(self) -> Floats:
        normal: Floats = np.cross(self.row, self.column).astype(np.float64)
        return normal

    @property
    def origin(self) -> Floats:
        """Centre of voxel (0, 0, 0) in LPS mm."""
        half = (np.asarray(self.shape) - 1) / 2 * self.spacing
        middle = np.asarray(CENTRE_LPS_MM) + self.shift
        return middle - half[0] * self.normal - half[1] * self.column - half[2] * self.row

    @property
    def depths(self) -> Floats:
        """Place of each slice along the normal, from the first, in mm."""
        return np.arange(self.shape[0], dtype=np.float64) * self.spacing[0]

    @property
    def affine(self) -> Floats:
        """Index (z, y, x, 1) to LPS mm, 4 x 4."""
        matrix = np.eye(4)
        steps = zip((self.normal, self.column, self.row), self.spacing, strict=True)
        matrix[:3, :3] = np.stack([axis * step for axis, step in steps], axis=1)
        matrix[:3, 3] = self.origin
        return matrix

    def points(self, start: Floats) -> Floats:
        """Pixel centres of an image whose first pixel lies at `start`, shape (y, x, 3)."""
        y, x = np.indices(self.shape[1:])
        points: Floats = (
            start
            + y[..., None] * self.spacing[1] * self.column
            + x[..., None] * self.spacing[2] * self.row
        )
        return points

    def image(self, depth: float, across: Sequence[float] | Floats = (0.0, 0.0, 0.0)) -> Floats:
        """HU of the image at a depth, moved by an LPS vector."""
        return phantom_hu(self.points(self.origin + depth * self.normal + np.asarray(across)))

    def hu(self) -> Floats:
        """HU of the whole grid, shape (z, y, x), rounded as scanners store them."""
        return np.rint(np.stack([self.image(depth) for depth in self.depths]))


GRID = Grid()
THIN = replace(GRID, shape=(4, 40, 56), spacing=(5.0, 0.8, 0.6))
"""For what is the same in every slice."""


def item(**values: object) -> Dataset:
    """A sequence item."""
    one = Dataset()
    for keyword, value in values.items():
        setattr(one, keyword, value)
    return one


def series_uid(name: str = "") -> str:
    return generate_uid(entropy_srcs=["variant series", name])


def ct_slice(grid: Grid, image: Floats, start: Floats, z: int, series: str = "") -> Dataset:
    """One CT image, 12 bits unsigned, as most scanners write it."""
    one = Dataset()
    one.SOPClassUID = CTImageStorage
    one.SOPInstanceUID = generate_uid(entropy_srcs=["variant image", series, str(z), str(start)])
    one.StudyInstanceUID, one.SeriesInstanceUID = STUDY_UID, series_uid(series)
    one.FrameOfReferenceUID = FRAME_UID
    one.Modality, one.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
    one.PatientName, one.PatientID = "Phantom^Asymmetric", "V-1"
    one.SeriesNumber, one.InstanceNumber, one.AcquisitionNumber = 3, z + 1, 1
    one.PixelSpacing = list(grid.spacing[1:])
    one.SliceThickness = grid.spacing[0]
    one.ImageOrientationPatient = [round(float(v), 9) for v in grid.orientation]
    one.ImagePositionPatient = [round(float(v), 6) for v in start]
    one.Rows, one.Columns = image.shape
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 12, 11, 0
    one.RescaleSlope, one.RescaleIntercept, one.RescaleType = 1, INTERCEPT, "HU"
    one.PixelData = (np.rint(image) - INTERCEPT).astype("<u2").tobytes()
    return one


def write_ct(
    folder: Path,
    grid: Grid = GRID,
    *,
    depths: Sequence[float] | Floats | None = None,
    across: Callable[[float], Sequence[float]] = lambda depth: (0.0, 0.0, 0.0),
    change: Change = lambda one, z: None,
    syntax: str = ExplicitVRLittleEndian,
    series: str = "",
    name: Callable[[int], str] = lambda z: f"IM{99 - z:03d}",
) -> list[Path]:
    """Write one file a slice; by default file names run against the volume order.

    Parameters
    ----------
    depths : sequence of float
        Along the normal, in mm (default: the grid's own).
    across : callable
        LPS vector by which the image at a depth is moved (gantry tilt); it shows the phantom
        where it then lies.
    change : callable
        Gets each data set and its z before it is written.
    """
    paths = []
    for z, depth in enumerate(grid.depths if depths is None else depths):
        moved = np.asarray(across(float(depth)), np.float64)
        start = grid.origin + depth * grid.normal + moved
        one = ct_slice(grid, grid.image(depth, moved), start, z, series)
        change(one, z)
        paths.append(save(one, folder / name(z), syntax))
    return paths
