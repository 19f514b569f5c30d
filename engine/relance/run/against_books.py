"""What the files of a run say otherwise than the journal: a message about an invoice in conflict is a draft; one that no file names is said.

An invoice that the books hold with another due date or amount may not be asked for unseen, and an export of open items
leaves out what was paid. Decides on no step; overwrites nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from relance.journal.journal import Conflict
from relance.model import Action, Channel, Facts

#: What a person does by himself, and so looks at first.
_BY_HAND = frozenset({Channel.TASK, Channel.CALL})


def drafted(actions: Sequence[Action], conflicts: Iterable[Conflict]) -> list[Action]:
    """Turn each message that asks for an invoice in conflict into a draft, with the conflict as its reason; a message stays whole."""
    found = {(one.creditor, one.invoice): one for one in conflicts}
    why: dict[str, Conflict] = {}
    for action in actions:
        for invoice in action.invoices:
            if (conflict := found.get((action.creditor, invoice))) is not None and action.channel not in _BY_HAND:
                why.setdefault(action.message or action.id, conflict)
    made = []
    for action in actions:
        conflict = why.get(action.message or action.id)
        made.append(action if conflict is None else replace(action, draft=True, reason=f"{action.reason}; {said(conflict)}"))
    return made


def said(conflict: Conflict) -> str:
    """Say what is known of an invoice, and what the file says."""
    return f"invoice {conflict.invoice} is known with another {conflict.field}, {conflict.known}; the file says {conflict.given}"


def in_conflict(actions: Iterable[Action], conflicts: Iterable[Conflict]) -> tuple[Action, ...]:
    """Leave of some actions those that `drafted` made drafts."""
    names = [said(one) for one in conflicts]
    return tuple(action for action in actions if action.draft and any(action.reason.endswith(name) for name in names))


def unnamed(actions: Iterable[Action], portfolio: Sequence[Facts]) -> tuple[str, ...]:
    """Name the invoices that messages ask for and that the files, though they hold others of their creditor, do not name."""
    named: dict[str, set[str]] = {}
    for facts in portfolio:
        named.setdefault(facts.creditor.id, set()).update(invoice.id for invoice in facts.invoices)
    missing = (
        invoice
        for action in actions
        if action.creditor in named and action.channel not in _BY_HAND
        for invoice in action.invoices
        if invoice not in named[action.creditor]
    )
    return tuple(dict.fromkeys(missing))
