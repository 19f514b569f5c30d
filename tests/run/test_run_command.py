from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

INVOICES = """\
id;debtor;issued;due;amount;currency;debtor.email;debtor.kind
F-1;dupont;02/01/2026;01/02/2026;1200,00;EUR;a@b.example;business
F-2;dupont;20/01/2026;19/02/2026;80,00;EUR;a@b.example;business
F-3;martin;20/01/2026;19/02/2026;3,00;EUR;;business
"""


@pytest.fixture
def small(tmp_path) -> list[str]:
    (tmp_path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    (tmp_path / "creditors.csv").write_text("id;name;email\ncreditor;Atelier;c@atelier.example\n", encoding="utf-8")
    return ["--playbook", "systematique", "--invoices", "invoices.csv", "--creditors", "creditors.csv", "--as-of", "2026-03-02"]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "relance-2026-03-02" / "actions.jsonl").read_text(encoding="utf-8").splitlines()]


# --------------------------------------------------------------------------- the sample portfolio


def test_what_a_run_says_and_leaves(relance, demo, tmp_path, snapshot):
    said = relance("run", *demo).stdout
    snapshot.assert_match(said, "run.txt")
    out = tmp_path / "relance-2026-03-02"
    assert {path.name for path in out.iterdir()} == {"actions.jsonl", "summary.csv", "messages"}
    snapshot.assert_match((out / "summary.csv").read_text(encoding="utf-8"), "summary.csv")
    snapshot.assert_match("\n".join(sorted(path.name for path in (out / "messages").iterdir())) + "\n", "messages.txt")


def test_actions_are_one_a_line_with_the_keys_of_the_specification(relance, demo, tmp_path):
    relance("run", *demo)
    found = lines(tmp_path)
    keys = ["id", "on", "creditor", "debtor", "case", "invoices", "playbook", "playbook_version", "step", "occurrence", "kind", "channel",
            "tone", "template", "language", "status", "deadline", "claimed", "reason"]  # fmt: skip
    assert all(list(each)[: len(keys)] == keys for each in found)
    assert {each["on"] for each in found} == {"2026-03-02"}
    assert len({each["id"] for each in found}) == len(found) > 40


def test_the_same_day_again_is_nothing_new(relance, demo, tmp_path):
    relance("run", *demo)
    before = tree(tmp_path / "relance-2026-03-02")
    said = relance("run", *demo).stdout
    assert f"nothing new; {len(lines(tmp_path))} emitted earlier for this day" in said
    after = tree(tmp_path / "relance-2026-03-02")
    assert {name for name in before if before[name] != after[name]} == {"summary.csv"}  # what was due is done


def test_a_crash_after_the_journal_loses_no_message(relance, demo, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()  # a second journal in one folder is asked about
    relance("run", *demo, "--out", "whole", "--journal", "elsewhere/whole.db")

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("relance.cli.run._write", crash)
        with pytest.raises(AssertionError):
            relance("run", *demo)
    assert not (tmp_path / "relance-2026-03-02").exists()
    assert "nothing new; " in relance("run", *demo).stdout
    whole, again = tree(tmp_path / "whole"), tree(tmp_path / "relance-2026-03-02")
    assert {name: text for name, text in whole.items() if name != "summary.csv"} == {
        n: text for n, text in again.items() if n != "summary.csv"
    }


def test_a_dry_run_writes_nothing_and_says_what_would_be(relance, demo, tmp_path):
    before = tree(tmp_path)
    said = relance("run", *demo, "--dry-run").stdout
    assert tree(tmp_path) == before
    assert " new actions would be emitted" in said
    assert said.rstrip().endswith("dry run: nothing was written")


def test_a_dry_run_beside_a_journal_leaves_it_as_it_is(relance, demo, tmp_path):
    relance("run", *[*demo[:-1], "2026-02-27"])
    before = tree(tmp_path)
    dry = relance("run", *demo, "--dry-run", "--format", "jsonl").stdout
    assert tree(tmp_path) == before
    assert relance("run", *demo, "--format", "jsonl").stdout == dry


def test_days_in_a_row_emit_every_action_once(relance, demo, tmp_path):
    seen: list[str] = []
    for day in ("2026-03-02", "2026-03-03", "2026-03-03", "2026-03-09"):
        seen += [json.loads(line)["id"] for line in relance("run", *[*demo[:-1], day], "--format", "jsonl").stdout.splitlines()]
    assert len(seen) == len(set(seen)) > 50


# --------------------------------------------------------------------------- rows that cannot be read


def test_bad_rows_are_rejected_with_line_and_reason_and_the_rest_goes_on(relance, small, tmp_path):
    bad = (
        "F-4;durand;;31/02/2026;10,00;EUR;;business\nF-5;durand;;01/02/2026;dix;EUR;;business\nF-6;durand;;01/02/2026;10,00;EURO;;business\n"
        ";durand;;01/02/2026;10,00;EUR;;business\nF-1;dupont;02/01/2026;01/02/2026;1300,00;EUR;a@b.example;business\n"
    )
    (tmp_path / "invoices.csv").write_text(INVOICES + bad, encoding="utf-8")
    said = relance("run", *small, code=1).stdout
    assert "5 rows rejected:" in said
    assert "3 invoices of 2 debtors, 3 cases" in said
    rejects = (tmp_path / "relance-2026-03-02" / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[1] for row in rejects[1:]] == ["5", "6", "7", "8", "9"]
    assert [action["case"] for action in lines(tmp_path)] == ["F-1", "F-2"]


def test_an_event_about_an_unknown_invoice_is_rejected(relance, small, tmp_path):
    (tmp_path / "events.csv").write_text("on;event;invoice;amount\n20/02/2026;payment.received;F-9;10,00\n", encoding="utf-8")
    said = relance("run", *small, "--events", "events.csv", code=1).stdout
    assert "events.csv, line 2: invoice 'F-9' is not known" in said


def test_an_invoice_the_journal_knows_otherwise_is_rejected_and_not_overwritten(relance, small, tmp_path):
    relance("run", *small)
    (tmp_path / "invoices.csv").write_text(INVOICES.replace("1200,00", "1300,00"), encoding="utf-8")
    said = relance("run", *small, code=1).stdout
    assert "invoice F-1 is known with another amount, 1200.00" in " ".join(said.split())


def test_rejects_of_an_earlier_run_do_not_stay(relance, small, tmp_path):
    (tmp_path / "invoices.csv").write_text(INVOICES + "F-4;durand;;soon;10,00;EUR;;business\n", encoding="utf-8")
    relance("run", *small, code=1)
    (tmp_path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    relance("run", *small)
    assert not (tmp_path / "relance-2026-03-02" / "rejects.csv").exists()


def test_a_case_no_rule_takes_is_reported(relance, small, tmp_path):
    (tmp_path / "routing.yaml").write_text('routes:\n  - {playbook: systematique, if: {balance: {at_least: "50.00"}}}\n', encoding="utf-8")
    said = relance("run", "--routing", "routing.yaml", *small[2:]).stdout
    assert "1 invoice no playbook takes:\n  F-3 of martin: no rule takes it" in said
    assert (tmp_path / "relance-2026-03-02" / "unrouted.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "creditor,martin,F-3,no rule takes it"
    ]
    assert "unrouted,,1" in (tmp_path / "relance-2026-03-02" / "summary.csv").read_text(encoding="utf-8")


def test_a_run_without_the_statement_its_rules_require_drafts_and_says_so(relance, small, tmp_path):
    (tmp_path / "routing.yaml").write_text("require: {statement_within: 5 days}\nroutes: [{playbook: systematique}]\n", encoding="utf-8")
    said = relance("run", "--routing", "routing.yaml", *small[2:]).stdout
    assert "drafted, not sent, for a person to look at first" in said
    assert "no bank statement was read, one of the last 5 days is required" in said
    actions = [json.loads(line) for line in (tmp_path / "relance-2026-03-02" / "actions.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {action["status"] for action in actions if action["channel"] not in {"task", "call"}} == {"draft"}


def test_a_run_over_tables_refuses_rules_that_require_a_statement(relance, tmp_path):
    (tmp_path / "routing.yaml").write_text("require: {statement_within: 5 days}\nroutes: [{playbook: systematique}]\n", encoding="utf-8")
    said = relance("run", "--routing", "routing.yaml", "--tables", ".", "--as-of", "2026-03-02", code=2)
    assert "does not know which bank statements were read" in said.output


def test_a_case_moved_by_hand_follows_its_playbook(relance, small, tmp_path):
    (tmp_path / "events.csv").write_text("on;event;invoice;playbook\n20/02/2026;playbook.changed;F-2;negligent\n", encoding="utf-8")
    relance("run", *small, "--events", "events.csv", "--dry-run", "--format", "jsonl")
    said = relance("run", *small, "--events", "events.csv", "--format", "jsonl").stdout
    assert {json.loads(line)["playbook"] for line in said.splitlines() if json.loads(line)["case"] == "F-2"} <= {"negligent"}
    assert "negligent" in (tmp_path / "relance-2026-03-02" / "summary.csv").read_text(encoding="utf-8")


# --------------------------------------------------------------------------- what stops a run


def test_a_journal_that_cannot_be_written_writes_nothing_anywhere(relance, small, tmp_path):
    (tmp_path / "relance.db").write_bytes(b"this is no database, and long enough to be taken for none at all" * 20)
    before = tree(tmp_path)
    said = relance("run", *small, code=2).output
    assert tree(tmp_path) == before
    assert "Nothing was written" in said
    assert "--journal" in said


def test_a_journal_without_its_folder_says_what_to_do(relance, small, tmp_path):
    before = tree(tmp_path)
    assert "there is no folder 'books'" in relance("run", *small, "--journal", "books/relance.db", code=2).output
    assert tree(tmp_path) == before


def test_a_folder_that_cannot_be_written_stops_before_the_journal(relance, small, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    assert "nothing can be written to" in relance("run", *small, "--out", "taken/here", code=2).output
    assert not (tmp_path / "relance.db").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_one_may_not_write_stops_before_the_journal(relance, small, tmp_path):
    (tmp_path / "shut").mkdir(mode=0o500)
    relance("run", *small, "--out", "shut/here", code=2)
    assert not (tmp_path / "relance.db").exists()


def test_a_broken_playbook_refuses_to_start(relance, small, tmp_path):
    (tmp_path / "own.yaml").write_text("schema: 1\nplaybook: own\nsteps: []\n", encoding="utf-8")
    said = relance("run", "--playbook", "own.yaml", *small[2:], code=2).output
    assert "own.yaml:" in said
    assert not (tmp_path / "relance.db").exists()


def test_a_broken_routing_refuses_to_start(relance, small, tmp_path):
    (tmp_path / "routing.yaml").write_text("routes:\n  - {playbook: nobody}\n", encoding="utf-8")
    assert "routing.yaml:2:" in relance("run", "--routing", "routing.yaml", *small[2:], code=2).output
    assert not (tmp_path / "relance.db").exists()


def test_one_of_playbook_and_routing_is_named(relance, small):
    assert "name one of --playbook and --routing" in relance("run", *small[2:], code=2).output


def test_a_file_of_bytes_is_no_traceback(relance, small, tmp_path):
    (tmp_path / "invoices.csv").write_bytes(bytes(range(256)) * 40)
    assert "Traceback" not in relance("run", *small, code=2).output
    assert not (tmp_path / "relance.db").exists()


def test_an_empty_file_is_no_traceback(relance, small, tmp_path):
    (tmp_path / "invoices.csv").write_bytes(b"")
    assert "invoices.csv" in relance("run", *small, code=2).output


# --------------------------------------------------------------------------- the demonstration


def test_the_demonstration_shows_the_main_job(relance, tmp_path, snapshot):
    said = relance("demo").stdout
    shown, _, letter = said.partition("One of the letters\n")
    snapshot.assert_match(shown, "demo.txt")
    assert "FR76 3000 6000 0112 3456 7890 189" in letter
    assert "relance run --help" in letter
    assert list(tmp_path.iterdir()) == []


def test_the_demonstration_may_be_kept(relance, tmp_path):
    relance("demo", "--out", "kept")
    assert (tmp_path / "kept" / "out" / "actions.jsonl").is_file()
    assert "there already" in relance("demo", "--out", "kept", code=2).output


def test_what_a_file_holds_does_not_steer_the_terminal(relance, small, tmp_path):
    (tmp_path / "invoices.csv").write_text(INVOICES + "F-4;durand;;\x1b[31mred\x1b[0m;10,00;EUR;;business\n", encoding="utf-8")
    assert "\x1b" not in relance("run", *small, code=1).output
