"""When a claim becomes time-barred: five years between professionals, two against a consumer, one for carriage.

Owns C. com. L110-4 and L133-6, C. civ. 2224, 2232 and 2240-2244, C. conso. L218-2. What is not known is taken at its
shortest, and the basis says so. Time during which a suit is pending (C. civ. 2242) or limitation suspended is not counted here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from relance.dates import add_months
from relance.law.parameters import Law, french

_DAY = timedelta(days=1)

#: What interrupts limitation (C. civ. 2240, 2241, 2244): acknowledgement by the debtor, a claim in court, a measure of enforcement.
INTERRUPTIONS = ("acknowledgement", "court", "enforcement")
#: What is often believed to interrupt it and does not (Cass. com. 18 May 2022, no. 20-23.204).
NO_INTERRUPTION = frozenset({"letter", "registered_letter", "electronic_registered_letter", "formal_notice", "reminder", "email"})
#: Interruptions that the twenty years of C. civ. 2232 do not bound.
_UNBOUNDED = frozenset({"court", "enforcement"})


class Interruption(NamedTuple):
    """A day on which limitation started anew, and by what."""

    on: date
    by: str = "acknowledgement"


class Barred(NamedTuple):
    """The first day on which the claim is time-barred, and why: the articles and what had to be assumed."""

    on: date
    basis: str


class Period(NamedTuple):
    """How long a claim lives, in years, and why."""

    years: int
    basis: str


def barred_on(
    due: date,
    *,
    debtor_kind: str | None = None,
    creditor_kind: str | None = "business",
    nature: str = "general",
    interruptions: Iterable[Interruption] = (),
    delivered: date | None = None,
    law: Law | None = None,
) -> Barred:
    """Return the first day on which a claim that fell due on `due` is time-barred, and the basis of it.

    For a contract of carriage it runs from the day the goods were `delivered` (L133-6); from `due` where that is not known.
    An interruption starts the whole period anew from its day (C. civ. 2231), unless the claim was barred by then. The
    period ends with the last moment of its last day (C. civ. 2229): due on 1 March 2021, barred from 2 March 2026.
    """
    law = law or french()
    years, basis = period(debtor_kind=debtor_kind, creditor_kind=creditor_kind, nature=nature, law=law)
    carried = nature != "general"
    start = max(delivered if carried and delivered is not None else due, law["limitation-business"].starts[0])
    stop = _after(start, int(law.value_on("limitation-longest", start)))
    barred, notes = _after(start, years), [basis]
    if carried and delivered is None:
        notes.append("counted from the due date, for the day of delivery, from which it runs, is not known: it may be barred earlier")
    for on, by in sorted(interruptions):
        if by in NO_INTERRUPTION:
            notes.append(f"the {by.replace('_', ' ')} of {on} interrupts nothing")
            continue
        if on >= barred:
            notes.append(f"on {on} it was already time-barred")
            break
        if on < start:
            continue
        barred = _after(on, years)
        notes.append(f"interrupted on {on} ({by or 'not said by what'}, {_article(by)})")
        if by not in _UNBOUNDED and barred > stop:
            barred = stop
            notes.append("bounded by twenty years (C. civ. 2232)")
    return Barred(barred, "; ".join(notes))


@lru_cache(maxsize=256)
def period(
    *, debtor_kind: str | None = None, creditor_kind: str | None = "business", nature: str = "general", law: Law | None = None
) -> Period:
    """Return how many years a claim lives and why; unknown kinds and natures count as the shortest that they could be."""
    law = law or french()

    def years(name: str) -> int:
        return int(law[name].values[-1].value)

    if nature == "transport":
        return Period(years("limitation-transport"), f"{years('limitation-transport')} year for a contract of carriage (C. com. L133-6)")
    if nature != "general":
        shortest = years("limitation-transport")
        return Period(
            shortest,
            f"the nature {nature!r} is not known here, so the shortest is taken: {shortest} year, as for carriage (C. com. L133-6)",
        )
    consumer = years("limitation-consumer")
    if creditor_kind == "business" and debtor_kind == "consumer":
        return Period(consumer, f"{consumer} years for a professional's claim on a consumer (C. conso. L218-2)")
    if creditor_kind in (None, "business") and debtor_kind != "business":
        return Period(
            consumer, f"whether the debtor is a consumer is not known, so the shortest is taken: {consumer} years (C. conso. L218-2)"
        )
    if creditor_kind == "business":
        return Period(years("limitation-business"), f"{years('limitation-business')} years between professionals (C. com. L110-4)")
    return Period(years("limitation-business"), f"{years('limitation-business')} years (C. civ. 2224)")


def _after(day: date, years: int) -> date:
    """Return the day after the same day so many years later (the last of February for a 29th)."""
    return add_months(day, 12 * years) + _DAY


def _article(by: str) -> str:
    return {"acknowledgement": "C. civ. 2240", "court": "C. civ. 2241", "enforcement": "C. civ. 2244"}.get(by, "C. civ. 2240 to 2244")
