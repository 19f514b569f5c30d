"""Odoo: follow-up levels (`account_followup.followup.line`), as JSON of the API, CSV of an export or XML of a module. One level a run; days count from the due date."""

from __future__ import annotations

from relance.convert.ladder import Conversion, Ladder, LostRule, Rung, days_after, tone_of
from relance.convert.records import Record, records, truth, whole_days
from relance.sentences import sentence

_LABELS = {
    "follow up action": "name", "description": "name", "due days": "delay", "days": "delay", "send an email": "send_email", "send email": "send_email",
    "send sms": "send_sms", "send a letter": "send_letter", "print a letter": "send_letter", "schedule activity": "create_activity", "manual action": "manual_action",
    "action de relance": "name", "jours d'echeance": "delay", "envoyer un e mail": "send_email", "envoyer une lettre": "send_letter", "action manuelle": "manual_action",
}  # fmt: skip


def convert(data: bytes) -> Conversion:
    """Read follow-up levels into one ladder. Raises ValueError."""
    lines = records(data, "account_followup.followup.line", labels=_LABELS)
    lines = [line for line in lines if "delay" in line]
    if not lines:
        raise ValueError(sentence("there is no follow-up level with its days (`delay`) in the file"))
    lines.sort(key=lambda line: whole_days(line["delay"], "delay"))
    rungs = tuple(_rung(number, line, len(lines)) for number, line in enumerate(lines, 1))
    lost = [loss for number, line in enumerate(lines, 1) for loss in _lost(number, line)]
    return Conversion((Ladder("odoo", "Odoo", rungs, {"entry": "first", "pace": "catch_up"}, lost=tuple(lost)),))


def _rung(number: int, line: Record, levels: int) -> Rung:
    channels = tuple(
        channel
        for channel, keys in (("email", ("send_email",)), ("letter", ("send_letter", "print_letter")), ("sms", ("send_sms",)), ("task", ("manual_action", "create_activity")))
        if any(truth(line.get(key)) for key in keys)
    )
    channels = channels or ("task",)
    return Rung(
        f"level-{number}", str(line.get("name") or f"level {number}"), days_after("due", whole_days(line["delay"], "delay")), channels,
        tone_of(number - 1, levels) if set(channels) - {"task"} else None,
    )  # fmt: skip


def _lost(number: int, line: Record) -> list[LostRule]:
    found = []
    if any(line.get(key) for key in ("mail_template_id", "email_template_id", "sms_template_id", "description")):
        found.append(LostRule(sentence("the text of level {level}", level=number), sentence("it is a template of Odoo; the step goes by a shipped wording, which `template` changes")))
    if any(line.get(key) for key in ("activity_summary", "activity_note", "manual_action_note", "manual_action_responsible_id", "activity_default_responsible_type")):
        found.append(LostRule(sentence("what the activity of level {level} says, and whose it is", level=number), sentence("a step makes a task; who does it is said in the house, not in a playbook")))
    if truth(line.get("auto_execute")) or truth(line.get("join_invoices")):
        found.append(LostRule(sentence("automatic sending and enclosed invoices of level {level}", level=number), sentence("`relance send` sends and encloses, for all steps alike")))
    return found
