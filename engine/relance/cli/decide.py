"""`relance decide`: what a playbook asks of a case on a day, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from relance.cli.casefiles import CASE, case_of, print_rich, say_if_unfit
from relance.cli.common import DAY, format_option, print_json
from relance.cli.loading import playbook_of


@click.command(name="decide")
@click.argument("playbook", metavar="PLAYBOOK")
@click.option("--case", "path", type=CASE, required=True, metavar="FILE", help="The case file.")
@click.option("--on", "on", type=DAY, default="today", show_default=True, help="The day.")
@format_option("text", "json")
def command(playbook: str, path: Path, on: date, form: str) -> None:
    """Say what PLAYBOOK asks of a case on a day: the answer, and every step's verdict with its reason.

    PLAYBOOK is a path, or the id of one that ships with relance.
    """
    from relance.interpreter import look

    asked, facts = playbook_of(playbook), case_of(path)
    say_if_unfit(asked, facts)
    seen = look(asked, facts, on)
    if form == "json":
        from relance.report.plain import look_of

        print_json(look_of(seen, on))
        return
    from relance.report.timeline import decision_table

    print_rich(decision_table(asked, seen, on))
