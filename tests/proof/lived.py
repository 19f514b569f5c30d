"""Histories of the plain interpreter, drawn: a debtor with several invoices, what happens to each, what people of the house do, day by day.

Nothing of the proof is asked on the way but its promises, whose watches are kept over each ladder: of an account, over the ladder that each of its
invoices carries. What a person may do is what the commands let him: a message leaves, and a draft is approved, where the playbook would ask for it anew.
"""

import random
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.cases import cases
from relance.interpreter.compiled import compile_playbook
from relance.interpreter.debtor import look
from relance.interpreter.emission import emission
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import (
    MANUAL_CHANNELS,
    POSTED_CHANNELS,
    Channel,
    Event,
    Facts,
    Invoice,
    Playbook,
    Sender,
    Step,
    StepKind,
)
from relance.proof.promises import Observed, Promise

_DAY = timedelta(days=1)
_OPENS = ("dispute.opened", "hold.placed", "promise.made", "plan.agreed", "insolvency.opened", "payment.unmatched")
_ENDS = {"dispute.opened": "dispute.closed", "hold.placed": "hold.lifted", "plan.agreed": "plan.cancelled", "insolvency.opened": "insolvency.closed", "payment.unmatched": "payment.matched"}


class Left(NamedTuple):
    """A step that left: by which ladder, at which step that stood, and the truths that it was decided by, where it was decided that day."""

    carrier: str
    stood: str
    step: str
    truths: tuple[bool | None, ...]


@dataclass
class Life:
    """A debtor's life under a playbook. `broken` are the places of the promises that it broke, each with the day and the ladder."""

    playbook: Playbook
    facts: Facts
    promises: Sequence[Promise]
    draw: random.Random
    words: frozenset[str] = frozenset()
    broken: list[tuple[int, date, str]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    watches: dict[str, tuple[Hashable, ...]] = field(default_factory=dict)
    on: date = date.min

    def __post_init__(self) -> None:
        self.words = frozenset(word for each in self.promises for word in each.words())
        self.plan = compile_playbook(self.playbook)

    def live(self, start: date, days: int) -> "Life":
        """Live so many days on which something is done, from a day on."""
        on, often = start, self.draw.choice((0.03, 0.2, 0.6))
        for _ in range(days):
            while self.draw.random() < often:
                self._happen(on)
            self._work(on)
            if self.draw.random() < 0.9:
                self._run(on)
            on += self.draw.choice((1, 1, 2, 3, 5, 9, 16)) * _DAY
        self.on = on
        return self

    def moved(self, playbook: Playbook, step: Step | None) -> "Life":
        """Let a person move all cases to a playbook, and to a step of it where one is named; what the promises remember is told so."""
        life = replace(self, playbook=playbook, left=[])
        notice = step is not None and step.kind is StepKind.FORMAL_NOTICE and any(act.kind == StepKind.FORMAL_NOTICE and act.executed for act in self._acts(self.on))
        for ladder in [each.id for each in self.facts.invoices]:
            before = self.watches.get(ladder, tuple(each.begin() for each in self.promises))
            life.watches[ladder] = tuple(each.carried(memory, step if notice else None) for each, memory in zip(self.promises, before, strict=True))
        life._tell(self.on, "playbook.changed", None, playbook=playbook.id, **({} if step is None else {"position": step.id}))
        return life

    # ---------------------------------------------------------------- what happens from outside

    def _happen(self, on: date) -> None:
        invoice = self.draw.choice(self.facts.invoices)
        known = [each for each in self.facts.events if each.invoice == invoice.id]
        open_ = [kind for kind in _OPENS if sum(each.kind == kind for each in known) > sum(each.kind == _ENDS.get(kind) for each in known)]
        said = self.draw.choice(("pay", "pay all", "back", "open", "end", "letter", "channel", "told", "close", "pay"))
        match said:
            case "pay" | "pay all":
                part = invoice.amount if said == "pay all" else self.draw.choice((invoice.amount / 4, invoice.amount / 2))
                self._tell(on, "payment.received", invoice.id, amount=part.quantize(Decimal("0.01")))
            case "back" if sum(each.kind == "payment.received" for each in known) > sum(each.kind == "payment.reversed" for each in known):
                self._tell(on, "payment.reversed", invoice.id, amount=next(each.data["amount"] for each in reversed(known) if each.kind == "payment.received"))
            case "open":
                kind = self.draw.choice(_OPENS)
                more: dict[str, object] = {}
                if kind == "promise.made":
                    more = {"by": on + self.draw.choice((3, 10)) * _DAY, "amount": invoice.amount}
                elif kind == "plan.agreed":
                    half = (invoice.amount / 2).quantize(Decimal("0.01"))
                    more = {"instalments": ({"on": on + 15 * _DAY, "amount": half}, {"on": on + 40 * _DAY, "amount": invoice.amount - half})}
                elif kind == "insolvency.opened":
                    more = {"published_on": on}
                self._tell(on, kind, None if kind in ("insolvency.opened", "payment.unmatched") else invoice.id, **more)
            case "end" if open_:
                kind = self.draw.choice(open_)
                if kind in _ENDS:
                    self._tell(on, _ENDS[kind], invoice.id)
            case "letter" if any(act.channel in (Channel.REGISTERED_LETTER, Channel.ELECTRONIC_REGISTERED_LETTER) and act.executed for act in self._acts(on)):
                words = [word for word in self.plan.anchors if word.startswith("letter.")]
                if words:
                    self._tell(on, self.draw.choice(words), invoice.id)
            case "channel" if self.plan.channels:
                self._tell(on, "channel.refused", None, channel=self.draw.choice(self.plan.channels))
            case "told":
                words = [word for word in self.plan.anchors if word.partition(".")[0] in ("contact", "call", "order")]
                if words:
                    self._tell(on, self.draw.choice(words), invoice.id, **({"channel": Channel.EMAIL} if words[0] == "contact.inbound" else {}))
            case _:
                pass

    # ---------------------------------------------------------------- what the house does

    def _run(self, on: date) -> None:
        seen = look(self.playbook, self.facts, on)
        for each in seen.seen:
            decision = each.decision
            if decision.step is None:
                continue
            mine = [action for action in seen.actions if action.case == each.case.id and action.step == decision.step.id]
            for action in mine:
                event = emission(action)
                self._add(replace(event, data={**event.data, "sent_by": Sender.RELANCE}) if action.channel in POSTED_CHANNELS else event)
            done = [index for index, made in enumerate(each.view.done) if made is not None]
            stood = self.playbook.steps[max(done)].id if done else ""
            self.left.append(Left(mine[0].carrier, stood, decision.step.id, each.view.truths))
            if Channel.HANDOVER in {way.channel for way in decision.ways} and not decision.step.approval:
                self._saw(on, mine[0].carrier, step=decision.step, channels=(Channel.HANDOVER,))
        if self.draw.random() < 0.8:
            self._work(on)
        for case in {each.case.id for each in seen.seen}:
            told = any(each.decision.step is not None or each.decision.next is not None for each in seen.seen if each.case.id == case)
            if told:
                self._saw(on, next(each.case for each in seen.seen if each.case.id == case).invoices[0].id, over=True, told=True)

    def _work(self, on: date) -> None:
        for _, made in sorted(self._waiting(on).items()):
            act, asked = made[0], self._asked(made, on)
            step = self.playbook.steps[self.plan.by_id[act.step]]
            channels = tuple(each.channel for each in made)
            choice = self.draw.random()
            if choice < 0.3:
                continue  # nobody came to it
            if choice < 0.4:
                self._word("skipped", made, on, reason="as a person decided")
                self._saw(on, act.carrier, passed=step)
            elif act.waits:
                if asked and choice < 0.9:
                    self._word("approved", made, on)
                    if Channel.HANDOVER in channels:
                        self._saw(on, act.carrier, step=step, channels=(Channel.HANDOVER,))
                else:
                    self._word("cancelled", made, on, reason="as a person decided")
            elif act.pending:
                if asked and choice < 0.9:
                    self._word("executed", made, on)
                    self._saw(on, act.carrier, step=step, channels=channels)
                elif asked:
                    self._word("failed", made, on, error="refused")
                else:
                    self._word("cancelled", made, on, reason="as a person decided")
            elif Channel.CALL not in channels or asked:
                self._word("executed", made, on)
                self._saw(on, act.carrier, step=step, channels=channels)

    def _waiting(self, on: date) -> dict[tuple[str, str, int, str], list[ActionState]]:
        """Return what waits for somebody, action by action of one step, occurrence and kind of waiting."""
        found: dict[tuple[str, str, int, str], list[ActionState]] = {}
        for act in self._acts(on):
            kind = "draft" if act.waits else "pending" if act.pending else "open" if act.open and act.channel in MANUAL_CHANNELS else ""
            if kind and act.step in self.plan.by_id and act.playbook == self.playbook.id:
                found.setdefault((act.carrier, act.step, act.occurrence, kind), []).append(act)
        return found

    def _asked(self, made: Sequence[ActionState], on: date) -> bool:
        """Say whether the playbook would ask for it today, had it never been made."""
        ids = {act.id for act in made} | {act.id for act in self._acts(on) if act.open}
        bare = replace(self.facts, events=tuple(each for each in self.facts.events if each.data.get("id") not in ids))
        asked = {(action.step, action.carrier) for action in look(self.playbook, bare, on).actions}
        return (made[0].step, made[0].carrier) in asked

    def _granted(self, act: ActionState) -> date | None:
        """Return the last day that a formal notice gives: what its step says of the day it left, or under another playbook what its text says."""
        if act.playbook != self.playbook.id:
            return act.deadline
        grants = self.plan.rungs[self.plan.by_id[act.step]].grants
        return None if grants is None or act.executed is None else grants(act.executed)

    # ---------------------------------------------------------------- what is written and seen

    def _acts(self, on: date) -> list[ActionState]:
        return list(acts(self.facts.events, on))

    def _word(self, word: str, made: Sequence[ActionState], on: date, **more: object) -> None:
        for act in made:
            self._tell(on, f"action.{word}", act.carrier, id=act.id, **more)

    def _tell(self, on: date, kind: str, invoice: str | None, **data: object) -> None:
        self._add(Event(on, kind, invoice, None, 0, data))

    def _add(self, event: Event) -> None:
        self.facts = replace(self.facts, events=(*self.facts.events, replace(event, seq=len(self.facts.events))))

    def _saw(self, on: date, carrier: str, **more: object) -> None:
        """Keep the watches of a ladder over what was seen of it."""
        today = Snapshot(self.playbook, self.facts, on)
        case = next(each for each in cases(self.playbook, self.facts) if carrier in {invoice.id for invoice in each.invoices})
        unit = case_today(case, today)
        whole = self.playbook.keeps_place  # a place that is kept is the whole account's
        ladder = case.id if whole else carrier
        acted = [act for act in self._acts(on) if whole or act.carrier == carrier or (act.kind == StepKind.FORMAL_NOTICE and carrier in act.invoices)]
        words = {word for word in self.words if word in unit.states}
        words |= {"awaiting_approval"} if any(act.waits for act in acted) else set()
        words |= {"awaiting_sending"} if any(act.pending for act in acted) else set()
        granted = max((day for act in acted if act.executed is not None and act.kind == StepKind.FORMAL_NOTICE and (day := self._granted(act)) is not None), default=None)
        seen = Observed(on, frozenset(words), unit.carrier.due, granted=granted, **more)  # type: ignore[arg-type]  # its own fields
        before = self.watches.get(ladder, tuple(each.begin() for each in self.promises))
        after = []
        for place, (promise, memory) in enumerate(zip(self.promises, before, strict=True)):
            kept, broke = promise.watch(memory, seen)
            after.append(kept)
            if broke:
                self.broken.append((place, on, ladder))
        self.watches[ladder] = tuple(after)
        if not whole and seen.step is not None and seen.step.kind is StepKind.FORMAL_NOTICE:  # it stands for every invoice of the account that it named
            for other in {name for act in acted if act.step == seen.step.id and act.executed == on for name in act.invoices} - {carrier}:
                memories = self.watches.get(other, tuple(each.begin() for each in self.promises))
                self.watches[other] = tuple(promise.carried(memory, seen.step) for promise, memory in zip(self.promises, memories, strict=True))


def several(facts: Facts, draw: random.Random, number: int) -> Facts:
    """Give a debtor so many invoices, each issued and due on a day of its own."""
    first = facts.invoices[0]
    made: list[Invoice] = []
    for place in range(number):
        later = timedelta(days=draw.choice((0, 1, 10, 35, 80))) if place else timedelta(0)
        issued = None if first.issued is None else first.issued + later
        made.append(replace(first, id=f"F-{place + 1}", issued=issued, due=first.due + later, amount=draw.choice((first.amount, first.amount / 2))))
    return replace(facts, invoices=tuple(made))
