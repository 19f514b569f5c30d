"""What changed between two days, and what it touches."""

from datetime import date

import pytest
from click.testing import CliRunner

from relance.book.touched import touched_by
from relance.cli import main
from relance.language import load_playbook
from relance.language.codes import codes
from relance.law.articles import ARTICLES
from relance.law.changes import coming_texts, ended_versions, figure_changes, texts_between
from relance.law.parameters import french
from relance.letters.wording import Templates

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


def test_a_half_year_changes_its_rates_and_nothing_else():
    found = {change.figure.name: (str(change.before), str(change.after)) for change in figure_changes(french(), JUNE, JULY)}
    assert found["ecb-refinancing-rate"] == ("2.15", "2.40")
    assert found["late-interest"] == ("12.15", "12.40")
    assert "fixed-indemnity" not in found
    assert figure_changes(french(), JULY, date(2026, 7, 2)) == ()


def test_a_rate_that_is_not_known_yet_is_a_change_to_unknown():
    found = {change.figure.name: change.after for change in figure_changes(french(), JULY, date(2027, 1, 1))}
    assert found["late-interest"] is None


@pytest.mark.parametrize(("first", "last", "there"), [((2026, 12, 31), (2027, 1, 1), True), ((2026, 12, 30), (2026, 12, 31), False), ((2027, 1, 1), (2027, 1, 2), False)])
def test_a_text_comes_on_its_day_and_its_older_version_ends_the_day_before(first, last, there):
    days = date(*first), date(*last)
    assert any("2026-671" in text.name for text in texts_between(*days)) is there
    assert ("late-interest-margin" in {each.name for each in ended_versions(french(), *days)}) is there


def test_the_watch_list_names_what_there_is():
    for text in coming_texts():
        assert set(text.figures) <= set(french().parameters), text.name
        assert set(text.codes) <= set(codes()), text.name
        assert set(text.articles) <= set(ARTICLES), text.name
        assert text.url.startswith("http")
        assert text.verified <= (text.read_on is not None)
    days = [text.start for text in coming_texts()]
    assert days == sorted(days, key=lambda day: (day is None, day or date.max))


def touched(name, figures, articles=()):
    playbook, _ = load_playbook(name)
    return touched_by(playbook, Templates(), figures, articles)


def test_a_figure_touches_the_steps_that_ask_it():
    found = touched("negligent", ["late-interest"])
    assert found.steps == ("relance-2", "mise-en-demeure", "transmission")
    assert "fr/mise-en-demeure/message.md.j2" in found.letters
    assert "fr/relance-1/message.md.j2" not in found.letters
    assert touched("declic", ["late-interest"]) is None
    assert touched("consommateur", ["late-interest"]) is None
    assert touched("consommateur", ["legal-interest-others"]).steps == ("apres-mise-en-demeure", "transmission")
    assert touched("negligent", ["late-interest-public"]) is None


def test_limitation_touches_the_whole_ladder_and_an_article_the_letters_that_cite_it():
    assert touched("negligent", ["limitation-business"]).whole
    found = touched("agence-amiable", [], ["R124-4"])
    assert (found.steps, found.whole) == ((), False)
    assert "fr/premiere-lettre-agence/message.md.j2" in found.letters
    assert touched("negligent", [], ["L622-21"]) is None


def test_the_command_says_it_in_a_few_lines():
    done = CliRunner().invoke(main, ["law", "diff", "2026-06-30", "2026-07-01", "--playbook", "negligent"])
    assert done.exit_code == 0
    assert "ecb-refinancing-rate: 2.15 % → 2.40 % (C. com. L441-10 II)" in done.output
    assert "negligent: steps relance-2, mise-en-demeure, transmission" in done.output
    assert CliRunner().invoke(main, ["law", "diff", "2026-07-01", "2026-07-01"]).exit_code == 2
    assert "Proposition de loi n° 83" in CliRunner().invoke(main, ["law", "coming"]).output
