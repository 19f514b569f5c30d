"""`relance limitation`: the day from which a claim is time-barred, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from relance.cli.common import DAY, echo_filled, format_option, print_json, today
from relance.cli.law import figures_option, law_in_force
from relance.report.words import word
from relance.sentences import tell, tell_number, told


class Interrupted(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.2
    """A day and what interrupted limitation on it, as 2024-05-02:acknowledgement."""

    name = "day:what"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, str]:
        """Read it."""
        from relance.law.limitation import INTERRUPTIONS, NO_INTERRUPTION

        if isinstance(value, tuple):
            return value
        day, _, what = value.partition(":")
        if what in NO_INTERRUPTION:
            self.fail(
                tell("'{value}': '{what}' interrupts nothing (C. civ. 2240 to 2244; Cass. com. 18 May 2022, no. 20-23.204)", value=value, what=word(what)),
                param,
                ctx,
            )
        if what not in INTERRUPTIONS:
            self.fail(tell("'{value}': say what interrupted it, {names}, as in 2024-05-02:acknowledgement", value=value, names=list(INTERRUPTIONS)), param, ctx)
        return DAY.convert(day, param, ctx), what


class Suspended(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.2
    """Two days and what suspended limitation between them, as 2024-05-02..2024-09-30:mediation; without the second day, still."""

    name = "day..day:what"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, date | None, str]:
        """Read it."""
        from relance.law.limitation import SUSPENSIONS

        if isinstance(value, tuple):
            return value
        days, _, what = value.partition(":")
        first, dots, last = days.partition("..")
        if not dots or what not in SUSPENSIONS:
            self.fail(tell("'{value}': write 2024-05-02..2024-09-30:mediation, with one of {names}", value=value, names=list(SUSPENSIONS)), param, ctx)
        return DAY.convert(first, param, ctx), DAY.convert(last, param, ctx) if last else None, what


@click.command(name="limitation")
@click.option("--due", type=DAY, required=True, help="The day the claim fell due.")
@click.option(
    "--debtor", type=click.Choice(["business", "consumer"]), help="What the debtor is; the shorter time is taken where it is not said."
)
@click.option(
    "--creditor", type=click.Choice(["business", "individual"]), default="business", show_default=True, help="What the creditor is."
)
@click.option("--nature", type=click.Choice(["general", "transport"]), default="general", show_default=True, help="What the claim is for.")
@click.option("--issued", type=DAY, help="The day of the invoice; it runs from then at the latest where performance is not known.")
@click.option("--performed", type=DAY, help="The day the work was done or the service rendered: it runs from then.")
@click.option("--delivered", type=DAY, help="The day the goods were handed over: it runs from then (carriage: C. com. L133-6).")
@click.option("--interrupted", type=Interrupted(), multiple=True, metavar="D:WHAT", help="acknowledgement, court or enforcement, on a day.")
@click.option(
    "--suspended", type=Suspended(), multiple=True, metavar="D..D:WHAT", help="mediation, suit …, from a day to another (or D..:WHAT, still)."
)
@click.option("--on", type=DAY, help="The day to look from; today by default.")
@format_option("text", "json")
@figures_option
def command(
    due: date,
    debtor: str | None,
    creditor: str,
    nature: str,
    issued: date | None,
    performed: date | None,
    delivered: date | None,
    interrupted: Any,
    suspended: Any,
    on: date | None,
    form: str,
    folder: Path | None,
) -> None:
    """Say from which day a claim is time-barred: five years between professionals, two against a consumer, one for carriage."""
    from relance.law.limitation import Interruption, Suspension, barred_on

    on = on or today()
    events = tuple(Interruption(*one) for one in interrupted if one[0] <= on)
    pauses = tuple(Suspension(first, min(last or on, on), by) for first, last, by in suspended if first <= on)
    found = barred_on(
        due,
        debtor_kind=debtor,
        creditor_kind=creditor,
        nature=nature,
        issued=issued,
        delivered=delivered,
        performed=performed,
        interruptions=events,
        suspensions=pauses,
        law=law_in_force(folder),
    )
    barred, left = found.on, (found.on - on).days
    if form == "json":
        print_json(
            {
                "version": 1,
                "due": due.isoformat(),
                "on": on.isoformat(),
                "barred_on": barred.isoformat(),
                "barred": left <= 0,
                "days_left": max(left, 0),
                "basis": str(found.basis),
            }
        )
        return
    if left > 0:
        echo_filled(tell_number("time-barred from {barred}: {count} day left on {on}", "time-barred from {barred}: {count} days left on {on}", left, barred=barred, on=on))
    else:
        echo_filled(tell_number("time-barred from {barred}: barred for {count} day on {on}", "time-barred from {barred}: barred for {count} days on {on}", 1 - left, barred=barred, on=on))
    echo_filled(told(found.basis))
