"""What leaves on a day: the whole action that a step becomes, its name, the message it travels in, and what it is on a later day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.action_id import action_id
from relance.interpreter.amounts_asked import asked
from relance.interpreter.cases import cases
from relance.interpreter.debtor import Look, Seen, combine, is_early, look, renewed, what_counts
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import Action, Approvers, Channel, Charge, Decision, Event, Next, Reason, Status, StepKind, Tone

D = Decimal
TOP = "calendar: {holidays: FR, weekend: [], when_closed: keep}\nlate: {entry: first, pace: catch_up}\n"
ACCOUNT = TOP + "unit: account\n"
FULL = (
    "  - {id: a, kind: formal_notice, at: J+5, channels: [email, registered_letter], tone: formal, grants: 8 days, template: mise-en-demeure, approval: required,"
    " to_role: accounting, cc: [salesman], claim: [late_interest, fixed_indemnity]}\n"
)


def look_at(ladder, on) -> Look:
    return look(ladder.playbook, ladder.facts, date.fromisoformat(on))


def test_an_action_has_all_that_its_step_and_its_case_say(bench):
    ladder = bench(FULL, top=ACCOUNT)
    on = date(2026, 2, 6)
    actions = look_at(ladder, "2026-02-06").actions
    unit = case_today(cases(ladder.playbook, ladder.facts)[0], Snapshot(ladder.playbook, ladder.facts, on))
    name = action_id("atelier", "essai", "dupont/EUR", "F-1", "a", 1, "email", "")
    assert actions[0] == Action(
        id=name,
        on=on,
        creditor="atelier",
        debtor="dupont",
        case="dupont/EUR",
        carrier="F-1",
        invoices=("F-1",),
        playbook="essai",
        playbook_version=1,
        step="a",
        occurrence=1,
        kind=StepKind.FORMAL_NOTICE,
        channel=Channel.EMAIL,
        tone=Tone.FORMAL,
        template="mise-en-demeure",
        language=ladder.playbook.language,
        draft=True,
        deadline=date(2026, 2, 16),  # the eighth day is a Saturday
        claimed=asked(unit, (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY)),
        reason="J+5",
        message=name,
        approvers=Approvers(),
        to_role="accounting",
        cc=("salesman",),
        registered=True,
    )
    other = action_id("atelier", "essai", "dupont/EUR", "F-1", "a", 1, "registered_letter", "")
    assert actions[1] == replace(actions[0], id=other, message=other, channel=Channel.REGISTERED_LETTER)


def test_a_plain_step_leaves_without_a_draft_by_its_own_name_in_the_language_of_its_debtor(bench):
    (action,) = look_at(bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top=TOP, language="en"), "2026-02-01").actions
    assert (action.template, action.draft, action.language, action.registered, action.deadline, action.missing, action.capacity) == ("a", False, "en", False, None, None, "")


def test_what_cannot_reach_its_debtor_is_a_task_that_says_what_is_missing_and_no_registered_letter(bench):
    ladder = bench(FULL.replace("email, ", ""), top=ACCOUNT, address=None)
    (action,) = look_at(ladder, "2026-02-06").actions
    assert (action.channel, action.missing, action.registered) == (Channel.TASK, "registered_letter", False)


def test_a_hand_over_says_to_whom(bench):
    steps = "  - {id: n, kind: formal_notice, at: J+1, channels: [email], tone: formal, grants: 2 days}\n  - {id: h, kind: handover, at: J+9, channels: [handover], to: bailiff}\n"
    (action,) = look_at(bench(steps, top=TOP).done("n", "2026-02-02"), "2026-02-20").actions
    assert (action.to, action.tone) == ("bailiff", None)


def guarded(ladder):
    person = {"state": "guardianship", "name": "Mme Roux", "street": "3 rue Sala", "postcode": "69002", "city": "Lyon", "email": "roux@tutelle.example"}
    events = (Event(date(2026, 1, 5), "person.known", data=person),)
    ladder.facts = replace(ladder.facts, debtor=replace(ladder.facts.debtor, kind="consumer"), events=events)
    return ladder


def test_what_goes_to_who_stands_for_the_debtor_is_a_draft_with_a_name_of_its_own(bench):
    ladder = guarded(bench("  - {id: a, at: J, channels: [email, task], tone: courteous}\n", top=TOP))
    letter, task = look_at(ladder, "2026-02-01").actions
    assert (letter.capacity, letter.draft, letter.id) == ("guardian", True, action_id("atelier", "essai", "F-1", "F-1", "a", 1, "email", "", "guardian"))
    assert (task.capacity, task.draft, task.id) == ("", False, action_id("atelier", "essai", "F-1", "F-1", "a", 1, "task", ""))


@pytest.mark.parametrize(
    ("words", "again"),
    [
        ([], ""),
        (["failed"], 1),
        (["cancelled"], 1),
        (["failed", "failed"], 2),
    ],
)
def test_what_failed_or_was_called_back_is_named_anew(bench, words, again):
    ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top=TOP)
    for at, word in enumerate(words):
        ladder.done("a", "2026-02-01", id=f"x{at}", carrier="F-1").told("2026-02-01", f"action.{word}", id=f"x{at}", error="e", reason="r")
    (action,) = look_at(ladder, "2026-02-02").actions
    if "failed" in words:
        assert action.channel is Channel.TASK  # the channel failed: a person looks
        assert action.id == action_id("atelier", "essai", "F-1", "F-1", "a", 1, "task", "")
    else:
        assert action.id == action_id("atelier", "essai", "F-1", "F-1", "a", 1, "email", again)


def test_an_attempt_of_another_playbook_step_channel_or_invoice_is_none_of_this(bench):
    def name(**other):
        ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+40, channels: [letter], tone: firm}\n", top=TOP).invoice("F-2", "2026-09-01")
        said = {"playbook": "essai", "step": "a", "channel": "email", "id": "x", "case": "F-1", "carrier": "F-1"} | other
        ladder.told("2026-02-01", "action.emitted", **said).told("2026-02-01", "action.cancelled", id="x", reason="r")
        return look_at(ladder, "2026-02-02").actions[0].id

    first, second = (action_id("atelier", "essai", "F-1", "F-1", "a", 1, "email", again) for again in ("", 1))
    assert (name(), name(playbook="")) == (second, second)
    for other in ({"playbook": "q"}, {"step": "b"}, {"channel": "letter"}, {"carrier": "F-2", "case": "F-2"}, {"occurrence": 2}):
        assert name(**other) == first


# ---------------------------------------------------------------------------------------------------------------- messages

MIXED = (
    "  - {id: avant, at: J-3, channels: [email], tone: courteous}\n"
    "  - {id: a, at: J, channels: [email], tone: courteous}\n"
    "  - {id: b, at: J+10, channels: [email, letter], tone: firm}\n"
)


def due_together(bench, combine_by, **more):
    """Four invoices on 11 February: F-1 at b, F-2 and F-3 at a, F-4 before its day."""
    ladder = bench(MIXED, top=TOP.replace("catch_up", "jump") + f"combine: {combine_by}\n", **more)
    return ladder.invoice("F-2", "2026-02-11").invoice("F-3", "2026-02-10").invoice("F-4", "2026-02-13")


@pytest.mark.parametrize(
    ("combine_by", "leaders"),
    [
        ("none", {"F-1": "F-1", "F-2": "F-2", "F-3": "F-3", "F-4": "F-4"}),
        ("debtor", {"F-1": "F-1", "F-2": "F-1", "F-3": "F-1", "F-4": "F-4"}),  # what speaks before the due date travels apart
        ("step", {"F-1": "F-1", "F-2": "F-2", "F-3": "F-2", "F-4": "F-4"}),
    ],
)
def test_the_message_is_named_by_the_highest_step_then_the_smaller_case(bench, combine_by, leaders):
    actions = look_at(due_together(bench, combine_by), "2026-02-11").actions
    mails = {action.case: action for action in actions if action.channel is Channel.EMAIL}
    case_of = {action.id: action.case for action in actions}
    assert {case: case_of[action.message] for case, action in mails.items()} == leaders
    (letter,) = [action for action in actions if action.channel is Channel.LETTER]
    assert letter.message == letter.id  # each channel has a message of its own


@pytest.mark.parametrize(
    ("low", "high", "together"),
    [
        ("letter, email", "email", {"letter": "offre", "email": "offre, demande"}),  # its letter would offer what the e-mail beside it asks
        ("letter, email", "letter", {"letter": "offre, demande", "email": "offre"}),
        ("email", "letter, email", {"letter": "demande", "email": "demande"}),  # spoken of once, in the higher step's words
        ("letter, email", "letter, email", {"letter": "demande", "email": "demande"}),
        ("email", "letter", {"letter": "demande", "email": "offre"}),
        ("email, task", "email", {"task": "offre", "email": "demande"}),  # a task says nothing to the debtor
    ],
)
def test_what_a_step_writes_of_an_invoice_it_writes_by_every_way(bench, low, high, together):
    ladder = bench(
        f"  - {{id: offre, at: J, channels: [{low}], tone: courteous}}\n  - {{id: demande, at: J+10, channels: [{high}], tone: firm}}\n",
        top=TOP.replace("catch_up", "jump") + "combine: debtor\n",
    ).invoice("F-2", "2026-02-11")
    actions = look_at(ladder, "2026-02-11").actions
    step_of = {action.id: action.step for action in actions}
    led: dict[str, set[str]] = {}
    for action in actions:
        led.setdefault(str(action.channel), set()).add(step_of[action.message])
    assert {channel: ", ".join(sorted(steps, reverse=True)) for channel, steps in led.items()} == together
    offered = {step_of[action.message] for action in actions if action.case == "F-2" and action.channel is not Channel.TASK}
    assert len(offered) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"creditor": "c"}, {"debtor": "d"}, {"capacity": "guardian"}, {"to_role": "director"}, {"cc": ("salesman",)}, {"channel": Channel.SMS}, {"draft": True}, {"step": "avant"},
        {"claimed": "arrears"}, {"claimed": "USD"},
    ],
    ids=str,
)  # fmt: skip
def test_what_differs_in_whom_how_or_what_it_asks_is_another_message(bench, other):
    ladder = due_together(bench, "debtor")
    one, two = [each for each in look_at(ladder, "2026-02-11").actions if each.case in ("F-2", "F-3")]
    assert len({each.message for each in combine(ladder.playbook, [one, two])}) == 1
    if other.get("claimed") == "arrears":
        other = {"claimed": replace(two.claimed, arrears=D(1))}
    elif other.get("claimed") == "USD":
        other = {"claimed": replace(two.claimed, currency="USD")}
    assert len({each.message for each in combine(ladder.playbook, [one, replace(two, **other)])}) == 2


def test_which_steps_speak_before_the_due_date(bench):
    steps = "".join(
        f"  - {{id: s{number}, at: {at}, channels: [email], tone: courteous}}\n" for number, at in enumerate(("J-1", "J", "J+1", "issued + 1 day", "issued - 1 day", "previous + 1 day"))
    )
    assert [is_early(step) for step in bench(steps).playbook.steps] == [True, False, False, False, False, False]


# ------------------------------------------------------------------------------------------------------- on a later day


def test_a_message_made_again_has_the_sums_and_the_deadline_of_its_day_and_is_no_draft(bench):
    ladder = bench(FULL, top=ACCOUNT)
    action = look_at(ladder, "2026-02-06").actions[0]
    later = renewed(action, ladder.facts, ladder.playbook, date(2026, 2, 20))
    assert (later.on, later.draft, later.deadline) == (date(2026, 2, 20), False, date(2026, 3, 2))
    assert later.claimed.late_interest > action.claimed.late_interest
    assert renewed(replace(action, deadline=date(2026, 5, 1)), ladder.facts, ladder.playbook, date(2026, 2, 20)).deadline == date(2026, 5, 1)  # none is shortened
    assert renewed(replace(action, deadline=None), ladder.facts, ladder.playbook, date(2026, 2, 20)).deadline is None
    for unknown in ({"step": "gone"}, {"invoices": ("F-9",)}):
        old = replace(action, **unknown)
        assert renewed(old, ladder.facts, ladder.playbook, date(2026, 2, 20)) == replace(old, on=date(2026, 2, 20), draft=False)


def test_a_step_that_grants_nothing_any_more_keeps_the_deadline_it_had(bench):
    ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top=TOP)
    action = replace(look_at(ladder, "2026-02-01").actions[0], deadline=date(2026, 2, 9))
    assert renewed(action, ladder.facts, ladder.playbook, date(2026, 2, 5)).deadline == date(2026, 2, 9)


# ------------------------------------------------------------------------------- room for one message, and newcomers' letter

ROOM = TOP.replace("catch_up", "jump") + "combine: none\ncontact: {min_gap: 4 days}\n"


def test_where_one_message_fits_the_highest_step_goes_then_the_oldest_and_the_others_ask_again(bench):
    ladder = bench(MIXED, top=ROOM).invoice("F-2", "2026-02-11").invoice("F-3", "2026-02-10")
    seen = look_at(ladder, "2026-02-11").seen
    assert [(each.case.id, str(each.decision.status), each.decision.reason.name) for each in seen] == [
        ("F-1", "due", "at"),
        ("F-2", "waiting", "combined_later"),
        ("F-3", "waiting", "combined_later"),
    ]
    assert seen[1].decision.reason.args == (date(2026, 2, 11),)
    assert seen[1].decision.next == ("a", date(2026, 2, 15))
    assert seen[0].view.due == date(2026, 2, 1)
    oldest = look_at(bench(MIXED, top=ROOM, due="2026-02-05").invoice("F-2", "2026-02-04"), "2026-02-06").seen
    assert [str(each.decision.status) for each in oldest] == ["waiting", "due"]
    alike = look_at(bench(MIXED, top=ROOM, due="2026-02-05").invoice("F-0", "2026-02-05"), "2026-02-06").seen
    assert {each.case.id: str(each.decision.status) for each in alike} == {"F-1": "waiting", "F-0": "due"}  # by the smaller name


def test_what_leaves_together_needs_one_room_and_a_task_none(bench):
    together = look_at(bench(MIXED, top=ROOM.replace("none", "step")).invoice("F-2", "2026-02-01"), "2026-02-02").seen
    assert [str(each.decision.status) for each in together] == ["due", "due"]
    tasks = look_at(bench(MIXED.replace("[email]", "[task]"), top=ROOM).invoice("F-2", "2026-02-11"), "2026-02-11").seen
    assert [str(each.decision.status) for each in tasks] == ["due", "due"]


TWO_LETTERS = "  - {id: lettre, at: J+1, channels: [letter], tone: formal}\n  - {id: b, at: J+20, channels: [email], tone: firm}\n"


@pytest.mark.parametrize(
    ("account", "letter", "counts"),
    [
        (10, ("due", "lettre"), True),  # the letter leaves now
        (10, ("due", "b"), False),
        (10, ("lettre", 9), True),  # sooner than what the account waits for
        (10, ("lettre", 10), False),
        (10, ("lettre", 11), False),
        (10, ("b", 9), False),
        (10, None, False),
        (None, ("lettre", 11), True),  # the account waits for nothing
        (None, ("b", 11), False),
        (None, None, False),
    ],
)
def test_the_letter_of_newcomers_counts_where_it_leaves_before_anything_else_of_their_account(bench, account, letter, counts):
    ladder = bench(TWO_LETTERS, top=ACCOUNT + "collector: agency\n")
    playbook = ladder.playbook
    (case,) = cases(playbook, ladder.facts)
    steps = {step.id: step for step in playbook.steps}

    def waiting(step, day):
        return Decision(Status.WAITING, Reason("at"), (), Next(step, date(2026, 3, day)))

    own = Decision(Status.FINISHED, Reason("finished"), ()) if account is None else waiting("b", account)
    if letter is None:
        theirs = Decision(Status.FINISHED, Reason("finished"), ())
    elif letter[0] == "due":
        theirs = Decision(Status.DUE, Reason("at"), (), step=steps[letter[1]])
    else:
        theirs = waiting(*letter)
    seen = tuple(Seen(case, None, each) for each in (own, theirs))
    assert what_counts(seen, playbook).decision is (theirs if counts else own)
    assert what_counts(seen[:1], playbook).decision is own
