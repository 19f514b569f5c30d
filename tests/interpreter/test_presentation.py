"""Interest of a consumer runs from the day after the notice was presented where that day is known, else as the creditor's terms say; over tables alike."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.columnar.engines import PolarsEngine
from relance.columnar.evaluation import evaluate_tables, from_actions
from relance.columnar.schema import from_facts
from relance.interpreter.amounts_asked import asked
from relance.interpreter.cases import cases
from relance.interpreter.snapshot import Snapshot, case_today
from relance.law.claims import Owed, claimed
from relance.law.presentation import Unpresented, unpresented_of
from relance.model import Charge, Creditor
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import Route, Routing

LEGAL = (Charge.LEGAL_INTEREST,)
STEPS = """\
  - {id: mise-en-demeure, kind: formal_notice, at: J+30, channels: [registered_letter], tone: formal, grants: 15 days}
  - {id: suite, at: J+60, channels: [letter], tone: firm, claim: [legal_interest]}
"""
TOP = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\ndebtor: consumer\n"
LEFT, PRESENTED, SUITE = "2026-03-03", "2026-03-06", "2026-04-02"
#: What the post said, and the first day of interest by what the creditor's terms say: nothing, posted, presented.
SAID = [
    ([], ("2026-03-04", None)),
    ([("letter.presented", PRESENTED, "F-1", {})], ("2026-03-07", "2026-03-07")),
    ([("letter.presented", PRESENTED, None, {})], ("2026-03-07", "2026-03-07")),
    ([("letter.presented", PRESENTED, "F-1", {"id": "n-1"})], ("2026-03-07", "2026-03-07")),
    ([("letter.presented", PRESENTED, "F-1", {"id": "another letter"})], ("2026-03-04", None)),
    ([("letter.presented", "2026-03-02", "F-1", {})], ("2026-03-04", None)),  # before it left: an older letter
    ([("letter.delivered", "2026-03-20", "F-1", {}), ("letter.presented", PRESENTED, "F-1", {})], ("2026-03-07", "2026-03-07")),
    ([("letter.refused", PRESENTED, "F-1", {})], ("2026-03-07", "2026-03-07")),
    ([("letter.unclaimed", "2026-03-25", "F-1", {})], ("2026-03-04", None)),  # back after fifteen days: its presentation is not told
    ([("letter.presented", SUITE, "F-1", {})], (None, None)),  # only today: interest would begin tomorrow
]


def noticed(bench, said, **terms):
    ladder = bench(STEPS, top=TOP, kind="consumer", amount="1000.00").done("mise-en-demeure", LEFT, "registered_letter", id="n-1", occurrence=1)
    for kind, on, invoice, data in said:
        ladder.told(on, kind, invoice, **data)
    ladder.facts = replace(ladder.facts, creditor=replace(ladder.facts.creditor, terms=terms))
    return ladder


def starts(ladder, on=SUITE):
    day = date.fromisoformat(on)
    found = asked(case_today(cases(ladder.playbook, ladder.facts)[0], Snapshot(ladder.playbook, ladder.facts, day)), LEGAL)
    return (found.segments[0].start.isoformat() if found.segments else None), found


@pytest.mark.parametrize(("said", "first"), SAID, ids=range(len(SAID)))
@pytest.mark.parametrize(("place", "terms"), [(0, {}), (0, {"interest_from": "posted"}), (0, {"interest_from": "nonsense"}), (1, {"interest_from": "presented"})], ids=range(4))
def test_interest_runs_from_the_presentation_that_is_known(bench, said, first, place, terms):
    start, found = starts(noticed(bench, said, **terms))
    assert start == first[place]
    assert bool(found.notes) is (first[place] is None)


def test_tables_ask_the_same(bench):
    """Of each letter, by a creditor of its own, whether he says nothing or waits for presentation."""
    ladders = [noticed(bench, said, **terms) for said, _ in SAID for terms in ({}, {"interest_from": "presented"})]
    facts = [replace(each.facts, creditor=replace(each.facts.creditor, id=f"atelier {place:02}")) for place, each in enumerate(ladders)]
    routing, on = Routing((Route(ladders[0].playbook),)), date.fromisoformat(SUITE)
    plain = evaluate(facts, routing, on)
    tables = evaluate_tables(PolarsEngine(), from_facts(facts).frames(), routing, on)
    assert [(action.creditor, action.step) for action in plain.actions] == [(each.creditor.id, "suite") for each in facts]
    assert from_actions(plain.actions).sort("id").equals(tables.actions.sort("id"))


def test_a_later_notice_that_was_presented_counts_only_for_who_waits_for_presentation(bench):
    ladder = noticed(bench, []).done("mise-en-demeure", "2026-03-16", "registered_letter", id="n-2", occurrence=2)
    ladder.told("2026-03-18", "letter.presented", "F-1", id="n-2")
    assert starts(ladder)[0] == "2026-03-04"
    ladder.facts = replace(ladder.facts, creditor=replace(ladder.facts.creditor, terms={"interest_from": "presented"}))
    assert starts(ladder)[0] == "2026-03-19"


def test_the_law_takes_presentation_for_consumers_alone_and_the_penalty_from_the_notice():
    due, on = date(2026, 2, 1), date(2026, 4, 2)
    owed = Owed("F-1", due, Decimal(1000), notice_on=date(2026, 3, 3), presented_on=date(2026, 3, 6), penalty=Decimal(50))
    consumer = claimed(LEGAL, [owed], on, debtor_kind="consumer")
    trader = claimed((Charge.LATE_INTEREST, Charge.CONTRACTUAL_PENALTY), [replace(owed, presented_on=None, presented_only=True)], on, debtor_kind="business")
    assert consumer.segments[0].start == date(2026, 3, 7)
    assert (trader.segments[0].start, trader.contractual_penalty) == (date(2026, 2, 2), Decimal(50))


def test_the_choice_is_the_creditors():
    assert unpresented_of(Creditor("a", terms={"interest_from": "presented"})) is Unpresented.PRESENTED
    assert unpresented_of(Creditor("a")) is unpresented_of(Creditor("a", terms={"interest_from": "never"})) is Unpresented.POSTED
