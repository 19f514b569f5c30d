"""docs/language.md 3: a creditor's own fields, on each side of every bound, as each kind; and what is not known."""

from dataclasses import replace

import pytest

from relance.interpreter import say
from relance.language import load_playbook_text
from relance.model import Status

HEAD = "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\n"
TOP = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\nfields: {formule: text, mois: number, signe: date, garantie: flag}\n"
STEP = "  - {{id: a, title: A, at: J, channels: [email], tone: courteous, if: {{field: {{{asked}}}}}}}\n"


def of(ladder, **fields):
    ladder.facts = replace(ladder.facts, invoices=tuple(replace(each, fields=fields) for each in ladder.facts.invoices))
    return ladder


@pytest.mark.parametrize(
    ("asked", "told", "so"),
    [
        ("formule: [premium, or]", {"formule": "or"}, True),
        ("formule: premium", {"formule": "Premium"}, False),
        ('mois: {at_least: "12"}', {"mois": "12"}, True),
        ('mois: {at_least: "12"}', {"mois": "11,99"}, False),
        ("mois: {more_than: 12}", {"mois": "12"}, False),
        ("mois: {more_than: 9}", {"mois": "12"}, True),
        ('mois: {less_than: "1000"}', {"mois": "1 000"}, False),
        ("signe: {before: 2025-01-01}", {"signe": "2024-12-31"}, True),
        ("signe: {before: 2025-01-01}", {"signe": "2025-01-01"}, False),
        ("signe: {from: 2025-01-01}", {"signe": "2025-01-01"}, True),
        ("garantie: true", {"garantie": "oui"}, True),
        ("garantie: true", {"garantie": "0"}, False),
        ("garantie: false", {"garantie": "0"}, True),
        ("garantie: false", {}, False),
        ('mois: {at_least: "12"}', {"mois": "douze"}, False),
        ("signe: {before: 2025-01-01}", {"signe": "31/12/2024"}, False),
    ],
)
def test_a_field_is_compared_as_what_it_holds(bench, asked, told, so):
    ladder = of(bench(STEP.format(asked=asked), top=TOP), **told)
    assert (ladder.at("2026-02-01").status is Status.DUE) is so


def test_a_field_that_nobody_told_is_named(bench):
    ladder = bench(STEP.format(asked='mois: {at_least: "12"}'), top=TOP)
    assert say(ladder.at("2026-02-01").steps[0].reason) == "the condition field.mois ≥ 12 cannot be tried: the fact is missing"


def test_an_account_has_the_fields_of_its_carrier(bench):
    ladder = bench(STEP.format(asked="formule: or"), top=TOP + "unit: account\n").invoice("F-2", "2026-02-05")
    first, second = ladder.facts.invoices
    for told, so in (((first, "or"), (second, "premium")), True), (((first, "premium"), (second, "or")), False):
        ladder.facts = replace(ladder.facts, invoices=tuple(replace(each, fields={"formule": word}) for each, word in told))
        assert (ladder.at("2026-02-10").status is Status.DUE) is so


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("formule: premium", []),
        ("formul: premium", ['no field is called "formul"']),
        ("formule: {at_least: 3}", ['"formule" is declared as text, and compared as number']),
        ('mois: "12"', ['"mois" is declared as number, and compared as text']),
        ("signe: {at_most: 3}", ['"signe" is declared as date, and compared as number']),
        ("garantie: oui", ['"garantie" is declared as flag, and compared as text']),
    ],
)
def test_a_condition_asks_for_a_field_as_it_is_declared(asked, found):
    said = load_playbook_text(HEAD + TOP + "steps:\n" + STEP.format(asked=asked), "essai.yaml")[1]
    assert [each.message for each in said if each.code == "PB230"] == found


@pytest.mark.parametrize("key", ["stop_when", "hold_while"])
def test_what_stops_or_holds_a_case_may_ask_for_a_field_too(bench, key):
    ladder = of(bench(STEP.format(asked="formule: or"), top=TOP + f"{key}: [{{field: {{garantie: true}}}}]\n"), formule="or", garantie="oui")
    assert ladder.at("2026-02-01").status is {"stop_when": Status.STOPPED, "hold_while": Status.HELD}[key]
    said = load_playbook_text(HEAD + TOP + f"{key}: [{{field: {{garanti: true}}}}]\nsteps:\n" + STEP.format(asked="formule: or"), "essai.yaml")[1]
    assert "PB230" in {each.code for each in said}
