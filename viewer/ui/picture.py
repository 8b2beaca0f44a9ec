"""The active viewport as a picture: for the clipboard, as it is on the screen and stamped."""

from PySide6.QtGui import QGuiApplication, QImage

from viewer.app.overlays import Part, compose, parts_of_level
from viewer.app.picture import split_pixel, view_picture
from viewer.app.presenters.viewport import ViewportPresenter
from viewer.core.session import Session
from viewer.export.snapshot import ExportSnapshot, SnapshotFrame
from viewer.render.snapshot import render_snapshot

_SCALE = 2.0
"""Pixels of the picture for one of the viewport: sharp when pasted into a report."""


def copy_picture(session: Session, presenter: ViewportPresenter) -> bool:
    """Put the viewport on the clipboard with its texts and the stamp; False without a volume."""
    view, stack = presenter.resolved(), presenter.stack
    if view is None or stack is None:
        return False
    parts = parts_of_level(session.interaction.overlay) - {Part.CROSSHAIR}
    parts |= {Part.BADGES, Part.STAMP}
    scene = presenter.scene(view, stack, parts)
    width, height = scene.size_px
    frame = SnapshotFrame(
        (round(width * _SCALE), round(height * _SCALE)),
        scene.transform.scaled(_SCALE),
        _SCALE * scene.scale,
    )
    image = view_picture(stack.volume, view, split_pixel(view, scene.transform, scene.size_px))
    rgb = render_snapshot(ExportSnapshot(image, view.plane, frame, tuple(compose(scene))))
    picture = QImage(
        rgb.data, rgb.shape[1], rgb.shape[0], rgb.strides[0], QImage.Format.Format_RGB888
    )
    QGuiApplication.clipboard().setImage(picture.copy())
    return True
