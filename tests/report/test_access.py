"""What a person is given of himself: everything of him, with every creditor, and nothing of anybody else."""

import io
import json
from datetime import date
from decimal import Decimal

import pypdf
from click.testing import CliRunner

from relance.cli import main
from relance.journal.event_types import build
from relance.journal.journal import Journal
from relance.model import Address, Creditor, Debtor, Invoice
from relance.report.access import all_known, pdf

ON = date(2026, 3, 2)


def fill(journal):
    him = Debtor("D-1", name="Ségolène Quatrefages", kind="consumer", email="s@quatrefages.example", address=Address(("12 rue des Lilas", "69001 Lyon")))
    paid, note = (
        build(raw)[0]
        for raw in (
            {"on": "2026-02-20", "event": "payment.received", "invoice": "F-1", "amount": "200.00"},
            {"on": "2026-02-21", "event": "note", "invoice": "F-1", "note": "demande un délai"},
        )
    )
    journal.record(Creditor("atelier", name="Atelier Nord"), him, [paid, note], invoices=[Invoice("F-1", date(2026, 2, 1), Decimal("1200.00"))], actor="marie")
    journal.record(Creditor("bureau", name="Bureau Sud"), him, invoices=[Invoice("F-2", date(2026, 2, 1), Decimal("70.00"), fields={"formule": "or"})], actor="marie")
    journal.record("atelier", Debtor("D-2", name="Martin Delorme"), invoices=[Invoice("F-9", date(2026, 2, 1), Decimal("9.00"))], actor="marie")
    journal.attach("atelier", "D-1", b"bon", name="bon de commande.pdf", kind="order", on=ON, actor="marie", invoice="F-1")


def test_everything_of_him_and_nothing_of_another(journal):
    fill(journal)
    known = all_known(journal, "D-1", ON)
    assert [each["creditor"]["name"] for each in known["creditors"]] == ["Atelier Nord", "Bureau Sud"]
    assert known["creditors"][1]["invoices"][0]["fields"] == {"formule": "or"}
    assert known["creditors"][0]["invoices"][0] | {"issued": None} == {"id": "F-1", "issued": None, "due": "2026-02-01", "amount": "1200.00", "currency": "EUR", "open": "1000.00"}
    text = json.dumps(known, ensure_ascii=False)
    assert all(word in text for word in ("s@quatrefages.example", "demande un délai", "bon de commande.pdf", "12 rue des Lilas"))
    assert not [word for word in ("Delorme", "F-9", "marie") if word in text]
    page = pdf(journal, known, ON)
    assert pdf(journal, known, ON) == page
    read = "\n".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(page)).pages)
    assert all(word in read for word in ("Quatrefages", "consommateur", "demande un délai", "bon de commande", "Bureau Sud", "CNIL"))
    assert not [word for word in ("Delorme", "F-9", "marie", "consumer") if word in read]


def test_who_was_forgotten_or_never_known_is_nobody(journal):
    fill(journal)
    assert all_known(journal, "D-7", ON) is None
    journal.forget("D-1", reason="demande", on=ON, actor="marie")
    assert all_known(journal, "D-1", ON) is None


def test_both_files_are_written_once_and_never_over_another(tmp_path, monkeypatch, clock):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("relance.cli.common.now", clock)
    with Journal.open("relance.db", now=clock) as journal:
        fill(journal)
    for code in (0, 2):
        done = CliRunner().invoke(main, ["access", "D-1"])
        assert done.exit_code == code, done.output
    assert {path.suffix for path in tmp_path.glob("acces-D-1-2026-03-02*")} == {".json", ".pdf"}
    assert {oct(path.stat().st_mode & 0o777) for path in tmp_path.glob("acces-*")} == {"0o600"}
    (tmp_path / "acces-D-2-2026-03-02.json").symlink_to(tmp_path / "elsewhere")
    assert CliRunner().invoke(main, ["access", "D-2"]).exit_code == 2
    assert not (tmp_path / "elsewhere").exists()
