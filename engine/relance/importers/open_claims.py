"""What is open, by what a payer may write of it: an invoice's number, an amount, a name, the reference of a message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from relance.importers.compared_texts import name_words, squeeze
from relance.importers.match_answers import Claim
from relance.importers.payers import Payers
from relance.importers.quoted_files import QuotedFiles
from relance.interpreter.balance import balances
from relance.model import Facts
from relance.sentences import marked
from relance.statements.accounts import account_number
from relance.statements.transaction import Transaction


@dataclass(slots=True)
class OpenClaims:
    """The invoices of all debtors, keyed by (creditor, invoice), with what is open of each while money is allocated; debtors by (creditor, debtor)."""

    claims: dict[tuple[str, str], Claim] = field(default_factory=dict)
    open: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    gone: dict[tuple[str, str], str] = field(default_factory=dict)
    by_number: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    by_debtor: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    by_amount: dict[tuple[str, Decimal], set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))  # currency and what is open
    payers: Payers = field(default_factory=Payers)
    accounts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # whose account it is
    files: QuotedFiles = field(default_factory=QuotedFiles)
    currencies: dict[tuple[str, str], str] = field(default_factory=dict)

    def learn(self, facts: Facts, on: date) -> None:
        """Take note of a debtor's invoices, of what of each is open on a day, and of what his messages quoted."""
        creditor, debtor = facts.creditor.id, facts.debtor.id
        if facts.creditor.iban:
            self.accounts[account_number(facts.creditor.iban)].add(creditor)
        self.payers.learn((creditor, debtor), facts.debtor.name)
        left = balances(facts, on).outstanding
        for invoice in facts.invoices:
            key = (creditor, invoice.id)
            self.claims[key] = Claim(creditor, debtor, invoice)
            self.currencies[key] = invoice.currency
            self.owe(key, left.get(invoice.id, Decimal(0)))
            self.by_debtor[creditor, debtor].append(key)
            for number in {invoice.id, invoice.document, str(invoice.terms.get("payment_reference", ""))}:
                if squeezed := squeeze(number):
                    self.by_number[squeezed].append(key)
        self.files.learn(facts, on)
        for event in facts.events:
            if event.kind in {"invoice.cancelled", "written_off"} and event.invoice:
                self.gone[creditor, event.invoice] = "cancelled" if event.kind == "invoice.cancelled" else marked("written off")

    def owe(self, key: tuple[str, str], amount: Decimal) -> None:
        """Take note of what is open of a claim."""
        currency = self.claims[key].invoice.currency
        self.by_amount[currency, self.open.get(key, Decimal(0))].discard(key)
        self.open[key] = amount
        self.by_amount[currency, amount].add(key)

    def whose(self, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return who owes these."""
        return {(self.claims[key].creditor, self.claims[key].debtor) for key in keys}

    def siblings(self, key: tuple[str, str], number: str) -> list[tuple[str, str]]:
        """Return the open claims of the same debtor that bear another number."""
        whose = self.whose([key])
        return [other for other in self.by_number.get(number, ()) if self.whose([other]) == whose and self.open[other]]

    def bearing(self, one: Transaction, number: str) -> list[tuple[str, str]]:
        """Return the claims that bear a number, of the creditors whose account the money came to."""
        owners = self.accounts.get(one.account)
        return [key for key in self.by_number.get(number, ()) if owners is None or key[0] in owners]

    def payers_of(self, one: Transaction) -> set[tuple[str, str]]:
        """Return the debtors whose name the payer bears."""
        return self.payers.bearing(one.payer, self.accounts.get(one.account))

    def resembles(self, one: Transaction, *whose: tuple[str, str]) -> bool:
        """Say whether a payer whom nobody is called like is this debtor all the same: his name misspelt, or written in the text instead."""
        if len(whose) != 1:
            return False
        if not name_words(one.payer):
            return self.payers.named_in(one.text, whose[0])
        return self.payers.like(one.payer, self.accounts.get(one.account)) == whose[0]

    def has_rivals(self, one: Transaction, keys: Sequence[tuple[str, str]]) -> bool:
        """Say whether exactly this amount is open for another debtor, too: a number may be written wrong, and only who pays would tell."""
        owners, mine = self.accounts.get(one.account), self.whose(keys)
        if self.resembles(one, *mine):
            return False
        same = self.by_amount.get((one.currency, one.amount), set())
        return any((owners is None or key[0] in owners) and not self.whose([key]) <= mine for key in same)

    def of_namesakes(self, one: Transaction, payers: set[tuple[str, str]]) -> list[str]:
        """Return the invoices of others who bear the payer's name of which exactly this amount is open, alone or in all."""
        theirs = [[key for key in self.by_debtor[whose] if self.open[key] and self.claims[key].invoice.currency == one.currency] for whose in sorted(payers)]
        found = [[key for key in keys if self.open[key] == one.amount] or (keys if sum(self.open[key] for key in keys) == one.amount else []) for keys in theirs]
        return [key[1] for keys in found for key in keys]

    def as_asked(self, one: Transaction, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Decimal] | None:
        """Return what a message asked of exactly these invoices, where that is what was paid."""
        named = set(keys)
        return next(
            (each for whose in self.whose(named) for each in self.files.asked[whose] if each.keys() == named and sum(each.values()) == one.amount), None
        )
