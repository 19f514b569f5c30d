"""Kill Bill: `overdue.xml`. The most severe state whose condition holds is the account's; states are written from the most severe."""

from __future__ import annotations

from typing import Any

from relance.convert.ladder import Conversion, Ladder, LostRule, Rung, amount_text, days_after, slug, tone_of
from relance.parsing import xml
from relance.sentences import sentence

_UNITS = {"DAYS": ("day", "days"), "WEEKS": ("week", "weeks"), "MONTHS": ("month", "months"), "YEARS": ("month", "months")}
_AGE = "timeSinceEarliestUnpaidInvoiceEqualsOrExceeds"


def convert(data: bytes) -> Conversion:
    """Read the states of an account into one ladder. Raises ValueError."""
    try:
        root = xml.parse(data)
    except ValueError as error:
        raise ValueError(sentence("the file is no XML: {reason}", reason=error.args[0])) from None
    states = [each for each in root.iter() if isinstance(each.tag, str) and xml.name(each) == "state"]
    if not states:
        raise ValueError(sentence("there is no state in the file"))
    climbed = [state for state in reversed(states) if _conditions(state) is not None]
    rungs = tuple(_rung(number, state, len(climbed)) for number, state in enumerate(climbed))
    lost = [loss for state in climbed for loss in _lost(state)]
    if any(xml.name(each) == "initialReevaluationInterval" for each in root.iter() if isinstance(each.tag, str)):
        lost.append(LostRule(sentence("when an account is looked at again"), sentence("relance looks every day")))
    return Conversion((Ladder("overdue", "Kill Bill", rungs, {"entry": "current", "pace": "jump"}, unit="account", lost=tuple(lost)),))


def _conditions(state: Any) -> Any:
    return next((each for each in state if isinstance(each.tag, str) and xml.name(each) == "condition"), None)


def _named(state: Any) -> str:
    return str(state.get("name") or "state")


def _rung(number: int, state: Any, levels: int) -> Rung:
    conditions: dict[str, Any] = {}
    at = "issued"
    for each in _conditions(state):
        if not isinstance(each.tag, str):
            continue
        kind, text = xml.name(each), (each.text or "").strip()
        if kind == _AGE:
            at = _aged(each)
        elif kind == "numberOfUnpaidInvoicesEqualsOrExceeds":
            conditions["unpaid_invoices"] = {"at_least": int(text)}
        elif kind == "totalUnpaidInvoiceBalanceEqualsOrExceeds":
            conditions["balance"] = {"at_least": amount_text(text)}
        elif kind in {"controlTagInclusion", "controlTag"}:
            conditions["tag"] = text
        elif kind == "controlTagExclusion":
            conditions["not"] = {"tag": text}
    title = next((xml.text(state, path) for path in ("externalMessage",) if xml.text(state, path)), _named(state))
    return Rung(slug(_named(state), "state"), title, at, ("email",), tone_of(number, levels), condition=conditions or None)


def _aged(age: Any) -> str:
    unit, number = xml.text(age, "unit").upper(), int(xml.text(age, "number") or 0)
    if unit not in _UNITS:
        raise ValueError(sentence('"{unit}" is no unit of time of Kill Bill', unit=unit))
    if unit == "DAYS":
        return days_after("issued", number)
    number *= 12 if unit == "YEARS" else 1
    return f"issued + {number} {_UNITS[unit][0 if number == 1 else 1]}"


def _lost(state: Any) -> list[LostRule]:
    name, found = _named(state), []
    kinds = {xml.name(each): (each.text or "").strip() for each in state.iter() if isinstance(each.tag, str)}
    if kinds.get("blockChanges", "").lower() == "true" or kinds.get("disableEntitlementAndChangesBlocked", "").lower() == "true":
        found.append(LostRule(sentence("that {state} blocks the subscription", state=name), sentence("relance asks for money; what is served meanwhile is decided where it is sold (a `webhook` step can tell)")))
    if kinds.get("subscriptionCancellationPolicy", "NONE") not in {"", "NONE"}:
        found.append(LostRule(sentence("that {state} cancels the subscription", state=name), sentence("relance asks for money; what is served meanwhile is decided where it is sold (a `webhook` step can tell)")))
    if "responseForLastFailedPaymentIn" in kinds:
        found.append(LostRule(sentence("that {state} goes by what the last failed payment answered", state=name), sentence("no condition knows why a payment failed; the step comes without it")))
    if "enterStateEmailNotification" in kinds:
        found.append(LostRule(sentence("the e-mail of {state}", state=name), sentence("it is a template of Kill Bill; the step goes by a shipped wording, which `template` changes")))
    return found
