"""What a creditor's mandate lets an agency do: its powers, and the sum of a claim up to which it goes (C. civ. 1984 to 1989: within its bounds).

`terms["mandate_powers"]` names powers, parted by commas; without it a mandate gives all of them. `terms["mandate_ceiling"]` is a sum in the
currency of the claim; without it there is none. Decides nothing of when a mandate is in force: `law.duties` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from relance.model import Action, Creditor, Offer, StepKind
from relance.sentences import AmountPart, sentence

#: Power → what else it is called.
POWERS = {"notice": ("mise en demeure",), "plans": ("instalments", "échéanciers", "délais"), "discounts": ("remises", "remise", "settlements"), "proceedings": ("justice", "procédures")}
#: No power at all but to write and to receive money, and how a French table says so.
NONE, _NONE_ELSE = "none", "aucun"

_NEEDED = {StepKind.FORMAL_NOTICE: "notice", StepKind.LEGAL: "proceedings", StepKind.HANDOVER: "proceedings"}


def powers_named(text: str) -> tuple[str, ...]:
    """Return the powers a text names, in the order of `POWERS`. Raises ValueError, whose text is the word that is none."""
    called = {name: power for power, others in POWERS.items() for name in (power, *others)}
    found = set()
    for said in filter(None, (part.strip().casefold() for part in text.split(","))):
        if said not in (NONE, _NONE_ELSE, *called):
            raise ValueError(said)
        found |= {called[said]} if said in called else set()
    return tuple(power for power in POWERS if power in found)


def powers(creditor: Creditor) -> tuple[str, ...]:
    """Return what a creditor's mandate lets one do; all of it where it does not say, or says it in words that name no power."""
    text = str(creditor.terms.get("mandate_powers") or "")
    try:
        return powers_named(text) if text.strip() else tuple(POWERS)
    except ValueError:
        return tuple(POWERS)


def ceiling(creditor: Creditor) -> Decimal | None:
    """Return the largest principal of a case that a creditor's mandate covers, or None."""
    try:
        found = Decimal(str(creditor.terms["mandate_ceiling"]))
    except (KeyError, InvalidOperation):
        return None
    return found if found.is_finite() else None


def is_bounded(creditor: Creditor) -> bool:
    """Say whether a creditor's mandate lacks a power or has a ceiling, so that something may be beyond it."""
    return ceiling(creditor) is not None or len(powers(creditor)) < len(POWERS)


def beyond_mandate(action: Action, creditor: Creditor) -> str | None:
    """Say why a creditor's mandate does not cover an action, or None: a power that it does not give, or a claim above its ceiling."""
    return next(_beyond(action, creditor), None)


def no_power_for_plans(creditor: Creditor) -> str | None:
    """Say that a creditor's mandate gives no power to agree instalments, or None."""
    return None if "plans" in powers(creditor) else _lacks(creditor, "plans")


def no_power_to_offer(offer: Offer, creditor: Creditor) -> str | None:
    """Say that a creditor's mandate gives no power to make an offer, or None: a settlement is a discount, instalments are a plan."""
    power = "plans" if offer.share is None else "discounts"
    return None if power in powers(creditor) else _lacks(creditor, power)


def _lacks(creditor: Creditor, power: str) -> str:
    return sentence("the mandate of {creditor} gives no power of '{power}'", creditor=creditor.name or creditor.id, power=power)


def _beyond(action: Action, creditor: Creditor) -> Iterator[str]:
    needed, most = _NEEDED.get(action.kind), ceiling(creditor)
    if needed is not None and needed not in powers(creditor):
        yield _lacks(creditor, needed)
    if action.offer is not None and (narrow := no_power_to_offer(action.offer, creditor)):
        yield narrow
    if most is not None and action.claimed.principal > most:
        yield sentence(
            "the claim of {claim} is above the ceiling of the mandate of {creditor}, {ceiling}", creditor=creditor.name or creditor.id,
            claim=AmountPart(action.claimed.principal, action.claimed.currency), ceiling=AmountPart(most, action.claimed.currency),
        )  # fmt: skip
