"""Commands and undo, against a plain dictionary and its history."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.core.commands import PutShape, RemoveShape, Together
from viewer.core.document import AnnotationDocument
from viewer.core.shapes import LengthShape
from viewer.core.study import StackKey
from viewer.core.undo import UndoStack


def mark(uid: str, length_mm: float = 10.0) -> LengthShape:
    return LengthShape(
        frame_of_reference_uid="1.2",
        stack=StackKey("1.2.3", 0),
        normal_lps=(0, 0, 1),
        uid=uid,
        start_lps=(1, 2, 3),
        end_lps=(1 + length_mm, 2, 3),
    )


def content(document: AnnotationDocument) -> dict[str, object]:
    return {shape.uid: shape for shape in document}


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abcd"), st.integers(1, 50)),
        st.tuples(st.just("remove"), st.sampled_from("abcd"), st.just(0)),
        st.tuples(st.sampled_from(["undo", "redo"]), st.just(""), st.just(0)),
    ),
    max_size=30,
)


@given(steps)
def test_history_is_that_of_a_dictionary(actions: list[tuple[str, str, int]]) -> None:
    document = AnnotationDocument("1.2.3")
    stack = UndoStack(document)
    history: list[dict[str, object]] = [{}]
    now = 0
    for action, uid, length_mm in actions:
        if action == "undo":
            stack.undo()
            now = max(now - 1, 0)
        elif action == "redo":
            stack.redo()
            now = min(now + 1, len(history) - 1)
        elif action == "put":
            stack.run(PutShape(mark(uid, length_mm)))
            history[now + 1 :] = [{**history[now], uid: mark(uid, length_mm)}]
            now += 1
        elif uid in history[now]:
            stack.run(RemoveShape(uid))
            history[now + 1 :] = [{k: v for k, v in history[now].items() if k != uid}]
            now += 1
        assert content(document) == history[now]
        assert (stack.undo_text is None) == (now == 0)
        assert (stack.redo_text is None) == (now == len(history) - 1)


def test_a_group_is_one_step_and_runs_backwards() -> None:
    document = AnnotationDocument("1.2.3", (mark("a"),))
    stack = UndoStack(document)
    moved = replace(mark("a"), label="moved")
    stack.run(Together((PutShape(moved), RemoveShape("a"), PutShape(mark("b"))), "all marks"))
    assert set(content(document)) == {"b"}
    assert stack.undo_text == "all marks"
    stack.undo()
    assert content(document) == {"a": mark("a")}
    stack.redo()
    assert set(content(document)) == {"b"}


@given(st.lists(st.sampled_from("abcd"), unique=True, min_size=1))
def test_undone_deletes_stand_where_they_stood(uids: list[str]) -> None:
    document = AnnotationDocument("1.2.3", tuple(mark(uid) for uid in "abcd"))
    stack = UndoStack(document)
    stack.run(Together(tuple(RemoveShape(uid) for uid in uids)))
    stack.undo()
    assert [shape.uid for shape in document] == list("abcd")
    stack.redo()
    assert [shape.uid for shape in document] == [uid for uid in "abcd" if uid not in uids]
    stack.undo()
    assert [shape.uid for shape in document] == list("abcd")


def test_removing_what_is_not_there_changes_nothing() -> None:
    stack = UndoStack(AnnotationDocument("1.2.3"))
    with pytest.raises(KeyError):
        stack.run(RemoveShape("a"))
    assert stack.undo_text is None


def test_a_new_command_forgets_what_was_undone() -> None:
    stack = UndoStack(AnnotationDocument("1.2.3"))
    stack.run(PutShape(mark("a"), "length"))
    stack.undo()
    assert stack.redo_text == "length"
    stack.run(PutShape(mark("b")))
    assert stack.redo_text is None
    stack.redo()
    assert set(content(stack.document)) == {"b"}


def test_listeners_hear_of_every_change() -> None:
    stack = UndoStack(AnnotationDocument("1.2.3"))
    heard: list[str] = []
    steps_heard: list[None] = []
    stack.document.changed.connect(heard.append)
    stack.changed.connect(lambda: steps_heard.append(None))
    stack.run(PutShape(mark("a")))
    stack.undo()
    stack.redo()
    assert heard == ["a", "a", "a"]
    assert len(steps_heard) == 3
    stack.redo()  # nothing left: silent
    assert len(steps_heard) == 3


def test_putting_an_equal_shape_is_silent() -> None:
    document = AnnotationDocument("1.2.3", (mark("a"),))
    heard: list[str] = []
    document.changed.connect(heard.append)
    document.put(mark("a"))
    assert heard == []
    document.put(mark("a", 20))
    assert heard == ["a"]


def test_a_replaced_shape_keeps_its_place() -> None:
    document = AnnotationDocument("1.2.3", (mark("a"), mark("b")))
    document.put(mark("a", 30))
    assert [shape.uid for shape in document] == ["a", "b"]
    assert len(document) == 2
    assert document.get("c") is None


def test_words_belong_to_the_step_that_made_their_mark() -> None:
    document = AnnotationDocument("1.2.3")
    stack = UndoStack(document)
    worded = replace(mark("a"), label="words")
    stack.run(PutShape(mark("a"), "arrow"))
    before = stack.history_of(document)
    stack.complete_on(PutShape(worded, "label"), document)
    assert (list(document), stack.undo_text) == ([worded], "arrow")
    assert stack.history_of(document) != before  # so that it is saved
    stack.undo()
    assert (list(document), stack.undo_text) == ([], None)
    stack.redo()
    assert list(document) == [worded]
    stack.complete_on(RemoveShape("a"), document)
    assert (list(document), stack.undo_text, stack.redo_text) == ([], None, None)


def test_words_of_an_older_mark_are_a_step_of_their_own() -> None:
    document = AnnotationDocument("1.2.3")
    stack = UndoStack(document)
    stack.run(PutShape(mark("a")))
    stack.run(PutShape(mark("b")))
    stack.complete_on(PutShape(replace(mark("a"), label="words")), document)
    stack.undo()
    assert list(document) == [mark("a"), mark("b")]


def test_a_clock_that_is_set_back_does_not_turn_the_order_of_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([1000, 400, 400, 2000, 10])
    monkeypatch.setattr("viewer.core.undo.time.time_ns", lambda: next(clock, 1))
    documents = [AnnotationDocument(str(number)) for number in range(2)]
    stack = UndoStack(documents[0])
    for number in range(5):
        stack.run_on(PutShape(mark(str(number))), documents[number % 2])
    ordered = [
        stack.history_of(documents[number % 2]).undo[number // 2].time_ns for number in range(5)
    ]
    assert ordered == [1000, 1001, 1002, 2000, 2001]
    # Kept and restored, in whatever order the series are opened, the work is undone backwards.
    again = UndoStack(documents[0])
    for document in reversed(documents):
        again.restore(stack.history_of(document), document)
    gone: list[str] = []
    while again.undo_text is not None:
        here = {uid for document in documents for uid in content(document)}
        again.undo()
        gone += here - {uid for document in documents for uid in content(document)}
    assert gone == ["4", "3", "2", "1", "0"]
