"""Proofs as people and machines read them: a text with the history that breaks a promise, JSON, and findings for the forms that `validate` has. Computes nothing."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from relance.interpreter.compiled import compile_playbook
from relance.interpreter.conditions import describe, leaves
from relance.interpreter.reasons import say
from relance.model import Diagnostic, Playbook, Severity
from relance.proof.breach_test import breach_test
from relance.proof.promises import Possible
from relance.proof.prove import Held, Proof, Ruling
from relance.proof.reach import Reached
from relance.proof.replay import HistoryLine, replay
from relance.sentences import marked, sentence, tell, tell_number, told
from relance.simulation.what_if import as_recorded

#: What is done in a history beside what is recorded, in words.
_WORDS = {
    "run": marked("is due"),
    "sent": marked("is sent"),
    "approved": marked("is approved"),
    "cancelled": marked("is refused"),
    "withdrawn": marked("is withdrawn"),
    "skipped": marked("is passed over by a person"),
    "failed": marked("cannot be delivered"),
    "executed": marked("is reported as done"),
    "missed": marked("is due, and the run does not take place"),
}


def history_lines(proof: Proof, held: Held) -> tuple[HistoryLine, ...]:
    """Play the history of a promise on the plain interpreter, and leave out the mornings on which nothing was due, but for the last."""
    played = [line for line, _ in replay(proof.playbook, held.facts or proof.facts, held.history)]
    return tuple(line for line in played if line.step or line.what not in ("run", "missed") or line is played[-1])


def proof_text(proof: Proof, *, quiet: bool = False) -> str:
    """Write what was proved, and of what is broken the history."""
    shown = [each for each in proof.held if not quiet or each.ruling is not Ruling.PROVED]
    lines = [line for held in shown for line in _promise_lines(proof, held)]
    return "".join(f"{line}\n" for line in (*lines, "", *covered_lines(proof)))


def ruling_said(ruling: Ruling) -> str:
    """Say a ruling in a word or two."""
    return {Ruling.PROVED: tell("proved"), Ruling.BROKEN: tell("BROKEN"), Ruling.UNDECIDED: tell("not decided")}[ruling]


def _promise_lines(proof: Proof, held: Held) -> Iterator[str]:
    mark = ruling_said(held.ruling)
    code = f"{held.promise.code} " if held.promise.code else ""
    yield f"{mark:<12} {code}{told(held.promise.name)}"
    if held.ruling is not Ruling.BROKEN:
        return
    if isinstance(held.promise, Possible):
        yield f"    {tell('no history reaches it')}"
        return
    lines = history_lines(proof, held)
    for line in lines:
        yield f"    {line.on}  {line_said(line)}"
    yield f"    {tell('again: {command}', command=replay_command(proof, held, lines))}"
    test = breach_test(proof, held, told(held.promise.name))
    if test is None:
        yield f"    {no_test(lines)}"
        return
    yield f"    {tell('as a test, which fails until it is mended:')}"
    yield from (f"    {row}" for row in test.splitlines())


def no_test(lines: Sequence[HistoryLine]) -> str:
    """Say why no test plays a history: what is promised did not come, or what people do late is part of it."""
    if not lines or not lines[-1].step:
        return tell("no test can say it: what breaks the promise is no message of the playbook")
    return tell("no test can play it: it needs a message, an approval or a call that came late, or a run that did not take place")


def line_said(line: HistoryLine) -> str:
    """Say what happened on a line of a history."""
    if not line.step and line.what in ("run", "missed"):
        return tell("the day ends, and nothing has come")
    if line.what not in _WORDS:
        return " ".join((line.what, *(str(value) for event in line.events for value in event.data.values() if not isinstance(value, tuple))))
    channels = f" ({', '.join(line.channels)})" if line.channels else ""
    done = f"{line.step}{channels} {told(sentence(_WORDS[line.what]))}"
    return tell("{done}: {why}", done=done, why=line.reason) if line.reason else done


def unreached(proof: Proof) -> tuple[str, ...]:
    """Say what no history of the case that was gone through reaches: steps, with what keeps them, sides of a step's condition, fallbacks. Nothing where not all was seen."""
    if not proof.reached.whole:
        return ()
    return tuple(_unreached(proof.playbook, proof.reached))


def _unreached(playbook: Playbook, reached: Reached) -> Iterator[str]:
    tests = {leaf: place for place, leaf in enumerate(compile_playbook(playbook).tests)}
    asked = dict.fromkeys(leaf for step in playbook.steps if step.condition is not None for leaf in leaves(step.condition))
    for step in playbook.steps:
        if step.id not in reached.leaves:
            why = reached.kept_back.get(step.id)
            yield sentence("step {step} never leaves: {why}", step=step.id, why=say(why)) if why is not None else sentence("step {step} never leaves", step=step.id)
            continue
        for channel, fallback in step.fallback:
            if channel in step.channels and (step.id, channel) not in reached.instead:
                yield sentence("step {step} never leaves by {fallback} for want of {channel}", step=step.id, fallback=fallback, channel=channel)
    for leaf in asked:
        if (tests[leaf], True) not in reached.truths:
            yield sentence("condition {condition} is never true", condition=describe(leaf))
        if (tests[leaf], False) not in reached.truths:
            yield sentence("condition {condition} is never false", condition=describe(leaf))


def covered_lines(proof: Proof) -> Iterator[str]:
    """Say what the answer rests on, and what no history reaches."""
    yield from (f"{tell('no history reaches it')}: {told(line)}" for line in unreached(proof))
    yield tell_number("{count} situation whatever the days, {walked} of real histories", "{count} situations whatever the days, {walked} of real histories", proof.situations, walked=proof.walked)
    if not proof.reached.whole:
        yield tell("not every situation was seen: nothing is called proved but what a history shows")
    elif proof.ruling is Ruling.UNDECIDED:
        yield tell("every real history of up to {outside} happenings was looked at, not all longer ones", outside=proof.outside)
    yield tell(
        "one claim, beside any others of its debtor; sums still open {sums}; any happenings, in any number, on any day of any year; docs/prove.md says what is not covered",
        sums=[f"{each:.2f}" for each in proof.sums],
    )  # fmt: skip
    if proof.moved:
        yield tell("a person may move the case at any moment, to any step, from this playbook or another")
    if proof.playbook.keeps_place:
        yield tell("of an account that keeps its place, the ladder of one invoice alone")


def replay_command(proof: Proof, held: Held, lines: Sequence[HistoryLine]) -> str:
    """Return the `relance preview` that plays a history. It takes what is emitted as sent on its day; words about actions are given as they came."""
    claim = held.facts or proof.facts
    invoice, kind = claim.invoices[0], claim.debtor.kind
    who = ("--debtor", str(kind)) if kind != proof.facts.debtor.kind else ()
    words = [f'--event "{text}"' for text in replayed_events(lines)]
    return " ".join(("relance preview", shlex.quote(proof.called or proof.playbook.id), f"--due {invoice.due}", f"--amount {invoice.amount}", *who, *words))


def replayed_events(lines: Sequence[HistoryLine]) -> tuple[str, ...]:
    """Return what happens in a history, each as `relance preview --event` takes it."""
    return tuple(text for line in lines for text in _events(line))


def _events(line: HistoryLine) -> Iterator[str]:
    for event in line.events:
        if event.kind.startswith("action."):
            if line.what in ("approved", "cancelled", "skipped", "failed", "executed"):
                yield f"{line.on} {event.kind} {line.step}"
                return
        elif event.kind == "plan.agreed":
            terms = ", ".join(f"{term['on']} {term['amount']}" for term in event.data["instalments"])
            yield f"{line.on} {event.kind} instalments='{terms}'"
        else:
            yield " ".join((f"{line.on} {event.kind}", *(f"{name}={value}" for name, value in as_recorded(event).data.items())))


def proof_json(proofs: Sequence[Proof]) -> dict[str, Any]:
    """Return proofs as plain values."""
    return {
        "version": 1,
        "proofs": [
            {
                "playbook": proof.playbook.id, "ruling": proof.ruling, "situations": proof.situations, "walked": proof.walked, "whole": proof.reached.whole,
                "unreached": [str(line) for line in unreached(proof)],
                "promises": [_plain(proof, held) for held in proof.held],
            }
            for proof in proofs
        ],
    }  # fmt: skip


def _plain(proof: Proof, held: Held) -> dict[str, Any]:
    found: dict[str, Any] = {"code": held.promise.code or None, "name": str(held.promise.name), "ruling": held.ruling}
    if held.ruling is Ruling.BROKEN and held.history:
        lines = history_lines(proof, held)
        found["history"] = [{"on": line.on.isoformat(), "what": line.what, "step": line.step or None, "channels": list(line.channels)} for line in lines]
        found["again"] = replay_command(proof, held, lines)
        found["test"] = breach_test(proof, held, told(held.promise.name))
    return found


def findings_of(proof: Proof, path: str) -> tuple[Diagnostic, ...]:
    """Return the promises that do not hold, or were not decided, as findings in a file: the playbook's, or that of the promises."""
    found = []
    for held in proof.held:
        if held.ruling is Ruling.PROVED:
            continue
        if held.ruling is Ruling.UNDECIDED:
            found.append(Diagnostic(path, max(held.promise.line, 1), 1, "PB711", Severity.HINT, sentence("not decided within the budget: {promise}", promise=held.promise.name)))
            continue
        last = held.history[-1] if held.history else None
        hint = None if last is None else replay_command(proof, held, history_lines(proof, held))
        if last is None:
            message = sentence("no history fulfils it: {promise}", promise=held.promise.name)
        elif not last.step and last.name in ("run", "missed"):
            message = sentence("broken at the end of {day}, for nothing has come: {promise}", day=last.on, promise=held.promise.name)
        else:
            message = sentence("broken on {day} by {step}: {promise}", day=last.on, step=last.step or last.name, promise=held.promise.name)
        found.append(Diagnostic(path, max(held.promise.line, 1), 1, held.promise.code or "PB712", Severity.ERROR, message, hint=hint))
    return tuple(found)
