"""`relance law diff` and `relance law coming`: what changed between two days, which playbooks and letters that touches, and what is to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relance.cli.common import DAY, Stop, echo_filled, format_option, print_json
from relance.cli.loading import playbook_of
from relance.report.law_words import article, with_unit
from relance.sentences import tell, tell_number, tell_part

if TYPE_CHECKING:
    from relance.book.touched import TouchedPlaybook
    from relance.law.changes import ComingText
    from relance.law.parameters import Law
    from relance.model import Playbook

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(name="diff")
@click.argument("first", type=DAY, metavar="DAY")
@click.argument("last", type=DAY, metavar="DAY")
@click.option("--playbook", "names", multiple=True, metavar="PLAYBOOK", help="A playbook to look at; may be repeated. Without it, those that ship.")
@click.option("--templates", "folders", type=_FOLDER, multiple=True, metavar="DIR", help="Your own wordings.")
@format_option("text", "json")
@click.pass_obj
def diff(law: Law, first: date, last: date, names: tuple[str, ...], folders: tuple[Path, ...], form: str) -> None:
    """Say which figures and texts changed from the first DAY to the second, and which playbooks and letters that touches.

    \b
    relance law diff 2026-06-30 2026-07-01
    relance law diff 2026-11-26 2027-01-01 --playbook playbooks/ours.yaml --templates wordings
    """  # noqa: D301 - \b is click's
    from relance.language import library
    from relance.letters.wording import Templates

    if last <= first:
        raise Stop(tell("the second day, {last}, does not come after the first, {first}", last=last, first=first))
    playbooks, templates = [playbook_of(name, checks=False) for name in names or library.shipped_ids()], Templates(*folders)
    changes = [*_figures(law, first, last, playbooks, templates), *_texts(law, first, last, playbooks, templates)]
    if form == "json":
        print_json({"version": 1, "from": first.isoformat(), "to": last.isoformat(), "changes": changes})
        return
    for each in changes:
        echo_filled(_line(law, each), hang=2)
    if touched := [*_together(changes)]:
        click.echo(tell("touched:"))
    for line in touched:
        echo_filled(line, indent=2, hang=2)
    click.echo(tell_number("{count} change from {first} to {last}", "{count} changes from {first} to {last}", len(changes), first=first, last=last), err=True)


def _figures(law: Law, first: date, last: date, playbooks: list[Playbook], templates: Any) -> Iterable[dict[str, Any]]:
    from relance.law.changes import ended_versions, figure_changes

    for change in figure_changes(law, first, last):
        before, after = (None if value is None else str(value) for value in (change.before, change.after))
        yield {
            "kind": "figure", "name": change.figure.name, "before": before, "after": after, "unit": change.figure.unit, "law": change.figure.law,
            "playbooks": _touched(playbooks, templates, [change.figure.name], ()),
        }  # fmt: skip
    for figure in ended_versions(law, first, last):
        yield {"kind": "version", "name": figure.name, "law": figure.law, "until": str(figure.text_until), "playbooks": []}


def _texts(law: Law, first: date, last: date, playbooks: list[Playbook], templates: Any) -> Iterable[dict[str, Any]]:
    del law
    from relance.law.changes import texts_between

    for text in texts_between(first, last):
        yield {"kind": "text", **_text(text), "playbooks": _touched(playbooks, templates, text.figures, text.articles)}


def _touched(playbooks: list[Playbook], templates: Any, figures: Iterable[str], articles: Iterable[str]) -> list[dict[str, Any]]:
    from relance.book.touched import touched_by

    found = (touched_by(playbook, templates, tuple(figures), tuple(articles)) for playbook in playbooks)
    return [_plain(each) for each in found if each is not None]


def _plain(touched: TouchedPlaybook) -> dict[str, Any]:
    return {"playbook": touched.playbook, "steps": list(touched.steps), "letters": list(touched.letters), "whole": touched.whole}


def _text(text: ComingText) -> dict[str, Any]:
    return {
        "name": text.name, "about": text.about, "start": text.start and text.start.isoformat(), "articles": list(text.articles), "figures": list(text.figures),
        "codes": list(text.codes), "verified": text.verified, "read_on": text.read_on and text.read_on.isoformat(), "url": text.url,
    }  # fmt: skip


def _line(law: Law, change: dict[str, Any]) -> str:
    match change["kind"]:
        case "figure":
            figure = law[change["name"]]
            before, after = (with_unit(None if change[side] is None else Decimal(change[side]), figure.unit) for side in ("before", "after"))
            return f"{figure.name}: {before} → {after} ({article(figure)})"
        case "version":
            last = date.fromisoformat(change["until"])
            return tell("{name}: the version of {law} read here ends on {until}; read the next one", name=change["name"], law=article(law[change["name"]]), until=last)
        case _:
            return _text_line(change)


def _text_line(text: dict[str, Any]) -> str:
    flag = "" if text["verified"] else " " + tell("[not verified]")
    when = tell_part(date.fromisoformat(text["start"])) if text["start"] else tell("no day yet")
    codes = " " + tell("Checks: {codes}.", codes=text["codes"]) if text["codes"] else ""
    return f"{when}: {text['name']}{flag}. {text['about']}.{codes}"


def _together(changes: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Say of each playbook what any of the changes touches: its steps, and the wordings by name."""
    steps: dict[str, dict[str, None]] = {}
    letters: dict[str, dict[str, None]] = {}
    for touched in (each for change in changes for each in change["playbooks"]):
        known = steps.setdefault(touched["playbook"], {})
        known.update(dict.fromkeys([tell("the whole ladder (limitation)")] if touched["whole"] else []))
        known.update(dict.fromkeys(touched["steps"]))
        letters.setdefault(touched["playbook"], {}).update(dict.fromkeys(place.split("/")[1] for place in touched["letters"]))
    for playbook in sorted(steps):
        told_steps = ", ".join(steps[playbook]) or "–"
        yield tell("{playbook}: steps {steps}; wordings {letters}", playbook=playbook, steps=told_steps, letters=", ".join(letters[playbook]) or "–")


@click.command(name="coming")
@format_option("text", "json")
def coming(form: str) -> None:
    """List the texts to come, or just come, that would change what is computed or written: since when, what they touch, where that was read."""
    from relance.law.changes import coming_texts

    if form == "json":
        print_json({"version": 1, "coming": [_text(each) for each in coming_texts()]})
        return
    for each in coming_texts():
        said = _text(each)
        echo_filled(_text_line(said), hang=2)
        if touched := [*said["articles"], *said["figures"]]:
            echo_filled(", ".join(touched), indent=4, hang=2)
        read = tell("read on {day}", day=each.read_on) if each.read_on else tell("from memory")
        echo_filled(f"{read}: {each.url}", indent=4, hang=2)
