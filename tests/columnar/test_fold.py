"""The fold of tables against the plain fold of single cases: the same views, decisions, actions and duties, row by row."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from conftest_scale import ON, PLAYBOOKS, ROOT, portfolio, read_on_the_day, shipped, spark_session
from lived import lived

from relance.columnar import evaluation
from relance.columnar.conditions import NotInTables
from relance.columnar.engines import DuckEngine, Engine, PolarsEngine, SparkEngine
from relance.columnar.evaluation import evaluate_tables, from_actions
from relance.columnar.inputs import Setting, opened
from relance.columnar.packed_view import narrow, unpacked
from relance.columnar.pipeline import Folded, fold, folds
from relance.columnar.schema import from_facts, to_facts
from relance.interpreter import compile_playbook, decide, observe
from relance.interpreter.cases import cases
from relance.interpreter.newcomers import unheard
from relance.interpreter.snapshot import Snapshot, case_today
from relance.language import load_playbook, load_playbook_text
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice, Playbook, Unit
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import only

SCENARIOS = sorted(path for path in (ROOT / "tests" / "scenarios").glob("*.yaml") if not path.name.endswith(".test.yaml"))
#: The words of issue "Words the language lacks", each with a ladder that says it.
WORDS = {name: word for name, word in yaml.safe_load((ROOT / "tests" / "language" / "words.yaml").read_text(encoding="utf-8")).items() if "steps" in word}
#: One of invoices, one of accounts, one of a consumer's, one that only the plain fold knows; the others are long.
SAMPLE = ("negligent", "agence-amiable", "consommateur", "injonction-de-payer")
ANSWER = ("status", "reason", "next", "step", "occurrence", "ways", "deadline")


def everything(unit: Unit, name: str = "everything") -> Playbook:
    playbook, found = load_playbook(Path(__file__).with_name(f"{name}.yaml"), checks=False)
    assert playbook is not None, found
    return replace(playbook, unit=unit)


def same_views(engine: Engine, playbook: Playbook, facts: list[Facts]) -> int:
    """Compare view by view; return how many cases were compared. What follows from offers is worked out of the tables anew."""
    setting = opened(engine, from_facts(facts).frames(), playbook, ON)
    try:
        folded = fold(setting)
    except NotInTables:
        assert "total_claimed" in {test.fact for test in setting.plan.tests}
        return 0
    return viewed(engine, playbook, facts, folded)


def viewed(engine: Engine, playbook: Playbook, facts: list[Facts], folded: Folded) -> int:
    setting, rare = folded.setting, set()
    if setting.rare is not None:
        there = setting.all_invoices.join(setting.rare, on="who", how="semi")
        rare = set(engine.home(there.select("creditor", "debtor").unique()).rows())
    rows = engine.home(folded.named(folded.cases))
    views = dict(zip(rows.select("creditor", "debtor", "case").rows(), unpacked(setting.plan, ON, rows), strict=True))
    compared = settled = 0
    for each in map(read_on_the_day, facts):
        key = (each.creditor.id, each.debtor.id)
        if key in rare or (playbook.debtor != "any" and each.debtor.kind not in (None, playbook.debtor)):
            continue
        today = Snapshot(playbook, each, ON)
        for case in cases(playbook, each):
            view = observe(playbook, case, ON, today)
            decision, slim = decide(playbook, view, ON), narrow(compile_playbook(playbook), view, ON)
            again = decide(playbook, slim, ON)
            assert [getattr(decision, name) for name in ANSWER] == [getattr(again, name) for name in ANSWER]
            compared += 1
            found = views.get((*key, case.id))
            if found is None:
                settled += 1
                assert decision.reason.args == ("paid",)
            else:
                assert found == slim, case.id
    assert settled == folded.settled
    return compared


def same_actions(engine: Engine, playbook: Playbook, facts: list[Facts]) -> int:
    """Compare what a run gives, rare debtors and all; return how many actions there were."""
    plain = evaluate([read_on_the_day(each) for each in facts], only(playbook), ON)
    found = evaluate_tables(engine, from_facts(facts).frames(), playbook, ON)
    assert from_actions(plain.actions).sort("id").equals(found.actions.sort("id"))
    assert plain.counts == found.counts
    assert sorted(duty.id for duty in plain.duties) == sorted(duty.id for duty in found.duties)
    assert sorted(plain.unrouted) == sorted(found.unrouted)
    return found.actions.height


def same(engine: Engine, playbook: Playbook, facts: list[Facts]) -> int:
    """Compare what a run gives, and the views of the fold that it made; return how many actions there were."""
    kept: list[Folded] = []

    def keeping(settings: Sequence[Setting]) -> list[Folded]:
        kept.extend(folds(settings))
        return list(kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "folds", keeping)
        actions = same_actions(engine, playbook, facts)
    [folded] = kept
    assert viewed(engine, playbook, facts, folded)
    return actions


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in SAMPLE else pytest.mark.long) for name in PLAYBOOKS])
def test_shipped_playbooks_on_random_portfolios(engine: Engine, name: str) -> None:
    playbook = shipped(name)
    assert same_views(engine, playbook, portfolio(1, playbook)) or name == "injonction-de-payer"


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in SAMPLE else pytest.mark.long) for name in PLAYBOOKS])
def test_shipped_playbooks_give_the_same_actions(engine: Engine, name: str) -> None:
    playbook = shipped(name)
    assert same_actions(engine, playbook, portfolio(4, playbook, rare=1.0))


@pytest.mark.long
@pytest.mark.parametrize("name", PLAYBOOKS)
def test_shipped_playbooks_on_more_portfolios(engine: Engine, name: str) -> None:
    playbook = shipped(name)
    same_views(engine, playbook, portfolio(2, playbook, rare=0.5))
    assert same_actions(engine, playbook, portfolio(3, playbook))


#: Of each product one; its others, which differ from it in a number, are long.
OF_EACH = ("erpnext", "killbill", "killbill-bound-total", "killbill-tag", "lago", "lago-customer", "mahnwesen-eligible", "metasfresh-account", "ninja-endless", "oca", "odoo8", "tryton-fee", "upflow")


@pytest.mark.parametrize("path", [pytest.param(path, marks=() if path.stem in OF_EACH else pytest.mark.long, id=path.stem) for path in SCENARIOS])
def test_scenario_playbooks_on_random_portfolios(path: Path) -> None:
    playbook, _ = load_playbook(path)
    if playbook is None:
        pytest.skip("says what the language does not say")
    assert same_views(PolarsEngine(), playbook, portfolio(5, playbook, rare=0.2, debtors=40)) or "total" in path.stem


@pytest.mark.long
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario_playbooks_give_the_same_actions(path: Path) -> None:
    playbook, _ = load_playbook(path)
    if playbook is None:
        pytest.skip("says what the language does not say")
    same_actions(PolarsEngine(), playbook, portfolio(5, playbook, rare=0.2, debtors=40))


@pytest.mark.parametrize("name", WORDS)
def test_a_ladder_of_each_word_is_seen_alike(name: str) -> None:
    word = WORDS[name]
    raw = {"schema": 1, "playbook": "mot", "version": 1, "title": "Un mot", "debtor": "business"} | word.get("head", {}) | {"steps": word["steps"]}
    playbook, found = load_playbook_text(json.dumps(raw, default=str), "mot.yaml")
    assert playbook is not None, found
    assert same_views(PolarsEngine(), playbook, portfolio(11, playbook, debtors=25, rare=0.3))


@pytest.mark.parametrize("unit", list(Unit))
def test_every_fact_and_anchor_of_the_language(engine: Engine, unit: Unit) -> None:
    playbook = everything(unit)
    facts = portfolio(11, playbook, debtors=80)
    assert same(engine, playbook, facts)


@pytest.mark.parametrize("unit", list(Unit))
def test_offers_and_what_becomes_of_them(engine: Engine, unit: Unit) -> None:
    playbook = everything(unit, "offers")
    facts = portfolio(31, playbook, debtors=60)
    assert same(engine, playbook, facts)


@pytest.mark.long
@pytest.mark.parametrize("seed", [12, 13])
@pytest.mark.parametrize("unit", list(Unit))
def test_every_fact_and_anchor_again(engine: Engine, unit: Unit, seed: int) -> None:
    playbook = everything(unit)
    facts = portfolio(seed, playbook, debtors=120)
    assert same(engine, playbook, facts)


def test_accounts_that_keep_their_place(engine: Engine) -> None:
    playbook = replace(everything(Unit.ACCOUNT), keeps_place=True)
    facts = portfolio(31, playbook, debtors=60)
    assert same(engine, playbook, facts)


@pytest.mark.parametrize("name", ["negligent", pytest.param("agence-amiable", marks=pytest.mark.long)])
def test_a_small_portfolio_on_duckdb(name: str) -> None:
    engine, playbook = DuckEngine(), shipped(name)
    assert same(engine, playbook, portfolio(6, playbook, rare=0.2, debtors=30))
    engine.close()


def test_what_joins_an_agency_s_account_gets_its_letter_in_both_folds(engine: Engine) -> None:
    playbook = shipped("agence-amiable")

    def joined(facts: list[Facts]) -> bool:
        return any(unheard(case_today(case, Snapshot(playbook, each, ON))) is not None for each in facts for case in cases(playbook, each))

    facts = next(facts for seed in range(51, 71) if joined(facts := list(lived(seed, playbook, debtors=25, rare=0.1))))
    assert same(engine, playbook, facts)


#: Below, each situation has a debtor of its own, and invoices of names of their own, so that one fold is over them all.
ALPHA = Creditor("alpha", mandate=ON - timedelta(300), iban="FR7630006000011234567890189")


def house(name: str) -> Debtor:
    return Debtor(name, kind="business", email="dupont@example.org", address=Address(("1 rue de la Paix", "75002 Paris")))


def asked_of(playbook: Playbook, facts: list[Facts]) -> dict[str, list[tuple[str, tuple[str, ...], Decimal]]]:
    """What the plain fold asks of each debtor: step, invoices, principal."""
    found: dict[str, list[tuple[str, tuple[str, ...], Decimal]]] = {each.debtor.id: [] for each in facts}
    for action in evaluate(facts, only(playbook), ON).actions:
        found[action.debtor].append((action.step, action.invoices, action.claimed.principal))
    return found


def test_a_notice_stands_for_what_it_named_in_both_folds(engine: Engine) -> None:
    """What carried the account left it after the notice; the hand-over is about the other, once the day that the notice named is over."""
    playbook, facts, expected = shipped("agence-amiable"), [], {}
    for said in ("promise.made", "hold.placed", "dispute.opened", "payment.received"):
        data = {"promise.made": {"by": ON + timedelta(9)}, "payment.received": {"amount": Decimal(100)}}.get(said, {})
        for days, left in ((14, False), (25, True)):
            name = f"{said} {days}"
            known = tuple(Invoice(f"{name} {place}", ON - timedelta(90), Decimal(100)) for place in (1, 2))
            first, second = (invoice.id for invoice in known)
            notice = {"id": f"N {name}", "playbook": playbook.id, "step": "mise-en-demeure", "kind": "formal_notice", "occurrence": 1, "channel": "registered_letter", "case": f"{name}/EUR", "carrier": first, "draft": False, "invoices": (first, second)}
            events = (Event(ON - timedelta(days), "action.emitted", data=notice), Event(ON - timedelta(days - 1), said, first, seq=2, data=data))
            facts.append(Facts(ALPHA, house(name), known, events))
            expected[name] = [("transmission", (second,), Decimal(100))] * left
    assert asked_of(playbook, facts) == expected
    assert same_actions(engine, playbook, facts) == 4


def test_what_becomes_known_late_gets_its_letter_in_both_folds(engine: Engine) -> None:
    """Due on the day of what the letter named, so that days cannot tell it from that."""
    playbook, due, facts, expected = shipped("agence-amiable"), ON - timedelta(12), [], {}
    for name, named in (("one", 1), ("both", 2)):
        known = tuple(Invoice(f"{name} {place}", due, Decimal(100)) for place in (1, 2))
        first, second = (invoice.id for invoice in known)
        letter = {"id": f"L {name}", "playbook": playbook.id, "step": "premiere-lettre", "occurrence": 1, "channel": "letter", "case": f"{name}/EUR", "carrier": first, "draft": False, "invoices": (first, second)[:named]}
        facts.append(Facts(ALPHA, house(name), known, (Event(due + timedelta(1), "action.emitted", data=letter),)))
        expected[name] = [("premiere-lettre", (second,), Decimal(100))] * (named == 1)
    assert asked_of(playbook, facts) == expected
    assert same_actions(engine, playbook, facts) == 1


def test_a_word_about_the_debtor_is_about_what_was_issued_by_its_day_in_both_folds(engine: Engine) -> None:
    playbook, said, facts, expected = shipped("negligent"), ON - timedelta(40), [], {}
    for kind in ("dispute.opened", "written_off", "handed_over", "case.closed"):
        for later in (0, 1):
            name = f"{kind} {later}"
            known = (Invoice(f"{name} 1", ON - timedelta(60), Decimal(100), issued=ON - timedelta(90)), Invoice(f"{name} 7", ON - timedelta(2), Decimal(100), issued=said + timedelta(later)))
            facts.append(Facts(ALPHA, house(name), known, (Event(said, kind, data={"to": "bailiff"} if kind == "handed_over" else {}),)))
            expected[name] = [("relance-1", (f"{name} 7",), Decimal(100))] * later
    assert asked_of(playbook, facts) == expected
    assert same(engine, playbook, facts) == 4


def test_a_part_that_is_contested_of_an_account_is_contested_once_in_both_folds(engine: Engine) -> None:
    playbook = shipped("negligent")
    known = tuple(Invoice(f"F-{place}", ON - timedelta(2), Decimal(100)) for place in (1, 2))
    facts = Facts(ALPHA, house("dupont"), known, (Event(ON - timedelta(1), "dispute.opened", None, "EUR", data={"amount": Decimal(130)}),))
    assert asked_of(playbook, [facts]) == {"dupont": [("relance-1", ("F-2",), Decimal(70))]}
    assert same_actions(engine, playbook, [facts]) == 1


@pytest.mark.parametrize("unit", list(Unit))
def test_what_was_reopened_after_the_ladder_handed_it_over_goes_on_in_both_folds(engine: Engine, unit: Unit) -> None:
    negligent = shipped("negligent")
    over = next(step for step in negligent.steps if step.kind == "handover")
    playbook = replace(negligent, unit=unit, steps=(replace(over, at=negligent.steps[1].at), next(step for step in negligent.steps if step.id == "relance-2")))
    on, facts = ON - timedelta(45), []
    for back in (-1, 0, 1):
        name, claim = f"dupont {back}", f"F-{back}"
        case = f"{name}/EUR" if unit is Unit.ACCOUNT else claim
        gone = {"id": f"H{back}", "playbook": playbook.id, "step": over.id, "occurrence": 1, "channel": "handover", "case": case, "carrier": claim, "draft": False, "invoices": [claim]}
        words = (Event(on, "action.emitted", data=gone, seq=1), Event(on + timedelta(back), "case.reopened", seq=2))
        facts.append(Facts(ALPHA, house(name), (Invoice(claim, ON - timedelta(90), Decimal(100)),), tuple(sorted(words, key=lambda each: each.on))))
    assert {name: len(asked) for name, asked in asked_of(playbook, facts).items()} == {"dupont -1": 0, "dupont 0": 2, "dupont 1": 2}
    same_views(engine, playbook, facts)
    assert same_actions(engine, playbook, facts) == 4


def test_facts_are_the_same_after_a_way_through_tables() -> None:
    facts = portfolio(7, shipped("negligent"), rare=1.0)
    back = list(to_facts(from_facts(facts)))
    assert back == sorted(facts, key=lambda each: (each.creditor.id, each.debtor.id))


@pytest.mark.long
@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed (pip install 'relance[spark]')")
@pytest.mark.parametrize("name", ["negligent", "agence-amiable", "offers"])
def test_spark_gives_the_same_rows(name: str) -> None:
    session = spark_session()
    if session is None:
        pytest.skip("there is no Java here for Spark")
    playbook = everything(Unit.ACCOUNT, name) if name == "offers" else shipped(name)
    engine = SparkEngine(session)
    facts = portfolio(21, playbook, rare=0.1, debtors=40)
    assert same(engine, playbook, facts)
