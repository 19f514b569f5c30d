"""Due dates that books tell beside the eighteen columns of the FEC: in a column of the product's own, or in a line's label.

Owns how such a column is headed, how a label says a day, and that an invoice due on several days is its instalments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from relance.importers.compared_texts import plain_letters
from relance.importers.header_names import WORDINGS
from relance.importers.mapping_text import header_words
from relance.importers.movements import AccountMovement, Kind
from relance.parsing import values
from relance.sentences import sentence

_DUE = frozenset(frozenset(one.split()) for one in WORDINGS["due"])
#: What a label says before the day on which its part falls due.
_SAID = re.compile(
    r"\b(?:ech(?:eances?|\.)?|payable|exigible|a payer|due|pay by|fallig)\W{0,3}(?:(?:du|au|le|a|on|by|am|date)\W{1,2})?(\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2}))(?!\d)"
)  # fmt: skip


def due_column(headers: Iterable[str]) -> str | None:
    """Return the header of the column that tells a due date (`EcheanceDate`, `Date d'échéance`), or None."""
    return next((one for one in headers if frozenset(header_words(one).split()) in _DUE), None)


def told_due(cell: str, label: str) -> date | None:
    """Return the day a line falls due, by its cell or else by its label; None where neither says one. Raises ValueError."""
    if cell.strip("0 "):
        try:
            return values.date_reader("day/month/year")(cell)
        except ValueError:
            raise ValueError(sentence("{text} is not a date", text=repr(cell))) from None
    said = _SAID.search(plain_letters(label).casefold())
    try:
        return values.date_reader("day/month/year")(said[1]) if said else None
    except ValueError:
        return None  # a label is free text: what is no day there says nothing


def in_instalments(entry: Sequence[AccountMovement]) -> Iterator[AccountMovement]:
    """Name the parts of an invoice that one entry books as due on several days `F-1/1`, `F-1/2` and so on, in the order of those days.

    A part without a day comes last, and is due by the terms.
    """
    days: dict[tuple[str, str, str], list[date | None]] = {}
    for one in entry:
        if one.kind is Kind.INVOICE:
            days.setdefault(_claim(one), []).append(one.due)
    for one in entry:
        dues = sorted(set(days.get(_claim(one), ())), key=lambda day: day or date.max) if one.kind is Kind.INVOICE else []
        yield one if len(dues) < 2 else one._replace(piece=f"{one.piece}/{dues.index(one.due) + 1}", document=one.piece)


def wholes(entry: Sequence[AccountMovement]) -> Iterator[AccountMovement]:
    """Tell of an invoice, or an instalment, that one entry books in several lines, each lettered by itself, how much it is in all."""
    sums: dict[tuple[str, str, str], list[Decimal]] = {}
    for one in entry:
        if one.kind is Kind.INVOICE:
            sums.setdefault(_claim(one), []).append(one.amount)
    for one in entry:
        parts = sums.get(_claim(one), []) if one.kind is Kind.INVOICE else []
        yield one._replace(whole=sum(parts, Decimal(0))) if len(parts) > 1 else one


def _claim(one: AccountMovement) -> tuple[str, str, str]:
    return one.debtor, one.piece, one.currency
