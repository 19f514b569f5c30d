"""What was written, agreed and contested about some invoices of one debtor, up to a day: all that a message may say of its case beside its sums.

A message is about the invoices it names; one that named none is about those of its case. Reads acts and events, decides and computes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.balance import ZERO, Balances, balances
from relance.interpreter.pledges import Pledge, pledges
from relance.interpreter.scope import covers, is_notice, speaks_of
from relance.law.assignment import TELLING, Assignment, assignment_of, untold
from relance.model import CONTACT_CHANNELS, LETTERS, Action, Event, Facts, Invoice


@dataclass(frozen=True)
class FactsOfDay:
    """What is known of a debtor on a day, folded once for whoever asks: his acts, and what is open."""

    facts: Facts
    on: date

    @cached_property
    def acts(self) -> tuple[ActionState, ...]:
        """What became of every action."""
        return acts(self.facts.events, self.on)

    @cached_property
    def balances(self) -> Balances:
        """What is open of every invoice, and what came in."""
        return balances(self.facts, self.on)


@dataclass(frozen=True, slots=True)
class Cited:
    """One earlier message or call, and those of the invoices asked about that it was about, oldest due date first."""

    act: ActionState
    on: date
    invoices: tuple[Invoice, ...]


@dataclass(frozen=True, slots=True)
class PlanInstalment:
    """One instalment of a plan: what was to come in on a day, and what is missing of it. `late`: its day is past."""

    on: date
    amount: Decimal
    missing: Decimal
    late: bool


@dataclass(frozen=True)
class CaseHistory:
    """What is known of some invoices before a day. `acts` are the debtor's; `notices_by_step` name the steps that are formal notices where an act has no kind."""

    facts: Facts
    on: date
    invoices: tuple[Invoice, ...]
    acts: tuple[ActionState, ...]
    notices_by_step: Collection[str] = ()

    @cached_property
    def contacts(self) -> tuple[Cited, ...]:
        """Every message, and call that reached somebody, of an earlier day about one of these invoices after it was due, one a message, oldest first."""
        return self._cited(lambda act: None if act.id in self._unheard else act.contact, lambda day, invoice: day > invoice.due)

    @cached_property
    def _unheard(self) -> frozenset[str]:
        """The calls that reached nobody or somebody else, as last recorded: they were made, but the debtor knows of none."""
        last = {str(event.data["id"]): event.kind for event in self.facts.events if event.on <= self.on and event.kind.startswith("call.") and event.data.get("id")}
        return frozenset(name for name, kind in last.items() if kind in ("call.no_answer", "call.wrong_number"))

    @cached_property
    def first_letters(self) -> tuple[Cited, ...]:
        """The first letter about each of these invoices (the one that CPCE R124-4 wants recalled), one a message, oldest first."""
        return self._firsts(lambda act: act.executed if act.channel in LETTERS else None)

    @cached_property
    def notices(self) -> tuple[Cited, ...]:
        """The first formal notice of each of these invoices, from which what the law counts from it is counted; one a message, oldest first."""
        return self._firsts(lambda act: act.executed if is_notice(act, self.notices_by_step) else None)

    def _about(self, act: ActionState) -> list[Invoice]:
        """Return the invoices an act was about; a copy to a curator is no message of its own."""
        return [] if act.capacity == "curator" else [invoice for invoice in self.invoices if speaks_of(act, invoice, self.facts.debtor.id)]

    def _cited(self, day_of: Callable[[ActionState], date | None], counts: Callable[[date, Invoice], bool]) -> tuple[Cited, ...]:
        """Gather what was sent on an earlier day, message by message: of one message that several actions travelled in, all their invoices."""
        found: dict[str, tuple[ActionState, date, list[Invoice]]] = {}
        for act in sorted(self.acts, key=lambda act: (day_of(act) or self.on, act.channel not in LETTERS, act.id)):  # of one day, the one on paper first
            day = day_of(act)
            if day is None or day >= self.on:
                break  # what did not leave before today comes last
            about = [invoice for invoice in self._about(act) if counts(day, invoice)]
            if about:
                _, _, named = found.setdefault(act.message or act.id, (act, day, []))
                named += [invoice for invoice in about if invoice not in named]
        return tuple(Cited(act, day, _in_order(named)) for act, day, named in found.values())

    def _firsts(self, day_of: Callable[[ActionState], date | None]) -> tuple[Cited, ...]:
        """Gather the first such message of each invoice; of several on one day, the one on paper; what a person did by hand comes last."""
        every = self._cited(day_of, lambda _, __: True)
        found: dict[str, tuple[Cited, list[Invoice]]] = {}
        for invoice in self.invoices:
            mine = [each for each in every if invoice in each.invoices]
            if mine:
                first = min(mine, key=lambda each: (each.on, each.act.channel not in LETTERS, each.act.channel not in CONTACT_CHANNELS))
                found.setdefault(first.act.id, (first, []))[1].append(invoice)
        return tuple(
            sorted((Cited(each.act, each.on, _in_order(named)) for each, named in found.values()), key=lambda each: (each.on, each.act.id))
        )

    @cached_property
    def assignments(self) -> tuple[tuple[Assignment, bool], ...]:
        """The assignments by which the creditor has these invoices, oldest first, and whether the debtor was told of each before the day."""
        written = [(act.executed, frozenset(each.id for each in self._about(act))) for act in self.acts if act.executed is not None and act.channel in TELLING]
        new = {assignment for _, assignment in untold(self.invoices, written, self.on)}
        every = {assignment for invoice in self.invoices if (assignment := assignment_of(invoice)) is not None}
        return tuple((each, each not in new) for each in sorted(every, key=lambda each: (each.on, each.assignor)))

    # ------------------------------------------------------------- what was agreed, what is contested

    @cached_property
    def plan_of(self) -> Mapping[str, Pledge]:
        """The plan in force, kept or broken, of each of these invoices that has one: the last word, if it is no cancellation."""
        if not any(event.kind == "plan.agreed" for event in self.facts.events):
            return {}
        held = balances(self.facts, self.on)
        said = {invoice.id: pledges(self.facts, invoice, self.on, "plan.agreed", held) for invoice in self.invoices}
        return {name: words[-1] for name, words in said.items() if words and not words[-1].cancelled}

    @cached_property
    def plans(self) -> tuple[Pledge, ...]:
        """These plans, oldest first, each once."""
        found = {(plan.event.on, plan.event.seq): plan for plan in self.plan_of.values()}
        return tuple(found[key] for key in sorted(found))

    @cached_property
    def instalments(self) -> tuple[PlanInstalment, ...]:
        """The instalments of these plans, by day."""
        return tuple(sorted((part for plan in self.plans for part in instalments_of(plan, self.on)), key=lambda part: part.on))

    @cached_property
    def missed(self) -> tuple[PlanInstalment, ...]:
        """The instalments whose day is past and whose money is not there, or not all of it."""
        return tuple(part for part in self.instalments if part.late and part.missing)

    @cached_property
    def came_in(self) -> Mapping[date, Decimal]:
        """What was paid on each day by payments that may be for one of these invoices, whatever of it went to others; nothing where money went back."""
        found: dict[date, Decimal] = {}
        for event in self._told:
            if event.kind == "payment.reversed":
                return {}
            if event.kind == "payment.received":
                found[event.on] = found.get(event.on, ZERO) + event.data["amount"]
        return found

    @cached_property
    def promise(self) -> Event | None:
        """The latest promise about one of these invoices, kept or not."""
        return next((event for event in reversed(self._told) if event.kind == "promise.made"), None)

    @cached_property
    def promise_broken(self) -> bool:
        """Say whether the day of the latest promise is past and its money, or a part of it, is not there."""
        made = self.promise
        if made is None or made.data["by"] >= self.on:
            return False
        held = balances(self.facts, self.on)
        said = (pledge for invoice in self.invoices for pledge in pledges(self.facts, invoice, self.on, "promise.made", held))
        return any(pledge.event == made and pledge.breaks(self.on) for pledge in said)

    @cached_property
    def dispute(self) -> Event | None:
        """The latest dispute that is still open about one of these invoices."""
        still: dict[str, Event] = {}
        for event in self._told:
            for invoice in self.invoices:
                if event.kind == "dispute.opened" and covers(event, invoice):
                    still[invoice.id] = event
                elif event.kind == "dispute.closed" and covers(event, invoice):
                    still.pop(invoice.id, None)
        return max(still.values(), key=lambda event: (event.on, event.seq), default=None)

    @cached_property
    def _told(self) -> tuple[Event, ...]:
        """The events up to the day that count for one of these invoices, in order."""
        return tuple(event for event in self.facts.events if event.on <= self.on and any(covers(event, invoice) for invoice in self.invoices))


def case_history(facts: Facts, on: date, invoices: Iterable[Invoice], *, day: FactsOfDay | None = None) -> CaseHistory:
    """Return what is known of some invoices before a day, from the facts alone. `day` are the facts on it, where they were folded already."""
    return CaseHistory(facts, on, tuple(invoices), (day or FactsOfDay(facts, on)).acts)


def known_before(facts: Facts, actions: Sequence[Action]) -> Facts:
    """Return what was known before a message left: the events up to its day, without those of the actions that it carries (at least one, of one day)."""
    own, on = {action.id for action in actions}, actions[0].on

    def before(event: Event) -> bool:
        return event.on <= on and not (event.kind.startswith("action.") and event.data.get("id") in own)

    return replace(facts, events=tuple(event for event in facts.events if before(event)))


def _in_order(invoices: Iterable[Invoice]) -> tuple[Invoice, ...]:
    return tuple(sorted(invoices, key=lambda invoice: (invoice.due, invoice.id)))


def instalments_of(plan: Pledge, on: date) -> Iterator[PlanInstalment]:
    """Set what came in since a plan was agreed, and what lowered its debt, against its instalments, the oldest first."""
    left = max(plan.received(on), ZERO)
    for part in sorted(plan.event.data["instalments"], key=lambda each: each["on"]):
        served = min(left, part["amount"])
        left -= served
        yield PlanInstalment(part["on"], part["amount"], part["amount"] - served, part["on"] < on)
