"""A portfolio played forward, against a look at every debtor on every day; and what a change of a playbook changes."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import generator
import pytest
from click.testing import CliRunner
from conftest_scale import ON, PLAYBOOKS, ROOT, shipped
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from lived import Key, Lines, day_by_day, household_day_by_day, lived

from relance.cli import main
from relance.columnar.engines import DuckEngine, Engine, PolarsEngine
from relance.columnar.schema import from_facts
from relance.language import load_playbook
from relance.model import Address, Channel, Combine, Creditor, Debtor, Event, Facts, Invoice, Playbook, StepKind, Unit
from relance.simulation.forecast import forecast, reaching
from relance.simulation.payment_behaviour import Behaviour, BehaviourError, read_behaviour
from relance.simulation.playbook_diff import change
from relance.simulation.portfolio import Foreseen, foresee, played_messages

UNTIL = ON + timedelta(days=120)


def foreseen(facts: list[Facts], playbook: Playbook, *, engine: Engine | None = None, until: date = UNTIL) -> Foreseen:
    return foresee(engine or PolarsEngine(), from_facts(facts).frames(), playbook, ON, until)


def futures(found: Foreseen) -> dict[Key, Lines]:
    """Give what leaves of every case, in the words of `lived`."""
    rows = found.rows.select("creditor", "debtor", "case", "play", "slot").rows()
    return {tuple(key): [(one.on, one.step.id, one.occurrence, one.channels) for one in found.of(play, slot)] for *key, play, slot in rows}


def everything() -> Playbook:
    playbook, _ = load_playbook(Path(__file__).with_name("everything.yaml"), checks=False)
    assert playbook is not None
    return playbook


def of(name: str) -> Playbook:
    return everything() if name == "everything" else shipped(name)


def goes_as_day_by_day(name: str, unit: Unit | None, combine: Combine | None, seed: int, rare: float) -> None:
    playbook = of(name)
    playbook = replace(playbook, unit=unit or playbook.unit, combine=combine or playbook.combine)
    facts = lived(seed, playbook, debtors=8, rare=rare)
    found = futures(foreseen(facts, playbook))
    for each in facts:
        if playbook.debtor in ("any", each.debtor.kind or playbook.debtor):
            wanted = day_by_day(playbook, each, UNTIL)
            assert {key: found.get(key, []) for key in wanted} == wanted


def drawn(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Draw playbook and portfolio; a smaller seed is no simpler portfolio, so nothing is shrunk."""
    every = settings(
        max_examples=examples, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=list(HealthCheck)
    )
    names, units, combines = st.sampled_from([*PLAYBOOKS, "everything"]), st.sampled_from([None, *Unit]), st.sampled_from([None, *Combine])
    return lambda test: every(given(names, units, combines, st.integers(0, 2**32), st.sampled_from([0.0, 0.5]))(test))


@drawn(2)
def test_every_case_goes_as_day_by_day(name: str, unit: Unit | None, combine: Combine | None, seed: int, rare: float) -> None:
    goes_as_day_by_day(name, unit, combine, seed, rare)


@pytest.mark.long
@example("consommateur", Unit.ACCOUNT, Combine.STEP, 3708, 0.5)  # an account that was handed over before, of which an invoice goes on
@example("agence-amiable", Unit.ACCOUNT, Combine.DEBTOR, 3443, 0.0)  # an invoice that joined it waits for its first letter
@example("en-difficulte", Unit.ACCOUNT, Combine.NONE, 1153807478, 0.0)  # handed over within the time, of which an invoice goes on
@drawn(80)
def test_many_cases_go_as_day_by_day(name: str, unit: Unit | None, combine: Combine | None, seed: int, rare: float) -> None:
    goes_as_day_by_day(name, unit, combine, seed, rare)


def claim(name: str, due: date, amount: str = "100.00", **more: object) -> Invoice:
    return Invoice(name, due, Decimal(amount), **more)


def reachable(name: str) -> Debtor:
    return Debtor(name, kind="business", email="a@b.example", phone="+33600000000", address=Address(("1 rue de la Paix", "69001 Lyon")))


def test_the_creditors_of_an_agency_share_their_room() -> None:
    playbook = shipped("agence-amiable")
    given_ = date(2020, 1, 1)
    household = [
        Facts(Creditor(name, mandate=given_), reachable("d"), (claim(f"{name}-1", ON - timedelta(late)), claim(f"{name}-2", ON - timedelta(3))))
        for name, late in (("alpha", 10), ("beta", 8), ("gamma", 30))
    ]
    found = futures(foreseen(household, playbook))
    assert found == household_day_by_day(playbook, household, UNTIL)
    apart = {key: lines for each in household for key, lines in futures(foreseen([each], playbook)).items()}
    assert found != apart
    assert all(found.values())


def test_nothing_leaves_after_the_end_of_a_mandate() -> None:
    playbook, last = shipped("agence-amiable"), ON + timedelta(20)
    creditors = [Creditor("open", mandate=date(2020, 1, 1)), Creditor("ends", mandate=date(2020, 1, 1), terms={"mandate_until": last.isoformat()})]
    facts = [Facts(each, reachable(f"d-{each.id}"), (claim(f"{each.id}-1", ON - timedelta(10)),)) for each in creditors]
    found = futures(foreseen(facts, playbook))
    assert found == {key: lines for each in facts for key, lines in day_by_day(playbook, each, UNTIL).items()}
    gone = {creditor: max(day for day, *_ in lines) for (creditor, *_), lines in found.items()}
    assert gone["ends"] <= last < gone["open"]


def test_cases_of_one_debtor_leave_each_other_room() -> None:
    playbook = replace(shipped("negligent"), combine=Combine.NONE)
    facts = Facts(Creditor("c"), reachable("d"), tuple(claim(f"F{n}", ON + timedelta(n)) for n in range(4)))
    found = foreseen([facts], playbook)
    days = sorted({one.on for play in found.plays for comings in play.comings for one in comings if one.contact})
    assert all((later - earlier).days >= 5 for earlier, later in pairwise(days))
    assert max(sum(1 for day in days if first <= day < first + timedelta(30)) for first in days) <= 3


def test_conditions_age() -> None:
    """A step that waits for a claim to be old, or near its limitation, comes on the day it is."""
    text = """
schema: 1
playbook: aging
version: 1
title: Aging
debtor: business
steps:
  - {id: overdue, at: J+1, channels: [letter], tone: neutral, if: {overdue_balance: {at_least: "50.00"}}}
  - {id: old, at: J+1, channels: [email], tone: neutral, if: {days_overdue: {at_least: 40}}}
  - {id: barred-soon, at: J+1, channels: [email], tone: neutral, if: {limitation_within: 6 months}}
"""
    from relance.language import load_playbook_text

    playbook, findings = load_playbook_text(text.encode(), "aging.yaml", checks=False)
    assert playbook is not None, findings
    facts = [
        Facts(Creditor("c"), reachable("young"), (claim("F1", ON + timedelta(2)),)),
        Facts(Creditor("c"), reachable("old"), (claim("F2", date(ON.year - 5, ON.month, ON.day) + timedelta(220)),)),
    ]
    found = futures(foreseen(facts, playbook))
    for each in facts:
        wanted = day_by_day(playbook, each, UNTIL)
        assert {key: found[key] for key in wanted} == wanted
    assert [(day - ON, step) for day, step, *_ in found["c", "young", "F1"]] == [(timedelta(3), "overdue"), (timedelta(42), "old")]
    assert [step for _, step, *_ in found["c", "old", "F2"]] == ["overdue", "old", "barred-soon"]
    assert found["c", "old", "F2"][-1][0] > ON + timedelta(30)


def test_one_message_has_one_price() -> None:
    steps = tuple(replace(step, cost=((Channel.LETTER, Decimal("1.20")),)) for step in shipped("negligent").steps)
    facts = Facts(Creditor("c"), replace(reachable("d"), email=None, phone=None), tuple(claim(f"F{n}", ON - timedelta(29), "80.00") for n in range(3)))
    for combine, letters in ((Combine.DEBTOR, 1), (Combine.NONE, 3)):
        playbook = replace(shipped("negligent"), steps=steps, combine=combine, contact=replace(shipped("negligent").contact, min_gap=None, at_most=()))
        made = forecast(foreseen([facts], playbook, until=ON + timedelta(2)))
        sent = {line: number for line, number in made.messages.items() if line.channel == "letter"}
        assert sum(sent.values()) == letters
        assert sum(number for line, number in made.actions.items() if line.channel == "letter") == 3
        assert round(sum(made.cost.values()), 2) == round(1.2 * letters, 2)


def test_messages_carry_every_action_once() -> None:
    playbook = shipped("systematique")
    found = foreseen(lived(77, playbook, debtors=40, rare=0.0), playbook)
    for play in found.plays:
        carried = Counter((slot, one.on, message.channel) for message in played_messages(playbook, play) for slot, one in message.carries)
        assert carried == Counter((slot, one.on, channel) for slot, comings in enumerate(play.comings) for one in comings for channel in one.channels)


def test_engines_agree_and_a_forecast_is_the_same_twice(tmp_path: Path) -> None:
    tables, playbook = generator.generate(tmp_path, 3000), shipped("negligent")
    paying = Behaviour({"any": ((5, 0.1), (20, 0.4))})
    first, second, third = (
        forecast(foresee(engine, tables, playbook, ON, UNTIL), paying) for engine in (PolarsEngine(), PolarsEngine(), DuckEngine())
    )
    assert first.cases == 3000
    assert first.messages == second.messages
    assert {key: round(number, 6) for key, number in first.messages.items()} == {key: round(number, 6) for key, number in third.messages.items()}
    assert first.cash == second.cash
    assert sum(first.cash.values()) > 0


def test_what_comes_in_is_what_the_behaviour_says() -> None:
    playbook = shipped("negligent")
    facts = [Facts(Creditor("c"), reachable(f"d{n}"), (claim(f"F{n}", ON, "1000.00"),)) for n in range(10)]
    made = forecast(foreseen(facts, playbook), Behaviour({"relance-1": ((3, 0.5),)}))
    assert round(sum(made.cash.values())) == 500_000
    assert round(sum(made.spread.values())) == round(made.spread_in_all["EUR"]) == 10 * 100_000**2 // 4
    twice = forecast(foreseen(facts, playbook), Behaviour({"relance-1": ((3, 0.5), (5, 0.75))}))
    assert round(twice.spread_in_all["EUR"]) == round(10 * 100_000**2 * 0.75 * 0.25) < sum(twice.spread.values())
    assert round(sum(made.notices.values()), 6) == 5
    assert {(round(number, 6), line.step) for line, number in made.messages.items() if line.channel == "email"} == {(10.0, "relance-1"), (5.0, "relance-2"), (5.0, "mise-en-demeure")}


def test_a_behaviour_of_certain_payers_sends_nothing_more() -> None:
    playbook = shipped("negligent")
    facts = [Facts(Creditor("c"), reachable("d"), (claim("F1", ON), claim("F2", ON)))]
    made = forecast(foreseen(facts, playbook), Behaviour({"any": ((1, 1.0),)}))
    assert {line.step for line, number in made.messages.items() if number} == {"relance-1"}
    assert round(sum(made.cash.values())) == 20_000
    assert sum(made.spread.values()) == 0


def test_nothing_changes_between_a_playbook_and_itself(tmp_path: Path) -> None:
    tables, playbook = generator.generate(tmp_path, 2000), shipped("negligent")
    found = foresee(PolarsEngine(), tables, playbook, ON, UNTIL)
    same = change(found, found)
    assert (same.changed, same.cases, same.before) == (0, 2000, same.after)
    without = replace(playbook, version=2, steps=tuple(step for step in playbook.steps if step.id != "appel"))
    made = change(found, foresee(PolarsEngine(), tables, without, ON, UNTIL))
    wanted = Counter(one.step.id for play, slot in found.rows.select("play", "slot").rows() for one in found.of(play, slot))
    assert made.removed["appel"] == wanted["appel"]
    assert len(made.worst) == 10
    assert all(old != new for _, old, new in made.worst)


def test_the_cases_that_come_to_a_notice_are_named() -> None:
    playbook = shipped("negligent")
    found = foreseen(lived(5, playbook, debtors=60, rare=0.3), playbook)
    rows = reaching(found)
    wanted = {key for key, lines in futures(found).items() if any(step in ("mise-en-demeure", "transmission") for _, step, *_ in lines)}
    assert set(rows.select("creditor", "debtor", "case").rows()) == wanted
    assert wanted
    assert {step.kind for step in playbook.steps if step.id in ("mise-en-demeure", "transmission")} == {StepKind.FORMAL_NOTICE, StepKind.HANDOVER}


def test_a_debtor_whose_actions_the_fold_leaves_aside_is_played() -> None:
    """A step that does not repeat, emitted a second time, is read by the plain fold alone."""
    playbook = shipped("negligent")
    sent = [
        Event(ON - timedelta(20 - n), "action.emitted", "F1", seq=n, data={"id": f"a{n}", "playbook": "negligent", "step": "relance-1", "occurrence": n, "channel": "email", "case": "F1", "carrier": "F1"})
        for n in (1, 2)
    ]
    facts = Facts(Creditor("c"), reachable("d"), (claim("F1", ON - timedelta(25), "90.00"),), tuple(sent))
    found = foreseen([facts, Facts(Creditor("c"), reachable("e"), (claim("F2", ON),))], playbook)
    wanted = day_by_day(playbook, facts, UNTIL)
    assert wanted["c", "d", "F1"]
    assert {key: futures(found)[key] for key in wanted} == wanted


def test_a_promise_of_one_invoice_of_an_account_is_waited_for() -> None:
    playbook = replace(shipped("systematique"), unit=Unit.ACCOUNT)
    promise = Event(ON - timedelta(2), "promise.made", "F1", seq=1, data={"amount": Decimal(100), "by": ON + timedelta(20)})
    facts = Facts(Creditor("c"), reachable("d"), (claim("F1", ON - timedelta(20)), claim("F2", ON - timedelta(5))), (promise,))
    found = foreseen([facts], playbook)
    assert found.told == 1
    assert futures(found) == day_by_day(playbook, facts, UNTIL)


def test_a_behaviour_that_cannot_be_is_said(tmp_path: Path) -> None:
    for text in ("after: {any: {7: 20%}}", 'after: {any: {"7": "0.5", "9": "0.2"}}', "before: 1", "after: ["):
        path = tmp_path / "paying.yaml"
        path.write_text(text)
        with pytest.raises(BehaviourError):
            read_behaviour(path)


def test_the_commands_write_pages_that_load_nothing(tmp_path: Path) -> None:
    generator.generate(tmp_path / "lake", 1000)
    page, other = tmp_path / "forecast.html", tmp_path / "diff.html"
    common = ["--portfolio", str(tmp_path / "lake"), "--from", str(ON), "--until", str(UNTIL)]
    named = tmp_path / "cases.csv"
    said = CliRunner().invoke(main, ["forecast", "negligent", *common, "--html", str(page), "--cases", str(named), "--format", "json"])
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)
    assert told["cases"] == 1000
    with named.open() as rows:
        cases = list(csv.DictReader(rows))
    assert sum(bool(row["formal_notice"]) for row in cases) == sum(each["expected"] for each in told["formal_notices"])
    assert all(Decimal(row["owed"]) > 0 for row in cases)
    changed = tmp_path / "negligent.yaml"
    changed.write_text((ROOT / "playbooks" / "negligent.yaml").read_text().replace("at: J+30", "at: J+20").replace("version: 1", "version: 2"))
    said = CliRunner().invoke(main, ["diff", "negligent", str(changed), *common, "--html", str(other)])
    assert said.exit_code == 0, said.output
    for path in (page, other):
        text = path.read_text()
        assert "<svg" in text
        assert "http" not in text
        assert "src=" not in text


def test_what_a_person_reads_fits_the_terminal(tmp_path: Path) -> None:
    generator.generate(tmp_path / "lake", 2000)
    paying = tmp_path / "paying.yaml"
    paying.write_text('after: {any: {"3": "0.08", "10": "0.20"}}')
    common = ["--portfolio", str(tmp_path / "lake"), "--from", str(ON), "--until", str(UNTIL)]
    for asked in (["forecast", "negligent", "--behaviour", str(paying)], ["diff", "negligent", "systematique"]):
        said = CliRunner().invoke(main, [*asked, *common], env={"COLUMNS": "80"})
        assert said.exit_code == 0, said.output
        assert max(map(len, said.stdout.splitlines())) <= 80


@pytest.mark.parametrize(("written", "lost"), [("id: rappel-deux", ["relance-2"]), ("id: rappel-deux\n    formerly: [relance-2]", [])])
def test_a_step_that_loses_its_name_is_said(book: list[str], tmp_path: Path, written: str, lost: list[str]) -> None:
    renamed = tmp_path / "negligent.yaml"
    text = (ROOT / "playbooks" / "negligent.yaml").read_text().replace("version: 1", "version: 2").replace("id: relance-2", written)
    renamed.write_text(text.replace("relance-2.deadline", "rappel-deux.deadline").replace("after: [relance-2]", "after: [rappel-deux]").replace("after: relance-2", "after: rappel-deux"))
    said = CliRunner().invoke(main, ["diff", "negligent", str(renamed), *book, "--format", "json"])
    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout)["lost_steps"] == lost
    assert ("formerly: [relance-2]" in said.stderr) is bool(lost)


def test_a_behaviour_for_a_step_that_is_not_there_is_said(tmp_path: Path) -> None:
    generator.generate(tmp_path / "lake", 100)
    paying = tmp_path / "paying.yaml"
    paying.write_text('after: {relance-9: {"3": "0.08"}}')
    said = CliRunner().invoke(main, ["forecast", "negligent", "--portfolio", str(tmp_path / "lake"), "--from", str(ON), "--until", str(UNTIL), "--behaviour", str(paying)])
    assert said.exit_code == 2
    assert "no step 'relance-9'" in said.stderr


@pytest.fixture
def book(tmp_path: Path) -> list[str]:
    """A file of invoices as a freelance has it, and the options that name it."""
    file = tmp_path / "invoices.csv"
    file.write_text(
        "debtor;debtor.name;debtor.kind;debtor.email;id;issued;due;amount;currency\n"
        "dupont;Dupont SA;business;compta@dupont.example;F-1;2026-05-01;2026-05-31;1200.00;EUR\n"
        "dupont;Dupont SA;business;compta@dupont.example;F-2;2026-06-01;2026-07-31;300.00;EUR\n"
        "martin;Martin SARL;business;;F-3;2026-04-01;2026-05-15;80.00;EUR\n",
        encoding="utf-8",
    )
    return ["--portfolio", str(file), "--from", str(ON), "--until", str(UNTIL)]


def test_what_a_person_reads(book: list[str], tmp_path: Path, snapshot: object) -> None:
    paying = tmp_path / "paying.yaml"
    paying.write_text('after: {any: {"3": "0.08", "10": "0.20"}, mise-en-demeure: {"5": "0.45"}}')
    priced = tmp_path / "negligent.yaml"
    text = (ROOT / "playbooks" / "negligent.yaml").read_text().replace("version: 1", "version: 2").replace("at: J+30", "at: J+20")
    priced.write_text(text.replace("    channels: [letter, email]\n", '    channels: [letter, email]\n    cost: {letter: "1.25"}\n'))
    pages = {"forecast.html": ["forecast", str(priced), "--behaviour", str(paying)], "diff.html": ["diff", "negligent", str(priced)]}
    for name, asked in pages.items():
        page = tmp_path / name
        said = CliRunner().invoke(main, [*asked, *book, "--html", str(page)], env={"COLUMNS": "80"})
        assert said.exit_code == 0, said.output
        snapshot.assert_match(said.stdout.replace(str(tmp_path), "."), f"{page.stem}.txt")  # type: ignore[attr-defined]
        snapshot.assert_match(page.read_text(encoding="utf-8"), name)  # type: ignore[attr-defined]
