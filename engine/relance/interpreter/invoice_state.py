"""Where one claim stands on a day: disputed, promised, under a plan, on hold, insolvent … and since, or until, when.

The latest word wins: a state is what the last event of its kind says. A broken promise is written by nobody; it follows
from the promise, the grace and the payments (docs/language.md 5). Reads events, decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest

from relance.dates import add
from relance.interpreter.balance import ZERO, Balances
from relance.interpreter.scope import covers
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
_PAYMENTS = frozenset({"payment.received", "payment.reversed"})
_LOWERING = frozenset({"credit_note.issued", "written_off"})
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


@dataclass(frozen=True, slots=True)
class Pledge:
    """A promise or a plan: so much in all by each limit (its date and the grace); None stands for all that is owed.

    `money` are the movements since it was made, of a plan also what lowered its debt; from `superseded` on, another word counts.
    """

    terms: tuple[tuple[date, Decimal | None], ...]
    money: tuple[tuple[date, Decimal], ...]
    event: Event
    superseded: date | None
    cancelled: bool

    @property
    def suspends(self) -> bool:
        """Whether no interest runs while a plan is kept: unless it says otherwise."""
        return bool(self.event.data.get("interest", "suspended") == "suspended")

    def received(self, day: date) -> Decimal:
        """Sum the money that came in from the day of the pledge to a day."""
        return sum((amount for on, amount in self.money if on <= day), ZERO)

    @property
    def mends(self) -> bool:
        """Whether it is in force again once all that was missed has come: a plan, unless it says that it ends; a promise is broken for good."""
        return self.event.kind == "plan.agreed" and self.event.data.get("late", "resumes") == "resumes"

    def breaks(self, day: date) -> tuple[tuple[date, date | None], ...]:
        """Return each day, up to a given one, on which the money of a past term was not there, and the day on which all of it had come, if it did."""
        end = day if self.superseded is None else min(day, self.superseded)
        found: list[tuple[date, date | None]] = []
        broke: date | None = None
        for candidate in sorted({limit + _DAY for limit, _ in self.terms} | {on for on, _ in self.money}):
            if candidate > end:
                break
            short = self._short(candidate)
            if broke is None and short:
                broke = candidate
            elif broke is not None and not short and self.mends:
                found.append((broke, candidate))
                broke = None
        return (*found, (broke, None)) if broke is not None else tuple(found)

    def _short(self, day: date) -> bool:
        """Say whether the money of a term that is past is not there, or not all of it."""
        received = self.received(day)
        return any(limit < day and (need is None or received < need) for limit, need in self.terms)

    def kept_on(self, day: date) -> date | None:
        """Return the day on which all the money was there, if it still is."""
        need = self.terms[-1][1]
        if need is None or self.received(day) < need:
            return None
        return next((on for on, _ in self.money if self.received(on) >= need), None)


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
    facts: Facts, invoice: Invoice, outstanding: Decimal, on: date, *, grace: Duration, calendar: Calendar, partly: Collection[tuple[date, int]] = ()
) -> InvoiceState:
    """Fold the events that count for a claim, up to a day, into where it stands. `partly` are the losses (day, seq) that ended a part of it only."""
    events = [event for event in facts.events if event.on <= on and covers(event, invoice)]
    found = _Found()
    last: dict[str, Event] = {}
    for event in events:
        if event.kind != "written_off" or (event.on, event.seq) not in partly:
            _read(event, last, found)
    _hold(last.get("on_hold"), on, found)
    undisputed = _undisputed(last.get("disputed"), outstanding, found)
    if (event_ := last.get("insolvent")) is not None and event_.kind == "insolvency.opened":
        found.states.add("insolvent")
    promises = _pledges(facts, events, on, "promise.made", grace, calendar)
    plans = _pledges(facts, events, on, "plan.agreed", grace, calendar)
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


def _undisputed(event: Event | None, outstanding: Decimal, found: _Found) -> Decimal:
    if event is None or event.kind != "dispute.opened":
        return outstanding
    part: Decimal | None = event.data.get("amount")
    if part is None or part >= outstanding:
        found.states.add("disputed")
        return ZERO
    return outstanding - part


def undisputed_of(facts: Facts, invoice: Invoice, outstanding: Decimal, on: date) -> Decimal:
    """Return what is undisputed of what is open of a claim on a day, as `state_of_invoice` has it, and fold nothing else."""
    told = [event for event in facts.events if event.on <= on and _STREAMS.get(event.kind) == "disputed" and covers(event, invoice)]
    return _undisputed(told[-1] if told else None, outstanding, _Found())


def pledges(facts: Facts, invoice: Invoice, on: date, kind: str) -> tuple[Pledge, ...]:
    """Return the promises (`promise.made`) or plans (`plan.agreed`) made about a claim up to a day, to the letter: no grace is added to their dates."""
    events = [event for event in facts.events if event.on <= on and covers(event, invoice)]
    return _pledges(facts, events, on, kind, Duration(0), Calendar())


def _pledges(
    facts: Facts, events: Sequence[Event], on: date, kind: str, grace: Duration, calendar: Calendar
) -> tuple[Pledge, ...]:
    """Read the promises (or plans) made about a claim; each holds until the next word of its kind."""
    words = [event for event in events if event.kind in (kind, "plan.cancelled" if kind == "plan.agreed" else kind)]
    pledges = []
    for event, later in zip_longest(words, words[1:]):
        if event.kind != kind:
            continue
        dated = event.data.get("instalments") or ({"on": event.data["by"], "amount": event.data.get("amount")},)
        total: Decimal | None = ZERO
        terms: list[tuple[date, Decimal | None]] = []
        for term in sorted(dated, key=lambda each: each["on"]):
            total = None if total is None or term["amount"] is None else total + term["amount"]
            terms.append((add(term["on"], grace, calendar), total))
        cancelled = later is not None and later.kind != kind
        pledges.append(Pledge(tuple(terms), _money(facts, event, on), event, None if later is None else later.on, cancelled=cancelled))
    return tuple(pledges)


def _money(facts: Facts, pledge: Event, on: date) -> tuple[tuple[date, Decimal], ...]:
    """List the payments (reversals negative) that count towards a pledge: made after it, and about what it is about.

    Of a plan, credit notes and parts written off count as well: what is owed no more is missing of no instalment.
    """
    about = [each for each in facts.invoices if covers(pledge, each)]
    counting = _PAYMENTS if pledge.kind != "plan.agreed" else _PAYMENTS | _LOWERING
    found = []
    for event in facts.events:
        if event.on > on or event.kind not in counting or (event.on, event.seq) <= (pledge.on, pledge.seq) or "amount" not in event.data:
            continue
        if (pledge.currency is None or event.currency in (None, pledge.currency)) and any(covers(event, each) for each in about):
            found.append((event.on, -event.data["amount"] if event.kind == "payment.reversed" else event.data["amount"]))
    return tuple(found)


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
