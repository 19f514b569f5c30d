"""Which invoice a bank transaction pays: by structured reference, by number in free text, by amount and payer.

Every answer states its confidence in percent and why. What is below the threshold, or could be two things, is a `Doubt`
for a person and is never allocated. Money that went back undoes what it had paid.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from relance.importers.asked import asked_of
from relance.importers.columns import Cells
from relance.importers.compared_texts import WORDS, name_words, plain_letters, squeeze, unwrapped
from relance.importers.match_answers import Claim, Doubt, Matched, Reconciled, RuleAnswer
from relance.importers.movements import Found
from relance.importers.rows import STATED, is_stated
from relance.importers.told_twice import SAME_WITHIN, Before, add_up
from relance.interpreter.balance import balances
from relance.model import Facts
from relance.parsing.rejects import Reject, Remark
from relance.statements.transaction import Transaction

#: Below this nothing is allocated.
CERTAIN = 80
_FEW = 4  # debtors that money for a person may hold at once
_LONGEST = 9  # words that one invoice number is written in
#: What is no invoice number: a day, an amount of money.
_DAYS = re.compile(r"\b(?:[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2})\b")
_AMOUNTS = re.compile(r"\b[0-9]{1,3}(?:[ .]?[0-9]{3})*[.,][0-9]{2}(?![0-9])|\b[0-9]+(?:[.,][0-9]{1,2})? ?(?:€|EUR\b|EUROS?\b)", re.IGNORECASE)
#: Words of a deposit slip, whose numbers are the bank's or the payer's own.
_SLIP = re.compile(r"\b(?:REMISES?|BORDEREAU|CHEQUES?|CHQS?|LOT|SLIP)\b")


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
    by_words: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    names: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    accounts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    paid: dict[str, list[tuple[Claim, Decimal]]] = field(default_factory=lambda: defaultdict(list))
    marks: dict[tuple[str, str], dict[date, Decimal]] = field(default_factory=dict)  # kind and mark → what moved on which day
    asked: dict[frozenset[tuple[str, str]], list[dict[tuple[str, str], Decimal]]] = field(default_factory=lambda: defaultdict(list))  # by its invoices, what each message asked of each
    told: dict[tuple[str, str], list[Before]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))  # by mark, with whom it waits ("" nobody)
    waited: dict[str, set[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(set))  # by mark, what waits or did
    settled: dict[str, set[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(set))  # by mark, what of that was settled once

    def __post_init__(self) -> None:
        for facts in self.facts:
            self._learn(facts)

    def _learn(self, facts: Facts) -> None:
        creditor, debtor = facts.creditor.id, facts.debtor.id
        if facts.creditor.iban:
            self.accounts["".join(facts.creditor.iban.split())].add(creditor)
        self.names[creditor, debtor] = words = name_words(facts.debtor.name)
        for one in words:
            self.by_words[one].add((creditor, debtor))
        left = balances(facts, self.on).outstanding
        for invoice in facts.invoices:
            key = (creditor, invoice.id)
            self.claims[key] = Claim(creditor, debtor, invoice)
            self.open[key] = left.get(invoice.id, Decimal(0))
            self.by_debtor[creditor, debtor].append(key)
            for number in {invoice.id, invoice.document, str(invoice.terms.get("payment_reference", ""))}:
                if squeezed := squeeze(number):
                    self.by_number[squeezed].append(key)
        for reference, parts in asked_of(facts).items():
            asked = {(creditor, name): amount for name, amount in parts.items() if (creditor, name) in self.claims}
            self.by_number[squeeze(reference)] += asked
            self.asked[frozenset(asked)].append(asked)
        for event in facts.events:
            if event.kind in {"invoice.cancelled", "written_off"} and event.invoice:
                self.gone[creditor, event.invoice] = "cancelled" if event.kind == "invoice.cancelled" else "written off"
            mark = str(event.data.get("reference", ""))
            if event.kind == "payment.received" and mark.startswith((STATED, "FEC ")):
                add_up(self.told[creditor, debtor], event.on, event.data["amount"], event.invoice, mark)
            if mark.startswith("camt ") and event.kind in {"payment.received", "payment.reversed"}:
                days = self.marks.setdefault((event.kind, mark), {})
                days[event.on] = days.get(event.on, Decimal(0)) + event.data["amount"]
                if event.kind == "payment.received" and event.invoice and (creditor, event.invoice) in self.claims:
                    self._remember(mark, self.claims[creditor, event.invoice], event.data["amount"])
                elif event.kind == "payment.reversed":
                    self._forget(mark, event.invoice, event.data["amount"])
        self._learn_waiting(facts)
        for event in facts.events:
            if event.kind == "payment.reconciled":
                with_ = str(event.data["with"])
                self.marks.setdefault(("payment.received", str(event.data["reference"])), {})[event.on] = event.data["amount"]
                there = self.told[creditor, debtor]
                told = (with_, str(event.data["reference"]))
                first = next((one for one in there if one.reference in told and one.amount == event.data["amount"]), None)
                if first is not None:
                    there.remove(first)  # each is the same as one other, and no more

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
            elif event.kind == "payment.matched":
                for each in [mark] if mark else here:
                    self.settled[each] |= self.waited.get(each, set())
                    self.waiting[each].discard(owner)

    def _forget(self, mark: str, invoice: str | None, amount: Decimal) -> None:
        """Let go of a payment that was undone: what comes back later undoes another."""
        for part in mark.split()[1:]:
            kept = [(claim, paid) for claim, paid in self.paid.get(part, ()) if (claim.invoice.id, paid) != (invoice, amount)]
            self.paid[part] = kept

    def _remember(self, mark: str, claim: Claim, amount: Decimal) -> None:
        for part in mark.split()[1:]:
            self.paid[part].append((claim, amount))

    # -- the answer

    def match(self, transactions: Iterable[Transaction | Reject | Remark]) -> Iterator[Matched | Reconciled | Doubt | Reject | Remark]:
        """RuleAnswer for each transaction, in order; one that the journal knows already says nothing."""
        for one in transactions:
            if not isinstance(one, Transaction):
                yield one
            elif self.not_after and one.on > self.not_after:
                yield Reject(one.file, one.line, f"dated {one.on}, in the future", one.shown)
            elif (told := self._new(one)) is not None:
                yield self._owned(self._undo(told) if one.reversal else self._pay(told))

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
        names = set(doubt.candidates)
        owners = self._payers(doubt.transaction) | {
            (claim.creditor, claim.debtor) for (_, name), claim in self.claims.items() if name in names
        }
        return tuple(sorted(owners)) if len(owners) <= _FEW else ()

    def _new(self, one: Transaction) -> Transaction | None:
        """Return a transaction that is not known, by a mark of its own: a bank's references may begin anew, or be always the same."""
        kind = "payment.reversed" if one.reversal else "payment.received"
        if one.former and self.marks.get((kind, one.former), {}).get(one.on) == one.amount:
            return None
        for made in (one, replace(one, reference=f"{one.reference}@{one.on:%Y%m%d}/{one.amount}")):
            days, once, this = self.marks.get((kind, made.mark)), self.waited.get(made.mark), (made.on, made.amount)
            if days is None and (once is None or (this in once and this not in self.settled[made.mark])):
                self.marks[kind, made.mark] = {made.on: made.amount}
                return made
            if (days is not None and days.get(made.on) == made.amount) or this in self.settled[made.mark]:
                return None
        return None

    def _pay(self, one: Transaction) -> Matched | Reconciled | Doubt:
        answers = [answer for rule in (self._by_reference, self._by_text, self._by_payer) if (answer := rule(one)) is not None]
        if not answers:
            return Doubt(one, "no reference, number or payer that is known")
        best = answers[0]
        if isinstance(best, Doubt):
            return best
        if best.confidence < self.least:
            return Doubt(one, f"{best.why} ({best.confidence} %)", tuple(claim.invoice.id for claim, _ in best.parts))
        if (same := self._told_already(one, best.parts)) is not None:
            return same
        for claim, amount in best.parts:
            key = (claim.creditor, claim.invoice.id)
            self.open[key] = max(self.open[key] - amount, Decimal(0))  # interest and the indemnity are asked beside what is open
            self._remember(one.mark, claim, amount)
        return Matched(one, _rows(one, "payment.received", best.parts), best.confidence, best.why)

    def _told_already(self, one: Transaction, parts: list[tuple[Claim, Decimal]]) -> Reconciled | None:
        """Return the payment of the books, or of a list's column, that this is: the same debtor and sum, about the same days, each once."""
        first, _ = parts[0]
        there = self.told.get((first.creditor, first.debtor), [])
        names = {name for claim, _ in parts for name in (claim.invoice.id, claim.invoice.document)}
        for told in there:
            near = is_stated(told.reference) or abs(told.on - one.on) <= SAME_WITHIN
            if told.amount == one.amount and near and (not told.invoices or told.invoices & names):
                there.remove(told)
                cells = {
                    "on": one.on, "event": "payment.reconciled", "creditor": first.creditor, "debtor": first.debtor, "amount": one.amount,
                    "currency": one.currency, "reference": one.mark, "with": told.reference,
                }  # fmt: skip
                return Reconciled(one, (Found("events", Cells(one.file, one.line, cells, one.shown)),), told.reference)
        return None

    def _undo(self, one: Transaction) -> Matched | Doubt:
        """Find the payment that came back by the bank's or the payer's reference; the amount must be the whole of it."""
        for key in (one.end_to_end, one.reference.partition("#")[0]):
            parts = self.paid.get(key, [])
            if (
                parts
                and sum(amount for _, amount in parts) == one.amount
                and {claim.invoice.currency for claim, _ in parts} == {one.currency}
            ):
                for claim, amount in parts:
                    paid = (claim.creditor, claim.invoice.id)
                    self.open[paid] = min(self.open[paid] + amount, claim.invoice.amount)
                rows = _rows(one, "payment.reversed", parts)
                self.paid.pop(key)
                return Matched(one, rows, 100, "undoes the payment of the same reference")
        return Doubt(one, "money went back, and the payment it undoes is not known")

    # -- the rules

    def _by_reference(self, one: Transaction) -> RuleAnswer | Doubt | None:
        keys = list(dict.fromkeys(key for reference in one.references for key in self._find(one, squeeze(unwrapped(reference)))))
        if not keys:
            return None
        names = tuple(key[1] for key in keys)
        payers = self._payers(one)
        if payers and not {(self.claims[key].creditor, self.claims[key].debtor) for key in keys} <= payers:
            return Doubt(one, "the structured reference is of an invoice of another debtor than who paid", names)
        said = set(self._numbers(one))
        if said and not said & set(keys):
            return Doubt(one, "the text names another invoice than the structured reference", (*names, *(key[1] for key in said)))
        if (shares := self._shared(one)) is not None:
            return shares
        return self._spread(one, keys, 100, "structured reference")

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
        return RuleAnswer(parts, 100, "structured reference, shared out by the payer") if parts else None

    def _numbers(self, one: Transaction) -> dict[tuple[str, str], str]:
        """Return the invoices that the free text names, each with the number as it is compared; a day or an amount is none."""
        text = _AMOUNTS.sub(" ; ", _DAYS.sub(" ; ", f"{one.text} ; {one.end_to_end}"))
        found: dict[tuple[str, str], str] = {}
        for piece in text.split(";"):
            tokens = WORDS.findall(plain_letters(piece).upper())
            for start in range(len(tokens)):
                joined = ""
                for token in tokens[start : start + _LONGEST]:
                    joined += token
                    if joined in self.by_number:
                        found |= dict.fromkeys(self._find(one, joined), joined)
            found |= self._short_seconds(tokens, found)
        # F-1 is not meant where F-12 is written; the longer number that contains the shorter one wins
        return {key: number for key, number in found.items() if not any(number != other and number in other for other in found.values())}

    def _short_seconds(self, tokens: list[str], found: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
        """Find the second numbers of "FA-2026-0001 ET 0012": the end of another open number of that debtor, which begins as the first does."""
        more: dict[tuple[str, str], str] = {}
        spelt = set("".join(found.values()))
        for key, number in found.items():
            claim = self.claims[key]
            for token in tokens:
                if not (token.isdigit() and 2 <= len(token) < len(number)) or number.endswith(token) or not spelt:
                    continue
                wanted = number[: -len(token)] + token
                more |= {
                    other: wanted
                    for other in self.by_number.get(wanted, ())
                    if other[0] == key[0] and self.claims[other].debtor == claim.debtor and self.open[other]
                }
        return more

    def _by_text(self, one: Transaction) -> RuleAnswer | Doubt | None:
        found = self._numbers(one)
        keys = list(found)
        if not keys:
            return None
        debtors = {(self.claims[key].creditor, self.claims[key].debtor) for key in keys}
        payers = self._payers(one)
        if len(debtors) > 1:
            return Doubt(one, "the text names invoices of several debtors", tuple(key[1] for key in keys))
        known = debtors <= payers
        if payers and not known:
            return Doubt(one, "the text names an invoice of another debtor than who paid", tuple(key[1] for key in keys))
        whole = sum(self.open[key] for key in keys) == one.amount
        names = tuple(key[1] for key in keys)
        if not whole and known and isinstance(exact := self._by_payer(one), RuleAnswer):
            paid = {(claim.creditor, claim.invoice.id) for claim, _ in exact.parts}
            if set(keys) <= paid:
                return exact  # all that is open, to the cent, rather than a part of what is named
            return Doubt(
                one, "the text names an invoice, and the amount is that of another", (*names, *(key[1] for key in paid - set(keys)))
            )
        if not known and all(found[key].isdigit() for key in keys) and (not whole or _SLIP.search(plain_letters(one.text).upper())):
            return Doubt(one, "a number in the text, which may be one of the bank's or the payer's own", names)
        weak = min(len(found[key]) for key in keys) < 5
        if weak and not (whole and known):
            return Doubt(one, "a short number in the text, and no more than that", tuple(key[1] for key in keys))
        stranger = bool(name_words(one.payer)) and not known
        if whole:
            return self._spread(one, keys, 98 if known else 95, "number in the text")
        return self._spread(one, keys, 90 if known else 70 if stranger else 85, "number in the text")

    def _by_payer(self, one: Transaction) -> RuleAnswer | Doubt | None:
        payers = self._payers(one)
        if not payers:
            return None
        if len(payers) > 1:
            return Doubt(one, "several debtors bear the payer's name", tuple(sorted(debtor for _, debtor in payers)))
        keys = [key for key in self.by_debtor[next(iter(payers))] if self.open[key] and self.claims[key].invoice.currency == one.currency]
        same = [key for key in keys if self.open[key] == one.amount]
        if len(same) == 1:
            return self._spread(one, same, 85, "payer and amount")
        if len(keys) > 1 and sum(self.open[key] for key in keys) == one.amount:
            return self._spread(one, keys, 85, "payer, and the amount of all that is open")
        reason = "several invoices of the payer have this amount" if same else "the payer is known, and no open invoice has this amount"
        return Doubt(one, reason, tuple(key[1] for key in (same or keys)))

    def _find(self, one: Transaction, number: str) -> list[tuple[str, str]]:
        """Return the claims that bear a number, of the creditors whose account the money came to."""
        owners = self.accounts.get(one.account)
        return [key for key in self.by_number.get(number, ()) if owners is None or key[0] in owners]

    def _payers(self, one: Transaction) -> set[tuple[str, str]]:
        """Return the debtors whose name the payer bears: the same words, or all of the shorter one's where these are two or more."""
        words = name_words(one.payer)
        if not words:
            return set()
        owners = self.accounts.get(one.account)
        near = set().union(*(self.by_words.get(word, set()) for word in words))
        near = {key for key in near if owners is None or key[0] in owners}
        exact = {key for key in near if self.names[key] == words}
        return exact or {
            key for key in near if len(min(self.names[key], words, key=len)) > 1 and (self.names[key] <= words or words <= self.names[key])
        }

    def _spread(self, one: Transaction, keys: list[tuple[str, str]], confidence: int, why: str) -> RuleAnswer | Doubt:
        """Give the amount to these claims, oldest due date first; a `Doubt` where it does not fit."""
        names = tuple(key[1] for key in keys)
        if gone := [f"{key[1]} is {self.gone[key]}" for key in keys if key in self.gone]:
            return Doubt(one, f"{why}, but invoice {gone[0]}", names)
        if len({key[0] for key in keys}) > 1:
            return Doubt(one, f"{why}, but several creditors have that number", names)
        if any(self.claims[key].invoice.currency != one.currency for key in keys):
            return Doubt(one, f"{why}, but in another currency than the invoice's", names)
        if (asked := next((each for each in self.asked.get(frozenset(keys), ()) if sum(each.values()) == one.amount), None)) is not None:
            return RuleAnswer(
                [(self.claims[key], amount) for key, amount in asked.items() if amount], confidence, f"{why}, and what a message asked"
            )
        total = sum((self.open[key] for key in keys), Decimal(0))
        if not total:
            return Doubt(one, f"{why}, but nothing is open on {', '.join(names)}", names)
        if one.amount > total:
            return Doubt(one, f"{why}, but {one.amount} is more than the {total} that is open", names)
        claims = sorted((self.claims[key] for key in keys), key=lambda claim: (claim.invoice.due, claim.invoice.id))
        if one.amount < total and len({claim.invoice.document or claim.invoice.id for claim in claims}) > 1:
            return Doubt(one, f"{why}, but {one.amount} pays only a part of {', '.join(names)}", names)
        parts, rest = [], one.amount
        for claim in claims:
            part = min(rest, self.open[claim.creditor, claim.invoice.id])
            if part:
                parts.append((claim, part))
                rest -= part
        return RuleAnswer(parts, confidence, why if one.amount == total else f"{why}, in part")


def _rows(one: Transaction, kind: str, parts: list[tuple[Claim, Decimal]]) -> tuple[Found, ...]:
    return tuple(
        Found(
            "events",
            Cells(
                one.file,
                one.line,
                {
                    "on": one.on, "event": kind, "creditor": claim.creditor, "debtor": claim.debtor, "invoice": claim.invoice.id,
                    "amount": amount, "reference": one.mark,
                },
                one.shown,
            ),
        )
        for claim, amount in parts
    )  # fmt: skip
