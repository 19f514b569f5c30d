"""A forger who mends the account, the PDF and the manifest alike is found by the lines of the journal alone."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pypdf
import pytest

from relance.journal.checkpoints import note_of
from relance.journal.event_types import build
from relance.journal.signed_note import Signer
from relance.model import Creditor, Debtor, Invoice
from relance.portfolio import explain
from relance.report import dossier, evidence, evidence_pack
from relance.report.evidence_check import check

ON = date(2026, 4, 10)
AT = datetime(2026, 4, 10, 18, tzinfo=UTC)


@pytest.fixture
def owing(journal, clock):
    """Two invoices of one debtor, one payment of the account that serves both, and another debtor's money."""
    clock.set("2026-04-10")
    events = [
        build({"on": day, "event": "payment.received", "currency": "EUR", "amount": amount})[0]
        for day, amount in (("2026-02-10", "300.00"), ("2026-03-10", "150.00"))
    ]
    invoices = [Invoice("F-1", date(2026, 1, 15), Decimal("1200.00")), Invoice("F-2", date(2026, 1, 5), Decimal("400.00"))]
    journal.record(
        Creditor("atelier", name="Atelier"), Debtor("dupont", name="Dupont", kind="business"), events, invoices=invoices, actor="marie"
    )
    journal.record("atelier", Debtor("martin", name="Martin"), invoices=[Invoice("F-9", date(2026, 1, 5), Decimal("77.00"))], actor="marie")
    return journal


def made(journal, name="F-1", key=None):
    found = evidence.gather(journal, explain.find(journal, name), ON)
    note = "" if key is None else note_of(journal.engine, key, "atelier", found.head[0], AT)
    return found, evidence_pack.pack(journal, found, dossier.pdf(found), note)


def read(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def forged(files, **said):
    """Write the manifest anew over changed files, and the zip."""
    manifest = json.loads(files["manifest.json"]) | said
    manifest["files"] = [each for each in manifest["files"] if each["path"] in files]
    for each in manifest["files"]:
        each["sha256"], each["size"] = hashlib.sha256(files[each["path"]]).hexdigest(), len(files[each["path"]])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in (files | {"manifest.json": json.dumps(manifest).encode()}).items():
            packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("name", ["F-1", "dupont/EUR", "dupont"])
def test_a_case_is_made_anew_from_its_own_lines_whatever_it_was_named_by(owing, name):
    _, content = made(owing, name)
    checked = check(content)
    assert checked.faults == ()
    assert checked.remarks == ()
    assert b"martin" not in content
    assert b"77.00" not in read(content)["7-journal/entries.jsonl"]


def test_lines_of_another_invoice_are_there_only_where_money_was_shared_out(owing):
    assert b'"F-2"' in read(made(owing)[1])["7-journal/entries.jsonl"]  # a payment of the account served it first
    alone = [build({"on": "2026-03-10", "event": "payment.received", "invoice": "F-9", "amount": "7.00"})[0]]
    owing.record("atelier", "martin", alone, invoices=[Invoice("F-10", date(2026, 2, 5), Decimal("5.00"))], actor="marie")
    assert b'"F-10"' not in read(made(owing, "F-9")[1])["7-journal/entries.jsonl"]


def test_interest_forged_throughout_is_found(owing):
    found, content = made(owing)
    files = read(content)
    interest = next(line for line in found.lines if line.what.startswith("Intérêts"))
    account = files["0-decompte.csv"].decode()

    def comma(amount):
        return f"{amount:.2f}".replace(".", ",")

    for line in found.lines[found.lines.index(interest) :]:
        account = account.replace(f";{comma(line.open)};", f";{comma(line.open + 10)};")
    account = account.replace(f";{comma(interest.amount)};", f";{comma(interest.amount + 10)};", 1)
    total = f"{found.claimed.total + 10:.2f}"
    faults = check(forged(files | {"0-decompte.csv": account.encode()}, total=total)).faults
    assert any("0-decompte.csv: it is not what the lines of the journal come to" in fault for fault in faults), faults


def test_a_forged_page_is_found_and_one_that_another_version_set_is_held_by_its_text(owing):
    files = read(made(owing)[1])
    writer = pypdf.PdfWriter(io.BytesIO(files["0-dossier.pdf"]))
    out = io.BytesIO()
    writer.write(out)  # the same text in other bytes
    again = files | {"0-dossier.pdf": out.getvalue()}
    assert any("0-dossier.pdf" in fault for fault in check(forged(again)).faults)
    other = check(forged(again, made_by={"relance": "0.0.1", "typst": "0.1"}))
    assert other.faults == ()
    assert "look was not compared" in other.remarks[0]
    blank = pypdf.PdfWriter()
    blank.add_blank_page(100, 100)
    out = io.BytesIO()
    blank.write(out)
    assert check(forged(files | {"0-dossier.pdf": out.getvalue()}, made_by={"relance": "0.0.1", "typst": "0.1"})).faults
    assert check(forged(files | {"0-dossier.pdf": b"no pdf"}, made_by={"relance": "0.0.1", "typst": "0.1"})).faults


@pytest.mark.parametrize(
    "said", [{"on": "2026-05-10"}, {"currency": "USD"}, {"missing": ["x"]}, {"invoice": "F-2", "case": "F-2"}, {"on": "x"}, {"invoice": None}, {"made_by": []}, {"debtor": "x"}]
)  # fmt: skip
def test_what_the_manifest_says_of_the_case_is_what_its_lines_say(owing, said):
    assert check(forged(read(made(owing)[1]), **said)).faults


def test_lines_that_are_no_lines_are_a_fault_and_no_crash(owing):
    files = read(made(owing)[1])
    lines = files["7-journal/entries.jsonl"].decode()
    for old, new in (
        ('"seq": 2', '"seq": "2"'),
        ('"kind": "invoice.recorded"', '"kind": 5'),
        ('"payload": "{', '"payload": "['),
        ('"on": "2026', '"on": "xx26'),
    ):
        assert old in lines
        assert check(forged(files | {"7-journal/entries.jsonl": lines.replace(old, new).encode()})).faults


def test_the_chains_end_is_signed_and_a_file_made_anew_as_a_whole_is_found_by_the_key(owing):
    key = Signer.new("agence.example")
    content = made(owing, key=key)[1]
    assert check(content).faults == ()
    assert "--key verifies" in check(content).remarks[0]
    assert check(content, key.verifier).faults == ()
    assert "signed on 2026-04-10 18:00 UTC" in check(content, key.verifier).remarks[0]
    assert check(content, Signer.new("agence.example").verifier).faults
    assert check(made(owing)[1], key.verifier).faults == ("no checkpoint of its chain is in the file: nobody signed it",)
    old = read(content)
    owing.record("atelier", "martin", [build({"on": "2026-04-10", "event": "note", "note": "x"})[0]], actor="marie")
    longer = read(made(owing, key=key)[1])
    swapped = forged(longer | {"7-journal/checkpoint.txt": old["7-journal/checkpoint.txt"]})
    assert "of another place in it" in check(swapped, key.verifier).faults[0]


def test_the_manifests_hash_stands_in_the_chain_once_for_a_file(owing):
    found, content = made(owing)
    for _ in range(2):
        evidence_pack.say_made(owing, found, content, on=ON, actor="marie")
    (entry,) = owing.entries(kinds=("evidence.made",))
    assert entry.data["sha256"] == check(content).sha256 == hashlib.sha256(read(content)["manifest.json"]).hexdigest()
    assert made(owing)[0].entries == found.entries  # making evidence is no part of the case
