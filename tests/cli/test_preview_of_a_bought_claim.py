"""An invented case lacks nothing that its playbook's wordings are about; a case of one's own that does is told what it lacks."""

from pathlib import Path

from click.testing import CliRunner

from relance import cli

BOUGHT = Path(__file__).parents[2] / "playbooks" / "examples" / "creances-achetees.yaml"


def test_an_invented_case_of_a_bought_claim_has_its_assignor(tmp_path):
    result = CliRunner().invoke(cli.main, ["preview", str(BOUGHT), "--due", "2026-03-02", "--amount", "300.00", "--until", "2026-03-10", "--letters", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "1 text written" in result.stderr


def test_a_claim_without_the_day_from_which_its_ladder_counts_is_told_which(tmp_path):
    case = tmp_path / "case.yaml"
    case.write_text("""schema: 1
creditor: {id: fonds, name: Fonds SAS, kind: business}
debtor: {id: durand, name: Camille Durand, kind: consumer, address: [1 rue de la Paix, 69001 Lyon]}
invoices:
  - {id: F-1, issued: 2025-06-02, due: 2025-06-02, amount: "300.00", currency: EUR}
""")
    result = CliRunner().invoke(cli.main, ["preview", str(BOUGHT), "--case", str(case), "--until", "2026-03-10"])
    assert result.exit_code == 0, result.output
    assert "waiting, the day of placed is not known" in " ".join(result.stdout.split())
