"""The journal's own proof in a case's evidence: the lines that the case rests on, their place in the chain, and the case made anew from them.

From the lines alone a journal is built in memory, and the case gathered from it as from the whole one: what the file says and what its
lines say are held together by one definition. Owns which lines that takes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from relance.journal.chain import Entry, content_hash, references
from relance.journal.journal import Journal
from relance.journal.store import CHAINS, DOCUMENTS, JOURNAL, PEOPLE, PERSONAL, in_transaction, insert, reading
from relance.portfolio.explain import Target
from relance.report.evidence import Dossier, gather

#: What another invoice's lines are asked for: they say how money of the whole account was shared out, and nothing else of it.
_MONEY = ("invoice.", "payment.", "credit_note.", "written_off", "plan.")


def proof(journal: Journal, dossier: Dossier) -> tuple[bytes, bytes]:
    """Write the case's lines of the journal in full, with what unseals their personal values, and the links of the whole chain.

    From the first of these lines to the end of the chain every line is there: the case's own by its contents, all others by the hash of
    theirs, which tells nothing (each holds random parts). Beside the case's own stand the creditor's record, the rules of an account, and
    lines of the debtor's other invoices only as far as money of the case cannot be worked out without them.
    """
    entries, links, start, first = _lines(journal, dossier, _needed(journal, dossier))
    chain = {"creditor": dossier.target.creditor, "first": first, "previous_hash": start, "links": links, "head": dossier.head[1]}
    return "".join(entries).encode(), (json.dumps(chain, ensure_ascii=False) + "\n").encode()


def _needed(journal: Journal, dossier: Dossier) -> set[int]:
    """Choose the lines: the fewest from which the case is made anew as it is."""
    target = dossier.target
    own = {entry.seq for entry in dossier.entries} | _about_the_creditor(journal, dossier)
    others = [entry for entry in journal.entries(creditor=target.creditor, debtor=target.debtor) if entry.kind not in ("document.attached", "evidence.made")]
    kept = {piece.sha256: piece.content for piece in dossier.pieces if piece.content is not None}
    choices: tuple[Callable[[Entry], bool], ...] = (lambda _: False, lambda entry: entry.kind.startswith(_MONEY), lambda _: True)
    for more in choices:
        chosen = own | {entry.seq for entry in others if more(entry)}
        lines = [json.loads(line) for line in _lines(journal, dossier, chosen)[0]]
        if same(remade(target, dossier.on, dossier.head, lines, kept), dossier):
            break
    return chosen


def _about_the_creditor(journal: Journal, dossier: Dossier) -> set[int]:
    """Return the places of who the creditor is, and of the rules that made the account."""
    records = [entry.seq for entry in journal.entries(creditor=dossier.target.creditor, kinds=("creditor.recorded",))]
    found = set(records[-1:])
    if dossier.target.currency is not None and dossier.target.invoice is None:
        rules = [(entry.on <= dossier.on, entry.seq) for entry in journal.entries(creditor=dossier.target.creditor, kinds=("rules.applied",))]
        past = [seq for before, seq in rules if before]
        found |= set(past[-1:] or [seq for _, seq in rules][:1])
    return found


def _lines(journal: Journal, dossier: Dossier, chosen: set[int]) -> tuple[list[str], list[str | None], str, int]:
    """Return the chosen lines as they are written, the links, the hash before the first, and its place."""
    creditor = dossier.target.creditor
    entries: list[str] = []
    links: list[str | None] = []
    start, first = "", min(chosen)
    with reading(journal.engine) as connection:
        query = sa.select(JOURNAL).where(JOURNAL.c.creditor == creditor, JOURNAL.c.seq.between(first, dossier.head[0]))
        with connection.execute(query.order_by(JOURNAL.c.seq), execution_options={"stream_results": True, "yield_per": 1_000}) as rows:
            for row in rows:
                start = start or row.previous_hash
                if row.seq in chosen:
                    entries.append(_line("entry", row._mapping))  # noqa: SLF001 - a public attribute
                links.append(None if row.seq in chosen else content_hash(tuple(row)[:-2]))
        seals = {seal for line in entries for seal in references(json.loads(json.loads(line)["entry"]["payload"]))}
        whos = {json.loads(line)["entry"]["debtor"] for line in entries}
        for table, wanted in ((PEOPLE, None), (PERSONAL, seals)):
            found = connection.execute(sa.select(table).where(table.c.creditor == creditor, table.c.who.in_(whos)).order_by(*table.primary_key.columns))
            entries += [_line(table.name, row._mapping) for row in found if wanted is None or row.hash in wanted]  # noqa: SLF001 - a public attribute
    return entries, links, start, first


def _line(name: str, values: Mapping[Any, Any]) -> str:
    return json.dumps({name: dict(values)}, ensure_ascii=False, sort_keys=True) + "\n"


# --------------------------------------------------------------------------- made anew


def remade(target: Target, on: date, head: tuple[int, str], lines: Iterable[Mapping[str, Any]], documents: Mapping[str, bytes]) -> Dossier | str:
    """Gather a case from the lines that evidence holds of it, and its documents by their SHA-256; or say why there is none.

    Lines that are not what they should be raise KeyError, TypeError, ValueError, or what the database raises of them.
    """
    every = list(lines)
    rows = [each["entry"] for each in every if "entry" in each]
    kept = {(row["debtor"], sha256) for row in rows if row["kind"] == "document.attached" and (sha256 := json.loads(row["payload"])["sha256"]) in documents}
    tables: dict[sa.Table, list[tuple[Any, ...]]] = {
        JOURNAL: _values(JOURNAL, rows),
        PEOPLE: _values(PEOPLE, [each["people"] for each in every if "people" in each]),
        PERSONAL: _values(PERSONAL, [each["personal"] for each in every if "personal" in each]),
        DOCUMENTS: [(target.creditor, who, sha256, documents[sha256]) for who, sha256 in sorted(kept)],
        CHAINS: [(target.creditor, head[0], max(str(row["recorded_at"]) for row in rows), head[1])],
    }

    def work(connection: sa.Connection) -> None:
        for table, values in tables.items():
            insert(connection, table, values)

    with Journal.open("sqlite://") as journal:
        in_transaction(journal.engine, work)
        return gather(journal, target, on)


def _values(table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row[column.name] for column in table.columns) for row in rows]


def same(one: Dossier | str, other: Dossier) -> bool:
    """Say whether two dossiers say the same of a case."""
    if isinstance(one, str):
        return False
    names = ("claims", "claimed", "lines", "entries", "pieces", "missing", "head")
    mine = {invoice.id for invoice in other.claims}
    open_ = [{name: amount for name, amount in each.outstanding.items() if name in mine} for each in (one, other)]
    parties = [(each.facts.creditor, each.facts.debtor) for each in (one, other)]
    return open_[0] == open_[1] and parties[0] == parties[1] and all(getattr(one, name) == getattr(other, name) for name in names)
