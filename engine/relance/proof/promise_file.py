"""Read promises (`<playbook>.promises.yaml`, `schemas/promises.schema.json`): the form is the schema's affair, the words are held against the playbook here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relance.journal.event_types import PUBLIC
from relance.language import library, load_playbook, parse, schema_walk, shape, source
from relance.language.findings import has_errors
from relance.language.schema_validator import example_of_key
from relance.language.source import Source
from relance.language.vocabulary import folded, meant
from relance.language.vocabulary import known as known_words
from relance.model import Channel, Charge, Diagnostic, Duration, Playbook, Severity, StepKind, Waiver
from relance.project import playbooks_around
from relance.proof.promises import After, AtMost, Never, NotBefore, Possible, Promise, What
from relance.sentences import sentence

SUFFIX = ".promises.yaml"
#: The keys that say which form a promise has, and what each may and must have beside it.
_FORMS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "never": (frozenset(), frozenset({"while", "unless", "since"})),
    "always": (frozenset({"of"}), frozenset({"unless"})),
    "at_most": (frozenset({"of", "within"}), frozenset()),
    "before": (frozenset({"first"}), frozenset({"deadline"})),
    "after": (frozenset({"comes", "within"}), frozenset({"unless"})),
    "eventually": (frozenset(), frozenset()),
}


@dataclass(frozen=True, slots=True)
class PromiseFile:
    """What an author promises of a playbook, and which promises of every playbook he does not make."""

    path: str
    promises: tuple[Promise, ...] = ()
    waived: tuple[Waiver, ...] = ()


def read_promises(text: bytes, path: str, playbook: Playbook) -> tuple[PromiseFile | None, tuple[Diagnostic, ...]]:
    """Read a file of promises for a playbook; None exactly where a diagnostic is an error."""
    found, said = source.read(text, path)
    if found is None:
        return None, said
    said = (*said, *shape.check(found, "promises"))
    if has_errors(said):
        return None, said
    made: list[Promise] = []
    wrong: list[Diagnostic] = []
    for place, raw in enumerate(found.value["promises"]):
        try:
            made.append(_promise(raw, playbook, found.at(("promises", place)).line))
        except ValueError as error:
            wrong.append(_mistake(found, place, error))
    waived = tuple(Waiver(each["code"], each["reason"]) for each in found.value.get("waive", ()))
    return (None, (*said, *wrong)) if wrong else (PromiseFile(path, tuple(made), waived), said)


def read_promise_file(path: Path) -> tuple[PromiseFile | None, tuple[Diagnostic, ...]]:
    """Read a file of promises by itself: its playbook stands beside it, or ships."""
    text = path.read_bytes()
    found, said = source.read(text, str(path))
    name = found.value.get("playbook") if found is not None and isinstance(found.value, dict) else None
    folders = playbooks_around(path)
    where = library.find(name, beside=path.parent, folders=folders) if isinstance(name, str) else None
    playbook, _ = load_playbook(where) if where is not None else (None, ())
    if playbook is not None:
        return read_promises(text, str(path), playbook)
    if found is None or has_errors(said := (*said, *shape.check(found, "promises"))):
        return None, said
    message = sentence('the playbook "{name}" has mistakes of its own', name=name) if where is not None else sentence('there is no playbook "{name}"', name=name)
    near = None if where is not None else library.near_playbook(str(name), path.parent, folders)
    return None, (*said, found.at(("playbook",)).diagnostic("PB710", message, hint=sentence('did you mean "{near}"?', near=near) if near else None))


def _mistake(found: Source, place: int, error: ValueError) -> Diagnostic:
    span = found.at(("promises", place, *error.args[1:]))
    said, raw = error.args[0], found.value["promises"][place]
    return Diagnostic(found.path, span.line, span.column, "PB710", Severity.ERROR, said, span.end_line, span.end_column, _way_out(said, error.args[1:], raw))


def _way_out(said: Any, key: tuple[Any, ...], raw: Mapping[str, Any]) -> str | None:
    """Say what to write where a key is missing, with an example of it, or where a phrase says a message and a state at once."""
    if getattr(said, "template", "") == '"{form}" needs {keys}':
        shown = [f"{name}: {example}" for name in said.parts["keys"] if (example := example_of_key("promises", "a promise", name))]
        return sentence("for example {example}", example=", ".join(shown)) if shown else None
    text = raw.get(key[0]) if key else None
    if not isinstance(text, str) or " " not in text.strip():
        return None
    states = schema_walk.allowed(schema_walk.parts_at("promises", ("promises", 0, "while")))
    words = folded(text).split()
    runs = [" ".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
    what = next((str(word) for run in runs for word in (meant(run, [*map(str, Channel)]),) if word and known_words(run)), None)
    state = next((word for run in runs for word in known_words(run) or () if word in states), None)
    if what is None:
        return None
    written = f"{key[0]}: {what}, while: {state}" if state is not None and "while" not in raw else f"{key[0]}: {what}"
    return sentence("write {written} in place of key and value", written=written)


def _promise(raw: Mapping[str, Any], playbook: Playbook, line: int) -> Promise:
    forms = [form for form in _FORMS if form in raw]
    if len(forms) != 1:
        raise ValueError(sentence("a promise has one of: {forms}", forms=tuple(_FORMS)))
    form = forms[0]
    must, may = _FORMS[form]
    if lacking := sorted(must - raw.keys()):
        raise ValueError(sentence('"{form}" needs {keys}', form=form, keys=lacking))
    if spare := sorted(raw.keys() - must - may - {form, "name"}):
        raise ValueError(sentence('{keys} say nothing beside "{form}"', form=form, keys=spare))
    named: dict[str, Any] = {"name": raw.get("name") or " ".join(f"{key} {_said(value)}" for key, value in raw.items()), "line": line}

    def about(key: str) -> What:
        try:
            return _what(raw[key], playbook)
        except ValueError as error:
            raise ValueError(error.args[0], key) from error

    def within() -> Duration:
        try:
            return parse.duration(raw["within"])
        except ValueError as error:
            raise ValueError(error.args[0], "within") from error

    match form:
        case "never":
            since = about("since") if "since" in raw else None
            return Never(what=about("never"), states=_states(raw.get("while")), unless=_states(raw.get("unless")), since=since, **named)
        case "always":
            return Never(what=about("of"), always=about("always"), unless=_states(raw.get("unless")), **named)
        case "at_most":
            return AtMost(what=about("of"), number=raw["at_most"], within=within(), calendar=playbook.calendar, **named)
        case "before":
            return NotBefore(what=about("before"), first=about("first"), expired="deadline" in raw, **named)
        case "after":
            if raw["after"] != "due" and raw["after"] not in PUBLIC:
                raise ValueError(sentence('"{word}" is neither due nor an event', word=raw["after"]))
            return After(what=about("comes"), since=raw["after"], within=within(), unless=_states(raw.get("unless")) | WAITED, calendar=playbook.calendar, **named)
        case _:
            return Possible(what=about("eventually"), **named)


#: What the playbook cannot help, or asked for: a run that did not take place, an approval that was not given, a message that was not sent, what stops or
#: holds a case, a sum too small, contact rules that have no room.
WAITED = frozenset({
    "missed", "awaiting_approval", "awaiting_sending", "below_min_balance", "min_gap", "at_most", "at_most_by", "paid", "disputed", "promised", "plan_running", "insolvent", "on_hold", "unmatched_money", "written_off", "closed",
    "time_barred", "handed_over",
})  # fmt: skip


def _states(raw: Any) -> frozenset[str]:
    return frozenset() if raw is None else frozenset({raw} if isinstance(raw, str) else raw)


def _what(raw: Any, playbook: Playbook) -> What:
    if isinstance(raw, Mapping):
        step = raw.get("step")
        if step is not None and step not in {each.id for each in playbook.steps}:
            raise ValueError(sentence('the playbook has no step "{step}"; it has {steps}', step=step, steps=[each.id for each in playbook.steps]))
        return What(
            channels=frozenset({_channel(raw["channel"])}) if "channel" in raw else frozenset(),
            steps=frozenset({step}) if step is not None else frozenset(),
            kinds=frozenset({StepKind(raw["kind"])}) if "kind" in raw else frozenset(),
            claims=frozenset({Charge(raw["claim"])}) if "claim" in raw else frozenset(),
        )
    if raw == "contact":
        return What(contact=True)
    if raw in PUBLIC:
        return What(happens=raw)
    if raw in {each.id for each in playbook.steps}:
        raise ValueError(sentence('"{step}" is a step: write {{step: {step}}}', step=raw))
    if (kind := meant(str(raw), [str(each) for each in StepKind])) is not None and meant(str(raw), [str(each) for each in Channel]) is None:
        raise ValueError(sentence('"{word}" is a kind of step: write {{kind: {kind}}}', word=raw, kind=kind))
    return What(channels=frozenset({_channel(raw)}))


def _channel(raw: str) -> Channel:
    try:
        return Channel(raw)
    except ValueError:
        near = meant(str(raw), ["contact", *map(str, Channel), *PUBLIC])
        if near is not None:
            raise ValueError(sentence('"{word}" is neither contact, nor a channel, nor an event; did you mean "{near}"?', word=raw, near=near)) from None
        raise ValueError(sentence('"{word}" is neither contact, nor a channel, nor an event', word=raw)) from None


def _said(raw: Any) -> str:
    return ", ".join(_parts(raw))


def _parts(raw: Any) -> Iterator[str]:
    if isinstance(raw, Mapping):
        yield from (f"{key} {value}" for key, value in raw.items())
    elif isinstance(raw, list):
        yield from (str(each) for each in raw)
    else:
        yield str(raw)
