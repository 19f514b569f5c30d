"""Who may let a message leave, and how many people it takes: the rules of a project, asked of one message and one person.

The first of several people is written down (`action.endorsed`) and lets nothing leave; the last one's word is the approval. Owns that
count, and the order of what is asked before a draft may leave; whether its case still asks for it, `release_check` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from relance.delivery import outbox
from relance.delivery.outbox import Books, Message, State
from relance.delivery.release_check import DebtorBooks, Release, Rules, known_debtor, not_covered, standing, statement_missing
from relance.delivery.selection import sum_asked
from relance.delivery.worklist import open_manual, sheets
from relance.interpreter.action_state import ActionState, apply_event
from relance.journal.reading import event_of
from relance.model import Action, Channel, Event
from relance.project import ApprovalRule, rule_of_message
from relance.sentences import sentence


class ApprovalOutcome(StrEnum):
    """What became of a draft that a person approved."""

    APPROVED = "approved"
    WAITS = "waits"  # approved, and it waits for its hour or its day
    ENDORSED = "endorsed"  # it takes more people
    WITHDRAWN = "withdrawn"  # its case does not ask for it any more
    REFUSED = "refused"
    UNREAD = "unread"  # the last bank statement is older than the rules require


@dataclass(frozen=True, slots=True)
class Approval:
    """What became of it, why where it did not simply pass, and how many `more` people it takes."""

    outcome: ApprovalOutcome
    why: str = ""
    more: int = 0


def drafts_meant(books: Books, creditor: str, debtor: str, word: Event) -> list[tuple[Message, bool]]:
    """Return the drafts, and what is under way, that a word recorded by hand is about, as the ladder reads it; each with whether all of it is meant."""
    meant = _meant(books, creditor, debtor, word)
    drafts = [each for each in outbox.read(books, creditor=creditor, debtor=debtor) if each.state in (State.DRAFT, State.UNDER_WAY)]
    ids = [(each, {item.action.id for item in each.items}) for each in drafts]
    return [(each, found <= meant) for each, found in ids if found & meant]


def under_way_meant(books: Books, creditor: str, debtor: str, word: Event) -> tuple[Message, str] | None:
    """Return a message that a word recorded by hand is about and that is under way, with since when and by whom: nobody takes it back before it is over."""
    found = (each for each, _ in drafts_meant(books, creditor, debtor, word) if each.state is State.UNDER_WAY)
    return next(((each, outbox.stands(each)) for each in found), None)


def wider_than_meant(books: Books, creditor: str, debtor: str, word: Event) -> Message | None:
    """Return a message of the step that a word by hand names, about its invoice among others, which the word does not reach: an account's leaves or stays whole."""
    if word.invoice is None or "id" in word.data:
        return None
    meant, channel = _meant(books, creditor, debtor, word), word.data.get("channel")
    for message in outbox.read(books, creditor=creditor, debtor=debtor):
        for action in message.actions if message.state in (State.DRAFT, State.READY, State.UNDER_WAY, State.UNCLEAR) else ():
            if action.step == word.data.get("step") and word.invoice in action.invoices and channel in (None, action.channel) and action.id not in meant:
                return message
    return None


def handovers_meant(books: Books, creditor: str, debtor: str, word: Event) -> list[tuple[Action, ...]]:
    """Return the hand-overs that wait and that a word recorded by hand is about, sheet by sheet."""
    meant = _meant(books, creditor, debtor, word)
    waiting = open_manual(books.entries(creditor=creditor, debtor=debtor, kinds=outbox.ACTION_EVENTS))
    return list(sheets(each for each in waiting if each.channel is Channel.HANDOVER and each.id in meant))


def _meant(books: Books, creditor: str, debtor: str, word: Event) -> frozenset[str]:
    known: dict[str, ActionState] = {}
    for entry in books.entries(creditor=creditor, debtor=debtor, kinds=outbox.ACTION_EVENTS):
        apply_event(known, event_of(entry))
    return frozenset(apply_event(known, word))


def approve_draft(
    books: DebtorBooks, message: Message, rules: Rules, rule: ApprovalRule, *, on: date, actor: str, anyway: bool = False, **said: Any
) -> Approval:
    """Approve a message as one person, if its case still asks for it: a draft that does not hold any more is withdrawn.

    `anyway`: though the last bank statement that was read is older than the rules require. `said`: what else is recorded with the word.
    """
    known = known_debtor(books, message.creditor, message.debtor)
    facts, found = known.facts(message.creditor), standing(message, known, rules, max(on, message.dated))
    if message.state is State.DRAFT and found.verdict is Release.WITHDRAW:
        return Approval(ApprovalOutcome.WITHDRAWN, outbox.withdraw(books, message, on=on, actor=actor, reason=found.why, skip=False) or found.why)
    if not anyway and message.state is State.DRAFT and (unread := statement_missing(message, rules, on)):
        return Approval(ApprovalOutcome.UNREAD, unread)
    if facts is not None and (narrow := not_covered(message, facts)):
        return Approval(ApprovalOutcome.REFUSED, narrow)
    if found.verdict is Release.WAIT and _leaves_by_approval(message) and _last_word(message, rule, actor) and not (anyway and found.why == statement_missing(message, rules, on)):
        return Approval(ApprovalOutcome.REFUSED, sentence("approved it counts as sent, and it may not leave yet: {why}", why=found.why))
    no, more = approve_by_rule(books, message, rule, on=on, actor=actor, **said)
    if no is not None:
        return Approval(ApprovalOutcome.REFUSED, no)
    if more:
        return Approval(ApprovalOutcome.ENDORSED, more=more)
    return Approval(ApprovalOutcome.WAITS, found.why) if found.verdict is Release.WAIT else Approval(ApprovalOutcome.APPROVED)


def _leaves_by_approval(message: Message) -> bool:
    """Say whether nobody has anything to do once a draft is approved: the house's own system sends it, or it is a hand-over."""
    return message.state is State.DRAFT and (message.channel is Channel.HANDOVER or any(item.other for item in message.items))


def _last_word(message: Message, rule: ApprovalRule, actor: str) -> bool:
    return rule.people <= len(message.endorsed | {actor})


def rule_of(rules: Sequence[ApprovalRule], message: Message) -> ApprovalRule:
    """Return the rule that a message is approved by: of its house and of the playbooks that made it, whoever asks for most people."""
    return _rule(rules, message.creditor, message.actions, sum_asked(message))


def rule_of_sheet(rules: Sequence[ApprovalRule], sheet: Sequence[Action]) -> ApprovalRule:
    """Return the rule that a hand-over is approved by."""
    return _rule(rules, sheet[0].creditor, sheet, sum((each.claimed.total for each in sheet), Decimal(0)))


def _rule(rules: Sequence[ApprovalRule], creditor: str, actions: Sequence[Action], asked: Decimal) -> ApprovalRule:
    return rule_of_message(rules, creditor, [(each.kind, each.approvers) for each in actions], asked)


def approve_by_rule(books: Books, message: Message, rule: ApprovalRule, *, on: date, actor: str, **said: Any) -> tuple[str | None, int]:
    """Approve a message as one person by a rule. Return why not, or None; and how many more people it takes."""
    if no := _may_not(rule, actor):
        return no, 0
    before = message.endorsed if message.state is State.DRAFT else frozenset()
    if actor in before and len(before) < rule.people:
        return sentence("you have approved it already: it takes {people} people", people=rule.people), 0
    more = rule.people - len(before | {actor})
    if more <= 0 or message.state is not State.DRAFT:
        return outbox.approve(books, message, on=on, actor=actor, **said), 0
    return outbox.endorse(books, message, on=on, actor=actor), more


def approve_sheet(books: Books, sheet: Sequence[Action], events: Sequence[Event], rule: ApprovalRule, *, on: date, actor: str) -> tuple[str | None, int]:
    """Record what a person's word makes of a hand-over, or of several that one sheet tells of: its approval, or the first of the words it takes.

    `events` are what the last person's word becomes. Return why not, or None; and how many more people it takes.
    """
    if no := _may_not(rule, actor):
        return no, 0
    before = _endorsed(books, sheet)
    if actor in before and len(before) < rule.people:
        return sentence("you have approved it already: it takes {people} people", people=rule.people), 0
    more = rule.people - len(before | {actor})
    if more > 0:
        events = [Event(on, "action.endorsed", each.carrier or None, data={"id": each.id}) for each in sheet]
    books.record(sheet[0].creditor, sheet[0].debtor, events, actor=actor)
    return None, max(more, 0)


def why_not_made(books: Books, sheet: Sequence[Action], rule: ApprovalRule, actor: str) -> str | None:
    """Say why a person may not record as made a call that its playbook keeps as a draft: who makes it approves it, and others may have to do so first."""
    if no := _may_not(rule, actor):
        return no
    more = rule.people - len(_endorsed(books, sheet) | {actor})
    return sentence("a call that takes {people} people: {more} more approve it first (`relance done`)", people=rule.people, more=more) if more > 0 else None


def _endorsed(books: Books, sheet: Sequence[Action]) -> frozenset[str]:
    """Name those whose words all that a sheet tells of has."""
    entries = books.entries(creditor=sheet[0].creditor, debtor=sheet[0].debtor, kinds=("action.endorsed",))
    words = [(str(entry.data["id"]), entry.actor) for entry in entries]
    return frozenset.intersection(*(frozenset(who for name, who in words if name == each) for each in {each.id for each in sheet}))


def _may_not(rule: ApprovalRule, actor: str) -> str | None:
    """Say why a person may approve nothing by a rule: it names others, or nobody can meet it, for the playbook asks for more people than relance.yaml names."""
    if rule.who and actor not in rule.who:
        return sentence("a rule of relance.yaml lets {names} approve it, and you are {actor}", names=", ".join(sorted(rule.who)), actor=actor)
    if not rule.who or len(rule.who) >= rule.people:
        return None
    return sentence("it takes {people} people, and relance.yaml names {names}", people=rule.people, names=len(rule.who))
