"""The commands of the books, as a person types them: what they print, what they refuse, and their exit codes."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import common, main
from relance.journal import backup
from relance.journal.event_fields import FieldType
from relance.journal.event_types import PUBLIC, SCOPES, Scope
from relance.journal.journal import Journal


@pytest.fixture
def run(tmp_path, told, clock, monkeypatch):
    """Type a command in a folder whose journal holds the story, on 10 April 2026."""
    with Journal.open(tmp_path / "relance.db", now=clock) as journal:
        backup.bring_in(journal.engine, lambda: told)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(common, "now", lambda: datetime(2026, 4, 10, 16, tzinfo=UTC))
    monkeypatch.setenv("RELANCE_ACTOR", "marie")
    monkeypatch.setenv("COLUMNS", "120")

    def typed(line: str | list[str], code: int = 0) -> str:
        result = CliRunner().invoke(main, line.split() if isinstance(line, str) else line)
        assert result.exit_code == code, result.output
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return typed


def test_what_a_person_reads(run, snapshot):
    lines = [
        "history F-1",
        "history F-1 --known-on 2026-02-05",
        "why F-1 --on 2026-03-18",
        "why F-1 --on 2026-03-10",
        "cases --on 2026-03-04",
        "cases --on 2026-03-04 --format csv",
        "report --from 2026-01-01",
        "journal settings",
        "record F-1 payment.received amount=100.00 --on 2026-04-09",
    ]
    for number, line in enumerate(lines):
        snapshot.assert_match(run(line), f"{number}-{line.split()[0]}.txt")


def test_a_history_in_a_narrow_terminal_keeps_its_words_whole(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = [line.rstrip() for line in run("history F-1").splitlines()]
    assert "2026-02-12  payment.received  F-1" in lines
    assert lines[lines.index("2026-02-12  payment.received  F-1") + 1].startswith("            amount 200.00; reference VIR 12; recorded 2026-02-12")
    assert max(map(len, lines)) <= 80


def test_machine_output(run):
    history = json.loads(run("history F-1 --format json"))
    assert history["version"] == 1
    assert history["entries"][0]["event"] == "invoice.recorded" or history["entries"][0]["event"] == "debtor.recorded"
    why = json.loads(run("why F-1 --on 2026-03-18 --format json"))
    assert why["decisions"][0]["status"] == "due"
    assert [each["channel"] for each in why["emitted"]] == ["registered_letter", "email"]
    cases = json.loads(run("cases --on 2026-03-04 --format json"))
    assert cases["cases"][0]["next"] == {"step": "mise-en-demeure", "on": "2026-03-18"}
    report = json.loads(run("report --from 2026-01-01 --format json"))
    assert report["promises"] == {"made": 1, "kept": 1, "broken": 0, "running": 0}
    assert json.loads(run("journal verify --format json"))["whole"] is True


def test_a_report_page_loads_nothing_and_shows_what_the_table_shows(run):
    run("report --from 2026-01-01 --html report.html")
    page = Path("report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<svg") == 4
    assert "3\u202f000.00" in page


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("record F-9 hold.lifted", "knows no invoice"),
        ("record F-1 payment.received", "needs 'amount'"),
        ("record F-1 payment.recieved amount=3", "did you mean 'payment.received'"),
        ("record F-1 payment.received amount=3 --on 2026-04-11", "is in the future"),
        ("record F-1 payment.received amount", "expected an amount"),
        ("record F-1 payment.received amount=3 amount=4", "given twice"),
        ("record F-1 hold.lifted --on 10/04/2026", "YYYY-MM-DD"),
        ("record F-1 hold.lifted --journal none.db", "there is no journal at 'none.db'"),
        ("history F-9", "knows no invoice"),
        ("why F-1 --on 2025-12-01", "nothing was known"),
        ("why F-1 --playbook nonesuch", "there is no playbook 'nonesuch'"),
        ("attach F-1 empty.pdf --kind order", "is empty"),
        ("report --from 2026-05-01 --until 2026-04-01", "before it starts"),
        ("evidence F-1", "say where to write it"),
        ("evidence F-9 --out x.zip", "knows no invoice"),
        ("journal verify --head nonsense", "is no CREDITOR"),
        ("journal backup backup.gz", "already there"),
        ("journal settings retention.nots=3", "no kind of data 'nots'"),
        ("journal settings retention.notes=-3", "no number of months"),
        ("journal import relance.db --journal new.db", "not a line of an export"),
        ("record F-1 payment.received 200.00 300.00", "nothing takes '300.00'"),
        ("record F-1 payment.received 100.00 currency=USD", "in USD, but invoice 'F-1' is in EUR"),
        ("record F-1 rules.applied", "is written by relance itself"),
        ("forget", "name one debtor"),
        ("forget dupont", "say why"),
        ("forget martin --reason x", "knows no debtor"),
    ],
)
def test_a_mistake_in_the_call_is_a_sentence_and_exit_code_two(run, line, words):
    Path("empty.pdf").touch()
    Path("backup.gz").touch()
    said = run(line, code=2)
    assert words in " ".join(said.split())
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "kind", "data"),
    [
        (["payment.received", "200.00"], "payment.received", {"amount": "200.00"}),
        (["promise.made", "100.00", "2026-05-01"], "promise.made", {"amount": "100.00", "by": "2026-05-01"}),
        (["hold.placed", "attente client", "until=2026-05-01"], "hold.placed", {"reason": "attente client", "until": "2026-05-01"}),
        (["plan.agreed", "2026-05-01 600.00, 2026-06-01 400.00"], "plan.agreed",
         {"instalments": [{"on": "2026-05-01", "amount": "600.00"}, {"on": "2026-06-01", "amount": "400.00"}], "late": "resumes"}),  # what is in force since is written with each plan
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_a_value_without_a_name_is_for_the_field_the_event_needs(run, words, kind, data):
    run(["record", "F-1", *words, "--on", "2026-04-09"])
    last = json.loads(run("history F-1 --format json"))["entries"]
    assert [each["data"] for each in last if each["event"] == kind and each["on"] == "2026-04-09"] == [data]


def test_record_once_under_a_key(run):
    line = "record F-1 payment.received amount=100.00 --on 2026-04-09 --key bank-77"
    assert run(line).startswith("recorded")
    assert run(line).startswith("already recorded")
    assert run("record F-1 payment.received amount=99999.00 --on 2026-04-09").endswith("more than is owed: shown as a credit of dupont\n")


def test_an_invoice_is_corrected_by_an_event(run):
    assert "1400.00 EUR open" in run("record F-1 invoice.corrected amount=1600.00 reason=erreur")
    run("record F-1 invoice.recorded amount=1600.00", code=2)


def test_a_due_date_before_the_day_of_issue_is_asked_about(run):
    assert "which of the two is meant" in run("record F-1 invoice.corrected due=2020-01-01", code=2)
    run("record F-1 invoice.corrected due=2026-12-31")


def test_what_was_recorded_today_does_not_change_yesterdays_why(run):
    before = run("why F-1 --on 2026-03-18")
    run("record F-1 payment.received amount=1000.00 --on 2026-03-10")
    assert run("why F-1 --on 2026-03-18") == before
    assert "stopped" in run("why F-1 --on 2026-03-18 --known-on 2026-04-10")


def test_a_backup_restores_the_same_journal(run):
    run("journal backup b.gz")
    run("journal restore b.gz --journal new.db")
    run("journal export --out old.jsonl")
    run("journal export --out new.jsonl --journal new.db")
    assert Path("old.jsonl").read_bytes() == Path("new.jsonl").read_bytes()
    run("journal restore b.gz --journal new.db", code=2)
    run("journal import old.jsonl --journal third.db")


def test_verify_names_what_was_tampered_with_and_holds_a_noted_head(run):
    import sqlite3

    head = run("journal verify").splitlines()[0]
    run(["journal", "verify", "--head", head])
    with sqlite3.connect("relance.db") as connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET payload = replace(payload, '200.00', '900.00') WHERE seq = 13")
    connection.close()
    assert "atelier, entry 13: its contents were changed" in run("journal verify", code=1)
    run("journal backup b.gz", code=1)
    assert not Path("b.gz").exists()


def test_forgetting_waits_for_money_and_law_and_then_erases(run):
    assert "still owed" in run("forget dupont --reason demande --commit", code=1)
    assert "ten years" in run("forget durand --reason demande --commit", code=1)
    assert "would erase" in run("forget durand --reason demande --all-the-same")
    assert "Durand" in run("journal export")
    assert "erased identity, documents, notes" in run("forget durand --reason demande --all-the-same --commit")
    exported = run("journal export")
    assert "Durand" not in exported
    assert "durand" not in exported
    assert "Dupont" in exported
    run("journal verify")


def test_retention_periods_erase_by_kind(run, monkeypatch):
    run("record F-1 payment.received amount=1000.00 --on 2026-04-09")
    assert run("forget --expired") == ""
    monkeypatch.setattr(common, "now", lambda: datetime(2031, 5, 1, tzinfo=UTC))
    assert (
        run("forget --expired")
        == "dupont (atelier): would erase notes; --commit does it\ndurand (atelier): would erase notes; --commit does it\n"
    )
    assert "erased notes" in run("forget --expired --commit")
    assert "promet de payer" not in run("journal export")
    assert "Durand" in run("journal export")
    run("journal verify")
    run("journal settings retention.identity=61")
    monkeypatch.setattr(common, "now", lambda: datetime(2036, 7, 1, tzinfo=UTC))
    assert "would erase identity" in run("forget --expired")


def test_evidence_is_written_and_verified_with_nothing_but_the_file(run):
    Path("bon.pdf").write_bytes(b"bon de commande")
    run("attach F-1 bon.pdf --kind order --on 2026-01-02")
    assert "10 documents" not in run("evidence F-1 --out dossier.zip")
    Path("relance.db").unlink()
    said = run("evidence verify dossier.zip")
    assert said.startswith("whole: F-1 of atelier")
    head = said.split("head: ")[1].split()[0]
    run(f"evidence verify dossier.zip --head {head}")
    run(f"evidence verify dossier.zip --head {'0' * 64}", code=1)
    content = Path("dossier.zip").read_bytes()
    Path("dossier.zip").write_bytes(content[: len(content) // 2])
    assert "is no zip" in run("evidence verify dossier.zip", code=1)


def test_the_day_is_a_day_in_paris(monkeypatch):
    monkeypatch.setattr(common, "now", lambda: datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    assert common.today() == date(2026, 7, 2)


SAMPLES = {
    FieldType.MONEY: "12.00", FieldType.DATE: "2026-04-09", FieldType.INT: "1", FieldType.TEXT: "mot", FieldType.CHANNEL: "email",
    FieldType.BOOL: "true", FieldType.WORDS: "a,b", FieldType.INSTALMENTS: "2026-05-01 6.00, 2026-06-01 6.00",
}  # fmt: skip


def test_money_that_waits_to_be_matched_is_seen_with_its_sum_until_it_is(run):
    run("record dupont payment.unmatched amount=615.40 reference=V-12 --on 2026-04-01")
    assert "615.40 EUR to be matched" in " ".join(run("cases --on 2026-04-09").split())
    (case,) = json.loads(run("cases --on 2026-04-09 --format json"))["cases"]
    assert (case["unmatched"], case["open"]) == ("615.40", "1000.00")
    asked = "why F-1 --on 2026-04-09 --known-on today"
    assert "615.40 EUR of 2026-04-01 wait to be matched, V-12" in run(asked)
    (decision,) = json.loads(run(f"{asked} --format json"))["decisions"]
    assert decision["unmatched"] == [{"on": "2026-04-01", "amount": "615.40", "reference": "V-12"}]
    run("record dupont payment.matched reference=V-12 --on 2026-04-02")
    for line in ("cases --on 2026-04-09", asked):
        assert "to be matched" not in run(line)


def test_every_event_of_the_language_can_be_recorded_by_hand(run):
    for kind, fields in PUBLIC.items():
        given = {name: SAMPLES[field.type] for name, field in fields.items() if field.type in SAMPLES and field.required}
        if kind.startswith("action."):
            given |= {"step": "relance-1", "channel": "email"}
        if kind == "limitation.interrupted":
            given["by"] = "court"
        if kind == "limitation.suspended":
            given["by"] = "mediation"
        if kind.startswith("addressee."):
            given |= {"role": "accounting", **({"email": "compta@dupont.example"} if "email" in fields else {})}
        if kind in {"person.known", "person.ended"}:
            given["state"] = "guardianship"
        target = "F-1" if SCOPES[kind] in {Scope.INVOICE, Scope.ANY} else "dupont"
        if kind.startswith("offer."):  # answered where one stands: tests/cli/test_offers.py
            assert "no offer stands" in run(["record", target, kind, "--on", "2026-04-09"], 2)
            continue
        said = run(["record", target, kind, *(f"{name}={value}" for name, value in given.items()), "--on", "2026-04-09"])
        assert said.startswith(f"recorded: {kind} of 2026-04-09, dupont"), kind
    run("journal verify")
    run("history F-1")
    run("evidence F-1 --out all.zip")  # every kind has its sentence


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("relance.db", "relance.db"),
        ("postgresql+psycopg://ana:s3cr3t@host/base", "postgresql+psycopg://ana:***@host/base"),
        ("postgresql://host/base", "postgresql://host/base"),
    ],
)
def test_a_journals_name_shows_no_password(where, shown):
    assert common.named(where) == shown


def test_a_message_that_left_before_the_journal_is_not_in_the_outbox(run):
    run("record F-1 action.emitted step=relance-1 channel=email playbook=negligent --on 2026-02-01")
    before = len(run("outbox list").splitlines())
    run("record F-1 action.emitted step=relance-2 channel=letter playbook=negligent --on 2026-02-02")
    assert len(run("outbox list").splitlines()) == before
