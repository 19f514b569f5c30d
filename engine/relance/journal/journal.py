"""The journal: what happened, append-only, hash-chained per creditor, in SQLite or PostgreSQL.

Owns recording (once, whatever crashes or runs beside it), emitting actions exactly once, and reading back, as known on
any past day. Nothing is updated or deleted but personal data, which stands beside the chain. The clock is the caller's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa

from relance.journal import reading as folds
from relance.journal.appending import (
    Conflict,
    Recorded,
    apply_rules,
    creditor_known,
    declare,
    emit,
    is_there,
    penned,
    statement_read,
    take_in,
    take_in_all,
    written_together,
)
from relance.journal.chain import Entry, JournalRow
from relance.journal.chain_writer import Pen
from relance.journal.late_plans import BEFORE, late_declared
from relance.journal.merges import MERGED, SPLIT, Merges, merges
from relance.journal.migrations import migrate
from relance.journal.naming import NamedIn
from relance.journal.packing import unpacked
from relance.journal.store import DOCUMENTS, JOURNAL, META, JournalError, connect, disconnect, in_transaction, reading, remeasure
from relance.model import Action, Creditor, Debtor, Event, Facts, Invoice, Sender
from relance.project import ApprovalRule
from relance.sentences import sentence
from relance.zones import end_of_day

__all__ = ["Conflict", "Entry", "Journal", "JournalError", "Recorded"]

T = TypeVar("T")
_BATCH = 2_000
#: Before the names of retention periods in journals of before, which kept them beside the chain.
_EARLY = "retention."
_MANY = 5_000


class _UndoneError(Exception):
    """Takes a transaction back that was made only to see what it would do."""


@dataclass(frozen=True, slots=True)
class Journal:
    """An open journal. `known_before` and `seq_before` narrow what it shows to what was recorded by then."""

    engine: sa.Engine
    now: Callable[[], datetime] | None = None
    known_before: str | None = None
    seq_before: int | None = None

    @classmethod
    def open(cls, where: str | Path, *, now: Callable[[], datetime] | None = None, create: bool = True, read_only: bool = False) -> Self:
        """Open the journal at a path or database URL, bringing an older format up to date. Raises JournalError.

        `now` gives the time of recording (with a zone) and is needed only to write. `read_only` leaves a file, and all beside it, as it is.
        """
        engine = connect(where, create=create and not read_only, read_only=read_only)
        migrate(engine)
        return cls(engine, now)

    def bring_up_to_date(self) -> None:
        """Bring an older format up to date, of a journal that was long open. Raises JournalError, also where a newer relance has written since."""
        migrate(self.engine)

    def close(self) -> None:
        """Give the database back."""
        disconnect(self.engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ----------------------------------------------------------------- writing

    def record(
        self,
        creditor: Creditor | str,
        debtor: Debtor | str,
        events: Sequence[Event] = (),
        *,
        invoices: Sequence[Invoice] = (),
        actor: str,
        once: bool = False,
        keys: Sequence[str | None] = (),
        since: int | None = None,
        outside: Sequence[ApprovalRule] | None = None,
    ) -> Recorded:
        """Record what became known of one debtor, in one transaction.

        `once`: an event of the same contents, at the same count among these, that was recorded with `once` before is
        left out, so that a file read twice changes nothing. `keys` name events by keys of the caller's instead. With
        `since`, a place in the chain, nothing is recorded where more was written of the debtor after it (documents aside):
        what was decided on what was read there is not decided any more. `outside`: somebody says it who was asked for no
        approval; what would let a draft leave past the rules (those declared, else these) is not written.
        """
        facts = Facts(
            Creditor(creditor) if isinstance(creditor, str) else creditor,
            Debtor(debtor) if isinstance(debtor, str) else debtor,
            tuple(invoices),
            tuple(events),
        )

        def work(pens: Callable[[str], Pen]) -> Recorded:
            pen = pens(facts.creditor.id)
            moved = since is not None and pen.moved(facts.debtor.id, since)
            return Recorded() if moved else take_in(pen, [facts], once=once, keys=keys, outside=outside)

        return self._write(actor, work)

    def declare(self, creditor: str, events: Sequence[Event], *, actor: str, record: Creditor | None = None) -> None:
        """Record what concerns a creditor as a whole, and what is newly known of him."""

        def work(pens: Callable[[str], Pen]) -> None:
            pen = pens(creditor)
            if record is not None:
                creditor_known(pen, record)
            for event in events:
                pen.add(event, None)

        self._write(actor, work)

    def declare_all(self, events: Sequence[Event], *, actor: str) -> None:
        """Record what concerns every creditor, in the chain of each."""
        names = sorted(self.creditors())

        def work(pens: Callable[[str], Pen]) -> None:
            for name in names:
                for event in events:
                    pens(name).add(event, None)

        self._write(actor, work)

    def take_in(self, portfolio: Iterable[Facts], *, actor: str, once: bool = True, approvals: Sequence[ApprovalRule] = ()) -> Recorded:
        """Record whole debtors, in transactions of 2,000 of them. Each debtor of a creditor comes once. `approvals` count where none are declared."""
        total, fresh = Recorded(), set[tuple[str | int, ...]]()
        source = iter(portfolio)
        while batch := list(islice(source, _BATCH)):
            done = self._write(actor, lambda pens, batch=batch: take_in_all(pens, batch, once=once, approvals=approvals))  # type: ignore[misc]
            total += replace(done, fresh=frozenset())
            fresh |= done.fresh
            if done.written >= _MANY:
                remeasure(self.engine)
        return replace(total, fresh=frozenset(fresh))

    def statement_read(self, creditors: Iterable[str], account: str, on: date, *, actor: str) -> None:
        """Write down that a bank statement of these creditors was read, and up to which day it reaches."""
        names = sorted(creditors)

        def work(pens: Callable[[str], Pen]) -> None:
            for name in names:
                statement_read(pens(name), account, on)

        self._write(actor, work)

    def write_together(self, creditor: str, entries: Sequence[tuple[str | None, Event]], *, actor: str, key: str) -> bool:
        """Write events of one creditor's debtors, or (None) of nobody known, in one transaction, once under this key; say whether they were written now."""
        return self._write(actor, lambda pens: written_together(pens(creditor), entries, key))

    def emit(self, actions: Sequence[Action], *, on: date, actor: str, sent_by: Sender | None = None) -> tuple[Action, ...]:
        """Write `action.emitted` for those actions that were never emitted, all or none of them; return these.

        `sent_by` says who sends them; None: as the journal declares, else relance.
        Whatever the number of processes and crashes, one action id of a creditor is returned once in the life of a journal.
        """
        return self._write(actor, lambda pens: emit(pens, actions, on, sent_by))

    def attach(
        self, creditor: str, debtor: str, content: bytes, *, name: str, kind: str, on: date, actor: str,
        invoice: str | None = None, case: str | None = None, action: str | None = None, media_type: str | None = None,
    ) -> str:  # fmt: skip
        """Keep a document by its SHA-256 and write `document.attached`, once for these bytes, kind and case; return the hash."""
        sha256 = hashlib.sha256(content).hexdigest()
        data = {"sha256": sha256, "kind": kind, "size": len(content), "name": name, "id": action, "media_type": media_type, "case": case}
        key = f"document:{sha256}:{kind}:{invoice or ''}:{action or ''}"

        def work(pens: Callable[[str], Pen]) -> str:
            pen = pens(creditor)
            whose = pen.home(debtor, invoice)
            pen.keep(whose, sha256, content)
            if not pen.known([key + pen.who(whose)]):
                pen.add(Event(on, "document.attached", invoice, data=data), whose, key=key + pen.who(whose))
            return sha256

        return self._write(actor, work)

    def forget(
        self, debtor: str, *, reason: str, on: date, actor: str, creditor: str | None = None, kinds: Sequence[str] = (),
    ) -> int:  # fmt: skip
        """Erase a debtor's personal data and documents, or some kinds of it, and write that it was done; return how many values went.

        The chain stays whole: it holds references, dates and amounts, and `verify` still answers for it (GDPR art. 17).
        """
        creditors = [creditor] if creditor else self.creditors_of(debtor)
        whole = not kinds or "identity" in kinds
        named = {name: NamedIn(tuple(self.facts(name, debtor))) for name in creditors}

        def work(pens: Callable[[str], Pen]) -> int:
            count = 0
            for name in sorted(creditors):
                pen = pens(name)
                same = pen.one_with(debtor)
                elsewhere = pen.erase_elsewhere(same, named[name]) if whole else ()
                count += len(elsewhere)
                for each in same:
                    pen.add(Event(on, "debtor.forgotten", data={"reason": reason, "kinds": tuple(kinds) or None, "elsewhere": elsewhere or None}), each)
                    count += pen.erase(each, frozenset(kinds))
                    elsewhere = ()
            return count

        return self._write(actor, work)

    def merge(self, debtor: str, into: str, *, on: date, actor: str, reason: str | None = None) -> int:
        """Write that two debtors are one, in every chain that knows the first; return in how many it is new. Undone by `split`."""
        return self._joined(MERGED, debtor, into, on, actor, reason)

    def split(self, debtor: str, other: str, *, on: date, actor: str, reason: str | None = None) -> int:
        """Write that two debtors are two, merged before or not; return in how many chains it is new."""
        return self._joined(SPLIT, debtor, other, on, actor, reason)

    def _joined(self, kind: str, debtor: str, other: str, on: date, actor: str, reason: str | None) -> int:
        def work(pens: Callable[[str], Pen]) -> int:
            return sum(pens(name).join(kind, debtor, other, on, reason) for name in sorted(self.creditors_of(debtor)))

        return self._write(actor, work)

    def counts_for(self, debtor: str) -> set[str]:
        """Return the names that a debtor's entries count for: his own, but where he is merged into another."""
        with reading(self.engine) as connection:
            return folds.counts_for(connection, debtor)

    def merged_names(self) -> dict[tuple[str, str], str]:
        """Return, by creditor and debtor, whom each merged debtor counts for."""
        with reading(self.engine) as connection:
            return folds.merged_names(connection)

    def are_two(self, creditor: str, one: str, other: str) -> bool:
        """Say whether a person said that two debtors of a creditor are two."""
        with reading(self.engine) as connection:
            return folds.are_two(connection, creditor, one, other)

    def periods(self) -> dict[str, int]:
        """Return how many months each kind of personal data is kept, where that was declared: as last said in any chain."""
        with reading(self.engine) as connection:
            early = connection.execute(sa.select(META.c.name, META.c.value).where(META.c.name.startswith(_EARLY, autoescape=True)))
            found = {name.removeprefix(_EARLY): int(value) for name, value in early}
        said = sorted(self.entries(kinds=("retention.declared",)), key=lambda entry: entry.recorded_at)
        return found | {str(entry.data["kind"]): int(entry.data["months"]) for entry in said}

    def declare_period(self, kind: str, months: int, *, on: date, actor: str) -> bool:
        """Write into every chain how long a kind of personal data is kept from now on; False: there is no chain yet."""
        moment, creditors = self._moment(), sorted(self.creditors())

        def work(connection: sa.Connection) -> None:
            def said(pens: Callable[[str], Pen]) -> None:
                for name in creditors:
                    pens(name).add(Event(on, "retention.declared", data={"kind": kind, "months": months}), None)

            penned(connection, moment, actor, said)
            connection.execute(sa.delete(META).where(META.c.name == _EARLY + kind))

        in_transaction(self.engine, work)
        return bool(creditors)

    def run(
        self, portfolio: Sequence[Facts], decide: Callable[[Sequence[Facts], Sequence[Conflict]], Sequence[Action]], *, on: date, actor: str, keep: bool = True,
        rules: Callable[[], Mapping[str, Any] | None] = lambda: None, sent_by: Sender | None = None,
        withdrawn: Callable[[], Sequence[tuple[Facts, Event]]] = lambda: (), about: Collection[str] | None = None, approvals: Sequence[ApprovalRule] = (),
    ) -> tuple[Recorded, tuple[Action, ...]]:  # fmt: skip
        """Record a portfolio, ask `decide` about all that is then known and the conflicts found in recording, and emit its actions: all or nothing.

        `rules`, asked after `decide`, are what it decided by; they are written down where they are not those of the time before.
        `withdrawn`, asked then too, are words about messages that are to leave no more. `sent_by` is written down where it is given and is news.
        `about` names the debtors of whom it is asked; None: all. `approvals` are the rules of approval where none are declared.
        Returns what was recorded and the actions that were never emitted before. With `keep=False` all of it is undone at
        the end: one sees what would be, and nothing was written.
        """
        moment = self._moment()
        done: list[tuple[list[JournalRow], tuple[Recorded, tuple[Action, ...]]]] = []

        def once(connection: sa.Connection) -> tuple[Recorded, tuple[Action, ...]]:
            if done and is_there(connection, done[-1][0]):
                return done[-1][1]  # the server went away after the commit and before its answer
            recorded, rows = penned(connection, moment, actor, lambda pens: take_in_all(pens, portfolio, once=True, approvals=approvals))
            if about is None:
                known = list(folds.all_facts(connection, self.known_before, self.seq_before))
            else:
                known = [facts for facts in folds.facts_about(connection, about, ()) if facts.debtor.id in about]
            actions = decide(known, recorded.conflicts)
            by, creditors = rules(), list({facts.creditor.id for facts in known})

            def decided(pens: Callable[[str], Pen]) -> tuple[Action, ...]:
                if by is not None:
                    apply_rules(pens, creditors, by, on)
                if sent_by is not None:
                    declare(pens, creditors, sent_by, on)
                for facts, event in withdrawn():
                    pens(facts.creditor.id).add(event, facts.debtor.id)
                return emit(pens, actions, on, sent_by)

            new, more = penned(connection, moment, actor, decided)
            done.append(([*rows, *more], (recorded, new)))
            if not keep:
                raise _UndoneError
            return recorded, new

        try:
            return in_transaction(self.engine, once)
        except _UndoneError:
            return done[-1][1]

    def _moment(self) -> str:
        if self.now is None:
            raise ValueError(sentence("a journal that is written to is opened with a clock: Journal.open(…, now=…)"))
        if self.known_before is not None or self.seq_before is not None:
            raise ValueError(sentence("the past is not written to"))
        return folds.stamp(self.now())

    def _write(self, actor: str, work: Callable[[Callable[[str], Pen]], T]) -> T:
        moment = self._moment()
        done: list[tuple[list[JournalRow], T]] = []

        def once(connection: sa.Connection) -> T:
            if done and is_there(connection, done[-1][0]):
                return done[-1][1]  # the server went away after the commit and before its answer
            result, rows = penned(connection, moment, actor, work)
            done.append((rows, result))
            return result

        return in_transaction(self.engine, once)

    # ----------------------------------------------------------------- reading

    def as_known_on(self, day: date) -> Self:
        """Narrow the journal to what had been recorded by the end of a day, Paris time."""
        return replace(self, known_before=folds.stamp(end_of_day(day).astimezone(UTC)))

    def before(self, seq: int) -> Self:
        """Narrow the journal to what stands before an entry; for one creditor."""
        return replace(self, seq_before=seq)

    def entries(
        self, *, creditor: str | None = None, debtor: str | None = None, case: str | None = None, invoice: str | None = None,
        kinds: Sequence[str] = (), action: str | None = None,
    ) -> Iterator[Entry]:  # fmt: skip
        """Read entries in the order of their chains, creditor by creditor."""
        with reading(self.engine) as connection:
            merged = self._merges(connection)
            query = folds.narrowed(connection, merged, self.known_before, self.seq_before, creditor, debtor, case, invoice, kinds, action)
            yield from folds.entries(connection, query.order_by(JOURNAL.c.creditor, JOURNAL.c.seq), merged)

    def events(self, *, creditor: str | None = None, debtor: str | None = None, kinds: Sequence[str] = ()) -> Iterator[Event]:
        """Read events as the model's, in the order of their chains; `seq` is their place in the chain."""
        with reading(self.engine) as connection:
            late = late_declared(connection, self.known_before, self.seq_before)
        return (folds.event_of(entry, late.get(entry.creditor, BEFORE)) for entry in self.entries(creditor=creditor, debtor=debtor, kinds=kinds))

    def facts(self, creditor: str | None = None, debtor: str | None = None) -> Iterator[Facts]:
        """Fold all that is known into one `Facts` per creditor and debtor, in order of creditor. Forgotten debtors are left out."""
        with reading(self.engine) as connection:
            yield from folds.all_facts(connection, self.known_before, self.seq_before, creditor, debtor)

    def entries_about(self, debtors: Iterable[str], kinds: Sequence[str]) -> Iterator[Entry]:
        """Read the entries of some kinds about these debtors, with any creditor, in the order of their chains."""
        with reading(self.engine) as connection:
            yield from folds.entries_about(connection, debtors, kinds)

    def facts_about(self, debtors: Iterable[str], invoices: Iterable[str] = ()) -> Iterator[Facts]:
        """Fold what is known of these debtors, and of those who owe these invoices or documents, with any creditor."""
        with reading(self.engine) as connection:
            yield from folds.facts_about(connection, debtors, invoices)

    def creditors(self) -> list[str]:
        """Name the creditors there is a chain of."""
        with reading(self.engine) as connection:
            return folds.chains(connection)

    def creditor_records(self) -> tuple[Creditor, ...]:
        """Return every creditor of whom something was recorded, as last recorded."""
        with reading(self.engine) as connection:
            return tuple(folds.creditors(connection, self.known_before, None).values())

    def last_run(self) -> date | None:
        """Return the latest day a run decided or emitted something for; None where there was none."""
        with reading(self.engine) as connection:
            emitted = sa.and_(JOURNAL.c.kind == "action.emitted", JOURNAL.c.key.startswith("action:", autoescape=True))
            last = connection.execute(sa.select(sa.func.max(JOURNAL.c.on)).where(sa.or_(emitted, JOURNAL.c.kind == "rules.applied"))).scalar()
            return None if last is None else date.fromisoformat(last)

    def _merges(self, connection: sa.Connection) -> Merges:
        return merges(connection, known_before=self.known_before, seq_before=self.seq_before)

    def last_recorded(self, creditor: str, debtor: str) -> datetime | None:
        """Return when the latest entry of a debtor was recorded; None where there is none."""
        with reading(self.engine) as connection:
            query = folds.narrowed(connection, self._merges(connection), self.known_before, self.seq_before, creditor, debtor, None, None, (), None)
            last = connection.execute(sa.select(sa.func.max(query.subquery().c.recorded_at))).scalar()
            return None if last is None else datetime.fromisoformat(last)

    def last_seq(self, creditor: str, debtor: str) -> int:
        """Return the place in the chain of the latest entry of a debtor; 0 where there is none."""
        with reading(self.engine) as connection:
            query = folds.narrowed(connection, self._merges(connection), self.known_before, self.seq_before, creditor, debtor, None, None, (), None)
            return int(connection.execute(sa.select(sa.func.max(query.subquery().c.seq))).scalar() or 0)

    def document(self, sha256: str) -> bytes | None:
        """Return a kept document's bytes; None when there is none, or it was erased. Raises DamagedDocument."""
        with reading(self.engine) as connection:
            content = connection.execute(sa.select(DOCUMENTS.c.content).where(DOCUMENTS.c.sha256 == sha256).limit(1)).scalar()
            return None if content is None else unpacked(bytes(content))

    def places(self, name: str) -> list[folds.Place]:
        """Find what a name stands for: an invoice, else an account, else a debtor; one place for each creditor that knows it."""
        with reading(self.engine) as connection:
            return folds.places(connection, name)

    def shared_debtors(self) -> frozenset[str]:
        """Name the debtors that several creditors know."""
        with reading(self.engine) as connection:
            return folds.shared_debtors(connection)

    def debtors(self, after: str = "", most: int = _BATCH) -> list[str]:
        """Name the debtors whom a chain knows, in order, so many after a name."""
        with reading(self.engine) as connection:
            return folds.debtors(connection, after, most)

    def creditors_of(self, debtor: str) -> list[str]:
        """Name the creditors that know a debtor."""
        with reading(self.engine) as connection:
            return folds.creditors_of(connection, debtor)

    def known_among(self, debtors: Iterable[str], invoices: Iterable[str]) -> tuple[set[str], set[str]]:
        """Return which of these are a debtor's number, and which of those an invoice's, with whichever creditor."""
        with reading(self.engine) as connection:
            return folds.known_among(connection, debtors, invoices)

    def news(self, seen: Mapping[str, int]) -> folds.ChainNews:
        """Say what was recorded beyond the places of its chains that were `seen`, by creditor."""
        with reading(self.engine) as connection:
            return folds.news(connection, seen)
