"""The catalogue of the checks of law (PB3xx): their article, what is certain, what is prudence, and examples.

Read from `playbooks/law/fr/checks/rules.yaml`, the only place that says it. Refuses to check anything: `wording` looks at
texts, `relance.language.checks.law` at playbooks.
Why so, and what was refused: docs/decisions/022.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from relance.data import shipped
from relance.model import Severity


@dataclass(frozen=True, slots=True)
class Example:
    """Something that yields a finding and something that yields none (None: see the texts that ship). `context` fills `mentions.Circumstances`."""

    bad: str
    good: str | None
    context: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One check of law. `offence`: the fault is a criminal offence, so that no playbook may waive it."""

    code: str
    title: str
    severity: Severity
    law: str
    certain: str
    prudence: str
    looks_at: tuple[str, ...]
    offence: bool = False
    playbook: Example | None = None
    wording: Example | None = None


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Return every rule by its code."""
    return {raw["code"]: _rule(raw) for raw in load("rules")["rules"]}


@cache
def load(name: str) -> Any:
    """Read a shipped data file of the checks as plain strings, lists and mappings. It is shared: do not change it."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    text = shipped("playbooks").joinpath("law").joinpath("fr").joinpath("checks").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=loader)  # noqa: S506 - strings, lists and mappings alone


def _rule(raw: Any) -> Rule:
    return Rule(
        code=raw["code"],
        title=raw["title"],
        severity=Severity(raw["severity"]),
        law=raw["law"],
        certain=raw["certain"],
        prudence=raw["prudence"],
        looks_at=tuple(raw["looks_at"]),
        offence=raw.get("offence") == "true",
        playbook=_example(raw.get("playbook")),
        wording=_example(raw.get("wording")),
    )


def _example(raw: Any) -> Example | None:
    if raw is None:
        return None
    good = raw.get("good")
    return Example(raw["bad"], None if good in (None, "null") else good, tuple(raw.get("context", {}).items()))
