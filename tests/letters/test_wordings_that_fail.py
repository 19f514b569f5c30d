"""Wordings that would fail when they are filled, or print nonsense: told at their line before, and never a traceback."""

import pytest

from relance.language import load_playbook
from relance.letters import sample
from relance.letters.check import check_all, check_playbook
from relance.letters.context import build
from relance.letters.wording import Templates, WordingError
from relance.model import Channel, Tone

HEAD = "---\nsubject: Rappel\n---\n"


def folder(path, **bodies):
    for name, body in bodies.items():
        place = path / "fr" / name.replace("_", "-")
        place.mkdir(parents=True)
        (place / "message.md.j2").write_bytes(HEAD.encode() + (body if isinstance(body, bytes) else body.encode()))
    return Templates(path)


def told(path, body):
    templates = folder(path, relance_1=body)
    return [one for one in check_all(templates, languages=["fr"]) if str(path) in one.path]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{{ sums.total / 4 }}", "PB413"),
        ("{{ sums.principal | round(2) }}", "PB413"),
        ("{{ sums.total | int }}", "PB413"),
        ("{% if sums.total > 500 %}a{% endif %}", "PB413"),
        ("{% if 500 <= sums.total %}a{% endif %}", "PB413"),
        ("{% if sums.total == 500 %}a{% endif %}", "PB413"),
        ("{{ invoice.due + 8 }}", "PB413"),
        ("{{ 2 * invoice.open }}", "PB413"),
        ("{% for line in invoices %}{{ line.open - 1 }}{% endfor %}", "PB413"),
        ("{ % if several % }x{ % endif % }", "PB401"),
        ("{ { invoice.id } }", "PB401"),
        ("{{ deadline | date('d/m') }}", "PB401"),
        ("{{ sums.total | money(2) }}", "PB401"),
        ("{{ invoice.due | plus_days | date }}", "PB401"),
        ("{{ invoice.due | plus_days(8, 9) | date }}", "PB401"),
        ("{% for part in sums.total | instalments(parts=3) %}{{ part.on }}{% endfor %}", "PB401"),
        ("pay\xe9".encode("latin-1"), "PB001"),
    ],
)
def test_is_told_at_its_line_with_a_way_out(tmp_path, body, code):
    (found,) = told(tmp_path, body)
    assert (found.code, found.line, bool(found.hint)) == (code, 4, True)


@pytest.mark.parametrize(
    "body",
    [
        "{% if several %}vos factures{% else %}votre facture{% endif %}",
        "{{ invoice.due ~ ', ' ~ invoice.id }}",
        "{{ invoice.id + '-A' }}",
        "{% if invoice_count > 1 %}x{% endif %}",
        "{{ invoice_count - 1 }}",
        "{% if invoice.paid == '' %}x{% endif %}",
        "{{ '-' * 10 }}",
        "{{ invoice.due | plus_days(days=8) | date }}",
        "{% for part in sums.total | instalments(number=3) %}{{ part.on }}{% endfor %}",
        "{{ '%s' % invoice.id }}",
    ],
)
def test_what_is_lawful_is_let_through(tmp_path, body):
    assert told(tmp_path, body) == []


@pytest.mark.parametrize("body", ["{{ invoice_count // 0 }}", "{{ sums.total / 4 }}", "{{ [][3] + 1 }}", "{{ (sums.total | list)[0] / 2 }}", b"pay\xe9"])
def test_filling_it_is_a_finding_and_no_traceback(tmp_path, body):
    case = sample.facts(invoices=1)
    action = sample.action(case, channel=Channel.LETTER, tone=Tone.COURTEOUS, language="fr", template="relance-1")
    with pytest.raises(WordingError) as raised:
        folder(tmp_path, relance_1=body).find("relance-1", Channel.LETTER, "fr").render(build([action], case, sample.writing(agency=False)))
    assert (raised.value.diagnostic.line, raised.value.diagnostic.path) == (4, str(tmp_path / "fr/relance-1/message.md.j2"))


def test_a_file_that_cannot_be_read_hides_no_other(tmp_path):
    templates = folder(tmp_path, relance_1=b"pay\xe9", relance_2="{{ sums.total / 2 }}")
    assert {one.code for one in check_all(templates, languages=["fr"])} == {"PB001", "PB413"}
    playbook, _ = load_playbook("negligent")
    assert {one.code for one in check_playbook(playbook, None, templates)} >= {"PB001"}
