"""Lives of debtors with several invoices on the plain interpreter break nothing that was proved of one, by invoice and by account."""

import random
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.proof.lived import Life, several

import relance
from relance.interpreter.compiled import compile_playbook
from relance.language import library
from relance.model import Duration, Playbook, Unit
from relance.proof.any_world import kinds_of
from relance.proof.built_in import built_in
from relance.proof.promises import NeverForgotten, NotBefore, Possible, Promise
from relance.proof.prove import DUE, case_of
from relance.proof.reach import Reach
from relance.proof.world import levels

SHIPPED = [name for name in library.shipped_ids() if name != "demo"]


@cache
def reached(name: str, unit: Unit) -> tuple[Playbook, tuple[Promise, ...], Reach]:
    found, _ = relance.load_playbook(name)
    assert found is not None
    one = replace(found, unit=unit)
    promises = tuple(each for each in built_in(one) if not isinstance(each, Possible | NeverForgotten))  # a life has an end, which is no waiting
    reach = Reach(one, case_of(one), levels(compile_playbook(one)), promises)
    assert reach.search().whole
    return one, promises, reach


def hold(name: str, unit: Unit, seed: int, invoices: int) -> set[str]:
    """Live once, hold it to what was reached, and return the steps that left."""
    one, promises, reach = reached(name, unit)
    draw = random.Random(seed)
    life = Life(one, several(case_of(one), draw, invoices), promises, draw).live(DUE - timedelta(days=20), 40)
    assert [each for each in life.broken if each[0] not in reach.found.doubtful] == []
    assert {each.truths for each in life.left} <= set(reach.truths)
    assert {(each.stood, each.step) for each in life.left} <= reach.found.follows
    return {each.step for each in life.left}


@settings(max_examples=6)
@given(name=st.sampled_from(["negligent", "consommateur", "litige"]), unit=st.sampled_from(list(Unit)), seed=st.integers(0, 2**32), invoices=st.integers(1, 4))
def test_a_life_breaks_nothing_that_was_proved(name: str, unit: Unit, seed: int, invoices: int):
    hold(name, unit, seed, invoices)


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(SHIPPED), unit=st.sampled_from(list(Unit)), seed=st.integers(0, 2**32), invoices=st.integers(1, 4))
def test_many_lives_break_nothing_that_was_proved(name: str, unit: Unit, seed: int, invoices: int):
    hold(name, unit, seed, invoices)


def test_lives_go_all_the_way_up():
    """Else they would break nothing because nothing happens in them."""
    one, _, _ = reached("negligent", Unit.ACCOUNT)
    assert set[str]().union(*(hold("negligent", Unit.ACCOUNT, seed, 2) for seed in range(12))) >= {one.steps[0].id, "mise-en-demeure", "transmission"}


def test_a_life_shows_what_is_wrong():
    """A hand-over without a notice is broken by some life, as the proof says that it may be."""
    one, _, _ = reached("negligent", Unit.ACCOUNT)
    bold = replace(one, steps=tuple(replace(each, after=(), at=replace(each.at, anchor="due", offset=Duration(5))) if each.id == "transmission" else each for each in one.steps if each.kind != "formal_notice"))
    notice = next(each for each in built_in(one) if isinstance(each, NotBefore))
    draws = [random.Random(seed) for seed in range(12)]
    lives = [Life(bold, several(case_of(bold), draw, 2), (notice,), draw).live(DUE - timedelta(days=20), 40) for draw in draws]
    assert any(life.broken for life in lives)


def test_of_an_account_a_promise_may_be_kept_by_one_invoice_and_broken_by_another():
    one, _, _ = reached("negligent", Unit.INVOICE)
    plan, words = compile_playbook(one), ("promised", "promise_broken", "plan_running", "plan_broken")
    open_hold = replace(one, hold_while=())
    for unit, both in ((Unit.INVOICE, False), (Unit.ACCOUNT, True)):
        kinds = kinds_of(replace(open_hold, unit=unit), compile_playbook(open_hold), case_of(one), levels(plan), words)
        assert any({"promised", "promise_broken"} <= each.states for each in kinds) is both
        assert any({"plan_running", "plan_broken"} <= each.states for each in kinds) is both

