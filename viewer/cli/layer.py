"""Options for colours and for a second series over the pictures of `hounsfield export`."""

import argparse
import math

from viewer.app.layer_view import LayerView
from viewer.app.layers import first_layer, make_layer_view, why_no_layer
from viewer.cli.selection import choose_stack
from viewer.cli.terminal import UsageError
from viewer.core.layer import Layer, LayerMode
from viewer.core.links import StackLinks
from viewer.core.plane import Orientation
from viewer.core.progress import JobContext
from viewer.core.study import StudyIndex
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.volume import Volume
from viewer.core.window import HuWindow, VoiTransform
from viewer.dicom.loader import load
from viewer.i18n import tr
from viewer.imaging.colour_maps import COLOUR_MAPS
from viewer.imaging.histogram import automatic_window
from viewer.paths import data_dir
from viewer.store.pairs import PairStore


def add_colour_options(parser: argparse.ArgumentParser) -> None:
    """Add --colour-map and the options of a layer."""
    names = [known.id for known in COLOUR_MAPS]
    group = parser.add_argument_group(tr("colours, and a second series over the pictures"))
    group.add_argument("--colour-map", choices=names, metavar="NAME", help=", ".join(names))
    group.add_argument("--layer", metavar="UID", help=tr("series of PATH to mix in (PET over CT)"))
    group.add_argument(
        "--layer-opacity",
        type=float,
        default=0.5,
        metavar="SHARE",
        help=tr("0 to 1 (default: 0.5)"),
    )
    group.add_argument(
        "--layer-map", choices=names, metavar="NAME", help=tr("colour map of the layer")
    )
    group.add_argument(
        "--layer-window",
        nargs=2,
        type=float,
        metavar=("WIDTH", "LEVEL"),
        help=tr("window of the layer, in its unit"),
    )


def chosen_layer(
    arguments: argparse.Namespace,
    ctx: JobContext,
    index: StudyIndex,
    below: Volume,
    window: VoiTransform,
) -> LayerView | None:
    """Load the layer that the options name; None where they name none.

    Raises
    ------
    UsageError
        There is no such series, it cannot lie over the other one, or a number makes no sense.
    """
    if arguments.layer is None:
        return None
    if not 0 <= arguments.layer_opacity <= 1:
        raise UsageError(tr("--layer-opacity must be between 0 and 1"))
    stack = choose_stack(index, arguments.layer, None)
    links = StackLinks()
    pairs, _ = PairStore(data_dir()).load()
    links.restore(pairs)
    if reason := why_no_layer(below.stack, stack, links):
        raise UsageError(tr("--layer {uid} is not possible", uid=arguments.layer), reason)
    over = load(ctx, stack)
    layer = _with_options(first_layer(below.stack, stack, LayerMode.FUSION), arguments, over)
    viewport = ViewportState(Orientation.AXIAL, DisplayState(window), below.stack.key, layer=layer)
    return make_layer_view(viewport, below, over, links)


def _with_options(layer: Layer, arguments: argparse.Namespace, over: Volume) -> Layer:
    window = automatic_window(over) if layer.needs_window else None
    if arguments.layer_window is not None:
        width, level = arguments.layer_window
        if not (width > 0 and math.isfinite(level - width) and math.isfinite(level + width)):
            raise UsageError(
                tr("--layer-window: width and level must be finite, the width positive")
            )
        window = HuWindow(width, level)
    return Layer(
        layer.stack,
        layer.mode,
        opacity=arguments.layer_opacity,
        window=window,
        colour_map=arguments.layer_map or layer.colour_map,
    )
