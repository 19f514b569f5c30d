"""Places in a text, as the browser counts them and as the language server does."""

import pytest

from relance.studio.text_editor import cursor_place, units

TEXT = "title: 😀 été\nsteps:\n"


@pytest.mark.parametrize(
    ("before", "place"),
    [("", (1, 1)), ("title: ", (1, 8)), ("title: 😀", (1, 9)), ("title: 😀 été", (1, 13)), ("title: 😀 été\n", (2, 1)), (TEXT, (3, 1))],
)
def test_a_cursor_stands_in_the_line_and_column_that_the_text_says(before: str, place: tuple[int, int]):
    assert cursor_place(TEXT, units(before)) == place


def test_a_character_beyond_sixteen_bits_is_two_units():
    assert [units(each) for each in ("", "é", "😀", "a😀b")] == [0, 1, 2, 4]
