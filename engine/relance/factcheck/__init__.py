"""A finished message against the facts: what it says of the case must be true of this case on this day.

Owns the reading of a text that is about to leave, and nothing of how it was written: it shares no code with `relance.letters`, so that
a mistake of the one is seen by the other. Adapters above it hand over what goes to the layout, the mailer or the carrier.
"""

from relance.factcheck.comparison import Contradiction, check
from relance.factcheck.constants import undeclared
from relance.factcheck.finished import Finished, Paper, TextTable
from relance.factcheck.known import KnownCase, known_of

__all__ = ["Contradiction", "Finished", "KnownCase", "Paper", "TextTable", "check", "known_of", "undeclared"]
