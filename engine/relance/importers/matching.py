"""Which invoice a bank transaction pays: by structured reference, by number in free text, by amount and payer.

Every answer states its confidence in percent and why. What is below the threshold, or could be two things, is a `Doubt`
for a person and is never allocated. Money that went back undoes what it had paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from relance.importers.columns import Cells
from relance.importers.compared_texts import name_words, squeeze, unwrapped
from relance.importers.match_answers import Claim, Doubt, Matched, Reconciled, RuleAnswer, event_rows
from relance.importers.movements import Found
from relance.importers.number_reading import figures_in, numbers_in, pays_no_invoice, weakness
from relance.importers.payers import Payers
from relance.importers.quoted_files import QuotedFile, QuotedFiles, of_account
from relance.importers.told_by_others import ToldByOthers
from relance.importers.undone import PaidByBank
from relance.interpreter.balance import balances
from relance.model import Facts
from relance.parsing.rejects import Reject
from relance.sentences import sentence, shipped_text
from relance.statements.accounts import account_number, same_account
from relance.statements.transaction import Transaction, source_of

Other = TypeVar("Other")  # what is no transaction passes through
#: Below this nothing is allocated.
CERTAIN = 80
_FEW = 4  # debtors that money for a person may hold at once


@dataclass(slots=True)
class Matcher:
    """Open claims by what a payer may write of them. Allocating takes from what is open, so that nothing is paid twice."""

    facts: Iterable[Facts]
    on: date
    not_after: date | None = None
    least: int = CERTAIN
    claims: dict[tuple[str, str], Claim] = field(default_factory=dict)
    open: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    gone: dict[tuple[str, str], str] = field(default_factory=dict)
    by_number: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    by_debtor: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    by_amount: dict[tuple[str, Decimal], set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))  # currency and what is open
    payers: Payers = field(default_factory=Payers)
    accounts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    paid: PaidByBank = field(default_factory=PaidByBank)
    marks: dict[tuple[str, str], dict[date, Decimal]] = field(default_factory=dict)  # kind and mark → what moved on which day
    came_to: dict[tuple[str, str], str] = field(default_factory=dict)  # kind and mark → account
    files: QuotedFiles = field(default_factory=QuotedFiles)
    currencies: dict[tuple[str, str], str] = field(default_factory=dict)
    told: ToldByOthers = field(default_factory=ToldByOthers)
    known: int = 0  # transactions that the journal knew already
    waiting: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))  # by mark, with whom it waits ("" nobody)
    waited: dict[str, set[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(set))  # by mark, what waits or did
    settled: dict[str, set[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(set))  # by mark, what of that was settled once

    def __post_init__(self) -> None:
        for facts in self.facts:
            self._learn(facts)

    def _learn(self, facts: Facts) -> None:
        creditor, debtor = facts.creditor.id, facts.debtor.id
        if facts.creditor.iban:
            self.accounts[account_number(facts.creditor.iban)].add(creditor)
        self.payers.learn((creditor, debtor), facts.debtor.name)
        left = balances(facts, self.on).outstanding
        for invoice in facts.invoices:
            key = (creditor, invoice.id)
            self.claims[key] = Claim(creditor, debtor, invoice)
            self.currencies[key] = invoice.currency
            self._owe(key, left.get(invoice.id, Decimal(0)))
            self.by_debtor[creditor, debtor].append(key)
            for number in {invoice.id, invoice.document, str(invoice.terms.get("payment_reference", ""))}:
                if squeezed := squeeze(number):
                    self.by_number[squeezed].append(key)
        self.files.learn(facts, self.on)
        for event in facts.events:
            if event.kind in {"invoice.cancelled", "written_off"} and event.invoice:
                self.gone[creditor, event.invoice] = "cancelled" if event.kind == "invoice.cancelled" else "written off"
            mark = str(event.data.get("reference", ""))
            if source_of(mark) is not None and event.kind in {"payment.received", "payment.reversed"}:
                days = self.marks.setdefault((event.kind, mark), {})
                days[event.on] = days.get(event.on, Decimal(0)) + event.data["amount"]
                self.came_to[event.kind, mark] = str(event.data.get("account", ""))
                if event.kind == "payment.received" and event.invoice and (creditor, event.invoice) in self.claims:
                    self.paid.remember(mark, event.on, self.claims[creditor, event.invoice], event.data["amount"])
        self._learn_waiting(facts)
        self.told.learn(facts)
        for mark, on, name, amount in self.told.paid_again(facts):
            if (creditor, name) in self.claims:
                self.paid.remember(mark, on, self.claims[creditor, name], amount)
        for event in facts.events:
            if event.kind == "payment.reversed" and source_of(str(event.data.get("reference", ""))) is not None:
                self.paid.forget(str(event.data["reference"]), event.invoice, event.data["amount"])
            elif event.kind == "payment.reconciled":
                kind = str(event.data.get("of") or "payment.received")
                days = self.marks.setdefault((kind, str(event.data["reference"])), {})
                days[event.on] = days.get(event.on, Decimal(0)) + event.data["amount"]
                self.came_to[kind, str(event.data["reference"])] = str(event.data.get("account", ""))

    def _owe(self, key: tuple[str, str], amount: Decimal) -> None:
        """Take note of what is open of a claim."""
        currency = self.claims[key].invoice.currency
        self.by_amount[currency, self.open.get(key, Decimal(0))].discard(key)
        self.open[key] = amount
        self.by_amount[currency, amount].add(key)

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

    # -- the answer

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
        named = [key for name in doubt.candidates for key in self.by_number.get(squeeze(name), ()) if key[1] == name]
        owners = self._payers(doubt.transaction) | self._whose(named)
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
        payers, named = self._said(one)
        alone = not any(self.open[key] == one.amount for owner in payers for key in self.by_debtor[owner])
        if (same := self.told.payment(one, payers, named, alone=alone)) is not None:
            for row in same.rows:
                values = row.row.values
                if (claim := self.claims.get((values["creditor"], values.get("invoice", "")))) is not None:
                    self.paid.remember(one.mark, one.on, claim, values["amount"])
            return same
        if one.doubted:
            return Doubt(one, one.doubted, tuple(sorted(key[1] for key in named)))
        answers = [answer for rule in (self._by_reference, self._by_file, self._by_text, self._by_payer) if (answer := rule(one)) is not None]
        if not answers:
            return Doubt(one, sentence("no reference, number or payer that is known"))
        best = answers[0]
        if isinstance(best, Doubt):
            return best
        if best.confidence < self.least:
            return Doubt(one, sentence("{why} ({confidence} %)", why=best.why, confidence=best.confidence), tuple(claim.invoice.id for claim, _ in best.parts))
        whose = (best.parts[0][0].creditor, best.parts[0][0].debtor)
        if not named and (other := self.told.like(one, whose)) is not None:
            return Doubt(one, sentence("{why}, but {other} told such a payment already: the same, or a second one?", why=best.why, other=other), tuple(claim.invoice.id for claim, _ in best.parts))
        for claim, amount in best.parts:
            key = (claim.creditor, claim.invoice.id)
            self._owe(key, max(self.open[key] - amount, Decimal(0)))  # interest and the indemnity are asked beside what is open
            self.paid.remember(one.mark, one.on, claim, amount)
        return Matched(one, event_rows(one, "payment.received", best.parts), best.confidence, best.why)

    def _undo(self, one: Transaction) -> Matched | Reconciled | Doubt:
        """Take back the payment that came back; what it is not known to undo is for a person."""
        payers, named = self.evidence(one)
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
            self._owe(paid, min(self.open[paid] + amount, claim.invoice.amount))
        return Matched(one, event_rows(one, "payment.reversed", found.parts), found.confidence, found.why)

    def evidence(self, one: Transaction) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """Return who the payer may be (creditor and debtor), and which invoices the transaction names (creditor and number)."""
        named = {key for reference in one.references for key in self._find(one, squeeze(unwrapped(reference)))}
        files, rest = self._files(one)
        named |= {key for file in files for key in file.keys}
        return self._payers(one), named | set(self._numbers(rest)[0])

    def _said(self, one: Transaction) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """Return who the payer may be, by name or the file he quotes, and which invoices are named by number: a file names all of them, and so none."""
        files, rest = self._files(one)
        named = {key for reference in one.references for key in self._find(one, squeeze(unwrapped(reference)))} | set(self._numbers(rest)[0])
        if files:
            named -= {key for file in files for key in file.keys} - set(self._numbers(rest)[0])
        return self._payers(one) | {(file.creditor, file.debtor) for file in files}, named

    # -- the rules

    def _by_reference(self, one: Transaction) -> RuleAnswer | Doubt | None:
        keys = list(dict.fromkeys(key for reference in one.references for key in self._find(one, squeeze(unwrapped(reference)))))
        if not keys:
            return None
        names = tuple(key[1] for key in keys)
        payers = self._payers(one)
        if payers and not self._whose(keys) <= payers:
            return Doubt(one, sentence("the structured reference is of an invoice of another debtor than who paid"), names)
        said = set(self._numbers(one)[0])
        if said and not said & set(keys):
            return Doubt(one, sentence("the text names another invoice than the structured reference"), (*names, *(key[1] for key in said)))
        if (shares := self._shared(one)) is not None:
            return shares
        if not payers and self._has_rivals(one, keys):
            return Doubt(one, sentence("structured reference, but who pays is not known, and this amount is open for others, too"), names)
        return self._spread(one, keys, 100, sentence("structured reference"))

    def _files(self, one: Transaction, *, slips: bool = False) -> tuple[list[QuotedFile], Transaction]:
        """Return the files whose reference a transaction quotes, rightly or with one slip, and the transaction without them."""
        text = " ; ".join((*one.references, one.text, one.end_to_end))
        files, rest = self.files.like(text) if slips else self.files.named_in(text)
        files = of_account(files, self.accounts.get(one.account), self.currencies, one.currency)
        return files, replace(one, text=rest, end_to_end="") if files else one

    def _by_file(self, one: Transaction) -> RuleAnswer | Doubt | None:
        files, rest = self._files(one)
        if not (sure := bool(files)):
            files, rest = self._files(one, slips=True)
        payers, said = self._payers(one), set(self._numbers(rest)[0])
        found = [(file, meant) for file in files if (meant := self.files.meant(file, one.amount, self.open, one.on)) is not None]
        if not sure:
            found = [(file, meant) for file, meant in found if meant.whole and (not payers or (file.creditor, file.debtor) in payers)]
            if len(found) != 1 or (said and not said <= set(found[0][0].keys)) or pays_no_invoice(one.text):
                return None
        if not files:
            return None
        names = tuple(dict.fromkeys(key[1] for file in files for key in file.keys if self.open[key]))
        if len({(file.creditor, file.debtor) for file in files}) > 1:
            return Doubt(one, sentence("the text has the references of several files"), names)
        (whose,) = {(file.creditor, file.debtor) for file in files}
        if payers and whose not in payers:
            return Doubt(one, sentence("the text has the reference of another debtor's file than who paid"), names)
        own = {key for file in files for key in file.keys}
        if said and not said <= own:
            return Doubt(one, sentence("the text names another invoice than those of the reference"), (*names, *(key[1] for key in said - own)))
        if said and (said != own or len(said) == 1):
            return self._spread(one, sorted(said), 98, sentence("reference of the file and number"))
        if not found:
            return Doubt(one, sentence("reference of the file, but {amount} is neither what was asked nor a part of what is due and undisputed", amount=one.amount), names)
        (_, meant), *_ = found
        if not meant.whole and pays_no_invoice(rest.text):
            return Doubt(one, sentence("reference of the file, but the words of money that pays no invoice"), names)
        confidence = (97 if meant.whole else 90) if sure else 85
        why = sentence("reference of the file: {what}", what=meant.why) if sure else sentence("reference of the file with a slip: {what}", what=meant.why)
        return RuleAnswer([(self.claims[key], amount) for key, amount in meant.parts], confidence, why)

    def _shared(self, one: Transaction) -> RuleAnswer | None:
        """Return the shares that the payer gave each document himself, where each has that much open."""
        parts: list[tuple[Claim, Decimal]] = []
        for number, amount in one.remitted:
            keys = self._find(one, squeeze(unwrapped(number)))
            if (
                len(keys) != 1
                or keys[0] in self.gone
                or not 0 < amount <= self.open[keys[0]]
                or self.claims[keys[0]].invoice.currency != one.currency
            ):
                return None
            parts.append((self.claims[keys[0]], amount))
        return RuleAnswer(parts, 100, sentence("structured reference, shared out by the payer")) if parts else None

    def _numbers(self, one: Transaction) -> tuple[dict[tuple[str, str], str], set[tuple[str, str]]]:
        """Return the invoices that the free text names, each with the number as it is compared, and those of which it may be a day instead."""
        return numbers_in(f"{one.text} ; {one.end_to_end}", one.amount, lambda number: self._find(one, number), self._siblings)

    def _siblings(self, key: tuple[str, str], number: str) -> list[tuple[str, str]]:
        """Return the open claims of the same debtor that bear another number."""
        whose = self._whose([key])
        return [other for other in self.by_number.get(number, ()) if self._whose([other]) == whose and self.open[other]]

    def _by_text(self, one: Transaction) -> RuleAnswer | Doubt | None:
        found, days = self._numbers(one)
        if not found:
            return None
        payers, every = self._payers(one), tuple(key[1] for key in found)
        keys = self._meant(one, list(found), days, payers)
        if keys is None:
            return Doubt(one, sentence("the text names invoices of several debtors"), every)
        (whose,) = self._whose(keys)
        if payers and whose not in payers:
            return Doubt(one, sentence("the text names an invoice of another debtor than who paid"), every)
        known = whose in payers or self._resembles(one, whose)
        whole = sum(self.open[key] for key in keys) == one.amount or self._as_asked(one, keys) is not None
        names = tuple(key[1] for key in keys)
        if not whole and whose in payers and isinstance(exact := self._by_payer(one), RuleAnswer):
            paid = {(claim.creditor, claim.invoice.id) for claim, _ in exact.parts}
            if set(keys) <= paid:
                return exact  # all that is open, to the cent, rather than a part of what is named
            return Doubt(one, sentence("the text names an invoice, and the amount is that of another"), (*names, *(key[1] for key in paid - set(keys))))
        if not whole and whose in payers and (others := self._of_namesakes(one, payers - {whose})):
            return Doubt(one, sentence("the text names an invoice, and the amount is that of another"), (*names, *others))
        if (reason := weakness(one.text, {key: found[key] for key in keys}, days, known=known, whole=whole)) is not None:
            return Doubt(one, reason, names)
        if whole:
            if not known and len(keys) == 1 and self._has_rivals(one, keys):
                return Doubt(one, sentence("number and amount, but who pays is not known, and this amount is open for others, too"), names)
            return self._spread(one, keys, 98 if known else 95, sentence("number in the text"))
        return self._spread(one, keys, 90 if known else 70 if name_words(one.payer) else 75, sentence("number in the text"))

    def _meant(
        self, one: Transaction, keys: list[tuple[str, str]], days: set[tuple[str, str]], payers: set[tuple[str, str]]
    ) -> list[tuple[str, str]] | None:
        """Return those of the invoices a text names that are of one debtor: the payer's own, if they make the amount; else what is no day."""
        if len(self._whose(keys)) == 1:
            return keys
        mine = [key for key in keys if self._whose([key]) <= payers]
        if mine and len(self._whose(mine)) == 1 and sum(self.open[key] for key in mine) == one.amount:
            return mine
        sure = [key for key in keys if key not in days]
        return sure if len(self._whose(sure)) == 1 else None

    def _of_namesakes(self, one: Transaction, payers: set[tuple[str, str]]) -> list[str]:
        """Return the invoices of others who bear the payer's name of which exactly this amount is open, alone or in all."""
        theirs = [[key for key in self.by_debtor[whose] if self.open[key] and self.claims[key].invoice.currency == one.currency] for whose in sorted(payers)]
        found = [[key for key in keys if self.open[key] == one.amount] or (keys if sum(self.open[key] for key in keys) == one.amount else []) for keys in theirs]
        return [key[1] for keys in found for key in keys]

    def _has_rivals(self, one: Transaction, keys: Sequence[tuple[str, str]]) -> bool:
        """Say whether exactly this amount is open for another debtor, too: a number may be written wrong, and only who pays would tell."""
        owners, mine = self.accounts.get(one.account), self._whose(keys)
        if self._resembles(one, *mine):
            return False
        same = self.by_amount.get((one.currency, one.amount), set())
        return any((owners is None or key[0] in owners) and not self._whose([key]) <= mine for key in same)

    def _resembles(self, one: Transaction, *whose: tuple[str, str]) -> bool:
        """Say whether a payer whom nobody is called like is this debtor all the same: his name misspelt, or written in the text instead."""
        if len(whose) != 1:
            return False
        if not name_words(one.payer):
            return self.payers.named_in(one.text, whose[0])
        return self.payers.like(one.payer, self.accounts.get(one.account)) == whose[0]

    def _by_payer(self, one: Transaction) -> RuleAnswer | Doubt | None:
        payers = self._payers(one)
        if not payers:
            return self._by_misspelt_payer(one)
        if len(payers) > 1:
            return Doubt(one, sentence("several debtors bear the payer's name"), tuple(sorted(debtor for _, debtor in payers)))
        keys = [key for key in self.by_debtor[next(iter(payers))] if self.open[key] and self.claims[key].invoice.currency == one.currency]
        same = [key for key in keys if self.open[key] == one.amount]
        if pays_no_invoice(one.text):
            return Doubt(one, sentence("the payer is known, but the words are of money that pays no invoice"), tuple(key[1] for key in (same or keys)))
        if len(same) > 1:
            same = self._ending(one, same) or same
        if len(same) == 1:
            return self._spread(one, same, 85, sentence("payer and amount"))
        if len(keys) > 1 and sum(self.open[key] for key in keys) == one.amount:
            return self._spread(one, keys, 85, sentence("payer, and the amount of all that is open"))
        reason = sentence("several invoices of the payer have this amount") if same else sentence("the payer is known, and no open invoice has this amount")
        return Doubt(one, reason, tuple(key[1] for key in (same or keys)))

    def _by_misspelt_payer(self, one: Transaction) -> RuleAnswer | Doubt | None:
        """Take a payer whose name is very like one debtor's alone, for an amount that is open on one invoice of his and on nobody else's."""
        same = self.by_amount.get((one.currency, one.amount), set())
        if len(same) != 1 or not one.amount or pays_no_invoice(one.text):
            return None
        keys = list(same)
        return self._spread(one, keys, 82, sentence("payer, misspelt, and amount")) if self._resembles(one, *self._whose(keys)) else None

    def _ending(self, one: Transaction, keys: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those of a payer's invoices of one amount whose number ends in three figures or more that the text has."""
        figures = figures_in(one.text, one.amount)
        return [key for key in keys if any(squeeze(key[1]).endswith(token) for token in figures)]

    def _whose(self, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        return {(self.claims[key].creditor, self.claims[key].debtor) for key in keys}

    def _find(self, one: Transaction, number: str) -> list[tuple[str, str]]:
        """Return the claims that bear a number, of the creditors whose account the money came to."""
        owners = self.accounts.get(one.account)
        return [key for key in self.by_number.get(number, ()) if owners is None or key[0] in owners]

    def _payers(self, one: Transaction) -> set[tuple[str, str]]:
        """Return the debtors whose name the payer bears."""
        return self.payers.bearing(one.payer, self.accounts.get(one.account))

    def _as_asked(self, one: Transaction, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Decimal] | None:
        """Return what a message asked of exactly these invoices, where that is what was paid."""
        named = set(keys)
        return next(
            (each for whose in self._whose(named) for each in self.files.asked[whose] if each.keys() == named and sum(each.values()) == one.amount), None
        )

    def _spread(self, one: Transaction, keys: list[tuple[str, str]], confidence: int, why: str) -> RuleAnswer | Doubt:
        """Give the amount to these claims, oldest due date first; a `Doubt` where it does not fit."""
        names = tuple(key[1] for key in keys)
        if gone := [(key[1], self.gone[key]) for key in keys if key in self.gone]:
            return Doubt(one, sentence("{why}, but invoice {invoice} is {state}", why=why, invoice=gone[0][0], state=shipped_text(gone[0][1].replace("_", " "))), names)
        if len({key[0] for key in keys}) > 1:
            return Doubt(one, sentence("{why}, but several creditors have that number", why=why), names)
        if any(self.claims[key].invoice.currency != one.currency for key in keys):
            return Doubt(one, sentence("{why}, but in another currency than the invoice's", why=why), names)
        if (asked := self._as_asked(one, keys)) is not None:
            return RuleAnswer(
                [(self.claims[key], amount) for key, amount in asked.items() if amount], confidence, sentence("{why}, and what a message asked", why=why)
            )
        total = sum((self.open[key] for key in keys), Decimal(0))
        if not total:
            return Doubt(one, sentence("{why}, but nothing is open on {names}", why=why, names=", ".join(names)), names)
        if one.amount > total:
            return Doubt(one, sentence("{why}, but {amount} is more than the {total} that is open", why=why, amount=one.amount, total=total), names)
        claims = sorted((self.claims[key] for key in keys), key=lambda claim: (claim.invoice.due, claim.invoice.id))
        if one.amount < total and len({claim.invoice.document or claim.invoice.id for claim in claims}) > 1:
            return Doubt(one, sentence("{why}, but {amount} pays only a part of {names}", why=why, amount=one.amount, names=", ".join(names)), names)
        parts, rest = [], one.amount
        for claim in claims:
            part = min(rest, self.open[claim.creditor, claim.invoice.id])
            if part:
                parts.append((claim, part))
                rest -= part
        return RuleAnswer(parts, confidence, why if one.amount == total else sentence("{why}, in part", why=why))
