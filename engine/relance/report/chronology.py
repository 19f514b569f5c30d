"""An entry of the journal in a line, by its fields: what `relance history` shows to who does not read French (`report.french` says it for the others, and in evidence)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from relance.journal.chain import Entry
from relance.journal.event_types import jsonable

#: Fields that say nothing to a reader, or that other columns show.
_SILENT = frozenset({
    "who", "id", "message", "occurrence", "playbook_version", "draft", "case", "carrier", "template", "language", "claimed", "invoices",
    "offer", "record", "terms", "sha256", "size", "media_type", "tags", "details", "kind", "reason", "document", "sent_by",
})  # fmt: skip
_SHOWN = {"document.attached": ("kind", "name"), "action.emitted": ("kind",)}


def detail(entry: Entry, about: Entry | None = None) -> str:
    """Say what an entry adds to its kind: amounts, days, words, in `name value` pairs; `about` is the emission it speaks of."""
    data = dict(entry.data)
    shown = _SHOWN.get(entry.kind, ())
    parts = [f"{about.data.get('step')} by {about.data.get('channel')}"] if about is not None and about is not entry else []
    for name, value in data.items():
        speaks = name not in _SILENT or name in shown or (name == "reason" and entry.kind != "action.emitted")
        if speaks and value not in (None, "", ()):
            parts.append(f"{name} {_said(value)}")
    if entry.kind == "action.emitted" and data.get("sent_by") == "other":
        parts.append("handed over to be sent")
    if entry.kind == "action.emitted" and isinstance(data.get("offer"), Mapping):
        parts.append(f"offers {data['offer']['amount']}")
    if entry.kind == "sending.declared":
        parts.append(f"by {data.get('sent_by')}")
    if entry.kind in {"debtor.recorded", "creditor.recorded"} and isinstance(data.get("record"), Mapping):
        parts.append(", ".join(sorted(data["record"])))
    return "; ".join(parts)


def _said(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value == round(value, 2) else f"{value:f}"
    if isinstance(value, tuple | list):
        return ", ".join(_said(part) for part in value)
    if isinstance(value, Mapping):
        return " ".join(_said(part) for part in value.values())
    return str(jsonable(value))
