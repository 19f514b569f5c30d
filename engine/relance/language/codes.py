"""What each code means: title, what is checked, why, a bad and a good example, the source.

A check's codes stand at the check (`language.code`); those of reading a file are data, read from `codes.yaml`. The codes of law (PB3xx) come from `relance.law.rules`; those of templates (PB4xx) belong to the letters floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from relance.language.code import Code, checks
from relance.law.rules import Rule, rules
from relance.model import Severity


@lru_cache(maxsize=1)
def codes() -> Mapping[str, Code]:
    """Return every code of the language and of law, in order."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    text = files("relance.language").joinpath("codes.yaml").read_text(encoding="utf-8")
    read = [_code(raw) for raw in yaml.load(text, Loader=loader)["codes"]]  # noqa: S506 - strings, lists and mappings alone
    every = (*read, *(code for mine in checks().values() for code in mine), *(_of_law(rule) for rule in rules().values()))
    return {code.code: code for code in sorted(every, key=lambda code: code.code)}


def _code(raw: Any) -> Code:
    return Code(**{**raw, "severity": Severity(raw.get("severity", "error"))})


def _of_law(rule: Rule) -> Code:
    example = rule.playbook or rule.wording
    return Code(
        code=rule.code,
        title=rule.title,
        severity=rule.severity,
        what=rule.certain,
        why=rule.prudence,
        source=rule.law or "prudence; no text says it",
        bad=example.bad if example else None,
        good=example.good if example else None,
        reads="playbook" if rule.playbook else "wording",
        offence=rule.offence,
    )


HEAD = {"schema": "schema: 1\n", "playbook": "playbook: essai\n", "version": "version: 1\n", "title": "title: Essai\n"}
_STEPS = "steps: [{id: relance, at: J+3, channels: [email], tone: courteous}]\n"
_CASE = "schema: 1\ncreditor: {id: atelier, name: Atelier}\ndebtor: {id: dupont, name: Dupont}\n"


def complete_example(example: str, reads: str = "playbook") -> str:
    """Complete an example with the head and the step that its file would have, so that it can be read."""
    if reads == "case":
        return _CASE + example
    starts = {line.split(":", 1)[0] for line in example.splitlines() if line[:1].isalpha()}
    head = "".join(line for key, line in HEAD.items() if key not in starts)
    return head + example + ("" if "steps" in starts else ("" if example.endswith("\n") else "\n") + _STEPS)
