"""The text of each message of a run: e-mails as they leave (EML), letters and call sheets as Markdown to read and copy.

Owns the folder of a day's messages; a file that is there is left as it is. Pages of paper are `relance render`'s affair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from relance.files import replace_whole
from relance.interpreter.case_history import known_before
from relance.letters.context import Writing
from relance.letters.document import Studio, file_stem, group_messages, of_the_house
from relance.letters.wording import WordingError
from relance.model import Action, Channel, Facts
from relance.sentences import sentence, shipped_text

#: So many files are on their way to the disk at a time: it takes them together, where one after the other each would wait for it.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A message that could not be made, and why: for want of the house's own (a wording, its letterhead), or of something of the debtor's."""

    actions: tuple[Action, ...]
    why: str

    @property
    def house(self) -> bool:
        """Whether it is for want of the house's own."""
        return of_the_house(self.why)

    @property
    def said(self) -> str:
        """Name the message, and say why."""
        first = self.actions[0]
        return sentence("{step} of {case} by {channel}: {why}", step=first.step, case=first.case, channel=shipped_text(first.channel.replace("_", " ")), why=self.why)


@dataclass(frozen=True, slots=True)
class Texts:
    """What was written: the files, and the messages that could not be made."""

    paths: tuple[Path, ...]
    missing: tuple[Unwritten, ...]

    def __add__(self, other: Texts) -> Texts:
        """Put two parts of a run together."""
        return Texts(self.paths + other.paths, self.missing + other.missing)


def write(actions: Iterable[Action], facts: Mapping[tuple[str, str], Facts], folder: Path, studio: Callable[[str], Studio]) -> Texts:
    """Write the text of every message of these actions; `studio` gives the one for a playbook. Raises OSError.

    Letters get `<day>-<channel>-<step>-<debtor>-<reference>-<message>.md`, e-mails the same with `.eml`.
    """
    paths: list[Path] = []
    missing: list[Unwritten] = []
    begun: dict[Path, Future[None]] = {}
    with ThreadPoolExecutor(_AT_ONCE) as disk:
        for group in group_messages(action for action in actions if studio(action.playbook).writes(action)):
            first = group[0]
            name, content, why = _text(group, known_before(facts[first.creditor, first.debtor], group), studio(first.playbook))
            if why:
                missing.append(Unwritten(tuple(group), why))
                continue
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / name
            if path not in begun and not path.exists():
                begun[path] = disk.submit(replace_whole, path, content)
            paths.append(path)
        for each in begun.values():
            each.result()
    return Texts(tuple(paths), tuple(missing))


def _text(group: Sequence[Action], facts: Facts, studio: Studio) -> tuple[str, bytes, str]:
    """Return the name and the contents of a message's file, or why there is none."""
    studio = studio.of_creditor(group[0].creditor)
    if group[0].channel is Channel.EMAIL:
        document = studio.make(group, facts)
        return ("", b"", document.missing) if document.missing else (document.files[0].name, document.files[0].content, "")
    try:
        text, context = studio.text(group, facts)
    except WordingError as error:
        return "", b"", f"{error.diagnostic.path}:{error.diagnostic.line}: {error.diagnostic.message}"
    if why := studio.lacks(text, context, group[0], facts):
        return "", b"", why
    if untrue := studio.findings(text, context, group, facts):
        return "", b"", "; ".join(map(str, untrue))
    subject = f"# {text.subject}\n\n" if text.subject else ""
    return f"{file_stem(group[0], context)}.md", (subject + text.plain()).encode(), ""


@contextmanager
def studio_by_playbook(writing: Writing, agencies: Mapping[str, bool], make: Callable[[Writing], Studio]) -> Iterator[Callable[[str], Studio]]:
    """Give the studio of a playbook: an agency writes otherwise than a creditor in its own name. All are closed in the end."""
    from dataclasses import replace

    with ExitStack() as stack:
        made = {agency: stack.enter_context(make(replace(writing, agency=agency))) for agency in {*agencies.values(), False}}
        yield lambda playbook: made[agencies.get(playbook, False)]
