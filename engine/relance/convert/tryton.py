"""Tryton: dunning procedures and their levels (`account.dunning.level`), as JSON or XML of a module. One level a run; a reminder is a draft until it is processed."""

from __future__ import annotations

from collections import defaultdict

from relance.convert.ladder import Conversion, Ladder, LostRule, Rung, days_after, slug, tone_of
from relance.convert.records import Record, named, records, truth, whole_days
from relance.sentences import sentence


def convert(data: bytes) -> Conversion:
    """Read procedures into ladders, one each. Raises ValueError."""
    found = records(data, "account.dunning.procedure", "account.dunning.level", labels={})
    procedures = {str(each.get("id")): each for each in found if "overdue" not in each}
    levels: dict[str, list[Record]] = defaultdict(list)
    for each in found:
        if "overdue" in each:
            levels[str(each.get("procedure", ""))].append(each)
        for inner in each["levels"] if isinstance(each.get("levels"), list) else ():
            if isinstance(inner, dict) and "overdue" in inner:
                levels[str(each.get("id", ""))].append(inner)
    if not levels:
        raise ValueError(sentence("there is no level with its days (`overdue`) in the file"))
    return Conversion(tuple(_ladder(procedures.get(key, {}), key, mine) for key, mine in levels.items()))


def _ladder(procedure: Record, key: str, levels: list[Record]) -> Ladder:
    name = named(procedure.get("name") or key or "Tryton")
    levels = sorted(levels, key=lambda level: (whole_days(level.get("sequence") or 0, "sequence"), whole_days(level["overdue"], "overdue")))
    rungs = tuple(_rung(number, level, len(levels)) for number, level in enumerate(levels, 1))
    return Ladder(slug(name, "procedure"), name, rungs, {"entry": "first", "pace": "catch_up"}, lost=tuple(_lost(levels)))


def _rung(number: int, level: Record, levels: int) -> Rung:
    channels = tuple(channel for channel, key in (("email", "send_email"), ("letter", "print_on_letter")) if truth(level.get(key)))
    title = str(level.get("name") or f"level {number}")
    return Rung(f"level-{number}", title, days_after("due", whole_days(level["overdue"], "overdue")), channels or ("email",), tone_of(number - 1, levels), approval=True)


def _lost(levels: list[Record]) -> list[LostRule]:
    found = []
    for number, level in enumerate(levels, 1):
        if level.get("fee") or level.get("fee_method") or level.get("fee_formula"):
            found.append(LostRule(sentence("the fee of level {level}", level=number), sentence("the law knows the indemnity of 40 € between professionals: `claim`; a house's own fees are not the debtor's to pay (CPCE L111-8)")))
        if level.get("email_template") or level.get("email_from"):
            found.append(LostRule(sentence("the text of level {level}", level=number), sentence("it is a template of Tryton; the step goes by a shipped wording, which `template` changes")))
        if not truth(level.get("send_email")) and not truth(level.get("print_on_letter")):
            found.append(LostRule(sentence("how level {level} leaves", level=number), sentence("the file does not say; it leaves by e-mail here")))
    return found
