"""A case that was played, written as a test that `*.test.yaml` takes: who owes what, what happened, what left and where it stands at the end.

What is written reads back as the same facts. Writes no file and judges nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from relance.journal.event_types import PUBLIC, dump, jsonable
from relance.language import source
from relance.language.written import flow
from relance.model import Address, Creditor, Debtor, Facts, Invoice, Status
from relance.sentences import sentence
from relance.simulation.timeline import Sending
from relance.zones import HOME


def written_test(name: str, facts: Facts, left: Sequence[Sending], ends: Mapping[str, Status] | None = None, days: tuple[date | None, date | None] = (None, None)) -> str:
    """Write a test: an item of a file's list, two spaces in. `left` is what it expects, `ends` where each case stands, `days` what is played where that is not a year."""
    rows = [f"- name: {flow(name)}", *(f"  {line}" for line in _case(facts))]
    rows += [f"  {key}: {day}" for key, day in zip(("from", "until"), days, strict=True) if day is not None]
    several = len({entry.first.case for entry in left}) > 1
    rows += ["  expect:", *(f"    - {flow(expected(entry, several=several))}" for entry in left)] if left else ["  expect: []"]
    if ends:
        same = set(ends.values())
        rows.append(f"  ends: {next(iter(same))}" if len(same) == 1 else f"  ends: {flow({case: str(status) for case, status in ends.items()})}")
    return "".join(f"  {row}\n" for row in rows)


def with_tests(text: str | None, tests: Sequence[str], playbook: str, path: str) -> str:
    """Put tests, as `written_test` writes them, at the end of a file's text, or begin one (None) of a playbook; what is there stays as it is.

    Raises ValueError with a sentence that names `path` where the text has no list of tests that ends it.
    """
    added = "".join(tests)
    if text is None:
        return f"schema: 1\nplaybook: {playbook}\ntests:\n{added}"
    before, _ = source.read(text, path)
    there = before.value.get("tests") if before is not None and isinstance(before.value, dict) else None
    if before is None or not isinstance(there, list) or not there:
        raise ValueError(sentence("{path} has no list of tests to add to", path=path))
    column = before.key(("tests", 0, "name")).column - 3  # of the dash
    whole = text.rstrip("\n") + "\n" + textwrap.indent(textwrap.dedent(added), " " * column)
    after, _ = source.read(whole, path)
    if after is None or not isinstance(after.value, dict) or len(after.value.get("tests", ())) != len(there) + len(tests):
        raise ValueError(sentence("{path}: the list of tests is not what ends the file, or stands in brackets; nothing was written", path=path))
    return whole


def expected(entry: Sending, *, several: bool = False) -> dict[str, Any]:
    """Return what is expected of something that left, in the file's words. `several`: cases, so that its own is named."""
    first = entry.first
    said: dict[str, Any] = {"on": entry.on.isoformat(), "step": first.step, "channels": [channel.value for channel in entry.channels]}
    if several:
        said["case"] = first.case
    if first.occurrence > 1:
        said["occurrence"] = first.occurrence
    if first.draft:
        said["status"] = "draft"
    return said


def _case(facts: Facts) -> Iterable[str]:
    yield "case:"
    yield f"  creditor: {flow(_creditor(facts.creditor))}"
    yield f"  debtor: {flow(_debtor(facts.debtor))}"
    yield "  invoices:"
    yield from (f"    - {flow(_invoice(each))}" for each in facts.invoices)
    events = [each for each in facts.events if each.kind in PUBLIC]
    if events:
        yield "  events:"
        yield from (f"    - {flow(dump(each))}" for each in events)


def _known(pairs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: jsonable(value) for key, value in pairs.items() if value not in (None, "", (), {})}


def _party(one: Creditor | Debtor) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "kind": one.kind, "siren": one.siren, "email": one.email, "phone": one.phone, "address": _lines(one.address)}


def _lines(address: Address | None) -> tuple[str, ...]:
    return () if address is None else address.lines


def _creditor(one: Creditor) -> dict[str, Any]:
    return _known({**_party(one), "iban": one.iban, "bic": one.bic, "mandate": one.mandate, "terms": dict(one.terms)})


def _debtor(one: Debtor) -> dict[str, Any]:
    more = {"profile": one.profile, "country": one.country, "language": one.language, "score": one.score, "tags": one.tags, "zone": None if one.zone == HOME else one.zone}
    return _known({**_party(one), **more})


def _invoice(one: Invoice) -> dict[str, Any]:
    said = {
        "id": one.id, "document": None if one.document == one.id else one.document, "issued": one.issued, "due": one.due, "amount": one.amount, "currency": one.currency, "tags": one.tags,
        "rate": one.rate, "nature": None if one.nature == "general" else one.nature, "placed": one.placed, "delivered": one.delivered, "performed": one.performed, "fields": dict(one.fields) or None, "terms": dict(one.terms),
    }  # fmt: skip
    return _known(said)
