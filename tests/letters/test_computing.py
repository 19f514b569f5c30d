"""What a wording may compute with, and what of it is a finding."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from click.testing import CliRunner

from relance.cli import main

BODY = '---\nsubject: Facture {{{{ invoice.id }}}}\n---\n{{% include "_blocks/opening.md.j2" %}}\n\n{}\n\n{{% include "_blocks/payment.md.j2" %}}\n\n{{% include "_blocks/closing.md.j2" %}}\n'


@pytest.fixture
def wording(tmp_path):
    def write(body):
        path = tmp_path / "fr" / "relance-1" / "message.md.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BODY.format(body), "utf-8")
        return str(tmp_path)

    return write


def shown(folder):
    return CliRunner().invoke(main, ["template", "show", "relance-1", "--channel", "email", "--templates", folder]).output


def checked(folder):
    return CliRunner().invoke(main, ["template", "check", "--templates", folder])


LAWFUL = (
    "{{ (sums.total.amount / 3) | money }}",
    "{{ sums.total.amount | money }}",
    "{{ sums.total | money }}",
    "{{ sums.late_interest.amount | money }}",
    "{{ invoice.due | plus_days(8) | date }}",
    "{{ invoice.due.date | date }}",
    "{{ today | plus_days(-3) | date }}",
    "{% if sums.total.amount > 1000 %}beaucoup{% endif %}",
    "{% for part in sums.total | instalments(3) %}{{ part.amount }} le {{ part.on }}\n{% endfor %}",
    "{% if several %}vos factures{% else %}votre facture{% endif %}",
)


def test_what_computes_and_is_printed_by_a_filter_is_lawful(wording):
    folder = wording("\n\n".join(LAWFUL))
    done = checked(folder)
    assert (done.exit_code, "PB4" in done.output) == (0, False), done.output
    assert "Bénéficiaire" in shown(folder)


@pytest.mark.parametrize(
    "body",
    [
        "{{ sums.total / 3 }}", "{{ sums.total | round(2) }}", "{% if sums.total > 1000 %}gros{% endif %}", "{{ invoice.due + 8 }}",
        "{{ invoice.open * 2 }}", "{{ sums.total | int }}", "{{ sums.total.amount / 3 }}", "{{ invoice.due.date }}",
        "{{ invoice.due | plus_days(8) }}", "{{ deadline | money }}", "{{ sums.total | date }}", "{{ creditor.name | money }}", "{{ sums.total | plus_days(3) }}",
    ],
)  # fmt: skip
def test_arithmetic_on_what_is_read_and_bare_numbers_are_findings(wording, body):
    done = checked(wording(body))
    assert (done.exit_code, "PB413" in done.output) == (1, True)


def test_parts_add_up_to_the_whole_and_their_days_are_a_month_apart(wording):
    from datetime import date
    from decimal import Decimal

    from relance.letters.computing import instalments
    from relance.letters.figures import NOTHING, long_date, money

    scope = {"sums": type("S", (), {"total": money(Decimal("100.00"), "EUR", "fr")}), "language": "fr", "deadline": long_date(date(2026, 1, 31), "fr"), "today": NOTHING}
    parts = instalments(scope, scope["sums"].total, 3)
    assert [part.amount.amount for part in parts] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    assert [part.on_short for part in parts] == ["31/01/2026", "28/02/2026", "31/03/2026"]
    yen = {**scope, "sums": type("S", (), {"total": money(Decimal(100), "JPY", "fr")})}
    assert [part.amount.amount for part in instalments(yen, yen["sums"].total, 3)] == [Decimal(33), Decimal(33), Decimal(34)]


def test_no_time_granted_begins_after_thirty_days():
    from datetime import date
    from decimal import Decimal

    from relance.letters.computing import instalments
    from relance.letters.figures import long_date, money

    scope = {"sums": type("S", (), {"total": money(Decimal(60), "EUR", "fr")}), "language": "fr", "deadline": "", "today": long_date(date(2026, 3, 2), "fr")}
    assert [part.on_short for part in instalments(scope, Decimal(60), 2)] == ["01/04/2026", "01/05/2026"]


def test_what_was_computed_passes_the_check_of_facts(wording, tmp_path):
    folder = wording("Vous pouvez payer en trois fois {{ (sums.total.amount / 3) | money }}, d'ici le {{ today | plus_days(45) | date }}.")
    done = CliRunner().invoke(main, ["preview", "negligent", "--due", "2026-03-02", "--amount", "1200.00", "--templates", folder, "--letters", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    mail = message_from_bytes(next((tmp_path / "out").glob("*email-relance-1-*.eml")).read_bytes(), policy=default)
    text = mail.get_body(("plain",)).get_content().replace("\u00a0", " ").replace("\n", " ")
    assert "en trois fois 400,00 €, d'ici le 17 avril 2026." in text
