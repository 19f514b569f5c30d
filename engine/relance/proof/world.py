"""What may happen to a claim from outside, as far as its playbook can tell: payments, disputes, promises, plans, holds, insolvency, letters.

A world is the shortest list of happenings that the interpreter cannot tell from the longer one that led to it (docs/prove.md says why that is
sound, and tests/proof hold it to the plain interpreter). Pure; what a happening means is asked of the interpreter, by the events it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from relance.currencies import decimals_of
from relance.interpreter.compiled import CompiledPlaybook
from relance.model import MONEY_FACTS, Channel, Event, OnResume
from relance.proof.horizons import ENDS_AS, Horizons

ZERO = Decimal(0)
#: The day of money of which only the sum matters.
LONG_AGO = date(2000, 1, 1)
#: Amounts that payments bring down.
_PAID_DOWN = frozenset(MONEY_FACTS) - {"original_amount"}
#: Facts that differ from case to case and not within a history: of them the walk knows those of its one case.
GIVEN = frozenset({"original_amount", "postcode", "due_on", "issued_on", "usual_delay"})
#: How long what is agreed lasts: a promise, a hold with an end, the instalments of a plan.
PROMISED, HELD, INSTALMENTS = timedelta(10), timedelta(12), (timedelta(15), timedelta(40))


class Happening(NamedTuple):
    """Something that happened on a day. `amount` is money, `until` the day something is promised or held for, `terms` a plan's instalments."""

    kind: str
    on: date
    amount: Decimal | None = None
    until: date | None = None
    terms: tuple[tuple[date, Decimal], ...] = ()
    channel: Channel | None = None

    @property
    def last_day(self) -> date:
        """The last day for which something was promised, agreed or held; without end where nothing was."""
        return self.until or (self.terms[-1][0] if self.terms else date.max)

    def event(self, seq: int) -> Event:
        """Return what the journal would hold of it."""
        data: dict[str, object] = {}
        if self.amount is not None:
            data["amount"] = self.amount
        if self.channel is not None:
            data["channel"] = self.channel
        match self.kind:
            case "promise.made":
                data["by"] = self.until
            case "hold.placed" if self.until is not None:
                data["until"] = self.until
            case "plan.agreed":
                data["instalments"] = tuple({"on": day, "amount": part} for day, part in self.terms)
            case "insolvency.opened":
                data["published_on"] = self.on
            case _:
                pass
        return Event(self.on, self.kind, None, None, seq, data)


World = tuple[Happening, ...]

#: What is open now, by the word that opened it, and the word that ends it.
_ENDED_BY = {
    "dispute.opened": "dispute.closed",
    "hold.placed": "hold.lifted",
    "insolvency.opened": "insolvency.closed",
    "payment.unmatched": "payment.matched",
    "case.closed": "case.reopened",
    "written_off": "case.reopened",
}
_PLEDGES = ("promise.made", "plan.agreed")
_SIGNS = {"payment.received": 1, "payment.reversed": -1}
_OPEN = frozenset({*_ENDED_BY, *_PLEDGES, "channel.refused"})
#: What is told by mail or by the debtor, and matters where a step counts from it.
LETTER_WORDS = ("letter.presented", "letter.refused", "letter.unclaimed", "letter.returned")


def levels(plan: CompiledPlaybook, currency: str = "EUR") -> tuple[Decimal, ...]:
    """Return one sum still open for each class that the playbook tells apart, highest first, zero last: above the sums that its conditions name, and just under each."""
    cent = Decimal(1).scaleb(-decimals_of(currency))
    named: set[Decimal] = set()
    for test in plan.tests:
        if test.fact in _PAID_DOWN and isinstance(test.value, Decimal):
            named.add(test.value)
        elif test.fact in _PAID_DOWN and isinstance(test.value, tuple):
            named |= {part[1] for part in test.value if isinstance(part, tuple) and part[0] == currency}
    top = max(named, default=Decimal(500)) * 2 + 200
    return (top, *sorted((value - cent for value in named if value > cent), reverse=True), ZERO)


def owed(amount: Decimal, world: World) -> Decimal:
    """Return the principal that is open of a claim of so much."""
    return amount - sum(_paid(world), ZERO)


def _paid(world: World) -> list[Decimal]:
    """List what came in and was not taken back, in order; what is taken back is always the last of it."""
    found: list[Decimal] = []
    for each in world:
        if each.kind == "payment.received":
            found.append(each.amount or ZERO)
        elif each.kind == "payment.reversed":
            found.pop()
    return found


def moves(plan: CompiledPlaybook, world: World, sums: Sequence[Decimal], on: date, *, letters: bool, most: int) -> Iterator[Happening]:
    """List what may happen on a day. `letters`: a registered letter is out, of which the post may bring word. `most` things at once may be open."""
    kinds = {each.kind: each for each in world}
    left = owed(sums[0], world)
    if "case.closed" in kinds or "written_off" in kinds:
        yield Happening("case.reopened", on)
        return
    crowded = sum(1 for each in world if each.kind in _OPEN and each.last_day >= on) >= most
    yield from _money(world, sums, left, on)
    if left <= 0:
        return
    for opened, ended in _ENDED_BY.items():
        if opened in kinds and ended != "case.reopened":
            yield Happening(ended, on)
        elif not crowded:
            yield Happening(opened, on)
    if not crowded:
        if "dispute.opened" not in kinds:
            yield Happening("dispute.opened", on, left / 2)
        if "hold.placed" not in kinds:
            yield Happening("hold.placed", on, None, on + HELD)
        yield from _pledges(left, on)
    if any(each.kind == "plan.agreed" and each.terms[-1][0] >= on for each in world):
        yield Happening("plan.cancelled", on)
    yield from (Happening(kind, on) for kind in LETTER_WORDS if letters and kind in plan.anchors)
    if "contact.inbound" in plan.anchors:
        yield Happening("contact.inbound", on, channel=Channel.EMAIL)
    refused = {each.channel for each in world}
    if not crowded:
        yield from (Happening("channel.refused", on, channel=channel) for channel in plan.channels if channel not in refused)


def _money(world: World, sums: Sequence[Decimal], left: Decimal, on: date) -> Iterator[Happening]:
    """List the payments that bring what is open to a lower level, and the return of the last one."""
    parts = {left - level for level in sums if level < left}
    parts |= {part for each in world for day, part in each.terms if day >= on and part < left}
    yield from (Happening("payment.received", on, part) for part in sorted(parts))
    if paid := _paid(world):
        yield Happening("payment.reversed", on, paid[-1])


def _pledges(left: Decimal, on: date) -> Iterator[Happening]:
    yield Happening("promise.made", on, left, on + PROMISED)
    half = (left / 2).quantize(Decimal("0.01"))
    yield Happening("plan.agreed", on, terms=((on + INSTALMENTS[0], half), (on + INSTALMENTS[1], left - half)))


def after(plan: CompiledPlaybook, world: World, new: Happening) -> World:
    """Return the world once something more has happened, without what nothing can tell any more."""
    reads = new.kind in plan.anchors
    resumes = plan.playbook.on_resume is OnResume.RESTART
    match new.kind:
        case "payment.reversed" if any(each.kind in _PLEDGES for each in world):
            return (*world, new)  # a promise was kept until then
        case "payment.reversed":
            return _with_money(world, _paid(world)[:-1], max((each.on for each in world if each.kind == "payment.received"), default=LONG_AGO))
        case "payment.received" if any(each.kind in _PLEDGES for each in world):
            return (*world, new)
        case "payment.received":
            return _with_money(world, [*_paid(world), new.amount or ZERO], new.on if reads else LONG_AGO)
        case "plan.cancelled":
            kept = tuple(each for each in world if each.kind != "plan.agreed" or _broken_before(each, new.on, plan))
            return (*kept, new) if resumes or len(kept) != len(world) - 1 else kept
        case "case.reopened":
            return tuple(each for each in world if each.kind not in ("case.closed", "written_off"))
        case kind if kind in _ENDED_BY.values():
            opened = {one for one, ended in _ENDED_BY.items() if ended == kind}
            rest = tuple(each for each in world if each.kind not in opened and each.kind != kind)
            return (*rest, new) if reads or resumes else rest
        case kind if kind in _ENDED_BY:
            return (*(each for each in world if each.kind not in (kind, _ENDED_BY[kind]) or each.kind in plan.anchors), new)
        case kind if kind in _PLEDGES:
            return (*_without_old(plan, world, kind), new)
        case _:
            return (*(each for each in world if each.kind != new.kind or each.channel is not new.channel), new)


def _with_money(world: World, paid: Sequence[Decimal], on: date) -> World:
    """Return a world in which so much came in, all of it on one day: where nothing was promised, no rule asks which money came when."""
    rest = tuple(each for each in world if each.kind not in _SIGNS)
    return (*rest, Happening("payment.received", on, sum(paid, ZERO))) if paid else rest


def _without_old(plan: CompiledPlaybook, world: World, kind: str) -> World:
    """Leave out the earlier promises (or plans) that a new one replaces; those that may still be counted, or answered, stay."""
    places = [place for place, each in enumerate(world) if each.kind == kind]
    counted = [test.value + 1 for test in plan.tests if test.fact == "broken_promises" and isinstance(test.value, int)] if kind == "promise.made" else []
    kept = max([*counted, 1 if f"{kind.partition('.')[0]}.broken" in plan.anchors else 0])
    gone = set(places[: max(len(places) - kept, 0)])
    return tuple(each for place, each in enumerate(world) if place not in gone)


def _broken_before(each: Happening, on: date, plan: CompiledPlaybook) -> bool:
    return "plan.broken" in plan.anchors and each.terms[0][0] < on


def key(known: Horizons, world: World, on: date) -> tuple[object, ...]:
    """Return what of a world can still matter, whatever the day: how long ago, up to the day after which nothing counts from it."""

    def ago(day: date, most: int) -> int:
        return max((day - on).days, -most) if day is not LONG_AGO else -most

    anchors = known.anchors
    if not any(each.kind in _PLEDGES for each in world):  # the order of the others says nothing
        world = tuple(sorted(world, key=lambda each: (each.kind, each.channel or "")))
    return tuple(
        (
            each.kind, ago(each.on, anchors[each.kind]) if each.kind in anchors else None, each.amount,
            None if each.until is None else ago(each.until, anchors.get(ENDS_AS[each.kind], 0) + known.grace),
            tuple((ago(day, anchors.get("plan.broken", 0) + known.grace), part) for day, part in each.terms), each.channel,
        )
        for each in world
    )  # fmt: skip


def outline(plan: CompiledPlaybook, world: World, states: frozenset[str], sums: Sequence[Decimal], on: date) -> tuple[object, ...]:
    """Return what of a world matters but for its days: the class of the sum still open, what may be returned, ended or refused, how far a promise or plan was kept."""
    left = owed(sums[0], world)
    level = next((place for place, each in enumerate(sums) if each <= left), len(sums))
    others = frozenset(
        (each.kind, each.amount is not None, each.channel, each.until is not None)
        for each in world
        if each.kind not in (*_PLEDGES, *_SIGNS, "plan.cancelled") and (each.last_day >= on or "hold.lifted" in plan.anchors)
    )
    pledged = tuple(_kept(world, kind, on) if word in states else () for kind, word in zip(_PLEDGES, ("promised", "plan_running"), strict=True))
    return level, bool(_paid(world)), others, pledged


def _kept(world: World, kind: str, on: date) -> tuple[object, ...]:
    """Return how many terms of the last promise or plan the money covers that came in since, and how many are still to come."""
    last = max(place for place, each in enumerate(world) if each.kind == kind)
    received = sum(((each.amount or ZERO) * _SIGNS.get(each.kind, 0) for each in world[last:]), ZERO)
    covered, terms = 0, world[last].terms
    while covered < len(terms) and received >= sum(part for _, part in terms[: covered + 1]):
        covered += 1
    return covered, sum(1 for day, _ in terms if day >= on)
