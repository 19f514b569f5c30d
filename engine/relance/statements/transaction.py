"""What a bank tells of one movement, whatever the format: a `Transaction`, and how the journal refers to it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from relance.parsing.rejects import Remark
from relance.sentences import AmountPart, sentence

#: How each kind of bank file is named in the journal, in front of its references.
SOURCES = ("camt", "camt.052", "camt.054", "cfonb", "mt940", "ofx", "bank")


@dataclass(frozen=True, slots=True)
class Transaction:
    """Money that came in (or went back: `reversal`). `reference` is the bank's own, `end_to_end` the payer's; `line` is the file's.

    `remitted` says how much of it is for which document, where the payer said so. `former` is the `mark` that versions before gave it.
    `source` is the kind of file (`SOURCES`). `announced`: the bank may still take it back, so that it pays nothing yet. `batch` counts the
    payments of which the file tells the sum alone. `doubted` says why nothing may be booked by itself, where what another file told may be this or not.
    """

    file: str
    line: int
    account: str
    on: date
    amount: Decimal
    currency: str
    payer: str
    payer_account: str
    references: tuple[str, ...]
    text: str
    reference: str
    end_to_end: str
    reversal: bool = False
    remitted: tuple[tuple[str, Decimal], ...] = ()
    former: str = ""
    source: str = "camt"
    announced: bool = False
    batch: int = 1
    doubted: str = ""

    @property
    def came_to(self) -> dict[str, str]:
        """The account it came to, as an event's field; none where the file states none."""
        return {"account": self.account} if self.account else {}

    @property
    def variants(self) -> tuple[Transaction, ...]:
        """It as it may be called: by its reference; with its day and sum, where a bank's references begin anew; and with its account, where two accounts have one."""
        dated = f"{self.reference}@{self.on:%Y%m%d}/{self.amount}"
        return self, *(replace(self, reference=made) for made in (dated, f"{dated}/{self.account}")[: 2 if self.account else 1])

    @property
    def marks(self) -> tuple[str, ...]:
        """How the journal may refer to this transaction."""
        return tuple(one.mark for one in self.variants)

    @property
    def mark(self) -> str:
        """How the journal refers to this transaction."""
        return f"{self.source} {self.reference} {self.end_to_end}".rstrip()

    @property
    def shown(self) -> str:
        """The transaction as it is shown among the rejects."""
        return ";".join((self.on.isoformat(), f"{self.amount} {self.currency}", self.payer, *self.references, self.text))[:500]


class StatementDays(NamedTuple):
    """The account of a statement that was taken whole, the day on which it begins (the balance before it; None where it tells none), and the last day it speaks of."""

    account: str
    since: date | None
    until: date


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A movement that is no debtor's payment: money that went out, or that is not booked yet."""

    file: str
    line: int
    why: str


OUT = "money that went out"
PENDING = "not booked yet"
OWN = "money of your own that came back"


#: Words of a label that say that money came back; and of one that is the bank's own charge for it.
_BACK = re.compile(
    r"\b(?:IMPAY[EÉ]E?S?|REJET[EÉ]?E?S?|RETOURN[EÉ]E?S?|RETOURS?|CONTRE ?PASS\w*|RETURN(?:ED)?|REJECTED|BOUNCED|CHARGEBACK|R[UÜ]E?CKLASTSCHRIFT)\b"
)
_CHARGE = re.compile(r"\b(?:FRAIS|COMMISSIONS?|COM|COTIS\w*|AGIOS|FEES?|CHARGES?|GEB[UÜ]E?HR\w*)\b")


def came_back(label: str) -> bool:
    """Say whether a bank's label tells that money came back (a direct debit or a cheque unpaid, a transfer returned), and not what the bank asks for it."""
    words = label.upper()
    return _BACK.search(words) is not None and _CHARGE.search(words) is None


def own_money(file: str, line: int, amount: Decimal, currency: str, on: date, said: str) -> tuple[PassedOver, Remark]:
    """Return what is said of the creditor's own money that came back: it pays nothing, and a person should know."""
    return PassedOver(file, line, OWN), Remark(file, line, sentence("{amount} of {on} is money of your own that came back, and no payment: {said}", amount=AmountPart(amount, currency), on=on, said=said[:200]))


def source_of(mark: str) -> str | None:
    """Return which kind of bank file a mark of the journal comes from; None where it is no bank's."""
    first = mark.partition(" ")[0]
    return first if first in SOURCES else None


def made_reference(*said: object) -> str:
    """Return a reference for what the bank gave none: of all that it told, so that the same file gives the same."""
    return hashlib.sha256("|".join(map(str, said)).encode()).hexdigest()[:16]


class Numbered:
    """References that come more than once in one account of one file: the second is `X#2`."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def __call__(self, reference: str, *, reversal: bool) -> str:
        """Return the reference, numbered where it came before on the same side."""
        key = f"{reference} {reversal}"
        count = self.seen[key] = self.seen.get(key, 0) + 1
        return reference if count == 1 else f"{reference}#{count}"
