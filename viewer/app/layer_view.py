"""A second stack as it lies over a view: what is drawn of it, and from where its points come."""

from dataclasses import dataclass, field, replace

from viewer.core.layer import Layer
from viewer.core.links import Rigid
from viewer.core.study import shown_unit
from viewer.core.volume import Volume
from viewer.core.window import VoiTransform


@dataclass(frozen=True, slots=True, eq=False)
class LayerView:
    """Everything that drawing a layer depends on.

    Attributes
    ----------
    layer : Layer
        What the reader asked for.
    volume : Volume
        The second stack.
    rigid : Rigid
        From the patient space of the view into the layer's.
    window : HuWindow or VoiLut
        The window in force, in the layer's unit.
    inverted : bool
        MONOCHROME1 and the reader's own inversion together.
    title, date : str
        What the series is called, and its date as text.
    below_title, below_date : str
        The same of the view's own series.
    origin : str
        What joins the two series, in words.
    loaded : frozenset of int
        Slices z of the layer whose voxels are there.
    """

    layer: Layer
    volume: Volume
    rigid: Rigid
    window: VoiTransform
    inverted: bool
    title: str
    date: str = ""
    below_title: str = ""
    below_date: str = ""
    origin: str = ""
    loaded: frozenset[int] = field(default=frozenset())

    @property
    def sample_key(self) -> tuple[object, ...]:
        """What its values on a plane depend on, but for the plane itself."""
        return (self.layer.stack, self.rigid)

    @property
    def key(self) -> tuple[object, ...]:
        """What its part of a picture depends on, but for the plane itself."""
        return (*self.sample_key, self.layer, self.window, self.inverted)

    @property
    def name(self) -> str:
        """Date and title of the layer's series."""
        return "  ".join(word for word in (self.date, self.title) if word)

    @property
    def below(self) -> str:
        """Date and title of the view's own series."""
        return "  ".join(word for word in (self.below_date, self.below_title) if word)

    def without_identity(self) -> "LayerView":
        """Return the same without dates: for exports and teaching."""
        return replace(self, date="", below_date="")

    @property
    def unit(self) -> str:
        """Unit of its values, as it is written behind them."""
        return unit_text(self.volume)


def unit_text(volume: Volume) -> str:
    """Return the unit of a volume's values as it is written everywhere."""
    return shown_unit(volume.stack.unit)
