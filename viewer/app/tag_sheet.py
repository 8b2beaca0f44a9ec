"""What the metadata browser shows of one file, or of two: read in the background, as a value."""

from collections.abc import Callable
from dataclasses import dataclass

from viewer.app.tag_compare import compare_rows, of_frame
from viewer.app.tag_rows import TagRow, tag_rows
from viewer.app.tag_targets import TagTarget
from viewer.app.tag_text import count_text, escaped
from viewer.core.progress import JobContext
from viewer.dicom.element_tree import Check, ElementTree
from viewer.dicom.tags import NUMBER_OF_FRAMES
from viewer.i18n import tr

ReadElements = Callable[[str, str, Check], ElementTree]


@dataclass(frozen=True, slots=True, eq=False)
class TagSheet:
    """What one reading gave.

    Attributes
    ----------
    rows : list of TagRow
        All lines.
    heading, detail : str
        What is shown, and from which file.
    damage : str
        What went wrong on the way, or "".
    columns : tuple of str
        Titles of the two values that are compared; empty without a comparison.
    differing : int
        How many elements differ.
    """

    rows: list[TagRow]
    heading: str
    detail: str
    damage: str = ""
    columns: tuple[str, ...] = ()
    differing: int = 0


def read_sheet(
    ctx: JobContext, read: ReadElements, first: TagTarget, second: TagTarget | None
) -> TagSheet:
    """Read a file, or two and how they differ."""
    tree = read(first.path, first.member, ctx.check)
    if second is None:
        rows = tag_rows(tree.elements)
        return TagSheet(rows, first.title, _file_text(tree, first.frame), _damage_text(tree))
    other = read(second.path, second.member, ctx.check)
    rows, differing = compare_rows(
        of_frame(tree.elements, first.frame), of_frame(other.elements, second.frame)
    )
    damages = [_damage_text(one) for one in (tree, other)]
    return TagSheet(
        rows,
        tr(
            "{title} compared with {other}",
            title=first.title,
            other=second.title[0].lower() + second.title[1:],
        ),
        tr("{name} and {name_2}", name=tree.name, name_2=other.name),
        ". ".join(damage for damage in damages if damage),
        (first.title, second.title),
        differing,
    )


def _file_text(tree: ElementTree, frame: int | None) -> str:
    count = next((e.values for e in tree.elements if e.tag == NUMBER_OF_FRAMES), ())
    several = frame is not None and count not in ((), ("1",))
    which = (
        tr("frame {frame} of {count}", frame=(frame or 0) + 1, count=count[0]) if several else ""
    )
    parts = (tree.name, which, tree.transfer.name, count_text(tree.size, "byte"), tree.note)
    return ", ".join(escaped(part) for part in parts if part)


def _damage_text(tree: ElementTree) -> str:
    return (
        tr("Reading {name} ended early, at {damage}", name=tree.name, damage=tree.damage)
        if tree.damage
        else ""
    )
