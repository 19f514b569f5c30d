"""Working with the books: what a person's word for a case means, its history, and why a decision was what it was on a day.

Reads the journal through its public face and the ladder's `look`; writes nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from relance.ladder.acts import acts
from relance.ladder.balance import covers
from relance.ladder.decide import decide
from relance.ladder.look import Look, Seen, actions_of, combine, make_room
from relance.ladder.observe import observe
from relance.ladder.today import Today, cases
from relance.ledger import folds
from relance.ledger.chain import Entry
from relance.ledger.journal import Journal
from relance.model import Event, Facts, Invoice, Playbook, Unit


@dataclass(frozen=True, slots=True)
class Target:
    """What a person named: an invoice (or its document), an account (`debtor/EUR`), or a debtor, of one creditor."""

    name: str
    creditor: str
    debtor: str
    invoice: str | None = None
    currency: str | None = None

    def concerns(self, entry: Entry, invoices: frozenset[str]) -> bool:
        """Say whether an entry of this debtor's counts for the target, whose claims are `invoices`."""
        if entry.invoice is not None:
            return (self.invoice is None and self.currency is None) or entry.invoice in invoices
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
        whose = f" of '{creditor}'" if creditor else ""
        return f"the journal knows no invoice, account or debtor '{name}'{whose}"
    creditors = sorted({target.creditor for target in targets})
    if len(creditors) > 1:
        return f"'{name}' is known to several creditors: say which by --creditor ({', '.join(creditors)})"
    return f"'{name}' is both of {' and of '.join(sorted(target.debtor for target in targets))}"


def facts_of(journal: Journal, creditor: str, debtor: str, *, agency: Callable[[str], bool] = lambda _: True) -> Facts | None:
    """Return what the journal knows of one debtor with one creditor, and when he was contacted for others; None: nothing.

    `agency` says of a playbook's id whether it is an agency's: a creditor's own letters do not count for another.
    """
    own = next(journal.facts(creditor, debtor), None)
    if own is None:
        return None
    known = replace(journal, seq_before=None).facts(debtor=debtor) if len(journal.creditors_of(debtor)) > 1 else ()
    made = (act for facts in known if facts.creditor.id != creditor for act in acts(facts.events, date.max))
    others = (act.contact for act in made if agency(act.playbook))
    elsewhere = tuple(sorted({day for day in others if day is not None}))
    return replace(own, contacts_elsewhere=elsewhere)


def claims_of(target: Target, facts: Facts | None) -> frozenset[str]:
    """Name the claims a target takes in, with the documents they are instalments of."""
    if facts is None:
        return frozenset({target.invoice} - {None})  # type: ignore[arg-type]
    chosen = [
        claim
        for claim in facts.invoices
        if (target.invoice in (None, claim.id, claim.document)) and (target.currency in (None, claim.currency))
    ]
    return frozenset({claim.id for claim in chosen} | {claim.document for claim in chosen if claim.document}) or claims_of(target, None)


def history(journal: Journal, target: Target) -> tuple[Entry, ...]:
    """List every entry that counts for a target, by the day it speaks of, then in the order of the chain."""
    invoices = claims_of(target, next(journal.facts(target.creditor, target.debtor), None))
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


def playbook_of(facts: Facts, target: Target) -> tuple[str, int | None] | None:
    """Name the playbook a case was last moved to, or last acted by, and its version if that is known."""
    claims = [claim for claim in facts.invoices if claim.id in claims_of(target, facts)]
    for event in reversed(facts.events):
        if event.kind in {"playbook.changed", "action.emitted"} and (not claims or any(_about(event, claim, facts) for claim in claims)):
            name = event.data.get("playbook")
            if name:
                return str(name), event.data.get("playbook_version")
    return None


def _about(event: Event, claim: Invoice, facts: Facts) -> bool:
    return covers(event, claim) or event.data.get("case") in {claim.id, f"{facts.debtor.id}/{claim.currency}"}


@dataclass(frozen=True, slots=True)
class Why:
    """The decision of a day with what was known: one `Seen` a case of the target, and the look they come from.

    `known` is the last moment of what was known; `emitted` are the actions the journal then wrote on that day.
    """

    on: date
    known: datetime | None
    facts: Facts
    look: Look
    seen: tuple[Seen, ...]
    emitted: tuple[Entry, ...]


def why(
    journal: Journal, target: Target, playbook: Playbook, on: date, known_on: date | None = None, *,
    load: Callable[[str], Playbook | None] = lambda _: None,
) -> Why | str:  # fmt: skip
    """Decide as was decided on a day: by what had been recorded then, and before that day's own actions were written.

    With `known_on` another day's knowledge is used. `load` finds other playbooks by id; one it does not find counts as an
    agency's. A sentence is returned where nothing was known.
    """
    then = journal.as_known_on(known_on or on)
    emitted = _emitted(then, target, on)
    past = then.before(emitted[0].seq) if emitted and known_on is None else then
    facts = facts_of(past, target.creditor, target.debtor, agency=lambda name: (other := load(name)) is None or other.collector == "agency")
    if facts is not None and playbook.collector != "agency":
        facts = replace(facts, contacts_elsewhere=())
    if facts is not None and known_on is not None:
        facts = _without(facts, {str(entry.data.get("id", "")) for entry in emitted})
    if facts is None or not facts.invoices:
        first = next(journal.entries(creditor=target.creditor, debtor=target.debtor), None)
        since = f"; it was first recorded on {folds.paris_day(first.recorded_at)}" if first else ""
        return f"nothing was known of '{target.name}' on {known_on or on}{since}"
    seen = _look(playbook, facts, on, claims_of(target, facts))
    mine = frozenset(each.case.id for each in seen.seen) & _chosen(playbook, facts, target)
    last = past.last_recorded(target.creditor, target.debtor)
    own = tuple(entry for entry in emitted if entry.case in mine or entry.invoice in mine)
    return Why(on, last, facts, seen, tuple(each for each in seen.seen if each.case.id in mine), own)


def _look(playbook: Playbook, facts: Facts, on: date, asked: frozenset[str]) -> Look:
    """Look at a debtor's cases under a playbook, leaving out invoices not asked about that were last acted on by another."""
    elsewhere = set()
    for claim in facts.invoices:
        named = playbook_of(facts, Target(claim.id, facts.creditor.id, facts.debtor.id, claim.id))
        if claim.id not in asked and named is not None and named[0] != playbook.id:
            elsewhere.add(claim.id)
    today = Today(playbook, facts, on)
    seen = []
    for case in cases(playbook, facts):
        mine = tuple(claim for claim in case.invoices if claim.id not in elsewhere)
        if mine:
            own = replace(case, invoices=mine)
            view = observe(playbook, own, on, today)
            seen.append(Seen(own, view, decide(playbook, view, on)))
    kept = make_room(playbook, seen, on)
    actions = [action for each in kept if each.decision.step is not None for action in actions_of(playbook, each, today)]
    return Look(tuple(kept), combine(playbook, actions))


def _without(facts: Facts, actions: set[str]) -> Facts:
    """Leave out what a day's own actions, and whatever was said of them, would add to the facts."""
    return replace(facts, events=tuple(event for event in facts.events if str(event.data.get("id", "-")) not in actions))


def _emitted(journal: Journal, target: Target, on: date) -> tuple[Entry, ...]:
    entries = journal.entries(creditor=target.creditor, debtor=target.debtor, kinds=["action.emitted"])
    return tuple(entry for entry in entries if entry.on == on)


def _chosen(playbook: Playbook, facts: Facts, target: Target) -> frozenset[str]:
    """Name the playbook's cases that a target means: an invoice of an account means the account."""
    claims = claims_of(target, facts)
    return frozenset(
        case.id
        for case in cases(playbook, facts)
        if any(claim.id in claims for claim in case.invoices) or (playbook.unit is Unit.ACCOUNT and target.currency == case.currency)
    )
