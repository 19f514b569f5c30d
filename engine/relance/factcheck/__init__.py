"""A finished message against the facts: what it says of the case must be true of this case on this day.

Owns the reading of a text that is about to leave, and nothing of how it was written: it shares no code with `relance.letters`, so that
a mistake of the one is seen by the other. Adapters above it hand over what goes to the layout, the mailer or the carrier.
"""

from relance.factcheck.check import Finding, check
from relance.factcheck.constants import undeclared
from relance.factcheck.finished import Finished, Paper, Table
from relance.factcheck.known import Known, known_of

__all__ = ["Finding", "Finished", "Known", "Paper", "Table", "check", "known_of", "undeclared"]
