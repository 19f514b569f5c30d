"""Whether a message may leave now: contact hours, open days, its age, and whether its case still asks for it.

Owns the answer and its reason, nothing else. The ladder is asked again on the day, as if the message had never been made and
from what really left: by the rules of the journal, over all cases of the debtor, with the contact rules of that day. What was
paid, grown, disputed, moved or held since stops it, by the one definition of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple, Protocol

from relance.contact_room import room
from relance.dates import is_open, may_leave
from relance.delivery.outbox import POSTED, Books, Message, State, read
from relance.interpreter import CompiledPlaybook, compile_playbook
from relance.interpreter.action_state import acts, in_order
from relance.interpreter.arrears import same_sums
from relance.interpreter.compiled import at_place
from relance.interpreter.contact_slot import is_limited
from relance.interpreter.debtor import Seen, actions_of, renewed
from relance.interpreter.reasons import say
from relance.interpreter.snapshot import reachable
from relance.law.mandate import beyond_mandate
from relance.law.places import holiday_place
from relance.law.recipients import readdressed
from relance.model import (
    CONTACT_CHANNELS,
    REGISTERED,
    Action,
    Channel,
    Combine,
    ContactDay,
    Debtor,
    Event,
    Facts,
    Playbook,
    Reason,
    Status,
    Step,
    StepStatus,
    WhenClosed,
)
from relance.portfolio.contradicted import Doubts
from relance.portfolio.evaluation import Climb, climbs_of, no_longer_asked
from relance.portfolio.explain import alone
from relance.portfolio.routing import Routing, assign, moved_to, only, with_known
from relance.portfolio.statements import too_old
from relance.sentences import AmountPart, sentence, shipped_text
from relance.zones import local_time, zone_of

#: After so many days a message is not sent any more: a person looks at it first.
MAX_AGE = 7
#: A message that has not left, and that nothing has happened to.
WAITING = (State.DRAFT, State.READY)
#: One that left, or may have.
LEFT = (State.SENT, State.UNDER_WAY, State.UNCLEAR)
#: One of which nobody knows yet that it left.
_TO_LEAVE = (*WAITING, State.UNDER_WAY, State.UNCLEAR)


class Release(StrEnum):
    """What to do with a message that is ready."""

    GO = "go"
    WAIT = "wait"
    WITHDRAW = "withdraw"


class Answer(NamedTuple):
    """The verdict, why it is not GO, and the actions as they leave (none when it is withdrawn). `since`: from when it had room to.

    `opens`: the moment, later on the debtor's same day, at which the hours of its channel come, where these alone were asked about.
    """

    verdict: Release
    why: str = ""
    actions: tuple[Action, ...] = ()
    since: date = date.min
    opens: datetime | None = None


# --------------------------------------------------------------------------- what is known


@dataclass(frozen=True, slots=True)
class Rules:
    """By what cases are decided: the rules a journal holds for a creditor; where it holds none, the playbook that a message names.

    `load` finds a playbook by id that the rules do not hold; `read_until` says up to which day a creditor's bank statements were read,
    `payee` why nothing may tell debtors where to pay it, `doubts` why an invoice is not to be asked for unseen.
    """

    load: Callable[[str], Playbook | None]
    applied: Callable[[str], Routing | None] = lambda _: None
    read_until: Callable[[str], date | None] = lambda _: None
    payee: Callable[[str], str | None] = lambda _: None
    doubts: Doubts = lambda *_: None

    def playbook(self, message: Message) -> Playbook | None:
        """Find the playbook that made a message."""
        return self.named(message.creditor, message.items[0].action.playbook)

    def named(self, creditor: str, name: str) -> Playbook | None:
        """Find a creditor's playbook by its id."""
        routing = self.applied(creditor)
        held = routing.playbooks.get(name) if routing is not None else None
        return held or self.load(name)


class KnownDebtor(NamedTuple):
    """What is known of a debtor: his facts, creditor by creditor, every message to him, and up to which entry of the creditor's chain."""

    household: tuple[Facts, ...]
    outbox: tuple[Message, ...]
    since: int

    def facts(self, creditor: str) -> Facts | None:
        """Return what is known of him with one creditor."""
        return next((facts for facts in self.household if facts.creditor.id == creditor), None)


class DebtorBooks(Books, Protocol):
    """What is asked of a journal: which creditors know a debtor, beside what the outbox asks."""

    def creditors_of(self, debtor: str) -> list[str]:
        """Name them."""


def known_debtor(books: DebtorBooks, creditor: str, debtor: str) -> KnownDebtor:
    """Read what is known of a debtor, with this creditor and the others."""
    since = books.last_seq(creditor, debtor)
    creditors = books.creditors_of(debtor) or [creditor]
    household = tuple(facts for name in creditors for facts in books.facts(name, debtor))
    outbox = tuple(message for name in creditors for message in read(books, creditor=name, debtor=debtor))
    return KnownDebtor(household, outbox, since)


# --------------------------------------------------------------------------- the moment


def answer(message: Message, known: KnownDebtor, rules: Rules, now: datetime, *, max_age: int = MAX_AGE) -> Answer:
    """Say whether a ready message may leave at a moment (with a zone)."""
    facts, playbook = known.facts(message.creditor), rules.playbook(message)
    if facts is None or playbook is None:
        return standing(message, known, rules, now.date())
    local = local_time(now, facts.debtor)
    if local.date() < message.dated:
        return Answer(Release.WAIT, sentence("it is dated {dated}", dated=message.dated))
    if closed := closed_today(message, at_place(playbook, holiday_place(facts.debtor.address)), local.date()):
        return Answer(Release.WAIT, closed)
    if (shut := outside_hours(message, playbook, local)) is not None:
        return shut
    found = standing(message, known, rules, local.date())
    if found.verdict is Release.GO and original_waits(message, known):
        return found._replace(verdict=Release.WAIT, why=sentence("the registered letter that it is a copy of goes first"))
    if found.verdict is Release.GO and (age := (local.date() - max(message.dated, found.since)).days) > max_age:
        return found._replace(verdict=Release.WAIT, why=sentence("it is dated {dated}, {age} days ago: reject it, and it is made anew", dated=message.dated, age=age))
    return found


def original_waits(message: Message, known: KnownDebtor) -> bool:
    """Say whether an e-mail is the copy of a registered letter that has not left, so that there is nothing yet that it could be a copy of."""
    beside = (each for each in known.outbox if each.creditor == message.creditor and each.channel in REGISTERED and each.state in _TO_LEAVE)
    return message.channel is Channel.EMAIL and any(_carries(each, _steps(message)) for each in beside)


def closed_today(message: Message, playbook: Playbook, day: date) -> str | None:
    """Say why a message may not leave on a day of the debtor's, or None: the pauses and weekdays of its steps, and closed days.

    `playbook` has the calendar of the debtor's place beside its own (`at_place`).
    """
    calendar = playbook.calendar
    if not all(may_leave(day, calendar, step.weekdays, step.pauses) for step in _own_steps(message, playbook)):
        return sentence("{day} is no day on which its step leaves", day=day)
    if message.channel in CONTACT_CHANNELS and calendar.when_closed is not WhenClosed.KEEP and not is_open(calendar, day):
        return sentence("{day} is a closed day", day=day)
    return None


def outside_hours(message: Message, playbook: Playbook, local: datetime) -> Answer | None:
    """Tell a message to wait outside the hours of its channel, and until when where they come later that day; None within them, and where there are none."""
    windows = [text for channel, text in playbook.contact.hours if channel is message.channel and channel in CONTACT_CHANNELS]
    spans, clock = [hours_of(text) for text in windows], local.time().replace(tzinfo=None)
    if not spans or any(start <= clock < end for start, end in spans):
        return None
    channel = shipped_text(message.channel.replace("_", " "))
    why = sentence("it is {local} there, and '{channel}' leaves {names}", local=f"{local:%H:%M}", channel=channel, names=windows)
    next_start = min((start for start, _ in spans if start > clock), default=None)
    opens = None if next_start is None else local.replace(hour=next_start.hour, minute=next_start.minute, second=0, microsecond=0)
    return Answer(Release.WAIT, why, opens=opens)


def hours_on(channel: Channel, playbook: Playbook, debtor: Debtor, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Return from when until when, on a day of his, a playbook lets a debtor be contacted by a channel; nothing where it names no hours."""
    place = zone_of(debtor)
    spans = [hours_of(text) for each, text in playbook.contact.hours if each is channel]
    return tuple((datetime.combine(day, start, place), datetime.combine(day, end, place)) for start, end in sorted(spans))


def _own_steps(message: Message, playbook: Playbook) -> list[Step]:
    """Return the steps of a message, as far as the playbook knows them."""
    order = compile_playbook(playbook).by_id
    return [playbook.steps[order[action.step]] for action in message.actions if action.step in order]


def hours_of(text: str) -> tuple[time, time]:
    """Read `HH:MM-HH:MM`."""
    start, _, end = text.partition("-")
    return time.fromisoformat(start.strip()), time.max if end.strip() == "24:00" else time.fromisoformat(end.strip())


# --------------------------------------------------------------------------- the ladder, asked again


def standing(message: Message, known: KnownDebtor, rules: Rules, on: date) -> Answer:
    """Say whether a message, a draft too, may be let go on a day, whatever the hour: by the rules, over all the debtor's cases."""
    facts, playbook = known.facts(message.creditor), rules.playbook(message)
    if facts is None:
        return Answer(Release.WITHDRAW, sentence("the journal knows nothing of this debtor any more"))
    if playbook is None:
        name = message.items[0].action.playbook
        return Answer(Release.WAIT, sentence("the playbook '{name}' is not found: say where by --playbook", name=name))
    if message.channel in CONTACT_CHANNELS and not reachable(facts, message.channel, on):
        return Answer(Release.WITHDRAW, sentence("the debtor cannot be reached by '{channel}' any more, or refused it", channel=shipped_text(message.channel.replace("_", " "))))
    if moved := readdressed(message.channel, message.items[0].action.capacity, facts, on):
        return Answer(Release.WITHDRAW, moved)
    if doubted := _doubted(message, rules):
        return Answer(Release.WITHDRAW, doubted)
    climbs = _decided(message, known, rules, playbook, on)
    actions = refreshed(message, facts, playbook, on)
    found = [_of_case(item.action, now, climbs, on) for item, now in zip(message.items, actions, strict=True)]
    if (withdrawn := next((each for each in found if each.verdict is Release.WITHDRAW), None)) is not None:
        return withdrawn
    waits = next((each for each in found if each.verdict is Release.WAIT), None) or _room_today(message, known, rules, playbook, on)
    if waits is None and (unread := statement_missing(message, rules, on)):
        waits = Answer(Release.WAIT, unread)
    if message.channel in CONTACT_CHANNELS and (unsure := rules.payee(message.creditor)):
        waits = Answer(Release.WAIT, unsure)
    if narrow := not_covered(message, facts):
        waits = Answer(Release.WAIT, narrow)
    if waits is not None:
        return waits._replace(actions=actions)
    return Answer(Release.GO, "", actions, max(each.since for each in found))


def _doubted(message: Message, rules: Rules) -> str | None:
    """Say why a message that nobody has seen may not leave so: a file holds one of its invoices otherwise. What was a draft is seen by who approves it."""
    return next(filter(None, (rules.doubts(message.creditor, item.action.invoices) for item in message.items if not item.action.draft)), None)


def not_covered(message: Message, facts: Facts) -> str | None:
    """Say why the creditor's mandate, as it is now, does not cover a message, or None."""
    return next(filter(None, (beyond_mandate(item.action, facts.creditor) for item in message.items)), None)


def statement_missing(message: Message, rules: Rules, on: date) -> str | None:
    """Say that the last bank statement read is older than the rules require, or None.

    A message that became a draft, or was approved, when it was already too old was looked at with that said: it does not wait for it again.
    """
    routing = rules.applied(message.creditor)
    within = None if routing is None else routing.statement_within
    if within is None:
        return None
    last = rules.read_until(message.creditor)
    return None if too_old(last, within, message.dated) else too_old(last, within, on)


def _decided(message: Message, known: KnownDebtor, rules: Rules, playbook: Playbook, on: date) -> list[Climb]:
    """Decide the debtor's cases as if nothing that waits had been made, and this message and what was made with it had not either."""
    own = known.facts(message.creditor)
    assert own is not None
    household = [_without_waiting(facts, message, known, playbook, on) for facts in known.household]
    routing = rules.applied(message.creditor)
    if routing is None:
        return climbs_of(household, only(playbook), on, alone(playbook, own))[0]
    whole = with_known(routing, moved_to(household), rules.load)
    return [climb for climb in climbs_of(household, whole, on, assign)[0] if climb.today.facts.creditor.id == message.creditor]


def _without_waiting(facts: Facts, message: Message, known: KnownDebtor, playbook: Playbook, on: date) -> Facts:
    """Leave out of a debtor's facts what has not left, and the message asked about with all that was made beside it.

    The days on which something left stay: on one of them other than today the contact rules are as for any other message. But what
    left of the same step about the same invoices, by another channel, is one contact with it, whatever its day: a letter is printed a day
    after its e-mail. What left of it about others stays: the first letter of an account is not that of an invoice that joined it.
    """
    mine = facts.creditor.id == message.creditor
    outbox = [each for each in known.outbox if each.creditor == facts.creditor.id]
    steps = _steps(message) if mine else {}
    made = acts(facts.events, on)
    same = {act.id for act in made if not act.failed and _of_steps((act.playbook, act.case, act.step, act.occurrence), act.invoices, steps)}
    gone = {act.id for act in made if act.waits} | same
    gone |= {item.action.id for each in outbox if each.state in WAITING for item in each.items}
    left = [each for each in outbox if each.state in LEFT]
    beside = [each for each in left if mine and ((each.left == on and _made_together(each, message, playbook)) or _carries(each, steps))]
    gone |= {item.action.id for each in beside for item in each.items}
    spoken = ((act.contact, act.channel) for act in made if act.id in gone - same and act.channel not in POSTED and act.contact != on)
    written = ((each.left, each.channel) for each in left if each.channel in CONTACT_CHANNELS and each not in beside)
    days = (ContactDay(day, channel) for day, channel in (*spoken, *written) if day is not None)
    return replace(_without(facts, gone), contacts_elsewhere=in_order([*days, *facts.contacts_elsewhere]))


#: A step of a case, by playbook, case, step and occurrence.
_Step = tuple[str, str, str, int]


def _steps(message: Message) -> dict[_Step, frozenset[str]]:
    """Return the steps of cases that a message carries out, each with the invoices it is about."""
    found: dict[_Step, frozenset[str]] = {}
    for each in message.actions:
        key = (each.playbook, each.case, each.step, each.occurrence)
        found[key] = found.get(key, frozenset()) | frozenset(each.invoices)
    return found


def _of_steps(step: _Step, invoices: Collection[str], steps: Mapping[_Step, frozenset[str]]) -> bool:
    """Say whether an action of a step, about these invoices (none: it does not say), is one of some steps, about some of theirs."""
    return step in steps and (not invoices or not steps[step].isdisjoint(invoices))


def _carries(message: Message, steps: Mapping[_Step, frozenset[str]]) -> bool:
    """Say whether a message carries out one of some steps, about some of their invoices."""
    return any(_of_steps(step, invoices, steps) for step, invoices in _steps(message).items())


def _without(facts: Facts, actions: Collection[str]) -> Facts:
    """Leave out of what is known every word about some actions."""

    def other(event: Event) -> bool:
        return not (event.kind.startswith("action.") and event.data.get("id") in actions)

    return replace(facts, events=tuple(event for event in facts.events if other(event)))


def _of_case(action: Action, now: Action, climbs: Sequence[Climb], on: date) -> Answer:
    """Say whether the case of one action still asks for it."""
    if (over := no_longer_asked(action.playbook, action.case, action.invoices, climbs)) is not None:
        return Answer(Release.WITHDRAW, over)
    climb, seen = next((climb, seen) for climb in climbs for seen in climb.seen if (climb.playbook.id, seen.case.id) == (action.playbook, action.case))
    if seen.decision.status is Status.HELD:
        return Answer(Release.WAIT, say(seen.decision.reason))
    if action.offer is not None and action.deadline is not None and action.deadline <= on:
        return Answer(Release.WITHDRAW, sentence("what it offers stood until {deadline}", deadline=action.deadline))
    if not same_sums(now.claimed, action.claimed):
        currency = action.claimed.currency
        if action.claimed.arrears != now.claimed.arrears:
            return Answer(Release.WITHDRAW, sentence("it asked {was} when it was made, and would ask {now} now", was=AmountPart(action.claimed.total, currency), now=AmountPart(now.claimed.total, currency)))
        was, is_ = action.claimed.principal, now.claimed.principal
        return Answer(Release.WITHDRAW, sentence("{was} was open when it was made, and {now} is now", was=AmountPart(was, currency), now=AmountPart(is_, currency)))
    return _of_step(action, climb, seen, on)


#: Reasons of a step that waits for its own day, which was not that late when the message was made.
_OWN_DAY = frozenset({"at", "repeat"})


def _of_step(action: Action, climb: Climb, seen: Seen, on: date) -> Answer:
    """Say whether the ladder, asked again, would write this step."""
    plan = compile_playbook(climb.playbook)
    if action.step not in plan.by_id:
        return Answer(Release.WITHDRAW, sentence("the playbook has no step '{step}' any more", step=action.step))
    step, decision = climb.playbook.steps[plan.by_id[action.step]].id, seen.decision
    verdict = next(verdict for verdict in decision.steps if verdict.step == step)
    why = say(verdict.reason)
    if verdict.status is StepStatus.DUE:
        if decision.occurrence != action.occurrence:
            return Answer(Release.WITHDRAW, sentence("'{step}' has gone out since", step=step))
        asked = {name for made in actions_of(climb.playbook, seen, climb.today) for name in made.invoices}
        if asked == set(action.invoices):
            return _in_room(action, plan, seen, on)
        joined, left = sorted(asked - set(action.invoices)), sorted(set(action.invoices) - asked)
        what = [sentence("{names} is to be asked with it now", names=joined)] * bool(joined) + [sentence("{names} is not asked any more", names=left)] * bool(left)
        return Answer(Release.WITHDRAW, what[0] if len(what) == 1 else sentence("{first}; {second}", first=what[0], second=what[1]))
    if verdict.status is StepStatus.WAITING:
        if verdict.on is not None and verdict.on > on:
            own_day = verdict.reason.name in _OWN_DAY
            return Answer(Release.WITHDRAW if own_day else Release.WAIT, sentence("it is for {on} now: {why}", on=verdict.on, why=why) if own_day else sentence("{why}: from {on}", why=why, on=verdict.on))
        return _in_room(action, plan, seen, on)  # another step would be made first today: this one is made, and nothing overtakes it
    if verdict.status is StepStatus.BLOCKED:
        return Answer(Release.WITHDRAW if _in_its_own_way(verdict.reason, plan, seen) else Release.WAIT, why)
    if verdict.reason.name in ("overtaken", "answered_first"):
        return _in_room(action, plan, seen, on)
    return Answer(Release.WITHDRAW, sentence("'{step}' has gone out since", step=step) if verdict.status is StepStatus.DONE else why)


def _in_its_own_way(reason: Reason, plan: CompiledPlaybook, seen: Seen) -> bool:
    """Say whether a message waits for a step that waits for it: one that is not made while a message of its case has not left. An open call or task is."""
    if reason.name == "after":
        return seen.view.open[plan.by_id[str(reason.args[0])]] is None
    return reason.name == "no_notice"


def _in_room(action: Action, plan: CompiledPlaybook, seen: Seen, on: date) -> Answer:
    """Say since when the contact rules have room for an action; one that is no contact always has."""
    if action.channel not in CONTACT_CHANNELS:
        return Answer(Release.GO)
    since = max((each.opens for each in room(plan.limits, seen.view.full, (action.channel,))), default=date.min)
    return Answer(Release.GO, since=since) if since <= on else Answer(Release.WAIT, sentence("the contact rules leave no room before {since}", since=since))


# --------------------------------------------------------------------------- the debtor's other messages


def _made_together(one: Message, other: Message, playbook: Playbook) -> bool:
    """Say whether two messages are one contact: made on one day by this playbook, and combined by it."""
    return bool(_contacts(one, playbook) & _contacts(other, playbook))


def _contacts(message: Message, playbook: Playbook) -> frozenset[tuple[object, ...]]:
    """Name the contacts that a message is part of."""

    def share(action: Action) -> str:
        match playbook.combine:
            case Combine.DEBTOR:
                return ""
            case Combine.STEP:
                return action.step
            case _:
                return action.case

    return frozenset((each.creditor, each.on, share(each)) for each in message.actions if each.playbook == playbook.id)


def _room_today(message: Message, known: KnownDebtor, rules: Rules, playbook: Playbook, on: date) -> Answer | None:
    """Where contact rules leave room for one message a day, say that another took it."""
    if message.channel not in CONTACT_CHANNELS:
        return None
    for other in known.outbox:
        if other.left != on or other.state not in LEFT or other.channel not in CONTACT_CHANNELS or _made_together(other, message, playbook):
            continue
        theirs = rules.playbook(other)
        apart = other.creditor != message.creditor and (playbook.collector != "agency" or (theirs is not None and theirs.collector != "agency"))
        if not apart and any(is_limited(compile_playbook(each), (one.channel,)) for each, one in ((playbook, message), (theirs, other)) if each is not None):
            return Answer(Release.WAIT, sentence("another message of this debtor left on {on}", on=on))
    return None


# --------------------------------------------------------------------------- as it leaves


def refreshed(message: Message, facts: Facts, playbook: Playbook, on: date) -> tuple[Action, ...]:
    """Return a message's actions as they leave on a day: its sums and deadline are of that day, for its own invoices."""
    known = before(facts, message.actions)
    return tuple(renewed(action, known, playbook, on) for action in message.actions)


def before(facts: Facts, actions: Sequence[Action]) -> Facts:
    """Return what was known, without the events about these actions: a message does not name itself as an earlier one."""
    return _without(facts, {action.id for action in actions})
