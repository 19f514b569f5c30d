"""Where a debtor is, as far as public holidays differ: the places of France with days of their own, by postcode.

Owns which postcodes those are. Refuses to place an address abroad, or one whose postcode says nothing: the playbook's calendar holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from relance.model import Address

#: What a line of an address begins with → the ISO code of the place (C. trav. L3134-13 and L3422-2; the others have a labour law of their own).
#: The first that fits holds: Saint-Barthélemy and Saint-Martin have postcodes of Guadeloupe.
POSTCODES: Mapping[str, str] = MappingProxyType({
    "97133": "FR-977", "97150": "FR-978", "57[0-9]{3}": "FR-57", "67[0-9]{3}": "FR-67", "68[0-9]{3}": "FR-68", "971[0-9]{2}": "FR-971",
    "972[0-9]{2}": "FR-972", "973[0-9]{2}": "FR-973", "974[0-9]{2}": "FR-974", "976[0-9]{2}": "FR-976", "986[0-9]{2}": "FR-986",
    "987[0-9]{2}": "FR-987", "988[0-9]{2}": "FR-988",
})  # fmt: skip
#: Countries of ISO 3166 that are such a place.
COUNTRIES: Mapping[str, str] = MappingProxyType({
    "GP": "FR-971", "MQ": "FR-972", "GF": "FR-973", "RE": "FR-974", "YT": "FR-976", "BL": "FR-977", "MF": "FR-978", "WF": "FR-986", "PF": "FR-987",
    "NC": "FR-988",
})  # fmt: skip
#: Every place, in the order in which tables number them from 1.
PLACES = tuple(dict.fromkeys(POSTCODES.values()))


def pattern(postcode: str) -> str:
    """Return the regular expression, for Python and for every engine of tables, of an address with a line that begins with a postcode."""
    return rf"(?:^|\n)[ ]*(?:F-|FR-)?{postcode}(?:[ ]|\n|$)"


#: Countries whose addresses bear a French postcode.
FRENCH = frozenset({"FR", *COUNTRIES})
_ANY = re.compile(pattern("([0-9]{5})"))


@lru_cache(maxsize=65536)
def postcode(address: Address | None) -> str | None:
    """Return the French postcode of an address: `75011`; "" for one abroad, None where none is known."""
    if address is None:
        return None
    if address.country not in FRENCH:
        return ""
    found = _ANY.search("\n".join(address.lines))
    return None if found is None else found[1]


@lru_cache(maxsize=65536)
def holiday_place(address: Address | None) -> str | None:
    """Return the ISO code of a place with holidays of its own: `FR-57` for 57000 Metz, None for Lyon, for abroad and where nothing is known."""
    if address is None or address.country != "FR":
        return None if address is None else COUNTRIES.get(address.country)
    text = "\n".join(address.lines)
    return next((place for postcode, place in POSTCODES.items() if re.search(pattern(postcode), text)), None)
