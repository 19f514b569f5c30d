"""Fold what is known of a case, up to a day, into the `View` a playbook needs. Pure; LANGUAGE.md 3 to 5 say what counts.

This is the plain fold of single cases. The fold of whole tables must give the same views, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from relance.dates import add
from relance.ladder.acts import DUTY, Act, acts
from relance.ladder.balance import ZERO, Balances, balances, covers
from relance.ladder.conditions import truth
from relance.ladder.footprint import Footprint, footprint
from relance.ladder.standing import Standing, standing
from relance.law.duties import mandate_missing
from relance.model import (
    STATE_FACTS,
    Case,
    Channel,
    Done,
    Duration,
    Facts,
    Invoice,
    Playbook,
    Test,
    Unit,
    View,
)

#: States that take an invoice out of its account, when the playbook stops or holds on them.
_TAKE_OUT = ("disputed", "promised", "plan_running", "on_hold", "written_off", "time_barred", "handed_over", "closed")
#: What must be known of a debtor for a channel to reach him.
_NEEDS = {
    Channel.EMAIL: "email",
    Channel.ELECTRONIC_REGISTERED_LETTER: "email",
    Channel.LETTER: "address",
    Channel.REGISTERED_LETTER: "address",
    Channel.SMS: "phone",
    Channel.CALL: "phone",
}


def cases(playbook: Playbook, facts: Facts) -> tuple[Case, ...]:
    """Return what climbs the ladder: each invoice, or each account (one a currency, named `debtor/currency`)."""
    if playbook.unit is Unit.INVOICE:
        return tuple(Case(claim.id, facts, (claim,), claim.currency) for claim in facts.invoices)
    currencies = dict.fromkeys(claim.currency for claim in facts.invoices)
    return tuple(
        Case(f"{facts.debtor.id}/{currency}", facts, tuple(claim for claim in facts.invoices if claim.currency == currency), currency)
        for currency in currencies
    )


def reachable(facts: Facts, channel: Channel, on: date) -> bool:
    """Say whether an address or number for a channel is known, and the debtor did not object to it."""
    known = getattr(facts.debtor, _NEEDS[channel]) if channel in _NEEDS else True
    refused = any(
        event.kind == "channel.refused" and event.on <= on and event.data["channel"] == channel and any(covers(event, c) for c in facts.invoices)
        for event in facts.events
    )
    return bool(known) and not refused


@dataclass(frozen=True)
class Today:
    """All that is the same for every case of one debtor on one day, worked out once: balances, standings, acts."""

    playbook: Playbook
    facts: Facts
    on: date

    @cached_property
    def balances(self) -> Balances:
        """What is open today."""
        return balances(self.facts, self.on)

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """Every action so far, and what became of it."""
        return acts(self.facts.events, self.on)

    @cached_property
    def contacts(self) -> tuple[date, ...]:
        """The days on which the debtor was contacted, oldest first."""
        days = {day for act in self.acts if (day := act.contact) is not None}
        return tuple(sorted(days.union(day for day in self.facts.contacts_elsewhere if day <= self.on)))

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """Where each existing claim stands."""
        grace, calendar = self.playbook.grace, self.playbook.calendar
        return {
            claim.id: standing(self.facts, claim, self.balances.outstanding[claim.id], self.on, grace=grace, calendar=calendar)
            for claim in self.facts.invoices
            if claim.id in self.balances.outstanding
        }


@dataclass(frozen=True)
class CaseToday:
    """A case on a day: its existing claims, those that nothing takes out of it, and the one that carries it."""

    case: Case
    today: Today
    claims: tuple[Standing, ...]
    left: tuple[Standing, ...]
    carrier: Invoice

    def state(self, word: str) -> bool:
        """Say whether a state holds for the case: of its invoice, or of an account none of whose invoices is left."""
        if word == "paid":
            return bool(self.claims) and not any(claim.outstanding for claim in self.claims)
        open_ = [claim for claim in self.claims if claim.outstanding] or list(self.claims)
        if word in _TAKE_OUT and self.left:
            return False
        return any(word in claim.states for claim in open_)


def case_today(case: Case, today: Today) -> CaseToday:
    """Find the claims of a case that exist, those not taken out, and the carrier: the oldest of them, ties to the smaller id."""
    claims = tuple(today.standings[claim.id] for claim in case.invoices if claim.id in today.standings)
    words = {test.fact for test in footprint(today.playbook).tests if test.op == "is"} | {"disputed", "closed"}
    out = words.intersection(_TAKE_OUT)
    left = tuple(claim for claim in claims if claim.outstanding and claim.undisputed and not claim.states & out)
    pool = (
        [each.claim for each in left]
        or [each.claim for each in claims if each.outstanding]
        or [each.claim for each in claims]
        or list(case.invoices)
    )
    return CaseToday(case, today, claims, left, min(pool, key=lambda claim: (claim.due, claim.id)))


def observe(playbook: Playbook, case: Case, on: date, today: Today | None = None) -> View:
    """Return what a playbook sees of a case on a day. `today` may be shared by the cases of one debtor."""
    plan = footprint(playbook)
    today = today or Today(playbook, case.facts, on)
    unit = case_today(case, today)
    done, open_, failed, last_move, draft, handed = _ladder(plan, unit)
    issued = unit.carrier.issued
    if not unit.claims:
        issued = min((claim.issued for claim in case.invoices if claim.issued is not None), default=None)
    contacts = today.contacts
    most = playbook.contact.max_contacts
    ends = [each.ended for each in unit.claims if each.ended is not None]
    return View(
        due=unit.carrier.due,
        issued=issued,
        anchors=tuple(max((d for each in unit.claims if (d := each.anchors.get(name))), default=None) for name in plan.anchors),
        truths=tuple(truth(test, _fact(test, unit, handed=handed), case.currency) for test in plan.tests),
        reachable=tuple(reachable(case.facts, channel, on) for channel in plan.channels),
        done=done,
        open=open_,
        failed=failed,
        draft=None if draft is None else plan.by_id.get(draft.step),
        draft_on=None if draft is None else draft.on,
        last_move=last_move,
        last_contact=contacts[-1] if contacts else None,
        full_since=contacts[-most] if most and len(contacts) >= most else None,
        hold_ended=max(ends, default=None),
        held_until=_held_until(unit),
        barrier=_barrier(playbook, unit),
    )


def _held_until(unit: CaseToday) -> date | None:
    """Return the last day of what holds a case: of the first member of `hold_while` that is true, where that day is known."""
    words = (test.fact for test in unit.today.playbook.hold_while if isinstance(test, Test) and test.op == "is" and test.value is True)
    word = next((word for word in words if unit.state(word)), None)
    return max((day for each in unit.claims if word in each.states and (day := each.until.get(word or "")) is not None), default=None)


def _barrier(playbook: Playbook, unit: CaseToday) -> str | None:
    """Name what stops a case whatever its playbook says: closed by hand, or an agency without the creditor's mandate (CPCE R124-3)."""
    if unit.state("closed"):
        return "closed"
    missing = mandate_missing(unit.case.facts.creditor, unit.today.on, collector=playbook.collector)
    return None if missing is None else "no_mandate"


Ladder = tuple[tuple[Done | None, ...], tuple[date | None, ...], tuple[frozenset[Channel], ...], date | None, Act | None, bool]


def _ladder(plan: Footprint, unit: CaseToday) -> Ladder:
    """Read the acts of a case: steps done, open, failed; its last move; its draft; whether it handed the case over."""
    playbook = plan.playbook
    account = playbook.unit is Unit.ACCOUNT
    named = {"", unit.case.id, *(claim.id for claim in unit.case.invoices)}
    mine = [act for act in unit.today.acts if act.case in named]
    last_move = max((act.skipped or act.on for act in mine if not act.step.startswith(DUTY)), default=None)
    size = len(plan.rungs)
    by_step: list[list[Act]] = [[] for _ in range(size)]
    draft = None
    for act in mine:
        index = plan.by_id.get(act.step) if act.playbook in (playbook.id, "") else None
        if index is None:
            continue
        if act.waits:
            draft = act
        if not account or act.carrier in ("", unit.carrier.id):
            by_step[index].append(act)
    done = tuple(_done(each) for each in by_step)
    moved = _moved(plan, unit)
    if moved is not None and done[moved[0]] is None:
        done = (*done[: moved[0]], Done(moved[1], 0, skipped=True), *done[moved[0] + 1 :])
    open_ = tuple(max((act.on for act in each if act.open), default=None) for each in by_step)
    failed = tuple(frozenset(act.channel for act in each if act.failed) if each else frozenset() for each in by_step)
    handed = any(act.channel is Channel.HANDOVER and act.executed for each in by_step for act in each)
    return done, open_, failed, last_move, draft, handed


def _done(made: Iterable[Act]) -> Done | None:
    """Say when a step was last executed or skipped, and how often executed. A call beside a letter does not delay it."""
    acted = [act for act in made if act.executed is not None or act.skipped is not None]
    if not acted:
        return None
    executed = [act for act in acted if act.executed is not None]
    if not executed:
        return Done(max(act.skipped for act in acted if act.skipped is not None), 0, skipped=True)
    last = max(act.occurrence for act in executed)
    days = [act for act in executed if act.occurrence == last]
    sent = [act for act in days if act.channel not in (Channel.CALL, Channel.TASK)] or days
    times = len({act.occurrence for act in executed})
    first = min(act.executed for act in executed if act.executed is not None) if times > 1 else None
    return Done(max(act.executed for act in sent if act.executed is not None), times, first=first)


def _moved(plan: Footprint, unit: CaseToday) -> tuple[int, date] | None:
    """Return the step a person moved the case to, with the day: it counts as executed, like a step skipped by hand."""
    for event in reversed(unit.today.facts.events):
        if event.kind == "playbook.changed" and event.on <= unit.today.on and covers(event, unit.carrier):
            position = event.data.get("position")
            if event.data["playbook"] == plan.playbook.id and position in plan.by_id:
                return plan.by_id[position], event.on
            return None
    return None


def _fact(test: Test, unit: CaseToday, *, handed: bool) -> Any:
    """Return the value of the fact a test compares, or None when it is missing."""
    fact, today = test.fact, unit.today
    facts, debtor, on = today.facts, today.facts.debtor, today.on
    if fact in STATE_FACTS:
        return unit.state(fact) or (fact == "handed_over" and handed)
    match fact:
        case "balance":
            return _sum(unit)
        case "overdue_balance":
            return sum((each.undisputed for each in unit.left if each.claim.due < on), ZERO)
        case "total_claimed":
            from relance.ladder.asked import asked_in_full

            return asked_in_full(unit).total
        case "days_overdue":
            return (on - unit.carrier.due).days if unit.claims else None
        case "unpaid_invoices":
            return sum(1 for each in today.standings.values() if each.outstanding and each.claim.currency == unit.case.currency)
        case "broken_promises":
            return len(frozenset[tuple[date, int]]().union(*(each.broken_promises for each in unit.claims)))
        case "limitation_within":
            barred = min((each.barred for each in unit.left if each.barred is not None), default=None)
            assert isinstance(test.value, Duration)
            return None if barred is None else barred <= add(on, test.value, today.playbook.calendar)
        case "score":
            return debtor.score
        case "debtor":
            return debtor.kind
        case "profile":
            said = [e.data["profile"] for e in facts.events if e.kind == "profile.changed" and e.on <= on and covers(e, unit.carrier)]
            return said[-1] if said else debtor.profile
        case "country" | "language":
            return getattr(debtor, fact)
        case "creditor":
            return facts.creditor.id
        case "tag":
            return (*debtor.tags, *unit.carrier.tags)
        case "reachable_by":
            assert isinstance(test.value, tuple)
            return tuple(name for name in test.value if isinstance(name, str) and reachable(facts, Channel(name), on))
        case _:
            raise KeyError(fact)


def _sum(unit: CaseToday) -> Decimal:
    """Sum what may be chased: of the invoices left in the case, or of all of them when none is left."""
    return sum((each.undisputed for each in (unit.left or unit.claims)), ZERO)
