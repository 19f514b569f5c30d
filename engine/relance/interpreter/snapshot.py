"""A debtor, or a case, on a day: balances, standings, acts, contacts, the invoices left and the one that carries the account.

Worked out once and shared by all that ask about that day: the view, the sums asked, the duties. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from relance.contact_room import since_full
from relance.interpreter.action_state import ActionState, acts, contact_days, in_order
from relance.interpreter.addressees import with_mailbox
from relance.interpreter.balance import Balances, balances
from relance.interpreter.compiled import compile_playbook
from relance.interpreter.demands import handed_over
from relance.interpreter.invoice_state import InvoiceState, state_of_invoice
from relance.interpreter.notices import named_by, noticed_by
from relance.interpreter.scope import covers
from relance.law.duties import mandate_missing
from relance.law.places import holiday_place
from relance.law.recipients import Recipient, himself, recipients, stopping
from relance.model import Case, Channel, ContactDay, Event, Facts, Invoice, Playbook, Unit

#: States that take an invoice out of its account, when the playbook stops or holds on them.
TAKE_OUT = ("disputed", "promised", "plan_running", "on_hold", "written_off", "time_barred", "handed_over", "closed")


def reachable(facts: Facts, channel: Channel, on: date) -> bool:
    """Say whether an address or number for a channel is known, and the debtor did not object to it."""
    return _known(_to(facts, on), channel) and channel not in refused_channels(facts, on)


def refused_channels(facts: Facts, on: date) -> frozenset[str]:
    """Name the channels that the debtor objected to by a day."""
    said = (event for event in facts.events if event.kind == "channel.refused" and event.on <= on)
    return frozenset(str(event.data["channel"]) for event in said if any(covers(event, claim) for claim in facts.invoices))


def _to(facts: Facts, on: date) -> tuple[Recipient, ...]:
    """Return who is to be reached, each with the mailbox that reaches him; the debtor himself where a state of his stops the ladder."""
    return tuple(with_mailbox(each, facts, on) for each in recipients(facts, on) or (himself(facts),))


def _known(to: Sequence[Recipient], channel: Channel) -> bool:
    return all(each.reached_by(channel) for each in to)


@dataclass(frozen=True)
class Snapshot:
    """All that is the same for every case of one debtor on one day, worked out once: balances, standings, acts."""

    playbook: Playbook
    facts: Facts
    on: date

    @cached_property
    def balances(self) -> Balances:
        """What is open today."""
        return balances(self.facts, self.on, self.playbook)

    @cached_property
    def _refused(self) -> frozenset[str]:
        return refused_channels(self.facts, self.on)

    def reaches(self, channel: Channel) -> bool:
        """Say whether a channel reaches the debtor, as `reachable` does."""
        return _known(self._to, channel) and channel not in self._refused

    @cached_property
    def _to(self) -> tuple[Recipient, ...]:
        return _to(self.facts, self.on)

    @cached_property
    def recipients(self) -> tuple[Recipient, ...]:
        """To whom one writes today; nobody where a state of the debtor stops the ladder."""
        return recipients(self.facts, self.on)

    @cached_property
    def reachable(self) -> tuple[bool, ...]:
        """Which channels of the playbook reach the debtor."""
        return tuple(self.reaches(channel) for channel in compile_playbook(self.playbook).channels)

    @cached_property
    def barrier(self) -> str | None:
        """Name what stops every case of the debtor whatever its playbook says: an agency without the creditor's mandate (CPCE R124-3), a person not to be written to."""
        missing = mandate_missing(self.facts.creditor, self.on, collector=self.playbook.collector)
        return stopping(self.facts, self.on) if missing is None else "no_mandate"

    @cached_property
    def place(self) -> str | None:
        """Where the debtor is, if that place has holidays of its own."""
        return holiday_place(self.facts.debtor.address)

    @cached_property
    def moves(self) -> tuple[Event, ...]:
        """Every time a person moved cases so far, the latest first."""
        return tuple(event for event in reversed(self.facts.events) if event.kind == "playbook.changed" and event.on <= self.on)

    @cached_property
    def acts(self) -> tuple[ActionState, ...]:
        """Every action so far, and what became of it."""
        return acts(self.facts.events, self.on)

    @cached_property
    def given_notice(self) -> frozenset[str]:
        """The invoices of accounts that a formal notice of the playbook named."""
        return noticed_by(self.acts, self.facts, self.playbook) if self.playbook.unit is Unit.ACCOUNT else frozenset()

    @cached_property
    def contacts(self) -> tuple[ContactDay, ...]:
        """The days on which the debtor was contacted, oldest first; today where a message is to leave."""
        return in_order(contact_days(self.acts, self.on).union(each for each in self.facts.contacts_elsewhere if each.on <= self.on))

    @cached_property
    def full(self) -> tuple[date | None, ...]:
        """Since when each of the playbook's contact limits is full."""
        return since_full(compile_playbook(self.playbook).limits, self.contacts)

    @cached_property
    def standings(self) -> dict[str, InvoiceState]:
        """Where each existing claim stands; one that a hand-over named is handed over, as if an event said so."""
        grace, calendar = self.playbook.grace, self.playbook.calendar
        state = self.balances
        found = {
            invoice.id: state_of_invoice(self.facts, invoice, state.outstanding[invoice.id], self.on, grace=grace, calendar=calendar, held=state)
            for invoice in self.facts.invoices
            if invoice.id in state.outstanding
        }
        for name in handed_over(self.acts, self.facts, self.playbook, self.on) & found.keys():
            found[name] = replace(found[name], states=found[name].states | {"handed_over"})
        return found


@dataclass(frozen=True)
class CaseSnapshot:
    """A case on a day: its existing claims, those that nothing takes out of it, and the one that carries it."""

    case: Case
    today: Snapshot
    claims: tuple[InvoiceState, ...]
    left: tuple[InvoiceState, ...]
    carrier: Invoice

    @cached_property
    def standing_by(self) -> frozenset[str]:
        """The invoices whose messages say where an account stands, whoever carried it then: those left that a formal notice named; with `keeps_place` all that are left."""
        left = frozenset(each.invoice.id for each in self.left)
        return left if self.today.playbook.keeps_place else left & self.today.given_notice

    @cached_property
    def states(self) -> frozenset[str]:
        """The states that hold for the case: of its invoice, or of an account none of whose invoices is left."""
        open_ = [invoice for invoice in self.claims if invoice.outstanding]
        found = frozenset[str]().union(*(invoice.states for invoice in open_ or self.claims))
        if self.left:
            found = found.difference(TAKE_OUT)
        return found | {"paid"} if self.claims and not open_ else found


def case_today(case: Case, today: Snapshot) -> CaseSnapshot:
    """Find the claims of a case that exist, those not taken out, and the carrier: the oldest of them, ties to the smaller id.

    An account is carried by what a formal notice named, and one that keeps its place by what was asked already, while any of it is left: what is found late, however old, joins it.
    """
    claims = tuple(today.standings[invoice.id] for invoice in case.invoices if invoice.id in today.standings)
    out = compile_playbook(today.playbook).states.intersection(TAKE_OUT)
    left = tuple(invoice for invoice in claims if invoice.outstanding and invoice.undisputed and not invoice.states & out)
    pool = (
        [each.invoice for each in _asked_before(left, today) or left]
        or [each.invoice for each in claims if each.outstanding]
        or [each.invoice for each in claims]
        or list(case.invoices)
    )
    return CaseSnapshot(case, today, claims, left, min(pool, key=lambda invoice: (invoice.due, invoice.id)))


def _asked_before(left: Sequence[InvoiceState], today: Snapshot) -> list[InvoiceState]:
    """Leave of the invoices of an account those that a formal notice named; where it keeps its place, those that a message which left has asked."""
    if not today.playbook.keeps_place:
        return [each for each in left if each.invoice.id in today.given_notice]
    asked = frozenset[str]().union(*(named_by(act, today.facts) for act in today.acts if act.executed is not None))
    return [each for each in left if each.invoice.id in asked]
