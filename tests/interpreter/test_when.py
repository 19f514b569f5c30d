"""docs/language.md 2: anchors, units, months that clamp, closed days; a step is due on its date, inclusive."""

import pytest

from relance.model import Status, StepStatus

STEP = "  - {{id: a, at: {at}, channels: [email], tone: courteous}}\n"
OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"


@pytest.mark.parametrize(
    ("at", "due", "comes"),
    [
        ("J", "2026-02-02", "2026-02-02"),
        ("J+14", "2026-02-02", "2026-02-16"),
        ("due + 2 weeks", "2026-02-02", "2026-02-16"),
        ("due + 1 month", "2026-01-31", "2026-02-28"),
        ("due + 1 month", "2024-01-31", "2024-02-29"),
        ("due + 30 days, end of month", "2026-01-05", "2026-02-28"),
        ("due + 5 business days", "2026-01-30", "2026-02-06"),
        ("due - 3 business days", "2026-02-03", "2026-01-29"),
        ("due + 1 business day", "2026-04-30", "2026-05-04"),
        ("issued + 45 d", "2026-03-01", "2026-02-16"),
    ],
)
def test_a_step_is_due_on_its_date_and_not_the_day_before(bench, at, due, comes):
    from datetime import date, timedelta

    ladder = bench(STEP.format(at=f'"{at}"'), top=OPEN, due=due, issued="2024-01-02" if due < "2026" else "2026-01-02")
    before = (date.fromisoformat(comes) - timedelta(days=1)).isoformat()
    assert ladder.at(before).status is Status.WAITING
    assert ladder.at(before).next.on.isoformat() == comes
    assert ladder.at(comes).status is Status.DUE


@pytest.mark.parametrize(
    ("when_closed", "holidays", "at", "comes"),
    [
        ("next", "FR", "J", "2026-02-02"),  # 1 February 2026 is a Sunday
        ("previous", "FR", "J", "2026-01-30"),
        ("keep", "FR", "J", "2026-02-01"),
        ("next", "FR", "J+99", "2026-05-11"),  # 11 May 2026 is an open Monday
        ("next", "FR", "J+89", "2026-05-04"),  # Friday 1 May, a holiday, then a weekend
        ("next", "FR", "J+61", "2026-04-03"),  # Good Friday is open in Paris
        ("next", "FR-57", "J+61", "2026-04-07"),  # and closed in Metz, like Easter Monday
        ("next", "FR-971", "J+115", "2026-05-28"),  # 27 May in Guadeloupe
    ],
)
def test_a_date_on_a_closed_day_moves_as_the_calendar_says(bench, when_closed, holidays, at, comes):
    calendar = f"calendar: {{holidays: {holidays}, weekend: [saturday, sunday], when_closed: {when_closed}}}\n"
    ladder = bench(STEP.format(at=at), top=calendar)
    assert [on for on, _ in ladder.dates(start="2026-01-02")] == [comes]


def test_a_step_may_override_where_closed_days_move(bench):
    ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous, when_closed: previous}\n")
    assert ladder.dates() == [("2026-01-30", "a")]


@pytest.mark.parametrize(
    ("anchor", "kind", "data"),
    [
        ("dispute.closed", "dispute.closed", {"outcome": "rejected"}),
        ("hold.lifted", "hold.lifted", {}),
        ("payment.received", "payment.received", {"amount": "1.00"}),
        ("letter.presented", "letter.presented", {}),
        ("letter.refused", "letter.refused", {}),
        ("letter.unclaimed", "letter.unclaimed", {}),
        ("letter.returned", "letter.returned", {}),
        ("contact.inbound", "contact.inbound", {"channel": "call", "note": "x"}),
    ],
)
def test_the_worlds_anchors_are_the_latest_event_of_that_name(bench, anchor, kind, data):
    ladder = bench(STEP.format(at=f'"{anchor} + 3 days"'), top=OPEN)
    waiting = ladder.at("2026-03-05")
    assert waiting.status is Status.WAITING
    assert waiting.steps[0].status is StepStatus.PASSED_OVER
    ladder.told("2026-03-02", kind, **data).told("2026-03-09", kind, **data)
    assert ladder.at("2026-03-05").status is Status.DUE
    assert ladder.at("2026-03-11").next.on.isoformat() == "2026-03-12"
    assert ladder.at("2026-03-12").status is Status.DUE


def test_a_broken_promise_is_an_anchor_that_nobody_writes(bench):
    ladder = bench(STEP.format(at="promise.broken"), top=OPEN).told("2026-02-02", "promise.made", amount="100.00", by="2026-02-10")
    assert ladder.at("2026-02-12").status is Status.HELD  # two days of grace
    assert ladder.at("2026-02-13").status is Status.DUE


def test_the_end_of_a_dated_hold_counts_as_lifted_on_the_next_day(bench):
    ladder = bench(STEP.format(at="hold.lifted"), top=OPEN).told("2026-02-02", "hold.placed", until="2026-02-10", reason="x")
    assert ladder.at("2026-02-10").status is Status.HELD
    assert ladder.at("2026-02-11").status is Status.DUE


def test_a_deadline_is_an_anchor_and_nothing_goes_before_the_day_after_it(bench):
    steps = (
        "  - {id: notice, kind: formal_notice, at: J, channels: [letter], tone: formal, grants: 8 days}\n"
        "  - {id: early, at: J+2, channels: [email], tone: formal}\n"
        "  - {id: out, at: notice.deadline + 5 days, channels: [task]}\n"
    )
    ladder = bench(steps, top=OPEN, due="2026-02-02")
    assert ladder.dates() == [("2026-02-02", "notice"), ("2026-02-11", "early"), ("2026-02-15", "out")]


def test_previous_is_the_last_step_executed(bench):
    steps = (
        "  - {id: a, at: J, channels: [email], tone: courteous}\n"
        "  - {id: b, at: J+5, channels: [email], tone: courteous, if: {profile: nobody}}\n"
        "  - {id: c, at: previous + 10 days, channels: [email], tone: courteous}\n"
    )
    assert bench(steps, top=OPEN, due="2026-02-02").dates() == [("2026-02-02", "a"), ("2026-02-12", "c")]


def test_previous_waits_for_a_step_before_it_that_may_still_go(bench):
    steps = (
        "  - {id: a, at: J, channels: [email], tone: courteous}\n"
        "  - {id: b, at: J+30, channels: [email], tone: courteous}\n"
        "  - {id: c, at: previous + 10 days, channels: [email], tone: courteous}\n"
    )
    dates = bench(steps, top=OPEN, due="2026-02-02").dates()
    assert dates == [("2026-02-02", "a"), ("2026-03-04", "b"), ("2026-03-14", "c")]


def test_a_step_whose_day_is_long_past_does_not_leave_on_a_closed_day(bench):
    ladder = bench(STEP.format(at="J"), due="2026-02-02").told("2026-02-02", "hold.placed", reason="x").told("2026-02-14", "hold.lifted")
    assert ladder.at("2026-02-14").next.on.isoformat() == "2026-02-16"
    assert [on for on, _ in ladder.dates()] == ["2026-02-16"]


AUGUST = "calendar: {pauses: [{from: 08-01, to: 08-31}, {from: 12-24, to: 01-02}]}\n"


@pytest.mark.parametrize(
    ("due", "comes"),
    [
        ("2026-07-30", "2026-07-31"),  # a Friday, the last day before the pause
        ("2026-07-31", "2026-09-01"),  # 1 August is a Saturday
        ("2026-08-30", "2026-09-01"),
        ("2026-08-31", "2026-09-01"),
        ("2026-12-22", "2026-12-23"),
        ("2026-12-23", "2027-01-04"),  # 3 January 2027 is a Sunday
        ("2027-01-01", "2027-01-04"),
    ],
)
def test_nothing_leaves_in_a_pause_and_it_may_run_over_the_new_year(bench, due, comes):
    ladder = bench(STEP.format(at="J+1"), top=AUGUST, due=due)
    assert ladder.dates(start="2026-07-01", until="2027-02-01") == [(comes, "a")]


def test_the_days_of_a_pause_stay_business_days(bench):
    steps = "  - {id: a, at: J+1, channels: [email], tone: courteous, grants: 5 business days}\n  - {id: b, at: a.deadline + 1 business day, channels: [email], tone: firm}\n"
    assert bench(steps, top=AUGUST, due="2026-07-30").dates() == [("2026-07-31", "a"), ("2026-09-01", "b")]
    assert bench(steps, top=AUGUST, due="2026-08-27").dates() == [("2026-09-01", "a"), ("2026-09-09", "b")]


def test_a_season_may_be_closed_for_one_step_alone(bench):
    steps = """\
  - {id: coupure, at: J+10, channels: [task], pauses: [{from: 11-01, to: 03-31}]}
  - {id: relance, at: J+20, channels: [email], tone: courteous}
"""
    assert bench(steps, due="2026-10-20").dates(until="2027-12-31") == [("2026-10-30", "coupure"), ("2026-11-09", "relance")]
    assert bench(steps, due="2026-10-22").dates(until="2027-12-31") == [("2026-11-12", "relance")]  # the ladder does not wait for the spring
    alone = steps.splitlines(keepends=True)[0]
    assert bench(alone, due="2026-10-22").dates(until="2027-12-31") == [("2027-04-01", "coupure")]


@pytest.mark.parametrize(
    ("more", "due", "comes"),
    [
        ("weekdays: [thursday]", "2026-03-04", "2026-03-05"),
        ("weekdays: [thursday]", "2026-03-05", "2026-03-12"),
        ("weekdays: [tuesday, wednesday, thursday, friday]", "2026-03-06", "2026-03-10"),  # Saturday, then never on a Monday
        ("weekdays: [friday]", "2026-04-30", "2026-05-15"),  # 1 May and 8 May are holidays
        ("weekdays: [monday], when_closed: previous", "2026-03-06", "2026-03-09"),
        ("weekdays: [saturday], when_closed: keep", "2026-03-02", "2026-03-07"),
    ],
)
def test_a_step_leaves_on_its_days_of_the_week_alone(bench, more, due, comes):
    step = f"  - {{id: a, at: J+1, channels: [email], tone: courteous, {more}}}\n"
    assert bench(step, due=due).dates() == [(comes, "a")]


def test_a_weekly_statement_leaves_each_thursday(bench):
    step = "  - {id: releve, at: J+12, channels: [email], tone: courteous, weekdays: [thursday], repeat: {every: 7 days, times: 3}}\n"
    assert bench(step, due="2026-07-06").dates() == [("2026-07-23", "releve"), ("2026-07-30", "releve"), ("2026-08-06", "releve")]


@pytest.mark.parametrize("kind", ["payment.reversed", "call.no_answer", "call.refused", "call.wrong_number", "call.reached", "order.served", "order.opposed"])
def test_what_happened_to_a_debit_or_a_call_is_answered_wherever_the_ladder_stands(bench, kind):
    steps = f"""\
  - {{id: mot, at: {kind} + 2 days, channels: [email], tone: neutral}}
  - {{id: relance, at: J+5, channels: [email], tone: courteous}}
"""
    ladder = bench(steps, due="2026-02-02")
    assert ladder.dates(until="2026-03-31") == [("2026-02-09", "relance")]
    ladder.told("2026-02-10", kind, amount="0.00")
    assert ladder.dates(until="2026-03-31") == [("2026-02-09", "relance"), ("2026-02-12", "mot")]
    ladder.told("2026-02-17", kind, amount="0.00")
    assert ladder.dates(until="2026-03-31")[2:] == [("2026-02-19", "mot")]


REFUSAL = """\
  - {id: ferme, at: J+1, channels: [email], tone: firm}
  - {id: frais, at: J+30, or_at: promise.broken + 1 day, channels: [letter], tone: firm}
  - {id: saisine, at: frais + 5 days, channels: [task]}
"""
KEPT = "hold_while: [on_hold, plan_running]\ngrace: 0 days\n"


@pytest.mark.parametrize(
    ("by", "comes"),
    [
        (None, ["2026-02-02", "2026-03-03", "2026-03-09"]),  # thirty days; 8 March is a Sunday
        ("2026-02-10", ["2026-02-02", "2026-02-12", "2026-02-17"]),  # the promise broke on the 11th
        ("2026-03-01", ["2026-02-02", "2026-03-03", "2026-03-09"]),  # it broke on the 2nd, and the day after is the thirtieth
        ("2026-03-10", ["2026-02-02", "2026-03-03", "2026-03-09"]),  # later than the thirtieth, and one such letter is enough
    ],
)
def test_a_step_comes_on_the_earlier_of_two_dates(bench, by, comes):
    ladder = bench(REFUSAL, top=KEPT)
    if by:
        ladder.told("2026-02-05", "promise.made", amount="100.00", by=by)
    assert [on for on, _ in ladder.dates()] == comes


NOTICE = """\
  - {id: mise-en-demeure, kind: formal_notice, at: J+8, channels: [registered_letter], tone: formal, grants: 8 days}
  - {id: suite, at: mise-en-demeure.deadline + 1 day, not_before: letter.presented + 9 days, channels: [task]}
"""


@pytest.mark.parametrize(
    ("presented", "comes"),
    [
        (None, "2026-02-18"),  # nobody knows of a presentation: the deadline counts alone
        ("2026-02-09", "2026-02-18"),
        ("2026-02-10", "2026-02-19"),
        ("2026-02-17", "2026-02-26"),
    ],
)
def test_a_step_comes_no_sooner_than_a_date_that_is_known(bench, presented, comes):
    ladder = bench(NOTICE)
    if presented:
        ladder.told(presented, "letter.presented")
    assert ladder.dates() == [("2026-02-09", "mise-en-demeure"), (comes, "suite")]


def test_a_ladder_that_counts_from_what_nobody_gave_waits_for_it(bench):
    """It has not begun; one that has done its work, or whose other steps are past, is finished, whatever else may happen."""
    answer = "  - {id: broken, at: plan.broken, channels: [email], tone: firm}\n"
    waiting = bench(STEP.format(at="placed + 2 days") + answer, top=OPEN).at("2026-03-05")
    assert waiting.status is Status.WAITING
    assert (waiting.reason.name, waiting.reason.args, waiting.next) == ("not_given", ("placed",), None)
    bounced = bench(STEP.format(at="payment.reversed + 2 days") + answer, top=OPEN).at("2026-03-05")
    assert (bounced.status, bounced.reason.name) == (Status.WAITING, "no_anchor")
    done = bench(STEP.format(at="J+1") + answer, top=OPEN).told("2026-02-05", "action.skipped", playbook="essai", step="a", reason="x")
    assert done.at("2026-03-05").status is Status.FINISHED
    past = bench("  - {id: a, at: J-7, expires: 5 days, channels: [email], tone: courteous}\n" + answer, top=OPEN).at("2026-03-05")
    assert past.status is Status.FINISHED
