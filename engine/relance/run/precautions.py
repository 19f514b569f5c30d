"""What a run drafts for a person instead of sending: it was decided on a statement too old, or by a step that lost its name.

Each precaution is a function that says of an action why it may not leave unseen, or None. Decides on no step; sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from relance.interpreter.action_state import acts
from relance.interpreter.balance import balances
from relance.interpreter.case_history import case_history
from relance.interpreter.compiled import unknown_steps
from relance.law.assignment import TELLING, assignment_of
from relance.law.mandate import beyond_mandate
from relance.model import Action, Channel, Duration, Facts, Playbook
from relance.portfolio.payee import ChangedIban
from relance.portfolio.statements import too_old
from relance.sentences import in_turn, plural, sentence

#: Says of an action why it may not leave unseen; None: nothing is against it.
Precaution = Callable[[Action], str | None]
#: What a person does by himself, and so looks at first.
BY_HAND = frozenset({Channel.TASK, Channel.CALL})


def statement_is_old(read: Mapping[str, date], within: Duration, on: date) -> Precaution:
    """Ask for a bank statement that reaches to `within` of the day: who has paid since is not known."""
    return lambda action: too_old(read.get(action.creditor), within, on)


def account_is_new(changed: Mapping[str, ChangedIban], handed_over: Collection[str]) -> Precaution:
    """Ask a person about a creditor whose IBAN is another than the trusted one, where its messages are `handed_over` to another system.

    What relance sends waits at the door for that (`release_check`).
    """
    return lambda action: changed[action.creditor].why if action.creditor in handed_over and action.creditor in changed else None


def mandate_is_too_narrow(known: Iterable[Facts]) -> Precaution:
    """Ask the creditor first: his mandate gives no power for the step, or ends at a smaller claim. Calls and tasks wait for him, too."""
    creditors = {facts.creditor.id: facts.creditor for facts in known}
    return lambda action: beyond_mandate(action, creditors[action.creditor])


def assignment_is_untold(known: Iterable[Facts]) -> Precaution:
    """Ask a person before a claim is asked of its debtor by a call, or handed over, that was assigned to the creditor without his being told (C. civ. 1324).

    A message that can be read again says so itself, or is not made (PB614).
    """
    of = {(facts.creditor.id, facts.debtor.id): facts for facts in known if any(assignment_of(invoice) is not None for invoice in facts.invoices)}

    def why(action: Action) -> str | None:
        facts = of.get((action.creditor, action.debtor))
        if facts is None or action.channel in TELLING:
            return None
        past = case_history(facts, action.on, [invoice for invoice in facts.invoices if invoice.id in action.invoices])
        new = next((each for each, told in past.assignments if not told), None)
        return None if new is None else sentence("the debtor was not told that {assignor} assigned the claim", assignor=new.assignor)

    return why


def drafted(actions: Sequence[Action], why: Precaution, *, by_hand: bool = False) -> list[Action]:
    """Turn each message that something is against into a draft, with that as its reason; a message stays whole. `by_hand`: calls and tasks, too."""
    against: dict[str, str] = {}
    for action in actions:
        if (by_hand or action.channel not in BY_HAND) and (reason := why(action)) is not None:
            against.setdefault(action.message or action.id, reason)
    return [
        action if (reason := against.get(action.message or action.id)) is None else replace(action, draft=True, reason=in_turn([action.reason, reason]))
        for action in actions
    ]


# --------------------------------------------------------------------------- steps that lost their name


@dataclass(frozen=True, slots=True)
class LostStep:
    """A step that open cases have had, and that their playbook does not know any more."""

    playbook: str
    step: str
    cases: int

    def __str__(self) -> str:
        """Say so, with the way out."""
        cases = plural("{count} open case", "{count} open cases", self.cases)
        return sentence("{playbook} does not know the step {step} any more, which {cases} had: if it has another name now, write `formerly: [{step}]` there", playbook=self.playbook, step=self.step, cases=cases)


class Renamed:
    """Finds messages of steps that are new to a playbook for cases that had a step it does not know any more: perhaps the same step.

    `applied` are the rules of before by creditor, the oldest first (`rules.applied`); `playbooks` those of now.
    """

    def __init__(self, applied: Iterable[tuple[str, Mapping[str, Any]]], playbooks: Mapping[str, Playbook], known: Iterable[Facts], on: date) -> None:
        self._cases: dict[tuple[str, str, str], set[str]] = {}  # creditor, playbook, case → the steps known when a lost one was
        self._lost: dict[tuple[str, str], set[tuple[str, str, str]]] = {}  # playbook, step → creditor, playbook, case
        self._told: set[tuple[str, str]] = set()  # playbook and lost step of what `why` spoke of
        self._last: dict[tuple[str, str], frozenset[str]] = {}  # creditor, playbook → the steps of the time before
        versions: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
        for creditor, rules in applied:
            for name, said in rules["playbooks"].items():
                steps = self._last[creditor, name] = frozenset(str(step["id"]) for step in said["steps"])
                versions.setdefault((creditor, name), {}).update(dict.fromkeys(steps, steps))
        gone = {
            key: {step: there[step] for step in unknown_steps(there, playbooks[key[1]])} for key, there in versions.items() if key[1] in playbooks
        }
        if any(gone.values()):
            for facts in known:
                self._look(facts, gone, on)

    def _look(self, facts: Facts, gone: Mapping[tuple[str, str], Mapping[str, frozenset[str]]], on: date) -> None:
        outstanding = balances(facts, on).outstanding
        for act in acts(facts.events, on):
            there = gone.get((facts.creditor.id, act.playbook), {}).get(act.step)
            if there is None or act.failed or act.cancelled or not any(outstanding.get(name) for name in act.invoices or (act.carrier,)):
                continue
            self._cases.setdefault((facts.creditor.id, act.playbook, act.case), set()).update(there)
            self._lost.setdefault((act.playbook, act.step), set()).add((facts.creditor.id, act.playbook, act.case))

    def why(self, action: Action) -> str | None:
        """Say why an action may be one that its case has had under another name."""
        key = (action.creditor, action.playbook, action.case)
        before = self._cases.get(key)
        if before is None or action.step in before:
            return None
        self._told.update(name for name, cases in self._lost.items() if key in cases)
        return sentence("the step {step} may be one this case has had under a name that {playbook} does not know any more (`formerly`)", step=action.step, playbook=action.playbook)

    def lost(self) -> Iterator[LostStep]:
        """List the steps that open cases had and that are not known any more: those lost since the time before, and those that `why` spoke of."""
        for (playbook, step), cases in sorted(self._lost.items()):
            if (playbook, step) in self._told or any(step in self._last[creditor, playbook] for creditor, _, _ in cases):
                yield LostStep(playbook, step, len(cases))
