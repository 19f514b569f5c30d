"""What a step offers instead of asking more: to settle a claim for a part of it, or to pay it in instalments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

from relance.model.words import Duration


class Instalments(NamedTuple):
    """So many payments at a distance from each other, the first so long after the last day of the offer."""

    number: int
    every: Duration
    first: Duration


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What a step offers: `settlement`, a share in percent of the principal that pays the whole, or `instalments`; never both.

    `by_payment`: exactly the settlement, paid in time, accepts it without a word. `again`: also where an offer was made before.
    """

    settlement: Decimal | None = None
    instalments: Instalments | None = None
    by_payment: bool = False
    again: bool = False

    @property
    def smallest(self) -> Decimal:
        """The smallest principal of which it is made: what is paid, what is waived and each instalment are a unit of the currency at least."""
        if self.instalments is not None:
            return Decimal(self.instalments.number)
        share = self.settlement if self.settlement is not None else Decimal(50)
        return (100 / min(share, 100 - share)).quantize(Decimal("0.01"), ROUND_UP) if 0 < share < 100 else Decimal(0)


@dataclass(frozen=True, slots=True)
class Offer:
    """What one message offers until its deadline, in the currency of its case.

    `amount` pays the claim: `share` percent of it, parted among its invoices by `sums`; or all of it in `instalments`, by day.
    """

    amount: Decimal
    share: Decimal | None = None
    by_payment: bool = False
    sums: tuple[tuple[str, Decimal], ...] = ()
    instalments: tuple[tuple[date, Decimal], ...] = ()
