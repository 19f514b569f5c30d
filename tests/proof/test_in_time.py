"""What must come within so long after the due date: proved where the dates see to it, broken with a history where they do not."""

from dataclasses import replace
from datetime import date

import pytest

import relance
from relance.language import library
from relance.model import (
    AnyOf,
    Channel,
    Duration,
    EntryPoint,
    Playbook,
    TimeUnit,
    When,
)
from relance.model import Test as Leaf
from relance.proof.promise_file import WAITED
from relance.proof.promises import After, Observed, What
from relance.proof.prove import Held, Ruling, prove
from relance.proof.walk import Bounds

CONTACT = What(contact=True)
#: `injonction-de-payer` begins thirty days after the due date, and not before.
LATE = "injonction-de-payer"
#: Whose search takes seconds.
DEAR = ("agence-amiable", "courtois", "en-difficulte", "systematique")


def playbook(name: str) -> Playbook:
    found, _ = relance.load_playbook(name)
    assert found is not None
    return found


def held(one: Playbook, days: int, what: What = CONTACT, situations: int = 2_000) -> Held:
    promise = After("soon", what=what, within=Duration(days, TimeUnit.BUSINESS_DAY), unless=WAITED, calendar=one.calendar)
    return prove(one, [promise], Bounds(situations, 1)).held[0]


def with_step(one: Playbook, name: str, **changed: object) -> Playbook:
    return replace(one, steps=tuple(replace(step, **changed) if step.id == name else step for step in one.steps))


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.long if name in DEAR else ()) for name in library.shipped_ids() if name not in {"demo", LATE}])
def test_a_late_invoice_gets_a_first_contact_within_ten_open_days_of_every_shipped_playbook(name: str):
    assert held(playbook(name), 10).ruling is Ruling.PROVED


def test_what_begins_thirty_days_late_does_not_come_within_ten():
    found = held(playbook(LATE), 10)
    assert found.ruling is Ruling.BROKEN
    assert {move.name for move in found.history} == {"run"}
    assert held(playbook(LATE), 40).ruling is Ruling.PROVED


@pytest.mark.parametrize(("days", "ruling"), [(1, Ruling.BROKEN), (2, Ruling.BROKEN), (5, Ruling.UNDECIDED), (6, Ruling.PROVED)])
def test_three_mornings_must_be_left_of_every_window(days: int, ruling: Ruling):
    """Of `declic` the letter is due three days late: on two of three Mondays that is the third open day, and a hold or a move may take two more."""
    assert held(playbook("declic"), days, situations=200).ruling is ruling


def test_a_reminder_before_the_due_date_is_not_one_after_it():
    one = playbook("negligent")
    early = replace(one, steps=one.steps[:1])
    assert early.steps[0].id == "rappel-avant-echeance"
    assert held(early, 10).ruling is Ruling.BROKEN


def test_a_step_that_counts_from_the_due_date_by_its_delay_alone_is_asked():
    one = playbook("negligent")
    later = When("due", Duration(20), "J+20")
    assert held(with_step(one, "relance-1", at=later), 10).ruling is Ruling.BROKEN
    assert held(with_step(one, "relance-1", at=later), 30).ruling is Ruling.PROVED
    assert held(with_step(one, "relance-1", expires=Duration(3)), 10, situations=1).ruling is not Ruling.PROVED  # a missed week, and it has lapsed
    assert held(replace(one, entry=EntryPoint.CURRENT), 10, situations=1).ruling is not Ruling.PROVED


def test_what_holds_a_claim_and_excuses_nothing_proves_nothing():
    one = playbook("negligent")
    tagged = Leaf("tag", "is", "vip")
    assert held(replace(one, hold_while=(*one.hold_while, tagged)), 10, situations=1).ruling is not Ruling.PROVED
    assert held(replace(one, hold_while=(*one.hold_while, AnyOf((Leaf("disputed", "is", value=True), tagged)))), 10, situations=1).ruling is not Ruling.PROVED
    assert held(replace(one, hold_while=(*one.hold_while, AnyOf((Leaf("disputed", "is", value=True), Leaf("promised", "is", value=True))))), 10).ruling is Ruling.PROVED


def test_a_channel_that_another_takes_the_place_of_is_not_what_was_promised():
    one = playbook("negligent")
    letters = held(one, 60, What(channels=frozenset({Channel.LETTER})), 1)
    assert letters.ruling is not Ruling.PROVED


# ------------------------------------------------------------------------------ the watch itself

DUE = date(2026, 3, 2)
PROMISE = After("soon", what=CONTACT, within=Duration(3), unless=frozenset({"disputed"}))


def watched(promise: After, *seen: Observed) -> bool:
    """Say whether a promise is broken by what is seen."""
    memory = promise.begin()
    for each in seen:
        memory, broken = promise.watch(memory, each)
        if broken:
            return True
    return False


def over(day: int, *states: str, **more: object) -> Observed:
    return Observed(date(2026, 3, day), frozenset(states), DUE, over=True, **more)  # type: ignore[arg-type]


def test_the_last_day_is_one_on_which_it_may_still_come():
    step = playbook("negligent").steps[1]
    left = Observed(date(2026, 3, 5), frozenset(), DUE, step, (Channel.EMAIL,))
    assert not watched(PROMISE, over(4), left, over(5), over(9))
    assert watched(PROMISE, over(4), over(5))
    assert not watched(PROMISE, over(3), over(4))


def test_days_of_a_dispute_do_not_count_and_the_time_begins_anew():
    assert not watched(PROMISE, over(5, "disputed"), over(7))
    assert watched(PROMISE, over(5, "disputed"), over(8))


def test_a_call_that_is_out_waits_for_a_person_and_a_task_for_want_of_an_address_is_his():
    call = next(step for step in playbook("negligent").steps if Channel.CALL in step.channels)
    letter = playbook("negligent").steps[1]
    assert not watched(PROMISE, over(5, out=(call,)))
    assert watched(PROMISE, over(5, out=(replace(call, channels=(Channel.TASK,)),)))
    assert not watched(PROMISE, Observed(date(2026, 3, 5), frozenset(), DUE, letter, (Channel.TASK,)), over(9))
    assert not watched(PROMISE, Observed(date(2026, 3, 5), frozenset(), DUE, passed=letter), over(9))
    assert watched(PROMISE, Observed(date(2026, 3, 5), frozenset(), DUE, passed=replace(letter, channels=(Channel.TASK,))), over(9))


def test_an_event_is_answered_each_time_it_comes():
    promise = replace(PROMISE, since="contact.inbound")
    asked = [Observed(date(2026, 3, day), frozenset(), DUE, happened="contact.inbound") for day in (3, 10)]
    answer = Observed(date(2026, 3, 4), frozenset(), DUE, playbook("negligent").steps[1], (Channel.EMAIL,))
    assert not watched(promise, over(2), over(30))
    assert not watched(promise, asked[0], answer, over(9), asked[1], over(12))
    assert watched(promise, asked[0], answer, over(9), asked[1], over(13))
