"""Why, in words: one sentence for each name a `Reason` can have. Program text, in English, with the author's own ids."""

from __future__ import annotations

from datetime import date
from typing import Any

from relance.model import Reason

_SENTENCES = {
    "closed": "the case was closed by hand",
    "no_mandate": "the creditor has not signed a mandate (CPCE R124-3)",
    "deceased": "the debtor has died: write to the notary or the heirs",
    "guardianship": "the debtor is under guardianship: write to the guardian",
    "curatorship": "the debtor is under curatorship: write to him and to the curator",
    "minor": "the debtor is a minor: write to the legal representative",
    "counsel": "the debtor is represented by counsel: write to the counsel",
    "over_indebtedness": "over-indebtedness is admitted: nothing may be asked, state the claim to the commission",
    "over_indebtedness_filed": "the debtor has filed for over-indebtedness: a person decides",
    "stopped": "{0}",
    "held": "{0}",
    "not_issued": "the invoice does not exist before {0}",
    "below_min_balance": "what is asked is below min_balance ({0})",
    "draft": "a draft of {0} of {1} waits for approval",
    "pending": "a message of {0} has waited since {1} to leave ({2} days)",
    "skipped": "skipped by hand",
    "done": "executed",
    "repeat": "repeated after {0}",
    "at": "{0}",
    "superseded": "nobody recorded the task of {0}, and a later step has gone",
    "open": "a task that nobody has recorded yet",
    "overtaken": "a late case goes straight to {0}",
    "behind": "the ladder stands at {0}",
    "anchor_open": "counts from {0}, which nobody has recorded yet",
    "no_anchor": "counts from {0}, which has not happened",
    "not_served": "counts from {0}, which was skipped and gives no time to pay",
    "no_notice": "no formal notice was sent",
    "after": "waits for {0}",
    "condition": "the condition {0} does not hold",
    "fact_missing": "the condition {0} cannot be tried: the fact is missing",
    "expired": "not sent from {0} on",
    "dropped": "its date {0} is past",
    "crowded_out": "could not go before {0}, and is not sent from {1} on",
    "closed_today": "{0} is a closed day, or none of this step",
    "one_a_day": "one step of a case a day, the last on {0}",
    "deadline": "{0} gave the debtor until {1}",
    "resumed": "the day after the last hold ended on {0}",
    "spacing": "keeps its distance from {0}, executed on {1}",
    "min_gap": "too soon after the contact of {0}",
    "at_most": "{0} contacts already, counted from {1}",
    "task_open": "waits for a task that nobody has recorded yet",
    "finished": "no step is left",
    "combined_later": "another message of this debtor goes first on {0}",
}


def say(reason: Reason) -> str:
    """Write a reason out."""
    name, args = reason
    if name == "at" and len(args) == 2 and args[1] is not None:
        return f"{args[0]}, moved to the open day {args[1]}"
    if name == "held" and len(args) == 2 and args[1] is not None:
        return f"{args[0]} until {args[1]}"
    if name == "pending" and len(args) == 3 and args[2] < 2:
        return f"a message of {args[0]} of {args[1]} has not left yet"
    if name == "done" and args and args[0] > 1:
        return f"executed {args[0]} times"
    return _SENTENCES[name].format(*(_word(arg) for arg in args))


def _word(arg: Any) -> str:
    return arg.isoformat() if isinstance(arg, date) else str(arg)
