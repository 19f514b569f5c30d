from __future__ import annotations

import csv
import json

import pytest
from icalendar import Calendar

DUE = ("--due", "2026-03-02", "--amount", "1200.00")


@pytest.mark.parametrize(
    ("form", "name"), [("table", "preview.txt"), ("json", "preview.json"), ("markdown", "preview.md"), ("csv", "preview.csv")]
)
def test_a_ladder_played_forward(relance, snapshot, form, name):
    snapshot.assert_match(relance("preview", "negligent", *DUE, "--format", form).stdout, name)


def test_the_keys_for_machines_are_those_of_the_specification(relance):
    found = json.loads(relance("preview", "negligent", *DUE, "--format", "json").stdout)
    assert {"version", "playbook", "playbook_version", "case", "timeline", "ends"} <= set(found)
    assert set(found["ends"]) == {"on", "status", "reason"}
    assert {"on", "step", "occurrence", "channels", "tone", "kind", "status", "carrier", "deadline", "claimed", "reason"} <= set(
        found["timeline"][0]
    )
    notice = next(each for each in found["timeline"] if each["kind"] == "formal_notice")
    assert (notice["status"], notice["deadline"], notice["claimed"]["fixed_indemnity"]) == ("draft", "2026-05-04", "40.00")


def test_the_calendar_is_one_that_others_read(relance):
    first, again = (relance("preview", "negligent", *DUE, "--format", "ics").stdout_bytes for _ in range(2))
    assert first == again
    events = Calendar.from_ical(first).walk("VEVENT")
    assert [str(each["SUMMARY"]) for each in events][-3:] == [
        "Mise en demeure – Dupont SA, F-1",
        "Mise en demeure: deadline – Dupont SA, F-1",
        "Transmission au commissaire de justice – Dupont SA, F-1",
    ]
    assert len({str(each["UID"]) for each in events}) == len(events)


def test_a_csv_has_one_line_a_step(relance):
    rows = list(csv.DictReader(relance("preview", "negligent", *DUE, "--format", "csv").stdout.splitlines()))
    assert [row["step"] for row in rows][:2] == ["rappel-avant-echeance", "relance-1"]


def _steps(result):
    return [(each["on"], each["step"]) for each in json.loads(result.stdout)["timeline"]]


def test_what_if_the_debtor_pays(relance):
    told = relance("preview", "negligent", *DUE, "--event", "2026-03-06 payment.received 1200.00", "--format", "json")
    assert _steps(told) == [("2026-02-23", "rappel-avant-echeance"), ("2026-03-03", "relance-1")]


def test_what_if_by_names_and_by_places_are_the_same(relance):
    placed = relance("preview", "negligent", *DUE, "--event", "2026-03-05 promise.made 1200.00 2026-03-20", "--format", "json")
    named = relance(
        "preview", "negligent", *DUE, "--event", "2026-03-05 promise.made by=2026-03-20 amount=1200.00 invoice=F-1", "--format", "json"
    )
    assert _steps(placed) == _steps(named)
    assert ("2026-03-10", "appel") not in _steps(placed)


def test_what_if_nobody_approves(relance):
    told = relance(
        "preview", "negligent", *DUE, "--event", "2026-12-31 action.cancelled mise-en-demeure", "--until", "2026-12-30", "--format", "json"
    )
    assert _steps(told)[-1] == ("2026-04-16", "mise-en-demeure")
    assert json.loads(told.stdout)["timeline"][-1]["status"] == "draft"


def test_what_if_a_plan_is_agreed(relance):
    event = "2026-04-03 plan.agreed '2026-04-30 600.00, 2026-05-29 600.00'"
    assert ("2026-04-16", "mise-en-demeure") not in _steps(relance("preview", "negligent", *DUE, "--event", event, "--format", "json"))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("2026-03-05 promise.mad 10", "did you mean 'promise.made'?"),
        ("2026-03-05 promise.made 10", "expected: `promise.made <amount> <by>"),
        ("2026-03-05 payment.received ten", "expected an amount"),
        ("2026-03-05 payment.received 10 20", "nothing takes '20'"),
        ("2026-03-05 payment.received 10 amount=20", "expected: `payment.received <amount>"),
        ("2026-13-05 payment.received 10", "2026-13-05"),
        ("2026-03-05", "an event is a day, what happened, and its fields"),
        ("2026-03-05 note 'open", "a quotation mark is not closed"),
        ("2026-03-05 payment.received 10 invoice=F-9", "there is no invoice 'F-9'"),
        ("2026-03-05 payment.received 10 currency=USD", "nothing is owed in USD"),
    ],
)
def test_a_what_if_that_cannot_be_read_says_what_was_expected(relance, event, said):
    assert said in relance("preview", "negligent", *DUE, "--event", event, code=2).output.replace("\n", " ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give --due and --amount"),
        (("--due", "2026-03-02"), "give --due and --amount"),
        (("--due", "2026-03-02", "--amount", "12,50"), "12.50"),
        (("--due", "2026-03-02", "--amount", "0"), "above zero"),
        (("--due", "2026-03-02", "--amount", "12.505"), "decimals"),
        (("--due", "2026-03-02", "--amount", "12", "--currency", "EURO"), "EURO"),
        (("--due", "2026-03-02", "--amount", "12", "--issued", "2026-03-03"), "after it is due"),
        (("--due", "2026-02-30", "--amount", "12"), "2026-02-30"),
        ((*DUE, "--from", "2026-05-01", "--until", "2026-04-01"), "comes before the first"),
    ],
)
def test_a_call_that_makes_no_sense_says_why(relance, words, said):
    assert said in relance("preview", "negligent", *words, code=2).output


def test_a_case_file_and_an_invented_case_are_one_too_many(relance, case):
    assert "leave one or the other out" in relance("preview", "negligent", "--case", case, "--due", "2026-03-02", code=2).output


def test_a_case_file_is_played(relance, case):
    told = relance("preview", "negligent", "--case", case, "--until", "2026-02-10", "--format", "json")
    assert _steps(told)[0] == ("2026-01-26", "rappel-avant-echeance")


def test_the_texts_are_written(relance, tmp_path):
    relance("preview", "declic", *DUE, "--letters", "texts")
    names = sorted(path.suffix for path in (tmp_path / "texts").iterdir())
    assert {".eml", ".pdf", ".html"} <= set(names)


def test_the_tasks_of_the_law_are_shown(relance):
    told = relance("preview", "negligent", *DUE, "--event", "2026-03-20 insolvency.opened 2026-03-19")
    assert "a task the law adds, by 2026-05-19" in told.stdout


SENDER = 'schema: 1\nsender: {{name: Recouvrement du Sud SARL, siren: "552100554", address: [3 rue X, 13001 Marseille], email: a@b.example, signatory: Service recouvrement{more}}}\n'


@pytest.mark.parametrize(("more", "written"), [("", False), (", sms_name: Cabinet Sud", True)], ids=["without", "with"])
def test_a_text_message_that_cannot_be_written_is_not_said_to_leave(relance, tmp_path, more, written):
    (tmp_path / "paper.yaml").write_text(SENDER.format(more=more), encoding="utf-8")
    case = ("--due", "2026-03-02", "--amount", "90.00", "--debtor", "consumer")
    done = relance("preview", "agence-amiable", *case, "--letters", tmp_path / "out", "--letterhead", tmp_path / "paper.yaml", code=0 if written else 1)
    assert ("1 message cannot be written, and would not leave" in done.stderr) is not written


@pytest.mark.parametrize(("more", "after"), [("", []), (", sms_name: Cabinet Sud", ["derniere-relance", "mise-en-demeure", "transmission"])], ids=["without", "with"])
def test_what_cannot_be_written_is_shown_once_as_unsent_and_nothing_follows_it(relance, tmp_path, more, after):
    (tmp_path / "paper.yaml").write_text(SENDER.format(more=more), encoding="utf-8")
    case = ("--due", "2026-03-02", "--amount", "90.00", "--debtor", "business", "--format", "json")
    done = relance("preview", "agence-amiable", *case, "--letters", tmp_path / "out", "--letterhead", tmp_path / "paper.yaml", code=1 if not more else 0)
    played = json.loads(done.stdout)["timeline"]
    (message,) = [line for line in played if line["step"] == "message"]
    assert (message["status"], bool(message["unsent"])) == (("emitted", False) if more else ("unsent", True))
    assert [line["step"] for line in played[played.index(message) + 1 :]] == after
