"""Every text of a playbook on every channel, stand-ins and sheets included, in the situations that matter; and the mentions each owes, with where they stand.

The cases are invented, as `letters.situations` and `letters.sample` invent them; the texts are filled by the wordings that would leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from relance.book.owed_mentions import OwedMention, owed_mentions
from relance.letters import call, sample
from relance.letters.context import build
from relance.letters.letterhead import Letterhead
from relance.letters.situations import Situation, action_of, law_context_of, sent_before, situations_of, writing_of
from relance.letters.wording import Templates, Text, WordingError
from relance.model import LETTERS, Channel, Event, Facts, Invoice, Playbook, Step, StepKind, Tone

#: Channels that are a sheet for a person, not a text to the debtor.
SHEETS = frozenset({Channel.TASK, Channel.HANDOVER})
_PAST = date(2026, 1, 24)


@dataclass(frozen=True, slots=True)
class Specimen:
    """A text in a situation. `stands_in`: it leaves only where another channel cannot. `failed` says why there is no text."""

    step: Step
    channel: Channel
    language: str
    debtor: str
    case: str
    stands_in: bool
    text: Text | None = None
    failed: str = ""
    mentions: tuple[OwedMention, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleCase:
    """An invented case in a situation that matters: its name in French, and the facts."""

    name: str
    facts: Facts


def specimens(playbook: Playbook, templates: Templates, paper: Letterhead | None = None) -> Iterator[Specimen]:
    """Write every text of a playbook, step by step in its order; of a language that is not the playbook's, the first situation alone."""
    for number, step in enumerate(playbook.steps):
        stands_in = {into for _, into in step.fallback} - set(step.channels)
        for situation in sorted((*_texts(playbook, number, step, templates), *_sheets(playbook, number, step, templates)), key=lambda each: _place(step, each.channel)):
            cases = sample_cases(situation, step)
            if _says_an_assignment(situation, templates):
                cases = tuple(replace(case, facts=_assigned(case.facts)) for case in cases)
            for case in cases[: None if situation.language == playbook.language else 1]:
                blank = Specimen(step, situation.channel, situation.language, situation.debtor, case.name, situation.channel in stands_in)
                yield _written(blank, situation, case.facts, templates, paper)


def _says_an_assignment(situation: Situation, templates: Templates) -> bool:
    """Say whether a wording speaks of the assignment of a claim: without one it would be shown as a plain reminder."""
    place = templates.locate(situation.template, situation.channel, situation.language)
    found = None if place is None else templates.read(place)
    return found is not None and "assignments" in found[1]


def _assigned(facts: Facts) -> Facts:
    """Return a case whose creditor has its invoices from another, of which the debtor was not told yet."""
    terms = {"assignor": "Meubles Martin SARL", "assigned_on": "2026-02-10"}
    return replace(facts, invoices=tuple(replace(invoice, terms={**invoice.terms, **terms}) for invoice in facts.invoices))


def _place(step: Step, channel: Channel) -> int:
    """Return where a channel stands among those of a step, as its author wrote them; what stands in comes last."""
    return step.channels.index(channel) if channel in step.channels else len(step.channels)


def _texts(playbook: Playbook, number: int, step: Step, templates: Templates) -> Iterator[Situation]:
    """Name what a step sends, at its own tone."""
    for situation in situations_of(playbook, number, step, templates):
        if situation.tone is (step.tone or Tone.NEUTRAL):
            yield situation


def _sheets(playbook: Playbook, number: int, step: Step, templates: Templates) -> Iterator[Situation]:
    """Name the sheets that a step gives a person, after what the steps before it sent."""
    before = playbook.steps[:number]
    for channel in sorted(SHEETS.intersection(step.channels)):
        name = step.template or step.id
        if templates.locate(name, channel, playbook.language) is not None:
            yield Situation(
                name, channel, playbook.language, step.tone or Tone.NEUTRAL, kind=step.kind, debtor="consumer" if playbook.debtor == "consumer" else "business", claim=step.claim, asks=step.asks, offer=step.offer, grants=step.grants,
                letter=any(LETTERS.intersection(each.channels) for each in before), notice=any(each.kind is StepKind.FORMAL_NOTICE for each in before), agency=playbook.collector == "agency", to=step.to,
            )  # fmt: skip


def sample_cases(situation: Situation, step: Step) -> tuple[SampleCase, ...]:
    """Return the situations a text is read in: one invoice, several, a part payment, a plan that was not kept, a dispute."""
    one, several = (_case(situation, step, invoices=number) for number in (1, 3))
    first = one.invoices[0]
    found = [SampleCase("une facture", one), SampleCase("plusieurs factures", several)]
    if situation.early:
        return tuple(found)
    return (
        *found,
        SampleCase("un paiement partiel", _with(one, first, ("payment.received", date(2026, 2, 20), {"amount": Decimal("200.00")}))),
        SampleCase("un échéancier qui n’a pas été tenu", _with(one, first, _plan(first))),
        SampleCase("plusieurs factures dont une est contestée", _with(several, several.invoices[2], ("dispute.opened", _PAST, {"reason": "deux caisses manquaient"}))),
    )


def _case(situation: Situation, step: Step, invoices: int) -> Facts:
    """Invent a case with what the step answers to, and what went before."""
    plain = sample.facts(consumer=situation.debtor == "consumer", invoices=invoices)
    creditor = replace(plain.creditor, kind="business")
    asked = plain.invoices[:2]
    events = [*sent_before(situation, plain, asked), *_answered(step, asked[0])]
    return replace(plain, creditor=creditor, events=_ordered(events))


def _answered(step: Step, invoice: Invoice) -> Iterator[Event]:
    """Return what happened where a step counts from an event of the world."""
    told: dict[str, tuple[tuple[str, date, dict[str, Any]], ...]] = {
        "promise.broken": (("promise.made", date(2026, 2, 10), {"by": date(2026, 2, 20), "amount": Decimal("500.00")}),),
        "plan.broken": (_plan(invoice),),
        "dispute.closed": (
            ("dispute.opened", _PAST, {"reason": "deux caisses manquaient"}),
            ("dispute.closed", date(2026, 2, 27), {"outcome": "rejected"}),
        ),
        "payment.received": (("payment.received", date(2026, 2, 20), {"amount": Decimal("200.00")}),),
        "payment.reversed": (
            ("payment.received", date(2026, 2, 20), {"amount": Decimal("200.00")}),
            ("payment.reversed", date(2026, 2, 25), {"amount": Decimal("200.00")}),
        ),
    }
    for kind, on, data in told.get(step.at.anchor, ()):
        yield Event(on, kind, invoice.id, data=data)


def _plan(invoice: Invoice) -> tuple[str, date, dict[str, Any]]:
    half = (invoice.amount / 2).quantize(Decimal("0.01"))
    dates = (date(2026, 2, 20), date(2026, 3, 20))
    return "plan.agreed", date(2026, 2, 10), {"instalments": tuple({"on": on, "amount": part} for on, part in zip(dates, (half, invoice.amount - half), strict=True))}


def _with(facts: Facts, invoice: Invoice, happened: tuple[str, date, dict[str, Any]]) -> Facts:
    kind, on, data = happened
    return replace(facts, events=_ordered([*facts.events, Event(on, kind, invoice.id, data=data)]))


def _ordered(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(replace(event, seq=number) for number, event in enumerate(sorted(events, key=lambda event: event.on)))


def _written(blank: Specimen, situation: Situation, facts: Facts, templates: Templates, paper: Letterhead | None) -> Specimen:
    """Fill the wording of a situation, and look for what it owes."""
    action, writing = action_of(situation, facts), writing_of(situation, paper)
    context = build([action], facts, writing)
    try:
        text = templates.find(situation.template, situation.channel, situation.language).render(context)
    except WordingError as error:
        return replace(blank, failed=f"{error.diagnostic.path}:{error.diagnostic.line}")
    owed = () if situation.channel in SHEETS else owed_mentions(text, law_context_of(situation, action, facts, writing), context.sender, letter=situation.channel in LETTERS)
    shown = call.sheet(text, context) if situation.channel is Channel.CALL else text
    return replace(blank, text=shown, mentions=owed)
