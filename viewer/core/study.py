"""What was found on disk: studies, series and stacks, as values."""

from dataclasses import dataclass, field, replace

from viewer.core.caveats import Caveat
from viewer.core.errors import Problem
from viewer.core.geometry import VolumeGeometry, opposite_letters
from viewer.core.image_graphics import OverlayPlane
from viewer.core.patient import same_patient
from viewer.core.ultrasound import UltrasoundRegion
from viewer.core.window import VoiTransform


@dataclass(frozen=True, slots=True)
class Patient:
    """Identity as the files give it, decoded; shown on the image, never logged.

    `issuer` says whose ID it is: two hospitals may give the same one to two people.
    """

    name: str = ""
    patient_id: str = ""
    birth_date: str = ""
    age: str = ""
    sex: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A window or VOI look-up table that the files offer, with its explanation."""

    name: str
    window: VoiTransform


@dataclass(frozen=True, slots=True)
class FrameRef:
    """One image: a file (or a ZIP member of it) and a frame number within it.

    Attributes
    ----------
    path : str
        File path; a ZIP archive when `member` is set.
    member : str
        Name inside the archive, or empty.
    frame : int
        0-based frame of a multi-frame object.
    sop_uid : str
        SOP Instance UID.
    instance_number : int or None
        As in the file.
    position_mm : float or None
        Projection of the image position on the slice normal; None without geometry.
    """

    path: str
    member: str
    frame: int
    sop_uid: str
    instance_number: int | None
    position_mm: float | None


@dataclass(frozen=True, slots=True)
class StackKey:
    """Identity of a stack: its series and its place among that series' stacks."""

    series_uid: str
    stack: int


@dataclass(frozen=True, slots=True)
class StackLabels:
    """Texts for the image corners; empty where the files say nothing.

    Attributes
    ----------
    part : str
        What tells the stack from the others of its series: "time point 3", "echo 4.5 ms".
    view : str
        View of a projection image ("L CC", "PA").
    row_letters, column_letters : str
        Patient letters towards which rows and columns of the stored image run, for images
        without a place in space.
    burned_in : str
        Burned In Annotation: "YES", "NO" or "" where the files are silent.
    """

    institution: str = ""
    study_description: str = ""
    accession: str = ""
    date: str = ""
    time: str = ""
    series_number: str = ""
    series_description: str = ""
    slice_thickness_mm: float | None = None
    kvp: str = ""
    kernel: str = ""
    contrast: str = ""
    manufacturer: str = ""
    part: str = ""
    view: str = ""
    row_letters: str = ""
    column_letters: str = ""
    burned_in: str = ""


def stated_edge_letters(labels: StackLabels) -> dict[str, str]:
    """Return the letters at the edges of an image without a place in space; {} for none."""
    row, column = labels.row_letters, labels.column_letters
    if not row:
        return {}
    edges = {"left": opposite_letters(row), "right": row}
    return {**edges, "top": opposite_letters(column), "bottom": column}


def shown_unit(unit: str | None) -> str:
    """Return the unit to write behind values, "" for none.

    "US" (unspecified, PS3.3 C.11.1.1.2) would be read as ultrasound.
    """
    return unit if unit and unit != "US" else ""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Images of one series that form one regular volume, ordered along the normal.

    Attributes
    ----------
    frames : tuple of FrameRef
        In volume order (lowest position along row x column first). Placeholders of missing
        slices are not among them; `frame_of_slice` maps volume slices to frames.
    frame_of_slice : tuple of (int or None)
        For each z of the volume, the index into `frames`, or None for a placeholder.
    dtype : str
        "int16", "uint8" (colour) or "float32": the dtype the volume will have.
    unit : str or None
        "HU", "BQML", ... or None where the numbers have no unit.
    windows : tuple of NamedWindow
        What the files offer, look-up tables first; the first one is shown at opening.
    samples : int
        1 grey, 3 RGB.
    inverted : bool
        MONOCHROME1: shown inverted; values stay.
    fps : float or None
        Frames a second of a cine, where the files tell it.
    overlays : tuple of OverlayPlane
        Overlay planes on its images, each once.
    regions : tuple of UltrasoundRegion
        Regions of its images, the same in all of them; empty for all but ultrasound.
    """

    key: StackKey
    modality: str
    frames: tuple[FrameRef, ...]
    frame_of_slice: tuple[int | None, ...]
    geometry: VolumeGeometry
    dtype: str
    unit: str | None
    patient: Patient = field(default_factory=Patient)
    labels: StackLabels = field(default_factory=StackLabels)
    windows: tuple[NamedWindow, ...] = ()
    image_type: tuple[str, ...] = ()
    samples: int = 1
    inverted: bool = False
    lossy_ratio: float | None = None
    fps: float | None = None
    caveats: tuple[Caveat, ...] = ()
    overlays: tuple[OverlayPlane, ...] = ()
    regions: tuple[UltrasoundRegion, ...] = ()

    @property
    def sop_uids(self) -> tuple[str, ...]:
        """SOP Instance UIDs in volume order."""
        return tuple(frame.sop_uid for frame in self.frames)

    @property
    def has_positions(self) -> bool:
        """Whether the files say where each image lies in the patient."""
        return all(frame.position_mm is not None for frame in self.frames)

    @property
    def opening_slice(self) -> int:
        """The z to show first: where a cine begins, the middle of a volume."""
        return 0 if self.fps else self.geometry.shape_zyx[0] // 2


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A DICOM series and the stacks it falls into, the largest first."""

    series_uid: str
    modality: str
    number: str
    description: str
    stacks: tuple[Stack, ...]

    @property
    def order(self) -> tuple[int, str]:
        """What the series of a study are sorted by: their number, then their UID."""
        is_number = self.number.lstrip("-").isdecimal()
        return (int(self.number) if is_number else 1 << 31, self.series_uid)


@dataclass(frozen=True, slots=True)
class StudyKey:
    """Identity of a study. Files of two patients never become one study, whatever their UIDs."""

    study_uid: str
    patient_id: str
    patient_name: str


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A DICOM study."""

    study_uid: str
    patient: Patient
    description: str
    date: str
    series: tuple[Series, ...]

    @property
    def key(self) -> StudyKey:
        """Identity of the study."""
        return StudyKey(self.study_uid, self.patient.patient_id, self.patient.name)

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """All stacks in the order of the series."""
        return tuple(stack for series in self.series for stack in series.stacks)


@dataclass(frozen=True, slots=True)
class DicomObject:
    """A DICOM file that holds no image for a viewport: a report, a segmentation, a plan ...

    Attributes
    ----------
    path : str
        File; with "!" and a name for a member of an archive.
    sop_class : str
        SOP Class UID.
    what : str
        What it is, in words ("structured report").
    study : StudyKey
        The study it belongs to.
    description : str
        Series Description or title, decoded.
    """

    path: str
    sop_class: str
    what: str
    study: StudyKey
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class StudyIndex:
    """The result of a scan, or of several: then the counts and lists are those of the last one.

    Attributes
    ----------
    files : int
        Number of files (and archive members) that are DICOM, those with problems among them.
    skipped : tuple of Problem
        Files that are not DICOM, with the reason.
    problems : tuple of Problem
        DICOM files that cannot be used, with the reason.
    objects : tuple of DicomObject
        DICOM files of other kinds than images.
    """

    files: int
    studies: tuple[Study, ...]
    skipped: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    objects: tuple[DicomObject, ...] = ()

    def stacks(self) -> tuple[Stack, ...]:
        """Return all stacks in the order of studies and series."""
        return tuple(stack for study in self.studies for stack in study.stacks)

    def find_stack(self, key: StackKey) -> Stack | None:
        """Return the stack with this key, or None."""
        return next((stack for stack in self.stacks() if stack.key == key), None)

    def find_study(self, key: StackKey) -> Study | None:
        """Return the study that holds the stack with this key, or None."""
        return next((s for s in self.studies if any(stack.key == key for stack in s.stacks)), None)

    def beside(self, key: StackKey, delta: int) -> Stack | None:
        """Return the stack so many places on (negative: back), never that of another patient."""
        stacks = [stack for study in self._of_patient(key) for stack in study.stacks]
        if not stacks:
            return None
        wanted = [stack.key for stack in stacks].index(key) + delta
        return stacks[wanted] if 0 <= wanted < len(stacks) else None

    def study_beside(self, key: StackKey, delta: int) -> Study | None:
        """Return the study so many places on (negative: back), never that of another patient."""
        studies = self._of_patient(key)
        here = next((n for n, s in enumerate(studies) if s is self.find_study(key)), None)
        wanted = -1 if here is None else here + delta
        return studies[wanted] if 0 <= wanted < len(studies) else None

    def _of_patient(self, key: StackKey) -> list[Study]:
        """Return the studies of the patient of a stack; without any identity only its own."""
        study = self.find_study(key)
        if study is None:
            return []
        return [s for s in self.studies if s is study or same_patient(s.patient, study.patient)]

    def with_scan(self, new: "StudyIndex") -> "StudyIndex":
        """Return this index with what another scan found.

        A series that was found again is replaced, a study gets its new series, other studies
        follow, as do other objects; counts, skipped files and problems are those of the new scan.
        """
        again = {series.series_uid for study in new.studies for series in study.series}
        merged = {
            study.key: [series for series in study.series if series.series_uid not in again]
            for study in self.studies
        }
        facts = {study.key: study for study in (*self.studies, *new.studies)}
        for study in new.studies:
            merged.setdefault(study.key, []).extend(study.series)
        studies = (
            replace(facts[key], series=tuple(sorted(series, key=lambda s: s.order)))
            for key, series in merged.items()
            if series
        )
        objects = {found.path: found for found in (*self.objects, *new.objects)}
        return replace(new, studies=tuple(studies), objects=tuple(objects.values()))

    def without(self, key: StudyKey) -> "StudyIndex":
        """Return this index without a study."""
        return replace(
            self,
            studies=tuple(study for study in self.studies if study.key != key),
            objects=tuple(found for found in self.objects if found.study != key),
        )
