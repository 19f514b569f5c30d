"""To whom a message about a debt is addressed: the debtor, or who stands for him or beside him in law.

Owns the reading of `person.known` with a name: guardian, legal representative and counsel are written to instead, a curator beside the
protected person (C. civ. 467); a notary or heirs get a letter of their own (`letters.estate`). Refuses to choose where several persons stand
for one debtor, or where nobody is named: then the ladder stops and a person of the house writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from relance.law.persons import PERSONS, standing_of
from relance.model import CONTACT_CHANNELS, Address, Channel, Event, Facts
from relance.sentences import sentence

#: The capacity in which each state's person is written to; `protected_person` is the debtor whose curator gets the same message.
CAPACITIES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "guardianship": ("guardian",),
    "minor": ("representative",),
    "counsel": ("counsel",),
    "curatorship": ("protected_person", "curator"),
})
#: What must be known of whom one writes to for a channel to reach him.
NEEDS = {
    Channel.EMAIL: "email",
    Channel.ELECTRONIC_REGISTERED_LETTER: "email",
    Channel.LETTER: "address",
    Channel.REGISTERED_LETTER: "address",
    Channel.SMS: "phone",
    Channel.CALL: "phone",
}
#: Whoever reads the message of a debtor and is not he: his own telephone is not theirs.
OTHERS = frozenset({"guardian", "representative", "counsel", "curator", "notary", "heir"})
#: Who is written to of an estate; heirs where nobody said.
ESTATE_ROLES = ("heir", "notary")
_NUMBER = re.compile(r"\d+( ?(bis|ter|quater))?", re.IGNORECASE)


class Recipient(NamedTuple):
    """Who gets a message. `capacity` is "" for a debtor nobody stands for; the telephone is only ever the debtor's own."""

    capacity: str
    name: str
    address: Address | None = None
    email: str | None = None
    phone: str | None = None

    def reached_by(self, channel: Channel) -> bool:
        """Say whether what the channel needs is known of him."""
        return bool(getattr(self, NEEDS[channel])) if channel in NEEDS else True


def recipients(facts: Facts, on: date) -> tuple[Recipient, ...]:
    """Return to whom one writes on a day; nobody where a state stops the ladder.

    A state stops unless it is the only one that could, its person can be named, and that person takes part in an amicable demand.
    """
    held = [(state, told) for state, told in standing_of(facts, on).items() if PERSONS[state].stops]
    if not held:
        return (himself(facts),)
    state, told = held[0]
    named = None if told is None or len(held) > 1 else person_named(told)
    if named is None or state not in CAPACITIES:
        return ()
    return tuple(named._replace(capacity=each) if each in OTHERS else himself(facts, each) for each in CAPACITIES[state])


def recipient(facts: Facts, on: date, capacity: str) -> Recipient:
    """Return whom a message in a capacity is addressed to; the debtor where nobody has that capacity on the day."""
    of_estate = filter(None, (estate(facts, on),))
    return next((each for each in (*recipients(facts, on), *of_estate) if each.capacity == capacity), himself(facts))


def readdressed(channel: Channel, capacity: str, facts: Facts, on: date) -> str | None:
    """Say that somebody else is to be written to now than when a message in a capacity was made, or None; of a case that stopped, its stop says it."""
    now = recipients(facts, on)
    if channel not in CONTACT_CHANNELS or not now or capacity in {each.capacity for each in now}:
        return None
    return sentence("it is {names} that is written to now", names=[each.name for each in now])


def estate(facts: Facts, on: date) -> Recipient | None:
    """Return the notary or the heirs of a debtor who has died, where they are named, or None."""
    told = standing_of(facts, on).get("deceased")
    named = None if told is None else person_named(told)
    return None if told is None or named is None else named._replace(capacity=str(told.data.get("role") or ESTATE_ROLES[0]))


def stopping(facts: Facts, on: date) -> str | None:
    """Return the state that keeps a debtor from being written to on a day, gravest first, or None."""
    if recipients(facts, on):
        return None
    return next(state for state in standing_of(facts, on) if PERSONS[state].stops)


def person_named(told: Event) -> Recipient | None:
    """Return the person that a `person.known` names with an address or a mailbox, or None."""
    name, lines = str(told.data.get("name") or ""), address_lines(str(told.data.get("address") or ""))
    address = Address(lines, str(told.data.get("country") or "FR")) if lines else None
    email = str(told.data.get("email") or "") or None
    return Recipient("", name, address, email) if name and (address or email) else None


def address_lines(text: str) -> tuple[str, ...]:
    """Cut an address told on one line at its commas; the number of a house stays with its street.

    >>> address_lines("12, rue Exemple, 69001 Lyon")
    ('12 rue Exemple', '69001 Lyon')
    """
    found: list[str] = []
    for part in filter(None, (each.strip() for each in re.split(r"[,\n]", text))):
        if found and _NUMBER.fullmatch(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return tuple(found)


def himself(facts: Facts, capacity: str = "") -> Recipient:
    """Return the debtor as who gets a message; one whom somebody assists is not called or sent a text message by a program."""
    debtor = facts.debtor
    return Recipient(capacity, debtor.name or debtor.id, debtor.address, debtor.email, None if capacity else debtor.phone)
