"""By what a journal's cases are decided today: the rules it holds, and playbooks by id for what they do not hold; each read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache

from relance.delivery.release_check import Rules
from relance.journal.journal import Journal
from relance.model import Playbook
from relance.portfolio.contradicted import Doubts, contradicted, doubts_of
from relance.portfolio.explain import applied
from relance.portfolio.letterhead_account import PaperAccounts, no_paper, payee_doubts
from relance.portfolio.routing import Routing
from relance.portfolio.statements import statements


def rules_in_force(journal: Journal, load: Callable[[str], Playbook | None], on: date, paper: PaperAccounts = no_paper) -> Rules:
    """Return the rules of a journal on a day; `load` finds a playbook that they do not hold, `paper` says where letterheads ask payment to."""

    @cache
    def routing(creditor: str) -> Routing | None:
        found = applied(journal, creditor, on)
        return None if found is None else found.routing

    @cache
    def written() -> dict[str, date]:
        return statements(journal)

    @cache
    def read(creditor: str) -> date | None:
        return written().get(creditor)

    @cache
    def told() -> Doubts:
        return doubts_of(contradicted(journal))

    def doubted(creditor: str, invoices: Iterable[str]) -> str | None:
        return told()(creditor, invoices)

    return Rules(load, routing, read, payee_doubts(journal, paper), doubted)
