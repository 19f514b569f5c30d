"""Replies that a person has yet to read: what they hold, where a playbook says so, and until when.

A reply is a `contact.inbound`; where it holds, a `hold.placed` about the same invoice or debtor stands right behind it, and a
`hold.lifted` about that is the word that it was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from relance.delivery.outbox import Message
from relance.delivery.release_check import Rules
from relance.journal.chain import Entry
from relance.model import Event
from relance.sentences import sentence

#: What tells of replies and of what they hold.
KINDS = ("contact.inbound", "hold.placed", "hold.lifted")


def holding(rules: Rules, message: Message) -> bool:
    """Say whether a reply to a message holds what it is about, by the playbook that wrote it."""
    playbook = rules.playbook(message)
    return playbook is not None and playbook.contact.replies_hold


def hold(reply: Event) -> Event:
    """Return the hold that stands behind a reply."""
    return Event(reply.on, "hold.placed", reply.invoice, data={"reason": str(sentence("a reply is to be read"))})


def unread(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Yield each reply whose hold stands, with that hold, from entries of `KINDS` in the order of their chains."""
    replied: dict[tuple[str, str], Entry] = {}
    standing: dict[tuple[str, str], list[tuple[Entry, Entry]]] = {}
    for entry in entries:
        who = entry.creditor, entry.who
        before = replied.pop(who, None)
        if entry.kind == "contact.inbound":
            replied[who] = entry
        elif entry.kind == "hold.placed" and before is not None and before.invoice == entry.invoice and before.recorded_at == entry.recorded_at:
            standing.setdefault(who, []).append((before, entry))
        elif entry.kind == "hold.lifted":
            standing[who] = [pair for pair in standing.get(who, ()) if entry.invoice not in (None, pair[1].invoice)]
    for pairs in standing.values():
        yield from pairs
