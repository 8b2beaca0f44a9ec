"""The self-check's workplace: the phantom written as DICOM files, opened as any study is."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viewer.app.open_study import main_stack, scan_or_fail
from viewer.app.surface import check_surface
from viewer.core.errors import ViewerError
from viewer.core.geometry import FloatArray, VolumeGeometry
from viewer.core.plane import Orientation, slice_index_at
from viewer.core.progress import JobContext
from viewer.core.study import NamedWindow, Patient, StackLabels
from viewer.core.volume import Volume
from viewer.core.window import HuWindow
from viewer.dicom.loader import load
from viewer.dicom.write import SeriesText, write_ct_series
from viewer.imaging.mesh import Mesh
from viewer.imaging.phantom_quality import Ball, quality_geometry, quality_phantom
from viewer.imaging.reslice import PlaneSlice, plane_slice
from viewer.imaging.surface_request import SurfaceRequest

if TYPE_CHECKING:  # pydicom takes long to import: only when something is written
    from pydicom.dataset import Dataset

CutSurface = Callable[[JobContext, Volume, SurfaceRequest], Mesh]
"""Cuts a surface, here or in the compute process."""
Change = Callable[["Dataset"], None]
"""Changes the data set of a slice before it is written again."""

TEXT = SeriesText(
    seed="hounsfield self-check",
    patient=Patient("Self-check^Phantom", "SELF-CHECK", "", "", "O"),
    labels=StackLabels(
        institution="Computed, no patient",
        study_description="Self-check",
        date="20260101",
        time="120000",
        series_description="Quality phantom",
        kernel="PHANTOM",
        manufacturer="Hounsfield",
    ),
    windows=(NamedWindow("CHECK", HuWindow(1024, 12)),),
)
_SEARCH_MM = 4.0
_BRIGHT_HU = 700.0
"""The search for a bead looks this far around, at what is brighter than everything near it."""


class NotFoundError(ViewerError):
    """The phantom does not show what must be at a place."""


def cut_here(ctx: JobContext, volume: Volume, request: SurfaceRequest) -> Mesh:
    """Cut a surface in this process: the command line has no window to keep alive."""
    from viewer.imaging.surface import extract_surface

    check_surface(volume.stack)
    return extract_surface(ctx, request, data=volume.data)


class Quiet:
    """Passes on a cancel, and none of the small steps' progress."""

    def __init__(self, ctx: JobContext) -> None:
        self._ctx = ctx

    def progress(self, fraction: float, text: str = "") -> None:
        """Keep it to itself."""

    def partial(self, value: object) -> None:
        """Keep it to itself."""

    def check(self) -> None:
        """Raise `CancelledError` once the job is cancelled."""
        self._ctx.check()


class Lab:
    """Writes and opens the variants of the phantom.

    Parameters
    ----------
    ctx : JobContext
        Asked whether to go on.
    folder : Path
        Private and temporary; everything is written below it.
    cut_surface : callable
        See `CutSurface`.
    """

    def __init__(self, ctx: JobContext, folder: Path, cut_surface: CutSurface = cut_here) -> None:
        self.ctx = Quiet(ctx)
        self.folder = folder
        self.cut_surface = cut_surface

    @cached_property
    def truth(self) -> NDArray[np.int16]:
        """HU of the usual phantom, shape (z, y, x), from its formula."""
        return quality_phantom(quality_geometry())

    @cached_property
    def volume(self) -> Volume:
        """The usual phantom as it comes back from its files."""
        return open_series(self.ctx, self._usual)

    @cached_property
    def _usual(self) -> Path:
        return self.write("usual", quality_geometry(), self.truth)

    def write(
        self, name: str, geometry: VolumeGeometry, hu: NDArray[np.int16] | None = None
    ) -> Path:
        """Write the phantom in a geometry as a CT series; return its folder."""
        folder = self.folder / name
        pixels = quality_phantom(geometry) if hu is None else hu
        write_ct_series(self.ctx, folder, pixels, geometry, TEXT)
        return folder

    def rewritten(
        self,
        name: str,
        change: Change,
        *,
        source: Path | None = None,
        slices: int | None = None,
        transfer_syntax: str | None = None,
        names: Callable[[int], str] = "{:04d}.dcm".format,
    ) -> Path:
        """Write a series again with changed headers, or in another uncompressed transfer syntax.

        Parameters
        ----------
        source : Path, optional
            Folder of the series; the usual one.
        slices : int, optional
            Only the first ones.
        names : callable
            File name for each slice.
        """
        from pydicom import Dataset, dcmread
        from pydicom.uid import UID

        folder = self.folder / name
        folder.mkdir()
        for z, path in enumerate(sorted((source or self._usual).iterdir())[:slices]):
            self.ctx.check()
            read = dcmread(path)
            one = Dataset()  # a new one: what was read is bound to its byte order
            one.update({element.tag: element for element in read})
            one.file_meta = read.file_meta
            if transfer_syntax is not None:
                one.file_meta.TransferSyntaxUID = UID(transfer_syntax)
            change(one)
            one.save_as(folder / names(z), enforce_file_format=True)
        return folder


def open_series(ctx: JobContext, folder: Path) -> Volume:
    """Open the largest stack of a folder, by the same road as any other study."""
    stack = main_stack(scan_or_fail(ctx, [folder]))
    if stack is None:
        raise ViewerError("The phantom cannot be opened", "nothing was found in its folder")
    return load(ctx, stack)


def slice_at(volume: Volume, orientation: Orientation, point_lps: FloatArray) -> PlaneSlice:
    """Cut the slice of a plane that is nearest to a point."""
    index = slice_index_at(volume.geometry, orientation, point_lps)
    return plane_slice(volume, orientation, index)


def bead_on_slice(cut: PlaneSlice, bead: Ball) -> FloatArray:
    """Find the middle of a bead on a slice, as (u, v) in plane millimetres.

    Raises
    ------
    NotFoundError
        There is nothing bright where the bead must be.
    """
    rows, columns = np.indices(cut.image.shape[:2])
    places = np.stack([columns * cut.plane.spacing_vu_mm[1], rows * cut.plane.spacing_vu_mm[0]])
    expected = cut.plane.lps_to_uvw(bead.centre_lps)[:2]
    distance = np.hypot(places[0] - expected[0], places[1] - expected[1])
    return _middle(places, np.asarray(cut.image, np.float64), distance, bead)


def bead_in_volume(volume: Volume, bead: Ball) -> FloatArray:
    """Find the middle of a bead in the voxels, in LPS millimetres.

    Raises
    ------
    NotFoundError
        There is nothing bright where the bead must be.
    """
    geometry = volume.geometry
    middle = np.rint(geometry.lps_to_index(bead.centre_lps)).astype(int)
    reach = np.ceil(_SEARCH_MM / np.asarray(geometry.spacing_zyx_mm)).astype(int) + 1
    low = np.maximum(middle - reach, 0)
    high = np.minimum(middle + reach + 1, volume.data.shape)
    box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    data = np.asarray(volume.data[box], np.float64)
    index = np.moveaxis(np.indices(data.shape), 0, -1) + low
    points = geometry.index_to_lps(index)
    distance = np.linalg.norm(points - bead.centre_lps, axis=-1)
    return _middle(np.moveaxis(points, -1, 0), data, np.asarray(distance, np.float64), bead)


def _middle(places: FloatArray, values: FloatArray, distance: FloatArray, bead: Ball) -> FloatArray:
    """Return the centre of gravity of what is bright near a place; places: (axes, ...)."""
    weights = np.where(distance <= _SEARCH_MM, np.clip(values - _BRIGHT_HU, 0, None), 0.0)
    total = float(weights.sum())
    if total == 0:
        raise NotFoundError(f"The bead {bead.name!r} is not where it must be")
    middle = (places * weights).reshape(len(places), -1).sum(axis=1) / total
    return np.asarray(middle, np.float64)
