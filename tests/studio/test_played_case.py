"""What a text means while it is being written: findings, days, letters; the same as the commands say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import chain

import pytest

from relance.editor.example import ExampleInvoice, played_for
from relance.language import library, load_playbook
from relance.model import Channel
from relance.project import Project
from relance.proof.built_in import built_in
from relance.proof.prove import Ruling, prove
from relance.proof.walk import Bounds
from relance.report.proofs import history_lines
from relance.simulation.playbook_tests import read_tests, run_file
from relance.simulation.written_tests import with_tests
from relance.studio.played_case import PlayedCase, breach_case, documents_of, kept_as_test, meaning_of, months_of, with_day
from relance.studio.reading_view import marked_pieces

CASE = PlayedCase(((date(2026, 3, 2), Decimal("1200.00")),))


@pytest.fixture
def text():
    return library.find("negligent").read_text(encoding="utf-8")


def test_a_text_is_played_as_the_editor_plays_it(text):
    """Two ways to the same days: the hover of an editor and the studio's timeline."""
    meaning = meaning_of(text, "negligent.yaml", CASE)
    other = played_for(text, "negligent.yaml", ExampleInvoice(date(2026, 3, 2)))
    assert meaning.findings == load_playbook("negligent")[1]
    assert [(entry.on, entry.first.step) for entry in meaning.timeline.entries] == [(entry.on, entry.first.step) for entry in other.entries]


def test_a_history_that_breaks_a_promise_is_a_case_to_play(text):
    """What the proof shows leaving is what leaves on the calendar, on the same day."""
    text = text.replace("insolvent, ", "", 1)
    playbook = meaning_of(text, "x.yaml", CASE).playbook
    proof = prove(playbook, [each for each in built_in(playbook) if each.code == "PB703"], Bounds(1500, 1))
    held = next(each for each in proof.held if each.ruling is Ruling.BROKEN)
    last = history_lines(proof, held)[-1]
    played = breach_case(proof, held)
    assert any("insolvency.opened" in line for line in played.events)
    assert (last.on, last.step) in {(entry.on, entry.first.step) for entry in meaning_of(text, "x.yaml", played).timeline.entries}


def test_what_happens_changes_what_leaves(text):
    paid = meaning_of(text, "x.yaml", PlayedCase(CASE.owed, events=("2026-03-10 payment.received 1200.00",))).timeline
    assert {entry.first.step for entry in paid.entries} == {"rappel-avant-echeance", "relance-1"}
    assert paid.ends[0].status == "stopped"


def test_a_playbook_for_others_than_the_debtor_is_played_and_said_to_send_nothing(text):
    meaning = meaning_of(text, "x.yaml", PlayedCase(CASE.owed, "consumer"))
    assert meaning.timeline is not None
    assert meaning.trouble == "negligent is for business debtors, and this one is a consumer: a run sends nothing of this"
    assert meaning_of(text, "x.yaml", CASE).trouble == ""


def test_several_invoices_are_owed(text):
    meaning = meaning_of(text, "x.yaml", PlayedCase((*CASE.owed, (date(2026, 4, 2), Decimal("300.00")))))
    assert {invoice.id: invoice.amount for invoice in meaning.timeline.facts.invoices} == {"F-1": Decimal("1200.00"), "F-2": Decimal("300.00")}


@pytest.mark.parametrize("event", ["payment.received", "2026-02-30 payment.received 1.00", "2026-03-10 paiement 12", '2026-03-10 note "ouvert'])
def test_what_cannot_be_read_is_said_and_nothing_breaks(text, event):
    meaning = meaning_of(text, "x.yaml", PlayedCase(CASE.owed, events=(event,)))
    assert meaning.timeline is None
    assert meaning.playbook is not None
    assert meaning.trouble


@pytest.mark.parametrize("broken", ["", "steps: [", "schema: 1\nplaybook: x\n", "- 1\n", "\x00", "schema: 1.0\nplaybook: x\nversion: 1\nsteps: []\n"])
def test_a_text_with_errors_has_findings_and_no_days(broken):
    meaning = meaning_of(broken, "x.yaml", CASE)
    assert meaning.findings
    assert meaning.timeline is None


def test_the_letters_of_a_day_are_those_that_leave(text):
    timeline = meaning_of(text, "x.yaml", CASE).timeline
    notice = next(entry for entry in timeline.entries if entry.first.step == "mise-en-demeure")
    made = {each.document.channel: each.document for each in documents_of(timeline, notice, None)}
    assert set(made) == {Channel.REGISTERED_LETTER, Channel.EMAIL}
    assert all(document.missing is None and not document.findings for document in made.values())
    assert next(file.media_type for file in made[Channel.REGISTERED_LETTER].files) == "application/pdf"


def test_the_words_that_the_law_finds_are_marked_where_they_stand_in_the_text(text, tmp_path):
    """A wording of one's own that threatens: its words are found in the letter, and nothing in what ships."""
    own = tmp_path / "templates" / "fr" / "relance-1"
    own.mkdir(parents=True)
    (own / "email.md.j2").write_text("---\nsubject: Votre facture\n---\nBonjour,\n\nSans paiement, nous saisirons l’huissier <b>demain</b> et vos meubles seront saisis.\n", "utf-8")
    timeline = meaning_of(text, "x.yaml", CASE).timeline
    first = next(entry for entry in timeline.entries if entry.first.step == "relance-1")
    (read,) = documents_of(timeline, first, Project(tmp_path / "relance.yaml", templates=(tmp_path / "templates",)))
    assert read.found
    pieces = list(marked_pieces(read.text, read.found))
    assert "".join(piece for piece, _ in pieces) == read.text
    marks = [piece for piece, found in pieces if found]
    assert any("huissier" in piece for piece in marks), marks
    assert {each for _, found in pieces for each in found} == set(read.found)
    assert all(not each.found for entry in timeline.entries for each in documents_of(timeline, entry, None))


def test_a_calendar_shows_what_leaves_and_the_closed_days(text):
    meaning = meaning_of(text, "x.yaml", CASE)
    days = {day.on: day for day in chain.from_iterable(days for _, days in months_of(meaning.timeline, meaning.playbook.calendar))}
    assert {on for on, day in days.items() if day.leaves} == {entry.on for entry in meaning.timeline.entries}
    assert not any(day.leaves and not day.open for day in days.values())
    assert not days[date(2026, 4, 6)].open  # Easter Monday
    assert not days[date(2026, 3, 1)].open if date(2026, 3, 1) in days else True


def test_what_happens_stands_on_its_day_and_is_moved_to_another(text):
    case = PlayedCase(CASE.owed, events=("2026-01-09 payment.received 200.00", "one day"))
    meaning = meaning_of(text, "negligent.yaml", PlayedCase(case.owed, events=case.events[:1]))
    months = months_of(meaning.timeline, meaning.playbook.calendar, case.events)
    days = {day.on: day.happened for _, month in months for day in month if day.happened}
    assert days == {date(2026, 1, 9): (0,)}  # a line that cannot be read has no day
    assert months[0][0] == date(2026, 1, 1)  # a month in which nothing leaves is shown for what happens in it
    assert with_day(case.events[0], date(2026, 3, 12)) == "2026-03-12 payment.received 200.00"
    assert with_day("2026-01-09", date(2026, 3, 12)) == "2026-03-12"


@pytest.mark.parametrize("events", [(), ("2026-03-20 payment.received 200.00",), ("2026-03-20 dispute.opened goods", "2026-05-04 dispute.closed")])
def test_what_was_played_is_kept_as_a_test_that_passes(text, events, tmp_path):
    case = PlayedCase((*CASE.owed, (date(2026, 3, 9), Decimal("80.00"))), events=events)
    meaning = meaning_of(text, "negligent.yaml", case)
    (tmp_path / "negligent.yaml").write_text(text, "utf-8")
    beside = tmp_path / "negligent.test.yaml"
    beside.write_text(with_tests(None, [kept_as_test("played", case, meaning.timeline)], "negligent", "tests"), "utf-8")
    beside.write_text(with_tests(beside.read_text("utf-8"), [kept_as_test("again", case, meaning.timeline)], "negligent", "tests"), "utf-8")
    tests, findings = read_tests(beside)
    assert [each for each in findings if each.severity == "error"] == []
    assert [(each.test.name, each.differences, each.ends) for each in run_file(tests).results] == [("played", (), ()), ("again", (), ())]
