"""Delays of procedure of a payment order: filing, order, service, opposition, enforcement; counted as CPC 640 to 644 say.

Owns which act opens which delay, its figure of the law, and the months that distance adds. Refuses to say what is before a court: a
delay that ends too early is a doubt that a lawyer settles. CPC 643 and 644 were read in copies of the official text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from relance.dates import add, add_months, roll
from relance.law.parameters import Law, french
from relance.law.places import COUNTRIES, PLACES
from relance.model import Calendar, Duration, TimeUnit, WhenClosed
from relance.sentences import marked


class Delay(NamedTuple):
    """A delay that an act opens. `figure` is its length in months, `distant` whether distance lengthens it."""

    title: str
    opens: str
    figure: str
    distant: bool = False


#: The delays of a payment order, in the order of the procedure.
DELAYS: Mapping[str, Delay] = MappingProxyType({
    "payment-order-service": Delay(marked("serve the order, or it lapses (CPC 1411)"), marked("the order was made"), "payment-order-service"),
    "payment-order-opposition": Delay(marked("oppose the order (CPC 1416)"), marked("the order was served"), "payment-order-opposition", distant=True),
    "payment-order-registry": Delay(marked("the registry tells the creditor of an opposition (decree 2026-96)"), marked("the opposition was made"), "payment-order-registry"),
    "payment-order-enforcement": Delay(
        marked("from the day after, the order may be enforced where no opposition was told (decree 2026-96)"), marked("the order was served"), "payment-order-enforcement"
    ),
})  # fmt: skip


def last_day(start: date, length: Duration, *, court: str = "FR", person: str = "FR") -> date:
    """Return the last day of a delay that an act of `start` opens, with the months of distance, moved off a closed day where the court is.

    `court` and `person` are places: FR for metropolitan France, FR-971 and so on overseas, another country's ISO code.
    """
    calendar = Calendar(holidays=court if court.startswith("FR") else "FR")
    more = distance(court, person)
    whole = length._replace(number=length.number + more) if length.unit is TimeUnit.MONTH else length
    end = add(start, whole, calendar) if whole is not length or not more else add_months(add(start, length, calendar), more)
    return roll(end, WhenClosed.NEXT, calendar)


def distance(court: str, person: str) -> int:
    """Return the months that distance adds (CPC 643 and 644): one from overseas or to it, two from abroad, none in the court's own territory."""
    ours, theirs = _territory(court), _territory(person)
    if theirs == ours:
        return 0
    return 1 if theirs.startswith("FR") else 2


def _territory(place: str) -> str:
    """Name the territory of a place: FR for all of metropolitan France, the place itself overseas, the country abroad."""
    place = COUNTRIES.get(place, place)
    overseas = place in PLACES and place[3:].startswith("9")
    return place if overseas or place == "FR-975" or not place.startswith("FR") else "FR"


def delay_of(name: str, start: date, *, court: str = "FR", person: str = "FR", law: Law | None = None) -> date:
    """Return the last day of a delay of `DELAYS` that the act of `start` opens. Raises KeyError, and UnknownParameter where its figure is not known."""
    delay = DELAYS[name]
    months = int((law or french()).value_on(delay.figure, start))
    return last_day(start, Duration(months, TimeUnit.MONTH), court=court, person=person if delay.distant else court)
