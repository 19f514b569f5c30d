"""What is compiled of a playbook, what its conditions say, and who goes first where one message fits: word by word."""

from datetime import date
from types import SimpleNamespace

import pytest

from relance.interpreter.compiled import (
    DEADLINE,
    DUE,
    GIVEN,
    ISSUED,
    PREVIOUS,
    STEP,
    WORLD,
    at_place,
    compile_playbook,
    lost_steps,
    notice_steps,
    unknown_steps,
)
from relance.interpreter.conditions import HOLDS, compile_condition, describe, leaves
from relance.interpreter.contact_slot import Rival, asks_again, has_rules, is_contact, is_limited, message_of, put_off, rank_of, waiting
from relance.model import AllOf, AnyOf, Channel, Combine, Decision, Duration, Not, Reason, Status, Test, Way

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: %s}\n"
EVERY = """\
  - {id: a, at: J, channels: [email, letter], fallback: {letter: sms}, tone: courteous, repeat: {every: 3 days, times: 2}, formerly: [z]}
  - {id: b, kind: formal_notice, at: issued + 10 days, channels: [registered_letter], tone: formal, grants: 8 days, expires: 5 days}
  - {id: c, at: previous + 2 days, or_at: J+9, channels: [call, task], tone: neutral, not_before: b + 1 day, after: [a]}
  - {id: d, kind: handover, at: b.deadline + 1 day, channels: [handover], to: bailiff}
  - {id: e, at: promise.broken + 1 day, channels: [email], tone: firm, weekdays: [monday]}
  - {id: f, kind: formal_notice, at: promise.broken + 1 day, channels: [email], tone: formal, once: true}
  - {id: g, kind: legal, at: J+90, channels: [task], if: {not: {done: a}}}
"""


@pytest.fixture
def plan(bench):
    return compile_playbook(bench(EVERY, top=OPEN % "next" + "contact: {min_gap: 2 days, at_most: {contacts: 3, within: 7 days}}\n").playbook)


def test_what_a_step_counts_from(plan):
    world = plan.anchors.index("promise.broken")
    assert [rung.counted for rung in plan.rungs] == [
        ((DUE, 0),),
        ((ISSUED, 0),),
        ((PREVIOUS, 0), (DUE, 0), (STEP, 1)),
        ((DEADLINE, 1),),
        ((WORLD, world),),
        ((WORLD, world),),
        ((DUE, 0),),
    ]
    assert GIVEN not in {kind for rung in plan.rungs for kind, _ in rung.counted}


def test_what_a_step_may_do_again_and_what_ends_a_case(plan):
    assert [rung.recurs for rung in plan.rungs] == [True, False, False, False, True, False, False]
    assert [(rung.ends, rung.notices) for rung in plan.rungs] == [(False, ())] * 3 + [(True, (1,))] + [(False, ())] * 2 + [(True, (1, 5))]
    assert [rung.contact for rung in plan.rungs] == [True, True, True, False, True, True, False]
    assert [rung.after for rung in plan.rungs] == [(), (), (0,), (), (), (), ()]
    assert [rung.condition is not None for rung in plan.rungs] == [False] * 6 + [True]
    assert plan.looked_back_on == {0}


def test_by_what_a_step_may_go_and_what_each_way_needs(plan):
    column = {channel: place for place, channel in enumerate(plan.channels)}
    assert plan.rungs[0].ways == ((Channel.EMAIL, column["email"], None, -1), (Channel.LETTER, column["letter"], Channel.SMS, column["sms"]))
    assert plan.rungs[2].ways == ((Channel.CALL, column["call"], None, -1), (Channel.TASK, -1, None, -1))
    assert plan.rungs[3].ways == ((Channel.HANDOVER, -1, None, -1),)


def test_a_fallback_that_needs_no_address_needs_none(bench):
    (rung,) = compile_playbook(bench("  - {id: a, at: J, channels: [sms], fallback: {sms: task}, tone: courteous}\n", top=OPEN % "keep").playbook).rungs
    assert rung.ways == ((Channel.SMS, 0, Channel.TASK, -1),)


FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)


def test_what_a_delay_moves_is_moved_on_to_a_day_on_which_it_may_leave(bench, plan):
    assert [plan.rungs[0].rolled(date(2026, 3, day)).day for day in (6, 7, 8, 9)] == [6, 9, 9, 9]
    assert [plan.rungs[4].rolled(date(2026, 3, day)).day for day in (6, 9, 10)] == [9, 9, 16]  # Mondays alone
    assert [rung.again and rung.again(FRIDAY).day for rung in plan.rungs] == [9, None, None, None, None, None, None]
    assert [rung.grants and rung.grants(FRIDAY).day for rung in plan.rungs] == [None, 16, None, None, None, None, None]  # the 14th is a Saturday
    assert [rung.expiry and rung.expiry(FRIDAY).day for rung in plan.rungs] == [None, 11, None, None, None, None, None]
    (kept,) = compile_playbook(bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top=OPEN % "keep").playbook).rungs
    assert kept.rolled(date(2026, 3, 7)).day == 7
    (before,) = compile_playbook(bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top=OPEN % "previous").playbook).rungs
    assert before.own(date(2026, 3, 7))[1].day == 6
    assert before.rolled(date(2026, 3, 7)).day == 9  # what is delayed is not brought forward
    paused = bench("  - {id: a, at: J, channels: [email], tone: courteous, pauses: [{from: 03-05, to: 03-12}]}\n", top=OPEN % "keep").playbook
    assert compile_playbook(paused).rungs[0].rolled(FRIDAY).day == 13


def test_business_days_are_those_of_the_playbooks_calendar(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, repeat: {every: 1 business day, times: 2}, expires: 2 business days}\n"
    (rung,) = compile_playbook(bench(steps, top=OPEN % "keep" + "contact: {min_gap: 3 business days}\n").playbook).rungs
    assert (rung.again(FRIDAY).day, rung.expiry(FRIDAY).day) == (9, 10)
    compiled = compile_playbook(bench(steps, top=OPEN % "keep" + "contact: {min_gap: 3 business days}\n").playbook)
    assert compiled.gap(FRIDAY).day == 11


def test_how_the_dates_of_a_step_are_told(plan):
    c = plan.rungs[2]
    assert (c.or_at.text, c.not_before.text) == ("J+9", "b + 1 day")


def test_what_a_step_was_called_before_is_known_and_its_own_name_goes_first(bench, plan):
    assert plan.by_id == {"z": 0, **{name: at for at, name in enumerate("abcdefg")}}
    taken = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J, channels: [email], tone: courteous, formerly: [a]}\n").playbook
    assert compile_playbook(taken).by_id == {"a": 0, "b": 1}
    assert notice_steps(plan.playbook) == {"b", "f"}


def test_the_states_a_playbook_looks_at_and_those_that_always_count(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, if: {promised: true}}\n"
    assert {"promised", "disputed", "closed", "paid"} <= compile_playbook(bench(steps, top="stop_when: [paid]\n").playbook).states
    assert compile_playbook(bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top="stop_when: []\nhold_while: []\n").playbook).states >= {"disputed", "closed"}


@pytest.mark.parametrize(("unit", "fact"), [("invoice", "balance"), ("account", "asked")])
def test_the_least_balance_is_of_the_invoice_or_of_what_an_account_asks(bench, unit, fact):
    compiled = compile_playbook(bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top=f'unit: {unit}\nmin_balance: "10.00"\n').playbook)
    assert (compiled.tests[compiled.worth].fact, compiled.tests[compiled.worth].op) == (fact, "at_least")
    assert compile_playbook(bench("  - {id: a, at: J, channels: [email], tone: courteous}\n").playbook).worth is None


def test_a_place_adds_its_holidays_to_a_playbook_that_does_not_have_them(bench):
    playbook = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top=OPEN % "next").playbook
    assert at_place(playbook, None) is playbook
    assert at_place(playbook, "FR") is playbook
    assert at_place(playbook, "FR-57").calendar.place == "FR-57"
    assert at_place(playbook, "FR-57") is at_place(playbook, "FR-57")


def test_which_steps_a_version_has_lost(bench):
    old = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+1, channels: [email], tone: courteous}\n  - {id: c, at: J+2, channels: [email], tone: courteous}\n").playbook
    new = bench("  - {id: c2, at: J, channels: [email], tone: courteous, formerly: [c]}\n").playbook
    assert unknown_steps(["a", "c", "c2", "q"], new) == {"a", "q"}
    assert lost_steps(old, new) == ("a", "b")
    assert lost_steps(old, old) == ()
    other = bench("  - {id: x, at: J, channels: [email], tone: courteous}\n").playbook
    object.__setattr__(other, "id", "other")
    assert lost_steps(old, other) == ()  # of another playbook none is lost


# ------------------------------------------------------------------------------------------------------------- conditions

PAID, DISPUTED = Test("paid", "is", value=True), Test("disputed", "is", value=False)
COUNT, PROFILE = Test("sent", "at_least", 2), Test("profile", "in", ("standard", "struggling"))
LATE = Test("age", "more_than", Duration(1, "day"))
OLD = Test("age", "less_than", Duration(-3, "month"))
SUM = Test("balance", "at_most", (("EUR", 10), ("USD", 12)))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (PAID, "paid"),
        (DISPUTED, "not disputed"),
        (COUNT, "sent ≥ 2"),
        (PROFILE, "profile is standard or struggling"),
        (LATE, "age > 1 day"),
        (OLD, "age < -3 months"),
        (SUM, "balance ≤ 10 EUR or 12 USD"),
        (Test("unread", "within", Duration(5, "day")), "unread within 5 days"),
        (Not(AnyOf((PAID, DISPUTED))), "not (paid or not disputed)"),
        (AllOf((PAID, COUNT)), "paid and sent ≥ 2"),
    ],
)
def test_a_condition_in_the_words_of_its_author(condition, said):
    assert describe(condition) == said


@pytest.mark.parametrize(
    ("condition", "truths", "blamed"),
    [
        (PAID, (True, False), HOLDS),
        (PAID, (False, True), 0),
        (PAID, (None, True), 0),
        (Not(COUNT), (False, False), HOLDS),
        (Not(COUNT), (False, True), 1),
        (AllOf((PAID, COUNT)), (True, True), HOLDS),
        (AllOf((PAID, COUNT)), (True, False), 1),
        (AllOf((PAID, COUNT)), (False, False), 0),
        (AnyOf((PAID, COUNT)), (False, True), HOLDS),
        (AnyOf((PAID, COUNT)), (True, False), HOLDS),
        (AnyOf((PAID, COUNT)), (False, False), 0),  # the first of them is blamed
        (AnyOf((COUNT, PAID)), (False, False), 1),
    ],
)
def test_whether_a_condition_holds_and_which_comparison_is_to_blame(condition, truths, blamed):
    assert compile_condition(condition, {PAID: 0, COUNT: 1})(truths) == blamed
    assert list(leaves(AnyOf((Not(PAID), AllOf((COUNT, PROFILE)))))) == [PAID, COUNT, PROFILE]


# ---------------------------------------------------------------------------------------------------------- who goes first


def rival(case, rank, *, collector="c", message=None, limited=True):
    return Rival(case, collector, message or (case,), (rank, date(2026, 1, 1), case), limited)


@pytest.mark.parametrize(
    ("rivals", "wait"),
    [
        ([rival("a", 0)], set()),
        ([rival("a", 0), rival("b", -1)], {"a"}),  # the smallest rank goes
        ([rival("a", 0, limited=False), rival("b", 1, limited=False)], set()),
        ([rival("a", 0), rival("b", 1, collector="d")], set()),  # each collector has a room of his own
        ([rival("a", 0, message=("m",)), rival("b", 1, message=("m",))], set()),  # they leave together
        ([rival("a", 0, limited=False), rival("b", 1)], {"b"}),
        ([rival("a", 0), rival("b", 1, limited=False)], {"b"}),
        ([rival("a", 0, limited=False), rival("b", 1, limited=False), rival("c", 2)], {"c"}),
        ([rival("a", 0, limited=False), rival("b", 1, limited=False), rival("c", 2, collector="d")], set()),
        ([rival("a", 2, message=("m",)), rival("b", 1), rival("c", 0, message=("m",))], {"b"}),  # a message goes by the first of its cases
        ([rival("a", 0, message=("m",), limited=False), rival("b", 1, message=("m",)), rival("c", 2, limited=False)], {"c"}),
    ],
)
def test_who_waits_where_the_contact_rules_leave_room_for_one_message(rivals, wait):
    assert waiting(rivals) == wait


def test_whose_message_goes_first_and_with_whom_it_travels(plan):
    steps, due = plan.playbook.steps, date(2026, 3, 1)
    assert [rank_of(plan, step, due, "x") for step in (steps[0], steps[2], None)] == [(0, due, "x"), (-2, due, "x"), (0, due, "x")]
    for how, told in ((Combine.DEBTOR, ()), (Combine.STEP, ("c",)), (Combine.NONE, ("", "x"))):
        assert message_of(SimpleNamespace(combine=how), steps[2], "x") == told
    assert message_of(SimpleNamespace(combine=Combine.STEP), None, "x") == ("",)


def test_what_counts_as_a_contact_and_which_channels_a_rule_binds(bench, plan):
    def due(*channels, status=Status.DUE):
        return Decision(status, Reason("at"), (), ways=tuple(map(Way, channels)))

    assert [is_contact(due(*each)) for each in ((Channel.EMAIL,), (Channel.TASK,), (Channel.TASK, Channel.CALL), ())] == [True, False, True, False]
    assert not is_contact(due(Channel.EMAIL, status=Status.WAITING))
    free = compile_playbook(bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top="contact: {}\n").playbook)
    assert (has_rules(plan), has_rules(free)) == (True, False)
    assert (is_limited(plan, [Channel.EMAIL]), is_limited(plan, [Channel.TASK]), is_limited(free, [Channel.EMAIL])) == (True, False, False)
    assert asks_again(plan, FRIDAY) == date(2026, 3, 8)  # when there is room after a contact of that day
    assert asks_again(free, FRIDAY) == date(2026, 3, 7)


def test_a_message_that_finds_no_room_waits_and_the_other_steps_are_told_as_before(bench):
    ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+9, channels: [email], tone: firm}\n", top=OPEN % "keep" + "contact: {min_gap: 4 days}\n")
    decision = ladder.at("2026-02-01")
    off = put_off(compile_playbook(ladder.playbook), decision, date(2026, 2, 1))
    assert (off.status, off.reason, off.next) == (Status.WAITING, Reason("combined_later", (date(2026, 2, 1),)), ("a", date(2026, 2, 5)))
    assert off.steps[0] == decision.steps[0]._replace(reason=off.reason, on=date(2026, 2, 5))
    assert off.steps[1:] == decision.steps[1:]
    assert (off.step, off.ways) == (None, ())
