"""What a person must look at behind a run: what no playbook takes, what was rejected, what could not be written, what was withdrawn, drafted or waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relance.letters.texts import Unwritten
from relance.parsing.rejects import Reject
from relance.report.words import many
from relance.run.journal_run import Round
from relance.sentences import tell, tell_number, told


def run_notes(done: Round, rejects: Sequence[Reject], missing: Sequence[Unwritten]) -> Iterator[str]:
    """Say it line by line; what explains a line is indented below it. `missing` are messages that could not be made."""
    unrouted = done.evaluation.unrouted
    if unrouted:
        yield tell("{invoices} no playbook takes:", invoices=many(len(unrouted), "invoice"))
        yield from _first("  " + tell("{invoice} of {debtor}: {reason}", invoice=one.invoice, debtor=one.debtor, reason=one.reason) for one in unrouted)
    if rejects:
        yield tell("{rows} rejected:", rows=many(len(rejects), "row"))
        yield from _first(f"  {_place(one)}: {told(one.reason)}" for one in rejects)
    for lost in (True, False):
        some = tuple(one for one in missing if one.house is lost)
        if some:
            yield (
                tell("{messages} could not be written, a task for a person (`relance outbox list --state task`): mend what is said, and the next run makes it anew:", messages=many(len(some), "message"))
                if lost
                else tell("{messages} cannot reach the debtor, a task for a person:", messages=many(len(some), "message"))
            )
            yield from _first(f"  {told(one.said)}" for one in some)
    if done.withdrawn:
        yield tell("{messages} withdrawn: not sent within what the playbook allows (withdraw_after)", messages=many(done.withdrawn, "message"))
    if done.untrue:
        yield tell("{messages} withdrawn, for their case does not ask for them any more (paid, grown, moved, closed) or the files hold an invoice otherwise; what is still due is made anew", messages=many(done.untrue, "message"))
    if done.doubted:
        yield tell("{messages} drafted, not sent, for a person to look at first (`relance outbox list`):", messages=many(len(done.doubted), "message"))
        yield from _first(f"  {action.case}: {action.reason}" for action in done.doubted)
    yield from map(told, done.accounts.values())
    yield from map(str, done.lost)
    if done.unnamed:
        yield tell_number(
            "{count} invoice is asked for that the files do not name; if they list what is open, record first what was paid:",
            "{count} invoices are asked for that the files do not name; if they list what is open, record first what was paid:", len(done.unnamed),
        )  # fmt: skip
        yield from _first(f"  {name}" for name in done.unnamed)
    if done.tasks:
        days = (done.evaluation.on - done.tasks[0]).days
        yield tell("{tasks} of earlier days still open, the oldest of {first} ({age}): `relance outbox list --state task`", tasks=many(len(done.tasks), "task"), first=done.tasks[0], age=many(days, "day"))
    if done.pending:
        days = (done.evaluation.on - done.pending[0]).days
        yield tell("{messages} of earlier days not sent yet, the oldest of {pending} ({age}): `relance send`, `relance outbox list`", messages=many(len(done.pending), "message"), pending=done.pending[0], age=many(days, "day"))


def _place(one: Reject) -> str:
    return tell("{file}, line {line}", file=one.file, line=one.line) if one.line else one.file


def _first(lines: Iterator[str], most: int = 10) -> Iterator[str]:
    rest = 0
    for place, line in enumerate(lines):
        if place < most:
            yield line
        else:
            rest += 1
    if rest:
        yield "  " + tell("and {rest} more", rest=rest)
