"""From which day a formal notice makes a consumer owe interest, where the post hands it over later than it left.

C. civ. 1344 and 1231-6 say "mise en demeure" and not on which day one takes effect; sources differ between sending and presentation (docs/law.md).
A known presentation counts; where none is known, the creditor's terms say. Refuses to find a presentation: that is `interpreter.notices`.
"""

from __future__ import annotations

from enum import StrEnum

from relance.model import Creditor

#: What the post says of a letter by which it was before its debtor that day at the latest.
PRESENTED = frozenset({"letter.presented", "letter.delivered", "letter.refused"})


class Unpresented(StrEnum):
    """From when a notice counts whose presentation is not known: the day it left, or not at all until it is."""

    POSTED = "posted"
    PRESENTED = "presented"


def unpresented_of(creditor: Creditor) -> Unpresented:
    """Return what a creditor's terms say of a notice whose presentation is not known (`terms["interest_from"]`); the day it left where they say nothing, or nothing known."""
    said = creditor.terms.get("interest_from")
    return Unpresented(said) if said in tuple(Unpresented) else Unpresented.POSTED
