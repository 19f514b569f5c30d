"""The walk against the plain interpreter: any history of it, played again from the journal's events alone, makes the interpreter say the same."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import relance
from relance.interpreter import compile_playbook
from relance.language import load_playbook_text
from relance.language.library import shipped_ids
from relance.model import Channel, Duration, Facts, Playbook, Way
from relance.proof import ladder_state
from relance.proof.any_day import AnyDay
from relance.proof.any_world import with_own_fields
from relance.proof.built_in import built_in
from relance.proof.offers import answers
from relance.proof.promises import After, What
from relance.proof.prove import DUE, Ruling, case_of, prove
from relance.proof.replay import replay
from relance.proof.walk import Bounds, Moment, Move, Walk
from relance.proof.world import Happening, World

SHIPPED = [name for name in shipped_ids() if name != "demo"]


def playbook(name: str) -> Playbook:
    found, _ = relance.load_playbook(name)
    assert found is not None
    return found


def drawn(walk: Walk, draw: random.Random, length: int) -> list[Move]:
    """Go along a walk at random; one move in four is from outside."""
    moment = Moment(walk.start, World(), ladder_state.beginning(walk.plan), tuple(each.begin() for each in walk.promises))
    history: list[Move] = []
    for _ in range(length):
        choices = list(walk.steps(moment))
        outside = [each for each in choices if each[0].outside]
        inside = [each for each in choices if not each[0].outside]
        move, moment, _ = draw.choice(outside if outside and draw.random() < 0.25 else inside)
        history.append(move)
    return history


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(SHIPPED), seed=st.integers(0, 2**32))
def test_a_history_of_the_walk_is_one_of_the_interpreter(name: str, seed: int):
    one = playbook(name)
    walk = Walk(one, case_of(one), built_in(one), Bounds(1, 2), DUE)
    history = drawn(walk, random.Random(seed), 40)
    assert len(list(replay(one, walk.claim.facts, history))) == 40


@pytest.mark.long
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(SHIPPED), seed=st.integers(0, 2**32))
def test_many_histories_are_those_of_the_interpreter(name: str, seed: int):
    one = playbook(name)
    walk = Walk(one, case_of(one), built_in(one), Bounds(1, 2), DUE)
    assert list(replay(one, walk.claim.facts, drawn(walk, random.Random(seed), 60)))


@settings(max_examples=settings.default.max_examples // 15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_no_random_history_breaks_what_was_proved(seed: int):
    """`declic` is proved whole: a history drawn at random, with more open at once than was walked, breaks nothing of it."""
    one = playbook("declic")
    walk = Walk(one, case_of(one), built_in(one), Bounds(1, 3), DUE)
    moment = Moment(walk.start, World(), ladder_state.beginning(walk.plan), tuple(each.begin() for each in walk.promises))
    draw = random.Random(seed)
    for _ in range(60):
        _, after, seen = draw.choice(list(walk.steps(moment)))
        for each in seen:
            for promise, memory in zip(walk.promises, moment.watches, strict=True):
                assert promise.watch(memory, each)[1] is False, promise.name
        watches, _ = walk.watched(moment.watches, seen)
        moment = after._replace(watches=watches)


def test_a_history_that_parted_once_does_so_no_more():
    """A task of an answer's second occurrence was recorded as done of its first."""
    one = playbook("negligent")
    walk = Walk(one, case_of(one), built_in(one), Bounds(1, 2), DUE)
    assert len(list(replay(one, walk.claim.facts, drawn(walk, random.Random(3419), 60)))) == 60


def test_a_playbook_is_proved_and_the_same_every_time():
    one = playbook("declic")
    proof = prove(one, built_in(one))
    assert {each.ruling for each in proof.held} == {Ruling.PROVED}
    again = prove(one, built_in(one))
    assert (again.situations, again.walked) == (proof.situations, proof.walked)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_step_leaves_in_a_history_in_which_the_house_does_its_part(name: str):
    """Such histories are few, and the plain interpreter's: nothing is late, refused, passed over or missed in them."""
    one = playbook(name)
    wanted = {step.id for step in one.steps}
    left = dict[str, tuple[Facts, tuple[Move, ...]]]()
    for claim in (case_of(one), *with_own_fields(compile_playbook(one), case_of(one))):
        found = Walk(one, claim, (), Bounds(1000, 1), DUE - timedelta(30)).walk(wanted=wanted - left.keys(), dutiful=True)
        left |= {step: (claim, history) for step, history in found.left.items()}
    assert left.keys() == wanted
    for step, (claim, history) in left.items():
        assert [line.step for line, _ in replay(one, claim, history)][-1] == step
        assert {move.name for move in history if move.happening is None} <= {"run", "sent", "approved", "executed"}


def test_what_is_found_in_no_real_history_is_not_called_broken_nor_proved():
    """That a first contact comes in time hangs on days; a handful of histories says nothing of it."""
    one = playbook("negligent")
    resting = frozenset({"awaiting_sending", "missed", "paid", "disputed", "on_hold", "promised", "plan_running", "insolvent", "unmatched_money", "written_off", "closed"})
    promise = After("soon", what=What(contact=True), since="due", within=Duration(300), unless=resting, calendar=one.calendar)
    assert prove(one, [promise], Bounds(20, 1)).ruling is Ruling.UNDECIDED


OFFERS = """\
schema: 1
playbook: solde
version: 1
title: Solde
debtor: business
min_balance: "15.00"
steps:
  - {id: premiere, at: J+5, channels: [letter], tone: neutral, template: relance-1}
  - {id: offre, at: J+20, channels: [letter], tone: neutral, template: offre-solde, grants: 20 days, offer: {settlement: "70"}}
  - {id: refus, at: offer.refused + 2 days, channels: [letter], tone: neutral, template: relance-1}
  - {id: encore, at: J+70, channels: [letter], tone: neutral, template: offre-solde, grants: 20 days, offer: {settlement: "60"}}
  - {id: derniere, at: J+110, channels: [letter], tone: firm, template: relance-2}
"""


def offering() -> Walk:
    one, said = load_playbook_text(OFFERS, "solde.yaml")
    assert one is not None, said
    return Walk(one, case_of(one), (), Bounds(4000, 1), DUE)


def test_an_offer_is_refused_while_it_stands_and_the_interpreter_answers_as_the_walk_does():
    walk = offering()
    history = walk.walk(wanted=("refus",)).left["refus"]
    names = [move.name for move in history if move.name == "offer.refused" or move.step in ("offre", "refus")]
    assert names.index("offer.refused") == names.index("sent") + 1
    lines = [line for line, _ in replay(walk.claim.playbook, walk.claim.facts, history)]
    assert lines[-1].step == "refus"


@pytest.mark.parametrize(("days", "refused", "may"), [(0, False, True), (20, False, True), (25, False, False), (3, True, False)])
def test_a_refusal_comes_once_and_until_the_last_day(days: int, refused: bool, may: bool):
    plan, left = compile_playbook(offering().claim.playbook), date(2026, 3, 2)
    made = ladder_state.emitted(plan, ladder_state.beginning(plan), 1, 1, (Way(Channel.LETTER),), left)
    assert not list(answers(plan, World(), made, left))  # it has not left
    sent = ladder_state.sent(plan, made, left)
    world = World((Happening("offer.refused", left + timedelta(1)),)) if refused else World()
    assert bool(list(answers(plan, world, sent, left + timedelta(days)))) is may


def test_what_a_ladder_offered_it_offers_no_second_time():
    walk = offering()
    plan, on = walk.plan, date(2026, 8, 3)
    view, _, _ = walk.claim.seen(World(), on)
    bare = ladder_state.beginning(plan)
    made = ladder_state.sent(plan, ladder_state.emitted(plan, bare, 1, 1, (Way(Channel.LETTER),), on), on)
    truths = [dict(zip((test.fact for test in plan.tests), ladder_state.view_of(plan, view, ladder, on).truths, strict=True))["offered"] for ladder in (bare, made)]
    assert truths == [True, False]  # of the test that none was made


GIVEN_BACK = """\
schema: 1
playbook: rendu
version: 1
title: Rendu
debtor: business
min_balance: "15.00"
steps:
  - {id: remise, kind: handover, at: J+5, channels: [handover], to: agency, template: transmission}
  - {id: ensuite, at: remise + 20 days, channels: [letter], tone: neutral, template: relance-1}
"""


def test_what_an_agency_gave_back_goes_on_and_the_interpreter_says_so():
    one, said = load_playbook_text(GIVEN_BACK, "rendu.yaml")
    assert one is not None, said
    history = Walk(one, case_of(one), (), Bounds(4000, 1), DUE).walk(wanted=("ensuite",)).left["ensuite"]
    names = [move.name if move.outside else move.step for move in history]
    assert names.index("remise") < names.index("case.reopened") < names.index("ensuite")
    lines = [line for line, _ in replay(one, case_of(one), history)]
    assert lines[-1].step == "ensuite"


def test_nothing_of_a_compiled_step_is_unknown_to_the_proof():
    assert not AnyDay(compile_playbook(playbook("negligent"))).unmodelled
