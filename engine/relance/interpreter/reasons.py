"""Why, in words: one sentence for each name a `Reason` can have, with the author's own ids. English as it stands; `relance.sentences` says it in another language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from relance.contact_room import ContactLimit
from relance.interpreter.compiled import OFFERED
from relance.interpreter.conditions import describe
from relance.law.recipients import Recipient
from relance.model import Reason, Test
from relance.sentences import Phrase, lasting, marked, sentence, shipped_text

#: Name → its template, and what its arguments are called there.
_SENTENCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "closed": (marked("the case was closed by hand"), ()),
    "no_mandate": (marked("no mandate of the creditor is in force (CPCE R124-3)"), ()),
    "deceased": (marked("the debtor has died: write to the notary or the heirs"), ()),
    "guardianship": (marked("the debtor is under guardianship: write to the guardian"), ()),
    "curatorship": (marked("the debtor is under curatorship: write to him and to the curator"), ()),
    "minor": (marked("the debtor is a minor: write to the legal representative"), ()),
    "counsel": (marked("the debtor is represented by counsel: write to the counsel"), ()),
    "over_indebtedness": (marked("over-indebtedness is admitted: nothing may be asked, state the claim to the commission"), ()),
    "over_indebtedness_filed": (marked("the debtor has filed for over-indebtedness: a person decides"), ()),
    "stopped": ("{condition}", ("condition",)),
    "held": ("{condition}", ("condition",)),
    "not_issued": (marked("the invoice does not exist before {day}"), ("day",)),
    "below_min_balance": (marked("what is asked is below min_balance ({amount})"), ("amount",)),
    "draft": (marked("a draft of {step} of {day} waits for approval"), ("step", "day")),
    "pending": (marked("a message of {step} has waited since {day} to leave ({days} days)"), ("step", "day", "days")),
    "skipped": (marked("skipped by hand"), ()),
    "done": (marked("executed"), ()),
    "repeat": (marked("repeated after {distance}"), ("distance",)),
    "at": ("{at}", ("at",)),
    "superseded": (marked("nobody recorded the task of {step}, and a later step has gone"), ("step",)),
    "open": (marked("a task that nobody has recorded yet"), ()),
    "overtaken": (marked("a late case goes straight to {step}"), ("step",)),
    "answered_first": (marked("{step} goes first, for it answers an event"), ("step",)),
    "behind": (marked("the ladder stands at {step}"), ("step",)),
    "anchor_open": (marked("counts from {anchor}, which nobody has recorded yet"), ("anchor",)),
    "no_anchor": (marked("counts from {anchor}, which has not happened"), ("anchor",)),
    "not_served": (marked("counts from {anchor}, which was skipped and gives no time to pay"), ("anchor",)),
    "not_given": (marked("the day of {anchor} is not known"), ("anchor",)),
    "no_notice": (marked("no formal notice was sent"), ()),
    "after": (marked("waits for {step}"), ("step",)),
    "condition": (marked("the condition {condition} does not hold"), ("condition",)),
    "fact_missing": (marked("the condition {condition} cannot be tried: the fact is missing"), ("condition",)),
    "expired": (marked("not sent from {day} on"), ("day",)),
    "dropped": (marked("its date {day} is past"), ("day",)),
    "crowded_out": (marked("could not go before {day}, and is not sent from {last} on"), ("day", "last")),
    "closed_today": (marked("{day} is a closed day, or none of this step"), ("day",)),
    "one_a_day": (marked("one step of a case a day, the last on {day}"), ("day",)),
    "deadline": (marked("{step} gave the debtor until {day}"), ("step", "day")),
    "granted": (marked("the formal notice sent under another playbook gave the debtor until {day}"), ("day",)),
    "resumed": (marked("the day after the last hold ended on {day}"), ("day",)),
    "spacing": (marked("keeps its distance from {step}, executed on {day}"), ("step", "day")),
    "min_gap": (marked("too soon after the contact of {day}"), ("day",)),
    "at_most": (marked("{count} contacts already, counted from {day}"), ("count", "day")),
    "at_most_by": (marked("{count} contacts by {channels} already, counted from {day}"), ("count", "channels", "day")),
    "task_open": (marked("waits for a task that nobody has recorded yet"), ()),
    "finished": (marked("no step is left"), ()),
    "combined_later": (marked("another message of this debtor goes first on {day}"), ("day",)),
}


#: The condition that no author wrote: of a step that makes an offer, that none was made before.
_OFFERED_ONCE = describe(Test(OFFERED, "is", value=False))


def room_reason(limit: ContactLimit, since: date) -> Reason:
    """Return why a contact limit that is full since a day puts a step off."""
    if limit.name == "min_gap":
        return Reason(limit.name, (since,))
    if limit.channels:
        return Reason("at_most_by", (limit.most, tuple(sorted(limit.channels)), since))
    return Reason(limit.name, (limit.most, since))


def say(reason: Reason) -> str:
    """Write a reason out."""
    name, args = reason
    words = tuple(_moment(arg) if name in _TIMED and isinstance(arg, str) else _word(arg) for arg in args)
    if name == "at" and len(args) == 2 and args[1] is not None:
        return sentence("{at}, moved to the open day {day}", at=words[0], day=words[1])
    if name == "held" and len(args) == 2 and args[1] is not None:
        return sentence("{condition} until {day}", condition=words[0], day=words[1])
    if name == "pending" and len(args) == 3 and args[2] < 2:
        return sentence("a message of {step} of {day} has not left yet", step=words[0], day=words[1])
    if name == "done" and args and args[0] > 1:
        return sentence("executed {count} times", count=words[0])
    if name == "at_most" and args and args[0] == 1:
        return sentence("one contact already, counted from {day}", day=words[1])
    if name == "at_most_by" and args and args[0] == 1:
        return sentence("one contact by {channels} already, counted from {day}", channels=words[1], day=words[2])
    if name == "condition" and args == (_OFFERED_ONCE,):
        return sentence("an offer was made before, and this step makes none again")
    template, names = _SENTENCES[name]
    return Phrase(template, dict(zip(names, words, strict=False)))


#: How the person of each capacity is called where an operator reads to whom a message goes.
_CAPACITIES: Mapping[str, str] = {
    "guardian": marked("{reason}; to the guardian, {name}"),
    "representative": marked("{reason}; to the legal representative, {name}"),
    "counsel": marked("{reason}; to the counsel, {name}"),
    "notary": marked("{reason}; to the notary, {name}"),
    "heir": marked("{reason}; to the heirs, {name}"),
    "curator": marked("{reason}; copy to the curator, {name}"),
    "protected_person": marked("{reason}; to the debtor, with a copy to the curator"),
}


def addressed_to(reason: str, to: Recipient) -> str:
    """Add to a reason whom the message is addressed to, where that is not the debtor alone."""
    return Phrase(_CAPACITIES[to.capacity], {"reason": reason, "name": to.name}) if to.capacity else reason


#: Reasons whose text is a moment or a distance as an author writes it, `relance-1 + 5 business days`.
_TIMED = frozenset({"at", "repeat"})
_DISTANCE = re.compile(r"(.*?)(\d+) (business days?|days?|weeks?|months?)(, end of month)?")


def _moment(text: str) -> str:
    """Say a distance in a moment as a sentence, so that each language has its own units; what is written otherwise stays."""
    found = _DISTANCE.fullmatch(text)
    if found is None:
        return text
    before, number, unit, end = found.groups()
    said = sentence("{before}{time}", before=before, time=lasting(int(number), unit.removesuffix("s")))
    whole = sentence("{moment}, end of month", moment=said) if end else said
    return whole if whole == text else text


#: What a case is held or stopped by, as it stands in a playbook: the one place that each language has its own words for it.
STATES = frozenset({
    marked("on_hold"), marked("unmatched_money"), marked("plan_running"), marked("plan_broken"), marked("promise_broken"), marked("written_off"), marked("time_barred"),
    marked("handed_over"), marked("disputed"), marked("promised"), marked("insolvent"), marked("paid"),
})  # fmt: skip


def _word(arg: Any) -> date | str | list[Phrase]:
    if isinstance(arg, date):
        return arg
    if isinstance(arg, tuple):  # names of channels
        return [shipped_text(str(each).replace("_", " ")) for each in arg]
    return shipped_text(arg) if arg in STATES else str(arg)
