"""A round over a portfolio: one transaction, nothing twice, whatever runs beside it, on both databases."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.data import shipped
from relance.importers import portfolio_files
from relance.journal.journal import Journal, JournalError
from relance.language import load_playbook
from relance.model import Creditor, Debtor, Duration, Event, Facts, Invoice, Sender
from relance.portfolio.routing import only
from relance.run import journal_run as rounds

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def systematique():
    return load_playbook(shipped("playbooks").joinpath("systematique.yaml"))[0]


@pytest.fixture(scope="module")
def sample():
    folder = shipped("playbooks").joinpath("demo")
    return portfolio_files.read(**{name: folder.joinpath(f"{name}.csv") for name in ("invoices", "debtors", "creditors", "events")}).facts


def go(where, clock, facts, playbook, on=DAY, **more):
    with Journal.open(where, now=clock) as journal:
        return rounds.run(journal, facts, only(playbook), on, actor="test", load=lambda _: None, **more)


def emitted(where):
    """Name what the journal itself emitted; the sample's own history was read from a file and has no such key."""
    with Journal.open(where) as journal:
        keys = [entry.key or "" for entry in journal.entries(kinds=("action.emitted",))]
    return [key.removeprefix("action:") for key in keys if key.startswith("action:")]


def test_a_second_round_finds_nothing_new(place, clock, sample, systematique):
    where = place()
    first = go(where, clock, sample, systematique)
    again = go(where, clock, sample, systematique)
    assert len(first.new) > 20
    assert again.new == ()
    assert again.recorded.written == 0


def test_rounds_at_once_emit_every_action_once(place, clock, sample, systematique):
    where = place()
    Journal.open(where, now=clock).close()
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: go(where, clock, sample, systematique), range(3)))
    new = [action.id for each in done for action in each.new]
    assert len(new) == len(set(new))
    assert sorted(new) == sorted(emitted(where))


def test_what_is_not_kept_leaves_no_trace(place, clock, sample, systematique):
    where = place()
    dry = go(where, clock, sample, systematique, keep=False)
    assert emitted(where) == []
    assert {action.id for action in go(where, clock, sample, systematique).new} == {action.id for action in dry.new}


def test_a_failure_while_deciding_records_nothing(place, clock, sample, systematique, monkeypatch):
    where = place()
    monkeypatch.setattr("relance.portfolio.evaluation.Evaluation.adds_up", property(lambda _: False))
    with pytest.raises(RuntimeError, match="nothing was emitted"):
        go(where, clock, sample, systematique)
    with Journal.open(where) as journal:
        assert list(journal.entries()) == []


def two_debtors():
    return (Facts(Creditor("c"), Debtor(n, "N", "business", email="a@b.example"), (Invoice(f"F-{n}", date(2026, 2, 27), Decimal(50)),))
            for n in ("a", "b"))  # fmt: skip


def left(where, clock, actions, on):
    """Write down that messages left."""
    with Journal.open(where, now=clock) as journal:
        for each in actions:
            journal.record(each.creditor, each.debtor, [Event(on, "action.executed", each.carrier, data={"id": each.id})], actor="test")


def test_cases_of_earlier_files_are_decided_too(place, clock, systematique):
    where = place()
    one, two = two_debtors()
    assert [action.case for action in go(where, clock, [one], systematique, sent_by=Sender.OTHER).new] == ["F-a"]
    assert [action.case for action in go(where, clock, [two], systematique).new] == ["F-b"]
    later = go(where, clock, [], systematique, on=date(2026, 3, 13))
    assert [action.case for action in later.new] == ["F-a", "F-b"]


def test_a_message_that_has_not_left_is_not_overtaken(place, clock, systematique):
    where, later = place(), date(2026, 3, 13)
    first = go(where, clock, list(two_debtors()), systematique).new
    left(where, clock, first[:1], DAY)
    done = go(where, clock, [], systematique, on=later)
    assert [action.case for action in done.new] == ["F-a"]  # the other has not left
    assert done.pending == (DAY,)
    left(where, clock, first[1:], later)
    assert go(where, clock, [], systematique, on=date(2026, 3, 23)).new == ()  # the distance between two steps counts from the day the first left
    assert [action.case for action in go(where, clock, [], systematique, on=date(2026, 3, 24)).new] == ["F-b"]


def test_who_sends_is_said_once(place, clock, systematique):
    """The journal remembers it, says it of each message, and lets it be said anew."""
    where, (one, two) = place(), two_debtors()
    go(where, clock, [one], systematique, sent_by=Sender.OTHER)
    go(where, clock, [two], systematique)
    with Journal.open(where) as journal:
        assert [entry.data["sent_by"] for entry in journal.entries(kinds=("action.emitted",))] == ["other", "other"]
        assert [entry.data["sent_by"] for entry in journal.entries(kinds=("sending.declared",))] == ["other"]
    assert go(where, clock, [], systematique, on=date(2026, 3, 13)).pending == ()
    go(where, clock, [], systematique, on=date(2026, 3, 13), sent_by=Sender.RELANCE)
    with Journal.open(where) as journal:
        assert [entry.data["sent_by"] for entry in journal.entries(kinds=("sending.declared",))] == ["other", "relance"]


def test_what_waits_too_long_is_withdrawn_and_made_anew(place, clock, systematique):
    where, (one, _) = place(), two_debtors()
    patient = dataclasses.replace(systematique, withdraw_after=Duration(7))
    (old,) = go(where, clock, [one], patient).new
    assert go(where, clock, [], patient, on=DAY + timedelta(4)).new == ()
    done = go(where, clock, [], patient, on=DAY + timedelta(7))
    assert (done.withdrawn, done.pending, [(each.step, each.on) for each in done.new]) == (1, (), [(old.step, DAY + timedelta(7))])
    again = go(where, clock, [], patient, on=DAY + timedelta(7))
    assert (again.withdrawn, again.new) == (0, ())
    with Journal.open(where) as journal:
        assert [entry.data["id"] for entry in journal.entries(kinds=("action.cancelled",))] == [old.id]


def test_a_playbook_of_a_move_is_looked_for(place, clock, systematique):
    where = place()
    declic = load_playbook(shipped("playbooks").joinpath("declic.yaml"))[0]
    move = Event(date(2026, 2, 27), "playbook.changed", data={"playbook": "declic"})
    facts = Facts(
        Creditor("c"), Debtor("a", "N", "business", email="a@b.example"), (Invoice("F-1", date(2026, 2, 20), Decimal(50)),), (move,)
    )
    with Journal.open(where, now=clock) as journal:
        done = rounds.run(journal, [facts], only(systematique), DAY, actor="test", load={"declic": declic}.get)
    assert {action.playbook for action in done.new} == {"declic"}


def test_an_invoice_known_otherwise_is_a_conflict_and_the_known_one_counts(place, clock, systematique):
    where = place()
    owes = Debtor("a", "N", "business", email="a@b.example")
    known, other = (Facts(Creditor("c"), owes, (Invoice("F-1", date(2026, 2, 27), Decimal(amount)),)) for amount in (50, 60))
    go(where, clock, [known], systematique, keep=True)
    done = go(where, clock, [other], systematique)
    (reject,) = rounds.not_taken(done.recorded)
    assert "known with another amount, 50" in reject.reason
    assert done.facts["c", "a"].invoices[0].amount == 50


def test_a_journal_that_is_none_raises_what_the_user_reads(tmp_path, clock, sample, systematique):
    (tmp_path / "x.db").write_bytes(b"not a database at all, whatever its name" * 100)
    with pytest.raises(JournalError, match="not a journal"):
        go(tmp_path / "x.db", clock, sample, systematique)


def paid(facts, amount, on):
    return dataclasses.replace(facts, events=(Event(on, "payment.received", facts.invoices[0].id, data={"amount": Decimal(amount)}),))


def test_what_asks_another_sum_than_is_open_is_withdrawn_and_made_anew(place, clock, systematique):
    where, (one, two) = place(), two_debtors()
    (old, other) = go(where, clock, [one, two], systematique).new
    later = DAY + timedelta(3)
    done = go(where, clock, [paid(one, "20.00", later)], systematique, on=later)
    (new,) = done.new
    assert (done.untrue, done.withdrawn, len(done.pending)) == (1, 0, 1), "what is true waits on"
    assert (new.step, new.on, old.claimed.principal - new.claimed.principal) == (old.step, later, Decimal("20.00"))
    with Journal.open(where) as journal:
        (entry,) = journal.entries(kinds=("action.cancelled",))
    assert (entry.data["id"], entry.data["reason"]) == (old.id, f"what it asks, made on {DAY}, is not what is open on {later}")
    assert other.id != old.id
    assert go(where, clock, [], systematique, on=later + timedelta(1)).untrue == 0


def test_what_is_paid_in_full_is_withdrawn_and_nothing_follows(place, clock, systematique):
    where, (one, _) = place(), two_debtors()
    (old,) = go(where, clock, [one], systematique).new
    done = go(where, clock, [paid(one, old.claimed.principal, DAY + timedelta(1))], systematique, on=DAY + timedelta(1))
    assert (done.untrue, done.new, done.pending) == (1, (), ())


@pytest.mark.parametrize(("details", "untrue"), [(None, 0), ({"outcome": "not_sent", "error": "no server"}, 1)])
def test_a_message_that_may_have_left_stays_as_it_is(place, clock, systematique, details, untrue):
    where, (one, _) = place(), two_debtors()
    patient = dataclasses.replace(systematique, withdraw_after=Duration(7))
    (old,) = go(where, clock, [one], patient).new
    with Journal.open(where, now=clock) as journal:
        for more in (None, details)[: 1 if details is None else 2]:
            data = {"id": old.id, "attempt": 1} | ({} if more is None else {"details": more})
            journal.record(old.creditor, old.debtor, [Event(DAY, "action.attempted", data=data)], actor="test")
    done = go(where, clock, [paid(one, "20.00", DAY + timedelta(3))], patient, on=DAY + timedelta(3))
    assert (done.untrue, len(done.pending)) == (untrue, 1 - untrue)
    assert go(where, clock, [], patient, on=DAY + timedelta(8)).withdrawn == 0
