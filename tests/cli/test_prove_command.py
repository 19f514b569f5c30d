"""`relance prove`: exit codes, what is said, the history and its replay, promises of an author, the forms for machines."""

import json
import re
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from relance.cli import main

PLAYBOOK = """schema: 1
playbook: essai
version: 1
title: Essai
hold_while: [disputed, promised, plan_running, unmatched_money]
steps:
  - {id: rappel, at: J+3, channels: [email], tone: courteous}
"""


def prove(*words: str) -> Result:
    return CliRunner().invoke(main, ["prove", *words])


@pytest.fixture
def essai(tmp_path: Path) -> Path:
    path = tmp_path / "essai.yaml"
    path.write_text(PLAYBOOK)
    return path


def test_what_ships_and_is_small_is_proved():
    found = prove("declic")
    assert found.exit_code == 0, found.output
    assert "proved       PB701" in found.output
    assert "docs/prove.md" in found.output


def test_where_a_person_may_move_the_case_the_answer_says_so():
    found = prove("declic", "--moved", "--quick")
    assert found.exit_code == 0, found.output
    assert "a person may move the case at any moment, to any step" in found.output


def test_a_breach_is_a_history_and_a_command_that_plays_it(essai: Path):
    found = prove(str(essai), "--quick")
    assert found.exit_code == 1
    assert "BROKEN       PB704" in found.output
    assert "hold.placed" in found.output
    again = next(line for line in found.output.splitlines() if "relance preview" in line)
    assert '--event "2026-03-05 hold.placed' in again


def test_what_the_budget_does_not_reach_is_not_decided():
    found = prove("negligent", "--situations", "50")
    assert found.exit_code == 3
    assert "proved       PB701" in found.output
    assert "not decided  PB709" in found.output
    assert "not all longer ones" in found.output


def shipped_without(word: str, name: str, folder: Path) -> Path:
    """Write a shipped playbook that does not hold while a word holds."""
    text = Path(f"playbooks/{name}.yaml").read_text(encoding="utf-8")
    wrong = re.sub(r"^hold_while: .*$", lambda held: held[0].replace(f", {word}", "").replace(f"{word}, ", ""), text, flags=re.MULTILINE)
    assert wrong != text
    (path := folder / f"{name}.yaml").write_text(wrong, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "word"),
    [
        *(("declic", word) for word in ("on_hold", "promised", "plan_running", "unmatched_money")),
        *(pytest.param(name, "plan_running", marks=pytest.mark.long) for name in ("negligent", "systematique", "consommateur", "injonction-de-payer", "agence-amiable")),
    ],
)
def test_preview_plays_the_breach_by_the_command_that_is_given(tmp_path: Path, name: str, word: str):
    found = json.loads(prove(str(shipped_without(word, name, tmp_path)), "--quick", "--format", "json").output)["proofs"][0]
    breach = next(each for each in found["promises"] if each["code"] == "PB704")
    assert breach["ruling"] == "broken"
    played = CliRunner().invoke(main, [*shlex.split(breach["again"])[1:], "--format", "json"])
    assert played.exit_code == 0, played.output
    last = breach["history"][-1]
    assert (last["on"], last["step"]) in {(each["on"], each["step"]) for each in json.loads(played.output)["timeline"]}


def test_an_author_promises_and_waives(essai: Path):
    essai.with_name("essai.promises.yaml").write_text(
        "schema: 1\nplaybook: essai\npromises:\n  - {name: jamais de SMS, never: sms}\n  - {never: email, while: paid}\n"
        "  - {at_most: 1, of: contact, within: 30 days}\n  - {eventually: {step: rappel}}\n"
        "waive: [{code: PB707, reason: un seul message}]\n"
    )
    found = prove(str(essai), "--situations", "3000")
    assert "proved       jamais de SMS" in found.output
    assert "PB707" not in found.output


@pytest.mark.parametrize(
    ("promise", "ruling"),
    [
        ("{always: email, of: {step: rappel}}", "proved"),
        ("{always: sms, of: {step: rappel}}", "BROKEN"),
        ("{always: {claim: late_interest}, of: contact}", "BROKEN"),
        ("{always: {claim: late_interest}, of: contact, unless: disputed}", "BROKEN"),
        ("{never: {claim: late_interest}}", "proved"),
        ("{always: email, of: {kind: reminder}}", "proved"),
    ],
)
def test_what_leaves_is_always_so_or_asks_something_or_not(essai: Path, promise: str, ruling: str):
    essai.with_name("essai.promises.yaml").write_text(f"schema: 1\nplaybook: essai\npromises:\n  - {{name: la mienne, {promise[1:]}\n")
    found = prove(str(essai), "--quick")
    assert next(line for line in found.output.splitlines() if line.endswith("la mienne")).split()[0] == ruling, found.output


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        ("{always: sms}", '"always" needs of'),
        ("{always: sms, of: contact, while: paid}", 'while say nothing beside "always"'),
        ("{never: fax}", "neither contact, nor a channel, nor an event"),
        ("{never: {step: rappelle}}", 'has no step "rappelle"'),
        ("{at_most: 3, of: contact}", '"at_most" needs within'),
        ("{never: sms, within: 3 days}", 'within say nothing beside "never"'),
        ("{while: paid}", "a promise has one of"),
        ("{after: j, comes: contact, within: 3 days}", '"j" is neither due nor an event'),
    ],
)
def test_a_promise_that_cannot_be_read_is_told_at_its_line(essai: Path, promise: str, said: str):
    essai.with_name("essai.promises.yaml").write_text(f"schema: 1\nplaybook: essai\npromises:\n  - {promise}\n")
    found = prove(str(essai))
    assert found.exit_code == 2, found.output
    assert said in found.output
    assert "essai.promises.yaml:4" in found.output


def test_nobody_waives_insolvency(essai: Path):
    essai.with_name("essai.promises.yaml").write_text("schema: 1\nplaybook: essai\npromises: []\nwaive: [{code: PB703, reason: parce que}]\n")
    assert prove(str(essai)).exit_code == 2


def test_machines_read_the_same(essai: Path):
    plain = json.loads(prove(str(essai), "--quick", "--format", "json").output)
    broken = [each for each in plain["proofs"][0]["promises"] if each["ruling"] == "broken"]
    assert [each["code"] for each in broken] == ["PB704"]
    assert broken[0]["history"][-1]["step"] == "rappel"
    for form in ("sarif", "junit", "github", "gitlab"):
        found = prove(str(essai), "--quick", "--format", form)
        assert found.exit_code == 1
        assert "PB704" in found.output


def test_promises_are_validated_beside_their_playbook(essai: Path):
    essai.with_name("essai.promises.yaml").write_text("schema: 1\nplaybook: essai\npromises:\n  - {never: fax}\n")
    found = CliRunner().invoke(main, ["validate", str(essai.parent)])
    assert "PB710" in found.output
    assert found.exit_code == 1


def test_it_is_said_in_french():
    found = CliRunner().invoke(main, ["prove", "declic"], env={"RELANCE_LANG": "fr"})
    assert "prouvé" in found.output
    assert "qui a payé n'est pas relancé" in found.output.replace("’", "'")


def test_the_picture_has_every_step_and_no_arrow_that_no_history_takes():
    drawn = prove("litige", "--graph", "--quick").output.splitlines()
    assert drawn[0] == "flowchart TD"
    arrows = {line.strip() for line in drawn if "-->" in line}
    assert {"begin --> s0", "s0 --> s1", "s1 --> s2"} <= arrows
    assert "s2 --> s0" not in arrows
    assert sum(1 for line in drawn if line.startswith(("  s0[", "  s1[", "  s2["))) == 3


def test_a_step_for_other_debtors_is_reached_by_one_of_them(essai: Path):
    essai.write_text(essai.read_text(encoding="utf-8").replace("channels: [email]", "channels: [email], if: {debtor: consumer}", 1), encoding="utf-8")
    found = prove(str(essai), "--quick", "--format", "json")
    rulings = {each["name"]: each for each in json.loads(found.output)["proofs"][0]["promises"]}
    assert rulings["the step rappel can leave"]["ruling"] == "proved"


def test_the_page_and_the_picture_load_nothing(essai: Path):
    page = prove(str(essai), "--quick", "--format", "html").output
    assert "BROKEN" in page
    assert "relance preview" in page
    assert "as a test" in page
    picture = prove(str(essai), "--quick", "--graph", "svg").output
    drawn = ET.fromstring(picture)  # our own
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    for text in (page, picture):
        assert not re.search(r"(?:src|href)=|@import|url\(", text)


def test_what_no_history_reaches_is_said_with_what_keeps_it(essai: Path):
    essai.write_text(essai.read_text(encoding="utf-8").rstrip("\n") + "\n  - {id: jamais, title: Jamais, at: J+40, channels: [letter], tone: neutral, if: {debtor: consumer, not: {debtor: consumer}}}\n", encoding="utf-8")
    found = prove(str(essai), "--quick")
    assert "step jamais never leaves: " in found.output
