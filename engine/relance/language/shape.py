"""Whether a source has the shape its schema asks for (PB1xx).

Owns the sentences about unknown, missing and ill-formed values. They are built from the validator's data, one message
for one mistake; the schema alone says what is allowed. It knows nothing of any one file format.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

from relance.language import advice, homes, instead, parse, phrases, schema_walk, when_meant
from relance.language.schema_validator import example_of_key, mappings, named_around, nodes, validator
from relance.language.source import Number, Path, Source
from relance.language.vocabulary import known as known_words
from relance.language.vocabulary import meant
from relance.model import Diagnostic, StepKind
from relance.sentences import in_turn, joined, marked, sentence, shipped_text

_NOUNS = {dict: sentence("a mapping"), list: sentence("a list"), int: sentence("a whole number"), bool: sentence("true or false"), Number: sentence("a number")}
_WANTED = {
    "object": sentence("a mapping"),
    "array": sentence("a list"),
    "string": sentence("text"),
    "integer": sentence("a whole number"),
    "boolean": sentence("true or false"),
    "number": sentence("a number"),
    "null": sentence("nothing"),
}


#: What a rule on size counts.
_SIZES = {
    **dict.fromkeys(("minLength", "maxLength"), sentence("characters")),
    **dict.fromkeys(("minItems", "maxItems"), sentence("items")),
    **dict.fromkeys(("minProperties", "maxProperties"), sentence("keys")),
}


def check(source: Source, schema: str) -> tuple[Diagnostic, ...]:
    """Hold `source.value` against the shipped schema of that name and say everything that does not fit, by place."""
    return _Findings(source, schema).all()


class _Findings:
    """Turns the validator's errors on one source into diagnostics."""

    def __init__(self, source: Source, name: str) -> None:
        self.source = source
        self.name = name
        self.parted: dict[Path, str] = {}  # place → the whole list that was cut at its commas

    def all(self) -> tuple[Diagnostic, ...]:
        errors: dict[Path, list[Any]] = defaultdict(list)
        refused: set[Path] = set()  # keys that may not be: what they hold says nothing new
        for error in validator(self.name).iter_errors(self.source.value):
            path = tuple(error.absolute_path)
            if not self.source.is_broken(path):
                errors[path].append(error)
            if "propertyNames" in error.absolute_schema_path:
                refused.add((*path, error.instance))
        for path in [path for path, found in errors.items() if path and _is_cut(found, errors.get(path[:-1], ()), path[-1])]:
            del errors[path]
        self._parted(errors)
        for path in [path for path in errors if any(path[:length] in refused for length in range(1, len(path) + 1))]:
            del errors[path]
        return tuple(sorted({finding for path, found in errors.items() for finding in self._at(path, found)}))

    def _parted(self, errors: dict[Path, list[Any]]) -> None:
        """Take the words that follow `{channels: email, letter}` for what they are: items of a list whose brackets are missing."""
        for path in [path for path, found in errors.items() if path and any(each.validator == "type" and each.validator_value == "array" and isinstance(each.instance, str) for each in found)]:
            held = reduce(lambda node, part: node[part], path[:-1], self.source.value)
            if not isinstance(held, dict):
                continue
            keys = list(held)
            behind = []
            for key in keys[keys.index(path[-1]) + 1 :]:
                if held[key] is not None or self.source.at((*path[:-1], key)).line != self.source.at(path).line:
                    break
                behind.append(key)
            if behind:
                self.parted[path] = ", ".join([str(held[path[-1]]), *behind])
                for key in behind:
                    errors.pop((*path[:-1], key), None)

    def _at(self, path: Path, errors: list[Any]) -> Iterator[Diagnostic]:
        wrong = [error for error in errors if error.validator == "type"]
        if wrong:  # what else is wrong with a value of the wrong type says nothing new
            yield self._type(path, wrong[0])
            return
        items = {item for place, whole in self.parted.items() if place[:-1] == path for item in whole.split(", ")[1:]}
        unknown = sorted({key for error in errors if error.validator == "additionalProperties" for key in _extras(error)} - items)
        missing = {key: error for error in errors if error.validator == "required" for key in error.validator_value if key not in error.instance}
        for error in errors:
            if error.validator == "additionalProperties":
                yield from self._unknown(path, error, unknown, missing)
        for key, error in missing.items():
            yield self._missing(path, key, error)
        for error in errors:
            if error.validator in {"additionalProperties", "required"} or (error.validator == "pattern" and "x-form" in error.schema):
                continue
            yield from self._value(path, error)

    # -- keys

    def _unknown(self, path: Path, error: Any, unknown: Iterable[str], missing: dict[str, Any]) -> Iterator[Diagnostic]:
        known = [key for key in error.schema.get("properties", {}) if key not in error.instance or key in missing]
        thing = str(error.schema.get("x-name") or error.schema.get("title") or THIS)
        for key in unknown:
            where = self.source.key((*path, key))
            if (bare := " ".join(key.split())) != key and bare in known:
                missing.pop(bare, None)
                yield where.diagnostic("PB101", sentence('a no-break space stands behind "{bare}", and makes another key of it', bare=bare), hint=sentence("write `{bare}:` again, without the space", bare=bare))
                continue
            if (held := re.fullmatch(r"([^<>=!:]+?) *(?:==?|:) *([\w-]+)", key)) is not None and (fact := meant(held[1], known)) is not None:
                yield where.diagnostic("PB101", sentence('"{key}" is not a key of {thing}', key=key, thing=shipped_text(thing)), hint=sentence("write {written}", written=f"{fact}: {held[2]}"))
                continue
            if (cut := _cut_at_comma(error.instance, key)) is not None:
                yield self.source.at((*path, cut[0])).diagnostic("PB101", sentence('"{key}" is cut at its comma: between braces a comma parts two keys', key=cut[0]), hint=sentence("write {written}", written=cut[1]))
                continue
            if (truth := advice.denied(key, [fact for fact in known if error.schema["properties"][fact].get("type") == "boolean"])) is not None and error.instance[key] in {None, True, "oui", "yes"}:
                yield where.diagnostic("PB101", sentence('"{key}" is not a key of {thing}', key=key, thing=shipped_text(thing)), hint=sentence("write {written}", written=f"{truth}: false"))
                continue
            hint: str | None
            near = next((word for word in known_words(key) or () if word in missing), None) or meant(key, known)
            if (whole := instead.whole_pair(key, error.instance, error.schema)) is not None:
                for told in [each for each in missing if f"{each}:" in str(whole)]:
                    missing.pop(told)
                hint = whole
            elif near and not (isinstance(error.instance[key], str) and error.instance[key] in known and error.instance[key] == near):
                missing.pop(near, None)  # the misspelt key is the missing one: one mistake, one message
                hint = _near_key(key, near, error, known)
            elif isinstance(turned := error.instance[key], str) and turned in known and len(known) > 3:
                missing.pop(turned, None)
                hint = sentence("it is the other way round: write `{written}`", written=f"{turned}: {key}")
            elif (bounded := instead.bound_above(key, error.instance[key], known)) is not None:
                hint = bounded
            elif "min_gap" in known and (worth := instead.key_by_value(error.instance[key], known, error.schema.get("properties", {}))) is not None:
                hint = worth
            elif (owner := self._elsewhere(key, thing, exactly=True)) is not None and not (self.name in _ADVISED and advice.said_instead(key)):
                hint = homes.home_of(self.name, key, error.instance[key], path) or sentence('"{key}" is a key of {other}', key=key, other=shipped_text(owner))
            elif self.name == "routing" and len(path) == 2 and (rest := advice.takes_the_rest(key, error.instance[key])) is not None:
                missing.pop("playbook", None)
                hint = rest
            elif self.name in _ADVISED and (said := advice.way_out_for(key, error.instance[key])) is not None:
                hint = said
            elif (worth := instead.key_by_value(error.instance[key], known, error.schema.get("properties", {}))) is not None:
                hint = worth
            elif (word_of := self._word_of_other((*path, key), key)) is not None:
                hint = word_of
            elif (said_already := next((word for word in known_words(key) or () if len(key) > 2 and word in error.schema.get("properties", {}) and word in error.instance), None)) is not None:
                hint = sentence('it is what "{near}" says, which stands here already: write it there', near=said_already)
            elif "any_of" in error.schema.get("properties", {}) and (own := advice.id_of(key, _OWN)) is not None and self._elsewhere(key, thing) is None:
                hint = sentence("relance knows no such fact of its own; what you know of a debtor is a tag of his, `tag: {tag}`, and of an invoice a `field`, declared under `fields`; `relance schema if` says which facts there are", tag=own)
            else:
                hint = self._of_another(key, path, error, thing) or sentence("the keys of {thing} are {keys}", thing=shipped_text(thing), keys=list(error.schema.get("properties", ())))
            yield where.diagnostic("PB101", sentence('"{key}" is not a key of {thing}', key=key, thing=shipped_text(thing)), hint=hint)

    def _of_another(self, key: str, path: Path, error: Any, thing: str) -> str | None:
        """Say of which mapping or file a key is, where this one has none that is like it."""
        for word in (key, *((known_words(key) or ()) if len(key) > 2 else ())):
            if (at_home := homes.home_of(self.name, word, error.instance[key], path)) is not None:
                return at_home
        if (other := self._elsewhere(key, thing)) is not None:
            return sentence('"{key}" is a key of {other}', key=self._meant_of(key, other), other=shipped_text(other))
        for word in (key, *((known_words(key) or ()) if len(key) > 2 else ())):
            if (far := homes.in_another_file(word, self.name)) is not None:
                return far
        file = homes.file_of_key(key, self.name) if not path else None
        return None if file is None else sentence('"{key}" is a key of {other}, a file of its own', key=key, other=shipped_text(file))

    def _elsewhere(self, key: str, thing: str, *, exactly: bool = False) -> str | None:
        """Name the mapping that a key is of, as it is written alone or by what the table has for it; of several the one with most keys, for that is where most is written."""
        found = [(name, keys) for name, keys in mappings(self.name) if key in keys and name != thing]
        found = found or [] if exactly else found or [(name, keys) for name, keys in mappings(self.name) if len(key) > 2 and set(known_words(key) or ()) & set(keys) and name != thing]
        return max(found, key=lambda each: len(each[1]))[0] if found else None

    def _meant_of(self, key: str, thing: str) -> str:
        """Return the key of another mapping that was meant."""
        keys = next(keys for name, keys in mappings(self.name) if name == thing)
        return key if key in keys else meant(key, keys) or key

    def _missing(self, path: Path, key: str, error: Any) -> Diagnostic:
        thing = named_around(error.schema, self.name) or THIS
        own = error.instance.get("id")
        subject = sentence('{thing} "{id}"', thing=shipped_text(_definite(thing)), id=own) if isinstance(own, str) and path else shipped_text(thing)
        example = example_of_key(self.name, thing, key) if (key, error.instance.get("kind")) != ("tone", "formal_notice") else "formal"
        instead_of = next((each for each in error.instance if each not in error.schema.get("properties", {}) and meant(each, [key])), None)
        if instead_of is not None:
            message = sentence('"{key}" is not a key of {thing}', key=instead_of, thing=shipped_text(thing))
            return self.source.key((*path, instead_of)).diagnostic("PB101", message, hint=sentence('did you mean "{near}"?', near=key))
        message = sentence('{subject} needs the key "{key}"', subject=subject, key=key)
        if "x-why" in error.schema:
            message = sentence("{message} {why}", message=message, why=shipped_text(error.schema["x-why"]))
        return self.source.at(path).diagnostic("PB102", message, hint=sentence("for example `{key}: {example}`", key=key, example=example) if example else None)

    # -- values

    def _type(self, path: Path, error: Any) -> Diagnostic:
        value = error.instance
        wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        words = joined([_WANTED[kind] for kind in wanted], "or")
        name = _called(path)
        span = self.source.at(path)
        if value is None:
            hint: str = sentence('it takes {words}: below it, each item begins with "- "', words=words) if wanted == ["array"] else sentence('it takes {words}; one that begins with "#" stands in quotes', words=words) if wanted == ["string"] else sentence("it takes {words}", words=words)
            if "string" in wanted and (shown := self._example(path)) is not None:
                hint = in_turn([hint, shown])
            return self.source.key(path).diagnostic("PB103", sentence("{name} has no value", name=name), hint=hint)
        if "string" in wanted and "integer" not in wanted and isinstance(value, int | Number):
            written = str(value).lower() if isinstance(value, bool) else str(value)
            message = sentence("{name} takes text, and {written} without quotes is {noun}", name=name, written=written, noun=_noun(value))
            return span.diagnostic("PB103", message, hint=instead.of_bare(value, wanted, error.schema))
        if wanted == ["array"] and isinstance(value, str):
            return span.diagnostic("PB103", sentence('{name} takes a list, not the text "{value}"', name=name, value=_short(self.parted.get(path, value))), hint=advice.as_list(self.parted.get(path, value), error.schema))
        if isinstance(value, Number):
            found: str = sentence("the number {value}", value=value)
        else:
            found = sentence('the text "{value}"', value=_short(value)) if isinstance(value, str) else _noun(value)
        if path and path[-1] == "people" and isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            return span.diagnostic("PB103", sentence("{name} takes {words}, not {found}", name=name, words=words, found=found), hint=sentence("write how many, and who beside it: {written}", written=f"people: {len(value)}, who: {instead.in_flow(value)}"))
        if "integer" in wanted and path and path[-1] == "at_most" and isinstance(value, str) and (cap := phrases.cap(value)) is not None:
            return span.diagnostic("PB103", sentence("{name} takes {words}, not {found}", name=name, words=words, found=found), hint=sentence("write {written} in place of key and value", written=f"at_most: {cap['contacts']}, within: {cap['within']}"))
        if wanted == ["object"] and isinstance(value, str) and " " not in value and advice.says_nothing(value):
            return span.diagnostic("PB103", sentence("{name} takes {words}, not {found}", name=name, words=words, found=found), hint=sentence("leave it out"))
        beside = self._beside(path, "channels") if path and path[-1] == "fallback" else None
        if isinstance(value, str) and isinstance(beside, list) and (other := instead.behind(value, [str(each) for each in beside], error.schema)) is not None:
            return span.diagnostic("PB103", sentence("{name} takes {words}, not {found}", name=name, words=words, found=found), hint=other)
        return span.diagnostic("PB103", sentence("{name} takes {words}, not {found}", name=name, words=words, found=found), hint=instead.of_kind(value, wanted, error.schema) or self._example(path))

    def _example(self, path: Path) -> str | None:
        """Show the first example of a place, which may stand above what describes its form."""
        own = schema_walk.examples(schema_walk.parts_at(self.name, path))
        above = schema_walk.examples(schema_walk.parts_at(self.name, path[:-1])) if path and isinstance(path[-1], int) else ()
        return instead.example_of({"examples": own or [each[0] for each in above if isinstance(each, list) and each]})

    def _value(self, path: Path, error: Any) -> Iterator[Diagnostic]:
        value, limit, rule = error.instance, error.validator_value, error.validator
        name, span = _called(path), self.source.at(path)
        if "propertyNames" in error.absolute_schema_path:
            name, span = sentence('the key "{value}"', value=value), self.source.key((*path, value))
        if rule == "const":
            yield span.diagnostic("PB109", sentence("{name} is {found}, and this relance reads {limit}", name=name, found=_show(value), limit=_show(limit)), hint=sentence("write {limit}", limit=limit))
        elif isinstance(value, str) and rule in {"pattern", "enum"} and _in_condition(path) and (but := phrases.word_denied(value)) is not None:
            fact = next(part for part in reversed(path) if isinstance(part, str))
            word = instead.value_meant(but, error.schema) or but
            yield span.diagnostic("PB105", sentence('"{text}" denies a word, and is read as one; write the word alone, "{word}", under `not`', text=value, word=word), hint=sentence("write {written}", written=f"not: {{{fact}: {word}}}"))
        elif rule == "enum" and isinstance(value, list | dict):
            hint = instead.of_kind(value, ["string"], error.schema) or advice.one_of_words([str(word) for word in limit])
            yield span.diagnostic("PB103", sentence("{name} takes {words}, not {found}", name=name, words=sentence("text"), found=_noun(value)), hint=hint)
        elif rule == "enum":
            yield self._word(span, path, error, error.validator_value)
        elif rule in {"anyOf", "oneOf"}:
            yield from self._branch(path, error)
        elif rule == "x-form":
            yield span.diagnostic("PB105", self._no_date(value) if limit == "when" else self._no_day(value, error.message) if limit == "date" else error.message)
        elif rule in {"pattern", "maxLength"} and "x-expected" in error.schema:
            yield span.diagnostic("PB105", sentence('"{value}" is not {expected}', value=_short(value), expected=shipped_text(error.schema["x-expected"])), hint=self._step_named(path, value) or advice.slug(value, error.schema) or advice.word_for(value, str(error.schema.get("pattern", ""))))
        elif rule == "pattern":
            examples = error.schema.get("examples")
            yield span.diagnostic("PB105", sentence('"{value}" is not written as {name} is', value=_short(value), name=name), hint=advice.without_spaces(value, str(limit)) or advice.word_for(value, str(limit)) or (sentence("for example {example}", example=examples[0]) if examples else None))
        elif rule == "not" and self._is_told(path[:-1]):
            return
        elif rule == "not":
            yield self.source.key(path).diagnostic("PB108", sentence('"{key}" is {what}', key=path[-1], what=shipped_text(error.schema.get("title", "not allowed here"))), hint=sentence("delete it"))
        elif rule == "uniqueItems":
            yield from self._twice(path, value)
        else:
            yield span.diagnostic("PB106", _bound(name, rule, limit, value), hint=self._example(path) if rule == "minItems" and not value else None)

    def _branch(self, path: Path, error: Any) -> Iterator[Diagnostic]:
        """Say what is wrong with a value that may be written in several ways: of the way that it was written in, where there is such a one."""
        value, name, span = error.instance, _called(path), self.source.at(path)
        words = [word for branch in error.validator_value for word in (branch.get("enum") or branch.get("items", {}).get("enum") or ())]
        if words and isinstance(value, str):
            yield self._word(span, path, error, list(dict.fromkeys(words)))
            return
        ways: dict[int, list[Any]] = defaultdict(list)
        for inner in error.context:
            ways[inner.schema_path[0]].append(inner)
        meant_so = [found for found in ways.values() if not any(each.validator == "type" and not each.path for each in found)]
        if len(meant_so) == 1 and isinstance(value, dict | list):
            places: dict[Path, list[Any]] = defaultdict(list)
            for inner in meant_so[0]:
                places[tuple(inner.absolute_path)].append(inner)
            for place, found in places.items():
                yield from self._at(place, found)
            return
        hint = instead.of_kind(value, ["string"], error.schema) if isinstance(value, list) else None
        listed = next((branch for branch in error.validator_value if branch.get("type") == "array"), None)
        if isinstance(value, str) and listed is not None:
            hint = advice.as_list(value, listed)
        yield span.diagnostic("PB103", sentence("{name} is not written so", name=name), hint=hint or instead.example_of(error.schema))

    def _step_named(self, path: Path, value: str) -> str | None:
        """Say which step of the file a phrase names, where a list names steps: `relance-1` of `relance-1 envoyée`."""
        steps = self.source.value.get("steps") if self.name == "playbook" else None
        if not {"after", "drop"} & {*path} or not isinstance(steps, list):
            return None
        named = when_meant.step_in(value, [str(step["id"]) for step in steps if isinstance(step, dict) and "id" in step])
        if named is not None and (length := when_meant.length_of(value.replace("+", " "))) is not None:
            return sentence('write {slug} here, and how long after it in "at": `at: {slug} + {span}`', slug=named, span=phrases.counted_span(*length))
        return None if named is None else sentence("write {slug}", slug=named)

    def _no_date(self, value: str) -> str:
        """Say what an `at` means that is none, where all the steps that it may count from stand in this file."""
        steps = self.source.value.get("steps") if "extends" not in self.source.value else None
        names = [str(step["id"]) for step in steps if isinstance(step, dict) and "id" in step] if isinstance(steps, list) else None
        try:
            parse.when(value, names)
        except ValueError as error:
            said: str = error.args[0]
            return said
        return ""

    def _no_day(self, value: str, said: str) -> str:
        """Say which day was meant of one that is written without its year: that of the year which the file speaks of."""
        if (begun := re.match(r"(20\d\d-\d\d-\d\d)[T ]+\d", value)) is not None:
            return sentence('"{text}" is no date; write year-month-day: {guess}', text=value, guess=begun[1])
        day, year = phrases.day_of_year_meant(value), re.search(r"\b(20\d\d)-\d\d-\d\d\b", str(self.source.value))
        if day is None or year is None or re.search(r"\d{4}", value) or re.search(r"\d[/.]\d+[/.]\d", value):
            return said
        return sentence('"{text}" is no date; write year-month-day: {guess}', text=value, guess=f"{year[1]}-{day}")

    def _word(self, span: Any, path: Path, error: Any, among: Iterable[Any]) -> Diagnostic:
        words = [str(word) for word in among]
        value = str(error.instance)
        of = shipped_text(error.schema["x-name"]) if "x-name" in error.schema else sentence('a value of "{key}"', key=next((k for k in reversed(path) if isinstance(k, str)), "?"))
        near = meant(value, words) or advice.word_within(value, words)
        hint: str
        rest = sentence("it is {word}", word=words[0]) if len(words) == 1 else advice.one_of_words(words)
        pair = instead.pair_meant(reduce(lambda held, part: held[part], path, self.source.value), words) if "propertyNames" in error.absolute_schema_path else None
        if pair:
            hint = pair
        elif near and not (re.search(r"\w *[+&;,/] *\w", value) and len({*(advice.several(value, words) or ())}) > 1):
            hint = sentence('did you mean "{near}"?', near=near)
        elif set(words) <= set(phrases.WEEK) and (week := phrases.week_range(value)) is not None:
            hint = sentence("write {written}", written=", ".join(week))
        elif (several := advice.several(value, words)) is not None and isinstance(path[-1], int):
            hint = sentence("write {written}", written=", ".join(several))
        elif several is not None and len({*several}) == 1:
            hint = sentence('did you mean "{near}"?', near=several[0])
        elif several is not None and len(several) > 1 and isinstance(path[-1], str) and len(path) > 2 and path[0] == "steps":
            hint = sentence("a step has one: write {first}, and {second} in a step of its own", first=several[0], second=several[1])
        elif (bare := re.split(r"\s+(?://|--|;)|#", value)[0]) != value:
            hint = sentence('a remark stands behind "#": write {written}', written=meant(bare, words) or bare)
        elif {"paid", "disputed"} <= {*words} and (compared := instead.fact_compared(value, next((node for node in nodes(self.name) if "any_of" in node.get("properties", {})), {}))) is not None:
            hint = sentence("write {written}", written=compared)
        elif "hold_while" in path and "on_hold" in words and advice.said_instead(value, words) is None and len(value.split()) > 1:
            hint = sentence("what relance does not know of itself a person puts on hold: write on_hold, and record `hold.placed` that day; {rest}", rest=rest)
        else:
            hint = advice.either(value, words) or advice.approver(value, words) or advice.how_it_ends(value, words) or advice.kind_of_payer(value, words) or (advice.said_instead(value, words) if value.lower() not in {"tous", "toutes", "et", "ou"} else None) or phrases.bound_of(value, words) or self._word_of_other(path, value) or rest
        finding: Diagnostic = span.diagnostic("PB104", sentence('"{value}" is not {of}', value=_short(value), of=of), hint=hint)
        return finding

    def _is_told(self, path: Path) -> bool:
        """Say whether a step's kind is itself a mistake: what only another kind may have is then nothing to tell."""
        step: Any = self.source.value
        for part in path:
            step = step[part]
        return isinstance(step, dict) and "kind" in step and step["kind"] not in {str(kind) for kind in StepKind}

    def _word_of_other(self, path: Path, value: str) -> str | None:
        """Say of a word that another key beside it knows that it is one of that key's."""
        beside = schema_walk.key_rules(schema_walk.parts_at(self.name, path[:-1])) if path and isinstance(path[-1], str) else {}
        for key, part in beside.items():
            among = schema_walk.allowed((part,)) or schema_walk.allowed(schema_walk.parts_at(self.name, (*path[:-1], key, 0)))
            if key != path[-1] and len(among) > 2 and (word := meant(value, among)) is not None:
                held = self._beside(path, key)
                said = {*map(str, held if isinstance(held, list) else [held])}
                if held is not None and word not in said and said <= {*map(str, among)}:
                    continue  # that key says something else already
                listed = "array" in schema_walk.types((part,))
                return sentence('it is a word of "{key}": write `{key}: {written}` there', key=key, written=f"[{word}]" if listed else word)
        return None

    def _beside(self, path: Path, key: str) -> Any:
        """Return what another key of the same mapping holds."""
        node: Any = self.source.value
        for part in path[:-1]:
            node = node[part]
        return node.get(key) if isinstance(node, dict) else None

    def _twice(self, path: Path, value: list[Any]) -> Iterator[Diagnostic]:
        for index, item in enumerate(value):
            if item in value[:index]:
                yield self.source.at((*path, index)).diagnostic("PB107", sentence("{item} is in the list already", item=_show(item)), hint=sentence("delete it"))


# --------------------------------------------------------------------------- words


#: What a mapping without a name is called.
THIS = marked("this mapping")
#: Files whose keys people bring from other tools, and have told what to do instead.
_ADVISED = frozenset({"playbook", "routing", "promises", "project"})
_OWN = {"x-expected": "an id: lower-case letters and digits"}


def _near_key(key: str, near: str, error: Any, known: list[str]) -> str:
    """Say which key was meant by one, with its value in the words of the language where they are others."""
    rules, said_whole = error.schema.get("properties", {}).get(near, {}), error.instance[key]
    value = instead.value_meant(said_whole, rules)
    if value is not None:
        return sentence('did you mean "{near}"? write `{written}`', near=near, written=f"{near}: {value}")
    if rules.get("type") != "boolean" or not isinstance(said_whole, str):
        return sentence('did you mean "{near}"?', near=near)
    other = meant(f"{key} {said_whole}", [fact for fact in known if error.schema["properties"][fact].get("type") == "boolean"]) if known_words(f"{key} {said_whole}") else None
    return sentence("write {written}", written=f"{other}: true") if other else sentence('"{near}" is true or false, and "{value}" is neither: write {near}: true, or {near}: false', near=near, value=said_whole)


def _in_condition(path: Path) -> bool:
    """Say whether a place stands in a condition."""
    return not {"if", "any_of", "not", "stop_when", "hold_while"}.isdisjoint(path)


def _called(path: Path) -> str:
    key = next((part for part in reversed(path) if isinstance(part, str)), None)
    if key is None:
        return sentence("the file") if not path else sentence("item {number}", number=int(path[-1]) + 1)
    return sentence('"{key}"', key=key) if isinstance(path[-1], str) else sentence('each item of "{key}"', key=key)


def _noun(value: Any) -> str:
    return _NOUNS.get(type(value), sentence("nothing"))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _show(value: Any) -> str:
    return sentence('"{value}"', value=_short(value)) if isinstance(value, str | int) else sentence("this item")


def _definite(thing: str) -> str:
    for article in ("a ", "an "):
        if thing.startswith(article):
            return f"the {thing.removeprefix(article)}"
    return thing


def _bound(name: str, rule: str, limit: Any, value: Any) -> str:
    count = len(value) if hasattr(value, "__len__") else value
    if rule in {"minItems", "minProperties", "minLength"} and count == 0:
        return sentence("{name} is empty", name=name)
    most = rule.startswith("max") or rule == "exclusiveMaximum"
    bound = sentence("the most is {limit}", limit=limit) if most else sentence("the least is {limit}", limit=limit)
    if (unit := _SIZES.get(rule)) is None:
        return sentence("{name} is {count}; {bound}", name=name, count=count, bound=bound)
    return sentence("{name} has {count} {unit}; {bound}", name=name, count=count, unit=unit, bound=bound)


def _extras(error: Any) -> Iterator[str]:
    known = error.schema.get("properties", {})
    return (key for key in error.instance if key not in known)


def _cut_at_comma(mapping: Mapping[str, Any], key: str) -> tuple[str, str] | None:
    """Return the key whose number was parted at its comma, `{amount: 1 200,00 €}`, and what to write; `key` is what came behind the comma."""
    keys = list(mapping)
    if mapping[key] is not None or not re.match(r"\d", key) or not keys.index(key):
        return None
    before = keys[keys.index(key) - 1]
    head = str(mapping[before])
    if re.fullmatch(r"[\d\s]+", head) is None:
        return None
    whole = re.fullmatch(r"([\d\s]+,\d+)\s*(?:€|EUR|euros?)?", f"{head},{key}")
    number = re.sub(r"\s", "", whole[1]).replace(",", ".") if whole else f"{head},{key}"
    if whole is None and (span := re.fullmatch(r"\d+ *([^\W\d_]+(?: [^\W\d_]+)?)", key)) is not None and (unit := meant(span[1], parse.UNITS)) is not None:
        return before, f"{before}: {phrases.counted_span(int(head) + 1, unit)}"
    return before, f'{before}: "{number}"'


def _is_cut(found: Iterable[Any], above: Iterable[Any], key: Any) -> bool:
    """Say whether what is wrong with a value is that its number was parted at the comma."""
    cuts = (_cut_at_comma(error.instance, extra) for error in above if error.validator == "additionalProperties" for extra in _extras(error))
    return any(cut is not None and cut[0] == key for cut in cuts) and bool(found)
