"""Findings as SARIF 2.1.0 (OASIS), for code scanning."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from relance.language.code import Code
from relance.model import Diagnostic, Severity
from relance.report.diagnostics.findings import Report
from relance.report.reference import explained

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}


def render(report: Report) -> str:
    """Write one run, with the rules it speaks of. Columns count code points."""
    codes = sorted({one.code for one in report.findings})
    driver = {"name": "relance", "version": version("relance"), "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes.index(one.code)) for one in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    known = explained().get(code)
    if known is None:
        return {"id": code}
    rule = {
        "id": code,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.what or known.title},
        "defaultConfiguration": {"level": _LEVELS[known.severity]},
    }
    help_text = "\n\n".join(text for text in (known.why, f"relance explain {code}") if text)
    return {**rule, "help": {"text": help_text, "markdown": _markdown(known)}}


def _markdown(known: Code) -> str:
    """Explain a code as a page of code scanning shows it: why, a bad and a good example, the source."""
    source = re.sub("^LANGUAGE (?=[0-9]$)", "docs/language.md, section ", known.source)
    parts = [known.why, *(f"```yaml\n{text.rstrip()}\n```" for text in (known.bad, known.good) if text), source]
    return "\n\n".join(part for part in parts if part)


def _result(one: Diagnostic, rule: int) -> dict[str, Any]:
    region = {"startLine": max(1, one.line), "startColumn": max(1, one.column)}
    if (one.end_line, one.end_column) > (one.line, one.column):
        region |= {"endLine": one.end_line, "endColumn": max(1, one.end_column)}
    return {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": _LEVELS[one.severity],
        "message": {"text": one.message + (f" ({one.hint})" if one.hint else "")},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(one.path.removeprefix("./"), safe="/")}, "region": region}}],
    }
