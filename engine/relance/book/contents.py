"""What the pages of a book say, as plain data for its layout: the ladder, the instructions, the texts, the waivers, the figures, the sources, what is signed.

Owns the order and the headings. Lays nothing out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from relance.book.condition_sentences import if_said
from relance.book.french_dates import listing, when_said
from relance.book.how_to import HowTo
from relance.book.sources import TextSource
from relance.book.specimens import Specimen
from relance.language.codes import codes
from relance.law.parameters import Law, UnknownParameter
from relance.letters.markdown import Node
from relance.letters.pdf import layable
from relance.letters.unbroken import unbroken
from relance.model import WORLD_ANCHORS, Channel, Playbook, Step, StepKind
from relance.report.french import CHANNELS, STEP_KINDS, day_in_french, french_amount
from relance.sentences import said

_DEBTORS = {"business": "débiteur professionnel", "consumer": "débiteur particulier", "public": "personne publique"}
_LANGUAGES = {"fr": "français", "en": "anglais"}
_UNITS = {
    "percent per year": ("% l’an", "% l’an"), "points": ("point", "points"), "multiple": ("fois", "fois"), "days": ("jour", "jours"),
    "months": ("mois", "mois"), "years": ("an", "ans"),
}  # fmt: skip
#: What stays on one line with the number after it.
_ARTICLE = re.compile(r"\b([LRD]\.|art\.|n°) (?=\d)")
#: What Légifrance calls a text by.
_IDENTIFIER = re.compile(r"\b(?:LEGIARTI|JORFTEXT|JORFARTI)\d{12}\b")


def ladder(playbook: Playbook) -> list[dict[str, Any]]:
    """Return the rungs for the drawing. `answer`: the step answers an event, and stands beside the ladder."""
    titles = {step.id: step.title or step.id for step in playbook.steps}
    return [_rung(step, titles) for step in playbook.steps]


def _when(step: Step, titles: Mapping[str, str]) -> str:
    """Write out every date that a step may come on, as the instructions do."""
    said = when_said(step.at, titles)
    if step.or_at is not None:
        said += f", ou plus tôt, {when_said(step.or_at, titles)}"
    return f"{said}, et pas avant\u00a0: {when_said(step.not_before, titles)}" if step.not_before is not None else said


def _rung(step: Step, titles: Mapping[str, str]) -> dict[str, Any]:
    channels = listing([CHANNELS[each] for each in step.channels if each is not Channel.HANDOVER])
    instead = [CHANNELS[into] for _, into in step.fallback if into not in step.channels]
    return {
        "when": _capital(_when(step, titles)),
        "title": step.title or step.id,
        "kind": STEP_KINDS[step.kind],
        "strong": step.kind in (StepKind.FORMAL_NOTICE, StepKind.HANDOVER, StepKind.LEGAL),
        "answer": step.at.anchor in WORLD_ANCHORS,
        "channels": f"{_capital(channels)}{f' (à défaut {listing(dict.fromkeys(instead))})' if instead else ''}",
        "condition": _capital(if_said(step.condition)) if step.condition else "",
        "approval": step.approval,
    }


def how_to(instructions: HowTo) -> dict[str, Any]:
    """Return the instructions."""
    return {"rules": list(instructions.rules), "steps": [{"title": each.step.title or each.step.id, "sentences": list(each.sentences)} for each in instructions.steps]}


# --------------------------------------------------------------------------- the texts


def texts(found: Iterable[Specimen]) -> list[dict[str, Any]]:
    """Return the texts, step by step; the same text on another channel is said to be the same, and of a further situation what differs is shown."""
    return [
        {"title": step.title or step.id, "groups": list(_groups([*of_step]))}
        for step, of_step in ((steps[0].step, steps) for steps in (list(each) for _, each in groupby(found, key=lambda each: each.step.id)))
    ]


def _groups(found: Sequence[Specimen]) -> Iterator[dict[str, Any]]:
    shown: dict[str, str] = {}
    for _, each in groupby(found, key=lambda one: (one.channel, one.language, one.debtor)):
        group = list(each)
        title = _group_title(group[0], {one.debtor for one in found})
        body = _body(group)
        key = repr(body)
        if key in shown:
            yield {"title": title, "same_as": shown[key], "mentions": _mentions(group[0]), "cases": []}
            continue
        shown[key] = title
        yield {"title": title, "same_as": None, "mentions": _mentions(group[0]), "cases": body}


def _group_title(first: Specimen, debtors: set[str]) -> str:
    parts = [_capital(CHANNELS[first.channel])]
    if len(debtors) > 1:
        parts.append(_DEBTORS[first.debtor])
    if first.language != "fr":
        parts.append(f"en {_LANGUAGES.get(first.language, first.language)}")
    if first.stands_in:
        parts.append("à défaut d’une autre voie")
    return ", ".join(parts)


def _mentions(first: Specimen) -> list[list[str]]:
    return [[each.name, each.article, each.where] for each in first.mentions]


def _body(group: Sequence[Specimen]) -> list[dict[str, Any]]:
    """Return the cases of a text: the first whole, of the others what differs; those that read the same stand together."""
    together: dict[str, list[Specimen]] = {}
    for each in group:
        together.setdefault(repr((each.text, each.failed)), []).append(each)
    first = next(iter(together.values()))[0]
    base = [layable(node) for node in first.text.blocks] if first.text else []
    return [_case(cases, first, base, alone=len(together) == 1) for cases in together.values()]


def _names(cases: Sequence[str], *, alone: bool) -> str:
    """Name the situations in which a text reads the same: the first, and those that are like it; all of them where there is no other text (`alone`)."""
    if alone and len(cases) > 1:
        return "Toutes les situations"
    return _capital(cases[0]) + (f"\u00a0; de même, {listing(cases[1:])}" if len(cases) > 1 else "")


def _case(cases: Sequence[Specimen], first: Specimen, base: Sequence[Node], *, alone: bool) -> dict[str, Any]:
    each = cases[0]
    names = _names([one.case for one in cases], alone=alone)
    if each.text is None:
        return {"names": names, "subject": "", "failed": each.failed, "blocks": [], "same": ""}
    numbered = [[number, layable(node)] for number, node in enumerate((node for node in each.text.blocks if node[0] != "hr"), 1)]
    same = [] if each is first else [number for number, node in numbered if node in base]
    whole = each is first or len(same) * 3 < len(numbered)
    return {
        "names": names,
        "subject": each.text.subject,
        "failed": "",
        "blocks": numbered if whole else [block for block in numbered if block[0] not in same],
        "same": "" if whole or not same else f"{_paragraphs(same)} comme dans la situation « {first.case} ».",
    }


def _paragraphs(numbers: Sequence[int]) -> str:
    runs: list[str] = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        held = [number for _, number in run]
        runs.append(str(held[0]) if len(held) == 1 else f"{held[0]}\u00a0à\u00a0{held[-1]}" if len(held) > 2 else f"{held[0]} et {held[1]}")
    return f"§\u00a0{', '.join(runs)}\u00a0:"


# --------------------------------------------------------------------------- waivers, figures, sources


def waiver_rows(playbook: Playbook) -> list[list[str]]:
    """Return the findings that the author accepts: code, what it is about, his reason."""
    known = codes()
    return [[each.code, said(known[each.code].title, "fr") if each.code in known else "", each.reason] for each in playbook.waive]


def figure_rows(law: Law, on: date) -> list[list[str]]:
    """Return the figures of the law on a day: what it is, the figure, the article, where and when it was read."""
    rows = []
    for name, parameter in law.parameters.items():
        title, article = parameter.french_title or parameter.title, parameter.french_law or parameter.law
        try:
            value, stated = _figure(law.value_on(name, on), parameter.unit), law.values_on(name, on)
        except UnknownParameter:
            rows.append([title, "inconnu ce jour", article, ""])
            continue
        flag = "" if all(one.verified for _, one in stated) else " À vérifier dans un texte officiel."
        read = max(part.checked_on for part, _ in stated)
        places = "\u00a0; ".join(dict.fromkeys(_place(one.url, one.title) for _, one in stated))
        rows.append([title, value, _whole(article), f"{places}. Lu le {unbroken(day_in_french(read))}.{flag}"])
    return rows


def _whole(article: str) -> str:
    """Keep the letter of an article with its number, and a date whole: `R.\u00a0622-24`."""
    return unbroken(_ARTICLE.sub("\\1\u00a0", article))


def _figure(value: Decimal, unit: str) -> str:
    """Write a figure with its unit: `12,40 % l’an`, `1 mois`."""
    if unit == "euro":
        return french_amount(value)
    one, several = _UNITS.get(unit, (unit, unit))
    return f"{str(value).replace('.', ',')}\u00a0{one if abs(value) < 2 else several}"


def _place(url: str, title: str) -> str:
    """Say where a figure was read: the site, and the identifiers of the text that its title names."""
    host = urlsplit(url).hostname or url
    return ", ".join([host.removeprefix("www."), *_IDENTIFIER.findall(f"{title} {url}")[:1]])


def source_rows(cited: Iterable[TextSource]) -> list[list[str]]:
    """Return the texts and rulings: name, identifier, what it says, day read."""
    return [[_whole(each.name), each.identifier or "identifiant non relevé", each.about, unbroken(each.read)] for each in cited]


_PARTS = {"figure": "chiffre", "layout": "mise en page", "letterhead": "papier à lettres", "playbook": "scénario", "wording": "texte"}


def part_rows(covered: Mapping[str, str]) -> list[list[str]]:
    """Return what the signature covers, with the first sixteen digits of each hash."""
    return [[_part_said(name), value[:16]] for name, value in covered.items()]


def _part_said(name: str) -> str:
    """Name a part in French: its kind, and which of them it is where there are several."""
    kind, _, which = name.partition(" ")
    return f"{_PARTS.get(kind, kind)} {which}".rstrip()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
