"""The book of a playbook: what it covers, what it shows, and the mentions under each text."""

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader

from relance.book.condition_sentences import profile_said
from relance.book.contents import figure_rows, ladder, source_rows
from relance.book.covered import book_hash, parts_changed
from relance.book.pages import MadeWith, attached_to, book_pdf, parts_of
from relance.book.sources import text_sources
from relance.book.specimens import SHEETS, specimens
from relance.language import load_playbook, load_playbook_text
from relance.language.library import shipped_ids
from relance.law.parameters import french
from relance.letters.letterhead import Letterhead
from relance.letters.wording import Templates
from relance.model import LETTERS, TEXT_CHANNELS, Channel
from relance.proof.prove import follows_of

ON = date(2026, 11, 26)


def made_with(name="declic", **other):
    playbook, _ = load_playbook(name)
    return MadeWith(**{"playbook": playbook, "templates": Templates(), "paper": None, "law": french(), "version": "1.2.3", **other})


@pytest.fixture(scope="module")
def declic():
    return book_pdf(made_with(), ON, {"playbook": "declic"})


def test_a_book_is_the_same_bytes_again_and_carries_what_it_covers(declic):
    assert book_pdf(made_with(), ON, {"playbook": "declic"}) == declic
    held = attached_to(declic)
    assert held["parts"] == parts_of(made_with())
    assert held["book"] == book_hash(held["parts"])
    assert held["files"] == {"playbook": "declic"}
    assert attached_to(b"%PDF-1.4 nothing") is None


def test_a_book_shows_its_parts_in_french(declic):
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(declic)).pages)
    for part in ("Déclic, le rappel à un euro", "L’échelle", "Mode d’emploi", "Les textes", "Écarts acceptés", "Chiffres de la loi", "Textes et décisions", "Lecture et signature"):
        assert part in text
    assert "LEGIARTI000038414392" in text
    assert book_hash(parts_of(made_with()))[:16] in text


def test_a_drawing_of_a_part_says_so(declic, monkeypatch):
    def said(book: bytes) -> str:
        return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(book)).pages).split())

    assert "a cherché dans toutes les histoires" in said(declic)
    monkeypatch.setattr("relance.book.pages.follows_of", lambda playbook: follows_of(playbook, 2))
    part = said(book_pdf(made_with(), ON, {"playbook": "declic"}))
    assert "ce que les 2 premières situations d’un dossier ont fait voir ; une flèche peut y manquer" in part
    assert "toutes les histoires" not in part


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.long if name in ("agence-amiable", "courtois", "injonction-de-payer", "systematique") else ()) for name in shipped_ids()])
def test_every_text_of_a_shipped_playbook_can_be_filled_and_says_what_it_must(name):
    playbook, _ = load_playbook(name)
    found = list(specimens(playbook, Templates()))
    assert [each for each in found if each.failed] == []
    assert [(each.step.id, each.channel, each.case, mention.name) for each in found for mention in each.mentions if mention.where == "manque"] == []
    shown = {(each.step.id, each.channel) for each in found}
    for step in playbook.steps:
        ways = {*step.channels, *(into for _, into in step.fallback)}
        assert {(step.id, channel) for channel in ways & TEXT_CHANNELS} <= shown
        assert all(any((step.id, sheet) == each for each in shown) for sheet in ways & SHEETS if Templates().locate(step.template, sheet, "fr"))


def test_a_notice_of_assignment_is_shown_with_an_assignment():
    playbook, _ = load_playbook(Path(__file__).resolve().parents[2] / "playbooks" / "examples" / "creances-achetees.yaml")
    found = list(specimens(replace(playbook, steps=playbook.steps[:1]), Templates()))
    assert (found[0].step.id, found[0].language) == ("cession", "fr")
    for each in found:
        said = {"fr": "Par acte du 10 février 2026, Meubles Martin SARL a cédé", "en": "Meubles Martin SARL"}[each.language]
        assert said in " ".join(each.text.plain().replace("\u00a0", " ").replace("**", "").split()), each.case
    assert [(each.case, mention.name) for each in found for mention in each.mentions if mention.where == "manque"] == []


def test_the_situations_that_matter_are_there():
    playbook, _ = load_playbook("negligent")
    notice = [each for each in specimens(playbook, Templates()) if each.step.id == "mise-en-demeure" and each.channel is Channel.REGISTERED_LETTER]
    french_cases = [each.case for each in notice if each.language == "fr"]
    assert french_cases == ["une facture", "plusieurs factures", "un paiement partiel", "un échéancier qui n’a pas été tenu", "plusieurs factures dont une est contestée"]
    assert [each.case for each in notice if each.language == "en"] == ["une facture"]
    texts = {each.case: each.text.plain() for each in notice if each.language == "fr"}
    assert "200,00" in texts["un paiement partiel"]
    assert "F-2026-002" in texts["plusieurs factures"]
    assert "F-2026-002" not in texts["une facture"]


def test_a_mention_stands_where_its_words_are_and_is_missing_where_they_are_not(tmp_path):
    playbook, _ = load_playbook("negligent")
    found = {mention.name: mention.where for each in specimens(playbook, Templates()) if each.step.id == "mise-en-demeure" and each.channel in LETTERS for mention in each.mentions}
    assert found["Les mots « mise en demeure »"] == "objet"
    assert found["L’immatriculation"] == "papier à lettres"
    own = tmp_path / "fr" / "mise-en-demeure"
    own.mkdir(parents=True)
    (own / "message.md.j2").write_text("---\nsubject: Facture {{ invoice.id }}\n---\nBonjour,\n\nPayez {{ sums.total }}.\n", encoding="utf-8")
    first = next(each for each in specimens(playbook, Templates(tmp_path)) if each.step.id == "mise-en-demeure" and each.channel in LETTERS and each.language == "fr")
    where = {mention.name: mention.where for mention in first.mentions}
    assert where["Les mots « mise en demeure »"] == where["Le moyen de payer"] == where["Chaque somme réclamée, et le total"] == "manque"


def test_what_an_author_named_first_is_shown_first_and_what_stands_in_last():
    playbook, _ = load_playbook("courtois")
    first, *_ = playbook.steps
    shown = [each for each in specimens(playbook, Templates()) if each.step.id == first.id]
    assert list(dict.fromkeys(each.channel for each in shown)) == [*first.channels, Channel.EMAIL]
    assert [each.stands_in for each in shown] == sorted(each.stands_in for each in shown)


@pytest.mark.parametrize(("name", "noticed"), [("litige", False), ("en-difficulte", True)])
def test_a_sheet_names_a_formal_notice_only_where_the_playbook_has_sent_one(name, noticed):
    playbook, _ = load_playbook(name)
    told = next(repr(each.text.blocks) for each in specimens(playbook, Templates()) if each.channel is Channel.TASK)
    assert ("Mise en demeure" in told) is noticed


def test_a_profile_is_said_in_french_and_ones_own_as_it_is_written():
    assert profile_said("bad-faith") == "«\u00a0mauvaise foi\u00a0» (bad-faith)"
    assert profile_said("oublieux") == "«\u00a0oublieux\u00a0»"


def test_what_changed_is_named(tmp_path):
    signed = parts_of(made_with())
    assert list(parts_changed(signed, parts_of(made_with()))) == []
    playbook, _ = load_playbook("declic")
    later, _ = load_playbook_text(yaml.safe_dump({**playbook.said, "version": 2}), "declic.yaml")
    assert list(parts_changed(signed, parts_of(made_with(playbook=later)))) == ["playbook declic"]
    assert list(parts_changed(signed, parts_of(made_with(paper=Letterhead(footer="Autre"))))) == ["letterhead"]
    assert list(parts_changed(signed, parts_of(made_with(version="1.2.4")))) == ["relance 1.2.3", "relance 1.2.4"]
    own = tmp_path / "fr" / "declic"
    own.mkdir(parents=True)
    read = Templates().read("fr/declic/message.md.j2")
    (own / "message.md.j2").write_text(f"{read[1]}\n", encoding="utf-8")
    assert list(parts_changed(signed, parts_of(made_with(templates=Templates(tmp_path))))) == ["wording fr/declic/message.md.j2"]


def test_the_number_of_an_article_stays_with_its_letter():
    articles = [article for _, _, article, _ in figure_rows(french(), ON)] + [name for name, *_ in source_rows(text_sources())]
    assert any("R.\u00a0622-24" in article for article in articles)
    assert any("16\u00a0février\u00a02026" in article for article in articles)
    assert [article for article in articles if re.search(r"[LRD]\. \d", article)] == []


def test_sources_say_how_they_were_read():
    assert all(each.read.startswith(("Texte ou copie", "Lu le", "Non vérifié")) for each in text_sources())
    assert {each.identifier for each in text_sources() if "L. 441-10" in each.name} == {"LEGIARTI000038414392"}


def test_an_email_beside_its_registered_letter_is_shown_as_it_leaves():
    """A book showed the words of an e-mail that leaves alone, which no debtor of such a step reads."""
    texts = {one.channel: one.text.plain() for one in specimens(load_playbook("negligent")[0], Templates()) if one.step.kind == "formal_notice" and one.language == "fr" and one.case == "une facture"}
    assert "Par la lettre recommandée dont voici la copie" in texts[Channel.EMAIL]
    assert "Par cette lettre" in texts[Channel.REGISTERED_LETTER]
    alone = replace_channels(load_playbook("negligent")[0], (Channel.EMAIL,))
    assert any("Par ce courriel" in one.text.plain() for one in specimens(alone, Templates()) if one.step.kind == "formal_notice" and one.language == "fr")


def replace_channels(playbook, channels):
    return replace(playbook, steps=tuple(replace(step, channels=channels, fallback=()) if step.kind == "formal_notice" else step for step in playbook.steps))


def test_a_drawing_says_every_date_a_step_may_come_on():
    text = """
schema: 1
playbook: essai
version: 1
title: Essai
steps:
  - {id: une, title: Une, at: J+10, channels: [registered_letter], tone: firm}
  - {id: deux, title: Deux, at: J+30, or_at: promise.broken + 1 day, not_before: letter.presented + 9 days, channels: [letter], tone: firm}
"""
    playbook, _ = load_playbook_text(text, "essai.yaml", checks=False)
    first, second = (" ".join(rung["when"].split()) for rung in ladder(playbook))
    assert first == "10 jours après l’échéance"
    assert second == "30 jours après l’échéance, ou plus tôt, 1 jour après la promesse de payer non tenue, et pas avant : 9 jours après la première présentation de la lettre recommandée"
