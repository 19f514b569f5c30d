"""The types of an event's fields: what a person may write for each, and the Python value it becomes.

A reader raises ValueError with a sentence for the author. Knows no kind of event.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from relance.model import Channel, Sender
from relance.sentences import sentence

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")  # all but the line break and the tab
_PART = re.compile(r"\s*(\S+?)\s*[:=\s]\s*(\S+)\s*", re.ASCII)
_TEXT_LIMIT = 20_000


class FieldType(StrEnum):
    """What a field of an event holds, and so what `build` makes of it."""

    MONEY = "money"  # Decimal
    DATE = "date"  # datetime.date
    INT = "int"
    TEXT = "text"
    CHANNEL = "channel"  # Channel
    SENDER = "sender"  # Sender
    BOOL = "bool"
    WORDS = "words"  # tuple of str
    INSTALMENTS = "instalments"  # tuple of {"on": date, "amount": Decimal}
    MAPPING = "mapping"  # JSON object, values kept as they are


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind of event. `personal` fields are kept apart from the chain, where they can be erased; so are those `naming_with`, where that other field stands beside them."""

    type: FieldType
    required: bool = False
    personal: bool = False
    naming_with: str = ""

    def read(self, value: object) -> Any:
        """Make of a value what this field holds. Raises ValueError with a sentence for the author."""
        return _READERS[self.type](value)


def did_you_mean(near: list[str], every: Iterable[object]) -> str:
    """End a sentence about an unknown word: the likeliest one meant, or all there are."""
    return sentence("did you mean '{near}'?", near=near[0]) if near else sentence("one of {names}", names=[str(one) for one in every])


def read_date(value: object) -> date:
    """Read a day, YYYY-MM-DD."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
        raise ValueError(sentence("there is no day '{value}'", value=value))
    raise ValueError(sentence("expected a day as YYYY-MM-DD, not '{value}'", value=value))


def _money(value: Any) -> Decimal:
    amount: Decimal | None = None
    if isinstance(value, Decimal):
        amount = value
    elif (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, str) and _AMOUNT.fullmatch(value)):
        amount = Decimal(value)
    if amount is None or not amount.is_finite():
        raise ValueError(sentence("expected an amount like \"1200.00\", not '{value}'", value=value))
    if amount < 0:
        raise ValueError(sentence("an amount is above zero, not '{value}': money that went back is payment.reversed, what is owed less is credit_note.issued", value=value))
    if not amount:
        raise ValueError(sentence("an amount is above zero, not '{value}'", value=value))
    return amount


def _int(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
        return int(value)
    raise ValueError(sentence("expected a whole number, not '{value}'", value=value))


def read_text(value: object) -> str:
    """Read a text; numbers are taken as they were written."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(sentence("expected a text, not '{value}'", value=value))  # noqa: TRY004 - a ValueError's text is what the author reads
    text = str(value)
    if len(text) > _TEXT_LIMIT:
        raise ValueError(sentence("a text is at most {count} characters long", count=_TEXT_LIMIT))
    if _CONTROL.search(text):
        raise ValueError(sentence("a text holds no control characters"))
    return text


def read_currency(value: object) -> str:
    """Read an ISO 4217 code."""
    if isinstance(value, str) and _CURRENCY.fullmatch(value):
        return value
    raise ValueError(sentence("expected a currency like EUR, not '{value}'", value=value))


def _channel(value: Any) -> Channel:
    try:
        return Channel(value)
    except ValueError:
        near = get_close_matches(str(value), [str(channel) for channel in Channel], 1)
        raise ValueError(sentence("'{value}' is no channel; {hint}", value=value, hint=did_you_mean(near, Channel))) from None


def _sender(value: Any) -> Sender:
    try:
        return Sender(value)
    except ValueError:
        raise ValueError(sentence("expected relance or other, not '{value}'", value=value)) from None


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in {"true", "false"}:
        return bool(value == "true")
    raise ValueError(sentence("expected true or false, not '{value}'", value=value))


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(word for word in re.split(r"[,\s]+", value) if word)
    if isinstance(value, tuple | list):
        return tuple(read_text(word) for word in value)
    raise ValueError(sentence("expected a list of words, not '{value}'", value=value))


def _instalments(value: Any) -> tuple[Mapping[str, Any], ...]:
    if isinstance(value, str):  # as on the command line: 2026-03-01 100.00, 2026-04-01 100.00
        parts = [_PART.fullmatch(part) for part in value.split(",")]
        if not all(parts):
            raise ValueError(sentence("expected days and amounts like '2026-03-01 100.00, 2026-04-01 100.00'"))
        value = [{"on": part[1], "amount": part[2]} for part in parts if part]
    if not isinstance(value, tuple | list) or not value:
        raise ValueError(sentence("expected a list of {{on, amount}}"))
    found: list[dict[str, Any]] = []
    for part in value:
        if not isinstance(part, Mapping) or set(part) != {"on", "amount"}:
            raise ValueError(sentence("each instalment has 'on' and 'amount', nothing else"))
        found.append({"on": read_date(part["on"]), "amount": _money(part["amount"])})
    if any(later["on"] <= earlier["on"] for earlier, later in pairwise(found)):
        raise ValueError(sentence("instalments are listed by day, each later than the one before"))
    return tuple(found)


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return dict(value)
    raise ValueError(sentence("expected names and values"))


_READERS: Mapping[FieldType, Callable[[Any], Any]] = MappingProxyType(
    {
        FieldType.MONEY: _money,
        FieldType.DATE: read_date,
        FieldType.INT: _int,
        FieldType.TEXT: read_text,
        FieldType.CHANNEL: _channel,
        FieldType.SENDER: _sender,
        FieldType.BOOL: _bool,
        FieldType.WORDS: _words,
        FieldType.INSTALMENTS: _instalments,
        FieldType.MAPPING: _mapping,
    }
)
