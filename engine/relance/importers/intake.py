"""Files into a journal: tables and e-invoices together, then accounting files in batches, then bank statements against all that.

Owns what kind a file is and the order of the work. Writes to the journal it is given and to nothing else: a dry run gives
it a copy (`rehearsal`). The same file twice changes nothing; an invoice known otherwise is a conflict, never overwritten.
Why so, and what was refused: docs/decisions/025 and 026.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from relance.importers import columns, einvoice, fec, portfolio_files
from relance.importers import rows as rows_of
from relance.importers.assembly import NO_CREDITOR, Assembly, mark_of
from relance.importers.columns import Cells, ColumnMapping
from relance.importers.identity import identities
from relance.importers.match_answers import Doubt, Matched, Reconciled
from relance.importers.matching import CERTAIN, Matcher
from relance.importers.movements import Found
from relance.importers.portfolio_files import Portfolio
from relance.importers.told_twice import Told
from relance.journal.backup import bring_in, export
from relance.journal.journal import Journal, JournalError, Recorded
from relance.journal.reading import event_of
from relance.model import Creditor, Debtor, Event, Facts
from relance.parsing import row_files
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.parsing.row_files import plain
from relance.statements import camt

_BATCH = 20_000
_NAMES = tuple(name for table in columns.TABLES.values() for name in table)


class Form(StrEnum):
    """What a file is."""

    TABLE = "table"
    FEC = "FEC"
    E_INVOICE = "e-invoice"
    STATEMENT = "bank statement"


class SourceFile(NamedTuple):
    """A file to read, what it is, and which canonical table it holds if it is one."""

    path: Path
    form: Form
    table: str = "invoices"


@dataclass(frozen=True, slots=True)
class Settings:
    """How files are read: `not_after` is today; below `least` percent a payment is not allocated."""

    mapping: ColumnMapping = field(default_factory=ColumnMapping)
    not_after: date | None = None
    least: int = CERTAIN
    actor: str = "import"


@dataclass(slots=True)
class Outcome:
    """What came of it. `rejects` holds conflicts as well; `doubts` are payments for a person; `remarks` are of what was taken."""

    rows: int = 0
    invoices: int = 0
    events: int = 0
    repeated: int = 0
    recorded: Recorded = field(default_factory=Recorded)
    rejects: list[Reject] = field(default_factory=list)
    matched: list[Matched] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    reconciled: list[Reconciled] = field(default_factory=list)


def recognise(path: Path, table: str | None = None, mapping: ColumnMapping | None = None) -> SourceFile:
    """Say what a file is by what stands in it, and which table by the mapping or the headers. Raises `Unreadable`."""
    try:
        with path.open("rb") as stream:
            head = stream.read(65536)
    except OSError as error:
        msg = f"cannot be read: {error.strerror or error}"
        raise Unreadable(msg) from error
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"%PDF"):
        return SourceFile(path, Form.E_INVOICE)
    if start.startswith(b"<"):
        return SourceFile(path, Form.STATEMENT if camt.looks_like(head.replace(b"\0", b"")) else Form.E_INVOICE)
    if table is not None:
        return SourceFile(path, Form.TABLE, table)
    flat = not head.startswith((b"PK\x03\x04", b"PAR1"))
    if flat and fec.looks_like(row_files.table(path, wanted=fec.COLUMNS, quoted=False).headers):
        return SourceFile(path, Form.FEC)
    if mapping is not None and mapping.tables:
        return SourceFile(path, Form.TABLE, "invoices" if "invoices" in mapping.tables else next(iter(mapping.tables)))
    have = {plain(one) for one in row_files.table(path, wanted=_NAMES).headers}
    if have >= {"on", "event"}:
        return SourceFile(path, Form.TABLE, "events")
    if "amount" in have or not have & {"name", "email", "phone", "address", "iban"}:
        return SourceFile(path, Form.TABLE, "invoices")
    return SourceFile(path, Form.TABLE, "creditors" if "iban" in have else "debtors")


def rehearsal(journal: Journal | None, folder: Path, now: Callable[[], Any]) -> Journal:
    """Return a copy of a journal in a folder, to be written to and thrown away; an empty one where there is none yet."""
    copy = Journal.open(folder / "rehearsal.db", now=now)
    if journal is None:
        return copy
    if journal.engine.dialect.name == "sqlite":
        there, here = journal.engine.raw_connection(), copy.engine.raw_connection()
        try:
            there.driver_connection.backup(here.driver_connection)  # type: ignore[union-attr]
        except sqlite3.Error as error:
            msg = f"the copy that a dry run works on cannot be made in '{folder}': {error}; make room there, or name another place by TMPDIR"
            raise JournalError(msg) from error
        finally:
            there.close()
            here.close()
    else:
        bring_in(copy.engine, lambda: export(journal.engine))
    return copy


def take(journal: Journal, sources: Sequence[SourceFile], settings: Settings, progress: Callable[[int], None] = lambda _: None) -> Outcome:
    """Read files into a journal; a file that cannot be read is a reject with line 0, and the others are read all the same."""
    outcome = Outcome()
    together = [one for one in sources if one.form in {Form.TABLE, Form.E_INVOICE}]
    if any(one.form is Form.E_INVOICE for one in together):
        known = list(journal.facts())
        rows = _together(together, settings.mapping, known, outcome.remarks)
        found = portfolio_files.build(rows, mapping=settings.mapping, not_after=settings.not_after, known=known, every_debtor=True)
        _record(journal, found, settings, outcome, progress)
    elif together:
        _take_tables(journal, together, settings, outcome, progress)
    for one in sources:
        if one.form is Form.FEC:
            _take_fec(journal, one.path, settings, outcome, progress)
    for one in sources:
        if one.form is Form.STATEMENT:
            _take_statement(journal, one.path, settings, outcome, progress)
    return outcome


def _record(journal: Journal, found: Portfolio, settings: Settings, outcome: Outcome, progress: Callable[[int], None]) -> None:
    done = journal.take_in(found.facts, actor=settings.actor)
    outcome.rows += found.rows
    outcome.repeated += found.repeated
    outcome.invoices += sum(len(facts.invoices) for facts in found.facts)
    outcome.events += sum(len(facts.events) for facts in found.facts)
    outcome.recorded += done
    outcome.rejects += found.rejects
    outcome.remarks += found.remarks
    for one in done.conflicts:
        file, line, row = found.places.get((one.creditor, one.invoice), ("", 0, one.invoice))
        what = f"with another {one.field}, {one.known}, not {one.given}"
        reason = f"invoice {one.invoice!r} is known {what}: a conflict; record `invoice.corrected` if this is right"
        outcome.rejects.append(Reject(file, line, reason, row))
    progress(found.rows)


# --------------------------------------------------------------------------- tables and e-invoices


def _take_tables(journal: Journal, sources: Sequence[SourceFile], settings: Settings, outcome: Outcome, progress: Callable[[int], None]) -> None:
    """Read tables: the invoices in blocks, each against what the journal knows of its own debtors, so that a million need no more memory.

    Parties are held, and so are events, whose like are told apart by how often they come, and credit notes, which may stand before what they credit.
    """
    rest = _together([one for one in sources if one.table != "invoices"], settings.mapping, (), outcome.remarks)
    books = Assembly(settings.mapping, settings.not_after, known_creditors=set(journal.creditors()))
    notes: list[Cells | Reject | Remark] = []

    def put(rows: Mapping[str, Sequence[Cells | Reject | Remark]], *, last: bool = False) -> None:
        said = [one.values for some in rows.values() for one in some if isinstance(one, Cells)]
        debtors = {str(values["debtor"]) for values in said if "debtor" in values}
        for facts in journal.facts_about(debtors, {str(values[key]) for values in said for key in ("invoice", "document") if key in values}):
            books.know(facts)
        _record(journal, portfolio_files.put_together(books, rows, every_debtor=last), settings, outcome, progress)
        books.forget()

    before = {ident: next(journal.facts(ident), None) for ident in dict.fromkeys(one.values["id"] for one in rest["creditors"] if isinstance(one, Cells))}
    put({name: rest[name] for name in ("creditors", "debtors")})
    for block in _blocks(sources, settings.mapping, notes):
        put({"invoices": block})
    put({"invoices": [*rest["invoices"], *notes], "events": rest["events"]}, last=True)
    _take_creditors(journal, rest["creditors"], books, before, settings, outcome)


def _take_creditors(
    journal: Journal, rows: Iterable[Cells | Reject | Remark], books: Assembly, before: Mapping[str, Facts | None], settings: Settings, outcome: Outcome
) -> None:
    """Take what is told of creditors whose debtors were not named with them, and say which asks for payment to another account now.

    `before` holds, for each creditor, what the journal knew of one of his debtors.
    """
    for row in rows:
        if not isinstance(row, Cells) or row.values["id"] not in books.creditors:
            continue
        ident = row.values["id"]
        known, made = before.get(ident), books.creditors[ident][1]
        if known is None:
            if next(journal.facts(ident), None) is None:
                reason = f"creditor {ident!r} has no debtor yet, and is not taken alone: import his debtors or invoices with this table"
                outcome.rejects.append(Reject(row.file, row.line, reason, row.row))
            continue
        outcome.recorded += journal.record(made, known.debtor.id, actor=settings.actor)
        if known.creditor.iban and made.iban and made.iban != known.creditor.iban:
            said = f"creditor {ident!r} is paid to another account now, {made.iban}, not {known.creditor.iban}: ask the creditor himself, by a number that you knew before, ere anything is sent"
            outcome.remarks.append(Remark(row.file, row.line, said))


def _blocks(sources: Iterable[SourceFile], mapping: ColumnMapping, notes: list[Cells | Reject | Remark]) -> Iterator[list[Cells | Reject | Remark]]:
    """Cut tables of invoices into blocks; credit notes are put aside."""
    block: list[Cells | Reject | Remark] = []
    for one in sources:
        if one.table != "invoices":
            continue
        try:
            columns.check_dates(one.path, one.table, mapping)
            for row in columns.canonical(one.path, one.table, mapping):
                (notes if isinstance(row, Cells) and rows_of.is_credit_note(row.values) else block).append(row)
                if len(block) >= _BATCH:
                    yield block
                    block = []
        except Unreadable as error:
            block.append(Reject(one.path.name, 0, str(error)))
    if block:
        yield block


def _together(
    sources: Iterable[SourceFile], mapping: ColumnMapping, known: Iterable[Facts], remarks: list[Remark]
) -> dict[str, list[Cells | Reject | Remark]]:
    """Read files that may speak of each other into the rows of the canonical tables."""
    rows: dict[str, list[Cells | Reject | Remark]] = {name: [] for name in columns.TABLES}
    invoices: list[Found | Reject] = []
    for one in sources:
        try:
            if one.form is Form.TABLE:
                rows[one.table] += columns.canonical(one.path, one.table, mapping)
            else:
                for found in einvoice.read(one.path, mapping):
                    if isinstance(found, Remark):
                        remarks.append(found)
                    else:
                        invoices.append(found)
        except Unreadable as error:
            rows["invoices"].append(Reject(one.path.name, 0, str(error)))
    known = list(known)
    who = identities(known, rows)
    told: set[str] = set()
    for each in invoices:
        if isinstance(each, Reject):
            rows["invoices"].append(each)
            continue
        row = who.renamed(each)
        if each.table == "invoices":
            rows["invoices"].append(_corrected(row, known))
        elif not who.is_named(row.values["id"]) and row.values["id"] not in told:  # what one invoice says of a creditor corrects nothing
            told.add(row.values["id"])
            rows["creditors"].append(row)
    return rows


def _corrected(row: Cells, known: Iterable[Facts]) -> Cells | Reject | Remark:
    """Let a corrective invoice through where the one it takes the place of is cancelled, or credited in full; else it is for a person."""
    first = row.values.pop("corrects", None)
    if first is None:
        return row
    there = next(
        ((facts, claim) for facts in known for claim in facts.invoices if claim.id == first and row.values.get("creditor") in (facts.creditor.id, None)),
        None,
    )
    if there is None:
        what = f"a corrective invoice of {first!r}, which is not known: record that one, and `invoice.cancelled`, or leave both out"
        return Reject(row.file, row.line, what, row.row)
    facts, claim = there
    said = [event for event in facts.events if event.invoice == first]
    credited = sum((event.data["amount"] for event in said if event.kind == "credit_note.issued"), Decimal(0))
    if credited >= claim.amount or any(event.kind == "invoice.cancelled" for event in said):
        return row
    what = f"a corrective invoice of {first!r}, which still stands: `relance record {first} invoice.cancelled`, then import this again"
    return Reject(row.file, row.line, what, row.row)


# --------------------------------------------------------------------------- accounting files


def _take_fec(journal: Journal, path: Path, settings: Settings, outcome: Outcome, progress: Callable[[int], None]) -> None:
    """Read a FEC in batches: what belongs together comes together, so that a batch never waits for the next."""
    mapping = settings.mapping
    have = {entry.creditor for entry in journal.entries(kinds=("creditor.recorded",))}
    if mapping.creditor is None and len(have) == 1:
        mapping = replace(mapping, creditor=Creditor(have.pop()))
    marks = _marks(journal)
    told = Told(journal, mapping.creditor.id if mapping.creditor else NO_CREDITOR)

    def put(batch: Iterable[Found | Reject]) -> None:
        rows: dict[str, list[Cells | Reject | Remark]] = {"invoices": [], "events": []}
        for one in batch:
            rows["invoices" if isinstance(one, Reject) else one.table].append(one if isinstance(one, Reject) else one.row)
        here = {row.values["id"] for row in rows["invoices"] if isinstance(row, Cells)}
        named = {row.values["invoice"] for row in rows["events"] if isinstance(row, Cells) and "invoice" in row.values} - here
        known = tuple(journal.facts_about((), named)) if named else ()
        found = portfolio_files.build(rows, mapping=mapping, not_after=settings.not_after, any_debtor=True, known=known, marks=marks)
        _record(journal, replace(found, facts=tuple(facts for facts in found.facts if facts.invoices or facts.events)), settings, outcome, progress)

    try:
        for batch in _batches(fec.read(path, mapping)):
            put(each for one in batch for each in told.sift(one))
        put(told.rest())
    except Unreadable as error:
        outcome.rejects.append(Reject(path.name, 0, str(error)))
    outcome.repeated += told.repeated


def _marks(journal: Journal) -> frozenset[int]:
    """Return what stands for the movements that accounting files brought before; however they are lettered now, they are the same."""
    kinds = ("payment.received", "payment.reversed", "credit_note.issued")
    found = (mark_of(one.creditor, one.debtor or "", one.kind, one.data) for one in journal.entries(kinds=kinds))
    return frozenset(mark for mark in found if mark is not None)


def _batches(found: Iterator[Found | Reject]) -> Iterator[list[Found | Reject]]:
    """Cut a stream into batches, never between an invoice and the events that follow it."""
    batch = list(islice(found, _BATCH))
    for one in found:
        if len(batch) >= _BATCH and isinstance(one, Found) and one.table == "invoices":
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


# --------------------------------------------------------------------------- bank statements


def _take_statement(journal: Journal, path: Path, settings: Settings, outcome: Outcome, progress: Callable[[int], None]) -> None:
    known = list(journal.facts())
    matcher = Matcher([*known, *_of_nobody(journal)], date.max, not_after=settings.not_after, least=settings.least)
    rows: list[Cells] = []
    new: list[Doubt] = []
    try:
        for answer in matcher.match(camt.read(path)):
            if isinstance(answer, Reject):
                outcome.rejects.append(answer)
            elif isinstance(answer, Remark):
                outcome.remarks.append(answer)
            elif isinstance(answer, Reconciled):
                outcome.reconciled.append(answer)
                rows += [one.row for one in (*answer.rows, *answer.closing)]
            elif isinstance(answer, Doubt):
                new.append(answer)
                rows += [one.row for one in answer.rows]
            else:
                outcome.matched.append(answer)
                rows += [one.row for one in (*answer.rows, *answer.closing)]
    except Unreadable as error:
        outcome.rejects.append(Reject(path.name, 0, str(error)))
        return
    for account, on in camt.reach(path):
        whose = matcher.accounts.get(account) or {facts.creditor.id for facts in known}
        if len(whose) == 1 or account in matcher.accounts:
            journal.statement_read(whose, account, min(on, settings.not_after or on), actor=settings.actor)
    for each in _keep_waiting(journal, matcher, new, settings):
        (outcome.doubts if isinstance(each, Doubt) else outcome.rejects).append(each)  # type: ignore[arg-type]
    rows = _without_nobodys(journal, rows, settings)
    found = portfolio_files.build({"events": rows}, mapping=settings.mapping, not_after=settings.not_after, known=known)
    _record(journal, replace(found, facts=tuple(facts for facts in found.facts if facts.events)), settings, outcome, progress)


def _of_nobody(journal: Journal) -> Iterator[Facts]:
    """Yield what waits, or did, for a person and is nobody's who is known: a debtor without a name, creditor by creditor."""
    for creditor in journal.creditors():
        entries = journal.entries(creditor=creditor, kinds=("payment.unmatched", "payment.matched"))
        events = tuple(event_of(one) for one in entries if one.debtor is None and not one.who)
        if events:
            yield Facts(Creditor(creditor), Debtor(""), (), events)


def _keep_waiting(journal: Journal, matcher: Matcher, doubts: Sequence[Doubt], settings: Settings) -> Iterator[Doubt | Reject]:
    """Write down the money for a person that is nobody's who is known, or that went back, in the chain of whose account it came to.

    Yields each doubt again, or the reject it becomes where nobody can say whose account that is.
    """
    creditors = journal.creditors()
    for doubt in doubts:
        one = doubt.transaction
        whose = sorted(matcher.accounts.get(one.account, ())) or creditors
        if doubt.waits or doubt.rows:
            yield doubt
        elif len(whose) == 1:
            data = {name: value for name, value in doubt.told.items() if name != "currency"}
            waits = Event(one.on, "payment.unmatched", currency=one.currency, data=data)
            journal.write_together(whose[0], [(None, waits)], actor=settings.actor, key=f"waiting:{one.mark}:{one.on}:{one.amount}")
            yield doubt
        else:
            whom = f"{len(whose)} creditors have the account {one.account!r}" if whose else f"no creditor is known to have the account {one.account!r}"
            yield Reject(one.file, one.line, f"{doubt.reason}; and {whom}: give each creditor his `iban`", one.shown)


def _without_nobodys(journal: Journal, rows: Iterable[Cells], settings: Settings) -> list[Cells]:
    """Write that money which waited with nobody waits no more; return the rows that are about a debtor."""
    kept = []
    for row in rows:
        if row.values.get("debtor") != "":
            kept.append(row)
            continue
        said = Event(row.values["on"], "payment.matched", data={"reference": row.values["reference"]})
        key = f"waiting:matched:{row.values['reference']}"
        journal.write_together(row.values["creditor"], [(None, said)], actor=settings.actor, key=key)
    return kept
