"""The plans in force on the invoices of a message, worked out from the events once more: what is missing of each instalment on a day, and in all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from relance.interpreter.designation import Given
from relance.interpreter.scope import covers
from relance.model import Event, Facts, Invoice

ZERO = Decimal(0)
#: What serves a plan, and how: money, and what lowers what it is about.
_SERVES: Mapping[str, int] = {"payment.received": 1, "payment.reversed": -1, "credit_note.issued": 1, "written_off": 1}


@dataclass(frozen=True, slots=True)
class KnownPlans:
    """The instalments (day, amount, missing) of the plans over some invoices, when they were agreed, and what these invoices lack of them in all.

    `about` names those of the invoices that one of the plans is about.
    """

    parts: frozenset[tuple[date, Decimal, Decimal]] = frozenset()
    agreed: frozenset[date] = frozenset()
    late: Decimal = ZERO
    asked: Decimal = ZERO
    planned: frozenset[tuple[date, Decimal]] = field(default=frozenset())
    about: frozenset[str] = frozenset()

    @property
    def missing(self) -> frozenset[Decimal]:
        """Every sum that may be said to be missing: of one instalment, or of those whose day is past."""
        return frozenset({self.late, *(missing for _, _, missing in self.parts)})


def known_plans(facts: Facts, listed: Sequence[Invoice], on: date, open_of: Callable[[Invoice], Decimal], given: Given) -> KnownPlans:
    """Read the plans of the invoices listed. `open_of` gives what is open and undisputed of an invoice, up to which it is asked what a plan lacks; `given` what served what."""
    names, parts, agreed, late, asked = {invoice.id for invoice in listed}, set(), set(), ZERO, ZERO
    in_force = {invoice.id: plan for invoice in listed if (plan := _in_force(facts, invoice, on)) is not None}
    for plan in {(plan.on, plan.seq): plan for plan in in_force.values()}.values():
        agreed.add(plan.on)
        lacks = ZERO
        for day, amount, missing in _instalments(facts, plan, on, given):
            parts.add((day, amount, missing))
            lacks += missing if day < on else ZERO
        late += lacks
        about = [each for each in facts.invoices if each.currency == listed[0].currency and _in_force(facts, each, on) is plan]
        for invoice in sorted(about, key=lambda each: (each.due, each.id)):
            share = min(lacks, open_of(invoice))
            lacks -= share
            asked += share if invoice.id in names else ZERO
    return KnownPlans(frozenset(parts), frozenset(agreed), late, asked, frozenset((day, amount) for day, amount, _ in parts), frozenset(in_force))


def _in_force(facts: Facts, invoice: Invoice, on: date) -> Event | None:
    """Return the last plan about an invoice, kept or broken, that no word cancelled."""
    told = [event for event in facts.events if event.on <= on and event.kind in ("plan.agreed", "plan.cancelled") and covers(event, invoice)]
    last = max(told, key=lambda event: (event.on, event.seq), default=None)
    return last if last is not None and last.kind == "plan.agreed" else None


def _instalments(facts: Facts, plan: Event, on: date, given: Given) -> Iterator[tuple[date, Decimal, Decimal]]:
    left = max(sum(_served(facts, plan, on, given), ZERO), ZERO)
    for part in sorted(plan.data["instalments"], key=lambda each: each["on"]):
        here = min(left, part["amount"])
        left -= here
        yield part["on"], part["amount"], part["amount"] - here


def _served(facts: Facts, plan: Event, on: date, given: Given) -> Iterator[Decimal]:
    """Yield what came in since a plan was agreed, and by what its debt was lowered; what of it served other invoices is not of the plan."""
    about = [each for each in facts.invoices if covers(plan, each)]
    for event in facts.events:
        if event.kind not in _SERVES or event.on > on or (event.on, event.seq) <= (plan.on, plan.seq):
            continue
        if any(covers(event, each) for each in about) and (plan.currency is None or event.currency in (None, plan.currency)):
            elsewhere = (part for name, part in given.get((event.on, event.seq), {}).items() if all(each.id != name for each in about))
            yield _SERVES[event.kind] * (event.data.get("amount") or ZERO) - sum(elsewhere, ZERO)
