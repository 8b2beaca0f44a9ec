"""Faces in ordinary photos: find them with a Haar cascade, draw them, make them unrecognisable."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viewer.core.errors import ViewerError
from viewer.imaging.photo import RgbImage
from viewer.paths import resources_dir

if TYPE_CHECKING:
    import cv2

CASCADE = "cascades/haarcascade_frontalface_default.xml"
BOX_COLOUR = (255, 213, 74)

_BLOCKS_ACROSS = 5
"""A blurred face keeps so few blocks across; from 7 on the cascade itself still finds a face."""
_BLUR_MARGIN = 0.15
"""Hair, ears and chin stand out of the box that the cascade gives, by about this part of it."""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A face: left and upper edge, width and height, in pixels of the upright photo."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class FaceParameters:
    """How eagerly to look.

    Attributes
    ----------
    scale_factor : float
        Factor between the sizes that are tried, 1.01 to 2: near 1 is slow and finds more.
    min_neighbours : int
        How many neighbouring hits make a face, 0 to 50: more means fewer false ones.
    min_size_px : int
        Smallest face, at least 1 (the cascade itself sees nothing below 24).
    """

    scale_factor: float = 1.1
    min_neighbours: int = 5
    min_size_px: int = 30

    def __post_init__(self) -> None:
        if not 1.01 <= self.scale_factor <= 2:
            raise _bad("scale factor", self.scale_factor, "from 1.01 to 2")
        if not 0 <= self.min_neighbours <= 50:
            raise _bad("number of neighbours", self.min_neighbours, "from 0 to 50")
        if self.min_size_px < 1:
            raise _bad("smallest size", self.min_size_px, "of 1 pixel or more")


def find_faces(rgb: RgbImage, parameters: FaceParameters | None = None) -> tuple[FaceBox, ...]:
    """Find upright faces that look at the camera.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (rows, columns, 3)
    parameters : FaceParameters, optional

    Returns
    -------
    tuple of FaceBox
        From left to right, then from top to bottom; the same for the same picture.

    Raises
    ------
    ViewerError
        The cascade file is missing or damaged.
    """
    import cv2

    chosen = parameters or FaceParameters()
    # No equalisation: the cascade normalises every window itself, and on 100 faces of LFW the
    # equalised picture gave 85 hits instead of 97, and more false ones on pictures without faces.
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    # A classifier object keeps state while it runs and belongs to one thread: read it each time
    # (a few hundredths of a second) from the text that is read once.
    found = _classifier().detectMultiScale(
        grey,
        scaleFactor=chosen.scale_factor,
        minNeighbors=chosen.min_neighbours,
        minSize=(chosen.min_size_px, chosen.min_size_px),
    )
    # The cascade runs in several threads and hands its hits over in any order.
    boxes = sorted(tuple(int(v) for v in box) for box in np.reshape(found, (-1, 4)))
    return tuple(FaceBox(*box) for box in boxes)


def draw_boxes(
    rgb: RgbImage,
    faces: tuple[FaceBox, ...],
    colour: tuple[int, int, int] = BOX_COLOUR,
) -> RgbImage:
    """Return a copy with a frame around each face, as thick as the picture's size asks for."""
    import cv2

    drawn = rgb.copy()
    thickness = max(2, round(max(rgb.shape[:2]) / 400))
    for face in faces:
        corner = (face.x + face.w - 1, face.y + face.h - 1)
        cv2.rectangle(drawn, (face.x, face.y), corner, colour, thickness)
    return drawn


def blur_faces(rgb: RgbImage, faces: tuple[FaceBox, ...]) -> RgbImage:
    """Return a copy in which the faces cannot be recognised.

    Each face (and a margin around it) is reduced to the means of 5 x 5 blocks, which
    throws the detail away for good, and then blurred, so that it does not look like a mosaic.
    """
    blurred = rgb.copy()
    rows, columns = rgb.shape[:2]
    for face in faces:
        margin_x, margin_y = round(face.w * _BLUR_MARGIN), round(face.h * _BLUR_MARGIN)
        top, left = max(face.y - margin_y, 0), max(face.x - margin_x, 0)
        bottom = min(face.y + face.h + margin_y, rows)
        right = min(face.x + face.w + margin_x, columns)
        if bottom > top and right > left:
            blurred[top:bottom, left:right] = _unrecognisable(rgb[top:bottom, left:right])
    return blurred


def _unrecognisable(face: RgbImage) -> NDArray[np.uint8]:
    import cv2

    rows, columns = face.shape[:2]
    blocks = (min(_BLOCKS_ACROSS, columns), min(_BLOCKS_ACROSS, rows))
    coarse = cv2.resize(face, blocks, interpolation=cv2.INTER_AREA)
    mosaic = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_NEAREST)
    soft = cv2.GaussianBlur(mosaic, (0, 0), max(min(rows, columns) / (2 * _BLOCKS_ACROSS), 0.5))
    return np.asarray(soft, np.uint8)


def _classifier() -> "cv2.CascadeClassifier":
    import cv2

    classifier = cv2.CascadeClassifier()
    try:
        storage = cv2.FileStorage(_cascade_text(), cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
        readable = classifier.read(storage.getFirstTopLevelNode())
        storage.release()
    except (cv2.error, SystemError) as error:  # SystemError: its constructor raised cv2.error
        raise _no_cascade("the cascade file is damaged") from error
    if not readable:
        raise _no_cascade("the cascade file is damaged")
    return classifier


@lru_cache(maxsize=1)
def _cascade_text() -> str:
    # Read by Python: OpenCV opens no path with letters beyond the code page on Windows.
    try:
        return (resources_dir() / CASCADE).read_text("utf-8")
    except OSError as error:
        raise _no_cascade("the cascade file cannot be read") from error


def _no_cascade(why: str) -> ViewerError:
    return ViewerError("Faces cannot be looked for", why, "Install the program again.")


def _bad(name: str, value: float, allowed: str) -> ViewerError:
    return ViewerError(
        "Faces cannot be looked for", f"{value:g} is not a {name}", f"Give a number {allowed}."
    )
