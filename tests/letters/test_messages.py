"""E-mails parsed back, text messages measured, call sheets, and what is missing said in words."""

from __future__ import annotations

import dataclasses
import email
import email.policy

import pytest

from relance.letters import sample, sms
from relance.letters.context import Writing, build
from relance.letters.document import Studio, group_messages
from relance.letters.email import Attachment, address_mistake, encoded
from relance.letters.letterhead import Letterhead
from relance.model import Address, Channel, Tone
from relance.sentences import sentence


def changed(case=None, *, debtor=None, creditor=None):
    case = case or sample.facts()
    return dataclasses.replace(
        case, debtor=dataclasses.replace(case.debtor, **(debtor or {})), creditor=dataclasses.replace(case.creditor, **(creditor or {}))
    )


def make(studio, case, channel, *, tone=Tone.COURTEOUS, template="relance-1", **more):
    return studio.make([sample.action(case, channel=channel, tone=tone, template=template)], case, **more)


def parsed(document):
    return email.message_from_bytes(document.files[0].content, policy=email.policy.default)


def test_an_email_is_text_and_html_of_the_same_wording(studio):
    message = parsed(make(studio, sample.facts(), Channel.EMAIL))
    assert message.defects == []
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert message["From"] == "Atelier du Rhône SARL <compta@atelier-rhone.example>"
    assert message["To"] == "Dupont SA <compta@dupont.example>"
    assert message["Reply-To"] == "compta@atelier-rhone.example"
    assert message["Message-ID"] == "<relance.2b9d51e0@atelier-rhone.example>"
    text, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for said in ("F-2026-001", "1\u202f000,00\u00a0€", "16 mars 2026", "FR76 3000 6000 0112 3456 7890 189"):
        assert said in text.replace("\n", " ")
        assert said.replace(" mars ", "\u00a0mars\u00a0") in page  # a date is not cut at the end of a line
    assert max(map(len, text.splitlines())) <= 78
    assert all(len(line) <= 998 for line in make(studio, sample.facts(), Channel.EMAIL).files[0].content.split(b"\r\n"))
    assert make(studio, sample.facts(), Channel.EMAIL).files[0].content.isascii()


def test_the_html_is_accessible_and_calls_nothing(studio):
    page = parsed(make(studio, sample.facts(), Channel.EMAIL)).get_body(("html",)).get_content()
    assert '<html lang="fr"' in page
    assert 'content="light dark"' in page
    assert '<th scope="col"' in page
    assert 'role="presentation"' in page
    assert "<img" not in page
    assert "http" not in page
    assert "background" not in page, "a reader in the dark keeps their own background"


@pytest.mark.parametrize(
    "name",
    [
        "Dupont\r\nBcc: thief@evil.example",
        "a\nX: y",
        '"quoted" \\ name',
        "=?utf-8?q?evil?=",
        "Ünïcode " * 20,
        "\u202eevil",
        "Dupont, Pierre <x@y.fr>",
        "😀" * 60,
    ],
)
def test_no_header_can_be_injected(studio, name):
    case = changed(debtor={"name": name}, creditor={"name": name})
    message = parsed(make(studio, case, Channel.EMAIL))
    assert message.defects == []
    assert sorted(message.keys()) == sorted(
        ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "MIME-Version", "Content-Type"]
    )
    assert message["Auto-Submitted"] == "auto-generated"
    (address,) = message["To"].addresses
    assert address.addr_spec == "compta@dupont.example"
    assert "Bcc" not in message


@pytest.mark.parametrize("text", ["court", "é" * 300, "a" * 300, "=?x?=", "😀 " * 50])
def test_header_text_is_written_in_words_of_75(text):
    written = encoded(text)
    assert all(len(word) <= 76 for word in written.split("\r\n"))
    assert (
        email.message_from_string(f"Subject: {written}\r\n\r\n", policy=email.policy.default)["Subject"] == text.rstrip()
        or text != text.rstrip()
    )


@pytest.mark.parametrize(
    "address", ["", None, "a", "a@b", "a b@c.fr", "a@b.fr\r\nX: y", "<a@b.fr>", "a@b..fr", "é@b.fr", "a@b.fr,c@d.fr", "x" * 255 + "@b.fr"]
)
def test_what_is_no_address_is_said(studio, address):
    assert address_mistake(address)
    document = make(studio, changed(debtor={"email": address}), Channel.EMAIL)
    assert document.files == ()
    assert document.missing.startswith("debtor: ")


def test_attachments_travel_whole(studio):
    document = make(studio, sample.facts(), Channel.EMAIL, attachments=(Attachment("Lettre n° 1.pdf", bytes(range(256)) * 50),))
    (attached,) = parsed(document).iter_attachments()
    assert attached.get_content() == bytes(range(256)) * 50
    assert attached.get_filename().endswith(".pdf")


@pytest.mark.parametrize(
    ("text", "alphabet", "segments"),
    [
        ("a" * 160, "GSM-7", 1), ("a" * 161, "GSM-7", 2), ("a" * 306, "GSM-7", 2), ("a" * 307, "GSM-7", 3), ("€" * 80, "GSM-7", 1), ("€" * 81, "GSM-7", 2),
        ("é" * 160, "GSM-7", 1), ("ê" * 70, "UCS-2", 1), ("ê" * 71, "UCS-2", 2), ("😀" * 35, "UCS-2", 1), ("😀" * 36, "UCS-2", 2), ("", "GSM-7", 1),
        ("a" * 152 + "€" + "a" * 20, "GSM-7", 2), ("😀" * 66 + "aa", "UCS-2", 3),
    ],
)  # fmt: skip
def test_segments_are_counted_as_the_network_does(text, alphabet, segments):
    assert sms.measure(text) == (alphabet, segments)


def test_a_text_message_says_nothing_a_third_party_could_read(studio):
    document = make(studio, sample.facts(), Channel.SMS)
    text = document.files[0].content.decode()
    assert document.to == ("+33612345678",)
    assert sms.secret_in(text) is None
    assert document.details["segments"] <= 2
    assert sms.secret_in("votre facture impayée") == "facture"
    assert sms.secret_in("Vous devez 1 200,00 €")
    assert sms.secret_in("rappelez le 04 72 00 00 00, réf. R-12") is None


def test_a_text_message_that_says_too_much_is_not_made(tmp_path):
    from relance.letters.wording import Templates

    place = tmp_path / "fr" / "relance-1" / "sms.md.j2"
    place.parent.mkdir(parents=True)
    place.write_text("Payez votre dette : {{ sums.total }}\n")
    with Studio(Templates(tmp_path)) as studio:
        document = make(studio, sample.facts(), Channel.SMS)
    assert "somebody else could read a debt" in document.missing


@pytest.mark.parametrize("phone", [None, "abc", "+33472000000", "0612", "+336123456789012"])
def test_a_number_that_takes_no_text_is_said(studio, phone):
    document = make(studio, changed(debtor={"phone": phone}), Channel.SMS)
    assert document.missing
    assert "number" in document.missing


@pytest.mark.parametrize(
    ("channel", "change", "word"),
    [
        (Channel.LETTER, {"debtor": {"address": None}}, "no postal address"),
        (Channel.LETTER, {"debtor": {"address": Address(("12 rue de la Paix",))}}, "no postcode"),
        (Channel.LETTER, {"creditor": {"iban": "FR7630006000011234567890188"}}, "IBAN"),
        (Channel.EMAIL, {"creditor": {"iban": "FR00"}}, "IBAN"),
        (Channel.EMAIL, {"creditor": {"email": None}}, "sender"),
        (Channel.CALL, {"debtor": {"phone": None}}, "telephone"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_half_made(studio, channel, change, word):
    document = make(studio, changed(**change), channel, template="appel" if channel is Channel.CALL else "relance-1")
    assert word in document.missing
    assert document.files == ()


def test_a_wording_with_a_typo_makes_a_task_of_the_message(tmp_path):
    from relance.letters.wording import Templates

    place = tmp_path / "fr" / "relance-1" / "message.md.j2"
    place.parent.mkdir(parents=True)
    place.write_text("---\nsubject: x\n---\nBonjour {{ debitor.name }}\n")
    with Studio(Templates(tmp_path)) as studio:
        document = make(studio, sample.facts(), Channel.LETTER)
    assert "debitor" in document.missing
    assert document.files == ()


def test_a_call_sheet_says_who_what_before_and_how_to_record_it(studio):
    case = sample.facts()
    action = sample.action(case, channel=Channel.CALL, tone=Tone.COURTEOUS, template="appel")
    document = studio.make([action], case)
    text = document.files[1].content.decode()
    for said in ("Dupont SA", "+33612345678", "F-2026-001", "1\u202f000,00\u00a0€", "courriel", f"relance call {document.reference} --outcome"):
        assert said in text
    assert {file.media_type for file in document.files} == {"text/html", "text/plain"}


@pytest.mark.parametrize(("kept", "language"), [(False, "fr"), (True, "fr"), (False, "en")])
def test_a_call_sheet_says_in_its_language_why_a_part_is_not_asked(studio, kept, language):
    case = sample.facts()
    action = sample.action(case, channel=Channel.CALL, tone=Tone.COURTEOUS, template="appel")
    note = sentence("legal interest is asked only from the day after the formal notice (C. civ. 1231-6)")
    claimed = dataclasses.replace(action.claimed, notes=(str.__str__(note) if kept else note,))
    action = dataclasses.replace(action, claimed=claimed, language=language)
    text = build([action], case).sums.notes if language == "en" else studio.make([action], case).files[1].content.decode()
    assert ("legal interest is asked only" in str(text)) is (language == "en")
    assert ("l’intérêt légal ne court que du lendemain" in str(text)) is (language == "fr")


def test_an_agency_pays_into_its_own_account(agency_studio):
    message = parsed(make(agency_studio, sample.facts(), Channel.EMAIL))
    assert message["From"].addresses[0].addr_spec == "dossiers@rdr.example"
    assert "Recouvrement du Rhône – fonds de tiers" in message.get_body(("plain",)).get_content()


def test_a_creditor_without_an_iban_is_paid_as_the_invoice_says(studio):
    text = parsed(make(studio, changed(creditor={"iban": None}), Channel.EMAIL)).get_body(("plain",)).get_content()
    assert "IBAN" not in text


def test_actions_of_one_message_travel_together():
    case = sample.facts(invoices=2)
    action = sample.action(case, channel=Channel.EMAIL, tone=Tone.FIRM)
    first = dataclasses.replace(action, id="1", invoices=("F-2026-001",), case="F-2026-001")
    second = dataclasses.replace(action, id="2", invoices=("F-2026-002",), case="F-2026-002")
    (group,) = group_messages([second, first])
    context = build(group, case)
    assert [line.id for line in context.invoices] == ["F-2026-001", "F-2026-002"]
    assert context.sums.total.amount == 2 * action.claimed.total
    assert len(group_messages([first, dataclasses.replace(second, message="other")])) == 2


def test_reply_to_and_sender_come_from_the_letterhead():
    paper = Letterhead(sender={"name": "Cabinet", "address": ["1 rue A", "69001 Lyon"], "email": "a@b.fr", "reply_to": "r@b.fr"})
    with Studio(writing=Writing(letterhead=paper)) as studio:
        message = parsed(make(studio, sample.facts(), Channel.EMAIL))
    assert message["Reply-To"] == "r@b.fr"
    assert message["From"] == "Cabinet <a@b.fr>"


@pytest.mark.parametrize("name", ["Atelier du Rhône SARL", "A", "é" * 70, "=+-@ œŒ€ 株式会社", "x" * 200])
@pytest.mark.parametrize("reference", ["F-1", "é" * 200, "Facture n° 2026/0001 & 2026/0002"])
def test_the_payment_code_is_read_back_as_it_was_written(name, reference):
    from decimal import Decimal

    import zxingcpp

    from relance.letters import qr

    payload = qr.payload(
        name=name, iban="FR76 3000 6000 0112 3456 7890 189", bic="", amount=Decimal("999999999.99"), currency="EUR", reference=reference
    )
    assert len(payload.encode()) <= 331
    size, rows = qr.modules(payload)
    assert size <= 69, "version 13 at most"
    assert {len(row) for row in rows} == {size} == {len(rows)}
    side = (size + 8) * 4
    picture = bytearray(b"\xff" * side * side)
    for y, row in enumerate(rows):
        for x, module in enumerate(row):
            if module == ord("1"):
                for line in range(4):
                    start = ((y + 4) * 4 + line) * side + (x + 4) * 4
                    picture[start : start + 4] = bytes(4)
    (found,) = zxingcpp.read_barcodes(memoryview(picture).cast("B", (side, side)))
    assert found.bytes.decode() == payload
    assert found.ec_level == "M"
    assert found.symbology_identifier == "]Q1", "no character set is announced beside line 2's: some banks' readers refuse one"


@pytest.mark.parametrize(
    ("currency", "amount", "iban"),
    [
        ("USD", "10", "FR7630006000011234567890189"),
        ("EUR", "0", "FR7630006000011234567890189"),
        ("EUR", "1000000000", "FR7630006000011234567890189"),
        ("EUR", "10", "FR00"),
    ],
)
def test_there_is_no_code_where_the_guideline_allows_none(currency, amount, iban):
    from decimal import Decimal

    from relance.letters import qr

    assert qr.payload(name="A", iban=iban, bic="", amount=Decimal(amount), currency=currency, reference="x") is None


@pytest.mark.parametrize("length", [69, 70, 71, 80])
def test_a_payment_code_names_a_creditor_of_any_length_by_whole_words(length):
    from decimal import Decimal

    from relance.letters import qr

    name = ("Coopérative régionale des artisans menuisiers et charpentiers de l’agglomération" + "x" * 9)[:length]
    lines = qr.payload(name=name, iban="FR7630006000011234567890189", bic="", amount=Decimal("12.00"), currency="EUR", reference="x").split("\n")
    assert len(lines[5]) <= 70
    assert lines[5] == name or name.startswith(lines[5] + " ")
    one = qr.payload(name="N" * 90, iban="FR7630006000011234567890189", bic="", amount=Decimal("12.00"), currency="EUR", reference="x")
    assert one.split("\n")[5] == "N" * 70


@pytest.mark.parametrize("channel", [Channel.LETTER, Channel.EMAIL, Channel.SMS, Channel.CALL])
def test_an_agency_without_a_letterhead_writes_nothing(channel):
    """On the creditor's paper the letter would say that the creditor acts for the creditor (CPCE R124-4)."""
    template = "appel-agence" if channel is Channel.CALL else "relance-agence"
    with Studio(writing=Writing(agency=True)) as nameless:
        document = nameless.make([sample.action(sample.facts(), channel=channel, tone=Tone.NEUTRAL, template=template)], sample.facts())
    assert document.files == ()
    assert "give its letterhead" in document.missing
