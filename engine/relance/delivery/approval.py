"""Who may let a message leave, and how many people it takes: the rules of a project, asked of one message and one person.

The first of several people is written down (`action.endorsed`) and lets nothing leave; the last one's word is the approval. Owns that
count; whether the case still asks for the message, `release_check` says.
"""

from __future__ import annotations

from datetime import date

from relance.delivery import outbox
from relance.delivery.outbox import Books, Message, State
from relance.delivery.selection import sum_asked
from relance.project import ApprovalRule, Project


def rule_of(project: Project | None, message: Message) -> ApprovalRule:
    """Return the rule that a message is approved by: of its actions' kinds, the one that asks for most people."""
    if project is None:
        return ApprovalRule()
    found = [project.approval(item.action.kind, message.creditor, sum_asked(message)) for item in message.items]
    return max(found, key=lambda rule: (rule.people, bool(rule.who)), default=ApprovalRule())


def names_people(rule: ApprovalRule) -> bool:
    """Say whether it matters who approves: then the system says who it is, not what he types."""
    return bool(rule.who) or rule.people > 1


def approve_by_rule(books: Books, message: Message, rule: ApprovalRule, *, on: date, actor: str) -> tuple[str | None, int]:
    """Approve a message as one person by a rule. Return why not, or None; and how many more people it takes."""
    if rule.who and actor not in rule.who:
        return f"a rule of relance.yaml lets {', '.join(sorted(rule.who))} approve it, and you are {actor}", 0
    before = message.endorsed if message.state is State.DRAFT else frozenset()
    if actor in before and len(before) < rule.people:
        return f"you have approved it already: it takes {rule.people} people", 0
    more = rule.people - len(before | {actor})
    if more <= 0 or message.state is not State.DRAFT:
        return outbox.approve(books, message, on=on, actor=actor), 0
    return outbox.endorse(books, message, on=on, actor=actor), more
