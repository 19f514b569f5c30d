"""A movement that another bank file told already: an intraday report, a statement and a notice, or one account in two formats, tell one fact.

Who tells first is counted; the second is written as `payment.reconciled`, once each, so that two payments of one sum on one day stay two. An intraday
report (camt.052) announces: its money is written as waiting, holds the debtor's messages, and is counted when a statement or a notice tells it.
Why so, and what was refused: docs/decisions/126.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
from relance.statements.accounts import account_number, same_account, several_accounts
from relance.statements.transaction import PassedOver, Transaction, source_of

#: How many days the same movement may stand apart in two of a bank's files, where more than its sum says that it is the same.
NEAR = timedelta(days=3)
BOOKED = "booked"  #: the outcome of money that waited as announced, and is told now
_MOVED = {"payment.received": False, "payment.reversed": True}

Owner = tuple[str, str]  # creditor and debtor
Key = tuple[str, bool]  # a mark, and whether money came back: a bank may call both by one reference
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
    account: str = ""

    @property
    def key(self) -> Key:
        """What it is kept by."""
        return self.mark, self.back

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
    accounts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # each creditor's, as his record and statements tell them
    told: dict[Key, BankTold] = field(default_factory=dict)
    by_amount: dict[tuple[Decimal, bool], list[BankTold]] = field(default_factory=lambda: defaultdict(list))
    tellers: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))  # the sources that told a movement, by what the first calls it: each tells it once
    paired: dict[Key, dict[date, Decimal]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Decimal)))  # told second
    said: set[str] = field(default_factory=set)  # marks of what a person settled
    accounts_of: dict[Key, str] = field(default_factory=dict)  # to which what was told second came
    announced: dict[Key, BankTold] = field(default_factory=dict)  # what waits of intraday reports
    elsewhere: dict[Key, BankTold] = field(default_factory=dict)  # what waits for a person under another file's mark, by what this file calls it

    def __post_init__(self) -> None:
        settled: set[tuple[Owner, str]] = set()
        for facts in self.facts:
            owner = (facts.creditor.id, facts.debtor.id)
            self.accounts[owner[0]].add(account_number(facts.creditor.iban or ""))
            for event in facts.events:
                self._learn(owner, event, settled)
        for key, one in self.told.items():
            source = str(source_of(one.mark))
            if one.waits and source == "camt.052":
                one.owners = {owner for owner in one.owners if (owner, one.mark) not in settled}
                if one.owners:
                    self.announced[key] = one
            else:
                self.tellers[key].add(source)
                self.by_amount[one.amount, one.back].append(one)

    def _learn(self, owner: Owner, event: Event, settled: set[tuple[Owner, str]]) -> None:
        mark = str(event.data.get("reference", ""))
        if (source := source_of(mark)) is None:
            return
        if event.kind == "payment.matched":
            settled.add((owner, mark))
            if event.data.get("outcome") not in {None, BOOKED}:
                self.said.add(mark)
            return
        back = _MOVED.get(str(event.data.get("of") or event.kind), bool(event.data.get("back")))
        other_side = self.told.get((mark, not back))
        if event.kind in _MOVED and mark in self.said and other_side is not None and not other_side.waits:
            other_side.amount -= event.data["amount"]  # a person's word, taken back
            return
        if event.kind == "payment.reconciled" and source_of(other := str(event.data["with"])):
            self.tellers[other, back].add(source)
            self.paired[mark, back][event.on] += event.data["amount"]
            self.accounts_of[mark, back] = str(event.data.get("account", ""))
            self.accounts[owner[0]].add(self.accounts_of[mark, back])
        elif event.kind in _MOVED or event.kind == "payment.reconciled":
            self._add((mark, back), event, owner)
        elif event.kind == "payment.unmatched" and ((mark, back) not in self.told or self.told[mark, back].waits or not self.told[mark, back].amount):
            one = self._add((mark, back), event, owner)
            one.on, one.amount, one.waits, one.payer = event.data.get("since") or event.on, event.data["amount"], True, str(event.data.get("payer", ""))

    def _add(self, key: Key, event: Event, owner: Owner) -> BankTold:
        """Add what one event says of a movement: it may pay several invoices, of several debtors, in several events."""
        one = self.told.get(key)
        if one is None or one.waits:
            one = self.told[key] = BankTold(key[0], event.on, Decimal(0), key[1], one.owners if one else set())
        one.amount += event.data["amount"]
        one.shares[owner] += event.data["amount"]
        one.owners.add(owner)
        one.account = one.account or str(event.data.get("account", ""))
        self.accounts[owner[0]].add(one.account)
        if event.invoice:
            one.invoices.add((owner[0], event.invoice))
        return one

    # -- before matching

    def sift(self, told: Iterable[Transaction | PassedOver | Reject | Remark]) -> Iterator[Transaction | Answer]:
        """Yield what no bank file told before, and say of the rest that it did."""
        for one in told:
            if not isinstance(one, Transaction):
                yield one
            elif (before := self._told_here(one)) is not None:  # by this very kind of file, which matching knows
                yield self._asked_of(one, self._same(one)) if before.waits else one
            elif self._is_paired(one):
                yield KnownMovement(one)
            elif same := self._same(one):
                if (asked := self._asked_of(one, same)).doubted:
                    yield asked
                elif one.announced or not same[0].waits:
                    yield KnownMovement(one) if one.announced else _reconciled(one, same)
                else:  # it waits for a person: this file may tell enough to match it
                    self.elsewhere[one.mark, one.reversal] = same[0]
                    yield one
            elif one.announced and one.reversal:
                yield PassedOver(one.file, one.line, "announced only")
                yield Remark(one.file, one.line, sentence("{amount} went back, as the intraday report announces: it counts when a statement tells it", amount=AmountPart(one.amount, one.currency)))
            elif one.batch > 1:
                yield Doubt(one, sentence("the sum of {count} payments, each of which a notice (camt.054) tells: import that", count=one.batch))
            else:
                yield one

    def _told_here(self, one: Transaction) -> BankTold | None:
        """Return this movement as this kind of file told it before: what a reference that begins anew, or another account's, called so is another."""
        before = [self.told[mark, one.reversal] for mark in one.marks if (mark, one.reversal) in self.told and (mark, one.reversal) not in self.paired]
        return next((each for each in before if (each.on, each.amount) == (one.on, one.amount) and same_account(each.account, one.account) is not False), None)

    def _is_paired(self, one: Transaction) -> bool:
        """Say whether this file told this movement before, as one that another had told."""
        keys = [(mark, one.reversal) for mark in one.marks if self.paired.get((mark, one.reversal), {}).get(one.on) == one.amount]
        return any(same_account(self.accounts_of.get(key, ""), one.account) is not False for key in keys)

    def _asked_of(self, one: Transaction, same: Sequence[BankTold]) -> Transaction:
        """Return a movement with what is to be asked of it: where nothing but sum, day and payer speaks for one, and one file names no account of the several that the creditor has."""
        if not same or same_account(same[0].account, one.account) or self._reference_speaks(same[0], one):
            return one
        if not any(several_accounts({*self.accounts[creditor], one.account, same[0].account} - {""}) for creditor, _ in same[0].owners):
            return one
        why = sentence("the same sum came that day, and one of the two files does not say to which of the accounts: the same payment, or a second one?")
        return replace(one, doubted=why)

    def _reference_speaks(self, each: BankTold, one: Transaction) -> bool:
        """Say whether the payer's or the bank's reference is the same in both files, and no other movement's, and so tells that they tell one."""
        end_to_end = (*each.mark.split(" ", 2), "", "")[2]
        if end_to_end and end_to_end == one.end_to_end:
            return True
        return each.base == one.reference.partition("#")[0] and sum(other.base == each.base and other.back == each.back for other in self.told.values()) == 1

    def _same(self, one: Transaction) -> list[BankTold]:
        """Return what another kind of file told of this movement; each is the same as one of every other kind, and no more."""
        others = [
            each for each in self.by_amount[one.amount, one.reversal]
            if one.source not in self.tellers[each.key] and abs(each.on - one.on) <= NEAR and same_account(each.account, one.account) is not False
        ]  # fmt: skip
        if one.batch > 1:
            return self._parts(one)
        owners, invoices = self.evidence(one)
        best = max(others, key=lambda each: (_likeness(each, one, owners, invoices), same_account(each.account, one.account) is True), default=None)
        if best is None or _likeness(best, one, owners, invoices) <= 0:
            return []
        self.tellers[best.key].add(one.source)
        return [best]

    def _parts(self, one: Transaction) -> list[BankTold]:
        """Return the movements of a notice that make the sum of a batch, by the bank's reference of all of them."""
        base = one.reference.partition("#")[0]
        parts = [
            each for (_, back), some in self.by_amount.items() if back == one.reversal for each in some
            if each.base == base and one.source not in self.tellers[each.key] and each.on == one.on and same_account(each.account, one.account) is not False
        ]  # fmt: skip
        if sum((each.amount for each in parts), Decimal(0)) != one.amount:
            return []
        for each in parts:
            self.tellers[each.key].add(one.source)
        return parts

    # -- after matching

    def announce(self, answers: Iterable[Any]) -> Iterator[Any]:
        """Yield answers; what was only announced waits, and what is booked now and was announced waits no more."""
        for answer in answers:
            one = getattr(answer, "transaction", None)
            if one is None or isinstance(answer, KnownMovement):
                yield answer
            elif one.announced:
                yield KnownMovement(one) if isinstance(answer, Reconciled) or (one.mark, one.reversal) in self.announced else _announced(one, answer)
            elif isinstance(answer, Doubt) and (one.mark, one.reversal) in self.elsewhere:
                yield KnownMovement(one)  # a person is asked once
            else:
                yield answer
                if (before := self.elsewhere.get((one.mark, one.reversal))) is not None:
                    yield from _no_more(one, before)
                yield from self._booked(one, answer)

    def _booked(self, one: Transaction, answer: Matched | Reconciled | Doubt) -> Iterator[Found]:
        """Yield the rows that say of announced money that it is booked: by its reference, or the same sum in these days of the same debtor."""
        whose = {(row.row.values["creditor"], row.row.values["debtor"]) for row in answer.rows}
        for key, before in list(self.announced.items()):
            same = before.mark.split(" ")[1:] == one.mark.split(" ")[1:]
            near = abs(before.on - one.on) <= NEAR and bool(before.owners & whose)
            here = same_account(before.account, one.account) is not False
            if before.amount == one.amount and before.back == one.reversal and here and (same or near):
                del self.announced[key]
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
                "reference": one.mark, "with": each.mark, **one.came_to, **({"of": "payment.reversed"} if one.reversal else {}),
            }  # fmt: skip
            rows.append(Found("events", Cells(one.file, one.line, values, one.shown)))
    return Reconciled(one, tuple(rows), ", ".join(each.mark for each in same))


def _no_more(one: Transaction, before: BankTold) -> Iterator[Found]:
    """Yield the rows that say of money that waited that it waits no more: it is booked."""
    for creditor, debtor in sorted(before.owners):
        values = {"on": one.on, "event": "payment.matched", "creditor": creditor, "debtor": debtor, "reference": before.mark, "outcome": BOOKED}
        yield Found("events", Cells(one.file, one.line, values, one.shown))


def _announced(one: Transaction, answer: Matched | Doubt) -> Announced:
    """Return the money that an intraday report announces, waiting with whose it is."""
    why = sentence("announced by an intraday report: it counts when a statement tells it")
    if isinstance(answer, Matched):
        owners = sorted({(row.row.values["creditor"], row.row.values["debtor"]) for row in answer.rows})
        told = {"amount": one.amount, "currency": one.currency, "reference": one.mark, "payer": one.payer, "reason": why} | one.came_to
        rows = tuple(
            Found("events", Cells(one.file, one.line, {"on": one.on, "event": "payment.unmatched", "creditor": creditor, "debtor": debtor, **told}, one.shown))
            for creditor, debtor in owners
        )
        return Announced(one, rows, f"{answer.why}, {answer.confidence} %")
    return Announced(one, tuple(answer.rows), answer.reason)
