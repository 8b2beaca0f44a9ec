"""Finds the frames within encapsulated pixel data (PS3.5 annex A.4): items, fragments, tables."""

from struct import Struct
from typing import BinaryIO

from viewer.dicom.codestream import END_MARKER, END_SEARCH_BYTES, CodestreamError
from viewer.dicom.pixel_format import PixelBlock

ByteRange = tuple[int, int]
_ITEM_HEADER = Struct("<HHL")
_UNDEFINED = 0xFFFFFFFF


def frame_fragments(file: BinaryIO, block: PixelBlock, size: int) -> list[list[ByteRange]]:
    """List the byte ranges (start, length) of the fragments of each frame.

    Parameters
    ----------
    file : BinaryIO
        The seekable source.
    block : PixelBlock
        Its pixel data.
    size : int
        Bytes in the file; no fragment may reach beyond.

    Returns
    -------
    list
        One list of ranges a frame; a frame that the file no longer holds has none.

    Raises
    ------
    CodestreamError
        Fragments and frames cannot be told apart.
    """
    table, fragments = _items(file, block.offset, size)
    if block.frames == 1:
        return [fragments]
    if block.frame_offsets:
        return _by_offsets(block.frame_offsets, fragments, block.frames)
    if len(fragments) == block.frames:
        return [[fragment] for fragment in fragments]
    if len(table) == block.frames:
        return _by_offsets(table, fragments, block.frames)
    if len(fragments) < block.frames:
        missing = block.frames - len(fragments)
        return [[fragment] for fragment in fragments] + [[] for _ in range(missing)]
    frames = _by_end_markers(file, fragments)
    if len(frames) != block.frames and _is_complete(table, fragments, block.frames):
        return _by_offsets(table, fragments, len(table))[: block.frames]
    if len(frames) != block.frames:
        raise CodestreamError(f"its fragments do not make {block.frames} frames")
    return frames


def _items(file: BinaryIO, position: int, size: int) -> tuple[tuple[int, ...], list[ByteRange]]:
    """Walk the items: the basic offset table, then the fragments up to the end or to damage."""
    table: tuple[int, ...] = ()
    fragments: list[ByteRange] = []
    first = True
    while position + 8 <= size:
        file.seek(position)
        header = file.read(8)
        if len(header) < 8:
            break
        group, element, length = _ITEM_HEADER.unpack(header)
        if (group, element) != (0xFFFE, 0xE000) or length == _UNDEFINED:
            break
        if position + 8 + length > size:
            break
        if first:
            raw = file.read(length)
            table = Struct(f"<{len(raw) // 4}L").unpack_from(raw)
            first = False
        else:
            fragments.append((position + 8, length))
        position += 8 + length
    return table, fragments


def _is_complete(table: tuple[int, ...], fragments: list[ByteRange], frames: int) -> bool:
    """Tell whether a table of more frames than were said is right about each of them."""
    if len(table) < frames or len(table) > len(fragments):
        return False
    starts = {start - fragments[0][0] for start, _ in fragments}
    return table[0] == 0 and starts.issuperset(table) and list(table) == sorted(set(table))


def _by_offsets(
    offsets: tuple[int, ...], fragments: list[ByteRange], frames: int
) -> list[list[ByteRange]]:
    """Group fragments by the first fragment of each frame (offsets from the first item)."""
    if not fragments:
        return [[] for _ in range(frames)]
    origin = fragments[0][0] - 8
    starts = [origin + offset for offset in offsets]
    grouped: list[list[ByteRange]] = [[] for _ in range(frames)]
    index = 0
    for fragment in fragments:
        while index + 1 < frames and fragment[0] - 8 >= starts[index + 1]:
            index += 1
        grouped[index].append(fragment)
    return grouped


def _by_end_markers(file: BinaryIO, fragments: list[ByteRange]) -> list[list[ByteRange]]:
    """Start a new frame behind each fragment that holds the end marker of an image."""
    frames: list[list[ByteRange]] = [[]]
    for start, length in fragments:
        if frames[-1] and _ends_image(file, frames[-1][-1]):
            frames.append([])
        frames[-1].append((start, length))
    return frames


def _ends_image(file: BinaryIO, fragment: ByteRange) -> bool:
    start, length = fragment
    tail = min(length, END_SEARCH_BYTES)
    file.seek(start + length - tail)
    return END_MARKER in file.read(tail)
