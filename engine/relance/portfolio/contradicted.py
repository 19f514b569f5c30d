"""Invoices that a file holds otherwise than the journal, until a person or a later file says which is right: nothing about them leaves unseen.

An import, or a run, writes down what its file says (`invoice.contradicted`); a correction, or a file that agrees (`invoice.agreed`), ends it.
Run, approval and `send` ask here. Overwrites nothing and decides on no step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from relance.journal.journal import Conflict, Journal
from relance.sentences import sentence, shipped_text

#: Says of a creditor's invoices why none of them may be asked for unseen, or None.
Doubts = Callable[[str, Iterable[str]], str | None]
_WORDS = ("invoice.contradicted", "invoice.agreed", "invoice.corrected")


def contradicted(journal: Journal) -> tuple[Conflict, ...]:
    """Return what files hold otherwise than a journal and nobody has settled."""
    found: dict[tuple[str, str], Conflict] = {}
    for entry in journal.entries(kinds=_WORDS):
        key = (entry.creditor, entry.invoice or "")
        if entry.kind == "invoice.contradicted":
            found[key] = Conflict(entry.creditor, entry.debtor or "", *(str(each) for each in (entry.invoice, *(entry.data[name] for name in ("field", "known", "given")))))
        else:
            found.pop(key, None)
    return tuple(found.values())


def doubts_of(conflicts: Iterable[Conflict]) -> Doubts:
    """Doubt what is asked for an invoice that a file holds otherwise."""
    found = {(one.creditor, one.invoice): one for one in conflicts}

    def why(creditor: str, invoices: Iterable[str]) -> str | None:
        return next((said(one) for name in invoices if (one := found.get((creditor, name))) is not None), None)

    return why


def said(conflict: Conflict) -> str:
    """Say what is known of an invoice, and what the file says."""
    if conflict.field == "fields":
        return sentence("invoice {invoice} is known with other own fields than the file says: {names}", invoice=conflict.invoice, names=conflict.given)
    return sentence(
        "invoice {invoice} is known with another {field}, {known}; the file says {given}",
        invoice=conflict.invoice, field=shipped_text(conflict.field), known=conflict.known, given=conflict.given,
    )  # fmt: skip
