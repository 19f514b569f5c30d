"""Where one claim stands on a day: disputed, promised, under a plan, on hold, insolvent … and since, or until, when.

The latest word wins: a state is what the last event of its kind says. A broken promise is written by nobody; it follows
from the promise, the grace and the payments (docs/language.md 5). Reads events, decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest

from relance.interpreter.balance import Balances
from relance.interpreter.pledges import Pledge, read_pledges
from relance.interpreter.scope import covers, left_undisputed
from relance.law.limitation import Interruption, Suspension, barred_on
from relance.model import WORLD_ANCHORS, Calendar, Duration, Event, Facts, Invoice

_DAY = timedelta(days=1)
#: Events of which the last word counts, and the state they speak of.
_STREAMS = {
    "dispute.opened": "disputed",
    "dispute.closed": "disputed",
    "hold.placed": "on_hold",
    "hold.lifted": "on_hold",
    "insolvency.opened": "insolvent",
    "insolvency.closed": "insolvent",
}
#: Events whose state lasts until the case is reopened.
_LASTING = {"written_off": "written_off", "handed_over": "handed_over", "case.closed": "closed"}
#: Events that are anchors by themselves, and those that end a hold.
_WORLD = frozenset(WORLD_ANCHORS) - {"promise.broken", "plan.broken"}
_ENDS = frozenset({"dispute.closed", "hold.lifted"})
_LOSS_OR_BACK = frozenset({"written_off", "case.reopened"})
_MATCHING = frozenset({"payment.unmatched", "payment.matched"})


@dataclass(frozen=True, slots=True)
class InvoiceState:
    """A claim on a day. `undisputed` is what may be chased; `until` is the last known day of what holds it; `ended` of what held it."""

    invoice: Invoice
    outstanding: Decimal
    undisputed: Decimal
    states: frozenset[str]
    until: dict[str, date] = field(default_factory=dict)
    ended: date | None = None
    anchors: dict[str, date] = field(default_factory=dict)
    broken_promises: frozenset[tuple[date, int]] = frozenset()
    barred: date | None = None
    plans: tuple[PlanPeriod, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanPeriod:
    """The days, both counted, on which a plan was kept, and what the parties agreed for them (C. civ. 1343-1: their word goes first).

    `on_principal`: what is paid counts on the principal. `suspends`: no interest runs.
    """

    start: date
    end: date
    on_principal: bool = True
    suspends: bool = True


@dataclass(slots=True)
class _Found:
    """What the reading of one claim's events has found so far."""

    states: set[str] = field(default_factory=set)
    until: dict[str, date] = field(default_factory=dict)
    anchors: dict[str, date] = field(default_factory=dict)
    ended: list[date] = field(default_factory=list)
    unmatched: dict[str, Event] = field(default_factory=dict)  # by reference, money that nobody has matched yet

    def anchor(self, name: str, day: date) -> None:
        """Keep the latest day of an anchor."""
        self.anchors[name] = max(day, self.anchors.get(name, date.min))


def state_of_invoice(
    facts: Facts, invoice: Invoice, outstanding: Decimal, on: date, *, grace: Duration, calendar: Calendar, held: Balances | None = None
) -> InvoiceState:
    """Fold the events that count for a claim, up to a day, into where it stands. `held` is what its debtor's money did: which losses ended a part only, what served what."""
    partly = held.partly if held else frozenset[tuple[date, int]]()
    events = [event for event in facts.events if event.on <= on and covers(event, invoice)]
    found = _Found()
    last: dict[str, Event] = {}
    for event in events:
        if event.kind != "written_off" or (event.on, event.seq) not in partly:
            _read(event, last, found)
    _hold(last.get("on_hold"), on, found)
    undisputed = _undisputed(last.get("disputed"), invoice, outstanding, facts, held.outstanding if held else {}, found)
    if (event_ := last.get("insolvent")) is not None and event_.kind == "insolvency.opened":
        found.states.add("insolvent")
    promises = read_pledges(facts, events, on, "promise.made", grace, calendar, held)
    plans = read_pledges(facts, events, on, "plan.agreed", grace, calendar, held)
    broken = _settle(promises, on, "promised", "promise_broken", "promise.broken", found)
    _settle(plans, on, "plan_running", "plan_broken", "plan.broken", found)
    barred = barred_on(
        invoice.due,
        debtor_kind=facts.debtor.kind,
        creditor_kind=facts.creditor.kind,
        nature=invoice.nature,
        issued=invoice.issued,
        delivered=invoice.delivered,
        performed=invoice.performed,
        suspensions=_suspensions(events, on),
        interruptions=tuple(Interruption(event.on, event.data.get("by", "")) for event in events if event.kind == "limitation.interrupted"),
    ).on
    if on >= barred:
        found.states.add("time_barred")
    if found.unmatched:
        found.states.add("unmatched_money")
    states = frozenset(found.states)
    ended, periods = max(found.ended, default=None), tuple(period for plan in plans for period in _periods(plan, on))
    return InvoiceState(invoice, outstanding, undisputed, states, found.until, ended, found.anchors, broken, barred, periods)


def _lost_whole(facts: Facts, held: Balances, on: date) -> frozenset[str]:
    """Return the claims, by id, that a loss of all that was open ended, and that nobody has reopened by the end of a day. `held` is what is open then."""
    words = [event for event in facts.events if event.kind in _LOSS_OR_BACK and event.on <= on and (event.on, event.seq) not in held.partly]
    found: frozenset[str] = frozenset()
    for event in words:
        named = {invoice.id for invoice in facts.invoices if covers(event, invoice)}
        found = found | named if event.kind == "written_off" else found - named
    return found


def still_open(facts: Facts, held: Balances, on: date) -> dict[str, Decimal]:
    """Return what of each claim is open on a day, by id, where anything is: nothing is of one that was written off whole."""
    lost = _lost_whole(facts, held, on)
    return {name: amount for name, amount in held.outstanding.items() if amount and name not in lost}


def _suspensions(events: Sequence[Event], on: date) -> tuple[Suspension, ...]:
    """Return the stretches for which limitation did not run: from each word that it is suspended to the next that it goes on, or to today."""
    found: list[Suspension] = []
    began: Event | None = None
    for event in events:
        if event.kind == "limitation.suspended" and began is None:
            began = event
        elif event.kind == "limitation.resumed" and began is not None:
            found.append(Suspension(began.on, event.on, began.data["by"]))
            began = None
    return (*found, Suspension(began.on, on, began.data["by"])) if began is not None else tuple(found)


def _periods(plan: Pledge, on: date) -> Iterator[PlanPeriod]:
    """Return the days on which a plan was kept: up to the one before it broke, from the one on which what was missed had come, until it was cancelled or gave way to another."""
    said, last = plan.event.data, on if plan.superseded is None else plan.superseded - _DAY
    starts, ends = [plan.event.on], []
    for broke, mended in plan.breaks(on):
        ends.append(broke - _DAY)
        starts += [] if mended is None else [mended]
    for start, end in zip_longest(starts, ends[: len(starts)], fillvalue=last):
        yield PlanPeriod(start, min(end, last), on_principal=said.get("serves", "principal") == "principal", suspends=plan.suspends)


def _read(event: Event, last: dict[str, Event], found: _Found) -> None:
    kind = event.kind
    if kind in _STREAMS:
        last[_STREAMS[kind]] = event
    if kind in _WORLD:
        found.anchor(kind, event.on)
    if kind in _ENDS:
        found.ended.append(event.on)
    if kind in _MATCHING:
        held = bool(found.unmatched)
        if not _waiting(event, found.unmatched) and held:
            found.ended.append(event.on)  # the end of the last ends a hold
    if kind in _LASTING:
        found.states.add(_LASTING[kind])
    elif kind == "case.reopened":
        found.states.difference_update(_LASTING.values())


def _waiting(event: Event, waiting: dict[str, Event]) -> dict[str, Event]:
    """Put a payment among those that wait to be matched, or take it off; a word without a reference is about all of them."""
    if event.kind == "payment.unmatched":
        waiting[event.data.get("reference", "")] = event
    elif event.kind == "payment.matched" and "reference" in event.data:
        waiting.pop(event.data["reference"], None)
    elif event.kind == "payment.matched":
        waiting.clear()
    return waiting


def unmatched_money(facts: Facts, invoices: Sequence[Invoice], on: date) -> tuple[Event, ...]:
    """Return the payments (`payment.unmatched`) that wait on a day to be matched, and that may be about one of these invoices."""
    found: dict[int, Event] = {}
    for invoice in invoices:
        waiting: dict[str, Event] = {}
        for event in facts.events:
            if event.on <= on and covers(event, invoice):
                _waiting(event, waiting)
        found |= {id(event): event for event in waiting.values()}
    return tuple(sorted(found.values(), key=lambda event: (event.on, event.seq)))


def _hold(event: Event | None, on: date, found: _Found) -> None:
    if event is None or event.kind != "hold.placed":
        return
    end: date | None = event.data.get("until")
    if end is None:
        found.states.add("on_hold")
    elif end >= on:
        found.states.add("on_hold")
        found.until["on_hold"] = end
    else:
        found.anchor("hold.lifted", end + _DAY)
        found.ended.append(end)


def _undisputed(event: Event | None, invoice: Invoice, outstanding: Decimal, facts: Facts, open_: Mapping[str, Decimal], found: _Found) -> Decimal:
    undisputed = left_undisputed(event, invoice, outstanding, facts.invoices, open_)
    if event is not None and event.kind == "dispute.opened" and not undisputed:
        found.states.add("disputed")
    return undisputed


def undisputed_of(facts: Facts, invoice: Invoice, outstanding: Decimal, on: date, open_: Mapping[str, Decimal]) -> Decimal:
    """Return what is undisputed of what is open of a claim on a day, as `state_of_invoice` has it, and fold nothing else. `open_` is what is open of every claim."""
    told = [event for event in facts.events if event.on <= on and _STREAMS.get(event.kind) == "disputed" and covers(event, invoice)]
    return _undisputed(told[-1] if told else None, invoice, outstanding, facts, open_, _Found())


def _settle(pledges: Sequence[Pledge], on: date, running: str, broken: str, anchor: str, found: _Found) -> frozenset[tuple[date, int]]:
    """Say which pledges were broken, and what the last one does to the claim today."""
    failed = {(pledge.event.on, pledge.event.seq): breaks for pledge in pledges if (breaks := pledge.breaks(on))}
    for breaks in failed.values():
        found.anchor(anchor, breaks[-1][0])
    if pledges:
        last = pledges[-1]
        broke, mended = failed.get((last.event.on, last.event.seq), ((None, None),))[-1]
        if broke is not None and mended is None:
            found.states.add(broken)
            found.ended.append(broke - _DAY)
        elif last.superseded is not None:  # the last of them gives way to its cancellation alone
            found.ended.append(last.superseded)
        elif (kept := last.kept_on(on)) is not None:
            found.ended.append(kept)
        else:
            found.states.add(running)
            found.until[running] = last.terms[-1][0]
    return frozenset(failed)
