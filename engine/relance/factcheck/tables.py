"""The tables of a finished text: each row against its invoice, stretch of interest, message or instalment; each total against its column.

What a column holds is read from its heading, French or English; a column under another heading is held to what is known of its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from relance.factcheck import reading
from relance.factcheck.finding import Contradiction
from relance.factcheck.finished import TextTable
from relance.factcheck.known import InvoiceRow, KnownCase
from relance.factcheck.prose import Reader
from relance.factcheck.reading import flat, plain
from relance.factcheck.sense import Sense, is_to_come, sense_of
from relance.sentences import marked, sentence, shipped_text

_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("invoice", r"facture|invoice|numero|number"),
        ("issued", r"emise|issued|date d'emission|date of issue"),
        ("late", r"retard|days late|days overdue"),
        ("planned", r"versement|instalment"),
        ("due", r"echeance|due"),
        ("open", r"reste|outstanding|open|still"),
        ("balance", r"^solde$|^balance$"),
        ("disputed", r"conteste|disputed"),
        ("paid", r"recu|deja regle|paid|received"),
        ("amount", r"montant ttc|montant$|amount"),
        ("base", r"sur$|^on$|base"),
        ("interest", r"interet|interest"),
        ("rate", r"taux|rate"),
        ("days", r"jours|days"),
        ("start", r"^du$|from"),
        ("end", r"^au$|^to$|until"),
        ("missing", r"manque|missing"),
        ("reference", r"reference"),
        ("day", r"^jour$|^day$|^date$"),
    )
)
_TOTAL = re.compile(r"\s*(?:sous-)?total")
_PARTS = (
    ("principal", re.compile(r"principal")),
    ("late_interest", re.compile(r"penalites? de retard|late.payment (?:interest|penalt)|late interest")),
    ("legal_interest", re.compile(r"taux legal|legal rate|legal interest|statutory rate")),
    ("fixed_indemnity", re.compile(r"indemnite forfaitaire|fixed (?:recovery )?(?:indemnity|compensation)|recovery indemnity")),
    ("complementary_indemnity", re.compile(r"justificatif|au-dela de|complementa|on proof|beyond")),
    ("contractual_penalty", re.compile(r"contrat|contract")),
    ("total", _TOTAL),
)


@lru_cache(maxsize=512)
def _columns(head: tuple[str, ...]) -> tuple[str, ...]:
    """Say what each column holds; "" where its heading does not say."""
    return tuple(next((name for name, pattern in _HEADINGS if pattern.search(flat(cell))), "") for cell in head)


@lru_cache(maxsize=512)
def _heading(head: tuple[str, ...]) -> tuple[str, Sense]:
    """Return the cells of a heading as one flat text, and what they say."""
    return flat(" ".join(head)), sense_of(" · ".join(head))


@lru_cache(maxsize=512)
def _part(label: str) -> str | None:
    """Name the part of what is asked that a flat label announces."""
    return next((name for name, pattern in _PARTS if pattern.search(label)), None)


def read(table: TextTable, reader: Reader, before: str) -> Iterator[Contradiction]:
    """Read one table; `before` is the sentence that announces it."""
    if not any(table.head):  # who the parties are: `names` holds them against their papers
        for row in table.rows:
            for cell in row:
                if reading.amounts(flat(cell)):
                    yield from reader.sums(sense_of(cell))
        return
    columns = _columns(table.head)
    heading, sense = _heading(table.head)
    if sense.tells or reader.wordy:
        yield from reader.passage(sense)
    if table.rows and any("total" in flat(row[0]) for row in table.rows if row):
        yield from _added(table)
    if columns[0] == "invoice" and "start" in columns:
        yield from _interest(table, columns, reader.known)
    elif columns[0] == "invoice":
        yield from _invoices(table, columns, reader.known, to_come=is_to_come(flat(before) + heading))
    elif "reference" in columns and "day" in columns:
        yield from _history(table, columns, reader.known)
    elif columns[0] == "planned":
        yield from _planned(table, columns, reader.known)
    elif len(table.head) == 2 and any(_part(flat(row[0])) == "principal" for row in table.rows):
        yield from _account(table, reader.known)
    else:
        for row in table.rows:
            for cell in row:
                yield from reader.passage(sense_of(cell))


# --------------------------------------------------------------------------- cells


def _value(kind: str, cell: str) -> Any:
    """Read a cell as what its column holds: a day, an amount, a whole number, a percentage; None where it holds no such thing."""
    if kind in _AMOUNTS:
        marks = reading.amounts(flat(cell))
        return marks[0].value[0] if marks else None
    if kind in _DAYS:
        marks = reading.days(flat(cell))
        return marks[0].value if marks else None
    if kind in _WHOLE:
        return int(cell) if cell.strip().isdigit() else None
    if kind == "rate":
        return next((mark.value for mark in reading.percentages(flat(cell))), None)
    return cell.strip()


_AMOUNTS = frozenset({"amount", "open", "balance", "disputed", "paid", "base", "interest", "missing"})
_DAYS = frozenset({"issued", "due", "start", "end", "planned", "day"})
_WHOLE = frozenset({"late", "days"})


def _said(row: tuple[str, ...]) -> str:
    return " | ".join(row)


def _row(columns: tuple[str, ...], row: tuple[str, ...]) -> Mapping[str, Any]:
    return {kind: _value(kind, cell) for kind, cell in zip(columns, row, strict=False) if kind}


# --------------------------------------------------------------------------- the tables


def _added(table: TextTable) -> Iterator[Contradiction]:
    """Hold the row of the total against the sum of the rows above it, column by column."""
    for place, row in enumerate(table.rows):
        if not _TOTAL.match(flat(row[0])):
            continue
        for column in range(1, len(row)):
            total = next((mark.value for mark in reading.amounts(flat(row[column]))), None)
            if total is None:
                continue
            cells = [mark.value for above in table.rows[:place] for mark in reading.amounts(flat(above[column]))]
            added = sum((amount for amount, _ in cells), Decimal(0))
            if cells and (added, {currency for _, currency in cells}) != (total[0], {total[1]}):
                yield Contradiction("PB609", _said(row), sentence("the column '{column}' adds up to {added}", column=table.head[column], added=added))


def _invoices(table: TextTable, columns: tuple[str, ...], known: KnownCase, *, to_come: bool) -> Iterator[Contradiction]:
    seen = set()
    for row in table.rows:
        if _TOTAL.match(flat(row[0])) or not any(row):
            continue
        name = row[0].strip()
        if to_come and name in known.aside and known.aside[name].due >= known.on:
            invoice = known.aside[name]
            mine = InvoiceRow(invoice, frozenset({mark.value[0] for cell in row for mark in reading.amounts(flat(cell))}), Decimal(0))
        elif name in known.rows:
            mine = known.rows[name]
            seen.add(name)
        else:
            yield Contradiction("PB604", _said(row), sentence("this message asks {invoices}", invoices=tuple(known.rows)))
            continue
        yield from _invoice(row, _row(columns, row), mine, known)
    if {"open", "balance"} & set(columns) and not to_come and (left := set(known.rows) - seen):
        yield Contradiction("PB604", _said(table.head), sentence("{invoices} is asked and not listed", invoices=tuple(sorted(left))))


def _invoice(row: tuple[str, ...], said: Mapping[str, Any], mine: InvoiceRow, known: KnownCase) -> Iterator[Contradiction]:
    invoice = mine.invoice
    late = max((known.on - invoice.due).days, 0)
    true: Mapping[str, tuple[object, ...]] = {
        "issued": (invoice.issued,), "day": (said.get("day") if "issued" in said else invoice.issued,), "due": (invoice.due,), "late": (late,), "amount": (invoice.amount,),
        "open": tuple(mine.open), "balance": tuple(mine.balance), "disputed": (mine.disputed or None, mine.disputed), "paid": (mine.paid,),
    }  # fmt: skip
    for kind, value in said.items():
        if kind in true and value not in true[kind] and (value is not None or (kind == "disputed" and mine.disputed)):
            code, name = _KINDS[kind]
            facts = tuple(sorted(true[kind], key=str)) if kind in ("open", "balance") else true[kind][-1]
            yield Contradiction(code, _said(row), sentence("{kind} of {id}: {fact}", kind=shipped_text(name), id=invoice.id, fact=facts))
    own = mine.amounts | {each.interest for each in known.segments if each.invoice == invoice.id}
    for cell in row[1:]:
        for mark in reading.amounts(flat(cell)):
            if mark.value[1] != invoice.currency or mark.value[0] not in own:
                yield Contradiction("PB601", _said(row), sentence("the sums of {id} are {sums} {currency}", id=invoice.id, sums=tuple(sorted(own)), currency=invoice.currency))
        for mark in reading.days(flat(cell)):
            if mark.value not in (invoice.issued, invoice.due):
                yield Contradiction("PB602", _said(row), sentence("{id} was issued on {issued} and is due on {due}", id=invoice.id, issued=invoice.issued, due=invoice.due))


_KINDS: Mapping[str, tuple[str, str]] = {
    "issued": ("PB602", marked("date of issue")), "day": ("PB602", marked("date of issue")), "due": ("PB602", marked("due date")),
    "late": ("PB603", marked("days late")), "amount": ("PB601", marked("amount")), "open": ("PB601", marked("open amount")),
    "balance": ("PB601", marked("balance")), "disputed": ("PB601", marked("disputed part")), "paid": ("PB601", marked("paid amount")),
}  # fmt: skip


def _interest(table: TextTable, columns: tuple[str, ...], known: KnownCase) -> Iterator[Contradiction]:
    true = {(plain(each.invoice), each.start, each.end, each.days, each.rate, each.base, each.interest) for each in known.segments}
    for row in table.rows:
        if _TOTAL.match(flat(row[0])):
            continue
        said = _row(columns, row)
        mine = tuple(said.get(kind) for kind in ("invoice", "start", "end", "days", "rate", "base", "interest"))
        if not any(all(is_ in (None, of) for is_, of in zip(mine, each, strict=True)) for each in true):
            yield Contradiction("PB601", _said(row), sentence("interest is not counted so on any invoice of this message"))
    if len(table.rows) != len(known.segments) and not any(_TOTAL.match(flat(row[0])) for row in table.rows):
        yield Contradiction("PB601", _said(table.head), sentence("interest is counted over {number} stretches of days", number=len(known.segments)))


def _history(table: TextTable, columns: tuple[str, ...], known: KnownCase) -> Iterator[Contradiction]:
    for row in table.rows:
        said = _row(columns, row)
        on, reference = said.get("day"), str(said.get("reference") or "")
        if not any(each.on == on and reference in ("", each.reference) for each in known.sent):
            yield Contradiction("PB605", _said(row), sentence("no such message about these invoices was sent"))


def _planned(table: TextTable, columns: tuple[str, ...], known: KnownCase) -> Iterator[Contradiction]:
    for row in table.rows:
        said = _row(columns, row)
        pair: tuple[date | None, Any] = (said.get("planned"), said.get("amount"))
        if pair not in known.plans.planned | known.offer.instalments:
            yield Contradiction("PB601", _said(row), sentence("the plan has no such instalment"))
        elif said.get("missing") is not None and (*pair, said["missing"]) not in known.plans.parts:
            yield Contradiction("PB601", _said(row), sentence("no such sum is missing of the plan"))


def _account(table: TextTable, known: KnownCase) -> Iterator[Contradiction]:
    """Hold the account of what is asked, part by part, against what is asked."""
    for row in table.rows:
        name = _part(flat(row[0]))
        for mark in reading.amounts(flat(row[1])):
            true = known.total if name == "total" else known.parts[name] if name else None
            if true is not None and mark.value != (true, known.currency):
                yield Contradiction("PB601", _said(row), sentence("this part is {sum} {currency}", sum=true, currency=known.currency))
            elif true is None and mark.value[0] not in known.parts.values():
                yield Contradiction("PB601", _said(row), sentence("no part of what is asked is this sum"))
