"""Dates, telephone numbers and numbers of the register stay whole at the end of a line, and nothing else is touched."""

import pytest

from relance.letters.unbroken import breakable, unbroken


@pytest.mark.parametrize("whole", ["2 mars 2026", "1er février 2026", "14 July 2026", "04 72 00 00 00", "552 100 554"])
def test_what_is_whole_has_no_place_to_break_and_is_the_same_text_again(whole):
    text = f"au {whole}, RCS Lyon"
    assert unbroken(text) == text.replace(whole, whole.replace(" ", "\u00a0"))
    assert breakable(unbroken(text)) == text


@pytest.mark.parametrize("text", ["3 quai du Rhône, 69002 Lyon", "le 2 du mois", "12 345 678 901", "04 72 00 00 00 12", "F-1 552 100", "2 mars", "1\u00a0200,00\u00a0€"])
def test_other_numbers_are_left_as_they_are(text):
    assert (unbroken(text), breakable(text)) == (text, text)
