"""Undo across closing, reopening and restarting, against a plain model of what was done."""

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.inline_runner import InlineRunner
from tests.support.volumes import make_volume
from viewer.app import annotations
from viewer.app.annotations import AnnotationKeeper
from viewer.app.pairs import PairKeeper
from viewer.core.commands import (
    Command,
    PutKeyImage,
    PutShape,
    RemoveKeyImage,
    RemoveShape,
    SetPair,
    Together,
)
from viewer.core.document import AnnotationDocument
from viewer.core.history import LIMIT
from viewer.core.key_image import KeyImage
from viewer.core.layout import grid_layout
from viewer.core.links import Rigid
from viewer.core.plane import Orientation
from viewer.core.session import OpenStack, Session
from viewer.core.shapes import LengthShape
from viewer.core.study import StackKey
from viewer.core.view_state import ViewportState
from viewer.jobs.runner import JobRunner
from viewer.store.annotations import AnnotationStore
from viewer.store.pairs import PairStore

SERIES = ("1.1", "2.2")


def mark(series: str, uid: str, length_mm: float, **attributes: Any) -> LengthShape:
    return LengthShape(
        frame_of_reference_uid="1.2",
        stack=StackKey(series, 1),
        normal_lps=(0.0, 0.0, 1.0),
        uid=uid,
        start_lps=(1.0, 2.0, 3.0),
        end_lps=(1.0 + length_mm, 2.0, 3.0),
        **attributes,
    )


def key_image(series: str, uid: str, comment: str) -> KeyImage:
    stack = StackKey(series, 1)
    return KeyImage(
        stack=stack, sop_uid=f"{series}.{uid}", frame=0, slice_z=3, comment=comment, uid=uid
    )


class Program:
    """A session with its keepers over one folder, as the window builds them."""

    def __init__(self, folder: Path) -> None:
        self.session = Session()
        self.session.set_layout(grid_layout(1, 2), {}, "1")
        runner = cast(JobRunner, InlineRunner())
        self.troubles: list[Exception] = []
        self.keeper = AnnotationKeeper(
            AnnotationStore(folder), runner, self.session.undo, self.troubles.append
        )
        self.pairs = PairKeeper(
            PairStore(folder), self.session.links, self.session.undo, runner, self.troubles.append
        )

    def show(self, place: str, series: str) -> None:
        volume = make_volume()
        volume = replace(volume, stack=replace(volume.stack, key=StackKey(series, 1)))
        opened = OpenStack(volume, self.keeper.open_document(series))
        self.session.show(place, opened, ViewportState(Orientation.AXIAL))

    def document(self, series: str) -> AnnotationDocument:
        return self.keeper.open_document(series)

    def close(self) -> None:
        self.keeper.close()
        self.pairs.close()


State = tuple[tuple[Any, ...], tuple[Any, ...]]
EMPTY: State = ((), ())


@dataclass
class Model:
    """What each target was before and after each step, in the order of work."""

    now: dict[str, Any] = field(default_factory=dict)
    done: list[tuple[str, Any, Any]] = field(default_factory=list)
    undone: list[tuple[str, Any, Any]] = field(default_factory=list)

    def do(self, target: str, after: object, is_open: dict[str, bool]) -> None:
        self.done.append((target, self.now.get(target), after))
        self.undone = [step for step in self.undone if step[0] != target and not is_open[step[0]]]
        self.now[target] = after

    def move(self, back: bool, is_open: dict[str, bool]) -> None:
        source, other = (self.done, self.undone) if back else (self.undone, self.done)
        for number in reversed(range(len(source))):
            target, before, after = source[number]
            if is_open[target]:
                other.append(source.pop(number))
                self.now[target] = before if back else after
                return


def put(values: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if value.uid in [known.uid for known in values]:
        return tuple(value if known.uid == value.uid else known for known in values)
    return (*values, value)


ACTIONS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["mark", "remove", "key", "unkey", "lock"]),
            st.sampled_from(SERIES),
            st.sampled_from("abc"),
            st.integers(1, 30),
        ),
        st.tuples(st.sampled_from(["undo", "redo"])),
        st.tuples(st.just("pair"), st.one_of(st.none(), st.floats(-50, 50))),
        st.tuples(st.just("show"), st.sampled_from("12"), st.sampled_from((*SERIES, "9.9"))),
        st.tuples(st.sampled_from(["restart", "close all"])),
    ),
    max_size=40,
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTIONS)
def test_the_documents_equal_a_model(tmp_path_factory, monkeypatch, actions) -> None:
    monkeypatch.setattr(annotations, "DEBOUNCE_S", 0.0)
    folder = tmp_path_factory.mktemp("marks")
    program, model = Program(folder), Model()
    for action, *rest in actions:
        step(program, model, action, rest)
        if action == "restart":
            program.close()
            program = Program(folder)
            for series in SERIES:  # reads what was kept; nothing is shown yet
                program.document(series)
        for series in SERIES:
            document = program.document(series)
            assert (tuple(document), document.key_images) == (model.now.get(series) or EMPTY)
        assert program.session.links.pair(*SERIES) == model.now.get("pair")
        can = opened(program)
        assert (program.session.undo.undo_text is None) == (not any(can[s[0]] for s in model.done))
        assert (program.session.undo.redo_text is None) == (
            not any(can[s[0]] for s in model.undone)
        )
    program.close()
    assert program.troubles == []


def opened(program: Program) -> dict[str, bool]:
    shown = {key.series_uid for key in program.session.stacks}
    return {**{series: series in shown for series in SERIES}, "pair": shown >= set(SERIES)}


def step(program: Program, model: Model, action: str, rest: list[Any]) -> None:
    undo = program.session.undo
    if action in ("undo", "redo"):
        model.move(action == "undo", opened(program))
        undo.undo() if action == "undo" else undo.redo()
    elif action == "pair":
        rigid = None if rest[0] is None else Rigid((0.0, 0.0, rest[0]))
        model.do("pair", rigid, opened(program))
        undo.run_on(SetPair(*SERIES, rigid), program.session.links)
    elif action == "show":
        program.show(*rest)
    elif action == "close all":
        program.session.set_volume(None, AnnotationDocument(""), program.session.display)
    elif action != "restart":
        edit(program, model, action, *rest)


def edit(
    program: Program, model: Model, action: str, series: str, uid: str, length_mm: int
) -> None:
    document = program.document(series)
    marks, images = model.now.get(series) or EMPTY
    command: Command[AnnotationDocument]
    if action in ("mark", "lock"):
        shape = mark(series, uid, length_mm, locked=action == "lock")
        command, after = PutShape(shape), (put(marks, shape), images)
    elif action == "key":
        image = key_image(series, uid, f"no. {length_mm}")
        command, after = PutKeyImage(image), (marks, put(images, image))
    elif action == "remove" and document.get(uid):
        left = tuple(shape for shape in marks if shape.uid != uid)
        command, after = Together((RemoveShape(uid),)), (left, images)
    elif action == "unkey" and document.key_image(uid):
        left = tuple(image for image in images if image.uid != uid)
        command, after = RemoveKeyImage(uid), (marks, left)
    else:
        return
    model.do(series, after, opened(program))
    program.session.undo.run_on(command, document)


@pytest.fixture
def one(tmp_path, monkeypatch):
    monkeypatch.setattr(annotations, "DEBOUNCE_S", 0.0)
    program = Program(tmp_path)
    program.show("1", "1.1")
    return program


def run(program: Program, *commands: Command[AnnotationDocument]) -> None:
    for command in commands:
        program.session.undo.run_on(command, program.document("1.1"))


def test_a_deleted_last_mark_comes_back_after_a_restart(one, tmp_path):
    run(one, PutShape(mark("1.1", "a", 5)), RemoveShape("a", "mark"))
    one.close()
    again = Program(tmp_path)
    assert again.session.undo.undo_text is None  # not open yet
    again.show("1", "1.1")
    assert again.session.undo.undo_text == "mark"
    again.session.undo.undo()
    assert [shape.uid for shape in again.document("1.1")] == ["a"]
    again.session.undo.undo()
    assert len(again.document("1.1")) == 0
    again.session.undo.redo()
    assert [shape.uid for shape in again.document("1.1")] == ["a"]


def test_the_history_is_bounded(one, tmp_path):
    for number in range(LIMIT + 30):
        run(one, PutShape(mark("1.1", "a", number + 1)))
    one.close()
    again = Program(tmp_path)
    again.show("1", "1.1")
    for _ in range(LIMIT + 30):
        again.session.undo.undo()
    (left,) = again.document("1.1")
    assert left == mark("1.1", "a", 30)


@pytest.mark.expects_log_warnings
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"colour":""', b'"colour":"green"'),  # another program changed a mark
        (b'"do":"put_mark"', b'"do":"blow_up"'),
        (b'"undo":[', b'"undo":[3, '),
        (b'"do":"remove_mark",', b'"do":"remove_mark", "x": [[[[[[]]]]]],'),  # fits: ignored
    ],
)
def test_a_history_that_does_not_fit_costs_no_mark(one, tmp_path, caplog, old, new):
    run(one, PutShape(mark("1.1", "a", 5)), PutShape(mark("1.1", "b", 6)), RemoveShape("a"))
    one.close()
    path = AnnotationStore(tmp_path).path_of("1.1")
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    again = Program(tmp_path)
    with caplog.at_level(logging.WARNING):
        again.show("1", "1.1")
    assert [shape.uid for shape in again.document("1.1")] == ["b"]
    assert again.troubles == []
    fits = b'"x"' in new
    assert (again.session.undo.undo_text is None) != fits
    assert ("left out" in caplog.text) != fits


def test_a_forged_step_that_cannot_be_carried_out_is_left_out(one, tmp_path, caplog):
    run(one, PutShape(mark("1.1", "a", 5)))
    one.close()
    path = AnnotationStore(tmp_path).path_of("1.1")
    head, tail = path.read_bytes().split(b'"history"')
    path.write_bytes(head + b'"history"' + tail.replace(b'"uid":"a"', b'"uid":"zzz"'))
    again = Program(tmp_path)
    with caplog.at_level(logging.CRITICAL, logger="viewer"):
        again.show("1", "1.1")
    assert len(again.document("1.1")) == 1
    assert again.session.undo.undo_text is None


def test_pairs_that_share_a_pair_keep_their_order(one):
    session = one.session
    ab, ac = ("1.1", "2.2"), ("1.1", "3.3")
    one_mm, two_mm = Rigid((0.0, 0.0, 1.0)), Rigid((0.0, 0.0, 2.0))
    session.undo.run_on(Together((SetPair(*ab, one_mm), SetPair(*ac, one_mm))), session.links)
    session.undo.run_on(SetPair(*ab, two_mm), session.links)
    one.show("2", "3.3")  # only the first step could be seen, but the second builds upon it
    assert session.undo.undo_text is None
    one.show("2", "2.2")
    session.undo.undo()
    assert session.links.pair(*ab) == one_mm
    session.undo.undo()
    assert session.links.pair(*ab) is session.links.pair(*ac) is None
