"""A pointer over a synthetic viewport, for tests of the tools."""

from dataclasses import dataclass, field

from tests.support.volumes import make_volume
from viewer.app.resolve import resolve
from viewer.core.document import AnnotationDocument
from viewer.core.label_box import LabelBox, label_at
from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform, place
from viewer.core.session import Session
from viewer.core.shapes import AnyShape
from viewer.core.view_state import DisplayState
from viewer.core.volume import Volume
from viewer.core.window import HuWindow
from viewer.tools.hands import Hands
from viewer.tools.pointer import Button, Modifier, PointerEvent, PointerKind
from viewer.tools.tool import ToolContext, ToolOptions


@dataclass
class Reader:
    """A session with a volume, one viewport of it and hands; positions are viewport pixels."""

    volume: Volume = field(default_factory=make_volume)
    viewport_id: str = "axial"
    size_px: tuple[float, float] = (600.0, 400.0)
    options: ToolOptions = field(default_factory=ToolOptions)
    tool: str = "window"
    labels: tuple[LabelBox, ...] = ()

    def __post_init__(self) -> None:
        self.session = Session()
        self.session.set_volume(
            self.volume,
            AnnotationDocument(self.volume.stack.key.series_uid),
            DisplayState(HuWindow(400, 40), "mediastinum"),
        )
        for viewport in self.session.viewports.by_id.values():
            viewport.index = 3
        self.hands = Hands()
        self.created: list[AnyShape] = []

    @property
    def plane(self) -> PlaneGeometry:
        state = self.session.viewports[self.viewport_id]
        return resolve(state, self.volume).plane

    @property
    def transform(self) -> ScreenTransform:
        state = self.session.viewports[self.viewport_id]
        return place(self.plane, self.size_px, state.zoom, state.pan_uv_mm)

    @property
    def context(self) -> ToolContext:
        return ToolContext(
            self.session,
            self.viewport_id,
            self.plane,
            self.volume,
            self.options,
            self.created.append,
        )

    def event(self, kind: PointerKind, px: tuple[float, float], button=Button.LEFT) -> PointerEvent:
        uv = self.transform.to_uv(px)
        x, y, z = self.plane.uv_to_lps(uv)
        return PointerEvent(
            kind,
            px,
            self.size_px,
            uv,
            (float(x), float(y), float(z)),
            self.transform.mm_per_px,
            button,
            Modifier.NONE,
            label=label_at(self.labels, px),
        )

    def press(self, px, button=Button.LEFT, tool: str = "") -> None:
        self.hands.press(tool or self.tool, self.event(PointerKind.PRESS, px, button), self.context)

    def move(self, px, button=Button.LEFT) -> None:
        self.hands.move(self.event(PointerKind.MOVE, px, button), self.context)

    def release(self, px, button=Button.LEFT) -> None:
        self.hands.release(self.event(PointerKind.RELEASE, px, button), self.context)

    def drag(self, start, end, button=Button.LEFT, tool: str = "", steps: int = 4) -> None:
        self.press(start, button, tool)
        for step in range(1, steps + 1):
            share = step / steps
            self.move(tuple(a + (b - a) * share for a, b in zip(start, end, strict=True)), button)
        self.release(end, button)

    def click(self, px, button=Button.LEFT) -> None:
        self.press(px, button)
        self.release(px, button)

    def shapes(self) -> list[AnyShape]:
        return list(self.session.document)

    def px_of(self, point_lps) -> tuple[float, float]:
        u, v, _ = self.plane.lps_to_uvw(point_lps)
        return self.transform.to_px((float(u), float(v)))
