"""What the files of a run say otherwise than the journal: a message about an invoice in conflict is a draft; one that no file names is said.

An invoice that the books hold with another due date or amount may not be asked for unseen, and an export of open items
leaves out what was paid. Decides on no step; overwrites nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from relance.journal.journal import Conflict
from relance.model import Action, Facts
from relance.run.precautions import BY_HAND, Precaution
from relance.sentences import sentence

#: Says of a creditor's invoices why none of them may be asked for unseen, or None.
Doubts = Callable[[str, Iterable[str]], str | None]


def doubts_of(conflicts: Iterable[Conflict]) -> Doubts:
    """Doubt what is asked for an invoice that the files hold otherwise."""
    found = {(one.creditor, one.invoice): one for one in conflicts}

    def why(creditor: str, invoices: Iterable[str]) -> str | None:
        return next((said(one) for name in invoices if (one := found.get((creditor, name))) is not None), None)

    return why


def in_conflict(conflicts: Iterable[Conflict]) -> Precaution:
    """Ask nobody unseen for an invoice that the files hold otherwise."""
    why = doubts_of(conflicts)
    return lambda action: why(action.creditor, action.invoices)


def said(conflict: Conflict) -> str:
    """Say what is known of an invoice, and what the file says."""
    return sentence("invoice {invoice} is known with another {field}, {known}; the file says {given}", invoice=conflict.invoice, field=conflict.field, known=conflict.known, given=conflict.given)


def unnamed(actions: Iterable[Action], portfolio: Sequence[Facts], listed: Iterable[str] = ()) -> tuple[str, ...]:
    """Name the invoices that messages ask for and that the files, though they hold others of their creditor (those `listed` among them), do not name."""
    named: dict[str, set[str]] = {creditor: set() for creditor in listed}
    for facts in portfolio:
        named.setdefault(facts.creditor.id, set()).update(invoice.id for invoice in facts.invoices)
    missing = (
        invoice
        for action in actions
        if action.creditor in named and action.channel not in BY_HAND
        for invoice in action.invoices
        if invoice not in named[action.creditor]
    )
    return tuple(dict.fromkeys(missing))
