"""A formal notice stands for every invoice it named: whoever carries the account then, none is reminded anew, put on notice twice, or handed over before the day it names."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.interpreter.compiled import WORLD, compile_playbook
from relance.model import Invoice, StepKind

TOP = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\nunit: account\n"
LADDER = """\
  - {id: rappel, at: J+5, channels: [email], tone: courteous}
  - {id: rappel-2, at: J+15, channels: [email], tone: firm}
  - {id: mise-en-demeure, kind: formal_notice, at: J+30, channels: [registered_letter], tone: formal, after: [rappel-2], grants: 15 days}
  - {id: transmission, kind: handover, at: mise-en-demeure.deadline + 1 day, channels: [handover], to: bailiff, after: [rappel-2, mise-en-demeure]}
"""
AGENCY = "debtor: business\ncollector: agency\n"
LETTERS = """\
  - {id: lettre, at: J+1, channels: [letter], tone: neutral, grants: 10 days}
  - {id: relance, at: lettre + 20 days, channels: [email], tone: neutral}
  - {id: mise-en-demeure, kind: formal_notice, at: lettre + 45 days, channels: [registered_letter], tone: formal, after: [relance], grants: 15 days}
  - {id: transmission, kind: handover, at: mise-en-demeure.deadline + 1 day, channels: [handover], to: bailiff}
"""
ACCOUNTS = {"creditor": (LADDER, TOP), "keeps its place": (LADDER, TOP + "keeps_place: true\n"), "agency": (LETTERS, TOP + AGENCY)}
GONE = {
    "paid": ("payment.received", {"amount": "100.00"}),
    "promised": ("promise.made", {"amount": "100.00", "by": "2026-09-01"}),
    "held": ("hold.placed", {"until": "2026-09-01"}),
    "disputed": ("dispute.opened", {}),
}


def account(bench, name):
    steps, top = ACCOUNTS[name]
    ladder = bench(steps, top=top)
    ladder.facts = replace(ladder.facts, creditor=replace(ladder.facts.creditor, mandate=date(2026, 1, 1)))
    return ladder


def said(timeline):
    return [(entry.on.isoformat(), entry.first.step, entry.first.invoices) for entry in timeline.entries]


@pytest.mark.parametrize("name", ACCOUNTS)
@pytest.mark.parametrize("state", GONE)
def test_whoever_carries_the_account_the_notice_stands_for_what_it_named(bench, name, state):
    """F-1 leaves the account while the notice of both runs; F-2 is handed over after the day that it names, and hears of nothing before."""
    ladder = account(bench, name).invoice("F-2", "2026-02-01", "30.00", issued="2026-01-02")
    before = said(ladder.play("2026-02-01", "2026-04-30"))
    (notice, _, named), (over, last, _) = before[-2:]
    assert (named, last) == (("F-1", "F-2"), "transmission")
    kind, data = GONE[state]
    ladder.told(str(date.fromisoformat(notice) + timedelta(3)), kind, **data)
    assert said(ladder.play("2026-02-01", "2026-04-30")) == [*before[:-1], (over, "transmission", ("F-2",))]


def test_what_no_notice_named_does_not_climb_on_the_notice_of_others(bench):
    """F-3 was disputed when the notice left, and that ended before the day it names: what was named goes on first, then it climbs from its own foot."""
    ladder = account(bench, "creditor").invoice("F-3", "2026-01-25", "7.00", issued="2026-01-02").told("2026-01-26", "dispute.opened", "F-3")
    ladder.told("2026-03-05", "dispute.closed", "F-3")
    assert said(ladder.play("2026-02-01", "2026-04-30")) == [
        ("2026-02-06", "rappel", ("F-1",)),
        ("2026-02-16", "rappel-2", ("F-1",)),
        ("2026-03-03", "mise-en-demeure", ("F-1",)),
        ("2026-03-19", "transmission", ("F-1",)),
        ("2026-03-20", "rappel", ("F-3",)),
        ("2026-03-30", "rappel-2", ("F-3",)),
        ("2026-04-14", "mise-en-demeure", ("F-3",)),
        ("2026-04-30", "transmission", ("F-3",)),
    ]


def test_nobody_is_handed_over_before_the_last_day_of_a_later_notice(bench):
    """F-1 is promised while F-2 gets a notice of its own; the promise is broken before the day which that one names, and both wait for it."""
    ladder = account(bench, "creditor").told("2026-03-04", "promise.made", amount="100.00", by="2026-04-17")
    ladder.invoice("F-2", "2026-03-10", "30.00", issued="2026-02-20")
    assert said(ladder.play("2026-02-01", "2026-06-30")) == [
        ("2026-02-06", "rappel", ("F-1",)),
        ("2026-02-16", "rappel-2", ("F-1",)),
        ("2026-03-03", "mise-en-demeure", ("F-1",)),
        ("2026-03-15", "rappel", ("F-2",)),
        ("2026-03-25", "rappel-2", ("F-2",)),
        ("2026-04-09", "mise-en-demeure", ("F-2",)),
        ("2026-04-25", "transmission", ("F-1", "F-2")),
    ]


def draw(bench, seed, name):
    """Draw an account of two to four invoices, and what takes them out of it for a while or for good."""
    rng, start, ladder = Random(seed), date(2026, 2, 1), account(bench, name)
    ladder.facts = replace(ladder.facts, invoices=())
    for number in range(rng.randint(2, 4)):
        due, invoice = start + timedelta(rng.choice([0, 0, 1, 3, 8, 20, 40])), f"F-{number}"
        claim = Invoice(invoice, due, Decimal(100 * number + 100), "EUR", due - timedelta(rng.choice([5, 30, 45])))
        ladder.facts = replace(ladder.facts, invoices=(*ladder.facts.invoices, claim))
        for _ in range(rng.choice([0, 1, 1, 2])):
            on = start + timedelta(rng.randint(5, 110))
            until = str(on + timedelta(rng.randint(3, 40)))
            match rng.choice([*GONE]):
                case "paid":
                    ladder.told(str(on), "payment.received", invoice, amount=str(claim.amount))
                case "promised":
                    ladder.told(str(on), "promise.made", invoice, amount=str(claim.amount), by=until)
                case "held":
                    ladder.told(str(on), "hold.placed", invoice, until=until)
                case _:
                    ladder.told(str(on), "dispute.opened", invoice).told(until, "dispute.closed", invoice)
    return ladder


@pytest.mark.parametrize("name", ACCOUNTS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_no_invoice_is_reminded_after_its_notice_or_handed_over_before_its_day(bench, name, seed):
    ladder = draw(bench, seed, name)
    plan, last = compile_playbook(ladder.playbook), {}
    first = min(rung.index for rung in plan.rungs if rung.step.kind is StepKind.FORMAL_NOTICE)
    for entry in ladder.play("2026-02-01", "2026-08-31").entries:
        rung, about = plan.rungs[plan.by_id[entry.first.step]], set(entry.first.invoices)
        if rung.step.kind is StepKind.HANDOVER:
            assert all(name in last and entry.on > last[name] for name in about), entry
        elif rung.anchor_kind != WORLD and rung.index <= first:
            assert about.isdisjoint(last), entry
        if rung.step.kind is StepKind.FORMAL_NOTICE:
            last |= dict.fromkeys(about, entry.first.deadline)
