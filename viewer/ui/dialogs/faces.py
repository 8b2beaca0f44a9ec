"""The Faces dialog: open an ordinary photo, find faces live, blur them, save the result."""

from pathlib import Path

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.i18n import mark, tr
from viewer.imaging.faces import FaceBox, FaceParameters
from viewer.imaging.photo import PHOTO_FORMATS, RgbImage
from viewer.ui.widgets.labels import plain_label
from viewer.ui.widgets.number_slider import NumberSlider
from viewer.ui.widgets.picture import Picture

_OPEN_FILTER = f"Photos ({' '.join('*' + suffix for suffix in PHOTO_FORMATS)})"
_SAVE_FILTER = "PNG (*.png);;JPEG (*.jpg);;TIFF (*.tiff);;WebP (*.webp);;BMP (*.bmp)"
_ABOUT = mark(
    "Finds upright faces that look at the camera, on this computer only. It can miss faces and "
    "take other things for faces: look at the result before you share it."
)


class FacesDialog(QDialog):
    """Passive view of `viewer.app.presenters.faces.FacesPresenter`."""

    photo_requested = Signal(object)
    parameters_edited = Signal(object)
    blur_toggled = Signal(bool)
    save_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("faces-dialog")
        self.setWindowTitle(tr("Find faces in a photo"))
        self.setModal(False)
        self.setAcceptDrops(True)
        self.resize(760, 640)
        start = FaceParameters()
        self._name = ""
        self._picture = Picture(tr("Photo"), tr("Open a photo, or drop one here"))
        self._open = QPushButton(tr("Open photo…"))
        self._save = QPushButton(tr("Save result…"))
        self._status = plain_label(role="heading")
        self._error = plain_label(role="failure", wrap=True)
        self._scale = NumberSlider(tr("Scale step"), 1.02, 1.6, 0.01)
        self._neighbours = NumberSlider(tr("Neighbours"), 0, 20, 1)
        self._size = NumberSlider(tr("Smallest face"), 24, 400, 2, suffix=" px")
        self._blur = QCheckBox(tr("Blur the faces instead of framing them"))
        self._scale.set_value(start.scale_factor)
        self._neighbours.set_value(start.min_neighbours)
        self._size.set_value(start.min_size_px)
        for button in (self._open, self._save):
            button.setAutoDefault(False)  # Return in a field ends its edit, nothing more
        self._build()
        self._open.clicked.connect(self._on_open)
        self._save.clicked.connect(self._on_save)
        self._blur.toggled.connect(self.blur_toggled)
        for slider in (self._scale, self._neighbours, self._size):
            slider.value_edited.connect(self._on_parameters)

    def set_photo(self, rgb: RgbImage | None, name: str) -> None:
        """Show a picture without boxes."""
        self._name = name
        self._picture.set_boxes(())
        self._picture.set_image(rgb)

    def set_picture(self, rgb: RgbImage) -> None:
        """Show the same photo in another form."""
        self._picture.set_image(rgb)

    def set_faces(self, faces: tuple[FaceBox, ...]) -> None:
        """Draw boxes."""
        self._picture.set_boxes(tuple(QRectF(face.x, face.y, face.w, face.h) for face in faces))

    def set_status(self, text: str) -> None:
        """Say how many faces there are."""
        self._status.setText(text)
        self._picture.setAccessibleDescription(text)

    def set_error(self, text: str) -> None:
        """Tell what went wrong."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def set_can_save(self, can_save: bool) -> None:
        """Allow saving."""
        self._save.setEnabled(can_save)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.photo_requested.emit(path)

    def _build(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field, tip in (
            (
                tr("Scale step"),
                self._scale,
                tr("Ratio of the sizes that are tried: small finds more"),
            ),
            (
                tr("Neighbours"),
                self._neighbours,
                tr("Hits that make a face: many means fewer mistakes"),
            ),
            (
                tr("Smallest face"),
                self._size,
                tr("Side of the smallest face in pixels of the photo"),
            ),
        ):
            label = plain_label(text)
            label.setBuddy(field)
            field.setToolTip(tip)
            form.addRow(label, field)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self._open)
        top.addWidget(self._status, 1)
        bottom.addWidget(self._blur, 1)
        bottom.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self._picture, 1)
        layout.addWidget(self._error)
        layout.addLayout(form)
        layout.addLayout(bottom)
        layout.addWidget(plain_label(tr(_ABOUT), "dim", wrap=True))

    def _on_parameters(self) -> None:
        self.parameters_edited.emit(
            FaceParameters(
                scale_factor=round(self._scale.value, 2),
                min_neighbours=round(self._neighbours.value),
                min_size_px=round(self._size.value),
            )
        )

    def _on_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Open photo"), "", _OPEN_FILTER)
        if name:
            self.photo_requested.emit(Path(name))

    def _on_save(self) -> None:
        stem = f"{Path(self._name).stem or 'photo'}-faces.png"
        name, _ = QFileDialog.getSaveFileName(self, tr("Save result"), stem, _SAVE_FILTER)
        if name:
            path = Path(name)
            self.save_requested.emit(path if path.suffix else path.with_suffix(".png"))


def _dropped(event: QDropEvent) -> Path | None:
    """Return the first local file of a drop, or None."""
    for url in event.mimeData().urls():
        if url.isLocalFile():
            return Path(url.toLocalFile())
    return None
