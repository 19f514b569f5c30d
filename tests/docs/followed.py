"""Follow a page from its first line to its last: its files are written, its commands run, and what it shows is held against what they print.

A file is a block behind a line that ends in its name, "`playbooks/maison.yaml` :". A command is a line "$ …" of a console block; the lines
below it are what it prints, where any are shown, and a line "…" stands for lines that are left out.

`python tests/docs/followed.py docs/guide-auteur.md` follows a page in an empty folder with whatever `relance` is on the path, and exits 1 where it
is not true; `--write` puts what was printed into the page, below the commands that show something.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = re.compile(r"`(?P<name>[\w./-]+\.(?:yaml|yml|j2))` :\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(?P<console>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Ran:
    """A command, what the page shows of it, what it printed, and how it ended."""

    command: str
    shown: str
    printed: str
    status: int

    @property
    def true(self) -> bool:
        """Say whether it ended well and printed what is shown."""
        return self.status == 0 and (not self.shown or _agrees(self.shown.splitlines(), self.printed.splitlines()))


def followed(page: str, run: Callable[[str], tuple[int, str]], write: Callable[[str, str], None]) -> Iterator[Ran]:
    """Do what a page says, in its order. `run` takes a command and returns its status and what it printed; `write` takes a path and a text."""
    for place in re.finditer(f"{FILE.pattern}|{CONSOLE.pattern}", page, re.MULTILINE | re.DOTALL):
        if place["name"]:
            write(place["name"], place["text"])
            continue
        for one in re.split(r"^\$ ", place["console"], flags=re.MULTILINE)[1:]:
            command, _, shown = one.partition("\n")
            status, printed = run(command)
            yield Ran(command, shown, printed, status)


def _agrees(shown: list[str], printed: list[str]) -> bool:
    """Say whether the lines shown are those printed, where "…" stands for any."""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "…" else f"{re.escape(line.rstrip())}[ ]*\n" for line in shown)
    return re.fullmatch(pattern + r"\s*", "\n".join(printed) + "\n") is not None


def shell(folder: Path) -> Callable[[str], tuple[int, str]]:
    """Return a `run` that keeps one shell's folder and variables from command to command."""
    kept = folder / ".shell"

    def run(command: str) -> tuple[int, str]:
        script = f'. {kept} 2>/dev/null; cd "${{HERE:-{folder}}}"; export COLUMNS=80; {command}\nstatus=$?; HERE=$PWD; export HERE; export -p > {kept}; exit $status'
        done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout

    return run


def main(arguments: list[str]) -> int:
    """Follow a page; with `--write`, put what was printed into it."""
    path = Path(arguments[0])
    page = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = shell(folder)

        def write(where: str, text: str) -> None:
            home = Path(run("pwd")[1].strip()) / where
            home.parent.mkdir(parents=True, exist_ok=True)
            home.write_text(text, encoding="utf-8")

        done = list(followed(page, run, write))
    if "--write" in arguments:
        start = 0
        for one in done:
            start = page.index(f"$ {one.command}\n{one.shown}", start) + len(f"$ {one.command}\n")
            printed = "".join(f"{line.rstrip()}\n" for line in one.printed.splitlines())
            page = page[:start] + printed + page[start + len(one.shown) :]
        path.write_text(page, encoding="utf-8")
        return 0
    for one in done:
        if not one.true:
            print(f"$ {one.command}\nstatus {one.status}, printed:\n{one.printed}\nthe page shows:\n{one.shown}")
    print(f"{path.name}: {sum(one.true for one in done)} of {len(done)} commands do as the page says")
    return 0 if done and all(one.true for one in done) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
