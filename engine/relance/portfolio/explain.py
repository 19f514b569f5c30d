"""Working with the books: what a person's word for a case means, its history, and why a decision was what it was on a day.

Reads the journal through its public face and the ladder's `look`; writes nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from relance.interpreter.action_state import acts, in_order
from relance.interpreter.cases import cases_of
from relance.interpreter.debtor import Seen, actions_of, combine
from relance.interpreter.scope import covers
from relance.journal.chain import Entry
from relance.journal.journal import Journal
from relance.model import Action, Case, ContactDay, Event, Facts, Invoice, Playbook
from relance.portfolio.applied_rules import routing_of
from relance.portfolio.evaluation import Share, decided
from relance.portfolio.routing import Assigned, Routing, Unrouted, assign, only, with_known
from relance.sentences import sentence
from relance.zones import paris_day

#: Events that say under which playbook a case is.
_NAMING = frozenset({"playbook.changed", "action.emitted"})
#: Events that take an action back.
_TAKEN_BACK = ("action.cancelled", "action.skipped", "action.failed")


@dataclass(frozen=True, slots=True)
class Target:
    """What a person named: an invoice (or its document), an account (`debtor/EUR`), or a debtor, of one creditor."""

    name: str
    creditor: str
    debtor: str
    invoice: str | None = None
    currency: str | None = None

    def concerns(self, entry: Entry, invoices: frozenset[str]) -> bool:
        """Say whether an entry of this debtor's counts for the target, whose claims are `invoices`: an account's message counts for every invoice it names."""
        if entry.invoice is not None:
            named = entry.data.get("invoices") or () if entry.kind == "action.emitted" else ()
            return (self.invoice is None and self.currency is None) or entry.invoice in invoices or not invoices.isdisjoint(named)
        if entry.case is None or (self.invoice is None and self.currency is None):
            return True
        account, _, currency = entry.case.rpartition("/")
        if account == self.debtor:
            return self.currency in (None, currency)
        return entry.case in invoices


def find(journal: Journal, name: str, creditor: str | None = None) -> Target | str:
    """Find what a name stands for: an invoice, an account, a debtor, in this order; or say why not."""
    found = [place for place in journal.places(name) if creditor in (None, place.creditor)]
    targets = list(dict.fromkeys(Target(name, place.creditor, place.debtor, place.invoice, place.currency) for place in found))
    if len(targets) == 1:
        return targets[0]
    if not targets:
        if creditor:
            return sentence("the journal knows no invoice, account or debtor '{name}' of '{creditor}'", name=name, creditor=creditor)
        return sentence("the journal knows no invoice, account or debtor '{name}'", name=name)
    creditors = sorted({target.creditor for target in targets})
    if len(creditors) > 1:
        return sentence("'{name}' is known to several creditors: say which by --creditor ({creditors})", name=name, creditors=creditors)
    return sentence("'{name}' is of several debtors: {debtors}", name=name, debtors=sorted(target.debtor for target in targets))


def facts_of(journal: Journal, creditor: str, debtor: str, *, agency: Callable[[str], bool] = lambda _: True) -> Facts | None:
    """Return what the journal knows of one debtor with one creditor, and when he was contacted for others; None: nothing.

    `agency` says of a playbook's id whether it is an agency's: a creditor's own letters do not count for another.
    """
    own = next(journal.facts(creditor, debtor), None)
    if own is None:
        return None
    known = replace(journal, seq_before=None).facts(debtor=debtor) if len(journal.creditors_of(debtor)) > 1 else ()
    made = (act for facts in known if facts.creditor.id != creditor for act in acts(facts.events, date.max))
    elsewhere = (ContactDay(act.contact, act.channel) for act in made if act.contact is not None and agency(act.playbook))
    return replace(own, contacts_elsewhere=in_order(elsewhere))


def claims_of(target: Target, facts: Facts | None) -> frozenset[str]:
    """Name the claims a target takes in, with the documents they are instalments of."""
    if facts is None:
        return frozenset({target.invoice} - {None})  # type: ignore[arg-type]
    chosen = [
        invoice
        for invoice in facts.invoices
        if (target.invoice in (None, invoice.id, invoice.document)) and (target.currency in (None, invoice.currency))
    ]
    return frozenset({invoice.id for invoice in chosen} | {invoice.document for invoice in chosen if invoice.document}) or claims_of(target, None)


def claims_in_case(journal: Journal, target: Target, facts: Facts, on: date) -> frozenset[str]:
    """Name the claims of a case on a day: of an account, those that the rules applied by then put into it; else as `claims_of`.

    Invoices of the account that the rules give to another way of being asked for are no part of it. Where the rules make no account
    of this name, or none are written down, it is all that is owed in its currency.
    """
    rules = applied(journal, target.creditor, on) if target.currency is not None and target.invoice is None else None
    if rules is not None:
        shared, _ = assign(rules.routing, facts, on)
        account = f"{target.debtor}/{target.currency}"
        inside = {invoice.id for one in shared for case in one.cases if case.id == account for invoice in case.invoices}
        if inside:
            return frozenset(inside | {invoice.document for invoice in facts.invoices if invoice.id in inside and invoice.document})
    return claims_of(target, facts)


def history(journal: Journal, target: Target, claims: frozenset[str] | None = None) -> tuple[Entry, ...]:
    """List every entry that counts for a target, by the day it speaks of, then in the order of the chain; `claims` are its own if given."""
    invoices = claims_of(target, next(journal.facts(target.creditor, target.debtor), None)) if claims is None else claims
    entries = list(journal.entries(creditor=target.creditor, debtor=target.debtor))
    own = {entry.seq for entry in entries if target.concerns(entry, invoices)}
    emitted = {str(entry.data["id"]): entry for entry in entries if entry.kind == "action.emitted" and "id" in entry.data}
    messages = {_message(entry) for entry in emitted.values() if entry.seq in own}

    def mine(entry: Entry) -> bool:
        of = emitted.get(str(entry.data.get("id", "")))
        if of is None or of is entry:
            return entry.seq in own
        return _message(of) in messages if entry.kind == "document.attached" else of.seq in own

    return tuple(sorted(filter(mine, entries), key=lambda entry: (entry.on, entry.seq)))


def _message(emitted: Entry) -> str:
    """Name the message an action travelled with: its document may be kept under another action of it."""
    return str(emitted.data.get("message") or emitted.data["id"])


def playbook_followed(facts: Facts, target: Target) -> tuple[str, int | None] | None:
    """Name the playbook a case was last moved to, or last acted by, and its version if that is known."""
    return _last(facts, [invoice for invoice in facts.invoices if invoice.id in claims_of(target, facts)])


def last_playbook(facts: Facts, invoice: Invoice) -> tuple[str, int | None] | None:
    """Name the playbook one claim was last moved to, or last acted by."""
    return _last(facts, [invoice])


def _last(facts: Facts, claims: Sequence[Invoice]) -> tuple[str, int | None] | None:
    for event in reversed(facts.events):
        if event.kind in _NAMING and (not claims or any(_about(event, invoice, facts) for invoice in claims)):
            name = event.data.get("playbook")
            if name:
                return str(name), event.data.get("playbook_version")
    return None


def _about(event: Event, invoice: Invoice, facts: Facts) -> bool:
    return covers(event, invoice) or event.data.get("case") in {invoice.id, f"{facts.debtor.id}/{invoice.currency}"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and what was decided of it, with the playbook that decided."""

    playbook: Playbook
    seen: Seen


@dataclass(frozen=True, slots=True)
class Why:
    """The decision of a day with what was known: every case of the target, and the actions it led to.

    `known` is the last moment of what was known; `emitted` are the actions the journal then wrote on that day; `unrouted` are
    invoices of the target that no playbook took; `since` is what took those actions back, and the case to another playbook, after.
    """

    on: date
    known: datetime | None
    facts: Facts
    judged: tuple[Judged, ...]
    actions: tuple[Action, ...]
    emitted: tuple[Entry, ...]
    unrouted: tuple[Unrouted, ...] = ()
    since: tuple[Entry, ...] = ()

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What was seen and decided, case by case."""
        return tuple(each.seen for each in self.judged)

    @property
    def playbooks(self) -> dict[str, int]:
        """The playbooks that decided, with their versions."""
        return {each.playbook.id: each.playbook.version for each in self.judged}


@dataclass(frozen=True, slots=True)
class Applied:
    """The rules the journal says a creditor's cases were decided by, and since which day."""

    since: date
    routing: Routing


def applied(journal: Journal, creditor: str, on: date) -> Applied | None:
    """Return the rules in force on a day, by what a journal shows; where none were yet, the first there are. None: none were written down."""
    entries = [(entry.on, entry.data["rules"]) for entry in journal.entries(creditor=creditor, kinds=["rules.applied"])]
    if not entries:
        return None
    since, plain = next(((day, plain) for day, plain in reversed(entries) if day <= on), entries[0])
    return Applied(since, routing_of(plain))


def why(
    journal: Journal, target: Target, by: Playbook | Routing, on: date, known_on: date | None = None, *,
    load: Callable[[str], Playbook | None] = lambda _: None,
) -> Why | str:  # fmt: skip
    """Decide as was decided on a day: by what had been recorded then, and before that day's own actions were written.

    By a routing a debtor's cases are shared out as in a run; by a playbook, those that no other has taken are under it. With
    `known_on` another day's knowledge is used. `load` finds other playbooks by id; one it does not find counts as an
    agency's. A sentence is returned where nothing was known.
    """
    then = journal.as_known_on(known_on or on)
    emitted = _emitted(then, target, on)
    past = then.before(emitted[0].seq) if emitted and known_on is None else then
    own = next(past.facts(target.creditor, target.debtor), None)
    if own is None or not own.invoices:
        first = next(journal.entries(creditor=target.creditor, debtor=target.debtor), None)
        day = known_on or on
        if first is None:
            return sentence("nothing was known of '{name}' on {day}", name=target.name, day=day)
        return sentence("nothing was known of '{name}' on {day}; it was first recorded on {first}", name=target.name, day=day, first=paris_day(first.recorded_at))
    if known_on is not None:
        own = _without(own, {str(entry.data.get("id", "")) for entry in emitted})
    household = [own, *_others(then, target, on, emitted)]
    claims = claims_of(target, own)
    names = dict.fromkeys(str(event.data.get("playbook") or "") for facts in household for event in facts.events if event.kind in _NAMING)
    routing = with_known(only(by) if isinstance(by, Playbook) else by, filter(None, names), load)
    climbs, unrouted = decided(household, routing, on, alone(by, own, claims) if isinstance(by, Playbook) else assign)
    judged, actions, facts = [], [], own
    for climb in climbs:
        if climb.today.facts.creditor.id != target.creditor:
            continue
        due = [action for each in climb.seen if each.decision.step is not None for action in actions_of(climb.playbook, each, climb.today)]
        mine = [each for each in climb.seen if _means(target, each.case, claims)]
        cases = {each.case.id for each in mine}
        actions += [action for action in combine(climb.playbook, due) if action.case in cases]
        judged += [Judged(climb.playbook, each) for each in mine]
        facts = climb.today.facts if mine else facts
    wanted = {each.seen.case.id for each in judged} | claims
    written = tuple(entry for entry in emitted if entry.case in wanted or entry.invoice in wanted)
    return Why(
        on, past.last_recorded(target.creditor, target.debtor), facts, tuple(judged), tuple(actions), written,
        tuple(one for one in unrouted if one.creditor == target.creditor and one.invoice in claims),
        _since(journal, target, written, frozenset(wanted)) if known_on is None else (),
    )  # fmt: skip


def _since(journal: Journal, target: Target, emitted: tuple[Entry, ...], wanted: frozenset[str]) -> tuple[Entry, ...]:
    """Return what was recorded after the actions of a day that took them back, or their case to another playbook."""
    if not emitted:
        return ()
    names = {str(entry.data.get("id")) for entry in emitted}
    after = journal.entries(creditor=target.creditor, debtor=target.debtor, kinds=[*_TAKEN_BACK, "playbook.changed"])

    def counts(entry: Entry) -> bool:
        if entry.kind == "playbook.changed":
            return entry.on == emitted[0].on and entry.seq > emitted[0].seq and target.concerns(entry, wanted)
        return str(entry.data.get("id")) in names

    return tuple(entry for entry in after if counts(entry))


def _means(target: Target, case: Case, claims: frozenset[str]) -> bool:
    """Say whether a target means a case: an invoice of an account means the account."""
    return any(invoice.id in claims for invoice in case.invoices) or (target.invoice is None and target.currency == case.currency)


def _others(then: Journal, target: Target, on: date, emitted: tuple[Entry, ...]) -> list[Facts]:
    """Return what was known of the debtor with other creditors, without what the same run wrote for them on that day."""
    if len(then.creditors_of(target.debtor)) < 2:
        return []
    since = emitted[0].recorded_at if emitted else None
    written = then.entries(debtor=target.debtor, kinds=["action.emitted"])
    own = {str(entry.data.get("id", "")) for entry in written if entry.on == on and (since is None or entry.recorded_at >= since)}
    return [_without(facts, own) for facts in then.facts(debtor=target.debtor) if facts.creditor.id != target.creditor]


def alone(playbook: Playbook, own: Facts, asked: frozenset[str] = frozenset()) -> Share:
    """Share a debtor out to one playbook alone: what is asked about, and what no other playbook was last to act on."""
    elsewhere = {
        invoice.id for invoice in own.invoices if invoice.id not in asked and (last := last_playbook(own, invoice)) and last[0] != playbook.id
    }
    claims = [invoice for invoice in own.invoices if invoice.id not in elsewhere]

    def share(_routing: Routing, facts: Facts, _on: date) -> tuple[tuple[Assigned, ...], tuple[Unrouted, ...]]:
        return ((Assigned(playbook, cases_of(playbook, facts, claims)),), ()) if facts.creditor.id == own.creditor.id else ((), ())

    return share


def _without(facts: Facts, actions: set[str]) -> Facts:
    """Leave out what a day's own actions, and whatever was said of them, would add to the facts."""
    return replace(facts, events=tuple(event for event in facts.events if str(event.data.get("id", "-")) not in actions))


def _emitted(journal: Journal, target: Target, on: date) -> tuple[Entry, ...]:
    entries = journal.entries(creditor=target.creditor, debtor=target.debtor, kinds=["action.emitted"])
    return tuple(entry for entry in entries if entry.on == on)
