"""Which steps of a playbook and which of its letters a change of the law touches: by the figures that a step asks, and by the articles that a letter cites."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from relance.letters.wording import Templates, WordingError
from relance.model import AnyOf, Channel, Charge, Condition, GrantsFrom, Not, Playbook, Step, StepKind, Test

_LATE = frozenset({Charge.LATE_INTEREST})
_CHARGES: Mapping[str, frozenset[Charge]] = MappingProxyType(
    {
        "ecb-refinancing-rate": _LATE, "late-interest": _LATE, "late-interest-margin": _LATE, "late-interest-floor": _LATE, "late-interest-floor-multiple": _LATE,
        "late-interest-public": _LATE, "late-interest-margin-public": _LATE,
        "legal-interest-others": frozenset({Charge.LEGAL_INTEREST}), "legal-interest-individuals": frozenset({Charge.LEGAL_INTEREST}),
        "judgment-surcharge": frozenset({Charge.LEGAL_INTEREST}), "interest-day-basis": frozenset({Charge.LATE_INTEREST, Charge.LEGAL_INTEREST}),
        "fixed-indemnity": frozenset({Charge.FIXED_INDEMNITY}), "fixed-indemnity-public": frozenset({Charge.FIXED_INDEMNITY}),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TouchedPlaybook:
    """What a change touches: ids of steps, and wordings by their place from a templates folder. `whole`: what stops the ladder depends on it."""

    playbook: str
    steps: tuple[str, ...]
    letters: tuple[str, ...]
    whole: bool = False


def touched_by(playbook: Playbook, templates: Templates, figures: Collection[str], articles: Collection[str] = ()) -> TouchedPlaybook | None:
    """Return what of a playbook a change of figures and articles touches; None where nothing is."""
    figures = [figure for figure in figures if not figure.endswith("-public") or playbook.debtor in ("public", "any")]
    asking = [step for step in playbook.steps if any(_depends(step, figure) for figure in figures)]
    letters: dict[str, None] = {}
    for step in playbook.steps:
        for place, cited in _letters(step, templates):
            if step in asking or cited & {_plain(each) for each in articles}:
                letters[place] = None
    whole = any(figure.startswith("limitation-") for figure in figures) and any("time_barred" in set(_facts(each)) for each in playbook.stop_when)
    found = TouchedPlaybook(playbook.id, tuple(step.id for step in asking), tuple(letters), whole)
    return found if found.steps or found.letters or found.whole else None


def _depends(step: Step, figure: str) -> bool:
    if figure in _CHARGES:
        return bool(_CHARGES[figure].intersection(step.claim))
    if figure == "registered-letter-kept":
        return step.grants_from is GrantsFrom.PRESENTATION
    if figure == "electronic-letter-acceptance":
        return Channel.ELECTRONIC_REGISTERED_LETTER in step.channels
    if figure.startswith("limitation-"):
        return step.condition is not None and "limitation_within" in set(_facts(step.condition))
    if figure.startswith(("payment-order-", "small-claims-", "uncontested-claim-")):
        return step.kind is StepKind.LEGAL or any(each.anchor.startswith("order.") for each in step.dates)
    return False


def _facts(condition: Condition) -> Iterator[str]:
    match condition:
        case Test():
            yield condition.fact
        case Not():
            yield from _facts(condition.part)
        case AnyOf() | _:
            for part in condition.parts:
                yield from _facts(part)


def _letters(step: Step, templates: Templates) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each wording that a step reads in any language, with the articles it and its blocks cite."""
    name = step.template or step.id
    for language in templates.languages():
        for channel in dict.fromkeys((*step.channels, *(into for _, into in step.fallback))):
            if (place := templates.locate(name, channel, language)) is not None:
                try:
                    cited = templates.find(name, channel, language).constants
                except WordingError:
                    cited = ()
                yield place, frozenset(map(_plain, cited))


def _plain(article: str) -> str:
    return article.replace("article ", "").replace(". ", "").replace(".", "").replace(" ", "").replace("\u00a0", "")
