"""Files into a journal: tables and e-invoices together, then accounting files in batches, then bank statements against all that.

Owns what kind a file is and the order of the work. Writes to the journal it is given and to nothing else: a dry run gives
it a copy (`rehearsal`). The same file twice changes nothing; an invoice known otherwise is a conflict, never overwritten.
Why so, and what was refused: docs/decisions/025 and 026.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from relance.iban import compact
from relance.importers import columns, einvoice, fec, fec_xml, lifecycle, portfolio_files, statement_intake
from relance.importers import rows as rows_of
from relance.importers import sources as sources_of
from relance.importers.assembly import NO_CREDITOR, Assembly, mark_of
from relance.importers.columns import Cells, ColumnMapping
from relance.importers.identity import identities
from relance.importers.import_settings import Settings
from relance.importers.known_debtors import KnownDebtors
from relance.importers.layouts import TABLES
from relance.importers.line_count import LineFate
from relance.importers.movements import Found
from relance.importers.sources import Authority, SourceCoverage
from relance.importers.taking import Outcome, record, tell_parties
from relance.importers.told_twice import Told
from relance.journal.backup import bring_in, export
from relance.journal.journal import Journal, JournalError
from relance.model import Creditor, Facts
from relance.parsing import row_files
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.parsing.row_files import plain
from relance.sentences import sentence, sentence_of, shipped_text, system_words
from relance.statements import banks
from relance.statements.banks import BankFormat

_BATCH = 20_000
_NAMES = tuple(name for table in TABLES.values() for name in table)


class Form(StrEnum):
    """What a file is."""

    TABLE = "table"
    FEC = "FEC"
    LEDGER = "ledger"
    E_INVOICE = "e-invoice"
    STATUS = "e-invoice status"
    STATEMENT = "bank statement"


class SourceFile(NamedTuple):
    """A file to read, what it is, and which canonical table it holds if it is one."""

    path: Path
    form: Form
    table: str = "invoices"
    bank: BankFormat | None = None  # of a bank statement; None: a bank's table, by the mapping
    guessed: bool = False  # a table of parties without an account: whose, its headers do not tell

    @property
    def kind(self) -> str:
        """What the file is, in words."""
        if self.form is Form.STATEMENT:
            return sentence("bank statement ({format})", format=self.bank.name if self.bank else sentence("a table"))
        if self.form is Form.TABLE:
            return sentence("table of {what}", what=shipped_text(str(self.table)))
        return shipped_text(str(self.form))


#: Which files tell of money for days beside one document: what they are called in the journal, and by whose word.
_KEPT = {
    (Form.FEC, ""): (str(Form.FEC), Authority.BOOKS), (Form.LEDGER, ""): (str(Form.LEDGER), Authority.BOOKS),
    (Form.TABLE, "invoices"): ("invoices", Authority.LIST), (Form.TABLE, "events"): ("events", Authority.LIST),
}  # fmt: skip


def fates(outcome: Outcome, source: SourceFile) -> Counter[LineFate]:
    """Return what became of the lines of a file, by how many: an e-invoice is one thing. A statement's own tally tells of it."""
    lines = outcome.lines[source.path.name]
    counted = lines.counted()
    return lines.as_one() if source.form is Form.E_INVOICE or (source.form is Form.STATUS and not counted) else counted


def recognise(path: Path, table: str | None = None, mapping: ColumnMapping | None = None) -> SourceFile:
    """Say what a file is by what stands in it, and which table by the mapping or the headers. Raises `Unreadable`."""
    try:
        with path.open("rb") as stream:
            head = stream.read(65536)
    except OSError as error:
        msg = sentence("cannot be read: {what}", what=system_words(error))
        raise Unreadable(msg) from error
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"%PDF"):
        return SourceFile(path, Form.E_INVOICE)
    if table is None and not head.startswith((b"PK\x03\x04", b"PAR1")) and (bank := banks.format_of(head.replace(b"\0", b""))) is not None:
        return SourceFile(path, Form.STATEMENT, bank=bank)
    if start.startswith(b"<") and fec_xml.looks_like(head):
        return SourceFile(path, Form.FEC)
    if start.startswith(b"<"):
        return SourceFile(path, Form.STATUS if lifecycle.looks_like(head.replace(b"\0", b"")) else Form.E_INVOICE)
    if table is not None:
        return SourceFile(path, Form.TABLE, table)
    flat = not head.startswith((b"PK\x03\x04", b"PAR1"))
    if flat and fec.looks_like(row_files.table(path, wanted=fec.COLUMNS, quoted=False).headers):
        return SourceFile(path, Form.FEC)
    for name, form in (("bank", Form.STATEMENT), ("ledger", Form.LEDGER)):
        if mapping is not None and columns.is_laid_out(path, name, mapping):
            return SourceFile(path, form)
    if mapping is not None and mapping.tables.keys() & TABLES.keys():
        return SourceFile(path, Form.TABLE, next(name for name in TABLES if name in mapping.tables))
    have = {plain(one) for one in row_files.table(path, wanted=_NAMES).headers}
    if have >= {"on", "event"}:
        return SourceFile(path, Form.TABLE, "events")
    if "amount" in have or not have & {"name", "email", "phone", "address", "iban"}:
        return SourceFile(path, Form.TABLE, "invoices")
    return SourceFile(path, Form.TABLE, "creditors" if "iban" in have else "debtors", guessed="iban" not in have)


class _Called(type(Path())):  # type: ignore[misc]
    """A path that is called by more than its last part."""

    called = ""

    @property
    def name(self) -> str:
        """What the file is called in all that is said of it."""
        return self.called or super().name


def told_apart(sources: Iterable[SourceFile]) -> list[SourceFile]:
    """Call files of one name by as much of their path as tells them apart, so that each has lines of its own; a file named twice is one."""
    found = list({one.path.resolve(): one for one in sources}.values())
    return [one._replace(path=_told_from(one.path, [other.path for other in found if other is not one])) for one in found]


def _told_from(path: Path, others: Iterable[Path]) -> Path:
    """Call a file by its name, and by the folders above it as far as another has the same."""
    alike = [other.absolute().parts for other in others if other.name == path.name]
    parts = path.absolute().parts
    length = next((count for count in range(1, len(parts)) if all(parts[-count:] != other[-count:] for other in alike)), len(parts))
    if length == 1:
        return path
    called = _Called(path)
    called.called = "/".join(parts[-length:])
    return called


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
            msg = sentence("the copy that a dry run works on cannot be made in '{folder}': {error}; make room there, or name another place by TMPDIR", folder=folder, error=error)
            raise JournalError(msg) from error
        finally:
            there.close()
            here.close()
    else:
        bring_in(copy.engine, lambda: export(journal.engine))
    return copy


def take(journal: Journal, sources: Sequence[SourceFile], settings: Settings, progress: Callable[[int], None] = lambda _: None) -> Outcome:
    """Read files into a journal; a file that cannot be read is a reject with line 0, and the others are read all the same."""
    outcome, named = Outcome(), settings.mapping.creditor
    paid_to = next((one.iban for one in journal.creditor_records() if named is not None and one.id == named.id), None)
    outcome.coverage = {one.path.name: SourceCoverage(one.path.name, *kept) for one in sources if (kept := _KEPT.get((one.form, one.table if one.form is Form.TABLE else "")))}
    together = [one for one in sources if one.form in {Form.TABLE, Form.E_INVOICE}]
    if any(one.form is Form.E_INVOICE for one in together) and any(one.table == "invoices" for one in together):
        _take_tables(journal, [one for one in together if one.form is Form.TABLE and one.table != "events"], settings, outcome, progress)
        together = [one for one in together if one.form is Form.E_INVOICE or one.table == "events"]  # which may be about what either tells
    if any(one.form is Form.E_INVOICE for one in together):
        known = list(journal.facts())
        rows = _together(together, settings.mapping, known, outcome.remarks)
        found = portfolio_files.build(rows, mapping=settings.mapping, not_after=settings.not_after, known=known, every_debtor=True)
        record(journal, found, settings, outcome, progress)
    elif together:
        _take_tables(journal, together, settings, outcome, progress)
    _keep_sources(journal, [one for one in sources if one.form is Form.TABLE], settings, outcome)
    for one in sources:
        if one.form in {Form.FEC, Form.LEDGER}:
            _take_fec(journal, one, settings, outcome, progress)
            _keep_sources(journal, [one], settings, outcome)
    statuses = [one.path for one in sources if one.form is Form.STATUS]
    if statuses:
        _take_statuses(journal, statuses, settings, outcome, progress)
    for one in sources:
        if one.form is Form.STATEMENT:
            taken = statement_intake.take_statement(journal, one.path, one.bank, settings, progress)
            outcome.statements += [taken.tally]
            outcome.matched += taken.matched
            outcome.reconciled += taken.reconciled
            outcome.announced += taken.announced
            outcome.doubts += taken.doubts
            outcome.remarks += taken.remarks
            outcome.rejects += taken.rejects
            outcome.repeated += taken.tally.known
            outcome.coverage[one.path.name] = taken.coverage
            record(journal, taken.portfolio, settings, outcome, lambda _: None)
            _keep_sources(journal, [one], settings, outcome)
    outcome.reconciled_with = list(sources_of.reconciled_with(journal, outcome.again))
    if named is not None and named.iban and paid_to and compact(paid_to) != compact(named.iban):
        outcome.remarks.append(Remark(settings.mapping.id, 0, _paid_elsewhere(named.id, named.iban, paid_to)))
    return outcome


def _keep_sources(journal: Journal, read: Iterable[SourceFile], settings: Settings, outcome: Outcome) -> None:
    """Write down what files cover."""
    for one in read:
        if (covered := outcome.coverage.get(one.path.name)) is not None:
            sources_of.keep(journal, one.path, covered, on=settings.not_after, actor=settings.actor)


def _paid_elsewhere(creditor: str, iban: str, known: str) -> str:
    """Say that a creditor is paid to another account than the one that is known."""
    return sentence("creditor {creditor} is paid to another account now, {iban}, not {known}: ask the creditor himself, by a number that you knew before, ere anything is sent", creditor=repr(creditor), iban=iban, known=known)


# --------------------------------------------------------------------------- tables and e-invoices


def _take_tables(journal: Journal, sources: Sequence[SourceFile], settings: Settings, outcome: Outcome, progress: Callable[[int], None]) -> None:
    """Read tables: the invoices in blocks, each against what the journal knows of its own debtors, so that a million need no more memory.

    Parties are held, and so are events, whose like are told apart by how often they come, and credit notes, which may stand before what they credit.
    """
    rest = _together([one for one in sources if one.table != "invoices"], settings.mapping, (), outcome.remarks)
    books = Assembly(settings.mapping, settings.not_after, known_creditors=set(journal.creditors()))
    if guessed := {one.path.name for one in sources if one.guessed}:
        rest["debtors"] = [_no_creditor(journal, row, guessed, books.known_creditors) for row in rest["debtors"]]
    notes: list[Cells | Reject | Remark] = []

    debtors_of = KnownDebtors(journal)

    def put(rows: Mapping[str, Sequence[Cells | Reject | Remark]], *, last: bool = False) -> None:
        rows = {name: debtors_of.renamed(some) if name in {"invoices", "events"} else some for name, some in rows.items()}
        sources_of.take_note(rows, settings.mapping, outcome.coverage)
        said = [one.values for some in rows.values() for one in some if isinstance(one, Cells)]
        debtors = {str(values["debtor"]) for values in said if "debtor" in values}
        for facts in journal.facts_about(debtors, {str(values[key]) for values in said for key in ("invoice", "document") if key in values}):
            books.know(facts)
        record(journal, portfolio_files.put_together(books, rows, every_debtor=last), settings, outcome, progress)
        debtors_of.keep(settings.not_after, settings.actor)
        books.forget()

    outcome.parties |= {row.values["id"] for row in rest["debtors"] if isinstance(row, Cells)}
    before = {ident: next(journal.facts(ident), None) for ident in dict.fromkeys(one.values["id"] for one in rest["creditors"] if isinstance(one, Cells))}
    put({name: rest[name] for name in ("creditors", "debtors")})
    for block in _blocks(sources, settings.mapping, notes):
        put({"invoices": block})
    put({"invoices": [*rest["invoices"], *notes], "events": rest["events"]}, last=True)
    _take_creditors(journal, rest["creditors"], books, before, settings, outcome)
    tell_parties(rest, outcome)


def _no_creditor(journal: Journal, row: Cells | Reject | Remark, guessed: Container[str], creditors: Container[str]) -> Cells | Reject | Remark:
    """Refuse a row of a table that was taken for one of debtors, where it tells of a creditor."""
    if not isinstance(row, Cells) or row.file not in guessed or row.values["id"] not in creditors or next(iter(journal.facts_about({row.values["id"]}, ())), None) is not None:
        return row
    ident = row.values["id"]
    return Reject(row.file, row.line, sentence("{name} is a creditor, and this table was read as one of debtors: give it by --creditors", name=repr(ident)), row.row)


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
                reason = sentence("creditor {creditor} has no debtor yet, and is not taken alone: import his debtors or invoices with this table", creditor=repr(ident))
                outcome.rejects.append(Reject(row.file, row.line, reason, row.row))
                outcome.lines[row.file].say(row.line, LineFate.REJECTED)
            continue
        done = journal.record(made, known.debtor.id, actor=settings.actor)
        outcome.recorded += replace(done, fresh=frozenset())
        outcome.told |= {name for name in done.fresh if not name[1]}
        if known.creditor.iban and made.iban and made.iban != compact(known.creditor.iban):
            outcome.remarks.append(Remark(row.file, row.line, _paid_elsewhere(ident, made.iban, known.creditor.iban)))


def _blocks(sources: Iterable[SourceFile], mapping: ColumnMapping, notes: list[Cells | Reject | Remark]) -> Iterator[list[Cells | Reject | Remark]]:
    """Cut tables of invoices into blocks; credit notes are put aside."""
    block: list[Cells | Reject | Remark] = []
    for one in sources:
        if one.table != "invoices":
            continue
        try:
            columns.check_dates(one.path, one.table, mapping)
            for row in columns.canonical_rows(one.path, one.table, mapping):
                (notes if isinstance(row, Cells) and rows_of.is_credit_note(row.values) else block).append(row)
                if len(block) >= _BATCH:
                    yield block
                    block = []
        except Unreadable as error:
            block.append(Reject(one.path.name, 0, sentence_of(error)))
    if block:
        yield block


def _together(
    sources: Iterable[SourceFile], mapping: ColumnMapping, known: Iterable[Facts], remarks: list[Remark]
) -> dict[str, list[Cells | Reject | Remark]]:
    """Read files that may speak of each other into the rows of the canonical tables."""
    rows: dict[str, list[Cells | Reject | Remark]] = {name: [] for name in TABLES}
    invoices: list[Found | Reject] = []
    for one in sources:
        try:
            if one.form is Form.TABLE:
                rows[one.table] += columns.canonical_rows(one.path, one.table, mapping)
            else:
                for found in einvoice.read(one.path, mapping):
                    if isinstance(found, Remark):
                        remarks.append(found)
                    else:
                        invoices.append(found)
        except Unreadable as error:
            rows["invoices"].append(Reject(one.path.name, 0, sentence_of(error)))
    known = list(known)
    who = identities(known, rows)
    told: set[str] = set()
    for each in invoices:
        if isinstance(each, Reject):
            rows["invoices"].append(each)
            continue
        account = each.row.values.pop("account", "")
        row = who.renamed(each)
        if each.table == "invoices":
            rows["invoices"].append(_corrected(row, known))
            remarks += who.other_account(row, account)
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
        what = sentence("a corrective invoice of {first}, which is not known: record that one, and `invoice.cancelled`, or leave both out", first=repr(first))
        return Reject(row.file, row.line, what, row.row)
    facts, claim = there
    said = [event for event in facts.events if event.invoice == first]
    credited = sum((event.data["amount"] for event in said if event.kind == "credit_note.issued"), Decimal(0))
    if credited >= claim.amount or any(event.kind == "invoice.cancelled" for event in said):
        return row
    what = sentence("a corrective invoice of {first}, which still stands: `relance record {invoice} invoice.cancelled`, then import this again", first=repr(first), invoice=first)
    return Reject(row.file, row.line, what, row.row)


# --------------------------------------------------------------------------- accounting files


def _take_fec(journal: Journal, source: SourceFile, settings: Settings, outcome: Outcome, progress: Callable[[int], None]) -> None:
    """Read a FEC, or a ledger as one, in batches: what belongs together comes together, so that a batch never waits for the next."""
    path, mapping = source.path, settings.mapping
    have = {entry.creditor for entry in journal.entries(kinds=("creditor.recorded",))}
    if mapping.creditor is None and len(have) == 1:
        mapping = replace(mapping, creditor=Creditor(have.pop()))
    marks, lines = _marks(journal), outcome.lines[path.name]
    told = Told(journal, mapping.creditor.id if mapping.creditor else NO_CREDITOR)
    debtors_of = KnownDebtors(journal)

    def put(batch: Iterable[Found | Reject | Remark]) -> None:
        rows: dict[str, list[Cells | Reject | Remark]] = {"invoices": [], "events": []}
        for one in batch:
            rows[one.table if isinstance(one, Found) else "invoices"].append(one.row if isinstance(one, Found) else one)
            if isinstance(one, Found) and one.row.values.get("event") == "payment.reconciled":
                lines.say(one.row.line, LineFate.RECONCILED)
        here = {row.values["id"] for row in rows["invoices"] if isinstance(row, Cells)}
        named = {row.values["invoice"] for row in rows["events"] if isinstance(row, Cells) and "invoice" in row.values} - here
        known = tuple(journal.facts_about((), named)) if named else ()
        found = portfolio_files.build(rows, mapping=mapping, not_after=settings.not_after, any_debtor=True, known=known, marks=marks)
        record(journal, replace(found, facts=tuple(facts for facts in found.facts if facts.invoices or facts.events)), settings, outcome, progress)

    def named(batch: Sequence[Found | Reject | Remark]) -> Iterator[Found | Reject | Remark]:
        rows = debtors_of.renamed(one.row if isinstance(one, Found) else one for one in batch)
        return (one._replace(row=row) if isinstance(one, Found) else one for one, row in zip(batch, rows, strict=True))

    def knows(debtor: str, piece: str) -> bool:
        who = {debtor, debtors_of.known_as(debtor)}
        return any(place.invoice == piece and place.creditor == told.creditor and place.debtor in who for place in journal.places(piece))

    try:
        for batch in _batches(fec.read(path, mapping, lines, knows, ledger=source.form is Form.LEDGER, covers=outcome.coverage.get(path.name))):
            for one in (each for each in batch if not isinstance(each, Remark)):
                lines.say(one.row.line if isinstance(one, Found) else one.line, LineFate.KNOWN if isinstance(one, Found) else LineFate.REJECTED)
            put(each for one in named(batch) for each in told.sift(one))
        put(told.rest())
        debtors_of.keep(settings.not_after, settings.actor)
    except Unreadable as error:
        outcome.rejects.append(Reject(path.name, 0, sentence_of(error)))
    outcome.repeated += told.repeated


def _take_statuses(journal: Journal, paths: Sequence[Path], settings: Settings, outcome: Outcome, progress: Callable[[int], None]) -> None:
    """Read life-cycle messages in the order of their days, each against what those before it said."""
    told: list[lifecycle.InvoiceStatus] = []
    for path in paths:
        try:
            for one in lifecycle.read(path):
                late = not isinstance(one, Reject) and settings.not_after is not None and one.on > settings.not_after
                if isinstance(one, Reject) or late:
                    outcome.rejects.append(one if isinstance(one, Reject) else Reject(one.file, one.line, sentence("dated {day}, in the future", day=one.on), one.shown))
                    outcome.lines[path.name].say(one.line, LineFate.REJECTED)
                else:
                    outcome.lines[path.name].say(one.line, LineFate.KNOWN)
                    told.append(one)
        except Unreadable as error:
            outcome.rejects.append(Reject(path.name, 0, sentence_of(error)))
    for status in sorted(told, key=lambda one: (one.on, one.code)):
        known = list(journal.facts_about((), {status.number})) or list(journal.facts())
        rows: list[Cells] = []
        for each in lifecycle.events_of(status, known):
            if isinstance(each, Reject):
                outcome.rejects.append(each)
                outcome.lines[each.file].say(each.line, LineFate.REJECTED)
            elif isinstance(each, Remark):
                outcome.remarks.append(each)
            else:
                rows.append(each.row)
        outcome.repeated += not rows
        found = portfolio_files.build({"events": rows}, mapping=settings.mapping, not_after=settings.not_after, known=known)
        record(journal, replace(found, facts=tuple(facts for facts in found.facts if facts.events)), settings, outcome, progress)


def _marks(journal: Journal) -> frozenset[int]:
    """Return what stands for the movements that accounting files brought before; however they are lettered now, they are the same."""
    kinds = ("payment.received", "payment.reversed", "credit_note.issued")
    found = (mark_of(one.creditor, one.debtor or "", one.kind, one.data) for one in journal.entries(kinds=kinds))
    return frozenset(mark for mark in found if mark is not None)


def _batches(found: Iterator[Found | Reject | Remark]) -> Iterator[list[Found | Reject | Remark]]:
    """Cut a stream into batches, never between an invoice and the events that follow it."""
    batch = list(islice(found, _BATCH))
    for one in found:
        if len(batch) >= _BATCH and isinstance(one, Found) and one.table == "invoices":
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch
