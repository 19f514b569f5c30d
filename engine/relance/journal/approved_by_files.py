"""Words that come from outside (a file, a form, a program) and would let a draft leave though its rule says who approves it, or how many.

Such a word is not written: people say it, where the rule is asked. What lets nothing leave (a failure, a withdrawal, what another
system sent) is a fact like any other. Owns which words those are; whose word counts, `delivery.approval` says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from relance.interpreter.action_state import ActionState, apply_event
from relance.journal.store import JOURNAL
from relance.model import POSTED_CHANNELS, Approvers, Event, Sender, StepKind
from relance.project import ApprovalRule, rule_of_message
from relance.sentences import Phrase, sentence

_LETTING = frozenset({"action.emitted", "action.approved", "action.executed"})
_ANY_SUM = Decimal("Infinity")


class HeldWord(NamedTuple):
    """A word that was not written: the `place`-th event told of a debtor, and why."""

    creditor: str
    debtor: str
    place: int
    event: str
    why: Phrase

    @property
    def said(self) -> Phrase:
        """Say that it was not written, and why."""
        return sentence("{event}: not recorded: {why}", event=self.event, why=self.why)

    @property
    def row(self) -> str:
        """Name whose word it is, as the row of a reject."""
        return f"{self.creditor};{self.debtor};{self.event}"


def rules_said(declared: Iterable[Mapping[str, Any]]) -> tuple[ApprovalRule, ...]:
    """Return the rules of the last of some `approvals.declared`; none where there is none."""
    said = list(declared)
    return tuple(ApprovalRule.read(each) for each in said[-1]["rules"]["approvals"]) if said else ()


def declared_rules(connection: sa.Connection) -> tuple[ApprovalRule, ...]:
    """Return the rules that were declared last in any chain."""
    query = sa.select(JOURNAL.c.payload).where(JOURNAL.c.kind == "approvals.declared").order_by(JOURNAL.c.recorded_at, JOURNAL.c.creditor, JOURNAL.c.seq)
    return rules_said(json.loads(payload) for payload in connection.execute(query).scalars())


def lets_leave(events: Iterable[Event]) -> bool:
    """Say whether a word that could let a message leave is among events."""
    return any(event.kind in _LETTING for event in events)


@dataclass(slots=True)
class DraftsOfDebtor:
    """What is known of the messages to one debtor, and the rules they are approved by."""

    creditor: str
    rules: Sequence[ApprovalRule]
    known: dict[str, ActionState] = field(default_factory=dict)
    approvers: dict[str, Approvers] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take in an event that is written."""
        if event.kind.startswith("action."):
            for name in apply_event(self.known, event):
                if event.kind == "action.emitted" and event.data.get("id"):
                    self.approvers[name] = Approvers.of(event.data)

    def why_held(self, event: Event) -> Phrase | None:
        """Say why an event from outside is not written, or None."""
        if event.kind not in _LETTING:
            return None
        tried = DraftsOfDebtor(self.creditor, self.rules, dict(self.known), dict(self.approvers))
        tried.take(event)
        for name in tried.approvers:  # what has no id left before the journal
            act, before = tried.known[name], self.known.get(name)
            if act is before or not (_ready(act) if before is None else _waits(before) and not _waits(act)):
                continue
            rule = tried._rule(act)
            if rule.who:
                return sentence("a rule lets {names} approve it, and a file or a form does not: `relance outbox approve`, `relance done`", names=", ".join(sorted(rule.who)))
            if rule.people > 1:
                return sentence("it takes {people} people to approve it, and a file or a form is nobody: `relance outbox approve`, `relance done`", people=rule.people)
        return None

    def _rule(self, act: ActionState) -> ApprovalRule:
        """Return the rule of the whole message; what an emission from outside does not say is taken by its strictest."""
        together = [each for each in self.known.values() if each.message == act.message] if act.message else [act]
        asked = sum((_asked(each) for each in together), Decimal(0))
        kinds = [(kind, self.approvers.get(each.id, Approvers())) for each in together for kind in ([StepKind(each.kind)] if each.kind in set(StepKind) else list(StepKind))]
        return rule_of_message(self.rules, self.creditor, kinds, asked)


def _ready(act: ActionState) -> bool:
    """Say whether relance would send a message that nobody looked at."""
    return not act.draft and act.channel in POSTED_CHANNELS and act.sent_by is not Sender.OTHER


def _waits(act: ActionState) -> bool:
    """Say whether nobody has approved a draft, whatever else was said of it."""
    return act.draft and act.approved is None and act.executed is None


def _asked(act: ActionState) -> Decimal:
    total = act.claimed.get("total")
    return _ANY_SUM if total is None else Decimal(total)
