"""Whose personal data has been kept long enough, and erasing it: by hand (`relance forget --expired`), or by itself at each run.

Whether it runs by itself stands in the chains, as the periods do (`retention.declared` of `run`, 1 or 0). Owns which debtors are looked at:
those whose last entry is older than the shortest period. What stands against erasing, `retention` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from relance.dates import add_months
from relance.journal.journal import Journal
from relance.journal.retention import BY_ITSELF, kept_until, periods
from relance.journal.store import JOURNAL, PEOPLE, purge, reading
from relance.sentences import sentence

_REASON = sentence("retention period over")


class Expired(NamedTuple):
    """A debtor of a creditor, and the kinds of his data of which the period is over and that nothing stands against erasing."""

    creditor: str
    debtor: str
    kinds: tuple[str, ...]


class Erased(NamedTuple):
    """What went, and whether nothing of it is left in the database's files (False: another program still reads them)."""

    debtors: tuple[Expired, ...]
    gone: bool


def expired(journal: Journal, today: date) -> Iterator[Expired]:
    """Name the debtors whose time is over."""
    shortest = min(period.months for period in periods(journal).values())
    for creditor, debtor, last in _last_entries(journal):
        if add_months(last, shortest) <= today:
            kinds = tuple(one.kind for one in kept_until(journal, creditor, debtor, today) if one.obstacle is None)
            if kinds:
                yield Expired(creditor, debtor, kinds)


def erase_expired(journal: Journal, today: date, *, actor: str) -> Erased:
    """Erase what has been kept long enough, and leave nothing of it in the database's free pages."""
    found = tuple(expired(journal, today))
    for one in found:
        journal.forget(one.debtor, reason=_REASON, on=today, actor=actor, creditor=one.creditor, kinds=one.kinds)
    return Erased(found, not found or purge(journal.engine))


def runs_by_itself(journal: Journal) -> bool:
    """Say whether what has been kept long enough is erased at each run."""
    return journal.periods().get(BY_ITSELF) == 1


def declare_periods_of(journal: Journal, wanted: Mapping[str, int], today: date, *, actor: str) -> tuple[str, ...]:
    """Write into the chains what a project says of periods, where they say otherwise; return what was written."""
    if not wanted:
        return ()
    known = {kind: period.months for kind, period in periods(journal).items()} | {BY_ITSELF: int(runs_by_itself(journal))}
    changed = [kind for kind, months in wanted.items() if known[kind] != months]
    return tuple(kind for kind in changed if journal.declare_period(kind, wanted[kind], on=today, actor=actor))


def erase_by_rule(journal: Journal, wanted: Mapping[str, int], today: date, *, actor: str) -> tuple[tuple[str, ...], Erased]:
    """Do what every run does about what is kept: write a project's periods into the chains, and erase what is over where that runs by itself. Return the periods written, and what went."""
    declared = declare_periods_of(journal, wanted, today, actor=actor)
    return declared, erase_expired(journal, today, actor=actor) if runs_by_itself(journal) else Erased((), gone=True)


def _last_entries(journal: Journal) -> list[tuple[str, str, date]]:
    """Return each debtor of each creditor with the day of the last entry about him that is not of erasing."""
    query = (
        sa.select(PEOPLE.c.creditor, PEOPLE.c.debtor, sa.func.max(JOURNAL.c.on))
        .join(JOURNAL, sa.and_(JOURNAL.c.creditor == PEOPLE.c.creditor, JOURNAL.c.debtor == PEOPLE.c.who))
        .where(JOURNAL.c.kind != "debtor.forgotten")
        .group_by(PEOPLE.c.creditor, PEOPLE.c.debtor)
        .order_by(PEOPLE.c.creditor, PEOPLE.c.debtor)
    )
    with reading(journal.engine) as connection:
        return [(creditor, debtor, date.fromisoformat(on)) for creditor, debtor, on in connection.execute(query)]
