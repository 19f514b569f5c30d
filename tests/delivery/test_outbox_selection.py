"""Messages chosen by step, channel, creditor or age: the count is asked first, and only what may be done unseen is done."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.delivery.outbox import read
from relance.delivery.selection import count_said, sum_asked
from relance.journal.journal import Journal
from relance.journal.verification import verify


@pytest.fixture
def house(tmp_path, monkeypatch, demo_morning):
    """The demonstration, run on 2 March 2026; commands of the same day, which a test may move."""
    moment = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: moment[0])
    demo_morning(tmp_path)
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0, typed=None):
        done = CliRunner().invoke(main, [str(word) for word in words], env={"RELANCE_ACTOR": "marie"}, input=typed)
        assert done.exit_code == code, done.output
        return done.output

    run.later = lambda days: moment.__setitem__(0, moment[0] + timedelta(days=days))
    return run


def waiting(house, *states):
    words = [word for state in states for word in ("--state", state)]
    return json.loads(house("outbox", "list", "--format", "json", *words))["messages"]


def test_the_list_names_debtors_and_reads_at_eighty_columns(house):
    lines = house("outbox", "list").splitlines()
    assert max(map(len, lines)) <= 80
    names = [line for line in lines if not line.startswith(" ")]
    assert len(names) == len({each["debtor"] for each in waiting(house)}) + 1  # and the count
    assert lines[-1].startswith(f"{len(waiting(house))} messages to ")


def test_the_list_says_of_which_day_its_sums_are_once_that_day_is_past(house):
    word = "sums are of the day each message was made"
    assert word not in house("outbox", "list")
    house.later(1)
    assert word in house("outbox", "list")
    assert word not in house("outbox", "list", "--state", "sent")


def test_the_list_is_narrowed_as_a_choice_is(house):
    def listed(*words):
        return {each["id"] for each in json.loads(house("outbox", "list", "--format", "json", *words))["messages"]}

    every = waiting(house)
    letters, firsts = ({each["id"] for each in every if each[name] == value} for name, value in (("channel", "letter"), ("step", every[0]["step"])))
    assert listed("--channel", "letter") == letters
    assert listed("--step", every[0]["step"]) == firsts
    assert listed("--channel", "letter", "--step", every[0]["step"]) == letters & firsts
    assert listed("--all") == {each["id"] for each in every}
    assert 0 < len(letters) < len(every)
    assert 0 < len(firsts) < len(every)
    assert listed("--older-than", "0") == set()
    house.later(2)
    assert (listed("--older-than", "1"), listed("--older-than", "2")) == ({each["id"] for each in every}, set())


def test_the_count_is_asked_first_and_no_is_no(house):
    drafts = waiting(house, "draft")
    said = house("outbox", "approve", "--all", code=2, typed="n\n")
    assert f"approve {len(drafts)} messages to " in said
    assert "nothing was done" in said
    assert waiting(house, "draft") == drafts
    house("outbox", "approve", "--all", typed="y\n")
    assert waiting(house, "draft") == []


def test_a_choice_takes_what_it_says_and_nothing_else(house):
    every = waiting(house, "draft", "ready")
    letters = [each for each in every if each["channel"] == "letter"]
    assert 0 < len(letters) < len(every)
    house("outbox", "reject", "--channel", "letter", "--reason", "timbres", "--yes")
    assert waiting(house, "draft", "ready") == [each for each in every if each["channel"] != "letter"]
    step = every[0]["step"]
    house("outbox", "skip", "--step", step, "--reason", "vu", "--yes")
    assert step not in {each["step"] for each in waiting(house, "draft", "ready")}
    house("outbox", "reject", "--creditor", "nobody", "--reason", "x", "--yes", code=2)
    house("outbox", "reject", "--older-than", "0", "--reason", "x", "--yes", code=2)  # of today, not older
    house.later(1)
    house("outbox", "reject", "--older-than", "0", "--reason", "x", "--yes")
    assert waiting(house, "draft", "ready") == []


@pytest.mark.parametrize("words", [[], ["--all", "3f2a1b4c"]])
def test_messages_are_named_or_chosen(house, words):
    house("outbox", "approve", *words, code=2)


def test_refresh_takes_back_a_draft_of_today_whose_case_is_over(house):
    first, *others = waiting(house, "draft")
    for name in first["invoices"]:
        house("record", name, "invoice.cancelled", "--on", "2026-03-02")
    said = house("outbox", "refresh", "--all", "--yes")
    assert "of today withdrawn: their cases do not ask for them any more" in " ".join(said.split())
    assert waiting(house, "draft") == [each for each in others if each["debtor"] != first["debtor"]]


def test_refresh_makes_old_drafts_anew_for_the_day_and_touches_nothing_else(house, tmp_path):
    before = waiting(house, "draft")
    others = waiting(house, "ready")
    assert "no draft is of an earlier day" in house("outbox", "refresh", "--all", "--yes")
    assert waiting(house, "draft") == before
    house.later(3)
    with Journal.open(tmp_path / "relance.db", read_only=True) as journal:
        rules = list(journal.entries(kinds=("rules.applied",)))
    house("outbox", "refresh", "--all", "--yes")
    after = waiting(house, "draft")
    assert {(each["debtor"], each["step"]) for each in after} >= {(each["debtor"], each["step"]) for each in before}
    assert {each["on"] for each in after} == {"2026-03-05"}
    assert not {each["id"] for each in after} & {each["id"] for each in before}
    kept = [each for each in waiting(house, "ready") if each["debtor"] not in {one["debtor"] for one in before}]
    assert {each["id"] for each in kept} == {each["id"] for each in others if each["debtor"] not in {one["debtor"] for one in before}}
    with Journal.open(tmp_path / "relance.db", read_only=True) as journal:
        assert list(journal.entries(kinds=("rules.applied",))) == rules
        assert verify(journal.engine).breaks == ()


def test_what_a_letter_and_its_e_mail_ask_is_asked_once(house, tmp_path):
    with Journal.open(tmp_path / "relance.db", read_only=True) as journal:
        found = read(journal)
    pairs = {}
    for each in found:
        pairs.setdefault((each.debtor, each.items[0].action.step), {})[str(each.channel)] = each
    letter, mail = next((by["letter"], by["email"]) for by in pairs.values() if {"letter", "email"} <= set(by))
    other = next(each for each in found if each.debtor != letter.debtor and each.items[0].action.claimed.currency == letter.items[0].action.claimed.currency)
    asked = sum_asked(letter)
    assert count_said([letter, mail]).endswith(f"asking {asked} {letter.items[0].action.claimed.currency}")
    assert f"asking {asked + sum_asked(other)} " in count_said([letter, mail, other])
