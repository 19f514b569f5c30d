"""A table of events can tell all that the journal asks of a word: each field that a kind needs, and each that says whom, has a column."""

from relance.importers.layouts import TABLES
from relance.journal.event_types import PUBLIC

#: What the house's own programs write, and no person tells in a table.
_PROGRAMS = ("action.", "payment.reconciled", "payment.unmatched", "payment.matched")


def test_every_field_that_a_word_needs_has_a_column():
    told = {kind: fields for kind, fields in PUBLIC.items() if not kind.startswith(_PROGRAMS)}
    assert len(told) > 40
    assert not {(kind, name) for kind, fields in told.items() for name, field in fields.items() if field.required and name not in TABLES["events"]}


def test_people_judgments_and_plans_are_told_in_full():
    kinds = ("addressee.named", "addressee.ended", "person.known", "person.ended", "judgment.given", "plan.agreed", "insolvency.opened", "offer.refused")
    assert not {(kind, name) for kind in kinds for name in PUBLIC[kind] if name not in TABLES["events"]}
