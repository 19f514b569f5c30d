"""`relance template`: what an author of wordings needs: the names there are, a wording read aloud, the checks.

Owns the printing. The declared context is `letters.fields`, the sample case `letters.sample`.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from relance.cli.common import FILE
from relance.cli.loading import file_of, playbook_of
from relance.model import TONES, Asks, Channel, Tone
from relance.sentences import told

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
templates_option = click.option(
    "--templates",
    "folders",
    type=FOLDER,
    multiple=True,
    help="A folder of your own wordings; it comes before the shipped one, file by file.",
)


@click.group(name="template")
def command() -> None:
    """List the names a wording may use, read a wording, check wordings."""


@command.command(name="vars")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.option("--lang", "language", default="fr", help="Language of the sample values.")
def variables(form: str, language: str) -> None:
    """List every name a wording may use, with its meaning and a sample value."""
    from relance.letters import sample
    from relance.letters.context import build
    from relance.letters.fields import declared
    from relance.report.words import held

    case = sample.facts(invoices=2)
    action = sample.action(case, channel=Channel.LETTER, tone=Tone.FORMAL, language=language)
    found = list(declared(build([action], case, sample.writing(agency=True))))
    if form == "json":
        click.echo(json.dumps({"version": 1, "vars": [each._asdict() for each in found]}, ensure_ascii=False, indent=2))
        return
    name, kind = max(len(each.name) for each in found), max(len(held(each.type)) for each in found)
    for each in found:
        shown = f"  ({told(each.sample)})" if each.sample else ""
        click.echo(f"{each.name:<{name}}  {held(each.type):<{kind}}  {told(each.meaning)}{shown}")


@command.command(name="list")
@templates_option
def names(folders: tuple[Path, ...]) -> None:
    """List the templates there are, with their channels, by language."""
    from relance.letters.wording import Templates

    templates = Templates(*folders)
    for language in templates.languages():
        for name in templates.names(language):
            click.echo(f"{language}  {name}  {', '.join(templates.channels(name, language))}")


@command.command(name="show")
@click.argument("name")
@click.option(
    "--channel",
    type=click.Choice([str(channel) for channel in Channel if channel not in (Channel.TASK, Channel.HANDOVER, Channel.WEBHOOK)]),
    default="letter",
)
@click.option("--tone", type=click.Choice([str(tone) for tone in TONES]), default="courteous", help="The tone to read it at.")
@click.option("--lang", "language", default="fr", help="The language to read it in.")
@click.option("--invoices", type=click.IntRange(1, 200), default=1, help="How many invoices the sample has.")
@click.option("--consumer", is_flag=True, help="The sample debtor is a consumer.")
@click.option("--agency", is_flag=True, help="An agency writes for the creditor.")
@click.option(
    "--rich", is_flag=True, help="Two invoices, with a part payment, a credit note, a promise and a plan that failed, and others in dispute, in dollars, not due."
)
@click.option("--asks", type=click.Choice([str(each) for each in Asks]), default=str(Asks.WHOLE), help="What the step asks: the whole, or the arrears of a plan (`--rich` has one).")
@templates_option
def show(
    name: str, channel: str, tone: str, language: str, invoices: int, folders: tuple[Path, ...], asks: str, *, consumer: bool, agency: bool, rich: bool
) -> None:
    """Read a wording as plain text, filled with a sample case."""
    from relance.letters import sample
    from relance.letters.context import build
    from relance.letters.wording import Templates, WordingError

    case = sample.facts(consumer=consumer, invoices=max(invoices, 3) if rich else invoices)
    about = case.invoices[:2] if rich else ()
    case = sample.rich(case) if rich else case
    action = sample.action(case, channel=Channel(channel), tone=Tone(tone), language=language, template=name, about=about, asks=Asks(asks))
    try:
        text = Templates(*folders).find(name, Channel(channel), language).render(build([action], case, sample.writing(agency=agency)))
    except WordingError as error:
        found = error.diagnostic
        click.echo(f"{found.path}:{found.line}:{found.column}: {told(found.message)} [{found.code}]", err=True)
        raise SystemExit(2) from error
    if text.subject:
        click.echo(f"{text.subject}\n")
    click.echo(text.plain(), nl=False)


@command.command(name="check")
@click.argument("playbooks", nargs=-1)
@click.option("--lang", "languages", multiple=True, help="Only this language; may be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it.")
@click.option("--letterhead", type=FILE, metavar="FILE", help="Read them with your own letterhead; a sample without.")
@templates_option
def check(playbooks: tuple[str, ...], languages: tuple[str, ...], form: str, letterhead: Path | None, folders: tuple[Path, ...]) -> None:
    """Check every wording, as written and as the law reads it once filled with a sample case.

    With PLAYBOOKS, check that these playbooks find theirs and may send them. Exit 1 when something was found.
    """
    from relance.cli.common import end, print_json
    from relance.cli.posting import letterhead_of
    from relance.language import resolve
    from relance.letters import lawful
    from relance.letters.check import check_all, check_playbook
    from relance.letters.folders import unused
    from relance.letters.wording import Templates

    templates, paper = Templates(*folders), letterhead_of(letterhead) if letterhead else None
    found = set() if playbooks else set(check_all(templates, languages=languages))
    if not playbooks and not found:
        found.update(lawful.check_all(templates, languages=languages, paper=paper))
    found.update(() if playbooks else unused(templates))
    for name in playbooks:
        playbook, path = playbook_of(name, checks=False), file_of(name)
        source, _ = resolve(path.read_bytes(), str(path))
        mine = check_playbook(playbook, source, templates)
        found.update(mine or lawful.check_playbook(playbook, source, templates, paper))
    findings = sorted(found)
    if form == "json":
        keys = ("code", "severity", "message", "path", "line", "column", "end_line", "end_column", "hint")
        print_json({"version": 1, "diagnostics": [{key: getattr(each, key) for key in keys} for each in findings]})
    for each in findings if form == "text" else ():
        click.echo(f"{each.path}:{each.line}:{each.column}: {told(each.message)} [{each.code}]")
        if each.hint:
            click.echo(f"    {told(each.hint)}")
    end(1 if findings else 0)
