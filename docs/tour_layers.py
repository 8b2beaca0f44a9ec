"""Takes the pictures of two series in one: fusion, swipe and blink.

PET and prior are made here from the sample study: nothing in them is a person.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import PositronEmissionTomographyImageStorage, generate_uid
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from scipy.ndimage import gaussian_filter

from viewer.core.study import StackKey
from viewer.core.volume import Volume
from viewer.imaging.phantom import NODULES, ORGANS
from viewer.ui.workbench import Workbench

_PET_STEP = (2, 8, 8)
"""Every so many voxels of the CT there is one of the PET, along z, y and x."""
_PRIOR_STEP = (2, 1, 1)
_UPTAKE = {"liver (right)": 2.2, "spleen (left, behind)": 1.8, "descending aorta (left)": 1.6}
_HOT = (9.0, 2.5, 5.5)
_SLOPE = 0.001
_PRIOR_DATE = "20250301"


def show_layers(bench: Workbench, scratch: Path, take: Callable[[str, QWidget], None]) -> None:
    """Open the three series and take the pictures, from an open sample study."""
    folder = scratch / "two-series"
    folder.mkdir()
    volume = bench.session.volume
    if volume is None:
        raise RuntimeError("the sample study is not open")
    for z, frame in enumerate(volume.stack.frames):
        (folder / f"ct-{z}.dcm").write_bytes(Path(frame.path).read_bytes())
    write_pet(volume, folder)
    write_prior(volume, folder, _PRIOR_DATE)
    bench.reading.arranger.set_layout("mpr-main")
    bench.deeds.open_paths([str(folder)])
    _settle(bench)
    keys = {s.modality + s.labels.series_description: s.key for s in bench.session.index.stacks()}
    pet = next(key for name, key in keys.items() if name.startswith("PT"))
    prior = next(key for name, key in keys.items() if name.endswith("Prior"))
    _fusion(bench, pet, take)
    _compare(bench, prior, take)


def _fusion(bench: Workbench, pet: StackKey, take: Callable[[str, QWidget], None]) -> None:
    actions = bench.window.actions_
    bench.session.interaction.active = "axial"
    bench.navigator.set_preset("mediastinum")
    bench.navigator.jump_to(NODULES[0].centre_lps_mm)
    bench.layers.layering.show(pet)
    _settle(bench)
    take("fusion", bench.window)
    actions["layer.remove"].trigger()


def _compare(bench: Workbench, prior: StackKey, take: Callable[[str, QWidget], None]) -> None:
    actions = bench.window.actions_
    bench.reading.arranger.set_layout("1x1")
    _settle(bench)
    bench.navigator.set_preset("lung")
    bench.navigator.jump_to(NODULES[0].centre_lps_mm)
    bench.layers.layering.show(prior)
    _settle(bench)
    frame = bench.grid.viewports["1"]
    take("swipe", frame)
    actions["layer.alternate"].trigger()
    QTest.qWait(300)
    take("blink", frame)
    actions["layer.remove"].trigger()
    bench.reading.arranger.set_layout("mpr")
    _settle(bench)


def _settle(bench: Workbench) -> None:
    QTest.qWait(800)
    while bench.runner.jobs:
        QTest.qWait(100)
    QTest.qWait(400)


def write_pet(volume: Volume, folder: Path) -> None:
    """Write a PET of the sample's body on a coarser grid of its own, in SUV."""
    suv = made_suv(volume)
    geometry, step = volume.geometry, _PET_STEP
    series = generate_uid()
    for z in range(suv.shape[0]):
        one = _copied(volume, z * step[0], series, "PET WB")
        one.SOPClassUID, one.Modality = PositronEmissionTomographyImageStorage, "PT"
        one.file_meta.MediaStorageSOPClassUID = PositronEmissionTomographyImageStorage
        one.Units, one.DecayCorrection = "GML", "START"
        one.CorrectedImage = ["DECY", "ATTN", "SCAT"]
        one.SeriesNumber = 2
        _, dy, dx = geometry.spacing_zyx_mm
        one.PixelSpacing = [dy * step[1], dx * step[2]]
        one.SliceThickness = geometry.spacing_zyx_mm[0] * step[0]
        one.RescaleSlope, one.RescaleIntercept = _SLOPE, 0
        _set_pixels(one, np.rint(suv[z] / _SLOPE).astype(np.int16))
        one.save_as(folder / f"pet-{z}.dcm")


def write_prior(volume: Volume, folder: Path, date: str) -> str:
    """Write an earlier examination: thicker slices, and a nodule that was smaller.

    Returns
    -------
    str
        Its series UID.
    """
    hu = volume.data.astype(np.float32)
    _fill_half_of(hu, volume)
    hu = gaussian_filter(hu, (0.8, 0.7, 0.7))
    series, study = generate_uid(), generate_uid()
    for number, z in enumerate(range(0, hu.shape[0], _PRIOR_STEP[0])):
        one = _copied(volume, z, series, "Prior")
        one.StudyInstanceUID, one.SeriesNumber = study, 7
        for name in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
            setattr(one, name, date)
        one.SliceThickness = volume.geometry.spacing_zyx_mm[0] * _PRIOR_STEP[0]
        _set_pixels(one, np.rint(hu[z] - float(one.RescaleIntercept)).astype(np.int16))
        one.save_as(folder / f"prior-{number}.dcm")
    return str(series)


def made_suv(volume: Volume) -> NDArray[np.float32]:
    """Return uptake on every so many voxels: tissue, organs, and two of three nodules hot."""
    step = _PET_STEP
    hu = volume.data[:: step[0], :: step[1], :: step[2]].astype(np.float32)
    suv = np.where(hu > -300, 0.9, np.where(hu > -900, 0.35, 0.0)).astype(np.float32)
    zyx = np.indices(hu.shape).reshape(3, -1).T * step
    points = volume.geometry.index_to_lps(zyx).reshape(*hu.shape, 3)
    for organ in ORGANS:
        if organ.name in _UPTAKE:
            near = np.linalg.norm(points - organ.centre_lps_mm, axis=-1) < 3.5 * organ.radius_mm
            suv[near & (hu > -300)] = _UPTAKE[organ.name]
    for nodule, uptake in zip(NODULES, _HOT, strict=True):
        distance = np.linalg.norm(points - nodule.centre_lps_mm, axis=-1)
        suv = np.maximum(suv, uptake * np.exp(-((distance / 9.0) ** 2)))
    return np.asarray(gaussian_filter(suv, 0.6), np.float32)


def _fill_half_of(hu: NDArray[np.float32], volume: Volume) -> None:
    """Let the first nodule be smaller: lung where its outer part is."""
    nodule = NODULES[0]
    low = np.floor(volume.geometry.lps_to_index(np.asarray(nodule.centre_lps_mm))).astype(int)
    reach = [round(14 / s) for s in volume.geometry.spacing_zyx_mm]
    part = tuple(slice(max(c - r, 0), c + r) for c, r in zip(low, reach, strict=True))
    zyx = np.indices(hu[part].shape).reshape(3, -1).T + [s.start for s in part]
    points = volume.geometry.index_to_lps(zyx).reshape(*hu[part].shape, 3)
    outer = np.linalg.norm(points - nodule.centre_lps_mm, axis=-1) > 4.5
    hu[part] = np.where(outer & (hu[part] > -700), -850, hu[part])


def _copied(volume: Volume, z: int, series: str, description: str) -> Dataset:
    frame = volume.stack.frame_of_slice[z]
    one = dcmread(volume.stack.frames[frame if frame is not None else 0].path)
    one.SeriesInstanceUID, one.SOPInstanceUID = series, generate_uid()
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    one.SeriesDescription = description
    for name in ("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation"):
        if name in one and description != "Prior":
            delattr(one, name)
    return one


def _set_pixels(one: Dataset, stored: NDArray[np.int16]) -> None:
    one.Rows, one.Columns = stored.shape
    one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 15, 1
    if "PixelPaddingValue" in one:
        del one.PixelPaddingValue
    one.PixelData = stored.tobytes()
