"""What is reached whatever the days holds every real history: drawn ones of the plain interpreter come to nothing else, and break nothing that was proved."""

import random
from collections import Counter
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.proof.drawn import PACES, SHIPPED, Drawn, drawn, playbook
from tests.proof.many import draw_many

from relance.interpreter.compiled import CompiledStep, compile_playbook
from relance.interpreter.conditions import HOLDS
from relance.interpreter.decision import decide_by
from relance.model import Channel, ContactCap, ContactRules, Duration, Pace, TimeUnit, Way
from relance.proof import any_day, ladder_state
from relance.proof import reach as search
from relance.proof.any_day import BEGUN, MODELLED
from relance.proof.built_in import built_in
from relance.proof.held_promises import promises_of
from relance.proof.promise_file import WAITED
from relance.proof.promises import After, AtMost, Possible, What
from relance.proof.prove import Ruling, case_of, follows_of, prove
from relance.proof.reach import Reach
from relance.proof.replay import replay
from relance.proof.walk import Bounds
from relance.proof.world import levels

#: Those whose search takes seconds; .ci/run proves every playbook besides.
SLOW = ("agence-amiable", "courtois", "en-difficulte", "injonction-de-payer", "negligent", "systematique")
#: Of these, those under each pace would take minutes.
DEAR = ("agence-amiable", "courtois", "injonction-de-payer")


@cache
def reached(name: str, pace: Pace | None) -> Drawn:
    return drawn(name, pace)


@settings(max_examples=4)  # each playbook and pace is searched whole before; all of them by the long test below
@given(name=st.sampled_from([name for name in SHIPPED if name not in SLOW]), pace=st.sampled_from(PACES), seed=st.integers(0, 2**32))
def test_no_drawn_history_leaves_what_was_reached(name: str, pace: Pace | None, seed: int):
    reached(name, pace).stray(random.Random(seed), 50)


@pytest.mark.long
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(which=st.sampled_from([(name, pace) for name in SHIPPED for pace in PACES if pace is None or name not in DEAR]), seed=st.integers(0, 2**32))
def test_many_drawn_histories_leave_nothing_that_was_reached_and_are_the_interpreter_s(which: tuple[str, Pace | None], seed: int):
    one = reached(*which)
    assert list(replay(one.playbook, case_of(one.playbook), one.stray(random.Random(seed), 60).moves()))


@cache
def coarsely(name: str, pace: Pace | None = None) -> Drawn:
    return drawn(name, pace, coarse=True)


@settings(max_examples=4)
@given(name=st.sampled_from(("declic", "litige", "mauvaise-foi")), seed=st.integers(0, 2**32))
def test_no_drawn_history_leaves_what_a_coarse_search_reached(name: str, seed: int):
    coarsely(name).stray(random.Random(seed), 50)


#: An example whose ladder answers seven kinds of event: of all its situations there are too many.
LARGE = "playbooks/examples/refus-delibere.yaml"


@pytest.mark.long
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from([*(each for each in SHIPPED if each not in DEAR), LARGE]), pace=st.sampled_from(PACES), seed=st.integers(0, 2**32))
def test_many_drawn_histories_leave_nothing_that_a_coarse_search_reached(name: str, pace: Pace | None, seed: int):
    coarsely(name, None if name == LARGE else pace).stray(random.Random(seed), 60)


@pytest.mark.long
def test_a_playbook_of_too_many_situations_is_proved_by_a_coarse_search():
    one = playbook(LARGE)
    promises, findings = promises_of(one, Path(LARGE))
    assert not findings
    made = prove(one, promises, Bounds(1_000, 1))
    assert {each.ruling for each in made.held} == {Ruling.PROVED}
    timeless = [each for each in built_in(one) if not isinstance(each, Possible)]
    assert not Reach(one, made.facts, made.sums, timeless, most=2_000).search().whole


def test_a_coarse_search_proves_nothing_that_counts_days_and_calls_nothing_proved_that_is_broken():
    one = playbook("litige")
    timeless = [each for each in built_in(one) if not isinstance(each, Possible)]
    soon = After("soon", what=What(contact=True), within=Duration(10, TimeUnit.BUSINESS_DAY), unless=WAITED, calendar=one.calendar)
    fine, coarse = (Reach(one, case_of(one), levels(compile_playbook(one)), [*timeless, soon], coarse=coarse).search() for coarse in (False, True))
    assert fine.whole
    assert coarse.whole
    assert fine.doubtful <= coarse.doubtful
    assert len(timeless) in coarse.doubtful - fine.doubtful
    assert coarse.leaves >= fine.leaves
    assert coarse.follows >= fine.follows


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.long if name == "courtois" else ()) for name in SHIPPED])
def test_every_shipped_playbook_is_decided(name: str):
    """Within what `--quick` looks at. `litige` and `mauvaise-foi` break one common promise each, and waive it with a reason in the file beside them."""
    one = playbook(name)
    rulings = {each.promise.code: each.ruling for each in prove(one, built_in(one), Bounds(1_000, 1)).held if each.ruling is not Ruling.PROVED}
    assert rulings == {"litige": {"PB702": Ruling.BROKEN}, "mauvaise-foi": {"PB704": Ruling.BROKEN}}.get(name, {})


def test_what_the_interpreter_cannot_tell_apart_is_put_to_it_once(monkeypatch):
    """Claims that differ in what a step asks that was done: the same may leave, and nothing is asked again. Of one that is still to leave it is asked."""
    one = playbook("courtois")
    reach = Reach(one, case_of(one), levels(compile_playbook(one)), ())
    asked = next(rung for rung in reach.plan.rungs if rung.condition is not None and not rung.recurs)
    assert asked.step.id == "message"
    worth = [truths for truths in reach.truths if reach.plan.worth is not None and truths[reach.plan.worth]]
    assert {asked.condition(truths) == HOLDS for truths in worth} == {True, False}
    beginning = reach.any_day.shape(ladder_state.beginning(reach.plan))
    done = ladder_state.skipped(ladder_state.emitted(reach.plan, beginning, asked.index, 1, (Way(Channel.SMS),), BEGUN), asked.index, BEGUN)
    count = Counter[str]()
    monkeypatch.setattr(any_day, "decide_by", lambda *more: count.update(["asked"]) or decide_by(*more))
    first = reach.any_day.possible(worth[0], done, frozenset())
    before = count.total()
    assert before
    assert all(reach.any_day.possible(truths, done, frozenset()) == first for truths in worth)
    assert count.total() == before
    assert len({reach.any_day.possible(truths, beginning, frozenset()) for truths in worth}) == len(worth)


def test_every_field_of_a_compiled_step_is_known_to_the_proof():
    """A new word of the language comes with a field here; until the proof stands for it, nothing is proved over it."""
    assert {each.name for each in fields(CompiledStep)} == MODELLED


@pytest.mark.parametrize(("number", "within", "ruling"), [(3, 30, Ruling.PROVED), (4, 30, Ruling.PROVED), (3, 31, Ruling.UNDECIDED), (2, 30, Ruling.BROKEN)])
def test_the_contact_rules_keep_what_they_say_and_no_more(number: int, within: int, ruling: Ruling):
    one = playbook("negligent")
    assert one.contact == ContactRules(Duration(5), (ContactCap(3, Duration(30)),), one.contact.hours)
    promise = AtMost("contacts", what=What(contact=True), number=number, within=Duration(within, TimeUnit.DAY), calendar=one.calendar)
    assert prove(one, [promise], Bounds(400, 1)).held[0].ruling is ruling


def test_the_calendar_is_asked_of_a_promise_once(monkeypatch):
    asked = list[AtMost]()
    monkeypatch.setattr(search, "kept_by_rules", lambda _, promise: asked.append(promise) or True)
    promise = AtMost("contacts", what=What(contact=True), number=3, within=Duration(30))
    one = playbook("litige")
    assert Reach(one, case_of(one), levels(compile_playbook(one)), (promise,)).search().situations > 1
    assert asked == [promise]


@pytest.mark.parametrize(
    ("channel", "cap", "ruling"),
    [
        (Channel.EMAIL, ContactCap(2, Duration(30)), Ruling.PROVED),  # of all contacts: what bounds them bounds the e-mails
        (Channel.EMAIL, ContactCap(2, Duration(30), frozenset({Channel.EMAIL, Channel.SMS})), Ruling.PROVED),
        (Channel.EMAIL, ContactCap(3, Duration(30), frozenset({Channel.EMAIL})), Ruling.UNDECIDED),
        (Channel.EMAIL, ContactCap(2, Duration(30), frozenset({Channel.SMS})), Ruling.UNDECIDED),
        (Channel.TASK, ContactCap(2, Duration(30)), Ruling.UNDECIDED),
    ],
)
def test_a_promise_about_a_channel_is_kept_by_a_limit_that_counts_it(channel, cap, ruling):
    one = playbook("negligent")
    one = replace(one, contact=replace(one.contact, at_most=(cap,)))
    promise = AtMost("some", what=What(channels=frozenset({channel})), number=2, within=Duration(30), calendar=one.calendar)
    assert prove(one, [promise], Bounds(50, 1)).held[0].ruling is ruling


def test_what_the_proof_misses_is_told_with_its_history():
    """A proof that forgot one situation is found out by the first history that comes to it; a whole one is not accused."""
    whole = reached("declic", None)
    assert not list(draw_many(whole, random.Random(1), 30))
    found = whole.reach.found
    forgotten = next(ladder for ladder in found.ladders if ladder.pending is not None and ladder.records[ladder.pending].last == 0)
    found.ladders.remove(forgotten)
    try:
        missed = list(draw_many(whole, random.Random(1), 30))
        assert missed
        assert {whole.walk.plan.by_id[each.history[-1].step] for each in missed} == {forgotten.pending}
    finally:
        found.ladders.add(forgotten)


def test_a_picture_of_a_part_holds_less_and_says_so():
    whole, part = follows_of(playbook("litige")), follows_of(playbook("litige"), 3)
    assert (whole.whole, part.whole, part.situations) == (True, False, 3)
    assert part.pairs < whole.pairs
