"""What waits for a person on a morning: calls, tasks, duties, drafts, messages that are unclear or not sent, money to match, mandates that end.

Owns what counts as waiting, whose it is, what is at stake and the command that settles each. Everything is read from the journal;
nothing waits that is not here, and nothing is here that a person could not settle by the command beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from relance.delivery.outbox import ACTION_EVENTS, Message, State, action_of, messages, references_of
from relance.delivery.replies import KINDS as REPLY_KINDS
from relance.delivery.replies import unread
from relance.interpreter.action_state import DUTY, ActionState, apply_event
from relance.interpreter.at_stake import at_stake
from relance.interpreter.duties import undone
from relance.journal.chain import Entry
from relance.journal.journal import Journal
from relance.journal.reading import event_of
from relance.law.duties import mandate_end
from relance.model import CONTACT_CHANNELS, MANUAL_CHANNELS, Action, Channel, Facts
from relance.portfolio.doubles import doubles
from relance.portfolio.leaving import closed_since
from relance.portfolio.letterhead_account import PaperAccounts, no_paper, other_accounts, payee_doubts
from relance.portfolio.matching_queue import queue
from relance.portfolio.payee import recorded_ibans
from relance.sentences import plural, sentence

#: So long before a mandate ends it is a person's matter: invoices take that long to be worked out of the house.
MANDATE_NOTICE = timedelta(days=30)
#: What a person does, or says a word about, and no server sends.
_BY_HAND = MANUAL_CHANNELS | {Channel.HANDOVER}
#: What shows that a person works a case.
_WORKED = ("action.executed", "action.approved", "note", "contact.inbound", "promise.made", "plan.agreed", "offer.accepted", "offer.refused", "dispute.opened", "hold.placed")


class WorkKind(StrEnum):
    """What is to be done."""

    DUTY = "duty"
    UNCLEAR = "unclear"
    DRAFT = "draft"
    MONEY = "money"
    CALL = "call"
    TASK = "task"
    PENDING = "pending"
    MANDATE = "mandate"
    IBAN = "iban"
    DOUBLE = "double"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits: since when, about whom, what is at stake today (in `currency`), in which sheet it is told, and what settles it.

    `by` is the day by which it is to be done, where the law or a playbook gives one; `id` names it, `what` says it, `actions` are what it
    would say or do. `held` says why a message that is ready may not leave, `hours` from when until when on the day a call may be made (none: at any).
    """

    kind: WorkKind
    id: str
    creditor: str
    debtor: str
    what: str
    stake: Decimal
    currency: str
    since: date
    settles: str
    name: str = ""
    channel: Channel | None = None
    sheet: str = ""
    by: date | None = None
    held: str = ""
    actions: tuple[Action, ...] = ()
    hours: tuple[tuple[datetime, datetime], ...] = ()

    def opens(self, moment: datetime) -> datetime | None:
        """Return from when it may be done: the moment itself, or the next that comes in its hours; None where they are over."""
        if not self.hours or any(start <= moment < end for start, end in self.hours):
            return moment
        return min((start for start, _ in self.hours if start > moment), default=None)


#: What is known, by creditor and debtor.
FactsByName = Mapping[tuple[str, str], Facts]


def worklist(journal: Journal, on: date, *, creditor: str | None = None, channel: Channel | None = None, mine: str | None = None, paper: PaperAccounts = no_paper) -> tuple[WorkItem, ...]:
    """List what waits on a day, what is overdue first, then by what is at stake.

    `paper` says where letterheads ask payment to. `mine` keeps the debtors whose case this person worked last; what concerns a creditor as a whole is everybody's. What is at stake is
    what is open on the day; a call about which nothing is, or nothing undisputed, is not listed: the next run withdraws it.
    """
    found = [*work_about(journal, on, creditor=creditor, paper=paper), *work_at_large(journal, on, creditor, paper)]
    if channel is not None:
        found = [item for item in found if item.channel is channel]
    if mine is not None:
        found = list(work_of(journal, mine, found, creditor))
    return in_order_of_worth(found, on)


def work_about(
    journal: Journal, on: date, *, creditor: str | None = None, debtors: Collection[str] | None = None, paper: PaperAccounts = no_paper, known: FactsByName | None = None
) -> Iterator[WorkItem]:
    """Yield what of it lies in the actions and the replies of debtors: of some, or of all (None). `known` are their facts, where they were read already."""

    def entries(kinds: Sequence[str]) -> Iterable[Entry]:
        return journal.entries(creditor=creditor, kinds=kinds) if debtors is None else journal.entries_about(debtors, kinds)

    acts = None if debtors is None else list(entries(ACTION_EVENTS))  # those of all are not held
    sent = messages(entries(ACTION_EVENTS) if acts is None else acts, journal.now() if journal.now is not None else None)
    found = [*_manual(entries(ACTION_EVENTS) if acts is None else acts), *_messages(sent, on, payee_doubts(journal, paper)), *_replies(entries(REPLY_KINDS))]
    yield from _of_this_day(found, _known(journal, found) if known is None else known, on)


def work_at_large(journal: Journal, on: date, creditor: str | None = None, paper: PaperAccounts = no_paper) -> Iterator[WorkItem]:
    """Yield what of it is about a creditor's books: money to match, mandates, accounts, debtors known twice."""
    found = [*_money(journal, creditor), *_mandates(journal, creditor, on), *_accounts(journal, creditor), *_letterheads(journal, creditor, on, paper), *_doubles(journal, creditor, on)]
    yield from _of_this_day(found, _known(journal, found), on)


def work_of(journal: Journal, actor: str, items: Iterable[WorkItem], creditor: str | None = None) -> Iterator[WorkItem]:
    """Keep what is about debtors whose case this person worked last; what concerns a creditor as a whole is everybody's."""
    theirs = worked_by(journal, actor, creditor)
    return (item for item in items if not item.debtor or (item.creditor, item.debtor) in theirs)


def in_order_of_worth(items: Iterable[WorkItem], on: date) -> tuple[WorkItem, ...]:
    """Put what is overdue first, then what is most at stake."""
    return tuple(sorted(items, key=lambda item: (item.by is None or item.by > on, -item.stake, item.since, item.creditor, item.id)))


def in_order_of_hour(items: Iterable[WorkItem], moment: datetime) -> list[WorkItem]:
    """Put what may be done now first, then what may be later, by its hour, then what may not be any more today; what comes at one time stays in its order."""
    return sorted(items, key=lambda item: ((opens := item.opens(moment)) is None, opens or moment))


def _of_this_day(found: Sequence[WorkItem], known: FactsByName, on: date) -> Iterator[WorkItem]:
    """Say of items who they are about and what is at stake today; leave out what is of a later day, calls in which nothing is, and duties of money that went back."""
    told = (_of_day(item, known, on) for item in found if item.since <= on and not (item.kind is WorkKind.DUTY and _went_back(item, known, on)))
    return (item for item in told if item.kind is not WorkKind.CALL or item.stake)


def _went_back(duty: WorkItem, known: FactsByName, on: date) -> bool:
    """Say whether the money that a duty is about went back: the next run withdraws it."""
    facts = known.get((duty.creditor, duty.debtor))
    return facts is not None and undone(facts, on).issuperset(action.id for action in duty.actions)


def open_manual(entries: Iterable[Entry]) -> tuple[Action, ...]:
    """Return the calls and tasks that are out and that nobody has recorded, and hand-overs that wait for a word, from action events in the order of their chains."""
    known: dict[tuple[str, str], dict[str, ActionState]] = {}
    made: dict[tuple[str, str], tuple[str, Action]] = {}
    for entry in entries:
        apply_event(known.setdefault((entry.creditor, entry.who), {}), event_of(entry))
        if entry.kind == "action.emitted" and entry.debtor is not None and "id" in entry.data and Channel(entry.data["channel"]) in _BY_HAND:
            made[entry.creditor, str(entry.data["id"])] = (entry.who, action_of(entry))
    return tuple(action for (name, id_), (who, action) in made.items() if known[name, who][id_].open or known[name, who][id_].waits)


def sheets(actions: Iterable[Action]) -> tuple[tuple[Action, ...], ...]:
    """Put together the calls and tasks that one sheet tells of: one call is about all of them."""
    found: dict[tuple[str, str, str, Channel], list[Action]] = {}
    for action in actions:
        found.setdefault((action.creditor, action.debtor, action.message or action.id, action.channel), []).append(action)
    return tuple(map(tuple, found.values()))


def sheet_names(found: Sequence[Sequence[Action]]) -> list[str]:
    """Return what each sheet is called: its file's reference, or the beginning of its id where another of them has the same reference."""
    references = [references_of(sheet[0])[0] for sheet in found]
    return [
        reference if references.count(reference) == 1 else (sheet[0].message or sheet[0].id)[:12]
        for reference, sheet in zip(references, found, strict=True)
    ]  # fmt: skip


def _manual(acts: Iterable[Entry]) -> Iterator[WorkItem]:
    found = sheets(open_manual(acts))
    for sheet, reference in zip(found, sheet_names(found), strict=True):
        first = sheet[0]
        duty, call = first.step.startswith(DUTY), first.channel is Channel.CALL
        kind = WorkKind.DUTY if duty else WorkKind.CALL if call else WorkKind.TASK
        about = ", ".join(dict.fromkeys(action.carrier for action in sheet if action.carrier))
        yield WorkItem(
            kind, first.message or first.id, first.creditor, first.debtor, first.reason if duty else f"{first.step} {about}".strip(),
            Decimal(0), first.claimed.currency, first.on, f"relance call {reference} --outcome …" if call else f"relance done {reference}",
            channel=first.channel, sheet=reference, by=first.deadline if duty else None, actions=sheet,
        )  # fmt: skip


def _messages(sent: Iterable[Message], on: date, doubts: Callable[[str], str | None]) -> Iterator[WorkItem]:
    kinds = {State.DRAFT: WorkKind.DRAFT, State.UNCLEAR: WorkKind.UNCLEAR, State.READY: WorkKind.PENDING, State.TASK: WorkKind.TASK}
    settles = {
        WorkKind.DRAFT: "relance outbox approve {id}", WorkKind.UNCLEAR: "relance outbox sent {id}", WorkKind.PENDING: "relance send",
        WorkKind.TASK: "relance outbox skip {id} --reason …",
    }  # fmt: skip
    for message in sent:
        if message.state in kinds and message.channel not in MANUAL_CHANNELS:  # those are `_manual`'s
            kind, first = kinds[message.state], message.items[0].action
            held = doubts(message.creditor) if kind is WorkKind.PENDING and message.channel in CONTACT_CHANNELS else None
            yield WorkItem(
                kind, message.id, message.creditor, message.debtor, _said(message, on), Decimal(0), first.claimed.currency, message.dated,
                settles[kind].format(id=message.id[:12]), channel=message.channel, sheet=references_of(first)[0], held=held or "", actions=tuple(message.actions),
            )  # fmt: skip


def _said(message: Message, on: date) -> str:
    first = message.items[0].action
    days = (on - message.dated).days
    about: str = first.step
    if days > 0:
        about = plural("{step}, {count} day old", "{step}, {count} days old", days, step=about)
    return sentence("{what}: {why}", what=about, why=why) if (why := message.said_why) else about


def _money(journal: Journal, creditor: str | None) -> Iterator[WorkItem]:
    for one in queue(journal, creditor):
        debtor = next((place for place in one.places if place is not None), "")
        what = sentence("{what}: {why}", what=one.payer or sentence("payment"), why=one.reason)
        yield WorkItem(WorkKind.MONEY, one.id, one.creditor, debtor, what, one.amount, one.currency or "EUR", one.on, f"relance matching show {one.id}")


def _mandates(journal: Journal, creditor: str | None, on: date) -> Iterator[WorkItem]:
    for each in journal.creditor_records():
        if creditor in (None, each.id) and closed_since(each) is None and (end := mandate_end(each)) is not None and end - MANDATE_NOTICE <= on:
            what = sentence("the mandate ended on {day}", day=end) if end < on else sentence("the mandate ends on {day}", day=end)
            yield WorkItem(
                WorkKind.MANDATE, f"mandate:{each.id}", each.id, "", what, Decimal(0), "EUR", end - MANDATE_NOTICE, f"relance creditor end {each.id} --out …",
                name=each.name, by=end,
            )  # fmt: skip


def _accounts(journal: Journal, creditor: str | None) -> Iterator[WorkItem]:
    for change in recorded_ibans(journal)[1].values():
        if creditor in (None, change.creditor):
            what = sentence("the IBAN became {iban}, and was {trusted}: nothing that carries it leaves", iban=change.iban, trusted=change.trusted)
            settles = f"relance creditor confirm {change.creditor} --iban …"
            yield WorkItem(WorkKind.IBAN, f"iban:{change.creditor}", change.creditor, "", what, Decimal(0), "EUR", change.since, settles, name=change.creditor, by=change.since)


def _letterheads(journal: Journal, creditor: str | None, on: date, paper: PaperAccounts) -> Iterator[WorkItem]:
    there = {each.id: each.name for each in journal.creditor_records() if creditor in (None, each.id) and closed_since(each) is None}
    for other in other_accounts(journal, there, paper):
        what = sentence("the letterhead asks payment to {iban}, and its papers named {trusted}: none leaves", iban=other.iban, trusted=other.trusted)
        settles = f"relance creditor confirm {other.creditor} --iban …"
        yield WorkItem(WorkKind.IBAN, f"letterhead:{other.creditor}", other.creditor, "", what, Decimal(0), "EUR", on, settles, name=there[other.creditor], by=on)


def _replies(said: Iterable[Entry]) -> Iterator[WorkItem]:
    for reply, held in unread(said):
        what = sentence("a reply to read: {words}", words=" ".join(str(reply.data.get("note", "")).split())[:200])
        name = held.invoice or reply.debtor or ""
        yield WorkItem(WorkKind.REPLY, f"reply:{reply.creditor}:{reply.seq}", reply.creditor, reply.debtor or "", what, Decimal(0), "EUR", reply.on, f"relance record {name} hold.lifted")


def _doubles(journal: Journal, creditor: str | None, on: date) -> Iterator[WorkItem]:
    for each in doubles(journal, creditor):
        one, other = (name or sentence("no name") for name in each.names)
        what = sentence(
            "SIREN {siren} is '{one}' ({name}) and '{other}' ({second}): one person? two: relance split {other} {one}",
            siren=each.siren, one=each.one, name=one, other=each.other, second=other,
        )  # fmt: skip
        settles = f"relance merge {each.other} {each.one}"
        yield WorkItem(WorkKind.DOUBLE, f"double:{each.creditor}:{each.other}", each.creditor, each.other, what, Decimal(0), "EUR", on, settles)


def worked_by(journal: Journal, actor: str, creditor: str | None = None) -> frozenset[tuple[str, str]]:
    """Name the debtors, by creditor, whose case this person worked last; what a file told was nobody's work."""
    last: dict[tuple[str, str], str] = {}
    for entry in journal.entries(creditor=creditor, kinds=_WORKED):
        if entry.debtor is not None and not (entry.key or "").startswith("event:"):
            last[entry.creditor, entry.debtor] = entry.actor
    return frozenset(place for place, who in last.items() if who == actor)


def _known(journal: Journal, items: Iterable[WorkItem]) -> Mapping[tuple[str, str], Facts]:
    """Return what is known of the debtors that items are about, by creditor and debtor."""
    debtors = list(dict.fromkeys(item.debtor for item in items if item.debtor))
    return {(facts.creditor.id, facts.debtor.id): facts for facts in journal.facts_about(debtors)} if debtors else {}


def _of_day(item: WorkItem, known: Mapping[tuple[str, str], Facts], on: date) -> WorkItem:
    """Say of an item who it is about, and what is at stake in it on a day."""
    facts = known.get((item.creditor, item.debtor))
    if facts is None:
        return replace(item, name=item.name or item.debtor, stake=sum((action.claimed.total for action in item.actions), item.stake))
    stake = at_stake(item.actions, facts, on) if item.actions else item.stake
    return replace(item, name=item.name or facts.debtor.name or facts.debtor.id, stake=stake)
