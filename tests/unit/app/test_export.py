"""Exporting slices: bare pixels by the formula, names, marks, cancel, atomic."""

import numpy as np
import pytest
from PIL import Image

from tests.support.volumes import make_volume
from viewer.app.export import (
    ImageExport,
    ImageTarget,
    annotated_indices,
    export_images,
    session_export,
)
from viewer.app.overlays import Part
from viewer.core.commands import PutShape
from viewer.core.document import AnnotationDocument
from viewer.core.drawable import PolylineItem, TextItem
from viewer.core.errors import CancelledError, ViewerError
from viewer.core.plane import Orientation
from viewer.core.progress import SilentContext
from viewer.core.session import Session
from viewer.core.shapes import LengthShape
from viewer.core.view_state import DisplayState
from viewer.core.window import HuWindow
from viewer.export.image import image_format
from viewer.files import SaveError

BARE: frozenset[Part] = frozenset()


class Painter:
    """Stands for the renderer: fills the frame and remembers what it was given."""

    def __init__(self):
        self.snapshots = []

    def __call__(self, snapshot):
        self.snapshots.append(snapshot)
        width, height = snapshot.frame.size_px
        return np.full((height, width, 3), 7, np.uint8)


class Recorder(SilentContext):
    def __init__(self, cancel_after=99):
        self.parts = []
        self.fractions = []
        self.cancel_after = cancel_after

    def progress(self, fraction, text=""):
        self.fractions.append(fraction)

    def partial(self, value):
        self.parts.append(value)

    def check(self):
        if len(self.parts) >= self.cancel_after:
            raise CancelledError


def bare(volume, orientation=Orientation.AXIAL, indices=(3,), **changes) -> ImageExport:
    facts = {"window": HuWindow(400, 40), "parts": BARE}
    return ImageExport(volume, orientation, indices, **{**facts, **changes})


def target(folder, format_id="png", **changes) -> ImageTarget:
    return ImageTarget(folder, image_format(format_id), **changes)


def expected(hu, width, level):
    low = level - width / 2
    return np.rint(255 * np.clip((hu.astype(np.float64) - low) / width, 0, 1)).astype(np.uint8)


def test_bare_pixels_follow_the_formula_in_every_plane(tmp_path):
    volume = make_volume()
    images = {
        Orientation.AXIAL: volume.data[3],
        Orientation.CORONAL: volume.data[::-1, 3, :],
        Orientation.SAGITTAL: volume.data[::-1, :, 3],
    }
    for orientation, hu in images.items():
        (path,) = export_images(
            SilentContext(), bare(volume, orientation), target(tmp_path), Painter()
        )
        with Image.open(path) as picture:
            assert picture.mode == "L"
            np.testing.assert_array_equal(np.asarray(picture), expected(hu, 400, 40))


def test_names_count_from_one_and_nothing_is_overwritten(tmp_path):
    request = bare(make_volume(), indices=(0, 6))
    first = export_images(SilentContext(), request, target(tmp_path / "new"), Painter())
    assert [p.name for p in first] == ["axial-0001.png", "axial-0007.png"]
    second = export_images(SilentContext(), request, target(tmp_path / "new"), Painter())
    assert [p.name for p in second] == ["axial-0001 (2).png", "axial-0007 (2).png"]
    third = export_images(
        SilentContext(), request, target(tmp_path / "new", overwrite=True), Painter()
    )
    assert third == first


def test_burned_in_parts_reach_the_painter(tmp_path):
    volume = make_volume()
    shape = LengthShape(
        frame_of_reference_uid="1.2.3",
        stack=volume.stack.key,
        normal_lps=(0.0, 0.0, 1.0),
        start_lps=tuple(volume.geometry.index_to_lps((3, 2, 2))),
        end_lps=tuple(volume.geometry.index_to_lps((3, 6, 9))),
    )
    painter = Painter()
    request = bare(volume, parts=frozenset({Part.MARKS, Part.STAMP}), shapes=(shape,))
    (path,) = export_images(SilentContext(), request, target(tmp_path), painter)
    (snapshot,) = painter.snapshots
    np.testing.assert_array_equal(snapshot.image, expected(volume.data[3], 400, 40))
    lines = [d for d in snapshot.drawables if isinstance(d, PolylineItem)]
    texts = [d.text for d in snapshot.drawables if isinstance(d, TextItem)]
    assert len(lines) == 1
    assert any(f"{shape.length_mm:.1f} mm" in text for text in texts)
    assert any("Not a medical device" in text for text in texts)
    with Image.open(path) as picture:
        assert picture.size == snapshot.frame.size_px
        assert picture.mode == "RGB"
    painter.snapshots.clear()
    export_images(SilentContext(), bare(volume, indices=(4,), parts=request.parts,
                                        shapes=(shape,)), target(tmp_path), painter)  # fmt: skip
    assert not [d for d in painter.snapshots[0].drawables if isinstance(d, PolylineItem)]


def test_cancel_leaves_complete_files_only(tmp_path):
    ctx = Recorder(cancel_after=2)
    with pytest.raises(CancelledError):
        export_images(
            ctx, bare(make_volume(), indices=tuple(range(7))), target(tmp_path), Painter()
        )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["axial-0001.png", "axial-0002.png"]


def test_progress_ends_at_one(tmp_path):
    ctx = Recorder()
    export_images(ctx, bare(make_volume(), indices=(1, 2)), target(tmp_path), Painter())
    assert ctx.fractions == sorted(ctx.fractions)
    assert ctx.fractions[-1] == 1.0
    assert len(ctx.parts) == 2


def test_wrong_slice_unloaded_series_and_bad_folder(tmp_path):
    volume = make_volume()
    with pytest.raises(ViewerError, match=r"Slice 8.*1 to 7"):
        export_images(SilentContext(), bare(volume, indices=(7,)), target(tmp_path), Painter())
    with pytest.raises(ViewerError, match="still loading"):
        export_images(
            SilentContext(), bare(volume, loaded=frozenset({3})), target(tmp_path), Painter()
        )
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SaveError):
        export_images(SilentContext(), bare(volume), target(tmp_path / "file"), Painter())


def test_annotated_slices_and_the_session(tmp_path):
    volume = make_volume()
    session = Session()
    with pytest.raises(ViewerError, match="nothing to export"):
        session_export(session, Orientation.AXIAL, [0])
    session.set_volume(volume, AnnotationDocument("9.8.7"), DisplayState(HuWindow(80, 40), "brain"))
    for z in (5, 1, 5):
        session.undo.run(
            PutShape(
                LengthShape(
                    frame_of_reference_uid="1.2.3",
                    stack=volume.stack.key,
                    normal_lps=(0.0, 0.0, 1.0),
                    start_lps=tuple(volume.geometry.index_to_lps((z, 2, 2))),
                    end_lps=tuple(volume.geometry.index_to_lps((z, 6, 9))),
                )
            )
        )
    marks = tuple(session.document)
    assert annotated_indices(volume, Orientation.AXIAL, marks) == (1, 5)
    assert annotated_indices(volume, Orientation.CORONAL, marks) == ()
    request = session_export(session, Orientation.AXIAL, (1, 5))
    assert request.window == HuWindow(80, 40)
    assert request.shapes == marks
    with pytest.raises(ViewerError, match="no slice is chosen"):
        session_export(session, Orientation.AXIAL, [])
