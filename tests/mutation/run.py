"""Change the heart one place at a time and see whether a test falls: `python tests/mutation/run.py [FILE …]`, files as in `dates.py law/limitation.py`.

Works in a copy, with mutmut (extra `mutation`). A change that no test notices is printed with its place, unless survivors.txt lists it with a reason; the exit status is 1 if there is one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEART = ("interpreter/*.py", "law/*.py", "dates.py", "journal/chain.py")
TESTS = ("tests/interpreter", "tests/law", "tests/dates", "tests/scenarios", "tests/journal/test_chain.py")
KNOWN = Path(__file__).with_name("survivors.txt")
#: mutmut looks for packages in src/ alone, so the copy has them there.
SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = [{files}]
do_not_mutate = ["*/__init__.py"]
also_copy = ["playbooks", "schemas", "templates", "docs"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-n", "0"]
pytest_add_cli_args_test_selection = [{tests}]
timeout_constant = 10.0
process_isolation = "forkserver"  # a fork of the process that ran the tests would find what they left in caches
"""


def copy(folder: Path, files: Sequence[str]) -> None:
    """Lay out what mutmut needs in a folder of its own."""
    shutil.copytree(ROOT / "engine", folder / "src")
    for name in ("playbooks", "schemas", "templates", "docs", "tests"):
        shutil.copytree(ROOT / name, folder / name)
    said = SETTINGS.format(
        files=", ".join(f'"src/relance/{name}"' for name in files), tests=", ".join(f'"{name}"' for name in TESTS if (ROOT / name).exists())
    )
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8") + said, "utf-8")


def mutmut(folder: Path, *words: str) -> str:
    """Run mutmut in the copy and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([sys.executable, "-m", "mutmut", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def survivors(folder: Path) -> Iterator[str]:
    """Say of each change that no test noticed where it is, what stood there and what was put in its place."""
    for name in re.findall(r"^\s*(\S+): (?:survived|no tests)$", mutmut(folder, "results"), re.MULTILINE):
        shown = mutmut(folder, "show", name).splitlines()
        old, new = (" ".join(line[1:].strip() for line in shown if line.startswith(sign) and not line.startswith(sign * 3)) for sign in "-+")
        module, _, rest = name.rpartition(".")
        yield f"{module}.{re.sub(r'__mutmut_[0-9]+$', '', rest).removeprefix('x_')}: {old} => {new}"


def known() -> set[str]:
    """Read the survivors that are listed with a reason, which follows the two signs `##`."""
    return {line.partition(" ## ")[0].strip() for line in KNOWN.read_text("utf-8").splitlines() if " ## " in line}


def main(files: Sequence[str]) -> int:
    """Run, print what is not known, and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="relance-mutation-") as place:
        folder = Path(place)
        copy(folder, files or HEART)
        last = mutmut(folder, "run").rstrip().splitlines()[-1:]
        found = sorted(set(survivors(folder)) - known())
    print("\n".join([*found, *(re.sub(r".*\r", "", line)[-120:] for line in last)]))
    return 1 if found or not last else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
