"""Findings as a GitLab code quality report, which merge requests show beside the lines."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256

from relance.model import Severity
from relance.report.diagnostics.findings import Report

_LEVELS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.HINT: "info"}


def render(report: Report) -> str:
    """Write the list. A fingerprint does not hold the line, so that a finding that only moved is no new one."""
    seen: Counter[tuple[str, str, str]] = Counter()
    made = []
    for one in report.findings:
        same = (one.path, one.code, one.message)
        seen[same] += 1
        made.append(
            {
                "description": one.message + (f" ({one.hint})" if one.hint else ""),
                "check_name": one.code,
                "fingerprint": sha256("\0".join((*same, str(seen[same]))).encode()).hexdigest(),
                "severity": _LEVELS[one.severity],
                "location": {"path": one.path.removeprefix("./"), "lines": {"begin": one.line}},
            }
        )
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"
