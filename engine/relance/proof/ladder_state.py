"""What a ladder did to a claim, in the words a view has for it, and what becomes of it when a message leaves, waits, comes back or is refused.

The same that `interpreter.view` reads from the journal's lines of actions; tests/proof hold the two together on drawn histories. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple, TypeVar

from relance.contact_room import since_full
from relance.interpreter.action_state import in_order
from relance.interpreter.compiled import OFFERED, WORLD, CompiledPlaybook
from relance.model import CONTACT_CHANNELS, MANUAL_CHANNELS, POSTED_CHANNELS, Channel, ContactDay, Done, StepKind, View, Way

_NOTHING: frozenset[Channel] = frozenset()
_T = TypeVar("_T")


class Record(NamedTuple):
    """What became of the occurrences of one step: those executed, the day of the first, and of the `last` the days on which it was sent, done by hand or skipped."""

    executed: frozenset[int] = frozenset()
    first: date | None = None
    last: int = 0
    sent_on: date | None = None
    by_hand_on: date | None = None
    skipped_on: date | None = None

    def done(self) -> Done | None:
        """Return it as a view has it."""
        if not self.last:
            return None
        if self.last not in self.executed:
            assert self.skipped_on is not None
            return Done(self.skipped_on, self.last, skipped=True)
        on = self.sent_on or self.by_hand_on
        assert on is not None
        return Done(on, len(self.executed), first=self.first if len(self.executed) > 1 else None)

    def after(self, occurrence: int, on: date, *, by_hand: bool = False, skipped: bool = False) -> Record:
        """Return the record once an occurrence was executed, or passed over, on a day."""
        now = self if occurrence <= self.last else self._replace(last=occurrence, sent_on=None, by_hand_on=None)
        if skipped:
            return now._replace(skipped_on=on)
        now = now._replace(executed=now.executed | {occurrence}, first=now.first or on)
        if occurrence < now.last:
            return now
        return now._replace(by_hand_on=on) if by_hand else now._replace(sent_on=on)


class Out(NamedTuple):
    """An occurrence of a step that waits for somebody: since when, and by which channels it goes."""

    on: date
    occurrence: int
    channels: tuple[Channel, ...]


class Stand(NamedTuple):
    """Where a person moved a claim to, last: the step, and what is taken for done of those of which nothing was, by step."""

    step: int
    done: tuple[Done | None, ...]


class LadderState(NamedTuple):
    """Where a ladder stands. `records`, `out` (calls and tasks) and `failed` go by step; `draft` and `pending` are steps, `waits` the one of them; `contacts` the days that still count.

    `done` is what the records say, and what a move by hand says besides.
    """

    records: tuple[Record, ...]
    out: tuple[Out | None, ...]
    failed: tuple[frozenset[Channel], ...]
    done: tuple[Done | None, ...]
    draft: int | None = None
    pending: int | None = None
    waits: Out | None = None
    last_move: date | None = None
    contacts: tuple[ContactDay, ...] = ()
    handed: bool = False
    posted: bool = False  # a registered letter is out, of which the post may bring word
    stand: Stand | None = None

    @property
    def busy(self) -> int | None:
        """The step on which the ladder waits for somebody."""
        return self.draft if self.draft is not None else self.pending

    @property
    def pending_on(self) -> date | None:
        """The day from which a message could leave."""
        return self.waits.on if self.waits is not None and self.pending is not None else None


def beginning(plan: CompiledPlaybook) -> LadderState:
    """Return a ladder of which nothing was done."""
    size = len(plan.rungs)
    return LadderState((Record(),) * size, (None,) * size, (_NOTHING,) * size, (None,) * size)


def view_of(plan: CompiledPlaybook, seen: View, ladder: LadderState, on: date) -> View:
    """Return what the playbook sees of a claim: of the world, `seen`, and of its own ladder."""
    contacts = ladder.contacts
    if ladder.pending is not None and ladder.waits is not None:
        contacts = _with(contacts, on, frozenset(ladder.waits.channels) & POSTED_CHANNELS)
    truths = seen.truths
    so = ({"handed_over"} if ladder.handed else set()) | ({OFFERED} if _offered(plan, ladder) else set())
    if so:
        truths = tuple((test.value is True) if test.fact in so and test.op == "is" else truth for test, truth in zip(plan.tests, truths, strict=True))
    return replace(
        seen,
        truths=truths,
        done=ladder.done,
        open=tuple(None if each is None else each.on for each in ladder.out),
        failed=ladder.failed,
        draft=ladder.draft,
        draft_on=None if ladder.draft is None or ladder.waits is None else ladder.waits.on,
        pending=ladder.pending,
        pending_on=ladder.pending_on,
        last_move=ladder.last_move,
        full=since_full(plan.limits, contacts),
    )


def _offered(plan: CompiledPlaybook, ladder: LadderState) -> bool:
    """Say whether a message of the ladder that left made an offer."""
    return any(rung.step.offer is not None and record.executed for rung, record in zip(plan.rungs, ladder.records, strict=True))


def emitted(plan: CompiledPlaybook, ladder: LadderState, index: int, occurrence: int, ways: Iterable[Way], on: date) -> LadderState:
    """Return the ladder once a step was decided and nothing has left yet: a draft, a message that is to leave, a call or task that is out."""
    made = Out(on, occurrence, tuple(way.channel for way in ways))
    ladder = ladder._replace(last_move=on)
    if plan.rungs[index].step.approval:
        return ladder._replace(draft=index, waits=made)
    return _released(ladder, index, made)


def approved(ladder: LadderState, on: date) -> LadderState:
    """Return the ladder once a draft may leave: a hand-over has left by that, a call or task is out, a message waits to be sent."""
    assert ladder.draft is not None
    assert ladder.waits is not None
    index, made = ladder.draft, ladder.waits._replace(on=on)
    moved = on if Channel.HANDOVER in made.channels else ladder.last_move
    return _released(ladder._replace(draft=None, waits=None, last_move=moved), index, made)


def _released(ladder: LadderState, index: int, made: Out) -> LadderState:
    if any(channel in MANUAL_CHANNELS for channel in made.channels):
        ladder = ladder._replace(out=_put(ladder.out, index, made))
    if Channel.HANDOVER in made.channels:
        ladder = _recorded(ladder, index, ladder.records[index].after(made.occurrence, made.on))._replace(handed=True)
    if any(channel in POSTED_CHANNELS for channel in made.channels):
        ladder = ladder._replace(pending=index, waits=made)
    return ladder


def sent(plan: CompiledPlaybook, ladder: LadderState, on: date) -> LadderState:
    """Return the ladder once the message that was to leave has left."""
    assert ladder.pending is not None
    assert ladder.waits is not None
    index, made = ladder.pending, ladder.waits
    channels = frozenset(made.channels) & POSTED_CHANNELS
    posted = ladder.posted or bool(channels & {Channel.REGISTERED_LETTER, Channel.ELECTRONIC_REGISTERED_LETTER})
    ladder = _recorded(ladder._replace(pending=None, waits=None, last_move=on, posted=posted), index, ladder.records[index].after(made.occurrence, on))
    return _contacted(plan, ladder, on, channels)


def reported(plan: CompiledPlaybook, ladder: LadderState, index: int, on: date) -> LadderState:
    """Return the ladder once somebody recorded the call or the task of a step."""
    made = ladder.out[index]
    assert made is not None
    rest = _recorded(ladder._replace(out=_put(ladder.out, index, None)), index, ladder.records[index].after(made.occurrence, on, by_hand=True))
    if plan.rungs[index].step.approval:
        rest = rest._replace(last_move=on)
    return _contacted(plan, rest, on, frozenset({Channel.CALL}).intersection(made.channels))


def withdrawn(ladder: LadderState) -> LadderState:
    """Return the ladder once the draft, or the message that was to leave, was taken back: the next run asks again."""
    return ladder._replace(draft=None, pending=None, waits=None)


def skipped(ladder: LadderState, index: int, on: date) -> LadderState:
    """Return the ladder once a person passed over a step: its draft, its message that waits, its call or task that is out."""
    busy = ladder.busy == index
    made = ladder.waits if busy else ladder.out[index]
    assert made is not None
    rest = withdrawn(ladder) if busy else ladder
    rest = rest._replace(out=_put(ladder.out, index, None), last_move=on)
    return _recorded(rest, index, ladder.records[index].after(made.occurrence, on, skipped=True))


def failed(ladder: LadderState, index: int) -> LadderState:
    """Return the ladder once a message that was to leave could not, by any of its channels."""
    assert ladder.waits is not None
    lost = ladder.failed[index] | frozenset(ladder.waits.channels) & POSTED_CHANNELS
    return withdrawn(ladder)._replace(failed=_put(ladder.failed, index, lost))


def moved(plan: CompiledPlaybook, ladder: LadderState, step: int | None, on: date, *, served: bool) -> LadderState:
    """Return the ladder once a person moved the claim to a step, or to the playbook and no step of it; `served`: some formal notice was sent before."""
    if step is None:
        return _stood(ladder._replace(stand=None))
    notice = served and plan.rungs[step].step.kind is StepKind.FORMAL_NOTICE
    past = Done(on, 0, skipped=True)
    answers = (past if rung.anchor_kind == WORLD else None for rung in plan.rungs[:step])
    there = Done(on) if notice else past
    return _stood(ladder._replace(stand=Stand(step, (*answers, there, *(None for _ in plan.rungs[step + 1 :])))))


def _stood(ladder: LadderState) -> LadderState:
    """Say anew what is done: a move counts for as long as nothing is recorded of its step."""
    made = tuple(record.done() for record in ladder.records)
    if ladder.stand is None or made[ladder.stand.step] is not None:
        return ladder._replace(done=made)
    return ladder._replace(done=tuple(done or taken for done, taken in zip(made, ladder.stand.done, strict=True)))


def _recorded(ladder: LadderState, index: int, record: Record) -> LadderState:
    after = ladder._replace(records=_put(ladder.records, index, record))
    return after._replace(done=_put(ladder.done, index, record.done())) if ladder.stand is None else _stood(after)


def _contacted(plan: CompiledPlaybook, ladder: LadderState, on: date, channels: frozenset[Channel]) -> LadderState:
    """Add a contact, and keep those from which one of the limits may still count."""
    contacts = _with(ladder.contacts, on, channels)
    kept = {day for limit in plan.limits for day in sorted({each.on for each in contacts if limit.counts(each)})[-limit.most :]}
    return ladder._replace(contacts=tuple(each for each in contacts if each.on in kept))


def _with(contacts: tuple[ContactDay, ...], on: date, channels: frozenset[Channel]) -> tuple[ContactDay, ...]:
    return in_order([*contacts, *(ContactDay(on, channel) for channel in channels & CONTACT_CHANNELS)])


def _put(values: tuple[_T, ...], index: int, value: _T) -> tuple[_T, ...]:
    return (*values[:index], value, *values[index + 1 :])


def outline(plan: CompiledPlaybook, ladder: LadderState) -> tuple[object, ...]:
    """Return what of a ladder matters but for its days: what was done or skipped and how often where that is counted, what is out, failed or waits."""
    done = tuple(
        None if each is None else (each.skipped, 0 if rung.step.repeat is None else min(each.times, rung.step.repeat.times or 1))
        for rung, each in zip(plan.rungs, ladder.done, strict=True)
    )
    return (
        done, tuple(None if each is None else each.channels for each in ladder.out), ladder.failed,
        ladder.draft, ladder.pending, None if ladder.waits is None else ladder.waits.channels, ladder.handed, None if ladder.stand is None else ladder.stand.step,
    )  # fmt: skip
