"""What messages have asked, by the reference that each tells the debtor to quote: who obeys a letter is known by it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from relance.interpreter.action_id import reference_of
from relance.model import CLAIMED_PARTS, Facts


def asked_by_message(facts: Facts) -> dict[str, dict[str, Decimal]]:
    """Return, by reference (`R-7F3A-0C21`), what each message emitted to the debtor asked of each invoice, interest and indemnity included."""
    messages: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for event in facts.events:
        name = str(event.data.get("message") or event.data.get("id") or "")
        if event.kind == "action.emitted" and name:
            for each in (event.data.get("claimed") or {}).get("invoices", ()):
                messages[reference_of(name)][str(each["invoice"])] = sum((Decimal(str(each.get(part, 0))) for part in CLAIMED_PARTS), Decimal(0))
    return messages
