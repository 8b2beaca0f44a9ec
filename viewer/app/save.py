"""Use cases: save one thing under the name that the user chose; complete or not at all."""

from pathlib import Path

from viewer.core.progress import JobContext
from viewer.export.mesh import write_stl
from viewer.files import write_atomic
from viewer.imaging.mesh import Mesh
from viewer.imaging.photo import RgbImage, encode_photo


def save_stl(ctx: JobContext, path: Path, mesh: Mesh) -> None:
    """Write a surface as binary STL in patient millimetres (LPS).

    Raises
    ------
    SaveError
        It cannot be written.
    """
    write_stl(path, mesh, ctx)


def save_photo(ctx: JobContext, path: Path, rgb: RgbImage) -> None:
    """Write a picture, uint8 of shape (rows, columns, 3), in the format of its suffix.

    Raises
    ------
    ViewerError
        There is no writer for the suffix.
    SaveError
        It cannot be written.
    """
    ctx.check()
    write_atomic(path, encode_photo(rgb, path.suffix))


def save_text(ctx: JobContext, path: Path, text: str) -> None:
    """Write a text (a table of measurements) in UTF-8.

    Raises
    ------
    SaveError
        It cannot be written.
    """
    ctx.check()
    write_atomic(path, text.encode())
