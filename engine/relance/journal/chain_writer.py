"""Writing to the journal inside one transaction: continues chains, seals personal data, knows what is already written.

One `Pen` holds one creditor's chain, locked from its making until the transaction ends. Refuses to know commands and
files; what an action or an invoice is, `journal` says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from relance.journal.chain import MARK, START, JournalRow, canonical, content_hash, link, references, salt, sealed, sealed_name
from relance.journal.event_types import KINDS, jsonable
from relance.journal.late_plans import as_written
from relance.journal.merges import MERGED, Merges, merges
from relance.journal.packing import packed
from relance.journal.store import CHAINS, DOCUMENTS, JOURNAL, PEOPLE, PERSONAL, among, chunks, insert, lock_chain
from relance.model import Event

_PERSONAL = {kind: frozenset(name for name, field in fields.items() if field.personal) for kind, fields in KINDS.items()}
_NAMING = {kind: naming for kind, fields in KINDS.items() if (naming := {name: field.naming_with for name, field in fields.items() if field.naming_with})}
#: Personal fields that may name others than whose the entry is: of files, and of money that nobody knows whose it is, or which is one of several debtors'.
_ELSEWHERE: Mapping[str, tuple[str, ...]] = {"source.read": ("file", "accounts"), "payment.unmatched": ("payer", "text", "candidates")}

#: Kinds of personal data, each with a retention period of its own.
DATA_KINDS = ("identity", "documents", "notes")


def data_kind(event_kind: str) -> str:
    """Say what kind of personal data an event's personal fields are."""
    return {"debtor.recorded": "identity", "document.attached": "documents"}.get(event_kind, "notes")


def _in_order(rows: Iterable[Any]) -> list[Any]:
    """Return rows by their first column, `seq`: a database that is asked for that order reads the whole chain in it, instead of looking some up."""
    return sorted(rows, key=itemgetter(0))


class Pen:
    """Appends to one creditor's chain; nothing reaches the database before `flush`."""

    def __init__(self, connection: sa.Connection, creditor: str, recorded_at: str, actor: str) -> None:
        self.connection, self.creditor, self.actor = connection, creditor, actor
        head = lock_chain(connection, creditor)
        self._new = head is None
        self.seq, before, self.hash = head or (0, "", START)
        self.recorded_at = max(recorded_at, before)  # a clock that runs backwards does not turn the chain around
        self.rows: list[JournalRow] = []
        self._people: list[tuple[str, ...]] = []
        self._personal: list[tuple[str, ...]] = []
        self._documents: dict[tuple[str, str], bytes] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._sought: set[str] = set()  # asked of the database, so that a new debtor is asked for once
        self._keys: dict[str, JournalRow] = {}
        self._first: set[str] = set()
        self._merges: Merges | None = None

    @property
    def merged(self) -> Merges:
        """Who is merged into whom in this chain, with what this pen wrote."""
        if self._merges is None:
            self._merges = merges(self.connection, [self.creditor])
        return self._merges

    def main(self, who: str) -> str:
        """Return the reference that a debtor's entries count for."""
        return self.merged.main(self.creditor, who)

    def one_with(self, debtor: str) -> list[str]:
        """Name a debtor, and all whose entries count for the same one."""
        mine = self.who(debtor)
        whos = sorted(self.merged.members(self.creditor, [mine]) - {mine})
        query = sa.select(PEOPLE.c.debtor).where(PEOPLE.c.creditor == self.creditor, PEOPLE.c.who.in_(whos)).order_by(PEOPLE.c.debtor)
        return [debtor, *(self.connection.execute(query).scalars() if whos else ())]

    def home(self, debtor: str, invoice: str | None) -> str:
        """Name under whom something is written: who brought the invoice it names, of those who are one, so that a split gives it back to him."""
        if invoice is None or not self.merged.into or len(same := self.one_with(debtor)) == 1:
            return debtor
        there = self.known([f"invoice:{invoice}"]).get(f"invoice:{invoice}")
        return next((each for each in same if there is not None and self.who(each) == there.debtor), debtor)

    def join(self, kind: str, debtor: str, other: str, on: date, reason: str | None) -> bool:
        """Write that two debtors are one (`debtor.merged`), or two (`debtor.split`), and say whether that is new; who stands for each is looked up."""
        mine, theirs = self.who(debtor), self.who(other)
        merged = kind == MERGED
        if merged:
            mine, theirs = self.main(mine), self.main(theirs)
        elif self.merged.into.get((self.creditor, theirs)) == mine:
            mine, theirs = theirs, mine
        apart = (self.creditor, frozenset({mine, theirs})) in self.merged.apart
        if mine == theirs or (not merged and apart and self.merged.into.get((self.creditor, mine)) != theirs):
            return False
        name = next(each for each in (*self.one_with(debtor), *self.one_with(other)) if self.who(each) == mine)
        self.add(Event(on, kind, data={"who": theirs, "reason": reason, "note": f"{debtor} {'=' if merged else '≠'} {other}"}), name, key=self.merged.next_key(self.creditor))
        self.merged.count[self.creditor] = self.merged.count.get(self.creditor, 0) + 1
        if merged:
            self.merged.into[self.creditor, mine] = theirs
        else:
            self.merged.into.pop((self.creditor, mine), None)
        return True

    def learn(self, debtors: Iterable[str]) -> None:
        """Look up the references of debtors, so that each costs no query of its own."""
        ask = [debtor for debtor in dict.fromkeys(debtors) if debtor not in self._names and debtor not in self._sought]
        self._sought.update(ask)
        for part in chunks(ask):
            query = sa.select(PEOPLE.c.debtor, PEOPLE.c.who, PEOPLE.c.salt).where(
                PEOPLE.c.creditor == self.creditor, among(self.connection, PEOPLE.c.debtor, part)
            )
            self._names |= {row[0]: (row[1], row[2]) for row in self.connection.execute(query)}

    def who(self, debtor: str) -> str:
        """Return the chain's reference for a debtor; one is made for a new debtor."""
        return self._person(debtor)[0]

    def content_key(self, debtor: str, event: str, count: int) -> str:
        """Name the `count`-th event of these contents: the same row of a file, read twice, has the same key."""
        return "event:" + sealed(self._person(debtor)[1], f"{count}:{event}")[:40]

    def is_new(self, debtor: str) -> bool:
        """Say whether nothing was written of a debtor before."""
        self._person(debtor)
        return debtor in self._first

    def _person(self, debtor: str) -> tuple[str, str]:
        if debtor not in self._names:
            self.learn([debtor])
        if debtor not in self._names:
            grain = salt()
            self._names[debtor] = (sealed_name(grain, self.creditor, debtor), grain)
            self._people.append((self.creditor, self._names[debtor][0], debtor, grain))
            self._first.add(debtor)
        return self._names[debtor]

    def known(self, keys: Iterable[str]) -> dict[str, JournalRow]:
        """Return what is already written under these keys, in the database or by this pen."""
        ask = list(dict.fromkeys(keys))
        found = {key: self._keys[key] for key in ask if key in self._keys}
        for part in chunks([key for key in ask if key not in found]):
            query = sa.select(JOURNAL).where(JOURNAL.c.creditor == self.creditor, among(self.connection, JOURNAL.c.key, part))
            found |= {row.key: JournalRow(*row) for row in self.connection.execute(query)}
        return found

    def moved(self, debtor: str, since: int) -> bool:
        """Say whether more was written of a debtor after a place in the chain; a document that is kept changes nothing."""
        more = sa.select(JOURNAL.c.seq).where(
            JOURNAL.c.creditor == self.creditor, JOURNAL.c.debtor.in_(sorted(self.merged.members(self.creditor, [self.who(debtor)]))), JOURNAL.c.seq > since, JOURNAL.c.kind != "document.attached"
        )
        return self.connection.execute(more.limit(1)).first() is not None

    def latest(self, kind: str, whos: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """Return the latest payload of a kind for each debtor's reference ("" for the creditor), personal values put back."""
        found: dict[str, Mapping[str, Any]] = {}
        for part in chunks(list(dict.fromkeys(whos))):
            query = (
                sa.select(JOURNAL.c.seq, JOURNAL.c.debtor, JOURNAL.c.payload)
                .where(JOURNAL.c.creditor == self.creditor, among(self.connection, JOURNAL.c.debtor, part), JOURNAL.c.kind == kind)
            )
            payloads = {who: json.loads(payload) for _, who, payload in _in_order(self.connection.execute(query))}
            values = personal_values(self.connection, self.creditor, list(payloads)) if any(map(references, payloads.values())) else {}
            found |= {who: unsealed(payload, values) for who, payload in payloads.items()}
        return found

    def opened(self, who: str, payload: str) -> dict[str, Any]:
        """Read the payload of an entry of a debtor's reference, with its personal values put back, also those this pen has yet to write."""
        found: dict[str, Any] = json.loads(payload)
        if not any(True for _ in references(found)):
            return found
        coming = {seal: json.loads(value) for _, whose, seal, _, value in self._personal if whose == who}
        return unsealed(found, personal_values(self.connection, self.creditor, [who]) | coming)

    def corrections(self, invoices: Iterable[str]) -> dict[str, list[Mapping[str, Any]]]:
        """Return the plain fields of every `invoice.corrected` of these invoices, in order."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for part in chunks(list(dict.fromkeys(invoices))):
            query = (
                sa.select(JOURNAL.c.seq, JOURNAL.c.invoice, JOURNAL.c.debtor, JOURNAL.c.payload)
                .where(
                    JOURNAL.c.creditor == self.creditor,
                    among(self.connection, JOURNAL.c.invoice, part),
                    JOURNAL.c.kind == "invoice.corrected",
                )
            )
            for _, invoice, who, payload in _in_order(self.connection.execute(query)):
                found.setdefault(invoice, []).append({name: value for name, value in self.opened(who, payload).items() if name not in {"reason", "note"}})
        return found

    def contradictions(self, invoices: Iterable[str]) -> dict[str, tuple[str, str, str]]:
        """Return what a file holds otherwise of these invoices and nobody has settled: field, what is known, what was given."""
        found: dict[str, tuple[str, str, str]] = {}
        for part in chunks(list(dict.fromkeys(invoices))):
            query = (
                sa.select(JOURNAL.c.seq, JOURNAL.c.invoice, JOURNAL.c.kind, JOURNAL.c.payload)
                .where(
                    JOURNAL.c.creditor == self.creditor,
                    among(self.connection, JOURNAL.c.invoice, part),
                    JOURNAL.c.kind.in_(("invoice.contradicted", "invoice.agreed", "invoice.corrected")),
                )
            )
            for _, invoice, kind, payload in _in_order(self.connection.execute(query)):
                found.pop(invoice, None)
                if kind == "invoice.contradicted":
                    data = json.loads(payload)
                    found[invoice] = (data["field"], data["known"], data["given"])
        return found

    def add(self, event: Event, debtor: str | None, *, key: str | None = None) -> JournalRow:
        """Continue the chain by one event; personal fields are sealed and kept apart."""
        event = as_written(event)
        if debtor is not None and (whose := self.home(debtor, event.invoice)) != debtor:
            case = str(event.data.get("case") or "")
            data = {**event.data, "case": whose + case[len(debtor) :]} if case.startswith(f"{debtor}/") else event.data
            event, debtor = replace(event, data=data), whose
        who = self._person(debtor)[0] if debtor is not None else ""
        payload = {name: jsonable(value) for name, value in event.data.items() if value is not None and name != "case"}
        if event.currency is not None:
            payload["currency"] = event.currency
        naming = {name for name, beside in _NAMING.get(event.kind, {}).items() if payload.get(beside)}
        for name in (_PERSONAL[event.kind] | naming) & payload.keys():
            payload[name] = {MARK: self._seal(who, canonical(payload[name]))}
        case = str(event.data.get("case") or "") or (f"{debtor}/{event.currency}" if event.currency and debtor is not None else "")
        if debtor is not None and case.startswith(f"{debtor}/"):
            case = who + case[len(debtor) :]
        columns = (
            self.creditor, self.seq + 1, self.recorded_at, event.on.isoformat(), who, case, event.invoice or "", event.kind,
            canonical(payload), self.actor, key,
        )  # fmt: skip
        row = JournalRow(*columns, self.hash, link(self.hash, content_hash(columns)))
        self.seq, self.hash = row.seq, row.hash
        self.rows.append(row)
        if key is not None:
            self._keys[key] = row
        return row

    def keep(self, debtor: str, sha256: str, content: bytes) -> None:
        """Keep a document's bytes under their hash, once for each debtor, so that they can be erased with the debtor."""
        who = self.who(debtor)
        there = sa.select(DOCUMENTS.c.sha256).where(
            DOCUMENTS.c.creditor == self.creditor, DOCUMENTS.c.who == who, DOCUMENTS.c.sha256 == sha256
        )
        if self.connection.execute(there).first() is None:
            self._documents[who, sha256] = packed(content)

    def erase(self, debtor: str, kinds: frozenset[str] = frozenset()) -> int:
        """Erase what the journal keeps of a debtor beside the chain, or those kinds of it; return how many values and documents went."""
        who = self.who(debtor)
        if not kinds or kinds == set(DATA_KINDS):
            count = sum(self._delete(table, who) for table in (PERSONAL, DOCUMENTS))
            self._delete(PEOPLE, who)
            del self._names[debtor]
            return count
        query = sa.select(JOURNAL.c.kind, JOURNAL.c.payload).where(JOURNAL.c.creditor == self.creditor, JOURNAL.c.debtor == who)
        seals = [
            seal for kind, payload in self.connection.execute(query) if data_kind(kind) in kinds for seal in references(json.loads(payload))
        ]
        count = self._delete(DOCUMENTS, who) if "documents" in kinds else 0
        for part in chunks(seals):
            count += self._delete(PERSONAL, who, among(self.connection, PERSONAL.c.hash, part))
        return count

    def erase_elsewhere(self, debtors: Collection[str], names_him: Callable[[str, str], bool]) -> tuple[str, ...]:
        """Erase what names debtors where it is not theirs: names of imported files, payers and texts of money that waits; return the seals, which the chain goes on to hold.

        `names_him` is asked with the field's name and its value.
        """
        own, held = {self.who(debtor) for debtor in debtors}, list[tuple[str, str, str]]()
        query = sa.select(JOURNAL.c.kind, JOURNAL.c.debtor, JOURNAL.c.payload).where(JOURNAL.c.creditor == self.creditor, JOURNAL.c.kind.in_(list(_ELSEWHERE)))
        for kind, who, text in self.connection.execute(query):
            payload = json.loads(text)
            held += [(who, name, seal) for name in _ELSEWHERE[kind] for seal in references({name: payload.get(name)}) if who not in own]
        values = personal_values(self.connection, self.creditor, sorted({who for who, _, _ in held}))
        found = sorted({(who, seal) for who, name, seal in held if seal in values and names_him(name, str(values[seal]))})
        for who, some in groupby(found, key=itemgetter(0)):
            for part in chunks([seal for _, seal in some]):
                self._delete(PERSONAL, who, among(self.connection, PERSONAL.c.hash, part))
        return tuple(seal for _, seal in found)

    def _delete(self, table: sa.Table, who: str, *more: sa.ColumnElement[bool]) -> int:
        return self.connection.execute(sa.delete(table).where(table.c.creditor == self.creditor, table.c.who == who, *more)).rowcount

    def _seal(self, who: str, value: str) -> str:
        grain = salt()
        seal = sealed(grain, value)
        self._personal.append((self.creditor, who, seal, grain, value))
        return seal

    def flush(self) -> None:
        """Write everything, and the chain's new head."""
        insert(self.connection, PEOPLE, self._people)
        insert(self.connection, PERSONAL, self._personal)
        insert(self.connection, DOCUMENTS, [(self.creditor, who, sha256, content) for (who, sha256), content in self._documents.items()])
        insert(self.connection, JOURNAL, self.rows)
        if self.rows:
            head = {"seq": self.seq, "recorded_at": self.recorded_at, "hash": self.hash}
            if self._new:
                self.connection.execute(sa.insert(CHAINS).values(creditor=self.creditor, **head))
            else:
                self.connection.execute(sa.update(CHAINS).where(CHAINS.c.creditor == self.creditor).values(**head))


def personal_values(connection: sa.Connection, creditor: str, whos: list[str]) -> dict[str, Any]:
    """Return the personal values of debtors' references (and of the creditor's own entries) by their hash."""
    values: dict[str, Any] = {}
    for part in chunks(whos):
        query = sa.select(PERSONAL.c.hash, PERSONAL.c.value).where(PERSONAL.c.creditor == creditor, among(connection, PERSONAL.c.who, part))
        values |= {seal: json.loads(value) for seal, value in connection.execute(query)}
    return values


def unsealed(payload: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Put personal values back into a payload; a field whose value was erased is left out."""
    plain: dict[str, Any] = {}
    for name, value in payload.items():
        if type(value) is dict and len(value) == 1 and MARK in value:
            if value[MARK] in values:
                plain[name] = values[value[MARK]]
        else:
            plain[name] = value
    return plain
