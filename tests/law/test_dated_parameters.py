"""The dated figures: their files, their look-up, and what is said where one is not known."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

from relance.data import shipped
from relance.law.parameters import Law, UnknownParameter, concerns, french, half_year, read, value_on
from relance.model import Severity

FOLDER = shipped("playbooks") / "law" / "fr"
FILES = sorted(entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".yaml"))
RATES = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "rates.yaml"


def plain(name):
    raw = yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    raw["schema"] = int(raw["schema"])
    for value in raw.get("values", ()):
        value["verified"] = {"true": True, "false": False}[value["verified"]]
    return raw


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_its_schema_s_shape(name):
    schema = json.loads((shipped("schemas") / "law-parameter.schema.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    assert list(Draft7Validator(schema, format_checker=FormatChecker()).iter_errors(plain(name))) == []


@pytest.mark.parametrize("name", FILES)
def test_a_file_passes_the_loader_every_command_uses(name):
    from relance.language import shape, source

    read_in, findings = source.read((FOLDER / name).read_bytes(), name)
    assert findings == ()
    assert [finding for finding in shape.check(read_in, "law-parameter") if finding.severity is Severity.ERROR] == []


def test_half_yearly_rates_of_the_law():
    table = {
        date(2015, 1, 1): ("10.05", "2.79"),
        date(2022, 12, 31): ("10.00", "2.31"),
        date(2023, 6, 30): ("12.50", "6.18"),
        date(2023, 7, 1): ("14.00", "12.66"),
        date(2024, 3, 1): ("14.50", "15.21"),
        date(2024, 12, 31): ("14.25", "14.76"),
        date(2025, 1, 1): ("13.15", "11.13"),
        date(2026, 6, 30): ("12.15", "7.86"),
        date(2026, 9, 16): ("12.40", "8.25"),
    }
    for day, (rate, floor) in table.items():
        assert value_on("late-interest", day) == Decimal(rate)
        assert value_on("late-interest-floor", day) == Decimal(floor)


@pytest.mark.skipif(not RATES.exists(), reason="the gathered rates are not beside this checkout")
def test_every_gathered_rate_is_shipped_with_its_flag():
    rates = yaml.safe_load(RATES.read_text(encoding="utf-8"))
    for row in rates["legal_interest_rate"]["semesters"]:
        for category, name in (("creancier_particulier", "legal-interest-individuals"), ("autres_cas", "legal-interest-others")):
            if row[category]["value"] is None:
                with pytest.raises(UnknownParameter):
                    value_on(name, row["effective_from"])
                continue
            value = french()[name].on(row["effective_from"])
            assert (value.start, str(value.value), value.verified) == (
                row["effective_from"],
                row[category]["value"],
                row[category]["verified"],
            )
    changes = rates["ecb_main_refinancing_rate"]["changes"]
    for row in rates["l441_10_default"]["semesters"]:
        if row["ecb"] is None:
            continue
        assert str(value_on("ecb-refinancing-rate", row["effective_from"])) == row["ecb"]
        assert [change["value"] for change in changes if change["effective_from"] <= row["effective_from"]][-1] == row["ecb"]
        assert str(value_on("late-interest", row["effective_from"])) == row["default_rate"]
        assert str(value_on("late-interest-floor", row["effective_from"])) == row["contractual_floor"]


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2027, 6, 30), date(2030, 1, 1)])
@pytest.mark.parametrize(
    "name", ["late-interest", "ecb-refinancing-rate", "legal-interest-others", "legal-interest-individuals", "late-interest-floor"]
)
def test_a_half_year_not_yet_known_is_an_error_that_says_what_to_add(name, day):
    with pytest.raises(UnknownParameter, match=f"{half_year(day)[0]}") as caught:
        value_on(name, day)
    assert caught.value.parameter in ("ecb-refinancing-rate", "legal-interest-others", "legal-interest-individuals")


def test_a_day_before_the_first_value_is_an_error():
    with pytest.raises(UnknownParameter, match="first value is of 2015-01-01"):
        value_on("late-interest", date(2014, 12, 31))


def test_a_half_year_left_out_is_an_error_even_when_a_later_one_is_there(tmp_path):
    text = (FOLDER / "legal-interest-others.yaml").read_text(encoding="utf-8").replace("until: 2026-12-31", "until: 2027-12-31")
    later = '  - from: 2027-07-01\n    value: "3.00"\n    reference: {title: x, url: "https://x.example"}\n    published: unknown\n    verified: true\n'
    (tmp_path / "legal-interest-others.yaml").write_text(text + later, encoding="utf-8")
    law = french().overlaid(read(tmp_path))
    assert law.value_on("legal-interest-others", date(2027, 8, 1)) == 3
    with pytest.raises(UnknownParameter, match="2027-01-01"):
        law.value_on("legal-interest-others", date(2027, 3, 1))


def test_what_to_look_at_again():
    on = date(2026, 11, 22)
    kinds = {(one.parameter, one.kind) for one in concerns(french(), on)}
    assert ("legal-interest-individuals", "unverified") in kinds
    assert {name for name, kind in kinds if kind == "missing"} == {
        "ecb-refinancing-rate",
        "legal-interest-individuals",
        "legal-interest-others",
    }
    assert not {one for one in kinds if one[1] == "old"}
    later = concerns(french(), on + timedelta(121))
    youngest = max(parameter.checked_on for parameter in french().parameters.values())
    every = concerns(french(), youngest + timedelta(121))
    assert {one.parameter for one in every if one.kind == "old"} == set(french().parameters)
    assert {one.kind for one in later if one.parameter == "late-interest-margin"} == {"old", "superseded"}
    assert len([one for one in later if one.kind == "missing"]) == 6


def test_120_days_are_not_old_yet():
    assert not [one for one in concerns(french(), date(2026, 11, 22) + timedelta(120)) if one.kind == "old"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parameter: x\n", "'title'"),
        ("- 1\n", "is no parameter"),
        ("a: [", "is no parameter"),
        ("parameter: y\ntitle: t\nunit: days\nlaw: l\nchecked_on: 2026-01-01\nsum_of: [a, b]\n", "name it y.yaml"),
        ("parameter: x\ntitle: t\nunit: days\nlaw: l\nchecked_on: 2026-01-01\n", "either"),
        ("parameter: x\ntitle: t\nunit: days\nlaw: l\nchecked_on: soon\n", "soon"),
    ],
)
def test_a_file_that_is_no_parameter_is_named(tmp_path, text, said):
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.yaml") as caught:
        read(tmp_path)
    assert said in str(caught.value)


def test_an_unknown_name_is_an_unknown_parameter():
    with pytest.raises(UnknownParameter, match="no parameter"):
        value_on("late-fees", date(2026, 1, 1))
    assert Law({}).parameters == {}
