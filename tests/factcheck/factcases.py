"""Random portfolios whose future is played through the shipped playbooks, and every document that leaves on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import NamedTuple

from relance.interpreter.case_history import known_before
from relance.language import load_playbook
from relance.language.library import find, shipped_ids
from relance.letters import sample
from relance.letters.context import Writing
from relance.letters.document import group_messages
from relance.model import Action, Address, Channel, Creditor, Debtor, Event, Facts, Invoice, Playbook
from relance.simulation.timeline import preview

START = date(2026, 1, 5)
NAMES = (
    "Menuiserie Vasseur SARL",
    "Zoé L’Hôte-Dœuf",
    "Société N° 1 <Été> & Cie",
    "Transports Müller",
    "Librairie *Les Heures*",
    "Nguyễn Traiteur SAS",
)
CREDITORS = ("Atelier du Rhône SARL", "L’Atelier d’Ébène & Fils", "Papeterie Brun SAS")
#: How houses number their invoices: with marks, with blanks, like a day.
NUMBERINGS = ("FA-{0:03}-{1}", "FA-{0:03}-{1}", "FA {0:03}{1}", "2026/{0:03}{1}", "2026-01-{1}", "F{0:03}.{1}")
IBANS = ("FR7630006000011234567890189", "FR1420041010050500013M02606", "DE89370400440532013000")


@lru_cache(maxsize=32)
def shipped(name: str) -> Playbook:
    """Load a shipped playbook once."""
    path = find(name)
    assert path is not None
    playbook, _ = load_playbook(path, checks=False)
    assert playbook is not None
    return playbook


class Leaving(NamedTuple):
    """A message that leaves: its actions, what is known on its day, and how it is written."""

    actions: tuple[Action, ...]
    facts: Facts
    writing: Writing


def facts(rng: Random, playbook: Playbook, number: int) -> Facts:
    """Make a debtor with one to four invoices, in one currency or two, and what happens to them in half a year."""
    kind = playbook.debtor if playbook.debtor != "any" else rng.choice(["business", "consumer", "business"])
    creditor = Creditor(
        "alpha", name=rng.choice(CREDITORS), siren="552100554", address=Address(("3 quai du Rhône", "69002 Lyon")), email="compta@alpha.example",
        phone="04 72 00 00 00", iban=rng.choice(IBANS), bic=rng.choice(["AGRIFRPP", None]), mandate=date(2025, 12, rng.randint(1, 28)),
        terms={"legal_form": "SARL", "capital": "10 000 €", "rcs": "RCS Lyon 552 100 554", "signatory": "Claire Martin", "role": "Comptable"}
        | ({"allocation": "principal_first"} if rng.random() < 0.5 else {}),
    )  # fmt: skip
    debtor = Debtor(
        f"d{number}", name=rng.choice(NAMES), kind=kind, country="FR", language=rng.choice(["fr", "fr", "en"]), profile=next(iter(playbook.profiles), None),
        siren=rng.choice(["443061841", None]), address=Address((f"{rng.randint(1, 99)} rue de la République", "69001 Lyon")), email=f"d{number}@client.example",
        phone=rng.choice(["+33612345678", None]),
    )  # fmt: skip
    invoices = []
    for place in range(rng.choice([1, 1, 2, 2, 3, 4])):
        due = START + timedelta(rng.randint(5, 70))
        amount = Decimal(rng.randint(2_000, 900_000)) / 100
        currency = "EUR" if rng.random() < 0.85 else "USD"
        issued = rng.choice([None, due - timedelta(30), due - timedelta(rng.randint(10, 45))])
        invoices.append(Invoice(NUMBERINGS[number % len(NUMBERINGS)].format(number, place + 11), due, amount, currency, issued, rate=rng.choice([None, None, Decimal(15)])))
    if rng.random() < 0.1:
        first = invoices[0]
        half = (first.amount / 2).quantize(Decimal("0.01"))
        invoices[0:1] = [
            replace(first, id=f"{first.id}/{part}", document=first.id, due=first.due + timedelta(20 * part), amount=half) for part in (1, 2)
        ]
    return Facts(creditor, debtor, tuple(invoices), tuple(_events(rng, playbook, invoices)))


def _events(rng: Random, playbook: Playbook, invoices: list[Invoice]) -> Iterator[Event]:
    kinds = (
        "payment.received",
        "payment.received",
        "credit_note.issued",
        "promise.made",
        "plan.agreed",
        "dispute.opened",
        "payment.reversed",
        "action.failed",
        "contact.inbound",
    )
    told = []
    for kind in rng.choices(kinds, k=rng.choice([0, 1, 1, 2, 3, 4])):
        invoice = rng.choice(invoices)
        on = invoice.due + timedelta(rng.randint(1, 80))
        part = (invoice.amount * rng.randint(5, 60) / 100).quantize(Decimal("0.01"))
        match kind:
            case "promise.made":
                data: dict = {"amount": part, "by": on + timedelta(rng.randint(2, 20))}
            case "plan.agreed":
                first = (invoice.amount * 2 / 5).quantize(Decimal("0.01"))  # no two sums of a case a cent apart: a letter altered by one would be true
                data = {"instalments": ({"on": on + timedelta(10), "amount": first}, {"on": on + timedelta(20), "amount": invoice.amount - first})}
            case "dispute.opened":
                data = {"reason": "deux caisses manquaient"} | ({"amount": part} if rng.random() < 0.6 else {})
                if rng.random() < 0.6:
                    told.append(Event(on + timedelta(rng.randint(3, 15)), "dispute.closed", invoice.id, data={"outcome": "vu"}))
            case "action.failed":
                data = {"step": rng.choice(playbook.steps).id, "error": "550 no such mailbox"}
            case "contact.inbound":
                data = {"channel": "call", "note": "rappelle"}
            case _:
                data = {"amount": part}
        told.append(Event(on, kind, invoice.id, data=data))
    told.sort(key=lambda event: event.on)
    return (replace(event, seq=place) for place, event in enumerate(told))


def leaving(rng: Random, number: int, *, days: int = 130) -> Iterator[Leaving]:
    """Play one debtor through one shipped playbook, and yield every message that leaves."""
    playbook = shipped(rng.choice(shipped_ids()))
    case = facts(rng, playbook, number)
    timeline = preview(playbook, case, START, START + timedelta(days))
    agency = playbook.collector == "agency"
    writing = Writing(letterhead=sample.AGENCY, agency=True) if agency else Writing()
    actions = [
        action for entry in timeline.entries for action in entry.actions if action.missing is None and action.channel is not Channel.WEBHOOK
    ]
    for group in group_messages(actions):
        yield Leaving(tuple(group), known_before(timeline.facts, group), writing)
