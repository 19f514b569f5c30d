"""A changed IBAN leaves by no message until a person confirms it; a creditor who leaves takes his claims, and nothing of his waits any more."""

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.data import shipped
from relance.journal.journal import Journal
from relance.journal.verification import verify
from relance.model import Creditor

DEMO = shipped("playbooks").joinpath("demo")
OTHER = "FR1420041010050500013M02606"


@pytest.fixture
def house(tmp_path, monkeypatch, demo_morning):
    moment = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    for place in ("relance.cli.common.now", "relance.cli.run.now", "relance.cli.send.now"):
        monkeypatch.setattr(place, lambda: moment[0])
    demo_morning(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "creditors.csv").write_text(DEMO.joinpath("creditors.csv").read_text(encoding="utf-8"), encoding="utf-8")
    tables = ["--creditors", "creditors.csv", *(str(word) for name in ("invoices", "debtors", "events") for word in (f"--{name}", DEMO / f"{name}.csv"))]

    def run(*words, code=0):
        done = CliRunner().invoke(main, [str(word) for word in words])
        assert done.exit_code == code, done.output
        return done.output

    def morning(days=0, *more):
        moment[0] += timedelta(days=days)
        day = f"{moment[0]:%Y-%m-%d}"
        return run("run", "--routing", DEMO / "routing.yaml", *tables, "--as-of", day, *more)

    run.morning = morning
    run.clock = lambda: moment[0]
    with Journal.open("relance.db", read_only=True) as journal:
        run.creditor = journal.creditors()[0]
    return run


def changed(house, iban=OTHER):
    """Change his IBAN in the journal, and in the table that the next run reads."""
    table = Path("creditors.csv")
    table.write_text(re.sub(r"FR\d{2}[0-9A-Z]{23}", iban, table.read_text(encoding="utf-8")), encoding="utf-8")
    with Journal.open("relance.db", now=house.clock) as journal:
        journal.declare(house.creditor, [], actor="marie", record=Creditor(house.creditor, iban=iban))


def assert_todo_holds(house, number, settles):
    text = " ".join(house("todo").split())
    assert "ready to leave" not in text
    assert re.search(r"\d+ messages are held: the IBAN of", text)
    assert settles in text
    pending = [each for each in json.loads(house("todo", "--limit", "0", "--format", "json"))["items"] if each["kind"] == "pending"]
    assert len(pending) >= number
    assert all(OTHER in each["held"] for each in pending)


def test_nothing_leaves_with_a_new_iban_until_it_was_confirmed_and_typed_right(house):
    letters = json.loads(house("send", "--print", "tray", "--dry-run", "--format", "json"))["counts"]
    assert letters["sent"] > 0
    assert "messages ready to leave: relance send" in house("todo")
    changed(house)
    held = json.loads(house("send", "--print", "tray", "--dry-run", "--format", "json"))
    assert "sent" not in held["counts"]
    assert {OTHER in each["words"] for each in held["messages"]} == {True}
    assert_todo_holds(house, letters["sent"], f"relance creditor confirm {house.creditor} --iban …")
    (item,) = [each for each in json.loads(house("todo", "--format", "json"))["items"] if each["kind"] == "iban"]
    assert item["settles"] == f"relance creditor confirm {house.creditor} --iban …"
    assert "is not the IBAN that was recorded" in house("creditor", "confirm", house.creditor, "--iban", "FR1420041010050500013M02605", code=2)
    house("creditor", "confirm", house.creditor, "--iban", "fr14 2004 1010 0505 0001 3m02 606", "--note", "M. Rhodan, au téléphone")
    assert json.loads(house("send", "--print", "tray", "--dry-run", "--format", "json"))["counts"] == letters
    house("creditor", "confirm", house.creditor, "--iban", OTHER, code=2)  # nothing waits any more


def test_what_another_system_sends_is_drafted_until_it_was_confirmed(house):
    changed(house)
    house.morning(1)
    assert "draft" not in {each["state"] for each in json.loads(house("outbox", "list", "--format", "json"))["messages"] if each["on"] == "2026-03-03"}
    house.morning(1, "--sent-by", "other")
    drafts = [each for each in json.loads(house("outbox", "list", "--format", "json"))["messages"] if each["on"] == "2026-03-04"]
    assert {each["state"] for each in drafts} <= {"draft"}


def test_an_iban_that_comes_back_needs_no_word(house):
    with Journal.open("relance.db", read_only=True) as journal:
        first = journal.creditor_records()[0].iban
    changed(house)
    changed(house, first)
    assert [each for each in json.loads(house("todo", "--format", "json"))["items"] if each["kind"] == "iban"] == []


def test_a_mandate_is_told_thirty_days_before_its_end_and_not_earlier(house):
    house("creditor", "mandate", house.creditor, "--until", "2026-04-02", "--number", "M-7", "--ceiling", "5000.00")
    assert [each["kind"] for each in json.loads(house("todo", "--format", "json"))["items"] if each["kind"] == "mandate"] == []
    kinds = [each["kind"] for each in json.loads(house("todo", "--on", "2026-03-03", "--format", "json"))["items"]]
    assert kinds.count("mandate") == 1
    said = house("creditor", "list")
    assert "until 2026-04-02, number M-7, ceiling 5000.00" in said


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["--from", "2026-03-02", "--until", "2026-03-01"], "a mandate from 2026-03-02 does not end on 2026-03-01"),
        (["--ceiling", "Infinity"], "is no amount"), (["--ceiling", "NaN"], "is no amount"), (["--ceiling", "-1"], "is no amount"), (["--ceiling", "1000,00"], "with a point"),
        (["--powers", "plans, mise-en-demeure"], "'mise-en-demeure' is no power"),
        ([], "nothing of the mandate was given"),
    ],
)  # fmt: skip
def test_a_mandate_that_says_nothing_or_cannot_be_is_refused(house, given, why):
    before = house("creditor", "list")
    assert why in " ".join(house("creditor", "mandate", house.creditor, *given, code=2).split())
    assert house("creditor", "list") == before
    house("creditor", "mandate", house.creditor, "--from", "2026-03-02", "--until", "2026-03-02", "--ceiling", "0")  # a day is a time, and no claim at all a bound


def test_nothing_is_closed_where_the_list_cannot_be_written(house):
    house("creditor", "end", house.creditor, "--out", "nowhere/claims.csv", "--commit", code=2)
    assert "closed" not in house("creditor", "list")


def drafts_of(house):
    return {each["id"]: each for each in json.loads(house("outbox", "list", "--format", "json"))["messages"] if each["state"] == "draft"}


def test_a_claim_above_the_ceiling_waits_for_another_mandate(house):
    house("creditor", "mandate", house.creditor, "--ceiling", "100.00")
    before = set(drafts_of(house))
    house.morning(7)
    with Journal.open("relance.db", read_only=True) as journal:
        made = [entry for entry in journal.entries(kinds=("action.emitted",)) if entry.on == house.clock().date() and not entry.data["step"].startswith("duty.")]
    above = [entry for entry in made if float(entry.data["claimed"]["principal"]) > 100]
    assert above
    assert all(entry.data["draft"] and "above the ceiling of the mandate" in entry.data["reason"] for entry in above)
    assert not any("ceiling" in entry.data["reason"] for entry in made if entry not in above)
    waiting = sorted(set(drafts_of(house)) - before)
    named = next(each for each in waiting if any(each == entry.data.get("message", entry.data["id"]) and entry.data["channel"] == "email" for entry in above))
    assert "ceiling" in house("outbox", "approve", named, code=1)
    assert named in drafts_of(house)
    assert "ceiling" in house("todo")
    house("creditor", "mandate", house.creditor, "--ceiling", "1000000.00")
    house("outbox", "approve", named)
    assert named not in drafts_of(house)


def test_a_power_that_was_not_given_is_not_used(house):
    house("creditor", "mandate", house.creditor, "--powers", "délais")
    assert "powers plans" in house("creditor", "list")
    assert "'prison' is no power" in house("creditor", "mandate", house.creditor, "--powers", "plans, prison", code=2)
    assert "is no amount" in house("creditor", "mandate", house.creditor, "--ceiling", "beaucoup", code=2)
    for _ in range(5):
        house.morning(7, "--sent-by", "other")
    with Journal.open("relance.db", read_only=True) as journal:
        made = [entry for entry in journal.entries(kinds=("action.emitted",)) if entry.on > datetime(2026, 3, 2, tzinfo=UTC).date()]
        someone = next(entry.debtor for entry in made)
    beyond = [entry for entry in made if entry.data["kind"] in ("formal_notice", "legal", "handover")]
    assert beyond
    assert all(entry.data["draft"] and "gives no power of" in entry.data["reason"] for entry in beyond)
    assert not any("gives no power" in entry.data["reason"] for entry in made if entry not in beyond)
    plan = ("record", someone, "plan.agreed", "2026-05-01 10.00", "--creditor", house.creditor)
    house(*plan)
    house("creditor", "mandate", house.creditor, "--powers", "none")
    assert "gives no power of 'plans'" in house(*plan, code=2)


def test_a_creditor_who_leaves_takes_his_claims_and_nothing_of_his_waits(house):
    assert "nothing was closed" in house("creditor", "end", house.creditor, "--out", "liste.csv")
    rows = list(csv.DictReader(Path("liste.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) > 20
    assert all(float(row["reste dû"].replace(",", ".")) > 0 for row in rows)
    house("creditor", "end", house.creditor, "--out", "liste.csv", code=2)  # not overwritten
    house("creditor", "mandate", house.creditor, "--until", "2026-03-02")
    house("creditor", "end", house.creditor, "--out", "rendu.csv", "--commit")
    left = [each for each in json.loads(house("todo", "--format", "json"))["items"] if each["kind"] != "money"]
    assert left == []
    house.morning(1)
    assert json.loads(house("outbox", "list", "--format", "json"))["messages"] == []
    with Journal.open("relance.db", read_only=True) as journal:
        assert verify(journal.engine).breaks == ()
