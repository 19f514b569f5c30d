"""What to write for a value of the wrong kind: a bound for a bare number, a list for a mapping of truths, the whole number beside a broken one.

Each function reads what an author wrote and the schema's rules for the place, and returns the hint; None where nothing can be told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from relance.language import advice, phrases, when_meant
from relance.language.vocabulary import folded, in_figures, meant
from relance.language.vocabulary import known as known_words
from relance.model import BOUNDS, TimeUnit
from relance.sentences import joined, sentence

#: Forms of text that are a span of time.
SPANS = frozenset({"duration", "grace", "days"})
_BOUND = re.compile(r"\s*(>=|<=|≥|≤|>|<)?\s*(\d+(?:[.,]\d+)?)\s*(?:€|EUR|euros?)?\s*")
_WHOLE = re.compile(r"(?:v|version)?\s*(\d+)(?:[.,]0*)?", re.IGNORECASE)


def of_kind(value: Any, wanted: list[str], rules: Mapping[str, Any]) -> str | None:
    """Say what to write for a value of the wrong kind."""
    if "const" in rules:
        return sentence("write {limit}", limit=rules["const"])
    if "integer" in wanted and (whole := _whole(value)) is not None:
        return whole
    if wanted == ["boolean"]:
        word = next((word for word in known_words(str(value)) or () if word in {"true", "false"}), None)
        return sentence("write {word}", word=word or sentence("true or false"))
    if wanted == ["string"] and isinstance(value, list) and len(value) > 1 and rules.get("x-form") == "when":
        return sentence("a step has one date: write {first}, and a step of its own for {second}", first=_flow(value[0]), second=_flow(value[1]))
    if wanted == ["string"] and isinstance(value, list) and value:
        known_here = rules.get("enum", ())
        if rules.get("x-form") == "holidays":
            return sentence("write {written}", written="FR")
        return sentence("write {written}", written="any") if len(value) > 1 and "any" in known_here else sentence("write one alone: {written}", written=meant(str(value[0]), known_here) or _flow(value[0]))
    if wanted == ["string"] and isinstance(value, dict) and len(value) == 1:
        word = meant(next(iter(value)), rules.get("enum", ()))
        return None if word is None else sentence("write {written}", written=word)
    if wanted == ["array"]:
        items = _as_items(value, rules)
        if items is not None and isinstance(value, dict) and any("%" in str(each) or "tau" in folded(str(each)) for each in value.values()):
            return sentence("{items}; the rate is that of the invoice (its column `rate`), else that of the law", items=items)
        return items
    if "object" not in wanted:
        return None
    if "propertyNames" in rules and (one_for_other := _one_for_other(value, rules)) is not None:
        return one_for_other
    rules = rules.get("then", rules) if "if" in rules and "properties" not in rules else rules
    parts = rules.get("properties", {})
    if isinstance(value, list) and parts and all(isinstance(each, dict) and each.keys() <= parts.keys() for each in value) and "any_of" not in parts:
        return sentence("write {written}", written=_flow({key: inner for each in value for key, inner in each.items()}))
    if isinstance(value, list) and value and not parts and isinstance(rules.get("additionalProperties"), dict) and all(isinstance(each, dict) and len(each) == 1 for each in value):
        listed = any(branch.get("type") == "array" for branch in rules["additionalProperties"].get("anyOf", ()))
        return sentence("write {written}", written=_flow({key: [inner] if listed and isinstance(inner, str) else inner for each in value for key, inner in each.items()}))
    if isinstance(value, list) and len(value) == 2 and set(BOUNDS) <= set(parts) and "any_of" not in parts and (both := _between(f"{value[0]} - {value[1]}", parts)) is not None:
        return sentence("write {written}", written=_flow(both))
    if isinstance(value, list) and {"by", "above"} <= set(parts):
        return sentence(advice.WHO_APPROVES)
    if isinstance(value, list) and {"any_of", "not"} <= set(parts):
        return sentence("write one mapping, all of whose keys hold; for one or the other any_of: [{items}]", items=_flow(value)[1:-1][:60])
    if isinstance(value, str):
        told = phrases.days_of_year(value) if {"from", "to"} <= set(parts) else phrases.repetition(value, tuple(phrases.UNITS)) if {"every", "times"} <= set(parts) else phrases.cap(value) if {"contacts", "within"} <= set(parts) else None
        if {"code", "reason"} <= set(parts) and re.fullmatch(r"[A-Z]{2}\d{3}", value):
            return sentence("write {{code: {code}, reason: …}}, with why you keep it", code=value)
        if told is not None:
            return sentence("write {written}", written=_flow(told))
    if isinstance(value, str) and parts.get("contains", {}).get("type") == "array":
        return sentence("write {written}", written=f'{{contains: ["{value}"]}}')
    if isinstance(value, str) and "any_of" in parts and folded(value) in {"toujours", "always", "oui", "true", "vrai", "dans tous les cas"}:
        return sentence("without a condition it always is so: leave it out")
    if isinstance(value, str) and (true := meant(value, [key for key, part in parts.items() if part.get("type") == "boolean"])) is not None:
        return sentence("write {written}", written=f"{{{true}: true}}")
    if isinstance(value, str) and "any_of" in parts and (denied := advice.denied(value, [key for key, part in parts.items() if part.get("type") == "boolean"])) is not None:
        return sentence("write {written}", written=f"{{{denied}: false}}")
    if isinstance(value, str) and len(rules.get("required", ())) == 1 and parts[rules["required"][0]].get("type") == "string" and (name := advice.id_of(value, parts[rules["required"][0]])) is not None:
        return sentence("write {written}", written=f"{{{rules['required'][0]}: {name}}}")
    if isinstance(value, str) and set(BOUNDS) <= set(parts) and (same := re.fullmatch(r"\s*==?\s*(\d+(?:[.,]\d+)?)\s*(?:€|EUR|euros?)?\s*", value)) is not None:
        return sentence("write {written}", written=_flow({bound: same[1].replace(",", ".") if parts[bound].get("type") != "integer" else int(Decimal(same[1].replace(",", "."))) for bound in ("at_least", "at_most")}))
    if isinstance(value, str) and (bounds := _between(value, parts)) is not None:
        return sentence("write {written}", written=_flow(bounds))
    if isinstance(value, str) and (compared := _compared(value, rules) or _combined(value, rules) or (_told(value, parts) if "any_of" in parts else None)) is not None:
        return sentence("write {written}", written=_flow(compared))
    if isinstance(value, str) and set(BOUNDS) <= set(parts) and "any_of" not in parts and (worded := _compared(f"balance {value}", {"properties": {"balance": {"x-name": rules.get("x-name")}}})) is not None:
        return sentence("write {written}", written=_flow(worded["balance"]))
    if set(BOUNDS) <= set(rules.get("properties", {})) and (bound := _BOUND.fullmatch(str(value))) is not None:
        known, number = known_words(bound[1] or ">=") or ("at_least",), bound[2].replace(",", ".")
        written = _flow({known[0]: number if "$ref" in rules["properties"][known[0]] or "if" in rules["properties"][known[0]] else int(Decimal(number))})
        return sentence("write {written}", written=written) if bound[1] else sentence("for example {example}", example=written)
    if isinstance(value, str) and {"success", "amount"} <= set(parts) and (share := re.match(r"(\d+(?:[.,]\d+)?) *(?:%|pour ?cent)", value.strip())) is not None:
        return sentence("write {written}", written=f'{{success: [{{percent: "{share[1].replace(",", ".")}"}}]}}')
    if isinstance(value, str) and {"id", "name"} <= set(parts) and set(rules.get("required", ())) <= {"id", "name"} and (slug := advice.id_of(value, {"x-expected": "lower-case letters and digits"})) is not None:
        return sentence("write {written}", written=f"{{id: {slug}, name: {value}}}")
    if isinstance(value, str):
        inner = [(key, word) for key, part in parts.items() if (word := meant(value, part.get("enum", ()))) is not None]
        if len(inner) == 1:
            return sentence("write {written}", written=f"{{{inner[0][0]}: {inner[0][1]}}}")
    examples = rules.get("examples") or [_sample(rules)]
    return sentence("for example {example}", example=_flow(examples[0])) if examples[0] else None


def of_bare(value: Any, wanted: list[str], rules: Mapping[str, Any]) -> str:
    """Say how to write a number or a truth that stands without quotes where text belongs: a span has its unit, a number of people its key."""
    if type(value) is int and "object" in wanted and rules.get("required") == ["by"]:
        return sentence("write {written}", written=f"{{by: {value}}}" if value > 1 else "required")
    if "id: lower-case" in str(rules.get("x-expected")):
        return sentence("write {slug}", slug=f"relance-{value}") if type(value) is int else sentence("for example {example}", example="relance-1")
    if rules.get("title") == "Header":
        return sentence("write the header as it stands in the file, in quotes: columns have names, no numbers")
    if type(value) is int and rules.get("x-form") == "when":
        return sentence("write {written}", written=f"J{value:+d}")
    if type(value) is int and rules.get("x-form") in SPANS:
        return sentence('write "{number} {near}"', number=str(value), near=phrases.unit_of(value, "day"))
    if rules.get("x-form") == "holidays":
        return sentence("write {written}", written="FR")
    among = rules.get("enum", ()) or rules.get("then", {}).get("enum", ())
    if among and (word := meant(str(value).lower(), among)) is not None:
        return sentence("write {word}", word=word)
    if "enum" in rules and not set(phrases.WEEK) <= set(rules["enum"]):
        return sentence("it is one of {words}", words=joined([str(word) for word in rules["enum"]], "and"))
    if set(phrases.WEEK) <= set(rules.get("enum", ())):
        return sentence("write {written}", written=phrases.WEEK[value - 1]) if type(value) is int and 1 <= value <= 7 else sentence("for example {example}", example=phrases.WEEK[0])
    return sentence('write "{written}" in quotes', written=str(value).lower() if isinstance(value, bool) else str(value))


def _whole(value: Any) -> str | None:
    """Say which whole number was meant: the one written with a needless point, or the two that a broken one lies between."""
    if isinstance(value, str) and not value[:1].isdigit() and (counted := re.match(r"\d+", in_figures(f"{value} x"))) is not None:
        return sentence("write {whole}", whole=counted[0])
    if (found := _WHOLE.fullmatch(str(value))) is not None:
        return sentence("write {whole}", whole=found[1])
    if isinstance(value, str) and (times := re.match(r"(\d+) *(?:fois|x\b|mensualit|versement|échéance|echeance|personne|contact|relance)", value.strip())) is not None:
        return sentence("write {whole}", whole=times[1])
    if isinstance(value, str) and (counted := re.fullmatch(r"(\d+) *([^\W\d_]{2,})", value.strip())) is not None:
        unit = phrases.UNITS.get(meant(counted[2], phrases.UNITS) or "")
        days = {None: 1, TimeUnit.DAY: 1, TimeUnit.WEEK: 7}.get(unit)
        return sentence("write {whole}", whole=int(counted[1]) * days) if days is not None and phrases.span_meant(24, counted[2]) is None else None
    if (broken := re.fullmatch(r"(\d+)[.,]\d+", str(value))) is not None:
        return sentence("write {whole} or {next}", whole=broken[1], next=int(broken[1]) + 1)
    return None


def _as_items(value: Any, rules: Mapping[str, Any]) -> str:
    """Say how to write as a list what was written as something else: of a mapping of truths, the keys that are true."""
    items = rules.get("items", {})
    words = advice.item_words(rules)
    if isinstance(value, dict) and value.keys() <= items.get("properties", {}).keys():
        return sentence("write [{items}]", items=_flow(value))
    if isinstance(value, dict) and words:
        found = [meant(key, words) for key, truth in value.items() if truth is not False and str(truth).lower() not in {"no", "non", "false"}]
        if found and None not in found:
            return sentence("write [{items}]", items=", ".join(map(str, found)))
    if isinstance(value, dict) and (shown := items.get("examples") or [each[0] for each in rules.get("examples", ()) if isinstance(each, list) and each]) and isinstance(shown[0], dict):
        if len(value) > 1 and all(isinstance(each, str | bool | int) for each in value.values()) and len(shown[0]) == 1:
            return sentence("write [{items}]", items=", ".join(_flow({key: each}) for key, each in value.items()))
        return sentence('write each item on a line of its own that begins with "- ", such as {example}', example=f"- {_flow(shown[0])}")
    return sentence('write each item on a line of its own that begins with "- "') if isinstance(value, dict) else sentence("write [{items}]", items=_flow(value))


def whole_pair(key: str, mapping: Mapping[str, Any], rules: Mapping[str, Any]) -> str | None:
    """Say what a key means that holds more than a key: a step's name, a waived code, a comparison, a bound beside its fact, the word of another fact."""
    parts, value, required = rules.get("properties", {}), mapping[key], set(rules.get("required", ()))
    if {"id", "at"} <= set(parts) and isinstance(value, dict) and "id" in value and "id" not in mapping:
        return sentence("write {written} in place of key and value", written=f"id: {value['id']}")
    if {"id", "at"} <= set(parts) and "id" not in mapping and key == next(iter(mapping)) and not isinstance(value, str | int) and (name := advice.id_of(key, parts["id"])) is not None:
        return sentence("write `{written}`", written=f"- id: {name}")
    if {"code", "reason"} <= required and re.fullmatch(r"[A-Z]{2}\d{3}", key) and isinstance(value, str):
        return sentence("write {written} in place of key and value", written=f'{{code: {key}, reason: "{value}"}}')
    if {"on", "step"} <= required and len(mapping) == 1 and isinstance(value, str) and when_meant.DAY.fullmatch(value) and re.fullmatch(r"[a-z][a-z0-9-]*", key):
        return sentence("write {written} in place of key and value", written=f"{{on: {value}, step: {key}}}")
    if {"on", "step"} <= required and when_meant.DAY.fullmatch(key) and isinstance(value, str):
        return sentence("write {written} in place of key and value", written=f"{{on: {key}, step: {advice.id_of(value, parts['step']) or value}}}")
    if {"playbook", "if"} <= set(parts) and "playbook" not in mapping and isinstance(value, dict) and (routed := advice.id_of(key, {"x-expected": "an id: lower-case letters and digits"})):
        return sentence("write {written} in place of key and value", written=f"playbook: {routed}, if: {in_flow(value)}")
    if "any_of" not in parts:
        return None
    if (value is None or value is True) and (compared := _compared(key, rules) or _combined(key, rules) or (_told(key, parts) if meant(key, parts) is None else None)) is not None:
        return sentence("write {written}", written=_flow(compared)[1:-1]) if value is None else sentence("write {written} in place of key and value", written=_flow(compared)[1:-1])
    bare = next((fact for fact, held in mapping.items() if fact in parts and key in BOUNDS and set(BOUNDS) <= _keys(parts[fact]) and not isinstance(held, dict)), None)
    if bare is not None:
        return sentence("write {written} in place of key and value", written=_flow({bare: {key: mapping[bare] if value is None or value is True else value}})[1:-1])
    if isinstance(value, str) and meant(key, parts) is None and (told := _told(value, parts)) is not None and len(told) == 1:
        return sentence("write {written} in place of key and value", written=_flow(told)[1:-1])
    return None


def _keys(rules: Mapping[str, Any]) -> set[str]:
    return set(rules.get("then", rules).get("properties", ()))


def _told(text: str, parts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Read a condition in words, `le débiteur est un particulier`, as the one fact whose word it has; None where there is none or another, or where it is denied."""
    found: dict[str, Any] = {}
    if re.search(r"\s(?:et|ou|and|or)\s|[<>=&|]", text):
        return None
    for fact, part in parts.items():
        words = part.get("then", part).get("enum", ())
        if part.get("type") == "boolean" and (meant(text, [fact]) or advice.word_within(text, [fact])):
            found[fact] = True
        elif words and (word := advice.word_within(text, words) or meant(text, words)) is not None:
            found[fact] = word
    return found if len(found) == 1 else None


def value_meant(value: Any, rules: Mapping[str, Any]) -> str | None:
    """Return a value in the words of the language, where an author wrote it in others: `FR` of `France` for a country."""
    rules = rules.get("then", rules) if "enum" not in rules and "pattern" not in rules else rules
    if set(BOUNDS) <= _keys(rules) and "any_of" not in _keys(rules) and (bare := _BOUND.fullmatch(str(value))) is not None and bare[1] is None:
        whole = rules["properties"]["at_least"].get("type") == "integer"
        return _flow({"at_least": int(Decimal(bare[2].replace(",", "."))) if whole else bare[2].replace(",", ".")})
    if isinstance(value, list) and value and (words := advice.item_words(rules)):
        found = [meant(str(each), words) for each in value]
        return None if None in found or found == value else _flow(found)
    if not isinstance(value, str):
        return None
    if rules.get("x-form") == "money":
        sum_ = re.fullmatch(r"(\d[\d \u00a0\u202f]*)(?:[.,](\d{1,2}))? *(?:€|EUR|euros?)?", value.strip())
        return None if sum_ is None or re.fullmatch(r"\d+(?:\.\d+)?", value) else f'"{re.sub(r"[^0-9]", "", sum_[1])}{"." + sum_[2].ljust(2, "0") if sum_[2] else ""}"'
    if (words := advice.item_words(rules)) and "array" in (rules.get("type"), *(each.get("type") for each in rules.get("anyOf", ()))):
        word = meant(value, words)
        return None if word is None else f"[{word}]"
    if "enum" in rules:
        word = meant(value, rules["enum"])
        return word if word != value else None
    other: Mapping[str, Any] = next((each for each in (rules.get("else", {}), *rules.get("anyOf", ())) if "items" in each), {})
    pattern = next((str(each["pattern"]) for each in (rules, rules.get("items", {}), other.get("items", {})) if "pattern" in each), "")
    if not pattern and rules.get("examples") == ["fr"]:  # a language, in two letters
        pattern = "^[a-z]{2}$"
    word = next((each for each in known_words(value) or () if pattern and re.search(pattern, each)), None)
    if word is None and rules.get("type") == "boolean":
        word = next((each for each in known_words(value) or () if each in {"true", "false"}), None)
    if word is None and rules.get("x-form") in SPANS and (length := when_meant.length_of(value)) is not None:
        word = phrases.counted_span(*length)
    return word


def key_by_value(value: Any, known: Collection[str], parts: Mapping[str, Any]) -> str | None:
    """Say which key of a mapping was meant by what its value says: so many times a week is a cap on contacts, `lundi-vendredi` are days of the week."""
    if not isinstance(value, str):
        return None
    if {"at_most", "min_gap"} & {*known} and "at_most" in parts and (cap := phrases.cap(value)) is not None:
        return sentence("write {written} in place of key and value", written=f"at_most: {_flow(cap)}")
    week = phrases.week_range(value)
    if week is not None and "weekdays" in known:
        return sentence("write {written} in place of key and value", written=f"weekdays: {_flow(list(week))}")
    if week is not None and "weekend" in known:
        closed = [day for day in phrases.WEEK if day not in week]
        return sentence("the days that are closed are named: write {written}", written=f"weekend: {_flow(closed)}")
    return None


def pair_meant(whole: Any, words: Sequence[str]) -> str | None:
    """Write a mapping of one word to another whole, where an author wrote neither in the words of the language."""
    if not isinstance(whole, dict) or not all(isinstance(each, str) for each in whole.values()):
        return None
    found = [(meant(re.sub(r"^(?:si |à |en |a )?(?:pas|sans|défaut|l'absence|absence|plus|aucune?) (?:de |d')?", "", str(key)), words), meant(each, words)) for key, each in whole.items()]
    return None if any(None in pair for pair in found) else sentence("write the whole {written}", written=_flow({str(key): each for key, each in found}))


def in_flow(value: Any) -> str:
    """Write a value in one line, cut where it would be long."""
    written = _flow(value)
    return written if len(written) <= 60 else f"{written[:57]}…"


def bound_above(key: str, value: Any, facts: Collection[str]) -> str | None:
    """Turn `{at_least: {balance: "500"}}` round: a bound stands under its fact."""
    if key not in BOUNDS or not isinstance(value, dict) or len(value) != 1 or (fact := meant(str(next(iter(value))), facts)) is None:
        return None
    return sentence("write {written}", written=_flow({fact: {key: next(iter(value.values()))}}))


def _one_for_other(value: Any, rules: Mapping[str, Any]) -> str | None:
    """Read `email -> letter`, `[email, letter]`, `email sinon courrier` as one word for another; of a word alone say what it may stand behind."""
    words = [str(word) for word in rules["propertyNames"].get("enum", ())]
    parts = value if isinstance(value, list) else re.split(r"\s*(?:->|→|=>|[,;/]|\s(?:puis|sinon|ou|or|else|à défaut)\s)\s*", str(value).strip())
    found = [meant(str(part), words) for part in parts]
    if not words or None in found or not 1 <= len(found) <= 2:
        return None
    if len(found) == 2:
        return sentence("write {written}", written=f"{{{found[0]}: {found[1]}}}")
    return sentence("write for which channel it stands in: for example {example}", example=f"{{{next(word for word in words if word != found[0])}: {found[0]}}}")


def behind(text: str, channels: Sequence[str], rules: Mapping[str, Any]) -> str | None:
    """Read `courriel puis lettre`, or `courriel` alone, beside `channels: [call]` as what stands in for the call: the first of them that the step does not use."""
    words = [str(word) for word in rules["propertyNames"].get("enum", ())]
    found = [meant(part.strip(), words) for part in re.split(r"\s*(?:[,;/]|\s(?:puis|sinon|ou|or|else|à défaut|et)\s)\s*", text.strip())]
    used = [meant(channel, words) for channel in channels]
    if None in found or len(used) != 1 or None in used or used[0] in found:
        return None
    return sentence("write {written}", written=f"{{{used[0]}: {found[0]}}}")


def fact_compared(text: str, rules: Mapping[str, Any]) -> str | None:
    """Write a comparison of a fact, `solde < 10 €`, as the condition that it means in a list of states; None where it is none. `rules`: those of a condition."""
    found = _compared(text, rules)
    return None if found is None else _flow(found)


def example_of(rules: Mapping[str, Any]) -> str | None:
    """Show the first example that the schema has of a place."""
    examples = rules.get("examples")
    return sentence("for example {example}", example=_flow(examples[0])) if examples else None


def _compared(text: str, rules: Mapping[str, Any]) -> Any:
    """Read `balance >= 500` as the bounds that it means, `debtor == consumer` as the word; None where it is no comparison, or of a fact nobody knows."""
    facts = rules.get("properties", {})
    if (same := re.fullmatch(r"\s*(.+?)\s*(?<![<>!])(?:==?|:)\s*[\"']?([\w-]+)[\"']?\s*", text)) is not None and (fact := meant(same[1], facts)) is not None:
        words = facts[fact].get("then", facts[fact]).get("enum", ())
        return {fact: meant(same[2], words) or same[2]} if facts[fact].get("type") != "boolean" else {fact: True}
    if (unlike := re.fullmatch(r"\s*(.+?)\s*(?:!=|<>|≠|\bn'est pas\b|\bdifférente? de\b|\bis not\b)\s*(?:un |une )?[\"']?([\w-]+)[\"']?\s*", text)) is not None and (fact := meant(unlike[1], facts)) is not None:
        words = facts[fact].get("then", facts[fact]).get("enum", ())
        return {"not": {fact: meant(unlike[2], words) or unlike[2]}} if facts[fact].get("type") != "boolean" else {fact: False}
    if "days_overdue" in facts and (late := re.fullmatch(r"(?:impayee?s?|en retard|retard|echue?s?|non (?:regle|paye)e?s?)(?: depuis| de)? (plus de|moins de|au moins|au plus) (\d+) jours?(?: .*)?", folded(text))) is not None:
        return {"days_overdue": {{"plus de": "more_than", "moins de": "less_than", "au moins": "at_least", "au plus": "at_most"}[late[1]]: int(late[2])}}
    if (either := re.fullmatch(r"\s*(.+?)\s*(?:==?|:|\best\b|\bis\b|\bin\b)\s*(.+)", text)) is not None and (fact := meant(either[1], facts)) is not None:
        words = facts[fact].get("then", facts[fact]).get("enum", ()) or next((each["enum"] for each in (facts[fact].get("anyOf", ()) or (facts[fact].get("else", {}).get("items", {}),)) if "enum" in each), ())
        named = [meant(part, words) for part in re.split(r"\s+(?:ou|or)\s+|\s*[,/|]\s*", either[2])]
        if len(named) > 1 and None not in named:
            return {fact: named}
    found = re.fullmatch(r"\s*(.+?)(?:\s+(?:est|is|de))?\s*(>=|<=|≥|≤|>|<|(?:supérieure?|inférieure?) (?:ou égale? )?à|(?:au )?plus (?:de|que)|moins de|au moins|au plus|more than|less than|at least|at most)\s*(\d+(?:[.,]\d+)?)\s*(?:€|EUR|euros|jours|days)?\s*", re.sub(r"(?<=\d)[ .\u00a0\u202f](?=\d{3}\b)", "", text))
    fact = meant(found[1], facts) if found else None
    if found is None or fact is None:
        return None
    sign = re.sub(r"^(?:au )?plus (?:de|que)$", "plus de", re.sub(r"érieure (?=à)", "érieur ", found[2]))
    bound = "at_least" if re.match("supérieure? ou", sign) else "at_most" if re.match("inférieure? ou", sign) else meant(sign, BOUNDS) or "at_least"
    return {fact: {bound: int(found[3]) if facts[fact].get("x-name") == "the bounds of a number" else found[3].replace(",", ".")}}


def _combined(text: str, rules: Mapping[str, Any]) -> Any:
    """Read `balance > 500 and disputed` as the keys that hold together, and `or` as `any_of`; None where a part is no comparison and no truth."""
    facts = rules.get("properties", {})
    for sign, one_of in ((r"\s+(?:and|et)\s+|\s*&&?\s*", False), (r"\s+(?:or|ou)\s+|\s*\|\|?\s*", True)):
        parts = re.split(sign, text.strip())
        if len(parts) < 2:
            continue
        truths = [meant(part, [key for key, fact in facts.items() if fact.get("type") == "boolean"]) for part in parts]
        denied = [advice.denied(part, [key for key, fact in facts.items() if fact.get("type") == "boolean"]) for part in parts]
        found: list[Any] = [{no: False} if no is not None else {truth: True} if truth is not None else _compared(part, rules) or _told(part, facts) for part, truth, no in zip(parts, truths, denied, strict=True)]
        if None in found:
            return None
        return {"any_of": found} if one_of else {key: value for each in found for key, value in each.items()}
    return None


def _between(text: str, parts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Read `100-500`, `entre 100 et 500 €` as two bounds."""
    found = re.fullmatch(r"\s*(?:entre|de|between|from)?\s*(\d+(?:[.,]\d+)?)\s*€?\s*(?:-|–|et|à|a|and|to)\s*(\d+(?:[.,]\d+)?)\s*(?:€|EUR|euros)?\s*", text)
    if found is None or not set(BOUNDS) <= set(parts):
        return None
    whole = parts["at_least"].get("type") == "integer"
    return {bound: int(Decimal(number.replace(",", "."))) if whole else number.replace(",", ".") for bound, number in zip(("at_least", "at_most"), found.groups(), strict=True)}


def _sample(rules: Mapping[str, Any]) -> Any:
    """Make a mapping of what a schema requires, from the examples of its keys."""
    parts = rules.get("properties", {})
    return {key: (parts[key].get("examples") or [None])[0] for key in rules.get("required", ()) if key in parts and parts[key].get("examples")}


def _flow(value: Any) -> str:
    """Write a value as YAML in one line; an amount in quotes."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_flow(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(inner) for inner in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) and re.fullmatch(r"[+-]?[\d.]+", value) else str(value)
