"""Persons who are not written to: what stops, which duty comes, and when; both folds and the tags agree."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from relance.interpreter.reasons import say
from relance.journal.event_types import build
from relance.law.duties import duties, mandate_missing
from relance.law.persons import PERSONS, STOPPING, standing_of
from relance.law.recipients import stopping
from relance.model import Creditor, Debtor, Event, Facts, Reason

ON = date(2026, 3, 5)


def facts(*events, kind="consumer", tags=()):
    return Facts(Creditor("c"), Debtor("d", kind=kind, tags=tags), (), events)


def known(state, on=ON, **more):
    return Event(on, "person.known", data={"state": state, **more})


@pytest.mark.parametrize("state", STOPPING)
def test_a_state_stops_from_its_day_until_it_ends(state):
    told = facts(known(state), Event(ON + timedelta(9), "person.ended", data={"state": state}))
    days = (ON - timedelta(1), ON, ON + timedelta(8), ON + timedelta(9))
    assert [stopping(told, day) for day in days] == [None, state, state, None]
    assert say(Reason(state))


def test_the_gravest_of_several_is_the_reason_and_a_sole_trader_is_written_to():
    assert stopping(facts(known("counsel"), known("deceased")), ON) == "deceased"
    assert stopping(facts(known("sole_trader")), ON) is None
    assert list(standing_of(facts(known("sole_trader")), ON)) == ["sole_trader"]


@pytest.mark.parametrize(
    ("tag", "state"),
    [("represente-avocat", "counsel"), ("Tutelle", "guardianship"), ("decede", "deceased"), ("mineur", "minor"), ("curatelle", "curatorship"), ("surendettement", "over_indebtedness_filed"), ("vip", None)],
)
def test_a_tag_says_it_as_well(tag, state):
    assert stopping(facts(tags=(tag,)), ON) == state


@pytest.mark.parametrize("state", PERSONS)
def test_each_state_gives_its_duty_with_the_person_to_write_to(state):
    (duty,) = duties(facts(known(state, name="Maître Dupond", address="1 rue Exemple, Lyon")), ON, collector="creditor")
    assert duty.title.endswith("Maître Dupond, 1 rue Exemple, Lyon")
    assert duty.by == (date(2026, 4, 4) if state == "over_indebtedness" else None)


@pytest.mark.parametrize(
    ("kind", "procedure", "name", "by"),
    [
        ("consumer", "surendettement", "state_claim", date(2026, 4, 1)),
        ("consumer", None, "state_claim", date(2026, 4, 1)),
        ("business", "surendettement", "state_claim", date(2026, 4, 1)),
        ("business", None, "declare_claim", date(2026, 5, 2)),
        ("consumer", "redressement", "declare_claim", date(2026, 5, 2)),  # a sole trader
    ],
)
def test_over_indebtedness_goes_to_the_commission_within_thirty_days(kind, procedure, name, by):
    opened = Event(ON, "insolvency.opened", data={"published_on": date(2026, 3, 2), **({"procedure": procedure} if procedure else {})})
    (duty,) = duties(facts(opened, kind=kind), ON, collector="creditor")
    assert (duty.name, duty.by) == (name, by)


def test_a_state_nobody_knows_is_refused_with_the_list():
    event, mistakes = build({"on": "2026-03-05", "event": "person.known", "state": "absent"})
    assert event is None
    assert "deceased" in str(mistakes[0])


@pytest.mark.parametrize(("until", "missing"), [("2026-03-04", True), ("2026-03-05", False), (None, False)])
def test_an_agency_s_mandate_ends_with_its_last_day(until, missing):
    creditor = Creditor("c", mandate=date(2026, 1, 5), terms={"mandate_until": until} if until else {})
    assert (mandate_missing(creditor, ON, collector="agency") is not None) == missing
    assert mandate_missing(creditor, ON, collector="creditor") is None
