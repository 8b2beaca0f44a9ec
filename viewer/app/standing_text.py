"""How a view stands, in words: slab, oblique planes, turns; and what that means for its pixels."""

from viewer.app.layer_view import LayerView
from viewer.app.resolve import ResolvedView
from viewer.core.caveats import Caveat, CaveatCode
from viewer.core.slab import Slab, SlabMode
from viewer.i18n import mark, tr

_MODES: dict[SlabMode, tuple[str, str]] = {
    SlabMode.MIP: (mark("MIP"), mark("the largest")),
    SlabMode.MINIP: (mark("MinIP"), mark("the smallest")),
    SlabMode.MEAN: (mark("Mean"), mark("the mean")),
}


def slab_text(slab: Slab) -> str:
    """Return mode and thickness ("MIP 10 mm"), or "" for a thin slice."""
    if slab.mode is SlabMode.NONE:
        return ""
    return f"{tr(_MODES[slab.mode][0])} {slab.thickness_mm:.4g} mm"


def standing_words(view: ResolvedView) -> tuple[str, ...]:
    """Return what is unusual about a view: slab, oblique, mirrored, turned."""
    words = (
        slab_text(view.slab),
        tr("Oblique") if view.rotation is not None else "",
        tr("mirrored") if view.mirrored else "",
        tr("turned {value}°", value=90 * view.turns) if view.turns else "",
    )
    return tuple(word for word in words if word)


def view_caveats(view: ResolvedView) -> tuple[Caveat, ...]:
    """Return the doubts that come from the view, not from the data."""
    caveats = []
    if view.slab.mode is not SlabMode.NONE:
        name, what = _MODES[view.slab.mode]
        text = tr(
            "{name} slab: each pixel is {what} of the values across "
            "{thickness_mm:.4g} mm, not the value of one slice",
            name=tr(name),
            what=tr(what),
            thickness_mm=view.slab.thickness_mm,
        )
        caveats.append(Caveat(CaveatCode.SLAB, text, slab_text(view.slab)))
    if view.rotation is not None:
        text = tr("Oblique plane: pixels are interpolated between voxels")
        caveats.append(Caveat(CaveatCode.OBLIQUE, text))
    if view.mirrored:
        text = tr(
            "Mirrored: the picture is seen from the other side; mind the letters at the edges"
        )
        caveats.append(Caveat(CaveatCode.MIRRORED, text))
    if view.layer is not None:
        text = tr(
            "Layer: another series, {name}, is drawn over this one; its values are interpolated "
            "onto this plane and placed by: {origin}",
            name=view.layer.name,
            origin=view.layer.origin,
        )
        caveats.append(Caveat(CaveatCode.LAYER, text, layer_text(view.layer)))
    return tuple(caveats)


def layer_text(shown: LayerView) -> str:
    """Return few words for the fidelity badge: that there is a layer, and what joins it."""
    return tr("layer: other series, resampled ({origin})", origin=shown.origin)


def view_fidelity(view: ResolvedView, data: str) -> str:
    """Return the text of the fidelity badge: the view's own doubts before those of the data."""
    words = [slab_text(view.slab), tr("oblique") if view.rotation is not None else ""]
    words.append(tr("mirrored") if view.mirrored else "")
    words.append("" if view.layer is None else layer_text(view.layer))
    text = ", ".join(word for word in (*words, data) if word)
    return text[:1].upper() + text[1:]
