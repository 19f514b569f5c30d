"""Time zones and local time, carried by pendulum: the day where the books are kept, and the hour where a debtor lives.

pendulum is loaded when a zone is first asked for, never by `relance --help`. Reads no clock: whoever asks brings the moment.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from relance.model import Debtor

#: Days of the journal end at midnight here, and a debtor of whom no place is known is here.
HOME = "Europe/Paris"
#: French places with an hour of their own, by ISO 3166 code and by the first three digits of a postcode.
_PLACES = {
    "GP": "America/Guadeloupe", "971": "America/Guadeloupe", "BL": "America/St_Barthelemy", "977": "America/St_Barthelemy",
    "MF": "America/Marigot", "978": "America/Marigot", "MQ": "America/Martinique", "972": "America/Martinique",
    "GF": "America/Cayenne", "973": "America/Cayenne", "RE": "Indian/Reunion", "974": "Indian/Reunion",
    "PM": "America/Miquelon", "975": "America/Miquelon", "YT": "Indian/Mayotte", "976": "Indian/Mayotte",
    "WF": "Pacific/Wallis", "986": "Pacific/Wallis", "PF": "Pacific/Tahiti", "987": "Pacific/Tahiti",
    "NC": "Pacific/Noumea", "988": "Pacific/Noumea",
}  # fmt: skip
_POSTCODE = re.compile(r"(9[78]\d)\d\d(?:\s|$)")


@lru_cache(maxsize=512)
def zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name; that of Paris where the name is none."""
    import pendulum

    try:
        return pendulum.timezone(name)
    except ValueError:
        return pendulum.timezone(HOME)


def paris_day(moment: datetime) -> date:
    """Return the day of a moment (with a zone) where creditors and their books are."""
    return moment.astimezone(zone(HOME)).date()


def paris_clock(moment: datetime) -> str:
    """Return the time of day of a moment (with a zone) where creditors and their books are: HH:MM."""
    return f"{moment.astimezone(zone(HOME)):%H:%M}"


def end_of_day(day: date) -> datetime:
    """Return the moment at which a day of the books ends."""
    return datetime.combine(day + timedelta(1), datetime.min.time(), zone(HOME))


def zone_of(debtor: Debtor) -> tzinfo:
    """Return a debtor's time zone: the one he is known by, else that of his address overseas, else Paris."""
    if debtor.zone != HOME or debtor.address is None:
        return zone(debtor.zone)
    address = debtor.address
    codes = [found[1] for line in reversed(address.lines) if (found := _POSTCODE.match(line.strip()))] if address.country == "FR" else []
    return zone(next((_PLACES[code] for code in (address.country, *codes) if code in _PLACES), HOME))


def local_time(moment: datetime, debtor: Debtor) -> datetime:
    """Return a moment (with a zone) as the clock of a debtor's place shows it."""
    return moment.astimezone(zone_of(debtor))
