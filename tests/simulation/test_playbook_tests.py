from __future__ import annotations

import json
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.simulation.coverage import coverage
from relance.simulation.playbook_tests import days_played, read_tests, run_file

PLAYBOOK = """\
schema: 1
playbook: small
version: 1
title: Small
debtor: business
collector: creditor
language: fr
unit: invoice
steps:
  - {id: before, at: J-5, channels: [email], tone: courteous, template: relance-1}
  - {id: first, at: J+1, channels: [email], fallback: {email: letter}, tone: courteous, template: relance-1, repeat: {every: 10 days, times: 2}}
  - {id: call, at: J+30, if: {balance: {at_least: "500.00"}}, channels: [call], tone: neutral}
  - {id: broken, at: promise.broken, channels: [email], tone: firm, template: relance-2, claim: [late_interest, fixed_indemnity]}
"""
CASE = """\
    case:
      debtor: {id: dupont, kind: business, email: a@b.example, phone: "+33 6 39 98 00 12"}
      invoices:
        - {id: F-1, due: 2026-03-02, amount: "1000.00"}
"""
GOOD = f"""\
schema: 1
playbook: small
tests:
  - name: nobody pays
{CASE}    until: 2026-06-30
    expect:
      - {{on: 2026-02-25, step: before, channels: [email]}}
      - {{on: 2026-03-03, step: first, channels: [email]}}
      - {{on: 2026-03-13, step: first, occurrence: 2}}
      - {{on: 2026-04-01, step: call, channels: [call]}}
    ends: finished
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "small.yaml").write_text(PLAYBOOK, encoding="utf-8")

    def write(text: str):
        path = tmp_path / "small.test.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def relance(*words, code=0):
    result = CliRunner().invoke(main, list(words), env={"COLUMNS": "80"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def results(path):
    file, said = read_tests(path)
    assert file is not None, said
    return run_file(file).results


# --------------------------------------------------------------------------- what passes and what fails


def test_a_test_passes_when_all_is_as_expected(write):
    assert all(result.passed for result in results(write(GOOD)))


def test_a_missing_action_fails_and_says_what_was_answered(write):
    (result,) = results(write(GOOD.replace("2026-04-01, step: call", "2026-03-31, step: call")))
    missing, unexpected = result.differences
    assert (missing.wanted.on, missing.found) == (date(2026, 3, 31), None)
    assert "waiting 2026-04-01: J+30" in missing.why
    assert (unexpected.wanted, unexpected.found.on) == (None, date(2026, 4, 1))


def test_an_unexpected_action_alone_fails(write):
    (result,) = results(write(GOOD.replace("      - {on: 2026-04-01, step: call, channels: [call]}\n", "")))
    assert [each.found.first.step for each in result.differences] == ["call"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("step: before, channels: [email]", "step: before, channels: [letter]"),
        ("occurrence: 2", "occurrence: 3"),
        ("occurrence: 2", "status: draft"),
        ("occurrence: 2", "deadline: 2026-03-20"),
        ("occurrence: 2", "case: F-2"),
        ("occurrence: 2", "carrier: F-2"),
        ("occurrence: 2", 'claimed: {principal: "999.99"}'),
    ],
)
def test_all_that_is_said_of_an_action_is_compared(write, wrong, right):
    (result,) = results(write(GOOD.replace(wrong, right)))
    assert len(result.differences) == 2


def test_all_that_is_said_of_an_action_may_be_right(write):
    more = 'occurrence: 2, status: emitted, case: F-1, carrier: F-1, claimed: {principal: "1000.00", total: "1000.00"}'
    assert results(write(GOOD.replace("occurrence: 2", more)))[0].passed


def test_the_order_of_channels_says_nothing(write, tmp_path):
    (tmp_path / "small.yaml").write_text(PLAYBOOK.replace("channels: [call]", "channels: [call, email]"), encoding="utf-8")
    for order in ("[call, email]", "[email, call]"):
        assert results(write(GOOD.replace("channels: [call]", f"channels: {order}")))[0].passed


def test_the_end_is_compared(write):
    (result,) = results(write(GOOD.replace("ends: finished", "ends: stopped")))
    assert result.ends == ("ends finished (no step is left), not stopped",)


def test_the_end_of_each_case_is_compared(write):
    two = GOOD.replace('amount: "1000.00"}\n', 'amount: "1000.00"}\n        - {id: F-2, due: 2026-03-02, amount: "10.00"}\n')
    expect = "".join(
        f"      - {{on: {on}, step: {step}, case: {case}}}\n"
        for on, step, cases in (
            ("2026-02-25", "before", ("F-1", "F-2")), ("2026-03-03", "first", ("F-2", "F-1")), ("2026-03-13", "first", ("F-1", "F-2")),
            ("2026-04-01", "call", ("F-1",)),
        )
        for case in cases
    )  # fmt: skip
    start = two.index("      - {on: 2026-02-25")
    good = two[:start] + expect + "    ends: {F-1: finished, F-2: finished}\n"
    assert results(write(good))[0].passed
    (result,) = results(write(good.replace("F-2: finished", "F-2: held, F-3: held")))
    assert result.ends == ("F-2 ends finished (no step is left), not held", 'there is no case "F-3" to end held')


def test_events_come_before_the_question_of_their_day(write):
    paid = GOOD.replace("    until:", '      events:\n        - {on: 2026-03-13, event: payment.received, amount: "1000.00"}\n    until:')
    start = paid.index("      - {on: 2026-03-13, step")
    assert results(write(paid[:start] + "    ends: stopped\n"))[0].passed


def test_a_draft_nobody_approves_is_said_by_an_event(write, tmp_path):
    (tmp_path / "small.yaml").write_text(PLAYBOOK.replace("channels: [call],", "channels: [letter], approval: required,"), encoding="utf-8")
    wish = "      events:\n        - {on: 2027-01-01, event: action.approved, step: call}\n    until:"
    text = (
        GOOD.replace("    until:", wish)
        .replace("channels: [call]", "channels: [task], status: draft")
        .replace("finished", "awaiting_approval")
    )
    assert results(write(text))[0].passed


def test_days_that_are_left_out_have_defaults(write):
    file, _ = read_tests(write(GOOD.replace("    until: 2026-06-30\n", "")))
    (test,) = file.tests
    assert (test.start, test.until) == (date(2026, 1, 31), date(2027, 3, 2)) == days_played(test.facts)


# --------------------------------------------------------------------------- what cannot be run


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("playbook: small", "playbook: smal", 'PB520 3 there is no playbook "smal"'),
        ("step: call,", "step: cal,", 'PB523 15 "small" has no step "cal"'),
        ("until: 2026-06-30", "until: 2026-01-01", "PB522 9 the test ends on 2026-01-01, before it begins on 2026-01-31"),
        (CASE, "", "PB521 4 the test has no case"),
        (CASE, CASE + "    case_file: case.yaml\n", "PB521 4 the test has both case and case_file"),
        (CASE, "    case_file: case.yaml\n", 'PB521 5 the case file "case.yaml" cannot be read: there is no such file'),
        ("ends: finished", "ends: over", 'PB104 15 "over" is not a value of "ends"'),
        ("on: 2026-02-25,", "on: 2026-02-31,", 'PB105 11 "2026-02-31" is no day of the calendar'),
        ("channels: [call]", "channels: [phone]", 'PB104 14 "phone" is not a channel'),
        ("expect:", "expects:", 'PB101 10 "expects" is not a key of a test'),
        ('amount: "1000.00"', 'amount: "1,00"', "PB105 8"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_place(write, old, new, said):
    file, found = read_tests(write(GOOD.replace(old, new)))
    assert file is None
    shown = [f"{each.code} {each.line} {each.message}" for each in found]
    code = said.split()[0]
    assert any(each.startswith(code) and said.split(" ", 2)[-1][:20] in each for each in shown), shown


def test_a_broken_playbook_is_shown_not_run(write, tmp_path):
    (tmp_path / "small.yaml").write_text(PLAYBOOK.replace("at: J+1,", "at: J+x,"), encoding="utf-8")
    file, found = read_tests(write(GOOD))
    assert file is None
    assert found[0].path.endswith("small.yaml")


def test_a_case_file_is_read(write, tmp_path):
    (tmp_path / "case.yaml").write_text("\n".join(line[6:] for line in CASE.splitlines()[1:]) + "\n", encoding="utf-8")
    assert results(write(GOOD.replace(CASE, "    case_file: case.yaml\n")))[0].passed


# --------------------------------------------------------------------------- coverage


def test_what_no_test_exercises_is_listed(write, snapshot):
    file, _ = read_tests(write(GOOD))
    found = coverage(file.playbook, run_file(file).results)
    snapshot.assert_match("\n".join((f"{found.covered} of {found.total}", *found.gaps)) + "\n", "coverage.txt")


def test_a_fallback_an_expiry_and_a_broken_promise_count(write):
    more = GOOD + (
        "  - name: no address\n    case:\n      debtor: {id: dupont, kind: business, address: [1 rue X, 69001 Lyon]}\n"
        '      invoices: [{id: F-1, due: 2026-03-02, amount: "10.00"}]\n'
        '      events: [{on: 2026-03-04, event: promise.made, amount: "10.00", by: 2026-03-06}]\n'
        "    from: 2026-03-02\n    expect:\n      - {on: 2026-03-03, step: first, channels: [letter]}\n"
        "      - {on: 2026-03-13, step: first, channels: [letter], occurrence: 2}\n"
        "      - {on: 2026-03-14, step: broken, channels: [task]}\n"
    )
    file, _ = read_tests(write(more))
    gaps = coverage(file.playbook, run_file(file).results).gaps
    assert not any(line.startswith("step ") for line in gaps), gaps


# --------------------------------------------------------------------------- the command


def test_the_command_shows_a_diff_a_person_can_read(write, snapshot):
    write(GOOD.replace("2026-04-01, step: call", "2026-03-31, step: call").replace("ends: finished", "ends: stopped"))
    snapshot.assert_match(relance("test", code=1).stdout, "diff.txt")


def test_the_command_passes_in_silence_but_for_the_count(write):
    write(GOOD)
    assert relance("test", "small.yaml").stdout == "ok    small.test.yaml  1 of 1 pass\n1 test: 1 pass, 0 fail\n"


def test_the_same_for_machines(write):
    write(GOOD.replace("2026-04-01, step: call", "2026-03-31, step: call"))
    found = json.loads(relance("test", "--format", "json", "--coverage", code=1).stdout)
    assert (found["version"], found["tests"], found["failed"]) == (1, 1, 1)
    (test,) = found["files"][0]["tests"]
    assert [each["on"] for each in test["missing"] + test["unexpected"]] == ["2026-03-31", "2026-04-01"]
    assert found["coverage"][0]["playbook"] == "small"


def test_junit_names_the_tests_and_their_differences(write):
    write(GOOD.replace("nobody pays", 'nobody <pays> & "all"').replace("2026-04-01, step: call", "2026-03-31, step: call"))
    root = ET.fromstring(relance("test", "--format", "junit", code=1).stdout)
    assert (root.get("tests"), root.get("failures")) == ("1", "1")
    (case,) = root.iter("testcase")
    assert case.get("name") == 'nobody <pays> & "all"'
    assert "- 2026-03-31  call" in case.find("failure").text


def test_github_is_told_the_line(write, monkeypatch):
    write(GOOD.replace("2026-04-01, step: call", "2026-03-31, step: call"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    said = relance("test", code=1).stdout
    assert "::error file=small.test.yaml,line=4,title=playbook test::nobody pays%0A" in said


def test_a_file_that_cannot_be_run_is_exit_2_and_the_others_run(write, tmp_path):
    write(GOOD)
    (tmp_path / "other.test.yaml").write_text("playbook: [", encoding="utf-8")
    result = relance("test", code=2)
    assert "other.test.yaml:1:" in result.stderr
    assert "1 of 1 pass" in result.stdout


def test_a_folder_without_tests_is_a_mistake_of_the_call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "no *.test.yaml file" in relance("test", code=2).output


def test_a_test_file_of_bytes_is_no_traceback(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.test.yaml").write_bytes(bytes(range(256)))
    assert "x.test.yaml:3:115" in relance("test", code=2).output


def test_a_name_over_several_lines_begins_no_command_and_rings_no_bell():
    from relance.report.tests import _on_one_line

    assert _on_one_line("paie\n::error::boum\a  fin") == "paie ::error::boum fin"
