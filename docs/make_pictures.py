"""Takes the pictures of the README and the user guide from the real window: `make docs-pictures`.

Everything on them is made here: the sample study is synthetic, and so are the faces. With --data
those pictures are taken that show a real series (docs/pictures/README.md says which, and whose).
"""

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    generate_uid,
)
from PySide6.QtWidgets import QComboBox, QDialog, QTreeWidget
from scipy.ndimage import gaussian_filter
from tour_camera import take
from tour_findings import take_findings
from tour_key_images import mark_key_images
from tour_keys import show_keys
from tour_languages import take_languages
from tour_layers import show_layers
from tour_places import take_places
from tour_preferences import take_preferences
from tour_real import show_real

from viewer.app.presenters.faces import FacesPresenter
from viewer.app.sample import ensure_sample
from viewer.app.save import save_photo
from viewer.core.progress import SilentContext
from viewer.core.shapes import PointLps
from viewer.imaging.phantom import NODULES
from viewer.paths import HOME_VARIABLE, data_dir
from viewer.ui.dialogs.faces import FacesDialog
from viewer.ui.dialogs.metadata import MetadataWindow
from viewer.ui.panels.study_tree import StudyTreePanel
from viewer.ui.walk import walk_through
from viewer.ui.walk_hand import Hand
from viewer.ui.workbench import Workbench

_COVERED = "Overlay, shutter"


class Photographer:
    """Takes the named pictures at the right moments of the walk."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._hand = Hand()

    def watch(self, step: str, bench: Workbench) -> None:
        """Take what this step shows best."""
        window = bench.window
        if step == "crosshair":
            take("planes", window)
        elif step == "surface-bone":
            take("surface", window)
        elif step == "analyze":
            take("analyze", window)
        elif step == "annotate":
            window.show_tab("Analyze")
            self._hand.rest(0.5)
            take("overview", window)
        elif step == "export":
            take("export", window.findChild(QDialog, "export-dialog"))
            take_preferences(bench, self._hand, take)
            take("key-images", mark_key_images(bench))
            self._tags(bench)
            self._faces(bench)
            show_keys(bench, take)
            self._selfcheck(bench)
            targets = tuple(nodule.centre_lps_mm for nodule in NODULES)
            take_findings(bench, self._scratch, targets, take)
            show_layers(bench, self._scratch, take)
            take_places(bench, self._scratch, take)
            self._file_overlays(bench)

    def _faces(self, bench: Workbench) -> None:
        photo = self._scratch / "drawn-faces.png"
        Image.fromarray(drawn_faces()).save(photo)
        dialog = FacesDialog(bench.window)
        interaction = bench.session.interaction
        presenter = FacesPresenter(dialog, bench.runner, interaction, save_photo, on_saved=print)
        dialog.resize(900, 620)
        dialog.show()
        presenter.open(photo)
        self._hand.rest(3.0)
        take("faces", dialog)
        presenter.close()
        dialog.close()

    def _file_overlays(self, bench: Workbench) -> None:
        volume = bench.session.volume
        first = volume.stack.frames[volume.data.shape[0] // 2]
        folder = self._scratch / "covered"
        folder.mkdir()
        write_covered(Path(first.path), folder / "covered.dcm")
        write_objects(Path(first.path), folder)
        bench.reading.arranger.set_layout("mpr")
        bench.deeds.open_paths([str(folder)])
        self._hand.rest(2.0)
        covered = next(
            stack.key
            for stack in bench.session.index.stacks()
            if stack.labels.series_description == _COVERED
        )
        bench.reading.arranger.put(covered, "axial")
        self._hand.rest(2.0)
        take("file-overlays", bench.grid.viewports["axial"])
        panel = bench.window.findChild(StudyTreePanel)
        panel.findChild(QTreeWidget).expandAll()
        panel.setFixedSize(300, 420)
        self._hand.rest(0.5)
        take("studies", panel)

    def _tags(self, bench: Workbench) -> None:
        bench.deeds.show_tags()
        window = bench.window.findChild(MetadataWindow)
        self._hand.rest(1.0)
        choices = window.findChild(QComboBox)
        choices.setCurrentIndex(choices.findText("the next slice"))
        choices.activated.emit(choices.currentIndex())
        self._hand.rest(1.0)
        take("metadata", window)
        window.close()

    def _selfcheck(self, bench: Workbench) -> None:
        bench.deeds.show_selfcheck()
        while bench.runner.jobs:
            self._hand.rest(0.1)
        take("selfcheck", bench.window.findChild(QDialog, "selfcheck-dialog"))


def write_covered(source: Path, target: Path) -> None:
    """Copy an image with a drawing, a region and a circular shutter put over it."""
    image = dcmread(source)
    rows, columns = image.Rows, image.Columns
    lines, region = (Image.new("1", (columns, rows)) for _ in range(2))
    pen = ImageDraw.Draw(lines)
    letters = ImageFont.load_default(rows * 0.035)
    pen.line((columns * 0.24, rows * 0.38, columns * 0.36, rows * 0.44), 1, 2)
    pen.text((columns * 0.13, rows * 0.35), "Note 1", 1, letters)
    pen.text((columns * 0.82, rows * 0.12), "Th 8", 1, letters)
    ImageDraw.Draw(region).ellipse(
        (columns * 0.64, rows * 0.38, columns * 0.74, rows * 0.52), fill=1
    )
    for group, kind, drawn in ((0x6000, "G", lines), (0x6002, "R", region)):
        bits = np.packbits(np.asarray(drawn), bitorder="little").tobytes()
        for number, vr, value in (
            (0x0010, "US", rows), (0x0011, "US", columns), (0x0040, "CS", kind),
            (0x0050, "SS", [1, 1]), (0x0100, "US", 1), (0x0102, "US", 0), (0x3000, "OW", bits),
        ):  # fmt: skip
            image.add_new((group, number), vr, value)
    image.SeriesInstanceUID, image.SOPInstanceUID = generate_uid(), generate_uid()
    image.SeriesDescription = _COVERED
    image.ShutterShape, image.ShutterPresentationValue = "CIRCULAR", 0
    image.CenterOfCircularShutter = [rows // 2, columns // 2]
    image.RadiusOfCircularShutter = round(columns * 0.47)
    image.save_as(target)


def write_objects(source: Path, folder: Path) -> None:
    """Write a report and a document of the same study: what the tree lists beside images."""
    image = dcmread(source, stop_before_pixels=True)
    names = ("PatientName", "PatientID", "StudyInstanceUID", "StudyDescription", "StudyDate")
    for name, sop_class, description in (
        ("report.dcm", ComprehensiveSRStorage, "Radiation dose"),
        ("letter.dcm", EncapsulatedPDFStorage, "Referral letter"),
    ):
        made = Dataset()
        for known in names:
            if known in image:
                setattr(made, known, image[known].value)
        made.SOPClassUID, made.SOPInstanceUID = sop_class, generate_uid()
        made.SeriesInstanceUID, made.SeriesDescription = generate_uid(), description
        made.file_meta = FileMetaDataset()
        made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        made.save_as(folder / name, enforce_file_format=True)


def drawn_faces() -> NDArray[np.uint8]:
    """Draw three simple faces, so that no one's photograph is needed; (420, 900, 3) RGB."""
    grey = np.full((420, 900), 110.0) + np.linspace(-25, 25, 900)
    for x, y, size in ((60, 90, 260), (360, 40, 200), (610, 120, 240)):
        rows, columns = np.mgrid[0:size, 0:size] / size * 2 - 1
        inside = (columns / 0.75) ** 2 + (rows / 0.97) ** 2 < 1
        grey[y : y + size, x : x + size][inside] = _face(size)[inside]
    grey = gaussian_filter(grey, 1) + np.random.default_rng(3).normal(0, 3, grey.shape)
    rgb = np.clip(np.stack([grey, grey * 0.86, grey * 0.75], -1), 0, 255)
    return np.asarray(rgb, np.uint8)


# centre x, y, half axes x, y (of a square from -1 to 1), grey, softness of the edge
_FEATURES = (
    (0, 0.02, 0.62, 0.85, 200, 0.06), (0, -0.72, 0.60, 0.35, 50, 0.06),
    (0, -0.28, 0.5, 0.22, 195, 0.06),
    *((s * 0.25, -0.12, 0.2, 0.1, 135, 0.06) for s in (-1, 1)),
    *((s * 0.25, -0.24, 0.19, 0.035, 70, 0.06) for s in (-1, 1)),
    *((s * 0.25, -0.11, 0.13, 0.055, 235, 0.1) for s in (-1, 1)),
    *((s * 0.25, -0.11, 0.06, 0.055, 25, 0.1) for s in (-1, 1)),
    *((s * 0.33, 0.22, 0.15, 0.14, 212, 0.4) for s in (-1, 1)),
    (0, 0.08, 0.07, 0.25, 222, 0.3), (-0.06, 0.27, 0.04, 0.03, 110, 0.06),
    (0.06, 0.27, 0.04, 0.03, 110, 0.06),
    (0, 0.5, 0.22, 0.055, 110, 0.2), (0, 0.5, 0.2, 0.012, 60, 0.3), (0, 0.72, 0.2, 0.08, 190, 0.4),
)  # fmt: skip


def _face(size: int) -> NDArray[np.float64]:
    rows, columns = np.mgrid[0:size, 0:size] / size * 2 - 1
    grey = np.full((size, size), 70.0)
    for x, y, half_x, half_y, value, softness in _FEATURES:
        distance = ((columns - x) / half_x) ** 2 + ((rows - y) / half_y) ** 2
        share = 1 / (1 + np.exp(np.clip((distance - 1) / softness, -50, 50)))
        grey = grey * (1 - share) + value * share
    return np.asarray(gaussian_filter(grey, size / 90), np.float64)


def main() -> int:
    """Walk through the sample study, or a real series, and take the pictures."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--data", type=Path, help="a real chest CT: file, folder or ZIP")
    parser.add_argument("--at", type=place_argument, help='"X,Y,Z": what to look at, LPS mm')
    parser.add_argument("--line", default="", help='"X,Y,Z X,Y,Z ...": for the curved view')
    chosen = parser.parse_args()
    line = tuple(place_argument(text) for text in chosen.line.split())
    study = ensure_sample(SilentContext(), data_dir())
    with TemporaryDirectory() as scratch:
        # The walk draws marks: they must not mix with the user's own.
        os.environ[HOME_VARIABLE] = f"{scratch}/home"
        if chosen.data is not None:
            show_real(chosen.data, chosen.at, line, take)
            return 0
        out = Path(scratch) / "walk"
        out.mkdir()
        targets = tuple(nodule.centre_lps_mm for nodule in reversed(NODULES))
        walk_through(study, out, print, targets, Photographer(Path(scratch)).watch)
        take_languages(study, Path(scratch))
    return 0


def place_argument(text: str) -> PointLps:
    """Return the place that "X,Y,Z" names."""
    x, y, z = (float(value) for value in text.split(","))
    return x, y, z


if __name__ == "__main__":
    sys.exit(main())
