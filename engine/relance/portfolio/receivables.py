"""The books on a day: every open case with its age and next step, and what is open by age.

A fold of facts, nothing stored. Cases whose playbook is not known are listed all the same, without a next step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from relance.interpreter.balance import balances
from relance.interpreter.cases import cases_of
from relance.interpreter.debtor import Seen
from relance.interpreter.invoice_state import still_open, unmatched_money
from relance.interpreter.reasons import say
from relance.model import Facts, Invoice, Playbook, Status
from relance.portfolio.evaluation import Share, decided
from relance.portfolio.explain import last_playbook
from relance.portfolio.routing import Assigned, Routing, Unrouted, assign, moved_to, with_known
from relance.portfolio.tasks import open_tasks

#: Buckets of the ageing table: name and the last day overdue that falls into it.
BUCKETS: tuple[tuple[str, int | None], ...] = (("not due", 0), ("1-30", 30), ("31-60", 60), ("61-90", 90), ("over 90", None))
_NAMES = [name for name, _ in BUCKETS]
NO_PLAYBOOK = "no playbook"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One open case on a day. `age` is the days since its oldest open due date, negative before it.

    `unmatched` is money of its debtor, in its currency, that waits to be matched; `task` why a message of it did not leave, for a person to see to.
    """

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
    unmatched: Decimal = ZERO
    task: str = ""


def bucket(age: int) -> str:
    """Name the bucket of an age in days."""
    return next(name for name, last in BUCKETS if last is None or age <= last)


@dataclass(frozen=True, slots=True)
class By:
    """What decides: the rules of a creditor, where there are; else the playbook a case names, `load` by id; else `default`.

    `others` gives what is known of the same debtor with other creditors.
    """

    load: Callable[[str], Playbook | None]
    default: str | None = None
    rules: Callable[[str], Routing | None] = lambda _: None
    others: Callable[[Facts], Sequence[Facts]] = lambda _: ()


def others_among(every: Sequence[Facts]) -> Callable[[Facts], Sequence[Facts]]:
    """Return what gives, of some facts, those of the same debtor with other creditors."""
    by_debtor: defaultdict[str, list[Facts]] = defaultdict(list)
    for facts in every:
        by_debtor[facts.debtor.id].append(facts)
    return lambda facts: [each for each in by_debtor[facts.debtor.id] if each.creditor.id != facts.creditor.id]


def standings(portfolio: Iterable[Facts], on: date, by: By) -> Iterator[OpenCase]:
    """Say where every case with something open stands; one that was written off whole is none of them."""
    for facts in portfolio:
        yield from standings_of(facts, on, by)


def standings_of(facts: Facts, on: date, by: By) -> Iterator[OpenCase]:
    """Say where one debtor's cases with something open stand."""
    owed = still_open(facts, balances(facts, on), on)
    if not owed:
        return
    rules = by.rules(facts.creditor.id)
    routing, share = (rules, assign) if rules is not None else _named(facts, owed, by)
    climbs, unrouted = decided([facts, *by.others(facts)], with_known(routing, moved_to([facts]), by.load), on, share)
    for climb in climbs:
        if climb.today.facts.creditor.id == facts.creditor.id:
            for seen in climb.seen:
                if any(invoice.id in owed for invoice in seen.case.invoices):
                    yield _standing(seen, climb.playbook, owed, on)
    claims = {invoice.id: invoice for invoice in facts.invoices}
    for one in unrouted:
        if one.creditor == facts.creditor.id and one.invoice in owed:
            invoice = claims[one.invoice]
            reason = one.reason if rules is not None else ""
            yield OpenCase(
                facts.creditor.id, facts.debtor.id, invoice.id, "", NO_PLAYBOOK, reason, owed[invoice.id], invoice.currency, invoice.due, (on - invoice.due).days
            )  # fmt: skip


def _named(facts: Facts, owed: Mapping[str, Decimal], by: By) -> tuple[Routing, Share]:
    """Share a debtor's open claims out to the playbook that each names: the one it was last moved to or acted on by."""
    parts: dict[str, list[Invoice]] = {}
    for invoice in facts.invoices:
        named = last_playbook(facts, invoice)
        parts.setdefault(named[0] if named else by.default or "", []).append(invoice)
    found = {name: playbook for name in parts if name and (playbook := by.load(name)) is not None}
    lost = tuple(
        Unrouted(facts.creditor.id, facts.debtor.id, invoice.id, "") for name, claims in parts.items() if name not in found for invoice in claims
    )

    def share(_routing: Routing, each: Facts, _on: date) -> tuple[tuple[Assigned, ...], tuple[Unrouted, ...]]:
        if each is not facts:
            return (), ()
        return tuple(
            Assigned(playbook, tuple(case for case in cases_of(playbook, facts, parts[name]) if any(invoice.id in owed for invoice in case.invoices)))
            for name, playbook in found.items()
        ), lost

    return Routing((), found), share


def _standing(seen: Seen, playbook: Playbook, owed: Mapping[str, Decimal], on: date) -> OpenCase:
    claims = [invoice for invoice in seen.case.invoices if invoice.id in owed]
    decision = seen.decision
    due = min(invoice.due for invoice in claims)
    step, day = (decision.step.id, on) if decision.status is Status.DUE and decision.step else (decision.next or ("", None))
    return OpenCase(
        seen.case.facts.creditor.id, seen.case.facts.debtor.id, seen.case.id, playbook.id, str(decision.status), say(decision.reason),
        sum((owed[invoice.id] for invoice in claims), ZERO), seen.case.currency, due, (on - due).days, step, day,
        sum((event.data["amount"] for event in unmatched_money(seen.case.facts, claims, on)), ZERO),
        "; ".join(f"{task.step}: {task.why}" for task in open_tasks(seen.case.facts.events, on) if task.case == seen.case.id),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open by bucket, in one currency: sums and numbers of invoices, in the order of `BUCKETS`."""

    currency: str
    sums: tuple[Decimal, ...]
    counts: tuple[int, ...]


@dataclass(slots=True)
class Ages:
    """What is open by age, added up debtor by debtor."""

    sums: dict[str, list[Decimal]] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)

    def add(self, facts: Facts, on: date) -> None:
        """Add one debtor's open invoices."""
        owed = still_open(facts, balances(facts, on), on)
        for invoice in facts.invoices:
            if amount := owed.get(invoice.id, ZERO):
                place = _NAMES.index(bucket((on - invoice.due).days))
                self.sums.setdefault(invoice.currency, [ZERO] * len(_NAMES))[place] += amount
                self.counts.setdefault(invoice.currency, [0] * len(_NAMES))[place] += 1

    def join(self, other: Ages) -> None:
        """Add what another holds."""
        self._with(other, 1)

    def take_out(self, other: Ages) -> None:
        """Take away what was added of another."""
        self._with(other, -1)

    def _with(self, other: Ages, sign: int) -> None:
        for currency, sums in other.sums.items():
            mine, counts = self.sums.setdefault(currency, [ZERO] * len(_NAMES)), self.counts.setdefault(currency, [0] * len(_NAMES))
            for place, sum_ in enumerate(sums):
                mine[place] += sign * sum_
                counts[place] += sign * other.counts[currency][place]

    def found(self) -> tuple[Ageing, ...]:
        """Return the sums so far, currency by currency."""
        return tuple(Ageing(currency, tuple(self.sums[currency]), tuple(self.counts[currency])) for currency in sorted(self.sums))


def ageing(portfolio: Iterable[Facts], on: date) -> tuple[Ageing, ...]:
    """Add up what is open by age, currency by currency."""
    ages = Ages()
    for facts in portfolio:
        ages.add(facts, on)
    return ages.found()
