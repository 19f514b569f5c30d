"""Invoices that join an account after its ladder began: first named by a reminder, and of an agency by its letter of R124-4."""

from dataclasses import replace
from datetime import date

import pytest

from relance.model import Channel, Status

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
OWN = OPEN + "unit: account\n"
NOTICE = "  - {{id: mise-en-demeure, kind: formal_notice, at: J+30, channels: [registered_letter], tone: formal, grants: 15 days{more}}}\n"
LADDER = "  - {{id: rappel, at: J+5, channels: [email], tone: courteous}}\n" + NOTICE
END = "  - {id: transmission, kind: handover, at: mise-en-demeure.deadline + 1 day, channels: [handover], to: bailiff}\n"
AGENCY = OWN + "debtor: business\ncollector: agency\n"
LETTERS = """\
  - {id: lettre, at: J+1, channels: [letter], tone: neutral, grants: 10 days}
  - {id: relance, at: lettre + 20 days, channels: [email], tone: neutral}
  - {id: mise-en-demeure, kind: formal_notice, at: lettre + 45 days, channels: [registered_letter], tone: formal, grants: 15 days}
  - {id: transmission, kind: handover, at: mise-en-demeure.deadline + 1 day, channels: [handover], to: bailiff}
"""


def said(timeline) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(entry.on.isoformat(), entry.first.step, entry.first.invoices) for entry in timeline.entries]


def mandated(bench, steps: str = LETTERS, top: str = AGENCY):
    ladder = bench(steps, top=top)
    ladder.facts = replace(ladder.facts, creditor=replace(ladder.facts.creditor, mandate=date(2026, 1, 1)))
    return ladder


@pytest.mark.parametrize(
    ("issued", "more", "named"),
    [
        ("2026-02-06", "", ("F-1", "F-2")),  # it was in the account when the ladder began
        ("2026-02-07", "", ("F-1",)),
        ("2026-02-07", ", newcomers: true", ("F-1", "F-2")),
    ],
)
def test_a_formal_notice_is_not_the_first_to_name_an_invoice_that_joined_later(bench, issued, more, named):
    ladder = bench(LADDER.format(more=more) + END, top=OWN).invoice("F-2", "2026-02-20", "30.00", issued=issued)
    goes_on = [("2026-03-20", "rappel", ("F-2",))] if named == ("F-1",) else []
    assert said(ladder.play("2026-02-01", "2026-03-21")) == [
        ("2026-02-06", "rappel", ("F-1",)),
        ("2026-03-03", "mise-en-demeure", named),
        ("2026-03-19", "transmission", ("F-1",) if named == ("F-1",) else named),
        *goes_on,  # what was not handed over does not wait for what was
    ]


@pytest.mark.parametrize(("due", "named"), [("2026-02-05", ("F-1",)), ("2026-02-06", ("F-1", "F-2"))])
@pytest.mark.parametrize("issued", ["2026-01-02", None])
def test_what_becomes_known_late_is_not_first_heard_of_in_a_notice_however_old_it_is(bench, issued, due, named):
    """The reminder of 6 February would have named it, had it been known; what was not late on that day fell due meanwhile."""
    ladder = bench(LADDER.format(more=""), top=OWN).invoice("F-2", due, "30.00", issued=issued)
    ladder.done("rappel", "2026-02-06", case="dupont/EUR", carrier="F-1", invoices=("F-1",))
    assert said(ladder.play("2026-02-07", "2026-03-10"))[0] == ("2026-03-03", "mise-en-demeure", named)


def test_what_was_disputed_while_the_reminders_left_is_first_asked_by_one(bench):
    ladder = bench(LADDER.format(more=""), top=OWN + "hold_while: [disputed]\n").invoice("F-2", "2026-02-03", "30.00", issued="2026-01-02")
    ladder.told("2026-02-04", "dispute.opened", "F-2", reason="x").told("2026-02-20", "dispute.closed", "F-2", outcome="x")
    found = said(ladder.play("2026-02-01", "2026-03-31"))
    assert found[:2] == [("2026-02-06", "rappel", ("F-1",)), ("2026-03-03", "mise-en-demeure", ("F-1",))]


def test_a_reminder_that_left_has_named_it(bench):
    ladder = bench("  - {id: mot, at: J+25, channels: [email], tone: firm}\n" + NOTICE.format(more=""), top=OWN)
    ladder.invoice("F-2", "2026-02-20", "30.00", issued="2026-02-10").done("mot", "2026-02-05")
    assert said(ladder.play("2026-02-06", "2026-03-10"))[0] == ("2026-03-03", "mise-en-demeure", ("F-1",))
    ladder.done("mot", "2026-02-26", case="dupont/EUR", carrier="F-1", invoices=("F-1", "F-2"), occurrence=2)
    assert said(ladder.play("2026-02-27", "2026-03-10"))[0] == ("2026-03-03", "mise-en-demeure", ("F-1", "F-2"))


def test_a_ladder_that_begins_with_the_notice_names_all_that_is_due(bench):
    ladder = bench(NOTICE.format(more=""), top=OWN).invoice("F-2", "2026-02-20", "30.00", issued="2026-02-10")
    assert said(ladder.play("2026-02-01", "2026-03-10")) == [("2026-03-03", "mise-en-demeure", ("F-1", "F-2"))]


def test_what_joins_an_agency_s_account_gets_its_letter_before_anything_else_asks_it(bench):
    ladder = mandated(bench).invoice("F-2", "2026-02-18", "30.00", issued="2026-02-10")
    assert said(ladder.play("2026-02-01", "2026-04-30")) == [
        ("2026-02-02", "lettre", ("F-1",)),
        ("2026-02-19", "lettre", ("F-2",)),
        ("2026-02-22", "relance", ("F-1",)),  # the ten days of the second letter are not over
        ("2026-03-19", "mise-en-demeure", ("F-1", "F-2")),
        ("2026-04-04", "transmission", ("F-1", "F-2")),
    ]


def test_an_invoice_of_before_the_letter_is_not_in_it_before_it_is_due(bench):
    ladder = mandated(bench).invoice("F-2", "2026-02-02", "30.00", issued="2026-01-02").invoice("F-3", "2026-02-01", "7.00", issued="2026-01-02")
    assert said(ladder.play("2026-02-01", "2026-02-28")) == [
        ("2026-02-02", "lettre", ("F-1", "F-3")),
        ("2026-02-03", "lettre", ("F-2",)),
        ("2026-02-22", "relance", ("F-1", "F-3", "F-2")),
    ]


def test_a_notice_leaves_without_what_its_letter_has_not_reached(bench):
    ladder = mandated(bench).invoice("F-2", "2026-03-10", "30.00", issued="2026-02-10")
    found = said(ladder.play("2026-02-01", "2026-04-30"))
    assert ("2026-03-11", "lettre", ("F-2",)) in found
    assert ("2026-03-19", "mise-en-demeure", ("F-1",)) in found


def test_the_contact_rules_hold_for_the_letter_too_and_the_ladder_goes_first(bench):
    ladder = mandated(bench, top=AGENCY + "contact: {min_gap: 5 days}\n").invoice("F-2", "2026-02-21", "30.00", issued="2026-02-10")
    assert said(ladder.play("2026-02-01", "2026-03-01")) == [
        ("2026-02-02", "lettre", ("F-1",)),
        ("2026-02-22", "relance", ("F-1",)),
        ("2026-02-27", "lettre", ("F-2",)),
    ]


def test_a_letter_that_failed_named_nothing(bench):
    ladder = mandated(bench).invoice("F-2", "2026-02-18", "30.00", issued="2026-02-10").done("lettre", "2026-02-02", "letter", case="dupont/EUR", carrier="F-1")
    ladder.told("2026-02-19", "action.emitted", "F-2", id="L2", playbook="essai", step="lettre", channel="letter", case="dupont/EUR", carrier="F-2", invoices=("F-2",))
    assert ("2026-02-20", "lettre", ("F-2",)) not in said(ladder.play("2026-02-20", "2026-03-30"))
    ladder.told("2026-02-19", "action.failed", "F-2", id="L2", error="x")
    first = next(entry for entry in ladder.play("2026-02-20", "2026-03-30").entries if "F-2" in entry.first.invoices)
    assert (first.first.step, first.first.invoices, first.channels) == ("lettre", ("F-2",), (Channel.TASK,))  # its only channel failed


def test_who_becomes_the_carrier_goes_on_from_its_own_letter(bench):
    ladder = mandated(bench).invoice("F-2", "2026-02-18", "30.00", issued="2026-02-10").told("2026-03-01", "payment.received", "F-1", amount="100.00")
    assert said(ladder.play("2026-02-01", "2026-03-20"))[2:] == [("2026-02-22", "relance", ("F-1",)), ("2026-03-11", "relance", ("F-2",))]


@pytest.mark.parametrize(("due", "handed"), [("2026-02-18", ("F-1", "F-2")), ("2026-03-10", ("F-1",))])
def test_what_no_notice_named_is_not_handed_over(bench, due, handed):
    ladder = mandated(bench).invoice("F-2", due, "30.00", issued="2026-02-10")
    found = said(ladder.play("2026-02-01", "2026-04-30"))
    assert found[[step for _, step, _ in found].index("transmission")] == ("2026-04-04", "transmission", handed)
    assert [step for on, step, _ in found if on > "2026-04-04"] == ([] if len(handed) == 2 else ["relance", "mise-en-demeure"])
    assert next(invoices for _, step, invoices in found if step == "mise-en-demeure") == handed


@pytest.mark.parametrize(("more", "handed"), [("", ("F-1",)), (", newcomers: true", ("F-1", "F-2"))])
def test_what_falls_due_after_the_notice_is_not_handed_over_with_it(bench, more, handed):
    end = END.replace("to: bailiff", "to: bailiff" + more)
    ladder = bench(LADDER.format(more="") + end, top=OWN).invoice("F-2", "2026-03-05", "30.00", issued="2026-01-02")
    assert said(ladder.play("2026-02-01", "2026-03-19"))[1:] == [("2026-03-03", "mise-en-demeure", ("F-1",)), ("2026-03-19", "transmission", handed)]


def test_without_a_notice_in_the_ladder_all_that_is_due_is_handed_over(bench):
    steps = "  - {id: rappel, at: J+5, channels: [email], tone: courteous}\n  - {id: transmission, kind: handover, at: J+30, channels: [handover], to: bailiff}\n"
    ladder = bench(steps, top=OWN).invoice("F-2", "2026-02-20", "30.00", issued="2026-01-02")
    assert said(ladder.play("2026-02-01", "2026-03-30"))[-1] == ("2026-03-03", "transmission", ("F-1", "F-2"))


@pytest.mark.parametrize(("what", "named"), [("action.executed", ("F-1", "F-2")), ("action.failed", ("F-1",))])
def test_a_message_that_never_left_has_named_nothing(bench, what, named):
    mot = "  - {id: mot, at: J+20, channels: [email, sms], tone: firm}\n"
    ladder = bench("  - {id: rappel, at: J+5, channels: [email], tone: courteous}\n" + mot + NOTICE.format(more=""), top=OWN)
    ladder.invoice("F-2", "2026-02-20", "30.00", issued="2026-02-10").done("rappel", "2026-02-06", case="dupont/EUR", carrier="F-1", invoices=("F-1",))
    ladder.told("2026-02-21", "action.emitted", id="m", playbook="essai", step="mot", channel="email", case="dupont/EUR", carrier="F-1", invoices=("F-1", "F-2"), sent_by="relance")
    ladder.told("2026-02-22", what, id="m")
    if what == "action.failed":
        ladder.told("2026-02-22", "action.skipped", step="mot")
    assert next(invoices for _, step, invoices in said(ladder.play("2026-02-23", "2026-03-10")) if step == "mise-en-demeure") == named


def test_a_hand_over_is_of_the_invoices_it_named_whoever_carries_the_account(bench):
    """The carrier is paid, or barred, after the hand-over: the ladder does not begin anew with what was handed over beside it."""
    steps = "  - {id: rappel, at: J+5, channels: [email], tone: courteous}\n  - {id: transmission, kind: handover, at: J+30, channels: [handover], to: bailiff}\n"
    ladder = bench(steps, top=OWN).invoice("F-2", "2026-02-02", "30.00", issued="2026-01-02").invoice("F-3", "2026-03-09", "7.00", issued="2026-02-10")
    ladder.told("2026-03-04", "payment.received", amount="100.00")
    assert said(ladder.play("2026-02-01", "2026-04-30")) == [
        ("2026-02-06", "rappel", ("F-1", "F-2")),
        ("2026-03-03", "transmission", ("F-1", "F-2")),
        ("2026-03-14", "rappel", ("F-3",)),
        ("2026-04-08", "transmission", ("F-3",)),
    ]


def test_a_hand_over_that_was_withdrawn_is_none(bench):
    ladder = bench("  - {id: transmission, kind: handover, at: J+30, channels: [handover], to: bailiff}\n", top=OWN)
    ladder.done("transmission", "2026-03-03", "handover", id="a", case="dupont/EUR", carrier="F-1", invoices=("F-1",))
    assert ladder.at("2026-03-04").status is Status.STOPPED
    ladder.told("2026-03-05", "action.cancelled", id="a")
    assert ladder.at("2026-03-06").status is Status.DUE


@pytest.mark.parametrize(("floor", "due"), [("40.00", True), ("40.01", False)])
def test_the_smallest_balance_of_an_account_is_what_would_be_asked(bench, floor, due):
    """Not what falls due later: nothing would be asked of it."""
    ladder = bench("  - {id: rappel, at: J+5, channels: [email], tone: courteous}\n", top=OWN + f'min_balance: "{floor}"\n', amount="10.00")
    ladder.invoice("F-2", "2026-02-05", "30.00").invoice("F-3", "2026-02-06", "500.00")
    assert (ladder.at("2026-02-06").status is Status.DUE) is due
    assert ladder.at("2026-02-07").status is Status.DUE


@pytest.mark.parametrize(("floor", "due"), [("40.00", True), ("40.01", False)])
def test_before_anything_is_due_it_is_what_would_be_announced(bench, floor, due):
    ladder = bench("  - {id: annonce, at: J-7, channels: [email], tone: courteous}\n", top=OWN + f'min_balance: "{floor}"\n', amount="10.00")
    ladder.invoice("F-2", "2026-02-01", "30.00").invoice("F-3", "2026-02-02", "500.00")
    assert (ladder.at("2026-01-25").status is Status.DUE) is due


THREE = """\
  - {id: un, at: J+5, channels: [email], tone: courteous}
  - {id: deux, at: J+10, channels: [email], tone: neutral}
  - {id: trois, at: J+20, channels: [email], tone: firm}
"""


@pytest.mark.parametrize(
    ("keeps", "issued", "after"),
    [
        ("", "2026-01-05", [("2026-02-13", "un"), ("2026-02-18", "deux"), ("2026-02-28", "trois")]),  # the next oldest begins anew
        ("keeps_place: true\n", "2026-01-05", [("2026-02-28", "trois")]),  # it was asked at step two
        ("keeps_place: true\n", "2026-02-11", [("2026-02-16", "un"), ("2026-02-21", "deux"), ("2026-03-03", "trois")]),  # nothing that was asked is open
    ],
)
def test_an_account_keeps_its_place_while_something_that_was_asked_is_open(bench, keeps, issued, after):
    due = "2026-02-08" if issued < "2026-02" else "2026-02-11"
    ladder = bench(THREE, top=OWN + keeps).invoice("F-2", due, "30.00", issued=issued).told("2026-02-12", "payment.received", amount="100.00")
    found = [(on, step) for on, step, _ in said(ladder.play("2026-02-01", "2026-03-10"))]
    assert found == [("2026-02-06", "un"), ("2026-02-11", "deux"), *after]


def test_what_joins_an_account_that_keeps_its_place_is_first_named_by_a_reminder(bench):
    ladder = bench(LADDER.format(more=""), top=OWN + "keeps_place: true\n").invoice("F-2", "2026-02-03", "30.00", issued="2026-01-02")
    ladder.invoice("F-3", "2026-03-01", "7.00", issued="2026-02-20").told("2026-02-20", "payment.received", amount="100.00")
    assert said(ladder.play("2026-02-01", "2026-03-31")) == [("2026-02-06", "rappel", ("F-1", "F-2")), ("2026-03-05", "mise-en-demeure", ("F-2",))]


def test_an_older_invoice_that_is_found_late_does_not_carry_an_account_that_keeps_its_place(bench):
    """The ladder counts from what it asked; the notice names that, and what was found is left out of it until a message named it."""
    ladder = bench(LADDER.format(more=""), top=OWN + "keeps_place: true\n").invoice("F-0", "2026-01-05", "7.00", issued="2025-12-05")
    ladder.done("rappel", "2026-02-06", case="dupont/EUR", carrier="F-1", invoices=("F-1",))
    assert said(ladder.play("2026-02-07", "2026-03-10")) == [("2026-03-03", "mise-en-demeure", ("F-1",))]
