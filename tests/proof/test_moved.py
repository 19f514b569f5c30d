"""A person moves a case: to any step, from this playbook or another. What is proved then holds of drawn histories, and of lives under two playbooks."""

import random
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.proof.drawn import PACES, SHIPPED, Drawn, drawn, playbook
from tests.proof.lived import Life, several
from tests.proof.many import draw_many

from relance.interpreter.compiled import compile_playbook
from relance.model import Duration, Pace, TimeUnit
from relance.proof import reach as search
from relance.proof.built_in import built_in
from relance.proof.promise_file import WAITED
from relance.proof.promises import After, NeverForgotten, Possible, What
from relance.proof.prove import DUE, Ruling, case_of, prove
from relance.proof.reach import Reach
from relance.proof.replay import replay
from relance.proof.walk import Bounds
from relance.proof.world import levels

#: Those whose search takes less than a second.
QUICK = ("declic", "litige")


@cache
def reached(name: str, pace: Pace | None = None) -> Drawn:
    return drawn(name, pace, moved=True)


@settings(max_examples=3)
@given(name=st.sampled_from(QUICK), seed=st.integers(0, 2**32))
def test_drawn_histories_in_which_a_person_moves_the_case_leave_nothing_that_was_reached(name: str, seed: int):
    assert not list(draw_many(reached(name), random.Random(seed), 20))


@pytest.mark.long
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(["consommateur", "en-difficulte", "mauvaise-foi", "negligent", *QUICK]), pace=st.sampled_from(PACES), seed=st.integers(0, 2**32))
def test_many_drawn_histories_in_which_a_person_moves_the_case_leave_nothing_that_was_reached(name: str, pace: Pace | None, seed: int):
    assert not list(draw_many(reached(name, pace), random.Random(seed), 200))


# --------------------------------------------------------------------------- from another playbook


@cache
def arrived(name: str) -> Reach:
    one = playbook(name)
    promises = tuple(each for each in built_in(one) if not isinstance(each, Possible | NeverForgotten))
    reach = Reach(one, case_of(one), levels(compile_playbook(one)), promises, moved=True)
    assert reach.search().whole
    return reach


def hold(first: str, then: str, seed: int) -> Life:
    """Live under one playbook, be moved to another and live on, be moved once more within it; and hold what came of it to what was proved of that."""
    reach, draw = arrived(then), random.Random(seed)
    facts = several(case_of(reach.playbook), draw, draw.choice((1, 2)))
    same = first == then  # a draft that waited when the case was moved within its playbook is approved after it: what it waited for came before
    life = Life(playbook(first), facts, reach.promises if same else (), draw).live(DUE - timedelta(days=20), draw.choice((0, 15, 30)))
    life = life if same else replace(life, promises=reach.promises, watches={})
    for _ in range(2):
        life = life.moved(reach.playbook, draw.choice((None, *reach.playbook.steps))).live(life.on, 20)
    assert [each for each in life.broken if each[0] not in reach.found.doubtful] == []
    assert {each.truths for each in life.left} <= set(reach.truths)
    return life


@settings(max_examples=4)
@given(first=st.sampled_from(SHIPPED), then=st.sampled_from(QUICK), seed=st.integers(0, 2**32))
def test_a_life_under_two_playbooks_breaks_nothing_that_was_proved(first: str, then: str, seed: int):
    hold(first, then, seed)


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=st.sampled_from(SHIPPED), then=st.sampled_from(["consommateur", "mauvaise-foi", "negligent", *QUICK]), seed=st.integers(0, 2**32))
def test_many_lives_under_two_playbooks_break_nothing_that_was_proved(first: str, then: str, seed: int):
    hold(first, then, seed)


# --------------------------------------------------------------------------- what is broken by a move, and what is not


def test_a_first_contact_that_a_move_passes_over_is_missed_with_the_move_that_did_it():
    """The promise holds of every history in which nobody moves the case; the shortest that breaks it moves it to the last step, and is the interpreter's."""
    one = playbook("declic")
    soon = After("soon", what=What(contact=True), within=Duration(10, TimeUnit.BUSINESS_DAY), unless=WAITED, calendar=one.calendar)
    assert prove(one, [soon], Bounds(300, 1)).held[0].ruling is Ruling.PROVED
    broken = prove(one, [soon], Bounds(1_500, 0, moved=True)).held[0]
    assert broken.ruling is Ruling.BROKEN
    assert [move.happening.moved_to for move in broken.history if move.happening is not None] == [("declic", one.steps[-1].id)]
    assert [line.what for line, _ in replay(one, case_of(one), broken.history)] == [move.name for move in broken.history]


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.long) for name in ("mauvaise-foi", "negligent", "agence-amiable")])
def test_a_hand_over_waits_for_the_notice_and_its_deadline_wherever_a_person_puts_the_case(name: str):
    one = playbook(name)
    notice = [each for each in built_in(one) if each.code in ("PB701", "PB703", "PB705", "PB706")]
    assert [each.ruling for each in prove(one, notice, Bounds(200, 1, moved=True)).held] == [Ruling.PROVED] * 4


def test_a_playbook_with_more_situations_than_are_looked_at_is_not_decided(monkeypatch):
    monkeypatch.setattr(search, "MOST_MOVED", 50)
    one = playbook("litige")
    assert prove(one, built_in(one)[:1], Bounds(50, 1, moved=True)).held[0].ruling is Ruling.UNDECIDED


def test_what_comes_in_time_is_not_proved_where_a_person_may_move_the_case():
    assert Duration(10, TimeUnit.BUSINESS_DAY) in {each.within for each in reached("declic").promises if hasattr(each, "within")}
    assert {reached("declic").promises[place].name for place in reached("declic").reach.found.doubtful} == {"soon"}
