"""What is reached whatever the days holds every real history: drawn ones of the plain interpreter come to nothing else, and break nothing that was proved."""

import random
from dataclasses import fields, replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import relance
from relance.interpreter.compiled import CompiledStep, compile_playbook
from relance.language.library import shipped_ids
from relance.model import Channel, ContactCap, ContactRules, Duration, Pace, Playbook, Status, TimeUnit
from relance.proof import ladder_state
from relance.proof.any_day import MODELLED
from relance.proof.built_in import built_in
from relance.proof.promise_file import WAITED
from relance.proof.promises import After, AtMost, Possible, Promise, What
from relance.proof.prove import DUE, Ruling, case_of, prove
from relance.proof.reach import Reach
from relance.proof.replay import replay
from relance.proof.walk import Bounds, Moment, Move, Walk
from relance.proof.world import World, levels

SHIPPED = [name for name in shipped_ids() if name != "demo"]
#: Those whose search takes seconds; .ci/run proves every playbook besides.
SLOW = ("agence-amiable", "courtois", "en-difficulte", "injonction-de-payer", "negligent", "systematique")
#: Of these, those under each pace would take minutes.
DEAR = ("agence-amiable", "courtois", "injonction-de-payer")
LATE = [None, Pace.JUMP, Pace.DROP, Pace.CATCH_UP]


def playbook(name: str, pace: Pace | None = None) -> Playbook:
    found, _ = relance.load_playbook(name)
    assert found is not None
    return found if pace is None else replace(found, pace=pace)


@cache
def reached(name: str, pace: Pace | None) -> tuple[Playbook, tuple[Promise, ...], Reach]:
    one = playbook(name, pace)
    soon = After("soon", what=What(contact=True), within=Duration(10, TimeUnit.BUSINESS_DAY), unless=WAITED, calendar=one.calendar)
    promises = (*(each for each in built_in(one) if not isinstance(each, Possible)), soon)
    reach = Reach(one, case_of(one), levels(compile_playbook(one)), promises)
    assert reach.search().whole
    return one, promises, reach


def stray(name: str, pace: Pace | None, seed: int, length: int) -> list[Move]:
    """Draw a history, with three things open at once, and hold each of its moments to what was reached."""
    one, promises, reach = reached(name, pace)
    walk, draw = Walk(one, case_of(one), promises, Bounds(1, 3), DUE), random.Random(seed)
    moment = Moment(walk.start, World(), ladder_state.beginning(walk.plan), tuple(each.begin() for each in promises))
    history: list[Move] = []
    for _ in range(length):
        shape = reach.any_day.shape(moment.ladder)
        assert shape in reach.found.ladders
        decision = walk._decision(moment, moment.ladder)
        if decision.status is Status.DUE:
            view, _, _ = walk.claim.seen(moment.world, moment.on)
            may = [each.decision for each in reach.any_day.possible(view.truths, shape, frozenset())]
            assert view.truths in reach.truths
            assert (decision.step, decision.ways) in [(each.step, each.ways) for each in may] or any(moment.ladder.failed)
            assert decision.step in [each.step for each in may]
        outside = list(walk.happenings(moment)) if draw.random() < 0.25 else []
        move, after, seen = walk.happened(moment, draw.choice(outside)) if outside else draw.choice(list(walk.by_itself(moment)))
        watches, broken = walk.watched(moment.watches, seen)
        assert set(broken) <= reach.found.doubtful
        history.append(move)
        moment = after._replace(watches=watches)
    return history


@settings(max_examples=4)  # each playbook and pace is searched whole before; all of them by the long test below
@given(name=st.sampled_from([name for name in SHIPPED if name not in SLOW]), pace=st.sampled_from(LATE), seed=st.integers(0, 2**32))
def test_no_drawn_history_leaves_what_was_reached(name: str, pace: Pace | None, seed: int):
    stray(name, pace, seed, 50)


@pytest.mark.long
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(which=st.sampled_from([(name, pace) for name in SHIPPED for pace in LATE if pace is None or name not in DEAR]), seed=st.integers(0, 2**32))
def test_many_drawn_histories_leave_nothing_that_was_reached_and_are_the_interpreter_s(which: tuple[str, Pace | None], seed: int):
    name, pace = which
    one = playbook(name, pace)
    assert list(replay(one, case_of(one), stray(name, pace, seed, 60)))



@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.long if name in SLOW else ()) for name in SHIPPED])
def test_every_shipped_playbook_is_decided(name: str):
    """`litige` and `mauvaise-foi` break one common promise each, and waive it with a reason in the file beside them."""
    one = playbook(name)
    rulings = {each.promise.code: each.ruling for each in prove(one, built_in(one), Bounds(20_000, 1)).held if each.ruling is not Ruling.PROVED}
    assert rulings == {"litige": {"PB702": Ruling.BROKEN}, "mauvaise-foi": {"PB704": Ruling.BROKEN}}.get(name, {})


def test_every_field_of_a_compiled_step_is_known_to_the_proof():
    """A new word of the language comes with a field here; until the proof stands for it, nothing is proved over it."""
    assert {each.name for each in fields(CompiledStep)} == MODELLED


@pytest.mark.parametrize(("number", "within", "ruling"), [(3, 30, Ruling.PROVED), (4, 30, Ruling.PROVED), (3, 31, Ruling.UNDECIDED), (2, 30, Ruling.BROKEN)])
def test_the_contact_rules_keep_what_they_say_and_no_more(number: int, within: int, ruling: Ruling):
    one = playbook("negligent")
    assert one.contact == ContactRules(Duration(5), (ContactCap(3, Duration(30)),), one.contact.hours)
    promise = AtMost("contacts", what=What(contact=True), number=number, within=Duration(within, TimeUnit.DAY), calendar=one.calendar)
    assert prove(one, [promise], Bounds(400, 1)).held[0].ruling is ruling


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
