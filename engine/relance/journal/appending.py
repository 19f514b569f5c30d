"""What the journal writes in one transaction: facts that are new, conflicts with what is known, actions never emitted.

Owns what counts as known already. Each function is given pens and leaves committing, retrying and the clock to `journal`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from relance.interpreter.emission import emission
from relance.journal.approved_by_files import DraftsOfDebtor, HeldWord, declared_rules, lets_leave
from relance.journal.chain import JournalRow, canonical
from relance.journal.chain_writer import Pen
from relance.journal.event_types import KINDS, dump, retyped
from relance.journal.masterdata import corrected, difference, due_is_supposed, invoice_data, record_of
from relance.journal.reading import entries_about, event_of
from relance.journal.store import JOURNAL
from relance.model import Action, Creditor, Event, Facts, Sender
from relance.project import ApprovalRule
from relance.sentences import sentence
from relance.zones import paris_day

T = TypeVar("T")
_ACTIONS = tuple(kind for kind in KINDS if kind.startswith("action."))


class Conflict(NamedTuple):
    """An invoice that is already known with other contents: nothing was overwritten, a person decides (`invoice.corrected`)."""

    creditor: str
    debtor: str
    invoice: str
    field: str
    known: str
    given: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did: entries written, rows that were already known, and conflicts to resolve.

    `fresh` holds what was written of what was given: of a creditor (creditor, ""), of a debtor (creditor, debtor), of an invoice (creditor,
    debtor, its id), of an event (creditor, debtor, its place among the debtor's). `held` are words that were not written: people say them.
    """

    written: int = 0
    known: int = 0
    conflicts: tuple[Conflict, ...] = ()
    fresh: frozenset[tuple[str | int, ...]] = frozenset()
    held: tuple[HeldWord, ...] = ()

    def __add__(self, other: Recorded) -> Recorded:
        """Sum two."""
        return Recorded(self.written + other.written, self.known + other.known, self.conflicts + other.conflicts, self.fresh | other.fresh, self.held + other.held)


def penned(connection: sa.Connection, moment: str, actor: str, work: Callable[[Callable[[str], Pen]], T]) -> tuple[T, list[JournalRow]]:
    """Give `work` a pen for each creditor, write what they wrote, and return its result with the last row of each."""
    pens: dict[str, Pen] = {}

    def pen_of(creditor: str) -> Pen:
        if creditor not in pens:
            pens[creditor] = Pen(connection, creditor, moment, actor)
        return pens[creditor]

    result = work(pen_of)
    for pen in pens.values():
        pen.flush()
    return result, [pen.rows[-1] for pen in pens.values() if pen.rows]


def is_there(connection: sa.Connection, rows: list[JournalRow]) -> bool:
    """Say whether the last entries of an earlier attempt are in the database; one for all, as they were one transaction."""
    if not rows:
        return False
    place = sa.and_(JOURNAL.c.creditor == rows[0].creditor, JOURNAL.c.seq == rows[0].seq)
    return connection.execute(sa.select(JOURNAL.c.hash).where(place)).scalar() == rows[0].hash


def take_in_all(pens: Callable[[str], Pen], batch: Sequence[Facts], *, once: bool, approvals: Sequence[ApprovalRule] = ()) -> Recorded:
    """Record facts from outside of any creditors, whose chains are taken in their order: two runs never wait for each other crosswise.

    `approvals` are the rules of approval where the journal declares none.
    """
    total = Recorded()
    for creditor, group in groupby(sorted(batch, key=lambda facts: facts.creditor.id), key=lambda facts: facts.creditor.id):
        total += take_in(pens(creditor), list(group), once=once, outside=approvals)
    return total


def take_in(pen: Pen, batch: Sequence[Facts], *, once: bool, keys: Sequence[str | None] = (), outside: Sequence[ApprovalRule] | None = None) -> Recorded:
    """Record facts of one creditor: nouns that changed, invoices not known yet, events not recorded yet.

    Facts from `outside` let no draft leave that people approve, by the rules that are declared, else by those given here.
    """
    pen.learn(facts.debtor.id for facts in batch)
    before = len(pen.rows)
    fresh: set[tuple[str | int, ...]] = set(_nouns(pen, batch))
    conflicts, known = _invoices(pen, batch, fresh)
    planned: list[tuple[Event, str, str | None, int]] = []
    for facts in batch:
        count: Counter[str] = Counter()
        for index, event in enumerate(facts.events):
            key = keys[index] if keys else None
            if once and key is None:
                content = canonical(dump(event))
                keys_ = [pen.content_key(name, content, count[content]) for name in (pen.one_with(facts.debtor.id) if pen.merged.into else [facts.debtor.id])]
                key = next(iter(pen.known(keys_)), keys_[0]) if len(keys_) > 1 else keys_[0]
                count[content] += 1
            planned.append((event, facts.debtor.id, key, index))
    there = pen.known(key for _, debtor, key, _ in planned if key is not None and not (once and pen.is_new(debtor)))
    drafts = {} if outside is None else _drafts(pen, batch, outside)
    made = pen.known(f"action:{event.data.get('id')}" for event, debtor, _, _ in planned if debtor in drafts and event.kind == "action.emitted")
    held: list[HeldWord] = []
    for event, debtor, key, index in planned:
        mine = drafts.get(debtor)
        if key is not None and key in there:
            known += 1
        elif mine is not None and event.kind == "action.emitted" and f"action:{event.data.get('id')}" in made:
            known += 1  # what relance made itself is made once, whoever tells of it
        elif mine is not None and (why := mine.why_held(event)) is not None:
            held.append(HeldWord(pen.creditor, debtor, index, event.kind, why))
        else:
            fresh.add((pen.creditor, debtor, index))
            row = pen.add(event, debtor, key=key)
            if key is not None:
                there[key] = row
            if mine is not None:
                mine.take(event)
    return Recorded(len(pen.rows) - before, known, tuple(conflicts), frozenset(fresh), tuple(held))


def _drafts(pen: Pen, batch: Sequence[Facts], approvals: Sequence[ApprovalRule]) -> dict[str, DraftsOfDebtor]:
    """Return what is known of the messages to those debtors of whom a word is told that could let one leave."""
    names = [facts.debtor.id for facts in batch if lets_leave(facts.events)]
    rules = (declared_rules(pen.connection) or approvals) if names else ()
    found = {name: DraftsOfDebtor(pen.creditor, rules) for name in names}
    for name in names:
        if not pen.is_new(name):
            for entry in entries_about(pen.connection, [name], _ACTIONS):
                if entry.creditor == pen.creditor:
                    found[name].take(event_of(entry))
    return found


def creditor_known(pen: Pen, creditor: Creditor) -> bool:
    """Record a creditor where something new is known of it, and say whether there was; what is not known now is not forgotten."""
    given = record_of(creditor)
    old = dict(pen.latest("creditor.recorded", [""]).get("", {}).get("record", {}))
    if given.get("terms"):  # key by key: a table that tells a legal form takes no mandate back
        given["terms"] = {**old.get("terms", {}), **given["terms"]}
    new = bool(given) and {**old, **given} != old
    if new:
        pen.add(Event(paris_day(datetime.fromisoformat(pen.recorded_at)), "creditor.recorded", data={"record": {**old, **given}}), None)
    return new


def _nouns(pen: Pen, batch: Sequence[Facts]) -> list[tuple[str, str]]:
    """Record the creditor and the debtors where something new is known of them, and return these; what is not known now is not forgotten."""
    today = paris_day(datetime.fromisoformat(pen.recorded_at))
    written = [(pen.creditor, "")] if creditor_known(pen, batch[-1].creditor) else []
    latest = pen.latest("debtor.recorded", [pen.who(facts.debtor.id) for facts in batch])
    for facts in batch:
        who, given = pen.who(facts.debtor.id), record_of(facts.debtor)
        old = dict(latest.get(who, {}).get("record", {}))
        if given and {**old, **given} != old:
            latest[who] = {"record": {**old, **given}}
            pen.add(Event(today, "debtor.recorded", data=latest[who]), facts.debtor.id)
            written.append((pen.creditor, facts.debtor.id))
    return written


def _invoices(pen: Pen, batch: Sequence[Facts], fresh: set[tuple[str | int, ...]]) -> tuple[list[Conflict], int]:
    """Record invoices that are not known yet, and put them among `fresh`; return the conflicts, and how many were known."""
    names = [invoice.id for facts in batch for invoice in facts.invoices]
    there = pen.known(f"invoice:{name}" for name in names)
    names = [key.removeprefix("invoice:") for key in there]
    changes, doubted = pen.corrections(names), pen.contradictions(names)
    today = paris_day(datetime.fromisoformat(pen.recorded_at))
    conflicts: list[Conflict] = []
    known = 0
    for facts in batch:
        for invoice in facts.invoices:
            key, given = f"invoice:{invoice.id}", invoice_data(invoice)
            row = there.get(key)
            first = None if row is None else retyped("invoice.recorded", pen.opened(row.debtor, row.payload))
            if row is None or first is None:
                on = invoice.issued or min(invoice.due, date.fromisoformat(pen.recorded_at[:10]))
                there[key] = pen.add(Event(on, "invoice.recorded", invoice.id, data=given), facts.debtor.id, key=key)
                fresh.add((pen.creditor, facts.debtor.id, invoice.id))
            elif pen.main(row.debtor) != pen.main(pen.who(facts.debtor.id)):
                conflicts.append(Conflict(pen.creditor, facts.debtor.id, invoice.id, "debtor", sentence("another debtor"), facts.debtor.id))
            elif (told := _told_at_last(first, changes.get(invoice.id, []), given)) is not None:
                pen.add(Event(today, "invoice.corrected", invoice.id, data=told), facts.debtor.id)
                changes.setdefault(invoice.id, []).append({"due": told["due"].isoformat()})
                fresh.add((pen.creditor, facts.debtor.id, invoice.id))
            elif found := _conflict(first, changes.get(invoice.id, []), given):
                _contradict(pen, conflicts, doubted, Conflict(pen.creditor, facts.debtor.id, invoice.id, *found))
            else:
                known += 1
                if doubted.pop(invoice.id, None) is not None:
                    pen.add(Event(today, "invoice.agreed", invoice.id), facts.debtor.id)
    return conflicts, known


def _contradict(pen: Pen, conflicts: list[Conflict], told: dict[str, tuple[str, str, str]], found: Conflict) -> None:
    """Keep a conflict, and write it down where the chain does not say it already."""
    conflicts.append(found)
    if told.get(found.invoice) != found[3:]:
        told[found.invoice] = found[3:]
        data = {"field": found.field, "known": found.known, "given": found.given}
        pen.add(Event(paris_day(datetime.fromisoformat(pen.recorded_at)), "invoice.contradicted", found.invoice, data=data), found.debtor)


def _conflict(first: Mapping[str, Any], changes: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Compare a given invoice with the known one; it may be as `first` recorded or as corrected at any time since."""
    data = dict(first)
    found = difference(data, given)
    for change in changes:
        if found is None:
            return None
        data = corrected(data, change)
        found = difference(data, given)
    return found


def _told_at_last(first: Mapping[str, Any], changes: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the correction of a due date that was supposed by one that a source tells, where nothing else differs; else None."""
    data = dict(first)
    for change in changes:
        data = corrected(data, change)
    if not due_is_supposed(data) or due_is_supposed(given) or difference({**data, "due": given["due"]}, given) is not None:
        return None
    return {"due": given["due"], "reason": sentence("no source had told its due date, {due} was supposed; now one tells it", due=data["due"])}


def apply_rules(pens: Callable[[str], Pen], creditors: Sequence[str], rules: Mapping[str, Any], on: date) -> None:
    """Write `rules.applied` for creditors whose cases were decided by other rules before, or by none that are written down."""
    for creditor in sorted(creditors):
        pen = pens(creditor)
        if pen.latest("rules.applied", [""]).get("", {}).get("rules") != rules:
            pen.add(Event(on, "rules.applied", data={"rules": rules}), None)


def declare(pens: Callable[[str], Pen], creditors: Sequence[str], sent_by: Sender, on: date) -> None:
    """Write down who sends what is emitted for these creditors from now on, where that is news (`sending.declared`)."""
    for creditor in sorted(creditors):
        pen = pens(creditor)
        if sender(pen) is not sent_by:
            pen.add(Event(on, "sending.declared", data={"sent_by": sent_by}), None)


def statement_read(pen: Pen, account: str, on: date) -> None:
    """Write down up to which day an account's statements were read (`statement.read`), once for the account and day."""
    key = f"statement:{account}:{on}"
    if not pen.known([key]):
        pen.add(Event(on, "statement.read", data={"account": account or None}), None, key=key)


def written_together(pen: Pen, entries: Sequence[tuple[str | None, Event]], key: str) -> bool:
    """Write entries of a creditor, each of a debtor or (None) of nobody, all or none: none where the key, which the first bears, is there already."""
    if pen.known([key]):
        return False
    for place, (debtor, event) in enumerate(entries):
        pen.add(event, debtor, key=None if place else key)
    return True


def sender(pen: Pen) -> Sender:
    """Say who sends what is emitted for a creditor: as last declared, else relance."""
    return Sender(pen.latest("sending.declared", [""]).get("", {}).get("sent_by", Sender.RELANCE))


def emit(pens: Callable[[str], Pen], actions: Sequence[Action], on: date, sent_by: Sender | None = None) -> tuple[Action, ...]:
    """Write `action.emitted` for the actions that were never emitted, and return these in their order; `sent_by` None: as declared."""
    new: list[Action] = []
    for creditor in sorted({action.creditor for action in actions}):
        pen = pens(creditor)
        mine = [action for action in actions if action.creditor == creditor]
        pen.learn(action.debtor for action in mine)
        by = sent_by or sender(pen)
        there = set(pen.known(f"action:{action.id}" for action in mine))
        for action in mine:
            key = f"action:{action.id}"
            if key not in there:
                there.add(key)
                pen.add(emission(action, on, by, seq=0), action.debtor, key=key)
                new.append(action)
    order = {id(action): place for place, action in enumerate(actions)}
    return tuple(sorted(new, key=lambda action: order[id(action)]))
