"""Lago: dunning campaigns, as JSON of the API. A threshold a currency, so many attempts, more than so many days apart, of all that a customer owes overdue."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from relance.convert.ladder import Conversion, Ladder, LostRule, Rung, slug
from relance.convert.records import read_json, whole_days
from relance.currencies import decimals
from relance.sentences import sentence


def convert(data: bytes) -> Conversion:
    """Read campaigns into ladders of one step, one each. Raises ValueError."""
    value = read_json(data)
    inner = value.get("dunning_campaigns") or value.get("dunning_campaign") or value if isinstance(value, dict) else value
    found = [each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, dict) and "thresholds" in each]
    if not found:
        raise ValueError(sentence("there is no dunning campaign with its thresholds in the file"))
    return Conversion(tuple(_ladder(each) for each in found))


def _ladder(campaign: dict[str, Any]) -> Ladder:
    name = str(campaign.get("name") or campaign.get("code") or "Lago")
    attempts, days = whole_days(campaign.get("max_attempts", 1), "max_attempts"), whole_days(campaign.get("days_between_attempts", 1), "days_between_attempts")
    condition = {"overdue_balance": {"at_least": {str(each["currency"]): _amount(each) for each in campaign["thresholds"]}}}
    # The next attempt is made once more than so many days are over: on the day after them.
    repeat = {"every": f"{days + 1} days", "times": attempts} if attempts > 1 else None
    rung = Rung("request", name, "due + 1 day", condition=condition, repeat=repeat)
    return Ladder(slug(str(campaign.get("code") or name), "campaign"), name, (rung,), {"entry": "first", "pace": "catch_up"}, unit="account", lost=tuple(_lost(campaign)))


def _amount(threshold: dict[str, Any]) -> str:
    currency = str(threshold["currency"])
    return f"{Decimal(whole_days(threshold['amount_cents'], 'amount_cents')).scaleb(-decimals(currency)):.{decimals(currency)}f}"


def _lost(campaign: dict[str, Any]) -> list[LostRule]:
    found = [LostRule(sentence("the payment request"), sentence("Lago makes one document with its own link to pay; the wording has the account and the link of your letterhead"))]
    if campaign.get("bcc_emails"):
        found.append(LostRule(sentence("blind copies to {addresses}", addresses=list(campaign["bcc_emails"])), sentence("no step sends copies")))
    if campaign.get("applied_to_organization") or campaign.get("customers"):
        found.append(LostRule(sentence("whom the campaign is for"), sentence("which customers a playbook takes is said in a routing")))
    return found
