"""Dolibarr: scheduled jobs that e-mail reminders of invoices (`sendEmailsRemindersOnInvoiceDueDate`), as JSON or CSV of the list of jobs.

Its days count towards the due date: 7 is a week before it, -10 ten days after. It matches the very day, so that a job that did not run loses its reminders.
"""

from __future__ import annotations

from relance.convert.ladder import Conversion, Ladder, LostRule, Rung, days_after, tone_of
from relance.convert.records import Record, records, whole_days
from relance.sentences import sentence

_METHOD = "sendEmailsRemindersOnInvoiceDueDate"
_LABELS = {"libelle": "label", "nom": "label", "methode": "methodename", "method": "methodename", "parametres": "params", "parameters": "params", "label": "label"}


def convert(data: bytes) -> Conversion:
    """Read the jobs into one ladder, the earliest first. Raises ValueError."""
    jobs = [each for each in records(data, labels=_LABELS) if str(each.get("methodename", _METHOD)) == _METHOD and "params" in each]
    if not jobs:
        raise ValueError(sentence("there is no job of {method} with its parameters in the file", method=_METHOD))
    found = sorted((_parts(job) for job in jobs), key=lambda part: (part[2] == "invoicedate", -part[0]))
    rungs = tuple(_rung(number, days, date_used, job, len(found)) for number, (days, _, date_used, job) in enumerate(found, 1))
    lost = [loss for number, (_, mode, _, job) in enumerate(found, 1) for loss in _lost(number, mode, job)]
    lost.append(LostRule(sentence("that a reminder is lost where the job did not run that day"), sentence("a step past its date is dropped here as well (`pace: drop`); `pace: keep` would send it late")))
    return Conversion((Ladder("dolibarr", "Dolibarr", rungs, {"entry": "first", "pace": "drop"}, lost=tuple(lost)),))


def _parts(job: Record) -> tuple[int, str, str, Record]:
    """Read the parameters of a job: days, way of payment, template, the date they count from."""
    given = [each.strip() for each in str(job["params"]).split(",")] + ["", "", ""]
    return whole_days(given[0] or 0, "params"), given[1] or "all", given[3] or "duedate", {**job, "template": given[2], "recipient": given[4] if len(given) > 4 else ""}


def _rung(number: int, days: int, date_used: str, job: Record, levels: int) -> Rung:
    anchor = "issued" if date_used == "invoicedate" else "due"
    tone = "courteous" if days >= 0 else tone_of(number - 1, levels)
    return Rung(f"rappel-{number}", str(job.get("label") or f"rappel {number}"), days_after(anchor, -days), ("email",), tone)


def _lost(number: int, mode: str, job: Record) -> list[LostRule]:
    found = []
    if mode != "all":
        found.append(LostRule(sentence('that reminder {number} is for invoices paid by "{mode}"', number=number, mode=mode), sentence("no condition knows how an invoice is to be paid; tag such invoices and ask for the tag")))
    if job.get("template"):
        found.append(LostRule(sentence("the text of reminder {number}", number=number), sentence("it is a template of Dolibarr; the step goes by a shipped wording, which `template` changes")))
    if job.get("recipient"):
        found.append(LostRule(sentence("that reminder {number} goes to {address}", number=number, address=job["recipient"]), sentence("a step writes to the debtor")))
    return found
