"""One list of movements means the same in every format a bank may tell it in: what is paid, undone, left alone, and how the lines add up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import bank_files
import pytest
from bank_files import COLUMNS, IBAN, WRITERS, Moved

from relance.importers import intake
from relance.importers.import_settings import Settings
from relance.importers.mapping import read_mapping
from relance.importers.rows import STATED
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Facts, Invoice
from relance.statements import camt

TODAY = date(2026, 3, 2)
ATELIER = Creditor("atelier", "Atelier", iban=IBAN)


def invoice(name: str, amount: str, due: str = "2026-02-01") -> Invoice:
    return Invoice(name, date.fromisoformat(due), Decimal(amount), "EUR", issued=date(2026, 1, 2))


BOOKS = (
    Facts(ATELIER, Debtor("C1", "Imprimerie Lindor SAS"), (invoice("F-2026-001", "1200.00"), invoice("F-2026-002", "300.00", "2026-02-05"))),
    Facts(ATELIER, Debtor("C2", "Société Bélair & Cie"), (invoice("F-2026-003", "450.00"),)),
    Facts(ATELIER, Debtor("C3", "Hotel Bel-Rive"), (invoice("F-2026-009", "60.00"),)),
)
MAPPING = read_mapping(COLUMNS)[0]


class House:
    """A journal, and files put into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal.open(folder / "j.db", now=lambda: datetime(2026, 3, 2, tzinfo=UTC))
        self.journal.take_in(BOOKS, actor="test")

    def take(self, *files: tuple[str, str, str]) -> intake.Outcome:
        sources = []
        for name, text, encoding in files:
            (self.folder / name).write_text(text, encoding)
            sources.append(intake.recognise(self.folder / name, mapping=MAPPING))
        return intake.take(self.journal, sources, Settings(MAPPING, TODAY))

    def say(self, form: str, *moved: Moved) -> intake.Outcome:
        name, write, encoding = WRITERS[form]
        outcome = self.take((name, write(list(moved)), encoding))
        for tally in outcome.statements:
            whole = tally.matched + tally.reconciled + tally.known + tally.announced + tally.for_a_person + tally.rejected + tally.passed_over.total()
            assert tally.movements == whole, tally
        return outcome

    @property
    def open(self) -> dict[str, str]:
        found = {}
        for facts in self.journal.facts():
            found |= {name: str(left) for name, left in balances(facts, TODAY).outstanding.items()}
        return found

    def events(self, kind: str) -> list:
        return [event for facts in self.journal.facts() for event in facts.events if event.kind == kind]


WHOLE = {"F-2026-001": "1200.00", "F-2026-002": "300.00", "F-2026-003": "450.00", "F-2026-009": "60.00"}


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


every = pytest.mark.parametrize("form", WRITERS)


@every
def test_a_payment_is_matched_and_read_again_changes_nothing(house, form):
    paid = Moved("1200.00", "IMPRIMERIE LINDOR", "VIREMENT FACTURE F-2026-001", "E2E-1")
    outcome = house.say(form, paid, Moved("-12.50", "", "FRAIS TENUE DE COMPTE"), Moved("77.00", "INCONNU", "DIVERS"))
    assert house.open == WHOLE | {"F-2026-001": "0.00"}
    assert [(one.matched, one.for_a_person, dict(one.passed_over)) for one in outcome.statements] == [(1, 1, {"money that went out": 1})]
    assert house.say(form, paid, Moved("-12.50", "", "FRAIS TENUE DE COMPTE"), Moved("77.00", "INCONNU", "DIVERS")).statements[0].matched == 0
    assert house.open == WHOLE | {"F-2026-001": "0.00"}


@every
def test_two_payments_of_one_sum_on_one_day_are_two(house, form):
    moved = [Moved("100.00", "IMPRIMERIE LINDOR", "ACOMPTE F-2026-001", "E2E-1"), Moved("100.00", "IMPRIMERIE LINDOR", "ACOMPTE F-2026-001", "E2E-2")]
    house.say(form, *moved)
    house.say(form, *moved)
    assert house.open["F-2026-001"] == "1000.00"


@every
def test_a_payment_that_came_back_reopens_what_it_paid(house, form):
    house.say(form, Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "MANDAT-77"))
    assert house.open["F-2026-003"] == "0.00"
    outcome = house.say(form, Moved("-450.00", "SOCIETE BELAIR", "F-2026-003", "MANDAT-77", on="2026-02-25", back=True))
    assert house.open == WHOLE, outcome
    house.say(form, Moved("-450.00", "SOCIETE BELAIR", "F-2026-003", "MANDAT-77", on="2026-02-25", back=True))
    assert house.open == WHOLE
    house.say(form, Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "MANDAT-78", on="2026-02-27"))
    assert house.open["F-2026-003"] == "0.00"


@every
def test_ones_own_money_that_came_back_pays_nothing(house, form):
    outcome = house.say(form, Moved("450.00", "ATELIER", "F-2026-003", back=True))
    assert house.open == WHOLE
    assert outcome.statements[0].passed_over == {"money of your own that came back": 1}
    assert "money of your own" in outcome.remarks[0].text


@every
def test_an_ordinary_debit_to_a_debtor_undoes_nothing(house, form):
    house.say(form, Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "E2E-1"))
    house.say(form, Moved("-450.00", "SOCIETE BELAIR", "ACHAT MATERIEL", "E2E-9", on="2026-02-25"))
    assert house.open["F-2026-003"] == "0.00"


@every
def test_the_ultimate_debtor_is_the_debtor(house, form):
    house.say(form, Moved("450.00", "AFFACTURAGE DU NORD", "REGLEMENT", "E2E-1", ultimate="SOCIETE BELAIR"))
    assert house.open["F-2026-003"] == "0.00"


@pytest.mark.parametrize("form", ["camt.053", "camt.053 v1", "camt.054", "CFONB 120", "MT940"])
def test_charges_that_the_bank_kept_were_paid(house, form):
    house.say(form, Moved("1190.00", "IMPRIMERIE LINDOR", "F-2026-001", "E2E-1", kept="10.00"))
    assert house.open["F-2026-001"] == "0.00"


@pytest.mark.parametrize("form", ["camt.053", "camt.053 v1", "camt.054", "CFONB 120", "MT940"])
def test_what_comes_back_with_the_banks_fee_is_undone_without_it(house, form):
    house.say(form, Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "MANDAT-77"))
    assert house.open["F-2026-003"] == "0.00"
    house.say(form, Moved("-458.00", "SOCIETE BELAIR", "F-2026-003", "MANDAT-77", on="2026-02-25", back=True, kept="8.00"))
    assert house.open == WHOLE


@every
def test_a_statement_says_how_far_it_reaches_and_a_notice_does_not(house, form):
    house.say(form, Moved("450.00", "SOCIETE BELAIR", "F-2026-003", on="2026-02-24"))
    read = [str(entry.on) for entry in house.journal.entries(kinds=("statement.read",))]
    assert read == ([] if form == "camt.054" else ["2026-02-24"])


#: Each format after half of the others and before the other half; the other way round is long.
pairs = pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(one, two, marks=() if (place + other) % 2 == (place < other) else pytest.mark.long)
        for place, one in enumerate(WRITERS)
        for other, two in enumerate(WRITERS)
        if one.split()[0] != two.split()[0]
    ],
)


@pairs
def test_two_files_of_two_formats_tell_one_payment_and_its_return_once(house, first, second):
    moved = [
        Moved("300.00", "IMPRIMERIE LINDOR", "F-2026-002", "E2E-1"), Moved("100.00", "IMPRIMERIE LINDOR", "ACOMPTE F-2026-001", "E2E-2"),
        Moved("100.00", "IMPRIMERIE LINDOR", "ACOMPTE F-2026-001", "E2E-3"), Moved("77.00", "INCONNU", "DIVERS"),
        Moved("-300.00", "IMPRIMERIE LINDOR", "F-2026-002", "E2E-1", on="2026-02-26", back=True),
    ]  # fmt: skip
    house.say(first, *moved)
    after = house.open
    assert after == WHOLE | {"F-2026-001": "1000.00"}
    outcome = house.say(second, *moved)
    assert house.open == after
    assert outcome.statements[0].reconciled == 4
    assert house.say(second, *moved).statements[0].reconciled == 0  # read again: known
    assert house.say(first, *moved).statements[0].matched == 0
    assert house.open == after


@pytest.mark.parametrize("order", [*permutations(["camt.053", "camt.054", "OFX 1"])], ids=" ".join)
def test_three_files_of_three_formats_tell_one_payment_once(house, order):
    moved = [
        Moved("100.00", "IMPRIMERIE LINDOR", "ACOMPTE F-2026-001"), Moved("100.00", "IMPRIMERIE LINDOR", "ACOMPTE F-2026-001", on="2026-02-21"),
        Moved("-100.00", "IMPRIMERIE LINDOR", "F-2026-001", on="2026-02-26", back=True),
    ]  # fmt: skip
    for form in (*order, *order):
        house.say(form, *moved)
        assert house.open == WHOLE | {"F-2026-001": "1100.00"}


@pytest.mark.parametrize("first", WRITERS)
def test_another_payment_of_the_same_sum_is_not_taken_for_a_known_one(house, first):
    second = "CFONB 120" if first != "CFONB 120" else "MT940"
    house.say(first, Moved("100.00", "IMPRIMERIE LINDOR", "ACOMPTE F-2026-001", "E2E-1"))
    house.say(second, Moved("100.00", "IMPRIMERIE LINDOR", "ACOMPTE F-2026-001", "E2E-1"), Moved("100.00", "SOCIETE BELAIR", "ACOMPTE F-2026-003", "E2E-2"))
    assert house.open == WHOLE | {"F-2026-001": "1100.00", "F-2026-003": "350.00"}
    house.say(second, Moved("100.00", "IMPRIMERIE LINDOR", "ACOMPTE F-2026-001", "E2E-4", on="2026-02-28"))
    assert house.open["F-2026-001"] == "1000.00"


def test_the_books_know_what_two_banks_told(house):
    """A payment of two bank files and of a list's column is one; the pair of the two banks takes nothing from the pair with the books."""
    house.say("camt.053", Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "E2E-1"))
    house.say("CFONB 120", Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "E2E-1"))
    kinds = sorted((event.kind, str(event.data["reference"])[:4]) for facts in house.journal.facts("atelier") for event in facts.events if "reference" in event.data)
    assert [kind for kind, _ in kinds] == ["payment.received", "payment.reconciled"]
    assert not any(reference.startswith(STATED) for _, reference in kinds)


# --------------------------------------------------------------------------- intraday reports


def test_an_intraday_report_announces_holds_and_is_counted_once(house):
    paid = Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "E2E-1", reference="BK1")
    report = ("jour.xml", bank_files.camt([paid], "052"), "utf-8")
    outcome = house.take(report)
    assert (house.open["F-2026-003"], outcome.statements[0].announced, outcome.doubts) == ("450.00", 1, [])
    assert [event.data["amount"] for event in house.events("payment.unmatched")] == [Decimal("450.00")]
    assert house.take(report).statements[0].known == 1
    house.say("camt.053", paid)
    assert house.open["F-2026-003"] == "0.00"
    assert [str(event.data["reference"]) for event in house.events("payment.matched")] == ["camt.052 BK1 E2E-1"]
    assert house.take(report).statements[0].known == 1
    assert house.open["F-2026-003"] == "0.00"
    assert not [entry for entry in house.journal.entries(kinds=("statement.read",)) if entry.on != date(2026, 2, 20)]


def test_what_was_announced_and_is_on_no_statement_is_told_and_still_holds(house):
    house.take(("jour.xml", bank_files.camt([Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "E2E-1")], "052"), "utf-8"))
    outcome = house.say("camt.053", Moved("60.00", "HOTEL BEL RIVE", "F-2026-009", on="2026-02-27"))
    assert "announced on 2026-02-20 and is on no statement" in outcome.remarks[0].text
    assert house.open["F-2026-003"] == "450.00"
    assert not house.events("payment.matched")


def test_what_is_pending_is_left_alone_and_counted(house):
    outcome = house.take(("jour.xml", bank_files.camt([Moved("450.00", "SOCIETE BELAIR", "F-2026-003")], "052", status="PDNG"), "utf-8"))
    assert (outcome.statements[0].passed_over, house.events("payment.unmatched")) == ({"not booked yet": 1}, [])


# --------------------------------------------------------------------------- batches


def test_the_sum_of_a_batch_and_its_notice_are_one_fact(house):
    parts = [Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "E2E-1", reference="LOT7"), Moved("60.00", "HOTEL BEL RIVE", "F-2026-009", "E2E-2", reference="LOT7")]
    total = f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>
    <Ntry><Amt Ccy="EUR">510.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-02-20</Dt></BookgDt><AcctSvcrRef>LOT7</AcctSvcrRef>
    <NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"""
    house.say("camt.054", *parts)
    outcome = house.take(("releve.xml", total, "utf-8"))
    assert (outcome.statements[0].reconciled, outcome.doubts) == (1, [])
    assert house.open == WHOLE | {"F-2026-003": "0.00", "F-2026-009": "0.00"}
    assert house.take(("releve.xml", total, "utf-8")).statements[0].known == 1


def test_the_sum_of_a_batch_alone_asks_for_the_notice(house):
    total = bank_files.camt([Moved("450.00")]).replace("<NtryDtls>", "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch></NtryDtls><X>").replace("</NtryDtls></Ntry>", "</X></Ntry>")
    outcome = house.take(("releve.xml", total, "utf-8"))
    assert "the sum of 2 payments" in outcome.doubts[0].reason
    assert house.open == WHOLE


@pytest.mark.parametrize("message", ["052", "053", "054"])
def test_every_version_of_a_camt_message_is_read_alike(tmp_path, message):
    told = set()
    for version in range(1, 14):
        path = tmp_path / "releve.xml"
        path.write_text(bank_files.camt([Moved("300.00", "IMPRIMERIE LINDOR", "FACTURE F-2026-001", "E-1", reference="B1")], message, f"001.{version:02d}"), "utf-8")
        (one,) = camt.read(path)
        told.add((one.account, one.on, one.amount, one.payer, one.text, one.mark, one.announced))
    assert told == {(IBAN, date(2026, 2, 20), Decimal("300.00"), "IMPRIMERIE LINDOR", "FACTURE F-2026-001", f"{'camt' if message == '053' else f'camt.{message}'} B1 E-1", message == "052")}
