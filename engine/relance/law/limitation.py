"""When a claim becomes time-barred: five years between professionals, two against a consumer, one for carriage.

Owns C. com. L110-4 and L133-6, C. civ. 2224, 2230 to 2244, C. conso. L218-2, and from which day each runs. What is not known is taken
at its shortest, and the basis says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from relance.dates import add_months
from relance.law.parameters import Law, french
from relance.sentences import Phrase, in_turn, plural, sentence, shipped_text

_DAY = timedelta(days=1)

#: What interrupts limitation (C. civ. 2240, 2241, 2244): acknowledgement by the debtor, a claim in court, a measure of enforcement.
INTERRUPTIONS = ("acknowledgement", "court", "enforcement")
#: What is often believed to interrupt it and does not (Cass. com. 18 May 2022, no. 20-23.204).
NO_INTERRUPTION = frozenset({"letter", "registered_letter", "electronic_registered_letter", "formal_notice", "reminder", "email"})
#: Interruptions that the twenty years of C. civ. 2232 do not bound.
_UNBOUNDED = frozenset({"court", "enforcement"})


#: What stops the time for as long as it lasts, with the article. A suit that is pending keeps its interruption alive (C. civ. 2242).
SUSPENSIONS: Mapping[str, str] = MappingProxyType({
    "mediation": "C. civ. 2238", "conciliation": "C. civ. 2238", "participatory_procedure": "C. civ. 2238", "small_claims": sentence("CPCE (enforcement) L125-1"),
    "suit": "C. civ. 2242", "over_indebtedness_plan": "C. civ. 2234", "impossibility": "C. civ. 2234",
})  # fmt: skip
_CAUSES: Mapping[str, Phrase] = MappingProxyType({
    "acknowledgement": sentence("acknowledgement by the debtor"), "court": sentence("a claim in court"), "enforcement": sentence("a measure of enforcement"),
    "mediation": sentence("mediation"), "conciliation": sentence("conciliation"), "participatory_procedure": sentence("participatory procedure"),
    "small_claims": sentence("procedure for small claims"), "suit": sentence("a pending suit"), "over_indebtedness_plan": sentence("plan of over-indebtedness"),
    "impossibility": sentence("impossibility to act"),
})  # fmt: skip
#: After these the claim lives six months at least (C. civ. 2238).
_AMICABLE = frozenset({"mediation", "conciliation", "participatory_procedure"})
_AMICABLE_MONTHS = 6


class Interruption(NamedTuple):
    """A day on which limitation started anew, and by what."""

    on: date
    by: str = "acknowledgement"


class Suspension(NamedTuple):
    """Days for which limitation did not run, from the first to the one before it went on, and by what."""

    on: date
    until: date
    by: str


class Barred(NamedTuple):
    """The first day on which the claim is time-barred, and why: the articles and what had to be assumed, one ground after the other."""

    on: date
    grounds: tuple[str, ...]

    @property
    def basis(self) -> str:
        """Say the grounds as one sentence."""
        return in_turn(self.grounds)


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
    suspensions: Iterable[Suspension] = (),
    issued: date | None = None,
    delivered: date | None = None,
    performed: date | None = None,
    law: Law | None = None,
) -> Barred:
    """Return the first day on which a claim that fell due on `due` is time-barred, and the basis of it.

    It runs from performance (`runs_from`). An interruption starts the whole period anew from its day (C. civ. 2231), a suspension stops it
    (C. civ. 2230) and a pending suit starts it anew where it ends (C. civ. 2242), unless the claim was barred by then. The period ends with
    the last moment of its last day (C. civ. 2229): from 1 March 2021, barred from 2 March 2026.
    """
    law = law or french()
    years, basis = period(debtor_kind=debtor_kind, creditor_kind=creditor_kind, nature=nature, law=law)
    first, why = runs_from(due, nature=nature, issued=issued, delivered=delivered, performed=performed, debtor_kind=debtor_kind)
    start = max(first, law["limitation-business"].starts[0])
    if debtor_kind == "public" and nature == "general":
        start = date(start.year + 1, 1, 1) - _DAY
    stop = _after(start, int(law.value_on("limitation-longest", start)))
    barred, notes = _after(start, years), [basis, why]
    paused = start
    marks: list[Interruption | Suspension] = [*interruptions, *suspensions]
    for mark in sorted(marks, key=lambda mark: (mark.on, isinstance(mark, Suspension))):
        if isinstance(mark, Interruption) and mark.by in NO_INTERRUPTION:
            notes.append(sentence("'{what}' of {on} interrupts nothing", what=shipped_text(mark.by.replace("_", " ")), on=mark.on))
        elif mark.on >= barred:
            notes.append(sentence("on {on} it was already time-barred", on=mark.on))
            break
        elif isinstance(mark, Suspension):
            barred, paused = _suspended(mark, barred, max(paused, mark.on), years), max(paused, mark.until)
            notes.append(sentence("stopped from {first} to {last} ({what}, {article})", first=mark.on, last=mark.until, what=cause(mark.by), article=SUSPENSIONS.get(mark.by, "C. civ. 2230")))
        elif mark.on >= start:
            barred = _after(mark.on, years)
            notes.append(sentence("interrupted on {on} ({what}, {article})", on=mark.on, what=cause(mark.by), article=_article(mark.by)))
            if mark.by not in _UNBOUNDED and barred > stop:
                barred = stop
                notes.append(sentence("bounded by twenty years (C. civ. 2232)"))
    return Barred(barred, tuple(notes))


def _suspended(mark: Suspension, barred: date, paused: date, years: int) -> date:
    """Return when a claim is barred after a suspension; `paused` is its first day that no earlier one covered."""
    if mark.by == "suit":
        return max(barred, _after(mark.until, years))
    later = barred + max(mark.until - paused, timedelta(0))
    return max(later, add_months(mark.until, _AMICABLE_MONTHS) + _DAY) if mark.by in _AMICABLE else later


#: What decided that limitation of works and services runs from performance, by who owes.
_RULINGS = {
    "consumer": sentence("Civ. 1re 19 May 2021, no. 20-12.520; Civ. 3e 1 March 2023, no. 21-23.176"),
    "business": sentence("Com. 26 Feb. 2020, no. 18-25.036"),
    "": sentence("Civ. 1re 19 May 2021, no. 20-12.520; Com. 26 Feb. 2020, no. 18-25.036"),
}


@lru_cache(maxsize=4096)
def runs_from(
    due: date, *, nature: str = "general", issued: date | None = None, delivered: date | None = None, performed: date | None = None,
    debtor_kind: str | None = None,
) -> tuple[date, str]:  # fmt: skip
    """Return the day from which limitation runs, and why; where performance is not known, the earliest day it can be.

    Works and services: from performance, not from the invoice or its due date (Civ. 1re 19 May 2021, 20-12.520; Civ. 3e 1 March 2023,
    21-23.176; between traders Com. 26 Feb 2020, 18-25.036), nor after the due date. Carriage: from delivery (C. com. L133-6).
    """
    if nature == "transport" and delivered is not None:
        return delivered, sentence("counted from the delivery on {day}", day=delivered)
    known = [day for day in (performed, delivered) if day is not None]
    if known and min(known) <= due:
        return min(known), sentence("counted from performance on {day} ({rulings})", day=min(known), rulings=_RULINGS.get(debtor_kind or "", _RULINGS[""]))
    if known:
        return due, sentence("counted from the due date, {due}, which comes before performance", due=due)
    earliest = min(due, issued) if issued is not None else due
    if earliest == issued:
        return earliest, sentence("counted from the day of issue, {day}, for the day of performance, from which it runs, is not known: it may be barred earlier", day=earliest)
    return earliest, sentence("counted from the due date, {day}, for the day of performance, from which it runs, is not known: it may be barred earlier", day=earliest)


@lru_cache(maxsize=256)
def period(
    *, debtor_kind: str | None = None, creditor_kind: str | None = "business", nature: str = "general", law: Law | None = None
) -> Period:
    """Return how many years a claim lives and why; unknown kinds and natures count as the shortest that they could be."""
    law = law or french()

    def years(name: str) -> int:
        return int(law[name].values[-1].value)

    if nature == "transport":
        return Period(years("limitation-transport"), plural("{count} year for a contract of carriage (C. com. L133-6)", "{count} years for a contract of carriage (C. com. L133-6)", years("limitation-transport")))
    if nature != "general":
        shortest = years("limitation-transport")
        return Period(
            shortest,
            plural("the nature '{nature}' is not known here, so the shortest is taken: {count} year, as for carriage (C. com. L133-6)", "the nature '{nature}' is not known here, so the shortest is taken: {count} years, as for carriage (C. com. L133-6)", shortest, nature=nature),
        )
    consumer = years("limitation-consumer")
    if creditor_kind == "business" and debtor_kind == "consumer":
        return Period(consumer, sentence("{years} years for a professional's claim on a consumer (C. conso. L218-2)", years=consumer))
    if debtor_kind == "public":
        four = years("limitation-public")
        return Period(four, sentence("{years} years from the 1 January that follows, for a claim on a public body (act 68-1250 of 31 December 1968, article 1)", years=four))
    if creditor_kind in (None, "business") and debtor_kind != "business":
        return Period(
            consumer, sentence("whether the debtor is a consumer is not known, so the shortest is taken: {years} years (C. conso. L218-2)", years=consumer)
        )
    if creditor_kind == "business":
        return Period(years("limitation-business"), sentence("{years} years between professionals (C. com. L110-4)", years=years("limitation-business")))
    return Period(years("limitation-business"), sentence("{years} years (C. civ. 2224)", years=years("limitation-business")))


def _after(day: date, years: int) -> date:
    """Return the day after the same day so many years later (the last of February for a 29th)."""
    return add_months(day, 12 * years) + _DAY


def cause(by: str) -> Phrase:
    """Name what interrupted or stopped the time, as a person reads it."""
    return _CAUSES.get(by) or (shipped_text(by.replace("_", " ")) if by else sentence("not said by what"))


def _article(by: str) -> str:
    return {"acknowledgement": "C. civ. 2240", "court": "C. civ. 2241", "enforcement": "C. civ. 2244"}.get(by, "C. civ. 2240 to 2244")
