"""What of the law changed between two days: figures, versions of texts that ended, texts that came; and the watch list of those to come.

The list is `playbooks/law/fr/checks/coming.yaml`, the only place that says it. Knows no playbook and no letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from relance.law.parameters import Law, Parameter, UnknownParameter
from relance.law.rules import load


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that is another one on the later day; None where it is not known on that day."""

    figure: Parameter
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class ComingText:
    """A text that comes, or came: `start` is its first day in force (None: not known), `verified` whether the text itself was read."""

    name: str
    about: str
    start: date | None
    articles: tuple[str, ...]
    figures: tuple[str, ...]
    codes: tuple[str, ...]
    verified: bool
    read_on: date | None
    url: str


def figure_changes(law: Law, first: date, last: date) -> tuple[FigureChange, ...]:
    """Return each figure that differs between two days, in the order of the names; what is worked out from others is told too."""
    found = ((parameter, _on(law, name, first), _on(law, name, last)) for name, parameter in law.parameters.items())
    return tuple(FigureChange(parameter, before, after) for parameter, before, after in found if before != after)


def _on(law: Law, name: str, day: date) -> Decimal | None:
    try:
        return law.value_on(name, day)
    except UnknownParameter:
        return None


def ended_versions(law: Law, first: date, last: date) -> Iterator[Parameter]:
    """Yield each figure whose article was read in a version that ends between two days: it is the same figure until somebody reads the next version."""
    for parameter in law.parameters.values():
        if parameter.text_until is not None and first <= parameter.text_until < last:
            yield parameter


@lru_cache(maxsize=1)
def coming_texts() -> tuple[ComingText, ...]:
    """Return the watch list, those without a day last."""
    listed = tuple(
        ComingText(
            raw["name"], raw["about"], date.fromisoformat(raw["from"]) if "from" in raw else None, tuple(raw.get("articles", ())), tuple(raw.get("figures", ())),
            tuple(raw.get("codes", ())), raw["read"] == "text", date.fromisoformat(raw["on"]) if "on" in raw else None, raw["url"],
        )
        for raw in load("coming")["coming"]
    )  # fmt: skip
    return tuple(sorted(listed, key=lambda each: (each.start is None, each.start or date.max)))


def texts_between(first: date, last: date) -> tuple[ComingText, ...]:
    """Return the texts of the watch list that come into force after the first day, up to the last."""
    return tuple(each for each in coming_texts() if each.start is not None and first < each.start <= last)
