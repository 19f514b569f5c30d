"""What the tests of the ladder share: a playbook from a few lines, a debtor, and a look at a day."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from relance.interpreter import decide, observe
from relance.interpreter.cases import cases
from relance.interpreter.emission import happened
from relance.language import load_playbook_text
from relance.model import Address, Creditor, Debtor, Decision, Event, Facts, Invoice, Playbook
from relance.simulation.timeline import Timeline, preview

sys.path.insert(0, str(Path(__file__).parent))  # test_amounts_properties takes the histories of test_properties
HEAD = "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\n"


def day(text: str) -> date:
    return date.fromisoformat(text)


@dataclass
class Bench:
    """A playbook and what is known, built up line by line; `at` decides on a day, `dates` plays forward."""

    playbook: Playbook
    facts: Facts
    seq: int = 0
    log: list[Event] = field(default_factory=list)

    def told(self, on: str, kind: str, /, invoice: str | None = "F-1", **data: Any) -> Bench:
        currency = data.pop("currency", None)
        for key in ("amount",):
            if key in data:
                data[key] = Decimal(data[key])
        for key in ("by", "until"):
            if key in data and key == "by" and not data[key][:1].isdigit():
                continue
            if key in data:
                data[key] = day(data[key])
        self.seq += 1
        event = Event(day(on), kind, invoice, currency, self.seq, data)
        events = tuple(sorted((*self.facts.events, event), key=lambda each: (each.on, each.seq)))
        self.facts = replace(self.facts, events=events)
        return self

    def invoice(self, name: str, due: str, amount: str = "100.00", issued: str | None = None, currency: str = "EUR") -> Bench:
        claim = Invoice(name, day(due), Decimal(amount), currency, day(issued) if issued else None)
        self.facts = replace(self.facts, invoices=(*self.facts.invoices, claim))
        return self

    def at(self, on: str, case: int = 0) -> Decision:
        wanted = cases(self.playbook, self.facts)[case]
        return decide(self.playbook, observe(self.playbook, wanted, day(on)), day(on))

    def done(self, step: str, on: str, channel: str = "email", invoice: str = "F-1", **data: Any) -> Bench:
        return self.told(on, "action.emitted", invoice, playbook="essai", step=step, channel=channel, case=data.pop("case", invoice), **data)

    def play(self, start: str = "2026-01-01", until: str = "2026-12-31") -> Timeline:
        return preview(self.playbook, self.facts, day(start), day(until))

    def dates(self, start: str = "2026-01-01", until: str = "2026-12-31") -> list[tuple[str, str]]:
        return [(entry.on.isoformat(), entry.first.step) for entry in self.play(start, until).entries]


@pytest.fixture
def bench():
    def make(steps: str, *, top: str = "", due: str = "2026-02-01", amount: str = "100.00", issued: str | None = "2026-01-02", **debtor: Any) -> Bench:
        playbook, findings = load_playbook_text(HEAD + top + "steps:\n" + steps, "essai.yaml", checks=False)
        assert playbook is not None, findings
        known = {"kind": "business", "email": "a@b.example", "phone": "+33140000000", "address": Address(("1 rue de la Paix", "75002 Paris"))}
        facts = Facts(
            Creditor("atelier", "Atelier du Rhône"),
            Debtor("dupont", "Dupont SA", **(known | debtor)),
            (Invoice("F-1", day(due), Decimal(amount), "EUR", day(issued) if issued else None),),
        )
        return Bench(playbook, facts)

    return make


__all__ = ["Bench", "happened"]
