"""What reading a file gives: rows, rejects where a row cannot be read, and `Unreadable` for what is no file of that kind at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from relance.errors import RelanceError


class Unreadable(RelanceError, ValueError):  # noqa: N818 - said of the file, not of the program
    """A file that cannot be read at all; the message is for the person who gave it."""


class Row(NamedTuple):
    """A row: the number of its first line (from 1), and its cells in the order of the headers."""

    line: int
    cells: list[Any]


@dataclass(frozen=True, slots=True)
class Reject:
    """What could not be read: file, line (from 1; 0: the whole file), a sentence, and the row as it stood."""

    file: str
    line: int
    reason: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What was taken, and a person should know of it: file, line, and a sentence. `rows` were left out and are told of together."""

    file: str
    line: int
    text: str
    rows: int = 0
