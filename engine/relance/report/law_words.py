"""Figures of the law in the language of the reader: a figure with its unit, its title, and the article that fixes it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from relance.sentences import numbered, reader, tell, tell_number

if TYPE_CHECKING:
    from relance.law.parameters import Parameter

#: A figure with its unit, as short as a table wants it.
_UNITS = {
    "percent per year": numbered("{value} %", "{value} %"), "points": numbered("{value} point", "{value} points"), "multiple": numbered("{value} time", "{value} times"),
    "euro": numbered("{value} €", "{value} €"), "days": numbered("{value} day", "{value} days"), "months": numbered("{value} month", "{value} months"),
    "years": numbered("{value} year", "{value} years"),
}  # fmt: skip


def with_unit(value: Decimal | None, unit: str) -> str:
    """Write a figure with its unit: `12.40 %`, `1 month`."""
    if value is None:
        return tell("unknown")
    return tell_number(*_UNITS[unit], 1 if value == 1 else 2, value=value)


def article(parameter: Parameter) -> str:
    """Name the article that fixes a figure, in the language of the reader."""
    return parameter.article.said(reader())


def title(parameter: Parameter) -> str:
    """Name a figure."""
    return parameter.named.said(reader())
