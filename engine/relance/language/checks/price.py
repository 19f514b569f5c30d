"""Checks of what a collector bills (PB227): tiers that rise, shares that are shares."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from relance.language.code import Code, check
from relance.language.source import Path, Source
from relance.model import Diagnostic, Playbook, Severity, Tier
from relance.sentences import sentence


@check(
    Code(
        "PB227", "a price that cannot be worked out", Severity.ERROR,
        what="The tiers of a share rise, only the last is without an end, and no share is above 100 %.",
        why="Two readings of a price are a quarrel with the creditor.",
        source="decision 119",
        bad="""\
price: {success: [{percent: "12"}, {percent: "8", up_to: "1000.00"}]}
""",
        good="""\
price: {success: [{percent: "12", up_to: "1000.00"}, {percent: "8"}]}
""",
    ),
)
def price_without_reading(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB227: tiers that do not rise, a tier after one without an end, a share above 100 %."""
    price = playbook.price
    if price is None:
        return
    said = playbook.said["price"] if playbook.said is not None else {}
    places: list[tuple[Path, tuple[Tier, ...]]] = [(("price", "success"), price.success)]
    places += [(("price", "creditors", name, "success"), each.success) for name, each in price.creditors.items() if "success" in said.get("creditors", {}).get(name, {})]
    for place, tiers in places:
        for number, tier in enumerate(tiers):
            if (message := _wrong(tiers[:number], tier)) is not None:
                yield source.at((*place, number)).diagnostic("PB227", message, hint=sentence("write the tiers from the lowest sum to the highest, the last without up_to"))


def _wrong(before: tuple[Tier, ...], tier: Tier) -> str | None:
    if tier.percent > Decimal(100):
        return sentence("{percent} % of what comes in is more than all of it", percent=tier.percent)
    if before and before[-1].up_to is None:
        return sentence("the tier before has no end, so that no money comes to this one")
    if before and tier.up_to is not None and before[-1].up_to is not None and tier.up_to <= before[-1].up_to:
        return sentence("this tier ends at {sum}, not above {before}", sum=tier.up_to, before=before[-1].up_to)
    return None
