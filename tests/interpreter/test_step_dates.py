"""A step's own date, and the days on which a decision may turn: from the dates that count, whichever of them are known."""

from dataclasses import replace
from datetime import date

import pytest
from test_edges_of_states import day

from relance.interpreter import decide, observe
from relance.interpreter.cases import cases
from relance.interpreter.compiled import compile_playbook
from relance.interpreter.step_dates import anchor_day, expiry, own_date, position_of, turning_days
from relance.interpreter.steps_done import with_steps_done
from relance.model import Done

TOP = "calendar: {holidays: FR, weekend: [], when_closed: keep}\nlate: {entry: %s, pace: %s}\n"


def seen(ladder, on):
    (case,) = cases(ladder.playbook, ladder.facts)
    return compile_playbook(ladder.playbook), observe(ladder.playbook, case, day(on))


def dated(bench, step, *words, done=None):
    """Return (day as written, day on which it may leave, words) of the last step of two."""
    ladder = bench("  - {id: a, at: J-10, channels: [email], tone: courteous}\n  - {id: b, channels: [email], tone: neutral, " + step + "}\n", top=TOP % ("first", "keep"))
    if done:
        ladder.done("a", done)
    for on, kind, data in words:
        ladder.told(on, kind, **data)
    plan, view = seen(ladder, "2026-12-31")
    found = own_date(plan, view, plan.rungs[1], position_of(view))
    return found and (found.raw.isoformat(), found.own.isoformat(), found.text)


BROKEN = ("2026-02-03", "promise.made", {"by": "2026-02-05"})  # with two days of grace, broken on the 8th


@pytest.mark.parametrize(
    ("step", "words", "done", "expected"),
    [
        ("at: J", [], None, ("2026-02-01", "2026-02-01", "J")),
        ("at: due", [], None, ("2026-02-01", "2026-02-01", "due")),
        ("at: issued + 3 days", [], None, ("2026-01-05", "2026-01-05", "issued + 3 days")),
        ("at: a + 2 days", [], "2026-01-25", ("2026-01-27", "2026-01-27", "a + 2 days")),
        ("at: a + 2 days", [], None, None),
        ("at: previous + 2 days", [], "2026-01-25", ("2026-01-27", "2026-01-27", "previous + 2 days")),
        ("at: previous + 2 days", [], None, None),
        ("at: promise.broken + 1 day", [BROKEN], None, ("2026-02-09", "2026-02-09", "promise.broken + 1 day")),
        ("at: promise.broken + 1 day", [], None, None),
        ("at: J+9, or_at: promise.broken + 1 day", [BROKEN], None, ("2026-02-09", "2026-02-09", "promise.broken + 1 day")),  # the earlier
        ("at: J+3, or_at: promise.broken + 1 day", [BROKEN], None, ("2026-02-04", "2026-02-04", "J+3")),
        ("at: J+3, or_at: promise.broken + 1 day", [], None, ("2026-02-04", "2026-02-04", "J+3")),
        ("at: promise.broken + 1 day, or_at: J+3", [], None, ("2026-02-04", "2026-02-04", "J+3")),  # the one that is known
        ("at: promise.broken + 1 day, or_at: a + 1 day", [], None, None),
        ("at: J+9, or_at: a + 1 day", [], "2026-01-25", ("2026-01-26", "2026-01-26", "a + 1 day")),
        ("at: J+9, or_at: previous + 1 day", [], "2026-01-25", ("2026-01-26", "2026-01-26", "previous + 1 day")),
        ("at: J+3, not_before: promise.broken + 1 day", [BROKEN], None, ("2026-02-09", "2026-02-09", "promise.broken + 1 day")),  # the later
        ("at: J+9, not_before: promise.broken + 1 day", [BROKEN], None, ("2026-02-10", "2026-02-10", "J+9")),
        ("at: J+9, not_before: promise.broken + 1 day", [], None, ("2026-02-10", "2026-02-10", "J+9")),
        ("at: J+3, not_before: previous + 20 days", [], "2026-01-25", ("2026-02-14", "2026-02-14", "previous + 20 days")),
        ("at: promise.broken + 1 day, not_before: J", [], None, None),
    ],
)
def test_the_own_date_of_a_step(bench, step, words, done, expected):
    assert dated(bench, step, *words, done=done) == expected


def test_from_a_notice_that_was_skipped_or_grants_nothing_no_time_is_counted(bench):
    steps = (
        "  - {id: n, kind: formal_notice, at: J, channels: [email], tone: formal, grants: 8 days}\n"
        "  - {id: a, at: J, channels: [email], tone: courteous}\n"
        "  - {id: d, at: n.deadline + 1 day, channels: [email], tone: firm}\n"
        "  - {id: s, at: a + 1 day, channels: [email], tone: firm}\n"
    )
    plan, view = seen(bench(steps, top=TOP % ("first", "keep")), "2026-02-01")
    deadline, step = plan.rungs[2], plan.rungs[3]

    def day_of(rung, *done):
        return anchor_day(plan, replace(view, done=(*done, None, None)), rung.anchor_kind, rung.anchor, 1)

    there, skipped = Done(day("02-02")), Done(day("02-02"), 0, skipped=True)
    assert day_of(deadline, there, None) == day("02-10")
    assert (day_of(deadline, skipped, None), day_of(deadline, None, None)) == (None, None)
    assert (day_of(step, None, there), day_of(step, None, skipped)) == (day("02-02"), day("02-02"))  # any other step that was skipped counts
    assert anchor_day(plan, replace(view, done=(None, there, None, None)), deadline.anchor_kind, 1, 1) is None


def test_a_step_written_before_the_due_date_expires_on_it(bench):
    steps = "  - {id: a, at: J-3, channels: [email], tone: courteous}\n  - {id: b, at: J, channels: [email], tone: courteous}\n  - {id: c, at: J-3, expires: 9 days, channels: [email], tone: courteous}\n"
    plan, view = seen(bench(steps, top=TOP % ("first", "keep")), "2026-01-20")
    due = day("02-01")
    assert expiry(view, plan.rungs[0], day("01-29"), day("01-29")) == due
    assert expiry(view, plan.rungs[0], day("01-31"), due) == due  # as written, not as it was moved
    assert expiry(view, plan.rungs[1], due, due) is None
    assert expiry(view, plan.rungs[2], day("01-29"), day("01-30")) == day("02-08")


def turns(bench, on, steps, entry="first", pace="keep", done=(), due="2026-02-01", issued="2026-01-02"):
    ladder = bench(steps, top=TOP % (entry, pace), due=due, issued=issued)
    for step, when in done:
        ladder.done(step, when)
    plan, view = seen(ladder, on)
    return sorted({each.strftime("%m-%d") for each in turning_days(plan, view, decide(ladder.playbook, view, day(on)), day(on))})


TWO = "  - {id: a, at: J+5, channels: [email], tone: courteous, expires: 4 days}\n  - {id: b, at: J+9, channels: [email], tone: courteous}\n"


@pytest.mark.parametrize(
    ("on", "more", "expected"),
    [
        ("01-20", {}, ["02-06", "02-10"]),  # the day of a; of each where it stands; of the end of a
        ("02-06", {}, ["02-10"]),
        ("02-10", {}, []),
        ("01-20", {"entry": "current"}, ["02-06", "02-10"]),
        ("01-20", {"pace": "drop"}, ["02-06", "02-07", "02-10", "02-11"]),  # past its own day it goes no more
        ("01-20", {"issued": "2026-01-25"}, ["01-25", "02-10"]),
        ("02-07", {"done": [("a", "2026-02-06")]}, ["02-10"]),
    ],
)
def test_the_days_on_which_a_decision_may_turn(bench, on, more, expected):
    assert turns(bench, on, TWO, **more) == expected


def test_a_case_enters_anew_when_the_own_date_of_a_step_that_waits_for_a_condition_has_come(bench):
    steps = "  - {id: a, at: J+5, channels: [email], tone: courteous}\n  - {id: b, at: J+9, or_at: a + 1 day, channels: [email], tone: courteous, after: [a]}\n"
    assert "02-10" in turns(bench, "01-20", steps, entry="current")
    assert "02-10" not in turns(bench, "01-20", steps)


def test_what_repeats_or_answers_events_may_turn_again_once_done(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, expires: 20 days, repeat: {every: 3 days, times: 3}}\n  - {id: z, at: promise.broken + 1 day, channels: [email], tone: firm}\n  - {id: b, at: J+90, expires: 5 days, channels: [email], tone: firm}\n"
    found = turns(bench, "02-02", steps, done=[("a", "2026-02-01")])
    assert {"02-21", "05-07"} <= set(found)  # the end of a, of which more may come; and of b, though nothing is known of z


def test_what_was_executed_is_read_off_the_ladder_where_a_condition_asks_it(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+1, channels: [email], tone: courteous, if: {done: a}}\n"
    plan, view = seen(bench(steps, top=TOP % ("first", "keep")), "2026-02-01")
    (place,) = (place for place, _ in plan.ladder)
    for done, truth in ((None, False), (Done(date(2026, 2, 1)), True), (Done(date(2026, 2, 1), 0, skipped=True), False)):
        assert with_steps_done(plan, replace(view, done=(done, None))).truths[place] is truth
    plain, other = seen(bench("  - {id: a, at: J, channels: [email], tone: courteous}\n"), "2026-02-01")
    assert with_steps_done(plain, other) is other
