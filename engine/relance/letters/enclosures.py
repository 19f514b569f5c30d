"""What travels with an e-mail: at most so much, and what is left out is said.

Owns the limit and the sentence about it. Who encloses what is the caller's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from relance.letters.email import Attachment

#: More than this is not attached to one e-mail: many servers refuse messages of 20 MB, and base64 adds a third.
LIMIT = 10 * 1024 * 1024


class Enclosed(NamedTuple):
    """What travels, in order, and a sentence about what does not (empty where all does)."""

    attachments: tuple[Attachment, ...]
    left_out: str


def within(found: Sequence[Attachment], limit: int = LIMIT) -> Enclosed:
    """Take attachments in their order, leaving out each that no longer fits."""
    taken: list[Attachment] = []
    over: list[Attachment] = []
    room = limit
    for each in found:
        if len(each.content) <= room:
            taken.append(each)
            room -= len(each.content)
        else:
            over.append(each)
    if not over:
        return Enclosed(tuple(taken), "")
    names = ", ".join(f"{each.name} ({megabytes(len(each.content))})" for each in over)
    return Enclosed(tuple(taken), f"not attached, over {megabytes(limit)} in all: {names}")


def megabytes(size: int) -> str:
    """Write a size as a person reads it: `12.3 MB`, `40 kB`."""
    tenths = -(-size * 10 // (1024 * 1024))
    return f"{tenths // 10}.{tenths % 10} MB" if tenths >= 10 else f"{-(-size // 1024)} kB"
