"""To which account money came is part of what it is: one account however a format writes it, two accounts, and one that is not stated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from bank_files import ACCOUNT, BANK, BRANCH, COLUMNS, IBAN, WRITERS, Moved

from relance import iban
from relance.importers import intake
from relance.importers.import_settings import Settings
from relance.importers.mapping import read_mapping
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Facts, Invoice
from relance.portfolio.matching_queue import queue
from relance.statements.accounts import account_number, same_account, several_accounts

TODAY = date(2026, 3, 2)
OTHER = "98765432109"
OTHER_IBAN = iban.of_rib(BANK, BRANCH, OTHER)
MAPPING = read_mapping(COLUMNS)[0]
PAID = Moved("300.00", "IMPRIMERIE LINDOR", "FACTURE F-2026-001")
#: One format of each kind that a journal tells apart.
KINDS = ("camt.053", "camt.054", "CFONB 120", "MT940", "OFX 1", "table")


@pytest.mark.parametrize(
    "told",
    [IBAN, "fr76 3000 6000 0112 3456 7890 189", f"{IBAN}EUR", f"BNPAFRPP/{IBAN}", "30006/00001/12345678901", "3000600001/12345678901EUR", "30006 00001 12345678901 89"],
)
def test_a_french_account_is_its_iban_however_it_is_written(told):
    assert account_number(told) == IBAN


def test_a_number_whose_key_is_wrong_is_no_other_accounts_iban():
    assert account_number("30006 00001 12345678901 88") == "30006000011234567890188"


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (IBAN, IBAN, True), (IBAN, OTHER_IBAN, False), (IBAN, ACCOUNT, True), (IBAN, OTHER, False), (IBAN, "", None), ("", "", None), (IBAN, "COMPTECOURANT", None),
        ("COMPTECOURANT", "LIVRETPRO", None), (IBAN, "XXXXXXX8901", None), (IBAN, "XXXXXXX8902", False), (IBAN, "30006", None), (IBAN, "0012345678901", True),
        ("DE89370400440532013000", "37040044/532013000", True), ("DE89370400440532013000", "37040044/532013001", False), ("DE89370400440532013000", "COBADEFF/0532013000", True),
        ("37040044/532013000", "532013000", True), ("532013000", "532013001", False),
        (IBAN, "1234567890", None), ("DE89370400440532013000", "53201300", None), (IBAN, "1234567890189", True),  # more figures follow; the account with its key
    ],
)  # fmt: skip
def test_whether_two_accounts_are_one(one, other, answer):
    assert same_account(one, other) is same_account(other, one) is answer


def test_several_accounts_are_two_that_are_surely_not_one():
    assert several_accounts({IBAN, ACCOUNT, OTHER_IBAN})
    assert not several_accounts({IBAN, ACCOUNT, "COMPTECOURANT", "XXX8901"})


def of_other(text: str) -> str:
    """Write a file as that of the other account."""
    return text.replace(IBAN, OTHER_IBAN).replace(ACCOUNT, OTHER)


def unstated(text: str) -> str:
    """Write an OFX file without its account."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(("<BANKID>", "<BRANCHID>", "<ACCTID>"))) + "\n"


def books(folder, *accounts: str) -> Journal:
    """Return a journal of one invoice of 1,200 euros; of accounts beyond the first, statements were read."""
    journal = Journal.open(folder / "relance.db", now=lambda: datetime(2026, 3, 2, tzinfo=UTC))
    invoice = Invoice("F-2026-001", date(2026, 2, 1), Decimal(1200), "EUR", issued=date(2026, 1, 2))
    journal.take_in([Facts(Creditor("atelier", "Atelier", iban=accounts[0]), Debtor("C1", "Imprimerie Lindor SAS"), (invoice,))], actor="test")
    for account in accounts[1:]:
        journal.statement_read(["atelier"], account, date(2026, 1, 31), actor="test")
    return journal


def take(journal: Journal, folder, name: str, text: str, encoding: str = "utf-8"):
    (folder / name).write_text(text, encoding)
    mapping = replace(MAPPING, creditor=replace(MAPPING.creditor, iban=OTHER_IBAN)) if name.startswith("other-") else MAPPING
    (tally,) = intake.take(journal, [intake.recognise(folder / name, mapping=mapping)], Settings(mapping, TODAY)).statements
    return tally


def left(journal: Journal) -> Decimal:
    (facts,) = journal.facts("atelier", "C1")
    return balances(facts, TODAY).outstanding["F-2026-001"]


@pytest.mark.parametrize("first", KINDS)
def test_equal_payments_of_one_day_are_one_on_one_account_and_two_on_two(tmp_path, first):
    with books(tmp_path, IBAN, OTHER_IBAN) as journal:
        before, day = Decimal(1200), date(2026, 2, 1)
        for second in (kind for kind in KINDS if kind != first):
            paid = [replace(PAID, on=day.isoformat(), amount="70.00")]
            for kind, made, prefix, part in ((first, str, "", "70.00"), (second, str, "", "0.00"), (second, of_other, "other-", "70.00"), (first, of_other, "other-", "0.00")):
                name, write, encoding = WRITERS[kind]
                tally = take(journal, tmp_path, prefix + name, made(write(paid)), encoding)
                assert (tally.matched, tally.reconciled) == ((1, 0) if part == "70.00" else (0, 1)), (second, prefix)
                before -= Decimal(part)
                assert left(journal) == before, (second, prefix)
            assert take(journal, tmp_path, prefix + name, made(write(paid)), encoding).known == 1
            day += timedelta(5)


@pytest.mark.parametrize("kind", ["camt.053", "camt.054", "CFONB 120", "MT940", "OFX 1"])
def test_two_accounts_in_one_format_whose_references_are_the_same_are_two(tmp_path, kind):
    name, write, encoding = WRITERS[kind]
    text = write([replace(PAID, reference="1")])
    with books(tmp_path, IBAN, OTHER_IBAN) as journal:
        for again in (False, True):
            for prefix, made in (("", text), ("other-", of_other(text))):
                tally = take(journal, tmp_path, prefix + name, made, encoding)
                assert (tally.matched, tally.known) == (not again, again)
        assert left(journal) == Decimal("600.00")


@pytest.mark.parametrize("kind", ["camt.053", "camt.054", "CFONB 120", "MT940", "table"])
@pytest.mark.parametrize("unstated_first", [True, False])
def test_an_account_that_is_not_stated_is_asked_about_where_the_creditor_has_several(tmp_path, kind, unstated_first):
    name, write, encoding = WRITERS[kind]
    files = [("a.ofx", unstated(WRITERS["OFX 1"][1]([PAID])), "cp1252"), (name, write([PAID]), encoding)]
    for place, accounts, asked in (("one", [IBAN], False), ("two", [IBAN, OTHER_IBAN], True)):
        (folder := tmp_path / place).mkdir()
        with books(folder, *accounts) as journal:
            for again in (False, True):
                tallies = [take(journal, folder, *each) for each in (files if unstated_first else files[::-1])]
                assert [one.for_a_person for one in tallies] == [0, asked]
                assert left(journal) == Decimal("900.00")
                assert not again or not any(one.matched or one.reconciled for one in tallies)
            assert len(queue(journal)) == asked


@pytest.mark.parametrize("same", [True, False])
def test_the_payers_reference_tells_apart_what_no_account_does(tmp_path, same):
    camt, ofx = WRITERS["camt.053"][1], WRITERS["MT940"][1]
    mt940 = ofx([replace(PAID, end_to_end="E-77" if same else "E-78")]).replace(f":25:{IBAN}", ":25:COMPTE COURANT")
    with books(tmp_path, IBAN, OTHER_IBAN) as journal:
        take(journal, tmp_path, "releve.xml", camt([replace(PAID, end_to_end="E-77")]))
        tally = take(journal, tmp_path, "releve.sta", mt940)
        assert (tally.reconciled, tally.matched, tally.for_a_person) == (same, not same, 0)


def test_what_a_person_said_of_an_account_that_is_not_stated_is_not_asked_again(tmp_path):
    from relance.portfolio.matching_queue import PaidPart, outcome_of, settle_payment, undo

    files = [("releve.xml", WRITERS["camt.053"][1]([PAID]), "utf-8"), ("a.ofx", unstated(WRITERS["OFX 1"][1]([PAID])), "cp1252")]
    with books(tmp_path, IBAN, OTHER_IBAN) as journal:
        for each in files:
            take(journal, tmp_path, *each)
        (waits,) = queue(journal)
        share = [PaidPart("C1", "F-2026-001", Decimal("300.00"))]
        settle_payment(journal, waits, share, outcome_of(share), on=TODAY, actor="anne")
        assert left(journal) == Decimal("600.00")
        assert [take(journal, tmp_path, *each).known for each in files] == [1, 1]
        (said,) = queue(journal, settled=True)
        undo(journal, said, on=TODAY, actor="anne")
        assert left(journal) == Decimal("900.00")
        assert [take(journal, tmp_path, *each).matched for each in files] == [0, 0]


@pytest.mark.parametrize("first", ["OFX 1", "CFONB 120"])
def test_a_reference_that_begins_anew_hides_no_payment_that_another_format_told(tmp_path, first):
    """January's `1` in camt, February's payment in another format, then February's camt, whose numbers begin at 1 again."""
    january, february = replace(PAID, on="2026-01-20", reference="1"), replace(PAID, on="2026-02-20", amount="300.00", reference="1")
    name, write, encoding = WRITERS[first]
    with books(tmp_path, IBAN) as journal:
        take(journal, tmp_path, "janvier.xml", WRITERS["camt.053"][1]([january]))
        take(journal, tmp_path, name, write([replace(february, reference="")]), encoding)
        for again in (False, True):
            tally = take(journal, tmp_path, "fevrier.xml", WRITERS["camt.053"][1]([february]))
            assert (tally.reconciled, tally.known) == (not again, again)
            assert left(journal) == Decimal("600.00")


@pytest.mark.parametrize("second", ["OFX 1", "CFONB 120", "MT940"])
def test_a_payment_and_its_return_under_one_reference_are_told_again_once_each(tmp_path, second):
    moved = [replace(PAID, reference="B7"), replace(PAID, amount="-300.00", text="IMPAYE F-2026-001", on="2026-02-25", back=True, reference="B7")]
    name, write, encoding = WRITERS[second]
    with books(tmp_path, IBAN) as journal:
        take(journal, tmp_path, "releve.xml", WRITERS["camt.053"][1](moved))
        for again in (False, True):
            tally = take(journal, tmp_path, name, write([replace(one, reference="") for one in moved]), encoding)
            assert (tally.reconciled, tally.known) == (2 * (not again), 2 * again)
            assert left(journal) == Decimal("1200.00")
