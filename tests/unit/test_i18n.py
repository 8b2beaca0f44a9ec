"""Texts in the language of the window: direct ones, counted ones, and those made in English."""

import pytest

from viewer import i18n
from viewer.i18n import LANGUAGES, spoken, told, tr, tr_n, use_language


@pytest.fixture(autouse=True)
def english_again():
    yield
    use_language("en")


def test_english_is_spoken_as_it_stands():
    assert use_language("en") == "en"
    assert tr("Slice {number} of {count}", number=3, count=7) == "Slice 3 of 7"
    assert tr_n("{n} file", "{n} files", 1) == "1 file"
    assert told("the disk is full") == "the disk is full"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Schicht 3 von 7"),
        ("es", "Corte 3 de 7"),
        ("fr", "Coupe 3 sur 7"),
        ("zh", "层面 3 / 7"),
    ],
)
def test_values_are_put_into_the_translation(language, text):
    assert use_language(language) == language == spoken()
    assert tr("Slice {number} of {count}", number=3, count=7) == text


def test_each_language_counts_its_own_way():
    use_language("fr")
    texts = [tr_n("{n} file", "{n} files", n) for n in (0, 1, 2)]
    assert texts == ["0 fichier", "1 fichier", "2 fichiers"]
    use_language("de")
    assert tr_n("{n} file", "{n} files", 0) == "0 Dateien"


def test_a_language_without_a_catalogue_is_english():
    assert use_language("tlh") == "en"
    assert set(LANGUAGES) == {"en", "de", "es", "fr", "zh"}


def test_a_text_made_elsewhere_is_found_by_its_template():
    use_language("de")
    made = "slices every 2.5 mm"
    assert told(made) == "Schichten alle 2.5 mm"
    assert told("ct.zip!a/b.dcm cannot be opened") == "ct.zip!a/b.dcm kann nicht geöffnet werden"


def test_texts_within_and_behind_each_other_are_translated_one_by_one():
    use_language("de")
    whole = "left out: overlay plane 6000 has no data"
    assert told(whole) == "weggelassen: Overlay-Ebene 6000 hat keine Daten"
    assert told("the disk is full; is empty") == "der Datenträger ist voll; ist leer"


def test_what_nobody_knows_stays_as_it_is():
    use_language("zh")
    assert told("LIDC-IDRI-0001") == "LIDC-IDRI-0001"
    assert told("") == ""
    assert tr("") == ""


def test_braces_in_a_value_do_no_harm():
    use_language("de")
    assert told("{odd} cannot be opened") == "{odd} kann nicht geöffnet werden"


@pytest.mark.expects_log_warnings
@pytest.mark.parametrize("damage", [b"", b"not a catalogue", b"\xde\x12\x04\x95" + b"\xff" * 40])
def test_a_damaged_catalogue_means_english(tmp_path, monkeypatch, damage):
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "hounsfield.mo").write_bytes(damage)
    monkeypatch.setattr(i18n, "resources_dir", lambda: tmp_path)
    assert use_language("de") == "en"
    assert tr("Close") == "Close"
