"""The texts and rulings that relance rests on: name, identifier, what they say, how and when they were read.

Read from `playbooks/law/fr/checks/sources.yaml`, the only place that says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from relance.law.rules import load
from relance.report.french import day_in_french

_READ = {
    "text": "Texte ou copie du texte lu le {on}.",
    "secondary": "Lu le {on} dans une source qui le cite ; à relire dans le texte officiel.",
    "memory": "Non vérifié : aucun texte n’a été lu.",
}


@dataclass(frozen=True, slots=True)
class TextSource:
    """A text or ruling. `identifier` is "" where none was read; `read` is a sentence; `verified` where the text itself was read."""

    name: str
    about: str
    identifier: str
    read: str
    verified: bool


@lru_cache(maxsize=1)
def text_sources() -> tuple[TextSource, ...]:
    """Return every text and ruling, in the order of the file."""
    return tuple(
        TextSource(
            raw["name"], raw["about"], raw.get("identifier", ""), _READ[raw["read"]].format(on=day_in_french(date.fromisoformat(raw["on"])) if "on" in raw else ""), raw["read"] == "text"
        )
        for raw in load("sources")["sources"]
    )
