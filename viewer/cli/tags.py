"""`hounsfield tags FILE`: every element of one file."""

import argparse
import json
import re
import sys

from viewer.app.describe import JsonObject, plain_path
from viewer.app.tag_listing import describe_tree, found_rows, text_lines
from viewer.app.tag_text import count_text, escaped
from viewer.cli.selection import path_argument
from viewer.cli.terminal import TerminalContext, print_error, print_line
from viewer.dicom.element_tree import ElementTree, read_elements, split_member

_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Characters that a terminal obeys, hides or turns the text by; JSON has escapes for them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument(
        "path",
        metavar="FILE",
        type=path_argument,
        help="a DICOM file or DICOMDIR; of an archive: archive.zip!name",
    )
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")
    parser.add_argument(
        "--find",
        metavar="TEXT",
        help="only elements with TEXT in tag, keyword, name or value (any case)",
    )
    parser.add_argument("--full", action="store_true", help="write long values to their end")


def run(arguments: argparse.Namespace, ctx: TerminalContext) -> int:
    """Read and tell."""
    path, member = split_member(str(arguments.path))
    tree = read_elements(path, member, ctx.check)
    if arguments.json:
        value = describe_tree(tree, arguments.find)
        _print_json(value)
        hits = len(value["elements"]) if isinstance(value["elements"], list) else 0
    else:
        hits = _print_text(tree, arguments.find or "", full=arguments.full)
    if arguments.find and not hits:
        print_error(f"no element has {escaped(arguments.find)!r} in tag, name or value")
    return 0


def _print_text(tree: ElementTree, find: str, *, full: bool) -> int:
    name = f"{tree.path}!{tree.member}" if tree.member else tree.path
    rows, hits = found_rows(tree, find)
    print_line(escaped(plain_path(name)))
    print_line(f"{tree.transfer.name}, {count_text(tree.size, 'byte')}")
    if tree.note:
        print_line(f"! {tree.note}")
    for line in text_lines(rows, full=full):
        print_line(line)
    if tree.damage:
        print_line(f"! reading ended here, at {tree.damage}")
    return hits


def _print_json(value: JsonObject) -> None:
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, indent=2)
    sys.stdout.write(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
    sys.stdout.flush()
