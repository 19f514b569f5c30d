"""`relance interest`: late or legal interest on one invoice, worked out segment by segment, with its sources."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relance.cli.common import DAY, Stop, echo_filled, print_json
from relance.cli.law import figures_option, law_in_force, say_source, sourced
from relance.report.words import head, word
from relance.sentences import marked, sentence, tell, tell_part, told

if TYPE_CHECKING:
    from relance.law.parameters import Law, Parameter, Value
    from relance.model import Claimed

#: What heads the table of stretches.
_HEADS = (marked("first day"), marked("last day"), marked("days"), marked("rate"), marked("base"), marked("interest"))
#: What a table ends with, and its key in machine output.
_LINES = {
    marked("interest"): "interest", marked("fixed indemnity"): "indemnity", marked("total"): "total", marked("of which paid"): "interest_paid",
    marked("principal left"): "principal", marked("to pay in all"): "to_pay",
}  # fmt: skip
#: No lawful term puts the invoice further before its due date (C. com. L441-10 I: 45 days after the end of a month of 31).
_LONGEST_TERM = timedelta(days=76)


class NumberParam(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.2
    """An exact decimal with a point, not negative; `places` bounds its decimals."""

    name = "number"

    def __init__(self, what: str, places: int, law: str) -> None:
        self.what = what
        self.places = places
        self.law = law

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read it."""
        if isinstance(value, Decimal):
            return value
        try:
            number = Decimal(value)
        except InvalidOperation:
            self.fail(tell("'{value}' is no {what}: write it with a point, as in 1200.00", value=value, what=word(self.what)), param, ctx)
        if not number.is_finite() or number < 0:
            self.fail(tell("'{value}' cannot be negative: {law}", value=value, law=told(self.law)), param, ctx)
        if -int(number.as_tuple().exponent) > self.places or number >= 10**12:
            self.fail(tell("'{value}' has more than {places} decimals, or than twelve figures", value=value, places=self.places), param, ctx)
        return number


AMOUNT = NumberParam("amount", 2, marked("interest is owed on a sum that is due (C. com. L441-10 II, C. civ. 1231-6)"))
RATE = NumberParam("rate", 6, marked("an agreed rate is three times the legal one at least (C. com. L441-10 II)"))


class Dated(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.2
    """A day and an amount, as 2026-03-01:400.00."""

    name = "day:amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, Decimal]:
        """Read it."""
        if isinstance(value, tuple):
            return value
        day, colon, amount = value.partition(":")
        if not colon:
            self.fail(tell("'{value}': write the day and the amount, as in 2026-03-01:400.00", value=value), param, ctx)
        return DAY.convert(day, param, ctx), AMOUNT.convert(amount, param, ctx)


@click.command(name="interest")
@click.option("--amount", type=AMOUNT, required=True, help="What the invoice comes to, with tax.")
@click.option("--due", type=DAY, required=True, help="The day it fell due.")
@click.option("--until", type=DAY, required=True, help="The last day counted.")
@click.option(
    "--payment", "payments", type=Dated(), multiple=True, metavar="D:AMOUNT", help="A payment; its day still counts on the whole."
)
@click.option("--credit-note", "credits_", type=Dated(), multiple=True, metavar="D:AMOUNT", help="A credit note; it lowers the principal.")
@click.option("--issued", type=DAY, help="The day of the invoice.")
@click.option("--rate", type=RATE, help="The agreed late-interest rate, percent a year.")
@click.option("--debtor", type=click.Choice(["business", "consumer", "public"]), default="business", show_default=True, help="What the debtor is.")
@click.option(
    "--creditor", type=click.Choice(["business", "individual"]), default="business", show_default=True, help="What the creditor is."
)
@click.option("--notice", type=DAY, help="The day of the formal notice: a consumer owes interest from then.")
@click.option("--presented", type=DAY, help="The day the post presented that notice: it counts from then.")
@click.option("--below-floor", is_flag=True, help="Work an agreed rate below three times the legal rate out all the same, with the finding.")
@click.option("--judgment", type=DAY, help="The day a judgment became enforceable: two months later the legal rate is five points higher (CMF L313-3).")
@click.option("--capitalised", type=DAY, help="The day from which a court lets a whole year's interest bear interest (C. civ. 1343-2).")
@click.option("--insolvency", type=DAY, help="The day of the insolvency judgment: interest stops.")
@click.option(
    "--allocation", type=click.Choice(["interest_first", "principal_first"]), default="interest_first", show_default=True,
    help="What a payment settles first (C. civ. 1343-1).",
)  # fmt: skip
@click.option(
    "--format",
    "form",
    type=click.Choice(["auto", "text", "json"]),
    default="auto",
    help="A table in a terminal, JSON elsewhere, or as said.",
)
@figures_option
def command(folder: Path | None, form: str, **given: Any) -> None:
    """Work out the interest on an invoice paid late: days, rate and sum of every stretch, and their sources.

    Between professionals: C. com. L441-10 and the 40 € of D441-5. Against a consumer: the legal rate from the formal notice.
    """
    from relance.law.claims import BelowFloor
    from relance.law.parameters import UnknownParameter

    law = law_in_force(folder)
    _refuse(**given)
    try:
        result = _worked_out(law, **given)
    except UnknownParameter as error:
        raise Stop(sentence("the interest cannot be worked out (C. com. L441-10 II, C. mon. fin. L313-2): {error}", error=error)) from error
    except BelowFloor as error:
        raise Stop(error.args[0]) from error
    result = replace(result, notes=(*result.notes, *_unused(**given)))
    if form == "json" or (form == "auto" and not sys.stdout.isatty()):
        print_json(_machine(result, law, **given))
    else:
        _table(result, law, **given)


def _refuse(
    *,
    amount: Decimal,
    due: date,
    until: date,
    payments: Any,
    credits_: Any,
    issued: date | None,
    rate: Decimal | None,
    debtor: str,
    creditor: str,
    notice: date | None,
    presented: date | None,
    **_: Any,
) -> None:
    """Stop at what cannot be."""
    if not amount:
        raise Stop(sentence("--amount is nothing: there is no interest on it"))
    if until < due:
        raise Stop(sentence("--until {until} is before --due {due}: interest runs from the day after the due date (C. com. L441-10 II)", until=until, due=due))
    if issued is not None and issued > due:
        raise Stop(sentence("--issued {issued} is after --due {due}: an invoice cannot fall due before it exists (C. com. L441-9)", issued=issued, due=due))
    if rate is not None and (debtor == "consumer" or creditor == "individual"):
        raise Stop(
            sentence("--rate is the late interest of C. com. L441-10 II, which holds between professionals; "
            "a consumer owes the legal rate, from the formal notice (C. civ. 1231-6): leave --rate out and give --notice")
        )
    for day, paid in (*payments, *credits_):
        if issued is not None and day < issued:
            raise Stop(sentence("{paid} on {day} came before the invoice of {issued}: it cannot have been paid on it (C. civ. 1342-10)", paid=paid, day=day, issued=issued))
        if issued is None and day < due - _LONGEST_TERM:
            raise Stop(
                sentence("{paid} on {day} came before the invoice: one due on {due} is of {what} at the earliest, by the longest lawful term (C. com. L441-10 I); if it is older, give --issued", paid=paid, day=day, due=due, what=due - _LONGEST_TERM)
            )
    if notice is not None and notice < (issued or due - _LONGEST_TERM):
        raise Stop(sentence("--notice {notice} is before the invoice: one can be put on notice only for what is owed (C. civ. 1344)", notice=notice))
    if presented is not None and (notice is None or presented < notice):
        raise Stop(sentence("--presented {presented}: a notice is presented on the day it left or later; give the day it left as --notice", presented=presented))


def _unused(*, until: date, payments: Any, credits_: Any, debtor: str, creditor: str, notice: date | None, **_: Any) -> Iterator[str]:
    """Say what was given and changes nothing."""
    for day, paid in (*payments, *credits_):
        if day > until:
            yield sentence("{paid} on {day} is not counted: it came after --until {until}", paid=paid, day=day, until=until)
    if notice is not None and debtor == creditor == "business":
        yield sentence("the notice of {notice} changes nothing between professionals: late interest needs no reminder (C. com. L441-10 II)", notice=notice)


def _worked_out(
    law: Law,
    *,
    amount: Decimal,
    due: date,
    until: date,
    payments: Any,
    credits_: Any,
    rate: Decimal | None,
    debtor: str,
    creditor: str,
    notice: date | None,
    presented: date | None,
    judgment: date | None,
    capitalised: date | None,
    below_floor: bool,
    insolvency: date | None,
    allocation: str,
    **_: Any,
) -> Claimed:
    from relance.law.claims import Allocation, Movement, Owed, claimed
    from relance.law.regimes import regime_of
    from relance.model import Charge

    moved = (*(Movement(*payment) for payment in payments), *(Movement(day, credit, credit=True) for day, credit in credits_))
    both = bool(regime_of(debtor, creditor).late_interest)
    return claimed(
        (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY) if both else (Charge.LEGAL_INTEREST,),
        [Owed("", due, amount, moved, rate, presented_on=presented, enforceable_on=judgment, capitalised_from=capitalised, below_floor=below_floor)],
        until,
        debtor_kind=debtor,
        creditor_kind=creditor,
        notice_on=notice,
        insolvency_on=insolvency,
        allocation=Allocation(allocation),
        law=law,
        strict=True,
    )


def _used(result: Claimed, law: Law, *, due: date, rate: Decimal | None, debtor: str, creditor: str, **_: Any) -> list[tuple[Parameter, Value]]:
    """Return every stated value that the result rests on, once."""
    from relance.law.regimes import regime_of

    regime = regime_of(debtor, creditor)
    name = regime.late_interest
    if not name:
        name = "legal-interest-others" if creditor == "business" else "legal-interest-individuals"
    first = due + timedelta(days=1)
    days = [("late-interest-floor", first)] if rate is not None else [(name, segment.start) for segment in result.segments]
    if result.fixed_indemnity:
        days.append((regime.fixed_indemnity, first))
    return list(dict.fromkeys(pair for name, day in days for pair in law.values_on(name, day)))


def _machine(result: Claimed, law: Law, *, due: date, rate: Decimal | None, debtor: str, creditor: str, **_: Any) -> dict[str, Any]:
    interest = sum((segment.interest for segment in result.segments), Decimal("0.00"))
    open_interest = result.late_interest + result.legal_interest
    return {
        "version": 1,
        "segments": [
            {
                "from": segment.start.isoformat(),
                "to": segment.end.isoformat(),
                "days": segment.days,
                "rate": str(segment.rate),
                "base": _money(segment.base),
                "interest": _money(segment.interest),
            }
            for segment in result.segments
        ],
        "interest": _money(interest),
        "indemnity": _money(result.fixed_indemnity),
        "total": _money(interest + result.fixed_indemnity),
        "interest_paid": _money(interest - open_interest),
        "principal": _money(result.principal),
        "to_pay": _money(result.total),
        "notes": [str(note) for note in result.notes],
        "sources": [sourced(parameter, value) for parameter, value in _used(result, law, due=due, rate=rate, debtor=debtor, creditor=creditor)],
    }


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _said(amount: Decimal) -> str:
    return tell_part(Decimal(_money(amount)))


def _table(result: Claimed, law: Law, **given: Any) -> None:
    from rich.table import Table

    from relance.cli.screen import screen

    known = _machine(result, law, **given)
    table = Table(box=None, pad_edge=False)
    for heading in _HEADS:
        table.add_column(head(heading), justify="left" if heading in _HEADS[:2] else "right", no_wrap=True)
    for each in result.segments:
        sums = tell_part(each.rate) + " %", _said(each.base), _said(each.interest)
        table.add_row(tell_part(each.start), tell_part(each.end), str(each.days), *sums)
    console = screen(soft_wrap=True)
    if result.segments:
        console.print(table)
    sums_of = {name: known[key] for name, key in _LINES.items() if key != "interest_paid" or known[key] != "0.00"}
    wide = max(len(told(name)) for name in _LINES)
    for name, amount in sums_of.items():
        console.print(f"{told(name):<{wide}} {_said(Decimal(amount)):>12} €", markup=False)
    for note in result.notes:
        echo_filled(tell("note: {note}", note=note), hang=2)
    if known["sources"]:
        click.echo(tell("sources:"))
    for parameter, value in _used(result, law, **given):
        say_source(parameter, value, law=True)
