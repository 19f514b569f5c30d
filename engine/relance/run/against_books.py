"""What the files of a run say otherwise than the journal: a message about an invoice in conflict is a draft; one that no file names is said.

An invoice that the books hold with another due date or amount may not be asked for unseen, and an export of open items
leaves out what was paid. Decides on no step; overwrites nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relance.journal.journal import Conflict
from relance.model import Action, Facts
from relance.portfolio.contradicted import doubts_of
from relance.run.precautions import BY_HAND, Precaution


def unsettled(before: Iterable[Conflict], portfolio: Iterable[Facts]) -> tuple[Conflict, ...]:
    """Leave of what files of before held otherwise what the files of this run do not speak of: of the others these have the last word."""
    named = {(facts.creditor.id, invoice.id) for facts in portfolio for invoice in facts.invoices}
    return tuple(one for one in before if (one.creditor, one.invoice) not in named)


def in_conflict(conflicts: Iterable[Conflict]) -> Precaution:
    """Ask nobody unseen for an invoice that the files hold otherwise."""
    why = doubts_of(conflicts)
    return lambda action: why(action.creditor, action.invoices)


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
