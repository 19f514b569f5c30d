"""The journal on SQLite and on PostgreSQL: recorded once, never overwritten, read back whole, as known on any day."""

import gzip
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from relance.journal import backup, migrations, verification
from relance.journal.event_types import build
from relance.journal.journal import Journal, JournalError, Recorded
from relance.journal.store import JOURNAL, META, PEOPLE, PERSONAL, connect
from relance.model import Action, Address, Channel, Claimed, Creditor, Debtor, Facts, Invoice, StepKind, Tone

ATELIER = Creditor("atelier", name="Atelier du Rhône", siren="552100554", mandate=date(2026, 1, 5), terms={"capital": "10 000 EUR"})
DUPONT = Debtor(
    "dupont", name="Dupont SA", kind="business", profile="negligent", country="FR", email="compta@dupont.example",
    address=Address(("1 rue de la Paix", "69001 Lyon")), score=40, tags=("vip", "btp"),
)  # fmt: skip
INVOICE = Invoice(
    "F-1", date(2026, 2, 1), Decimal("1200.00"), issued=date(2026, 1, 2), tags=("a",), rate=Decimal("12.5"), terms={"penalty": "50.00"},
    nature="transport", delivered=date(2026, 1, 5),
)  # fmt: skip


def event(on, kind, invoice=None, **fields):
    made, mistakes = build({"on": on, "event": kind, "invoice": invoice, **fields})
    assert mistakes == ()
    return made


PAID = event("2026-02-20", "payment.received", "F-1", amount="200.00", note="chèque n° 12")


def action(name="a1", step="relance-1", case="F-1", **changes):
    return replace(
        Action(
            id=name, on=date(2026, 3, 2), creditor="atelier", debtor="dupont", case=case, carrier="F-1", invoices=("F-1",),
            playbook="negligent", playbook_version=3, step=step, occurrence=1, kind=StepKind.REMINDER, channel=Channel.EMAIL,
            tone=Tone.COURTEOUS, template=step, language="fr", draft=False, deadline=date(2026, 3, 10),
            claimed=Claimed("EUR", Decimal("1000.00"), total=Decimal("1000.00")), reason="J+1", message=name,
        ),
        **changes,
    )  # fmt: skip


def test_facts_come_back_as_they_were(journal):
    plan = event("2026-02-21", "plan.agreed", instalments="2026-03-01 100.00, 2026-04-01 100.00", currency="EUR")
    journal.record(ATELIER, DUPONT, [PAID, plan], invoices=[INVOICE], actor="marie")
    (facts,) = journal.facts()
    assert facts.creditor == ATELIER
    assert facts.debtor == DUPONT
    assert facts.invoices == (INVOICE,)
    assert [replace(each, seq=0) for each in facts.events] == [PAID, replace(plan, data={**plan.data, "late": "resumes"})], "a plan is written with its rule"
    assert [each.seq for each in facts.events] == sorted(each.seq for each in facts.events)


def test_the_same_file_twice_changes_nothing(journal):
    twice = [PAID, PAID, event("2026-02-21", "payment.received", amount="5.00")]
    first = journal.record(ATELIER, DUPONT, twice, invoices=[INVOICE], actor="import", once=True)
    fresh = {("atelier", ""), ("atelier", "dupont"), ("atelier", "dupont", "F-1"), *(("atelier", "dupont", place) for place in range(3))}
    assert first == Recorded(written=6, fresh=frozenset(fresh))  # creditor, debtor, invoice, three payments: two equal rows are two payments
    assert journal.record(ATELIER, DUPONT, twice, invoices=[INVOICE], actor="import", once=True) == Recorded(known=4)
    assert journal.record(ATELIER, DUPONT, [PAID], invoices=[INVOICE], actor="import", once=True) == Recorded(known=2)
    assert len(list(journal.entries())) == 6


def test_by_hand_the_same_payment_again_is_another_payment(journal):
    for _ in range(2):
        journal.record("atelier", "dupont", [PAID], actor="marie")
    assert len(list(journal.events(kinds=["payment.received"]))) == 2


def test_a_known_invoice_with_another_amount_is_a_conflict_and_is_not_overwritten(journal):
    journal.record(ATELIER, DUPONT, invoices=[INVOICE], actor="import")
    done = journal.record(ATELIER, DUPONT, invoices=[replace(INVOICE, amount=Decimal("1300.00"))], actor="import")
    assert [(c.invoice, c.field, c.known, c.given) for c in done.conflicts] == [("F-1", "amount", "1200.00", "1300.00")]
    elsewhere = journal.record(ATELIER, Debtor("durand"), invoices=[INVOICE], actor="import")
    assert [c.field for c in elsewhere.conflicts] == ["debtor"]
    assert next(journal.facts(debtor="dupont")).invoices == (INVOICE,)


def test_a_source_that_knows_less_is_no_conflict(journal):
    journal.record(ATELIER, DUPONT, invoices=[INVOICE], actor="import")
    bare = Invoice("F-1", INVOICE.due, Decimal("1200.0"))
    assert journal.record(ATELIER, Debtor("dupont", name="Dupont SA"), invoices=[bare], actor="camt") == Recorded(known=1)
    (facts,) = journal.facts()
    assert facts.debtor == DUPONT


def test_a_correction_resolves_a_conflict_for_the_old_row_and_the_new(journal):
    journal.record(ATELIER, DUPONT, invoices=[INVOICE], actor="import")
    fixed, _ = build(
        {"on": "2026-03-03", "event": "invoice.corrected", "invoice": "F-1", "amount": "1300.00", "reason": "erreur"}, internal=True
    )
    journal.record("atelier", "dupont", [fixed], actor="marie")
    (facts,) = journal.facts()
    assert facts.invoices == (replace(INVOICE, amount=Decimal("1300.00")),)
    for row in (INVOICE, replace(INVOICE, amount=Decimal(1300))):
        assert journal.record("atelier", "dupont", invoices=[row], actor="import") == Recorded(known=1)


def test_what_is_newly_known_of_a_debtor_is_recorded_once(journal):
    journal.record(ATELIER, DUPONT, actor="import")
    journal.record(ATELIER, replace(DUPONT, email="new@dupont.example"), actor="import")
    journal.record(ATELIER, Debtor("dupont", phone="+33472000000"), actor="import")
    journal.record(ATELIER, Debtor("dupont", phone="+33472000000"), actor="import")
    (facts,) = journal.facts()
    assert facts.debtor == replace(DUPONT, email="new@dupont.example", phone="+33472000000")
    assert len(list(journal.entries(kinds=["debtor.recorded"]))) == 3


def test_an_action_is_emitted_once(journal):
    both = [action("a1"), action("a2", step="relance-2")]
    assert journal.emit(both, on=date(2026, 3, 2), actor="run") == tuple(both)
    assert journal.emit([*both, action("a3")], on=date(2026, 3, 3), actor="run") == (action("a3"),)
    assert journal.emit([action("a4"), action("a4")], on=date(2026, 3, 3), actor="run") == (action("a4"),)
    (facts,) = journal.facts()
    assert [each.data["id"] for each in facts.events] == ["a1", "a2", "a3", "a4"]
    assert facts.events[0].data["deadline"] == date(2026, 3, 10)
    assert facts.events[0].data["case"] == "F-1"


def test_the_same_id_at_another_creditor_is_another_action(journal):
    other = action(creditor="bureau")
    assert journal.emit([action(), other], on=date(2026, 3, 2), actor="run") == (action(), other)


def test_what_was_known_on_a_day(journal, clock):
    journal.record(ATELIER, DUPONT, invoices=[INVOICE], actor="import")
    clock.set("2026-03-05")
    journal.record("atelier", "dupont", [PAID], actor="marie")  # of 20 February, but only known on 5 March
    assert list(journal.as_known_on(date(2026, 3, 1)).facts()) == []
    assert next(journal.as_known_on(date(2026, 3, 4)).facts()).events == ()
    assert len(next(journal.as_known_on(date(2026, 3, 5)).facts()).events) == 1


def test_a_day_ends_at_midnight_in_paris(journal, clock):
    clock.set("2026-07-01", hour=22)  # already 2 July in Paris
    journal.record(ATELIER, DUPONT, actor="import")
    assert list(journal.as_known_on(date(2026, 7, 1)).facts()) == []
    assert len(list(journal.as_known_on(date(2026, 7, 2)).facts())) == 1


def test_a_clock_that_runs_backwards_does_not_turn_the_chain_around(journal, clock):
    journal.record(ATELIER, DUPONT, actor="import")
    clock.set("2020-01-01")
    journal.record("atelier", "dupont", [PAID], actor="marie")
    times = [entry.recorded_at for entry in journal.entries()]
    assert times == sorted(times)
    assert verification.verify(journal.engine).breaks == ()


def test_the_past_is_not_written_to(journal):
    with pytest.raises(ValueError, match="past"):
        journal.as_known_on(date(2026, 3, 1)).record("atelier", "dupont", [PAID], actor="x")


def test_a_debtor_who_is_forgotten_is_gone_and_the_chain_holds(journal):
    journal.record(ATELIER, DUPONT, [PAID], invoices=[INVOICE], actor="import")
    journal.record(ATELIER, Debtor("durand", name="Durand", email="d@durand.example"), actor="import")
    journal.emit([action(case="dupont/EUR")], on=date(2026, 3, 2), actor="run")
    sha256 = journal.attach(
        "atelier", "dupont", b"bon de commande Dupont", name="dupont.pdf", kind="order", on=date(2026, 3, 2), actor="marie"
    )
    assert journal.document(sha256) == b"bon de commande Dupont"
    assert journal.forget("dupont", reason="demande du 1er avril", on=date(2026, 4, 1), actor="dpo") == 4
    assert verification.verify(journal.engine).breaks == ()
    assert journal.document(sha256) is None
    assert [facts.debtor.id for facts in journal.facts()] == ["durand"]
    everything = b"".join(backup.export(journal.engine)).lower()
    assert b"dupont" not in everything
    assert "chèque".encode() not in everything
    assert b"durand" in everything
    again = journal.record(ATELIER, DUPONT, invoices=[INVOICE], actor="import")
    assert [conflict.field for conflict in again.conflicts] == ["debtor"]  # the old invoice does not come back by an old file


def test_a_document_is_kept_once_for_a_case_and_kind(journal):
    for _ in range(2):
        journal.attach("atelier", "dupont", b"x", name="a.pdf", kind="order", on=date(2026, 3, 2), actor="marie", invoice="F-1")
    journal.attach("atelier", "dupont", b"x", name="a.pdf", kind="contract", on=date(2026, 3, 2), actor="marie", invoice="F-1")
    assert [entry.data["kind"] for entry in journal.entries(kinds=["document.attached"])] == ["order", "contract"]


def test_the_lines_of_an_export_come_back_byte_for_byte(journal, place, clock):
    journal.record(ATELIER, DUPONT, [PAID], invoices=[INVOICE], actor="import")
    journal.emit([action(case="dupont/EUR")], on=date(2026, 3, 2), actor="run")
    journal.attach("atelier", "dupont", bytes(range(256)), name="é\n.pdf", kind="order", on=date(2026, 3, 2), actor="marie")
    lines = list(backup.export(journal.engine))
    packed = io.BytesIO()
    backup.compressed(lines, packed)
    with Journal.open(place(), now=clock) as other:
        source = packed.getvalue()
        found = backup.bring_in(other.engine, lambda: backup.expanded(io.BufferedReader(io.BytesIO(source))))
        assert found.breaks == ()
        assert list(backup.export(other.engine)) == lines
        assert list(other.facts()) == list(journal.facts())
        other.record("atelier", "dupont", [PAID], actor="marie")
        assert verification.verify(other.engine).breaks == ()
        with pytest.raises(JournalError, match="not empty"):
            backup.bring_in(other.engine, lambda: lines)


def test_an_export_that_was_changed_or_cut_is_refused_and_nothing_is_written(journal, place, clock):
    journal.record(ATELIER, DUPONT, [PAID], invoices=[INVOICE], actor="import")
    lines = list(backup.export(journal.engine))
    bad = {
        "cut short": lines[:-2],
        "not an export": [b'{"a":1}\n', *lines],
        "not a line": [lines[0], b"[[[\n"],
        "after the end": [*lines, lines[1]],
        "SHA-256": [lines[0], lines[1].replace(b"dupont", b"durand"), *lines[2:]],
    }
    with Journal.open(place(), now=clock) as other:
        for message, some in bad.items():
            with pytest.raises(JournalError, match=message):
                backup.bring_in(other.engine, lambda some=some: some)
        packed = gzip.compress(b"".join(lines))[:-20]
        with pytest.raises(JournalError, match="cut short"):
            backup.bring_in(other.engine, lambda: backup.expanded(io.BufferedReader(io.BytesIO(packed))))
        assert list(other.entries()) == []


def test_lines_that_were_changed_with_their_sum_do_not_verify(journal, place, clock):
    import hashlib
    import json

    journal.record(ATELIER, DUPONT, [PAID], invoices=[INVOICE], actor="import")
    lines = [line.replace(b"1200.00", b"9200.00") for line in backup.export(journal.engine)][:-1]
    end = {"end": {"lines": len(lines), "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}}
    with Journal.open(place(), now=clock) as other:
        with pytest.raises(backup.Damaged) as damaged:
            backup.bring_in(other.engine, lambda: [*lines, json.dumps(end).encode()])
        assert [(found.seq, found.message) for found in damaged.value.found.breaks] == [(3, "its contents were changed")]
        assert list(other.entries()) == []


def test_many_debtors_in_one_go(journal):
    some = [
        Facts(ATELIER if index % 2 else Creditor("bureau"), Debtor(f"d{index}", name=f"N {index}"),
              (Invoice(f"G-{index}", date(2026, 2, 1), Decimal(10)),), (event("2026-02-20", "payment.received", f"G-{index}", amount="1"),))
        for index in range(900)
    ]  # fmt: skip
    first = journal.take_in(some, actor="import")
    assert (first.written, first.known, first.conflicts) == (2701, 0, ())
    assert len(first.fresh) == first.written
    assert journal.take_in(reversed(some), actor="import") == Recorded(known=1800)
    assert sorted(facts.debtor.id for facts in journal.facts()) == sorted(facts.debtor.id for facts in some)
    assert {chain.creditor for chain in verification.verify(journal.engine).chains} == {"atelier", "bureau"}


def test_an_older_journal_is_brought_up_to_date(place, clock):
    where = place()
    engine = connect(where)
    migrations.migrate(engine, until=1)
    with Journal(engine, clock) as old:
        old.record(ATELIER, DUPONT, [PAID], invoices=[INVOICE], actor="import")
        assert migrations.version_of(engine) == 1
    with Journal.open(where, now=clock) as new:
        assert migrations.version_of(new.engine) == migrations.VERSION
        assert next(new.facts()).debtor == DUPONT
        assert verification.verify(new.engine).breaks == ()


def test_a_newer_journal_is_refused(journal):
    with journal.engine.begin() as connection:
        connection.execute(sa.update(META).values(value="99"))
    with pytest.raises(JournalError, match="newer relance"):
        migrations.migrate(journal.engine)


@pytest.mark.parametrize("statement", [sa.update(JOURNAL).values(actor="x"), sa.delete(JOURNAL)])
def test_the_database_itself_refuses_to_change_an_entry(journal, statement):
    journal.record(ATELIER, DUPONT, [PAID], actor="import")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), journal.engine.begin() as connection:
        connection.execute(statement)


def test_a_chain_knows_nobody_by_name(journal):
    journal.record(ATELIER, DUPONT, [PAID], actor="import")
    journal.emit([action(case="dupont/EUR")], on=date(2026, 3, 2), actor="run")
    with journal.engine.connect() as connection:
        chained = str(connection.execute(sa.select(JOURNAL)).all())
        assert "upont" not in chained
        assert "chèque" not in chained
        assert connection.execute(sa.select(sa.func.count()).select_from(PERSONAL)).scalar() == 2
        assert connection.execute(sa.select(PEOPLE.c.debtor)).scalars().all() == ["dupont"]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("nowhere/x.db", "no folder"),
        ("mysql://host/x", "not in 'mysql'"),
        ("nonsense://host/x", "not in 'nonsense'|is no address"),
        ("postgresql://nobody@127.0.0.1:1/x", "the journal's database said|cannot be opened"),
    ],
)
def test_what_is_no_place_for_a_journal(where, message, monkeypatch):
    monkeypatch.setattr("relance.journal.store._OPENING", 1)
    with pytest.raises(JournalError, match=message):
        Journal.open(where)


def test_a_file_that_is_no_journal(tmp_path):
    path = tmp_path / "x.db"
    path.write_bytes(b"not a database, but a text of some length" * 100)
    with pytest.raises(JournalError, match="not a journal"):
        Journal.open(path)
    with pytest.raises(JournalError, match="there is no journal"):
        Journal.open(tmp_path / "none.db", create=False)


def test_a_key_given_twice_in_one_call_is_written_once(journal):
    done = journal.record("atelier", "dupont", [PAID, PAID], actor="marie", keys=["k", "k"])
    assert (done.written, done.known) == (1, 1)


def test_the_same_debtor_twice_in_a_portfolio_repeats_nothing(journal):
    facts = Facts(ATELIER, DUPONT, (INVOICE,), (PAID,))
    assert journal.take_in([facts, facts], actor="import").written == 4
    assert len(list(journal.events(kinds=["payment.received"]))) == 1
    assert verification.verify(journal.engine).breaks == ()
