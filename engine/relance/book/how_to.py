"""A playbook as instructions in plain French (« mode d’emploi »): a sentence for each key of the language that it uses.

The sentences stand in `playbook_sentences`, `step_sentences` and `condition_sentences`; here they are put in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from relance.book import playbook_sentences, step_sentences
from relance.book.sayings import OF_A_STEP, WHOLE, Origin, ToldPlaybook
from relance.model import Playbook, Step

__all__ = ["HowTo", "StepInstructions", "instructions", "playbook_sentences", "step_sentences"]


@dataclass(frozen=True, slots=True)
class StepInstructions:
    """What is said of one step."""

    step: Step
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HowTo:
    """The instructions: what is said of the whole ladder, and of each step in its order."""

    rules: tuple[str, ...]
    steps: tuple[StepInstructions, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every sentence, in order."""
        return (*self.rules, *(each for step in self.steps for each in step.sentences))


def instructions(playbook: Playbook, origin: Origin | None = None) -> HowTo:
    """Return the instructions of a playbook: nothing is left out that it says, and what it leaves to the default is said too."""
    told = ToldPlaybook(playbook, {step.id: step.title or step.id for step in playbook.steps}, origin or Origin())
    rules = tuple(said for make in WHOLE if (said := make(told)))
    return HowTo(rules, tuple(StepInstructions(step, tuple(_of(step, told))) for step in playbook.steps))


def _of(step: Step, told: ToldPlaybook) -> Iterator[str]:
    for make in OF_A_STEP:
        if said := make(step, told):
            yield said
