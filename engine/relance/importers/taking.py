"""What reading files into a journal tells (`Outcome`), and the one place where what was read is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from relance.importers.columns import Cells
from relance.importers.import_settings import Settings
from relance.importers.line_count import FileLines, LineFate
from relance.importers.match_answers import Doubt, Matched, Reconciled
from relance.importers.portfolio_files import Portfolio
from relance.importers.sources import ReconciledWith, SourceCoverage, ToldAgain
from relance.importers.statement_intake import Tally
from relance.importers.told_by_banks import Announced
from relance.journal.journal import Journal, Recorded
from relance.parsing.rejects import Reject, Remark
from relance.sentences import sentence, shipped_text


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
    announced: list[Announced] = field(default_factory=list)
    statements: list[Tally] = field(default_factory=list)
    coverage: dict[str, SourceCoverage] = field(default_factory=dict)  # by the file's name, of files that tell of money
    again: list[ToldAgain] = field(default_factory=list)  # what another source had told
    reconciled_with: list[ReconciledWith] = field(default_factory=list)  # the same, with that source
    lines: dict[str, FileLines] = field(default_factory=lambda: defaultdict(FileLines))  # by the file's name
    parties: set[str] = field(default_factory=set)  # the debtors that tables of debtors name
    told: set[tuple[str | int, ...]] = field(default_factory=set)  # those of them, and the creditors ("" for the debtor), of whom something was new


def record(journal: Journal, found: Portfolio, settings: Settings, outcome: Outcome, progress: Callable[[int], None]) -> None:
    """Write what was read into the journal, and what came of it into the outcome."""
    done = journal.take_in(found.facts, actor=settings.actor, approvals=settings.approvals)
    outcome.rows += found.rows
    outcome.repeated += found.repeated
    outcome.invoices += sum(len(facts.invoices) for facts in found.facts)
    outcome.events += sum(len(facts.events) for facts in found.facts)
    outcome.recorded += replace(done, fresh=frozenset())
    outcome.rejects += found.rejects
    said = set(outcome.remarks)
    outcome.remarks += [one for one in found.remarks if one not in said]
    for one in done.conflicts:
        file, line, row = found.places.get((one.creditor, one.invoice), ("", 0, one.invoice))
        reason = sentence(
            "invoice {invoice} is known with another {field}, {known}, not {given}: a conflict; record `invoice.corrected` if this is right",
            invoice=repr(one.invoice), field=shipped_text(one.field), known=one.known, given=one.given,
        ) if one.field != "fields" else sentence(
            "invoice {invoice} is known with other own fields than here, {names}: a conflict; record `invoice.corrected` if this is right", invoice=repr(one.invoice), names=one.given
        )  # fmt: skip
        outcome.rejects.append(Reject(file, line, reason, row))
        outcome.lines[file].say(line, LineFate.REJECTED)
    for word in done.held:
        file, line = found.origins.get((word.creditor, word.debtor, word.place), ("", 0))
        outcome.rejects.append(Reject(file, line, word.said, word.row))
        outcome.lines[file].say(line, LineFate.REJECTED)
    _tell(found, done, outcome)
    progress(found.rows)


def _tell(found: Portfolio, done: Recorded, outcome: Outcome) -> None:
    """Tell the count of lines what became of the rows that were read."""
    for file, line in found.read:
        outcome.lines[file].say(line, LineFate.KNOWN)
    for name, (file, line) in found.origins.items():
        if name in done.fresh:
            outcome.lines[file].say(line, LineFate.NEW)
        if file in outcome.coverage:
            outcome.coverage[file].kept_for.add(str(name[0]))
    _tell_again(found, done, outcome)
    for one in found.rejects:
        outcome.lines[one.file].say(one.line, LineFate.REJECTED)
    for remark in found.remarks:
        outcome.lines[remark.file].more[LineFate.LEFT_OUT] += remark.rows
    outcome.told |= {name for name in done.fresh if len(name) == 2 and (not name[1] or name[1] in outcome.parties)}


def _tell_again(found: Portfolio, done: Recorded, outcome: Outcome) -> None:
    """Tell which rows say what another source had told: those of which the journal keeps so now, and those whose sum the invoice had by its name."""
    for facts in found.facts:
        for place, event in enumerate(facts.events):
            name = (facts.creditor.id, facts.debtor.id, place)
            if event.kind == "payment.reconciled" and name in done.fresh and name in found.origins:
                (file, line), said = found.origins[name], event.data
                currency = event.currency or next((one.currency for one in facts.invoices if one.id == event.invoice), "EUR")
                outcome.lines[file].say(line, LineFate.RECONCILED)
                outcome.again.append(ToldAgain(file, line, *name[:2], event.invoice, event.on, said["amount"], currency, str(said["with"])))
    outcome.again += found.agreed
    for one in found.agreed:
        outcome.lines[one.file].say(one.line, LineFate.RECONCILED)


def tell_parties(rest: Mapping[str, Iterable[Cells | Reject | Remark]], outcome: Outcome) -> None:
    """Tell the count of lines which rows of parties said something new."""
    debtors, creditors = {str(name[1]) for name in outcome.told}, {name[0] for name in outcome.told if not name[1]}
    for table, new in (("debtors", debtors), ("creditors", creditors)):
        for row in rest[table]:
            if isinstance(row, Cells) and row.values["id"] in new:
                outcome.lines[row.file].say(row.line, LineFate.NEW)
