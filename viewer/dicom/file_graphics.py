"""What a file says about the picture beyond its pixels: overlays, shutter, ultrasound regions."""

from dataclasses import dataclass, replace

from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.ultrasound import UltrasoundRegion
from viewer.dicom import tags
from viewer.dicom.elements import Values
from viewer.dicom.overlay_planes import OverlaySource, read_overlays
from viewer.dicom.pixel_format import PixelBlock
from viewer.dicom.shutters import DisplayShutter, read_shutter
from viewer.dicom.ultrasound import read_regions, region_caveats


@dataclass(frozen=True, slots=True)
class FileGraphics:
    """Overlays, shutter and regions of one file; mostly there are none.

    Attributes
    ----------
    overlays : tuple of OverlaySource
        Where their bits lie; the plane that serves as a bitmap shutter is among them.
    shutter : DisplayShutter or None
        What is hidden.
    regions : tuple of UltrasoundRegion
        With axes of their own.
    """

    overlays: tuple[OverlaySource, ...] = ()
    shutter: DisplayShutter | None = None
    regions: tuple[UltrasoundRegion, ...] = ()

    @property
    def covers(self) -> bool:
        """Whether anything lies on the image."""
        return bool(self.overlays) or self.shutter is not None

    @property
    def shown_overlays(self) -> tuple[OverlaySource, ...]:
        """The overlays that are drawn: all but the one that is a bitmap shutter."""
        group = None if self.shutter is None else self.shutter.overlay_group
        return tuple(overlay for overlay in self.overlays if overlay.plane.group != group)


NO_GRAPHICS = FileGraphics()


def read_file_graphics(
    values: Values, block: PixelBlock, notes: list[str], caveats: list[Caveat]
) -> FileGraphics:
    """Read what lies on the images of a file.

    Parameters
    ----------
    values : Values
        Its top level.
    block : PixelBlock
        Its pixel data.
    notes, caveats : list
        Get what is wrong or doubtful.

    Raises
    ------
    DamagedError
        A sequence cannot be followed.
    """
    if tags.GRAPHICS.isdisjoint(values.data_set.elements):
        return NO_GRAPHICS
    overlays, dropped = read_overlays(values, block)
    if dropped:
        caveats.append(Caveat(CaveatCode.OVERLAY_DROPPED, f"left out: {'; '.join(dropped)}"))
    regions = read_regions(values, block.format, notes)
    caveats.extend(region_caveats(regions))
    graphics = FileGraphics(overlays, None, regions)
    return with_shutter(graphics, values, notes, caveats)


def with_shutter(
    graphics: FileGraphics, values: Values, notes: list[str], caveats: list[Caveat]
) -> FileGraphics:
    """Add the shutter that stands in a data set, or in the functional group of a frame.

    Parameters
    ----------
    graphics : FileGraphics
        Of the file.
    values : Values
        Where the shutter's attributes stand.
    notes, caveats : list
        Get what is wrong or doubtful.
    """
    shutter = read_shutter(values, {o.plane.group for o in graphics.overlays}, notes)
    if shutter is None:
        return graphics
    text = f"a {shutter.words} display shutter hides part of the image (the View menu lifts it)"
    caveats.append(Caveat(CaveatCode.SHUTTER, text))
    return replace(graphics, shutter=shutter)
