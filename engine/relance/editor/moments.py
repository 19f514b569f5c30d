"""What an author may write behind `at`, piece by piece: an anchor, a distance, a unit, the end of the month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from relance.editor.reading import StepHere
from relance.model import INVOICE_ANCHORS, WORLD_ANCHORS
from relance.sentences import Phrase, sentence

#: The units as an author is offered them.
UNITS = ("days", "business days", "weeks", "months")
_UNIT = re.compile(r".*?[+-] *\d{1,4} *([a-z ]*)")
_DISTANCE = re.compile(r"(\S+) +([+-]?) *")
_WHOLE = re.compile(r".*?[+-] *\d{1,4} *(?:days?|business +days?|weeks?|months?|d|bd|w|m) *,? *[a-z ]*")
_END = ", end of month"


class MomentPiece(NamedTuple):
    """A piece that may come next: it stands in for so many characters left of the cursor."""

    text: str
    title: Phrase
    replaces: int


def next_pieces(word: str, before: tuple[StepHere, ...]) -> Iterator[MomentPiece]:
    """Give what may come next behind what was written; `before` are the steps above the one that is being written."""
    if (distance := _DISTANCE.fullmatch(word)) is not None:
        yield from _distances(distance[2], word)
    elif (unit := _UNIT.fullmatch(word)) is not None:
        yield from (MomentPiece(each, sentence("unit of time"), len(unit[1])) for each in UNITS if each.startswith(unit[1]))
        if _WHOLE.fullmatch(word):
            yield MomentPiece(_END, sentence("on the last day of that month"), 0)
    else:
        yield from _anchors(word, before)


def _distances(sign: str, word: str) -> Iterator[MomentPiece]:
    written = len(word) - len(word.rstrip(" +-"))
    for each in ("+ 5 days", "+ 5 business days", "+ 1 month", "- 7 days"):
        if each.startswith(sign):
            yield MomentPiece(f" {each}", sentence("so long after it") if each[0] == "+" else sentence("so long before it"), written)


_BEGINNINGS = {
    "due": sentence("the due date"), "issued": sentence("the day of issue"), "placed": sentence("the day the claim was entrusted to who collects it"),
    "mandate": sentence("the day of the creditor's mandate"),
}  # fmt: skip


def _anchors(word: str, before: tuple[StepHere, ...]) -> Iterator[MomentPiece]:
    for short in ("J+14", "J-7", "J"):
        yield MomentPiece(short, sentence("so many days from the due date"), len(word))
    for anchor in INVOICE_ANCHORS:
        yield MomentPiece(anchor, _BEGINNINGS[anchor], len(word))
    for step in before:
        yield MomentPiece(step.id, sentence("the day this step was executed"), len(word))
        if "grants" in step.value:
            yield MomentPiece(f"{step.id}.deadline", sentence("the last day of the time it granted"), len(word))
    if before:
        yield MomentPiece("previous", sentence("the last step executed"), len(word))
    for event in WORLD_ANCHORS:
        yield MomentPiece(event, sentence("the latest event of this kind"), len(word))
