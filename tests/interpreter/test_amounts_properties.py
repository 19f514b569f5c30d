"""Laws of what is asked, for any playbook and any history: never more than is due and open, everything open is told apart, paying what was asked closes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_properties import START, UNTIL, days, events, histories, playbooks

from relance.interpreter.amounts_asked import asked, demanded, to_come
from relance.interpreter.cases import cases
from relance.interpreter.designation import Designations
from relance.interpreter.emission import OWN_SEQ
from relance.interpreter.newcomers import first_letter
from relance.interpreter.notices import named_by
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import Channel, Charge, Event, Facts, Playbook, StepKind, Unit
from relance.simulation.timeline import preview

ZERO = Decimal(0)
laws = settings(max_examples=20, deadline=None)
CHARGES = [(), (Charge.LATE_INTEREST,), (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY)]


@st.composite
def claiming(draw: st.DrawFn) -> Playbook:
    """A playbook whose steps claim something, some of them grave."""
    playbook = draw(playbooks())
    steps = [
        replace(step, claim=draw(st.sampled_from(CHARGES)), kind=draw(st.sampled_from([StepKind.REMINDER, StepKind.REMINDER, StepKind.FORMAL_NOTICE])))
        for step in playbook.steps
    ]
    return replace(playbook, steps=tuple(steps))


@st.composite
def lives(draw: st.DrawFn) -> Facts:
    """A history in which parts are written off, too."""
    facts = draw(histories())
    losses = [
        Event(draw(days), "written_off", draw(st.sampled_from([None, "F-1"])), None, 90, {"amount": Decimal(draw(st.integers(1, 120))), "reason": "x"})
        for _ in range(draw(st.integers(0, 1)))
    ]
    return replace(facts, events=tuple(sorted((*facts.events, *losses), key=lambda event: (event.on, event.seq))))


def as_it_was(timeline, facts: Facts, on) -> Snapshot:
    return Snapshot(timeline.playbook, replace(facts, events=tuple(e for e in timeline.facts.events if e.on < on or (e.on == on and e.seq < OWN_SEQ))), on)


@laws
@given(claiming(), lives())
def test_no_action_asks_more_than_is_due_and_open(playbook, facts):
    timeline = preview(playbook, facts, START, UNTIL)
    for action in (action for entry in timeline.entries for action in entry.actions):
        today, claimed = as_it_was(timeline, facts, action.on), action.claimed
        assert tuple(line.invoice for line in claimed.invoices) == action.invoices
        dues = {today.standings[name].invoice.due for name in action.invoices}
        carrier = today.standings[action.carrier].invoice.due
        assert max(dues) < action.on or max(dues) <= carrier
        for line in claimed.invoices:
            served = sum((each.interest for each in line.received), ZERO)
            undisputed = today.standings[line.invoice].undisputed
            assert line.principal == (undisputed + served if undisputed else ZERO)
            for each in line.received:
                assert each.amount == each.principal + each.interest + each.fixed_indemnity + each.contractual_penalty or not undisputed
        for part in ("principal", "fixed_indemnity", "contractual_penalty"):
            assert getattr(claimed, part) == sum((getattr(line, part) for line in claimed.invoices), ZERO)
        assert claimed.late_interest + claimed.legal_interest == sum((line.interest for line in claimed.invoices), ZERO)
        assert claimed.total == claimed.principal + claimed.late_interest + claimed.legal_interest + claimed.fixed_indemnity + claimed.contractual_penalty


@laws
@given(claiming(), lives(), days)
def test_what_is_asked_to_come_and_out_of_the_case_is_all_that_is_open(playbook, facts, on):
    today = Snapshot(playbook, facts, on)
    for case in cases(playbook, facts):
        unit = case_today(case, today)
        if not unit.left:
            continue
        left = {each.invoice.id: each for each in unit.left}
        now, later = demanded(unit), to_come(unit)
        assert {each.invoice.id for each in (*now, *later)} == left.keys()
        assert len(now) + len(later) == len(left)
        apart = sum((each.outstanding - (each.undisputed if each.invoice.id in left else ZERO) for each in unit.claims), ZERO)
        coming = sum((each.undisputed for each in later), ZERO)
        assert asked(unit, ()).principal + coming + apart == sum((each.outstanding for each in unit.claims), ZERO)


@laws
@given(claiming(), lives(), st.data())
def test_paying_exactly_what_a_message_asked_closes_what_it_was_about_and_nothing_else(playbook, facts, data):
    timeline = preview(playbook, facts, START, UNTIL)
    sent = [entry for entry in timeline.entries if entry.first.channel is not Channel.TASK and entry.first.claimed.total > 0]
    assume(sent)
    entry = data.draw(st.sampled_from(sent))
    on, message = entry.on, entry.first.message
    together = [action for each in timeline.entries for action in each.actions if action.message == message]
    known = replace(facts, events=tuple(event for event in timeline.facts.events if event.on <= on))
    day = on + timedelta(days=1)
    total = sum((action.claimed.total for action in together), ZERO)
    before = Snapshot(playbook, known, day)
    assume(message in {act.message for act in before.acts if act.executed})
    money = Event(day, "payment.received", None, "EUR", 0, {"amount": total})
    paid = replace(known, events=(*known.events, money))
    after = Snapshot(playbook, paid, day)
    named = {name for action in together for name in action.invoices}
    others = {name: amount for name, amount in before.balances.outstanding.items() if name not in named}
    rivals = [name for name in others if others[name] and before.standings[name].invoice.due <= min(before.standings[each].invoice.due for each in named)]
    assume(not rivals)  # of an older message of the very same sum the older invoice is meant
    own_word = Designations(known).meant(money, [each for each in facts.invoices if each.id in before.balances.outstanding], before.balances.given)
    assume(not own_word.exact or set(own_word.sums[0][0]) <= named)  # exactly what he promised of others, or has a plan of, is for those (188)
    assert {name: after.balances.outstanding[name] for name in others} == others
    assert not any(after.standings[name].undisputed for name in named)  # what is disputed of them is as it was
    assert after.balances.credit == before.balances.credit


@laws
@given(claiming(), lives(), st.lists(events(), max_size=2))
def test_an_agency_puts_no_invoice_on_notice_before_its_letter_has_named_it(playbook, facts, more):
    letter = replace(playbook.steps[0], channels=(Channel.LETTER,), kind=StepKind.REMINDER, condition=None, repeat=None)
    agency = replace(playbook, collector="agency", unit=Unit.ACCOUNT, steps=(letter, *playbook.steps[1:]))
    told = tuple(event for event in (*facts.events, *more) if event.kind != "action.skipped")  # a person may pass over the letter
    facts = replace(facts, creditor=replace(facts.creditor, mandate=START), events=tuple(sorted(told, key=lambda event: (event.on, event.seq))))
    assert first_letter(agency) is letter
    timeline = preview(agency, facts, START, UNTIL)
    for entry in timeline.entries:
        if entry.first.kind is not StepKind.FORMAL_NOTICE:
            continue
        today = as_it_was(timeline, facts, entry.on)
        named = frozenset[str]().union(*(named_by(act, today.facts) for act in today.acts if act.step == letter.id and act.executed))
        assert set(entry.first.invoices) - {entry.first.carrier} <= named
