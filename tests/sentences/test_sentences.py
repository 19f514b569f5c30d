"""Sentences as data: what they are in English and in French, and that none is missing."""

from __future__ import annotations

import pickle
import re

import pytest
from click.testing import CliRunner
from tests.sentences import collect
from tests.sentences.english import english_words

from relance.cli import main
from relance.cli.speech import language_of
from relance.law import duties
from relance.sentences import joined, plural, read_in, said, said_again, sentence, shipped_text, tell

#: English words that no French sentence has.
ENGLISH = frozenset({"the", "is", "are", "not", "and", "of", "with", "which", "it", "has", "write", "there", "this", "that", "before", "from", "none", "without", "every", "when", "only"})
BAD = sorted((collect.ROOT / "tests" / "golden" / "bad").glob("*.yaml"))
HOLE = re.compile(r"(?<!\{)\{(\w+)(?:![rs])?\}(?!\})")


def test_every_sentence_has_its_french_and_the_catalogue_has_no_other():
    french = collect.translated()
    wanted = {message.id for message in collect.collected() if message.id}
    assert sorted(str(each) for each in wanted if (found := french.get(each)) is None or not all(_texts(found.string))) == []
    assert sorted(str(message.id) for message in french if message.id and message.id not in wanted) == []


def test_the_french_has_the_holes_of_the_english():
    wrong = [
        message.id
        for message in collect.translated()
        if message.id and not all(sorted(set(HOLE.findall(each))) == sorted(set(HOLE.findall(_texts(message.id)[-1]))) for each in _texts(message.string))
    ]
    assert wrong == []


def _texts(one: object) -> tuple[str, ...]:
    return (one,) if isinstance(one, str) else tuple(one or ())


def test_a_french_sentence_has_french_quotes_and_apostrophes():
    """« x » and ’, but in what is typed: between backticks or straight double quotes, in an example of a command, and where the marks themselves are meant."""
    typed = re.compile(r"`[^`]*`|\"[^\"]*\"|pip install '[^']*'|' ou \"")
    texts = [text for message in collect.translated() if message.id for text in _texts(message.string)]
    assert [text for text in texts if "'" in typed.sub("", text)] == []
    assert [text for text in texts if text.count("«") != text.count("»") or re.search("«[^ \u00a0\u202f]|[^ \u00a0\u202f]»", text)] == []


def test_a_sentence_is_its_english_and_says_french_with_its_parts():
    made = sentence('"{name}" has no value', name="tone")
    assert made == '"tone" has no value'
    assert said(sentence("it takes {words}", words=joined([sentence("a list"), sentence("text")], "or")), "fr") == "il faut une liste ou du texte"
    assert said(sentence("the steps before it are {before}", before=["a", "b"]), "fr") == "les étapes avant elle sont a, b"


def test_a_number_chooses_the_form_in_each_language():
    assert [plural("{count} file", "{count} files", count) for count in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
    assert [said(plural("{count} file", "{count} files", count), "fr") for count in (0, 1, 2)] == ["0 fichier", "1 fichier", "2 fichiers"]


def test_what_the_catalogue_lacks_stays_english():
    assert said(sentence("nobody ever wrote {this}", this=1), "fr") == "nobody ever wrote 1"
    assert said("plain text that is nowhere", "fr") == "plain text that is nowhere"
    assert shipped_text("braces {such} as these") == "braces {such} as these"


def test_a_sentence_travels_between_processes():
    made = pickle.loads(pickle.dumps(plural("{count} error", "{count} errors", 2)))
    assert (made, said(made, "fr")) == ("2 errors", "2 erreurs")


def test_the_reader_decides_and_only_for_a_while():
    with read_in("fr"):
        assert tell("the file is empty") == "le fichier est vide"
    assert tell("the file is empty") == "the file is empty"


@pytest.mark.parametrize(
    ("environment", "arguments", "language"),
    [
        ({}, [], "en"),
        ({"LANG": "fr_FR.UTF-8"}, [], "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_GB.UTF-8"}, [], "en"),
        ({"LC_ALL": "fr_FR.UTF-8", "RELANCE_LANG": "en"}, [], "en"),
        ({"LC_ALL": "C", "LANG": "fr_FR.UTF-8"}, [], "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "fr_CA"}, [], "fr"),
        ({"LANG": "fro"}, [], "en"),
        ({"LANG": "de_DE.UTF-8"}, [], "en"),
        ({"RELANCE_LANG": "en"}, ["--lang", "fr"], "fr"),
        ({"RELANCE_LANG": "fr"}, ["validate", "--lang=en"], "en"),
        ({"RELANCE_LANG": "fr"}, ["--lang"], "fr"),
        ({}, ["--lang", "de"], "en"),
    ],
)
def test_option_variable_and_locale_in_this_order(environment, arguments, language):
    assert language_of(environment, arguments) == language


def test_the_catalogue_reads_the_same_compiled(tmp_path, monkeypatch):
    from io import BytesIO

    from babel.messages.mofile import write_mo

    from relance.sentences import _compiled

    stream = BytesIO()
    write_mo(stream, collect.translated())
    from gettext import GNUTranslations

    stream.seek(0)
    compiled = GNUTranslations(stream)
    written = _compiled(collect.CATALOGUE.read_bytes())
    assert all(compiled.gettext(each.id) == written.gettext(each.id) for each in collect.translated() if isinstance(each.id, str) and each.id)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_french_reader_finds_no_english_word_in_what_validate_says(path):
    done = CliRunner().invoke(main, ["--lang", "fr", "validate", str(path)])
    assert english(done.output) == set()


def english(output: str) -> set[str]:
    """Return the English words of what was printed, leaving out what is quoted: an author's own words, and those of the language."""
    lines = [line for line in output.splitlines() if not re.match(r"\s*\d* \| ", line)]
    text = re.sub(r"«[^»]*»|`[^`]*`|\"[^\"]*\"|\S+\.yaml\S*|\S*/\S+", " ", "\n".join(lines))
    return ENGLISH & set(re.findall(r"[^\W\d]+", text.lower()))


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    """A run over the invoices that ship, in a folder of its own: its journal, and what the run printed in French."""
    folder = tmp_path_factory.mktemp("passage")
    made = CliRunner().invoke(main, ["--lang", "fr", "demo", "--out", str(folder / "demo")])
    assert made.exit_code == 0, made.output
    return folder / "demo"


def test_a_french_reader_finds_no_english_word_in_preview_why_run_outbox_forecast(journal, tmp_path):
    where = next(journal.rglob("*.db"))
    invoices = next(journal.rglob("invoices*.csv"))
    base = ["--journal", str(where)]
    debtors = next(iter(journal.rglob("debtors*.csv")), None)
    given = ["--invoices", str(invoices), *(["--debtors", str(debtors)] if debtors else [])]
    calls = [
        ["preview", "negligent", "--due", "2026-03-02", "--amount", "1200.00", "--debtor", "business"],
        ["outbox", "list", *base],
        ["run", "--playbook", "negligent", *given, "--as-of", "2026-03-02", "--journal", str(tmp_path / "new.db"), "--new", "--out", str(tmp_path / "out")],
        ["run", "--playbook", "negligent", *given, "--as-of", "2027-03-02", "--journal", str(tmp_path / "new.db"), "--out", str(tmp_path / "out")],
        ["forecast", "negligent", "--portfolio", str(invoices), "--from", "2026-03-02", "--until", "2026-06-02"],
        ["explain", "PB205"], ["explain", "PB304"], ["schema", "steps.channels"], ["schema", "steps.at"],
    ]
    calls += [["why", line.split(",")[0].strip(), "--on", "2026-03-02", *base] for line in invoices.read_text("utf-8").splitlines()[1:6]]
    for call in calls:
        done = CliRunner().invoke(main, ["--lang", "fr", *call])
        assert english(done.output) == set(), (call, done.output)


def test_an_error_in_the_call_is_french_too():
    done = CliRunner().invoke(main, ["validate", "--lang", "fr", "--fail-on", "always", "x"])
    assert done.exit_code == 2
    assert english(done.output) == set()
    assert "Erreur" in done.output


def test_json_keeps_its_keys_and_codes():
    path = str(BAD[0])
    both = [CliRunner().invoke(main, ["--lang", lang, "validate", "--format", "json", path]).output for lang in ("en", "fr")]
    assert re.findall(r'"(\w+)":|PB\d+', both[0]) == re.findall(r'"(\w+)":|PB\d+', both[1])


@pytest.mark.parametrize(
    ("kept", "again"),
    [
        (
            "J+1, moved to the open day 2026-09-28; the claim of 1000.01 EUR is above the ceiling of the mandate of Vernes, 1000.00 EUR",
            "J+1, reporté au jour ouvré 28/09/2026 ; la créance de 1\u00a0000,01 EUR dépasse le plafond du mandat du créancier Vernes, 1\u00a0000,00 EUR",
        ),
        ("2 contacts by call, sms already, counted from 2026-03-01", "déjà 2 contacts par appel, SMS, comptés depuis le 01/03/2026"),
        ("J+1; no mandate of the creditor is in force (CPCE R124-3)", "J+1 ; aucun mandat du créancier n’est en vigueur (CPCE R124-3)"),
        ("no mandate of the creditor is in force (CPCE R124-3); il rappelle", "aucun mandat du créancier n’est en vigueur (CPCE R124-3) ; il rappelle"),
    ],
)
def test_sentences_that_were_kept_one_after_the_other_are_each_said_again(kept, again):
    assert said_again(kept, "fr").replace("\u202f", "\u00a0") == again
    assert said_again(kept, "en") == kept


@pytest.mark.parametrize("kind", sorted({kind for kinds in duties.ARISING.values() for kind in kinds}, key=lambda kind: kind.name), ids=lambda kind: kind.name)
@pytest.mark.parametrize("whom", ["", ": Me Anne Roy (avocate), 3 rue Haute"])
def test_every_duty_of_the_law_is_said_again_in_french(kind, whom):
    """As a journal keeps it, `what is to be done: who (article)`; names stay as they are."""
    text = said_again(f"{kind.title}{whom} ({kind.article})", "fr")
    assert text == f"{said(kind.title, 'fr')}{whom.replace(': ', ' : ')} ({said(kind.article, 'fr')})"
    assert english_words(text) == []
    assert not re.search(r"\b(?:and|for|enforcement)\b", text)


def test_what_a_program_quotes_has_french_quotes_in_french():
    bad = sentence("{text} is not a date", text=repr("31.2.26"))
    assert (said(bad, "en"), said(bad, "fr")) == ("'31.2.26' is not a date", "«\u00a031.2.26\u00a0» n’est pas une date")
    assert said_again(str(bad), "fr") == said(bad, "fr")
    several = sentence("no sheet is called {sheet}; there are {names}", sheet=repr("a"), names=", ".join(map(repr, ("Feuil1", "l'été"))))
    assert "il y a «\u00a0Feuil1\u00a0», «\u00a0l'été\u00a0»" in said(several, "fr")
    assert said(sentence("{text} is not a date", text="l'an 'deux'"), "fr") == "l'an 'deux' n’est pas une date"


@pytest.mark.parametrize("line", ["todo --nope", "outbox shw", "call", "call x --outcome y", "todo --on never", "nothing", "send --print", "todo --limit", "todo --limit z", "import nowhere.csv", "cases --routing nowhere.yaml"])
def test_what_click_refuses_has_french_quotes(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, line.split(), env={"RELANCE_LANG": "fr"})
    assert done.exit_code == 2
    assert "'" not in done.output
    assert english_words(re.sub("«[^»]*»|--\\w+", "", done.output), but=("today",)) == []
