"""Debtors who are one in what may be sent to a person: contact rules look at all of them, and a split gives each his own again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.importers.intake import recognise, take
from relance.model import Creditor, Event
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import only

TODAY = date(2026, 6, 1)
GAP = "contact: {min_gap: 5 days}\n"
TWO = "id;debtor;debtor.email;issued;due;amount\nG-1;C;a@b.example;2026-05-01;2026-05-29;100.00\nG-2;D;a@b.example;2026-05-01;2026-05-29;100.00\n"


@pytest.fixture
def two(journal, tmp_path):
    (tmp_path / "t.csv").write_text(TWO, "utf-8")
    take(journal, [recognise(tmp_path / "t.csv")], Settings(ColumnMapping(creditor=Creditor("atelier", "Atelier")), TODAY))
    return journal


def test_two_who_are_one_share_what_may_be_sent_to_one_person(two, make_playbook):
    """One message in five days, whoever of the two it is for; apart, each has his own."""
    rules = only(make_playbook(GAP))

    def asked() -> list[str]:
        return sorted(one.case for one in evaluate(list(two.facts()), rules, TODAY).actions)

    assert asked() == ["G-1", "G-2"]
    two.merge("C", "D", on=TODAY, actor="anna")
    assert len(asked()) == 1
    two.split("C", "D", on=TODAY, actor="anna")
    assert asked() == ["G-1", "G-2"]


def test_what_was_sent_to_one_of_two_who_are_one_counts_for_the_other(two, make_playbook):
    rules = only(make_playbook(GAP))
    (sent,) = [one for one in evaluate(list(two.facts()), rules, TODAY).actions if one.case == "G-1"]
    data = {"id": sent.id, "playbook": sent.playbook, "step": sent.step, "occurrence": 1, "channel": "email", "case": "G-1", "carrier": "G-1", "draft": False}
    two.record("atelier", "C", [Event(TODAY, "action.emitted", "G-1", data=data)], actor="test", keys=["sent"])
    tomorrow, later = TODAY + timedelta(days=1), TODAY + timedelta(days=7)  # five days end on a Saturday

    def asked(on: date) -> list[str]:
        return [one.case for one in evaluate(list(two.facts()), rules, on).actions if one.case == "G-2"]

    assert asked(tomorrow) == ["G-2"]
    two.merge("D", "C", on=TODAY, actor="anna")
    assert asked(tomorrow) == []
    assert asked(later) == ["G-2"]
