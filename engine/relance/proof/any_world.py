"""What may be so of a claim, whatever came before: each combination of words and sums that the playbook and its promises can tell apart.

From any of them any other can come, by happenings in some number and order; so what a proof asks is what the ladder may do in each, and never how
it came about. What a combination means is asked of `observe`, over the shortest journal that has it. What cannot be set by such a journal
(the days of lateness, a score, tags, limitation by a bound) is taken as true and as false. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from relance.interpreter.cases import cases
from relance.interpreter.compiled import ASKED, CompiledPlaybook
from relance.interpreter.conditions import HOLDS
from relance.interpreter.snapshot import Snapshot, case_today
from relance.interpreter.view import observe
from relance.model import OWN, STATE_FACTS, Event, Facts, Playbook, Test, Unit

_DAY = timedelta(days=1)
#: Words of which at most one holds of an invoice at once; of an account, each may hold of another.
_EITHER = (("promised", "promise_broken"), ("plan_running", "plan_broken"))
#: What a debtor may be.
_KINDS = ("business", "consumer", "public")
#: Facts that a claim keeps for good: what its debtor and its creditor are. `every_claim` has one claim for each combination that is told apart.
FIXED = ("debtor", "country", "language", "creditor")
#: Facts that the shortest journal sets.
_SET = frozenset({"balance", ASKED, "paid"}) | frozenset(STATE_FACTS)


class KindOfClaim(NamedTuple):
    """What a playbook sees of a claim: which of its tests are true, and which words hold."""

    truths: tuple[bool | None, ...]
    states: frozenset[str]


def kinds_of(playbook: Playbook, plan: CompiledPlaybook, facts: Facts, sums: tuple[Decimal, ...], words: Collection[str]) -> tuple[KindOfClaim, ...]:
    """List what may be so of a claim where its ladder may move; `words` are those that promises ask about. Where it stands still, nothing leaves."""
    named = {test.fact for test in plan.tests if test.op == "is"} | set(words)
    silent = {test.fact for test in (*playbook.stop_when, *playbook.hold_while) if isinstance(test, Test) and test.op == "is" and test.value is True}
    asked = [word for word in STATE_FACTS if word in named - silent - {"paid"}]
    free = [place for place, test in enumerate(plan.tests) if test.fact not in _SET | {*FIXED, "done"}]  # what is done is read off the ladder
    on = facts.invoices[0].due + 60 * _DAY
    claims = every_claim(playbook, plan, facts)
    found: dict[KindOfClaim, None] = {}
    for holds in product((False, True), repeat=len(asked)):
        states = {word for word, so in zip(asked, holds, strict=True) if so}
        if any(set(pair) <= states for pair in _EITHER):
            continue
        for left, claim in product(sums, claims):
            for kind in _of_several(playbook, plan, _seen(playbook, claim, states, left, on, words), states, words):
                for values in product((False, True), repeat=len(free)):
                    truths = list(kind.truths)
                    for place, value in zip(free, values, strict=True):
                        truths[place] = value
                    found[KindOfClaim(tuple(truths), kind.states)] = None
    return tuple(kind for kind in found if not _stands_still(plan, kind.truths))


def _of_several(playbook: Playbook, plan: CompiledPlaybook, kinds: Iterable[KindOfClaim], states: Collection[str], words: Collection[str]) -> Iterator[KindOfClaim]:
    """Yield what may be so of an invoice, and of an account of several besides: that of two words that exclude each other each holds of another of them."""
    for kind in kinds:
        yield kind
        for pair in _EITHER:
            if playbook.unit is Unit.ACCOUNT and not set(pair).isdisjoint(states):
                truths = tuple(test.value is True if test.op == "is" and test.fact in pair else truth for test, truth in zip(plan.tests, kind.truths, strict=True))
                yield KindOfClaim(truths, kind.states.union(word for word in pair if word in words))


def every_claim(playbook: Playbook, plan: CompiledPlaybook, facts: Facts) -> tuple[Facts, ...]:
    """Return the claim, and one like it for each other combination of what a debtor and a creditor are that conditions tell apart."""
    named: dict[str, tuple[str | None, ...]] = {}
    for fact in FIXED:
        values = [value for test in plan.tests if test.fact == fact and isinstance(test.value, tuple) for value in test.value if isinstance(value, str)]
        usual = facts.creditor.id if fact == "creditor" else facts.debtor.kind if fact == "debtor" else getattr(facts.debtor, fact)
        others = _KINDS if fact == "debtor" and playbook.debtor == "any" else (None,)
        named[fact] = tuple(dict.fromkeys((usual, *values, *others))) if values and (fact != "debtor" or playbook.debtor == "any") else (usual,)
    return tuple(_who(facts, *who) for who in product(*(named[fact] for fact in FIXED)))


def _who(facts: Facts, debtor: str | None, country: str | None, language: str | None, creditor: str | None) -> Facts:
    person = replace(facts.debtor, kind=debtor, country=country, language=language)
    return replace(facts, debtor=person, creditor=replace(facts.creditor, id=creditor or f"not-{facts.creditor.id}"))


def with_own_fields(plan: CompiledPlaybook, facts: Facts) -> Iterator[Facts]:
    """Yield the claim as a file may tell the creditor's own fields of it: one claim for each comparison that they make true, and one for all of them."""
    told = [{test.fact.removeprefix(OWN): _told(test)} for test in plan.tests if test.fact.startswith(OWN)]
    together = {name: text for each in reversed(told) for name, text in each.items()}
    for fields in (*told, *([together] if len(told) > 1 else [])):
        yield replace(facts, invoices=tuple(replace(claim, fields=fields) for claim in facts.invoices))


def _told(test: Test) -> str:
    """Return the text of a field with which a comparison is true."""
    match test.value:
        case bool():
            return "oui" if test.value else "non"
        case date():
            return (test.value - (test.op == "before") * _DAY).isoformat()
        case Decimal():
            return str(test.value + (test.op == "more_than") - (test.op == "less_than"))
        case tuple():
            return str(test.value[0])
        case _:
            return str(test.value)


def _stands_still(plan: CompiledPlaybook, truths: tuple[bool | None, ...]) -> bool:
    return any(holds(truths) == HOLDS for _, holds in (*plan.stops, *plan.holds))


def _seen(playbook: Playbook, facts: Facts, states: Collection[str], left: Decimal, on: date, words: Collection[str]) -> Iterator[KindOfClaim]:
    events = tuple(_journal(facts, states, left, on))
    claim = facts.invoices[0]
    if "time_barred" in states:
        claim = replace(claim, due=claim.due.replace(year=claim.due.year - 20))
        facts = replace(facts, invoices=(claim,))
    facts = replace(facts, events=events)
    today = Snapshot(playbook, facts, on)
    case = cases(playbook, facts)[0]
    view, unit = observe(playbook, case, on, today), case_today(case, today)
    if view.barrier is not None:
        return
    of_claims = frozenset[str]().union(*(each.states for each in unit.claims))
    yield KindOfClaim(view.truths, frozenset(word for word in words if (word in (unit.states if word == "paid" else of_claims))))


def _journal(facts: Facts, states: Collection[str], left: Decimal, on: date) -> Iterator[Event]:
    """Write the shortest journal in which so much is left open and these words hold."""
    claim = facts.invoices[0]
    told: list[tuple[date, str, dict[str, object]]] = []
    if left < claim.amount:
        told.append((on - 59 * _DAY, "payment.received", {"amount": claim.amount - left}))
    for word, (days, kind, data) in _SAID.items():
        if word in states:
            told.append((on - days * _DAY, kind, data))
    more, past = on + 90 * _DAY, on - 35 * _DAY
    if "promised" in states or "promise_broken" in states:
        told.append((on - 40 * _DAY, "promise.made", {"by": more if "promised" in states else past, "amount": claim.amount}))
    if "plan_running" in states or "plan_broken" in states:
        terms = ({"on": more if "plan_running" in states else past, "amount": claim.amount},)
        told.append((on - 40 * _DAY, "plan.agreed", {"instalments": terms}))
    for seq, (day, kind, data) in enumerate(sorted(told, key=lambda each: each[0])):
        yield Event(day, kind, None, None, seq, data)


#: How each word that lasts comes to hold: so many days ago, by which event.
_SAID: dict[str, tuple[int, str, dict[str, object]]] = {
    "disputed": (30, "dispute.opened", {}),
    "on_hold": (30, "hold.placed", {}),
    "insolvent": (30, "insolvency.opened", {}),
    "unmatched_money": (30, "payment.unmatched", {}),
    "written_off": (30, "written_off", {}),
    "handed_over": (30, "handed_over", {}),
}
