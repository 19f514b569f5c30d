"""Where else a person is named: files that hold his name, address or messages, for whoever has to erase them there.

Reads plain text, gzip, PDF, archives and workbooks, and what mails carry encoded; a file it cannot read is told, too, for it may hold him. Erases
nothing: what a file is for, and whether the law wants it kept, a person says.
"""

from __future__ import annotations

import codecs
import gzip
import io
import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from relance.model import Facts
from relance.sentences import sentence, system_words

_MOST_FILES = 20_000
_MOST_BYTES = 50_000_000
#: Shorter words stand in files that have nothing to do with him.
_SHORTEST = 5
#: In so many archives and mails, one within the other, is looked.
_DEEPEST = 4
#: A mail of which something is encoded, and what parts the mails of a mailbox.
_ENCODED = re.compile(rb"^(?:content-transfer-encoding:|(?:subject|from|to|cc):.*=\?)", re.MULTILINE | re.IGNORECASE)
_ENVELOPE = re.compile(rb"^From .*\n", re.MULTILINE)
#: What stands between the words of a file's name.
_PARTED = re.compile(r"[-_.]+")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
#: What of an event names somebody of his house, or who paid for him, and where.
_NAMING = ("name", "email", "address", "payer")


@dataclass(frozen=True, slots=True)
class Trace:
    """A file that names a person; `unread`: why nobody could tell."""

    path: Path
    unread: str = ""


def words_of(facts: Facts) -> frozenset[str]:
    """Return what a person is known by: name, e-mail, telephone, lines of the address, who stood for him or paid, and the creditor's own fields."""
    debtor = facts.debtor
    said = {debtor.name, debtor.email, debtor.phone, debtor.siren, *(debtor.address.lines if debtor.address else ())}
    said |= {str(event.data[name]) for event in facts.events for name in _NAMING if event.data.get(name)}
    said |= {str(value) for invoice in facts.invoices for value in invoice.fields.values()}
    return frozenset(word for word in said if word and len(word) >= _SHORTEST)


class Sought:
    """Words as they may be written: capitals or none, accents or none, the words of a name in any order on a line, a number with or without blanks."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take in the words."""
        self.words, self.names, self.numbers = set[str](), list[frozenset[str]](), set[str]()
        for word in words:
            plain = plainly(word)
            self.words.add(plain)
            parts = frozenset(re.findall(r"\w+", plain))
            if len(parts) > 1 and all(len(part) > 1 for part in parts) and not any(part.isdigit() for part in parts):
                self.names.append(parts)
            digits = re.sub(r"\D", "", word)
            if len(digits) >= 9 and not re.search(r"[a-z]", plain):
                self.numbers.add(digits[-9:])

    def is_in(self, text: str) -> bool:
        """Say whether a text holds one of them."""
        plain = plainly(text)
        if any(word in plain for word in self.words):
            return True
        if self.numbers and any(number in re.sub(r"(?<=\d)[ .\-/]+(?=\d)", "", plain) for number in self.numbers):
            return True
        several = [parts for parts in self.names if all(part in plain for part in parts)]
        return bool(several) and any(parts <= set(re.findall(r"\w+", line)) for line in plain.splitlines() for parts in several)


def plainly(text: str) -> str:
    """Return a text in small letters without accents."""
    return text.lower() if text.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def outermost(folders: Iterable[Path]) -> list[Path]:
    """Return the folders, whole, that lie in none of the others: each file is looked at once."""
    whole = list(dict.fromkeys(folder.resolve() for folder in folders))
    return [folder for folder in whole if not any(other in folder.parents for other in whole)]


def traces(folder: Path, words: Iterable[str], *, besides: Iterable[Path] = ()) -> Iterator[Trace]:
    """Find the files of a folder, and below it, that hold one of these words; links are not followed, the journal's own files not looked at."""
    wanted = Sought(words)
    own = {path.resolve() for path in besides}
    count = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if path.is_symlink() or path.resolve() in own or not path.is_file():
                continue
            count += 1
            if count > _MOST_FILES:
                yield Trace(folder, sentence("more than {count} files: only the first were looked at", count=_MOST_FILES))
                return
            try:
                found = wanted.is_in(_PARTED.sub(" ", name)) or any(map(wanted.is_in, _texts(path)))
            except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, LookupError) as error:
                yield Trace(path, system_words(error))
                continue
            if found:
                yield Trace(path)


def _texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file, as far as it has some. Raises OSError, ValueError, what a damaged gzip or archive raises."""
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(sentence("too large to be looked at"))
    yield from _read(path.read_bytes())


def _read(content: bytes, depth: int = 0) -> Iterator[str]:
    """Yield what some bytes say: themselves, or what they hold packed or encoded; `depth` is how many others they lie in. Raises ValueError below `_DEEPEST`."""
    if depth > _DEEPEST:
        raise ValueError(sentence("archives within archives: nobody looked further"))
    if content[:2] == b"\x1f\x8b":
        with gzip.open(io.BytesIO(content)) as stream:
            content = stream.read(_MOST_BYTES)
    if content[:5] == b"%PDF-":
        yield _pdf(content)
        return
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.file_size > _MOST_BYTES:
                    raise ValueError(sentence("too large to be looked at"))
                yield from _read(archive.read(member), depth + 1)
        return
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield content.decode("utf-16", "replace")
        return
    yield content.decode("utf-8", "replace")
    if not content.isascii():
        yield content.decode("latin-1")
    if _ENCODED.search(content):
        for mail in _ENVELOPE.split(content):
            yield from _of_mail(mail, depth + 1)


def _of_mail(content: bytes, depth: int) -> Iterator[str]:
    """Yield the headers and the parts of a mail as they are read."""
    mail = BytesParser(policy=policy.default).parsebytes(content)
    yield "\n".join(f"{name}: {value}" for name, value in mail.items())
    for part in mail.walk():
        raw = part.get_payload(decode=True)
        if isinstance(raw, bytes):
            yield from _read(raw, depth) if part.get_content_maintype() != "text" else iter([raw.decode(_charset(part), "replace")])


def _charset(part: Message) -> str:
    """Return in which letters a part of a mail is written, as Python calls them; UTF-8 where nobody knows."""
    try:
        return codecs.lookup(part.get_content_charset("utf-8")).name
    except LookupError:
        return "utf-8"


def _pdf(content: bytes) -> str:
    import pypdfium2  # type: ignore[import-untyped]

    try:
        return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    except pypdfium2.PdfiumError as error:
        raise ValueError(sentence("it is a damaged PDF, or one with a password")) from error
