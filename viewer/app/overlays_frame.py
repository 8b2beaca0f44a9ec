"""Texts around the image: four corners, orientation letters, rulers, badges and the stamp."""

from viewer.app.resolve import ResolvedView
from viewer.app.standing_text import standing_words, view_caveats
from viewer.app.value_text import number_with_unit
from viewer.app.windows import is_replaced, preset_name, shown_numbers
from viewer.core.caveats import Caveat, doubts
from viewer.core.drawable import Align, Drawable, RulerItem, Space, Style, TextItem
from viewer.core.geometry import Calibration, VolumeGeometry
from viewer.core.plane import PlaneGeometry
from viewer.core.screen import ScreenTransform, center_uv_mm
from viewer.core.shapes import PointLps
from viewer.core.study import Patient, Stack, stated_edge_letters
from viewer.core.volume import Volume
from viewer.core.window import VoiFunction, VoiLut
from viewer.i18n import mark, told, tr

STAMP_TEXT = mark("Research and education. Not a medical device.")
CHECKS_PASSED = mark("Data checks passed")
CHECKED = mark("Order, spacing, orientation, calibration and values were checked.")
ABOUT_DATA = mark("This is about the data, not about the patient.")

TEXT = Style("#dfe5ec", text_px=12)
DIM = Style("#aab4c0", text_px=12)
LETTER = Style("#f3d19c", text_px=15, bold=True)
BADGE = Style("#ffc46b", text_px=12, bold=True)
RULER = Style("#dfe5ec", 1.0, text_px=11)

Cursor = tuple[PointLps, str | None]
"""Place under the mouse, and the value of the picture there; None for that of the voxel."""

_COMPACT_WIDTH_PX = 540.0
_COMPACT_HEIGHT_PX = 400.0
_ROOMY_PX = (_COMPACT_WIDTH_PX, _COMPACT_HEIGHT_PX)
_MARGIN_PX = 8.0
_LOWEST_LINE_PX = 21.0  # the ruler has what is below the corner texts for itself
_LINE_PX = 15.0
_BOTTOM_LINES = 4
_UPRIGHT_RULER_HEIGHT_PX = 250.0  # above it a third of the height clears the lower left corner
_TOP_LETTER_PX = 6.0
_COMPACT_TOP_LINES = 2
_BADGE_SHARE = 0.6
_BADGE_LETTER_PX = 7.4
_BADGE_GAP_PX = 6.0
_SEPARATOR = " · "
_STAMP_WIDTH_PX = 640.0
_LEFT_LETTER_PX = 22.0  # beside the ruler at the left edge
_BOTTOM_LETTER_PX = 20.0  # above the ruler at the bottom edge


def corner_texts(
    volume: Volume,
    view: ResolvedView,
    transform: ScreenTransform,
    size_px: tuple[float, float],
    cursor: Cursor | None = None,
    notes: tuple[str, ...] = (),
) -> list[Drawable]:
    """Return the texts of the four corners; a small viewport gets the most needed lines only."""
    compact = is_compact(size_px)
    columns = (
        (Align.TOP_LEFT, _patient_lines(volume.stack.patient, compact)),
        (Align.TOP_RIGHT, _study_lines(volume, compact)),
        (
            Align.BOTTOM_LEFT,
            (*notes, *_window_lines(volume, view, transform, cursor, compact)),
        ),
        (Align.BOTTOM_RIGHT, _image_lines(volume, view, compact)),
    )
    return [
        _corner(align, "\n".join(kept))
        for align, lines in columns
        if (kept := [line for line in lines if line])
    ]


def is_compact(size_px: tuple[float, float]) -> bool:
    """Tell whether a viewport is too small for all texts."""
    return size_px[0] < _COMPACT_WIDTH_PX or size_px[1] < _COMPACT_HEIGHT_PX


def edge_letters(
    volume: Volume, plane: PlaneGeometry, size_px: tuple[float, float] = _ROOMY_PX
) -> list[Drawable]:
    """Return the patient letters at the four edges; none where the orientation is unknown.

    In a small viewport the corner texts meet in the middle: the upper letter stands below them.
    """
    top_px = _TOP_LETTER_PX + (_COMPACT_TOP_LINES * _LINE_PX if is_compact(size_px) else 0.0)
    is_placed = volume.geometry.orientation_known
    edges = plane.edge_letters() if is_placed else stated_edge_letters(volume.stack.labels)
    places: dict[str, tuple[tuple[float, float], Align, tuple[float, float]]] = {
        "left": ((0.0, 0.5), Align.LEFT, (_LEFT_LETTER_PX, 0.0)),
        "right": ((1.0, 0.5), Align.RIGHT, (-_MARGIN_PX, 0.0)),
        "top": ((0.5, 0.0), Align.TOP, (0.0, top_px)),
        "bottom": ((0.5, 1.0), Align.BOTTOM, (0.0, -_BOTTOM_LETTER_PX)),
    }
    return [
        TextItem(place[0], letters, place[1], LETTER, place[2], Space.VIEW)
        for edge, letters in edges.items()
        if letters
        for place in (places[edge],)
    ]


_ALONG = 1e-3
"""Cosine above which a direction of the screen leaves the plane of the slices."""


def rulers(volume: Volume, view: ResolvedView, size_px: tuple[float, float]) -> list[Drawable]:
    """Return the scale bars left and below; none for a direction without known millimetres.

    A low viewport has no room for the upright one beside the corner texts.
    """
    geometry = volume.geometry
    if geometry.calibration is Calibration.NONE:
        return []
    unit = tr("mm at detector") if geometry.calibration is Calibration.DETECTOR else "mm"
    items: list[Drawable] = []
    for vertical, along_lps in ((True, view.plane.v_lps), (False, view.plane.u_lps)):
        if vertical and size_px[1] < _UPRIGHT_RULER_HEIGHT_PX:
            continue
        across_slices = abs(float(geometry.direction_lps[0] @ along_lps)) > _ALONG
        if not across_slices or geometry.z_known:
            items.append(RulerItem(vertical, unit, RULER))
    return items


def badges(volume: Volume, view: ResolvedView, size_px: tuple[float, float]) -> list[Drawable]:
    """Return what is doubtful about data and view as text, for exports: at most two lines.

    It stands at the left below the corner texts. Data without a doubt get no text: over an image
    it would read as a statement about the patient.
    """
    caveats = (*view_caveats(view), *doubts(volume.caveats))
    words = list(dict.fromkeys(told(caveat.short) for caveat in caveats))
    if not words:
        return []
    compact = is_compact(size_px)
    corners = (_patient_lines(volume.stack.patient, compact), _study_lines(volume, compact))
    above = max(len(list(filter(None, lines))) for lines in corners)
    room_px = max(size_px[0] * _BADGE_SHARE, min(size_px[0], _COMPACT_WIDTH_PX) - 2 * _MARGIN_PX)
    lines = _two_lines(words, int(room_px / _BADGE_LETTER_PX))
    above += 1 if compact else 0  # the letter at the upper edge
    middle_px = _MARGIN_PX + (above + len(lines) / 2) * _LINE_PX + _BADGE_GAP_PX
    place = (_MARGIN_PX, middle_px)
    return [TextItem((0.0, 0.0), "\n".join(lines), Align.LEFT, BADGE, place, Space.VIEW)]


def _two_lines(words: list[str], letters: int) -> list[str]:
    """Join short texts on at most two lines; what has no room is counted."""
    for shown in range(len(words), 0, -1):
        left = len(words) - shown
        parts = words[:shown] + ([tr("{left} more", left=left)] if left else [])
        lines = [parts[0]]
        for part in parts[1:]:
            if len(lines[-1]) + len(_SEPARATOR) + len(part) <= letters:
                lines[-1] += _SEPARATOR + part
            else:
                lines.append(part)
        if len(lines) <= 2:
            return lines
    return [tr("{count} data caveats", count=len(words))]


def stamp(size_px: tuple[float, float]) -> list[Drawable]:
    """Return the line that every export carries; above the corner texts where they would meet."""
    is_narrow = size_px[0] < _STAMP_WIDTH_PX
    lift_px = (
        _LOWEST_LINE_PX + (_BOTTOM_LINES * _LINE_PX if is_narrow else _LINE_PX) + _BADGE_GAP_PX
    )
    return [TextItem((0.5, 1.0), tr(STAMP_TEXT), Align.BOTTOM, DIM, (0.0, -lift_px), Space.VIEW)]


def fidelity_text(caveats: tuple[Caveat, ...]) -> str:
    """Return the short text of the fidelity badge; notes do not count."""
    count = len(doubts(caveats))
    if not count:
        return tr(CHECKS_PASSED)
    return tr("1 data caveat") if count == 1 else tr("{count} data caveats", count=count)


def fidelity_tooltip(caveats: tuple[Caveat, ...]) -> str:
    """Return the longer text of the fidelity badge: what was checked, caveats and notes."""
    return "\n".join((*fidelity_lines(caveats), tr(ABOUT_DATA)))


def fidelity_lines(caveats: tuple[Caveat, ...]) -> list[str]:
    """Return what the data checks found, a line each."""
    checked = [] if doubts(caveats) else [tr(CHECKED)]
    return checked + [f"• {told(caveat.text)}" for caveat in caveats]


def position_text(point_lps: PointLps) -> str:
    """Return a position by patient letters ("L 12.3  P 45.0  S 101.2 mm")."""
    letters = (("R", "L"), ("A", "P"), ("I", "S"))
    parts = [
        f"{pair[int(value >= 0)]} {abs(value):.1f}"
        for pair, value in zip(letters, point_lps, strict=True)
    ]
    return "  ".join(parts) + " mm"


def pixel_text(geometry: VolumeGeometry, point_lps: PointLps) -> str:
    """Return a position by column and row, counted from 1 ("column 12  row 45")."""
    _, row, column = (round(float(i)) + 1 for i in geometry.lps_to_index(point_lps))
    return tr("column {column}  row {row}", column=column, row=row)


def value_text(volume: Volume, point_lps: PointLps) -> str:
    """Return the value of the voxel at a point with its unit, or "" outside the volume."""
    geometry = volume.geometry
    index = geometry.lps_to_index(point_lps)
    if not geometry.contains_index(index):
        return ""
    key = tuple(
        min(max(round(float(i)), 0), n - 1) for i, n in zip(index, geometry.shape_zyx, strict=True)
    )
    if volume.is_colour:
        red, green, blue = (int(x) for x in volume.data[key])
        return tr("RGB {red} {green} {blue}", red=red, green=green, blue=blue)
    mask = volume.invalid_mask(key)
    if mask is not None and bool(mask):
        return tr("no value (padding)")
    return number_with_unit(float(volume.data[key]), volume.stack.unit)


def date_text(date: str) -> str:
    """Return a DICOM date (DA) as 2026-11-21; anything else unchanged."""
    plain = date.strip()
    if len(plain) == 10 and plain[4] == plain[7] == ".":  # as ACR-NEMA wrote it
        plain = plain.replace(".", "")
    if len(plain) == 8 and plain.isdigit():
        return f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    return plain


def time_text(time: str) -> str:
    """Return a DICOM time (TM) as 14:05:09; anything else unchanged."""
    digits = time.strip().partition(".")[0]
    if len(digits) >= 4 and digits.isdigit():
        return ":".join(digits[i : i + 2] for i in range(0, min(len(digits), 6), 2))
    return time.strip()


def name_text(name: str) -> str:
    """Return a DICOM person name (PN) as "Family, Given Middle"."""
    family, _, given = name.partition("^")
    rest = " ".join(part for part in given.split("^") if part)
    return f"{family}, {rest}" if rest else family


def _place_text(volume: Volume, point_lps: PointLps) -> str:
    """Return a position in the patient where the files give one, else column and row."""
    geometry = volume.geometry
    is_placed = geometry.orientation_known and volume.stack.has_positions
    if not is_placed or geometry.calibration is not Calibration.PATIENT:
        return pixel_text(geometry, point_lps)
    return position_text(point_lps)


def _corner(align: Align, text: str) -> TextItem:
    right = align in (Align.TOP_RIGHT, Align.BOTTOM_RIGHT)
    bottom = align in (Align.BOTTOM_LEFT, Align.BOTTOM_RIGHT)
    return TextItem(
        (float(right), float(bottom)),
        text,
        align,
        TEXT,
        (-_MARGIN_PX if right else _MARGIN_PX, -_LOWEST_LINE_PX if bottom else _MARGIN_PX),
        Space.VIEW,
    )


def _patient_lines(patient: Patient, compact: bool) -> list[str]:
    born = date_text(patient.birth_date)
    person = "  ".join(x for x in (born, patient.age, patient.sex) if x)
    lines = [name_text(patient.name), patient.patient_id, person]
    return lines[:2] if compact else lines


def _study_lines(volume: Volume, compact: bool) -> list[str]:
    labels = volume.stack.labels
    when = "  ".join(x for x in (date_text(labels.date), time_text(labels.time)) if x)
    if compact:
        return [when]
    accession = tr("Acc {accession}", accession=labels.accession) if labels.accession else ""
    return [labels.institution, labels.study_description, accession, when]


def _window_lines(
    volume: Volume,
    view: ResolvedView,
    transform: ScreenTransform,
    cursor: Cursor | None,
    compact: bool,
) -> list[str]:
    lines = []
    if cursor is not None:
        point_lps, said = cursor
        if value := value_text(volume, point_lps) if said is None else said:
            lines += [value, _place_text(volume, point_lps)]
    lines.append("  ".join(standing_words(view)))
    zoom = transform.px_per_mm * view.plane.spacing_vu_mm[1]
    lines.append(
        tr("Zoom {zoom:.2f}x", zoom=zoom) + (f"  {tr('inverted')}" if view.inverted else "")
    )
    if not volume.is_colour:
        lines.append(_window_line(volume.stack, view, compact))
    return lines


def _window_line(stack: Stack, view: ResolvedView, compact: bool) -> str:
    """Return the window with its name, for which a small viewport has no room."""
    name = preset_name(stack, view.preset, view.window)
    if compact:
        name = tr("automatic") if is_replaced(stack, view.preset, view.window) else ""
    if isinstance(view.window, VoiLut):
        return tr("VOI LUT  {name}", name=name).rstrip()
    kind = "sigmoid  " if view.window.function is VoiFunction.SIGMOID else ""
    width, level = shown_numbers(view.preset, view.window, stack.unit)
    return f"W {width}  L {level}  {kind}{name}".rstrip()


def _image_lines(volume: Volume, view: ResolvedView, compact: bool) -> list[str]:
    labels = volume.stack.labels
    number = (
        tr("Se {series_number}", series_number=labels.series_number) if labels.series_number else ""
    )
    # What tells a stack from others of its series is worth more than the series' description.
    description = "" if compact and labels.part else labels.series_description
    series = "  ".join(x for x in (number, description, labels.part) if x)
    thickness = _thickness(volume)
    technique = "  ".join(x for x in (thickness, _kvp(labels.kvp), labels.kernel) if x)
    where = [_location(volume.geometry, view), _image_number(volume.stack, view)]
    return [series, thickness, *where] if compact else [series, technique, *where]


def _image_number(stack: Stack, view: ResolvedView) -> str:
    """Return the place in the stack, and of an acquired image the number that its file has."""
    place = f"{view.index + 1} / {view.count}"
    if not view.is_acquired:
        kind = tr("Slab") if view.along_slices else "MPR"
        return f"{kind if view.rotation is None else tr('Oblique')} {place}"
    frame = stack.frame_of_slice[view.index]
    number = None if frame is None else stack.frames[frame].instance_number
    return (
        tr("Im {place}", place=place)
        if number is None
        else tr("Im {place}  Inst {number}", place=place, number=number)
    )


def _thickness(volume: Volume) -> str:
    thickness = volume.stack.labels.slice_thickness_mm
    return "" if thickness is None else tr("Thickness {thickness:.4g} mm", thickness=thickness)


def _kvp(kvp: str) -> str:
    return tr("{kvp} kVp", kvp=kvp) if kvp else ""


def _location(geometry: VolumeGeometry, view: ResolvedView) -> str:
    """Return where the slice lies along the patient axis nearest to its normal."""
    if not (geometry.orientation_known and geometry.calibration is Calibration.PATIENT):
        return ""
    if view.is_acquired and not geometry.z_known:
        return ""
    center = view.plane.uv_to_lps(center_uv_mm(view.plane))
    axis = int(abs(view.plane.normal_lps).argmax())
    letter = (("R", "L"), ("A", "P"), ("I", "S"))[axis][int(center[axis] >= 0)]
    return tr("Loc {letter} {center:.1f} mm", letter=letter, center=abs(float(center[axis])))
