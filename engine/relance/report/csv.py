"""A timeline as CSV: one line for each step that leaves, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from relance.report.plain import amount, iso
from relance.simulation.timeline import Timeline

_COLUMNS = (
    "on", "case", "step", "occurrence", "kind", "channels", "tone", "status", "carrier", "deadline", "currency", "principal",
    "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "total", "reason",
)  # fmt: skip


def timeline_csv(timeline: Timeline) -> str:
    """Write a timeline. Text that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for entry in timeline.entries:
        first, claimed = entry.first, entry.first.claimed
        writer.writerow([
            entry.on.isoformat(), safe(first.case), first.step, first.occurrence, first.kind, "+".join(entry.channels), first.tone or "",
            "draft" if first.draft else "emitted", safe(first.carrier), iso(first.deadline) or "", claimed.currency,
            *(amount(getattr(claimed, part), claimed.currency) for part in _COLUMNS[11:17]), safe(entry.unsent or first.reason),
        ])  # fmt: skip
    return out.getvalue()


def safe(text: str) -> str:
    """Quote a text that a spreadsheet would run as a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text
