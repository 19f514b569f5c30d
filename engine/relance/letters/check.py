"""Checks of wordings before a letter leaves (PB4xx): every name against the declared context, and every step of a playbook.

Renders nothing: what it passes renders, and what it reports would have stopped a mailing on its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache, lru_cache

from jinja2 import TemplateSyntaxError, nodes

from relance.language import checks
from relance.language.place import Span
from relance.language.source import Source
from relance.letters.own_fields import fields_named
from relance.letters.template_walk import TemplateWalk
from relance.letters.wording import (
    FILES,
    SUFFIX,
    Templates,
    WordingError,
    declared_constants,
    front_matter,
    split_front_matter,
    tones_of,
)
from relance.model import TEXT_CHANNELS, Channel, Diagnostic, Playbook, Severity, Step
from relance.sentences import sentence

#: What the letter of an agency includes, by article R. 124-4 of the code of civil enforcement procedures; of the means of payment, the account may do.
_STATUTORY = (("identity",), ("sums",), ("payment", "account"), ("statutory",))


# --------------------------------------------------------------------------- what is checked


def check_all(templates: Templates, *, languages: Iterable[str] = ()) -> tuple[Diagnostic, ...]:
    """Check every wording there is, in some languages or all; findings are sorted by place."""
    found: set[Diagnostic] = set()
    for language in languages or templates.languages():
        for name in templates.names(language):
            for stem in ("message", *dict.fromkeys(stem for stems in FILES.values() for stem in stems if stem != "message")):
                place = f"{language}/{name}/{stem}{SUFFIX}"
                channel = Channel.LETTER if stem == "message" else Channel(stem)
                try:
                    found.update(check_file(templates, place, channel) if templates.read(place) is not None else ())
                except WordingError as error:  # one bad file never hides the others
                    found.add(error.diagnostic)
    return tuple(sorted(found))


def check_file(templates: Templates, place: str, channel: Channel) -> tuple[Diagnostic, ...]:
    """Check one wording, named from a templates folder, and the blocks it includes. One that ships, with all its blocks, is checked once."""
    asked = reader_of(templates, place)
    return _checked(asked, place, channel) if asked is not templates else _check(templates, place, channel)


def _check(templates: Templates, place: str, channel: Channel) -> tuple[Diagnostic, ...]:
    read = templates.read(place)
    assert read is not None
    path, text = read
    matter, mistakes = front_matter(text, path, channel)
    walk = TemplateWalk(templates, place.split("/", 1)[0], channel, list(mistakes), constants=declared_constants(matter))
    subject = matter.get("subject")
    if isinstance(subject, str):
        line = next((number for number, shown in enumerate(text.split("\n"), 1) if shown.startswith("subject")), 1)
        walk.source(subject, path, text, first_line=line)
    walk.source(split_front_matter(text)[1], path, text)
    return tuple(sorted(set(walk.findings)))


def check_playbook(playbook: Playbook, source: Source | None, templates: Templates) -> tuple[Diagnostic, ...]:
    """Check that each step has a wording for its channels and tone, in the playbook's language, and check these wordings.

    Warnings that the playbook waives are left out.
    """
    found: set[Diagnostic] = set()
    for number, step in enumerate(playbook.steps):
        where = place_of(source, playbook, number, step)
        for channel in sorted({*step.channels, *(other for _, other in step.fallback)} & TEXT_CHANNELS):
            try:
                found.update(_check_step(playbook, step, channel, templates, where))
            except WordingError as error:
                found.add(error.diagnostic)
    return checks.waived(playbook, tuple(sorted(found)))


def place_of(source: Source | None, playbook: Playbook, number: int, step: Step) -> Span:
    """Return where a step names its wording."""
    if source is None:
        return Span(playbook.id)
    steps = source.value.get("steps", []) if isinstance(source.value, dict) else []
    at = next((index for index, raw in enumerate(steps) if isinstance(raw, dict) and raw.get("id") == step.id), number)
    return source.at(("steps", at, "template" if step.template != step.id else "id"))


def _check_step(playbook: Playbook, step: Step, channel: Channel, templates: Templates, where: Span) -> Iterator[Diagnostic]:
    place = templates.locate(step.template, channel, playbook.language)
    if place is None:
        known = templates.names(playbook.language)
        near = get_close_matches(step.template, known, 1) if step.template not in known else []
        place_of = sentence("write {language}/{template}/{file}{suffix}", language=playbook.language, template=step.template, file=FILES[channel][-1], suffix=SUFFIX)
        hint = sentence("did you mean '{near}'? or {write}", near=near[0], write=place_of) if near else place_of
        yield where.diagnostic("PB404", sentence("there is no wording '{template}' for '{channel}' in '{language}'", template=step.template, channel=channel, language=playbook.language), hint=hint)
        return
    yield from _checked(templates, place, channel)
    yield from _undeclared(playbook, templates, place, where)
    read = templates.read(place)
    assert read is not None
    matter, mistakes = _matter(read[1], read[0], channel)
    if not mistakes and step.tone is not None and step.tone not in (tones := tones_of(matter)):
        yield where.diagnostic(
            "PB405", sentence("the wording '{template}' is not written for the tone '{tone}'; it is for {tones}", template=step.template, tone=step.tone, tones=tones)
        )
    if playbook.collector == "agency" and channel in (Channel.LETTER, Channel.REGISTERED_LETTER, Channel.ELECTRONIC_REGISTERED_LETTER):
        blocks = included(templates, place)
        for name, *instead in _STATUTORY:
            if not blocks.intersection((name, *instead)):
                hint = sentence('{{% include "_blocks/{name}{suffix}" %}}', name=name, suffix=SUFFIX)
                message = sentence("an agency's letter '{template}' does not include the block '{name}' (CPCE R. 124-4)", template=step.template, name=name)
                yield where.diagnostic("PB410", message, severity=Severity.WARNING, hint=hint)


_matter = lru_cache(maxsize=2048)(front_matter)


def _undeclared(playbook: Playbook, templates: Templates, place: str, where: Span) -> Iterator[Diagnostic]:
    """Find own fields that a wording, or a block of it, names and that the playbook declares otherwise or not at all."""
    declared = dict(playbook.fields)
    asked = reader_of(templates, place)
    language = place.split("/", 1)[0]
    for each in (place, *sorted(f"{language}/_blocks/{name}{SUFFIX}" for name in included(asked, place))):
        for name, kind in _fields_of(asked, each):
            if name not in declared:
                yield where.diagnostic("PB402", sentence("the wording '{place}' names the field '{name}', which `fields` does not declare", place=each, name=name), hint=sentence("declare it: `fields: {{{name}: {kind}}}`", name=name, kind=kind))
            elif declared[name] != kind:
                yield where.diagnostic("PB402", sentence("the wording '{place}' says the field '{name}' as {kind}, and `fields` declares it as {declared}", place=each, name=name, kind=kind, declared=str(declared[name])), hint=sentence('write `| field("{name}", "{kind}")`', name=name, kind=str(declared[name])))


@lru_cache(maxsize=2048)
def _checked(templates: Templates, place: str, channel: Channel) -> tuple[Diagnostic, ...]:
    """Check a wording once, however many steps and playbooks say it."""
    asked = reader_of(templates, place)
    return _checked(asked, place, channel) if asked is not templates else _check(templates, place, channel)


@lru_cache(maxsize=2048)
def _tree(templates: Templates, place: str) -> nodes.Template | None:
    """Parse a wording or block; None where it is not there or cannot be read."""
    read = templates.read(place)
    return None if read is None else _parsed(split_front_matter(read[1])[1])


@lru_cache(maxsize=2048)
def _parsed(text: str) -> nodes.Template | None:
    """Parse a text once, in whatever folder it lies; None where it cannot be read."""
    try:
        return _what_ships().environment.parse(text)
    except TemplateSyntaxError:
        return None


@lru_cache(maxsize=2048)
def _fields_of(templates: Templates, place: str) -> tuple[tuple[str, str], ...]:
    """Name the own fields that a wording or block says itself, with the kind it says each as."""
    tree = _tree(templates, place)
    return () if tree is None else tuple(fields_named(tree))


@lru_cache(maxsize=2048)
def included(templates: Templates, place: str) -> frozenset[str]:
    """Name the blocks a wording includes, directly or through others; a template that cannot be read includes none."""
    language, seen, left = place.split("/", 1)[0], set[str](), [place]
    while left:
        tree = _tree(templates, left.pop())
        for node in tree.find_all(nodes.Include) if tree is not None else ():
            if isinstance(node.template, nodes.Const) and node.template.value not in seen:
                seen.add(str(node.template.value))
                left.append(f"{language}/{node.template.value}")
    return frozenset(name.removeprefix("_blocks/").removesuffix(SUFFIX) for name in seen)


@cache
def _what_ships() -> Templates:
    return Templates()


def reader_of(templates: Templates, place: str) -> Templates:
    """Return who is to be asked about a wording: the one reader of what ships, where neither it nor a block of it is one's own; else these templates."""
    ships = _what_ships()
    if templates is ships or templates.folders[-1] != ships.folders[-1] or ships.read(place) is None:
        return templates
    own = any(folder.is_dir() and any(folder.joinpath(*name).is_file() for name in _with_blocks(place)) for folder in templates.folders[:-1])
    return templates if own else ships


@lru_cache(maxsize=2048)
def _with_blocks(place: str) -> tuple[tuple[str, ...], ...]:
    """Name the files of a wording that ships: its own, then those of its blocks."""
    language = place.split("/", 1)[0]
    return tuple(tuple(name.split("/")) for name in (place, *(f"{language}/_blocks/{name}{SUFFIX}" for name in included(_what_ships(), place))))
