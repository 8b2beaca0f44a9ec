"""Tests of viewer.dicom.sop_classes against pydicom's dictionary of UIDs (PS3.6 annex A)."""

import pytest
from pydicom._uid_dict import UID_dictionary

from viewer.dicom.sop_classes import describe_object, is_image_class, is_object_class

ROOT = "1.2.840.10008.5.1.4."
STORAGE = {
    uid: entry[0]
    for uid, entry in UID_dictionary.items()
    if entry[1] == "SOP Class" and "Storage" in entry[0] and uid.startswith(ROOT)
}
IMAGE_WORDS = (
    "Image",
    "US Volume",
    "RT Dose",
    "Parametric Map",
    "B-scan",
    "Thickness Map",
    "Topography Map",
)
SHOWN = {f"{ROOT}1.1.501.{n}" for n in (4, 5, 6)}
"""Automated threat recognition: pixel objects whose names do not say image."""


@pytest.mark.parametrize("uid", STORAGE, ids=STORAGE.get)
def test_every_standard_storage_class_is_an_image_or_an_object_with_a_name(uid):
    is_image = any(word in STORAGE[uid] for word in IMAGE_WORDS) or uid in SHOWN
    assert is_image_class(uid) == is_image
    assert is_object_class(uid) == (not is_image)
    if not is_image:
        what = describe_object(uid)
        assert "unknown" not in what
        assert what.isprintable()


@pytest.mark.parametrize(
    ("suffix", "words"),
    [
        ("1.1.88.67", "a structured report (X-ray radiation dose)"),
        ("1.1.104.1", "an encapsulated PDF document"),
        ("1.1.66.4", "a segmentation"),
        ("1.1.481.3", "a radiotherapy structure set"),
        ("1.1.11.1", "a presentation state (grey scale)"),
        ("1.1.88.59", "a key object selection"),
        ("1.1.9.1.1", "a waveform (12-lead ECG)"),
        ("1.1.66", "raw data"),
        ("1.1.88.999", "a structured report"),
        ("1.1.481.99", "a radiotherapy object"),
        ("7.7", "an object of an unknown kind"),
    ],
)
def test_names(suffix, words):
    assert describe_object(ROOT + suffix) == words


def test_a_class_newer_than_the_table_is_known_by_its_family_only():
    assert is_object_class(f"{ROOT}1.1.88.999")
    assert not is_object_class(f"{ROOT}1.1.1234")
    assert not is_image_class(f"{ROOT}1.1.1234")


def test_a_private_class_is_neither():
    assert not is_object_class("1.3.12.2.1107.5.9.1")
    assert not is_image_class("1.3.12.2.1107.5.9.1")
    assert describe_object("1.3.12.2.1107.5.9.1") == "an object of a private kind"
