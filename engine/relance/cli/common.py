"""What several commands share: the journal's option, days, the clock, and how a command stops.

Exit codes: 0 all is well, 1 something was found, 2 a mistake in the call or something that cannot be read.
"""

from __future__ import annotations

import errno
import getpass
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from relance.files import replace_whole
from relance.sentences import Phrase, retold, sentence, system_words, tell, told
from relance.zones import paris_day

if TYPE_CHECKING:
    from relance.journal.journal import Journal
    from relance.model import Creditor
    from relance.portfolio.explain import Target

#: Where a command keeps whether `--replace` was given.
_REPLACE = "relance.replace"
F = TypeVar("F", bound=Callable[..., Any])


class Stop(click.ClickException):
    """What cannot be read, or a mistake in the call: one sentence, exit code 2."""

    exit_code = 2

    def format_message(self) -> str:
        """Say it in the language of the reader; what an exception made plain text of is found again."""
        return told(self.message) if isinstance(self.message, Phrase) else retold(self.message)


def counting(say: Callable[[int], str]) -> Callable[[int], bool]:
    """Return what shows on a terminal how far something has come, and lets it go on."""

    def shown(count: int) -> bool:
        if sys.stderr.isatty():
            click.echo(f"\r{say(count)}", nl=False, err=True)
        return True

    return shown


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.2
    """A day as YYYY-MM-DD, or `today`."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it."""
        if isinstance(value, date):
            return value
        if value == "today":
            return today()
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise click.BadParameter(tell("'{value}' is no day; write YYYY-MM-DD", value=value), ctx, param)


DAY = Day()
#: A file that is there.
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is where debtors and creditors live."""
    return paris_day(now())


def _no_password(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Refuse an address with a password on the command line: every user of the machine sees it there, and the shell's history keeps it."""
    typed = context.get_parameter_source(parameter.name or "") is click.core.ParameterSource.COMMANDLINE
    if typed and re.match(r"[^/]+://[^/@:]*:[^/@]+@", value):
        raise Stop(sentence("a password on a command line is seen by whoever uses this machine: set RELANCE_JOURNAL, or let ~/.pgpass or PGPASSFILE hold it"))
    return value


def journal_option(command: F) -> F:
    """Give a command `--journal`."""
    return click.option(
        "--journal", "where", callback=_no_password, default="relance.db", envvar="RELANCE_JOURNAL", show_default=True, show_envvar=True, metavar="FILE|URL",
        help="The journal: an SQLite file, or postgresql+psycopg://….",
    )(command)  # fmt: skip


def new_option(command: F) -> F:
    """Give a command that may begin a journal `--new`."""
    return click.option("--new", is_flag=True, help="Begin a new journal, though another lies beside it.")(command)


def actor_option(command: F) -> F:
    """Give a command `--actor`."""
    return click.option(
        "--actor", envvar="RELANCE_ACTOR", show_envvar=True, default=_user, metavar="NAME", help="Who does it; the user's name by default.",
    )(command)  # fmt: skip


def format_option(*forms: str) -> Callable[[F], F]:
    """Give a command `--format` with these forms, the first by default."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help="How to print it.")


def creditor_option(command: F) -> F:
    """Give a command `--creditor`."""
    return click.option("--creditor", metavar="ID", help="Whose case, where several creditors know it.")(command)


def system_user() -> str:
    """Return who the system says is at work, whatever the environment says."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return _user()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


@contextmanager
def opened(where: str, *, create: bool = False, new: bool = False, read_only: bool = False, creditor: str | None = None) -> Iterator[Journal]:
    """Open the journal for a command; what is wrong with it ends the command with a sentence, and so does a `creditor` it does not know: a list of his would be empty."""
    from relance.journal.journal import Journal, JournalError

    if create:
        say_if_new(where, new=new)
    try:
        with Journal.open(where, now=now, create=create, read_only=read_only) as journal:
            if creditor is not None:
                known_creditor(journal, creditor)
            yield journal
    except JournalError as error:
        raise Stop(str(error)) from error


def known_creditor(journal: Journal, name: str) -> Creditor:
    """Return what was last recorded of a creditor; one that nobody told of ends the command."""
    from relance.model import Creditor

    found = next((each for each in journal.creditor_records() if each.id == name), None)
    if found is None and name not in journal.creditors():
        raise Stop(tell("the journal knows no creditor '{name}'", name=name))
    return found or Creditor(name)


def say_if_new(where: str, *, new: bool) -> None:
    """Say that a journal is begun, with its whole path; stop where another lies beside it and `new` was not asked for.

    A mistyped name, or a scheduled run in another folder, would otherwise ask every debtor anew.
    """
    if "://" in where or Path(where).exists():
        return
    place = Path(where).absolute()
    beside = [] if new else [one.name for one in sorted(place.parent.glob("*")) if is_journal(one)]
    if beside:
        raise Stop(tell("there is no journal at '{place}', and {beside} lies beside it: name that one by --journal, or begin a new one with --new", place=place, beside=beside))
    click.echo(tell("a new journal is begun: {place}", place=place), err=True)


def is_journal(path: Path) -> bool:
    """Say whether a file is a journal in SQLite."""
    import sqlite3

    try:
        with path.open("rb") as stream:
            if stream.read(16) != b"SQLite format 3\0":
                return False
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            return bool(base.execute("SELECT count(*) = 2 FROM sqlite_master WHERE name IN ('journal', 'chains')").fetchone()[0])
    except (OSError, sqlite3.Error):
        return False


def named(where: str) -> str:
    """Name a journal without the password its address may hold."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:***@", where)


def found(journal: Journal, name: str, creditor: str | None) -> Target:
    """Find the case a person named, or stop."""
    from relance.portfolio.explain import find

    target = find(journal, name, creditor)
    if isinstance(target, str):
        raise Stop(target)
    return target


def width() -> int:
    """Return how wide a person's lines may be: the terminal's columns, 80 elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 80


def echo_filled(text: str, *, indent: int = 0, hang: int = 0, err: bool = False) -> None:
    """Print a sentence over as many lines as it needs, from the second on `hang` columns further in; a word longer than a line stays whole."""
    before = " " * indent
    after = " " * (indent + hang)
    wide = text if text.isascii() else _as_wide(text)
    filled = textwrap.fill(wide, width(), initial_indent=before, subsequent_indent=after, break_long_words=False, break_on_hyphens=False)
    click.echo(filled.replace("\0", ""), err=err)


def within_columns(name: str, room: int) -> str:
    """Shorten a name to so many columns."""
    from rich.cells import cell_len, set_cell_size

    return name if cell_len(name) <= room else set_cell_size(name, room - 1).rstrip() + "…"


def _as_wide(text: str) -> str:
    """Give each character that takes two columns a second one, to be taken away again."""
    from rich.cells import cell_len

    return "".join(each + "\0" * (cell_len(each) - 1) for each in text)


def print_json(value: Mapping[str, Any]) -> None:
    """Print machine output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def write_whole(path: Path, content: bytes | str, *, linked: bool = False) -> None:
    """Write a file whole or not at all: one that was there stays as it was when there is no room, or stop. `linked`: a link is followed."""
    try:
        replace_whole(path, content, linked=linked)
    except OSError as error:
        raise Stop(tell("'{path}' cannot be written: {why}", path=path, why=system_words(error))) from error


class OutFile(click.Path):
    """A file that a command is told to write: neither through a link nor over a file that is there, unless `--replace` asks for it.

    Asked when the options are read, so that nothing is done in vain, and again by `write_out`.
    """

    def __init__(self) -> None:
        """Take any name of a file."""
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or stop."""
        path = Path(str(super().convert(value, param, ctx)))
        hold_free(path)
        return path


def replace_option(command: F) -> F:
    """Add `--replace`."""

    def remember(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001  (as click gives it)
        context.meta[_REPLACE] = value

    return click.option("--replace", is_flag=True, is_eager=True, expose_value=False, callback=remember, help="Write over the files named here that are there already.")(command)


def hold_free(path: Path) -> None:
    """Stop where a link or, without `--replace`, a file lies at the place that is to be written; a device is written as it is."""
    place = path.resolve()
    if place.exists() and not place.is_file():
        return
    if path.is_symlink():
        raise Stop(tell("'{path}' cannot be written: {why}", path=path, why=system_words(OSError(errno.ELOOP, ""))))
    context = click.get_current_context(silent=True)
    if path.exists() and not (context is not None and context.meta.get(_REPLACE)):
        raise Stop(tell("'{path}' is already there and is not overwritten: name another file, or add --replace", path=path))


def hold_unwritten(path: Path) -> None:
    """Stop where a file or a link lies at the place that is to be written; a device is written as it is."""
    if path.is_symlink() or path.is_file():
        raise Stop(tell("'{path}' is already there and is not overwritten", path=path))


def write_out(path: Path, content: bytes | str) -> None:
    """Write a file that a command was told to write (`OutFile`), whole or not at all, or stop."""
    hold_free(path)
    write_whole(path, content)


def hold_own(folder: Path, mark: str, *others: str) -> None:
    """Stop where a folder holds files of these names and not `mark`, which relance always writes beside them: they are somebody else's."""
    theirs = [] if (folder / mark).is_file() else [folder / name for name in others if (folder / name).exists()]
    if theirs:
        raise Stop(tell("'{path}' is already there, and no run of relance wrote it: name another folder by --out", path=theirs[0]))


def free_name(path: Path) -> Path:
    """Return a name that nothing has yet: this one, or with -2, -3 and so on behind it."""
    others = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(each for each in chain((path,), others) if not (each.exists() or each.is_symlink()))


#: What people answer, in either language.
_YES, _NO = frozenset({"y", "yes", "o", "oui"}), frozenset({"n", "no", "non"})


def agreed(what: str) -> bool:
    """Ask whether it is to be done; what is no yes is a no."""
    answer = click.prompt(tell("{what}? [y/N]", what=what), default="", show_default=False, prompt_suffix=": ")
    return answer.strip().casefold() in _YES


def yes_or_no(question: str, *, default: bool) -> bool:
    """Ask until the answer is a yes or a no, in either language; nothing is the default."""

    def read(text: str) -> bool:
        answer = text.strip().casefold()
        if answer not in _YES | _NO:
            raise click.UsageError(tell("answer yes or no"))
        return answer in _YES

    shown = tell("{question} [Y/n]", question=question) if default else tell("{question} [y/N]", question=question)
    return bool(click.prompt(shown, default="y" if default else "n", show_default=False, value_proc=read, err=True))


def write_new(path: Path, content: bytes | str) -> None:
    """Write a file that names people: whole, where none is yet; neither over another nor through a link."""
    hold_unwritten(path)
    write_whole(path, content)


def end(code: int) -> NoReturn:
    """End the command with an exit code."""
    raise click.exceptions.Exit(code)
