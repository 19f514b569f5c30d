from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relance.cli import main
from relance.data import shipped
from relance.language import load_playbook_text
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice, Playbook

CASE = """\
schema: 1
creditor: {id: atelier, name: Atelier du Rhône SARL, siren: "552100554", kind: business}
debtor: {id: dupont, name: Dupont SA, kind: business, profile: negligent, country: FR, email: compta@dupont.example, address: [1 rue de la Paix, 69001 Lyon]}
invoices:
  - {id: F-2026-001, issued: 2026-01-02, due: 2026-02-01, amount: "1200.00", currency: EUR}
events:
  - {on: 2026-02-20, event: payment.received, invoice: F-2026-001, amount: "200.00"}
"""

STEPS = """\
steps:
  - {id: first, at: J+1, channels: [email], tone: courteous, template: relance-1}
  - {id: second, at: J+15, channels: [letter], tone: firm, template: relance-2}
"""


@pytest.fixture
def relance(tmp_path, monkeypatch):
    """Run a command in an empty folder, on a terminal of 80 columns that shows no colours."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "FORCE_COLOR", "RELANCE_JOURNAL", "RELANCE_ACTOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: object, code: int = 0) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], env={"COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1"})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def case(tmp_path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


@pytest.fixture
def demo(tmp_path) -> list[str]:
    """The options that name the sample portfolio, copied to where the command runs."""
    for name in ("invoices.csv", "debtors.csv", "creditors.csv", "events.csv", "routing.yaml"):
        (tmp_path / name).write_bytes(shipped("playbooks").joinpath("demo", name).read_bytes())
    words = [part for name in ("invoices", "debtors", "creditors", "events") for part in (f"--{name}", f"{name}.csv")]
    return ["--routing", "routing.yaml", *words, "--as-of", "2026-03-02"]


def _playbook(text: str = "", *, name: str = "two-steps", steps: str = STEPS) -> Playbook:
    head = f"schema: 1\nplaybook: {name}\nversion: 1\ntitle: Two steps\n"
    keys = {line.split(":")[0] for line in text.splitlines() if line and not line.startswith(" ")}
    defaults = {"debtor": "any", "collector": "creditor", "language": "fr", "unit": "invoice"}
    more = "".join(f"{key}: {value}\n" for key, value in defaults.items() if key not in keys)
    made, said = load_playbook_text(head + more + text + steps, f"{name}.yaml", checks=False)
    assert made is not None, said
    return made


@pytest.fixture
def make_playbook():
    """Build a small playbook; `text` holds its further keys."""
    return _playbook


def _facts(
    *invoices: tuple[str, str, str], debtor="dupont", creditor="atelier", events: tuple[Event, ...] = (), mandate=None, **known
) -> Facts:
    owes = {"kind": "business", "email": "a@b.example", "address": Address(("1 rue de la Paix", "69001 Lyon")), **known}
    return Facts(
        Creditor(creditor, mandate=mandate),
        Debtor(debtor, **owes),
        tuple(Invoice(name, date.fromisoformat(due), Decimal(amount)) for name, due, amount in invoices),
        events,
    )


@pytest.fixture
def make_facts():
    """Build facts of (id, due date, amount); the debtor can be reached by e-mail and letter."""
    return _facts
