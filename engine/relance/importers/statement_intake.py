"""One bank statement into the journal: what each of its movements becomes, counted so that the numbers of a file add up.

Asks `statements` what the bank tells, `told_by_banks` what another file told before, and `matching` whose money the rest is. Writes money that is
nobody's who is known, and up to which day the statement reaches; the events about debtors it gives back, to be recorded with the rest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from relance.importers import bank_table, portfolio_files
from relance.importers.columns import Cells
from relance.importers.import_settings import Settings
from relance.importers.match_answers import Doubt, Matched, Reconciled
from relance.importers.matching import Matcher
from relance.importers.movements import Found
from relance.importers.portfolio_files import Portfolio
from relance.importers.sources import Authority, SourceCoverage
from relance.importers.told_by_banks import Announced, Answer, KnownMovement, ToldByBanks
from relance.journal.journal import Journal
from relance.journal.reading import event_of
from relance.model import Creditor, Debtor, Event, Facts
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.sentences import numbered, plural, sentence, sentence_of
from relance.statements.accounts import account_number, same_account
from relance.statements.banks import BankFormat
from relance.statements.transaction import PassedOver, Transaction

_Told = Transaction | PassedOver | Reject | Remark
_TALLIED = {
    "matched": numbered("{count} matched", "{count} matched"), "reconciled": numbered("{count} reconciled", "{count} reconciled"),
    "known": numbered("{count} known", "{count} known"), "announced": numbered("{count} announced", "{count} announced"),
    "for_a_person": numbered("{count} for a person", "{count} for a person"), "rejected": numbered("{count} rejected", "{count} rejected"),
}  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What came of the movements of one bank statement; the numbers of a file add up."""

    file: str
    movements: int = 0
    matched: int = 0
    reconciled: int = 0
    known: int = 0
    announced: int = 0
    for_a_person: int = 0
    rejected: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """Say it in a line."""
        parts: list[str] = [plural(*words, number) for name, words in _TALLIED.items() if (number := getattr(self, name))]
        parts += [sentence("{number} {why}", number=number, why=why) for why, number in sorted(self.passed_over.items())]
        movements = plural("{count} movement", "{count} movements", self.movements)
        return sentence("{lines}: {parts}", lines=movements, parts=parts) if parts else movements


@dataclass(slots=True)
class TakenStatement:
    """What came of a bank statement: its answers, and the events about debtors that are still to be recorded."""

    tally: Tally
    matched: list[Matched] = field(default_factory=list)
    reconciled: list[Reconciled] = field(default_factory=list)
    announced: list[Announced] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    portfolio: Portfolio = field(default_factory=lambda: Portfolio(()))
    coverage: SourceCoverage = field(default_factory=lambda: SourceCoverage("", authority=Authority.BANK))


def take_statement(
    journal: Journal, path: Path, bank: BankFormat | None, settings: Settings, progress: Callable[[int], None] = lambda _: None
) -> TakenStatement:
    """Read a statement (`bank` None: a bank's table, by the mapping) against what the journal knows; `progress` is told of each movement."""
    known = list(journal.facts())
    nobodys = list(_of_nobody(journal))
    matcher = Matcher([*known, *nobodys], date.max, not_after=settings.not_after, least=settings.least)
    accounts = _accounts(journal, matcher)
    told = ToldByBanks([*known, *nobodys], matcher.rules.evidence, accounts)
    taken = TakenStatement(Tally(path.name), coverage=SourceCoverage(path.name, authority=Authority.BANK))
    rows: list[Cells] = []
    try:
        moved = _counted(_movements(path, bank, settings, taken, accounts), progress)
        for answer in told.announce(matcher.match(told.sift(moved))):
            rows += _kept(answer, taken)
        reach = bank.reach(path) if bank else bank_table.reach(path, settings.mapping)
    except Unreadable as error:
        return TakenStatement(taken.tally, rejects=[Reject(path.name, 0, sentence_of(error))])
    taken.tally.known += matcher.known
    if taken.rejects and not reach:
        taken.remarks.append(Remark(path.name, 0, sentence("movements were refused: this statement does not count as read (`statement_within`) until they are mended and it is imported again")))
    for account, since, on in ((known_account(each.account, accounts), each.since, each.until) for each in reach):
        taken.coverage.accounts |= {account} - {""}
        taken.coverage.speaks_of(since, on)
        whose = matcher.ledger.accounts.get(account) or {facts.creditor.id for facts in known}
        if len(whose) == 1 or account in matcher.ledger.accounts:
            until = min(on, settings.not_after or on)
            journal.statement_read(whose, account, until, actor=settings.actor)
            taken.remarks += told.unconfirmed(whose, until, path.name)
            taken.coverage.creditors |= whose
            taken.coverage.kept_for |= whose
    new, taken.doubts = taken.doubts, []
    for each in _keep_waiting(journal, matcher, new, settings):
        if isinstance(each, Doubt):
            taken.doubts.append(each)
        else:
            taken.rejects.append(each)
            taken.tally.for_a_person -= 1
            taken.tally.rejected += 1
    rows = _without_nobodys(journal, rows, settings)
    found = portfolio_files.build({"events": rows}, mapping=settings.mapping, not_after=settings.not_after, known=known)
    taken.portfolio = replace(found, facts=tuple(facts for facts in found.facts if facts.events))
    return taken


def _movements(
    path: Path, bank: BankFormat | None, settings: Settings, taken: TakenStatement, accounts: Mapping[str, set[str]]
) -> Iterator[_Told]:
    """Yield what a statement tells, and count it; each account as the journal knows it."""
    covered = taken.coverage
    for one in bank.read(path) if bank else bank_table.read(path, settings.mapping):
        taken.tally.movements += not isinstance(one, Remark)
        if not isinstance(one, Transaction):
            yield one
            continue
        moved = replace(one, account=known_account(one.account, accounts))
        covered.form = moved.source
        covered.accounts |= {moved.account} - {""}
        covered.speaks_of(moved.on)
        yield moved


def _counted(moved: Iterable[_Told], progress: Callable[[int], None]) -> Iterator[_Told]:
    """Yield what a statement tells, and say of each movement that it was worked through, once the next is asked for."""
    for one in moved:
        yield one
        progress(not isinstance(one, Remark))


def _accounts(journal: Journal, matcher: Matcher) -> dict[str, set[str]]:
    """Return each creditor's accounts: his record's, and those whose statements were read."""
    found: dict[str, set[str]] = defaultdict(set)
    for account, creditors in matcher.ledger.accounts.items():
        for creditor in creditors:
            found[creditor].add(account)
    for entry in journal.entries(kinds=("statement.read",)):
        found[entry.creditor].add(account_number(str(entry.data.get("account") or "")))
    return found


def known_account(told: str, accounts: Mapping[str, set[str]]) -> str:
    """Return the account that a file tells as the journal knows it, where it is surely one of those; else as `account_number` writes it."""
    number = account_number(told)
    same = {known for some in accounts.values() for known in some if same_account(known, number)}
    return same.pop() if len(same) == 1 else number


def _kept(answer: Answer | Found, taken: TakenStatement) -> list[Cells]:
    """Keep an answer, count it, and return the rows of the table `events` that it becomes."""
    tally = taken.tally
    match answer:
        case Found():
            return [answer.row]
        case Reject():
            taken.rejects.append(answer)
            tally.rejected += 1
        case Remark():
            taken.remarks.append(answer)
        case PassedOver():
            tally.passed_over[answer.why] += 1
        case Announced():
            taken.announced.append(answer)
            tally.announced += 1
            return [one.row for one in answer.rows]
        case Doubt():
            taken.doubts.append(answer)
            tally.for_a_person += 1
            return [one.row for one in answer.rows]
        case Reconciled():
            taken.reconciled.append(answer)
            tally.reconciled += 1
            return [one.row for one in (*answer.rows, *answer.closing)]
        case Matched():
            taken.matched.append(answer)
            tally.matched += 1
            return [one.row for one in (*answer.rows, *answer.closing)]
        case KnownMovement():
            tally.known += 1
    return []


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
        whose = sorted(matcher.ledger.accounts.get(one.account, ())) or creditors
        if doubt.waits or doubt.rows:
            yield doubt
        elif len(whose) == 1:
            data = {name: value for name, value in doubt.told.items() if name != "currency"}
            waits = Event(one.on, "payment.unmatched", currency=one.currency, data=data)
            journal.write_together(whose[0], [(None, waits)], actor=settings.actor, key=f"waiting:{one.mark}:{one.on}:{one.amount}")
            yield doubt
        else:
            account = repr(one.account)
            whom = sentence("{count} creditors have the account {account}", count=len(whose), account=account) if whose else sentence("no creditor is known to have the account {account}", account=account)
            yield Reject(one.file, one.line, sentence("{reason}; and {whom}: give each creditor his `iban`", reason=doubt.reason, whom=whom), one.shown)


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
