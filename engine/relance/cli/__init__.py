"""The command line: one file a command, loaded only when it is called, so that `--help` costs nothing.

Only this floor prints, and only it reads the clock, the environment and the working directory.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize

import click

from relance.cli.completing import completing
from relance.cli.speech import click_speaks, in_language, lang_option, language_here, option_in_language, placeholder
from relance.cli.upright import upright
from relance.extras import missing
from relance.files import PROJECT, find_above
from relance.sentences import read_in, system_words, tell, told

#: What French people type for a command, without accents.
_IN_FRENCH = {
    **dict.fromkeys(("valider", "verifier", "controler", "check", "lint"), "validate"), **dict.fromkeys(("tester", "essais", "essayer", "tests"), "test"), **dict.fromkeys(("apercu", "previsualiser", "voir", "simuler"), "preview"),
    **dict.fromkeys(("lancer", "executer", "demarrer", "relancer"), "run"), **dict.fromkeys(("envoyer", "expedier"), "send"), **dict.fromkeys(("importer",), "import"), **dict.fromkeys(("enregistrer", "noter", "saisir"), "record"),
    **dict.fromkeys(("convertir",), "convert"), **dict.fromkeys(("expliquer", "aide", "help"), "explain"), **dict.fromkeys(("nouveau", "creer", "commencer", "init"), "new"), **dict.fromkeys(("prouver", "preuve"), "prove"),
    **dict.fromkeys(("pourquoi",), "why"), **dict.fromkeys(("historique", "histoire"), "history"), **dict.fromkeys(("dossiers", "cas", "balance"), "cases"), **dict.fromkeys(("prevoir", "prevision", "previsions"), "forecast"),
    **dict.fromkeys(("livre",), "book"), **dict.fromkeys(("signer",), "sign"), **dict.fromkeys(("mettre-en-forme", "format", "formater"), "fmt"), **dict.fromkeys(("interets",), "interest"), **dict.fromkeys(("echeance",), "due-date"),
    **dict.fromkeys(("rapport",), "report"), **dict.fromkeys(("taches", "a-faire"), "todo"), **dict.fromkeys(("loi",), "law"), **dict.fromkeys(("difference", "comparer"), "diff"), **dict.fromkeys(("fusionner",), "merge"), **dict.fromkeys(("appel",), "call"),
    **dict.fromkeys(("prescription",), "limitation"), **dict.fromkeys(("delai",), "deadline"), **dict.fromkeys(("modeles", "textes"), "template"), **dict.fromkeys(("messages", "brouillons", "approuver"), "outbox"),
}  # fmt: skip
#: Command → (module in this package, one line for `relance --help`). A module offers a click command named `command`.
COMMANDS: dict[str, tuple[str, str]] = {
    "claim": ("claim", "Open the case of one unpaid invoice: letter and e-mail in five minutes."),
    "validate": ("validate", "Check playbooks and the files beside them; all mistakes at once."),
    "new": ("new", "Begin a project: a playbook that passes its tests, a wording, relance.yaml, CI."),
    "fmt": ("fmt", "Indent playbooks and the files beside them alike; comments stay."),
    "convert": ("convert", "Read the rules of another product (Odoo, Kill Bill, Lago, …) into playbooks."),
    "lsp": ("lsp", "Serve an editor: findings, completion, hover, quick fixes."),
    "explain": ("explain", "Explain a code of a finding, with a bad and a good example."),
    "schema": ("schema", "Say what a key of a playbook means."),
    "show": ("show", "Print a playbook as it is read, with what it extends merged in."),
    "test": ("test", "Run the tests that stand beside playbooks."),
    "prove": ("prove", "Hold a playbook's promises against every history of a case."),
    "book": ("book", "Write a playbook's book: drawn, in plain French, with every text, to be signed."),
    "sign": ("sign", "Keep who read a playbook's book, when, with which reservations."),
    "decide": ("decide", "Say what a playbook asks of a case on a day, and why."),
    "preview": ("preview", "Play a playbook forward for one case, before anything is sent."),
    "run": ("run", "Run a portfolio on a day: decide, emit once, write the messages."),
    "forecast": ("forecast", "Play a portfolio forward: messages, postage, notices, hand-overs, cash."),
    "diff": ("diff", "Say what a change of a playbook would change for a portfolio."),
    "demo": ("demo", "Run the sample portfolio that ships with relance."),
    "studio": ("studio", "Write, see and decide in a browser."),
    "todo": ("todo", "List what waits for a person today, with the command that settles each."),
    "call": ("call", "Record what came of a call."),
    "done": ("done", "Record that a task is done."),
    "inbox": ("inbox", "Read bounces and replies out of a mailbox into the journal."),
    "follow": ("follow", "Ask the postal provider what became of letters."),
    "import": ("import_", "Read accounting files, e-invoices and bank statements into the journal."),
    "record": ("record", "Record what happened: a payment, a dispute, a promise, a letter returned."),
    "matching": ("matching", "Show the money that waits for a person, and say what it pays."),
    "merge": ("merge", "Say that two debtors are one; `split` undoes it."),
    "split": ("split", "Say that two debtors are two, merged before or only alike."),
    "creditor": ("creditor", "Confirm a creditor's changed IBAN, write down his mandate, close one who leaves."),
    "attach": ("attach", "Keep a document with a case."),
    "cases": ("cases", "List the open cases by status, age and next step; the ageing table."),
    "history": ("history", "Show all that the journal says of a case."),
    "why": ("why", "Say why something was sent, or was not, on a day, with what was known then."),
    "report": ("report", "Show contacts, recovered amounts, promises kept and days to pay."),
    "evidence": ("evidence", "Put together the file of a case for a bailiff or a court, or verify one."),
    "estate": ("estate", "Write to the notary or the heirs of a debtor who has died."),
    "receipt": ("receipt", "Write the receipt for what a debtor paid, with what it served."),
    "journal": ("journal", "Verify, export, import, back up and restore the journal."),
    "access": ("access", "Write all that is known of a person, for that person (GDPR art. 15)."),
    "forget": ("forget", "Erase a debtor's personal data."),
    "interest": ("interest", "Work out the interest on an invoice paid late, segment by segment."),
    "due-date": ("due_date", "Work out when an invoice falls due, and whether its terms are lawful."),
    "deadline": ("deadline", "Work out the last day of a period: of a contract, a procedure, an electronic letter."),
    "limitation": ("limitation", "Say from which day a claim is time-barred."),
    "law": ("law", "List the dated figures of the law and their sources; check how fresh they are."),
    "render": ("render", "Write letters, e-mails, texts and call sheets of what waits, as files."),
    "outbox": ("outbox", "Show the messages that wait; approve, reject, skip, settle."),
    "send": ("send", "Send what is ready: e-mails, letters, texts; inside contact hours."),
    "template": ("template", "List the names a wording may use, read a wording, check wordings."),
}


#: What the system says when there is no room for what is printed.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


#: How many more things there must be before Python looks for cycles among them: a command makes many that stay, and hardly a cycle.
_FEW_SEARCHES = 50_000


#: Where a context keeps whether the help of a command is asked for.
_HELP = "relance.help"


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, in the order of a working day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"relance.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        if (project := find_above(Path.cwd(), PROJECT)) is not None:
            from relance.cli.common import Stop
            from relance.cli.defaults import defaults_of, only_its_help

            try:
                ctx.default_map = {**(ctx.default_map or {}), cmd_name: defaults_of(cmd_name, command, project)}
            except Stop as error:
                if not ctx.resilient_parsing and not ctx.meta.get(_HELP):
                    raise
                command = only_its_help(command, error)
        return completing(in_language(command), cmd_name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and remember whether its help is asked for: that works whatever relance.yaml says."""
        ctx.meta[_HELP] = not {"-h", "--help"}.isdisjoint(args)
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from relance.cli.common import Stop

            plain = "".join(letter for letter in normalize("NFKD", args[0].casefold()) if not combining(letter)) if args else ""
            if not ctx.resilient_parsing and (near := _IN_FRENCH.get(plain)) is not None:
                raise Stop(tell("there is no command '{name}'; did you mean '{near}'?", name=args[0], near=near)) from error
            raise

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; where an extra is missing or what it prints finds no room, say so in a sentence, exit code 2."""
        gc.set_threshold(_FEW_SEARCHES)
        os.umask(0o077)  # whatever it writes names people and what they owe
        click_speaks()
        with read_in(language_here(args[0] if args else kwargs.get("args"))):
            return self._spoken(*args, **kwargs)

    def _spoken(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command in the language of the reader, its ends of another kind said in it, too."""
        try:
            try:
                with redirect_stdout(upright(sys.stdout)), redirect_stderr(upright(sys.stderr)):
                    return super().main(*args, **kwargs)
            finally:
                sys.stdout.flush()
        except ModuleNotFoundError as error:
            if (sentence := missing(error)) is None:
                raise
            click.echo(tell("Error: {message}", message=sentence), err=True)
            sys.exit(2)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer finds its end there
            click.echo(tell("Error: the output cannot be written: {reason}", reason=system_words(error)), err=True)
            sys.exit(2)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Say how the command is called, in the language of the reader."""
        return [placeholder(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Name the options of all commands, with their help in the language of the reader."""
        return [option_in_language(each) for each in super().get_params(ctx)]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what relance is, in the language of the reader."""
        with formatter.indentation():
            formatter.write_text(told(self.help or ""))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, without importing one."""
        if not COMMANDS:
            return
        with formatter.section(told("Commands")):
            formatter.write_dl([(name, told(line)) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="relance")
def main() -> None:
    """Playbooks as code for amicable debt recovery: validate, test, preview, run."""


main.params.append(lang_option(hidden=False))
