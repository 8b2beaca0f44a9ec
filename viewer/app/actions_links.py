"""The rows of the action table about places that go together, and about cine."""

from viewer.app.action_spec import ActionSpec, Menu, Need


def _link(name: str, text: str, key: str, tooltip: str, *, checkable: bool = False) -> ActionSpec:
    return ActionSpec(
        f"link.{name}",
        text,
        Menu.VIEW,
        (key,) if key else (),
        tooltip,
        need=Need.NOTHING if name in ("scroll", "zoom", "window") else Need.SERIES,
        submenu="Link",
        checkable=checkable,
    )


def _cine(name: str, text: str, key: str, tooltip: str, *, checkable: bool = False) -> ActionSpec:
    return ActionSpec(
        f"cine.{name}",
        text,
        Menu.VIEW,
        (key,),
        tooltip,
        need=Need.VOLUME,
        submenu="Cine",
        checkable=checkable,
    )


LINKS = (
    _link(
        "scroll",
        "Scroll together",
        "Ctrl+L",
        "Series of one patient space show the same place",
        checkable=True,
    ),
    _link(
        "zoom",
        "Zoom and pan together",
        "",
        "Places of the same orientation show the same part at the same size",
        checkable=True,
    ),
    _link("window", "Window together", "", "Images of the same kind look alike", checkable=True),
    _link(
        "alone",
        "Scroll this place alone",
        "Alt+L",
        "Unlink the active place while it is brought to the right slice",
        checkable=True,
    ),
    _link(
        "remember",
        "Remember offset of this pair",
        "Ctrl+Shift+L",
        "Link the active place to the others as they stand now; kept for these series",
    ),
    _link(
        "align",
        "Align two CT series",
        "Ctrl+Alt+L",
        "Find how the active series and the one beside it lie on each other; one step to undo",
    ),
    _link("forget", "Forget offset", "", "Part the active series from those it was paired with"),
)

CINE = (
    _cine("play", "Play or stop", "C", "Play the images of the active view", checkable=True),
    _cine("faster", "Faster", ".", "Play more images a second"),
    _cine("slower", "Slower", ",", "Play fewer images a second"),
    _cine(
        "bounce",
        "To and fro",
        "Shift+C",
        "Turn round at the ends instead of beginning again",
        checkable=True,
    ),
)
