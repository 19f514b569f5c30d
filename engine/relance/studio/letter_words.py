"""A text as it leaves, read by the checks of law for its words: what they find, each with its place in the text. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relance.language import checks
from relance.law import wording
from relance.law.mentions import Circumstances
from relance.model import Action, Diagnostic, Playbook, StepKind, Tone

if TYPE_CHECKING:
    from relance.letters.fields import Context
    from relance.letters.wording import Text


def words_found(text: Text, context: Context, action: Action, playbook: Playbook) -> tuple[wording.Finding, ...]:
    """Return what the checks of law find in the words of a filled text, by their place in `whole_text`. What the author waived is left out.

    What a text must say and does not is told of the playbook, whose step it belongs to (`relance.letters.lawful`).
    """
    said = Circumstances(
        channel=action.channel, language=context.language, tone=Tone(context.tone), kind=StepKind(context.kind), collector=playbook.collector,
        debtor="consumer" if context.consumer else "business", notice_on=action.on if context.notice is not None else None,  # that there was one counts, not its day
    )  # fmt: skip
    found = tuple(each for each in wording.check(whole_text(text), said) if each.end)
    kept = {each.code for each in checks.waived(playbook, tuple(Diagnostic("", 1, 1, each.code, each.severity, each.message) for each in found))}
    return tuple(each for each in found if each.code in kept)


def read_the_dictionary() -> None:
    """Read a sentence, so that who looks at the first letter does not wait until the dictionary of French words is read."""
    wording.check("Nous vous prions de payer.", Circumstances())


def whole_text(text: Text) -> str:
    """Return a filled text as it is read here: its subject, then its body."""
    return f"{text.subject}\n\n{text.plain()}"
