"""The payment code of a letter, read as a telephone reads it off the page: it asks what the page says, to the account and with the reference that stand there."""

from __future__ import annotations

import re
from decimal import Decimal
from random import Random

import pypdfium2
import zxingcpp
from factcases import leaving

from relance.letters.document import PAPER

#: Debtors whose letters are a first one of an agency, reminders, a plan that was broken and notices; in French, in English, and in dollars.
DEBTORS = (4, 7)
_ASKED = re.compile(
    r"(?:régler(?: la somme de)?|pay(?: the amount of)?|Total à régler|Total to be paid) €?(\d{1,3}(?:[ ,]\d{3})*[.,]\d\d)", re.IGNORECASE
)
_OPEN = re.compile(r"Reste dû FA-[\w-]+ [\d/]+ [\d ]+,\d\d € ([\d ]+,\d\d) €")
_IBAN = re.compile(r"IBAN ([A-Z]{2}\d\d(?: [A-Z\d]{4})+(?: \d{1,3})?)")
_REFERENCE = re.compile(r"(?:Référence à rappeler|Reference to quote) (R-\w{4}-\w{4})")


def read(pdf):
    """Return the codes that stand on the pages of a letter, and their text with plain spaces."""
    codes, words = [], []
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=2, grayscale=True)
        codes += [code.text.split("\n") for code in zxingcpp.read_barcodes(memoryview(picture.buffer).cast("B", (picture.height, picture.stride)))]
        words.append(page.get_textpage().get_text_range())
    return codes, " ".join(" ".join(words).split())


def sum_of(text):
    """Read a sum written the French or the English way, to the cent."""
    return Decimal(re.sub(r"\D", "", text)) / 100


def test_the_code_on_the_page_asks_what_the_page_says(studios):
    steps, without = set(), set()
    for number in DEBTORS:
        for each in (each for each in leaving(Random(f"codes-{number}"), number) if each.actions[0].channel in PAPER):
            first = each.actions[0]
            codes, page = read(studios(each.writing).make(each.actions, each.facts).files[0].content)
            if first.claimed.currency != "EUR":
                without.add(len(codes))
                continue
            (code,) = codes
            asked = _ASKED.findall(page) or [_OPEN.search(page)[1]]  # an offer to pay by instalments asks no sum
            assert {f"EUR{sum_of(each):.2f}" for each in asked} == {code[7]}, page
            assert {"".join(iban.split()) for iban in _IBAN.findall(page)} == {code[6]}
            assert set(_REFERENCE.findall(page)) == {code[10]}
            steps.add((first.step, each.facts.debtor.language))
    assert without == {0}, "a code of this kind asks euros"
    assert len(steps) >= 5
