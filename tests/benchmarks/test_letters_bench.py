"""How long a letter and an e-mail take, alone and on all cores, and whether memory stays flat."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from itertools import count

import pytest

from relance.factcheck import check, known_of
from relance.letters import sample
from relance.letters.document import Studio
from relance.letters.pool import Job, documents
from relance.model import Channel, Tone


def jobs(channel, tone=Tone.COURTEOUS):
    """Yield messages that differ in name and reference, as a mailing does, and are true of their cases."""
    base = sample.facts()
    action = sample.action(base, channel=channel, tone=tone)
    for number in count():
        case = dataclasses.replace(base, debtor=dataclasses.replace(base.debtor, name=f"Société {number} SA"))
        yield dataclasses.replace(action, message=f"{number:08x}"), case


@pytest.fixture(scope="module")
def studio():
    with Studio(checked=False) as made:  # invented names and sums, which no facts hold
        for channel in (Channel.LETTER, Channel.EMAIL):
            action, case = next(jobs(channel))
            made.make([action], case)
        yield made


@pytest.mark.benchmark(group="letters")
def test_a_one_page_letter(benchmark, studio):
    source = jobs(Channel.LETTER)

    def one():
        action, case = next(source)
        return studio.make([action], case)

    document = benchmark.pedantic(one, rounds=500, iterations=1, warmup_rounds=20)
    assert document.details["pages"] == 1


@pytest.mark.benchmark(group="letters")
def test_a_two_page_letter(benchmark, studio):
    source = jobs(Channel.LETTER, Tone.FIRM)

    def one():
        action, case = next(source)
        return studio.make([action], case)

    document = benchmark.pedantic(one, rounds=100, iterations=1, warmup_rounds=5)
    assert document.details["pages"] >= 1


@pytest.mark.benchmark(group="letters")
def test_an_email(benchmark, studio):
    source = jobs(Channel.EMAIL)

    def one():
        action, case = next(source)
        return studio.make([action], case)

    document = benchmark.pedantic(one, rounds=500, iterations=1, warmup_rounds=20)
    assert document.files[0].content.isascii()


@pytest.mark.benchmark(group="letters-all-cores")
def test_two_thousand_letters_on_all_cores(benchmark):
    source = jobs(Channel.LETTER)
    number = 2000 if benchmark.enabled else 20
    batch = [Job((action,), case) for action, case in (next(source) for _ in range(number))]
    made = benchmark.pedantic(lambda: sum(1 for each in documents(batch) if each.files), rounds=1, iterations=1)
    assert made == number


_MEMORY = """
import itertools, resource, sys
sys.path.insert(0, sys.argv[1])
from test_letters_bench import jobs
from relance.letters.document import Studio
from relance.model import Channel
with Studio() as studio:
    for number, (action, case) in enumerate(itertools.islice(jobs(Channel.LETTER), int(sys.argv[2]))):
        assert studio.make([action], case).files
        if number == int(sys.argv[3]):
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.long
@pytest.mark.benchmark(group="letters-memory")
def test_memory_is_flat_over_many_letters(benchmark):
    """The peak after the 500th letter (200th where nothing is timed) and after the last: less than 32 MiB apart (20,000 letters with RELANCE_BENCH_LETTERS)."""
    letters = os.environ.get("RELANCE_BENCH_LETTERS", "2000" if benchmark.enabled else "400")

    def run():
        folder = os.path.dirname(__file__)  # noqa: PTH120
        done = subprocess.run([sys.executable, "-c", _MEMORY, folder, letters, "500" if benchmark.enabled else "200"], check=True, capture_output=True, text=True)
        return [int(line) for line in done.stdout.split()]

    early, late = benchmark.pedantic(run, rounds=1, iterations=1)
    benchmark.extra_info.update(early_kib=early, late_kib=late, letters=letters)
    assert late - early < 32 * 1024


@pytest.mark.benchmark(group="letters")
def test_a_letter_is_held_against_its_facts(benchmark, studio):
    """The fact check of a formal letter: what is known worked out, the text read. At most 1 ms of the letter's time."""
    case = sample.facts()
    action = sample.action(case, channel=Channel.LETTER, tone=Tone.FORMAL, template="mise-en-demeure")
    text, context = studio.text([action], case)
    finished = studio.finished(text, context, [action])

    def one():
        return check(finished, known_of([action], case))

    assert benchmark.pedantic(one, rounds=500, iterations=1, warmup_rounds=20) == ()
