"""What law and prudence ask of every playbook, as promises (PB701 to PB709). A code that the law lets be waived may be, with a reason (`waive`)."""

from __future__ import annotations

from collections.abc import Iterable

from relance.interpreter.conditions import leaves
from relance.model import Playbook, StepKind, Test, Waiver
from relance.proof.promises import Never, NeverForgotten, NotBefore, Possible, Promise, Softer, What
from relance.sentences import sentence

#: What no reason can waive: an individual action against a debtor in insolvency proceedings is void (C. com. L622-21).
NEVER_WAIVED = frozenset({"PB703"})
_CONTACT = What(contact=True)
_HANDOVER = What(kinds=frozenset({StepKind.HANDOVER, StepKind.LEGAL}))
_NOTICE = What(kinds=frozenset({StepKind.FORMAL_NOTICE}))


def built_in(playbook: Playbook, waived: Iterable[Waiver] = ()) -> tuple[Promise, ...]:
    """Return the promises that are asked of a playbook, without those it waives. A step that reads a state speaks of it, and may go in it."""
    gone = {each.code for each in waived} - NEVER_WAIVED
    pausing = frozenset({"on_hold", "promised", "plan_running", "unmatched_money"})
    made: list[Promise] = [
        Never(sentence("nobody who has paid is written to or called"), "PB701", what=_CONTACT, states=frozenset({"paid"})),
        Never(sentence("nobody is chased for what he disputes"), "PB702", what=_silent(playbook, "disputed"), states=frozenset({"disputed"})),
        Never(sentence("nobody in insolvency proceedings is chased"), "PB703", what=_CONTACT, states=frozenset({"insolvent"})),
        Never(sentence("nothing is asked while a hold, a promise or a plan runs, or money waits to be matched"), "PB704", what=_silent(playbook, *pausing), states=pausing),
        Never(sentence("a case that was closed, written off or handed over is not chased"), "PB706", what=_CONTACT, states=frozenset({"closed", "written_off", "handed_over"})),
        Softer(sentence("the tone never softens, but to answer an event"), "PB707"),
        NeverForgotten(sentence("no case waits for ever without a person being told"), "PB708"),
    ]
    if any(step.kind is StepKind.FORMAL_NOTICE for step in playbook.steps):
        title = sentence("nothing is handed over or taken to court before a formal notice was sent and its deadline ran out")
        made.append(NotBefore(title, "PB705", what=_HANDOVER, first=_NOTICE, expired=True))
    made += [Possible(sentence("the step {step} can leave", step=step.id), "PB709", what=What(steps=frozenset({step.id}))) for step in playbook.steps]
    return tuple(each for each in made if each.code not in gone)


def _silent(playbook: Playbook, *states: str) -> What:
    """Return a contact by a step that does not itself ask whether one of these states holds: that one speaks of it."""
    speaks = {step.id for step in playbook.steps if step.condition is not None and any(_reads(test, states) for test in leaves(step.condition))}
    steps = frozenset(step.id for step in playbook.steps) - speaks
    return What(contact=True, steps=steps) if speaks else _CONTACT


def _reads(test: Test, states: tuple[str, ...]) -> bool:
    return test.fact in states and test.value is True



