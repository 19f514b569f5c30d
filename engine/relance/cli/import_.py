"""`relance import`: accounting files, e-invoices and bank statements into the journal; `relance import guess` proposes a mapping.

A dry run unless `--commit`. What cannot be read, contradicts what is known, or is for a person to match goes to files
of its own; the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from relance.cli.casefiles import broken, show
from relance.cli.common import (
    DAY,
    OutFile,
    Stop,
    actor_option,
    echo_filled,
    end,
    format_option,
    free_name,
    journal_option,
    new_option,
    now,
    opened,
    print_json,
    replace_option,
    write_new,
    write_out,
)
from relance.cli.defaults import rules_here
from relance.cli.progress_bar import reading_progress
from relance.escaping import csv_text
from relance.importers.line_count import LINES
from relance.report.words import many
from relance.sentences import AmountPart, numbered, plural, reader, retold, sentence, system_words, tell, tell_number, tell_part, told

if TYPE_CHECKING:
    from relance.importers.columns import ColumnMapping
    from relance.importers.import_settings import Settings
    from relance.importers.intake import SourceFile
    from relance.importers.sources import SourceCoverage
    from relance.importers.taking import Outcome
    from relance.parsing.rejects import Reject, Remark
    from relance.project import ApprovalRule

_SHOWN = 20
#: A comment of a proposed mapping; what stands behind a header is a cell of the file, and no sentence.
_COMMENT = re.compile(r"""(?m)(^# |^accounts: .*  # |[^"\]]  # )(.+)$""")
_FILE = click.Path(dir_okay=False, path_type=Path)


class _WithGuess(click.Group):
    """A group whose first command is meant where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name in front of files and options."""
        return super().parse_args(ctx, args if args and args[0] in self.commands else ["files", *args])


@click.group(name="import", cls=_WithGuess)
def command() -> None:
    """Read accounting files, e-invoices and bank statements into the journal."""


@command.command(name="files")
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--columns", type=_FILE, help="The column mapping of tables; the payment terms of a FEC.")
@click.option("--debtors", type=_FILE, help="A table of debtors that belongs to the invoices.")
@click.option("--creditors", type=_FILE, help="A table of creditors.")
@click.option("--events", type=_FILE, help="A table of events: payments, disputes, promises.")
@click.option("--commit", is_flag=True, help="Write to the journal. Without it nothing is written.")
@click.option("--rejects", type=OutFile(), help="Where the rejects are written as CSV; with --commit, a new rejects.csv by default.")
@click.option("--to-match", type=OutFile(), help="Write payments for a person there, too, as CSV; `relance matching list` shows them.")
@click.option(
    "--confidence", type=click.IntRange(80, 100), default=80, show_default=True, help="Allocate a payment from so many percent on."
)
@click.option("--as-of", type=DAY, default="today", show_default=True, help="What is dated later is a reject.")
@actor_option
@journal_option
@new_option
@format_option("text", "json")
@replace_option
def files(
    files: tuple[Path, ...], columns: Path | None, debtors: Path | None, creditors: Path | None, events: Path | None, *, commit: bool,
    rejects: Path | None, to_match: Path | None, confidence: int, as_of: date, actor: str, where: str, form: str, new: bool,
) -> None:  # fmt: skip
    """Read FILES into the journal: invoices as CSV, Excel or Parquet, a FEC, Factur-X or UBL invoices, bank statements (camt, CFONB 120, MT940, OFX).

    What a file is, is seen from its contents. `relance import guess FILE` proposes a column mapping for a table.

    \b
    relance import factures.csv --columns sage.yaml
    relance import 123456789FEC20261231.txt --columns terms.yaml --commit
    relance import factures/*.pdf releve.xml --commit
    """  # noqa: D301 - \b is click's
    from relance.importers.import_settings import Settings

    mapping = _mapping(columns)
    sources = _sources(files, {"debtors": debtors, "creditors": creditors, "events": events}, mapping)
    settings = partial(Settings, mapping, as_of, confidence, actor)
    outcome = _commit(where, sources, settings, new=new) if commit else _rehearse(where, sources, settings)
    if commit:
        rejects = rejects or free_name(Path("rejects.csv"))
    _write(rejects, [(one.file, one.line, one.reason, one.row) for one in outcome.rejects], ("file", "line", "reason", "row"))
    _write(to_match, _doubts(outcome), ("file", "line", "on", "amount", "currency", "payer", "text", "reason", "invoices"))
    if form == "json":
        print_json(_json(outcome, sources, commit=commit))
    else:
        _show(outcome, sources, rejects, to_match, commit=commit)
    end(2 if any(not one.line for one in outcome.rejects) else 1 if outcome.rejects or outcome.doubts else 0)


@command.command(name="guess")
@click.argument("file", type=_FILE)
@click.option("--out", type=_FILE, help="Write the mapping there instead of printing it.")
def guess(file: Path, out: Path | None) -> None:
    """Propose a column mapping for FILE, from its headers and values; read it through before you use it."""
    from relance.importers.mapping_proposal import propose
    from relance.parsing.rejects import Unreadable

    try:
        proposal = propose(file)
    except Unreadable as error:
        raise Stop(sentence("{what}: {why}", what=file, why=error.args[0])) from error
    if not proposal.usable:
        click.echo("".join(f"# {line}\n" for line in _with_comments_told(proposal.text).splitlines()), nl=False)
        click.echo(tell("# no import would take this: it is shown as a beginning, and not written"), err=True)
    elif out is None:
        click.echo(_with_comments_told(proposal.text), nl=False)
    else:
        write_new(out, _with_comments_told(proposal.text))
        click.echo(tell("{out}: read it through, then `relance import {file} --columns {out}`", out=out, file=file))
    for line in proposal.remarks:
        click.echo(f"# {told(line)}", err=True)
    end(0 if proposal.whole else 1)


def _with_comments_told(text: str) -> str:
    """Return a proposed mapping with its comments in the reader's language."""
    return _COMMENT.sub(lambda found: found[1] + retold(found[2]), text)


def _mapping(path: Path | None) -> ColumnMapping:
    from relance.importers.columns import ColumnMapping
    from relance.importers.mapping import read_mapping

    if path is None:
        return ColumnMapping()
    try:
        mapping, findings = read_mapping(path)
    except OSError as error:
        raise Stop(tell("'{path}' cannot be read: {why}", path=path, why=system_words(error))) from error
    if mapping is None:
        broken(findings, tell("the column mapping '{path}' has mistakes", path=path))
    show(findings)
    return mapping


def _sources(files: Iterable[Path], tables: dict[str, Path | None], mapping: ColumnMapping) -> list[SourceFile]:
    from relance.importers.intake import recognise, told_apart
    from relance.parsing.rejects import Unreadable

    named = [(path, None) for path in files] + [(path, name) for name, path in tables.items() if path is not None]
    if not named:
        raise Stop(tell("name at least one file to read; `relance import --help` shows which"))
    found = []
    for path, table in named:
        try:
            found.append(recognise(path, table, mapping))
        except Unreadable as error:
            raise Stop(sentence("{what}: {why}", what=path, why=error.args[0])) from error
    return told_apart(found)


def _commit(where: str, sources: list[SourceFile], settings: Callable[[tuple[ApprovalRule, ...]], Settings], *, new: bool) -> Outcome:
    with opened(where, create=True, new=new) as journal:
        return _take(journal, sources, settings(rules_here(journal)))


def _rehearse(where: str, sources: list[SourceFile], settings: Callable[[tuple[ApprovalRule, ...]], Settings]) -> Outcome:
    """Do all of it to a copy of the journal, so that the answer is what a commit would do."""
    from relance.importers.intake import rehearsal

    with TemporaryDirectory(prefix="relance-") as folder:
        if "://" not in where and not Path(where).is_file():
            with rehearsal(None, Path(folder), now) as copy:
                return _take(copy, sources, settings(rules_here(copy)))
        with opened(where) as journal, rehearsal(journal, Path(folder), now) as copy:
            return _take(copy, sources, settings(rules_here(journal)))


def _take(journal: Any, sources: list[SourceFile], settings: Any) -> Outcome:
    from relance.importers.intake import take
    from relance.journal.journal import JournalError

    try:
        with reading_progress("row", rows_to_read(sources)) as counted:
            return take(journal, sources, settings, counted)
    except JournalError as error:
        raise Stop(str(error)) from error


#: How the names of files end that are written in lines.
_OF_LINES = frozenset({".csv", ".tsv", ".txt"})


def rows_to_read(sources: Iterable[SourceFile]) -> int | None:
    """Return how many rows files have, as far as their lines tell; None where one of them (a workbook, a statement) is not written in lines."""
    from relance.importers.intake import Form

    total = 0
    for one in sources:
        if one.form in (Form.E_INVOICE, Form.STATUS):
            total += 1
        elif one.form is Form.STATEMENT or one.path.suffix.lower() not in _OF_LINES:
            return None
        else:
            try:
                with one.path.open("rb") as file:
                    total += max(sum(block.count(b"\n") for block in iter(partial(file.read, 1 << 20), b"")) - 1, 0)
            except OSError:
                return None  # who reads it says so
    return total


# --------------------------------------------------------------------------- what is shown


def _doubts(outcome: Outcome) -> list[tuple[Any, ...]]:
    return [
        (one.file, one.line, one.on, one.amount, one.currency, one.payer, " ".join((*one.references, one.text)).strip(), doubt.reason, " ".join(doubt.candidates))
        for doubt in outcome.doubts
        for one in (doubt.transaction,)
    ]  # fmt: skip


def _write(path: Path | None, rows: list[tuple[Any, ...]], head: tuple[str, ...]) -> None:
    """Write a CSV where there is something to write; a cell a spreadsheet would run is quoted."""
    if path is None or not rows:
        return
    write_out(path, csv_text([head, *rows]))


def _source(outcome: Outcome, file: str) -> dict[str, Any]:
    """Return what a file covers, and which movements of it were reconciled with what."""
    covered = outcome.coverage.get(file)
    again = [
        {
            "line": one.told.line, "on": one.told.on.isoformat(), "amount": str(one.told.amount), "currency": one.told.currency, "creditor": one.told.creditor, "debtor": one.told.debtor,
            "invoice": one.told.invoice, "with": one.other, "authority": str(one.authority), "source": _plain(one.source) if one.source is not None else None,
        }
        for one in outcome.reconciled_with if one.told.file == file
    ]  # fmt: skip
    return {"covers": _plain(covered) if covered is not None else None, "reconciled_with": again}


def _plain(one: SourceCoverage) -> dict[str, Any]:
    """Return what a file covers as plain values."""
    days = {name: day.isoformat() if day else None for name, day in (("since", one.since), ("until", one.until))}
    return {"file": one.file, "form": one.form, "authority": str(one.authority), "accounts": sorted(one.accounts), "creditors": sorted(one.creditors), **days}


def _fates(outcome: Outcome, source: SourceFile) -> dict[str, int] | None:
    """Return how many lines of a file fared how; of a statement its tally tells, among `statements`."""
    from relance.importers.intake import fates

    counts = fates(outcome, source)
    return {"all": counts.total(), **{fate.said.replace(" ", "_"): number for fate, number in sorted(counts.items()) if number}} if source.form in LINES else None


def _show(outcome: Outcome, sources: list[SourceFile], rejects: Path | None, to_match: Path | None, *, commit: bool) -> None:
    from relance.importers.intake import fates
    from relance.importers.line_count import LINES, in_words

    for one in sources:
        whole = sentence("{kind}, {counts}", kind=one.kind, counts=in_words(fates(outcome, one), one.form)) if one.form in LINES else one.kind
        echo_filled(tell("{path}: {what}", path=one.path, what=whole), hang=2)
        _show_sources(outcome, one.path.name)
    done = outcome.recorded
    known = done.known + outcome.repeated
    counted = (
        many(outcome.rows, "row"), many(outcome.invoices, "invoice"), many(outcome.events, "event"),
        tell_number("{count} known already", "{count} known already", known),
    )  # fmt: skip
    entries = (
        tell_number("{count} entry written", "{count} entries written", done.written)
        if commit
        else tell_number("{count} entry to write", "{count} entries to write", done.written)
    )
    click.echo(f"{', '.join(counted)}{' ; ' if reader() == 'fr' else '; '}{entries}")
    for tally in outcome.statements:
        click.echo(tell("{path}: {what}", path=tally.file, what=tally.line()))
    if outcome.matched:
        click.echo("\n" + tell_number("{count} payment matched:", "{count} payments matched:", len(outcome.matched)))
    for each in outcome.matched[:_SHOWN]:
        paid = each.transaction
        names = ", ".join(dict.fromkeys(row.row.values["invoice"] for row in each.rows))
        sign = "-" if paid.reversal else ""
        echo_filled(f"{tell_part(paid.on)}  {sign}{tell_part(AmountPart(paid.amount, paid.currency))}  {paid.payer or '?'}  → {names}  {each.confidence} %, {retold(each.why)}", indent=2, hang=2)
    _list(
        *numbered("{count} payment that was told already, counted once", "{count} payments that were told already, counted once"),
        [f"{tell_part(one.transaction.on)}  {tell_part(AmountPart(one.transaction.amount, one.transaction.currency))}  {one.transaction.payer or '?'}: {retold(one.told_by)}" for one in outcome.reconciled],
        None,
    )
    _list(
        *numbered(
            "{count} payment announced, which holds the debtor's messages and counts when a statement tells it",
            "{count} payments announced, which hold their debtors' messages and count when a statement tells them",
        ),
        [f"{tell_part(one.transaction.on)}  {tell_part(AmountPart(one.transaction.amount, one.transaction.currency))}  {one.transaction.payer or '?'}: {retold(one.why)}" for one in outcome.announced],
        None,
    )
    _list(
        *numbered("{count} payment for a person", "{count} payments for a person"),
        [
            f"{tell_part(one.transaction.on)}  {tell_part(AmountPart(one.transaction.amount, one.transaction.currency))}  {one.transaction.payer or '?'}: {retold(one.reason)}"
            for one in outcome.doubts
        ],
        to_match,
    )
    if outcome.doubts and commit:
        click.echo("  " + tell("settle them: `relance matching list`"))
    _list(*numbered("{count} remark", "{count} remarks"), [_placed(one, one.text) for one in outcome.remarks], None)
    _list(*numbered("{count} reject", "{count} rejects"), [_said(one) for one in outcome.rejects], rejects)
    if not commit:
        click.echo("\n" + tell("A dry run: nothing was written. Add --commit to write."))


def _show_sources(outcome: Outcome, file: str) -> None:
    """Say what a file covers, and which files told first what it tells again."""
    covered = outcome.coverage.get(file)
    if covered is not None and (what := covered.said()):
        echo_filled(tell("covers {what}", what=what), indent=2, hang=2)
    for source, (count, sums) in _by_source(outcome, file).items():
        shown = [AmountPart(amount, currency) for currency, amount in sorted(sums.items())]
        echo_filled(tell("reconciled with {source}: {count} of {sums}", source=source, count=plural("{count} movement", "{count} movements", count), sums=shown), indent=2, hang=2)


def _by_source(outcome: Outcome, file: str) -> dict[str, tuple[int, dict[str, Decimal]]]:
    """Return how many movements of a file, and which sums, each other source told first."""
    found: dict[str, tuple[int, dict[str, Decimal]]] = {}
    for one in outcome.reconciled_with:
        if one.told.file == file:
            count, sums = found.get(one.named, (0, {}))
            sums[one.told.currency] = sums.get(one.told.currency, Decimal(0)) + one.told.amount
            found[one.named] = (count + 1, sums)
    return found


def _said(one: Reject) -> str:
    return _placed(one, one.reason)


def _placed(one: Reject | Remark, text: str) -> str:
    return f"{one.file}:{one.line}: {retold(text)}" if one.line else f"{one.file}: {retold(text)}"


def _list(one: str, what: str, lines: list[str], path: Path | None) -> None:
    if not lines:
        return
    count = tell_number(one, what, len(lines))
    click.echo(f"\n{tell('{count}, written to {path}:', count=count, path=path) if path else tell('{count}:', count=count)}")
    for line in lines[:_SHOWN]:
        echo_filled(line, indent=2, hang=2)
    if len(lines) > _SHOWN:
        click.echo("  " + tell("and {count} more", count=len(lines) - _SHOWN))


def _json(outcome: Outcome, sources: list[SourceFile], *, commit: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "committed": commit,
        "files": [{"path": str(one.path), "form": one.form.value, "table": one.table if one.form == "table" else None, "lines": _fates(outcome, one), **_source(outcome, one.path.name)} for one in sources],
        "rows": outcome.rows,
        "invoices": outcome.invoices,
        "events": outcome.events,
        "known": outcome.recorded.known + outcome.repeated,
        "written": outcome.recorded.written,
        "rejects": [{"file": one.file, "line": one.line, "reason": one.reason, "row": one.row} for one in outcome.rejects],
        "reconciled": [
            {
                "on": one.transaction.on.isoformat(), "amount": str(one.transaction.amount), "currency": one.transaction.currency,
                "payer": one.transaction.payer, "with": one.told_by,
            }
            for one in outcome.reconciled
        ],
        "statements": [
            {
                "file": one.file, "movements": one.movements, "matched": one.matched, "reconciled": one.reconciled, "known": one.known,
                "announced": one.announced, "for_a_person": one.for_a_person, "rejected": one.rejected, "passed_over": dict(one.passed_over),
            }
            for one in outcome.statements
        ],
        "remarks": [{"file": one.file, "line": one.line, "text": one.text} for one in outcome.remarks],
        "matched": [
            {
                "on": one.transaction.on.isoformat(), "amount": str(one.transaction.amount), "currency": one.transaction.currency,
                "payer": one.transaction.payer, "reversal": one.transaction.reversal, "confidence": one.confidence, "why": one.why,
                "invoices": [{"id": row.row.values["invoice"], "amount": str(row.row.values["amount"])} for row in one.rows],
            }
            for one in outcome.matched
        ],
        "for_a_person": [
            dict(zip(("file", "line", "on", "amount", "currency", "payer", "text", "reason", "invoices"), map(str, row), strict=True)) | {"line": row[1]}
            for row in _doubts(outcome)
        ],
    }  # fmt: skip
