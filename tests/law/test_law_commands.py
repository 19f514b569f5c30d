"""`relance interest`, `law`, `due-date` and `limitation` as they are called."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main

SNAPSHOTS = Path(__file__).with_name("snapshots")
INTEREST = ("interest", "--amount", "10000", "--due", "2026-06-20", "--until", "2026-07-10")


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_interest_for_machines(snapshot):
    found = run(*INTEREST)
    assert found.exit_code == 0
    snapshot.snapshot_dir = SNAPSHOTS
    snapshot.assert_match(found.output, "interest.json")


def test_interest_for_people(snapshot):
    found = run(*INTEREST, "--format", "text", "--payment", "2026-06-30:4000", "--allocation", "principal_first")
    assert found.exit_code == 0
    snapshot.snapshot_dir = SNAPSHOTS
    snapshot.assert_match(found.output, "interest.txt")


def test_interest_against_a_consumer_begins_with_the_notice():
    without = json.loads(run(*INTEREST, "--debtor", "consumer").output)
    assert (without["total"], without["segments"]) == ("0.00", [])
    assert "1231-6" in without["notes"][0]
    found = json.loads(run(*INTEREST, "--debtor", "consumer", "--notice", "2026-07-01").output)
    assert (found["interest"], found["indemnity"], found["total"]) == ("6.78", "0.00", "6.78")
    assert [source["parameter"] for source in found["sources"]] == ["legal-interest-others"]


def test_what_is_paid_to_the_cent():
    found = json.loads(run(*INTEREST, "--payment", "2026-06-30:10073.29").output)
    assert (found["interest"], found["interest_paid"], found["principal"], found["to_pay"]) == ("33.29", "33.29", "0.00", "0.00")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--until", "2027-01-10"), "ecb-refinancing-rate"),
        (("--due", "2014-06-01"), "2015-01-01"),
        (("--until", "2026-06-19"), "L441-10"),
        (("--amount", "-1"), "negative"),
        (("--amount", "-1"), "L441-10"),
        (("--amount", "0"), "nothing"),
        (("--amount", "12,50"), "point"),
        (("--amount", "NaN"), "negative"),
        (("--amount", "1.005"), "decimals"),
        (("--amount", "1e30"), "figures"),
        (("--rate", "7.85"), "L441-10"),
        (("--rate", "-1"), "negative"),
        (("--rate", "12", "--debtor", "consumer"), "L441-10"),
        (("--payment", "2026-01-01:5"), "L441-10 I"),
        (("--issued", "2026-06-01", "--payment", "2026-05-31:5"), "before the invoice"),
        (("--issued", "2026-06-21"), "L441-9"),
        (("--payment", "2026-07-01:-5"), "negative"),
        (("--payment", "2026-07-01"), "day and the amount"),
        (("--payment", "yesterday:5"), "YYYY-MM-DD"),
        (("--debtor", "consumer", "--notice", "2020-01-01"), "1344"),
        (("--due", "2026-02-30"), "YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(more, said):
    found = run(*INTEREST, *more)
    assert found.exit_code == 2
    assert said in found.output
    assert "Traceback" not in found.output


def test_the_law_is_listed_and_shown():
    listed = run("law", "--on", "2026-11-22")
    assert listed.exit_code == 0
    assert "late-interest " in listed.output
    assert re.search(r"^late-interest +12\.40 % +2026-11-22 +C\. com\. L441-10 II$", listed.output, re.MULTILINE)
    shown = run("law", "show", "late-interest", "--on", "2024-03-01")
    assert shown.output.startswith("late-interest: 14.50 % on 2024-03-01\n")
    machine = json.loads(run("law", "show", "late-interest", "--on", "2024-03-01", "--format", "json").output)
    assert (machine["value"], [source["value"] for source in machine["sources"]]) == ("14.50", ["4.50", "10"])
    everything = json.loads(run("law", "--on", "2027-01-01", "--format", "json").output)
    assert {one["name"]: one["value"] for one in everything["parameters"]}["late-interest"] is None


def test_what_people_read_fits_in_eighty_columns():
    names = [one["name"] for one in json.loads(run("law", "--format", "json").output)["parameters"]]
    texts = [run("law").output, run("law", "check", "--on", "2027-12-01").output, run(*INTEREST, "--format", "text").output]
    texts += [run("law", "show", name, "--on", "2026-11-22").output for name in names]
    wide = [line for text in texts for line in text.splitlines() if len(line) > 80 and not line.strip().startswith("https://")]
    assert wide == []


def test_an_unverified_value_says_so():
    assert "(not verified)" in run("law", "show", "legal-interest-individuals", "--on", "2026-08-01").output
    assert "(not verified)" not in run("law", "show", "legal-interest-individuals", "--on", "2026-06-01").output


def test_a_misspelt_figure_and_an_unknown_half_year_are_said():
    wrong = run("law", "show", "late-intrest", "--on", "2024-03-01")
    assert (wrong.exit_code, "did you mean 'late-interest'" in wrong.output) == (2, True)
    unknown = run("law", "show", "late-interest", "--on", "2027-01-01")
    assert (unknown.exit_code, "ecb-refinancing-rate" in unknown.output) == (2, True)


def test_a_day_in_front_of_the_subcommand_is_not_swallowed():
    found = run("law", "--on", "2024-01-01", "check")
    assert (found.exit_code, "--on goes behind 'check'" in found.output) == (2, True)


def test_the_freshness_of_the_law(snapshot):
    found = run("law", "check", "--on", "2026-11-22")
    assert found.exit_code == 1
    snapshot.snapshot_dir = SNAPSHOTS
    snapshot.assert_match(found.output, "law-check.txt")
    assert len(json.loads(run("law", "check", "--on", "2026-11-22", "--format", "json").output)["concerns"]) == 11


def test_figures_of_one_s_own_make_a_fresh_law_and_an_answer_for_2027(tmp_path):
    from relance.data import shipped

    for name, rate in (("ecb-refinancing-rate", "2.65"), ("legal-interest-others", "2.80"), ("legal-interest-individuals", "6.90")):
        text = (shipped("playbooks") / "law" / "fr" / f"{name}.yaml").read_text(encoding="utf-8")
        text = text.replace("until: 2026-12-31", "until: 2027-06-30").replace("verified: false", "verified: true")
        new = f'  - from: 2027-01-01\n    value: "{rate}"\n    reference: {{title: x, url: "https://x.example"}}\n    published: 2026-12-28\n    verified: true\n'
        (tmp_path / f"{name}.yaml").write_text(text + new, encoding="utf-8")
    found = json.loads(run(*INTEREST, "--until", "2027-01-10", "--figures", tmp_path).output)
    assert found["segments"][-1]["rate"] == "12.65"
    checked = run("law", "--figures", tmp_path, "check", "--on", "2026-12-30")
    assert "missing" not in checked.output
    (tmp_path / "legal-interest-others.yaml").write_text("schema: 1\nparametre: x\n", encoding="utf-8")
    wrong = run(*INTEREST, "--figures", tmp_path)
    assert wrong.exit_code == 2
    assert "legal-interest-others.yaml:2:1" in wrong.output


def test_due_dates():
    assert run("due-date", "--issued", "2025-01-02", "--terms", "45 days end of month", "--method", "after").output == "2025-03-17\n"
    without = run("due-date", "--issued", "2025-01-02", "--terms", "45 days end of month")
    assert without.exit_code == 2
    assert "`before` counts" in without.output
    assert "`after` goes" in without.output
    over = run("due-date", "--issued", "2025-01-02", "--terms", "90 days", "--format", "json")
    assert over.exit_code == 1
    assert json.loads(over.output)["over_cap"]["law"] == "C. com. L441-10 I"
    assert run("due-date", "--issued", "2025-01-02", "--terms", "90 days", "--debtor", "consumer").exit_code == 0
    old = run("due-date", "--issued", "2010-01-02", "--terms", "90 days")
    assert (old.exit_code, "not checked" in old.output) == (0, True)
    assert run("due-date", "--issued", "9999-12-02", "--terms", "90 days").exit_code == 2


def test_what_changes_nothing_is_said():
    found = json.loads(run(*INTEREST, "--payment", "2026-07-11:5.00", "--notice", "2026-07-01").output)
    assert [note.split(":")[0] for note in found["notes"]] == [
        "5.00 on 2026-07-11 is not counted",
        "the notice of 2026-07-01 changes nothing between professionals",
    ]
    assert json.loads(run(*INTEREST, "--payment", "2026-07-10:5.00").output)["notes"] == [
        "5.00 EUR of what was paid was counted on interest (C. civ. 1343-1)"
    ]


def test_a_delivery_a_performance_and_a_suspension_count():
    done = run("limitation", "--due", "2025-06-01", "--performed", "2025-02-01", "--debtor", "consumer", "--on", "2026-01-01")
    assert done.output.startswith("time-barred from 2027-02-02")
    stopped = run("limitation", "--due", "2025-06-01", "--suspended", "2025-07-01..2025-07-11:impossibility", "--debtor", "consumer", "--on", "2026-01-01")
    assert stopped.output.startswith("time-barred from 2027-06-12")
    assert run("limitation", "--due", "2025-06-01", "--suspended", "2025-07-01:holidays").exit_code == 2
    carried = run("limitation", "--due", "2025-06-01", "--delivered", "2025-02-01", "--nature", "transport", "--on", "2026-01-01")
    assert carried.output.startswith("time-barred from 2026-02-02")


def test_limitation():
    found = run("limitation", "--due", "2021-03-01", "--debtor", "business", "--on", "2026-02-28")
    assert found.output.startswith("time-barred from 2026-03-02: 2 days left on 2026-02-28\n")
    gone = json.loads(run("limitation", "--due", "2021-03-01", "--debtor", "consumer", "--on", "2026-02-28", "--format", "json").output)
    assert (gone["barred"], gone["barred_on"], gone["days_left"]) == (True, "2023-03-02", 0)
    letter = run("limitation", "--due", "2021-03-01", "--interrupted", "2022-01-01:letter")
    assert (letter.exit_code, "interrupts nothing" in letter.output) == (2, True)
    anew = run(
        "limitation", "--due", "2021-03-01", "--debtor", "business", "--interrupted", "2022-01-01:acknowledgement", "--on", "2026-02-28"
    )
    assert "2027-01-02" in anew.output
