"""What is handed over to be checked: the text as it goes to the layout, the mailer or the carrier, and whose paper it is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of the text; `head` is empty where its rows are names and values."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


#: A paragraph, a heading or an item of a list as plain text, or a table.
Passage = str | TextTable


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished message. `recipient` are the lines of the address it goes to, `sender` the lines of who writes; of an e-mail `to`, `copies` and `writer` are the mailboxes.

    `margin` is what the layout adds (references, place and day); `payment_code` the lines of the code it shows, if it shows one.
    `constants` are figures of the wording that are true of every case, as its author declared them.
    """

    subject: str
    passages: Sequence[Passage]
    recipient: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    to: str = ""
    copies: tuple[str, ...] = ()
    writer: str = ""
    margin: tuple[str, ...] = ()
    payment_code: str | None = None
    constants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """Whose paper a message is on: the letterhead's sender, the account it names and its partner; all empty on the creditor's plain paper."""

    sender: Mapping[str, Any] = field(default_factory=dict)
    payment: Mapping[str, Any] = field(default_factory=dict)
    partner: Mapping[str, Any] = field(default_factory=dict)
    agency: bool = False
