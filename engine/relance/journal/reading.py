"""Reading the journal: rows into entries, entries into events and facts, narrowed to what was known by a moment.

State is always a fold of the journal; nothing here is stored. Refuses to write.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from relance.interpreter.offer_outcomes import with_offers
from relance.journal.chain import MARKED, Entry, JournalRow
from relance.journal.chain_writer import personal_values, unsealed
from relance.journal.event_types import KINDS, PUBLIC, retyped
from relance.journal.late_plans import BEFORE, as_read, late_declared
from relance.journal.masterdata import corrected, invoice_of, noun_of
from relance.journal.merges import MERGED, SPLIT, Merges, merges
from relance.journal.store import CHAINS, JOURNAL, OF_CREDITORS, PEOPLE, among, chunks
from relance.model import Creditor, Debtor, Event, Facts
from relance.sentences import sentence

_PART = 1_000
#: Kinds that change for whom entries of before count.
_JOINING = frozenset({MERGED, SPLIT})
#: Kinds that say what was read, and by which nothing is decided otherwise of any debtor.
_READ = frozenset({"statement.read", "source.read"})


class Place(NamedTuple):
    """What a name was found to stand for."""

    creditor: str
    debtor: str
    invoice: str | None = None
    currency: str | None = None


def places(connection: sa.Connection, name: str) -> list[Place]:
    """Find what a name stands for: an invoice or a document with instalments; else an account; else a debtor."""
    merged = merges(connection)
    same = sa.and_(JOURNAL.c.creditor == PEOPLE.c.creditor, JOURNAL.c.debtor == PEOPLE.c.who)
    query = sa.select(JOURNAL.c.creditor, PEOPLE.c.who).distinct().join(PEOPLE, same).order_by(JOURNAL.c.creditor)
    parts = sa.and_(JOURNAL.c.invoice > f"{name}/", JOURNAL.c.invoice < f"{name}0")  # "0" follows "/"
    for where in (JOURNAL.c.invoice == name, parts):
        whose = {(creditor, merged.main(creditor, who)): None for creditor, who in connection.execute(query.where(where))}
        found = [Place(creditor, debtor, name) for creditor, who in whose for _, debtor in _names(connection, creditor, [who])]
        if found:
            return found
    debtor, slash, currency = name.rpartition("/")
    found = [Place(creditor, who, None, currency) for creditor, who in _called(connection, debtor, merged)] if slash and len(currency) == 3 else []
    return found or [Place(creditor, who) for creditor, who in _called(connection, name, merged)]


def _called(connection: sa.Connection, debtor: str, merged: Merges) -> Iterator[tuple[str, str]]:
    """Yield the creditors that know a debtor, each with the name that his entries count for."""
    known = sa.select(PEOPLE.c.creditor, PEOPLE.c.who).where(PEOPLE.c.debtor == debtor).order_by(PEOPLE.c.creditor)
    for creditor, who in list(connection.execute(known)):
        main = merged.main(creditor, who)
        yield from ((creditor, name) for _, name in _names(connection, creditor, [main])) if main != who else [(creditor, debtor)]


def merged_names(connection: sa.Connection) -> dict[tuple[str, str], str]:
    """Return, by creditor and debtor, whom each merged debtor counts for."""
    merged, found = merges(connection), {}
    for creditor, who in merged.into:
        names = dict(_names(connection, creditor, [who, merged.main(creditor, who)]))
        if len(names) == 2:
            found[creditor, names[who]] = names[merged.main(creditor, who)]
    return found


def are_two(connection: sa.Connection, creditor: str, one: str, other: str) -> bool:
    """Say whether a person said that two debtors of a creditor are two."""
    query = sa.select(PEOPLE.c.who).where(PEOPLE.c.creditor == creditor, PEOPLE.c.debtor.in_([one, other]))
    return (creditor, frozenset(connection.execute(query).scalars())) in merges(connection, [creditor]).apart


def counts_for(connection: sa.Connection, debtor: str) -> set[str]:
    """Return the names that a debtor's entries count for, with whichever creditors know him: his own, but where he is merged."""
    return {name for _, name in _called(connection, debtor, merges(connection))}


def stamp(moment: datetime) -> str:
    """Write a time as the journal does: UTC, microseconds, so that text order is the order in time."""
    if moment.tzinfo is None:
        raise ValueError(sentence("a time of recording has a zone"))
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def narrowed(
    connection: sa.Connection, merged: Merges, known_before: str | None, seq_before: int | None, creditor: str | None, debtor: str | None,
    case: str | None, invoice: str | None, kinds: Sequence[str], action: str | None,
) -> sa.Select[Any]:  # fmt: skip
    """Select the journal's rows that all of these let through."""
    query = sa.select(JOURNAL)
    if known_before is not None:
        query = query.where(JOURNAL.c.recorded_at < known_before)
    if seq_before is not None:
        query = query.where(JOURNAL.c.seq < seq_before)
    if creditor is not None:
        query = query.where(JOURNAL.c.creditor == creditor)
    if debtor is not None:
        query = query.where(JOURNAL.c.debtor.in_(sorted(_references(connection, debtor, merged))))
    if case is not None:
        query = query.where(JOURNAL.c.case.in_(_cases(connection, case)))
    if invoice is not None:
        query = query.where(JOURNAL.c.invoice == invoice)
    if kinds:
        query = query.where(JOURNAL.c.kind.in_(kinds))
    if action is not None:
        query = query.where(JOURNAL.c.key == f"action:{action}")
    return query


def _cases(connection: sa.Connection, case: str) -> list[str]:
    """Spell a case as the table does: an account's begins with the debtor's reference."""
    debtor, slash, currency = case.rpartition("/")
    if not slash:
        return [case]
    return [case, *(f"{who}/{currency}" for who in sorted(_references(connection, debtor, merges(connection))))]


def _references(connection: sa.Connection, debtor: str, merged: Merges) -> set[str]:
    """Return the references under which chains hold what counts for a debtor."""
    rows = connection.execute(sa.select(PEOPLE.c.creditor, PEOPLE.c.who).where(PEOPLE.c.debtor == debtor))
    return set().union(*(merged.members(creditor, [who]) for creditor, who in rows))


def entries(connection: sa.Connection, query: sa.Select[Any], merged: Merges | None = None) -> Iterator[Entry]:
    """Read rows in parts, and put names and personal values back; `merged` says for whom they count (None: as of now)."""
    merged = merges(connection) if merged is None else merged
    with connection.execute(query, execution_options={"stream_results": True, "yield_per": _PART}) as result:
        for part in result.partitions():
            yield from _part(connection, [JournalRow(*row) for row in part], merged)


def _part(connection: sa.Connection, rows: Sequence[JournalRow], merged: Merges) -> Iterator[Entry]:
    whos: dict[str, set[str]] = {}
    sealed: dict[str, set[str]] = {}
    for row in rows:
        whos.setdefault(row.creditor, set()).add(row.debtor)
        if MARKED in row.payload:
            sealed.setdefault(row.creditor, set()).add(row.debtor)
    names: dict[tuple[str, str], str] = {}
    values: dict[str, Any] = {}
    for creditor, some in whos.items():
        mains = {who: merged.main(creditor, who) for who in some}
        called = dict(_names(connection, creditor, sorted(set(mains.values()))))
        names |= {(creditor, who): called[main] for who, main in mains.items() if main in called}
        values |= personal_values(connection, creditor, sorted(sealed.get(creditor, ())))
    for row in rows:
        yield _entry(row, names.get((row.creditor, row.debtor)), values)


#: What debtors' references are called: asked at every reading, and put together once.
_CALLED = sa.select(PEOPLE.c.who, PEOPLE.c.debtor).where(PEOPLE.c.creditor == sa.bindparam("creditor"), PEOPLE.c.who.in_(sa.bindparam("whos", expanding=True)))


def _names(connection: sa.Connection, creditor: str, whos: list[str]) -> Iterator[tuple[str, str]]:
    for part in chunks(whos):
        yield from connection.execute(_CALLED, {"creditor": creditor, "whos": part})


def _entry(row: JournalRow, debtor: str | None, values: dict[str, Any]) -> Entry:
    case = row.case
    if debtor is not None and case.startswith(row.debtor + "/"):
        case = debtor + case[len(row.debtor) :]
    return Entry(
        creditor=row.creditor, seq=row.seq, recorded_at=datetime.fromisoformat(row.recorded_at), on=date.fromisoformat(row.on),
        debtor=debtor, case=case or None, invoice=row.invoice or None, kind=row.kind,
        data=retyped(row.kind, unsealed(json.loads(row.payload), values)) if row.kind in KINDS else {},
        actor=row.actor, hash=row.hash, who=row.debtor, key=row.key,
    )  # fmt: skip


def event_of(entry: Entry, late: str = BEFORE) -> Event:
    """Give an entry as the model's event; its place in the chain orders it within its day. `late`: how a plan of before is read."""
    data = dict(entry.data)
    currency = None if "currency" in KINDS[entry.kind] else data.pop("currency", None)
    if entry.case is not None and entry.kind == "action.emitted":
        data["case"] = entry.case
    return as_read(Event(entry.on, entry.kind, entry.invoice, currency, entry.seq, data), late)


def all_facts(
    connection: sa.Connection, known_before: str | None, seq_before: int | None, creditor: str | None = None, debtor: str | None = None,
) -> Iterator[Facts]:  # fmt: skip
    """Fold all that is known into one `Facts` per creditor and debtor, in order of creditor. Forgotten debtors are left out."""
    merged = merges(connection, known_before=known_before, seq_before=seq_before)
    query = narrowed(connection, merged, known_before, seq_before, creditor, debtor, None, None, (), None)
    known, late = creditors(connection, known_before, creditor), late_declared(connection, known_before, seq_before)
    ordered = query.where(JOURNAL.c.debtor != "").order_by(JOURNAL.c.creditor, _main(merged), JOURNAL.c.seq)
    for (name, who), group in groupby(entries(connection, ordered, merged), key=lambda entry: (entry.creditor, merged.main(entry.creditor, entry.who))):
        found = fold(known.get(name, Creditor(name)), group, who, late.get(name, BEFORE))
        if found is not None:
            yield found


def _main(merged: Merges) -> sa.ColumnElement[str]:
    """Order rows by whom they count for."""
    mains = {who: merged.main(creditor, who) for creditor, who in merged.into}
    return sa.case(mains, value=JOURNAL.c.debtor, else_=JOURNAL.c.debtor) if mains else JOURNAL.c.debtor


def entries_about(connection: sa.Connection, debtors: Iterable[str], kinds: Sequence[str]) -> Iterator[Entry]:
    """Read the entries of some kinds about some debtors, with any creditor, in the order of their chains, creditor by creditor."""
    merged, whos = merges(connection), dict[str, set[str]]()
    for part in chunks(sorted(set(debtors))):
        for creditor, who in connection.execute(sa.select(PEOPLE.c.creditor, PEOPLE.c.who).where(among(connection, PEOPLE.c.debtor, part))):
            whos.setdefault(creditor, set()).add(who)
    for creditor in sorted(whos):
        theirs = sa.select(JOURNAL).where(JOURNAL.c.creditor == creditor, JOURNAL.c.kind.in_(kinds), among(connection, JOURNAL.c.debtor, sorted(merged.members(creditor, whos[creditor]))))
        yield from entries(connection, theirs.order_by(JOURNAL.c.seq), merged)


def facts_about(connection: sa.Connection, debtors: Iterable[str], invoices: Iterable[str]) -> Iterator[Facts]:
    """Fold what is known of some debtors, and of those who owe some invoices or documents, by creditor."""
    whos: dict[str, set[str]] = {}
    for part in chunks(sorted(set(debtors))):
        query = sa.select(PEOPLE.c.creditor, PEOPLE.c.who).where(among(connection, PEOPLE.c.debtor, part))
        for creditor, who in connection.execute(query):
            whos.setdefault(creditor, set()).add(who)
    missing = set(invoices)
    for part in chunks(sorted(missing)):
        parts = [f"{name}/1" for name in part]  # a document with instalments is known by the first of them
        owing = sa.select(JOURNAL.c.creditor, JOURNAL.c.debtor, JOURNAL.c.invoice).distinct()
        for creditor, who, invoice in connection.execute(owing.where(among(connection, JOURNAL.c.invoice, [*part, *parts]))):
            whos.setdefault(creditor, set()).add(who)
            missing -= {invoice, invoice.removesuffix("/1")}
    if missing:
        for creditor, who in _owing_documents(connection, missing):
            whos.setdefault(creditor, set()).add(who)
    known, merged, late = creditors(connection, None, None), merges(connection), late_declared(connection)
    for name in sorted(whos):
        for part in chunks(sorted({merged.main(name, who) for who in whos[name]} - {""})):
            theirs = sa.select(JOURNAL).where(JOURNAL.c.creditor == name, among(connection, JOURNAL.c.debtor, sorted(merged.members(name, part))))
            rows = entries(connection, theirs.order_by(_main(merged), JOURNAL.c.seq), merged)
            for who, group in groupby(rows, key=lambda entry: merged.main(entry.creditor, entry.who)):
                found = fold(known.get(name, Creditor(name)), group, who, late.get(name, BEFORE))
                if found is not None:
                    yield found


def _owing_documents(connection: sa.Connection, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Find who owes documents whose instalments bear numbers of their own: by reading every instalment."""
    query = sa.select(JOURNAL.c.creditor, JOURNAL.c.debtor, JOURNAL.c.payload).where(
        JOURNAL.c.kind == "invoice.recorded", JOURNAL.c.payload.contains('"document":', autoescape=True)
    )
    for creditor, who, payload in connection.execute(query):
        if json.loads(payload).get("document") in names:
            yield creditor, who


def chains(connection: sa.Connection) -> list[str]:
    """Name the creditors there is a chain of, in order."""
    return list(connection.execute(sa.select(CHAINS.c.creditor).order_by(CHAINS.c.creditor)).scalars())


def fold(creditor: Creditor, group: Iterable[Entry], who: str | None = None, late: str = BEFORE) -> Facts | None:
    """Fold a debtor's entries, in the order of the chain, into facts; None for a debtor who was forgotten.

    `who` is his own reference: what is recorded of those who were merged into him fills only what is not known of himself.
    `late`: how a plan of before is read.
    """
    name: str | None = None
    record: dict[str, Any] = {}
    others: dict[str, Any] = {}
    invoices: dict[str, dict[str, Any]] = {}
    events: list[Event] = []
    for entry in group:
        name = entry.debtor
        if entry.kind == "debtor.recorded":
            if who in (None, entry.who):
                record = dict(entry.data.get("record", {}))
            else:
                others |= entry.data.get("record", {})
        elif entry.kind == "invoice.recorded" and entry.invoice:
            invoices[entry.invoice] = dict(entry.data)
        elif entry.kind == "invoice.corrected" and entry.invoice in invoices:
            invoices[entry.invoice] = corrected(invoices[entry.invoice], entry.data)
        elif entry.kind in PUBLIC:
            events.append(event_of(entry, late))
    if name is None:
        return None
    made = tuple(invoice_of(each, data) for each, data in invoices.items())
    return with_offers(Facts(creditor, noun_of(Debtor, name, {**others, **record}), made, tuple(sorted(events, key=lambda event: (event.on, event.seq)))))


def creditors(connection: sa.Connection, known_before: str | None, creditor: str | None) -> dict[str, Creditor]:
    """Return every creditor as last recorded."""
    query = sa.select(JOURNAL.c.seq, JOURNAL.c.creditor, JOURNAL.c.payload).where(*OF_CREDITORS, JOURNAL.c.kind == "creditor.recorded")
    if known_before is not None:
        query = query.where(JOURNAL.c.recorded_at < known_before)
    if creditor is not None:
        query = query.where(JOURNAL.c.creditor == creditor)
    rows = sorted(connection.execute(query), key=itemgetter(0))
    return {name: noun_of(Creditor, name, json.loads(payload)["record"]) for _, name, payload in rows}


class ChainNews(NamedTuple):
    """What chains hold beyond some places: where they end now, the debtors about whom something is, and the kinds of it.

    `at_large` are creditors of whom something was recorded that names no debtor, or no debtor alone (a merge, somebody forgotten).
    """

    heads: dict[str, int]
    debtors: frozenset[str]
    at_large: frozenset[str]
    kinds: frozenset[str]


def news(connection: sa.Connection, seen: Mapping[str, int]) -> ChainNews:
    """Say what chains hold beyond the places that were `seen`, by creditor; a chain that is not named is new as a whole."""
    heads = {creditor: int(seq) for creditor, seq in connection.execute(sa.select(CHAINS.c.creditor, CHAINS.c.seq))}
    grown = [creditor for creditor, seq in heads.items() if seq != seen.get(creditor, 0)]
    merged = merges(connection) if grown else None
    debtors, at_large, kinds = set[str](), set[str](), set[str]()
    for creditor in grown:
        rows = connection.execute(sa.select(JOURNAL.c.debtor, JOURNAL.c.kind).distinct().where(JOURNAL.c.creditor == creditor, JOURNAL.c.seq > seen.get(creditor, 0))).all()
        kinds |= {kind for _, kind in rows}
        assert merged is not None
        whos = {merged.main(creditor, who) for who, _ in rows if who}
        names = dict(_names(connection, creditor, sorted(whos)))
        debtors |= set(names.values())
        if any(not who and kind not in _READ for who, kind in rows) or whos - names.keys() or any(kind in _JOINING for _, kind in rows):
            at_large.add(creditor)
    return ChainNews(heads, frozenset(debtors), frozenset(at_large), frozenset(kinds))


def debtors(connection: sa.Connection, after: str, most: int) -> list[str]:
    """Name the debtors that any chain knows, in order, so many after a name."""
    query = sa.select(PEOPLE.c.debtor).distinct().where(PEOPLE.c.debtor > after).order_by(PEOPLE.c.debtor).limit(most)
    return list(connection.execute(query).scalars())


def creditors_of(connection: sa.Connection, debtor: str) -> list[str]:
    """Name the creditors that know a debtor, in order."""
    query = sa.select(PEOPLE.c.creditor).where(PEOPLE.c.debtor == debtor).order_by(PEOPLE.c.creditor)
    return list(connection.execute(query).scalars())


def known_among(connection: sa.Connection, debtors: Iterable[str], invoices: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return which of these are a debtor's number, and which of those an invoice's, with whichever creditor."""
    found: tuple[set[str], set[str]] = (set(), set())
    for column, names, known in ((PEOPLE.c.debtor, debtors, found[0]), (JOURNAL.c.invoice, invoices, found[1])):
        for part in chunks(sorted(set(names))):
            known.update(connection.execute(sa.select(column).distinct().where(among(connection, column, part))).scalars())
    return found


def shared_debtors(connection: sa.Connection) -> frozenset[str]:
    """Name the debtors that several creditors know."""
    if len(connection.execute(sa.select(CHAINS.c.creditor).limit(2)).all()) < 2:
        return frozenset()
    query = sa.select(PEOPLE.c.debtor).group_by(PEOPLE.c.debtor).having(sa.func.count() > 1)
    return frozenset(connection.execute(query).scalars())
