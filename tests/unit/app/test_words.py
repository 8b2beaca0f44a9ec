"""Words of marks have an end where they are typed and shown, none where a file has them."""

from dataclasses import replace

from viewer.app import mark_edits
from viewer.app.words import LONGEST, kept_words, shown_words
from viewer.core.commands import PutShape
from viewer.core.session import Session
from viewer.core.shapes import ArrowShape
from viewer.core.study import StackKey

LONG = "word " * 10_000 + "end"


def test_typed_words_are_one_line_and_bounded():
    assert kept_words("  a\n b\tc ", "") == "a b c"
    assert len(kept_words("x" * 5000, "")) == LONGEST


def test_shown_words_say_that_there_is_more():
    assert shown_words("short") == "short"
    shown = shown_words(LONG)
    assert len(shown) <= LONGEST
    assert shown.endswith("…")


def test_what_a_file_has_stays_until_it_is_really_changed():
    session = Session()
    arrow = ArrowShape(
        frame_of_reference_uid="1",
        stack=StackKey("1", 0),
        normal_lps=(0.0, 0.0, 1.0),
        tip_lps=(0.0, 0.0, 0.0),
        tail_lps=(1.0, 0.0, 0.0),
        text=LONG,
    )
    session.undo.run(PutShape(arrow))
    mark_edits.rename(session, arrow.uid, shown_words(LONG))
    assert list(session.document) == [arrow]
    mark_edits.rename(session, arrow.uid, "new")
    assert list(session.document) == [replace(arrow, text="new")]
