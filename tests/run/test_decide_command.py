from __future__ import annotations

import json


def test_the_answer_and_every_verdict_with_its_reason(relance, case, snapshot):
    snapshot.assert_match(relance("decide", "negligent", "--case", case, "--on", "2026-02-27").stdout, "decide.txt")


def test_the_answer_for_machines(relance, case, snapshot):
    said = relance("decide", "negligent", "--case", case, "--on", "2026-02-27", "--format", "json").stdout
    snapshot.assert_match(said, "decide.json")
    found = json.loads(said)
    assert list(found)[:7] == ["version", "on", "case", "status", "reason", "next", "steps"]
    assert found["status"] == "due"
    assert found["actions"][0]["claimed"]["principal"] == "1000.00"
    assert {"id", "on", "creditor", "debtor", "case", "invoices", "playbook", "playbook_version", "step", "occurrence", "kind", "channel", "tone",
            "template", "language", "status", "deadline", "claimed", "reason"} <= set(found["actions"][0])  # fmt: skip


def test_several_cases_are_each_told_and_the_most_urgent_speaks(relance, tmp_path, case):
    two = case.read_text(encoding="utf-8").replace(
        "events:", '  - {id: F-2, issued: 2026-03-20, due: 2026-04-20, amount: "80.00"}\nevents:'
    )
    case.write_text(two, encoding="utf-8")
    found = json.loads(relance("decide", "negligent", "--case", case, "--on", "2026-02-27", "--format", "json").stdout)
    assert [each["case"] for each in found["cases"]] == ["F-2026-001", "F-2"]
    assert (found["case"], found["status"], found["cases"][1]["status"]) == ("F-2026-001", "due", "waiting")


def test_a_playbook_nobody_knows_is_a_mistake_of_the_call(relance, case):
    said = relance("decide", "neglijent", "--case", case, code=2).output
    assert "there is no playbook 'neglijent'" in said
    assert "negligent" in said


def test_a_broken_case_file_is_shown_with_its_line(relance, case):
    case.write_text(case.read_text(encoding="utf-8").replace("2026-02-01", "2026-02-30"), encoding="utf-8")
    said = relance("decide", "negligent", "--case", case, code=2).output
    assert "case.yaml:5:" in said
    assert "2026-02-30" in said


def test_bytes_that_are_no_text_are_no_traceback(relance, tmp_path):
    (tmp_path / "bad.yaml").write_bytes(b"\x00\xff\xfe" * 100)
    assert "bad.yaml" in relance("decide", "negligent", "--case", "bad.yaml", code=2).output
