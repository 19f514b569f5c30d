"""What was forgotten is nowhere: not in the database's pages, nor its log, and files beside that still hold it are named."""

import gzip
import io
import os
import re
import sqlite3
import zipfile
from contextlib import suppress
from datetime import date
from decimal import Decimal
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest
import typst
from click.testing import CliRunner

from relance.cli import main
from relance.importers.compared_texts import plain_letters
from relance.importers.sources import Authority, SourceCoverage
from relance.journal import chain_writer
from relance.journal.elsewhere import traces, words_of
from relance.journal.journal import Journal
from relance.journal.packing import _dictionary, zstd
from relance.journal.store import purge
from relance.journal.verification import verify
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice
from relance.portfolio.contradicted import said

NAME, MAIL, STREET = "Ségolène Quatrefages", "segolene@quatrefages.example", "12 rue des Églantiers"


def fill(journal):
    debtor = Debtor("D-1", name=NAME, email=MAIL, address=Address((STREET, "69001 Lyon")))
    other = Debtor("D-2", name="Martin Delorme", email="martin@delorme.example")
    for each in (debtor, other):
        journal.record(Creditor("atelier", name="Atelier"), each, invoices=[Invoice(f"F-{each.id}", date(2026, 2, 1), Decimal("12.00"))], actor="marie")
        journal.attach("atelier", each.id, f"bon de {each.name}".encode() * 400, name=f"{each.name}.txt", kind="order", on=date(2026, 3, 2), actor="marie")
    return debtor


def bytes_under(*places):
    return b"".join(path.read_bytes() for place in places for path in sorted(Path(place).rglob("*")) if path.is_file())


def letters_in(held):
    """Take out of bytes, whatever they are of, every document that was kept compressed, as far as it can be read."""
    found = []
    for mark in (b"relance.zst1\n", b"relance.zst1.mail\n"):
        for place in re.finditer(re.escape(mark), held):
            with suppress(zstd.ZstdError):
                found.append(zstd.ZstdDecompressor(zstd_dict=_dictionary()).decompress(held[place.end() : place.end() + 1_000_000]))
    return b"".join(found)


def test_no_byte_of_the_journals_folder_holds_who_was_forgotten(tmp_path, clock):
    with Journal.open(tmp_path / "j.db", now=clock) as journal:
        fill(journal)
        held = bytes_under(tmp_path)
        assert all(word.encode() in held for word in (NAME, MAIL, STREET))
        assert f"bon de {NAME}".encode() in letters_in(held)
        journal.forget("D-1", reason="demande", on=date(2026, 3, 2), actor="marie")
        assert purge(journal.engine)
        left = bytes_under(tmp_path)
        assert b"bon de Martin" in letters_in(left)
        assert b"Quatrefages" not in letters_in(left)
        assert not [word for word in (NAME, MAIL, STREET, "Quatrefages", "glantiers") if word.encode() in left]
        assert b"Delorme" in left
        assert verify(journal.engine).breaks == ()


def test_no_byte_of_postgresqls_tables_holds_who_was_forgotten(place, clock):
    with Journal.open(place(), now=clock) as journal:
        if journal.engine.dialect.name != "postgresql":
            return  # the folder of a file is looked through above
        fill(journal)
        tables = Path(str(journal.engine.url.query["host"])) / "base"

        def held():
            with journal.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("CHECKPOINT")
            return bytes_under(tables)

        assert all(word.encode() in held() for word in (NAME, MAIL, STREET))
        assert f"bon de {NAME}".encode() in letters_in(held())
        journal.forget("D-1", reason="demande", on=date(2026, 3, 2), actor="marie")
        assert purge(journal.engine)
        left = held()
        assert b"bon de Martin" in letters_in(left)
        assert b"Quatrefages" not in letters_in(left)
        assert not [word for word in (NAME, MAIL, STREET, "Quatrefages", "glantiers") if word.encode() in left]
        assert b"Delorme" in left
        assert verify(journal.engine).breaks == ()


def test_another_reader_keeps_the_log_and_that_is_said(tmp_path, clock, monkeypatch):
    monkeypatch.setattr("relance.journal.store._BUSY_MS", 20)
    with Journal.open(tmp_path / "j.db", now=clock) as journal:
        fill(journal)
        with sqlite3.connect(tmp_path / "j.db") as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM people").fetchone()
            journal.forget("D-1", reason="demande", on=date(2026, 3, 2), actor="marie")
            assert not purge(journal.engine)
        other.close()
        assert purge(journal.engine)


def test_no_file_of_a_postgresql_holds_who_was_forgotten(postgres_server, new_postgres, clock):
    with Journal.open(new_postgres(), now=clock) as journal:
        fill(journal)
        with journal.engine.connect() as connection:
            folder = Path(str(connection.exec_driver_sql("SHOW data_directory").scalar())) / "base"
        journal.forget("D-1", reason="demande", on=date(2026, 3, 2), actor="marie")
        purge(journal.engine)
        with journal.engine.connect() as connection:
            for table in ("people", "personal", "documents"):
                rows = str(connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall())
                assert not [word for word in (NAME, MAIL, STREET) if word in rows]
        postgres_server.psql("CHECKPOINT")
        assert b"Delorme" in bytes_under(folder)
        assert verify(journal.engine).breaks == ()


def test_files_that_name_him_are_found_whatever_they_are(tmp_path):
    debtor = Debtor("D-1", name=NAME, email=MAIL, phone="+33611223344", address=Address((STREET, "69001 Lyon")))
    paid = Event(date(2026, 3, 2), "payment.unmatched", data={"payer": "Quatrefages SARL", "amount": Decimal(1)})
    his = Facts(Creditor("c"), debtor, (Invoice("F-1", date(2026, 2, 1), Decimal(1), fields={"chantier": "Villa Mystère"}),), (paid,))
    assert words_of(his) == {NAME, MAIL, "+33611223344", STREET, "69001 Lyon", "Quatrefages SARL", "Villa Mystère"}
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "a.txt").write_text(f"Madame {NAME.upper()},", encoding="utf-8")
    (tmp_path / "b.csv").write_bytes(f"{NAME};12".encode("latin-1"))
    (tmp_path / "c.gz").write_bytes(gzip.compress(MAIL.encode()))
    (tmp_path / "d.pdf").write_bytes(typst.compile(f"#set page(width: 10cm)\n{NAME}".encode()))
    (tmp_path / "e.txt").write_text("Madame Martin, 06 11 22 33 45", encoding="utf-8")
    (tmp_path / "f.gz").write_bytes(b"\x1f\x8bdamaged")
    (tmp_path / "g.txt").symlink_to(tmp_path / "b.csv")
    with zipfile.ZipFile(tmp_path / "h.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(tmp_path / "d.pdf", "dossier.pdf")
    mail = EmailMessage()
    mail["Subject"] = "Rappel"
    mail.set_content(f"Chère {NAME}", cte="base64")
    (tmp_path / "i.eml").write_bytes(mail.as_bytes())
    (tmp_path / "j.xml").write_text(f"<Nm>{' '.join(reversed(plain_letters(NAME).upper().split()))}</Nm>", encoding="utf-8")
    (tmp_path / "k.csv").write_text("12;06 11 22 33 44", encoding="utf-8")
    (tmp_path / "l.csv").write_text("VILLA MYSTERE", encoding="utf-8")
    (tmp_path / "m.csv").write_text("QUATREFAGES SARL", encoding="utf-8")
    (tmp_path / "n.zip").write_bytes(b"PK\x03\x04damaged")
    (tmp_path / "own.db").write_text(NAME, encoding="utf-8")
    japanese = Debtor("D-2", name="株式会社山田商店")
    (tmp_path / "o.txt").write_text("ご担当 株式会社山田商店 様", encoding="utf-8")
    assert [trace.path.name for trace in traces(tmp_path, words_of(Facts(Creditor("c"), japanese, ()))) if not trace.unread] == ["o.txt"]
    found = {trace.path.name: bool(trace.unread) for trace in traces(tmp_path, words_of(his), besides=[tmp_path / "own.db"])}
    assert found == dict.fromkeys(("a.txt", "b.csv", "c.gz", "d.pdf", "h.zip", "i.eml", "j.xml", "k.csv", "l.csv", "m.csv"), False) | {"f.gz": True, "n.zip": True}


def zipped(*files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(name, content)
    return held.getvalue()


def test_what_lies_in_what_lies_in_a_file_is_found_or_it_is_said_that_nobody_looked(tmp_path):
    named = f"Chère {NAME}".encode()
    letter = EmailMessage()
    letter.set_content(named.decode(), cte="base64", charset="latin-1")
    carrier = EmailMessage()
    carrier.set_content("Ci-joint")
    carrier.add_attachment(zipped(("a.txt", named)), maintype="application", subtype="zip", filename="a.zip")
    (tmp_path / "a.mbox").write_bytes(b"From x\nSubject: un\n\nrien\n\nFrom y\n" + letter.as_bytes().replace(b"Content-Transfer-Encoding", b"content-transfer-encoding"))
    (tmp_path / "b.eml").write_bytes(carrier.as_bytes())
    (tmp_path / "c.zip").write_bytes(zipped(("a.zip", zipped(("a.txt", named)))))
    (tmp_path / "d.csv").write_bytes(named.decode().encode("utf-16"))
    deep = named
    for _ in range(6):
        deep = zipped(("a.zip", deep))
    (tmp_path / "e.zip").write_bytes(deep)
    (tmp_path / "f.eml").write_bytes(b"Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset=nobody\n\nUmllbg==\n")
    assert {trace.path.name: bool(trace.unread) for trace in traces(tmp_path, [NAME])} == dict.fromkeys(("a.mbox", "b.eml", "c.zip", "d.csv"), False) | {"e.zip": True}


def test_forget_says_what_lies_elsewhere(tmp_path, clock, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Journal.open("relance.db", now=clock) as journal:
        fill(journal)
    (tmp_path / "backup.txt").write_text(NAME, encoding="utf-8")
    done = CliRunner().invoke(main, ["forget", "D-1", "--reason", "demande", "--all-the-same", "--commit"])
    assert done.exit_code == 0, done.output
    assert "backup.txt: still holds it" in done.output
    assert "relance.db" not in done.output
    assert NAME.encode() not in bytes_under(tmp_path).replace((tmp_path / "backup.txt").read_bytes(), b"")


@pytest.mark.parametrize("given", ["journal", "also", "also within"])
def test_forget_looks_where_one_works_beside_the_journal_and_where_it_is_asked(tmp_path, clock, monkeypatch, given):
    """Once in each folder, whichever way it is named, and it says which folders those were."""
    data, prints = tmp_path / "data", tmp_path / "elsewhere" / "prints"
    for folder in (data, prints, tmp_path / "work" / "below"):
        folder.mkdir(parents=True)
        (folder / f"{folder.name}.txt").write_text(NAME, encoding="utf-8")
    (tmp_path / "work" / "relance.yaml").write_text("schema: 1\n", encoding="utf-8")
    (tmp_path / "work" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "work" / "below")
    with Journal.open(data / "j.db", now=clock) as journal:
        fill(journal)
    also = {"journal": [], "also": ["--also", str(prints)], "also within": ["--also", str(prints), "--also", str(prints.parent), "--also", "../../data"]}[given]
    done = CliRunner().invoke(main, ["forget", "D-1", "--reason", "demande", "--all-the-same", "--commit", "--journal", str(data / "j.db"), *also])
    assert done.exit_code == 0, done.output
    named = re.findall(r"(\w+)\.txt: still holds it", done.output)
    assert sorted(named) == sorted(["below", "data", *(["prints"] if also else [])])
    looked = {"journal": [tmp_path / "work", data], "also": [tmp_path / "work", prints, data], "also within": [tmp_path / "work", prints.parent, data]}[given]
    assert f"looked through: {', '.join(map(str, looked))}\n" in done.output
    assert "j.db:" not in done.output


@pytest.mark.parametrize(("url", "refused"), [("postgresql://u:secret@127.0.0.1:1/b", True), ("postgresql+psycopg://u:x@127.0.0.1:1/b", True), ("postgresql://u@127.0.0.1:1/b", False), ("postgresql://u:@127.0.0.1:1/b", False)])
def test_a_password_is_taken_from_anywhere_but_the_command_line(url, refused, monkeypatch):
    monkeypatch.setattr("relance.journal.store.time.sleep", lambda _: None)  # nobody listens there, however often it is asked
    env = os.environ | {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "PGCONNECT_TIMEOUT": "1"}
    assert ("a password on a command line" in CliRunner().invoke(main, ["cases", "--journal", url], env=env).output) is refused
    assert "a password on a command line" not in CliRunner().invoke(main, ["cases"], env=env | {"RELANCE_JOURNAL": url}).output


def test_a_creditors_own_fields_are_kept_apart_and_go_with_who_is_forgotten(tmp_path, clock):
    told = Invoice("F-1", date(2026, 2, 1), Decimal("12.00"), fields={"parrain": NAME, "formule": "premium"})
    with Journal.open(tmp_path / "j.db", now=clock) as journal:
        for _ in range(2):  # told again, it is known: nothing contradicts it
            journal.record("atelier", Debtor("D-1", name="X"), invoices=[told], actor="marie")
        held = list(journal.entries(creditor="atelier"))
        assert [entry.kind for entry in held if entry.kind.startswith("invoice.")] == ["invoice.recorded"]
        assert next(journal.facts("atelier", "D-1")).invoices[0].fields == told.fields
        assert NAME.encode() in bytes_under(tmp_path)
        other = Invoice("F-1", date(2026, 2, 1), Decimal("12.00"), fields={"parrain": "Quelqu’un Quatrefages"})
        (conflict,) = journal.record("atelier", Debtor("D-1", name="X"), invoices=[other], actor="marie").conflicts
        assert said(conflict) == "invoice F-1 is known with other own fields than the file says: formule, parrain"
        journal.forget("D-1", reason="demande", on=date(2026, 3, 2), actor="marie")
        assert purge(journal.engine)
        assert b"Quatrefages" not in bytes_under(tmp_path)
        assert verify(journal.engine).breaks == ()


#: Who stands with or for a debtor, and what else of a life names people; each word is looked for when he was forgotten.
WORDS = ("Malaterre", "malaterre", "Glycines", "Rocheblave", "rocheblave", "Trévérec", "treverec", "Kerouanton", "+33611223344", "Mystère")
LIFE = """on;event;debtor;invoice;amount;currency;state;name;address;email;role;channel;note;reason;payer;text;reference;by
2026-01-05;person.known;D-1;;;;guardianship;Hermine Rocheblave;4 place aux Huiles, 69002 Lyon;tutelle@rocheblave.example;;;jugement Malaterre;;;;;
2026-01-05;addressee.named;D-2;;;;;Nolwenn Trévérec;;nolwenn@treverec.example;accounting;;;;;;;
2026-02-12;contact.inbound;D-1;F-1;;;;;;;;email;Mme Malaterre a écrit;;;;;
2026-02-13;note;D-1;F-1;;;;;;;;;voir avec Kerouanton, voisin;;;;;
2026-02-14;dispute.opened;D-1;F-2;;;;;;;;;;Malaterre conteste;;;;
2026-02-15;promise.made;D-1;F-1;50.00;EUR;;;;;;;Ysoline Malaterre promet;;;;;2026-02-20
"""
HOUSE = {
    "creditors.csv": "id;name;kind;siren;address;postcode;city;country;email;phone;iban;bic\natelier;Atelier Vernes SARL;business;552100554;3 rue Haute;69002;Lyon;FR;compta@atelier.example;+33465710000;FR7630006000011234567890189;AGRIFRPP\n",
    "debtors.csv": "id;name;kind;profile;address;postcode;city;country;language;email;phone;creditor\nD-1;Ysoline Malaterre;consumer;forgetful;7 allée des Glycines;69001;Lyon;FR;fr;ysoline@malaterre.example;+33611223344;atelier\nD-2;Martin SAS;business;negligent;1 rue Basse;69001;Lyon;FR;fr;m@martin.example;;atelier\n",
    "malaterre-ysoline.csv": "id;debtor;issued;due;amount;currency;creditor;field.parrain\nF-1;D-1;2025-12-01;2025-12-31;900,00;EUR;atelier;Villa Mystère\nF-2;D-1;2025-12-01;2025-12-31;90,00;EUR;atelier;\n",
    "janvier.csv": "id;debtor;issued;due;amount;currency;creditor\nF-3;D-2;2025-12-01;2025-12-31;700,00;EUR;atelier\n",
    "events.csv": LIFE,
    "routing.yaml": "schema: 1\nroutes:\n  - playbook: consommateur\n    if: {debtor: consumer}\n  - playbook: negligent\n",
}


def lived(folder, monkeypatch, journal):
    """Work a small house by its commands until letters were written, and return what runs a command."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RELANCE_JOURNAL", journal)
    for name, text in HOUSE.items():
        (folder / name).write_text(text, "utf-8")

    def said(line, *more):
        done = CliRunner().invoke(main, [*line.split(), *more], catch_exceptions=False)
        assert done.exit_code in (0, 1), done.output
        return done.output

    tables = "--debtors debtors.csv --creditors creditors.csv"
    out = said(f"import malaterre-ysoline.csv {tables} --events events.csv --commit")
    out += said(f"import janvier.csv {tables} --commit")
    for day in ("2026-02-16", "2026-03-16"):
        out += said(f"run --routing routing.yaml --invoices janvier.csv {tables} --as-of {day} --out {day}")
    return said, out


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whoever_was_forgotten_is_in_no_file_but_those_that_are_named(tmp_path, monkeypatch, request, database):
    work = tmp_path / "work"
    work.mkdir()
    said, _ = lived(work, monkeypatch, str(work / "j.db") if database == "sqlite" else request.getfixturevalue("new_postgres")())
    with Journal.open(os.environ["RELANCE_JOURNAL"]) as journal:
        assert any(entry.data.get("capacity") == "guardian" and "Rocheblave" in entry.data["reason"] for entry in journal.entries(kinds=("action.emitted",)))
        base = work if database == "sqlite" else Path(str(journal.engine.url.query["host"])) / "base"
    told = "".join(said(f"forget {debtor} --reason demande --all-the-same --commit") for debtor in ("D-1", "D-2"))
    left = {path.name for path in work.rglob("*") if path.is_file() and any(word.encode() in path.read_bytes() for word in WORDS)}
    assert not [name for name in left if name.startswith("j.db")]
    assert {name for name in left if f"{name}: still holds it" not in told} == set()  # wherever the journal is, all that names him is listed
    assert "malaterre-ysoline.csv: still holds it" in told
    if database == "postgresql":
        with Journal.open(os.environ["RELANCE_JOURNAL"]) as journal, journal.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
        assert [word for word in WORDS if word.encode() in bytes_under(base)] == []
    with Journal.open(os.environ["RELANCE_JOURNAL"]) as journal:
        assert verify(journal.engine).breaks == ()
        files = [entry.data.get("file") for entry in journal.entries(kinds=("source.read",))]
        assert files == [None, "events.csv", "janvier.csv"]


def read_file(journal, name, on="2026-02-02"):
    event = Event(date.fromisoformat(on), "source.read", data={"file": name, "form": "ledger", "authority": "books", "accounts": ("411", "512000"), "since": date(2026, 1, 1), "until": date(2026, 2, 1), "sha256": "0" * 64})
    journal.write_together("atelier", [(None, event)], actor="import", key=f"source:{sha256(name.encode()).hexdigest()}")


def waits(journal, debtor, payer, reference):
    data = {"amount": Decimal("12.00"), "payer": payer, "text": f"VIR {payer}", "reference": reference, "candidates": ("D-1", "D-2")}
    journal.write_together("atelier", [(debtor, Event(date(2026, 2, 2), "payment.unmatched", currency="EUR", data=data))], actor="import", key=f"waits:{debtor}:{reference}")


def test_what_names_him_elsewhere_in_the_chain_goes_and_what_names_another_stays(place, clock):
    with Journal.open(place(), now=clock) as journal:
        fill(journal)
        for name in ("quatrefages.csv", "export_SegoleneQuatrefages_2026.xlsx", "export-2026.csv", "delorme.csv"):
            read_file(journal, name)
        for debtor in (None, "D-2"):
            waits(journal, debtor, "MME QUATREFAGES SEGOLENE", "B1")
            waits(journal, debtor, "Martin Delorme", "B2")
        journal.forget("D-1", reason="demande", on=date(2026, 3, 2), actor="marie")
        assert [entry.data.get("file") for entry in journal.entries(kinds=("source.read",))] == [None, None, "export-2026.csv", "delorme.csv"]
        waiting = [(entry.data.get("payer"), entry.data.get("text"), entry.data["amount"]) for entry in journal.entries(kinds=("payment.unmatched",))]
        assert waiting == [(None, None, Decimal("12.00")), ("Martin Delorme", "VIR Martin Delorme", Decimal("12.00"))] * 2
        purge(journal.engine)
        if journal.engine.dialect.name == "sqlite":
            assert b"quatrefages" not in bytes_under(Path(journal.engine.url.database).parent).lower()
        assert verify(journal.engine).breaks == ()
        with journal.engine.begin() as connection:  # what goes without a word in the chain is found
            connection.exec_driver_sql("DELETE FROM personal WHERE who = ''")
        assert any("nobody was forgotten" in str(each.message) for each in verify(journal.engine).breaks)


def test_a_journal_of_before_whose_chain_holds_names_of_files_is_read_as_it_stands(place, clock, monkeypatch):
    with Journal.open(place(), now=clock) as journal:
        fill(journal)
        with monkeypatch.context() as then:
            then.setitem(chain_writer._PERSONAL, "source.read", frozenset())
            read_file(journal, "quatrefages.csv")
        read_file(journal, "delorme.csv")
        journal.forget("D-1", reason="demande", on=date(2026, 3, 2), actor="marie")
        assert [entry.data.get("file") for entry in journal.entries(kinds=("source.read",))] == ["quatrefages.csv", "delorme.csv"]
        assert verify(journal.engine).breaks == ()


def test_a_file_whose_name_was_erased_is_still_the_one_that_told_first():
    assert str(SourceCoverage("", "camt", Authority.BANK, {"FR76"}, date(2026, 1, 1), date(2026, 1, 31)).named).startswith("a file whose name was erased (camt.053, account FR76")
