"""The bone surface of a 120 x 512 x 512 trunk: seconds per stage, memory, ratio to VTK."""

import resource
import time

import numpy as np
import pytest

from tests.support.voxel_grids import geometry, volume
from viewer.core.progress import SilentContext
from viewer.imaging.surface import (
    SCREEN_SAMPLES,
    SURFACE_PRESETS,
    extract_surface,
    surface_request,
)

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

SHAPE = (120, 512, 512)
SPACING_MM = (2.5, 0.7, 0.7)


@pytest.fixture(scope="module")
def trunk() -> np.ndarray:
    """A trunk with lungs, spine and oblique ribs, and the noise of a usual CT."""
    z, y, x = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    hu = np.full(SHAPE, -1000, np.int16)
    hu[np.broadcast_to(((x - 256) / 220) ** 2 + ((y - 256) / 150) ** 2 < 1, SHAPE)] = 40
    for side in (-1, 1):
        across = (x - 256 - side * 100) / 80
        hu[across**2 + ((y - 250) / 110) ** 2 + ((z - 60) / 70) ** 2 < 1] = -850
    hu[np.broadcast_to((x - 256) ** 2 + (y - 360) ** 2 < 30**2, SHAPE)] = 400
    wall = ((x - 256) / 205) ** 2 + ((y - 256) / 135) ** 2
    hu[(wall < 1) & (wall > 0.88) & ((z + y // 8) % 16 < 6)] = 600
    noise = np.random.default_rng(1).normal(0, 25, SHAPE)
    return (hu + noise).astype(np.int16)


class Stages(SilentContext):
    """Notes how long each stage took."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, float]] = []

    def progress(self, fraction: float, text: str = "") -> None:
        self.stages.append((text, time.perf_counter()))

    def report(self) -> str:
        pairs = zip(self.stages, self.stages[1:], strict=False)
        return ", ".join(f"{name} {after - start:.2f}" for (name, start), (_, after) in pairs)


@pytest.mark.parametrize("preset", SURFACE_PRESETS, ids=lambda preset: preset.id)
@pytest.mark.parametrize("max_samples", [SCREEN_SAMPLES, None], ids=["screen", "full"])
def test_presets(trunk, preset, max_samples):
    series = volume(trunk, geometry(SHAPE, SPACING_MM))
    request = surface_request(
        series,
        preset.threshold_hu,
        preset.kind,
        smooth_mm=preset.smooth_mm,
        reduce=preset.reduce,
        max_samples=max_samples,
    )
    stages = Stages()
    start = time.perf_counter()
    mesh = extract_surface(stages, request, data=trunk)
    seconds = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{preset.id}: {seconds:.2f} s, {mesh.n_faces} triangles, peak {peak_mb:.0f} MB")
    print(f"  {stages.report()}")
    assert mesh.is_closed


def test_against_vtk_flying_edges(trunk):
    vtk = pytest.importorskip("vtk", reason="VTK is in the dependency group 'bench'")
    from vtkmodules.util.numpy_support import numpy_to_vtk

    request = surface_request(
        volume(trunk, geometry(SHAPE, SPACING_MM)), 299.9375, max_samples=None
    )
    extract_surface(SilentContext(), request, data=trunk)  # imports and page faults
    start = time.perf_counter()
    mesh = extract_surface(SilentContext(), request, data=trunk)
    ours = time.perf_counter() - start

    def flying_edges() -> tuple[float, int]:
        start = time.perf_counter()
        image = vtk.vtkImageData()
        image.SetDimensions(*SHAPE[::-1])
        image.SetSpacing(*SPACING_MM[::-1])
        image.GetPointData().SetScalars(numpy_to_vtk(trunk.ravel(), deep=False))
        edges = vtk.vtkFlyingEdges3D()
        edges.SetInputData(image)
        edges.SetValue(0, 299.9375)
        edges.Update()
        return time.perf_counter() - start, int(edges.GetOutput().GetNumberOfPolys())

    flying_edges()
    vtks, polygons = flying_edges()
    print(f"\nmarching cubes {ours:.2f} s ({mesh.n_faces} triangles, closed, with normals), ")
    print(f"VTK flying edges {vtks:.2f} s ({polygons}): ratio {ours / vtks:.1f}")
    assert mesh.n_faces == pytest.approx(polygons, rel=0.1)
