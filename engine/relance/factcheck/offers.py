"""What a message offers, worked out once more from its share and what is open: the sum that settles, what is waived, the instalments by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from relance.currencies import major
from relance.factcheck.finding import Contradiction
from relance.model import Action, Offer
from relance.sentences import sentence

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class KnownOffer:
    """What settles the claim (None: no settlement is offered), its share in percent, what is then waived; the instalments offered; what of it does not add up."""

    settles: Decimal | None = None
    waived: Decimal | None = None
    share: Decimal | None = None
    instalments: frozenset[tuple[date, Decimal]] = frozenset()
    mistakes: tuple[str, ...] = ()

    @property
    def amounts(self) -> frozenset[Decimal]:
        """Every sum that may be said of it."""
        return frozenset({each for each in (self.settles, self.waived) if each is not None} | {amount for _, amount in self.instalments})


def known_offer(actions: Sequence[Action], on: date) -> KnownOffer:
    """Read what the actions of a message offer. Only one of them can: a message with an offer travels apart."""
    action = next((each for each in actions if each.offer is not None), None)
    if action is None or action.offer is None:
        return KnownOffer()
    offer, principal = action.offer, action.claimed.principal
    wrong = tuple(_wrong(offer, action, on))
    if offer.share is None:
        return KnownOffer(instalments=frozenset(offer.instalments), mistakes=wrong)
    return KnownOffer(offer.amount, principal - offer.amount, offer.share, mistakes=wrong)


def _wrong(offer: Offer, action: Action, on: date) -> Iterator[str]:
    principal = action.claimed.principal
    if offer.share is not None:
        least = major(1, action.claimed.currency)
        true = (principal * offer.share / 100).quantize(least, ROUND_HALF_UP)
        if offer.amount != true:
            yield sentence("{share} % of {principal} is {amount}", share=offer.share, principal=principal, amount=true)
    elif sum((amount for _, amount in offer.instalments), ZERO) != principal:
        added = sum((amount for _, amount in offer.instalments), ZERO)
        yield sentence("the instalments add up to {sum}, and {principal} is open", sum=added, principal=principal)
    if any(day <= (action.deadline or on) for day, _ in offer.instalments):
        yield sentence("an instalment is due before the last day of the offer, {day}", day=action.deadline)


def of_the_offer(known: KnownOffer, said: str) -> Iterator[Contradiction]:
    """Hold an offer against what is open."""
    yield from (Contradiction("PB609", said, each) for each in known.mistakes)
