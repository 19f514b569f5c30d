"""The FEC: sales, payments, credit notes and losses of customers' accounts, matched by letter; and everything that can be wrong with one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.importers import fec, intake, portfolio_files
from relance.importers.columns import ColumnMapping
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor
from relance.parsing.rejects import Reject, Unreadable

TERMS = ColumnMapping(terms="30 jours")
JOURNALS = {"VE": "Ventes", "BQ": "Banque", "AN": "A nouveaux", "OD": "Opérations diverses"}


def line(code, number, day, account, debit="0", credit="0", *, aux="", piece="", letter="", let_day="", foreign="", currency=""):
    names = {"C1": "Société Générale d'Étanchéité", "C2": 'Vis 5" et Cie'}
    return [code, JOURNALS[code], number, day, account, "Clients", aux, names.get(aux, ""), piece, day if piece else "", f"Écriture {number}",
            debit, credit, letter, let_day, day, foreign, currency]  # fmt: skip


def sale(number, day, aux, piece, ttc, letter="", **more):
    cents = int(ttc.replace(",", ""))
    part = f"{cents * 5 // 6 / 100:.2f}".replace(".", ",")
    rest = f"{(cents - cents * 5 // 6) / 100:.2f}".replace(".", ",")
    return [
        line("VE", number, day, "411000", debit=ttc, aux=aux, piece=piece, letter=letter, **more),
        line("VE", number, day, "706000", credit=part, piece=piece),
        line("VE", number, day, "445710", credit=rest, piece=piece),
    ]


def paid(number, day, aux, amount, letter="", piece="", **more):
    return [
        line("BQ", number, day, "512000", debit=amount, piece=piece),
        line("BQ", number, day, "411000", credit=amount, aux=aux, letter=letter, piece=piece, **more),
    ]


@pytest.fixture
def fold(tmp_path):
    """Return a function that writes lines as a FEC and reads it into a portfolio."""

    def read(*entries, encoding="utf-8", sign="\t", headers=fec.COLUMNS, mapping=TERMS, not_after=None):
        rows = [list(headers), *(one for entry in entries for one in entry)]
        (tmp_path / "a.fec").write_bytes("\r\n".join(sign.join(row) for row in rows).encode(encoding))
        found = list(fec.read(tmp_path / "a.fec", mapping))
        tables = {name: [one.row for one in found if isinstance(one, fec.Found) and one.table == name] for name in ("invoices", "events")}
        tables["invoices"] += [one for one in found if isinstance(one, Reject)]
        return portfolio_files.build(tables, mapping=mapping, not_after=not_after, any_debtor=True)

    return read


def told(facts):
    return [(one.kind, one.on.isoformat(), one.invoice, one.currency, str(one.data.get("amount"))) for one in facts.events]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
@pytest.mark.parametrize("sign", ["\t", "|"])
def test_a_sale_is_an_invoice_due_by_the_terms(fold, encoding, sign):
    found = fold(sale("1", "20260102", "C1", "F-1", "1200,00"), encoding=encoding, sign=sign)
    assert not found.rejects
    (facts,) = found.facts
    assert (facts.debtor.id, facts.debtor.name) == ("C1", "Société Générale d'Étanchéité")
    (invoice,) = facts.invoices
    assert (invoice.id, invoice.issued, invoice.due) == ("F-1", date(2026, 1, 2), date(2026, 2, 1))
    assert (invoice.amount, invoice.currency) == (Decimal("1200.00"), "EUR")


def test_amount_and_side_are_read_as_well_as_debit_and_credit(fold):
    headers = ["Montant" if one == "Debit" else "Sens" if one == "Credit" else one for one in fec.COLUMNS]

    def turned(entry, plus, minus):
        return [[*one[:11], one[11] if one[11] != "0" else one[12], plus if one[11] != "0" else minus, *one[13:]] for one in entry]

    for plus, minus in (("D", "C"), ("+1", "-1")):
        entries = (
            turned(sale("1", "20260102", "C1", "F-1", "1200,00", "A"), plus, minus),
            turned(paid("2", "20260115", "C1", "1200,00", "A"), plus, minus),
        )
        found = fold(*entries, headers=headers)
        assert not found.rejects
        assert told(found.facts[0]) == [("payment.received", "2026-01-15", "F-1", None, "1200.00")]


def test_a_quotation_mark_is_a_letter_like_any_other(fold):
    found = fold(sale("1", "20260102", "C2", '"F-1', "12,00"), sale("2", "20260102", "C2", 'F-2"', "12,00"))
    assert not found.rejects
    assert [one.id for one in found.facts[0].invoices] == ['"F-1', 'F-2"']
    assert found.facts[0].debtor.name == 'Vis 5" et Cie'


def test_the_letter_says_what_settles_what(fold):
    found = fold(
        sale("1", "20260102", "C1", "F-1", "100,00"),
        sale("2", "20260103", "C1", "F-2", "200,00", "AA"),
        sale("3", "20260104", "C1", "F-3", "50,00", "AA"),
        paid("1", "20260201", "C1", "250,00", "AA"),
        paid("2", "20260202", "C1", "30,00"),
    )
    assert told(found.facts[0]) == [
        ("payment.received", "2026-02-01", "F-2", None, "200.00"),
        ("payment.received", "2026-02-01", "F-3", None, "50.00"),
        ("payment.received", "2026-02-02", None, "EUR", "30.00"),
    ]


def test_a_letter_used_again_joins_what_comes_later(fold):
    found = fold(
        sale("1", "20260102", "C1", "F-1", "100,00", "A"), paid("1", "20260103", "C1", "100,00", "A"),
        sale("2", "20260104", "C1", "F-2", "100,00", "A"), paid("2", "20260105", "C1", "100,00", "A"),
    )  # fmt: skip
    assert [one[:3] for one in told(found.facts[0])] == [
        ("payment.received", "2026-01-03", "F-1"),
        ("payment.received", "2026-01-05", "F-2"),
    ]


@pytest.mark.parametrize("letters", ["AAA", "AA ", "   ", " BB"])
def test_a_bounced_payment_opens_its_invoice_again(fold, letters):
    first, second, third = (letter.strip() for letter in letters)
    bounced = [
        line("BQ", "8", "20260210", "411000", debit="100,00", aux="C1", letter=third),
        line("BQ", "8", "20260210", "512000", credit="100,00"),
    ]
    (facts,) = fold(sale("1", "20260102", "C1", "F-1", "100,00", first), paid("1", "20260201", "C1", "100,00", second), bounced).facts
    assert balances(facts, date(2026, 2, 9)).outstanding == {"F-1": 0}
    assert balances(facts, date(2026, 2, 10)).outstanding == {"F-1": 100}


def test_a_credit_note_and_a_loss_are_no_payments(fold):
    credit = [
        line("VE", "2", "20260110", "411000", credit="20,00", aux="C1", piece="A-1", letter="B"),
        line("VE", "2", "20260110", "706000", debit="20,00"),
    ]
    loss = [
        line("OD", "3", "20260301", "411000", credit="80,00", aux="C1", letter="B"),
        line("OD", "3", "20260301", "654000", debit="80,00"),
    ]
    found = fold(sale("1", "20260102", "C1", "F-1", "100,00", "B"), credit, loss)
    assert told(found.facts[0]) == [
        ("credit_note.issued", "2026-01-10", "F-1", None, "20.00"),
        ("written_off", "2026-03-01", "F-1", None, "80.00"),
    ]


def test_a_letter_whose_other_half_is_in_another_file_is_settled_on_its_day(fold):
    found = fold(
        sale("1", "20260102", "C1", "F-1", "100,00", "A", let_day="20270115"),
        sale("2", "20260102", "C1", "F-2", "100,00", "b", let_day="20260102"),
    )
    assert told(found.facts[0]) == [("payment.received", "2027-01-15", "F-1", None, "100.00")]


def test_a_foreign_invoice_is_claimed_in_its_currency_and_paid_by_its_letter(fold):
    found = fold(
        sale("1", "20260102", "C1", "F-1", "900,00", "A", foreign="1000,00", currency="USD"),
        paid("1", "20260201", "C1", "900,00", "A"),
    )
    (facts,) = found.facts
    assert (facts.invoices[0].amount, facts.invoices[0].currency) == (Decimal("1000.00"), "USD")
    assert told(facts) == [("payment.received", "2026-02-01", "F-1", None, "1000.00")]


def test_several_due_parts_of_one_piece_are_one_invoice_and_customers_without_aux_are_told_apart(fold):
    entry = [
        line("VE", "1", "20260102", "411DUPONT", debit="60,00", piece="F-1"),
        line("VE", "1", "20260102", "411DUPONT", debit="60,00", piece="F-1"),
        line("VE", "1", "20260102", "706000", credit="120,00"),
    ]
    (facts,) = fold(entry).facts
    assert (facts.debtor.id, [one.amount for one in facts.invoices]) == ("411DUPONT", [Decimal("120.00")])


def test_an_entry_whose_lines_are_scattered_is_still_one(fold):
    one, two = sale("1", "20260102", "C1", "F-1", "100,00"), sale("2", "20260102", "C1", "F-2", "60,00")
    found = fold([one[0], two[0], one[1], two[1], one[2], two[2]])
    assert not found.rejects
    assert {invoice.id for invoice in found.facts[0].invoices} == {"F-1", "F-2"}


def test_a_transfer_between_a_customers_accounts_is_nothing(fold):
    entry = [
        line("OD", "1", "20260102", "411000", credit="10,00", aux="C1"),
        line("OD", "1", "20260102", "416000", debit="10,00", aux="C1"),
    ]
    found = fold(entry, mapping=ColumnMapping(terms="30 jours", accounts=("411", "416")))
    assert (found.facts, found.rejects) == ((), ())


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (sale("1", "20260102", "C1", "F-1", "100,00")[:2], "the entry VE 1 does not balance: 16.67 too much debit"),
        ([*sale("1", "20260102", "C1", "F-1", "100,00")[:2], ["VE", "Ventes", "1"]], "3 cells where a FEC has 18: the line may be cut short"),
        ([*sale("1", "20260102", "C1", "F-1", "100,00"), line("VE", "2", "20260102", "411000", debit="dix", aux="C1")], "'dix' is not an amount"),
        (sale("1", "20260231", "C1", "F-1", "100,00"), "'20260231' is not a date"),
        ([line("AN", "1", "20260101", "411000", debit="9,00", aux="C1"), line("AN", "1", "20260101", "890000", credit="9,00")], "opening balance that names no"),
        ([line("OD", "1", "20260101", "411000", debit="9,00", aux="C1"), line("OD", "1", "20260101", "467000", credit="9,00")], "neither sale nor bank"),
        (sale("1", "20260102", "C1", "F-1", "1,00", foreign="1,00", currency="XQZ"), "'XQZ' is not a currency code"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_for_sure_is_a_reject_and_the_rest_goes_on(fold, entry, reason):
    found = fold(entry, sale("9", "20260105", "C2", "F-9", "60,00"))
    assert any(reason in one.reason for one in found.rejects), found.rejects
    assert all(one.line > 0 for one in found.rejects)
    assert "F-9" in [invoice.id for facts in found.facts for invoice in facts.invoices]


def test_an_invoice_known_with_another_amount_is_a_conflict(fold):
    found = fold(sale("1", "20260102", "C1", "F-1", "100,00"), sale("2", "20260102", "C1", "F-1", "120,00"))
    assert [one.reason for one in found.rejects] == ["'F-1' is already on line 2 of a.fec with another amount, 100.00"]


def test_the_future_is_a_reject(fold):
    found = fold(sale("1", "20270102", "C1", "F-1", "100,00"), not_after=date(2026, 3, 2))
    assert [one.reason for one in found.rejects] == ["issued on 2027-01-02, in the future"]


def test_a_fec_needs_terms_and_its_columns(tmp_path):
    path = tmp_path / "a.fec"
    path.write_text("\t".join(fec.COLUMNS) + "\n")
    with pytest.raises(Unreadable, match="payment terms"):
        list(fec.read(path))
    path.write_text("JournalCode\tEcritureNum\n1\t2\n")
    with pytest.raises(Unreadable, match="not a FEC: it has no column JournalLib"):
        list(fec.read(path, TERMS))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["C1", "C2"]), st.integers(1, 99999), st.sampled_from(["", "A", "B"]), st.integers(0, 3), st.integers(1, 28)
        ),
        max_size=12,
    )
)
def test_money_is_neither_made_nor_lost(fold, draws):
    """What a customer owes by the facts is what the ledger's lines add up to, whatever the letters say."""
    entries, owed = [], {"C1": 0, "C2": 0}
    for number, (aux, cents, letter, what, day) in enumerate(draws):
        amount = f"{cents // 100},{cents % 100:02d}"
        on = f"202601{day:02d}"
        if what < 2:
            entries.append(sale(str(number), on, aux, f"F-{number}", amount, letter))
        elif what == 2:
            entries.append(paid(str(number), on, aux, amount, letter))
        else:
            entries.append(
                [
                    line("BQ", str(number), on, "411000", debit=amount, aux=aux, letter=letter),
                    line("BQ", str(number), on, "512000", credit=amount),
                ]
            )
        owed[aux] += -cents if what == 2 else cents
    found = fold(*entries)
    assert not found.rejects
    signs = {"payment.received": -1, "payment.reversed": 1}
    for facts in found.facts:
        total = sum(one.amount for one in facts.invoices) + sum(signs[one.kind] * one.data["amount"] for one in facts.events)
        assert total * 100 == owed.pop(facts.debtor.id)
    assert not any(owed.values())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_fec_is_rejects_never_a_crash(tmp_path, data):
    rows = [list(fec.COLUMNS), *sale("1", "20260102", "C1", "F-1", "100,00", "A"), *paid("1", "20260201", "C1", "100,00", "A")]
    text = bytearray("\n".join("\t".join(row) for row in rows).encode("latin-1"))
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at] = data.draw(st.sampled_from(b'\t\n"|;9x,-\xe9\xc3\x00\xff '))
    cut = data.draw(st.integers(1, len(text)))
    (tmp_path / "a.fec").write_bytes(bytes(text[:cut]))
    try:
        found = list(fec.read(tmp_path / "a.fec", TERMS))
    except Unreadable as error:
        assert str(error)  # noqa: PT017 - a sentence, whatever it is
        return
    assert all(one.line >= 1 and one.reason for one in found if isinstance(one, Reject))


# --------------------------------------------------------------------------- what the books say, beside what is known


@pytest.fixture
def books(tmp_path, clock):
    """Return a function that imports FECs (lists of entries) and statements (text), one after the other, and says what is open and was paid."""

    def take(*files):
        with Journal.open(tmp_path / f"{len(list(tmp_path.iterdir()))}.db", now=clock) as journal:
            journal.record(Creditor("c", "Atelier", iban="FR7630006000011234567890189"), Debtor("nobody"), actor="import")
            outcomes = []
            for place, content in enumerate(files):
                path = tmp_path / f"{place}.{'xml' if isinstance(content, str) else 'txt'}"
                text = content if isinstance(content, str) else "\r\n".join("\t".join(row) for row in [list(fec.COLUMNS), *(one for entry in content for one in entry)])
                path.write_text(text, "utf-8")
                outcomes.append(intake.take(journal, [intake.recognise(path)], intake.Settings(TERMS, not_after=date(2026, 12, 31))))
            left: dict[str, str] = {}
            paid_ = Decimal(0)
            for facts in journal.facts():
                left |= {key: str(amount) for key, amount in balances(facts, date(2026, 12, 31)).outstanding.items() if amount}
                paid_ += sum((event.data["amount"] * (1 if event.kind == "payment.received" else -1) for event in facts.events if event.kind in ("payment.received", "payment.reversed")), Decimal(0))
            return left, str(paid_), outcomes

    return take


def statement(*paid_: tuple[str, str, str]) -> str:
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>R{place}</AcctSvcrRef>'
        f"<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Vis 5 et Cie</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for place, (day, amount, text) in enumerate(paid_)
    )
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id>'
        f"<IBAN>FR7630006000011234567890189</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"
    )


def test_a_partial_letter_invents_no_payment(books):
    partly = [sale("1", "20251101", "C2", "FA-1", "1200,00", "a", let_day="20260115"), paid("2", "20251215", "C2", "400,00", "a", let_day="20260115")]
    assert books(partly)[:2] == ({"FA-1": "800.00"}, "400.00")
    alone = [sale("1", "20251101", "C2", "FA-1", "1200,00", "A", let_day="20260115")]
    assert books(alone)[:2] == ({}, "1200.00")  # paid by what the next year's file holds …
    assert books(alone, [paid("9", "20260110", "C2", "1200,00", "A")])[:2] == ({}, "1200.00")  # … and counted once when that comes


def test_an_invoice_booked_in_several_parts_is_one_whose_parts_are_paid_one_by_one(books):
    parts = sale("1", "20260201", "C2", "FA-1", "1200,00")
    first = line("VE", "1", "20260201", "411000", debit="600,00", aux="C2", piece="FA-1", letter="A")
    second = line("VE", "1", "20260201", "411000", debit="600,00", aux="C2", piece="FA-1")
    entry = [first, second, *parts[1:]]
    assert books([entry, paid("2", "20260301", "C2", "600,00", "A")])[:2] == ({"FA-1": "600.00"}, "600.00")
    unlettered = [sale("1", "20260201", "C2", "FA-1", "1200,00")]
    assert books(unlettered, [entry, paid("2", "20260301", "C2", "600,00", "A")])[:2] == ({"FA-1": "600.00"}, "600.00")


@pytest.mark.parametrize(("piece", "label"), [("FA-1", ""), ("IMP FA-1", "")])
def test_a_bounced_cheque_without_a_letter_reopens_what_its_piece_names(books, piece, label):
    back = [line("BQ", "5", "20260415", "411000", debit="1200,00", aux="C2", piece=piece), line("BQ", "5", "20260415", "512000", credit="1200,00", piece=piece)]
    first = [sale("1", "20260201", "C2", "FA-1", "1200,00", "A"), paid("2", "20260305", "C2", "1200,00", "A")]
    other = [sale("3", "20260310", "C2", "FA-2", "1500,00", "B"), paid("4", "20260401", "C2", "1500,00", "B")]
    assert books([*first, *other, back])[0] == {"FA-1": "1200.00"}


def test_a_loss_without_a_letter_ends_the_invoice_it_names_and_never_the_debtor(books):
    def loss(piece):
        return [line("OD", "9", "20260601", "411000", credit="1200,00", aux="C2", piece=piece), line("OD", "9", "20260601", "654000", debit="1200,00", piece=piece)]

    both = [sale("1", "20260201", "C2", "FA-1", "1200,00"), sale("2", "20260201", "C2", "FA-2", "1200,00")]
    for piece, rejects in (("FA-1", 0), ("OD-9", 1)):
        left, _, outcomes = books([*both, loss(piece)])
        assert len(outcomes[0].rejects) == rejects
        assert "FA-2" in left


@pytest.mark.parametrize(("piece", "left"), [("FA-1", {"FA-2": "1200.00"}), ("OD-9", {"FA-1": "1200.00", "FA-2": "1200.00"})])
def test_a_doubtful_debt_is_owed_until_it_is_lost_and_its_loss_ends_one_invoice(fold, piece, left):
    """Moved from 411 to 416, both the customer's: nothing is paid or lost; then 654 against 416 ends what its piece names, or is asked about."""
    moved = [line("OD", "7", "20260301", "416000", debit="1200,00", aux="C2", piece="FA-1"), line("OD", "7", "20260301", "411000", credit="1200,00", aux="C2", piece="FA-1")]
    loss = [line("OD", "9", "20260601", "654000", debit="1200,00", piece=piece), line("OD", "9", "20260601", "416000", credit="1200,00", aux="C2", piece=piece)]
    found = fold(sale("1", "20260201", "C2", "FA-1", "1200,00"), sale("2", "20260201", "C2", "FA-2", "1200,00"), moved, loss, mapping=ColumnMapping(terms="30 jours", accounts=("411", "416")))
    (facts,) = found.facts
    known = balances(facts, date(2026, 12, 31))
    ended = {one.invoice for one in facts.events if one.kind == "written_off" and (one.on, one.seq) not in known.partly}
    assert {name: str(amount) for name, amount in known.outstanding.items() if amount and name not in ended} == left
    assert len(found.rejects) == (piece == "OD-9")


def test_the_opening_entry_of_a_year_repeats_what_the_year_before_told(books):
    year = [sale("1", "20251001", "C2", "FA-1", "1200,00"), paid("2", "20251115", "C2", "400,00", piece="VIR1")]
    opening = [
        line("AN", "1", "20260101", "411000", debit="1200,00", aux="C2", piece="FA-1"), line("AN", "1", "20260101", "411000", credit="400,00", aux="C2", piece="VIR1"),
        line("AN", "1", "20260101", "101000", credit="800,00"),
    ]  # fmt: skip
    opening[0][9], opening[1][9] = "20251001", "20251115"
    assert books(year, [opening])[:2] == ({"FA-1": "800.00"}, "400.00")
    assert books([opening])[:2] == ({"FA-1": "800.00"}, "400.00")
    twice = [*year, paid("3", "20251120", "C2", "400,00", piece="VIR2")]
    assert books(twice, [opening])[:2] == ({"FA-1": "400.00"}, "800.00")


def test_an_opening_entry_may_bring_forward_what_is_open_alone_or_bear_its_own_day(books):
    year = [sale("1", "20251201", "C2", "FA-1", "1200,00"), paid("2", "20251215", "C2", "400,00", piece="VIR1")]

    def opening(amount, day):
        lines = [line("AN", "1", "20260101", "411000", debit=amount, aux="C2", piece="FA-1"), line("AN", "1", "20260101", "101000", credit=amount)]
        lines[0][9] = day
        return [lines]

    for amount, day in (("800,00", "20251201"), ("1200,00", "20260101"), ("800,00", "20260101")):
        left, money, outcomes = books(year, opening(amount, day))
        assert (left, money, outcomes[1].rejects) == ({"FA-1": "800.00"}, "400.00", [])
    assert [one.reason[:40] for one in books(year, opening("700,00", "20251201"))[2][1].rejects] == ["invoice 'FA-1' is known with another amo"]


def brought_forward(amount, piece, *, number="1", aux="C2", day="20260101"):
    lines = [line("AN", number, "20260101", "411000", debit=amount, aux=aux, piece=piece), line("AN", number, "20260101", "101000", credit=amount)]
    lines[0][9] = day if piece else ""
    return lines


def test_the_books_of_a_year_given_again_after_a_payment_bring_forward_what_they_did(books):
    """What was open as the year began is no other amount of the invoice, because some of it was paid since."""
    before = [sale("1", "20251201", "C2", "FA-1", "1200,00"), paid("2", "20251215", "C2", "500,00", piece="V1")]
    january = [brought_forward("700,00", "FA-1")]
    march = [*january, paid("9", "20260301", "C2", "300,00", piece="FA-1")]
    renumbered = [brought_forward("700,00", "FA-1", number="71"), paid("72", "20260301", "C2", "300,00", piece="FA-1")]
    for files in ((before, january, march, march), (before, march, march), (before, march, renumbered, march)):
        left, money, outcomes = books(*files)
        assert (left, money) == ({"FA-1": "400.00"}, "800.00")
        assert not any(one.rejects for one in outcomes)


@pytest.mark.parametrize("piece", ["AN", "AN2026", "RAN-2026", "A nouveau", "À NOUVEAUX 2026", "Report à nouveau", "Solde d'ouverture", "OUVERTURE"])
def test_a_piece_that_stands_for_the_opening_as_a_whole_names_no_invoice(books, piece):
    left, _, outcomes = books([brought_forward("700,00", piece)])
    assert left == {}
    assert [one.reason for one in outcomes[0].rejects] == ["an opening balance that names no invoice: import the year before, or the list of open invoices"]


def test_a_piece_that_several_customers_share_in_an_opening_entry_names_no_invoice_of_theirs(books):
    both = [brought_forward("700,00", "X-77"), brought_forward("90,00", "X-77", aux="C1")]
    entry = [one for lines in both for one in lines]
    left, _, outcomes = books([entry])
    assert (left, len(outcomes[0].rejects)) == ({}, 2)
    assert books([both[0]])[0] == {"X-77": "700.00"}  # one customer's, it is his invoice
    assert books([sale("1", "20251201", "C2", "X-77", "700,00")], [entry])[0] == {"X-77": "700.00"}  # and one that is known stays so


def test_an_opening_entry_under_another_number_is_not_a_second_claim(books):
    """The year before was read, and would have told it; or the sum is open already, and nothing says that it is another's."""
    sold = sale("1", "20251201", "C2", "FA-1", "700,00")
    told = "an opening entry brings forward X-77, which the books of the year before, read already, do not tell: for a person"
    for opening in (brought_forward("700,00", "X-77"), brought_forward("55,00", "X-77", day="20251105")):
        left, _, outcomes = books([sold], [opening])
        assert (left, [one.reason for one in outcomes[1].rejects]) == ({"FA-1": "700.00"}, [told])
    old = sale("1", "20250301", "C2", "FA-1", "700,00")
    left, _, outcomes = books([old], [brought_forward("700,00", "X-77")])
    assert (left, [one.reason for one in outcomes[1].rejects]) == (
        {"FA-1": "700.00"}, ["an opening entry brings forward 700.00 as X-77, and just that is open already under another number: for a person"],
    )  # fmt: skip
    for opening in (brought_forward("700,00", "X-77", day="20251105"), brought_forward("55,00", "X-77")):  # of its own day, or of its own sum
        left, _, outcomes = books([old], [opening])
        assert (len(left), outcomes[1].rejects) == (2, [])


def test_two_part_payments_of_one_debtor_in_one_opening_entry_are_two(books):
    year = [sale("1", "20251001", "C2", "FA-1", "1200,00"), paid("2", "20251115", "C2", "400,00", piece="V1"), paid("3", "20251120", "C2", "300,00", piece="V2")]
    opening = [
        line("AN", "1", "20260101", "411000", debit="1200,00", aux="C2", piece="FA-1"), line("AN", "1", "20260101", "411000", credit="400,00", aux="C2", piece="V1"),
        line("AN", "1", "20260101", "411000", credit="300,00", aux="C2", piece="V2"), line("AN", "1", "20260101", "101000", credit="500,00"),
    ]  # fmt: skip
    opening[0][9] = "20251001"
    for order in ((year, [opening]), ([opening], year)):
        assert books(*order)[:2] == ({"FA-1": "500.00"}, "700.00")


def test_a_payment_in_the_books_and_on_the_statement_is_one_and_two_of_one_sum_stay_two(books):
    year = [sale("1", "20260201", "C2", "FA-2026-001", "1200,00"), sale("2", "20260201", "C2", "FA-2026-002", "800,00")]
    bank = paid("3", "20260305", "C2", "500,00")
    said = statement(("2026-03-06", "500.00", "acompte FA-2026-001"))
    for order in (([*year, bank], said), (year, said, [*year, bank]), ([*year, bank], said, [*year, bank], said)):
        assert books(*order)[1] == "500.00"
    two = statement(("2026-03-06", "500.00", "acompte FA-2026-001"), ("2026-03-06", "500.00", "acompte FA-2026-002"))
    for order in (([*year, bank, paid("4", "20260305", "C2", "500,00")], two), (year, two, [*year, bank, paid("4", "20260305", "C2", "500,00")])):
        assert books(*order)[1] == "1000.00"
    late = statement(("2026-03-20", "500.00", "acompte FA-2026-001"))
    assert books([*year, bank], late)[1] == "1000.00"


def test_one_transfer_of_the_bank_is_one_payment_in_the_books_however_it_is_lettered(books):
    year = [sale("1", "20260201", "C2", "FA-2026-001", "1200,00", "A"), sale("2", "20260201", "C2", "FA-2026-002", "300,00", "B")]
    bank = [
        line("BQ", "3", "20260305", "512000", debit="1500,00"), line("BQ", "3", "20260305", "411000", credit="1200,00", aux="C2", letter="A"),
        line("BQ", "3", "20260305", "411000", credit="300,00", aux="C2", letter="B"),
    ]  # fmt: skip
    said = statement(("2026-03-05", "1500.00", "FA-2026-001 FA-2026-002026-002"))
    plain_ = [sale("1", "20260201", "C2", "FA-2026-001", "1200,00"), sale("2", "20260201", "C2", "FA-2026-002", "300,00")]
    assert books([*year, bank], said)[:2] == ({}, "1500.00")
    assert books(plain_, said, [*year, bank])[:2] == ({}, "1500.00")


def test_entries_that_were_numbered_anew_are_the_same(books):
    year = [sale("1", "20260201", "C2", "FA-1", "1200,00"), paid("7", "20260305", "C2", "500,00")]
    again = [sale("1", "20260201", "C2", "FA-1", "1200,00"), paid("8", "20260305", "C2", "500,00")]
    assert books(year, again)[:2] == ({"FA-1": "700.00"}, "500.00")
    more = [*year, paid("8", "20260305", "C2", "500,00")]  # a second one, beside the first
    assert books(year, more)[:2] == ({"FA-1": "200.00"}, "1000.00")


# --------------------------------------------------------------------------- due dates beside the eighteen columns

DUE_HEADERS = ["EcheanceDate", "DateEcheance", "Date d'échéance", "Due date", "DATE ECHEANCE"]


def by_due(dues, parts, letters=("", "", ""), labels=None):
    """Return the lines of a sale of F-1 to C1 in several parts, with the due date of each beside the eighteen columns."""
    total = sum(int(part.replace(",", "")) for part in parts)
    rows = [line("VE", "1", "20260102", "411000", debit=part, aux="C1", piece="F-1", letter=letter) for part, letter in zip(parts, letters, strict=False)]
    for row, label in zip(rows, labels or (), strict=False):
        row[10] = label
    rows.append(line("VE", "1", "20260102", "706000", credit=f"{total / 100:.2f}".replace(".", ","), piece="F-1"))
    return [[*row, due] for row, due in zip(rows, [*dues, ""], strict=True)]


def claims(facts):
    return [(one.id, one.document, one.due.isoformat(), str(one.amount)) for one in facts.invoices]


@pytest.mark.parametrize("header", DUE_HEADERS)
def test_an_invoice_in_several_lines_by_due_date_is_its_instalments(fold, header):
    lines = by_due(["20260401", "20260201", "20260301"], ["400,00", "500,00", "300,00"])
    found = fold(lines, headers=[*fec.COLUMNS, header], mapping=ColumnMapping())
    assert not found.rejects
    assert sorted(claims(found.facts[0])) == [
        ("F-1/1", "F-1", "2026-02-01", "500.00"), ("F-1/2", "F-1", "2026-03-01", "300.00"), ("F-1/3", "F-1", "2026-04-01", "400.00"),
    ]  # fmt: skip


def test_each_instalment_is_paid_by_its_own_letter_and_what_names_the_invoice_is_about_it(fold):
    lines = by_due(["20260201", "20260301"], ["500,00", "300,00"], ("B", "A"))
    found = fold(lines, [[*row, ""] for row in paid("2", "20260310", "C1", "300,00", "A")], headers=[*fec.COLUMNS, "DateEcheance"])
    assert balances(found.facts[0], date(2026, 12, 31)).outstanding == {"F-1/1": Decimal("500.00"), "F-1/2": Decimal(0)}
    loss = [line("OD", "3", "20260601", "654000", debit="800,00", piece="F-1"), line("OD", "3", "20260601", "411000", credit="800,00", aux="C1", piece="F-1")]
    lost = fold(by_due(["20260201", "20260301"], ["500,00", "300,00"]), [[*row, ""] for row in loss], headers=[*fec.COLUMNS, "DateEcheance"])
    assert not lost.rejects
    assert [(one.kind, one.invoice, str(one.data["amount"])) for one in lost.facts[0].events] == [("written_off", "F-1", "800.00")]


def test_one_due_date_is_the_invoices_own_and_outranks_the_terms(fold):
    same = fold(by_due(["20260215", "20260215"], ["500,00", "300,00"]), headers=[*fec.COLUMNS, "DateEcheance"])
    assert claims(same.facts[0]) == [("F-1", "", "2026-02-15", "800.00")]
    none = fold(by_due(["", "00000000"], ["500,00", "300,00"]), headers=[*fec.COLUMNS, "DateEcheance"])
    assert claims(none.facts[0]) == [("F-1", "", "2026-02-01", "800.00")]
    wrong = fold(by_due(["20260231"], ["500,00"]), headers=[*fec.COLUMNS, "DateEcheance"])
    assert ["'20260231' is not a date" in one.reason for one in wrong.rejects] == [True]


@pytest.mark.parametrize(("label", "other"), [
    ("F-1 éch. 01/02/2026", "F-1 ECH 01/03/2026"), ("Société X - Échéance du 01.02.26", "échéance : 2026-03-01"), ("payable le 01/02/2026", "due 01/03/2026"),
])  # fmt: skip
def test_a_label_tells_the_due_date_of_its_part(fold, label, other):
    lines = [row[:18] for row in by_due(["", ""], ["500,00", "300,00"], labels=(label, other))]
    found = fold(lines)
    assert claims(found.facts[0]) == [("F-1/1", "F-1", "2026-02-01", "500.00"), ("F-1/2", "F-1", "2026-03-01", "300.00")]


@pytest.mark.parametrize("label", ["Facture du 01/02/2026", "due 31/02/2026", "échange 01/02/2026", "échéance 30 jours", "éch. 01/02"])
def test_a_label_that_says_no_due_date_changes_nothing(fold, label):
    lines = [row[:18] for row in by_due(["", ""], ["500,00", "300,00"], labels=(label, "autre"))]
    assert claims(fold(lines).facts[0]) == [("F-1", "", "2026-02-01", "800.00")]


# --------------------------------------------------------------------------- doubtful debts (416)


def moved(number, piece, aux="", account="416000", amount="1200,00", customer="C2"):
    return [
        line("OD", number, "20260301", account, debit=amount, aux=aux, piece=piece),
        line("OD", number, "20260301", "411000", credit=amount, aux=customer, piece=piece),
    ]


def test_a_debt_moved_to_416_is_owed_whatever_the_accounts_of_the_mapping(books):
    """The transfer is said; its loss ends one invoice, a payment on 416 pays the one it was about, and nothing is passed over."""
    both = [sale("1", "20260101", "C2", "FA-1", "1200,00"), sale("2", "20260201", "C2", "FA-2", "1200,00")]
    left, _, outcomes = books([*both, moved("7", "FA-2")])
    assert left == {"FA-1": "1200.00", "FA-2": "1200.00"}
    assert not outcomes[0].rejects
    assert ["still owed" in one.text for one in outcomes[0].remarks] == [True]
    paid_there = [line("BQ", "8", "20260401", "512000", debit="1200,00"), line("BQ", "8", "20260401", "416000", credit="1200,00", piece="FA-2")]
    left, _, outcomes = books([*both, moved("7", "FA-2"), paid_there])
    assert left == {"FA-1": "1200.00"}
    assert not outcomes[0].rejects


@pytest.mark.parametrize(("account", "aux"), [("416000", ""), ("416000", "C2"), ("416000", "D0012"), ("4160012", "")])
def test_whose_a_doubtful_debt_is_says_the_entry_that_moved_it(fold, account, aux):
    loss = [line("OD", "9", "20260601", "654000", debit="1200,00", piece="FA-1"), line("OD", "9", "20260601", account, credit="1200,00", aux=aux, piece="FA-1")]
    others = [sale("3", "20260201", "C1", "FA-3", "1200,00"), sale("1", "20260201", "C2", "FA-1", "1200,00"), sale("2", "20260201", "C2", "FA-2", "1200,00")]
    found = fold(*others, moved("7", "FA-1", aux, account), loss)
    assert not found.rejects
    assert {facts.debtor.id: [(one.kind, one.invoice) for one in facts.events] for facts in found.facts} == {"C1": [], "C2": [("written_off", "FA-1")]}
    assert {facts.debtor.name for facts in found.facts} == {"Société Générale d'Étanchéité", 'Vis 5" et Cie'}


def test_a_doubtful_debt_of_nobody_who_was_told_is_for_a_person(fold):
    paid_there = [line("BQ", "8", "20260401", "512000", debit="50,00"), line("BQ", "8", "20260401", "416000", credit="50,00")]
    found = fold(sale("1", "20260201", "C2", "FA-1", "1200,00"), paid_there)
    assert ["nothing says whose" in one.reason for one in found.rejects] == [True]


def test_several_debts_moved_in_one_entry_are_told_apart(fold):
    entry = [
        line("OD", "7", "20260301", "411000", credit="300,00", aux="C1", piece="F-1"), line("OD", "7", "20260301", "411000", credit="200,00", aux="C2", piece="F-2"),
        line("OD", "7", "20260301", "416000", debit="300,00", piece="F-1"), line("OD", "7", "20260301", "416000", debit="200,00", piece="F-2"),
        line("OD", "7", "20260301", "681740", debit="250,00"), line("OD", "7", "20260301", "491000", credit="250,00"),
    ]  # fmt: skip
    found = fold(sale("1", "20260201", "C1", "F-1", "300,00"), sale("2", "20260201", "C2", "F-2", "200,00"), entry)
    assert (found.rejects, [facts.events for facts in found.facts]) == ((), [(), ()])
