"""A creditor's own fields: what a comparison reads out of the text that a file brought. The comparison says as what; `PB230` that the playbook declares it so.

The one definition: both folds ask it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from relance.model import OWN, OwnFieldKind, Test

_FLAGS = {"true": True, "yes": True, "oui": True, "vrai": True, "1": True, "x": True, "false": False, "no": False, "non": False, "faux": False, "0": False}


def own_value(test: Test, fields: Mapping[str, str]) -> str | bool | Decimal | date | None:
    """Return the value of a field as a comparison takes it; None: nobody told it, or what was told is no such value."""
    text = fields.get(test.fact.removeprefix(OWN), "").strip()
    return read(compared_as(test), text) if text else None


def compared_as(test: Test) -> OwnFieldKind:
    """Say as what a comparison takes a field: its bound tells."""
    match test.value:
        case bool():
            return OwnFieldKind.FLAG
        case date():
            return OwnFieldKind.DATE
        case Decimal():
            return OwnFieldKind.NUMBER
        case _:
            return OwnFieldKind.TEXT


def read(kind: OwnFieldKind, text: str) -> str | bool | Decimal | date | None:
    """Read the text of a field as a value of a kind; None where it is none. Days are ISO 8601, a number has a point or a comma."""
    match kind:
        case OwnFieldKind.FLAG:
            return _FLAGS.get(text.casefold())
        case OwnFieldKind.DATE:
            try:
                return date.fromisoformat(text)
            except ValueError:
                return None
        case OwnFieldKind.NUMBER:
            try:
                found = Decimal(text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", "."))
            except InvalidOperation:
                return None
            return found if found.is_finite() else None
        case _:
            return text
