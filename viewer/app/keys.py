"""Keys as text: one way to write each of them, checked without a window system."""

from viewer.i18n import tr

MODIFIERS = ("Meta", "Ctrl", "Alt", "Shift")
"""In the order in which Qt writes them."""

_NAMED = (
    *("Space", "Return", "Enter", "Esc", "Tab", "Backspace", "Delete", "Insert"),
    *("Home", "End", "PgUp", "PgDown", "Up", "Down", "Left", "Right", "Menu", "Pause"),
    *(f"F{number}" for number in range(1, 25)),
)
_BY_LOWER = {name.lower(): name for name in (*MODIFIERS, *_NAMED)} | {
    "escape": "Esc",
    "del": "Delete",
    "ins": "Insert",
    "pageup": "PgUp",
    "pagedown": "PgDown",
}


def canonical_key(text: str) -> str:
    """Return a key as the table writes it ("Ctrl+Shift+L", "PgUp", "+").

    Raises
    ------
    ValueError
        It is no key: a modifier alone, an unknown name, or nothing.
    """
    rest, held = text.strip(), set[str]()
    while "+" in rest[1:]:
        name, _, following = rest.partition("+")
        modifier = _BY_LOWER.get(name.strip().lower())
        if modifier not in MODIFIERS or not following:
            raise ValueError(_no_key(text))
        held.add(modifier)
        rest = following.strip()
    key = rest.upper() if len(rest) == 1 else _BY_LOWER.get(rest.lower(), "")
    if not key or key in MODIFIERS or not key.isprintable():
        raise ValueError(_no_key(text))
    return "+".join((*(name for name in MODIFIERS if name in held), key))


def _no_key(text: str) -> str:
    return tr("“{key}” is no key", key=text)
