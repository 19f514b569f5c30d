"""What may happen to a claim from outside, as far as its playbook can tell: payments, disputes, promises, plans, holds, insolvency, letters.

A world is all that happened, in order: nothing is left out, so that what the interpreter is shown is what the journal would hold. Pure; what a
happening means is asked of the interpreter, by the events it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from relance.currencies import decimals_of
from relance.interpreter.compiled import CompiledPlaybook
from relance.model import MONEY_FACTS, WORLD_ANCHORS, Channel, Event

ZERO = Decimal(0)
#: Amounts that payments bring down.
_PAID_DOWN = frozenset(MONEY_FACTS) - {"original_amount"}
#: How long what is agreed lasts: a promise, a hold with an end, the instalments of a plan.
PROMISED, HELD, INSTALMENTS = timedelta(10), timedelta(12), (timedelta(15), timedelta(40))


class Happening(NamedTuple):
    """Something that happened on a day. `amount` is money, `until` the day something is promised or held for, `terms` a plan's instalments.

    `moved_to` is the playbook to which a person moved the claim, and the step of it, where he named one.
    """

    kind: str
    on: date
    amount: Decimal | None = None
    until: date | None = None
    terms: tuple[tuple[date, Decimal], ...] = ()
    channel: Channel | None = None
    moved_to: tuple[str, str] = ("", "")

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
            case "playbook.changed":
                data |= {key: word for key, word in zip(("playbook", "position"), self.moved_to, strict=True) if word}
            case _:
                pass
        return Event(self.on, self.kind, None, None, seq, data)


class World(NamedTuple):
    """All that happened from outside, in order; of it what is `open` (not ended by a word, or the last of its kind), and the payments not taken back."""

    happened: tuple[Happening, ...] = ()
    open: tuple[Happening, ...] = ()
    paid: tuple[Decimal, ...] = ()


#: What is open now, by the word that opened it, and the word that ends it.
ENDED_BY = {
    "dispute.opened": "dispute.closed",
    "hold.placed": "hold.lifted",
    "insolvency.opened": "insolvency.closed",
    "payment.unmatched": "payment.matched",
    "case.closed": "case.reopened",
    "written_off": "case.reopened",
}
_PLEDGES = ("promise.made", "plan.agreed")
#: Words that count by their day alone: they are told by mail, by the debtor or by a court, and matter where a step counts from them.
_TOLD = frozenset(
    {each for each in WORLD_ANCHORS if each.partition(".")[0] in ("contact", "call", "order")}
)
#: What the post says of a registered letter, in the order in which it says it.
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
    return amount - sum(world.paid, ZERO)


def moves(plan: CompiledPlaybook, world: World, sums: Sequence[Decimal], on: date, *, letters: bool, most: int) -> Iterator[Happening]:
    """List what may happen on a day. `letters`: a registered letter is out, of which the post may bring word. `most` things at once may be open."""
    kinds = {each.kind for each in world.open}
    left = owed(sums[0], world)
    if "case.closed" in kinds or "written_off" in kinds:
        yield Happening("case.reopened", on)
        return
    crowded = sum(1 for each in world.open if each.last_day >= on) >= most
    yield from _money(world, sums, left, on)
    if left <= 0:
        return
    for opened, ended in ENDED_BY.items():
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
    if any(each.kind == "plan.agreed" and each.last_day >= on for each in world.open):
        yield Happening("plan.cancelled", on)
    yield from (Happening(kind, on) for kind in LETTER_WORDS if letters and kind in plan.anchors)
    yield from (Happening(kind, on, channel=Channel.EMAIL if kind == "contact.inbound" else None) for kind in plan.anchors if kind in _TOLD)
    refused = {each.channel for each in world.open}
    if not crowded:
        yield from (Happening("channel.refused", on, channel=channel) for channel in plan.channels if channel not in refused)


def _money(world: World, sums: Sequence[Decimal], left: Decimal, on: date) -> Iterator[Happening]:
    """List the payments that bring what is open to a lower level, and the return of the last one."""
    parts = {left - level for level in sums if level < left}
    parts |= {part for each in world.open for day, part in each.terms if day >= on and part < left}
    yield from (Happening("payment.received", on, part) for part in sorted(parts))
    if world.paid:
        yield Happening("payment.reversed", on, world.paid[-1])


def _pledges(left: Decimal, on: date) -> Iterator[Happening]:
    yield Happening("promise.made", on, left, on + PROMISED)
    half = (left / 2).quantize(Decimal("0.01"))
    yield Happening("plan.agreed", on, terms=((on + INSTALMENTS[0], half), (on + INSTALMENTS[1], left - half)))


def after(world: World, new: Happening) -> World:
    """Return the world once something more has happened."""
    opened, paid = world.open, world.paid
    if new.kind == "payment.received":
        paid = (*paid, new.amount or ZERO)
    elif new.kind == "payment.reversed":
        paid = paid[:-1]
    elif new.kind in ENDED_BY or new.kind in _PLEDGES:
        opened = (*(each for each in opened if each.kind != new.kind), new)
    elif new.kind == "channel.refused":
        opened = (*opened, new)
    else:
        over = {"plan.agreed"} if new.kind == "plan.cancelled" else {one for one, ended in ENDED_BY.items() if ended == new.kind}
        opened = tuple(each for each in opened if each.kind not in over)
    return World((*world.happened, new), opened, paid)


def outline(world: World, states: frozenset[str], sums: Sequence[Decimal], on: date) -> tuple[object, ...]:
    """Return what of a world matters but for its days: the class of the sum still open, what may be returned, ended or refused, how far a promise or plan was kept."""
    left = owed(sums[0], world)
    level = next((place for place, each in enumerate(sums) if each <= left), len(sums))
    others = frozenset((each.kind, each.amount is not None, each.channel, each.until is not None) for each in world.open if each.kind not in _PLEDGES and each.last_day >= on)
    pledged = tuple(_kept(world, kind, on) if word in states else () for kind, word in zip(_PLEDGES, ("promised", "plan_running"), strict=True))
    return level, bool(world.paid), others, pledged


def _kept(world: World, kind: str, on: date) -> tuple[object, ...]:
    """Return how many terms of the last promise or plan the money covers that came in since, and how many are still to come."""
    last = max(place for place, each in enumerate(world.happened) if each.kind == kind)
    signs = {"payment.received": 1, "payment.reversed": -1}
    received = sum(((each.amount or ZERO) * signs.get(each.kind, 0) for each in world.happened[last:]), ZERO)
    covered, terms = 0, world.happened[last].terms
    while covered < len(terms) and received >= sum(part for _, part in terms[: covered + 1]):
        covered += 1
    return covered, sum(1 for day, _ in terms if day >= on)
