"""The instructions: every key of the language has a sentence, and whatever a playbook says changes what is said of it."""

import json
from pathlib import Path

import pytest
import yaml

from relance.book.french_dates import every_said
from relance.book.how_to import instructions
from relance.book.sayings import KEYS, Origin
from relance.language import load_playbook, load_playbook_text
from relance.language.library import shipped_ids
from relance.model import Duration, TimeUnit

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "playbook.schema.json").read_text(encoding="utf-8"))

BASE = """
schema: 1
playbook: essai
version: 1
title: Essai
debtor: business
collector: creditor
calendar: {holidays: FR}
contact: {min_gap: 5 days, at_most: {contacts: 3, within: 30 days}}
steps:
  - {id: une, title: Une, at: J+10, channels: [email], tone: neutral}
  - {id: deux, title: Deux, at: J+30, channels: [letter], tone: firm}
"""
#: A key → what is put into the playbook (`step`: into its second step) so that it says something else there.
CHANGES = {
    "playbook": {"playbook": "autre"}, "version": {"version": 2}, "title": {"title": "Autre"}, "description": {"description": "Une phrase."}, "debtor": {"debtor": "consumer"},
    "collector": {"collector": "agency"}, "profiles": {"profiles": ["negligent"]}, "language": {"language": "en"}, "unit": {"unit": "account"},
    "keeps_place": {"unit": "account", "keeps_place": True}, "combine": {"combine": "debtor"}, "calendar": {"calendar": {"holidays": "FR-57"}},
    "calendar.holidays": {"calendar": {"holidays": "FR-67"}}, "calendar.weekend": {"calendar": {"weekend": ["sunday"]}}, "calendar.when_closed": {"calendar": {"when_closed": "keep"}},
    "calendar.pauses": {"calendar": {"pauses": [{"from": "08-01", "to": "08-31"}]}}, "pauses.from": {"calendar": {"pauses": [{"from": "08-01", "to": "09-01"}]}},
    "pauses.to": {"calendar": {"pauses": [{"from": "08-02", "to": "08-31"}]}}, "contact": {"contact": {}}, "contact.min_gap": {"contact": {"min_gap": "7 days"}},
    "contact.at_most": {"contact": {"at_most": {"contacts": 1, "within": "7 days"}}}, "contact_cap.contacts": {"contact": {"at_most": {"contacts": 2, "within": "30 days"}}},
    "contact_cap.channels": {"contact": {"at_most": {"contacts": 3, "within": "30 days", "channels": ["email"]}}}, "contact_cap.within": {"contact": {"at_most": {"contacts": 3, "within": "60 days"}}}, "contact.replies": {"contact": {"replies": "hold"}}, "contact.hours": {"contact": {"hours": {"call": "09:00-18:00"}}},
    "late": {"late": {"entry": "current", "pace": "drop"}}, "late.entry": {"late": {"entry": "current"}}, "late.pace": {"late": {"pace": "jump"}},
    "on_resume": {"on_resume": "restart"}, "withdraw_after": {"withdraw_after": "10 days"}, "grace": {"grace": "5 days"}, "min_balance": {"min_balance": "5.00"},
    "fields": {"fields": {"formule": "text"}}, "price": {"price": {"amount": "1.00", "currency": "EUR", "vat": "20"}}, "price.amount": {"price": {"amount": "2.00", "currency": "EUR", "vat": "20"}},
    "price.currency": {"price": {"amount": "1.00", "currency": "CHF", "vat": "20"}}, "price.vat": {"price": {"amount": "1.00", "currency": "EUR", "vat": "10"}},
    "price.success": {"price": {"amount": "1.00", "success": [{"percent": "10"}]}}, "success.percent": {"price": {"amount": "1.00", "success": [{"percent": "12"}]}},
    "success.up_to": {"price": {"amount": "1.00", "success": [{"percent": "10", "up_to": "500.00"}]}},
    "price.creditors": {"price": {"amount": "1.00", "creditors": {"dubois": {"amount": "0.50"}}}}, "price.creditors.amount": {"price": {"amount": "1.00", "creditors": {"dubois": {"amount": "0.25"}}}},
    "price.creditors.success": {"price": {"amount": "1.00", "creditors": {"dubois": {"success": [{"percent": "8"}]}}}},
    "stop_when": {"stop_when": ["paid"]}, "hold_while": {"hold_while": ["disputed"]}, "waive": {"waive": [{"code": "PB304", "reason": "Usage de la maison."}]},
    "waive.code": {"waive": [{"code": "PB306", "reason": "Usage de la maison."}]}, "waive.reason": {"waive": [{"code": "PB304", "reason": "Autre raison."}]},
    "steps": {"steps": [{"id": "une", "title": "Une", "at": "J+10", "channels": ["email"], "tone": "neutral"}]},
    "step.id": {"step": {"id": "trois"}}, "step.title": {"step": {"title": "Trois"}}, "step.kind": {"step": {"kind": "formal_notice"}}, "step.at": {"step": {"at": "J+31"}},
    "step.or_at": {"step": {"or_at": "promise.broken + 1 day"}}, "step.not_before": {"step": {"not_before": "letter.presented + 8 days"}}, "step.after": {"step": {"after": ["une"]}},
    "step.if": {"step": {"if": {"balance": {"at_least": "500.00"}}}}, "step.channels": {"step": {"channels": ["sms"]}}, "step.fallback": {"step": {"fallback": {"letter": "email"}}},
    "step.tone": {"step": {"tone": "formal"}}, "step.template": {"step": {"template": "relance-1"}}, "step.grants": {"step": {"grants": "15 days"}},
    "step.grants_from": {"step": {"grants": "15 days", "grants_from": "presentation"}}, "step.claim": {"step": {"claim": ["fixed_indemnity"]}}, "step.asks": {"step": {"asks": "arrears"}},
    "step.offer": {"step": {"grants": "15 days", "offer": {"settlement": "70"}}}, "step.offer.settlement": {"step": {"grants": "15 days", "offer": {"settlement": "60"}}},
    "step.offer.accepted_by": {"step": {"grants": "15 days", "offer": {"settlement": "70", "accepted_by": "payment"}}}, "step.offer.instalments": {"step": {"grants": "15 days", "offer": {"instalments": 4}}},
    "step.offer.every": {"step": {"grants": "15 days", "offer": {"instalments": 4, "every": "2 weeks"}}}, "step.offer.first": {"step": {"grants": "15 days", "offer": {"instalments": 4, "first": "3 days"}}},
    "step.offer.again": {"step": {"grants": "15 days", "offer": {"settlement": "70", "again": True}}},
    "step.repeat": {"step": {"repeat": {"every": "14 days", "times": 2}}}, "step.repeat.every": {"step": {"repeat": {"every": "21 days", "times": 2}}},
    "step.repeat.times": {"step": {"repeat": {"every": "14 days", "times": 3}}}, "step.once": {"step": {"at": "promise.broken", "once": True}}, "step.expires": {"step": {"expires": "5 days"}},
    "step.when_closed": {"step": {"when_closed": "previous"}}, "step.weekdays": {"step": {"weekdays": ["thursday"]}}, "step.pauses": {"step": {"pauses": [{"from": "11-01", "to": "03-31"}]}},
    "step.approval": {"step": {"approval": "required"}}, "step.approval.by": {"step": {"approval": {"by": 2}}}, "step.approval.above": {"step": {"approval": {"by": 2, "above": "5000.00"}}}, "step.to": {"step": {"kind": "handover", "channels": ["handover"], "to": "lawyer"}}, "step.to_role": {"step": {"to_role": "accounting"}}, "step.cc": {"step": {"channels": ["email"], "cc": ["director"]}}, "step.newcomers": {"step": {"newcomers": True}},
    "step.formerly": {"step": {"formerly": ["ancienne"]}}, "step.cost": {"step": {"cost": {"letter": "1.20"}}},
}  # fmt: skip
#: What a condition of each key is tried with, beside the states.
CONDITIONS = {
    "any_of": [{"promise_broken": True}, {"balance": {"at_least": "1000.00"}}], "not": {"country": "FR"}, "balance": {"at_least": "500.00"}, "overdue_balance": {"more_than": "0"},
    "total_claimed": {"less_than": {"EUR": "5000.00", "CHF": "4000.00"}}, "days_overdue": {"at_least": 30}, "unpaid_invoices": {"at_most": 2}, "broken_promises": {"more_than": 1},
    "score": {"less_than": 40}, "debtor": "consumer", "profile": ["negligent"], "country": ["FR", "BE"], "language": "fr", "creditor": "atelier", "tag": "vip", "reachable_by": "sms",
    "limitation_within": "3 months", "original_amount": {"at_least": "1000.00"}, "due_on": {"from": "2026-01-01", "before": "2027-01-01"},
    "issued_on": {"from": "2026-01-01"}, "postcode": ["69", "01"], "usual_delay": {"at_least": 10}, "field": {"formule": ["premium"], "mois": {"at_least": "12"}, "signe": {"before": "2025-01-01"}, "garantie": True}, "done": ["relance-1"],
}  # fmt: skip
#: Keys of a file that the built playbook does not hold.
OF_THE_FILE = {"schema": Origin(schema=2), "extends": Origin(extends="negligent"), "drop": Origin(extends="negligent", drop=("appel",))}


def keys_of(schema, place="", seen=()):
    """Walk a schema: every key a file may have, by its place; those of a definition by the definition's name."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name in seen:
            return
        yield from keys_of(SCHEMA["definitions"][name], name, (*seen, name))
    for key, below in schema.get("properties", {}).items():
        inner = f"{place}.{key}" if place else key
        yield inner
        yield from keys_of(below, inner, seen)
    for word in ("items", "additionalProperties", "then", "else"):
        if isinstance(schema.get(word), dict):
            yield from keys_of(schema[word], place, seen)


def language_keys():
    found = set(keys_of(SCHEMA))
    return {key for key in found if not key.startswith(("whole_step", "amounts."))}


def said_of(changed=None, origin=None):
    raw = yaml.safe_load(BASE)
    for key, value in (changed or {}).items():
        if key == "step":
            raw["steps"][1].update(value)
        else:
            raw[key] = value
    playbook, findings = load_playbook_text(yaml.safe_dump(raw, allow_unicode=True), "essai.yaml", checks=False)
    assert playbook is not None, findings
    return instructions(playbook, origin).sentences


def test_every_key_of_the_language_has_a_sentence():
    assert sorted(language_keys() - set(KEYS)) == [], "write its sentence in relance.book, and what changes it in CHANGES"
    assert sorted(set(KEYS) - language_keys() - {"condition"}) == [], "the language has no such key any more"


def test_every_key_is_tried_here():
    tried = {*CHANGES, *OF_THE_FILE, *(f"condition.{key}" for key in CONDITIONS)}
    states = set(SCHEMA["definitions"]["state"]["enum"])
    bounds = {key for key in language_keys() if key.startswith(("amount_bounds.", "number_bounds.", "day_bounds.", "field_bounds."))}
    assert language_keys() - bounds - tried == {f"condition.{state}" for state in states}


@pytest.mark.parametrize("key", sorted(CHANGES))
def test_what_a_key_says_is_told(key):
    assert said_of(CHANGES[key]) != said_of()


@pytest.mark.parametrize("key", sorted(OF_THE_FILE))
def test_what_a_file_says_of_itself_is_told(key):
    assert said_of(origin=OF_THE_FILE[key]) != said_of()
    assert said_of(origin=OF_THE_FILE["drop"]) != said_of(origin=OF_THE_FILE["extends"])


def conditions():
    for state in SCHEMA["definitions"]["state"]["enum"]:
        yield {state: True}
        yield {state: False}
        yield {"not": {state: True}}
    for key, value in CONDITIONS.items():
        yield {key: value}
    for bound in ("at_least", "more_than", "at_most", "less_than"):
        yield {"balance": {bound: "500.00"}}
        yield {"days_overdue": {bound: 30}}


def test_conditions_read_apart_unless_they_say_the_same():
    told = {}
    for each in conditions():
        said = next(line for line in said_of({"step": {"if": each}}) if line.startswith("Elle n’a lieu que s"))
        told.setdefault(said, []).append(each)
    alike = [group for group in told.values() if len(group) > 1]
    twice = [[{"balance": {"at_least": "500.00"}}] * 2, [{"days_overdue": {"at_least": 30}}] * 2]  # tried as a key and as a bound
    opposites = [[{state: False}, {"not": {state: True}}] for state in SCHEMA["definitions"]["state"]["enum"]]
    assert all(group in (*twice, *opposites) for group in alike)


@pytest.mark.parametrize("name", shipped_ids())
def test_the_shipped_playbooks_are_told_in_french(name):
    playbook, _ = load_playbook(name)
    for sentence in instructions(playbook).sentences:
        assert sentence.rstrip("»\u00a0")[-1] in ".!?", sentence
        assert not {" the ", " and ", "None", " {", "_"} & {part for part in (" the ", " and ", "None", " {", "_") if part in sentence}, sentence


def test_a_condition_and_a_stand_in_read_as_french():
    tagged = said_of({"step": {"if": {"not": {"tag": "non-commercant"}}}})
    assert any("que si ni le débiteur ni la facture ne porte l’étiquette" in line for line in tagged)
    several = said_of({"step": {"if": {"not": {"tag": ["gelé", "suivi"]}}}})
    assert any("que s’il n’est pas vrai que le débiteur ou la facture porte" in line for line in several)
    joined = said_of({"step": {"if": {"disputed": False, "balance": {"at_least": "500.00"}, "broken_promises": {"less_than": 1}}}})
    assert any("qu’aucune promesse n’a encore été manquée et que la créance n’est pas contestée" in line for line in joined)
    asked = instructions(load_playbook("litige")[0]).sentences  # its first letter asks for an answer by that day
    assert any(line.startswith("Elle laisse 15\u00a0jours pour payer ou répondre, et rien ne suit") for line in asked)
    stands_in = instructions(load_playbook("negligent")[0]).sentences
    assert "À défaut, elle part autrement : si elle ne peut partir par courriel, par lettre simple. Si le débiteur ne peut être joint ainsi, une personne reçoit une tâche qui dit ce qui manque." in stands_in


@pytest.mark.parametrize(
    ("condition", "channels", "told"),
    [
        (None, ["sms"], True), ({"reachable_by": "sms"}, ["sms"], False), ({"reachable_by": "sms", "balance": {"less_than": "150.00"}}, ["sms"], False),
        ({"reachable_by": "sms"}, ["sms", "email"], True), ({"reachable_by": ["sms", "email"]}, ["sms"], True), ({"not": {"reachable_by": "sms"}}, ["sms"], True),
    ],
)  # fmt: skip
def test_a_step_that_is_passed_over_where_nobody_can_be_reached_gives_no_task(condition, channels, told):
    change = {"channels": channels} | ({"if": condition} if condition else {})
    both = [line for line in said_of({"step": change}) if "une personne reçoit une tâche" in line]
    assert len(both) == 1 + told, "of the first step, and of this one"


@pytest.mark.parametrize(
    ("every", "said"),
    [
        (Duration(1, TimeUnit.MONTH), "tous les mois"), (Duration(2, TimeUnit.MONTH), "tous les 2 mois"), (Duration(1, TimeUnit.WEEK), "toutes les semaines"),
        (Duration(2, TimeUnit.WEEK), "toutes les 2 semaines"), (Duration(1, TimeUnit.BUSINESS_DAY), "tous les jours ouvrés"), (Duration(15), "tous les 15 jours"),
    ],
)  # fmt: skip
def test_how_often_something_comes_reads_as_french(every, said):
    assert every_said(every).replace("\u00a0", " ") == said


def test_a_ladder_reads_as_a_person_would_say_it():
    playbook, _ = load_playbook("negligent")
    told = instructions(playbook)
    assert "Deux contacts avec un débiteur sont séparés d’au moins 5\u00a0jours. Il n’est pas contacté plus de 3 fois en 30\u00a0jours." in told.rules
    by_step = {each.step.id: each.sentences for each in told.steps}
    assert "Elle vient 5\u00a0jours ouvrés après «\u00a0Première relance\u00a0»." in by_step["appel"]
    assert "Elle vient dès qu’un échéancier n’est pas tenu." in by_step["plan-rompu"]
    assert "Elle vient 1\u00a0jour ouvré après le terme du délai accordé par «\u00a0Mise en demeure\u00a0»." in by_step["transmission"]
    assert any("tant qu’une personne a suspendu le dossier" in rule for rule in told.rules)


@pytest.mark.parametrize(("debtor", "said"), [("business", "place 8 jours après"), ("consumer", "place 15 jours après"), ("any", "place 8 jours (15 jours s’il est un consommateur) après")])
def test_a_step_that_grants_no_time_says_which_day_its_text_asks_for(debtor, said):
    told = [line.replace("\u00a0", " ") for line in said_of({"debtor": debtor, "step": {"grants": "8 days"}})]
    assert sum(said in line for line in told) == 1, "of the first step, and not of the second, which grants eight days"
    called = said_of({"debtor": debtor, "step": {"channels": ["call"], "at": "J-3"}})
    assert sum("n’accorde aucun délai" in line for line in called) == 1, "a call names no such day"
