"""One history told by several sources, in any order and twice, leaves open what a plain computation does; and each file's lines add up."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.importers.columns import ColumnMapping
from relance.importers.fec import COLUMNS
from relance.importers.import_settings import Settings
from relance.importers.intake import Form, fates, recognise, take
from relance.importers.line_count import LineFate
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.model import Creditor

TODAY = date(2026, 6, 1)
IBAN = "FR7630006000011234567890189"
MAPPING = ColumnMapping(terms="30 jours", creditor=Creditor("atelier", "Atelier", siren="000987651", iban=IBAN))
DEBTORS = {"C1": ("Imprimerie Lindor", "000019182"), "C2": ("Garage Morel", "552100554")}


class Sold(NamedTuple):
    """An invoice and what was paid on it."""

    number: str
    debtor: str
    issued: date
    amount: Decimal
    payments: tuple[tuple[date, Decimal], ...]

    @property
    def paid(self) -> Decimal:
        return sum((amount for _, amount in self.payments), Decimal(0))


@st.composite
def histories(draw) -> tuple[Sold, ...]:
    """A few invoices of two debtors, some of one sum on one day, paid once, twice, in part or not."""
    sold = []
    for place in range(draw(st.integers(1, 4))):
        amount = draw(st.sampled_from([Decimal("120.00"), Decimal("250.50"), Decimal("1000.00")]))
        issued = date(2026, 1, 5) + timedelta(draw(st.sampled_from([0, 0, 9])))
        parts = draw(st.sampled_from([(), (amount,), (Decimal("40.00"),), (Decimal("40.00"), amount - 40), (Decimal("60.00"), Decimal("60.00"))]))
        days = [issued + timedelta(days) for days in draw(st.tuples(st.integers(20, 40), st.integers(41, 70)))]
        sold.append(Sold(f"F-2026-{place + 101}", draw(st.sampled_from(["C1", "C2"])), issued, amount, tuple(zip(days, parts, strict=False))))
    return tuple(sold)


def as_list(history) -> str:
    rows = ["id;debtor;debtor.name;debtor.siren;issued;due;amount;paid;settled"]
    for one in history:
        settled = one.payments[-1][0].isoformat() if one.payments else ""
        rows.append(f"{one.number};{one.debtor};{';'.join(DEBTORS[one.debtor])};{one.issued};{one.issued + timedelta(30)};{one.amount};{one.paid or ''};{settled}")
    return "\n".join(rows) + "\n"


def as_fec(history) -> str:
    lines, number = ["\t".join(COLUMNS)], 0

    def entry(journal: str, day: date, piece: str, letter: str, *sides: tuple[str, str, Decimal]) -> None:
        nonlocal number
        number += 1
        for account, who, cents in sides:
            debit, credit = (f"{max(cents, Decimal(0))}".replace(".", ","), f"{max(-cents, Decimal(0))}".replace(".", ","))
            name = DEBTORS[who][0] if who else ""
            lines.append("\t".join((journal, journal, str(number), f"{day:%Y%m%d}", account, "", who, name, piece, f"{day:%Y%m%d}", piece, debit, credit, letter if who else "", f"{day:%Y%m%d}" if letter and who else "", f"{day:%Y%m%d}", "", "")))

    for place, one in enumerate(history):
        letter = f"A{place}" if one.payments else ""  # in part, too: what the letter leaves stays open
        entry("VE", one.issued, one.number, letter, ("411000", one.debtor, one.amount), ("707000", "", -one.amount))
        for day, amount in one.payments:
            entry("BQ", day, f"VIR{day:%m%d}", letter, ("512000", "", amount), ("411000", one.debtor, -amount))
    return "\n".join(lines) + "\n"


def as_statement(history) -> str:
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls>'
        f"<Refs><AcctSvcrRef>B{one.number}{place}</AcctSvcrRef></Refs><RltdPties><Dbtr><Nm>{DEBTORS[one.debtor][0].upper()}</Nm></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>FACTURE {one.number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for one in history
        for place, (day, amount) in enumerate(one.payments)
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id>'
        f"<IBAN>{IBAN}</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"
    )


def as_invoice(one: Sold) -> str:
    """Write an invoice as UBL."""
    name, siren = DEBTORS[one.debtor]

    def party(role: str, name: str, siren: str) -> str:
        return (
            f"<cac:Accounting{role}Party><cac:Party><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName><cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>"
            f'<cbc:CompanyID schemeID="0002">{siren}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:Accounting{role}Party>'
        )

    return (
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        f"<cbc:ID>{one.number}</cbc:ID><cbc:IssueDate>{one.issued}</cbc:IssueDate><cbc:DueDate>{one.issued + timedelta(30)}</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"
        f"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{party('Supplier', 'Atelier', '000987651')}{party('Customer', name, siren)}"
        f'<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="EUR">{one.amount}</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">{one.amount}</cbc:TaxInclusiveAmount>'
        f'<cbc:PayableAmount currencyID="EUR">{one.amount}</cbc:PayableAmount></cac:LegalMonetaryTotal></Invoice>'
    )


#: Each way of telling a history: the files it makes, whether it tells of invoices and of payments.
TOLD = {
    "list": (lambda history: {"list.csv": as_list(history)}, True, True),
    "fec": (lambda history: {"000987651FEC20261231.txt": as_fec(history)}, True, True),
    "statement": (lambda history: {"releve.xml": as_statement(history)}, False, True),
    "einvoices": (lambda history: {f"{one.number}.xml": as_invoice(one) for one in history}, True, False),
}


def open_sums(journal: Journal, history) -> dict[str, Decimal]:
    """Return what is open by debtor, whatever the journal calls him."""
    left = {name: amount for facts in journal.facts() for name, amount in balances(facts, TODAY).outstanding.items()}
    sums: Counter[str] = Counter({debtor: Decimal(0) for debtor in DEBTORS})  # type: ignore[arg-type]
    for one in history:
        sums[one.debtor] += left[one.number]
    return dict(sums)


def brought(journal: Journal, folder: Path, files: dict[str, str]):
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    sources = [recognise(folder / name) for name in files]
    return sources, take(journal, sources, Settings(MAPPING, TODAY))


@given(history=histories(), pair=st.permutations(sorted(TOLD)).map(lambda names: tuple(names[:2])).filter(lambda pair: any(TOLD[name][1] for name in pair)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_two_sources_in_any_order_and_twice_leave_open_what_a_plain_computation_does(tmp_path_factory, history, pair):
    folder = tmp_path_factory.mktemp("sources")
    with Journal.open(folder / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
        for name in (*pair, *pair):
            brought(journal, folder, TOLD[name][0](history))
        paid = any(TOLD[name][2] for name in pair)
        plain = Counter({debtor: Decimal(0) for debtor in DEBTORS})
        for one in history:
            plain[one.debtor] += one.amount - (one.paid if paid else 0)
        assert open_sums(journal, history) == dict(plain)
        written = sum(1 for _ in journal.entries())
        for name in pair:
            brought(journal, folder, TOLD[name][0](history))
        assert sum(1 for _ in journal.entries()) == written


@given(history=histories(), names=st.permutations(sorted(TOLD)))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_lines_of_each_file_add_up(tmp_path_factory, history, names):
    folder = tmp_path_factory.mktemp("lines")
    lines = {"list": len(history), "fec": 2 * sum(1 + len(one.payments) for one in history), "statement": sum(len(one.payments) for one in history), "einvoices": 1}
    with Journal.open(folder / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
        for again in (False, True):
            for name in names:
                sources, outcome = brought(journal, folder, TOLD[name][0](history))
                for source in sources:
                    if source.form is Form.STATEMENT:
                        (tally,) = outcome.statements
                        told = (tally.matched, tally.reconciled, tally.known, tally.announced, tally.for_a_person, tally.rejected, *tally.passed_over.values())
                        assert tally.movements == lines[name] == sum(told)
                        continue
                    counts = fates(outcome, source)
                    assert counts.total() == lines[name], (name, counts)
                    assert min(counts.values(), default=0) >= 0
                    if again and name != names[0]:
                        assert not counts[LineFate.NEW], (name, counts)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["F-1;C1;2026-01-02;2026-02-01;100.00;Facturé"], "1 row: 1 new"),
        (["F-1;C1;2026-01-02;2026-02-01;100.00;Facturé", "F-1;C1;2026-01-02;2026-02-01;100.00;Facturé"], "2 rows: 1 new, 1 known"),
        (["F-1;C1;2026-01-02;2026-02-01;100.00;Facturé", "F-1;C1;2026-01-02;2026-02-01;90.00;Facturé"], "2 rows: 1 new, 1 rejected"),
        (["F-1;C1;2026-01-02;2026-02-01;100.00;Brouillon", "F-2;C1;2026-01-02;31/02/2026;1.00;Facturé"], "2 rows: 1 rejected, 1 left out"),
    ],
)
def test_a_row_is_new_known_rejected_or_left_out(tmp_path, rows, said):
    from click.testing import CliRunner

    from relance.cli import main

    (tmp_path / "f.csv").write_text("\n".join(["id;debtor;issued;due;amount;État", *rows]) + "\n", "utf-8")
    (tmp_path / "m.yaml").write_text(
        "schema: 1\nmapping: m\ninvoices:\n  columns: {id: id, debtor: debtor, issued: issued, due: due, amount: amount}\n  where: {État: {not: [Brouillon]}}\n", "utf-8"
    )
    done = CliRunner().invoke(main, ["import", str(tmp_path / "f.csv"), "--columns", str(tmp_path / "m.yaml"), "--journal", str(tmp_path / "j.db"), "--as-of", "2026-06-01"])
    assert f", {said}" in " ".join(done.output.split()), done.output
