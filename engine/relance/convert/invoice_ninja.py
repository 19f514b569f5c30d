"""Invoice Ninja: the reminders of the settings of a company or client, as JSON of an export or of the API. What was missed is never sent; the earliest date goes first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relance.convert.ladder import Conversion, Ladder, LostRule, Rung, days_after, tone_of
from relance.convert.records import read_json, truth, whole_days
from relance.sentences import sentence

_FROM = {"after_invoice_date": ("issued", 1), "before_due_date": ("due", -1), "after_due_date": ("due", 1)}
_EVERY = {
    "1": "1 day", "2": "1 week", "3": "2 weeks", "4": "4 weeks", "5": "1 month", "6": "2 months", "7": "3 months", "8": "4 months", "9": "6 months",
    "10": "12 months", "11": "24 months", "12": "36 months",
}  # fmt: skip


def convert(data: bytes) -> Conversion:
    """Read the reminders of one set of settings into a ladder. Raises ValueError."""
    settings = next(_settings(read_json(data)), None)
    if settings is None:
        raise ValueError(sentence("there are no settings of reminders (`enable_reminder1` and so on) in the file"))
    numbers = [number for number in (1, 2, 3) if truth(settings.get(f"enable_reminder{number}"))]
    rungs = [_rung(place, number, settings, len(numbers)) for place, number in enumerate(numbers)]
    if truth(settings.get("enable_reminder_endless")):
        every = _EVERY.get(str(settings.get("endless_reminder_frequency_id", "5")), "1 month")
        at = f"previous + {every}" if rungs else "J"
        rungs.append(Rung("endless", "endless", at, ("email",), tone_of(len(numbers), len(numbers) + 1), repeat={"every": every, "times": "unlimited"}))
    if not rungs:
        raise ValueError(sentence("no reminder is switched on in the file"))
    return Conversion((Ladder("invoice-ninja", "Invoice Ninja", tuple(rungs), {"entry": "first", "pace": "drop"}, lost=tuple(_lost(settings, numbers))),))


def _settings(value: Any) -> Iterator[dict[str, Any]]:
    """Find settings that know of reminders, wherever an export has them."""
    if isinstance(value, dict):
        if any(key.startswith("enable_reminder") for key in value):
            yield value
        for inner in value.values():
            yield from _settings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _settings(inner)


def _rung(place: int, number: int, settings: dict[str, Any], levels: int) -> Rung:
    schedule = str(settings.get(f"schedule_reminder{number}") or "after_due_date")
    if schedule not in _FROM:
        raise ValueError(sentence('the reminder {number} counts from "{schedule}", which is not known', number=number, schedule=schedule))
    anchor, sign = _FROM[schedule]
    at = days_after(anchor, sign * whole_days(settings.get(f"num_days_reminder{number}") or 0, f"num_days_reminder{number}"))
    return Rung(f"r{number}", str(settings.get(f"email_subject_reminder{number}") or f"reminder {number}"), at, ("email",), "courteous" if sign < 0 else tone_of(place, levels))


def _lost(settings: dict[str, Any], numbers: list[int]) -> Iterator[LostRule]:
    for each in (*numbers, "_endless"):
        if any(settings.get(f"{key}{each}") not in (None, "", 0, "0", 0.0) for key in ("late_fee_amount", "late_fee_percent")) or (each == "_endless" and settings.get("late_fee_endless_amount")):
            yield LostRule(sentence("the fee of reminder {number}", number=each), sentence("the law knows the indemnity of 40 € between professionals: `claim`; a house's own fees are not the debtor's to pay (CPCE L111-8)"))
        if settings.get(f"email_template_reminder{each}"):
            yield LostRule(sentence("the text of reminder {number}", number=each), sentence("it is a template of Invoice Ninja; the step goes by a shipped wording, which `template` changes"))
    if settings.get("entity_send_time") not in (None, "", 0, "0"):
        yield LostRule(sentence("the hour at which reminders leave"), sentence("`contact.hours` says when the debtor may be written to; what is asked of whom does not go by the hour"))
