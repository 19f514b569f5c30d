"""Ways out for a wording that cannot be read, or that prints what was meant as an instruction: what authors write who know other tools, or French alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches

from relance.language.vocabulary import folded
from relance.sentences import Phrase, sentence

#: What French people call the names of a wording.
_NAMES: Mapping[str, str] = {
    "facture": "invoice", "factures": "invoices", "client": "debtor", "débiteur": "debtor", "créancier": "creditor", "expéditeur": "sender", "société": "sender",
    "nom": "name", "raison sociale": "name", "adresse": "address", "courriel": "email", "mail": "email", "téléphone": "phone", "numéro": "id", "montant": "open",
    "solde": "open", "reste dû": "open", "échéance": "due", "date d'échéance": "due", "émise": "issued", "date d'émission": "issued", "total": "sums", "sommes": "sums",
    "intérêts": "late_interest", "pénalités": "late_interest", "indemnité": "fixed_indemnity", "principal": "principal", "paiement": "payment", "règlement": "payment",
    "date limite": "deadline", "délai": "deadline", "aujourd'hui": "today", "date": "today", "jour": "today", "référence": "reference", "ton": "tone", "canal": "channel",
    "langue": "language", "plusieurs": "several", "agence": "agency", "consommateur": "consumer", "litige": "dispute", "promesse": "promise", "échéancier": "plan",
    "signataire": "signatory", "retard": "days_overdue", "jours de retard": "days_overdue", "versements": "plan", "relance précédente": "previous", "mise en demeure": "notice",
}  # fmt: skip
#: What people call the sum that a message asks.
_ASKED = frozenset({"montant", "total", "solde", "reste du", "somme", "sommes dues", "montant du", "montant total", "amount", "balance"})
_FILTERS = {
    "majuscules": "upper", "majuscule": "upper", "minuscules": "lower", "minuscule": "lower", "arrondi": "round", "arrondir": "round", "euros": "money", "euro": "money", "montant": "money",
    "monnaie": "money", "devise": "money", "premier": "first", "dernier": "last", "longueur": "length", "nombre": "length", "jour": "date", "format date": "date",
}  # fmt: skip
_FOLDED = {folded(written): name for written, name in _NAMES.items()}
_KEYWORDS = {
    "si": "if", "sinon": "else", "sinonsi": "elif", "sinon si": "elif", "fin": "endif", "fi": "endif", "finsi": "endif", "fin si": "endif", "pour": "for", "pour chaque": "for", "finpour": "endfor",
    "fin pour": "endfor", "inclure": "include", "else if": "elif", "elseif": "elif", "elsif": "elif", "end": "endif", "end if": "endif", "end for": "endfor", "foreach": "for",
}  # fmt: skip
_INSTRUCTION = re.compile(r"\{%-?\s*(.*?)\s*-?%\}")
#: A place to be filled as other tools write it: `{ name }`, `[NOM]`, `<<nom>>`, `${nom}`, `«Nom_client»`.
_MERGE_FIELD = re.compile(r"(?<![{$\\])\{ ?[a-z_]+(?:\.[a-z_]+)* ?\}(?!\})|\$\{ ?[\w.]+ ?\}|<<[\w .]+>>|\[[A-ZÀ-Ý][A-ZÀ-Ý_ ]{2,}\](?!\()|«\s?\w+_\w+\s?»")


def near_name(written: str, known: Collection[str]) -> str | None:
    """Return the name that was meant: a table first, spelling last."""
    found = _FOLDED.get(folded(written))
    return found if found in known else next(iter(get_close_matches(written, known, 1)), None)


def within_group(written: str, groups: Mapping[str, Collection[str]]) -> str | None:
    """Return the part of a group that was meant by a word that stands alone: `sums.total` for `montant`, `debtor.name` for `nom`. The first group that has it."""
    if folded(written) in _ASKED:
        return "sums.total"
    leaf = _FOLDED.get(folded(written), written)
    return next((f"{group}.{leaf}" for group, names in groups.items() if leaf in names), None)


def near_filter(message: str) -> Phrase | None:
    """Return the filter that was meant by the one that a message names in quotes."""
    named = re.search(r"'(\w+)'", message)
    found = _FILTERS.get(folded(named[1])) if named is not None else None
    return None if found is None else sentence("write '{written}'", written=f"| {found}")


def merge_fields(line: str) -> Iterator[tuple[str, Phrase]]:
    """Name each place that another tool would fill and that is printed as it stands, with what to write."""
    for found in _MERGE_FIELD.finditer(line):
        name = found[0].strip("{}$<>[]«» ")
        if re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", name) and found[0][0] in "{$":
            yield found[0], sentence("write '{written}'", written=f"{{{{ {name} }}}}")
        else:
            yield found[0], sentence("a name stands between {open} and {close}; `relance template vars` lists the names there are", open="{{", close="}}")


def of_line(line: str) -> str | None:
    """Say what to write on a line that Jinja cannot read; None where that cannot be told."""
    for quote in ("“", "”", "«", "»", "’"):
        if any(quote in inner for inner in re.findall(r"\{[{%](.*?)[%}]\}", line)):
            return sentence("between braces quotes are straight: ' or \"")
    if (found := re.search(r"\{\{ ?[#/^](?:if |unless |each |with )? ?(\w+)", line)) is not None:
        return sentence("write '{written}'", written=f"{{% if {found[1]} %}}…{{% endif %}}")
    if re.search(r"\{\{[^{}]*\}(?!\})|(?<!\{)\{[^{}%]*\}\}", line):
        return sentence("write '{written}'", written="{{ … }}")
    for inner in re.findall(r"\{\{-?(.*?)-?\}\}", line):
        if inner.count("'") % 2 or inner.count('"') % 2:
            name = _FOLDED.get(folded(inner.strip().strip("\"'")))
            return sentence("write '{written}'", written=f"{{{{ {name} }}}}") if name is not None else sentence("close the quotes")
    if "{#" in line and "#}" not in line:
        return sentence("write '{written}'", written="{# … #}")
    for inner in _INSTRUCTION.findall(line):
        if (said := _instruction(inner)) is not None:
            return said
    return None


def _instruction(inner: str) -> str | None:
    plain = folded(inner)
    first = inner.split(" ", maxsplit=1)[0] if inner else ""
    if first.lower() in _KEYWORDS.values() and first != first.lower():
        return sentence("write '{written}'", written=f"{{% {first.lower()}{inner[len(first) :]} %}}")
    word = max((each for each in _KEYWORDS if plain == each or plain.startswith(f"{each} ")), key=len, default=None)
    if word is not None:
        return sentence("write '{written}'", written=" ".join(["{%", _KEYWORDS[word], *inner.split()[len(word.split()) :], "%}"]))
    if (looped := re.fullmatch(r"for (\S+) (?:dans|de|of|:|parmi|en) (\S+)", inner)) is not None:
        return sentence("write '{written}'", written=f"{{% for {looped[1]} in {looped[2]} %}}")
    if inner.startswith(("if ", "elif ")) and (said := re.search(r" (n'est pas|différent de|est égal à|égale?|vaut|est|equals) (?=[\"'\w])", inner)) is not None:
        return sentence("write '{written}'", written="{% " + inner.replace(said[0], " != " if said[1] in {"n'est pas", "différent de"} else " == ") + " %}")
    if inner.startswith(("if ", "elif ")) and re.search(r"(?<![=!<>])=(?!=)|===", inner):
        return sentence("write '{written}'", written="{% " + re.sub(r"\s*(?:===|(?<![=!<>])=(?!=))\s*", " == ", inner) + " %}")
    if inner.startswith(("if ", "elif ")) and (joined := re.search(r" (et|ou|non|&&|\|\|) ", inner)) is not None:
        english = {"et": "and", "ou": "or", "non": "not", "&&": "and", "||": "or"}[joined[1]]
        return sentence("write '{written}'", written="{% " + inner.replace(f" {joined[1]} ", f" {english} ") + " %}")
    if re.match(r"(?:if|elif) ?.*!(?!=)", inner):
        return sentence("write '{written}'", written="{% " + re.sub(r"!(?!=)\s*", "not ", inner) + " %}")
    return None


def left_open(lines: Sequence[str]) -> tuple[int, str] | None:
    """Return the line of the first instruction that is opened and never closed, counted from 1, and what closes it."""
    opened: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        for inner in _INSTRUCTION.findall(line):
            word = inner.split(" ")[0] if inner else ""
            if word in {"if", "for"}:
                opened.append((number, word))
            elif word in {"endif", "endfor"} and opened and opened[-1][1] == word.removeprefix("end"):
                opened.pop()
    return (opened[0][0], f"{{% end{opened[0][1]} %}}") if opened else None
