"""What lies on each slice of a stack: overlay bitmaps and hidden pixels, read while it loads."""

from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.image_graphics import BitMask, OverlayBitmap, ShutterMask, SliceGraphics
from viewer.dicom.file_graphics import FileGraphics
from viewer.dicom.overlay_planes import Mask, OverlayError, OverlaySource, read_mask
from viewer.dicom.pixel_format import PixelBlock
from viewer.dicom.shutters import hidden_by_outline
from viewer.dicom.sources import FILE_ERRORS, SourceError, SourceReader, plain_reason
from viewer.dicom.stacks import ImageStack


class GraphicsReader:
    """Reads overlays and shutters of the slices of one stack; used by one thread.

    Only slices that are an image as it is have any: what is interpolated or shifted does not lie
    where the files' bitmaps lie.
    """

    def __init__(self, stack: ImageStack, sources: SourceReader) -> None:
        self._stack = stack
        self._sources = sources
        self._failures: dict[str, None] = {}
        self._known: dict[bytes, BitMask] = {}

    @property
    def caveats(self) -> tuple[Caveat, ...]:
        """What could not be read so far."""
        if not self._failures:
            return ()
        text = f"left out: {'; '.join(self._failures)}"
        return (Caveat(CaveatCode.OVERLAY_DROPPED, text),)

    def read(self, z: int) -> SliceGraphics | None:
        """Return what lies on slice z of the volume; None where there is nothing."""
        plan = self._stack.plan[z]
        if not self._stack.graphics or plan is None or not plan.is_direct:
            return None
        index = plan.frames[0]
        graphics, pixels = self._stack.graphics[index], self._stack.pixels[index]
        if not graphics.covers:
            return None
        overlays = tuple(
            OverlayBitmap(source.plane, mask)
            for source in graphics.shown_overlays
            if (mask := self._bitmap(source, pixels.block, pixels.frame)) is not None
        )
        shutter = self._shutter(graphics, pixels.block, pixels.frame)
        return SliceGraphics(overlays, shutter) if overlays or shutter else None

    def _bitmap(self, source: OverlaySource, block: PixelBlock, frame: int) -> BitMask | None:
        """Return an overlay on a frame; None where it has none, or no pixel of it is set."""
        own = source.frame_for(frame)
        if own is None:
            return None
        mask = self._mask(source, block, own)
        return None if mask is None or not mask.any() else self._kept(mask)

    def _mask(self, source: OverlaySource, block: PixelBlock, own: int) -> Mask | None:
        try:
            file = self._sources.open(block.source, block.inflate_from)
            return read_mask(file, source, own, block)
        except (OverlayError, SourceError) as error:
            reason = str(error)
        except FILE_ERRORS as error:
            reason = plain_reason(error)
        self._failures[f"overlay plane {source.plane.name} {reason}"] = None
        return None

    def _shutter(self, graphics: FileGraphics, block: PixelBlock, frame: int) -> ShutterMask | None:
        shutter, fmt = graphics.shutter, block.format
        if shutter is None:
            return None
        _, dy, dx = self._stack.geometry.spacing_zyx_mm
        hidden = hidden_by_outline(shutter, (fmt.rows, fmt.columns), dy / dx)
        for source in graphics.overlays:
            own = source.frame_for(frame)
            if source.plane.group == shutter.overlay_group and own is not None:
                mask = self._mask(source, block, own)
                hidden = hidden if mask is None else hidden | mask
        # A shutter that leaves nothing to be seen is a mistake.
        if not hidden.any() or hidden.all():
            return None
        return ShutterMask(self._kept(hidden), shutter.grey)

    def _kept(self, mask: Mask) -> BitMask:
        """Pack a mask; slices that have the same one share it."""
        packed = BitMask.of(mask)
        return self._known.setdefault(packed.bits.tobytes(), packed)
