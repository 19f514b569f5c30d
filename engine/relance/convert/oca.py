"""OCA credit control: policies and their levels (`credit.control.policy.level`), as JSON of the API or XML of a module. One level a run."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from relance.convert.ladder import Conversion, Ladder, LostRule, Rung, days_after, slug, tone_of
from relance.convert.records import Record, named, records, truth, whole_days
from relance.sentences import sentence

_CHANNELS = {"email": "email", "letter": "letter", "phone": "call"}


def convert(data: bytes) -> Conversion:
    """Read policies into ladders, one each. Raises ValueError."""
    found = records(data, "credit.control.policy", "credit.control.policy.level", labels={})
    policies = {str(each.get("id")): each for each in found if "computation_mode" not in each}
    levels: dict[str, list[Record]] = defaultdict(list)
    for each in found:
        if "computation_mode" in each:
            policy = each.get("policy_id")
            levels[str(policy[0] if isinstance(policy, list) else policy)].append(each)
        for inner in each.get("level_ids") or () if isinstance(each.get("level_ids"), list) else ():
            if isinstance(inner, dict):
                levels[str(each.get("id"))].append(inner)
    made = tuple(_ladder(policies.get(key, {}), key, mine) for key, mine in levels.items())
    lost = [
        LostRule(sentence('the policy "{name}"', name=each.get("name", key)), sentence("it has no level and does nothing; a routing leaves such invoices out"))
        for key, each in policies.items()
        if key not in levels
    ]
    if not made:
        raise ValueError(sentence("there is no level of a policy (`computation_mode`) in the file"))
    return Conversion(made, tuple(lost))


def _ladder(policy: Record, key: str, levels: list[Record]) -> Ladder:
    name = named(policy.get("name") or levels[0].get("policy_id") or key)
    levels = sorted(levels, key=lambda level: whole_days(level.get("level", 0), "level"))
    rungs = tuple(_rung(number, level, len(levels)) for number, level in enumerate(levels, 1))
    return Ladder(slug(name, "policy"), name, rungs, {"entry": "first", "pace": "catch_up"}, lost=tuple(_lost(policy, levels)))


def _rung(number: int, level: Record, levels: int) -> Rung:
    channel = _CHANNELS.get(str(level.get("channel", "email")), "letter")
    return Rung(f"level-{number}", str(level.get("name") or f"level {number}"), _at(number, level), (channel,), tone_of(number - 1, levels))


def _at(number: int, level: Record) -> str:
    days, mode = whole_days(level.get("delay_days", 0), "delay_days"), str(level["computation_mode"])
    if mode == "net_days":
        return days_after("due", days)
    if mode == "end_of_month":
        return f"{days_after('due', days) if not days else f'due + {days} days'}, end of month"
    if mode == "previous_date" and number > 1:
        return days_after("previous", days)
    raise ValueError(sentence('the level {level} counts from "{mode}", which is not known', level=number, mode=mode))


def _lost(policy: Record, levels: list[Record]) -> list[LostRule]:
    found: list[LostRule] = []
    if any(level.get(key) for level in levels for key in ("email_template_id", "custom_text", "custom_mail_text", "custom_text_after_details")):
        found.append(LostRule(sentence("the texts of the levels"), sentence("they are templates of Odoo; the steps go by shipped wordings, which `template` changes")))
    if policy.get("account_ids"):
        found.append(LostRule(sentence("the accounts that the policy is for"), sentence("which invoices a playbook takes is said in a routing")))
    if truth(policy.get("do_nothing")):
        found.append(LostRule(sentence("that the policy does nothing"), sentence("a routing leaves such invoices out")))
    return found + [
        LostRule(sentence("the fee of level {level}", level=number), sentence("the law knows the indemnity of 40 € between professionals: `claim`; a house's own fees are not the debtor's to pay (CPCE L111-8)"))
        for number, level in enumerate(levels, 1)
        if _sum(level.get("dunning_fixed_amount"))
    ]


def _sum(value: Any) -> bool:
    return value not in (None, "", False, 0, 0.0, "0", "0.0")
