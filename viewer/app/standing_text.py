"""How a view stands, in words: slab, oblique planes, turns; and what that means for its pixels."""

from viewer.app.resolve import ResolvedView
from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.view_state import Slab, SlabMode

_MODES: dict[SlabMode, tuple[str, str]] = {
    SlabMode.MIP: ("MIP", "the largest"),
    SlabMode.MINIP: ("MinIP", "the smallest"),
    SlabMode.MEAN: ("Mean", "the mean"),
}


def slab_text(slab: Slab) -> str:
    """Return mode and thickness ("MIP 10 mm"), or "" for a thin slice."""
    if slab.mode is SlabMode.NONE:
        return ""
    return f"{_MODES[slab.mode][0]} {slab.thickness_mm:.4g} mm"


def standing_words(view: ResolvedView) -> tuple[str, ...]:
    """Return what is unusual about a view: slab, oblique, mirrored, turned."""
    words = (
        slab_text(view.slab),
        "Oblique" if view.rotation is not None else "",
        "mirrored" if view.mirrored else "",
        f"turned {90 * view.turns}°" if view.turns else "",
    )
    return tuple(word for word in words if word)


def view_caveats(view: ResolvedView) -> tuple[Caveat, ...]:
    """Return the doubts that come from the view, not from the data."""
    caveats = []
    if view.slab.mode is not SlabMode.NONE:
        name, what = _MODES[view.slab.mode]
        text = (
            f"{name} slab: each pixel is {what} of the values across "
            f"{view.slab.thickness_mm:.4g} mm, not the value of one slice"
        )
        caveats.append(Caveat(CaveatCode.SLAB, text, slab_text(view.slab)))
    if view.rotation is not None:
        text = "Oblique plane: pixels are interpolated between voxels"
        caveats.append(Caveat(CaveatCode.OBLIQUE, text))
    if view.mirrored:
        text = "Mirrored: the picture is seen from the other side; mind the letters at the edges"
        caveats.append(Caveat(CaveatCode.MIRRORED, text))
    return tuple(caveats)


def view_fidelity(view: ResolvedView, data: str) -> str:
    """Return the text of the fidelity badge: the view's own doubts before those of the data."""
    words = [slab_text(view.slab), "oblique" if view.rotation is not None else ""]
    words.append("mirrored" if view.mirrored else "")
    text = ", ".join(word for word in (*words, data) if word)
    return text[:1].upper() + text[1:]
