"""`relance deadline`: periods of contracts, procedures and electronic letters, at the days that part them."""

import json

import pytest
from click.testing import CliRunner

from relance.cli import main


def deadline(*args):
    return CliRunner().invoke(main, ["deadline", *args])


@pytest.mark.parametrize(
    ("args", "last"),
    [
        (("--from", "2026-03-06", "--length", "8 days"), "2026-03-14"),  # a Saturday: a contract does not roll
        (("--from", "2026-03-06", "--length", "8 days", "--kind", "procedure"), "2026-03-16"),
        (("--from", "2026-03-06", "--length", "P7D", "--kind", "procedure"), "2026-03-13"),
        (("--from", "2026-01-31", "--length", "1 month", "--kind", "procedure"), "2026-03-02"),
        (("--from", "2026-05-20", "--length", "P1W", "--kind", "procedure", "--holidays", "FR-971"), "2026-05-28"),  # the 27th is a holiday there
        (("--from", "2026-05-20", "--length", "P1W", "--kind", "procedure", "--holidays", "FR-971", "--person", "FR"), "2026-06-29"),  # CPC 644: and a month; the 27th is a Saturday
        (("--from", "2026-03-02", "--length", "8 days", "--kind", "electronic-letter"), "2026-03-25"),
    ],
)
def test_the_last_day(args, last):
    done = deadline(*args)
    assert done.exit_code == 0, done.output
    assert done.output.startswith(last)
    assert json.loads(deadline(*args, "--format", "json").output)["last_day"] == last


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--length", "a while"), "no duration"),
        (("--length", "1 month", "--kind", "electronic-letter"), "grants days"),
        (("--length", "8 days", "--kind", "procedure", "--holidays", "FR-999"), "nobody knows the place"),
        (("--length", "9999 months"), None),
    ],
)
def test_what_cannot_be_counted(args, said):
    stopped = deadline("--from", "2026-03-02", *args)
    if said is None:
        assert stopped.exit_code == 0
    else:
        assert stopped.exit_code == 2
        assert said in stopped.output
