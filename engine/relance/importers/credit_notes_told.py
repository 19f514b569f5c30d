"""A credit note of a list or an e-invoice that is known already: by its number, in the books, or within what a column says is open."""

from __future__ import annotations

from decimal import Decimal

from relance.importers import rows
from relance.importers.known_movements import CREDIT, SAME_WITHIN, LedgerMovement, Pool, Teller, known_movements, take_off
from relance.model import Event, Facts


class CreditNotesTold:
    """What the journal knows of one debtor's credit notes, and of what columns say is open."""

    def __init__(self, facts: Facts) -> None:
        self.known: list[LedgerMovement] = known_movements(facts.events, Teller.PERSON)

    def say(self, note: Event, document: str, rest: Decimal | None) -> Event | None:
        """Return the event that a credit note becomes: itself, so much as is `rest` of it, or that it was told; None where nothing is new."""
        reference, amount = str(note.data["reference"]), note.data["amount"]
        if any(one.kind == CREDIT and one.reference == reference for one in self.known):
            return None
        same = next(
            (
                one for one in self.known
                if one.kind == CREDIT and one.teller is Teller.BOOKS and not one.silent and one.amount == amount
                and (abs(one.on - note.on) <= SAME_WITHIN or document in one.invoices) and (not document or not one.invoices or document in one.invoices)
            ),
            None,
        )  # fmt: skip
        if same is not None:
            take_off(self.known, same, amount)
            return _reconciled(note, document, same.reference)
        held = Pool([one for one in self.known if one.teller is Teller.LIST])
        if document and (taken := held.take(amount, note.on, names={document}, settled=True)):
            return _reconciled(note, document, taken[0][0].reference)
        if rest is not None and 0 <= rest < amount:  # what was used of it is in what the list says of the invoices
            return rows.event(on=note.on, event=CREDIT, invoice=note.invoice, currency=note.currency, amount=rest, reference=reference) if rest else None
        return note


def _reconciled(note: Event, document: str, other: str) -> Event:
    about = {"invoice": document} if document else {"currency": note.currency}
    return rows.event(on=note.on, event="payment.reconciled", amount=note.data["amount"], reference=note.data["reference"], of=CREDIT, **{"with": other}, **about)
