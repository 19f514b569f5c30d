"""Which invoice a bank transaction pays, or undoes: what is new of a statement, given to what is open (`open_claims`) by the rules (`match_rules`).

Every answer states its confidence in percent and why. What is below the threshold, or could be two things, is a `Doubt`
for a person and is never allocated. Money that went back undoes what it had paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from relance.importers.columns import Cells
from relance.importers.compared_texts import squeeze
from relance.importers.match_answers import Doubt, Matched, Reconciled, RuleAnswer, event_rows
from relance.importers.match_rules import MatchRules
from relance.importers.movements import Found
from relance.importers.open_claims import OpenClaims
from relance.importers.told_by_others import ToldByOthers
from relance.importers.undone import PaidByBank
from relance.model import Facts
from relance.parsing.rejects import Reject
from relance.sentences import sentence
from relance.statements.accounts import same_account
from relance.statements.transaction import Transaction, source_of

Other = TypeVar("Other")  # what is no transaction passes through
#: Below this nothing is allocated.
CERTAIN = 80
_FEW = 4  # debtors that money for a person may hold at once


@dataclass(slots=True)
class Matcher:
    """What the journal knows of payments, beside what is open. Allocating takes from what is open, so that nothing is paid twice."""

    facts: Iterable[Facts]
    on: date
    not_after: date | None = None
    least: int = CERTAIN
    ledger: OpenClaims = field(default_factory=OpenClaims)
    paid: PaidByBank = field(default_factory=PaidByBank)
    marks: dict[tuple[str, str], dict[date, Decimal]] = field(default_factory=dict)  # kind and mark → what moved on which day
    came_to: dict[tuple[str, str], str] = field(default_factory=dict)  # kind and mark → account
    told: ToldByOthers = field(default_factory=ToldByOthers)
    known: int = 0  # transactions that the journal knew already
    waiting: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))  # by mark, with whom it waits ("" nobody)
    waited: dict[str, set[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(set))  # by mark, what waits or did
    settled: dict[str, set[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(set))  # by mark, what of that was settled once

    def __post_init__(self) -> None:
        for facts in self.facts:
            self._learn(facts)

    @property
    def rules(self) -> MatchRules:
        """The rules, over what is open now."""
        return MatchRules(self.ledger)

    def _learn(self, facts: Facts) -> None:
        self.ledger.learn(facts, self.on)
        creditor = facts.creditor.id
        for event in facts.events:
            mark = str(event.data.get("reference", ""))
            if source_of(mark) is not None and event.kind in {"payment.received", "payment.reversed"}:
                days = self.marks.setdefault((event.kind, mark), {})
                days[event.on] = days.get(event.on, Decimal(0)) + event.data["amount"]
                self.came_to[event.kind, mark] = str(event.data.get("account", ""))
                if event.kind == "payment.received" and event.invoice and (creditor, event.invoice) in self.ledger.claims:
                    self.paid.remember(mark, event.on, self.ledger.claims[creditor, event.invoice], event.data["amount"])
        self._learn_waiting(facts)
        self.told.learn(facts)
        for mark, on, name, amount in self.told.paid_again(facts):
            if (creditor, name) in self.ledger.claims:
                self.paid.remember(mark, on, self.ledger.claims[creditor, name], amount)
        for event in facts.events:
            if event.kind == "payment.reversed" and source_of(str(event.data.get("reference", ""))) is not None:
                self.paid.forget(str(event.data["reference"]), event.invoice, event.data["amount"])
            elif event.kind == "payment.reconciled":
                kind = str(event.data.get("of") or "payment.received")
                days = self.marks.setdefault((kind, str(event.data["reference"])), {})
                days[event.on] = days.get(event.on, Decimal(0)) + event.data["amount"]
                self.came_to[kind, str(event.data["reference"])] = str(event.data.get("account", ""))

    def _learn_waiting(self, facts: Facts) -> None:
        """Learn what waits for a person, and what waited and was settled: that money is not matched again, though the person's word be undone."""
        owner = (facts.creditor.id, facts.debtor.id)
        here: set[str] = set()
        for event in facts.events:
            mark = str(event.data.get("reference", ""))
            if event.kind == "payment.unmatched":
                here.add(mark)
                self.waited[mark].add((event.data.get("since") or event.on, event.data["amount"]))
                self.waiting[mark].add(owner)
                self.came_to["payment.reversed" if event.data.get("back") else "payment.received", mark] = str(event.data.get("account", ""))
            elif event.kind == "payment.matched":
                for each in [mark] if mark else here:
                    self.settled[each] |= self.waited.get(each, set())
                    self.waiting[each].discard(owner)

    def match(self, transactions: Iterable[Transaction | Other]) -> Iterator[Matched | Reconciled | Doubt | Reject | Other]:
        """Answer for each transaction, in order; one that the journal knows already says nothing, and is counted."""
        for one in transactions:
            if not isinstance(one, Transaction):
                yield one
            elif self.not_after and one.on > self.not_after:
                yield Reject(one.file, one.line, sentence("dated {on}, in the future", on=one.on), one.shown)
            elif (told := self._new(one)) is not None:
                yield self._owned(self._undo(told) if one.reversal else self._pay(told))
            else:
                self.known += 1

    def _owned(self, answer: Matched | Reconciled | Doubt) -> Matched | Reconciled | Doubt:
        """Say of a doubt whose money it may be; of what is matched now, and waited before, that it waits no more."""
        one = answer.transaction
        waiting = self.waiting.get(one.mark, set())
        if isinstance(answer, Doubt):
            return answer._replace(owners=self._owners(answer), waits=bool(waiting))
        values = {"on": one.on, "event": "payment.matched", "reference": one.mark}
        closing = [{**values, "creditor": creditor, "debtor": debtor} for creditor, debtor in sorted(waiting)]
        return answer._replace(closing=tuple(Found("events", Cells(one.file, one.line, cells, one.shown)) for cells in closing))

    def _owners(self, doubt: Doubt) -> tuple[tuple[str, str], ...]:
        """Return whose money it may be, where these are few: who bears the payer's name, and whose invoices are named."""
        named = [key for name in doubt.candidates for key in self.ledger.by_number.get(squeeze(name), ()) if key[1] == name]
        owners = self.ledger.payers_of(doubt.transaction) | self.ledger.whose(named)
        return tuple(sorted(owners)) if len(owners) <= _FEW else ()

    def _new(self, one: Transaction) -> Transaction | None:
        """Return a transaction that is not known, by a mark of its own: a bank's references may begin anew, or be always the same."""
        kind = "payment.reversed" if one.reversal else "payment.received"
        if one.former and self.marks.get((kind, one.former), {}).get(one.on) == one.amount:
            return None
        for made in one.variants:
            if same_account(self.came_to.get((kind, made.mark), ""), one.account) is False:
                continue
            days, once, this = self.marks.get((kind, made.mark)), self.waited.get(made.mark), (made.on, made.amount)
            if days is None and (once is None or (this in once and this not in self.settled[made.mark])):
                self.marks[kind, made.mark] = {made.on: made.amount}
                self.came_to[kind, made.mark] = one.account
                return made
            if (days is not None and days.get(made.on) == made.amount) or this in self.settled[made.mark]:
                return None
        return None

    def _pay(self, one: Transaction) -> Matched | Reconciled | Doubt:
        payers, named = self.rules.said(one)
        alone = not any(self.ledger.open[key] == one.amount for owner in payers for key in self.ledger.by_debtor[owner])
        if (same := self.told.payment(one, payers, named, alone=alone)) is not None:
            for row in same.rows:
                values = row.row.values
                if (claim := self.ledger.claims.get((values["creditor"], values.get("invoice", "")))) is not None:
                    self.paid.remember(one.mark, one.on, claim, values["amount"])
            return same
        if one.doubted:
            return Doubt(one, one.doubted, tuple(sorted(key[1] for key in named)))
        if (best := self.rules.answer(one)) is None:
            return Doubt(one, sentence("no reference, number or payer that is known"))
        if isinstance(best, Doubt):
            return best
        if best.confidence < self.least:
            return Doubt(one, sentence("{why} ({confidence} %)", why=best.why, confidence=best.confidence), tuple(claim.invoice.id for claim, _ in best.parts))
        whose = (best.parts[0][0].creditor, best.parts[0][0].debtor)
        if not named and (other := self.told.like(one, whose)) is not None:
            return Doubt(one, sentence("{why}, but {other} told such a payment already: the same, or a second one?", why=best.why, other=other), tuple(claim.invoice.id for claim, _ in best.parts))
        for claim, amount in best.parts:
            key = (claim.creditor, claim.invoice.id)
            self.ledger.owe(key, max(self.ledger.open[key] - amount, Decimal(0)))  # interest and the indemnity are asked beside what is open
            self.paid.remember(one.mark, one.on, claim, amount)
        return Matched(one, event_rows(one, "payment.received", best.parts), best.confidence, best.why)

    def _undo(self, one: Transaction) -> Matched | Reconciled | Doubt:
        """Take back the payment that came back; what it is not known to undo is for a person."""
        payers, named = self.rules.evidence(one)
        if (same := self.told.reversal(one, payers, named)) is not None:
            return same
        if one.doubted:
            return Doubt(one, one.doubted, tuple(sorted(key[1] for key in named)))
        found = self.paid.undone(one, payers, named)
        if not isinstance(found, RuleAnswer) and not found and (back := self.told.undone(one, payers, named)) is not None:
            return back
        if not isinstance(found, RuleAnswer):
            return Doubt(one, sentence("money went back, and the payment it undoes is not known"), found)
        if found.confidence < self.least:
            return Doubt(one, sentence("{why} ({confidence} %)", why=found.why, confidence=found.confidence), tuple(claim.invoice.id for claim, _ in found.parts))
        for claim, amount in found.parts:
            paid = (claim.creditor, claim.invoice.id)
            self.ledger.owe(paid, min(self.ledger.open[paid] + amount, claim.invoice.amount))
        return Matched(one, event_rows(one, "payment.reversed", found.parts), found.confidence, found.why)
