"""Findings as JSON, version 1: keys are only ever added."""

from __future__ import annotations

import json

from relance.report.diagnostics.findings import Report, url

_KEYS = ("code", "severity", "message", "path", "line", "column", "end_line", "end_column", "hint")


def render(report: Report) -> str:
    """Write `{"version", "files", "diagnostics"}`."""
    found = [{**{key: getattr(one, key) for key in _KEYS}, "url": url(one.code)} for one in report.findings]
    return json.dumps({"version": 1, "files": len(report.files), "diagnostics": found}, ensure_ascii=False, indent=2) + "\n"
