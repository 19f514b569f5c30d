"""Wordings: find, read and render `templates/<language>/<name>/<channel>.md.j2`.

A channel reads the first file there is, the firm's before the shipped one, file by file:
    email → email, message · letter → letter, message · registered_letter → registered_letter, letter, message
    electronic_registered_letter → electronic_registered_letter, registered_letter, letter, message
    sms, call, task, handover → the file of that name (the last two are sheets for a person, and a step may do without)
A language in which nobody wrote the template falls back to English, then French. `docs/templates.md` is for authors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, fields
from dataclasses import field as made_of
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from types import TracebackType
from typing import Any

from jinja2 import BaseLoader, BytecodeCache, StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError, UndefinedError, pass_context
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context as Scope
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from relance.data import shipped
from relance.errors import RelanceError
from relance.language.source import decode
from relance.language.source import read as read_yaml
from relance.language.vocabulary import meant
from relance.letters.computing import FILTERS, computed
from relance.letters.fields import Context, groups, members
from relance.letters.figures import DayText, Money
from relance.letters.markdown import Node, clean, fill, hole, parse, to_text
from relance.letters.own_fields import field
from relance.model import TONES, Channel, Diagnostic, Severity, Tone
from relance.sentences import Phrase, marked, sentence

#: The files a channel may be read from, first one first.
FILES: Mapping[Channel, tuple[str, ...]] = {
    Channel.EMAIL: ("email", "message"),
    Channel.LETTER: ("letter", "message"),
    Channel.REGISTERED_LETTER: ("registered_letter", "letter", "message"),
    Channel.ELECTRONIC_REGISTERED_LETTER: ("electronic_registered_letter", "registered_letter", "letter", "message"),
    Channel.SMS: ("sms",),
    Channel.CALL: ("call",),
    Channel.TASK: ("task",),
    Channel.HANDOVER: ("handover",),
}
SUFFIX = ".md.j2"
#: Channels whose text has a subject line.
WITH_SUBJECT = frozenset({Channel.EMAIL, Channel.LETTER, Channel.REGISTERED_LETTER, Channel.ELECTRONIC_REGISTERED_LETTER})

_ARTICLE = re.compile(r"\b(?:article )?[LRD]\. ?\*?\d[\d-]*")
_BLOCK = re.compile(r"""\{%-? include ["'](_blocks/[^"']+)["']""")
_values: ContextVar[list[Any]] = ContextVar("_values")


class WordingError(RelanceError):
    """A wording cannot be read or rendered: a mistake of its author, told as a diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(frozen=True, slots=True)
class Text:
    """A wording read for one message: its subject and its tree of blocks (see `markdown.Node`)."""

    subject: str
    blocks: list[Node]
    constants: tuple[str, ...] = ()  # figures that the wording declares true of every case
    lacks: str = ""  # what the wording is about and this case does not have: it is then no message
    _plain: dict[int, str] = made_of(default_factory=dict, init=False, repr=False, compare=False)

    def plain(self, width: int = 76) -> str:
        """Return the body as plain text, worked out once."""
        if width not in self._plain:
            self._plain[width] = to_text(self.blocks, width)
        return self._plain[width]


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording that was found and read. `tones` are those it is written for; `language` the one it was found in; `needs` what it is about."""

    name: str
    channel: Channel
    language: str
    path: str
    tones: tuple[Tone, ...]
    subject: Template | None
    body: Template
    constants: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    def render(self, context: Context) -> Text:
        """Fill the wording for one message. Raises WordingError where it names what is not there."""
        values: list[Any] = []
        told: list[str] = []
        token, counted = _values.set(values), computed.set(told)
        names = {name: getattr(context, name) for name in _NAMES}
        try:
            body = self.body.render(names)
            subject = "" if self.subject is None else self.subject.render(names)
        except UndefinedError as error:
            path, line = _place(error.__traceback__) or (self.path, 1)
            raise WordingError(_finding(path, line, "PB402", error.message or sentence("a name is not known"))) from error
        except TemplateNotFound as error:
            raise WordingError(_finding(self.path, 1, "PB406", sentence("the block '{name}' is not there", name=error.message))) from error
        except TemplateSyntaxError as error:
            raise WordingError(
                _finding(error.filename or self.path, error.lineno, "PB401", jinja_said(error.message))
            ) from error
        except (ArithmeticError, LookupError, SecurityError, TypeError, ValueError, RecursionError) as error:
            path, line = _place(error.__traceback__) or (self.path, 1)
            raise WordingError(_finding(path, line, "PB413", _unfilled(error), READY)) from error
        finally:
            _values.reset(token)
            computed.reset(counted)
        if subject:
            parts = parse(subject.strip())
            subject = " ".join(to_text(fill(parts, values, context.language), 10_000).split("\n")).strip()
        lacks = next((NEEDS[name] for name in self.needs if not getattr(context, name)), "")
        return Text(subject, fill(parse(body.strip("\n")), values, context.language), (*self.constants, *told), Phrase(lacks, {}) if lacks else "")


#: The way out of every computation in a wording.
READY = sentence("dates and amounts come ready to read; what computes is `.amount` and `.date`, and `| money` and `| date` print what came of it, as in `{{{{ (sums.total.amount / 3) | money }}}}`")


#: What Jinja says of a template it cannot read, and what an author is told.
_UNREADABLE = (
    (r"[Uu]nexpected end of template", marked("the file ends before this is closed: an '{{% end… %}}' is missing")),
    (r"Encountered unknown tag '(end\w+)'", marked("'{found}' closes what nothing has opened")),
    (r"Encountered unknown tag '(\w+)'", marked("there is no instruction '{found}'")),
    (r"expected token 'end of print statement', got '(.+)'", marked("'{found}' stands where '}}}}' is expected")),
    (r"expected token 'end of statement block', got '(.+)'", marked("'{found}' stands where '%}}' is expected")),
    (r"expected token '(?:.+)', got '(.+)'", marked("'{found}' cannot stand here")),
    (r"unexpected char (?:'|\")(.)", marked("'{found}' cannot stand here")),
    (r"unexpected '(.+)'", marked("'{found}' cannot stand here")),
    (r"Unexpected end of (?:raw directive|comment|block|variable)|Missing end of", marked("these braces are never closed")),
)


def jinja_said(message: str | None) -> str:
    """Say in an author's words why Jinja cannot read a template; what is a sentence of ours stays."""
    if isinstance(message, Phrase):
        return message
    for pattern, ours in _UNREADABLE:
        if (found := re.search(pattern, message or "")) is not None:
            return Phrase(ours, {"found": found[1]} if found.groups() else {})
    return sentence("the template cannot be read from here on")


def _unfilled(error: Exception) -> str:
    """Say in an author's words why a line could not be filled."""
    if isinstance(error, ZeroDivisionError):
        return sentence("this divides by nothing")
    if isinstance(error, SecurityError):
        return sentence("a wording may not ask for this")
    if isinstance(error, TypeError | ValueError | ArithmeticError):
        return sentence("this computes with a text made for reading, or compares it with a number")
    return sentence("this line cannot be filled")


class _Missing(StrictUndefined):
    """A name that is not there, told in an author's words."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_obj is None:
            return sentence("'.{name}' is asked of what this case does not have: put it between '{{% if … %}}' and '{{% endif %}}'", name=self._undefined_name)
        return sentence("there is no '{name}' here: `relance template vars` lists what there is", name=self._undefined_name)


def _place(trace: TracebackType | None) -> tuple[str, int] | None:
    """Return the template and line where an error was raised; Jinja writes them into the traceback."""
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(SUFFIX):
            found = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return found


_NAMES = tuple(item.name for item in fields(Context))
#: The names of each group, for which the sandbox need not be asked.
_MEMBERS: Mapping[type, frozenset[str]] = {
    **{group: frozenset(members(group)) for group in groups()},
    Money: frozenset({"amount"}),
    DayText: frozenset({"date"}),
}


@pass_context
def _keep(_: Scope, value: Any) -> Any:
    """Take a value out of the text and leave a hole in its place; text that a block of the template made stays as it is."""
    if isinstance(value, Markup):
        return value
    if value is None or value == "":
        return Markup()
    if isinstance(value, Decimal | date):
        raise TypeError
    values = _values.get()
    values.append(value)
    return Markup(hole(len(values) - 1))  # noqa: S704  (a hole holds a number)


class _Loader(BaseLoader):
    """Reads `<language>/<name>/<file>` from the first folder that has it; front matter becomes blank lines, so that lines keep their numbers."""

    def __init__(self, templates: Templates) -> None:
        self.templates = templates

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        found = self.templates.read(template)
        if found is None:
            raise TemplateNotFound(template, template)
        path, text = found
        return split_front_matter(text)[1], path, None


class _Environment(ImmutableSandboxedEnvironment):
    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a declared name straight away; whatever else a template asks for goes through the sandbox."""
        if attribute in _MEMBERS.get(type(obj), ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def join_path(self, template: str, parent: str) -> str:
        """Read `_blocks/x.md.j2` beside the language folder of the wording that names it."""
        return f"{parent.split('/', 1)[0]}/{template}"


class _Compiled(BytecodeCache):
    """What wordings were compiled to in this process, by place and text: whoever opens the same folders again compiles nothing anew."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of this text."""
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, of the last few thousand files."""
        if len(self.codes) >= 4096:
            self.codes.clear()
        self.codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _read(folder: Path | Traversable, parts: Sequence[str]) -> tuple[str, str] | None:
    found = folder.joinpath(*parts)
    if not found.is_file():
        return None
    text, refused = decode(found.read_bytes(), str(found))
    if text is None:
        raise WordingError(refused[0])
    return str(found), text


@cache
def _shipped_folder() -> Path | Traversable:
    return shipped("templates")


@lru_cache(maxsize=4096)
def _what_ships(parts: tuple[str, ...]) -> tuple[str, str] | None:
    """Read a file that ships once, whoever asks."""
    return _read(_shipped_folder(), parts)


class Templates:
    """The folders wordings are read from: the firm's, in order, then the shipped one. Reads each file once."""

    def __init__(self, *folders: Path | Traversable, with_shipped: bool = True) -> None:
        self.folders: tuple[Path | Traversable, ...] = (*folders, *((shipped("templates"),) if with_shipped else ()))
        self.environment = _Environment(
            loader=_Loader(self), undefined=_Missing, autoescape=True, finalize=_keep, trim_blocks=True, lstrip_blocks=True,
            keep_trailing_newline=True, cache_size=1000, auto_reload=False, bytecode_cache=_COMPILED,
        )  # fmt: skip
        self.environment.globals = {}
        self.environment.filters |= {**FILTERS, "field": field}
        self.find = lru_cache(maxsize=4096)(self._find)

    def after(self, *folders: Path) -> Templates:
        """Return these wordings with more folders before them, or themselves where there is none."""
        made = Templates(*folders, *self.folders, with_shipped=False)
        return made if folders else self

    def read(self, name: str) -> tuple[str, str] | None:
        """Return the path and text of a file named from a templates folder, or None where no folder has it. Raises WordingError where it is not UTF-8."""
        parts = tuple(name.split("/"))
        if not all(parts) or any(part.startswith(".") or "\\" in part for part in parts):
            return None
        for folder in self.folders:
            if (found := _what_ships(parts) if folder == _shipped_folder() else _read(folder, parts)) is not None:
                return found
        return None

    def languages(self) -> tuple[str, ...]:
        """Name the languages there are wordings in."""
        return self._children(())

    def names(self, language: str) -> tuple[str, ...]:
        """Name the templates written in a language."""
        return tuple(name for name in self._children((language,)) if not name.startswith("_"))

    def channels(self, name: str, language: str) -> tuple[Channel, ...]:
        """Name the channels a template can be read for in a language."""
        return tuple(channel for channel in FILES if self.locate(name, channel, language) is not None)

    def _children(self, under: Sequence[str]) -> tuple[str, ...]:
        found: set[str] = set()
        for folder in self.folders:
            place = folder.joinpath(*under)
            if place.is_dir():
                found.update(child.name for child in place.iterdir() if child.is_dir())
        return tuple(sorted(found - {"layout"}))

    def locate(self, name: str, channel: Channel, language: str) -> str | None:
        """Return `<language>/<name>/<file>` of the file a channel is read from in exactly this language, or None."""
        for stem in FILES.get(channel, ()):
            place = f"{language}/{name}/{stem}{SUFFIX}"
            if self.read(place) is not None:
                return place
        return None

    def _find(self, name: str, channel: Channel, language: str) -> Wording:
        """Find and read a wording. Raises WordingError where there is none or it cannot be read."""
        for tongue in dict.fromkeys((language, "en", "fr")):
            place = self.locate(name, channel, tongue)
            if place is not None:
                return self.load(place, name, channel, tongue)
        message = sentence("no wording '{name}' for '{channel}' in '{language}', nor in English or French", name=name, channel=channel, language=language)
        raise WordingError(_finding(f"{language}/{name}/{FILES.get(channel, (str(channel),))[-1]}{SUFFIX}", 1, "PB404", message))

    def needs(self, name: str, channel: Channel, language: str) -> frozenset[str]:
        """Return what a wording says that it is about; nothing where there is none, or none that can be read."""
        place = self.locate(name, channel, language)
        found = None if place is None else self.read(place)
        return frozenset() if found is None else frozenset(map(str, _listed(front_matter(found[1], found[0], channel)[0].get("needs"))))

    def load(self, place: str, name: str, channel: Channel, language: str) -> Wording:
        """Read one file as a wording. Raises WordingError with the first of its mistakes."""
        found = self.read(place)
        assert found is not None
        path, text = found
        matter, mistakes = front_matter(text, path, channel)
        if mistakes:
            raise WordingError(mistakes[0])
        try:
            subject = self._line(matter["subject"]) if "subject" in matter else None
            body = self.environment.get_template(place)
        except TemplateSyntaxError as error:
            raise WordingError(_finding(path, error.lineno, "PB401", jinja_said(error.message))) from error
        return Wording(name, channel, language, path, tones_of(matter), subject, body, (*declared_constants(matter), *self._articles(place)), tuple(_listed(matter.get("needs"))))

    def _line(self, text: str) -> Template:
        """Compile a subject, or take what was compiled of the same words: it is read from no file, and no loader keeps it."""
        code = _COMPILED.codes.get(("", text))
        if code is None:
            code = _COMPILED.codes["", text] = self.environment.compile(text)
        return Template.from_code(self.environment, code, self.environment.make_globals(None))

    def _articles(self, place: str) -> tuple[str, ...]:
        """Return the articles that a wording and its blocks cite by themselves: they are true of every case, or of none."""
        found, seen, left = dict[str, None](), set[str](), [place]
        while left:
            seen.add(name := left.pop())
            read = self.read(name)
            if read is not None:
                found.update(dict.fromkeys(match[0] for match in _ARTICLE.finditer(read[1])))
                left += [block for each in _BLOCK.findall(read[1]) if (block := f"{place.split('/', 1)[0]}/{each}") not in seen]
        return tuple(found)


def split_front_matter(text: str) -> tuple[str | None, str]:
    """Cut a file into its front matter and a body of as many lines; None where there is no front matter."""
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != "---":
        return None, text
    for number in range(1, len(lines)):
        if lines[number].rstrip() == "---":
            return "\n".join(["", *lines[1:number]]), "\n" * (number + 1) + "\n".join(lines[number + 1 :])
    return None, text


#: The keys of a front matter.
_FRONT = ("subject", "tone", "title", "constants", "needs")
#: What a wording may say that it is about → why it is no message where a case has none of it.
NEEDS: Mapping[str, str] = {
    "assignments": marked("the assignment: this letter tells of one, and the invoices name none; give them `assignor` and `assigned_on` (C. civ. 1324)"),
}


def front_matter(text: str, path: str, channel: Channel) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    """Read the front matter of a wording: `subject` (needed where the channel has one), `tone` (one, or a list)."""
    matter, _ = split_front_matter(text)
    if matter is None:
        if channel not in WITH_SUBJECT:
            return {}, ()
        if text.startswith("---"):
            return {}, (_finding(path, 1, "PB403", sentence("the front matter is never closed"), sentence("write '---' on a line of its own below it")),)
        hint = sentence("begin the file with '---', 'subject: …' and '---'")
        return {}, (_finding(path, 1, "PB403", sentence("this wording has no front matter, so that it has no subject"), hint),)
    source, mistakes = read_yaml(matter, path)
    if source is None or mistakes:
        return {}, tuple(mistakes)
    value = source.value if isinstance(source.value, dict) else {}
    found = []
    for key in value:
        if key not in _FRONT:
            span = source.key((key,))
            found.append(
                _finding(
                    path, span.line, "PB403", sentence("the front matter has no '{key}'", key=key),
                    sentence("did you mean '{near}'?", near=near) if (near := meant(key, _FRONT)) else sentence("it takes 'subject', 'tone', 'title', 'constants' and 'needs'"), span.column
                )
            )
    if channel in WITH_SUBJECT and not str(value.get("subject") or "").strip():
        found.append(_finding(path, 1, "PB403", sentence("this wording has no subject"), sentence("add 'subject: …' to the front matter")))
    for tone in _listed(value.get("tone")):
        if tone not in TONES:
            span = source.at(("tone",))
            found.append(_finding(path, span.line, "PB403", sentence("there is no tone '{tone}'", tone=tone), sentence("did you mean '{near}'?", near=near) if (near := meant(str(tone), TONES)) else sentence("it is one of {tones}", tones=TONES), span.column))
    for name in _listed(value.get("needs")):
        if name not in NEEDS:
            span = source.at(("needs",))
            found.append(_finding(path, span.line, "PB403", sentence("a wording cannot need '{name}'", name=name), sentence("it is one of {words}", words=list(NEEDS)), span.column))
    return value, tuple(found)


def tones_of(matter: Mapping[str, Any]) -> tuple[Tone, ...]:
    """Return the tones a wording is written for: all of them unless its front matter names some."""
    return tuple(Tone(tone) for tone in _listed(matter.get("tone"))) or TONES


def declared_constants(matter: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the figures that a wording declares true of every case, as its author wrote them."""
    return tuple(str(each) for each in _listed(matter.get("constants")))


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else () if value is None else (value,)


def _finding(path: str, line: int, code: str, message: str, hint: str | None = None, column: int = 1) -> Diagnostic:
    return Diagnostic(path, line, column, code, Severity.ERROR, message if isinstance(message, Phrase) else clean(message), line, column, hint)
