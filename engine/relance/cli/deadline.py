"""`relance deadline`: the last day of a period that a contract, a procedure or a letter grants."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from relance.cli.common import DAY, Stop, format_option, print_json
from relance.cli.law import figures_option, law_in_force
from relance.law.procedure import DELAYS
from relance.sentences import marked, reader, sentence, tell

#: Kind of period → the article it is counted by.
_BASIS = {
    "contract": marked("the first day does not count and nothing rolls"),
    "procedure": marked("CPC 640 to 644: a period that ends on a closed day runs to the next working day"),
    "electronic-letter": marked("CPCE R53-3: the letter may be accepted for so many days, then the days granted run"),
}


@click.command(name="deadline")
@click.option("--from", "start", type=DAY, required=True, help="The day of the act, of the letter, or on which it was sent.")
@click.option("--act", type=click.Choice(tuple(DELAYS)), help="A delay of a payment order, counted from the act that opens it; its length is the law's.")
@click.option("--length", "written", metavar="DURATION", help='"8 days", "1 month", "2 weeks" or P1M; days for an electronic letter.')
@click.option("--kind", type=click.Choice(tuple(_BASIS)), default="contract", show_default=True, help="What grants the period.")
@click.option("--holidays", default="FR", show_default=True, metavar="PLACE", help="Whose holidays a procedure looks at: FR-57, FR-971.")
@click.option("--person", metavar="PLACE", help="Where the person who must act lives, if not where the court is: overseas adds a month, abroad two.")
@format_option("text", "json")
@figures_option
def command(start: date, act: str | None, written: str | None, kind: str, holidays: str, person: str | None, form: str, folder: Path | None) -> None:
    """Work out the last day of a period. One of procedure rolls to the next working day; those of contracts and letters never do."""
    from relance.language.parse import duration
    from relance.law.deadlines import contractual, electronic_registered
    from relance.law.parameters import UnknownParameter
    from relance.law.procedure import delay_of, last_day
    from relance.model import TimeUnit

    if (act is None) == (written is None):
        raise Stop(sentence("say either --length or --act"))
    basis = sentence(_BASIS[kind])
    home = person or holidays
    try:
        if act is not None:
            kind, written = "procedure", f"act {act}"
            last = delay_of(act, start, court=holidays, person=home, law=law_in_force(folder))
            basis = sentence("{act}; counted from the day {opens}, CPC 640 to 644", act=sentence(DELAYS[act].title), opens=sentence(DELAYS[act].opens))
            _tell(start, written, kind, last, basis, form)
            return
        length = duration(written or "")
        if kind == "electronic-letter":
            if length.unit is not TimeUnit.DAY:
                raise Stop(sentence("--length: an electronic registered letter grants days, such as '8 days'"))
            last = electronic_registered(start, length.number, law=law_in_force(folder))
        else:
            last = last_day(start, length, court=holidays, person=home) if kind == "procedure" else contractual(start, length)
    except UnknownParameter as error:
        raise Stop(str(error)) from error
    except LookupError as error:
        raise Stop(sentence("--holidays: nobody knows the place {error}: write FR, FR-57, FR-971 …", error=error)) from error
    except ValueError as error:
        raise Stop(sentence("--length: {error}", error=error)) from error
    except OverflowError as error:
        raise Stop(sentence("{written} from {start} ends after the year 9999", written=repr(written), start=start)) from error
    _tell(start, written or "", kind, last, basis, form)


def _tell(start: date, written: str, kind: str, last: date, basis: str, form: str) -> None:
    from relance.dates import span

    if form == "json":
        print_json({"version": 1, "from": start.isoformat(), "length": written, "kind": kind, "last_day": last.isoformat(), "basis": basis})
    else:
        click.echo(tell("{last}, {time} after {start} ({basis})", last=last, time=span(start, last, reader()), start=start, basis=basis))
