"""From a key to the timeline, and to a letter, for every playbook that ships: `python -m tests.benchmarks.studio_keys`.

For each playbook a case is played by its text as the studio does after a key (the hand's rest of 120 ms not counted), and every message that leaves is made as
the studio shows it. Told are the median and the longest of several keys in milliseconds, of the clock and of the processor, and the longest of the letters.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from statistics import median

from relance.language import library
from relance.studio.played_case import PlayedCase, documents_of, meaning_of

_KEYS = 7
_CASE = PlayedCase(((date(2026, 12, 12), Decimal("1200.00")), (date(2026, 12, 20), Decimal("300.00"))), events=("2026-12-30 payment.received 200.00",))


def timed(work: Callable[..., object], *given: object) -> tuple[float, float]:
    """Return the milliseconds that some work takes, of the clock and of the processor."""
    clock, processor = time.monotonic(), time.process_time()
    work(*given)
    return 1000 * (time.monotonic() - clock), 1000 * (time.process_time() - processor)


def main() -> None:
    print(f"{'playbook':24} {'key p50':>8} {'max':>6} {'CPU p50':>8}   {'letters':>7} {'p50':>6} {'max':>6} {'CPU max':>8}")
    for name in library.shipped_ids():
        place = library.find(name)
        assert place is not None
        text = place.read_text(encoding="utf-8")
        case = _CASE if meaning_of(text, str(place), _CASE).timeline is not None else PlayedCase(_CASE.owed[:1], debtor="consumer")
        keys = [timed(meaning_of, f"{text}# {number}\n", str(place), case) for number in range(_KEYS)]
        timeline = meaning_of(text, str(place), case).timeline
        letters = [timed(documents_of, timeline, entry, None) for entry in (timeline.entries if timeline is not None else ())]
        clock, worked = zip(*keys, strict=True)
        line = f"{name:24} {median(clock):8.0f} {max(clock):6.0f} {median(worked):8.0f}   {len(letters):7}"
        if letters:
            wall, cpu = zip(*letters, strict=True)
            line += f" {median(wall):6.0f} {max(wall):6.0f} {max(cpu):8.0f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
