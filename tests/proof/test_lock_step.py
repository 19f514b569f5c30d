"""Two playbooks in lock step: every change that a random search can tell is told, and none where there is none."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import relance
from relance.cli import main
from relance.interpreter.compiled import compile_playbook
from relance.language.library import shipped_ids
from relance.model import Charge, Duration, Playbook, Test, TimeUnit, Tone
from relance.proof import world
from relance.proof.course import played_out
from relance.proof.lock_step import Change, lock_step, same_rules
from relance.proof.prove import DUE, case_of
from relance.proof.walk import Bounds, Moment, Walk
from relance.proof.world import Happening
from relance.report.differences import difference_lines, difference_markdown, difference_values
from relance.simulation.what_if import read_event

SHIPPED = [name for name in shipped_ids() if name != "demo"]


def playbook(name: str) -> Playbook:
    found, _ = relance.load_playbook(name)
    assert found is not None
    return found


def with_step(one: Playbook, place: int, **more: object) -> Playbook:
    return replace(one, steps=tuple(replace(step, **more) if index == place else step for index, step in enumerate(one.steps)))


def changed(one: Playbook, draw: random.Random) -> Playbook:
    """Change a playbook in one way: a delay, a condition, a hold left out, an order, a deadline, a way, a sum, an approval."""
    place = draw.randrange(len(one.steps))
    step = one.steps[place]
    kind = draw.randrange(8)
    match kind:
        case 0 if step.at.offset is not None:
            return with_step(one, place, at=replace(step.at, offset=step.at.offset._replace(number=step.at.offset.number + draw.choice((1, 4, 9)))))
        case 1:
            return with_step(one, place, condition=None if step.condition is not None else Test("balance", "at_least", case_of(one).invoices[0].amount / 4))
        case 2:
            return replace(one, hold_while=tuple(each for each in one.hold_while if each is not draw.choice(one.hold_while)))
        case 3 if place + 1 < len(one.steps) and not one.steps[place + 1].after:
            swapped = list(one.steps)
            swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
            return replace(one, steps=tuple(swapped))
        case 4 if step.grants is not None:
            return with_step(one, place, grants=step.grants._replace(number=step.grants.number + 3))
        case 5 if step.fallback:
            return with_step(one, place, fallback=())
        case 6:
            return with_step(one, place, claim=() if step.claim else (Charge.LEGAL_INTEREST,))
        case _:
            return with_step(one, place, approval=not step.approval)


def drawn(walk: Walk, draw: random.Random) -> tuple[Happening, ...]:
    """Draw up to three happenings, on days up to eighty days apart."""
    found: list[Happening] = []
    on = walk.start
    moment = Moment(on, world.World(), relance.proof.ladder_state.beginning(walk.plan), ())
    for _ in range(draw.randrange(4)):
        on = on + draw.choice((1, 7, 20, 40, 80)) * (DUE.resolution)
        moment = moment._replace(on=on)
        found.append(draw.choice(list(walk.happenings(moment))))
        moment = moment._replace(world=world.after(moment.world, found[-1]))
    return tuple(found)


def held_together(name: str, draw: random.Random, histories: int) -> None:
    one = playbook(name)
    other = changed(one, draw)
    made = lock_step(one, other, 500)
    walks = [Walk(each, case_of(one), (), Bounds(at_once=2), DUE - 30 * DUE.resolution) for each in (one, other)]
    differ, within = False, False  # at all, and in a history of as many happenings as were searched to the end
    for _ in range(histories):
        happened = drawn(walks[0], draw)
        before, after = ([(each.on, each.step.id, each.channels, each.step.claim, each.step.approval) for each in played_out(walk, happened)] for walk in walks)
        differ |= before != after
        within |= before != after and len(happened) <= made.happenings
    assert not (differ and made.same)
    assert bool(made.divergences) or not within


@pytest.mark.parametrize("name", ["declic", "litige"])  # every shipped one by the long test below
def test_what_a_random_search_tells_is_told(name: str):
    held_together(name, random.Random(name), 12)


@pytest.mark.long
@pytest.mark.parametrize("name", SHIPPED)
def test_many_changes_of_each_shipped_playbook(name: str):
    draw = random.Random(f"many {name}")
    for _ in range(8):
        held_together(name, draw, 40)


def test_what_is_only_said_or_written_otherwise_is_no_difference():
    one = playbook("systematique")
    other = replace(with_step(one, 2, title="Autrement"), version=9, hold_while=tuple(reversed(one.hold_while)))
    assert lock_step(one, other).same
    weeks = with_step(one, 2, at=replace(one.steps[2].at, offset=Duration(2, TimeUnit.WEEK)))
    assert one.steps[2].at.offset == Duration(14)
    assert same_rules(compile_playbook(one), compile_playbook(weeks))


def test_a_later_step_a_softer_text_and_another_sum_are_told_by_their_smallest_case():
    one = playbook("systematique")
    at = one.steps[2].at
    later = lock_step(one, with_step(one, 2, at=replace(at, offset=Duration(15))), 100)
    assert next((each.step, each.change, each.happened) for each in later.divergences) == (one.steps[2].id, Change.LATER, ())
    softer = lock_step(one, with_step(one, 1, tone=Tone.NEUTRAL), 100)
    assert [(each.step, each.change) for each in softer.divergences] == [(one.steps[1].id, Change.TEXT)]
    asks = lock_step(one, with_step(one, 1, claim=(Charge.FIXED_INDEMNITY,)), 100)
    assert [(each.step, each.change) for each in asks.divergences] == [(one.steps[1].id, Change.SUM)]


def test_a_hold_left_out_is_told_with_the_event_that_shows_it():
    one = playbook("declic")
    made = lock_step(one, replace(one, hold_while=tuple(each for each in one.hold_while if each.fact != "promised")), 300)
    shown = made.divergences[0]
    assert shown.change in (Change.MORE, Change.EARLIER)
    assert [each.kind for each in shown.happened] == ["promise.made"]


def test_the_command_says_it_as_text_and_for_a_pull_request(tmp_path: Path):
    text = Path("playbooks/declic.yaml").read_text(encoding="utf-8")
    (tmp_path / "declic.yaml").write_text(text.replace("J+3", "J+8"), encoding="utf-8")
    said = CliRunner().invoke(main, ["diff", "playbooks/declic.yaml", str(tmp_path / "declic.yaml")])
    assert said.exit_code == 0, said.output
    assert "later" in said.output
    assert "nothing happens" in said.output
    page = CliRunner().invoke(main, ["diff", "playbooks/declic.yaml", str(tmp_path / "declic.yaml"), "--format", "markdown"]).output
    assert page.count("|---|---|---|") == 1
    same = CliRunner().invoke(main, ["diff", "declic", "declic"])
    assert "no difference in any history" in same.output


@pytest.mark.parametrize(("name", "former", "lost"), [("suite", (), ("transmission",)), ("suite", ("transmission",), ()), ("transmission", (), ())])
def test_a_step_that_lost_its_name_is_told(name, former, lost):
    one = playbook("negligent")
    place = next(index for index, step in enumerate(one.steps) if step.id == "transmission")
    made = lock_step(one, with_step(one, place, id=name, formerly=former), 1)
    assert made.lost == lost
    said = "does not know the step transmission"
    assert any(said in line.replace("\n", " ") for line in [" ".join(difference_lines(made)), difference_markdown(made)]) is bool(lost)
    assert difference_values(made)["lost_steps"] == list(lost)


def test_another_playbook_loses_no_step():
    assert lock_step(playbook("negligent"), playbook("courtois"), 0).lost == ()


def test_a_smallest_case_is_written_as_preview_takes_it():
    """What differs after a plan is played again by the very words of the output for machines."""
    one = playbook("negligent")
    place = next(index for index, step in enumerate(one.steps) if step.id == "plan-rompu")
    made = lock_step(one, with_step(one, place, grants=Duration(12)), 400)
    plans = [line for each in difference_values(made)["differences"] for line in each["case"] if "plan.agreed" in line]
    assert plans
    for line in plans:
        assert read_event(line).kind == "plan.agreed"
