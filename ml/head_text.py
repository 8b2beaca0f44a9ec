"""Checks a LightGBM text model in Python before LightGBM sees it.

LightGBM trusts its own text: a truncated file aborts the process, a split on feature 1999999999
reads beyond the array. Here every tree is read and bounded first.
"""

import math
import re

from viewer.core.errors import ViewerError

OBJECTIVE = "cross_entropy"
MAX_TEXT_BYTES = 16_000_000
MAX_TREES = 5_000
MAX_LEAVES = 256
_HEADER = {
    "version": "v4",
    "num_class": "1",
    "num_tree_per_iteration": "1",
    "label_index": "0",
}
_FLOATS_OF_SPLIT = ("split_gain", "threshold", "internal_value", "internal_weight")
_WHOLE_OF_SPLIT = ("split_feature", "decision_type", "left_child", "right_child", "internal_count")
_NUMERIC_DECISIONS = frozenset({0, 2, 8, 10})
"""Bits of decision_type: 1 categorical (refused), 2 default left, 4 zero and 8 NaN as missing."""
_SAFE_TEXT = re.compile(r"[\n\r\t\x20-\x7e]*\Z")


class HeadTextError(ViewerError):
    """A LightGBM text model that must not be loaded."""

    def __init__(self, why: str) -> None:
        super().__init__("The tree head is refused", why, "Get the model again from its source")


def check_head_text(text: str, features: int) -> None:
    """Check a text model for a head.

    Parameters
    ----------
    text : str
        The model as `Booster.model_to_string` writes it.
    features : int
        Number of features that the program will give it.

    Raises
    ------
    HeadTextError
        Anything is missing, out of bounds, not finite or not a tree.
    """
    if len(text) > MAX_TEXT_BYTES or not _SAFE_TEXT.match(text):
        raise HeadTextError("the text is too long or not plain text")
    head, mark, rest = text.partition("\nTree=0\n")
    body, end, _ = rest.partition("\nend of trees\n")
    if not mark or not end or not head.startswith("tree\n"):
        raise HeadTextError("the text is cut short or is not a LightGBM model")
    sizes = _check_header(_fields(head.splitlines()[1:]), features)
    body = "Tree=0\n" + body + "\n"
    if sum(sizes) != len(body):
        raise HeadTextError("tree_sizes does not fit the trees")
    start = 0
    for number, size in enumerate(sizes):
        lines = body[start : start + size].splitlines()
        if not lines or lines[0] != f"Tree={number}":
            raise HeadTextError(f"tree {number} is not where tree_sizes says")
        _check_tree(_fields(lines[1:]), number, features)
        start += size


def _fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        name, sign, value = line.partition("=")
        if line and not sign:
            continue  # flags such as average_output are looked up by their absence below
        if name and name in fields:
            raise HeadTextError(f"{name} is given twice")
        if name:
            fields[name] = value
    return fields


def _check_header(fields: dict[str, str], features: int) -> list[int]:
    for name, value in _HEADER.items():
        if fields.get(name) != value:
            raise HeadTextError(f"{name} is not {value}")
    if fields.get("max_feature_idx") != str(features - 1):
        raise HeadTextError(f"it does not take {features} features")
    if fields.get("objective") != OBJECTIVE:
        raise HeadTextError(f"its objective is not {OBJECTIVE}")
    for name in ("feature_names", "feature_infos"):
        if len(fields.get(name, "").split(" ")) != features:
            raise HeadTextError(f"{name} does not name {features} features")
    sizes = _whole(fields, "tree_sizes")
    if not 1 <= len(sizes) <= MAX_TREES or min(sizes) < 1:
        raise HeadTextError("tree_sizes is out of bounds")
    return sizes


def _check_tree(fields: dict[str, str], number: int, features: int) -> None:
    try:
        leaves = _whole(fields, "num_leaves", 1)[0]
        if not 1 <= leaves <= MAX_LEAVES:
            raise HeadTextError("num_leaves is out of bounds")
        if _whole(fields, "num_cat", 1)[0] != 0 or _whole(fields, "is_linear", 1)[0] != 0:
            raise HeadTextError("categorical or linear trees are not used")
        _floats(fields, "leaf_value", leaves)
        _floats(fields, "shrinkage", 1)
        if leaves == 1:
            return
        for name in ("leaf_weight", "leaf_count"):
            _floats(fields, name, leaves)
        for name in _FLOATS_OF_SPLIT:
            _floats(fields, name, leaves - 1)
        whole = {name: _whole(fields, name, leaves - 1) for name in _WHOLE_OF_SPLIT}
        if not all(0 <= feature < features for feature in whole["split_feature"]):
            raise HeadTextError(f"split_feature is not below {features}")
        if not _NUMERIC_DECISIONS.issuperset(whole["decision_type"]):
            raise HeadTextError("decision_type is not a comparison of numbers")
        _check_shape(whole["left_child"], whole["right_child"], leaves)
    except HeadTextError as error:
        raise HeadTextError(f"tree {number}: {error.why}") from error


def _check_shape(left: list[int], right: list[int], leaves: int) -> None:
    """Refuse child links that do not form one tree with every node and leaf in it once."""
    seen: set[int] = set()
    waiting = [0]
    while waiting:
        node = waiting.pop()
        if node in seen or not -leaves <= node < leaves - 1:
            raise HeadTextError("its nodes do not form a tree")
        seen.add(node)
        if node >= 0:  # leaves are ~index: -1, -2, ...
            waiting += [left[node], right[node]]
    if len(seen) != 2 * leaves - 1:
        raise HeadTextError("its nodes do not form a tree")


def _words(fields: dict[str, str], name: str, count: int | None) -> list[str]:
    if name not in fields:
        raise HeadTextError(f"{name} is missing")
    words = fields[name].split()
    if count is not None and len(words) != count:
        raise HeadTextError(f"{name} has {len(words)} values instead of {count}")
    return words


def _whole(fields: dict[str, str], name: str, count: int | None = None) -> list[int]:
    words = _words(fields, name, count)
    if any(not re.fullmatch(r"-?\d{1,9}", word) for word in words):
        raise HeadTextError(f"{name} holds something else than whole numbers")
    return [int(word) for word in words]


def _floats(fields: dict[str, str], name: str, count: int) -> None:
    for word in _words(fields, name, count):
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise HeadTextError(f"{name} holds something else than finite numbers")
