"""The books on a day: every open case with its age and next step, and what is open by age.

A fold of facts, nothing stored. Cases whose playbook is not known are listed all the same, without a next step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relance.ladder.balance import balances
from relance.ladder.look import Seen, look
from relance.ladder.reasons import say
from relance.ledger.books import Target, playbook_of
from relance.model import Facts, Invoice, Playbook, Status

#: Buckets of the ageing table: name and the last day overdue that falls into it.
BUCKETS: tuple[tuple[str, int | None], ...] = (("not due", 0), ("1-30", 30), ("31-60", 60), ("61-90", 90), ("over 90", None))
NO_PLAYBOOK = "no playbook"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """One open case on a day. `age` is the days since its oldest open due date, negative before it."""

    creditor: str
    debtor: str
    case: str
    playbook: str
    status: str
    reason: str
    open: Decimal
    currency: str
    due: date
    age: int
    step: str = ""
    on: date | None = None


def bucket(age: int) -> str:
    """Name the bucket of an age in days."""
    return next(name for name, last in BUCKETS if last is None or age <= last)


def standings(
    portfolio: Iterable[Facts], on: date, playbooks: Callable[[str], Playbook | None], default: str | None = None
) -> Iterator[Standing]:
    """Say where every case with something open stands. `playbooks` loads one by id; `default` is for cases that name none."""
    for facts in portfolio:
        owed = balances(facts, on).outstanding
        for playbook, claims in _by_playbook(facts, {name for name, amount in owed.items() if amount}, playbooks, default):
            if playbook is None:
                for claim in claims:
                    age = (on - claim.due).days
                    yield Standing(
                        facts.creditor.id, facts.debtor.id, claim.id, "", NO_PLAYBOOK, "", owed[claim.id], claim.currency, claim.due, age
                    )
            else:
                mine = frozenset(claim.id for claim in claims)
                for seen in look(playbook, facts, on).seen:
                    standing = _standing(seen, playbook, mine, owed, on)
                    if standing is not None:
                        yield standing


def _by_playbook(
    facts: Facts, open_: set[str], playbooks: Callable[[str], Playbook | None], default: str | None
) -> list[tuple[Playbook | None, list[Invoice]]]:
    """Part a debtor's open claims by the playbook each is under."""
    parts: dict[str, list[Invoice]] = {}
    for claim in facts.invoices:
        if claim.id in open_:
            named = playbook_of(facts, Target(claim.id, facts.creditor.id, facts.debtor.id, claim.id))
            parts.setdefault(named[0] if named else default or "", []).append(claim)
    return [(playbooks(name) if name else None, claims) for name, claims in parts.items()]


def _standing(seen: Seen, playbook: Playbook, mine: frozenset[str], owed: Mapping[str, Decimal], on: date) -> Standing | None:
    claims = [claim for claim in seen.case.invoices if claim.id in mine]
    if not claims:
        return None
    decision = seen.decision
    due = min(claim.due for claim in claims)
    step, day = (decision.step.id, on) if decision.status is Status.DUE and decision.step else (decision.next or ("", None))
    return Standing(
        seen.case.facts.creditor.id, seen.case.facts.debtor.id, seen.case.id, playbook.id, str(decision.status), say(decision.reason),
        sum((owed[claim.id] for claim in claims), ZERO), seen.case.currency, due, (on - due).days, step, day,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open by bucket, in one currency: sums and numbers of invoices, in the order of `BUCKETS`."""

    currency: str
    sums: tuple[Decimal, ...]
    counts: tuple[int, ...]


def ageing(portfolio: Iterable[Facts], on: date) -> tuple[Ageing, ...]:
    """Add up what is open by age, currency by currency."""
    sums: dict[str, dict[str, Decimal]] = {}
    counts: dict[str, dict[str, int]] = {}
    for facts in portfolio:
        owed = balances(facts, on).outstanding
        for claim in facts.invoices:
            amount = owed.get(claim.id, ZERO)
            if amount:
                name = bucket((on - claim.due).days)
                mine, numbers = sums.setdefault(claim.currency, {}), counts.setdefault(claim.currency, {})
                mine[name] = mine.get(name, ZERO) + amount
                numbers[name] = numbers.get(name, 0) + 1
    names = [name for name, _ in BUCKETS]
    return tuple(
        Ageing(currency, tuple(sums[currency].get(name, ZERO) for name in names), tuple(counts[currency].get(name, 0) for name in names))
        for currency in sorted(sums)
    )
