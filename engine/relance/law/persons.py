"""Persons who are not, or not alone, to be written to: what stops, to whom one writes instead, and the duty it gives.

Owns the states of a debtor that the journal knows (`person.known`, `person.ended`) and the tags that say the same; to whom a message
is addressed is `law.recipients`. The articles were not read in an official text (26 November 2026): unverified until somebody has.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from relance.model import Event, Facts
from relance.sentences import marked


class PersonState(NamedTuple):
    """What a state of a person means. `title` is the duty it gives, `article` why, `stops` whether the ladder is silent.

    `answer` names the figure of days within which the duty is to be done, counted from the day of the state ("": at once).
    `tags` are words of lower case by which a table of debtors says the same.
    """

    title: str
    article: str
    stops: bool = True
    answer: str = ""
    tags: tuple[str, ...] = ()


#: The states, gravest first: of several, the first is the reason given.
PERSONS: Mapping[str, PersonState] = MappingProxyType({
    "deceased": PersonState(
        marked("Write to the notary or the heirs, each for his share, and address nothing to the deceased"), marked("C. civ. 724, 785, 870 and 877"),
        tags=("decede", "décédé", "decedee", "décédée", "deceased", "succession"),
    ),
    "guardianship": PersonState(
        marked("Send the notice to the guardian: one to the protected person alone has no effect"), marked("C. civ. 467, 473 and 475"),
        tags=("tutelle", "sous-tutelle", "guardianship"),
    ),
    "curatorship": PersonState(
        marked("Send the notice to the protected person and to the curator"), marked("C. civ. 467 and 468"), tags=("curatelle", "sous-curatelle", "curatorship"),
    ),
    "minor": PersonState(marked("Write to the legal representative of the minor"), marked("C. civ. 388-1-1 and 1146"), tags=("mineur", "mineure", "minor")),
    "counsel": PersonState(
        marked("Write to the counsel, not to the debtor"), marked("RIN 8.2 and 8.3 for lawyers; a matter of fairness for others"),
        tags=("represente-avocat", "représenté-avocat", "represented-by-counsel"),
    ),
    "over_indebtedness": PersonState(
        marked("State the claim to the commission of over-indebtedness"), marked("C. conso. L722-2, L722-5 and R723-3"), answer="over-indebtedness-answer",
    ),
    "over_indebtedness_filed": PersonState(
        marked("Decide whether to go on: the debtor has filed for over-indebtedness, which stops nothing before it is admitted"), marked("C. conso. L722-2"),
        tags=("surendettement", "over-indebtedness"),
    ),
    "sole_trader": PersonState(
        marked("Say of which estate the claim is, the professional or the personal: they are apart since 15 May 2022"), marked("C. com. L526-22"), stops=False,
    ),
})  # fmt: skip
#: Those that stop a case, in the order in which tables number them.
STOPPING = tuple(name for name, state in PERSONS.items() if state.stops)


def standing_of(facts: Facts, on: date) -> Mapping[str, Event | None]:
    """Return the states of a debtor on a day, gravest first, each with the event that told it; None where a tag did."""
    told: dict[str, Event | None] = {}
    if said := {tag.lower() for tag in facts.debtor.tags}:
        told = {name: None for name, state in PERSONS.items() if said.intersection(state.tags)}
    for event in facts.events:
        if event.kind == "person.known" and event.on <= on:
            told[event.data["state"]] = event
        elif event.kind == "person.ended" and event.on <= on:
            told.pop(event.data["state"], None)
    return {name: told[name] for name in PERSONS if name in told} if told else {}
