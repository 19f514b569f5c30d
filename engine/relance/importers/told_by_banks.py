"""A movement that another bank file told already: an intraday report, a statement and a notice, or one account in two formats, tell one fact.

Who tells first is counted; the second is written as `payment.reconciled`, once each, so that two payments of one sum on one day stay two. An intraday
report (camt.052) announces: its money is written as waiting, holds the debtor's messages, and is counted when a statement or a notice tells it.
Why so, and what was refused: docs/decisions/126.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from relance.importers.columns import Cells
from relance.importers.compared_texts import name_words
from relance.importers.match_answers import Doubt, Matched, Reconciled
from relance.importers.movements import Found
from relance.model import Event, Facts
from relance.parsing.rejects import Reject, Remark
from relance.sentences import AmountPart, sentence
from relance.statements.transaction import PassedOver, Transaction, source_of

#: How many days the same movement may stand apart in two of a bank's files, where more than its sum says that it is the same.
NEAR = timedelta(days=3)
_MOVED = {"payment.received": False, "payment.reversed": True}

Owner = tuple[str, str]  # creditor and debtor
#: Who a transaction's payer may be, and which invoices its texts name, by creditor and number.
Evidence = Callable[[Transaction], tuple[set[Owner], set[tuple[str, str]]]]


@dataclass(slots=True)
class BankTold:
    """What a bank told of one movement: when, how much, whose it is (nobody's for certain where it waits), of which invoices, by which mark."""

    mark: str
    on: date
    amount: Decimal
    back: bool
    owners: set[Owner] = field(default_factory=set)
    invoices: set[tuple[str, str]] = field(default_factory=set)
    shares: dict[Owner, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    payer: str = ""
    waits: bool = False

    @property
    def base(self) -> str:
        """The bank's reference, without the number that tells it from others of the same."""
        return self.mark.split(" ")[1].partition("#")[0].partition("@")[0]


class Announced(NamedTuple):
    """A transaction of an intraday report: the rows by which its money waits (none where nobody knows whose it is), and why."""

    transaction: Transaction
    rows: tuple[Found, ...]
    why: str


class KnownMovement(NamedTuple):
    """A transaction that the journal knows already, and nothing is written of."""

    transaction: Transaction


Answer = Matched | Reconciled | Doubt | Announced | KnownMovement | PassedOver | Reject | Remark


@dataclass(slots=True)
class ToldByBanks:
    """What bank files told before, and what of it was told by two of them."""

    facts: Iterable[Facts]
    evidence: Evidence
    told: dict[str, BankTold] = field(default_factory=dict)  # by mark
    by_amount: dict[tuple[Decimal, bool], list[BankTold]] = field(default_factory=lambda: defaultdict(list))
    tellers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # the sources that told a movement, by the mark of the first: each tells it once
    paired: dict[str, dict[date, Decimal]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Decimal)))  # told second, by mark
    announced: dict[str, BankTold] = field(default_factory=dict)  # what waits of intraday reports, by mark
    elsewhere: dict[str, BankTold] = field(default_factory=dict)  # what waits for a person under another file's mark, by the mark of this file's

    def __post_init__(self) -> None:
        settled: set[tuple[Owner, str]] = set()
        for facts in self.facts:
            owner = (facts.creditor.id, facts.debtor.id)
            for event in facts.events:
                self._learn(owner, event, settled)
        for mark, one in self.told.items():
            source = str(source_of(mark))
            if one.waits and source == "camt.052":
                one.owners = {owner for owner in one.owners if (owner, mark) not in settled}
                if one.owners:
                    self.announced[mark] = one
            else:
                self.tellers[mark].add(source)
                self.by_amount[one.amount, one.back].append(one)

    def _learn(self, owner: Owner, event: Event, settled: set[tuple[Owner, str]]) -> None:
        mark = str(event.data.get("reference", ""))
        if (source := source_of(mark)) is None:
            return
        if event.kind == "payment.matched":
            settled.add((owner, mark))
        elif event.kind == "payment.reconciled" and source_of(other := str(event.data["with"])):
            self.tellers[other].add(source)
            self.paired[mark][event.on] += event.data["amount"]
        elif event.kind in _MOVED or event.kind == "payment.reconciled":
            self._add(mark, event, owner, back=_MOVED.get(event.kind, False))
        elif event.kind == "payment.unmatched" and (mark not in self.told or self.told[mark].waits):
            one = self._add(mark, event, owner, back=bool(event.data.get("back")))
            one.amount, one.waits, one.payer = event.data["amount"], True, str(event.data.get("payer", ""))

    def _add(self, mark: str, event: Event, owner: Owner, *, back: bool) -> BankTold:
        """Add what one event says of a movement: it may pay several invoices, of several debtors, in several events."""
        one = self.told.get(mark)
        if one is None or one.waits:
            one = self.told[mark] = BankTold(mark, event.on, Decimal(0), back, one.owners if one else set())
        one.amount += event.data["amount"]
        one.shares[owner] += event.data["amount"]
        one.owners.add(owner)
        if event.invoice:
            one.invoices.add((owner[0], event.invoice))
        return one

    # -- before matching

    def sift(self, told: Iterable[Transaction | PassedOver | Reject | Remark]) -> Iterator[Transaction | Answer]:
        """Yield what no bank file told before, and say of the rest that it did."""
        for one in told:
            if not isinstance(one, Transaction) or (one.mark in self.told and one.mark not in self.paired):
                yield one  # new, or told by this very file before, which matching knows
            elif self.paired.get(one.mark, {}).get(one.on) == one.amount:
                yield KnownMovement(one)
            elif same := self._same(one):
                if one.announced or not same[0].waits:
                    yield KnownMovement(one) if one.announced else _reconciled(one, same)
                else:  # it waits for a person: this file may tell enough to match it
                    self.elsewhere[one.mark] = same[0]
                    yield one
            elif one.announced and one.reversal:
                yield PassedOver(one.file, one.line, "announced only")
                yield Remark(one.file, one.line, sentence("{amount} went back, as the intraday report announces: it counts when a statement tells it", amount=AmountPart(one.amount, one.currency)))
            elif one.batch > 1:
                yield Doubt(one, sentence("the sum of {count} payments, each of which a notice (camt.054) tells: import that", count=one.batch))
            else:
                yield one

    def _same(self, one: Transaction) -> list[BankTold]:
        """Return what another kind of file told of this movement; each is the same as one of every other kind, and no more."""
        others = [each for each in self.by_amount[one.amount, one.reversal] if one.source not in self.tellers[each.mark] and abs(each.on - one.on) <= NEAR]
        if one.batch > 1:
            return self._parts(one)
        owners, invoices = self.evidence(one)
        best = max(others, key=lambda each: _likeness(each, one, owners, invoices), default=None)
        if best is None or _likeness(best, one, owners, invoices) <= 0:
            return []
        self.tellers[best.mark].add(one.source)
        return [best]

    def _parts(self, one: Transaction) -> list[BankTold]:
        """Return the movements of a notice that make the sum of a batch, by the bank's reference of all of them."""
        base = one.reference.partition("#")[0]
        parts = [
            each for (_, back), some in self.by_amount.items() if back == one.reversal for each in some
            if each.base == base and one.source not in self.tellers[each.mark] and each.on == one.on
        ]  # fmt: skip
        if sum((each.amount for each in parts), Decimal(0)) != one.amount:
            return []
        for each in parts:
            self.tellers[each.mark].add(one.source)
        return parts

    # -- after matching

    def announce(self, answers: Iterable[Any]) -> Iterator[Any]:
        """Yield answers; what was only announced waits, and what is booked now and was announced waits no more."""
        for answer in answers:
            one = getattr(answer, "transaction", None)
            if one is None or isinstance(answer, KnownMovement):
                yield answer
            elif one.announced:
                yield KnownMovement(one) if isinstance(answer, Reconciled) or one.mark in self.announced else _announced(one, answer)
            elif isinstance(answer, Doubt) and one.mark in self.elsewhere:
                yield KnownMovement(one)  # a person is asked once
            else:
                yield answer
                if (before := self.elsewhere.get(one.mark)) is not None:
                    yield from _no_more(one, before)
                yield from self._booked(one, answer)

    def _booked(self, one: Transaction, answer: Matched | Reconciled | Doubt) -> Iterator[Found]:
        """Yield the rows that say of announced money that it is booked: by its reference, or the same sum in these days of the same debtor."""
        whose = {(row.row.values["creditor"], row.row.values["debtor"]) for row in answer.rows}
        for mark, before in list(self.announced.items()):
            same = before.mark.split(" ")[1:] == one.mark.split(" ")[1:]
            near = abs(before.on - one.on) <= NEAR and bool(before.owners & whose)
            if before.amount == one.amount and before.back == one.reversal and (same or near):
                del self.announced[mark]
                yield from _no_more(one, before)
                return

    def unconfirmed(self, creditors: Iterable[str], until: date, file: str) -> Iterator[Remark]:
        """Yield what intraday reports announced and no statement tells, though this creditor's reach further: a person should ask the bank."""
        known = set(creditors)
        for one in self.announced.values():
            if {creditor for creditor, _ in one.owners} & known and one.on + NEAR <= until:
                text = sentence("{amount} of {payer} was announced on {day} and is on no statement: it holds until you say what became of it", amount=one.amount, payer=one.payer or sentence("somebody"), day=one.on)
                yield Remark(file, 0, text)


def _likeness(each: BankTold, one: Transaction, owners: set[Owner], invoices: set[tuple[str, str]]) -> int:
    """Return how surely a transaction is what another file told: 0 where it is not, or nothing but its sum speaks for it on another day."""
    theirs = each.mark.split(" ", 2)
    end_to_end = theirs[2] if len(theirs) > 2 else ""
    if end_to_end and one.end_to_end and end_to_end != one.end_to_end:
        return 0
    if each.waits and each.payer and one.payer and not name_words(each.payer) & name_words(one.payer):
        return 0
    if not each.waits and ((owners and not owners & each.owners) or (invoices and each.invoices and not invoices & each.invoices)):
        return 0
    said = 8 * bool(end_to_end and end_to_end == one.end_to_end) + 8 * (each.base == one.reference.partition("#")[0])
    said += 2 * bool(invoices & each.invoices) + bool(owners & each.owners)
    if each.on == one.on:
        return said + 4
    return said if said >= 3 else 0


def _reconciled(one: Transaction, same: list[BankTold]) -> Reconciled:
    rows = []
    for each in same:
        for (creditor, debtor), amount in sorted(each.shares.items()):
            values = {
                "on": one.on, "event": "payment.reconciled", "creditor": creditor, "debtor": debtor, "amount": amount, "currency": one.currency,
                "reference": one.mark, "with": each.mark, **({"of": "payment.reversed"} if one.reversal else {}),
            }  # fmt: skip
            rows.append(Found("events", Cells(one.file, one.line, values, one.shown)))
    return Reconciled(one, tuple(rows), ", ".join(each.mark for each in same))


def _no_more(one: Transaction, before: BankTold) -> Iterator[Found]:
    """Yield the rows that say of money that waited that it waits no more: it is booked."""
    for creditor, debtor in sorted(before.owners):
        values = {"on": one.on, "event": "payment.matched", "creditor": creditor, "debtor": debtor, "reference": before.mark, "outcome": "booked"}
        yield Found("events", Cells(one.file, one.line, values, one.shown))


def _announced(one: Transaction, answer: Matched | Doubt) -> Announced:
    """Return the money that an intraday report announces, waiting with whose it is."""
    why = sentence("announced by an intraday report: it counts when a statement tells it")
    if isinstance(answer, Matched):
        owners = sorted({(row.row.values["creditor"], row.row.values["debtor"]) for row in answer.rows})
        told = {"amount": one.amount, "currency": one.currency, "reference": one.mark, "payer": one.payer, "reason": why}
        rows = tuple(
            Found("events", Cells(one.file, one.line, {"on": one.on, "event": "payment.unmatched", "creditor": creditor, "debtor": debtor, **told}, one.shown))
            for creditor, debtor in owners
        )
        return Announced(one, rows, f"{answer.why}, {answer.confidence} %")
    return Announced(one, tuple(answer.rows), answer.reason)
