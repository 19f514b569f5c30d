"""Draw very many histories and hold each to the proof: `python -m tests.proof.many --histories 1000000 --seed 16`.

Each shipped playbook under each pace gets its share, in rounds, so that what is stopped early has drawn of all. A history begins as one drawn before
it, or with nothing, and goes on with some moves of its own; so all are different lengths, and every moment of each is held to the proof once. One in
two hundred is played again on the journal's events alone. A line a round says how many were drawn; what the proof missed is written with its
moves, and the answer is then 1.
"""

import argparse
import gc
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from tests.proof.drawn import PACES, SHIPPED, Drawn, MissedError, Stray, drawn

from relance.model import Pace
from relance.proof.prove import case_of
from relance.proof.replay import DivergedError, replay
from relance.proof.walk import Move

#: How many moves a history has of its own, and how many in all at most.
OWN, LONGEST = (2, 3, 4, 6), 60
#: How many begin with nothing; of those drawn before, so many are kept to begin others.
ANEW, KEPT = 0.15, 400
_ROUND = 1_000
_REPLAYED = 200


class Missed(NamedTuple):
    """A history that the proof missed, and why it ought not to be."""

    playbook: str
    pace: Pace
    history: list[Move]
    why: str


@cache
def searched(name: str, pace: Pace | None, *, moved: bool, coarse: bool) -> Drawn:
    return drawn(name, pace, moved=moved, coarse=coarse)


def draw_many(one: Drawn, draw: random.Random, number: int) -> Iterator[Missed]:
    """Draw so many histories of a playbook, and yield those that leave what was reached, break what was proved, or are not the interpreter's."""
    one.forget()
    kept: list[tuple[int, Stray]] = []
    for count in range(number):
        own = draw.choice(OWN)
        moves, begun = (0, one.beginning) if not kept or draw.random() < ANEW else draw.choice(kept)
        try:
            history = one.stray(draw, own, begun)
            if count % _REPLAYED == 0:
                assert sum(1 for _ in replay(one.playbook, case_of(one.playbook), history.moves())) == moves + own
        except (MissedError, DivergedError) as missed:
            yield Missed(one.playbook.id, one.playbook.pace, (missed.history if isinstance(missed, MissedError) else history).moves(), repr(missed))
            continue
        if moves + own + max(OWN) <= LONGEST:
            kept.insert(draw.randrange(KEPT), (moves + own, history))
            del kept[KEPT:]


def main(said: Sequence[str] | None = None) -> int:
    """Draw, count, and answer 1 where something was missed."""
    asked = argparse.ArgumentParser(prog="python -m tests.proof.many", description=__doc__)
    asked.add_argument("--histories", type=int, default=1_000_000)
    asked.add_argument("--seconds", type=float, default=float("inf"), help="stop after the round in which so many have passed")
    asked.add_argument("--seed", type=int, default=16)
    asked.add_argument("--only", help="playbooks, by commas", default=",".join(SHIPPED))
    asked.add_argument("--moved", action="store_true", help="a person moves the case now and then")
    asked.add_argument("--coarse", action="store_true", help="held to the search that tells fewer situations apart")
    given = asked.parse_args(said)
    gc.disable()  # what is remembered is much, and none of it is circular
    draw, began, done, found = random.Random(given.seed), time.monotonic(), 0, 0
    each = [(name, pace) for name in given.only.split(",") for pace in PACES]
    while done < given.histories and time.monotonic() - began < given.seconds:
        for name, pace in each:
            number = min(_ROUND, given.histories - done)
            for missed in draw_many(searched(name, pace, moved=given.moved, coarse=given.coarse), draw, number):
                found += 1
                print(f"missed: {missed}", flush=True)
            done += number
        gc.collect()
        print(f"{done} histories, {found} missed, {time.process_time():.0f} s of CPU, {time.monotonic() - began:.0f} s", flush=True)
    happened = sum((searched(*one, moved=given.moved, coarse=given.coarse).happened for one in each), Counter[str]())
    print(f"{happened.total()} moves: " + ", ".join(f"{name} {number}" for name, number in happened.most_common()))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
