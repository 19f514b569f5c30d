"""What a person looks at of a morning beside what waits for him: what is new of a debtor, promises that fall due, cases without a way on, rates that are missing.

Owns what is listed. What a promise is short of, where a case stands and which figure is missing are each asked of the one place that says it. Nothing of it
is work of the worklist: no command settles it, but a person may want to act. A morning is told since the evening of the last run, or of the last open day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from relance.dates import is_open
from relance.interpreter.balance import balances
from relance.interpreter.invoice_state import still_open
from relance.interpreter.pledges import Pledge, pledges
from relance.interpreter.scope import covers
from relance.journal.chain import Entry
from relance.journal.event_types import KINDS, SCOPES, Scope
from relance.journal.journal import Journal
from relance.law.parameters import concerns, french
from relance.model import Calendar, Facts, Invoice, Status
from relance.portfolio.receivables import NO_PLAYBOOK, OpenCase
from relance.report.event_names import event_name
from relance.sentences import plural, sentence
from relance.zones import end_of_day

#: Kinds of events that are news of a debtor: what the house itself says, and what is told of a creditor as a whole, is none.
NEWS = tuple(kind for kind in KINDS if SCOPES[kind] is not Scope.CREDITOR and not kind.startswith(("action.", "message.", "evidence.", "debtor.")))
#: Where a case stands that no step will ever move: its playbook is at its end, or there is none.
_NO_WAY_ON = frozenset({str(Status.FINISHED), NO_PLAYBOOK})
_DAY = timedelta(days=1)
ZERO = Decimal(0)


class LookKind(StrEnum):
    """What is looked at."""

    NEW = "new"
    PROMISE = "promise"
    NO_WAY_ON = "no_way_on"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class LookItem:
    """One thing that is looked at: about whom (nobody: the house), what, how much of what currency, by which day, and the command that says more or records what is done."""

    kind: LookKind
    id: str
    creditor: str
    debtor: str
    what: str
    stake: Decimal
    currency: str
    settles: str
    name: str = ""
    by: date | None = None


def in_order_of_day(items: Iterable[LookItem]) -> list[LookItem]:
    """Put what has an earlier day first, then what is most at stake."""
    return sorted(items, key=lambda item: (item.by or date.max, -item.stake, item.creditor, item.id))


def looked_until(journal: Journal, on: date) -> date:
    """Return the evening since which a morning is told: of the last run, where it was before the day, else of the last day that was open before it."""
    last = journal.last_run()
    if last is not None and last < on:
        return last
    before = on - _DAY
    while not is_open(Calendar(), before):
        before -= _DAY
    return before


def told_since(entries: Iterable[Entry], evening: date) -> Iterator[Entry]:
    """Keep what was recorded after the end of a day."""
    end = end_of_day(evening)
    return (entry for entry in entries if entry.recorded_at >= end)


def news_of(entries: Iterable[Entry]) -> Iterator[LookItem]:
    """Say of each debtor what was told of him, in entries of `NEWS`: how much of each kind."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.debtor is not None:
            found.setdefault((entry.creditor, entry.debtor), []).append(entry)
    for (creditor, debtor), some in found.items():
        kinds = Counter(entry.kind for entry in some)
        told = [sentence("{count} × {what}", count=number, what=event_name(kind)) if number > 1 else event_name(kind) for kind, number in kinds.items()]
        what = plural("{count} thing is new: {kinds}", "{count} things are new: {kinds}", len(some), kinds=told)
        yield LookItem(LookKind.NEW, f"new:{creditor}:{debtor}", creditor, debtor, what, ZERO, "EUR", f"relance history {debtor}")


def promises_due(facts: Facts, since: date, on: date) -> Iterator[LookItem]:
    """Say which sums were promised, or agreed in a plan, for a day behind `since` and up to the day, and are not there: what is missing of each."""
    held = balances(facts, on)
    owed = still_open(facts, held, on)
    seen = set[tuple[date, int]]()
    for invoice in facts.invoices:
        for kind in ("promise.made", "plan.agreed") if invoice.id in owed else ():
            for pledge in pledges(facts, invoice, on, kind, held):
                if pledge.cancelled or pledge.superseded is not None or (name := (pledge.event.on, pledge.event.seq)) in seen:
                    continue
                seen.add(name)
                yield from _due(pledge, facts, invoice, owed, since, on)


def _due(pledge: Pledge, facts: Facts, invoice: Invoice, owed: dict[str, Decimal], since: date, on: date) -> Iterator[LookItem]:
    about = sum((owed.get(each.id, ZERO) for each in facts.invoices if covers(pledge.event, each) and each.currency == invoice.currency), ZERO)
    terms = [(day, total) for day, total in pledge.terms if since < day <= on]
    if not terms:
        return
    day, total = terms[-1]
    missing = about if total is None else min(about, total - pledge.received(on))
    if missing <= ZERO:
        return
    what = sentence("promised on {day}", day=pledge.event.on) if pledge.event.kind == "promise.made" else sentence("an instalment of the plan of {day}", day=pledge.event.on)
    yield LookItem(
        LookKind.PROMISE, f"promise:{facts.creditor.id}:{facts.debtor.id}:{pledge.event.seq}", facts.creditor.id, facts.debtor.id, what, missing, invoice.currency,
        f"relance record {invoice.id} payment.received …", name=facts.debtor.name or facts.debtor.id, by=day,
    )  # fmt: skip


def cases_without_a_way_on(cases: Iterable[OpenCase], name: str) -> Iterator[LookItem]:
    """Name the cases of a debtor, who is called so, in which something is open and that no step will move any more."""
    for case in cases:
        if case.status in _NO_WAY_ON:
            what = sentence("no playbook takes it") if case.status == NO_PLAYBOOK else sentence("{playbook} is at its end", playbook=case.playbook)
            yield LookItem(
                LookKind.NO_WAY_ON, f"no_way_on:{case.creditor}:{case.case}", case.creditor, case.debtor, sentence("{case}: {why}", case=case.case, why=what), case.open, case.currency,
                f"relance record {case.case} playbook.changed …", name=name,
            )  # fmt: skip


def missing_rates(on: date) -> Iterator[LookItem]:
    """Name the figures of the law that are not known, of the running half-year or the one to come."""
    law = french()
    for each in concerns(law, on):
        if each.kind == "missing":
            what = sentence("{figure}: {message}", figure=law[each.parameter].named, message=each.message)
            yield LookItem(LookKind.RATE, f"rate:{each.parameter}:{each.message}", "", "", what, ZERO, "EUR", "relance law check", name=each.parameter)
