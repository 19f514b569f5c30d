"""Texts are read as the law does once they are filled: what only a variable says is found, at the place that can be mended."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.language import examine, library, load_playbook
from relance.letters import lawful
from relance.letters.letterhead import Letterhead
from relance.letters.wording import Templates

HEAD = "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\n"


@pytest.fixture
def read(tmp_path):
    """Write a playbook and its wordings, and return what the law says of its texts, with the path of the playbook."""

    def reading(steps, wordings=(), head="", paper=None):
        for name, text in dict(wordings).items():
            place = tmp_path / "wordings" / f"{name}.md.j2"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        path = tmp_path / "essai.yaml"
        path.write_text(HEAD + head + "steps:\n" + "".join(f"  - {{{step}}}\n" for step in steps), encoding="utf-8")
        playbook, source, findings = examine(path.read_bytes(), str(path))
        assert playbook is not None, findings
        return lawful.check_playbook(playbook, source, Templates(tmp_path / "wordings"), paper)

    return reading


REMINDER = "id: relance, at: J+10, channels: [email], tone: neutral, template: essai"


def message(body, subject="Votre facture"):
    return f'---\nsubject: "{subject}"\n---\nMadame, Monsieur,\n\n{body}\n'


def places(findings):
    return [(each.code, each.line, each.column) for each in findings]


@pytest.mark.parametrize("name", library.shipped_ids())
def test_the_law_has_nothing_to_say_of_what_ships(name):
    playbook, _ = load_playbook(library.find(name))
    assert lawful.check_playbook(playbook, None, Templates()) == ()


def test_a_word_that_a_variable_brings_is_found(read):
    (found,) = read([REMINDER], {"fr/essai/message": message("Ceci est un {{ 'dernier' ~ ' avis' }} de notre part.")}, "debtor: business\n")
    assert (found.code, found.line, found.column) == ("PB338", 1, 1)
    assert found.path.endswith("fr/essai/message.md.j2")
    assert "a variable brings it" in found.message


def test_a_word_of_the_letterhead_is_found_through_its_variable(read):
    wordings = {"fr/essai/message": message("Nous vous rappelons votre facture.\n\n{{ sender.name }}\n\n{{ sender.role }}")}
    assert (
        read([REMINDER], wordings, "debtor: business\n", Letterhead(sender={"name": "Cabinet Roux", "role": "Chargé de clientèle"})) == ()
    )
    (found,) = read([REMINDER], wordings, "debtor: business\n", Letterhead(sender={"name": "Cabinet Roux", "role": "Huissier de justice"}))
    assert (found.code, found.line) == ("PB331", 1)


def test_a_word_stands_where_the_template_says_it_even_over_two_lines(read):
    text = message("Bonjour.\n\nSelon l'article L. 441-6\ndu code de commerce, et le\n**dernier avis** ci-joint.")
    assert places(read([REMINDER], {"fr/essai/message": text}, "debtor: business\n")) == [("PB340", 8, 9), ("PB338", 10, 3)]


def test_a_word_of_a_block_or_of_a_subject_stands_there(read):
    wordings = {
        "fr/essai/message": message('Bonjour.\n\n{% include "_blocks/avis.md.j2" %}', "Dernier avis avant poursuites"),
        "fr/_blocks/avis": "Ceci vaut mise en recouvrement,\nfrais de recouvrement à votre charge.\n",
    }
    found = read([REMINDER], wordings, "debtor: business\n")
    subject = next(each for each in found if each.code == "PB338")
    block = next(each for each in found if each.code == "PB332")
    assert (subject.line, subject.column) == (2, 11)
    assert block.path.endswith("_blocks/avis.md.j2")
    assert block.line == 2


def test_every_language_and_every_number_of_invoices_is_read(read):
    wordings = {
        "fr/essai/message": message("{% if several %}Dernier avis.{% endif %}"),
        "en/essai/message": message("{% if several %}This is the final notice.{% endif %}", "Your invoice"),
    }
    assert sorted(each.path.rsplit("/", 3)[1] for each in read([REMINDER], wordings, "debtor: business\n")) == ["en", "fr"]


def test_a_wording_of_ones_own_is_read_at_every_tone_it_is_written_for(read):
    body = "{% if tone == 'formal' %}Dernier avis.{% elif tone == 'firm' %}Sans autre avis.{% endif %}"
    both, one = message(body), message(body).replace("---\nsubject", "---\ntone: [courteous, firm]\nsubject")
    assert len(read([REMINDER], {"fr/essai/message": both}, "debtor: business\n")) == 2
    assert [each.line for each in read([REMINDER], {"fr/essai/message": one}, "debtor: business\n")] == [one.split("Sans")[0].count("\n") + 1]


def test_what_a_text_must_say_is_looked_for_at_the_tone_of_the_step_alone(read):
    notice = "id: mise, kind: formal_notice, at: J+30, channels: [letter], tone: formal, template: essai, grants: 15 days"
    body = """{% if tone == 'formal' %}La présente vaut mise en demeure de payer {{ sums.total }} avant le {{ deadline }} par virement.
Pour contester, écrivez-nous.{% endif %}"""
    assert read([notice], {"fr/essai/message": message(body)}, "debtor: business\n") == ()


def test_a_debtor_of_any_kind_is_read_as_both(read):
    wordings = {"fr/essai/message": message("{% if consumer %}L'indemnité forfaitaire de 40 € s'ajoute.{% endif %}")}
    assert [each.code for each in read([REMINDER], wordings)] == ["PB301"]
    assert read([REMINDER], wordings, "debtor: business\n") == ()


AGENCY = "debtor: business\ncollector: agency\n"
LETTER = "id: premiere, at: J+1, channels: [letter], tone: neutral, template: premiere-lettre-agence, grants: 10 days"


def test_an_agency_that_does_not_recall_its_letter_is_told_at_the_step(read):
    later = "id: relance, at: premiere + 12 days, channels: [email], tone: neutral, template: essai"
    found = read([LETTER, later], {"fr/essai/message": message("Votre facture reste due.")}, AGENCY)
    assert {each.code for each in found} == {"PB352"}
    assert {each.path.rsplit("/", 1)[-1] for each in found} == {"essai.yaml"}
    assert {each.line for each in found} == {7 + 2}
    recalled = message("Notre lettre du {{ first_letter.on }}, référence {{ first_letter.reference }}, est sans réponse.")
    assert read([LETTER, later], {"fr/essai/message": recalled}, AGENCY) == ()


def test_an_agency_s_first_letter_without_its_mentions(read):
    first = "id: premiere, at: J+1, channels: [letter], tone: neutral, template: essai"
    assert {each.code for each in read([first], {"fr/essai/message": message("Payez.")}, AGENCY)} == {"PB350", "PB351"}


def test_a_notice_held_in_reserve_is_no_formal_notice(read):
    step = "id: mise-en-demeure, kind: formal_notice, at: J+45, channels: [registered_letter], tone: formal, template: relance-2, grants: 15 days"
    (found,) = read([step], head="debtor: business\n")
    assert found.code == "PB353"


def test_a_waiver_takes_out_what_may_be_waived_and_nothing_else(read):
    wordings = {"fr/essai/message": message("Dernier avis. Les frais de recouvrement sont à votre charge.")}
    waive = "waive: [{code: PB338, reason: libellé imposé par le client}]\n"
    assert [each.code for each in read([REMINDER], wordings, "debtor: business\n" + waive)] == ["PB332"]


def test_a_text_that_no_case_fills_is_told(read):
    (found,) = read([REMINDER], {"fr/essai/message": message("Notre mise en demeure du {{ notice.on }}.")}, "debtor: business\n")
    assert (found.code, found.line) == ("PB402", 6)
    assert "'.on' is asked of what this case does not have" in found.message


def test_a_finding_as_validate_shows_it(tmp_path, monkeypatch, snapshot):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "wordings" / "fr" / "essai"
    folder.mkdir(parents=True)
    (folder / "message.md.j2").write_text(
        message("Selon l'article L. 441-6 du code de commerce, vous devez {{ sums.total }}."), encoding="utf-8"
    )
    (tmp_path / "essai.yaml").write_text(f"{HEAD}debtor: business\nsteps:\n  - {{{REMINDER}}}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["validate", "essai.yaml", "--templates", "wordings", "--fail-on", "warning"])
    assert done.exit_code == 1
    snapshot.assert_match(done.output, "repealed_article.txt")


def test_template_check_reads_every_tone_with_the_letterhead_given(tmp_path):
    folder = tmp_path / "wordings" / "fr" / "essai"
    folder.mkdir(parents=True)
    text = message("{% if tone == 'formal' %}Dernier avis.{% endif %}\n\n{{ sender.role }}")
    (folder / "message.md.j2").write_text(text, encoding="utf-8")
    (tmp_path / "paper.yaml").write_text(
        "schema: 1\nsender: {name: Roux, address: [1 rue Haute, 69001 Lyon], email: a@roux.example, role: Huissier de justice}\n",
        encoding="utf-8",
    )
    found = lawful.check_all(Templates(tmp_path / "wordings", with_shipped=False), paper=None)
    assert [each.code for each in found] == ["PB338"]
    (tmp_path / "essai.yaml").write_text(f"{HEAD}debtor: business\nsteps:\n  - {{{REMINDER}}}\n", encoding="utf-8")
    arguments = ["template", "check", str(tmp_path / "essai.yaml"), "--templates", str(tmp_path / "wordings"), "--format", "json"]
    for more, codes in ((), ["PB338"]), (("--letterhead", str(tmp_path / "paper.yaml")), ["PB331", "PB338", "PB341"]):
        done = CliRunner().invoke(main, [*arguments, *more])
        assert done.exit_code == 1
        assert sorted(each["code"] for each in json.loads(done.output)["diagnostics"]) == codes
