"""Wordings: where they are found, how values get in, and that nothing a value holds is read as Markdown or as a template."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.letters import sample
from relance.letters.context import build
from relance.letters.fields import Context, declared
from relance.letters.figures import long_date, money, percent
from relance.letters.html import page
from relance.letters.letterhead import PLAIN
from relance.letters.markdown import clean, fill, hole, inline_text, parse, to_text
from relance.letters.wording import Templates, WordingError
from relance.model import TONES, Channel, Tone


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def rendered(templates, *, name="relance-1", channel=Channel.LETTER, tone=Tone.COURTEOUS, language="fr", case=None, agency=False, **more):
    case = case or sample.facts()
    action = sample.action(case, channel=channel, tone=tone, language=language, template=name, **more)
    return templates.find(name, channel, language).render(build([action], case, sample.writing(agency=agency)))


@pytest.fixture(scope="module")
def shipped():
    return Templates()


def test_amounts_dates_and_rates_are_written_as_the_language_has_them():
    from datetime import date
    from decimal import Decimal

    assert money(Decimal(1200), "EUR", "fr") == "1\u202f200,00\u00a0€"
    assert money(Decimal(1200), "EUR", "en") == "€1,200.00"
    assert money(Decimal(1200), "JPY", "fr") == "1\u202f200\u00a0JPY"
    assert long_date(date(2026, 3, 1), "fr") == "1er mars 2026"
    assert long_date(date(2026, 3, 2), "fr") == "2 mars 2026"
    assert long_date(date(2026, 3, 1), "en") == "1 March 2026"
    assert percent(Decimal("12.15"), "fr") == "12,15\u202f%"


def test_a_firms_folder_comes_first_file_by_file(tmp_path, shipped):
    write(tmp_path, "fr/_blocks/closing.md.j2", "À bientôt, {{ sender.name }}.\n")
    text = rendered(Templates(tmp_path)).plain()
    assert text.rstrip().endswith("À bientôt, Atelier du Rhône SARL.")
    assert "F-2026-001" in text
    assert "À bientôt" not in rendered(shipped).plain()


def test_a_channel_reads_the_first_file_there_is(tmp_path):
    for stem in ("message", "letter", "registered_letter", "sms"):
        write(tmp_path, f"fr/x/{stem}.md.j2", f"---\nsubject: {stem}\n---\n{stem}\n")
    write(tmp_path, "en/x/message.md.j2", "---\nsubject: english\n---\nenglish\n")
    templates = Templates(tmp_path, with_shipped=False)
    read = {
        channel: templates.find("x", channel, "fr").render(Context()).subject for channel in Channel if templates.locate("x", channel, "fr")
    }
    assert read == {
        Channel.EMAIL: "message", Channel.LETTER: "letter", Channel.REGISTERED_LETTER: "registered_letter",
        Channel.ELECTRONIC_REGISTERED_LETTER: "registered_letter", Channel.SMS: "sms",
    }  # fmt: skip
    assert templates.find("x", Channel.EMAIL, "de").language == "en", "a language nobody wrote falls back to English"
    with pytest.raises(WordingError, match="no wording 'y'"):
        templates.find("y", Channel.EMAIL, "fr")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/../b", "", ".", "fr\\x"])
def test_nothing_outside_the_folders_is_read(tmp_path, name):
    write(tmp_path, "secret", "no")
    templates = Templates(tmp_path / "inside", with_shipped=False)
    with pytest.raises(WordingError):
        templates.find(name, Channel.EMAIL, "fr")


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ debtor.__class__ }}",
        "{{ invoices.append(1) }}",
        "{% for i in range(10**9) %}{% endfor %}",
        "{{ self._TemplateReference__context }}",
        "{{ unknown }}",
        "{{ debtor.nom }}",
        '{% include "_blocks/nothing.md.j2" %}',
    ],
)
def test_a_template_gets_at_nothing_but_its_names(tmp_path, body):
    write(tmp_path, "fr/x/message.md.j2", f"---\nsubject: x\n---\n{body}\n")
    with pytest.raises((WordingError, OverflowError, Exception)) as caught:
        rendered(Templates(tmp_path), name="x").plain()
    assert caught.type.__module__.split(".")[0] in ("relance", "jinja2", "builtins")


def test_a_mistake_is_told_with_its_place(tmp_path):
    write(tmp_path, "fr/x/message.md.j2", "---\nsubject: x\n---\na\n{% if %}\n")
    with pytest.raises(WordingError) as caught:
        rendered(Templates(tmp_path), name="x")
    assert caught.value.diagnostic.line == 5
    assert caught.value.diagnostic.code == "PB401"


def test_a_name_that_is_not_there_is_told_where_it_stands_in_an_authors_words(tmp_path):
    write(tmp_path, "fr/x/message.md.j2", "---\nsubject: x\n---\na\n{% include '_blocks/y.md.j2' %}\n")
    write(tmp_path, "fr/_blocks/y.md.j2", "\n\n{{ debtor.nom }}\n")
    with pytest.raises(WordingError) as caught:
        rendered(Templates(tmp_path), name="x")
    found = caught.value.diagnostic
    assert (found.path, found.line) == (str(tmp_path / "fr/_blocks/y.md.j2"), 3)
    assert found.message == "there is no 'nom' here: `relance template vars` lists what there is"


def test_the_four_tones_are_really_different(shipped):
    for name, channel in (("relance-1", Channel.LETTER), ("relance-2", Channel.LETTER), ("relance-1", Channel.EMAIL)):
        for language in ("fr", "en"):
            texts = {tone: rendered(shipped, name=name, channel=channel, tone=tone, language=language).plain() for tone in TONES}
            assert len(set(texts.values())) == 4, (name, channel, language)


def test_every_declared_name_is_said_with_a_meaning_and_filled_by_the_sample():
    case = sample.facts(invoices=2)
    context = build([sample.action(case, channel=Channel.LETTER, tone=Tone.FORMAL)], case, sample.writing(agency=True))
    found = list(declared(context))
    assert len(found) > 100
    assert all(each.meaning for each in found)
    assert {"sums.segments[].rate", "payment.iban", "first_letter.reference", "invoices[].due_short"} <= {each.name for each in found}


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(_TEXT)
def test_whatever_a_value_holds_stays_text(value):
    tree = fill(parse(f"**{hole(0)}** et {hole(0)}\n\n- {hole(0)}\n\n| {hole(0)} |\n|---|\n| {hole(0)} |"), [value], "fr")
    kept = clean(value)
    assert [node[0] for node in tree] == ["p", "ul", "table"]
    assert inline_text(tree[0][1]) == f"{kept} et {kept}"
    assert inline_text(tree[2][3][0][0]) == kept
    assert not any(ord(each) < 32 or 0x202A <= ord(each) <= 0x202E for each in kept)


_WORDING = Templates().find("relance-1", Channel.EMAIL, "fr")


@given(_TEXT)
def test_html_holds_no_tag_of_a_value(value):
    case = dataclasses.replace(sample.facts(), debtor=dataclasses.replace(sample.facts().debtor, name=f"<i>{value}</i><script>"))
    action = sample.action(case, channel=Channel.EMAIL, tone=Tone.FIRM)
    context = build([action], case)
    made = page(_WORDING.render(context), context, PLAIN)
    assert "<script" not in made
    assert "<i>" not in made
    assert "http" not in made.replace("https://", "http://").split("</style>")[0], "nothing remote"


def test_a_link_made_of_a_value_goes_nowhere_harmful():
    tree = fill(parse(f"[payer]({hole(0)}) [écrire](mailto:{hole(1)})"), ["javascript:alert(1)", "a@b.fr?bcc=x\ny"], "fr")
    kinds = [node[0] for node in tree[0][1] if isinstance(node, list)]
    assert kinds == ["i", "a"]
    assert "\n" not in tree[0][1][-1][1]


def test_a_wide_table_becomes_lines_and_a_narrow_one_stays_a_table():
    narrow = to_text(fill(parse("| a | b |\n|:--|--:|\n| x | 1 |"), [], "fr"))
    assert narrow == "a  b\n-  -\nx  1\n"
    wide = to_text(fill(parse(f"| a | b |\n|:--|--:|\n| {'x' * 70} | {'1' * 20} |"), [], "fr"))
    assert wide == f"{'x' * 70}\n  {'1' * 20}\n"
    pairs = to_text(fill(parse("| | |\n|:--|:--|\n| Créancier | Atelier, 3 quai du Rhône |\n| Débiteur | Dupont |"), [], "fr"), 30)
    assert pairs == "Créancier  Atelier, 3 quai du\n           Rhône\nDébiteur   Dupont\n"
    columns = to_text(fill(parse("| Facture | Dû | Retard |\n|--|--|--|\n| F-1 | 10 | 3 |"), [], "fr"), 16)
    assert columns == "Facture  F-1\nDû       10\nRetard   3\n"


def test_the_agency_says_what_r124_4_asks_once_and_refers_to_it_later(shipped):
    case = sample.facts()
    first = rendered(shipped, name="premiere-lettre-agence", tone=Tone.NEUTRAL, agency=True).plain(10_000)
    for said in (
        "Recouvrement du Rhône SAS", "8 cours Lafayette", "activité de recouvrement amiable", "Atelier du Rhône SARL", "3 quai du Rhône", "1\u202f000,00\u00a0€",
        "FR76 3000 6000", "Les frais de recouvrement entrepris sans titre exécutoire restent à la charge du créancier",
        "Toute stipulation contraire est réputée non écrite, sauf disposition législative contraire.", "à la charge du débiteur de mauvaise foi",
    ):  # fmt: skip
        assert said in first, said
    from datetime import date

    from relance.model import Event

    letter = {
        "id": "abcdef0123",
        "playbook": "agence-amiable",
        "step": "premiere-lettre",
        "occurrence": 1,
        "channel": Channel.LETTER,
        "draft": False,
    }
    later = dataclasses.replace(case, events=(Event(date(2026, 2, 10), "action.emitted", "F-2026-001", data=letter), *case.events[1:]))
    second = rendered(shipped, name="relance-agence", channel=Channel.EMAIL, tone=Tone.NEUTRAL, agency=True, case=later).plain(10_000)
    assert "10 février 2026" in second
    assert "R-ABCD-EF01" in second


def test_an_invoice_without_a_day_of_issue_leaves_no_empty_column(shipped):
    case = sample.facts(invoices=2)
    bare = dataclasses.replace(case, invoices=tuple(dataclasses.replace(each, issued=None) for each in case.invoices))
    for template in ("relance-1", "question-litige"):
        assert "Émise le" in rendered(shipped, name=template, case=case).plain()
        assert "Émise le" not in rendered(shipped, name=template, case=bare).plain()


@pytest.mark.parametrize("name", ["mise-en-demeure-consommateur", "apres-mise-en-demeure-consommateur"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_consumer_reads_which_mediator_to_turn_to(shipped, name, language):
    case = sample.facts(consumer=True)
    who = "Médiateur Exemple, 1 rue Exemple, 75001 Paris, www.mediateur.example"
    named = dataclasses.replace(case, creditor=dataclasses.replace(case.creditor, terms={**case.creditor.terms, "mediator": who}))
    said = " ".join(rendered(shipped, name=name, tone=Tone.FORMAL, language=language, case=named).plain(10_000).split())
    assert f", {who} (" in said
    assert ", (" not in " ".join(rendered(shipped, name=name, tone=Tone.FORMAL, language=language, case=case).plain().split())


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("tone", TONES)
def test_a_text_message_reads_well_without_a_telephone(shipped, language, tone):
    case = sample.facts()
    silent = dataclasses.replace(case, creditor=dataclasses.replace(case.creditor, phone=None))
    for template in ("relance-1", "relance-2", "relance-agence"):
        said = rendered(shipped, name=template, channel=Channel.SMS, tone=tone, language=language, case=silent).plain(10_000)
        assert ",," not in said
        assert " ," not in said
        assert "compta" not in said.replace("comptable", "")
        assert "account" not in said


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("template", ["relance-2", "relance-agence"])
def test_one_day_is_singular(shipped, language, template):
    case = sample.facts()
    late = dataclasses.replace(case, invoices=(dataclasses.replace(case.invoices[0], due=sample.DAY - timedelta(1)),))
    text = rendered(shipped, name=template, tone=Tone.FIRM, language=language, case=late)
    assert not re.search(r"\b1\s(?:jours|days)\b", text.subject + text.plain(10_000))
