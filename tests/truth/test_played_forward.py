"""Cases that `relance preview` plays forward: every line, and every text as it stands in the letter, the e-mail or the sheet."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymupdf
import pytest
import zxingcpp

Lines = list[dict[str, Any]]
#: The paper of a firm that may write to consumers: without its mediator no formal notice to one is made (PB416).
MEDIATED = """schema: 1
sender:
  name: Atelier du Rhône SARL
  siren: "000987651"
  address: ["12 quai des Brotteaux", 69006 Lyon]
  email: compta@atelier.example
  signatory: Claire Martin
  role: Comptable
  mediator: Médiation des artisans, 5 rue des Halles, 75001 Paris, mediation.example
payment:
  iban: FR7630006000011234567890189
  beneficiary: Atelier du Rhône SARL
"""


def principals(lines: Lines) -> dict[tuple[str, str], str]:
    """Return the principal that each step asked, by day."""
    return {(line["on"], line["step"]): line["claimed"]["principal"] for line in lines}


def amounts(text: str) -> list[Decimal]:
    """Return every amount in euros of a text."""
    return [Decimal(found.replace(" ", "").replace(",", ".")) for found in re.findall(r"(?<![\d,])(\d{1,3}(?: \d{3})*,\d{2}) €", text)]


def of(texts: dict[str, str], step: str) -> list[str]:
    """Return the texts of a step."""
    return [text for name, text in texts.items() if f"-{step}-" in name]


def table_total(text: str) -> Decimal | None:
    """Return the sum of the column "Reste dû", held against its total where it has one."""
    rows = re.search(r"Reste dû(?: [- ]+)?(.*?)(?:Décompte|Nous |Nos |Par cette|Jour |Nous vous|$)", text)
    assert rows is not None
    found = [
        Decimal(each.replace(" ", "").replace(",", "."))
        for each in re.findall(r"\d\d/\d\d/\d{4} [\d ]+,\d\d € (\d{1,3}(?: \d{3})*,\d{2}) €", rows[1])
    ]
    if not found:
        return None
    total = re.search(r"Total (\d{1,3}(?: \d{3})*,\d{2}) €", rows[1])
    if total is not None:
        assert Decimal(total[1].replace(" ", "").replace(",", ".")) == sum(found)
    return sum(found, Decimal(0))


def codes_of(letter: Path) -> list[str]:
    """Decode the payment codes that stand on the pages of a letter."""
    found = []
    for page in pymupdf.open(letter):
        pixels = page.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY)
        picture = memoryview(pixels.samples).cast("B", (pixels.height, pixels.width))
        found += [code.text for code in zxingcpp.read_barcodes(picture)]
    return found


@pytest.mark.case("account-not-due-agency")
def test_an_agency_asks_nothing_that_is_not_due(house):
    lines, texts = house.preview("agence-amiable", "2026-06-15")
    assert len(lines) == 6
    assert set(principals(lines).values()) == {"1200.00"}
    assert {line["claimed"]["fixed_indemnity"] for line in lines} == {"40.00", "0.00"}, "one invoice's, and none where a step claims none"
    notice = next(house.folder.glob("out/*registered_letter-mise-en-demeure*.pdf"))
    (asked,) = {line["claimed"]["total"] for line in lines if line["step"] == "mise-en-demeure"}
    assert [code.split("\n")[7] for code in codes_of(notice)] == [f"EUR{asked}"]
    for name, text in texts.items():
        assert all(amount < 9000 or amount == 9000 for amount in amounts(text)), name
        assert not re.search(r"F-2026-009[^.]{0,40}échue", text), name
        for said in re.findall(r"F-2026-009.{0,60}", text):
            assert "9 000,00" not in said or "30/06/2026" in said, (name, said)


@pytest.mark.case("account-not-due-own")
def test_an_account_asks_what_is_overdue_on_the_day(house):
    lines, texts = house.preview("compte.yaml", "2026-11-30")
    assert principals(lines) == {("2026-09-22", "relance-1"): "1200.00", ("2026-10-21", "mise-en-demeure"): "1500.00"}
    assert not [name for name, text in texts.items() if any(amount >= 4500 for amount in amounts(text))]


@pytest.mark.case("account-not-due-own")
def test_a_run_asks_what_is_overdue_on_the_day(house):
    house.at("2026-09-22")
    house.run("--playbook", "compte.yaml")
    (action,) = [json.loads(line) for line in (house.folder / "run-2026-09-22" / "actions.jsonl").read_text("utf-8").splitlines()]
    assert (action["invoices"], action["claimed"]["principal"], action["claimed"]["total"]) == (["F-1"], "1200.00", "1200.00")
    assert not [
        path
        for path in (house.folder / "run-2026-09-22" / "messages").rglob("*")
        if path.is_file() and b"4\xe2\x80\xaf500" in path.read_bytes()
    ]


def reference_in(name):
    """Return the reference of the file that a message's file name holds: R-7F3A-0C21."""
    (found,) = re.findall(r"-(R-[0-9A-F]{4}-[0-9A-F]{4})-", name)
    return found


@pytest.mark.case("court-sheet-other-notice")
def test_the_sheet_for_a_court_names_its_own_notice(house):
    _, texts = house.preview("systematique", "2026-06-20")
    sheets = of(texts, "demande-en-justice")
    assert len(sheets) == 2
    letters = {name: text for name, text in texts.items() if "registered_letter-mise-en-demeure" in name}
    for name, letter in letters.items():
        mine = "F-1" if "facture F-1" in letter else "F-2"
        (other,) = letters.keys() - {name}
        (sheet,) = [text for text in sheets if f"{mine} " in text and amounts(letter)[1] in amounts(text)]  # the first is the whole demand
        assert reference_in(name) in sheet, "its file's reference"
        assert f"{int(name[8:10])} mars 2026" in sheet or f"{name[8:10]}/03/2026" in sheet
        assert f"{int(other[8:10])} mars 2026" not in sheet, "not the other's day"


@pytest.mark.case("courtesy-reminder-cited")
def test_a_reminder_before_the_day_is_no_step_without_payment(house):
    lines, texts = house.preview("negligent", "2026-05-20")
    assert lines[0]["on"] < "2026-03-02"
    reminder = next(name for name in texts if "rappel-avant-echeance" in name)
    later = {name: text for name, text in texts.items() if name != reminder}
    assert len(later) == 7
    for name, text in later.items():
        assert not re.search(r"23 février 2026|23/02/2026", text), name


@pytest.mark.case("notice-cites-other-invoices")
def test_a_letter_names_only_messages_about_its_invoices(house):
    _, texts = house.preview("negligent", "2026-05-20")
    first = {name for name in texts if name < "2026-02-20"}
    for name in texts.keys() - first:
        assert not re.findall(r"\bF-1\b", texts[name]), name
        assert not re.search(r"29 décembre 2025|6 janvier 2026|4 février 2026|19 février 2026", texts[name]), name
        assert not re.search(r"29/12/2025|06/01/2026|04/02/2026|19/02/2026", texts[name]), name
    (notice,) = [text for name, text in texts.items() if "2026-04-22-registered" in name]
    assert "6 mars 2026 : courriel" in notice
    assert "7 avril 2026 : lettre" in notice


@pytest.mark.case("plan-after-the-notice")
def test_a_plan_broken_after_the_notice_is_named_before_the_handover(house):
    lines, texts = house.preview("en-difficulte", "2026-10-30")
    days = {line["step"]: line["on"] for line in lines}
    assert days["mise-en-demeure"] < "2026-05-10" < "2026-06-10" < days["plan-rompu"] < days["transmission"]
    named = of(texts, "plan-rompu")
    assert named
    for text in named:
        assert "10 mai 2026" in text
        assert "600,00 € prévu le 10 juin 2026" in text
        day, month = re.search(r"600,00 € au plus tard le (\d+) (juin|juillet) 2026", text).groups()
        assert days["transmission"] > f"2026-{'06' if month == 'juin' else '07'}-{int(day):02d}"


@pytest.mark.case("plan-broken-code")
def test_the_code_of_a_broken_plan_asks_the_missed_instalment(house):
    _, texts = house.preview("en-difficulte", "2026-04-30")
    for text in of(texts, "plan-rompu"):
        assert "400,00 € prévu le 16 mars 2026" in text
        assert "nous régler 400,00 €" in text
    (letter,) = (house.folder / "out").glob("*letter-plan-rompu*.pdf")
    (code,) = codes_of(letter)
    assert "EUR400.00" in code.split("\n")


@pytest.mark.case("plan-of-another-invoice")
def test_a_letter_about_a_plan_shows_its_instalments_alone(house):
    _, texts = house.preview("en-difficulte", "2026-03-31")
    named = of(texts, "plan-rompu")
    assert len(named) == 2
    for text in named:
        assert text.count("450,00 €") >= 2
        assert "2 000,00" not in text
        assert not re.search(r"\bF-2\b|4 mai 2026|1er juin 2026", text)


@pytest.mark.case("plan-principal-then-penalties")
def test_what_a_plan_paid_served_the_principal_and_no_penalty_runs_on_its_days(house):
    lines, texts = house.preview("en-difficulte", "2026-06-30")
    asked = principals(lines)
    after = {step: sum_ for (on, step), sum_ in asked.items() if on > "2026-04-15"}
    assert after == dict.fromkeys(("plan-rompu", "mise-en-demeure", "dernier-point", "transmission"), "800.00")
    assert all("800,00 €" in text for text in of(texts, "plan-rompu"))
    for text in of(texts, "mise-en-demeure"):
        assert "20 février 2026" in text, "the plan"
        assert re.search(r"400,00 €.{0,40}15 avril 2026", text), "the instalment that was missed"
        runs = re.findall(r"F-2026-001 (\d\d/\d\d)/2026 (\d\d/\d\d)/2026 \d+ 12,15 %", text)
        assert runs, text
        days = [(f"{a[3:]}-{a[:2]}", f"{b[3:]}-{b[:2]}") for a, b in runs]
        assert all(last <= "02-20" or first >= "04-15" for first, last in days), days


@pytest.mark.case("skipped-notice-grants-nothing")
def test_a_notice_that_was_skipped_grants_nothing(house):
    words = ("preview", "negligent", "--due", "2026-03-02", "--amount", "1200.00")
    whole = house.json(*words)
    skipped = house.json(*words, "--event", "2026-04-16 action.skipped mise-en-demeure")
    assert [line["step"] for line in whole["timeline"]][-1] == "transmission", "the other side"
    assert not {line["step"] for line in skipped["timeline"]} & {"mise-en-demeure", "transmission"}
    assert not [line for line in skipped["timeline"] if line["kind"] in ("handover", "legal", "formal_notice")]


@pytest.mark.case("sms-of-an-agency")
def test_an_agencys_text_message_is_written_or_cited_nowhere(house):
    _, texts = house.preview("agence-amiable", "2026-05-15")
    (message,) = of(texts, "message")
    assert message
    assert "recouvrement" not in message.lower()
    assert "F-2026-001" not in message
    (notice,) = [text for name, text in texts.items() if "registered_letter-mise-en-demeure" in name]
    assert "23 février 2026 : SMS" in notice


@pytest.mark.parametrize(
    ("playbook", "case_lines"),
    [
        pytest.param("agence-amiable", 7, marks=pytest.mark.case("table-total-agency")),
        pytest.param("negligent", 6, marks=pytest.mark.case("table-total-one-invoice")),
    ],
)
def test_the_column_its_total_and_the_statement_are_one_figure(house, playbook, case_lines):
    lines, texts = house.preview(playbook, "2026-04-30")
    assert len(lines) == case_lines
    claimed = {(line["on"], line["step"], line["carrier"]): Decimal(line["claimed"]["principal"]) for line in lines}
    read = 0
    for name, text in texts.items():
        if name < "2026-02-20":
            continue
        (principal,) = {sum_ for (on, step, _), sum_ in claimed.items() if name.startswith(on) and f"-{step}-" in name}
        if "Principal restant dû" in text:
            assert re.search(r"Principal restant dû ([\d ]+,\d\d) €", text)[1].replace(" ", "").replace(",", ".") == str(principal), name
            assert table_total(text) == principal, name
            assert re.search(r"(?:20 février 2026|20/02/2026|23 février 2026|23/02/2026)", text), (name, "the day of the payment")
            assert "200,00 €" in text, name
            read += 1
    assert read >= 4


@pytest.mark.case("two-notices-one-cited")
def test_a_follow_up_names_both_notices(house):
    (house.folder / "letterhead.yaml").write_text(MEDIATED, encoding="utf-8")
    _, texts = house.preview("consommateur", "2026-07-31")
    references = [reference_in(name) for name in texts if "registered_letter-mise-en-demeure" in name]
    assert len(references) == 2
    followed = [*of(texts, "apres-mise-en-demeure"), *of(texts, "transmission")]
    assert len(followed) == 2
    for text in followed:
        assert "F-2026-001" in text
        assert "F-2026-002" in text
        assert all(reference in text for reference in references)
        assert re.search(r"1er avril 2026", text)
        assert re.search(r"8 avril 2026", text)
        assert re.search(r"F-2026-001 02/04/2026", text)
        assert re.search(r"F-2026-002 09/04/2026", text)
