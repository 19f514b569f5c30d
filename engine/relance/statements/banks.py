"""Which format a bank's file is in, by what stands in it, and the one way to read each.

A new format is a module with `looks_like`, `read` and `reach`, and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from relance.parsing.rejects import Reject, Remark
from relance.statements import camt, cfonb, ofx, swift
from relance.statements.transaction import PassedOver, StatementDays, Transaction

Told = Iterator[Transaction | PassedOver | Reject | Remark]


class BankFormat(NamedTuple):
    """A format: what it is called, how its file is known by its first bytes, and what reads it (`reach`: each account and the days told of it)."""

    name: str
    looks_like: Callable[[bytes], bool]
    read: Callable[[Path], Told]
    reach: Callable[[Path], tuple[StatementDays, ...]]


FORMATS = (
    BankFormat("camt", camt.looks_like, camt.read, camt.reach),
    BankFormat("OFX", ofx.looks_like, ofx.read, ofx.reach),
    BankFormat("CFONB 120", cfonb.looks_like, cfonb.read, cfonb.reach),
    BankFormat("MT940", swift.looks_like, swift.read, swift.reach),
)


def format_of(head: bytes) -> BankFormat | None:
    """Return the format that a file's first bytes are in, or None."""
    return next((one for one in FORMATS if one.looks_like(head)), None)
