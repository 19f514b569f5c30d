"""Which invoice a bank transaction pays: by structured reference, by number in free text, by amount and payer.

Every answer states its confidence in percent and why. What is below the threshold, or could be two things, is a `Doubt`
for a person and is never allocated. Money that went back undoes what it had paid.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from relance.importers.camt import Transaction
from relance.importers.columns import Cells
from relance.importers.movements import Found
from relance.importers.row_files import Reject
from relance.interpreter.balance import balances
from relance.model import Facts, Invoice

#: Below this nothing is allocated.
CERTAIN = 80
_FORMS = frozenset({
    "sa", "sas", "sasu", "sarl", "eurl", "snc", "sci", "scop", "selarl", "earl", "gie", "ei", "eirl", "ets", "etablissements",
    "ste", "societe", "cie", "et", "and", "the", "ltd", "limited", "inc", "llc", "gmbh", "ag", "bv", "nv", "srl", "spa", "m",
    "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle",
})  # fmt: skip
_WORDS = re.compile(r"[A-Z]+|[0-9]+")
_LONGEST = 8  # words that one invoice number is written in


class Claim(NamedTuple):
    """An invoice a transaction may pay."""

    creditor: str
    debtor: str
    invoice: Invoice


class Matched(NamedTuple):
    """A transaction that was allocated: the rows of the table `events` it becomes, how sure that is, and why.

    `closing` is the event that says of money that waited, when it could not be matched yet, that it waits no more.
    """

    transaction: Transaction
    rows: tuple[Found, ...]
    confidence: int
    why: str
    closing: tuple[Found, ...] = ()


class Doubt(NamedTuple):
    """A transaction for a person: why it was not allocated, the invoices it may be about, and whose money it clearly is.

    `owner` is (creditor, debtor): who bears the payer's name and nobody else does, or whose invoices alone it may be about.
    """

    transaction: Transaction
    reason: str
    candidates: tuple[str, ...] = ()
    owner: tuple[str, str] | None = None

    @property
    def rows(self) -> tuple[Found, ...]:
        """The event it becomes: money of this debtor that waits to be matched. None where it is nobody's for certain, or went back."""
        one, owner = self.transaction, self.owner
        if owner is None or one.reversal:
            return ()
        told = {"amount": one.amount, "currency": one.currency, "reference": one.mark, "payer": one.payer, "reason": self.reason}
        values = {"on": one.on, "event": "payment.unmatched", "creditor": owner[0], "debtor": owner[1], **told}
        return (Found("events", Cells(one.file, one.line, values, one.shown)),)


@dataclass(slots=True)
class _Answer:
    """What a rule says."""

    parts: list[tuple[Claim, Decimal]]
    confidence: int
    why: str


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
    marks: set[tuple[str, str]] = field(default_factory=set)

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
        for event in facts.events:
            if event.kind in {"invoice.cancelled", "written_off"} and event.invoice:
                self.gone[creditor, event.invoice] = "cancelled" if event.kind == "invoice.cancelled" else "written off"
            mark = str(event.data.get("reference", ""))
            if mark.startswith("camt "):
                self.marks.add((event.kind, mark))
                if event.kind == "payment.received" and event.invoice and (creditor, event.invoice) in self.claims:
                    self._remember(mark, self.claims[creditor, event.invoice], event.data["amount"])

    def _remember(self, mark: str, claim: Claim, amount: Decimal) -> None:
        for part in mark.split()[1:]:
            self.paid[part].append((claim, amount))

    # -- the answer

    def match(self, transactions: Iterable[Transaction | Reject]) -> Iterator[Matched | Doubt | Reject]:
        """Answer for each transaction, in order; one that the journal knows already says nothing."""
        for one in transactions:
            if isinstance(one, Reject):
                yield one
            elif self.not_after and one.on > self.not_after:
                yield Reject(one.file, one.line, f"dated {one.on}, in the future", one.shown)
            elif self._decided(one):
                continue
            elif one.reversal:
                yield self._undo(one)
            else:
                yield self._owned(self._pay(one))

    def _decided(self, one: Transaction) -> bool:
        """Say whether the journal holds a transaction already, or a person's word on it."""
        kinds = ("payment.reversed",) if one.reversal else ("payment.received", "payment.matched")
        return any((kind, one.mark) in self.marks for kind in kinds)

    def _owned(self, answer: Matched | Doubt) -> Matched | Doubt:
        """Say of a doubt whose money it is; of what is matched now, and waited before, that it waits no more."""
        if isinstance(answer, Doubt):
            return answer._replace(owner=self._owner(answer))
        one = answer.transaction
        if ("payment.unmatched", one.mark) not in self.marks:
            return answer
        paid = answer.rows[0].row.values
        values = {"on": one.on, "event": "payment.matched", "creditor": paid["creditor"], "debtor": paid["debtor"], "reference": one.mark}
        return answer._replace(closing=(Found("events", Cells(one.file, one.line, values, one.shown)),))

    def _owner(self, doubt: Doubt) -> tuple[str, str] | None:
        owners = self._payers(doubt.transaction)
        if not owners:
            owners = {(claim.creditor, claim.debtor) for (_, name), claim in self.claims.items() if name in doubt.candidates}
        return next(iter(owners)) if len(owners) == 1 else None

    def _pay(self, one: Transaction) -> Matched | Doubt:
        answers = [answer for rule in (self._by_reference, self._by_text, self._by_payer) if (answer := rule(one)) is not None]
        if not answers:
            return Doubt(one, "no reference, number or payer that is known")
        best = answers[0]
        if isinstance(best, Doubt):
            return best
        if best.confidence < self.least:
            return Doubt(one, f"{best.why} ({best.confidence} %)", tuple(claim.invoice.id for claim, _ in best.parts))
        for claim, amount in best.parts:
            self.open[claim.creditor, claim.invoice.id] -= amount
            self._remember(one.mark, claim, amount)
        return Matched(one, _rows(one, "payment.received", best.parts), best.confidence, best.why)

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
                    self.open[claim.creditor, claim.invoice.id] += amount
                rows = _rows(one, "payment.reversed", parts)
                self.paid.pop(key)
                return Matched(one, rows, 100, "undoes the payment of the same reference")
        return Doubt(one, "money went back, and the payment it undoes is not known")

    # -- the rules

    def _by_reference(self, one: Transaction) -> _Answer | Doubt | None:
        keys = [key for reference in one.references for key in self._find(one, squeeze(_unwrapped(reference)))]
        if not keys:
            return None
        return self._spread(one, list(dict.fromkeys(keys)), 100, "structured reference")

    def _by_text(self, one: Transaction) -> _Answer | Doubt | None:
        text = f"{one.text} {one.end_to_end}"
        tokens = _WORDS.findall(_ascii(text).upper())
        found: dict[tuple[str, str], str] = {}
        for start in range(len(tokens)):
            joined = ""
            for token in tokens[start : start + _LONGEST]:
                joined += token
                if joined in self.by_number:
                    for key in self._find(one, joined):
                        found[key] = joined
        # F-1 is not meant where F-12 is written; the longer number that contains the shorter one wins
        keys = [key for key, number in found.items() if not any(number != other and number in other for other in found.values())]
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
        weak = min(len(found[key]) for key in keys) < 5
        if weak and not (whole and known):
            return Doubt(one, "a short number in the text, and no more than that", tuple(key[1] for key in keys))
        stranger = bool(name_words(one.payer)) and not known
        if whole:
            return self._spread(one, keys, 98 if known else 95, "number in the text")
        return self._spread(one, keys, 90 if known else 70 if stranger else 85, "number in the text")

    def _by_payer(self, one: Transaction) -> _Answer | Doubt | None:
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

    def _spread(self, one: Transaction, keys: list[tuple[str, str]], confidence: int, why: str) -> _Answer | Doubt:
        """Give the amount to these claims, oldest due date first; a `Doubt` where it does not fit."""
        names = tuple(key[1] for key in keys)
        if gone := [f"{key[1]} is {self.gone[key]}" for key in keys if key in self.gone]:
            return Doubt(one, f"{why}, but invoice {gone[0]}", names)
        if len({key[0] for key in keys}) > 1:
            return Doubt(one, f"{why}, but several creditors have that number", names)
        if any(self.claims[key].invoice.currency != one.currency for key in keys):
            return Doubt(one, f"{why}, but in another currency than the invoice's", names)
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
        return _Answer(parts, confidence, why if one.amount == total else f"{why}, in part")


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


def squeeze(number: str) -> str:
    """Return a number as it is compared: capitals and digits alone, for payers drop dashes and spaces."""
    return "".join(_WORDS.findall(_ascii(number).upper()))


def _unwrapped(reference: str) -> str:
    """Return what an ISO 11649 reference (RF, two check digits) holds, if the check is right; else the reference."""
    found = re.fullmatch(r"RF([0-9]{2})([0-9A-Z]{1,21})", reference.upper())
    if found and int("".join(str(int(sign, 36)) for sign in f"{found[2]}RF{found[1]}")) % 97 == 1:
        return found[2]
    return reference


def name_words(name: str) -> frozenset[str]:
    """Return the words of a name that tell it from others: no accents, no legal form, no title."""
    return frozenset(word for word in re.findall(r"[a-z0-9]+", _ascii(name).casefold()) if word not in _FORMS)


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
