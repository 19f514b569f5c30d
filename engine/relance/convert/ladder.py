"""The ladder that a product's rules come to, and its text as a playbook: written out, with what was lost at its head."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from relance.language.written import flow
from relance.sentences import said, sentence

#: The tones of a ladder of so many levels, softest first; none is a formal notice, for the products know of none.
_TONES = ("courteous", "neutral", "firm")


class LostRule(NamedTuple):
    """Something that a product's rules say and no playbook takes over, with the reason: two sentences."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a product, as a step."""

    id: str
    title: str
    at: str
    channels: tuple[str, ...] = ("email",)
    tone: str | None = "courteous"
    condition: Mapping[str, Any] | None = None
    repeat: Mapping[str, Any] | None = None
    approval: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rules of one policy, procedure or campaign."""

    id: str
    title: str
    rungs: tuple[Rung, ...]
    late: Mapping[str, str]
    unit: str = "invoice"
    lost: tuple[LostRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was read of a file: a ladder for each policy in it, and what was lost of the file as a whole."""

    ladders: tuple[Ladder, ...]
    lost: tuple[LostRule, ...] = field(default=())


def slug(text: str, fallback: str = "playbook") -> str:
    """Make an id of a name: lower-case words joined by hyphens, a number apart from its word."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z]+|[0-9]+", plain)
    if not words or not words[0].isalpha():
        words = [fallback, *words]
    return "-".join(words)[:64].rstrip("-")


def tone_of(level: int, levels: int) -> str:
    """Return the tone of a level, counted from 0: the first is courteous, the last of three or more is firm."""
    return _TONES[min(level if levels <= len(_TONES) else round(level * (len(_TONES) - 1) / (levels - 1)), len(_TONES) - 1)]


def days_after(anchor: str, days: int) -> str:
    """Write a moment so many days after an anchor, or before it where they are negative."""
    if anchor == "due":
        return "J" if not days else f"J{days:+}"
    return anchor if not days else f"{anchor} {'+' if days > 0 else '-'} {abs(days)} {'day' if abs(days) == 1 else 'days'}"


def amount_text(value: Any) -> str:
    """Write an amount as a playbook has it. Raises ValueError for what is none."""
    try:
        found = Decimal(str(value).strip())
    except ArithmeticError:
        raise ValueError(sentence('"{value}" is no amount', value=value)) from None
    return f"{found.quantize(Decimal('0.01'))}" if found == found.quantize(Decimal("0.01")) else str(found)


# --------------------------------------------------------------------------- its text


def playbook_text(ladder: Ladder, lost: Sequence[LostRule] = (), language: str = "en") -> str:
    """Write a ladder as a playbook; comments at its head name what was lost."""
    head = [f"# {said(line, language)}" for line in _head([*lost, *ladder.lost])]
    top = [
        "schema: 1", f"playbook: {ladder.id}", "version: 1", f"title: {flow(ladder.title)}", *([f"unit: {ladder.unit}"] if ladder.unit != "invoice" else []),
        # The products know no closed days: a date stays where it falls.
        "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}", f"late: {flow(dict(ladder.late))}",
        "waive:", f"  - {flow({'code': 'PB321', 'reason': said(_AS_IT_WAS, language)})}", "steps:",
    ]  # fmt: skip
    steps = [line for rung in ladder.rungs for line in _step(rung)]
    return "\n".join([*head, *top, *steps, ""])


_AS_IT_WAS = sentence("as it was in the product it comes from, which knows no closed days")


def _head(lost: Sequence[LostRule]) -> list[str]:
    if not lost:
        return [sentence("Converted; nothing was lost.")]
    return [sentence("Converted. What was lost, and why:"), *(sentence("- {what}: {why}", what=each.what, why=each.why) for each in lost)]


def _step(rung: Rung) -> list[str]:
    found: dict[str, Any] = {"id": rung.id, "title": rung.title, "at": rung.at}
    if rung.condition:
        found["if"] = rung.condition
    found["channels"] = list(rung.channels)
    if rung.tone is not None:
        found["tone"] = rung.tone
        found["template"] = _wording(rung)
    if rung.repeat:
        found["repeat"] = rung.repeat
    if rung.approval:
        found["approval"] = "required"
    lines = [f"{key}: {flow(value)}" for key, value in found.items()]
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def _wording(rung: Rung) -> str:
    """Name a shipped wording that fits: before the due date, a call, a first reminder or a later one."""
    if rung.channels == ("call",):
        return "appel"
    if rung.at.startswith("J-"):
        return "rappel-avant-echeance"
    return "relance-1" if rung.tone == "courteous" else "relance-2"
