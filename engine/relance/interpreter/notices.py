"""The formal notices that left, by the invoices they named, and the day on which the post says that each was before its debtor.

Refuses to say what a day of presentation is worth: `law.presentation` and `law.claims` do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from relance.interpreter.action_state import ActionState
from relance.interpreter.compiled import notice_steps
from relance.interpreter.scope import covers, is_notice, speaks_of
from relance.law.claims import Owed
from relance.law.presentation import PRESENTED, Unpresented, unpresented_of
from relance.model import LETTERS, Creditor, Event, Facts, Playbook


class LeftNotice(NamedTuple):
    """The first formal notice that named an invoice: the day it left, and the first day on which one of them is known to have been presented.

    `first` says whether that one is the first that left: of a later one the day counts only where a creditor asks nothing before it.
    """

    on: date
    presented: date | None = None
    first: bool = True


def named_by(act: ActionState, facts: Facts) -> frozenset[str]:
    """Return the invoices a message asked: those it names, else of those it speaks of the one that carries its case and those that were due on its day."""
    day, debtor = act.executed or act.on, facts.debtor.id
    found = (invoice for invoice in facts.invoices if speaks_of(act, invoice, debtor))
    return frozenset(each.id for each in found if act.invoices or act.case in (each.id, each.document) or each.due < day or each.id == act.carrier)


def notices_of(made: Iterable[ActionState], facts: Facts, playbook: Playbook | None) -> dict[str, LeftNotice]:
    """Return the formal notice of each invoice that one named."""
    notices = sorted((act for act in made if act.executed is not None and _is_notice(act, playbook)), key=lambda act: act.executed or act.on)
    posted = [event for event in facts.events if event.kind in PRESENTED] if notices else []
    found: dict[str, LeftNotice] = {}
    for act in notices:
        for name in named_by(act, facts):
            known, presented = found.get(name), _presented(act, name, posted, facts)
            if known is None:
                found[name] = LeftNotice(act.executed or act.on, presented)
            elif presented is not None and known.presented is None:
                found[name] = known._replace(presented=presented, first=known.on == act.executed)
    return found


def noticed_by(made: Iterable[ActionState], facts: Facts, playbook: Playbook) -> frozenset[str]:
    """Name the invoices that formal notices of a playbook's own ladder named and that left."""
    own = (act for act in made if act.executed is not None and act.playbook in ("", playbook.id) and _is_notice(act, playbook))
    return frozenset[str]().union(*(named_by(act, facts) for act in own))


def noticed(owed: Owed, notice: LeftNotice | None, creditor: Creditor) -> Owed:
    """Bring a formal notice into what is owed: the day it left, and that of its presentation, or that the creditor asks nothing without one."""
    if notice is None:
        return owed
    only = unpresented_of(creditor) is Unpresented.PRESENTED
    return replace(owed, notice_on=notice.on, presented_on=notice.presented if notice.first or only else None, presented_only=only)


def _presented(act: ActionState, name: str, posted: Sequence[Event], facts: Facts) -> date | None:
    """Return the first day on which the post says that a letter was before its debtor: by the letter's id, else by what the word is about."""
    left = act.executed or act.on
    if act.channel not in LETTERS:
        return None
    return min((event.on for event in posted if event.on >= left and _is_of(event, act, name, facts)), default=None)


def _is_of(event: Event, act: ActionState, name: str, facts: Facts) -> bool:
    if event.data.get("id"):
        return event.data["id"] in (act.id, act.message)
    return any(covers(event, invoice) for invoice in facts.invoices if invoice.id == name)


def _is_notice(act: ActionState, playbook: Playbook | None) -> bool:
    ours = playbook is not None and act.playbook in ("", playbook.id)
    return is_notice(act, notice_steps(playbook) if playbook is not None and ours else ())
