"""The picture of what a ladder can come to: its steps, which of them may come next whatever the days, what stops and what holds it, as Mermaid. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from relance.interpreter.conditions import describe
from relance.model import StepKind
from relance.proof.prove import Proof
from relance.sentences import tell


def mermaid(proof: Proof) -> str:
    """Return a flowchart: an arrow for each step that some history lets leave next. From where nothing may come, the ladder has run out."""
    return "\n".join(("flowchart TD", *_lines(proof), ""))


def _lines(proof: Proof) -> Iterator[str]:
    playbook, follows = proof.playbook, proof.reached.follows
    names = {step.id: f"s{place}" for place, step in enumerate(playbook.steps)}
    yield f'  begin(["{_quoted(playbook.title)}"])'
    for step in playbook.steps:
        left, right = ("[[", "]]") if step.kind is StepKind.FORMAL_NOTICE else ("[/", "/]") if step.kind in (StepKind.HANDOVER, StepKind.LEGAL) else ("[", "]")
        yield f'  {names[step.id]}{left}"{_quoted(step.title or step.id)}"{right}'
    order = {"": -1} | {step.id: place for place, step in enumerate(playbook.steps)}
    for before, after in sorted(follows, key=lambda each: (order[each[0]], order[each[1]])):
        if before != after:
            yield f"  {names.get(before, 'begin')} --> {names[after]}"
    for before in (step.id for step in playbook.steps if not any(one == step.id and other != step.id for one, other in follows)):
        yield f'  {names[before]} --> run_out(["{_quoted(tell("the ladder has run out"))}"])'
    for word, members, sign in ((tell("stopped by"), playbook.stop_when, "stop"), (tell("held by"), playbook.hold_while, "hold")):
        if members:
            yield f'  {sign}{{{{"{_quoted(word)}: {_quoted(", ".join(describe(each) for each in members))}"}}}}'


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
