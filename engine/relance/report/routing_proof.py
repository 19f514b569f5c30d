"""A routing's proof as people and machines read it: a line a finding, with the class of claim that shows it. Computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relance.model import Diagnostic, Severity
from relance.proof.routes import RoutedClass, RoutingProof
from relance.sentences import plural, sentence


def class_said(told: RoutedClass) -> str:
    """Say a class of claims by the facts that rules ask about: `debtor consumer, balance 499.99`."""
    parts = [f"{fact} {_value(value)}" for fact, value in told.facts if not (fact == "currency" and value == "EUR")]
    return ", ".join(parts)


def _value(value: Any) -> str:
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | frozenset):
        return "/".join(str(each) for each in value) or "-"
    return str(value)


def routing_findings(proof: RoutingProof, path: str, lines: Sequence[int]) -> tuple[Diagnostic, ...]:
    """Return the findings of a routing, each at the line of its rule."""
    found: list[Diagnostic] = []
    if not proof.whole:
        message = plural("not decided: the rules tell {count} class of claims apart", "not decided: the rules tell {count} classes of claims apart", proof.classes)
        return (Diagnostic(path, 1, 1, "PB711", Severity.HINT, message),)
    if proof.untaken is not None:
        hint = sentence("add a rule for it, or a last one without a condition")
        found.append(Diagnostic(path, lines[-1], 1, "PB713", Severity.ERROR, sentence("no rule takes this claim: {claim}", claim=class_said(proof.untaken)), hint=hint))
    for place in proof.idle:
        message = sentence("no claim comes to this rule: its condition cannot hold, or rules above it take all of them")
        found.append(Diagnostic(path, lines[place], 1, "PB714", Severity.ERROR, message, hint=sentence("put it above those, mend its condition, or take it away")))
    for (first, then), each in proof.overlaps.items():
        if then in proof.idle:
            continue
        message = sentence("the rule on line {line} takes claims of this one too, and comes first: {claim}", line=lines[first], claim=class_said(each))
        found.append(Diagnostic(path, lines[then], 1, "PB715", Severity.HINT, message, hint=sentence("leave it so if that is meant: the first rule that holds takes a claim")))
    return tuple(found)


def routing_json(proof: RoutingProof, findings: Sequence[Diagnostic]) -> dict[str, Any]:
    """Return a routing's proof as plain values."""
    said = [{"line": each.line, "code": each.code, "severity": each.severity, "message": str(each.message)} for each in findings]
    return {"version": 1, "ruling": proof.ruling, "classes": proof.classes, "whole": proof.whole, "findings": said}
