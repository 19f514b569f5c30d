"""What is enclosed with an e-mail that leaves: the letter of the same step, and the invoices the journal keeps.

Owns the choice. How much may travel is `letters.enclosures`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from relance.delivery.outbox import Message, State
from relance.journal.chain import Entry
from relance.letters.document import PAPER
from relance.letters.email import Attachment
from relance.model import Channel


class DocumentStore(Protocol):
    """What is asked of a journal: its entries, and the documents that were kept."""

    def entries(self, *, creditor: str | None = None, debtor: str | None = None, kinds: Sequence[str] = ()) -> Iterable[Entry]:
        """Read entries in the order of their chains."""

    def document(self, sha256: str) -> bytes | None:
        """Return a kept document."""


#: Letters by what an e-mail of the same step has in common with them.
Letters = Mapping[tuple[object, ...], Message]


def letters_by_step(everything: Iterable[Message], states: Sequence[State] = (State.READY, State.SENT)) -> Letters:
    """Index the letters of an outbox that stand in one of these states."""
    return {_step_of(each): each for each in everything if each.channel in PAPER and each.state in states}


def letter_beside(message: Message, letters: Letters, on: date) -> Message | None:
    """Return the letter that the same step sends to the same debtor, to travel with an e-mail that leaves on a day; one that left before is another letter."""
    found = letters.get(_step_of(message)) if message.channel is Channel.EMAIL else None
    return None if found is None or (found.left is not None and found.left < on) else found


def _step_of(message: Message) -> tuple[object, ...]:
    return message.creditor, message.debtor, message.dated, message.items[0].action.step


def invoices_enclosed(shelf: DocumentStore, message: Message) -> list[Attachment]:
    """Return the invoices kept in the journal for the claims of an e-mail, each once."""
    if message.channel is not Channel.EMAIL:
        return []
    wanted = {invoice for item in message.items for invoice in item.action.invoices}
    wanted |= {invoice.rsplit("/", 1)[0] for invoice in wanted}
    found: dict[str, Attachment] = {}
    for entry in shelf.entries(creditor=message.creditor, debtor=message.debtor, kinds=("document.attached",)):
        if entry.data.get("kind") == "invoice" and entry.invoice in wanted:
            content = shelf.document(str(entry.data["sha256"]))
            if content is not None:
                name, kind = str(entry.data.get("name") or entry.invoice), str(entry.data.get("media_type") or "application/pdf")
                found[str(entry.data["sha256"])] = Attachment(
                    name, content, kind if kind.count("/") == 1 and kind.isascii() else "application/octet-stream"
                )
    return list(found.values())
