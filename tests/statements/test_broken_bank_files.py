"""Bank files that are malformed, cut short or hostile: refused with their place, never half taken, never a traceback."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from bank_files import ACCOUNT, COLUMNS, IBAN, WRITERS, Moved, camt, cfonb, cfonb_more, cfonb_record, mt940, ofx
from hypothesis import given
from hypothesis import strategies as st

from relance.importers import bank_table
from relance.importers.intake import Form, recognise
from relance.importers.mapping import read_mapping
from relance.parsing.rejects import Reject, Unreadable
from relance.statements import banks
from relance.statements.transaction import PassedOver, Transaction, came_back

MAPPING = read_mapping(COLUMNS)[0]
PAID = Moved("450.00", "SOCIETE BELAIR", "F-2026-003", "E2E-1")
DAY = date(2026, 2, 20)


@pytest.fixture
def read(tmp_path):
    def answer(text: str | bytes, encoding: str = "utf-8"):
        path = tmp_path / "f"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        form = banks.format_of(path.read_bytes()[:65536])
        return list(form.read(path) if form else bank_table.read(path, MAPPING))

    return answer


@pytest.mark.parametrize("form", [name for name in WRITERS if name != "table"])
def test_a_file_is_known_by_what_stands_in_it(form):
    _, write, encoding = WRITERS[form]
    name = banks.format_of(write([PAID]).encode(encoding)).name
    assert name == ("camt" if form.startswith("camt") else "OFX" if form.startswith("OFX") else "MT940" if form.startswith("MT940") else form)


@pytest.mark.parametrize("form", WRITERS)
def test_a_file_that_is_cut_short_anywhere_books_no_half_amount(read, form):
    _, write, encoding = WRITERS[form]
    data = write([PAID, Moved("1200.00", "IMPRIMERIE LINDOR", "F-2026-001", "E2E-2")]).encode(encoding)
    for at in range(0, len(data), max(len(data) // 60, 1)):
        try:
            found = read(data[:at])
        except Unreadable:
            continue
        if form != "table":  # a table tells no sum: its last row may be cut in its last cell, which is none of the amount
            assert len([one for one in found if isinstance(one, Transaction)]) in (0, 2), at
        assert {str(one.amount) for one in found if isinstance(one, Transaction)} <= {"450.00", "1200.00"}


@given(st.data())
def test_bytes_that_were_changed_raise_nothing_unforeseen(tmp_path_factory, data):
    _, write, encoding = WRITERS[data.draw(st.sampled_from([name for name in WRITERS if name != "table"]))]
    made = bytearray(write([PAID, Moved("-12.00")]).encode(encoding))
    for _ in range(data.draw(st.integers(1, 6))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("f") / "f"
    path.write_bytes(bytes(made))
    form = banks.format_of(bytes(made[:65536]))
    if form is None:
        return
    with suppress(Unreadable):
        list(form.read(path))
        form.reach(path)


# --------------------------------------------------------------------------- CFONB 120


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda lines: [*lines[:-1], cfonb_record("07", DAY, Decimal("1450.01"))], "do not balance: 1000.00 and movements of 450.00 are not 1450.01"),
        (lambda lines: lines[:-1], "closing balance (record 07) is missing"),
        (lambda lines: lines[1:], "line 1 comes before any balance"),
        (lambda lines: [lines[0], "06" + lines[1][2:], *lines[2:]], "line 2 is no record of it"),
        (lambda lines: [lines[0], lines[1] + "X", *lines[2:]], "line 2 is no record of it"),
        (lambda lines: [lines[0], lines[1].replace(ACCOUNT, "99999999999"), *lines[2:]], "line 2 is of another account"),
        (lambda lines: [lines[0], lines[1][:103] + "?" + lines[1][104:], *lines[2:]], "is no amount"),
        (lambda lines: [lines[0], lines[1][:34] + "310226" + lines[1][40:], *lines[2:]], "'310226' is no day"),
        (lambda lines: [lines[0], cfonb_more(DAY, "LIB", "X"), *lines[1:]], "line 2 is no record of it"),
    ],
)
def test_a_statement_with_one_bad_line_is_refused_whole(read, changed, said):
    lines = cfonb([PAID]).splitlines()
    text = "\n".join(changed(lines))
    if banks.format_of(text.encode()) is None:
        return
    (found,) = read(text)
    assert isinstance(found, Reject)
    assert said in found.reason


def test_the_next_statement_of_the_file_is_read_all_the_same(read):
    good = cfonb([PAID])
    bad, one = read(good.replace("0000000004500{", "0000000004500A") + good)
    assert isinstance(bad, Reject)
    assert (one.amount, one.account, one.line) == (Decimal("450.00"), IBAN, len(good.splitlines()) + 2)


@pytest.mark.parametrize(("amount", "decimals", "currency"), [("450.00", 2, "EUR"), ("450", 0, "JPY"), ("1.234", 3, "TND"), ("0.01", 2, "EUR")])
@pytest.mark.parametrize("sign", [1, -1])
def test_an_amount_has_the_decimals_of_its_record_and_the_sign_of_its_last_character(read, amount, decimals, currency, sign):
    moved = sign * Decimal(amount)
    lines = [
        cfonb_record("01", DAY, Decimal(0), decimals=decimals, currency=currency),
        cfonb_record("04", DAY, moved, decimals=decimals, currency=currency, label="VIR", reject="" if sign > 0 else "51"),
        cfonb_record("07", DAY, moved, decimals=decimals, currency=currency),
    ]
    (one,) = read("\n".join(lines))
    assert (str(one.amount), one.currency, one.reversal) == (amount, currency, sign < 0)


def test_records_without_ends_of_line_and_braces_turned_french_are_read(read):
    text = cfonb([PAID])
    assert len(read(text.replace("\r\n", ""))) == 1
    assert len(read(text.replace("{", "é").replace("}", "è"), "cp1252")) == 1


@pytest.mark.parametrize(
    ("label", "back"),
    [("PRLV SEPA IMPAYE", True), ("REJET PRLV", True), ("CHEQUE IMPAYE 123", True), ("FRAIS IMPAYE", False), ("COMMISSION REJET PRLV", False), ("VIR SEPA EMIS", False), ("Retour chèque", True)],
)
def test_a_label_says_that_money_came_back_and_a_charge_is_none(read, label, back):
    assert came_back(label) is back
    lines = [cfonb_record("01", DAY, Decimal(0)), cfonb_record("04", DAY, Decimal("-10.00"), label=label), cfonb_record("07", DAY, Decimal("-10.00"))]
    (one,) = read("\n".join(lines))
    assert isinstance(one, Transaction if back else PassedOver)


# --------------------------------------------------------------------------- MT940, OFX, camt, a table


def test_mt940_sums_and_missing_balances_refuse_a_statement(read):
    (bad,) = read(mt940([PAID]).replace("EUR1450,00", "EUR1450,01"))
    assert "do not balance" in bad.reason
    (short,) = read("\n".join(line for line in mt940([PAID]).splitlines() if not line.startswith(":62F:")))
    assert "a balance is missing" in short.reason


def test_a_detail_of_megabytes_is_read_in_time(read):
    read(mt940([PAID]).replace("/REMI/F-2026-003", "/REMI/" + "F-2026-003 " * 100_000))
    read(ofx([PAID]).replace("<MEMO>", "<MEMO>" + "x" * 2_000_000))


def test_ofx_refuses_entities_depth_and_cells_that_are_none(read):
    for text, said in (
        (ofx([PAID], xml=True).replace("<OFX>", '<!DOCTYPE a [<!ENTITY b "c">]><OFX>'), "document type"),
        (ofx([PAID]).replace("<BANKTRANLIST>", "<A>" * 100 + "<BANKTRANLIST>"), "too deep"),
        ("OFXHEADER:100\n\n<OFX></OFX>", "no bank statement"),
    ):
        with pytest.raises(Unreadable, match=said):
            read(text)
    (bad,) = read(ofx([PAID]).replace("<TRNAMT>450.00", "<TRNAMT>4 50.00"))
    assert (bad.reason, bad.line) == ("the amount: '4 50.00' is none", bad.line)
    (comma,) = read(ofx([PAID]).replace("<TRNAMT>450.00", "<TRNAMT>+450,00"))
    assert comma.amount == Decimal("450.00")


def test_ofx_without_closing_tags_and_with_empty_cells(read):
    (one,) = read(ofx([PAID]).replace("<MEMO>", "<CHECKNUM>\n<PAYEE>\n<NAME>BELAIR SA\n<CITY>\n</PAYEE>\n<MEMO>"))
    assert (one.payer, one.account, one.text.split()[0]) == ("BELAIR SA", IBAN, "F-2026-003")


def test_a_message_without_a_statement_is_refused(read):
    with pytest.raises(Unreadable, match=r"camt\.054 message without a statement"):
        read(camt([PAID], "053").replace("camt.053", "camt.054"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("20/02/2026;20/02/2026;X;1,00;2,00;;", "a debit and a credit on one row"),
        ("20/02/2026;20/02/2026;X;;;;", "no amount"),
        (";;X;;2,00;;", "neither a booking nor a value date"),
        ("31/02/2026;;X;;2,00;;", "not a day of the calendar"),
        ("20/02/2026;;X;;-2,00;;", "a negative credit"),
        ("20/02/2026;;X;;2,0001;;", "more decimals than EUR"),
    ],
)
def test_rows_of_a_banks_table_that_say_nothing_or_two_things(read, row, said):
    (bad,) = read(f"Date;Valeur;Libellé;Débit;Crédit;Tiers;Référence\n{row}\n")
    assert isinstance(bad, Reject)
    assert said in bad.reason


@pytest.mark.parametrize(
    ("columns", "row", "amount", "reversal"),
    [
        ("booked: D, amount: M, text: L", "20/02/2026;450,00;VIR;", "450.00", False),
        ("booked: D, amount: M, text: L", "20/02/2026;-450,00;PRLV IMPAYE;", "450.00", True),
        ("booked: D, amount: M, side: S, text: L", "20/02/2026;450,00;VIR;C", "450.00", False),
        ("booked: D, amount: M, side: S, text: L", "20/02/2026;450,00;PRLV IMPAYE;D", "450.00", True),
        ("booked: D, amount: M, returned: S, text: L", "20/02/2026;-450,00;PRLV;oui", "450.00", True),
        ("booked: D, debit: M, text: L", "20/02/2026;-450,00;REJET;", "450.00", True),
    ],
)
def test_a_banks_table_says_its_sides_in_any_way(tmp_path, columns, row, amount, reversal):
    path = tmp_path / "f.csv"
    path.write_text(f"D;M;L;S\n{row}\n", "utf-8")
    mapping = read_mapping(f"schema: 1\nmapping: x\nbank:\n  columns: {{{columns}}}\n  values: {{side: {{C: credit, D: debit}}}}\n" if "side" in columns else f"schema: 1\nmapping: x\nbank:\n  columns: {{{columns}}}\n")[0]
    (one,) = bank_table.read(path, mapping)
    assert (str(one.amount), one.reversal) == (amount, reversal)


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ("D;M;L", Form.STATEMENT),
        ("D;M;Libellé", Form.STATEMENT),  # a header that the mapping names and the file has not is said
        ("id;debtor;amount;due", Form.TABLE),
        ("on;event;invoice", Form.TABLE),
        ("id;name;iban", Form.TABLE),
        ("id;D;M", Form.STATEMENT),
    ],
)
def test_a_mapping_of_a_banks_table_alone_leaves_a_portfolios_own_tables_what_they_are(tmp_path, headers, form):
    path = tmp_path / "f.csv"
    path.write_text(f"{headers}\n1;2;3;4\n", "utf-8")
    mapping = read_mapping("schema: 1\nmapping: x\nbank:\n  columns: {booked: D, amount: M, text: L}\n")[0]
    assert recognise(path, mapping=mapping).form is form
