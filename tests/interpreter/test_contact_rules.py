"""docs/language.md 4: how often one debtor may be contacted, over all the cases he has, and which message goes first."""

from relance.interpreter import say
from relance.model import ContactDay, Status

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\nlate: {entry: first, pace: catch_up}\n"
ONE = "  - {id: a, at: J, channels: [email], tone: courteous}\n"
TWO = ONE + "  - {id: b, at: J+2, channels: [letter], tone: firm}\n"


def test_min_gap_is_inclusive(bench):
    ladder = bench(TWO, top=OPEN + "contact: {min_gap: 5 days}\n")
    assert ladder.dates() == [("2026-02-01", "a"), ("2026-02-06", "b")]
    assert say(ladder.done("a", "2026-02-01").at("2026-02-04").reason) == "too soon after the contact of 2026-02-01"


def test_a_delayed_action_pushes_the_next_one(bench):
    """Upflow: actions at days 0, 4 and 8 with five days between contacts leave on days 0, 5 and 10."""
    steps = ONE + "  - {id: b, at: J+4, channels: [email], tone: courteous}\n  - {id: c, at: J+8, channels: [email], tone: courteous}\n"
    assert [on for on, _ in bench(steps, top=OPEN + "contact: {min_gap: 5 days}\n").dates()] == ["2026-02-01", "2026-02-06", "2026-02-11"]


def test_at_most_counts_any_so_many_consecutive_days(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, repeat: {every: 1 day, times: 6}}\n"
    ladder = bench(steps, top=OPEN + "contact: {at_most: {contacts: 2, within: 7 days}}\n")
    assert [on for on, _ in ladder.dates()] == ["2026-02-01", "2026-02-02", "2026-02-08", "2026-02-09", "2026-02-15", "2026-02-16"]


def test_tasks_and_handovers_are_not_held_back(bench):
    steps = ONE + "  - {id: t, at: J+1, channels: [task]}\n"
    assert bench(steps, top=OPEN + "contact: {min_gap: 30 days}\n").dates() == [("2026-02-01", "a"), ("2026-02-02", "t")]


def test_what_became_a_task_is_not_held_back_either(bench):
    steps = ONE + "  - {id: s, at: J+1, channels: [sms], tone: courteous}\n"
    ladder = bench(steps, top=OPEN + "contact: {min_gap: 30 days}\n", phone=None)
    assert ladder.dates() == [("2026-02-01", "a"), ("2026-02-02", "s")]


def test_a_failed_message_was_no_contact(bench):
    ladder = bench(TWO, top=OPEN + "contact: {min_gap: 30 days}\n").done("a", "2026-02-01", id="x")
    ladder.told("2026-02-02", "action.failed", id="x", error="bounced")
    assert ladder.at("2026-02-02").status is Status.DUE


def test_the_cases_of_one_debtor_share_the_contact_rules(bench):
    ladder = bench(ONE, top=OPEN + "contact: {min_gap: 10 days}\n").invoice("F-2", "2026-02-04")
    assert ladder.dates() == [("2026-02-01", "a"), ("2026-02-11", "a")]


def test_contacts_for_another_creditor_of_the_same_agency_count(bench):
    from dataclasses import replace
    from datetime import date

    ladder = bench(ONE, top=OPEN + "contact: {min_gap: 10 days}\n")
    ladder.facts = replace(ladder.facts, contacts_elsewhere=(ContactDay(date(2026, 1, 30)),))
    assert ladder.dates()[0][0] == "2026-02-09"


def test_where_one_message_fits_the_highest_step_goes_first_then_the_oldest_debt(bench):
    top = OPEN + "contact: {min_gap: 10 days}\ncombine: none\n"
    ladder = bench(TWO, top=top).invoice("F-2", "2026-01-30").invoice("F-3", "2026-02-01")
    ladder.done("a", "2026-01-20", invoice="F-1", case="F-1")
    entries = ladder.play("2026-02-03", "2026-02-20").entries
    assert [(e.on.isoformat(), e.first.case, e.first.step) for e in entries] == [
        ("2026-02-03", "F-1", "b"),
        ("2026-02-13", "F-2", "a"),
    ]


def test_combine_makes_one_message_at_the_highest_step(bench):
    steps = ONE + "  - {id: b, at: J+2, channels: [email], tone: firm}\n"
    for mode, messages in (("debtor", 1), ("step", 2), ("none", 3)):
        ladder = bench(steps, top=OPEN + f"combine: {mode}\n").invoice("F-2", "2026-02-03").invoice("F-3", "2026-02-03")
        ladder.done("a", "2026-02-01", case="F-1")
        actions = [action for entry in ladder.play("2026-02-03", "2026-02-03").entries for action in entry.actions]
        assert len(actions) == 3
        assert len({action.message for action in actions}) == messages
        lead = next(action for action in actions if action.case == "F-1")
        assert lead.message == lead.id


def test_two_limits_are_both_kept(bench):
    """One contact in four days and three in fourteen: the fourth waits for the wider one, on its own day and not the day before."""
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, repeat: {every: 1 day, times: 5}}\n"
    ladder = bench(steps, top=OPEN + "contact: {at_most: [{contacts: 1, within: 4 days}, {contacts: 3, within: 14 days}]}\n")
    assert [on for on, _ in ladder.dates()] == ["2026-02-01", "2026-02-05", "2026-02-09", "2026-02-15", "2026-02-19"]
    for on, _ in ladder.dates()[:3]:
        ladder.done("a", on)
    assert say(ladder.at("2026-02-14").reason) == "3 contacts already, counted from 2026-02-01"
    assert ladder.at("2026-02-15").status is Status.DUE


def test_a_limit_by_channel_counts_and_binds_its_channels_alone(bench):
    steps = ONE + "  - {id: s, at: J+1, channels: [sms], tone: courteous}\n  - {id: t, at: J+2, channels: [sms, email], tone: firm}\n  - {id: u, at: J+3, channels: [email], tone: firm}\n"
    ladder = bench(steps, top=OPEN + "contact: {at_most: {contacts: 1, within: 7 days, channels: [sms]}}\n", phone="+33612345678")
    assert ladder.dates() == [("2026-02-01", "a"), ("2026-02-02", "s"), ("2026-02-04", "u")]
    ladder = bench(steps.replace("  - {id: u, at: J+3, channels: [email], tone: firm}\n", ""), top=OPEN + "contact: {at_most: {contacts: 1, within: 7 days, channels: [sms]}}\n", phone="+33612345678")
    assert ladder.dates() == [("2026-02-01", "a"), ("2026-02-02", "s"), ("2026-02-09", "t")]
    ladder.done("a", "2026-02-01").done("s", "2026-02-02", channel="sms")
    assert say(ladder.at("2026-02-08").reason) == "one contact by sms already, counted from 2026-02-02"
