"""Actions, decisions and timelines as plain JSON values: docs/language.md 8 exactly, keys only ever added within a version.

Dates are ISO 8601, amounts decimal strings with the currency's own number of decimals. Prints nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from relance.currencies import decimals_of
from relance.interpreter import say
from relance.interpreter.debtor import Look, Seen
from relance.interpreter.offers import as_data
from relance.model import SELDOM, Action, Claimed, Playbook, Status
from relance.simulation.timeline import End, Sending, Timeline

_PARTS = ("principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "total")
#: Which of several cases speaks for all of them: the one on which something is to be done first.
_URGENCY = (Status.DUE, Status.AWAITING_APPROVAL, Status.AWAITING_SENDING, Status.WAITING, Status.HELD, Status.FINISHED, Status.STOPPED)


def amount(value: Decimal, currency: str) -> str:
    """Write an amount with its currency's own number of decimals: `1200.00`."""
    return f"{value:.{decimals_of(currency)}f}"


def iso(day: date | None) -> str | None:
    """Write a day, or nothing."""
    return None if day is None else day.isoformat()


def claimed_of(claimed: Claimed) -> dict[str, Any]:
    """Write what is asked on a day, part by part."""
    seldom = [*(part for part in SELDOM if getattr(claimed, part)), *([] if claimed.arrears is None else ["arrears"])]
    return {"currency": claimed.currency, **{part: amount(getattr(claimed, part), claimed.currency) for part in (*_PARTS, *seldom)}}


def action_row(action: Action) -> dict[str, Any]:
    """Write an action as a line of `relance run --format jsonl`."""
    return {
        "id": action.id,
        "on": action.on.isoformat(),
        "creditor": action.creditor,
        "debtor": action.debtor,
        "case": action.case,
        "invoices": list(action.invoices),
        "playbook": action.playbook,
        "playbook_version": action.playbook_version,
        "step": action.step,
        "occurrence": action.occurrence,
        "kind": action.kind.value,
        "channel": action.channel.value,
        "tone": None if action.tone is None else action.tone.value,
        "template": action.template or action.step,
        "language": action.language,
        "status": "draft" if action.draft else "emitted",
        "deadline": iso(action.deadline),
        "claimed": claimed_of(action.claimed),
        "reason": action.reason,
        "carrier": action.carrier,
        "message": action.message,
        "missing": action.missing,
        "to": action.to,
        "capacity": action.capacity,
        **({"offer": as_data(action.offer)} if action.offer is not None else {}),
        **({"to_role": action.to_role} if action.to_role else {}),
        **({"cc": list(action.cc)} if action.cc else {}),
    }


# --------------------------------------------------------------------------- relance decide


def look_of(look: Look, on: date) -> dict[str, Any]:
    """Write what was decided: of the case, or of the most urgent one and then of each where there are several."""
    said = [_seen_of(each, look.actions) for each in look.seen]
    order = [status.value for status in _URGENCY]
    first = min(said, key=lambda each: order.index(each["status"]))
    several = {"cases": said} if len(said) > 1 else {}
    return {"version": 1, "on": on.isoformat(), **first, **several}


def _seen_of(seen: Seen, actions: Sequence[Action]) -> dict[str, Any]:
    decision = seen.decision
    return {
        "case": seen.case.id,
        "status": decision.status.value,
        "reason": say(decision.reason),
        "next": None if decision.next is None else {"step": decision.next.step, "on": decision.next.on.isoformat()},
        "steps": [
            {"step": verdict.step, "status": verdict.status.value, "on": iso(verdict.on), "reason": say(verdict.reason)}
            for verdict in decision.steps
        ],
        "actions": [action_row(action) for action in actions if action.case == seen.case.id],
    }


# --------------------------------------------------------------------------- relance preview


def timeline_of(timeline: Timeline) -> dict[str, Any]:
    """Write a timeline; where there are several cases, `ends` is the most urgent one's and `cases` has each."""
    playbook: Playbook = timeline.playbook
    ends = [_end_of(end) for end in timeline.ends]
    first = min(timeline.ends, key=lambda end: _URGENCY.index(end.status), default=None)
    several = {"cases": ends} if len(ends) > 1 else {}
    return {
        "version": 1,
        "playbook": playbook.id,
        "playbook_version": playbook.version,
        "case": None if first is None else first.case,
        "from": timeline.start.isoformat(),
        "until": timeline.until.isoformat(),
        "timeline": [_entry_of(entry) for entry in timeline.entries],
        "duties": [
            {
                "on": duty.on.isoformat(),
                "duty": duty.step.removeprefix("duty."),
                "case": duty.case,
                "by": iso(duty.deadline),
                "reason": duty.reason,
            }
            for duty in timeline.duties
        ],
        "left_out": [{"case": each.case, "step": each.step, "reason": each.reason} for each in timeline.left_out],
        "ends": None if first is None else {key: value for key, value in _end_of(first).items() if key != "case"},
        **several,
    }


def _entry_of(entry: Sending) -> dict[str, Any]:
    first = entry.first
    return {
        "on": entry.on.isoformat(),
        "step": first.step,
        "occurrence": first.occurrence,
        "channels": [channel.value for channel in entry.channels],
        "tone": None if first.tone is None else first.tone.value,
        "kind": first.kind.value,
        "status": "unsent" if entry.unsent else "draft" if first.draft else "emitted",
        "carrier": first.carrier,
        "deadline": iso(first.deadline),
        "claimed": claimed_of(first.claimed),
        "reason": first.reason,
        "case": first.case,
        "missing": next((action.missing for action in entry.actions if action.missing), None),
        "unsent": entry.unsent or None,
    }


def _end_of(end: End) -> dict[str, Any]:
    return {"case": end.case, "on": end.on.isoformat(), "status": end.status.value, "reason": end.reason}
