"""The checks of law on playbooks: every rule's own examples, and the shipped playbooks."""

import pytest

from relance.data import shipped
from relance.language import load_playbook, load_playbook_text, resolve
from relance.language.checks.law import may_waive
from relance.language.code import checks
from relance.language.library import shipped_ids
from relance.law.rules import rules

CHECKS = [check for check, codes in checks().items() if not codes]
RULES = [rule for rule in rules().values() if rule.playbook is not None]
SHIPPED = [f"{name}.yaml" for name in shipped_ids()]


def found(example):
    text = f"schema: 1\nplaybook: exemple\nversion: 1\ntitle: Exemple\n{example}"
    playbook, findings = load_playbook_text(text, "exemple.yaml", checks=False)
    assert findings == ()
    source, _ = resolve(text, "exemple.yaml")
    return [diagnostic for check in CHECKS for diagnostic in check(playbook, source)]


def codes(example):
    return [finding.code for finding in found(example)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_bad_example_is_found_with_its_severity_and_place(rule):
    (finding,) = [one for one in found(rule.playbook.bad) if one.code == rule.code]
    assert finding.severity is rule.severity
    assert finding.line > 4
    assert finding.hint


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_good_example_is_not(rule):
    assert rule.code not in codes(rule.playbook.good)


STEP = "{id: relance, at: J+10, channels: [email], tone: firm}"


@pytest.mark.parametrize(
    ("contact", "loose"),
    [
        ("{min_gap: 3 days}", True),
        ("{min_gap: 4 days}", False),
        ("{min_gap: 2 business days}", True),
        ("{min_gap: 3 business days}", False),
        ("{min_gap: 1 week}", False),
        ("{at_most: {contacts: 2, within: 7 days}}", False),
        ("{at_most: {contacts: 3, within: 30 days}}", True),
        ("{at_most: {contacts: 2, within: 5 days}}", True),
        ("{min_gap: 5 days, at_most: {contacts: 3, within: 30 days}}", False),
    ],
)
def test_two_contacts_in_seven_days_is_the_prudent_most(contact, loose):
    assert ("PB309" in codes(f"contact: {contact}\nsteps: [{STEP}]")) is loose


@pytest.mark.parametrize(("last", "loose"), [(7, True), (8, False)])
def test_three_steps_in_seven_days_are_seen_without_contact_rules(last, loose):
    steps = "".join(f"  - {{id: r{n}, at: J+{n}, channels: [email], tone: firm}}\n" for n in (1, 4, last))
    assert ("PB309" in codes(f"steps:\n{steps}")) is loose


@pytest.mark.parametrize(
    "step",
    [
        "{id: lettre, at: J+1, channels: [letter], tone: neutral, if: {balance: {at_least: '50.00'}}}",
        "{id: lettre, at: J+1, channels: [letter], tone: neutral, fallback: {letter: email}}",
        "{id: lettre, at: J+1, channels: [email], tone: neutral}",
    ],
)
def test_the_letter_of_an_agency_goes_to_every_debtor_on_paper(step):
    assert "PB310" in codes(f"collector: agency\nsteps: [{step}]")


def test_insolvency_may_stop_a_case_among_others_but_not_under_a_condition():
    assert "PB316" not in codes(f"stop_when: [{{any_of: [{{paid: true}}, {{insolvent: true}}]}}]\ndebtor: business\nsteps: [{STEP}]")
    assert "PB316" in codes(f"stop_when: [{{insolvent: true, paid: true}}]\ndebtor: business\nsteps: [{STEP}]")


def test_an_error_that_is_an_offence_cannot_be_waived_and_a_warning_can():
    assert [may_waive(code) for code in ("PB301", "PB330", "PB319")] == [False, False, False]
    assert [may_waive(code) for code in ("PB302", "PB309", "PB201")] == [True, True, True]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("PB301", "an offence (C. conso. L121-21"),
        ("PB319", "stays refused"),
        ("PB215", "a mistake of the file"),
        ("PB999", "no finding of that code"),
        ("PB309", None),
        ("PB302", None),
        ("PB210", None),
        ("PB410", None),
    ],
)
def test_what_may_be_waived_and_why_not(code, said):
    waive = f"waive: [{{code: {code}, reason: accord écrit du débiteur}}]\n"
    refused = [one.message for one in found(f"{waive}steps: [{STEP}]") if one.code == "PB319"]
    assert len(refused) == (said is not None)
    assert all(said in message for message in refused)


@pytest.mark.parametrize(("gap", "loose"), [(3, True), (4, False)])
def test_steps_that_count_from_one_another_are_seen_without_contact_rules(gap, loose):
    steps = "".join(f"  - {{id: r{n}, at: {f'r{n - 1} + {gap} days' if n else 'J+1'}, channels: [email], tone: firm}}\n" for n in range(3))
    assert ("PB309" in codes(f"steps:\n{steps}")) is loose


def test_codes_are_in_order_and_each_says_what_is_certain_and_its_article():
    assert list(rules()) == sorted(rules())
    assert all(rule.code.startswith("PB3") and rule.certain and (rule.law or rule.code == "PB319") for rule in rules().values())


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_playbooks_have_no_finding_of_law(name):
    path = shipped("playbooks") / name
    playbook, findings = load_playbook(path, checks=False)
    assert findings == ()
    source, _ = resolve(path.read_text(encoding="utf-8"), str(path))
    assert [finding for check in CHECKS for finding in check(playbook, source)] == []


@pytest.mark.parametrize(
    ("steps", "seen"),
    [
        ("contact: {min_gap: 1 day}\nsteps: [{id: a, at: J+1, channels: [email], tone: firm, repeat: {every: 1 day, times: 4}}]", False),
        ("contact: {min_gap: 1 day}\nsteps: [{id: a, at: J+1, channels: [email], tone: firm, repeat: {every: 1 day, times: 5}}]", True),
        ("steps: [{id: a, at: J+1, channels: [email], tone: firm, repeat: {every: 1 day, times: unlimited}}]", True),
        ("steps: [{id: a, at: J+1, channels: [email], tone: firm, repeat: {every: 7 days, times: unlimited}}]", False),
        ("contact: {min_gap: 7 days}\nsteps: [{id: a, at: J+1, channels: [email], tone: firm, repeat: {every: 1 day, times: unlimited}}]", False),
        ("steps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 13 days, times: unlimited}}]", True),
        ("steps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 14 days, times: unlimited}}]", False),
        ("steps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 30 days, times: 3}}]", False),
        ("steps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 9 days, times: 11}}]", False),
        ("steps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 9 days, times: 12}}]", True),
        ("steps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 14 days, times: 40}}]", False),
        ("steps: [{id: a, at: J+1, channels: [email], tone: firm, repeat: {every: 9 days, times: 40}}]", False),
        ("steps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 26 days, times: unlimited}}, {id: b, at: J+9, channels: [sms], tone: firm, repeat: {every: 26 days, times: unlimited}}]", True),
        ("steps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 28 days, times: unlimited}}, {id: b, at: J+9, channels: [sms], tone: firm, repeat: {every: 28 days, times: unlimited}}]", False),
        ("steps: [{id: a, at: J+1, channels: [email], tone: firm, repeat: {every: 15 days, times: unlimited}}, {id: b, at: J+9, channels: [sms], tone: firm, repeat: {every: 15 days, times: unlimited}}]", False),
        ("contact: {at_most: {contacts: 2, within: 30 days}}\nsteps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 4 days, times: unlimited}}]", False),
        ("contact: {at_most: {contacts: 3, within: 30 days}}\nsteps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 4 days, times: unlimited}}]", True),
        ("contact: {at_most: {contacts: 1, within: 30 days, channels: [email]}}\nsteps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 4 days, times: unlimited}}]", True),
        ("contact: {at_most: {contacts: 1, within: 30 days, channels: [call, sms]}}\nsteps: [{id: a, at: J+1, channels: [call], tone: firm, repeat: {every: 4 days, times: unlimited}}]", False),
        ("steps: [{id: a, at: J+1, channels: [email, letter], tone: firm}, {id: b, at: J+3, channels: [email, letter], tone: firm}]", False),
        ("steps: [{id: a, at: J+1, channels: [email, letter], tone: firm}, {id: b, at: J+3, channels: [email, letter, sms], tone: firm}]", True),
        ("steps: [{id: a, at: J+1, channels: [email, letter], tone: firm}, {id: b, at: J+8, channels: [email, letter, sms], tone: firm}]", False),
        ("contact: {at_most: {contacts: 1, within: 7 days}}\nsteps: [{id: a, at: J+1, channels: [email, letter], tone: firm}, {id: b, at: J+3, channels: [email, letter, sms], tone: firm}]", False),
        ("steps: [{id: a, if: {disputed: true}, at: J+1, channels: [email, letter, sms], tone: firm, repeat: {every: 3 days, times: 2}}]", True),
    ],
)  # fmt: skip
def test_every_channel_of_a_week_is_a_message(steps, seen):
    assert ("PB320" in codes(steps)) is seen


@pytest.mark.parametrize("channel", ["call", "sms"])
@pytest.mark.parametrize(("closed", "seen"), [("next", False), ("keep", True)])
def test_nobody_is_called_on_a_closed_day(channel, closed, seen):
    text = f"calendar: {{holidays: FR, weekend: [saturday, sunday], when_closed: next}}\nsteps: [{{id: a, at: J+5, channels: [{channel}], tone: neutral, when_closed: {closed}}}]"
    assert ("PB321" in codes(text)) is seen


def test_a_letter_on_a_sunday_is_no_error():
    found_ = codes("calendar: {holidays: FR, weekend: [saturday], when_closed: next}\nsteps: [{id: a, at: J+5, channels: [letter], tone: neutral}]")
    assert "PB307" in found_
    assert "PB321" not in found_


@pytest.mark.parametrize(
    ("channels", "code"),
    [("sms", "PB322"), ("call", "PB322"), ("sms, call", "PB322"), ("email", "PB323"), ("email, sms", "PB323"), ("letter, sms", None), ("registered_letter", None)],
)
def test_what_a_formal_notice_goes_by(channels, code):
    said = codes(f"steps: [{{id: m, kind: formal_notice, at: J+45, channels: [{channels}], tone: formal, grants: 15 days}}]")
    assert [each for each in said if each in ("PB322", "PB323")] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("channels", "fallback", "seen"),
    [("registered_letter", "sms", True), ("registered_letter", "letter", False), ("registered_letter, email", "sms", False), ("registered_letter, sms", "call", True)],
)
def test_a_formal_notice_does_not_become_a_text_message(channels, fallback, seen):
    said = codes(f"steps: [{{id: m, kind: formal_notice, at: J+45, channels: [{channels}], fallback: {{registered_letter: {fallback}}}, tone: formal, grants: 15 days}}]")
    assert ("PB322" in said) is seen


@pytest.mark.parametrize(
    ("head", "step", "seen"),
    [
        ("hold_while: [on_hold]", "claim: [late_interest]", True),
        ("hold_while: [on_hold]", "if: {disputed: false}, claim: [late_interest]", False),
        ("hold_while: [on_hold]", "template: relance-1", False),
        ("hold_while: [on_hold, disputed]", "claim: [fixed_indemnity]", False),
        ("hold_while: [on_hold]\nstop_when: [paid, insolvent, disputed]", "claim: [fixed_indemnity]", False),
        ("debtor: business", "claim: [late_interest]", False),
    ],
)
def test_a_contested_debt_is_not_asked_for_more(head, step, seen):
    assert ("PB324" in codes(f"{head}\nsteps: [{{id: a, at: J+10, channels: [email], tone: firm, {step}}}]")) is seen
