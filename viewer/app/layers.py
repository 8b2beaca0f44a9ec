"""Which series may lie over which, what it begins with, and how a view looks with it."""

from dataclasses import replace

from viewer.app.joined import pair_text
from viewer.app.layer_view import LayerView
from viewer.app.overlays_frame import date_text
from viewer.app.resolve import ResolvedView, resolve
from viewer.app.windows import window_text
from viewer.core.layer import GREY_MAP, Layer, LayerMode
from viewer.core.links import StackLinks
from viewer.core.patient import why_apart
from viewer.core.session import Session
from viewer.core.study import Stack, StackKey
from viewer.core.view_state import ViewportState
from viewer.core.volume import Volume
from viewer.core.window import CT_PRESETS, HuWindow, VoiTransform
from viewer.i18n import tr

PET_MAP = "hot-iron"
SUV_WINDOW = HuWindow.from_range(0, 10)
"""Where most of what a PET shows lies, by body weight."""
_SUV_TOPS = (5, 7, 10, 15, 20)
_PET_MODALITIES = frozenset({"PT", "NM"})


def why_no_layer(below: Stack | None, over: Stack, links: StackLinks) -> str:
    """Say why a stack cannot be shown over another one, and what to do; empty where it can."""
    if below is None:
        return tr("open a series in this view first")
    if below.key == over.key:
        return tr("the view shows this series already; choose another one")
    if below.samples > 1 or over.samples > 1:
        return tr("only grey images can be laid over each other, not colour")
    if reason := why_apart(below.patient, over.patient):
        return reason
    if links.between(below, over) is None:
        return tr(
            "nothing joins the two series: they have no common frame of reference. Show them side "
            "by side, then align them (Ctrl+Alt+L) or remember their offset (Ctrl+Shift+L)"
        )
    return ""


def first_layer(below: Stack, over: Stack, mode: LayerMode | None = None) -> Layer:
    """Return how a stack begins as a layer: fused in colour over another kind of image.

    A series of the same kind (a prior) is compared by swiping, in grey and with the view's window.
    """
    if mode is None:
        mode = LayerMode.SWIPE if are_alike(below, over) else LayerMode.FUSION
    is_pet = over.modality in _PET_MODALITIES
    unknown = not are_alike(below, over) and default_window(over) is None
    map_id = PET_MAP if is_pet else GREY_MAP
    return Layer(over.key, mode, needs_window=unknown, colour_map=map_id)


def are_alike(one: Stack, other: Stack) -> bool:
    """Tell whether numbers of two stacks mean the same: one window serves both."""
    return (one.modality, one.unit) == (other.modality, other.unit)


def default_window(stack: Stack) -> VoiTransform | None:
    """Return the window of a layer by its unit or its files; None where it must be measured."""
    if (stack.unit or "").startswith("SUV"):
        return SUV_WINDOW
    return stack.windows[0].window if stack.windows else None


def layer_windows(volume: Volume) -> tuple[tuple[str, VoiTransform | None], ...]:
    """Return the windows that are offered for a layer, with their names; None: as at first."""
    offered: list[tuple[str, VoiTransform | None]] = []
    unit = volume.stack.unit or ""
    if unit == "HU" or default_window(volume.stack) is not None:
        offered.append((tr("As at first"), None))
    if unit.startswith("SUV"):
        offered += [
            (tr("{unit} 0 to {top}", unit=unit, top=top), HuWindow.from_range(0, top))
            for top in _SUV_TOPS
        ]
    if unit == "HU":
        offered += [(preset.name, preset.window) for preset in CT_PRESETS if preset.window]
    offered += [
        (window_text(named, volume.stack.unit), named.window) for named in volume.stack.windows
    ]
    return tuple(offered)


def layer_view(session: Session, viewport_id: str) -> LayerView | None:
    """Return the layer of a viewport, or None: there is none, or nothing joins it any more."""
    viewport, below = session.viewports[viewport_id], session.shown_in(viewport_id)
    if viewport.layer is None or below is None:
        return None
    over = session.stacks.get(viewport.layer.stack)
    if over is None:
        return None
    view = make_layer_view(viewport, below.volume, over.volume, session.links)
    if view is None:
        return None
    view = replace(view, loaded=over.loaded)
    return view.without_identity() if session.interaction.teaching else view


def make_layer_view(
    viewport: ViewportState, below: Volume, over: Volume, links: StackLinks
) -> LayerView | None:
    """Return how a volume lies over another one; None where nothing joins the two."""
    layer, rigid = viewport.layer, links.between(below.stack, over.stack)
    if layer is None or rigid is None:
        return None
    window = layer.window
    if window is None:
        own = are_alike(below.stack, over.stack)
        window = viewport.display.window if own else default_window(over.stack)
    return LayerView(
        layer=layer,
        volume=over,
        rigid=rigid,
        window=window or viewport.display.window,
        inverted=layer.inverted != over.stack.inverted,
        title=stack_title(over.stack),
        date=date_text(over.stack.labels.date),
        origin=_origin(below.stack, over.stack, links),
        below_title=stack_title(below.stack),
        below_date=date_text(below.stack.labels.date),
    )


def shown_view(session: Session, viewport_id: str) -> ResolvedView | None:
    """Return what a viewport shows with its layer, or None without a stack."""
    stack = session.shown_in(viewport_id)
    if stack is None:
        return None
    view = resolve(session.viewports[viewport_id], stack.volume)
    return replace(view, layer=layer_view(session, viewport_id))


def stacks_for_layer(session: Session) -> tuple[tuple[StackKey, str, str], ...]:
    """Return the stacks of the study index that are not the active one.

    Returns
    -------
    tuple of (key, text, reason)
        The reason why a stack cannot be a layer, or "".
    """
    index, below = session.index, session.volume
    if index is None or below is None:
        return ()
    known = {key: stack.volume.stack for key, stack in session.stacks.items()}
    found = []
    for stack in index.stacks():
        if stack.key == below.stack.key:
            continue
        date = "" if session.interaction.teaching else date_text(stack.labels.date)
        text = "  ".join(word for word in (date, stack.modality, stack_title(stack)) if word)
        reason = why_no_layer(below.stack, known.get(stack.key, stack), session.links)
        found.append((stack.key, text, reason))
    return tuple(sorted(found, key=lambda row: bool(row[2])))


def stack_title(stack: Stack) -> str:
    """Return number and description of a stack's series."""
    labels = stack.labels
    words = (labels.series_number, labels.series_description or stack.modality, labels.part)
    return " ".join(" ".join(word for word in words if word).split()) or tr("Series")


def _origin(below: Stack, over: Stack, links: StackLinks) -> str:
    pair = links.pair(below.key.series_uid, over.key.series_uid)
    return tr("one frame of reference") if pair is None else pair_text(pair)
