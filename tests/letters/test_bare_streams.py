"""A letter that is laid bare is the same letter, and a PDF that every reader reads."""

import io
import re
import zlib

import pypdf
import pypdfium2
import pytest

from relance.letters import sample
from relance.letters.bare_streams import with_bare_streams
from relance.letters.context import payment_payload
from relance.letters.document import Studio
from relance.letters.pdf import page_count
from relance.letters.wording import Templates
from relance.model import Channel, Tone


@pytest.fixture(scope="module")
def made():
    """Return a letter as Typst makes it, and as it leaves."""
    facts = sample.facts()
    with Studio(Templates(), sample.writing(agency=True)) as studio:
        action = sample.action(facts, channel=Channel.LETTER, tone=Tone.FIRM, template="premiere-lettre-agence")
        text, context = studio.text([action], facts)
        data = studio.press.data(text, context, qr=payment_payload(context), action=action)
        return studio.press._laid(text, data, action)[0], studio.press.pdf(text, data, action)


def objects(pdf):
    """Return every object of a PDF by its number, streams as they read."""
    reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
    found = {}
    for number in range(1, reader.trailer["/Size"]):
        one = reader.get_object(number)
        said = {name: value for name, value in one.items() if name not in ("/Length", "/Filter")} if isinstance(one, dict) else one
        found[number] = (re.sub(r"IndirectObject\((\d+), .*?\)", r"\1 R", str(said)), one.get_data() if hasattr(one, "get_data") else b"")
    return found


def test_every_object_says_what_it_said(made):
    before, after = made
    assert before != after
    assert objects(before) == objects(after)


def test_fonts_and_pages_are_bare(made):
    _, after = made
    assert after.count(b"\x00\x01\x00\x00\x00") >= 2
    assert b"begincmap" in after
    assert b" Tf " in after
    assert page_count(after) == len(pypdf.PdfReader(io.BytesIO(after)).pages) == 2


def test_it_looks_the_same(made):
    before, after = ([bytes(page.render(scale=1).buffer) for page in pypdfium2.PdfDocument(each)] for each in made)
    assert before == after


def test_what_is_laid_out_otherwise_stays_as_it_is(made):
    before, after = made
    assert with_bare_streams(after) == after
    for other in (b"", b"%PDF-1.7", before.replace(b"startxref", b"startxreg"), zlib.compress(before)):
        assert with_bare_streams(other) == other
