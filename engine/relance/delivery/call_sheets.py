"""Sheets of calls that nobody made and whose sums are others by now: the call stays as it is, and is read from a sheet of the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from relance.delivery.outbox import ACTION_EVENTS
from relance.delivery.release_check import before
from relance.delivery.worklist import open_manual
from relance.interpreter.arrears import same_sums
from relance.interpreter.debtor import renewed
from relance.journal.journal import Journal
from relance.model import Action, Channel, Facts, Playbook


def sheets_anew(journal: Journal, known: Mapping[tuple[str, str], Facts], playbooks: Mapping[str, Playbook], on: date) -> Iterator[Action]:
    """Return the open calls of earlier days that ask another principal on a day, with the sums of that day; none where nothing is asked.

    `known` is what is known of each debtor, by creditor and debtor.
    """
    for (creditor, debtor), facts in known.items():
        if not any(event.data.get("channel") == Channel.CALL for event in facts.events if event.kind == "action.emitted" and event.on < on):
            continue
        for call in open_manual(journal.entries(creditor=creditor, debtor=debtor, kinds=ACTION_EVENTS)):
            playbook = playbooks.get(call.playbook)
            if call.channel is Channel.CALL and not call.draft and call.on < on and playbook is not None and (now := with_sums_of(call, facts, playbook, on)) is not call:
                yield now


def with_sums_of(call: Action, facts: Facts, playbook: Playbook, on: date) -> Action:
    """Return a call with the sums of a day; the same where they are the same, or where nothing is asked."""
    now = renewed(call, before(facts, [call]), playbook, on)
    return now if now.claimed.principal > 0 and not same_sums(now.claimed, call.claimed) else call
