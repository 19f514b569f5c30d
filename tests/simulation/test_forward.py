"""Playing forward looks only on days on which something may change. Whatever it skips, it says what a look on every day says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from conftest_scale import ON, PLAYBOOKS, portfolio, shipped
from every_day import preview_every_day
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from relance.language import load_playbook, load_playbook_text
from relance.model import Combine, Creditor, Debtor, Event, Facts, Invoice, Playbook, Status, Unit
from relance.simulation.playbook_tests import read_tests, run_test
from relance.simulation.timeline import Timeline, play, preview, seen_on
from relance.simulation.what_if import invented

ROOT = Path(__file__).resolve().parents[2]
DUE = date(2026, 3, 2)


def everything() -> Playbook:
    playbook, _ = load_playbook(ROOT / "tests" / "columnar" / "everything.yaml", checks=False)
    assert playbook is not None
    return playbook


def playbook_of(text: str) -> Playbook:
    playbook, findings = load_playbook_text(f"schema: 1\nplaybook: p\nversion: 1\ntitle: P\ndebtor: business\n{text}".encode(), "p.yaml", checks=False)
    assert playbook is not None, findings
    return playbook


def same(playbook: Playbook, facts: Facts, start: date, until: date) -> Timeline:
    """Play both ways; return what both say."""
    quick, slow = preview(playbook, facts, start, until), preview_every_day(playbook, facts, start, until)
    assert quick.entries == slow.entries
    assert quick.duties == slow.duties
    assert quick.left_out == slow.left_out
    assert quick == slow  # the facts, the ends
    return quick


def a_drawn_debtor_goes_as_every_day(name: str, unit: Unit | None, combine: Combine | None, seed: int, rare: float) -> None:
    playbook = everything() if name == "everything" else shipped(name)
    playbook = replace(playbook, unit=unit or playbook.unit, combine=combine or playbook.combine)
    rng = Random(seed)
    for facts in portfolio(seed, playbook, debtors=2, rare=rare):
        start = ON - timedelta(rng.randint(0, 170))
        same(playbook, facts, start, start + timedelta(rng.randint(30, 250)))


#: A playbook and a portfolio of two debtors; a smaller seed is no simpler portfolio, so nothing is shrunk.
DRAWN = given(
    st.sampled_from([*PLAYBOOKS, "everything"]), st.sampled_from([None, *Unit]), st.sampled_from([None, *Combine]), st.integers(0, 2**32), st.sampled_from([0.0, 0.5])
)
FEW = settings(deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=list(HealthCheck))


@settings(FEW, max_examples=3)
@DRAWN
def test_what_is_skipped_changes_nothing(name: str, unit: Unit | None, combine: Combine | None, seed: int, rare: float) -> None:
    a_drawn_debtor_goes_as_every_day(name, unit, combine, seed, rare)


@pytest.mark.long
@settings(FEW, max_examples=250)
@DRAWN
def test_what_is_skipped_changes_nothing_in_many_portfolios(name: str, unit: Unit | None, combine: Combine | None, seed: int, rare: float) -> None:
    a_drawn_debtor_goes_as_every_day(name, unit, combine, seed, rare)


@pytest.mark.long
@pytest.mark.parametrize("name", PLAYBOOKS)
def test_every_shipped_test_sees_what_every_day_shows(name: str) -> None:
    file, findings = read_tests(ROOT / "playbooks" / f"{name}.test.yaml")
    assert file is not None, findings
    for test in file.tests:
        same(file.playbook, test.facts, test.start, test.until)


def test_a_quiet_year_is_looked_at_on_few_days() -> None:
    facts, until = invented(DUE, Decimal(1000)), DUE + timedelta(365)
    days = [played.on for played in play(shipped("negligent"), facts, DUE - timedelta(30), until)]
    assert (days[0], days[-1]) == (DUE - timedelta(30), until)
    assert days == sorted(set(days))
    assert len(days) < 30


def test_the_first_day_and_the_last_are_looked_at() -> None:
    facts = invented(DUE, Decimal(1000))
    assert [played.on for played in play(shipped("negligent"), facts, DUE, DUE)] == [DUE]
    assert [played.on for played in play(shipped("negligent"), facts, DUE, DUE - timedelta(1))] == []


STEPS = """
steps:
  - {id: first, at: J+5, channels: [email], tone: neutral}
  - {id: last, at: J+40, channels: [letter], tone: neutral, if: {CONDITION}}
"""


def told(*events: Event, until: int = 200, amount: str = "1000.00", rate: str | None = None, **more: object) -> tuple[Facts, date, date]:
    made = invented(DUE, Decimal(amount))
    invoice = Invoice("F-1", DUE, Decimal(amount), rate=None if rate is None else Decimal(rate), **more)  # type: ignore[arg-type]
    events = tuple(replace(event, seq=seq) for seq, event in enumerate(events))
    return replace(made, invoices=(invoice,), events=events), DUE - timedelta(10), DUE + timedelta(until)


def test_interest_that_grows_past_a_bound_is_seen_on_its_day() -> None:
    playbook = playbook_of(STEPS.replace("{CONDITION}", '{total_claimed: {at_least: "1080.00"}}'))
    timeline = same(playbook, *told(rate="20.00"))
    last = timeline.entries[-1]
    assert last.first.step == "last"
    assert last.on > DUE + timedelta(40)  # it waited for the interest: 40.00 of indemnity and 40.00 of interest make it


def test_a_claim_comes_near_its_limitation_while_it_is_suspended() -> None:
    playbook = playbook_of(STEPS.replace("{CONDITION}", "{limitation_within: 6 months}"))
    old = {"performed": date(2021, 9, 20)}
    paused = (Event(DUE, "limitation.suspended", data={"by": "mediation"}), Event(DUE + timedelta(90), "limitation.resumed"))
    free, stopped = same(playbook, *told(**old)), same(playbook, *told(*paused, **old))
    assert [entry.first.step for entry in free.entries] == ["first", "last"]
    assert [entry.first.step for entry in stopped.entries][:1] == ["first"]
    assert stopped.entries != free.entries


def test_what_expires_or_is_dropped_is_said_as_on_every_day() -> None:
    steps = """
late: {pace: drop}
steps:
  - {id: before, at: J-5, channels: [email], tone: neutral}
  - {id: soon, at: J+5, channels: [email], tone: neutral, expires: 3 days, if: {balance: {at_least: "5000.00"}}}
  - {id: later, at: J+30, channels: [letter], tone: neutral, if: {days_overdue: {at_least: 50}}}
"""
    held = Event(DUE - timedelta(8), "hold.placed", data={"reason": "x", "until": DUE + timedelta(2)})
    timeline = same(playbook_of(steps), *told(held))
    assert {each.step for each in timeline.left_out} == {"before", "soon", "later"}


def test_a_message_that_waits_to_be_sent_counts_its_days_to_the_last() -> None:
    waiting = Event(DUE, "action.emitted", "F-1", data={"id": "a", "playbook": "p", "step": "first", "occurrence": 1, "channel": "email", "case": "F-1",
                    "carrier": "F-1", "draft": False, "sent_by": "relance"})  # fmt: skip
    later = Event(DUE + timedelta(60), "payment.received", "F-1", data={"amount": Decimal(1000)})
    playbook = playbook_of(STEPS.replace("{CONDITION}", "{days_overdue: {at_least: 1}}"))
    timeline = same(playbook, *told(waiting, later))
    assert not timeline.entries
    assert "60" in same(playbook, *told(waiting, until=60)).ends[0].reason
    assert same(playbook, *told(waiting, until=60)).ends[0].status is Status.AWAITING_SENDING


def test_a_mandate_that_ends_ends_an_agencys_ladder() -> None:
    playbook, ends = shipped("agence-amiable"), DUE + timedelta(30)
    made = invented(DUE, Decimal(1000))
    facts = replace(made, creditor=replace(made.creditor, terms={"mandate_until": ends.isoformat()}))
    timeline = same(playbook, facts, DUE - timedelta(10), DUE + timedelta(200))
    assert timeline.entries
    assert max(entry.on for entry in timeline.entries) <= ends
    assert len(same(playbook, made, DUE - timedelta(10), DUE + timedelta(200)).entries) > len(timeline.entries)


def test_any_day_of_a_play_can_be_seen_afterwards() -> None:
    playbook, facts, until = shipped("negligent"), invented(DUE, Decimal(1000)), DUE + timedelta(120)
    timeline = preview(playbook, facts, DUE, until)
    for number in range(0, 120, 7):
        day = DUE + timedelta(number)
        assert {action.id for action in seen_on(playbook, timeline.facts, day).actions} == {
            action.id for entry in timeline.entries if entry.on == day for action in entry.actions
        }


def test_a_test_says_why_on_a_day_that_was_skipped(tmp_path: Path) -> None:
    path = tmp_path / "negligent.test.yaml"
    path.write_text(
        "schema: 1\nplaybook: negligent\ntests:\n  - name: too early\n    case: {creditor: {id: c}, debtor: {id: d, email: a@b.example}, "
        'invoices: [{id: F-1, due: 2026-03-02, amount: "100.00"}]}\n    until: 2026-04-04\n    expect: [{on: 2026-03-12, step: mise-en-demeure}]\n',
        "utf-8",
    )
    file, findings = read_tests(path)
    assert file is not None, findings
    result = run_test(file.playbook, file.tests[0])
    assert date(2026, 3, 12) not in result.looks
    assert next(one.why for one in result.differences if one.wanted is not None) == "blocked: waits for relance-2"


def test_two_creditors_in_one_look_do_not_mix_their_debtors() -> None:
    playbook = shipped("negligent")
    facts = [Facts(Creditor(name), Debtor("d", kind="business", email="a@b.example"), (Invoice("F-1", DUE, Decimal(100)),)) for name in ("a", "b")]
    first, second = (preview(playbook, each, DUE, DUE + timedelta(60)) for each in facts)
    assert [entry.on for entry in first.entries] == [entry.on for entry in second.entries]
    assert {entry.first.id for entry in first.entries}.isdisjoint(entry.first.id for entry in second.entries)
