"""A key written by a form: the value is the one asked for, every other value and every comment stays."""

from __future__ import annotations

import re

import pytest
import yaml

from relance.editor.key_edit import KeyNotEditedError, value_text, with_key
from relance.language import library

TEXT = """\
# a ladder
steps:
  - id: first  # its name
    # why it is courteous
    tone: courteous  # for now
    channels:
      - email
      - letter

    at: J+1
  - {id: second, at: J+10, tone: firm}
  - id: third
    if: {balance: {at_least: "100.00"}}  # cents count
    title: "with a # in it"
"""


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"(?:^|\s)(#.*)", text))


@pytest.mark.parametrize(
    ("step", "key", "value", "line"),
    [
        (0, "tone", "firm", "    tone: firm  # for now"),
        (0, "channels", "[sms]", "    channels: [sms]"),
        (0, "at", "J+3", "    at: J+3"),
        (1, "tone", "formal", "  - {id: second, at: J+10, tone: formal}"),
        (2, "if", "{balance: {below: 5}}", "    if: {balance: {below: 5}}  # cents count"),
        (2, "title", '"another # one"', '    title: "another # one"'),
    ],
)
def test_a_value_is_replaced_and_nothing_else(step: int, key: str, value: str, line: str):
    after = with_key(TEXT, ("steps", step), key, value)
    assert line in after.split("\n")
    assert comments(after) == comments(TEXT) or "another" in value
    was, now = yaml.safe_load(TEXT)["steps"], yaml.safe_load(after)["steps"]
    assert now[step] == was[step] | {key: yaml.safe_load(value)}
    assert [each for place, each in enumerate(now) if place != step] == [each for place, each in enumerate(was) if place != step]


def test_a_new_key_stands_below_those_it_follows():
    assert "    at: J+1\n    approval: true\n  - {id" in with_key(TEXT, ("steps", 0), "approval", "true")
    assert "tone: courteous  # for now\n    template: rappel\n" in with_key(TEXT, ("steps", 0), "template", "rappel", after=("id", "tone"))
    assert "tone: firm, once: true}" in with_key(TEXT, ("steps", 1), "once", "true")


def test_a_key_taken_away_leaves_its_comments():
    assert with_key(TEXT, ("steps", 0), "tone", None) == TEXT.replace("tone: courteous  # for now", "# for now")
    assert with_key(TEXT, ("steps", 1), "at", None) == TEXT.replace(", at: J+10", "")
    assert with_key(TEXT, ("steps", 0), "channels", None) == TEXT.replace("    channels:\n      - email\n      - letter\n", "")
    assert with_key(TEXT, ("steps", 0), "absent", None) == TEXT


@pytest.mark.parametrize(
    ("key", "value"), [("tone", "[firm"), ("tone", '"firm'), ("tone", "firm\nkind: task"), ("tone", "a: b: c"), ("tone", "firm # x")]
)
def test_what_is_no_value_is_refused_with_a_sentence(key: str, value: str):
    with pytest.raises(KeyNotEditedError, match="is no value"):
        with_key(TEXT, ("steps", 0), key, value)


def test_a_block_of_text_ends_with_its_last_line():
    text = "steps:\n  - id: one\n    note: |\n      two lines\n      # no comment\n\n    at: J+1\n"
    assert with_key(text, ("steps", 0), "note", "short") == "steps:\n  - id: one\n    note: short\n\n    at: J+1\n"
    assert with_key(text, ("steps", 0), "tone", "firm", after=("note",)) == text.replace("comment\n\n", "comment\n    tone: firm\n\n")


def test_a_comma_in_a_mapping_on_one_line_would_begin_another_key():
    assert "title: one, two" in with_key(TEXT, ("steps", 0), "title", "one, two")
    with pytest.raises(KeyNotEditedError, match="is no value"):
        with_key(TEXT, ("steps", 1), "title", "one, two")


def test_comments_within_a_value_are_left_to_the_text():
    text = TEXT.replace("      - letter", "      - letter\n      # by post too\n      - sms")
    for value in ("[email]", None):
        with pytest.raises(KeyNotEditedError, match="comments of its own"):
            with_key(text, ("steps", 0), "channels", value)


def test_what_cannot_be_read_is_refused():
    for text, path in (("steps: [", ("steps", 0)), (TEXT, ("steps", 9)), ("steps: 3\n", ("steps", 0)), ("", ("steps", 0))):
        with pytest.raises(KeyNotEditedError, match="cannot be read"):
            with_key(text, path, "tone", "firm")


@pytest.mark.parametrize("name", [name if name == "negligent" else pytest.param(name, marks=pytest.mark.long) for name in library.shipped_ids() if name != "demo"])
def test_every_key_of_every_shipped_step_can_be_set_read_and_taken_away(name: str):
    found = library.find(name)
    assert found is not None
    text = found.read_text("utf-8")
    steps = yaml.safe_load(text)["steps"]
    for place, step in enumerate(steps):
        for key in step:
            written = value_text(text, ("steps", place), key)
            assert yaml.safe_load(written) == step[key]
            if key == "id":
                continue
            try:
                without = with_key(text, ("steps", place), key, None)
            except KeyNotEditedError:
                continue  # it has comments of its own
            assert comments(without) == comments(text)
            assert yaml.safe_load(without)["steps"][place] == {other: value for other, value in step.items() if other != key}
            again = with_key(without, ("steps", place), key, "anew")
            assert yaml.safe_load(again)["steps"][place] == step | {key: "anew"}
