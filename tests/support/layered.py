"""Two joined series of one patient: a CT and a PET on another grid, without files."""

from dataclasses import replace
from typing import Any

import numpy as np

from tests.support.volumes import make_geometry, make_volume
from viewer.app.layers import shown_view
from viewer.core.document import AnnotationDocument
from viewer.core.layout import grid_layout
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack, Session
from viewer.core.study import NamedWindow, Series, StackKey, Study, StudyIndex
from viewer.core.view_state import DisplayState, ViewportState
from viewer.core.window import HuWindow

CT, PET, PRIOR, STRANGER, ELSEWHERE = (
    StackKey(uid, 1) for uid in ("1.1", "2.2", "3.3", "4.4", "5.5")
)


def named(volume, key, description, *, date="20260102", modality="CT", patient=None):
    labels = replace(
        volume.stack.labels,
        series_number=key.series_uid[0],
        series_description=description,
        date=date,
    )
    stack = replace(
        volume.stack, key=key, labels=labels, modality=modality,
        patient=patient or volume.stack.patient,
    )  # fmt: skip
    return replace(volume, stack=stack)


def ct_volume(key=CT, date="20260102", frame="1.2.3", patient=None):
    """20 x 60 x 80 voxels of 100 z + 10 y + x - 500 HU."""
    volume = make_volume(make_geometry((20, 60, 80), frame_of_reference_uid=frame))
    return named(volume, key, "Thin", date=date, patient=patient)


def pet_volume():
    """A coarser grid inside the CT's; its SUV grows by 0.1 with each mm of y and 0.2 of z."""
    geometry = make_geometry(
        (12, 20, 20), spacing_zyx_mm=(4.0, 2.1, 2.3), origin_lps_mm=np.array([-25.0, 15.0, -100.0])
    )
    zyx = np.indices(geometry.shape_zyx).reshape(3, -1).T
    data = suv_at(geometry.index_to_lps(zyx)).reshape(geometry.shape_zyx).astype(np.float32)
    volume = make_volume(
        geometry, unit="SUVbw", data=data, dtype="float32",
        windows=(NamedWindow("", HuWindow(30, 15)),),
    )  # fmt: skip
    return named(volume, PET, "WB", modality="PT")


def suv_at(points_lps):
    return 0.1 * (points_lps[..., 1] - 11.0) + 0.2 * (points_lps[..., 2] + 101.0)


def all_volumes():
    stranger = replace(ct_volume().stack.patient, patient_id="P-8", name="Roe^Max")
    return {
        CT: ct_volume(),
        PET: pet_volume(),
        PRIOR: ct_volume(PRIOR, "20250301"),
        STRANGER: ct_volume(STRANGER, patient=stranger),
        ELSEWHERE: ct_volume(ELSEWHERE, frame="7.7.7"),
    }


def opened(volume):
    count = volume.geometry.shape_zyx[0]
    document = AnnotationDocument(volume.stack.key.series_uid)
    return OpenStack(volume, document, frozenset(range(count)))


def view_of(session: Session, viewport_id: str = "1") -> Any:
    """Return what a viewport shows, with its layer."""
    view = shown_view(session, viewport_id)
    assert view is not None
    return view


def fill(session: Session):
    """Show the CT in one place of a session; the index has all the series."""
    volumes = all_volumes()
    series = tuple(
        Series(key.series_uid, v.stack.modality, key.series_uid[0], "", (v.stack,))
        for key, v in volumes.items()
    )
    study = Study("1", volumes[CT].stack.patient, "Chest", "20260102", series)
    session.set_index(StudyIndex(1, (study,)))
    session.set_layout(grid_layout(1, 1), {}, "1")
    display = DisplayState(HuWindow(400, 40))
    session.show("1", opened(volumes[CT]), ViewportState(Orientation.AXIAL, display, CT, index=8))
    return volumes
