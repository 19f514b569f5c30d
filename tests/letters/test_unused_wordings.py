"""Files in a folder of wordings that no step reads: told, since the shipped wording would leave in their stead."""

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.letters.folders import unused
from relance.letters.wording import Templates

BODY = "---\nsubject: Rappel\n---\nBonjour,\n"


def write(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(BODY, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("fr/relance-2/mesage.md.j2", "message.md.j2"),
        ("fr/relance-2/message.md", "message.md.j2"),
        ("fr/relance-2/courrier.md.j2", "letter.md.j2"),
        ("fr/relance2/message.md.j2", "relance-2"),
        ("fr/relance-2.md.j2", "<language>/<wording>"),
        ("relance-2/message.md.j2", "<language>/<wording>"),
        ("relance-2.md", "<language>/<wording>"),
        ("FR/relance-2/message.md.j2", "call the folder fr"),
    ],
)
def test_a_file_that_nobody_reads_is_told(tmp_path, name, way):
    write(tmp_path, name, "fr/relance-1/message.md.j2")
    (found,) = unused(Templates(tmp_path))
    assert (found.code, found.path, way in found.hint) == ("PB414", str(tmp_path / name), True)


def test_what_is_read_is_not_told(tmp_path):
    write(tmp_path, "fr/relance-1/message.md.j2", "fr/relance-1/sms.md.j2", "fr/maison/letter.md.j2", "fr/_blocks/opening.md.j2", "README.md")
    assert unused(Templates(tmp_path)) == ()


def test_a_name_that_a_playbook_says_is_no_mistake(tmp_path):
    write(tmp_path, "fr/relance2/message.md.j2")
    assert unused(Templates(tmp_path), {"relance2"}) == ()


@pytest.mark.parametrize("words", [("validate", "negligent"), ("template", "check")])
def test_the_commands_say_so(tmp_path, words):
    write(tmp_path, "fr/relance-2/mesage.md.j2")
    assert "[PB414]" in CliRunner().invoke(main, [*words, "--templates", str(tmp_path)]).output
