"""What a person must look at behind a run: what no playbook takes, what was rejected, what could not be written, what was withdrawn, drafted or waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relance.letters.texts import Unwritten
from relance.parsing.rejects import Reject
from relance.run.journal_run import Round
from relance.sentences import lasting, numbered, retold, tell, tell_number, told

_UNWRITTEN = numbered(
    "{count} message could not be written, a task for a person (`relance outbox list --state task`): mend what is said, and the next run makes it anew:",
    "{count} messages could not be written, tasks for a person (`relance outbox list --state task`): mend what is said, and the next run makes them anew:",
)  # fmt: skip
_UNREACHED = numbered("{count} message cannot reach the debtor, a task for a person:", "{count} messages cannot reach their debtors, tasks for a person:")
_UNTRUE = numbered(
    "{count} message withdrawn, for its case does not ask for it any more (paid, grown, moved, closed) or the files hold an invoice otherwise; what is still due is made anew",
    "{count} messages withdrawn, for their cases do not ask for them any more (paid, grown, moved, closed) or the files hold an invoice otherwise; what is still due is made anew",
)  # fmt: skip


def run_notes(done: Round, rejects: Sequence[Reject], missing: Sequence[Unwritten]) -> Iterator[str]:
    """Say it line by line; what explains a line is indented below it. `missing` are messages that could not be made."""
    unrouted = done.evaluation.unrouted
    if unrouted:
        yield tell_number("{count} invoice no playbook takes:", "{count} invoices no playbook takes:", len(unrouted))
        yield from _first("  " + tell("{invoice} of {debtor}: {reason}", invoice=one.invoice, debtor=one.debtor, reason=one.reason) for one in unrouted)
    if rejects:
        yield tell_number("{count} row rejected:", "{count} rows rejected:", len(rejects))
        yield from _first(f"  {_place(one)}: {told(one.reason)}" for one in rejects)
    for lost in (True, False):
        some = tuple(one for one in missing if one.house is lost)
        if some:
            yield tell_number(*(_UNWRITTEN if lost else _UNREACHED), len(some))
            yield from _first(f"  {told(one.said)}" for one in some)
    if done.withdrawn:
        yield tell_number(
            "{count} message withdrawn: not sent within what the playbook allows (withdraw_after)",
            "{count} messages withdrawn: not sent within what the playbook allows (withdraw_after)", done.withdrawn,
        )  # fmt: skip
    if done.untrue:
        yield tell_number(*_UNTRUE, done.untrue)
    if done.doubted:
        yield tell_number(
            "{count} message drafted, not sent, for a person to look at first (`relance outbox list`):",
            "{count} messages drafted, not sent, for a person to look at first (`relance outbox list`):", len(done.doubted),
        )  # fmt: skip
        yield from _first(f"  {action.case}: {retold(action.reason)}" for action in done.doubted)
    yield from map(told, done.accounts.values())
    yield from (told(str(one)) for one in done.lost)
    if done.unnamed:
        yield tell_number(
            "{count} invoice is asked for that the files do not name; if they list what is open, record first what was paid:",
            "{count} invoices are asked for that the files do not name; if they list what is open, record first what was paid:", len(done.unnamed),
        )  # fmt: skip
        yield from _first(f"  {name}" for name in done.unnamed)
    if done.tasks:
        days = (done.evaluation.on - done.tasks[0]).days
        yield tell_number(
            "{count} task of earlier days still open, the oldest of {first} ({age}): `relance outbox list --state task`",
            "{count} tasks of earlier days still open, the oldest of {first} ({age}): `relance outbox list --state task`", len(done.tasks), first=done.tasks[0], age=lasting(days, "day"),
        )  # fmt: skip
    if earlier := [day for day in done.pending if day < done.evaluation.on]:
        days = (done.evaluation.on - earlier[0]).days
        yield tell_number(
            "{count} message of earlier days not sent yet, the oldest of {first} ({age}): `relance send`, `relance outbox list`",
            "{count} messages of earlier days not sent yet, the oldest of {first} ({age}): `relance send`, `relance outbox list`", len(earlier), first=earlier[0], age=lasting(days, "day"),
        )  # fmt: skip


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
