"""The rules by which a transaction is given to invoices: structured reference, reference of a message, number in the text, payer and amount.

Each says which invoices it means and how sure that is in percent, or why it is for a person. They allocate nothing: `matching` does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from relance.importers.compared_texts import name_words, squeeze, unwrapped
from relance.importers.match_answers import Claim, Doubt, RuleAnswer
from relance.importers.number_reading import figures_in, numbers_in, pays_no_invoice, weakness
from relance.importers.open_claims import OpenClaims
from relance.importers.quoted_files import QuotedFile, of_account
from relance.sentences import sentence, shipped_text
from relance.statements.transaction import Transaction


@dataclass(frozen=True, slots=True)
class MatchRules:
    """The rules, over what is open."""

    ledger: OpenClaims

    def answer(self, one: Transaction) -> RuleAnswer | Doubt | None:
        """Return what the first rule says that has something to say: the structured reference, a message's, the text, the payer."""
        rules = (self._by_reference, self._by_file, self._by_text, self._by_payer)
        return next((said for rule in rules if (said := rule(one)) is not None), None)

    def evidence(self, one: Transaction) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """Return who the payer may be (creditor and debtor), and which invoices the transaction names (creditor and number)."""
        named = {key for reference in one.references for key in self.ledger.bearing(one, squeeze(unwrapped(reference)))}
        files, rest = self._files(one)
        named |= {key for file in files for key in file.keys}
        return self.ledger.payers_of(one), named | set(self._numbers(rest)[0])

    def said(self, one: Transaction) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """Return who the payer may be, by name or the file he quotes, and which invoices are named by number: a file names all of them, and so none."""
        files, rest = self._files(one)
        named = {key for reference in one.references for key in self.ledger.bearing(one, squeeze(unwrapped(reference)))} | set(self._numbers(rest)[0])
        if files:
            named -= {key for file in files for key in file.keys} - set(self._numbers(rest)[0])
        return self.ledger.payers_of(one) | {(file.creditor, file.debtor) for file in files}, named

    def _by_reference(self, one: Transaction) -> RuleAnswer | Doubt | None:
        keys = list(dict.fromkeys(key for reference in one.references for key in self.ledger.bearing(one, squeeze(unwrapped(reference)))))
        if not keys:
            return None
        names = tuple(key[1] for key in keys)
        payers = self.ledger.payers_of(one)
        if payers and not self.ledger.whose(keys) <= payers:
            return Doubt(one, sentence("the structured reference is of an invoice of another debtor than who paid"), names)
        said = set(self._numbers(one)[0])
        if said and not said & set(keys):
            return Doubt(one, sentence("the text names another invoice than the structured reference"), (*names, *(key[1] for key in said)))
        if (shares := self._shared(one)) is not None:
            return shares
        if not payers and self.ledger.has_rivals(one, keys):
            return Doubt(one, sentence("structured reference, but who pays is not known, and this amount is open for others, too"), names)
        return self._spread(one, keys, 100, sentence("structured reference"))

    def _files(self, one: Transaction, *, slips: bool = False) -> tuple[list[QuotedFile], Transaction]:
        """Return the files whose reference a transaction quotes, rightly or with one slip, and the transaction without them."""
        text = " ; ".join((*one.references, one.text, one.end_to_end))
        files, rest = self.ledger.files.like(text) if slips else self.ledger.files.named_in(text)
        files = of_account(files, self.ledger.accounts.get(one.account), self.ledger.currencies, one.currency)
        return files, replace(one, text=rest, end_to_end="") if files else one

    def _by_file(self, one: Transaction) -> RuleAnswer | Doubt | None:
        files, rest = self._files(one)
        if not (sure := bool(files)):
            files, rest = self._files(one, slips=True)
        payers, said = self.ledger.payers_of(one), set(self._numbers(rest)[0])
        found = [(file, meant) for file in files if (meant := self.ledger.files.meant(file, one.amount, self.ledger.open, one.on)) is not None]
        if not sure:
            found = [(file, meant) for file, meant in found if meant.whole and (not payers or (file.creditor, file.debtor) in payers)]
            if len(found) != 1 or (said and not said <= set(found[0][0].keys)) or pays_no_invoice(one.text):
                return None
        if not files:
            return None
        names = tuple(dict.fromkeys(key[1] for file in files for key in file.keys if self.ledger.open[key]))
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
        return RuleAnswer([(self.ledger.claims[key], amount) for key, amount in meant.parts], confidence, why)

    def _shared(self, one: Transaction) -> RuleAnswer | None:
        """Return the shares that the payer gave each document himself, where each has that much open."""
        parts: list[tuple[Claim, Decimal]] = []
        for number, amount in one.remitted:
            keys = self.ledger.bearing(one, squeeze(unwrapped(number)))
            if (
                len(keys) != 1
                or keys[0] in self.ledger.gone
                or not 0 < amount <= self.ledger.open[keys[0]]
                or self.ledger.claims[keys[0]].invoice.currency != one.currency
            ):
                return None
            parts.append((self.ledger.claims[keys[0]], amount))
        return RuleAnswer(parts, 100, sentence("structured reference, shared out by the payer")) if parts else None

    def _numbers(self, one: Transaction) -> tuple[dict[tuple[str, str], str], set[tuple[str, str]]]:
        """Return the invoices that the free text names, each with the number as it is compared, and those of which it may be a day instead."""
        return numbers_in(f"{one.text} ; {one.end_to_end}", one.amount, lambda number: self.ledger.bearing(one, number), self.ledger.siblings)

    def _by_text(self, one: Transaction) -> RuleAnswer | Doubt | None:
        found, days = self._numbers(one)
        if not found:
            return None
        payers, every = self.ledger.payers_of(one), tuple(key[1] for key in found)
        keys = self._meant(one, list(found), days, payers)
        if keys is None:
            return Doubt(one, sentence("the text names invoices of several debtors"), every)
        (whose,) = self.ledger.whose(keys)
        if payers and whose not in payers:
            return Doubt(one, sentence("the text names an invoice of another debtor than who paid"), every)
        known = whose in payers or self.ledger.resembles(one, whose)
        whole = sum(self.ledger.open[key] for key in keys) == one.amount or self.ledger.as_asked(one, keys) is not None
        names = tuple(key[1] for key in keys)
        if not whole and whose in payers and isinstance(exact := self._by_payer(one), RuleAnswer):
            paid = {(claim.creditor, claim.invoice.id) for claim, _ in exact.parts}
            if set(keys) <= paid:
                return exact  # all that is open, to the cent, rather than a part of what is named
            return Doubt(one, sentence("the text names an invoice, and the amount is that of another"), (*names, *(key[1] for key in paid - set(keys))))
        if not whole and whose in payers and (others := self.ledger.of_namesakes(one, payers - {whose})):
            return Doubt(one, sentence("the text names an invoice, and the amount is that of another"), (*names, *others))
        if (reason := weakness(one.text, {key: found[key] for key in keys}, days, known=known, whole=whole)) is not None:
            return Doubt(one, reason, names)
        if whole:
            if not known and len(keys) == 1 and self.ledger.has_rivals(one, keys):
                return Doubt(one, sentence("number and amount, but who pays is not known, and this amount is open for others, too"), names)
            return self._spread(one, keys, 98 if known else 95, sentence("number in the text"))
        return self._spread(one, keys, 90 if known else 70 if name_words(one.payer) else 75, sentence("number in the text"))

    def _meant(
        self, one: Transaction, keys: list[tuple[str, str]], days: set[tuple[str, str]], payers: set[tuple[str, str]]
    ) -> list[tuple[str, str]] | None:
        """Return those of the invoices a text names that are of one debtor: the payer's own, if they make the amount; else what is no day."""
        if len(self.ledger.whose(keys)) == 1:
            return keys
        mine = [key for key in keys if self.ledger.whose([key]) <= payers]
        if mine and len(self.ledger.whose(mine)) == 1 and sum(self.ledger.open[key] for key in mine) == one.amount:
            return mine
        sure = [key for key in keys if key not in days]
        return sure if len(self.ledger.whose(sure)) == 1 else None

    def _by_payer(self, one: Transaction) -> RuleAnswer | Doubt | None:
        payers = self.ledger.payers_of(one)
        if not payers:
            return self._by_misspelt_payer(one)
        if len(payers) > 1:
            return Doubt(one, sentence("several debtors bear the payer's name"), tuple(sorted(debtor for _, debtor in payers)))
        keys = [key for key in self.ledger.by_debtor[next(iter(payers))] if self.ledger.open[key] and self.ledger.claims[key].invoice.currency == one.currency]
        same = [key for key in keys if self.ledger.open[key] == one.amount]
        if pays_no_invoice(one.text):
            return Doubt(one, sentence("the payer is known, but the words are of money that pays no invoice"), tuple(key[1] for key in (same or keys)))
        if len(same) > 1:
            same = self._ending(one, same) or same
        if len(same) == 1:
            return self._spread(one, same, 85, sentence("payer and amount"))
        if len(keys) > 1 and sum(self.ledger.open[key] for key in keys) == one.amount:
            return self._spread(one, keys, 85, sentence("payer, and the amount of all that is open"))
        reason = sentence("several invoices of the payer have this amount") if same else sentence("the payer is known, and no open invoice has this amount")
        return Doubt(one, reason, tuple(key[1] for key in (same or keys)))

    def _by_misspelt_payer(self, one: Transaction) -> RuleAnswer | Doubt | None:
        """Take a payer whose name is very like one debtor's alone, for an amount that is open on one invoice of his and on nobody else's."""
        same = self.ledger.by_amount.get((one.currency, one.amount), set())
        if len(same) != 1 or not one.amount or pays_no_invoice(one.text):
            return None
        keys = list(same)
        return self._spread(one, keys, 82, sentence("payer, misspelt, and amount")) if self.ledger.resembles(one, *self.ledger.whose(keys)) else None

    def _ending(self, one: Transaction, keys: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those of a payer's invoices of one amount whose number ends in three figures or more that the text has."""
        figures = figures_in(one.text, one.amount)
        return [key for key in keys if any(squeeze(key[1]).endswith(token) for token in figures)]

    def _spread(self, one: Transaction, keys: list[tuple[str, str]], confidence: int, why: str) -> RuleAnswer | Doubt:
        """Give the amount to these claims, oldest due date first; a `Doubt` where it does not fit."""
        names = tuple(key[1] for key in keys)
        if gone := [(key[1], self.ledger.gone[key]) for key in keys if key in self.ledger.gone]:
            return Doubt(one, sentence("{why}, but invoice {invoice} is {state}", why=why, invoice=gone[0][0], state=shipped_text(gone[0][1].replace("_", " "))), names)
        if len({key[0] for key in keys}) > 1:
            return Doubt(one, sentence("{why}, but several creditors have that number", why=why), names)
        if any(self.ledger.claims[key].invoice.currency != one.currency for key in keys):
            return Doubt(one, sentence("{why}, but in another currency than the invoice's", why=why), names)
        if (asked := self.ledger.as_asked(one, keys)) is not None:
            return RuleAnswer(
                [(self.ledger.claims[key], amount) for key, amount in asked.items() if amount], confidence, sentence("{why}, and what a message asked", why=why)
            )
        total = sum((self.ledger.open[key] for key in keys), Decimal(0))
        if not total:
            return Doubt(one, sentence("{why}, but nothing is open on {names}", why=why, names=", ".join(names)), names)
        if one.amount > total:
            return Doubt(one, sentence("{why}, but {amount} is more than the {total} that is open", why=why, amount=one.amount, total=total), names)
        claims = sorted((self.ledger.claims[key] for key in keys), key=lambda claim: (claim.invoice.due, claim.invoice.id))
        if one.amount < total and len({claim.invoice.document or claim.invoice.id for claim in claims}) > 1:
            return Doubt(one, sentence("{why}, but {amount} pays only a part of {names}", why=why, amount=one.amount, names=", ".join(names)), names)
        parts, rest = [], one.amount
        for claim in claims:
            part = min(rest, self.ledger.open[claim.creditor, claim.invoice.id])
            if part:
                parts.append((claim, part))
                rest -= part
        return RuleAnswer(parts, confidence, why if one.amount == total else sentence("{why}, in part", why=why))
