"""What became of each line of a file: new, known, reconciled, for a person, rejected, left out. The sum is the file's lines.

A line is a row of a table, a line of a FEC, a movement of a statement, or an e-invoice. One byte a line is held, so that a million cost a megabyte.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum

from relance.sentences import numbered, plural, sentence


class LineFate(IntEnum):
    """What became of a line; where several things did, the highest counts."""

    BESIDE = 1  # of other accounts, or moves nothing
    LEFT_OUT = 2  # by the mapping's `where`, or the creditor's own money
    KNOWN = 3
    NEW = 4
    RECONCILED = 5
    PERSON = 6
    REJECTED = 7

    @property
    def said(self) -> str:
        """How it is called where lines are counted."""
        return _FATES[self.name][0].removeprefix("{count} ")


_FATES = {
    "BESIDE": numbered("{count} beside", "{count} beside"),
    "LEFT_OUT": numbered("{count} left out", "{count} left out"),
    "KNOWN": numbered("{count} known", "{count} known"),
    "NEW": numbered("{count} new", "{count} new"),
    "RECONCILED": numbered("{count} reconciled", "{count} reconciled"),
    "PERSON": numbered("{count} for a person", "{count} for a person"),
    "REJECTED": numbered("{count} rejected", "{count} rejected"),
}
#: What is counted in a file, by the kind of file.
LINES = {
    "table": numbered("{count} row", "{count} rows"),
    "FEC": numbered("{count} line", "{count} lines"),
    "ledger": numbered("{count} line", "{count} lines"),
    "e-invoice": numbered("{count} invoice", "{count} invoices"),
    "e-invoice status": numbered("{count} status", "{count} statuses"),
}


@dataclass(slots=True)
class FileLines:
    """The fates of a file's lines: by the line's number, and of what has none by count."""

    fates: bytearray = field(default_factory=bytearray)
    more: Counter[LineFate] = field(default_factory=Counter)
    same: dict[int, int] = field(default_factory=dict)  # lines that are one with another

    def say(self, line: int, fate: LineFate) -> None:
        """Say what became of a line; line 0 is the whole file, and none of its lines."""
        if line <= 0:
            return
        if line >= len(self.fates):
            self.fates.extend(bytes(line + 1 - len(self.fates)))
        self.fates[line] = max(self.fates[line], fate)

    def move(self, before: LineFate, after: LineFate, number: int = 1) -> None:
        """Say of lines without a number that they fared otherwise than was said."""
        self.more[before] -= number
        self.more[after] += number

    def counted(self) -> Counter[LineFate]:
        """Return how many lines fared how."""
        for line, other in self.same.items():
            self.say(line, LineFate(self.fates[other]))
        return self.more + Counter({fate: self.fates.count(fate) for fate in LineFate})

    def as_one(self) -> Counter[LineFate]:
        """Return how a file fared that is one thing: as the worst of what it holds, and rejected where nothing could be read."""
        return Counter([max(self.counted(), default=LineFate.REJECTED)])


def in_words(counts: Counter[LineFate], kind: str) -> str:
    """Write counts of the lines of a kind of file for a person: "12 rows: 9 new, 2 known, 1 rejected"."""
    order = (LineFate.NEW, LineFate.KNOWN, LineFate.RECONCILED, LineFate.PERSON, LineFate.REJECTED, LineFate.LEFT_OUT, LineFate.BESIDE)
    parts = [plural(*_FATES[fate.name], counts[fate]) for fate in order if counts[fate]]
    lines = plural(*LINES[kind], counts.total())
    return sentence("{lines}: {parts}", lines=lines, parts=parts) if parts else lines
