"""What the work achieved in a period: contacts by channel, money recovered by step, promises kept, days to pay.

A fold of facts, nothing stored. Money counts for the last step that had reached the debtor for that invoice before it came;
credit notes are no money. Amounts are never added across currencies.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median

from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.balance import Balances, balances
from relance.interpreter.invoice_state import still_open
from relance.interpreter.pledges import pledges
from relance.interpreter.scope import covers
from relance.model import Event, Facts, Invoice
from relance.portfolio.grace import GraceOf, usual_grace

ZERO = Decimal(0)
#: The step that money is counted under which came before any step had been taken.
BEFORE = "before any step"


@dataclass(frozen=True, slots=True)
class Recovered:
    """Money that came after a step: what, in how many payments, in which currency."""

    step: str
    currency: str
    amount: Decimal
    payments: int


@dataclass(frozen=True, slots=True)
class Promises:
    """What became of promises made in the period; `amount_kept` is by currency."""

    made: int = 0
    kept: int = 0
    broken: int = 0
    running: int = 0

    @property
    def share_kept(self) -> Decimal | None:
        """Return the share kept of those decided, as a percentage; None where none is."""
        decided = self.kept + self.broken
        return (Decimal(100) * self.kept / decided).quantize(Decimal("0.1")) if decided else None


@dataclass(frozen=True, slots=True)
class DaysToPay:
    """For invoices paid in full in the period: how many, median days from issue, median days from the due date."""

    invoices: int = 0
    from_issue: int | None = None
    from_due: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A period in figures. `contacts` is by (month, channel); `recovered` is in the order of the amounts; `paid_by_month` by currency."""

    start: date
    end: date
    debtors: int
    contacts: dict[tuple[str, str], int] = field(default_factory=dict)
    recovered: tuple[Recovered, ...] = ()
    paid_by_month: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    promises: Promises = Promises()
    days_to_pay: DaysToPay = DaysToPay()
    open: dict[str, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class _Sums:
    contacts: Counter[tuple[str, str]] = field(default_factory=Counter)
    money: defaultdict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    payments: Counter[tuple[str, str]] = field(default_factory=Counter)
    months: defaultdict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    promises: Counter[str] = field(default_factory=Counter)
    issue_days: list[int] = field(default_factory=list)
    due_days: list[int] = field(default_factory=list)
    open: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))


def figures(portfolio: Iterable[Facts], start: date, end: date, grace: GraceOf = usual_grace) -> Figures:
    """Count what happened from `start` to `end`, both included; `grace` says how long promises are waited for."""
    sums, debtors = _Sums(), 0
    for facts in portfolio:
        debtors += 1
        _count(facts, start, end, sums, grace)
    recovered = tuple(
        Recovered(step, currency, amount, sums.payments[step, currency])
        for (step, currency), amount in sorted(sums.money.items(), key=lambda item: (-item[1], item[0]))
    )
    issue, due = sums.issue_days, sums.due_days
    paid = DaysToPay(len(due), round(median(issue)) if issue else None, round(median(due)) if due else None)
    promises = Promises(sums.promises["made"], sums.promises["kept"], sums.promises["broken"], sums.promises["running"])
    return Figures(
        start, end, debtors, dict(sorted(sums.contacts.items())), recovered, dict(sorted(sums.months.items())), promises, paid,
        dict(sorted(sums.open.items())),
    )  # fmt: skip


def _count(facts: Facts, start: date, end: date, sums: _Sums, grace: GraceOf) -> None:
    done = acts(facts.events, end)
    for act in done:
        if act.contact is not None and start <= act.contact <= end:
            sums.contacts[act.contact.strftime("%Y-%m"), str(act.channel)] += 1
    state = balances(facts, end)
    left = still_open(facts, state, end)
    by_id = {invoice.id: invoice for invoice in facts.invoices}
    reached: dict[tuple[str, date], str] = {}
    for name, amount in state.outstanding.items():
        sums.open[by_id[name].currency] += left.get(name, ZERO)
        reached |= _received(by_id[name], state.paid[name], done, start, end, sums)
        _settled(by_id[name], amount, state.paid[name], start, end, sums)
    _payments(facts, reached, sums)
    for event in facts.events:
        if event.kind == "promise.made" and start <= event.on <= end:
            sums.promises["made"] += 1
            sums.promises[_outcome(facts, event, end, grace, state)] += 1


def _received(
    invoice: Invoice, paid: list[tuple[date, Decimal, bool]], done: tuple[ActionState, ...], start: date, end: date, sums: _Sums
) -> dict[tuple[str, date], str]:
    """Give what was received to the last step executed for its claim on an earlier day; return that step by claim and day."""
    found: dict[tuple[str, date], str] = {}
    reached = sorted(
        ((act.executed, act.step) for act in done if act.executed is not None and not act.skipped and is_about(act, invoice)), reverse=True
    )
    for on, amount, credit in paid:
        if credit or not start <= on <= end:
            continue
        step = next((step for day, step in reached if day < on), BEFORE)
        sums.money[step, invoice.currency] += amount
        sums.months[on.strftime("%Y-%m"), invoice.currency] += amount
        found[invoice.id, on] = step
    return found


def _payments(facts: Facts, reached: Mapping[tuple[str, date], str], sums: _Sums) -> None:
    """Count each payment once for each step that it came after, however many claims and parts of claims it served; one that went back, off it."""
    for event in facts.events:
        if event.kind in {"payment.received", "payment.reversed"}:
            served = [invoice for invoice in facts.invoices if covers(event, invoice)]
            for key in {(reached[each.id, event.on], each.currency) for each in served if (each.id, event.on) in reached}:
                sums.payments[key] += 1 if event.kind == "payment.received" else -1


def is_about(act: ActionState, invoice: Invoice) -> bool:
    """Say whether an action was about an invoice: its own, or its account."""
    return invoice.id in (act.carrier, act.case) or act.case.endswith(f"/{invoice.currency}")


def _settled(invoice: Invoice, left: Decimal, paid: list[tuple[date, Decimal, bool]], start: date, end: date, sums: _Sums) -> None:
    """Count the days it took until an invoice was paid in full, if the last of it came in the period and was money."""
    if left or not paid:
        return
    on, _, credit = paid[-1]
    if credit or not start <= on <= end:
        return
    sums.due_days.append((on - invoice.due).days)
    if invoice.issued is not None:
        sums.issue_days.append((on - invoice.issued).days)


def _outcome(facts: Facts, promise: Event, end: date, grace: GraceOf, held: Balances) -> str:
    """Say whether a promise was kept by its day and the grace, was broken, or still runs."""
    about = [invoice for invoice in facts.invoices if covers(promise, invoice)]
    limit = max((grace(facts, invoice).after(promise.data["by"]) for invoice in about), default=promise.data["by"])
    made = (each for invoice in about for each in pledges(facts, invoice, end, "promise.made", held))
    got = next((each.received(min(limit, end)) for each in made if each.event == promise), ZERO)
    if got >= promise.data["amount"]:
        return "kept"
    return "broken" if limit < end else "running"
