"""Laws that hold for any playbook and any history: determinism, dates, silence when paid or held, contact rules, once, forward."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.dates import add, is_open
from relance.interpreter import Snapshot, decide, look, observe
from relance.interpreter.cases import cases
from relance.interpreter.emission import OWN_SEQ
from relance.model import (
    WORLD_ANCHORS,
    Address,
    Calendar,
    Channel,
    Combine,
    ContactCap,
    ContactRules,
    Creditor,
    Debtor,
    Duration,
    EntryPoint,
    Event,
    Facts,
    Invoice,
    OnResume,
    Pace,
    Playbook,
    Repeat,
    Status,
    Step,
    Test,
    TimeUnit,
    Unit,
    When,
    WhenClosed,
)
from relance.simulation.timeline import preview

START = date(2026, 1, 1)
UNTIL = date(2026, 3, 31)
days = st.dates(START, UNTIL)
offsets = st.one_of(
    st.none(),
    st.builds(Duration, st.integers(-10, 50), st.sampled_from([TimeUnit.DAY, TimeUnit.BUSINESS_DAY])),
    st.builds(Duration, st.integers(-2, 2), st.sampled_from([TimeUnit.WEEK, TimeUnit.MONTH])),
)


@st.composite
def playbooks(draw: st.DrawFn) -> Playbook:
    steps = []
    for index in range(draw(st.integers(1, 5))):
        anchors = ["due", "issued", "promise.broken", "payment.received", *(["previous"] if index else []), *(step.id for step in steps)]
        anchors += [f"{step.id}.deadline" for step in steps if step.grants]
        channels = draw(st.lists(st.sampled_from(["email", "letter", "call", "task", "sms"]), min_size=1, max_size=2, unique=True))
        steps.append(
            Step(
                id=f"s{index}",
                at=When(draw(st.sampled_from(anchors)), draw(offsets), draw(st.booleans())),
                channels=tuple(Channel(channel) for channel in channels),
                condition=draw(st.sampled_from([None, None, Test("balance", "at_least", Decimal(60)), Test("days_overdue", "more_than", 5)])),
                grants=draw(st.sampled_from([None, None, Duration(8)])),
                repeat=draw(st.sampled_from([None, None, Repeat(Duration(9), 3)])),
                expires=draw(st.sampled_from([None, None, Duration(6)])),
                approval=draw(st.booleans()),
                after=tuple(draw(st.lists(st.sampled_from([s.id for s in steps]), max_size=1))) if steps else (),
            )
        )
    gap = draw(st.sampled_from([None, Duration(5), Duration(3, TimeUnit.BUSINESS_DAY)]))
    caps = tuple(draw(st.lists(st.sampled_from([ContactCap(2, Duration(14)), ContactCap(1, Duration(10), frozenset({Channel.EMAIL})), ContactCap(3, Duration(30))]), max_size=2, unique=True)))
    return Playbook(
        id="p",
        version=1,
        title="P",
        steps=tuple(steps),
        unit=draw(st.sampled_from(Unit)),
        combine=draw(st.sampled_from(Combine)),
        calendar=Calendar(when_closed=draw(st.sampled_from(WhenClosed))),
        contact=ContactRules(gap, caps),
        entry=draw(st.sampled_from(EntryPoint)),
        pace=draw(st.sampled_from(Pace)),
        on_resume=draw(st.sampled_from(OnResume)),
    )


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind, data = draw(
        st.sampled_from(
            [
                ("payment.received", {"amount": Decimal(30)}),
                ("payment.received", {"amount": Decimal(100)}),
                ("payment.reversed", {"amount": Decimal(30)}),
                ("credit_note.issued", {"amount": Decimal(20)}),
                ("dispute.opened", {"reason": "x"}),
                ("dispute.opened", {"reason": "x", "amount": Decimal(40)}),
                ("dispute.closed", {"outcome": "x"}),
                ("hold.placed", {"reason": "x"}),
                ("hold.lifted", {}),
                ("insolvency.opened", {"published_on": START}),
                ("channel.refused", {"channel": "email"}),
                ("case.closed", {}),
                ("case.reopened", {}),
                ("action.skipped", {"playbook": "p", "step": "s0", "reason": "x"}),
            ]
        )
    )
    on = draw(days)
    if draw(st.integers(0, 4)) == 0:
        kind, data = "promise.made", {"amount": Decimal(50), "by": on + timedelta(draw(st.integers(0, 20)))}
    if draw(st.integers(0, 8)) == 0:
        kind, data = "plan.agreed", {"instalments": [{"on": on + timedelta(n * 10), "amount": Decimal(30)} for n in (1, 2)]}
    return Event(on, kind, draw(st.sampled_from([None, "F-1", "F-2"])), None, draw(st.integers(0, 50)), data)


@st.composite
def histories(draw: st.DrawFn) -> Facts:
    invoices = tuple(
        Invoice(f"F-{n}", draw(days), Decimal(draw(st.sampled_from(["100.00", "60.00"]))), "EUR", START) for n in range(1, draw(st.integers(1, 3)) + 1)
    )
    told = sorted(draw(st.lists(events(), max_size=6)), key=lambda event: (event.on, event.seq))
    debtor = Debtor("d", "D", "business", email=draw(st.sampled_from([None, "a@b.example"])), phone="+33", address=Address(("x",)))
    return Facts(Creditor("c", "C"), debtor, invoices, tuple(told))


laws = settings(deadline=None)


@laws
@given(playbooks(), histories(), days)
def test_the_same_question_has_the_same_answer(playbook, facts, on):
    again = replace(playbook)  # another object, compiled anew
    assert look(playbook, facts, on) == look(again, facts, on)


@laws
@given(playbooks(), histories())
def test_preview_and_deciding_day_by_day_agree(playbook, facts):
    timeline = preview(playbook, facts, START, UNTIL)
    left = {(entry.on, entry.first.case, entry.first.step, entry.first.occurrence) for entry in timeline.entries}
    asked = set()
    on = START
    while on <= UNTIL:
        before = replace(facts, events=tuple(e for e in timeline.facts.events if e.on < on or e.seq < OWN_SEQ))
        asked |= {(on, action.case, action.step, action.occurrence) for action in look(playbook, before, on).actions}
        on += timedelta(days=1)
    assert asked == left


@laws
@given(playbooks(), histories())
def test_an_action_is_due_once_and_the_position_never_goes_back_but_to_answer_an_event(playbook, facts):
    timeline = preview(playbook, facts, START, UNTIL)
    ids = [action.id for entry in timeline.entries for action in entry.actions]
    assert len(ids) == len(set(ids))
    order = {step.id: index for index, step in enumerate(playbook.steps)}
    answers = {step.id for step in playbook.steps if step.at.anchor in WORLD_ANCHORS}
    ladder: dict[tuple[str, str], tuple[int, int]] = {}
    for entry in timeline.entries:
        rung = (order[entry.first.step], entry.first.occurrence)
        if not {Channel.CALL, Channel.TASK} >= set(entry.channels) and entry.first.step not in answers:
            assert ladder.get((entry.first.case, entry.first.carrier), (-1, 0)) < rung
            ladder[entry.first.case, entry.first.carrier] = rung


@laws
@given(playbooks(), histories())
def test_nothing_leaves_before_its_date_or_on_a_day_that_forbids_it(playbook, facts):
    timeline = preview(playbook, facts, START, UNTIL)
    due = {claim.id: claim for claim in facts.invoices}
    for entry in timeline.entries:
        step = next(step for step in playbook.steps if step.id == entry.first.step)
        carrier = due[entry.first.carrier]
        if step.at.anchor in ("due", "issued") and entry.first.occurrence == 1:
            own = add(getattr(carrier, step.at.anchor), step.at.offset or Duration(0), playbook.calendar)
            early = 10 if playbook.calendar.when_closed is WhenClosed.PREVIOUS else 0
            assert entry.on >= own - timedelta(days=early)
        if playbook.calendar.when_closed is not WhenClosed.KEEP:
            assert is_open(playbook.calendar, entry.on)


@laws
@given(playbooks(), histories())
def test_nothing_leaves_while_paid_held_or_ended(playbook, facts):
    timeline = preview(playbook, facts, START, UNTIL)
    for entry in timeline.entries:
        today = Snapshot(playbook, replace(facts, events=tuple(e for e in timeline.facts.events if e.on < entry.on or e.seq < OWN_SEQ)), entry.on)
        for name in entry.first.invoices:
            standing = today.standings[name]
            assert standing.outstanding > 0
            assert not standing.states & {"disputed", "promised", "plan_running", "on_hold", "insolvent", "closed"}


@laws
@given(playbooks(), histories())
def test_the_contact_rules_are_kept(playbook, facts):
    timeline = preview(playbook, facts, START, UNTIL)
    contacted = Snapshot(playbook, timeline.facts, UNTIL).contacts  # a draft nobody approved is none
    rules = playbook.contact
    if rules.min_gap:
        assert all(add(a, rules.min_gap, playbook.calendar) <= b for a, b in itertools.pairwise(sorted({each.on for each in contacted})))
    for cap in rules.at_most:
        days = {each.on for each in contacted if not cap.channels or each.channel in cap.channels}
        assert all(sum(on - timedelta(days=cap.within.number - 1) <= other <= on for other in days) <= cap.contacts for on in days)


@laws
@given(playbooks(), histories(), events())
def test_what_happens_to_another_invoice_of_another_debtor_changes_nothing(playbook, facts, event):
    foreign = replace(event, invoice="Z-9")
    known = replace(facts, events=tuple(sorted((*facts.events, foreign), key=lambda each: (each.on, each.seq))))
    assert preview(playbook, facts, START, UNTIL).entries == preview(playbook, known, START, UNTIL).entries


@laws
@given(playbooks(), histories(), days)
def test_every_step_has_a_verdict_and_a_waiting_case_says_what_comes(playbook, facts, on):
    for case in cases(playbook, facts):
        decision = decide(playbook, observe(playbook, case, on), on)
        assert [verdict.step for verdict in decision.steps] == [step.id for step in playbook.steps]
        if decision.next is not None:
            assert decision.next.on > on
        assert (decision.step is not None) == (decision.status is Status.DUE)
