"""Who says what of a playbook in French: the register of sentences by key of the language.

Owns the register of sentences by key. A key is named by its place in `schemas/playbook.schema.json`: `calendar.pauses`, `step.grants`, `condition.balance`,
`amounts.at_least`. Whoever gives the language a key writes its sentence here: a test walks the schema and fails for a key without one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from relance.model import Playbook, Step

F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file says of itself and the built playbook does not: what it builds on, and what it leaves out of it."""

    schema: int = 1
    extends: str = ""
    drop: tuple[str, ...] = ()

    @classmethod
    def said_by(cls, read: object) -> Origin:
        """Return what the mapping of a playbook's file says; of anything else, that it says nothing."""
        said = read if isinstance(read, Mapping) else {}
        return cls(int(said.get("schema", 1)), said.get("extends", ""), tuple(said.get("drop", ())))


@dataclass(frozen=True, slots=True)
class ToldPlaybook:
    """What a sentence speaks of: the playbook, the titles of its steps by id, and where it comes from."""

    playbook: Playbook
    titles: Mapping[str, str]
    origin: Origin = Origin()


#: Who says what of the whole, and of a step, in the order in which it is said; and the keys that have a sentence.
WHOLE: list[Callable[[ToldPlaybook], str | None]] = []
OF_A_STEP: list[Callable[[Step, ToldPlaybook], str | None]] = []
KEYS: dict[str, str] = {}


def of_key(*keys: str) -> Callable[[F], F]:
    """Register a sentence for keys of the playbook, or (`step.…`) of a step. It is left out where it is None."""

    def kept(made: F) -> F:
        register: list[Callable[..., str | None]] = OF_A_STEP if keys[0].startswith("step.") else WHOLE
        register.append(made)  # type: ignore[arg-type]  # which of the two it is, its key says
        name_keys(*keys, by=made.__name__)
        return made

    return kept


def name_keys(*keys: str, by: str) -> None:
    """Note that a key is told by a function that is no sentence of its own (a part of a condition, a bound)."""
    for key in keys:
        assert key not in KEYS, f"'{key}' has a sentence already"
        KEYS[key] = by
