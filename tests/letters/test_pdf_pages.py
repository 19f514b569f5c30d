"""Letters opened again by a reader library: text in reading order, tags, address in the window, no overflow, the code decoded."""

from __future__ import annotations

import dataclasses
import io
import random
from decimal import Decimal

import pymupdf
import pypdf
import pytest
import zxingcpp

from relance.letters import qr, sample
from relance.letters.context import Writing
from relance.letters.document import Studio
from relance.letters.letterhead import Letterhead
from relance.letters.pdf import page_count
from relance.model import Address, Channel, StepKind, Tone

MM = 72 / 25.4
#: What a DL window, right, shows of a sheet however it slides: millimetres from the left and the top.
WINDOW = pymupdf.Rect(100 * MM, 55 * MM, 190 * MM, 79 * MM)
#: What may be seen through it.
AROUND = pymupdf.Rect(90 * MM, 44 * MM, 200 * MM, 90 * MM)

HOSTILE = (
    "#let x = 1", "$ sum_1^n $", "<script>alert(1)</script>", "\\ \" ' ` ~ ^", "*gras* _it_ [a](b) ![x](y)", "| a | b |", "---", "1. un",
    "{{ 7 * 7 }} {% raw %}", "@ref <label>", "// comment /* x */", "https://evil.example/x", "عميل محترم", "שלום", "Émile Ünal Łukasz ŒØÅß",
    "😀🏳️‍🌈👨‍👩‍👧", "日本語株式会社", "x" * 200, "Jean-" * 40, "a\u202eb\u0000c\u0007", "line\nbreak\r\nX-Header: 1", "\ue0001\ue001",
)  # fmt: skip


def letter(studio, case, *, tone=Tone.FIRM, channel=Channel.LETTER, template="relance-1", **more):
    action = sample.action(case, channel=channel, tone=tone, template=template, **more)
    document = studio.make([action], case)
    assert document.missing is None, document.missing
    return document


def opened(document):
    return pymupdf.open(stream=document.files[0].content, filetype="pdf")


def words_in(page, rectangle):
    return [word for word in page.get_text("words") if pymupdf.Rect(word[:4]).intersects(rectangle)]


def test_it_is_a_tagged_pdf_ua_with_its_metadata(studio):
    reader = pypdf.PdfReader(io.BytesIO(letter(studio, sample.facts()).files[0].content))
    root = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert str(root["/Lang"]).startswith("fr")
    assert "/StructTreeRoot" in root
    assert reader.metadata.title.startswith("Facture F-2026-001")
    assert reader.metadata.author == "Atelier du Rhône SARL"
    assert b"pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_tables_have_header_cells_and_the_subject_is_the_heading(studio):
    content = letter(studio, sample.facts()).files[0].content
    kinds = structure(pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"])
    assert {"H1", "Table", "TH", "TD", "Figure"} <= kinds
    assert "H2" not in kinds or "H1" in kinds


def structure(node, seen=None):
    seen = set() if seen is None else seen
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, dict):
        if "/S" in node:
            seen.add(str(node["/S"]).lstrip("/"))
        children = node.get("/K", [])
        children = children.get_object() if hasattr(children, "get_object") else children
        for child in children if isinstance(children, list) else [children]:
            structure(child, seen)
    return seen


def test_the_text_is_in_reading_order(studio):
    parts = [
        "Atelier du Rhône SARL",
        "Dupont SA",
        "Lyon, le 6 mars 2026",
        "Objet :",
        "Madame, Monsieur",
        "16 mars 2026",
        "Reste dû",
        "FR76 3000 6000",
        "Claire Martin",
    ]
    whole = " ".join(" ".join(page.get_text() for page in opened(letter(studio, sample.facts()))).split())
    places = [whole.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize("lines", [2, 4, 6, 9])
def test_the_address_stands_in_the_window_and_nothing_else_does(studio, lines):
    address = Address((*(f"Bâtiment {number}, étage {number}" for number in range(lines - 1)), "69001 Lyon"))
    case = dataclasses.replace(sample.facts(), debtor=dataclasses.replace(sample.facts().debtor, address=address))
    page = opened(letter(studio, case))[0]
    seen = words_in(page, AROUND)
    assert {"Dupont", "69001", "Lyon"} <= {word[4] for word in seen}
    for word in seen:
        assert WINDOW.contains(pymupdf.Rect(word[:4])), word


def test_a_long_name_is_set_smaller_and_stays_in_the_window(studio):
    debtor = dataclasses.replace(sample.facts().debtor, name="Société Générale de Distribution et de Négoce " * 4)
    page = opened(letter(studio, dataclasses.replace(sample.facts(), debtor=debtor)))[0]
    for word in words_in(page, AROUND):
        assert WINDOW.contains(pymupdf.Rect(word[:4])), word


def test_an_address_abroad_names_the_country(studio):
    debtor = dataclasses.replace(sample.facts().debtor, address=Address(("Unter den Linden 1", "10117 Berlin"), "DE"), country="DE")
    assert "ALLEMAGNE" in opened(letter(studio, dataclasses.replace(sample.facts(), debtor=debtor)))[0].get_text()


def test_sixty_invoices_carry_their_total_over(studio):
    document = letter(studio, sample.facts(invoices=60))
    pages = [" ".join(page.get_text().split()) for page in opened(document)]
    assert len(pages) >= 3
    assert all(f"Page {number} sur {len(pages)}" in text for number, text in enumerate(pages, 1))
    carried = [text.split("À reporter ")[1].split(" €")[0] for text in pages if "À reporter" in text]
    brought = [text.split("Report ")[1].split(" €")[0] for text in pages if " Report " in text]
    assert carried
    assert carried == brought
    rows = pages[0].split("À reporter")[0].count("F-2026-0") - pages[0].split("Facture Émise")[0].count("F-2026-0")
    case = sample.facts(invoices=60)
    asked = sample.action(case, channel=Channel.LETTER, tone=Tone.FIRM).claimed.invoices
    amount = sum((each.principal for each in asked[:rows]), Decimal(0))  # a part payment served interest first, so the first is no round sum
    assert Decimal(carried[0].replace(" ", "").replace(",", ".")) == amount
    assert document.details["pages"] == len(pages) == page_count(document.files[0].content)


def test_nothing_runs_over_the_edges(studio):
    for invoices in (1, 12, 60):
        for page in opened(letter(studio, sample.facts(invoices=invoices))):
            for x0, y0, x1, y1, *_ in page.get_text("words"):
                assert x0 >= 19 * MM
                assert x1 <= 191 * MM
                assert y0 >= 8 * MM
                assert y1 <= 292 * MM


def test_the_payment_code_says_what_the_letter_says(studio):
    case = sample.facts()
    document = letter(studio, case)
    found = []
    for page in opened(document):
        pixels = page.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY)
        assert pixels.stride == pixels.width
        picture = memoryview(pixels.samples).cast("B", (pixels.height, pixels.width))
        found += [each.text for each in zxingcpp.read_barcodes(picture)]
    assert found == [
        qr.payload(name="Atelier du Rhône SARL", iban="FR7630006000011234567890189", bic="AGRIFRPP", amount=sample.action(
            case, channel=Channel.LETTER, tone=Tone.FIRM).claimed.total, currency="EUR", reference=document.reference)
    ]  # fmt: skip
    assert found[0].split("\n")[:8] == [
        "BCD",
        "002",
        "1",
        "SCT",
        "AGRIFRPP",
        "Atelier du Rhône SARL",
        "FR7630006000011234567890189",
        "EUR1052.29",
    ]


def test_a_registered_letter_says_so(studio):
    document = letter(studio, sample.facts(), channel=Channel.REGISTERED_LETTER, tone=Tone.FORMAL)
    assert "LETTRE RECOMMANDÉE AVEC AVIS DE RÉCEPTION" in " ".join(opened(document)[0].get_text().split())


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_breaks_and_injects_nothing(studio, name):
    plain = letter(studio, sample.facts(), tone=Tone.COURTEOUS)
    case = sample.facts()
    case = dataclasses.replace(
        case,
        debtor=dataclasses.replace(case.debtor, name=name, address=Address((name, "69001 Lyon"))),
        creditor=dataclasses.replace(case.creditor, name=name),
        invoices=tuple(dataclasses.replace(each, id=name[:40]) for each in case.invoices),
    )
    document = letter(studio, case, tone=Tone.COURTEOUS)
    pages = opened(document)
    assert abs(len(pages) - len(opened(plain))) <= 1
    text = "".join(page.get_text() for page in pages)
    assert "49" not in text or "{{" in name
    for page in pages:
        assert not list(page.get_links()) or all("evil" not in link.get("uri", "") for link in page.get_links())
        for x0, _, x1, *_ in page.get_text("words"):
            assert x0 >= 18 * MM
            assert x1 <= 192 * MM
    for word in words_in(pages[0], AROUND):
        assert WINDOW.contains(pymupdf.Rect(word[:4])), word
    visible = "".join(name.split())[:8]
    if visible.isascii() and visible.isprintable():
        assert visible in "".join(text.split()).replace("\u200b", "")


NAMES = {
    "emoji": "😀🏳️‍🌈👨‍👩‍👧 🇫🇷 👍🏽 1️⃣ ❤️ Chez Léa 🍕", "chinese": "北京市朝阳区", "japanese": "日本語株式会社 カタカナ ひらがな", "korean": "한국전력공사",
    "hindi": "देवनागरी कंपनी", "bengali": "বাংলা", "punjabi": "ਪੰਜਾਬੀ", "gujarati": "ગુજરાતી", "oriya": "ଓଡ଼ିଆ", "tamil": "தமிழ்", "telugu": "తెలుగు",
    "kannada": "ಕನ್ನಡ", "malayalam": "മലയാളം", "sinhala": "සිංහල", "thai": "ไทยพาณิชย์", "lao": "ລາວ", "khmer": "ភាសាខ្មែរ", "burmese": "မြန်မာ",
    "amharic": "አማርኛ", "armenian": "Հայաստան", "georgian": "ქართული", "hebrew": "שלום", "arabic": "عميل محترم", "dhivehi": "ދިވެހި", "tifinagh": "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "greek": "Οδός", "cyrillic": "Общество Київ", "vietnamese": "Công ty Trách nhiệm Nguyễn", "fancy": "𝓓𝓾𝓹𝓸𝓷𝓽 ★ ✔ ☎ →",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_in_any_common_script_is_drawn(studio, name):
    debtor = dataclasses.replace(sample.facts().debtor, name=name, address=Address((name, "69001 Lyon")))
    document = letter(studio, dataclasses.replace(sample.facts(), debtor=debtor), tone=Tone.COURTEOUS)
    text = opened(document)[0].get_text()
    assert "\u25a1" not in text
    assert "69001 Lyon" in text
    assert ".notdef" not in text


def test_a_sign_no_font_has_becomes_a_box_and_stops_nothing(studio):
    debtor = dataclasses.replace(sample.facts().debtor, name="𓀀 Dupont ᚠ")
    assert "\u25a1 Dupont \u25a1" in opened(letter(studio, dataclasses.replace(sample.facts(), debtor=debtor)))[0].get_text()


def test_the_same_letter_is_the_same_bytes(studio):
    assert letter(studio, sample.facts()).files == letter(studio, sample.facts()).files


def test_a_logo_and_a_colour(tmp_path):
    import zlib

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    png = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", b"\0\0\0\2\0\0\0\2\x08\2\0\0\0")
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0\xff\0\0" * 2))
        + chunk(b"IEND", b"")
    )
    paper = Letterhead(
        sender={"name": "Cabinet", "address": ["1 rue A", "69001 Lyon"], "email": "a@b.fr"}, colour="#aa0000", logo=png, logo_kind="png"
    )
    with Studio(writing=Writing(letterhead=paper)) as studio:
        document = letter(studio, sample.facts())
    page = opened(document)[0]
    assert page.get_images()
    assert any(
        span["color"] == 0xAA0000 for block in page.get_text("dict")["blocks"] for line in block.get("lines", []) for span in line["spans"]
    )


@pytest.mark.parametrize("letters", [150, pytest.param(1000, marks=pytest.mark.long)])
def test_hostile_letters(studio, letters):
    chooser = random.Random(letters)
    alphabet = [*HOSTILE, "Dupont", "SA", " ", "\u200f", "a\u0301", "\ufdfd", "ﷺ", "Z̷̢̛", "&amp;", "%s", "{0}", "\\u{41}", "#{", "}"]
    base = sample.facts()
    for number in range(letters):
        name = "".join(chooser.choice(alphabet) for _ in range(chooser.randint(1, 4)))
        debtor = dataclasses.replace(base.debtor, name=name, address=Address((name[:60], "69001 Lyon")))
        case = dataclasses.replace(base, debtor=debtor)
        action = dataclasses.replace(sample.action(case, channel=Channel.LETTER, tone=Tone.COURTEOUS), message=f"{number:08x}")
        document = studio.make([action], case)
        if not "".join(name.split()):
            assert document.missing
            continue
        assert document.missing is None, document.missing
        assert page_count(document.files[0].content) <= 3, name
        assert "/" not in document.files[0].name


@pytest.mark.parametrize(("template", "consumer"), [("mise-en-demeure", False), ("mise-en-demeure-consommateur", True)])
def test_a_formal_notice_of_one_invoice_stands_on_one_page(studio, template, consumer):
    case = sample.facts(consumer=consumer)
    notice = letter(studio, case, tone=Tone.FORMAL, channel=Channel.REGISTERED_LETTER, template=template, kind=StepKind.FORMAL_NOTICE)
    (page,) = opened(notice)
    assert "salutations" in page.get_text()
    assert page.get_text().split("salutations")[0].index("mettons en demeure") < 900
