"""A movement of an accounting file that is known already: by the bank, from a list's column, from the year before, under another number.

One movement is the same as one other and no more: two of one amount on one day stay two. What another source told is paired once and for
ever (`payment.reconciled`, `of` what it is where it is no payment); what the books told before is not said again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from relance.importers.columns import Cells
from relance.importers.known_movements import (
    CREDIT,
    LOSS,
    MOVED,
    OPENING,
    PAYMENT,
    REVERSAL,
    SAME_WITHIN,
    LedgerMovement,
    Moved,
    Pool,
    Teller,
    known_movements,
    moved_beside,
    reference_of,
    take_off,
    teller_of,
)
from relance.importers.movements import Found
from relance.importers.sources import Authority
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.parsing.rejects import Reject, Remark
from relance.sentences import sentence

#: How long before an opening entry the books of the year before may end, where nothing was booked last.
_YEAR_END = timedelta(31)
Mark = tuple[str, str]  # what it is, and its reference


@dataclass(slots=True)
class _Group:
    """The rows of one movement of the file, and so far as it is not paired yet, its sum."""

    kind: str
    reference: str
    rows: list[Found]

    @property
    def on(self) -> date:
        on: date = self.rows[0].row.values["on"]
        return on

    @property
    def total(self) -> Decimal:
        return sum((one.row.values["amount"] for one in self.rows), Decimal(0))

    @property
    def names(self) -> set[str]:
        return {name for one in self.rows if (name := one.row.values.get("invoice"))}

    @property
    def opening(self) -> bool:
        return OPENING in self.reference


@dataclass(slots=True)
class Told:
    """What the journal knew of movements before a file, and what of the file waits for its end to be told apart."""

    journal: Journal
    creditor: str
    known: dict[str, list[LedgerMovement]] = field(default_factory=dict)  # by debtor
    references: set[Mark] = field(default_factory=set)  # of the books, in the journal as movements
    paired: set[Mark] = field(default_factory=set)
    here: set[Mark] = field(default_factory=set)  # of this file
    beside: dict[str, list[Moved]] = field(default_factory=dict)  # by debtor: what moved his account and no list's column states
    waiting: dict[str, dict[Mark, _Group]] = field(default_factory=lambda: defaultdict(dict))  # by debtor
    years: list[tuple[date, date]] = field(default_factory=list)  # first and last day of each file of the books that was read
    repeated: int = 0

    def __post_init__(self) -> None:
        by_debtor: dict[str, list[Any]] = defaultdict(list)
        for one in self.journal.entries(creditor=self.creditor, kinds=(*MOVED, "payment.reconciled")):
            by_debtor[one.debtor or ""].append(one)
            reference = reference_of(one)
            if one.kind == "payment.reconciled":
                self.paired.add((str(one.data.get("of") or PAYMENT), reference))
            elif teller_of(reference) is Teller.BOOKS:
                self.references.add((one.kind, reference))
        for entry in self.journal.entries(creditor=self.creditor, kinds=("source.read",)):
            if entry.data.get("authority") == Authority.BOOKS and entry.data.get("since") and entry.data.get("until"):
                self.years.append((entry.data["since"], entry.data["until"]))
        self.beside = {debtor: moved_beside(some) for debtor, some in by_debtor.items()}
        self.known = {debtor: known_movements(some, Teller.BOOKS) for debtor, some in by_debtor.items()}

    def sift(self, one: Found | Reject | Remark) -> Iterator[Found | Reject | Remark]:
        """Yield a row that is new; keep what the end of the file must tell."""
        if isinstance(one, Found) and one.table == "invoices" and one.row.values.get("opening") and self._brought_forward(one.row.values):
            self.repeated += 1
            return
        if isinstance(one, Found) and one.table == "invoices" and one.row.values.get("opening") and (reason := self._unexplained(one.row.values)) is not None:
            yield Reject(one.row.file, one.row.line, reason, one.row.row)
            return
        if not isinstance(one, Found) or one.table != "events" or one.row.values["event"] not in MOVED:
            yield one
            return
        cells = one.row.values
        mark = (cells["event"], str(cells.get("reference") or cells.get("reason")))
        self.here.add(mark)
        if mark in self.paired:
            self.repeated += 1
        elif mark not in self.references and self.known.get(cells["debtor"]):
            self.waiting[cells["debtor"]].setdefault(mark, _Group(*mark, [])).rows.append(one)
        else:  # new; or what the books told before, however it is lettered now, which the journal knows by its reference
            yield one

    def _brought_forward(self, cells: Mapping[str, Any]) -> bool:
        """Say whether an opening entry brings forward an invoice that is known: all of it, on whatever day, or what is open of it, now or as the year began."""
        for place in self.journal.places(cells["id"]):
            if (place.creditor, place.debtor, place.invoice) != (self.creditor, cells["debtor"], cells["id"]):
                continue
            for facts in self.journal.facts(place.creditor, place.debtor):
                began = cells["opening"]
                left, then, before = (balances(facts, on).outstanding for on in (date.max, began, began - timedelta(1)))
                parts = [each for each in facts.invoices if cells["id"] in (each.id, each.document) and each.currency == cells["currency"]]
                sums = [(each.amount, *(some.get(each.id, Decimal(0)) for some in (left, then, before))) for each in parts]
                together = tuple(sum(some, Decimal(0)) for some in zip(*sums, strict=True))  # of instalments
                return any(cells["amount"] in each for each in (*sums, together))
        return False

    def _unexplained(self, cells: Mapping[str, Any]) -> str | None:
        """Return why an opening entry's invoice, which is not known, is for a person: the year before would have told it, or the same sum is open under another number."""
        began, debtor = cells["opening"], cells["debtor"]
        if any((place.creditor, place.debtor) == (self.creditor, debtor) for place in self.journal.places(cells["id"])):
            return None
        if any(since < began and until >= began - _YEAR_END for since, until in self.years):
            return sentence("an opening entry brings forward {number}, which the books of the year before, read already, do not tell: for a person", number=cells["id"])
        if cells["issued"] != began:
            return None  # it bears a day of its own
        for facts in self.journal.facts(self.creditor, debtor):
            left = balances(facts, began).outstanding
            here = [left[each.id] for each in facts.invoices if each.currency == cells["currency"] and left.get(each.id)]
            if cells["amount"] in (*here, sum(here, Decimal(0))):
                return sentence("an opening entry brings forward {amount} as {number}, and just that is open already under another number: for a person", amount=cells["amount"], number=cells["id"])
        return None

    def rest(self) -> Iterator[Found | Reject]:
        """Yield what waited: a movement that is known is said to be so, once each; the others are new."""
        for debtor, groups in self.waiting.items():
            left = list(groups.values())
            yield from self._known(left, self.known[debtor])
            apart = [_Group(group.kind, group.reference, [row]) for group in left for row in group.rows if len(group.rows) > 1]
            left[:] = [group for group in left if len(group.rows) == 1] + apart
            yield from self._known(left, self.known[debtor])
            stated = [one for one in self.known[debtor] if one.teller is Teller.LIST]
            if stated:
                back = _gone_back(left, stated)
                yield from _in_all(left, stated, self.beside[debtor])
                yield from _stated(left, stated)
                left += back
            for group in left:
                yield from group.rows
        self.waiting.clear()

    def _known(self, groups: list[_Group], known: list[LedgerMovement]) -> Iterator[Found]:
        """Pair movements with known ones of their sum, the likeliest first; what is paired is taken off both."""
        pairs = [
            (_likeness(group, one), -place, group, one) for place, group in enumerate(groups) for one in known
            if one.amount == group.total and self._may_be(group, one)
        ]  # fmt: skip
        for _, _, group, one in sorted(pairs, key=lambda each: each[:2], reverse=True):
            if not any(each is group for each in groups) or not any(each is one for each in known):
                continue
            groups[:] = [each for each in groups if each is not group]
            total = group.total
            take_off(known, one, total)
            if one.teller is Teller.BOOKS and not one.reference.startswith("lettrage "):
                self.repeated += len(group.rows)
            else:
                yield reconciled(group.rows, one.reference, total, group.kind)

    def _may_be(self, group: _Group, one: LedgerMovement) -> bool:
        """Say whether a movement of the file may be one that is known of the same sum, by what it is, its day, and who told of that one."""
        if one.teller is Teller.LIST or (group.names and one.invoices and not group.names & one.invoices):
            return False
        if group.opening:
            return one.kind != REVERSAL and one.on <= group.on and (one.kind, one.reference) not in self.here
        if one.opening:
            return group.kind != REVERSAL and group.on <= one.on
        if one.kind != group.kind:
            return False
        apart = abs(one.on - group.on)
        if one.teller is Teller.BOOKS:  # renumbered; not where the file has it under its own number, beside this one
            return one.reference.startswith("lettrage ") or (not apart and (one.kind, one.reference) not in self.here)
        if one.kind == LOSS:
            return bool(group.names & one.invoices)
        return apart <= SAME_WITHIN


def _likeness(group: _Group, one: LedgerMovement) -> tuple[bool, int]:
    return bool(group.names & one.invoices), -abs((group.on - one.on).days)


def _gone_back(groups: list[_Group], stated: Sequence[LedgerMovement]) -> list[_Group]:
    """Take out what was paid without a name and came back while the columns speak: it is in none of their sums, and moves nothing in the end."""
    found: list[_Group] = []
    for back in [one for one in groups if one.kind == REVERSAL]:
        if back.on > max((one.until for one in stated if one.invoices & back.names), default=max(one.until for one in stated)):
            continue
        paid = [one for one in groups if one.kind == PAYMENT and not one.names and one.total == back.total and one.on <= back.on]
        if paid:
            found += [paid[-1], back]
            groups[:] = [one for one in groups if one is not back and one is not paid[-1]]
    return found


def _in_all(groups: list[_Group], stated: Sequence[LedgerMovement], beside: Sequence[Moved]) -> Iterator[Found]:
    """Pair all that a debtor's columns state with all that the books tell up to their day, where both are one sum to the cent, whatever names which invoice.

    `beside`: what moved his account before and is in no column. So much of what the file says came back takes that back, and is new.
    """
    of_open, last = all(one.is_open for one in stated), max(one.until for one in stated)
    kinds = MOVED if of_open else (PAYMENT, REVERSAL)
    mine = [one for one in groups if one.on <= last and one.kind in kinds]
    new = sum((-one.amount if one.kind == REVERSAL else one.amount for one in beside if one.on <= last and one.kind in kinds), Decimal(0))
    net = sum((-one.total if one.kind == REVERSAL else one.total for one in mine), Decimal(0))
    back = sum((one.total for one in mine if one.kind == REVERSAL), Decimal(0))
    if not mine or net + new != sum((one.amount for one in stated), Decimal(0)) or not 0 <= new <= back:
        return
    for each in sorted(mine, key=lambda one: (one.kind != REVERSAL, not one.names)):
        groups[:] = [other for other in groups if other is not each]
        rest = each.total
        if each.kind == REVERSAL and new:
            part = min(rest, new)
            new, rest = new - part, rest - part
            yield from _parts(each.rows, part)
        for one in sorted(stated, key=lambda one: not one.invoices & each.names):
            part = rest if each.kind == REVERSAL else min(rest, one.amount)
            if part > 0:
                one.amount += part if each.kind == REVERSAL else -part
                rest -= part
                yield reconciled(each.rows, one.reference, part, each.kind, min(one.invoices, default=None))


def _parts(rows: Iterable[Found], amount: Decimal) -> Iterator[Found]:
    """Yield so much of a movement's rows."""
    for one in rows:
        part = min(amount, one.row.values["amount"])
        if part:
            amount -= part
            yield one._replace(row=one.row._replace(values={**one.row.values, "amount": part}))


def _stated(groups: list[_Group], stated: list[LedgerMovement]) -> Iterator[Found]:
    """Pair what lists' columns state as a whole with what makes it up: first by the invoice's name, then the money that names none."""
    for one in stated:
        mine = sorted((each for each in groups if each.names & one.invoices and each.on <= one.until and (one.is_open or each.kind in (PAYMENT, REVERSAL))), key=lambda each: (each.on, each.rows[0].row.line))
        for each in _making_up(mine, one.amount):
            one.amount -= -each.total if each.kind == REVERSAL else each.total
            groups[:] = [other for other in groups if other is not each]
            yield reconciled(each.rows, one.reference, each.total, each.kind, min(one.invoices, default=None))
    pool = Pool([one for one in stated if one.amount])
    back = [one.total for one in groups if one.kind == REVERSAL]
    sums = {one.amount for one in pool.stated}
    loose = (one for one in groups if not one.names and one.kind in (PAYMENT, CREDIT))
    for each in sorted(loose, key=lambda one: (one.total in back, one.total not in sums, one.on)):  # what came back is in no sum that is stated
        dated = all(" by " not in one.reference for one in pool.stated)
        taken = pool.take(each.total, each.on, settled=each.kind == CREDIT, in_part=dated)
        for one, part in taken:
            yield reconciled(each.rows, one.reference, part, each.kind, min(one.invoices, default=None))
        rest = each.total - sum((part for _, part in taken), Decimal(0))
        if taken:
            groups[:] = [other for other in groups if other is not each]
        if taken and rest:
            row = each.rows[0].row
            yield each.rows[0]._replace(row=row._replace(values={**row.values, "amount": rest}))


def _making_up(groups: list[_Group], stated: Decimal) -> list[_Group]:
    """Return what makes up a stated sum: all until a day by which they do, what came back among them; else single ones, so far as they go into it."""
    net = Decimal(0)
    exact = 0
    for place, one in enumerate(groups, start=1):
        net += -one.total if one.kind == REVERSAL else one.total
        exact = place if net == stated else exact
    if exact:
        return groups[:exact]
    found: list[_Group] = []
    for one in sorted((each for each in groups if each.kind != REVERSAL), key=lambda each: each.total != stated):
        if one.total <= stated:
            found.append(one)
            stated -= one.total
    return found


def reconciled(rows: Sequence[Found], other: str, total: Decimal, kind: str, invoice: str | None = None) -> Found:
    """Return the row that says of a movement that another source told it."""
    row = rows[0].row
    values = {
        "on": row.values["on"], "event": "payment.reconciled", "debtor": row.values["debtor"], "amount": total,
        "reference": str(row.values.get("reference") or row.values.get("reason")), "with": other,
        **({"of": kind} if kind != PAYMENT else {}),
        **({"invoice": invoice} if invoice else {"currency": row.values["currency"]} if "currency" in row.values else {}),
    }  # fmt: skip
    return Found("events", Cells(row.file, row.line, values, row.row))
