"""Stored values of one frame: read, unpacked, masked and sign-extended, or decoded.

Source: PS3.5 sections 8.1 and 8.2, PS3.3 C.7.6.3.1.
"""

from collections.abc import Hashable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.codecs import MissingCodecError
from viewer.dicom.codestream import CodestreamError, check_codestream, rle_segments
from viewer.dicom.colour import palette_to_rgb, to_rgb8, unpack_422, ybr_to_rgb
from viewer.dicom.decoder_process import TooSlowError, Use
from viewer.dicom.decoding_budget import DecodingBudget
from viewer.dicom.encapsulation import ByteRange, frame_fragments
from viewer.dicom.isolation import decode_soon
from viewer.dicom.pixel_format import PixelBlock, PixelFormat, SampleKind, StoredArray
from viewer.dicom.sources import FILE_ERRORS, SourceError, SourceReader, plain_reason
from viewer.dicom.transfer import RLE

_TOO_SLOW = "another image of the file takes too long to decode"
"""One such frame is enough: a file of a thousand would take hours."""
_ALL_TOO_SLOW = "the images before it took too long to decode"
_WRONG_SIZE = "the pixel data do not have the size that the header says"


class FrameError(Exception):
    """A frame cannot be read or decoded; the text is one plain line."""


class FrameReader:
    """Reads frames; remembers where the frames of the last compressed file lie.

    Used by one thread at a time. Compressed frames may be begun ahead of their use: other
    processes decode them meanwhile. All that it reads shares one budget of time.
    """

    def __init__(self, sources: SourceReader) -> None:
        self._sources = sources
        self._budget = DecodingBudget()
        self._fragments_of: PixelBlock | None = None
        self._fragments: list[list[ByteRange]] = []
        self._begun: dict[Hashable, tuple[PixelBlock, Future[None]]] = {}
        self._wanted: set[Hashable] = set()
        self._slow: set[PixelBlock] = set()

    def begin(self, key: Hashable, block: PixelBlock, frame: int, use: Use) -> None:
        """Read a compressed frame and have it decoded; `finish` waits for that.

        Parameters
        ----------
        key : hashable
            By which `finish` knows it.
        block, frame
            What to read; nothing happens where it is not compressed.
        use : callable
            Gets stored values as `stored` returns them, on another thread; it may not keep them.
        """
        if not block.compressed or key in self._begun or self._refusal(block):
            return
        self._wanted.add(key)

        def use_if_wanted(pixels: StoredArray) -> None:
            if key in self._wanted:  # else whoever wanted it has given up
                use(_presented(pixels, block))

        try:
            data = self.encoded(block, frame)
            future = decode_soon(
                data, block.transfer_syntax, block.format, use_if_wanted, self._budget
            )
        except (FrameError, MissingCodecError) as error:
            future = Future()
            future.set_exception(error)
        self._begun[key] = block, future

    def is_ready(self, key: Hashable) -> bool:
        """Tell whether `finish` need not wait."""
        block, future = self._begun.get(key, (None, None))
        return block is None or future is None or future.done() or bool(self._refusal(block))

    def _refusal(self, block: PixelBlock) -> str:
        """Say why no more frames of a file are decoded; empty where they are."""
        if block in self._slow:
            return _TOO_SLOW
        return _ALL_TOO_SLOW if self._budget.is_spent else ""

    def finish(self, key: Hashable) -> bool:
        """Wait until a frame that was begun has been used; False where none was.

        Raises
        ------
        FrameError
            With the reason in one line.
        """
        block, future = self._begun.pop(key, (None, None))
        if block is None or future is None:
            return False
        try:
            if (reason := self._refusal(block)) and (future.cancel() or not future.done()):
                raise FrameError(reason)
            future.result()
        except TooSlowError as error:
            self._slow.add(block)
            raise FrameError(str(error)) from error
        except (CodestreamError, MissingCodecError) as error:
            raise FrameError(str(error)) from error
        except (MemoryError, ValueError) as error:
            raise FrameError(_WRONG_SIZE) from error
        finally:
            self._wanted.discard(key)
        return True

    def wait(self, timeout_s: float) -> None:
        """Wait until one more of the frames that were begun is decoded."""
        undone = [future for _, future in self._begun.values() if not future.done()]
        wait(undone, timeout_s, FIRST_COMPLETED)

    def give_up(self) -> None:
        """Forget what was begun; what waits for its turn is not decoded any more."""
        for _, future in self._begun.values():
            future.cancel()
        self._begun.clear()
        self._wanted.clear()

    def read_into(self, block: PixelBlock, frame: int, out: memoryview) -> None:
        """Read the bytes of an uncompressed frame straight into a buffer of its size.

        Raises
        ------
        FrameError
            The file vanished, changed, or is shorter than its header says.
        """
        self._read_at(block, block.offset + frame * block.format.frame_bytes, out)

    def _read_at(self, block: PixelBlock, offset: int, out: memoryview) -> None:
        try:
            file = self._sources.open(block.source, block.inflate_from)
            file.seek(offset)
            _read_fully(file, out)
        except (SourceError, *FILE_ERRORS) as error:
            raise FrameError(_reason(error)) from error

    def stored(self, block: PixelBlock, frame: int) -> StoredArray:
        """Return stored values: (y, x) integers or floats, or (y, x, 3) uint8 RGB.

        Raises
        ------
        FrameError
            With the reason in one line.
        """
        try:
            if block.compressed:
                return self._decoded(block, frame)
            if block.encapsulated:
                raw = np.frombuffer(self.encoded(block, frame), np.uint8)
                return _presented(_shape(raw, block.format, True), block)
            return _presented(self._native(block, frame), block)
        except (MemoryError, ValueError) as error:
            raise FrameError(_WRONG_SIZE) from error

    def _decoded(self, block: PixelBlock, frame: int) -> StoredArray:
        kept: list[StoredArray] = []
        key = object()
        self.begin(key, block, frame, lambda values: kept.append(values.copy()))
        if not self.finish(key):
            raise FrameError(self._refusal(block))
        return kept[0]

    def encoded(self, block: PixelBlock, frame: int) -> bytes:
        """Return the bytes of a frame as they are in the file, its fragments joined.

        Raises
        ------
        FrameError
            With the reason in one line.
        """
        if not block.encapsulated:
            buffer = bytearray(block.format.frame_bytes)
            self.read_into(block, frame, memoryview(buffer))
            return bytes(buffer)
        try:
            file = self._sources.open(block.source, block.inflate_from)
            if self._fragments_of is not block:
                self._fragments = frame_fragments(file, block, block.source.size)
                self._fragments_of = block
            parts = []
            for start, length in self._fragments[frame]:
                file.seek(start)
                parts.append(file.read(length))
        except CodestreamError as error:
            raise FrameError(str(error)) from error
        except (SourceError, *FILE_ERRORS) as error:
            raise FrameError(_reason(error)) from error
        if not parts:
            raise FrameError("the frame is missing from the file")
        return b"".join(parts)

    def check_size(self, block: PixelBlock, frame: int) -> None:
        """Look whether a compressed frame says the size of the header; nothing is decoded.

        Raises
        ------
        FrameError
            It says another one, is cut off or is damaged.
        """
        data = self.encoded(block, frame)
        try:
            if block.transfer_syntax == RLE:
                rle_segments(data, block.format)
            else:
                check_codestream(data, block.format, block.transfer_syntax)
        except CodestreamError as error:
            raise FrameError(str(error)) from error

    def _native(self, block: PixelBlock, frame: int) -> StoredArray:
        fmt = block.format
        if fmt.bits_allocated == 1:
            return self._bits(block, frame)
        raw = np.empty(fmt.frame_bytes, np.uint8)
        if block.swapped_words:
            raw = self._unswapped(block, frame)
        else:
            self.read_into(block, frame, raw.data)
        return _shape(raw, fmt, block.little)

    def _unswapped(self, block: PixelBlock, frame: int) -> NDArray[np.uint8]:
        """Read 8-bit samples that were written as big endian words; frames may start mid-word."""
        first = frame * block.format.frame_bytes
        start, end = first & ~1, (first + block.format.frame_bytes + 1) & ~1
        words = np.empty((end - start) // 2, np.uint16)
        self._read_at(block, block.offset + start, words.data)
        return words.byteswap().view(np.uint8)[first - start :][: block.format.frame_bytes]

    def _bits(self, block: PixelBlock, frame: int) -> StoredArray:
        """Unpack a frame of single bits; frames follow each other without filling up bytes."""
        count = block.format.rows * block.format.columns
        first_bit = frame * count
        start, end = first_bit // 8, (first_bit + count + 7) // 8
        raw = np.empty(end - start, np.uint8)
        self._read_at(block, block.offset + start, raw.data)
        bits = np.unpackbits(raw, bitorder="little")[first_bit % 8 :][:count]
        return bits.reshape(block.format.rows, block.format.columns)


def _presented(array: StoredArray, block: PixelBlock) -> StoredArray:
    """Return grey values as they are, colours as 8-bit RGB."""
    if block.palette is not None:
        return palette_to_rgb(array, block.palette)
    return to_rgb8(array, block.format.bits_stored) if block.format.samples == 3 else array


def sample_dtype(fmt: PixelFormat, little: bool) -> np.dtype[np.generic]:
    """Return the numpy type of a sample as it lies in the file."""
    kind = "f" if fmt.kind is SampleKind.FLOAT else "i" if fmt.signed else "u"
    return np.dtype(f"{'<' if little else '>'}{kind}{fmt.bits_allocated // 8}")


def mask_stored(values: StoredArray, fmt: PixelFormat) -> None:
    """Keep the stored bits only, in place: shift down to bit 0, mask, extend the sign."""
    allocated, stored = fmt.bits_allocated, fmt.bits_stored
    if fmt.kind is SampleKind.FLOAT or stored >= allocated:
        return
    if fmt.signed:
        values <<= allocated - 1 - fmt.high_bit
        values >>= allocated - stored
        return
    if fmt.high_bit >= stored:
        values >>= fmt.high_bit + 1 - stored
    values &= (1 << stored) - 1


def _shape(raw: StoredArray, fmt: PixelFormat, little: bool) -> StoredArray:
    """Turn the bytes of an uncompressed frame into an array of stored values or RGB."""
    samples = raw.view(sample_dtype(fmt, little))
    if not samples.dtype.isnative:
        samples = samples.astype(samples.dtype.newbyteorder("="))
    elif not samples.flags.writeable:
        samples = samples.copy()
    mask_stored(samples, fmt)
    if fmt.samples == 1:
        return samples[: fmt.rows * fmt.columns].reshape(fmt.rows, fmt.columns)
    if fmt.photometric.endswith("_422"):
        colour = unpack_422(samples, fmt.rows, fmt.columns)
    elif fmt.planar:
        colour = samples.reshape(3, fmt.rows, fmt.columns).transpose(1, 2, 0)
    else:
        colour = samples.reshape(fmt.rows, fmt.columns, 3)
    if not fmt.photometric.startswith("YBR"):
        return colour
    return ybr_to_rgb(colour, fmt.bits_stored, partial=fmt.photometric == "YBR_PARTIAL_422")


def _read_fully(file: BinaryIO, out: memoryview) -> None:
    view = out.cast("B")
    done = 0
    while done < len(view):
        count = file.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise SourceError("the file is shorter than its header says")
        done += count


def _reason(error: BaseException) -> str:
    return str(error) if isinstance(error, SourceError) else plain_reason(error)
