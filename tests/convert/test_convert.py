"""What others use, read into playbooks: they decide as the product did, and say what was lost."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from relance.checking import Checker
from relance.cli import main
from relance.convert import PRODUCTS, converted
from relance.convert.ladder import playbook_text
from relance.language import load_playbook_text
from relance.model import Severity
from relance.simulation import playbook_tests

FILES = Path(__file__).parent / "files"
SCENARIOS = Path(__file__).parents[1] / "scenarios"
FROM = {"odoo8": "odoo", "odoo17": "odoo", "oca": "oca", "tryton": "tryton", "erpnext": "erpnext", "killbill": "killbill", "lago": "lago", "ninja": "invoice-ninja", "dolibarr": "dolibarr"}
EVERY = sorted(FILES.iterdir())
PEERS = [file for file in EVERY if (SCENARIOS / f"{file.stem}.test.yaml").exists() and file.name != "oca.json" and file.name != "tryton.json"]


#: What the products' own tests assert, as it was read from them.
BEHAVIOUR = SCENARIOS.parents[2] / "shared" / "data" / "peer_scenarios.json"


def read(file):
    return converted(FROM[file.stem.split("-")[0]], file.read_bytes())


@pytest.mark.parametrize("file", PEERS, ids=lambda file: file.name)
def test_a_converted_playbook_decides_as_its_product_did(file):
    """The behaviour that the products' own tests assert, played from what was converted."""
    tests, findings = playbook_tests.read_tests(SCENARIOS / f"{file.stem}.test.yaml")
    assert tests is not None, findings
    ladder = read(file).ladders[0]
    playbook, findings = load_playbook_text(playbook_text(replace(ladder, id=file.stem)), "converted.yaml", checks=False)
    assert playbook is not None, findings
    for test in tests.tests:
        expect = tuple(replace(one, channels=None) for one in test.expect)
        result = playbook_tests.run_test(playbook, replace(test, expect=expect))
        assert result.passed, (test.name, result.differences, result.ends)


@pytest.mark.skipif(not BEHAVIOUR.exists(), reason="the peers' behaviour is not beside this checkout")
def test_every_behaviour_of_a_product_that_is_played_is_played_from_its_own_file():
    """What no converted file plays is listed with its reason (tests/scenarios/not_about_when.yaml): 40 are played, 18 listed."""
    known = {case["id"] for case in json.loads(BEHAVIOUR.read_text(encoding="utf-8")) if case["id"].rsplit("-", 1)[0] in FROM}
    played = {test["name"].split()[0] for file in PEERS for test in yaml.safe_load((SCENARIOS / f"{file.stem}.test.yaml").read_text(encoding="utf-8"))["tests"]}
    listed = set(yaml.safe_load((SCENARIOS / "not_about_when.yaml").read_text(encoding="utf-8")))
    assert known - listed <= played


def test_every_product_has_a_file_that_is_tried():
    assert {FROM[file.stem.split("-")[0]] for file in EVERY} == set(PRODUCTS)
    assert {FROM[file.stem.split("-")[0]] for file in PEERS} == set(PRODUCTS) - {"dolibarr"}


@pytest.mark.parametrize("file", EVERY, ids=lambda file: file.name)
def test_a_converted_playbook_has_no_mistake(file, tmp_path):
    for ladder in read(file).ladders:
        path = tmp_path / f"{ladder.id}.yaml"
        path.write_text(playbook_text(ladder, language="fr"), encoding="utf-8")
        assert [each for each in Checker().check_file(path).findings if each.severity is Severity.ERROR] == []


def steps(name):
    return [(rung.at, rung.channels, rung.condition, rung.repeat) for rung in read(FILES / name).ladders[0].rungs]


def test_days_of_dolibarr_count_towards_the_due_date():
    assert [at for at, *_ in steps("dolibarr.csv")] == ["J-7", "J+10"]


def test_levels_of_odoo_leave_by_all_their_ways():
    assert [channels for _, channels, *_ in steps("odoo17.json")] == [("email",), ("email", "sms", "task")]


def test_spans_of_tryton_are_whole_days_however_they_are_written():
    assert [at for at, *_ in steps("tryton.json")] == ["J+10", "J+30"]


def test_yen_have_no_hundredths():
    data = b'{"dunning_campaign": {"code": "tokyo", "max_attempts": 1, "days_between_attempts": 3, "thresholds": [{"currency": "JPY", "amount_cents": 5000}]}}'
    assert converted("lago", data).ladders[0].rungs[0].condition == {"overdue_balance": {"at_least": {"JPY": "5000"}}}


def test_what_is_lost_is_named_with_its_reason():
    lost = [loss for file in EVERY for found in [read(file)] for loss in (*found.lost, *(each for ladder in found.ladders for each in ladder.lost))]
    said = " ".join(f"{loss.what}: {loss.why}" for loss in lost)
    for word in ("the fee of level 1", "the rate of interest, 8.5 %", "No follow", "blocks the subscription", "blind copies", "CPCE L111-8", 'paid by "VIR"'):
        assert word in said
    assert all(len(loss.why) > 15 for loss in lost)


BROKEN = {
    "odoo": b"name,delay\nA,soon\n", "oca": b'[{"name": "A", "level": 1, "computation_mode": "moon", "delay_days": 1}]', "tryton": b"{}", "erpnext": b"{not json",
    "killbill": b"<overdueConfig/>", "lago": b'{"dunning_campaign": {"code": "x"}}', "invoice-ninja": b'{"settings": {"enable_reminder1": true, "schedule_reminder1": "full_moon"}}',
    "dolibarr": b'"label"\n"x"\n',
}  # fmt: skip


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_file_that_is_something_else_is_refused_with_a_sentence(product, tmp_path):
    for data in (BROKEN[product], b"", b"\xff\xfe\x00", b"[]", b"<a><b/></a>", b"null", b"[1, 2]"):
        path = tmp_path / "file"
        path.write_bytes(data)
        result = CliRunner().invoke(main, ["convert", str(path), "--from", product])
        assert (result.exit_code, result.output[:7]) == (2, "Error: "), (data, result.output, result.exception)


def test_playbooks_are_written_and_never_over_another(tmp_path):
    command = ["convert", str(FILES / "killbill.xml"), "--from", "killbill", "--out", str(tmp_path / "playbooks")]
    first = CliRunner().invoke(main, command)
    assert first.exit_code == 0
    assert "lost: that OD3 blocks the subscription" in first.stderr
    assert (tmp_path / "playbooks" / "overdue.yaml").read_text("utf-8").startswith("# Converted. What was lost, and why:\n# - ")
    read = (tmp_path / "playbooks" / "overdue.yaml").read_bytes()
    assert CliRunner().invoke(main, command).exit_code == 0
    assert [path.name for path in (tmp_path / "playbooks").iterdir()] == ["overdue.yaml"]
    assert (tmp_path / "playbooks" / "overdue.yaml").read_bytes() == read


def test_a_french_author_reads_french():
    result = CliRunner().invoke(main, ["convert", str(FILES / "lago.json"), "--from", "lago", "--lang", "fr"])
    assert "# Converti. Ce qui s’est perdu, et pourquoi" in result.stdout
    assert "lost" not in result.stderr


def test_two_conversions_into_one_folder_stand_side_by_side(tmp_path):
    """Rules of one name, read from two files, become two playbooks; the same file read again changes nothing."""
    names = [file for file in EVERY if file.stem in {"odoo8", "odoo17"}]
    assert len(names) == 2

    def convert(file):
        return CliRunner().invoke(main, ["convert", str(file), "--from", FROM[file.stem], "--out", str(tmp_path / "playbooks")], env={"RELANCE_LANG": "en"})

    first = convert(names[0])
    before = {path.name: path.read_text("utf-8") for path in (tmp_path / "playbooks").iterdir()}
    again = convert(names[0])
    assert first.exit_code == again.exit_code == 0
    assert ("written:" in again.output, again.output.count("there already, and the same:")) == (False, len(before))
    name = min(before)
    (tmp_path / "playbooks" / name).write_text("# another one\n", "utf-8")
    third = convert(names[0])
    beside = tmp_path / "playbooks" / name.replace(".yaml", "-2.yaml")
    assert third.exit_code == 0
    assert (tmp_path / "playbooks" / name).read_text("utf-8") == "# another one\n"
    assert beside.read_text("utf-8") == before[name].replace(f"playbook: {Path(name).stem}\n", f"playbook: {Path(name).stem}-2\n")
    assert f'as the playbook "{Path(name).stem}-2"' in third.output
    assert not [each for each in Checker().check_file(beside).findings if each.severity is Severity.ERROR]


def test_two_ladders_of_one_name_in_a_file_are_two_playbooks(monkeypatch, tmp_path):
    file = next(each for each in EVERY if each.suffix == ".json")
    made = converted(FROM[file.stem], file.read_bytes())
    twice = replace(made, ladders=(made.ladders[0], replace(made.ladders[0], title="Second")))
    monkeypatch.setattr("relance.convert.converted", lambda *_: twice)
    done = CliRunner().invoke(main, ["convert", str(file), "--from", FROM[file.stem], "--out", str(tmp_path)], env={"RELANCE_LANG": "en"})
    assert done.exit_code == 0, done.output
    name = made.ladders[0].id
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([f"{name}.yaml", f"{name}-2.yaml"])
