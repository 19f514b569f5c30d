"""A timeline as CSV: one line for each step that leaves, for a spreadsheet."""

from __future__ import annotations

from relance.escaping import csv_text
from relance.report.plain import amount, iso
from relance.simulation.timeline import Timeline

_COLUMNS = (
    "on", "case", "step", "occurrence", "kind", "channels", "tone", "status", "carrier", "deadline", "currency", "principal",
    "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "total", "reason",
)  # fmt: skip


def timeline_csv(timeline: Timeline) -> str:
    """Write a timeline."""
    rows: list[tuple[object, ...]] = [_COLUMNS]
    for entry in timeline.entries:
        first, claimed = entry.first, entry.first.claimed
        rows.append((
            entry.on.isoformat(), first.case, first.step, first.occurrence, first.kind, "+".join(entry.channels), first.tone or "",
            "draft" if first.draft else "emitted", first.carrier, iso(first.deadline) or "", claimed.currency,
            *(amount(getattr(claimed, part), claimed.currency) for part in _COLUMNS[11:17]), entry.unsent or first.reason,
        ))  # fmt: skip
    return csv_text(rows)
