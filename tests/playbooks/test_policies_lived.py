"""A mixed portfolio lives two hundred days under the policies that ship as examples, and every sentence of theirs that bounds what leaves is held to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from relance.language import load_playbook
from relance.model import CONTACT_CHANNELS, Action, Address, Channel, Creditor, Debtor, Event, Facts, Invoice, Playbook
from relance.portfolio.routing import assign, read_routing
from relance.simulation.timeline import play

EXAMPLES = Path(__file__).resolve().parents[2] / "playbooks" / "examples"
START = date(2026, 6, 1)
END = START + timedelta(200)
#: The creditor, kind and profile of a debtor, and the policy that a routing sends him through.
POLICIES = {
    "grossiste": ("halles", "business", None), "refus-delibere": ("halles", "business", "bad-faith"), "abonnement": ("forme", "consumer", None), "energie": ("lumiere", "consumer", None),
    "agence-dossiers": ("alpha", "business", None), "creances-achetees": ("fonds", "consumer", None),
}  # fmt: skip
MONDAY, THURSDAY = 0, 3


@dataclass
class Lived:
    """A debtor, his events, and what left."""

    facts: Facts
    playbook: Playbook
    left: list[Action]

    def days(self, *channels: Channel) -> list[date]:
        return sorted({each.on for each in self.left if each.channel in (channels or CONTACT_CHANNELS)})

    def on(self, step: str) -> list[date]:
        return sorted({each.on for each in self.left if each.step == step})


def life(rng: Random, name: str, number: int) -> Facts:
    """Draw a debtor of a policy: one to three invoices, and what happens to him."""
    creditor, kind, profile = POLICIES[name]
    debtor = Debtor(
        f"{name}-{number}", kind=kind, profile=profile, phone=rng.choice(["+33639980012", None]), email=rng.choice(["a@b.example", "a@b.example", None]),
        address=Address(("1 rue de la Paix", "69001 Lyon")), country="FR", language="fr",
    )  # fmt: skip
    claims, told = [], []
    for place in range(rng.randint(1, 3) if name in {"grossiste", "abonnement", "energie", "agence-dossiers"} else 1):
        due = START + timedelta(rng.randint(-10, 110) if name == "energie" else rng.randint(-10, 60))  # some notices of energy run out in the winter
        amount = Decimal(rng.choice(["12.00", "61.00", "149.99", "150.00", "420.00", "5200.00"]))
        terms = {"assignor": "Forme SAS", "assigned_on": "2026-05-20"} if name == "creances-achetees" else {"penalty": "30.00"} if name == "refus-delibere" else {}
        old = timedelta(rng.choice([0, 100, 200, 400])) if name == "creances-achetees" else timedelta(0)
        claims.append(Invoice(f"F-{place}", due - old, amount, "EUR", due - old - timedelta(20), placed=due + timedelta(2), terms=terms, fields=rng.choice([{}, {"accord-de-saisine": "oui"}])))
        if name in {"abonnement", "energie"}:
            told += [(due, "payment.received", f"F-{place}", {"amount": amount}), (due + timedelta(3), "payment.reversed", f"F-{place}", {"amount": amount})]
    first = claims[0]
    for _ in range(rng.randint(0, 3)):
        on, data = START + timedelta(rng.randint(12, 180)), {}
        kind = rng.choice(["payment.received", "promise.made", "dispute.opened", "call.no_answer", "call.refused", "call.wrong_number", "letter.refused", "letter.presented", "hold.placed", "offer.accepted", "offer.refused", "order.served"])
        if kind == "payment.received":
            data = {"amount": first.amount * rng.choice([1, Decimal("0.5"), Decimal("0.7")])}
            data["amount"] = data["amount"].quantize(Decimal("0.01"))
        elif kind == "promise.made":
            data = {"amount": first.amount, "by": on + timedelta(rng.randint(3, 30))}
        elif kind == "hold.placed":
            data = {"reason": "x", "until": on + timedelta(20)}
        elif kind == "dispute.opened":
            data = {"reason": "x"}
            told.append((on + timedelta(15), "dispute.closed", first.id, {"outcome": "x"}))
        told.append((on, kind, first.id, data))
    events = tuple(Event(on, kind, about, None, seq, data) for seq, (on, kind, about, data) in enumerate(sorted(told, key=lambda each: each[0])))
    return Facts(Creditor(creditor, mandate=date(2026, 1, 5)), debtor, tuple(claims), events)


@pytest.fixture(scope="module")
def portfolio() -> dict[str, list[Lived]]:
    routing, findings = read_routing(EXAMPLES / "routing.yaml")
    assert findings == ()
    playbooks = {name: load_playbook(EXAMPLES / f"{name}.yaml")[0] for name in POLICIES}
    rng, found = Random(20261127), defaultdict(list)
    for number in range(7):
        for name in POLICIES:
            facts = life(rng, name, number)
            playbook = playbooks[name]
            assert {each.playbook.id for each in assign(routing, facts, START)[0]} == {name}
            assert playbook is not None
            left = [action for day in play(playbook, facts, START, END) for action in day.look.actions]
            found[name].append(Lived(facts, playbook, left))
    return found


def within(days: list[date], span: int) -> int:
    """Return the most of some days that lie within so many consecutive ones."""
    return max((sum(first <= each < first + timedelta(span) for each in days) for first in days), default=0)


def apart(days: list[date]) -> int:
    return min(((then - first).days for first, then in pairwise(days)), default=999)


@pytest.mark.parametrize(("name", "gap", "most", "span"), [("grossiste", 7, 3, 30), ("abonnement", 4, 4, 30), ("energie", 4, 4, 30), ("agence-dossiers", 5, 3, 30), ("creances-achetees", 7, 3, 60)])
def test_contacts_keep_the_distance_and_the_number_of_the_policy(portfolio, name, gap, most, span):
    days = [each.days() for each in portfolio[name]]
    assert min(map(apart, days)) >= gap
    assert max(within(each, span) for each in days) <= most
    assert max(map(len, days)) >= 3  # something was written, so that the rules were tried


def test_the_wholesaler_calls_on_no_monday_writes_on_thursdays_and_rests_in_august(portfolio):
    lives = portfolio["grossiste"]
    assert all(day.weekday() != MONDAY for each in lives for day in each.on("appel"))
    assert {day.weekday() for each in lives for day in each.on("releve")} == {THURSDAY}
    assert not [action for each in lives for action in each.left if action.on.month == 8]
    assert max(action.occurrence for each in lives for action in each.left if action.step == "releve") <= 6
    small = [each for each in lives if sum(claim.amount for claim in each.facts.invoices) < 150]
    assert [action for each in small for action in each.left] == []


def test_nothing_is_handed_over_or_sued_before_the_last_day_of_a_notice(portfolio):
    asked = {"grossiste": ("directeur", "transmission", 15), "abonnement": ("mise-en-demeure", "transmission", 15), "energie": ("mise-en-demeure", "transmission", 15),
             "agence-dossiers": ("mise-en-demeure", "transmission", 15), "creances-achetees": ("mise-en-demeure", "transmission", 15), "refus-delibere": ("mise-en-demeure", "injonction", 8)}  # fmt: skip
    seen = 0
    for name, (notice, end, days) in asked.items():
        for each in portfolio[name]:
            for over in (action for action in each.left if action.step == end):
                seen += 1
                sent = each.on(notice)
                assert sent, (name, over)
                assert sent[0] + timedelta(days) < over.on
                assert over.draft
    assert seen >= 5


def test_a_subscriber_is_offered_parts_from_sixty_euros_and_no_supply_is_touched_in_winter(portfolio):
    for name in ("abonnement", "energie"):
        for each in portfolio[name]:
            back = min(event.on for event in each.facts.events if event.kind == "payment.reversed")
            assert all(action.on >= back + timedelta(2) for action in each.left)
            if sum(claim.amount for claim in each.facts.invoices) < 60:
                assert each.on("offre") == []
            suspended, noticed = each.on("suspension"), each.on("mise-en-demeure")
            assert not suspended or noticed[0] + timedelta(15) < suspended[0]
            assert name == "abonnement" or all(4 <= day.month <= 10 for day in suspended)
    assert any(each.on("suspension") for name in ("abonnement", "energie") for each in portfolio[name])
    late = [each for each in portfolio["energie"] if each.on("mise-en-demeure") and each.on("mise-en-demeure")[-1].month in {10, 11}]
    assert late
    assert all(each.on("suspension")[-1:] < each.on("mise-en-demeure")[-1:] for each in late if each.on("mise-en-demeure")[-1] > date(2026, 10, 16))


def test_an_agency_begins_with_its_letter_and_hands_over_with_the_creditors_word(portfolio):
    for each in portfolio["agence-dossiers"]:
        contacts = [action for action in each.left if action.channel in CONTACT_CHANNELS]
        assert not contacts or contacts[0].step == "premiere-lettre"
        assert within(each.days(Channel.CALL, Channel.SMS), 21) <= 1
        if each.on("transmission") and "accord-de-saisine" not in each.facts.invoices[0].fields:
            assert each.on("parole-du-creancier")


def test_a_bought_claim_is_told_first_and_offered_a_settlement_where_it_is_old(portfolio):
    offered = 0
    for each in portfolio["creances-achetees"]:
        if not each.left:
            continue
        assert each.left[0].step == "cession"
        assert all(action.on > each.left[0].on + timedelta(15) for action in each.left[1:])
        offered += len(each.on("solde"))
        assert all((day - each.facts.invoices[0].due).days > 180 for day in each.on("solde"))
    assert offered >= 1


def test_a_letter_that_came_back_to_who_refuses_leaves_again_on_the_next_open_day(portfolio):
    for each in portfolio["refus-delibere"]:
        for action in (action for action in each.left if action.step == "pli-refuse"):
            back = max(event.on for event in each.facts.events if event.kind == "letter.refused" and event.on < action.on)
            assert (action.on - back).days <= 4
    assert any(each.on("clause-penale") for each in portfolio["refus-delibere"])
