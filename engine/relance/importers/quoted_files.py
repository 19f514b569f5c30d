"""The reference that a debtor was told to quote, in a transfer's text → whose file it is and what of it the money pays.

Owns how a reference is found in what a payer wrote (with or without dashes, among other words, with one slip of the pen) and which of the
file's invoices the sum is for. References that single messages bore, in journals older than the file's own, are known too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from relance.importers.compared_texts import plain_letters, squeeze
from relance.interpreter.action_id import file_reference, reference_of
from relance.interpreter.balance import balances
from relance.interpreter.demands import sum_of_part
from relance.interpreter.invoice_state import undisputed_of
from relance.model import Facts
from relance.sentences import sentence

Key = tuple[str, str]  # creditor and invoice
_HEX = "0123456789ABCDEF"
#: A reference as payers write it: dashes or none, spaces, run into the word before it.
_EXACT = re.compile(r"(?=(R(?:[^0-9A-Z]{0,2}[0-9A-F]){8}))")
#: What may be one with a slip in it, or without its letter.
_LIKE = re.compile(r"(?<![0-9A-Z])(R(?:[^0-9A-Z]{0,2}[0-9A-Z]){7,9}|[0-9A-F]{4}[^0-9A-Z]?[0-9A-F]{4})(?![0-9A-Z])")
#: Letters that are read for figures.
_READ_AS = str.maketrans("OQILSZ", "001152")


class QuotedFile(NamedTuple):
    """A file, or what one older message asked: whose, the reference as it is compared, its invoices, and those that are disputed."""

    creditor: str
    debtor: str
    mark: str
    keys: tuple[Key, ...]
    disputed: frozenset[Key] = frozenset()


class Meant(NamedTuple):
    """What a sum pays of a file: the share of each invoice, why, and whether the sum fits to the cent."""

    parts: tuple[tuple[Key, Decimal], ...]
    why: str
    whole: bool


def asked_by_messages(facts: Facts) -> Iterator[tuple[str, dict[str, Decimal]]]:
    """Yield the reference that each message emitted to the debtor bore and what it asked of each invoice, interest and indemnity included."""
    found: dict[str, tuple[str, dict[str, Decimal]]] = {}
    for event in facts.events:
        name = str(event.data.get("message") or event.data.get("id") or "")
        if event.kind == "action.emitted" and name:
            _, parts = found.setdefault(name, (str(event.data.get("reference") or reference_of(name)), {}))
            for each in (event.data.get("claimed") or {}).get("invoices", ()):
                parts[str(each["invoice"])] = sum_of_part(each)
    yield from found.values()


@dataclass(slots=True)
class QuotedFiles:
    """Every file by its reference as it is compared (`R7F3A0C21`), and what the messages of each debtor asked, in the order they were emitted."""

    by_mark: dict[str, list[QuotedFile]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[Key, list[dict[Key, Decimal]]] = field(default_factory=lambda: defaultdict(list))  # by creditor and debtor
    due: dict[Key, date] = field(default_factory=dict)

    def learn(self, facts: Facts, on: date) -> None:
        """Learn a debtor's files: one a currency, and one for each message whose reference was its own."""
        creditor, debtor = facts.creditor.id, facts.debtor.id
        disputed = _disputed(facts, on)
        self.due |= {(creditor, invoice.id): invoice.due for invoice in facts.invoices}
        own: dict[str, list[Key]] = defaultdict(list)
        for invoice in facts.invoices:
            own[squeeze(file_reference(creditor, debtor, invoice.currency))].append((creditor, invoice.id))
        known = {invoice.id for invoice in facts.invoices}
        for reference, parts in asked_by_messages(facts):
            asked = {(creditor, name): amount for name, amount in parts.items() if name in known}
            if asked:
                self.asked[creditor, debtor].append(asked)
            if (mark := squeeze(reference)) not in own:
                self.by_mark[mark].append(QuotedFile(creditor, debtor, mark, tuple(asked), disputed))
        for mark, keys in own.items():
            self.by_mark[mark].append(QuotedFile(creditor, debtor, mark, tuple(keys), disputed))

    def named_in(self, text: str) -> tuple[list[QuotedFile], str]:
        """Return the files whose reference a text has, and the text without them."""
        upper = plain_letters(text).upper()
        found: dict[str, list[QuotedFile]] = {}
        for match in _EXACT.finditer(upper):
            if (mark := squeeze(match[1])) in self.by_mark:
                found[match[1]] = self.by_mark[mark]
        for written in found:
            upper = upper.replace(written, " ; ")
        return [each for files in found.values() for each in files], upper

    def like(self, text: str) -> tuple[list[QuotedFile], str]:
        """Return the files whose reference is one slip away from what a text has, and the text without it.

        A slip is a sign wrong, missing, too much or in the place of its neighbour, or the letter R left out.
        """
        upper, marks = plain_letters(text).upper(), dict[str, None]()
        for match in _LIKE.finditer(upper):
            said = squeeze(match[1]).removeprefix("R")
            if near := [f"R{each}" for each in _one_slip(said) if f"R{each}" in self.by_mark]:
                marks |= dict.fromkeys(near)
                upper = upper.replace(match[1], " ; ")
        return [file for mark in marks for file in self.by_mark[mark]], upper

    def meant(self, file: QuotedFile, amount: Decimal, left: Mapping[Key, Decimal], on: date) -> Meant | None:
        """Return what a sum pays of a file of which `left` is open, or None where a person has to say.

        First what a message asked, in all or in principal, the latest first; then all that is open or due; then one invoice. A part goes to
        what fell due first (civil code 1342-10), unless something of the file is disputed.
        """
        owing = sorted((key for key in file.keys if left.get(key)), key=lambda key: (self.due[key], key))
        due = [key for key in owing if self.due[key] <= on]
        messages = [each for each in reversed(self.asked[file.creditor, file.debtor]) if each.keys() <= set(owing)]
        for asked in sorted(messages, key=lambda each: min(self.due[key] for key in each)):
            if sum(asked.values()) == amount:
                return Meant(tuple((key, part) for key, part in asked.items() if part), sentence("what a message asked"), whole=True)
        for keys, why in (*((list(each), sentence("the principal a message asked")) for each in messages), (due, sentence("all that is due")), (owing, sentence("all that is open"))):
            if keys and sum(left[key] for key in keys) == amount:
                return Meant(tuple((key, left[key]) for key in keys), why, whole=True)
        for key in owing:
            if left[key] == amount:
                return Meant(((key, amount),), sentence("what is open of one invoice"), whole=True)
        if not due or file.disputed & set(due) or amount > sum(left[key] for key in due):
            return None
        return Meant(tuple(_in_order(due, amount, left)), sentence("in part, what fell due first"), whole=False)


def _in_order(keys: Sequence[Key], amount: Decimal, left: Mapping[Key, Decimal]) -> Iterator[tuple[Key, Decimal]]:
    for key in keys:
        if part := min(amount, left[key]):
            yield key, part
            amount -= part


def _disputed(facts: Facts, on: date) -> frozenset[Key]:
    """Return the invoices of which something is disputed."""
    if not any(event.kind == "dispute.opened" for event in facts.events):
        return frozenset()
    left = balances(facts, on).outstanding
    return frozenset(
        (facts.creditor.id, invoice.id) for invoice in facts.invoices
        if undisputed_of(facts, invoice, left[invoice.id], on, left) < left[invoice.id]
    )  # fmt: skip


def _one_slip(said: str) -> Iterator[str]:
    """Yield the eight signs that may have been meant, from what was written of them."""
    read = said.translate(_READ_AS)
    if len(read) == 8:
        yield read
        yield from (read[:at] + sign + read[at + 1 :] for at in range(8) for sign in _HEX)
        yield from (read[:at] + read[at + 1] + read[at] + read[at + 2 :] for at in range(7))
    elif len(read) == 7:
        yield from (read[:at] + sign + read[at:] for at in range(8) for sign in _HEX)
    elif len(read) == 9:
        yield from (read[:at] + read[at + 1 :] for at in range(9))


def of_account(files: Iterable[QuotedFile], owners: set[str] | None, currencies: Mapping[Key, str], currency: str) -> list[QuotedFile]:
    """Return the files of the creditors whose account the money came to, in its currency."""
    return [
        each for each in dict.fromkeys(files)
        if (owners is None or each.creditor in owners) and any(currencies.get(key) == currency for key in each.keys)
    ]  # fmt: skip
